//! Plain form posts: what a browser without script sends to a server function.
//!
//! The function answers as it would to a program; here its answer becomes the
//! redirect that a person needs. A refused form goes through the session to
//! the page that it is on, which shows it once. What no page has a form for is
//! answered with its status and a sentence.

use std::{any::Any, collections::BTreeMap};

use app::{
    error::{ApiError, ErrorCode},
    form::Flash,
    server::{FlashedPage, Flashes},
};
use axum::{
    body::{Body, Bytes, HttpBody, to_bytes},
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::{provide_context, use_context};
use texts::Language;
use tower_sessions::{Session, session::Error as SessionError};

use super::{BODY_LIMIT, language};

/// Answers plain form posts with redirects, hands a flash to its page, and has
/// every refused call answered in the one shape.
pub(crate) async fn plain_posts(request: Request, next: Next) -> Response {
    let for_person = is_for_person(&request);
    let function = is_function(&request);
    let language = language::of(request.extensions());
    let answered = match (function, request.method()) {
        (true, &Method::POST) if for_person => post(request, next).await,
        (true, &Method::POST) => Ok(call(request, next).await),
        (true, _) => Ok(describe_bare(language, next.run(request).await)),
        (false, &Method::GET) => page(request, next).await,
        _ => Ok(next.run(request).await),
    };
    answered.unwrap_or_else(|error| {
        tracing::warn!(%error, "session");
        away(language, function && !for_person)
    })
}

/// Says that the database is away where the session could not be stored: its
/// layer says only 500.
pub(crate) async fn stored_sessions(request: Request, next: Next) -> Response {
    let for_program = is_function(&request) && !is_for_person(&request);
    let language = language::of(request.extensions());
    let answer = next.run(request).await;
    // Everybody else says what kind of body there is.
    let unsaved = answer.status() == StatusCode::INTERNAL_SERVER_ERROR
        && !answer.headers().contains_key(header::CONTENT_TYPE);
    if unsaved {
        away(language, for_program)
    } else {
        answer
    }
}

/// What is left of a request that panicked; [`plain_posts`] makes of it what
/// it makes of other faults.
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let said = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = said, "a request panicked");
    // The request is gone, and with it its language.
    let said = texts::internal(Language::default());
    (StatusCode::INTERNAL_SERVER_ERROR, said).into_response()
}

fn is_function(request: &Request) -> bool {
    request.uri().path().starts_with("/api/")
}

/// Whether a browser asks for a page, and no program for an answer.
fn is_for_person(request: &Request) -> bool {
    request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

fn away(language: Language, for_program: bool) -> Response {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    if for_program {
        (status, axum::Json(plain(language, status))).into_response()
    } else {
        (status, texts::unavailable(language)).into_response()
    }
}

/// The whole body, unless it is too long. One that says so itself is not read.
async fn read_body(body: Body) -> Result<Bytes, StatusCode> {
    let declared = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if declared > BODY_LIMIT {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    to_bytes(body, BODY_LIMIT)
        .await
        .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)
}

/// A post of a program.
async fn call(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let language = language::of(&parts.extensions);
    let answer = match read_body(body).await {
        Ok(body) => next.run(Request::from_parts(parts, Body::from(body))).await,
        Err(status) => status.into_response(),
    };
    describe_bare(language, answer)
}

/// A post of a browser without script.
async fn post(request: Request, next: Next) -> Result<Response, SessionError> {
    let (mut parts, body) = request.into_parts();
    let action = parts.uri.path().to_owned();
    let session = parts.extensions.get::<Session>().cloned();
    let language = language::of(&parts.extensions);
    let (typed, answer) = match read_body(body).await {
        Ok(body) => {
            let typed: BTreeMap<String, String> =
                serde_urlencoded::from_bytes(&body).unwrap_or_default();
            parts
                .headers
                .insert(header::ACCEPT, HeaderValue::from_static("application/json"));
            let request = Request::from_parts(parts, Body::from(body));
            (typed, next.run(request).await)
        }
        Err(status) => (BTreeMap::new(), status.into_response()),
    };
    let status = answer.status();
    if status.is_success() {
        let location = answer
            .headers()
            .get(header::LOCATION)
            .and_then(|location| location.to_str().ok())
            .unwrap_or("/")
            .to_owned();
        let mut leads_on = Redirect::to(&location).into_response();
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            leads_on
                .headers_mut()
                .append(header::SET_COOKIE, cookie.clone());
        }
        return Ok(leads_on);
    }
    let error = read_error(language, answer).await;
    let message = error.message.clone();
    let Some(flashed) = FlashedPage::new(&action, typed, error) else {
        return Ok((status, message).into_response());
    };
    let location = flashed.location();
    if let Some(session) = session {
        let mut flashes = Flashes::of(&session).await?;
        flashes.add(flashed);
        flashes.store(&session).await?;
    }
    Ok(Redirect::to(&location).into_response())
}

async fn read_error(language: Language, answer: Response) -> ApiError {
    let status = answer.status();
    let body = to_bytes(answer.into_body(), BODY_LIMIT)
        .await
        .unwrap_or_default();
    serde_json::from_slice(&body).unwrap_or_else(|_| plain(language, status))
}

/// An error for a status that came without one.
fn plain(language: Language, status: StatusCode) -> ApiError {
    match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
            ApiError::new(ErrorCode::NotFound, texts::not_found(language))
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            ApiError::new(ErrorCode::Unavailable, texts::unavailable(language))
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            ApiError::new(ErrorCode::Invalid, texts::too_large(language))
        }
        status if status.is_client_error() => {
            ApiError::new(ErrorCode::Invalid, texts::malformed_request(language))
        }
        _ => ApiError::new(ErrorCode::Internal, texts::internal(language)),
    }
}

/// Gives answers of the layers around, such as 413, the body that every
/// refused call has.
fn describe_bare(language: Language, answer: Response) -> Response {
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
    (parts, axum::Json(plain(language, status))).into_response()
}

/// Shows the page that is asked for what waits for it in the session, once.
async fn page(mut request: Request, next: Next) -> Result<Response, SessionError> {
    let path = request.uri().path().to_owned();
    // Who sends no cookie has no session.
    let session = request
        .extensions()
        .get::<Session>()
        .filter(|_| request.headers().contains_key(header::COOKIE))
        .cloned();
    let Some(session) = session else {
        return Ok(next.run(request).await);
    };
    let mut flashes = Flashes::of(&session).await?;
    let Some(flash) = flashes.of_page(&path).cloned() else {
        return Ok(next.run(request).await);
    };
    request.extensions_mut().insert(flash);
    let answer = next.run(request).await;
    // A page that leads on, to sign in first, has shown nothing yet.
    if !answer.status().is_redirection() {
        flashes.remove(&path);
        flashes.store(&session).await?;
    }
    Ok(answer)
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
pub(crate) async fn no_such_function(request: Request) -> Response {
    let status = StatusCode::NOT_FOUND;
    let error = plain(language::of(request.extensions()), status);
    (status, axum::Json(error)).into_response()
}
