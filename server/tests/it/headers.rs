//! What browsers are told about every answer.

use std::collections::BTreeMap;

use reqwest::{Method, Response, StatusCode};

use crate::harness::{Person, Server, start};

/// Every kind of answer: pages, files, functions, refusals, redirects.
const PATHS: [&str; 27] = [
    "/",
    "/?q=nothing",
    "/sign-in",
    "/sign-in/code",
    "/sign-up",
    "/sign-up/finish",
    "/forgot-password",
    "/reset-password/nothing",
    "/verify-email/nothing",
    "/change-email/nothing",
    "/link-identity/nothing",
    "/terms",
    "/account",
    "/account/data",
    "/account/second-factor",
    "/account/keys",
    "/tickets/new",
    "/tickets/01JQZK5V7M3N8P2R4T6W9X0Y1Z",
    "/listings",
    "/orders",
    "/orders/01JQZK5V7M3N8P2R4T6W9X0Y1Z",
    "/no-such-page",
    "/pkg/nothing.js",
    "/health",
    "/api/visitor",
    "/api/no_such_function",
    "/auth/nobody",
];

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// The directives of a policy and their sources.
fn policy(answer: &Response) -> BTreeMap<String, Vec<String>> {
    header(answer, "content-security-policy")
        .split(';')
        .filter_map(|directive| {
            let mut words = directive.split_whitespace().map(str::to_owned);
            Some((words.next()?, words.collect()))
        })
        .collect()
}

async fn get(person: &Person, path: &str) -> Response {
    let request = person.request(Method::GET, path);
    let request = request.header("accept", "text/html");
    request.send().await.expect("an answer")
}

/// The elements of `page` called `name`, each up to its `>`.
fn elements<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    page.split(&format!("<{name}"))
        .skip(1)
        .filter(|rest| rest.starts_with([' ', '>']))
        .filter_map(|rest| rest.split('>').next())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_tells_browsers_what_they_may_do() {
    let (_data, server) = start().await;
    let (anyone, person) = (Person::anyone(&server), Person::registered(&server).await);
    for (person, path) in PATHS
        .iter()
        .flat_map(|path| [(&anyone, path), (&person, path)])
    {
        let answer = get(person, path).await;
        for (name, expected) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(header(&answer, name), expected, "{path}: {name}");
        }
        let permissions = header(&answer, "permissions-policy");
        for feature in ["camera=()", "geolocation=()", "microphone=()"] {
            assert!(permissions.contains(feature), "{path}: {permissions}");
        }
        assert!(!header(&answer, "cache-control").is_empty(), "{path}");
        // Development is reached without it; see below.
        assert_eq!(header(&answer, "strict-transport-security"), "", "{path}");
        let policy = policy(&answer);
        assert_eq!(policy["frame-ancestors"], ["'none'"], "{path}");
        let is_page = header(&answer, "content-type").starts_with("text/html");
        if !is_page || answer.status().is_redirection() {
            continue;
        }
        let nonce = policy["script-src"]
            .iter()
            .find_map(|source| source.strip_prefix("'nonce-")?.strip_suffix('\''))
            .unwrap_or_else(|| panic!("{path}: {policy:?}"))
            .to_owned();
        assert!(nonce.len() >= 16, "{nonce}");
        for (directive, sources) in &policy {
            for bad in ["'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"] {
                assert!(
                    !sources.iter().any(|source| source == bad),
                    "{path}: {directive}"
                );
            }
        }
        for (directive, expected) in [
            ("base-uri", "'none'"),
            ("object-src", "'none'"),
            ("form-action", "'self'"),
            ("default-src", "'self'"),
        ] {
            assert_eq!(policy[directive], [expected], "{path}: {directive}");
        }
        let page = answer.text().await.expect("text");
        for name in ["script", "style"] {
            for element in elements(&page, name) {
                let ours = format!("nonce=\"{nonce}\"");
                assert!(element.contains(&ours), "{path}: <{name}{element}>");
            }
        }
        for attribute in [
            " style=\"",
            " onclick=",
            " onload=",
            " onsubmit=",
            "javascript:",
        ] {
            assert!(!page.contains(attribute), "{path}: {attribute}");
        }
        let again = get(person, path).await;
        assert!(
            !header(&again, "content-security-policy").contains(&nonce),
            "a nonce is used once"
        );
    }
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_is_reached_by_https_is_reached_by_nothing_else() {
    let data = tempfile::TempDir::new().expect("a folder");
    let url = ("PUBLIC_URL", "https://tickets.example".to_owned());
    let server = Server::start(data.path(), &[url]);
    let anyone = Person::anyone(&server);
    for path in ["/", "/health", "/api/visitor", "/no-such-page"] {
        let answer = get(&anyone, path).await;
        let said = header(&answer, "strict-transport-security");
        let age = said
            .split(';')
            .next()
            .and_then(|part| part.strip_prefix("max-age="));
        let age: u64 = age.and_then(|age| age.parse().ok()).unwrap_or_default();
        assert!(age >= 31_536_000, "{path}: {said:?}");
    }
    let typed = [
        ("email", "secure@example.org"),
        ("display_name", "Secure"),
        ("password", crate::harness::PASSWORD),
    ];
    let answer = anyone.submit("sign_up", &typed).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let cookies: Vec<&str> = answer
        .headers()
        .get_all("set-cookie")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    for name in ["__Host-session=", "__Host-device="] {
        let cookie = cookies.iter().find(|cookie| cookie.starts_with(name));
        let cookie = cookie.unwrap_or_else(|| panic!("{name} in {cookies:?}"));
        for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    assert!(server.stop());
}

/// Files are answered while pages are being rendered on the same threads.
#[tokio::test(flavor = "multi_thread")]
async fn every_page_has_its_policy_whatever_else_is_asked_for() {
    let (_data, server) = start().await;
    let asking = (0..24).map(async |number| {
        let person = Person::anyone(&server);
        for _ in 0..40 {
            if number % 2 == 0 {
                get(&person, "/favicon.svg").await;
            } else {
                let answer = get(&person, "/tickets/01JQZK5V7M3N8P2R4T6W9X0Y1Z").await;
                assert_eq!(answer.status(), StatusCode::NOT_FOUND);
                assert!(policy(&answer).contains_key("script-src"));
            }
        }
    });
    futures::future::join_all(asking).await;
}
