//! Forms that are posted without script: where they lead, and what comes back.

use reqwest::{Response, StatusCode, header};

use crate::harness::{PASSWORD, Person, run, start};

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

/// Where an answer leads.
fn location(answer: &Response) -> &str {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    answer.headers()[header::LOCATION].to_str().expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_signed_out_is_there_after_signing_in() {
    let (data, server) = start().await;
    let person = Person::anyone(&server);
    let account = [
        ("email", "typist@example.org"),
        ("display_name", "Typist"),
        ("password", PASSWORD),
        ("next", "/tickets/new"),
    ];
    assert_eq!(person.post("sign_up", &account).await.0, StatusCode::OK);
    let verified = run(data.path(), &["user", "verify", "typist@example.org"]);
    assert!(verified.status.success());
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
