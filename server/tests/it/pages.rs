//! What is read: the statuses, headers and caching of pages and files.

use reqwest::{Method, StatusCode, header};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::harness::{Person, Server, start};

#[tokio::test(flavor = "multi_thread")]
async fn pages_have_the_right_status_and_guarded_ones_ask_to_sign_in() {
    let (_data, server) = start().await;
    let (anyone, person) = (Person::anyone(&server), Person::registered(&server).await);
    for path in ["/", "/?q=swan", "/sign-in", "/sign-up", "/terms"] {
        assert_eq!(anyone.page(path).await.0, StatusCode::OK, "{path}");
    }
    for path in [
        "/nothing",
        "/tickets/1",
        "/tickets/01JQZK5V7M3N8P2R4T6W9X0Y1Z",
        "/%00",
    ] {
        assert_eq!(anyone.page(path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    for path in [
        "/tickets/new",
        "/listings",
        "/orders",
        "/orders/01JQZK5V7M3N8P2R4T6W9X0Y1Z",
    ] {
        let answer = anyone
            .request(Method::GET, path)
            .header(header::ACCEPT, "text/html")
            .send()
            .await
            .expect("an answer");
        assert!(
            answer.status().is_redirection(),
            "{path}: {}",
            answer.status()
        );
        let location = answer.headers()[header::LOCATION]
            .to_str()
            .expect("text")
            .to_owned();
        assert!(location.starts_with("/sign-in?next="), "{path}: {location}");
    }
    for path in ["/tickets/new", "/listings", "/orders"] {
        assert_eq!(person.page(path).await.0, StatusCode::OK, "{path}");
    }
    let answer = anyone
        .request(Method::GET, "/")
        .send()
        .await
        .expect("an answer");
    let policy = answer.headers()[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .expect("text")
        .to_owned();
    assert!(
        policy.contains("'strict-dynamic' 'nonce-") && !policy.contains("unsafe-inline"),
        "{policy}"
    );
    assert_eq!(answer.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_files_are_kept_by_caches() {
    const FOR_GOOD: &str = "public, max-age=31536000, immutable";
    let (data, site) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    );
    std::fs::create_dir(site.path().join("pkg")).expect("a folder");
    std::fs::write(site.path().join("pkg/built.js"), "0").expect("writes");
    std::fs::write(site.path().join("sign.svg"), "<svg/>").expect("writes");
    let root = site.path().to_str().expect("text").to_owned();
    let server = Server::start(data.path(), &[("LEPTOS_SITE_ROOT", root)]);
    let anyone = Person::anyone(&server);
    for (path, status, cache) in [
        ("/pkg/built.js", 200, FOR_GOOD),
        ("/sign.svg", 200, "public, max-age=3600"),
        ("/", 200, "no-store"),
        ("/nothing", 404, "no-store"),
        ("/orders", 303, "no-store"),
        ("/health", 200, "no-store"),
        ("/api/visitor", 200, "no-store"),
        ("/pkg/unknown.js", 404, "no-store"),
        ("/pkg/../../Cargo.toml", 404, "no-store"),
    ] {
        let answer = anyone
            .request(Method::GET, path)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], cache, "{path}");
        assert_eq!(answer.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        if cache.starts_with("public") {
            assert_eq!(answer.headers()[header::VARY], "accept-encoding", "{path}");
            assert!(!answer.headers().contains_key(header::CONTENT_LANGUAGE));
        }
        if path == "/pkg/unknown.js" {
            let body = answer.text().await.expect("text");
            assert!(body.len() < 100 && !body.contains('<'), "{body}");
        }
    }
    let built = anyone
        .request(Method::GET, "/pkg/built.js")
        .header(header::IF_MODIFIED_SINCE, "Fri, 01 Jan 2100 00:00:00 GMT")
        .send()
        .await
        .expect("an answer");
    assert_eq!(built.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(built.headers()[header::CACHE_CONTROL], FOR_GOOD);
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_method_has_an_answer() {
    let (_data, server) = start().await;
    let anyone = Person::anyone(&server);
    for path in ["/", "/sign-in", "/api/market", "/api/visitor", "/health"] {
        let answer = anyone.request(Method::HEAD, path).send().await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert!(answer.text().await.expect("text").is_empty());
    }
    let mut socket = TcpStream::connect(server.url.trim_start_matches("http://"))
        .await
        .expect("connects");
    socket
        .write_all(b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await
        .expect("sends");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.expect("text");
    assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn search_engines_are_told_of_what_everybody_may_see() {
    let (_data, server) = start().await;
    let (anyone, seller) = (Person::anyone(&server), Person::registered(&server).await);
    let id = seller.lists("Told to search engines", "12.00").await;
    let (status, robots) = anyone.page("/robots.txt").await;
    assert_eq!(status, StatusCode::OK);
    assert!(robots.contains("Disallow: /account\n"), "{robots}");
    assert!(robots.contains("/sitemap.xml"), "{robots}");
    let (status, map) = anyone.page("/sitemap.xml").await;
    assert_eq!(status, StatusCode::OK);
    assert!(map.contains(&format!("/tickets/{id}</loc>")), "{map}");
    let (_, page) = anyone.page(&format!("/tickets/{id}")).await;
    for part in [
        "<script type=\"application/ld+json\">{",
        "\"price\":\"12.00\"",
        "property=\"og:title\"",
        "rel=\"canonical\"",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let (status, _) = seller.post("delete_ticket", &[("id", &id)]).await;
    assert_eq!(status, StatusCode::OK);
    let (_, map) = anyone.page("/sitemap.xml").await;
    assert!(!map.contains(&id), "{map}");
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_kept_is_the_market_as_it_is_and_a_strangers() {
    let (_data, server) = start().await;
    let (anyone, seller) = (Person::anyone(&server), Person::registered(&server).await);
    assert!(!anyone.page("/?q=kept").await.1.contains("Kept as rendered"));
    let id = seller.lists("Kept as rendered", "12.00").await;
    // Longer than a page is shown without looking.
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let own = format!("href=\"/tickets/{id}/edit\"");
    let (_, page) = anyone.page("/?q=kept").await;
    assert!(page.contains("Kept as rendered") && !page.contains(&own));
    let (_, page) = seller.page("/?q=kept").await;
    assert!(page.contains(&own), "what only the seller sees");
    let (_, page) = anyone.page("/?q=kept").await;
    assert!(!page.contains(&own), "and nobody else");
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_answered_in_their_own_language() {
    let (_data, server) = start().await;
    let anyone = Person::anyone(&server);
    let ask = async |path: &str, accepted: &str, cookie: &str| {
        let request = anyone.request(Method::GET, path);
        let request = request
            .header("accept-language", accepted)
            .header("cookie", cookie);
        let answer = request.send().await.expect("answers");
        let language = answer.headers()["content-language"].clone();
        let vary: Vec<_> = answer.headers().get_all("vary").iter().collect();
        assert!(
            vary.iter().any(|vary| *vary == "accept-language, cookie"),
            "{vary:?}"
        );
        (language, answer.text().await.expect("text"))
    };
    // The market is kept as it is rendered, for each language.
    for _ in 0..2 {
        for (accepted, cookie, tag) in [
            ("en", "", "en"),
            ("fr-CA, en;q=0.5", "", "fr"),
            ("de", "language=fr", "fr"),
            ("fr", "language=en", "en"),
        ] {
            for path in ["/", "/tickets/01J00000000000000000000000"] {
                let (language, page) = ask(path, accepted, cookie).await;
                assert_eq!(language, tag);
                assert!(
                    page.contains(&format!("<html lang=\"{tag}\"")),
                    "{page:.300}"
                );
            }
            let (_, refusal) = ask("/api/listings", accepted, cookie).await;
            let said = if tag == "fr" {
                "Connectez-vous"
            } else {
                "Sign in"
            };
            assert!(refusal.contains(said), "{refusal}");
        }
    }
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_that_is_chosen_is_kept_by_browser_and_account() {
    let (_data, server) = start().await;
    let person = Person::registered(&server).await;
    let chosen = [("language", "fr"), ("next", "/sign-in?a=b")];
    let answer = person.submit("set_language", &chosen).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()["location"], "/sign-in?a=b");
    let cookie = answer.headers()["set-cookie"]
        .to_str()
        .expect("text")
        .to_owned();
    assert!(
        cookie.starts_with("language=fr; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    let (_, page) = person.page("/account").await;
    assert!(page.contains("<html lang=\"fr\""));
    let (_, data) = person.page("/account/data").await;
    assert!(data.contains("\"language\":\"fr\""), "{data}");

    let (status, refusal) = person.post("set_language", &[("language", "xx")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        refusal["fields"].as_object().map(|fields| fields.len()),
        Some(1)
    );
    let elsewhere = [("language", "en"), ("next", "https://elsewhere.example/")];
    let answer = person.submit("set_language", &elsewhere).await;
    assert_eq!(answer.headers()["location"], "/");
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_compressed_and_streams_are_not() {
    let (_data, server) = start().await;
    let anyone = Person::anyone(&server);
    for (path, encoding) in [
        ("/", Some("br")),
        ("/api/market", Some("br")),
        ("/live", None),
    ] {
        let request = anyone.request(Method::GET, path);
        let answer = request.header("accept-encoding", "gzip, br").send().await;
        let answer = answer.expect("answers");
        let found = answer.headers().get("content-encoding");
        assert_eq!(
            found.and_then(|found| found.to_str().ok()),
            encoding,
            "{path}"
        );
    }
    let answer = anyone
        .request(Method::GET, "/sw.js")
        .send()
        .await
        .expect("answers");
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .expect("text");
    assert!(policy.contains("connect-src 'self'"), "{policy}");
    let (status, page) = anyone.page("/offline").await;
    assert!(status == StatusCode::OK && page.contains("You are offline"));
    assert!(server.stop());
}
