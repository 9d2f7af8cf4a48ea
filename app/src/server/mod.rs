//! The server's half of server functions: who asks, where the answer goes,
//! and what an error becomes on its way out.

pub mod administration;
mod device;
mod flash;
pub mod view;
mod visit;

use std::{str::FromStr, sync::Arc};

use domain::{Problem, Timestamp, permission::Viewer};
use exchange::{
    Error, Exchange,
    accounts::{Proof, User},
    audit,
    platform::bus::Bus,
};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use texts::Language;
use tokio::sync::OnceCell;

use crate::{
    error::{ApiError, ErrorCode, Fields},
    language::language,
};
use flash::encoded;
pub use flash::{FlashedPage, Flashes};
pub use visit::{Visit, is_somebodys, note_use, owner_in};

/// Who asks, found out once a request.
#[derive(Clone, Default)]
pub struct Asker(Arc<OnceCell<Option<(User, Timestamp)>>>);

/// The services; the server provides them to every page and server function.
#[must_use]
pub fn exchange() -> Exchange {
    expect_context()
}

/// The broker; the server provides it to every page and server function.
#[must_use]
pub fn bus() -> Bus {
    expect_context()
}

/// Says up to where open pages have been told of changes: the position of what
/// is read from here on in the stream of events.
#[derive(Clone)]
pub struct Live(pub Arc<dyn Fn() -> u64 + Send + Sync>);

/// Up to where open pages have been told of changes; to be asked before a page
/// is read that is to be told of what comes after.
#[must_use]
pub fn position() -> String {
    use_context::<Live>()
        .map(|live| live.0().to_string())
        .unwrap_or_default()
}

/// The request that is being answered.
///
/// # Errors
/// Never: the server puts the parts into every request.
pub async fn visit() -> Result<Visit, Error> {
    leptos_axum::extract_with_state(&exchange())
        .await
        .map_err(Error::internal)
}

/// The signed-in user, and since when they are.
async fn asker() -> Result<Option<(User, Timestamp)>, Error> {
    let asker = use_context::<Asker>().unwrap_or_default();
    let found = asker
        .0
        .get_or_try_init(async || visit().await?.signed_in().await)
        .await?;
    Ok(found.clone())
}

/// The signed-in user.
///
/// # Errors
/// Only when the database is away.
pub async fn signed_in() -> Result<Option<User>, Error> {
    Ok(asker().await?.map(|(user, _)| user))
}

