//! The market as strangers see it, kept as it was rendered.
//!
//! Everybody who is signed out sees the same page until the market changes. What
//! differs is the nonce, which is put in anew for every answer.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use app::server::LANGUAGE_COOKIE;
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use exchange::{Exchange, market};
use leptos::nonce::Nonce;
use quick_cache::sync::Cache;
use texts::Language;
use tokio::sync::Mutex;

use super::language;

/// Most pages that are kept, each of a question that somebody asked.
const PAGES: usize = 256;
/// The longest question of which a page is kept, in bytes.
const LONGEST: usize = 300;
/// The largest page that is kept, in bytes.
const LARGEST: usize = 512 * 1024;
/// How long a page is shown without looking whether the market changed: on a
/// busy market it would be rendered for everybody otherwise. Pages say up to
/// where they are told of changes, so an open one catches up.
const UNSEEN: Duration = Duration::from_millis(50);
/// How long a page is shown at most: what begins leaves the market unannounced.
const LONGEST_KEPT: Duration = Duration::from_secs(1);

/// What is asked, and in which language.
type Question = (Language, String);

/// The pages that are kept.
#[derive(Clone)]
pub(crate) struct PageCache {
    exchange: Exchange,
    pages: Arc<Cache<Question, Arc<Mutex<Option<Page>>>>>,
}

/// A page as it was rendered.
#[derive(Clone)]
struct Page {
    /// What is between the places of the nonce.
    parts: Arc<[Bytes]>,
    headers: HeaderMap,
    /// The policy with the nonce of that rendering.
    policy: String,
    nonce: String,
    revision: u64,
    rendered: Instant,
}

impl PageCache {
    pub(crate) fn new(exchange: &Exchange) -> Self {
        Self {
            exchange: exchange.clone(),
            pages: Arc::new(Cache::new(PAGES)),
        }
    }

    /// Whether `page` may still be shown.
    fn is_fresh(&self, page: &Page) -> bool {
        match page.rendered.elapsed() {
            age if age < UNSEEN => true,
            age => age < LONGEST_KEPT && page.revision == market::revision(&self.exchange),
        }
    }
}

/// Answers with the page that is kept, if the request is for one.
pub(crate) async fn kept(State(cache): State<PageCache>, request: Request, next: Next) -> Response {
    let Some(question) = question(&request) else {
        return next.run(request).await;
    };
    let slot = match cache.pages.get(&question) {
        Some(slot) => slot,
        None => {
            let slot = Arc::default();
            cache.pages.insert(question, Arc::clone(&slot));
            slot
        }
    };
    // Whoever comes while it is being rendered waits for that.
    let mut slot = slot.lock().await;
    if let Some(page) = slot.as_ref().filter(|page| cache.is_fresh(page)) {
        let page = page.clone();
        drop(slot);
        return page.answer();
    }
    let revision = market::revision(&cache.exchange);
    let (answer, page) = Page::of(next.run(request).await, revision).await;
    *slot = page;
    answer
}

/// What is asked, if the answer is the same for everybody who asks it.
fn question(request: &Request) -> Option<Question> {
    let stranger = language::cookies(request.headers()).all(|(name, _)| name == LANGUAGE_COOKIE);
    let query = request.uri().query().unwrap_or_default();
    (stranger
        && request.method() == Method::GET
        && request.uri().path() == "/"
        && query.len() <= LONGEST)
        .then(|| (language::of(request.extensions()), query.to_owned()))
}

