//! What browsers load: Stripe.js, the card element's frame, the 3-D Secure page.

use std::sync::Arc;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get};

use crate::app::App;

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// The frames run no foreign code; any page may embed them.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                   base-uri 'none'; form-action 'none'";

pub(crate) fn routes() -> Router<Arc<App>> {
    let stripe = || asset(SCRIPT, include_str!("assets/stripe.js"));
    Router::new()
        .route("/v3", stripe())
        .route("/v3/", stripe())
        .route("/v3/stripe.js", stripe())
        .route(
            "/_sandbox/card",
            asset(HTML, include_str!("assets/card.html")),
        )
        .route(
            "/_sandbox/card.js",
            asset(SCRIPT, include_str!("assets/card.js")),
        )
        .route(
            "/_sandbox/card_fields.js",
            asset(SCRIPT, include_str!("assets/card_fields.js")),
        )
        .route(
            "/_sandbox/card.css",
            asset(STYLE, include_str!("assets/card.css")),
        )
        .route(
            "/_sandbox/3ds/{id}",
            asset(HTML, include_str!("assets/challenge.html")),
        )
        .route(
            "/_sandbox/challenge.js",
            asset(SCRIPT, include_str!("assets/challenge.js")),
        )
        .route(
            "/_sandbox/challenge.css",
            asset(STYLE, include_str!("assets/challenge.css")),
        )
}

fn asset(content_type: &'static str, text: &'static str) -> MethodRouter<Arc<App>> {
    get(move || async move {
        let headers = [
            (CONTENT_TYPE, content_type),
            (CONTENT_SECURITY_POLICY, CSP),
            (CACHE_CONTROL, "no-store"),
        ];
        (headers, text).into_response()
    })
}
