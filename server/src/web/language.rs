//! The language that somebody is answered in: the one that they chose, else what
//! their browser asks for.

use app::server::LANGUAGE_COOKIE;
use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header, request::Parts},
    middleware::Next,
    response::Response,
};
use leptos::prelude::{provide_context, use_context};
use texts::Language;

use super::headers;

/// Tells every request its language, and caches what the answer depends on.
pub(crate) async fn spoken(mut request: Request, next: Next) -> Response {
    let language = language(request.headers());
    request.extensions_mut().insert(language);
    let mut answer = next.run(request).await;
    // Files are the same in all languages.
    if headers::is_file(&answer) {
        return answer;
    }
    let headers = answer.headers_mut();
    headers.append(
        header::VARY,
        HeaderValue::from_static("accept-language, cookie"),
    );
    headers.insert(
        header::CONTENT_LANGUAGE,
        HeaderValue::from_static(language.tag()),
    );
    answer
}

fn language(headers: &HeaderMap) -> Language {
    let chosen = cookies(headers)
        .find(|(name, _)| *name == LANGUAGE_COOKIE)
        .and_then(|(_, tag)| Language::of_tag(tag));
    let asked = || {
        let accepted = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        Language::accepted(accepted)
    };
    chosen.or_else(asked).unwrap_or_default()
}

/// The cookies of a request, by name (RFC 6265, §4.2).
pub(super) fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

/// The language of `parts`, which [`spoken`] was told of.
pub(super) fn of(parts: &http::Extensions) -> Language {
    parts.get().copied().unwrap_or_default()
}

/// Hands the language of this request to the page being rendered.
pub(crate) fn provide() {
    if let Some(parts) = use_context::<Parts>() {
        provide_context(of(&parts.extensions));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_chose_comes_before_what_their_browser_asks_for() {
        for (cookie, accepted, spoken) in [
            ("", "", Language::English),
            ("", "fr-CA,fr;q=0.9,en;q=0.8", Language::French),
            ("session=1; language=en", "fr", Language::English),
            ("language=fr", "en", Language::French),
            ("language=xx", "fr", Language::French),
            ("languages=en", "fr", Language::French),
        ] {
            let headers = [
                (header::COOKIE, cookie),
                (header::ACCEPT_LANGUAGE, accepted),
            ]
            .into_iter()
            .map(|(name, value)| (name, value.parse().expect("text")))
            .collect();
            assert_eq!(language(&headers), spoken, "{cookie} {accepted}");
        }
    }
}
