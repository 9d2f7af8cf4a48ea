//! What surrounds every answer of `/v1/…`: Stripe's headers, and CORS for browsers.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::API_VERSION;
use crate::state::random;

/// Names a call in events and in the `Request-Id` header.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) String);

/// Axum middleware: answers preflights, adds headers.
pub(crate) async fn wrap(mut request: Request, next: Next) -> Response {
    let id = format!("req_{}", random(14));
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let mut response = if method == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        request.extensions_mut().insert(RequestId(id.clone()));
        next.run(request).await
    };
    tracing::info!(%method, path, status = response.status().as_u16(), request_id = id);
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert("request-id", id);
    }
    headers.insert("stripe-version", HeaderValue::from_static(API_VERSION));
    allow_any_origin(headers);
    response
}

/// The API is called from the merchant's pages, whose origin nobody knows.
fn allow_any_origin(headers: &mut HeaderMap) {
    const CORS: [(&str, &str); 3] = [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "GET, POST, OPTIONS"),
        (
            "access-control-allow-headers",
            "authorization, content-type, idempotency-key, stripe-version",
        ),
    ];
    for (name, value) in CORS {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
}
