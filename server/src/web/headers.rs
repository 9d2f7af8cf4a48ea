//! Response headers: what browsers may do with what they get.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use exchange::audit;
use leptos::{nonce::use_nonce, prelude::use_context};
use leptos_axum::ResponseOptions;

/// Where Stripe itself serves Stripe.js.
const STRIPE: &str = "https://js.stripe.com";

/// The Content-Security-Policy of pages, less the nonce of each.
#[derive(Clone)]
pub(crate) struct Policy {
    scripts: String,
    calls: String,
    frames: String,
    upgrade: &'static str,
}

impl Policy {
    /// Besides our own, what Stripe.js of the origin `js` needs is allowed:
    /// from Stripe what it documents
    /// (<https://docs.stripe.com/security/guide#content-security-policy>), from
    /// elsewhere that origin and `api`.
    pub(crate) fn new(js: &str, api: &str, https: bool) -> Self {
        let [scripts, calls, frames] = if js == STRIPE {
            [
                "https://js.stripe.com https://*.js.stripe.com",
                "https://api.stripe.com",
                "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
            ]
            .map(str::to_owned)
        } else if js == api {
            [js; 3].map(str::to_owned)
        } else {
            [(); 3].map(|()| format!("{js} {api}"))
        };
        Self {
            scripts,
            calls,
            frames,
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
        if let Ok(value) = HeaderValue::from_str(&self.with_nonce(&nonce)) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, value);
        }
    }

    fn with_nonce(&self, nonce: &str) -> String {
        let Self {
            scripts,
            calls,
            frames,
            upgrade,
        } = self;
        format!(
            "default-src 'self'; script-src 'strict-dynamic' 'nonce-{nonce}' 'wasm-unsafe-eval' {scripts}; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; \
             connect-src 'self' {calls}; frame-src {frames}; worker-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'{upgrade}"
        )
    }
}

/// What the headers of every response depend on.
#[derive(Clone, Copy)]
pub(crate) struct Common {
    /// Whether the site is reached by https.
    pub(crate) https: bool,
}

/// Whether it is a file: only those say when they were changed.
pub(super) fn is_file(response: &Response) -> bool {
    response.status() == StatusCode::NOT_MODIFIED
        || response.headers().contains_key(header::LAST_MODIFIED)
}

/// Sets the headers that every response has.
pub(crate) async fn common(State(site): State<Common>, request: Request, next: Next) -> Response {
    // The names of built files and of fonts change with their content.
    let path = request.uri().path();
    let immutable = path.starts_with("/pkg/") || path.starts_with("/fonts/");
    let (id, mut response) = audit::within(next.run(request)).await;
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", id);
    }
    // Everything but files is of the moment, or what only one person may see.
    let file = is_file(&response);
    let cache = match (file, immutable) {
        (true, true) => "public, max-age=31536000, immutable",
        (true, false) => "public, max-age=3600",
        (false, _) => "no-store",
    };
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set(header::CACHE_CONTROL, cache);
    if file {
        // Files are there compressed too.
        set(header::VARY, "accept-encoding");
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The sources of a directive.
    fn sources<'a>(policy: &'a str, directive: &str) -> Vec<&'a str> {
        policy
            .split("; ")
            .find_map(|part| part.strip_prefix(directive))
            .unwrap_or_default()
            .split_whitespace()
            .collect()
    }

    #[test]
    fn stripe_js_is_allowed_what_stripe_documents() {
        let policy = Policy::new("https://js.stripe.com", "https://api.stripe.com", true);
        let policy = policy.with_nonce("n");
        for (directive, allowed) in [
            (
                "script-src",
                &["https://js.stripe.com", "https://*.js.stripe.com"][..],
            ),
            ("connect-src", &["https://api.stripe.com"]),
            (
                "frame-src",
                &[
                    "https://js.stripe.com",
                    "https://*.js.stripe.com",
                    "https://hooks.stripe.com",
                ],
            ),
        ] {
            let mut found = sources(&policy, directive);
            found.retain(|source| source.starts_with("http"));
            assert_eq!(found, allowed, "{directive}");
        }
        assert!(policy.ends_with("; upgrade-insecure-requests"));
    }

    #[test]
    fn a_stand_in_for_stripe_is_allowed_its_own_origin() {
        let sandbox = "http://127.0.0.1:3030";
        let policy = Policy::new(sandbox, sandbox, false).with_nonce("n");
        for directive in ["script-src", "connect-src", "frame-src"] {
            let found = sources(&policy, directive);
            assert_eq!(found.last(), Some(&sandbox), "{directive}");
        }
        assert!(!policy.contains("stripe.com"));
        let policy = Policy::new("https://a.example", "https://b.example", false).with_nonce("n");
        assert!(policy.contains("connect-src 'self' https://a.example https://b.example;"));
    }
}
