//! What every client can rely on: statuses, the shape of errors, redirects.

use reqwest::{Method, Response, StatusCode, header};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::harness::{PASSWORD, Person, Server};

/// Who calls which function with which fields, and the status and code.
type Row<'a> = (&'a Person, &'a str, &'a [(&'a str, &'a str)], u16, &'a str);

async fn start() -> (TempDir, Server) {
    let data = TempDir::new().expect("a folder");
    let server = Server::start(
        data.path(),
        &[("MAX_HOLDS", "2".into()), ("HOLD_COOLDOWN", "60".into())],
    );
    (data, server)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_has_its_status_and_the_one_shape() {
    let (_data, server) = start().await;
    let (anyone, seller, buyer) = (
        Person::anyone(&server),
        Person::registered(&server).await,
        Person::registered(&server).await,
    );
    let ticket = seller.lists("Two seats on the aisle", "45,00").await;
    let unknown = "01JQZK5V7M3N8P2R4T6W9X0Y1Z";

    let table: &[Row<'_>] = &[
        (
            &anyone,
            "create_ticket",
            &[("title", "Abc"), ("price", "1")],
            401,
            "unauthenticated",
        ),
        (
            &anyone,
            "reserve",
            &[("ticket", &ticket), ("price", "4500")],
            401,
            "unauthenticated",
        ),
        (
            &anyone,
            "cancel_order",
            &[("order", unknown)],
            401,
            "unauthenticated",
        ),
        (
            &anyone,
            "delete_ticket",
            &[("id", unknown)],
            401,
            "unauthenticated",
        ),
        (
            &seller,
            "reserve",
            &[("ticket", &ticket), ("price", "4500")],
            403,
            "forbidden",
        ),
        (
            &buyer,
            "delete_ticket",
            &[("id", &ticket)],
            403,
            "forbidden",
        ),
        (
            &buyer,
            "edit_ticket",
            &[
                ("id", &ticket),
                ("content_version", "1"),
                ("title", "Mine now"),
                ("price", "1"),
            ],
            403,
            "forbidden",
        ),
        (
            &buyer,
            "reserve",
            &[("ticket", unknown), ("price", "4500")],
            404,
            "not_found",
        ),
        (
            &buyer,
            "reserve",
            &[("ticket", "'; DELETE ticket"), ("price", "4500")],
            404,
            "not_found",
        ),
        (
            &buyer,
            "start_payment",
            &[("order", unknown)],
            404,
            "not_found",
        ),
        (&buyer, "no_such_function", &[], 404, "not_found"),
        (
            &buyer,
            "reserve",
            &[("ticket", &ticket), ("price", "1")],
            409,
            "conflict",
        ),
        (
            &seller,
            "edit_ticket",
            &[
                ("id", &ticket),
                ("content_version", "9"),
                ("title", "Stale"),
                ("price", "45"),
            ],
            409,
            "conflict",
        ),
        (
            &buyer,
            "reserve",
            &[("ticket", &ticket), ("price", "45.00")],
            422,
            "invalid",
        ),
        (&buyer, "reserve", &[("ticket", &ticket)], 422, "invalid"),
        (&buyer, "create_ticket", &[], 422, "invalid"),
        (
            &anyone,
            "sign_in",
            &[("email", "nobody@example.org"), ("password", PASSWORD)],
            422,
            "invalid",
        ),
        (
            &anyone,
            "sign_up",
            &[("email", "x"), ("password", "short")],
            422,
            "invalid",
        ),
    ];
    for (person, function, fields, status, code) in table {
        let (got, body) = person.post(function, fields).await;
        assert_eq!(
            (got.as_u16(), body["code"].as_str()),
            (*status, Some(*code)),
            "{function} {fields:?}: {body}"
        );
        assert!(
            body["message"]
                .as_str()
                .is_some_and(|message| !message.is_empty())
                && body["fields"].is_object(),
            "{body}"
        );
    }
    for (price, problem) in [
        ("19.99", false),
        ("19,99", false),
        ("1e3", true),
        ("0", true),
        ("-1", true),
        ("19.999", true),
        ("", true),
    ] {
        let (status, body) = seller
            .post("create_ticket", &[("title", "Priced"), ("price", price)])
            .await;
        assert_eq!(
            status == StatusCode::UNPROCESSABLE_ENTITY,
            problem,
            "{price}: {body}"
        );
        assert_eq!(
            body["fields"]["price"].is_string(),
            problem,
            "{price}: {body}"
        );
    }
    let long = "x".repeat(1_000_000);
    let (status, body) = seller
        .post(
            "create_ticket",
            &[("title", &long), ("description", "ok"), ("price", "20")],
        )
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body["fields"]["title"].is_string(), "{body}");
    let (status, order) = buyer
        .post("reserve", &[("ticket", &ticket), ("price", "4500")])
        .await;
    assert_eq!(status, StatusCode::OK, "{order}");
    let order = order.as_str().expect("an id").to_owned();
    assert_eq!(
        buyer
            .post("reserve", &[("ticket", &ticket), ("price", "4500")])
            .await,
        (StatusCode::OK, order.clone().into()),
        "a second click is the same hold"
    );
    let other = Person::registered(&server).await;
    assert_eq!(
        other
            .post("reserve", &[("ticket", &ticket), ("price", "4500")])
            .await
            .0,
        StatusCode::CONFLICT
    );
    assert_eq!(
        other.read("order", &[("id", &order)]).await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        seller.post("delete_ticket", &[("id", &ticket)]).await.0,
        StatusCode::CONFLICT
    );
    assert_eq!(
        buyer.post("cancel_order", &[("order", &order)]).await.0,
        StatusCode::OK
    );
    assert_eq!(
        buyer.post("cancel_order", &[("order", &order)]).await.0,
        StatusCode::CONFLICT
    );
    let (status, body) = buyer
        .post("reserve", &[("ticket", &ticket), ("price", "4500")])
        .await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert!(
        body["retry_after"]
            .as_u64()
            .is_some_and(|seconds| (1..=60).contains(&seconds)),
        "{body}"
    );
    assert!(server.stop());
}

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
async fn a_plain_form_comes_back_with_its_errors_and_what_was_typed_once() {
    let (_data, server) = start().await;
    let person = Person::registered(&server).await;
    let typed = [
        ("title", "<script>alert(1)</script>"),
        ("venue", "Massey & \"Hall\""),
        ("price", "1e3"),
    ];
    let answer = person.submit("create_ticket", &typed).await;
    assert_eq!(
        (
            answer.status(),
            answer.headers()[header::LOCATION].as_bytes()
        ),
        (StatusCode::SEE_OTHER, &b"/tickets/new"[..])
    );
    let (_, page) = person.page("/tickets/new").await;
    assert!(
        page.contains("Massey &amp; &quot;Hall&quot;") && page.contains("aria-invalid"),
        "{page}"
    );
    assert!(!page.contains("<script>alert(1)"), "{page}");
    let (_, again) = person.page("/tickets/new").await;
    assert!(!again.contains("Massey"), "once");

    let anyone = Person::anyone(&server);
    let answer = anyone
        .submit(
            "sign_in",
            &[
                ("email", "who@example.org"),
                ("password", "wrong-horse-battery"),
                ("next", "/orders"),
            ],
        )
        .await;
    assert_eq!(
        answer.headers()[header::LOCATION].as_bytes(),
        b"/sign-in?next=/orders"
    );
    let (_, page) = anyone.page("/sign-in?next=/orders").await;
    assert!(
        page.contains("who@example.org") && !page.contains("wrong-horse-battery"),
        "{page}"
    );

    let answer = anyone
        .submit("create_ticket", &[("title", "Abc"), ("price", "20")])
        .await;
    assert_eq!(
        answer.headers()[header::LOCATION].as_bytes(),
        b"/sign-in?next=/tickets/new"
    );
    assert_eq!(
        person
            .submit("create_ticket", &[("title", "Abc"), ("price", "20")])
            .await
            .status(),
        StatusCode::SEE_OTHER
    );
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_of_other_sites_and_unsigned_webhooks_are_refused() {
    let (_data, server) = start().await;
    let person = Person::registered(&server).await;
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("origin", "null"),
    ] {
        let answer = person
            .request(Method::POST, "/api/create_ticket")
            .header(name, value)
            .form(&[("title", "Abc"), ("price", "20")])
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{name}: {value}");
    }
    let webhook = person
        .request(Method::POST, "/webhooks/stripe")
        .header("stripe-signature", "t=1,v1=00")
        .body("{}")
        .send()
        .await
        .expect("an answer");
    assert_eq!(webhook.status(), StatusCode::BAD_REQUEST);
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_too_long_is_refused_in_the_one_shape() {
    let (_data, server) = start().await;
    let person = Person::registered(&server).await;
    let huge = "x".repeat(3_000_000);
    let typed = [("title", &*huge), ("price", "20")];
    let answer = person
        .request(Method::POST, "/api/create_ticket")
        .form(&typed)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    for (name, value) in [
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        (
            "content-security-policy",
            "default-src 'none'; frame-ancestors 'none'",
        ),
    ] {
        assert_eq!(answer.headers()[name], value, "{name}");
    }
    let body: serde_json::Value = answer.json().await.expect("JSON");
    assert_eq!(body["code"], "invalid", "{body}");
    let message = body["message"].as_str().expect("a sentence").to_owned();
    assert!(!message.is_empty() && body["fields"].is_object(), "{body}");

    let answer = person.submit("create_ticket", &typed).await;
    assert_eq!(
        (
            answer.status(),
            answer.headers()[header::LOCATION].as_bytes()
        ),
        (StatusCode::SEE_OTHER, &b"/tickets/new"[..])
    );
    let (_, page) = person.page("/tickets/new").await;
    assert!(page.contains(&message), "{page}");
    // Which ticket was meant is in what was not read.
    let answer = person.submit("edit_ticket", &typed).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.text().await.expect("text"), message);
    assert!(server.stop());
}

