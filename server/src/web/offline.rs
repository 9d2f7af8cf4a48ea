//! `/sw.js`: the service worker that shows a page of ours while the browser is
//! offline (<https://www.w3.org/TR/service-workers/>).

use axum::{
    http::{HeaderName, header},
    response::IntoResponse,
};

/// What it may fetch is what the policy of its own script allows.
pub(super) async fn worker() -> impl IntoResponse {
    let headers: [(HeaderName, &str); 2] = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; connect-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'",
        ),
    ];
    (headers, include_str!("offline.js"))
}
