//! The server's half of server functions: who asks, where the answer goes,
//! and what an error becomes on its way out.

mod flash;
pub mod view;

use std::{str::FromStr, sync::Arc, time::Duration};

use domain::{Problem, Timestamp, UserId, permission::Viewer};
use exchange::{Error, Exchange, accounts::User};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use tokio::sync::OnceCell;
use tower_sessions::Session;

use crate::{
    error::{ApiError, ErrorCode},
    texts,
};
pub use flash::{FlashedPage, Flashes};

/// Where a session keeps whose it is.
const USER: &str = "user";
/// Where it keeps since when, in milliseconds since the Unix epoch.
const SINCE: &str = "since";
/// Where it keeps what it goes on with only while the account has it.
const EPOCH: &str = "epoch";
/// However much it is used, a session ends so long after signing in.
const LONGEST_SESSION: Duration = Duration::from_secs(90 * 24 * 3_600);

/// Who asks, found out once a request.
#[derive(Clone, Default)]
pub struct Asker(Arc<OnceCell<Option<User>>>);

/// The services; the server provides them to every page and server function.
#[must_use]
pub fn exchange() -> Exchange {
    expect_context()
}

async fn session() -> Result<Session, Error> {
    leptos_axum::extract().await.map_err(Error::internal)
}

/// The signed-in user.
///
/// # Errors
/// Only when the database is away.
pub async fn signed_in() -> Result<Option<User>, Error> {
    let asker = use_context::<Asker>().unwrap_or_default();
    let found = asker
        .0
        .get_or_try_init(async || {
            let session = session().await?;
            let Some(id) = session.get::<UserId>(USER).await.map_err(away)? else {
                return Ok(None);
            };
            let since: Option<Timestamp> = session.get(SINCE).await.map_err(away)?;
            if since.is_none_or(|since| exchange().clock.ago(LONGEST_SESSION) >= since) {
                return Ok(None);
            }
            let epoch: u32 = session.get(EPOCH).await.map_err(away)?.unwrap_or_default();
            // Suspension, and another password, end what a session may do at
            // once.
            Ok::<_, Error>(
                exchange::accounts::find(&exchange(), &id)
                    .await?
                    .filter(|user| !user.suspended && user.epoch == epoch),
            )
        })
        .await?;
    Ok(found.clone())
}

/// Who asks, as the rules see them.
///
/// # Errors
/// Only when the database is away.
pub async fn viewer() -> Result<Viewer, Error> {
    Ok(signed_in()
        .await?
        .map_or(Viewer::ANYONE, |user| user.viewer()))
}

/// Who asks, if they have signed in: what a request names is looked at only
/// after that.
///
/// # Errors
/// [`Error::Unauthenticated`], or when the database is away.
pub async fn member() -> Result<Viewer, Error> {
    Ok(own_account().await?.viewer())
}

/// The account of who asks.
///
/// # Errors
/// As [`member`].
pub async fn own_account() -> Result<User, Error> {
    signed_in().await?.ok_or(Error::Unauthenticated)
}

/// Makes the session `user`'s, under a new token.
///
/// # Errors
/// Only when the database is away.
pub async fn sign_in(user: &User) -> Result<(), Error> {
    let session = session().await?;
    // What was sent before signing in goes on afterwards; what an earlier user
    // left must not be the next one's.
    let waiting = if is_somebodys(&session).await.map_err(away)? {
        Flashes::default()
    } else {
        Flashes::of(&session).await.map_err(away)?.signed_in()
    };
    session.clear().await;
    session.cycle_id().await.map_err(away)?;
    waiting.store(&session).await.map_err(away)?;
    let now = exchange().clock.now();
    session.insert(SINCE, now).await.map_err(away)?;
    session.insert(EPOCH, user.epoch).await.map_err(away)?;
    session.insert(USER, &user.id).await.map_err(away)
}

/// Whether somebody has signed in with `session`.
///
/// # Errors
/// Only when the database is away.
pub async fn is_somebodys(session: &Session) -> Result<bool, tower_sessions::session::Error> {
    Ok(session.get_value(USER).await?.is_some())
}

/// Ends the session.
///
/// # Errors
/// Only when the database is away.
pub async fn sign_out() -> Result<(), Error> {
    session().await?.flush().await.map_err(away)
}

fn away(error: tower_sessions::session::Error) -> Error {
    Error::Unavailable("the session store", error.into())
}

/// Sends the browser on to `path` of this site.
pub fn go(path: &str) {
    leptos_axum::redirect(path);
}

