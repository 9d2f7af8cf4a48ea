//! What every client can rely on when it is refused: the status, and the one shape.

use reqwest::{Method, StatusCode, header};

use crate::harness::{PASSWORD, Person, start};

/// Who calls which function with which fields, and the status and code.
type Row<'a> = (&'a Person, &'a str, &'a [(&'a str, &'a str)], u16, &'a str);

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
