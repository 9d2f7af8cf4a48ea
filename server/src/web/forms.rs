//! Plain form posts: what a browser without script sends to a server function.
//!
//! The function answers as it would to a program; here its answer becomes the
//! redirect that a person needs. A refused form goes through the session to
//! the page that it is on, which shows it once.

use std::collections::BTreeMap;

use app::{
    error::{ApiError, ErrorCode},
    form::Flash,
    server::{FLASH, FlashedPage},
    texts,
};
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::{provide_context, use_context};
use tower_sessions::Session;

use super::BODY_LIMIT;

/// Answers plain form posts with redirects, and hands a flash to its page.
pub(crate) async fn plain_posts(request: Request, next: Next) -> Response {
    let accepts_html = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    let function = request.uri().path().starts_with("/api/");
    let answered = match (function, request.method()) {
        (true, &Method::POST) if accepts_html => post(request, next).await,
        (true, _) => Ok(describe_bare(next.run(request).await)),
        (false, &Method::GET) => page(request, next).await,
        _ => Ok(next.run(request).await),
    };
    answered.unwrap_or_else(|error| {
        tracing::warn!(%error, "session");
        (StatusCode::SERVICE_UNAVAILABLE, texts::UNAVAILABLE).into_response()
    })
}

async fn post(request: Request, next: Next) -> Result<Response, tower_sessions::session::Error> {
    let (mut parts, body) = request.into_parts();
    let action = parts.uri.path().to_owned();
    let session = parts.extensions.get::<Session>().cloned();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return Ok(describe_bare(StatusCode::PAYLOAD_TOO_LARGE.into_response()));
    };
    let typed: BTreeMap<String, String> = serde_urlencoded::from_bytes(&body).unwrap_or_default();
    parts
        .headers
        .insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let answer = next.run(Request::from_parts(parts, Body::from(body))).await;
    if answer.status().is_success() {
        let location = answer
            .headers()
            .get(header::LOCATION)
            .and_then(|location| location.to_str().ok())
            .unwrap_or("/")
            .to_owned();
        return Ok(Redirect::to(&location).into_response());
    }
    let error = read_error(answer).await;
    let flashed = FlashedPage::new(&action, typed, error);
    if let Some(session) = session {
        session.insert(FLASH, &flashed).await?;
    }
    Ok(Redirect::to(&flashed.location()).into_response())
}

async fn read_error(answer: Response) -> ApiError {
    let status = answer.status();
    let body = to_bytes(answer.into_body(), BODY_LIMIT)
        .await
        .unwrap_or_default();
    serde_json::from_slice(&body).unwrap_or_else(|_| plain(status))
}

/// An error for a status that came without one.
fn plain(status: StatusCode) -> ApiError {
    match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
            ApiError::new(ErrorCode::NotFound, texts::NOT_FOUND)
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            ApiError::new(ErrorCode::Unavailable, texts::UNAVAILABLE)
        }
        status if status.is_client_error() => {
            ApiError::new(ErrorCode::Invalid, texts::MALFORMED_REQUEST)
        }
        _ => ApiError::new(ErrorCode::Internal, texts::INTERNAL),
    }
}

/// Gives answers of the layers around, such as 413, the body that every
/// refused call has.
fn describe_bare(answer: Response) -> Response {
    let refused = answer.status().is_client_error() || answer.status().is_server_error();
    let described = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if !refused || described {
        return answer;
    }
    let (mut parts, _) = answer.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::CONTENT_TYPE);
    let status = parts.status;
    (parts, axum::Json(plain(status))).into_response()
}

/// Takes the flash of the page that is asked for out of the session.
async fn page(
    mut request: Request,
    next: Next,
) -> Result<Response, tower_sessions::session::Error> {
    let path = request.uri().path();
    // Built files need no session; a page without a cookie has none.
    let may_flash = !path.starts_with("/pkg/") && request.headers().contains_key(header::COOKIE);
    if let Some(session) = request
        .extensions()
        .get::<Session>()
        .cloned()
        .filter(|_| may_flash)
    {
        let flashed: Option<FlashedPage> = session.get(FLASH).await?;
        if let Some(flashed) = flashed.filter(|flashed| {
            flashed.page == path || flashed.flash.error.code == ErrorCode::Unauthenticated
        }) {
            session.remove::<FlashedPage>(FLASH).await?;
            request.extensions_mut().insert(flashed.flash);
        }
    }
    Ok(next.run(request).await)
}

/// Hands the flash of this request, if any, to the page being rendered.
pub(crate) fn provide_flash() {
    if let Some(flash) =
        use_context::<Parts>().and_then(|parts| parts.extensions.get::<Flash>().cloned())
    {
        provide_context(flash);
    }
}

/// There is no server function of this name.
pub(crate) async fn no_such_function() -> Response {
    (
        StatusCode::NOT_FOUND,
        axum::Json(plain(StatusCode::NOT_FOUND)),
    )
        .into_response()
}
