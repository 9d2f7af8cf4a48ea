//! Response headers: what browsers may do with what they get.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use leptos::{nonce::use_nonce, prelude::use_context};
use leptos_axum::ResponseOptions;

/// The Content-Security-Policy of pages, less the nonce of each.
#[derive(Clone)]
pub(crate) struct Policy {
    stripe: String,
    upgrade: &'static str,
}

impl Policy {
    /// Scripts and frames of `stripe` are allowed besides our own.
    pub(crate) fn new(stripe: &[String], https: bool) -> Self {
        let mut stripe = stripe.to_vec();
        stripe.dedup();
        Self {
            stripe: stripe.join(" "),
            upgrade: if https {
                "; upgrade-insecure-requests"
            } else {
                ""
            },
        }
    }

    /// Sets the header on the page being rendered, with its nonce.
    pub(crate) fn insert(&self) {
        let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else {
            return;
        };
        let Self { stripe, upgrade } = self;
        let policy = format!(
            "default-src 'self'; script-src 'strict-dynamic' 'nonce-{nonce}' 'wasm-unsafe-eval' {stripe}; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; \
             connect-src 'self' {stripe}; frame-src {stripe}; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'{upgrade}"
        );
        if let Ok(value) = HeaderValue::from_str(&policy) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, value);
        }
    }
}

/// What the headers of every response depend on.
#[derive(Clone, Copy)]
pub(crate) struct Common {
    /// Whether the site is reached by https.
    pub(crate) https: bool,
}

/// Sets the headers that every response has.
pub(crate) async fn common(State(site): State<Common>, request: Request, next: Next) -> Response {
    // The names of built files change with their content.
    let immutable = request.uri().path().starts_with("/pkg/");
    let mut response = next.run(request).await;
    let cache = if immutable && response.status().is_success() {
        "public, max-age=31536000, immutable"
    } else if response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| {
            kind.as_bytes().starts_with(b"text/html")
                || kind.as_bytes().starts_with(b"application/json")
        })
    {
        // Pages and answers show what only one person may see.
        "no-store"
    } else {
        "public, max-age=3600"
    };
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set(header::CACHE_CONTROL, cache);
    set(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    );
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    set(
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=()",
    );
    if site.https {
        set(
            header::STRICT_TRANSPORT_SECURITY,
            "max-age=63072000; includeSubDomains",
        );
    }
    response
}
