//! What is measured of requests: rate, errors and duration, by route.

use std::time::Instant;

use ::metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use exchange::{audit, platform::trace};
use tracing::{Instrument, error_span, field::Empty};

const REQUESTS: &str = "http_requests_total";
const SECONDS: &str = "http_request_seconds";
const LIVE_PAGES: &str = "exchange_live_pages";

/// Tells the recorder what each of them is.
pub(crate) fn describe() {
    describe_counter!(REQUESTS, "Requests, by route, method and status");
    describe_histogram!(SECONDS, "How long an answer took to begin, by route");
    describe_gauge!(LIVE_PAGES, "Open pages that are told what happens");
    live_pages(0);
}

/// Notes how many pages are told what happens.
pub(super) fn live_pages(count: usize) {
    gauge!(LIVE_PAGES).set(f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
}

/// Measures each request, and has what is done for it be one trace, which goes on with
/// what the request is part of. What matches no route is one, however it is called.
pub(super) async fn request(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    // A method is what anybody writes.
    let method = match request.method().as_str() {
        "GET" | "HEAD" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        _ => "other",
    };
    // Lines about errors say of which request, whatever else is logged.
    let id = audit::request();
    let span = error_span!("request", id, method, route, status = Empty, trace = Empty);
    let parent = request.headers().get(trace::HEADER);
    trace::follow(&span, parent.and_then(|parent| parent.to_str().ok()));
    let response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    span.record("status", status.as_u16());
    if status.is_server_error() {
        tracing::warn!(parent: &span, "failed");
    } else {
        tracing::debug!(parent: &span, "answered");
    }
    let status = status.as_u16().to_string();
    histogram!(SECONDS, "route" => route.clone()).record(begun.elapsed());
    counter!(REQUESTS, "route" => route, "method" => method, "status" => status).increment(1);
    response
}
