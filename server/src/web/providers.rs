//! `/auth/…`: to a provider and back.

use app::{
    accounts::api,
    server::{FlashedPage, Flashes, Visit, describe},
};
use axum::{
    Router,
    extract::{Path, Query},
    http::{HeaderMap, HeaderValue},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use exchange::{
    Error, Result,
    accounts::{
        identities::{self, Arrival},
        providers::Answer,
    },
};
use leptos::server_fn::ServerFn;
use serde::Deserialize;

use super::AppState;

/// Where people go to sign in with somebody else, and where they come back.
pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/auth/{provider}", get(begin))
        .route("/auth/{provider}/callback", get(finish))
}

#[derive(Deserialize)]
struct Onward {
    #[serde(default)]
    next: String,
}

async fn begin(
    visit: Visit,
    headers: HeaderMap,
    Path(provider): Path<String>,
    Query(Onward { next }): Query<Onward>,
) -> Response {
    // A page of another site begins nothing here, nor ends what was begun.
    let from = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    if matches!(from, Some(b"cross-site" | b"same-site")) {
        return Redirect::to("/sign-in").into_response();
    }
    match visit.go_to_provider(&provider, &next).await {
        Ok(url) => Redirect::to(&url).into_response(),
        Err(error) => refuse(&visit, error).await,
    }
}

async fn finish(
    visit: Visit,
    Path(provider): Path<String>,
    Query(answer): Query<Answer>,
) -> Response {
    match arrive(&visit, &provider, answer).await {
        Ok(path) => Redirect::to(&path).into_response(),
        Err(error) => refuse(&visit, error).await,
    }
}

/// Where somebody goes whom the provider has named.
async fn arrive(visit: &Visit, provider: &str, answer: Answer) -> Result<String> {
    let (claim, next) = visit.back_from_provider(provider, answer).await?;
    // Whoever is signed in adds a way to; whose account it is, is known.
    if visit.signed_in().await?.is_some() {
        visit.keep(claim, next).await?;
        return Ok("/account/link".to_owned());
    }
    match identities::arrive(&visit.exchange, &visit.client, &claim).await? {
        Arrival::Known(user) => visit.enter(&user, &next).await,
        Arrival::New => {
            visit.keep(claim, next).await?;
            Ok("/sign-up/finish".to_owned())
        }
        Arrival::Asked => Ok("/sign-in?done=asked".to_owned()),
    }
}

/// Back to where it began, with the reason.
async fn refuse(visit: &Visit, error: Error) -> Response {
    if matches!(error, Error::NotFound) {
        return super::no_such_file().await.into_response();
    }
    let signed_in = visit.signed_in().await.is_ok_and(|user| user.is_some());
    let action = if signed_in {
        api::UnlinkIdentity::PATH
    } else {
        api::SignIn::PATH
    };
    let error = describe(&visit.exchange, visit.client.language, error);
    let Some(flashed) = FlashedPage::new(action, Default::default(), error) else {
        return Redirect::to("/sign-in").into_response();
    };
    let location = flashed.location();
    let stored = async {
        let mut flashes = Flashes::of(&visit.session).await?;
        flashes.add(flashed);
        flashes.store(&visit.session).await
    };
    if let Err(error) = stored.await {
        tracing::warn!(%error, "session");
    }
    Redirect::to(&location).into_response()
}