/// Who asks, as the rules see them.
///
/// # Errors
/// Only when the database is away.
pub async fn viewer() -> Result<Viewer, Error> {
    Ok(signed_in()
        .await?
        .map_or(Viewer::Anyone, |user| user.viewer()))
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

/// The account of who asks, and what they show before they change what matters.
///
/// # Errors
/// As [`member`].
pub async fn proof(password: String, code: String) -> Result<(User, Proof), Error> {
    let (user, signed_in_at) = asker().await?.ok_or(Error::Unauthenticated)?;
    let proof = Proof {
        client: visit().await?.client,
        password,
        code,
        signed_in_at,
    };
    Ok((user, proof))
}

/// Gives the viewer a session under a new token, after what they changed ended
/// all of theirs.
///
/// # Errors
/// Only when the database is away.
pub async fn begin_again(user: &User) -> Result<(), Error> {
    visit().await?.go_on(user).await
}

/// Sends the browser on to `path` of this site.
pub fn go(path: &str) {
    leptos_axum::redirect(path);
}

/// Where a session keeps what its next page says was done.
const DONE: &str = "done";

/// Has the next page say what was done, by its name in the catalogue.
///
/// # Errors
/// Only when the database is away.
pub async fn say_done(name: &'static str) -> Result<(), Error> {
    let session = visit().await?.session;
    session
        .insert(DONE, name)
        .await
        .map_err(|error| Error::Unavailable("the session store", error.into()))
}

/// What the page is to say was done; it is said once.
pub async fn take_done() -> Option<String> {
    // The app also runs for its routes, when nobody asks.
    use_context::<Exchange>()?;
    let session = visit().await.ok()?.session;
    // A store that is away shows elsewhere on the page.
    session.remove(DONE).await.ok()?
}

/// Sends `user`, of whom `done` is to be told, to their account, or to sign in
/// first.
///
/// # Errors
/// Only when the database is away.
pub async fn go_home(user: &User, done: &str) -> Result<(), Error> {
    let here = signed_in().await?.is_some_and(|here| here.id == user.id);
    let page = if here {
        // They may more now, so what they are known by changes.
        begin_again(user).await?;
        "/account"
    } else {
        "/sign-in"
    };
    go(&format!("{page}?done={done}"));
    Ok(())
}

/// The cookie that keeps the language which somebody chose.
pub const LANGUAGE_COOKIE: &str = "language";
/// How long it is kept, in seconds.
const LANGUAGE_KEPT: u32 = 365 * 24 * 3_600;

/// Has the browser be spoken to in `language` from now on.
pub fn remember_language(language: Language) {
    let tag = language.tag();
    let cookie =
        format!("{LANGUAGE_COOKIE}={tag}; HttpOnly; SameSite=Lax; Path=/; Max-Age={LANGUAGE_KEPT}");
    if let (Some(response), Ok(cookie)) = (
        use_context::<ResponseOptions>(),
        http::HeaderValue::from_str(&cookie),
    ) {
        response.append_header(http::header::SET_COOKIE, cookie);
    }
}

/// `next` if it is a path of this site that one goes on to after signing in,
/// else the market.
#[must_use]
pub fn safe_next(next: &str) -> String {
    let next = safe_path(next);
    if next.starts_with("/sign-") {
        "/".to_owned()
    } else {
        next
    }
}

/// `next` if it is a path of a page of this site, else the market: never another
/// site.
#[must_use]
pub fn safe_path(next: &str) -> String {
    let is_path = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && next
            .chars()
            .all(|c| !c.is_control() && !c.is_whitespace() && c.is_ascii());
    if is_path && !next.starts_with("/api/") {
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
        let error = describe(&exchange(), language(), error);
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

/// What people are told of an error, which is in the log.
#[must_use]
pub fn describe(exchange: &Exchange, language: Language, error: Error) -> ApiError {
    let currency = exchange.settings.currency;
    match error {
        Error::Unauthenticated => {
            ApiError::new(ErrorCode::Unauthenticated, texts::unauthenticated(language))
        }
        Error::Forbidden | Error::Refused(domain::Refusal::OwnTicket) => {
            ApiError::new(ErrorCode::Forbidden, texts::forbidden(language))
        }
        Error::Unverified => ApiError::new(ErrorCode::Forbidden, texts::unverified(language)),
        Error::NotFound => ApiError::new(ErrorCode::NotFound, texts::not_found(language)),
        Error::TooMany { until } | Error::Refused(domain::Refusal::CoolingDown { until }) => {
            let seconds = exchange
                .clock
                .now()
                .until(until)
                .as_millis()
                .div_ceil(1_000);
            let seconds = u64::try_from(seconds).unwrap_or(u64::MAX);
            ApiError {
                retry_after: Some(seconds),
                ..ApiError::new(ErrorCode::TooMany, texts::too_many(language, seconds))
            }
        }
        Error::Refused(refusal) => ApiError::new(
            ErrorCode::Conflict,
            texts::refusal(language, &refusal, &currency),
        ),
        Error::Invalid(errors) => {
            let fields = errors
                .iter()
                .map(|(field, problem)| {
                    (
                        (*field).to_owned(),
                        texts::problem(language, problem, &currency),
                    )
                })
                .collect();
            ApiError {
                fields,
                ..ApiError::new(ErrorCode::Invalid, texts::invalid(language))
            }
        }
        Error::WrongCredentials => {
            let said = texts::wrong_credentials(language).to_owned();
            let fields = Fields::from_iter([("password".to_owned(), said)]);
            ApiError {
                fields,
                ..ApiError::new(ErrorCode::Invalid, texts::invalid(language))
            }
        }
        error @ Error::Unavailable(..) => {
            tracing::warn!(error = ?error, "a request could not be served");
            ApiError {
                retry_after: Some(5),
                ..ApiError::new(ErrorCode::Unavailable, texts::unavailable(language))
            }
        }
        error @ Error::Internal(_) => {
            tracing::error!(error = ?error, "a request failed");
            let said = texts::internal(language);
            // What it is found by in the log.
            let said =
                audit::request().map_or_else(|| said.to_owned(), |id| format!("{said} ({id})"));
            ApiError::new(ErrorCode::Internal, said)
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