/// Where an answer leads.
fn location(answer: &Response) -> &str {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    answer.headers()[header::LOCATION].to_str().expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_signed_out_is_there_after_signing_in() {
    let (_data, server) = start().await;
    let person = Person::anyone(&server);
    let account = [
        ("email", "typist@example.org"),
        ("display_name", "Typist"),
        ("password", PASSWORD),
        ("next", "/tickets/new"),
    ];
    assert_eq!(person.post("sign_up", &account).await.0, StatusCode::OK);
    assert_eq!(person.post("sign_out", &[]).await.0, StatusCode::OK);

    let listing = [("title", "Typed signed out"), ("price", "20")];
    let answer = person.submit("create_ticket", &listing).await;
    assert_eq!(location(&answer), "/sign-in?next=/tickets/new");
    // Other pages, and the form while it leads to the sign-in page, leave it.
    for (path, status) in [
        ("/", StatusCode::OK),
        ("/sign-in?next=/tickets/new", StatusCode::OK),
        ("/tickets/new", StatusCode::SEE_OTHER),
    ] {
        assert_eq!(person.page(path).await.0, status, "{path}");
    }
    let wrong = [
        ("email", "typist@example.org"),
        ("password", "wrong-horse-battery"),
        ("next", "/tickets/new"),
    ];
    let answer = person.submit("sign_in", &wrong).await;
    assert_eq!(location(&answer), "/sign-in?next=/tickets/new");
    let (_, page) = person.page("/sign-in?next=/tickets/new").await;
    assert!(page.contains("typist@example.org"), "{page}");
    let answer = person.submit("sign_in", &account).await;
    assert_eq!(location(&answer), "/tickets/new");
    let (status, page) = person.page("/tickets/new").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        page.contains("Typed signed out") && page.contains("You are signed in now"),
        "{page}"
    );
    let (_, again) = person.page("/tickets/new").await;
    assert!(!again.contains("Typed signed out"), "once");
    let answer = person.submit("create_ticket", &listing).await;
    assert!(location(&answer).starts_with("/tickets/0"));

    // What one user left is not the next one's, in the same browser.
    let refused = [("title", "Of the first user"), ("price", "1e3")];
    let answer = person.submit("create_ticket", &refused).await;
    assert_eq!(location(&answer), "/tickets/new");
    let next = [
        ("email", "next@example.org"),
        ("display_name", "Next"),
        ("password", PASSWORD),
    ];
    location(&person.submit("sign_up", &next).await);
    let (_, page) = person.page("/tickets/new").await;
    assert!(!page.contains("Of the first user"), "{page}");
    assert!(server.stop());
}

