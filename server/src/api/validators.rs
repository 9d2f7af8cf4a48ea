//! Validators of what is shown, and conditions on them (RFC 9110 §8.8.3, §13).

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// Whether a header of validators has `tag`.
pub(super) fn matches(headers: &HeaderMap, name: &HeaderName, tag: &str) -> bool {
    let values = headers.get_all(name).iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        // Weak comparison, for what only spares an answer.
        .map(|known| {
            let weak = known.strip_prefix("W/");
            weak.filter(|_| *name == header::IF_NONE_MATCH)
                .unwrap_or(known)
        })
        .any(|known| known == "*" || known == tag)
}

/// `shown` with its validator; nothing but that for whoever knows it as it is.
pub(super) fn unless_known(headers: &HeaderMap, tag: String, shown: impl IntoResponse) -> Response {
    if matches(headers, &header::IF_NONE_MATCH, &tag) {
        // It is no file, which others may keep.
        let no_store = HeaderValue::from_static("no-store");
        let headers = ([(header::ETAG, tag)], [(header::CACHE_CONTROL, no_store)]);
        return (StatusCode::NOT_MODIFIED, headers.0, headers.1).into_response();
    }
    ([(header::ETAG, tag)], shown).into_response()
}