impl Page {
    /// `answer`, and what is kept of it if that can be.
    async fn of(answer: Response, revision: u64) -> (Response, Option<Self>) {
        let policy = answer
            .headers()
            .get(header::CONTENT_SECURITY_POLICY)
            .and_then(|policy| policy.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let nonce = policy
            .split_once("'nonce-")
            .and_then(|(_, rest)| rest.split_once('\''))
            .map(|(nonce, _)| nonce.to_owned());
        let begins_session = answer.headers().contains_key(header::SET_COOKIE);
        let Some(nonce) = nonce.filter(|_| answer.status() == StatusCode::OK && !begins_session)
        else {
            return (answer, None);
        };
        let (parts, body) = answer.into_parts();
        let Ok(body) = to_bytes(body, LARGEST).await else {
            let mut broken = Response::new(Body::empty());
            *broken.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            return (broken, None);
        };
        let page = Self {
            parts: split(&body, nonce.as_bytes()),
            headers: parts.headers.clone(),
            policy,
            nonce,
            revision,
            rendered: Instant::now(),
        };
        (Response::from_parts(parts, Body::from(body)), Some(page))
    }

    /// The page with a nonce of its own.
    fn answer(self) -> Response {
        let nonce = Nonce::new().to_string();
        let length = self.parts.iter().map(Bytes::len).sum::<usize>();
        let mut body = Vec::with_capacity(length + self.parts.len() * nonce.len());
        for (at, part) in self.parts.iter().enumerate() {
            if at > 0 {
                body.extend_from_slice(nonce.as_bytes());
            }
            body.extend_from_slice(part);
        }
        let mut answer = Response::new(Body::from(body));
        *answer.headers_mut() = self.headers;
        // A nonce is letters and digits, so this cannot fail.
        if let Ok(policy) = HeaderValue::from_str(&self.policy.replace(&self.nonce, &nonce)) {
            answer
                .headers_mut()
                .insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        answer
    }
}

/// What of `body` is between the places of `nonce`.
fn split(body: &Bytes, nonce: &[u8]) -> Arc<[Bytes]> {
    let mut parts = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(window) = body.get(at..at + nonce.len()) {
        if window == nonce {
            parts.push(body.slice(from..at));
            at += nonce.len();
            from = at;
        } else {
            at += 1;
        }
    }
    parts.push(body.slice(from..));
    parts.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_answer_has_a_nonce_of_its_own() {
        let policy = "script-src 'nonce-abc'; style-src 'nonce-abc'";
        let rendered = Response::builder()
            .header(header::CONTENT_SECURITY_POLICY, policy)
            .body(Body::from("<a nonce=\"abc\">1</a><b nonce=\"abc\">"))
            .expect("an answer");
        let (first, page) = Page::of(rendered, 0).await;
        let page = page.expect("can be kept");
        let text = async |answer: Response| {
            let body = to_bytes(answer.into_body(), 1_000).await.expect("a body");
            String::from_utf8(body.to_vec()).expect("text")
        };
        assert_eq!(text(first).await, "<a nonce=\"abc\">1</a><b nonce=\"abc\">");
        let mut seen = std::collections::BTreeSet::from(["abc".to_owned()]);
        for _ in 0..3 {
            let answer = page.clone().answer();
            let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str();
            let policy = policy.expect("text").to_owned();
            let (_, rest) = policy.split_once("'nonce-").expect("a nonce");
            let (nonce, _) = rest.split_once('\'').expect("its end");
            assert_eq!(policy.matches(nonce).count(), 2);
            assert_eq!(
                text(answer).await,
                format!("<a nonce=\"{nonce}\">1</a><b nonce=\"{nonce}\">")
            );
            assert!(seen.insert(nonce.to_owned()), "another one each time");
        }
    }

    #[tokio::test]
    async fn what_is_no_page_is_not_kept() {
        let policy = "script-src 'nonce-abc'";
        for (status, name, value) in [
            (503, header::CONTENT_SECURITY_POLICY, policy),
            (200, header::CONTENT_TYPE, "text/html"),
        ] {
            let answer = Response::builder().status(status).header(name, value);
            let answer = answer.body(Body::empty()).expect("an answer");
            assert!(Page::of(answer, 0).await.1.is_none());
        }
    }

    #[test]
    fn only_what_is_the_same_for_everybody_is_kept() {
        let ask = |method: &str, path: &str, cookie: &str| {
            let request = Request::builder().method(method).uri(path);
            let request = request.extension(Language::French);
            let request = request.header(header::COOKIE, cookie);
            question(&request.body(Body::empty()).expect("a request"))
        };
        for cookie in ["", "language=fr"] {
            let question = Some((Language::French, "q=jazz".to_owned()));
            assert_eq!(ask("GET", "/?q=jazz", cookie), question);
        }
        assert_eq!(ask("GET", "/", "language=fr; session=1"), None);
        assert_eq!(ask("HEAD", "/", ""), None);
        assert_eq!(ask("GET", "/orders", ""), None);
        assert_eq!(ask("GET", &format!("/?q={}", "x".repeat(400)), ""), None);
    }
}
