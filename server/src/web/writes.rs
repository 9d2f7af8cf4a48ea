//! Writes come from our own pages: what a browser says of where a request
//! comes from has to be this site. What says nothing is no browser.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use app::error::{ApiError, ErrorCode};

use super::language;

/// The site's origin.
#[derive(Clone)]
pub(crate) struct Site {
    origin: String,
}

impl Site {
    /// The site that people reach at `public_url`.
    pub(crate) fn new(public_url: &str) -> Self {
        Self {
            origin: public_url.to_owned(),
        }
    }

    /// Whether each of the headers that is there names this site: `Origin`
    /// (RFC 6454) and `Sec-Fetch-Site` (Fetch Metadata).
    fn sent(&self, headers: &HeaderMap) -> bool {
        let fetched_here = headers
            .get("sec-fetch-site")
            .is_none_or(|site| site == "same-origin" || site == "none");
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        let from_here = headers.get(header::ORIGIN).is_none_or(|origin| {
            origin.to_str().is_ok_and(|origin| {
                origin == self.origin
                    || origin
                        .split_once("://")
                        .is_some_and(|(_, authority)| Some(authority) == host)
            })
        });
        fetched_here && from_here
    }
}

/// Refuses writes of other sites.
pub(crate) async fn same_site(State(site): State<Site>, request: Request, next: Next) -> Response {
    let reads = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if reads || site.sent(request.headers()) {
        return next.run(request).await;
    }
    let said = texts::forbidden(language::of(request.extensions()));
    (
        StatusCode::FORBIDDEN,
        axum::Json(ApiError::new(ErrorCode::Forbidden, said)),
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_site_and_what_is_no_browser_may_write() {
        let site = Site::new("https://tickets.example");
        let sent = |pairs: &[(&'static str, &str)]| {
            let headers: HeaderMap = pairs
                .iter()
                .map(|(name, value)| {
                    (
                        name.parse().expect("a name"),
                        value.parse().expect("a value"),
                    )
                })
                .collect();
            site.sent(&headers)
        };
        assert!(sent(&[]));
        assert!(sent(&[
            ("origin", "https://tickets.example"),
            ("sec-fetch-site", "same-origin")
        ]));
        assert!(sent(&[
            ("origin", "http://127.0.0.1:3000"),
            ("host", "127.0.0.1:3000")
        ]));
        assert!(!sent(&[("origin", "https://evil.example")]));
        assert!(!sent(&[("origin", "null")]));
        assert!(!sent(&[("sec-fetch-site", "cross-site")]));
        assert!(!sent(&[("sec-fetch-site", "same-site")]));
        assert!(!sent(&[
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "same-origin")
        ]));
    }
}