/// How many seconds the browser keeps the session of an answer.
fn session_age(answer: &Response) -> Option<u32> {
    let cookie = answer.headers().get(header::SET_COOKIE)?.to_str().ok()?;
    let (_, age) = cookie.split_once("Max-Age=")?;
    age.split(';').next()?.parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_nobody_is_short() {
    const HOUR: u32 = 3_600;
    let (data, server) = start().await;
    let (anyone, person) = (Person::anyone(&server), Person::registered(&server).await);
    let typed = [("email", "gone@example.org"), ("password", "short")];
    // Each time that it is written: with a refused form, and when that is shown.
    assert_eq!(
        session_age(&anyone.submit("sign_up", &typed).await),
        Some(HOUR)
    );
    let shown = anyone
        .request(Method::GET, "/sign-up")
        .send()
        .await
        .expect("an answer");
    assert_eq!(session_age(&shown), Some(HOUR));
    anyone.submit("sign_up", &typed).await;
    let refused = [("title", "Kept"), ("price", "1e3")];
    let answer = person.submit("create_ticket", &refused).await;
    assert_eq!(session_age(&answer), Some(14 * 24 * HOUR));
    assert!(server.stop());

    let server = Server::start(data.path(), &[("CLOCK_OFFSET", "3700".into())]);
    let (anyone, person) = (anyone.at(&server), person.at(&server));
    let (_, page) = anyone.page("/sign-up").await;
    assert!(!page.contains("gone@example.org"), "{page}");
    let (status, page) = person.page("/tickets/new").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Kept"), "{page}");
    // New ones begin now, whatever the machine's clock says.
    anyone.submit("sign_up", &typed).await;
    let (_, page) = anyone.page("/sign-up").await;
    assert!(page.contains("gone@example.org"), "{page}");
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
async fn a_plain_post_that_no_page_has_a_form_for_has_its_status() {
    let (_data, server) = start().await;
    let person = Person::registered(&server).await;
    let invented = "x".repeat(8_000);
    for function in ["no_such_function", "reserve"] {
        let answer = person
            .submit(
                function,
                &[("ticket", "/evil"), ("price", "1"), ("more", &invented)],
            )
            .await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{function}");
        assert!(
            !answer.headers().contains_key(header::SET_COOKIE),
            "{function}: nothing waits for a page"
        );
        assert!(!answer.text().await.expect("text").is_empty());
    }
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_goes_on_while_it_is_used_but_not_for_ever() {
    const DAY: u32 = 24 * 3_600;
    let (data, server) = start().await;
    let (mut person, idle) = (
        Person::registered(&server).await,
        Person::registered(&server).await,
    );
    assert!(server.stop());
    for day in [13, 26, 39, 52, 65, 78, 89, 91] {
        let offset = (day * DAY).to_string();
        let server = Server::start(data.path(), &[("CLOCK_OFFSET", offset)]);
        person = person.at(&server);
        let expected = if day < 90 { 200 } else { 401 };
        assert_eq!(person.read("orders", &[]).await.0, expected, "day {day}");
        assert!(server.stop());
    }
    let server = Server::start(data.path(), &[("CLOCK_OFFSET", (15 * DAY).to_string())]);
    let idle = idle.at(&server);
    assert_eq!(idle.read("orders", &[]).await.0, StatusCode::UNAUTHORIZED);
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