/// Sends `user`, of whom `done` is to be told, to their account, or to sign in
/// first.
///
/// # Errors
/// Only when the database is away.
pub async fn go_home(user: &User, done: &str) -> Result<(), Error> {
    let here = signed_in().await?.is_some_and(|here| here.id == user.id);
    let page = if here { "/account" } else { "/sign-in" };
    go(&format!("{page}?done={done}"));
    Ok(())
}

/// `next` if it is a path of this site, else the market: never another site.
#[must_use]
pub fn safe_next(next: &str) -> String {
    let is_path = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && next
            .chars()
            .all(|c| !c.is_control() && !c.is_whitespace() && c.is_ascii());
    let leads_back = next.starts_with("/sign-") || next.starts_with("/api/");
    if is_path && !leads_back {
        next.to_owned()
    } else {
        "/".to_owned()
    }
}

/// The identifier that `text` is; another text names nothing.
///
/// # Errors
/// [`Error::NotFound`].
pub fn id<T: FromStr>(text: &str) -> Result<T, Error> {
    text.parse().map_err(|_| Error::NotFound)
}

/// The number that a hidden field holds.
///
/// # Errors
/// [`Error::Invalid`] at `field`.
pub fn number<T: FromStr>(field: &'static str, text: &str) -> Result<T, Error> {
    text.parse()
        .map_err(|_| Error::invalid(field, Problem::Malformed))
}

/// Runs the body of a server function and turns its error into the answer.
///
/// # Errors
/// What crosses the wire.
pub async fn answer<T>(body: impl Future<Output = Result<T, Error>>) -> Result<T, ApiError> {
    body.await.map_err(|error| {
        let error = describe(error);
        set_status(&error);
        error
    })
}

/// Gives the response the status of `error`.
pub fn set_status(error: &ApiError) {
    let Some(response) = use_context::<ResponseOptions>() else {
        return;
    };
    if let Ok(status) = http::StatusCode::from_u16(error.code.status()) {
        response.set_status(status);
    }
    if let Some(seconds) = error.retry_after {
        response.insert_header(http::header::RETRY_AFTER, http::HeaderValue::from(seconds));
    }
}

fn describe(error: Error) -> ApiError {
    let currency = exchange().settings.currency;
    match error {
        Error::Unauthenticated => ApiError::new(ErrorCode::Unauthenticated, texts::UNAUTHENTICATED),
        Error::Forbidden | Error::Refused(domain::Refusal::OwnTicket) => {
            ApiError::new(ErrorCode::Forbidden, texts::FORBIDDEN)
        }
        Error::Unverified => ApiError::new(ErrorCode::Forbidden, texts::UNVERIFIED),
        Error::NotFound => ApiError::new(ErrorCode::NotFound, texts::NOT_FOUND),
        Error::Refused(domain::Refusal::CoolingDown { until }) => {
            let seconds = exchange()
                .clock
                .now()
                .until(until)
                .as_millis()
                .div_ceil(1_000);
            let seconds = u64::try_from(seconds).unwrap_or(u64::MAX);
            ApiError {
                retry_after: Some(seconds),
                ..ApiError::new(ErrorCode::TooMany, texts::too_many(seconds))
            }
        }
        Error::Refused(refusal) => {
            ApiError::new(ErrorCode::Conflict, texts::refusal(&refusal, &currency))
        }
        Error::Invalid(errors) => {
            let fields = errors
                .iter()
                .map(|(field, problem)| ((*field).to_owned(), texts::problem(problem, &currency)))
                .collect();
            ApiError {
                fields,
                ..ApiError::new(ErrorCode::Invalid, texts::INVALID)
            }
        }
        Error::WrongCredentials => {
            let fields = [("password".to_owned(), texts::WRONG_CREDENTIALS.to_owned())].into();
            ApiError {
                fields,
                ..ApiError::new(ErrorCode::Invalid, texts::INVALID)
            }
        }
        error @ Error::Unavailable(..) => {
            tracing::warn!(error = ?error, "a request could not be served");
            ApiError {
                retry_after: Some(5),
                ..ApiError::new(ErrorCode::Unavailable, texts::UNAVAILABLE)
            }
        }
        error @ Error::Internal(_) => {
            tracing::error!(error = ?error, "a request failed");
            ApiError::new(ErrorCode::Internal, texts::INTERNAL)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_never_leaves_the_site() {
        for path in ["/orders/1", "/?q=a%20b", "/tickets/new"] {
            assert_eq!(safe_next(path), path);
        }
        for bad in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/a\nb",
            "javascript:alert(1)",
            "/sign-in",
            "/\t/evil.example",
            "/api/sign_out",
        ] {
            assert_eq!(safe_next(bad), "/", "{bad:?}");
        }
    }
}
