//! The API for programs, `/api/v1`, as programs use it.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    harness::{Person, run},
    program::{
        ALL, Program, VISA, billing, key, listing, price, read, start, start_with_stripe, text,
        told,
    },
};

#[tokio::test(flavor = "multi_thread")]
async fn one_program_sells_and_another_buys_and_has_the_money_back() {
    let (sandbox, data, server) = start_with_stripe().await;
    let (_, seller) = Program::of_somebody(&server).await;
    let (_, buyer) = Program::of_somebody(&server).await;

    let offered = seller.lists("Evening with the quintet").await;
    let id = text(&offered, "id");
    assert_eq!(offered["price"], price());
    assert_eq!(offered["starts_at"], "2031-06-01T23:30:00Z");
    assert_eq!(offered["handover_note"], "By e-mail.");
    let (status, found) = buyer
        .get("/listings?q=quintet&price_to=5000&sort=cheapest")
        .await;
    assert_eq!(
        (status, &found["items"][0]["id"]),
        (StatusCode::OK, &offered["id"]),
        "{found}"
    );
    let (_, seen) = buyer.get(&format!("/listings/{id}")).await;
    assert_eq!(
        (&seen["handover_note"], &seen["order"]),
        (&Value::Null, &Value::Null)
    );

    let asked = json!({ "listing": id, "price": price() });
    let made = buyer.write(Method::POST, "/orders", asked.clone()).await;
    let place = made.headers()[header::LOCATION]
        .to_str()
        .expect("text")
        .to_owned();
    let (status, order) = read(made).await;
    assert_eq!(status, StatusCode::CREATED, "{order}");
    assert_eq!(place, format!("/api/v1/orders/{}", text(&order, "id")));
    assert_eq!(
        (&order["role"], &order["status"]),
        (&json!("buyer"), &json!("created"))
    );
    let path = format!("/orders/{}", text(&order, "id"));
    let seen = async |tag: &str| {
        let request = buyer.request(Method::GET, &path);
        let seen = request.header(header::IF_NONE_MATCH, tag).send().await;
        let seen = seen.expect("an answer");
        let tag = seen.headers()[header::ETAG].to_str().expect("text");
        (seen.status(), tag.to_owned())
    };
    let (_, tag) = seen("\"none\"").await;
    assert_eq!(seen(&tag).await, (StatusCode::NOT_MODIFIED, tag.clone()));
    let (status, problem) = seller.post("/orders", asked).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::FORBIDDEN, &json!("forbidden"))
    );

    let (status, confirmation) = buyer.post(&format!("{path}/payment"), billing()).await;
    assert_eq!(status, StatusCode::OK, "{confirmation}");
    assert_eq!(
        seen(&tag).await.0,
        StatusCode::OK,
        "it was begun to be paid"
    );
    // Who pays is known by now.
    let (_, again) = buyer.post(&format!("{path}/payment"), Value::Null).await;
    assert_eq!(again["client_secret"], confirmation["client_secret"]);
    sandbox
        .pay(text(&confirmation, "client_secret"), VISA)
        .await;
    let (status, order) = buyer
        .post(&format!("{path}/payment/finish"), Value::Null)
        .await;
    assert_eq!(
        (status, &order["status"]),
        (StatusCode::OK, &json!("complete")),
        "{order}"
    );
    assert_eq!(order["payment"]["card_last4"], "4242");
    assert_eq!(order["handover_note"], "By e-mail.");

    let (_, sold) = seller.get(&path).await;
    assert_eq!(
        (&sold["role"], &sold["payment"]["card_last4"]),
        (&json!("seller"), &Value::Null)
    );
    let (_, own) = seller.get("/account/listings").await;
    assert_eq!(
        (&own["items"][0]["status"], &own["items"][0]["order"]),
        (&json!("sold"), &order["id"])
    );
    let (status, _) = seller.post(&format!("{path}/refund"), Value::Null).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    for _ in 0..2 {
        let (status, order) = buyer.post(&format!("{path}/refund"), Value::Null).await;
        assert_eq!(
            (status, &order["status"]),
            (StatusCode::ACCEPTED, &json!("refunded")),
            "{order}"
        );
    }
    let (_, orders) = buyer.get("/orders").await;
    assert_eq!(orders["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(orders["items"][0]["refund_reason"], "buyer");
    assert!(server.stop());
    assert!(run(data.path(), &["check"]).status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_is_done_once_however_often_it_is_sent() {
    let (_data, server) = start(&[("MAX_HOLDS", "50".into())]);
    let (_, seller) = Program::of_somebody(&server).await;
    let (_, buyer) = Program::of_somebody(&server).await;
    let send = |program: &Program, key: &str, path: &str, body: Value| {
        let request = program
            .request(Method::POST, path)
            .header("idempotency-key", key);
        async move { request.json(&body).send().await.expect("an answer") }
    };
    // Twenty at once, and one after them.
    let mut tries = JoinSet::new();
    for _ in 0..20 {
        let seller = seller.clone();
        let sent = send(
            &seller,
            "one",
            "/listings",
            listing("Evening with the octet"),
        );
        tries.spawn(async move { read(sent.await).await });
    }
    let mut made = BTreeSet::new();
    for (status, answer) in tries.join_all().await {
        if status == StatusCode::CREATED {
            made.insert(text(&answer, "id").to_owned());
        } else {
            assert_eq!(
                (status, &answer["code"]),
                (StatusCode::CONFLICT, &json!("busy"))
            );
        }
    }
    let again = send(
        &seller,
        "one",
        "/listings",
        listing("Evening with the octet"),
    )
    .await;
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    assert!(again.headers().contains_key(header::ETAG));
    let (status, again) = read(again).await;
    assert_eq!(status, StatusCode::CREATED);
    made.insert(text(&again, "id").to_owned());
    assert_eq!(made.len(), 1);
    let (_, own) = seller.get("/account/listings").await;
    assert_eq!(own["items"].as_array().map(Vec::len), Some(1));

    // The same key for something else, by somebody else, for a refused write, and none.
    let other = send(
        &seller,
        "one",
        "/listings",
        listing("Evening with the nonet"),
    )
    .await;
    let (status, problem) = read(other).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("key_reused"))
    );
    let (status, _) =
        read(send(&buyer, "one", "/listings", listing("Evening with the trio")).await).await;
    assert_eq!(status, StatusCode::CREATED);
    for _ in 0..2 {
        let (status, problem) = read(send(&seller, "two", "/listings", listing("E")).await).await;
        assert_eq!(
            (status, &problem["errors"][0]["name"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("title"))
        );
    }
    let without = seller
        .request(Method::POST, "/listings")
        .json(&listing("Evening with the duo"));
    let (status, problem) = told(without).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::BAD_REQUEST, &json!("malformed"))
    );

    // A hold that was let go is not taken again by the request that took it.
    let offered = seller.lists("Evening with the septet").await;
    let asked = json!({ "listing": offered["id"], "price": price() });
    let (_, order) = read(send(&buyer, "three", "/orders", asked.clone()).await).await;
    let path = format!("/orders/{}/cancel", text(&order, "id"));
    for _ in 0..2 {
        let (status, order) = buyer.post(&path, Value::Null).await;
        assert_eq!(
            (status, &order["cancel_reason"]),
            (StatusCode::OK, &json!("buyer")),
            "{order}"
        );
    }
    let (_, again) = read(send(&buyer, "three", "/orders", asked).await).await;
    assert_eq!(
        (&again["id"], &again["status"]),
        (&order["id"], &json!("created"))
    );
    let (_, now) = buyer.get(&format!("/orders/{}", text(&order, "id"))).await;
    assert_eq!(now["status"], "cancelled");
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_is_changed_only_as_it_was_seen() {
    let (_data, server) = start(&[]);
    let (_, seller) = Program::of_somebody(&server).await;
    let (_, other) = Program::of_somebody(&server).await;
    let id = seller.lists("Evening with the sextet").await["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let path = format!("/listings/{id}");
    let seen = seller
        .request(Method::GET, &path)
        .send()
        .await
        .expect("an answer");
    let tag = seen.headers()[header::ETAG].clone();
    for known in [tag.to_str().expect("text"), "\"0.0\", W/\"1.1\", *"] {
        let unchanged = seller
            .request(Method::GET, &path)
            .header(header::IF_NONE_MATCH, known)
            .send()
            .await
            .expect("an answer");
        assert_eq!(unchanged.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(unchanged.headers()[header::CACHE_CONTROL], "no-store");
    }
    let put = |program: &Program, tag: Option<&str>, title: &str| {
        let mut request = program
            .request(Method::PUT, &path)
            .header("idempotency-key", format!("{:x}", rand::random::<u128>()))
            .json(&listing(title));
        if let Some(tag) = tag {
            request = request.header(header::IF_MATCH, tag);
        }
        told(request)
    };
    let tag = tag.to_str().expect("text");
    let code = |(status, problem): (StatusCode, Value)| (status.as_u16(), problem["code"].clone());
    assert_eq!(
        code(put(&seller, None, "Evening with a choir").await),
        (428, json!("precondition_required"))
    );
    assert_eq!(
        code(put(&seller, Some("\"0.0\""), "Evening with a choir").await),
        (412, json!("stale"))
    );
    assert_eq!(
        code(put(&other, Some(tag), "Evening with a choir").await),
        (403, json!("forbidden"))
    );
    let (status, changed) = put(&seller, Some(tag), "Evening with a choir").await;
    assert_eq!(
        (status, &changed["title"]),
        (StatusCode::OK, &json!("Evening with a choir"))
    );
    let delete = |tag: &str| {
        let key = format!("{:x}", rand::random::<u128>());
        let request = seller.request(Method::DELETE, &path);
        told(
            request
                .header("idempotency-key", key)
                .header(header::IF_MATCH, tag),
        )
    };
    assert_eq!(code(delete(tag).await), (412, json!("stale")));
    // The same again, by who does not know that it was done.
    let (status, same) = put(&seller, Some(tag), "Evening with a choir").await;
    assert_eq!(
        (status, &same["title"]),
        (StatusCode::OK, &changed["title"])
    );
    assert_eq!(
        code(put(&seller, Some(tag), "Evening with nobody").await),
        (412, json!("stale"))
    );
    assert_eq!(
        put(&seller, Some("*"), "Evening with everybody").await.0,
        StatusCode::OK
    );
    for _ in 0..2 {
        let withdrawn = seller.write(Method::DELETE, &path, Value::Null).await;
        assert_eq!(withdrawn.status(), StatusCode::NO_CONTENT);
    }
    let by_other = other.write(Method::DELETE, &path, Value::Null).await;
    assert_eq!(by_other.status(), StatusCode::NOT_FOUND);
    let (status, _) = other.get(&path).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(server.stop());
}

/// Every operation of the committed description, with its scope.
fn operations() -> Vec<(Method, String, String)> {
    let description: Value = serde_json::from_str(COMMITTED).expect("JSON");
    let paths = description["paths"].as_object().expect("paths");
    let mut operations = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("operations") {
            let Some(scope) = operation["security"][0]["key"][0].as_str() else {
                continue;
            };
            let method = method.to_uppercase().parse().expect("a method");
            let path = path.replace("{id}", "01JQZK5V7M3N8P2R4T6W9X0Y1Z");
            operations.push((method, path, scope.to_owned()));
        }
    }
    operations
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_done_without_a_key_that_may() {
    let (data, server) = start(&[]);
    let (person, email) = Person::known(&server).await;
    // No groups go with a key.
    assert!(
        run(data.path(), &["group", "add", "moderators", &email])
            .status
            .success()
    );
    let (_, seller) = Program::of_somebody(&server).await;
    let (buyer_person, buyer) = Program::of_somebody(&server).await;
    let offered = seller.lists("Evening with the brass").await;
    let (_, order) = buyer
        .post(
            "/orders",
            json!({ "listing": offered["id"], "price": price() }),
        )
        .await;
    let moderator = Program::new(&server, &key(&person, &ALL).await);
    let (status, _) = moderator
        .get(&format!("/orders/{}", text(&order, "id")))
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);

    let operations = operations();
    assert_eq!(operations.len(), 22, "{operations:?}");
    let mut keys = Vec::new();
    for scope in ALL {
        let key = key(&person, &[scope]).await;
        keys.push((scope.replacen('_', ":", 1), Program::new(&server, &key)));
    }
    for (method, path, needed) in &operations {
        for (scope, program) in &keys {
            let answer = program.write(method.clone(), path, Value::Null).await;
            let lacks = answer.status() == StatusCode::FORBIDDEN;
            assert_eq!(
                lacks,
                scope != needed,
                "{method} {path} with {scope}: {}",
                answer.status()
            );
            if lacks {
                let challenge = answer.headers()[header::WWW_AUTHENTICATE]
                    .to_str()
                    .expect("text");
                assert!(
                    challenge.contains(&format!("scope=\"{needed}\"")),
                    "{challenge}"
                );
            }
        }
    }
    // A token may do what it was asked for, and no more.
    let (scope, program) = &keys[0];
    let mut parts = program.shows.split('_');
    let (_, id, secret) = (
        parts.next(),
        parts.next().expect("an id"),
        parts.next().expect("a secret"),
    );
    let grant = |scope: &str, secret: &str| {
        told(
            program
                .client
                .post(format!("{}/api/v1/token", server.url))
                .basic_auth(id, Some(secret))
                .form(&[("grant_type", "client_credentials"), ("scope", scope)]),
        )
    };
    let (status, token) = grant(scope, secret).await;
    assert_eq!(
        (status, &token["token_type"]),
        (StatusCode::OK, &json!("Bearer")),
        "{token}"
    );
    let token = text(&token, "access_token");
    let by_token = Program::new(&server, token);
    assert_eq!(by_token.get("/listings").await.0, StatusCode::OK);
    assert_eq!(by_token.get("/orders").await.0, StatusCode::FORBIDDEN);
    let (status, refused) = grant("refunds:write", secret).await;
    assert_eq!(
        (status, &refused["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_scope"))
    );
    let (status, refused) = grant(scope, &secret.replace(|c: char| c.is_ascii_digit(), "a")).await;
    assert_eq!(
        (status, &refused["error"]),
        (StatusCode::UNAUTHORIZED, &json!("invalid_client"))
    );
    let wider = token.replacen("_1_", "_31_", 1);
    assert_ne!(wider, token);

    // Whoever may not do it is not told what it was answered to who may.
    let request = |program: &Program| {
        let path = format!("/orders/{}/cancel", text(&order, "id"));
        told(
            program
                .request(Method::POST, &path)
                .header("idempotency-key", "one"),
        )
    };
    assert_eq!(request(&buyer).await.0, StatusCode::OK);
    let shows = key(&buyer_person, &["orders_read"]).await;
    let reader = Program::new(&server, &shows);
    assert_eq!(request(&reader).await.1["code"], "key_reused");

    // Nothing at all, what is none, and what was one.
    let ended = &keys[1].1;
    let (_, page) = person.read("keys", &[]).await;
    let name = ended.shows.split('_').nth(1).expect("an id");
    assert!(
        page["keys"]
            .as_array()
            .expect("keys")
            .iter()
            .any(|key| key["id"] == name)
    );
    assert_eq!(
        person.post("end_key", &[("id", name)]).await.0,
        StatusCode::OK
    );
    let none = [
        String::new(),
        "txk".to_owned(),
        format!("{}a", program.shows),
        program.shows.replacen(id, name, 1),
        ended.shows.clone(),
        wider,
        format!("{token}0"),
    ];
    for shows in none {
        let program = Program::new(&server, &shows);
        let answer = program
            .request(Method::GET, "/listings")
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{shows}");
        // Whoever shows nothing is only asked to (RFC 6750 §3.1).
        let challenge = if shows.is_empty() {
            "Bearer realm=\"api\""
        } else {
            "Bearer realm=\"api\", error=\"invalid_token\""
        };
        assert_eq!(
            answer.headers()[header::WWW_AUTHENTICATE],
            challenge,
            "{shows}"
        );
        assert_eq!(
            answer.headers()[header::CONTENT_TYPE],
            "application/problem+json"
        );
    }
    // What signs everybody out ends keys, and the tokens for them.
    assert_eq!(
        person.post("end_other_sessions", &[]).await.0,
        StatusCode::OK
    );
    for program in [program, &by_token] {
        assert_eq!(program.get("/listings").await.0, StatusCode::UNAUTHORIZED);
    }
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_made_by_who_can_show_that_they_are_its_owner() {
    let (_data, server) = start(&[]);
    let person = Person::registered(&server).await;
    let made = [("name", "A program"), ("orders_read", "yes"), ("days", "7")];
    let (status, error) = person.post("create_key", &made).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(error["fields"]["current_password"].is_string(), "{error}");
    let (_, error) = person.post("create_key", &[("days", "8")]).await;
    for field in ["name", "scopes", "days"] {
        assert!(error["fields"][field].is_string(), "{field}: {error}");
    }
    // What is shown of a new key is shown to nobody else.
    let key = key(&person, &["orders_read"]).await;
    let id = key.split('_').nth(1).expect("an id");
    let other = Person::registered(&server).await;
    let (_, page) = other.read("keys", &[("made", id)]).await;
    assert_eq!(
        (&page["made"], page["keys"].as_array().map(Vec::len)),
        (&Value::Null, Some(0))
    );
    assert_eq!(other.post("end_key", &[("id", id)]).await.0, StatusCode::OK);
    // Who shows something else has not used it.
    let wrong = Program::new(&server, &format!("txk_{id}_00"));
    assert_eq!(wrong.get("/orders").await.0, StatusCode::UNAUTHORIZED);
    let (_, page) = person.read("keys", &[]).await;
    assert_eq!(page["keys"][0]["used"], Value::Null);
    assert_eq!(
        Program::new(&server, &key).get("/orders").await.0,
        StatusCode::OK
    );
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_a_problem_of_its_status() {
    let (_data, server) = start(&[]);
    let (_, program) = Program::of_somebody(&server).await;
    let post = |kind: &str, body: &str| {
        let request = program
            .request(Method::POST, "/listings")
            .header("idempotency-key", format!("{:x}", rand::random::<u128>()))
            .header(header::CONTENT_TYPE, kind)
            .body(body.to_owned());
        async move {
            let answer = request.send().await.expect("an answer");
            assert_eq!(
                answer.headers()[header::CONTENT_TYPE],
                "application/problem+json"
            );
            read(answer).await
        }
    };
    for (kind, body, status, code) in [
        ("application/json", "{", 400, "malformed"),
        ("application/json", "{} {}", 422, "invalid"),
        ("application/json", "[]", 422, "invalid"),
        ("text/plain", "{}", 415, "unsupported_media_type"),
        (
            "application/json",
            r#"{"title":"Abc","price":{"amount":1.5,"currency":"CAD"}}"#,
            422,
            "invalid",
        ),
        (
            "application/json",
            r#"{"title":"Abc","price":{"amount":4250,"currency":"USD"}}"#,
            422,
            "invalid",
        ),
        (
            "application/json",
            r#"{"title":"Abc","price":{"amount":-4250,"currency":"CAD"}}"#,
            422,
            "invalid",
        ),
        (
            "application/json",
            r#"{"title":"Abc","owner":"me","price":{"amount":4250,"currency":"CAD"}}"#,
            422,
            "invalid",
        ),
        (
            "application/json",
            r#"{"title":"Abc","starts":"soon","zone":"Mars","price":{"amount":4250,"currency":"CAD"}}"#,
            422,
            "invalid",
        ),
    ] {
        let (answered, problem) = post(kind, body).await;
        assert_eq!(
            (answered.as_u16(), &problem["code"]),
            (status, &json!(code)),
            "{body}: {problem}"
        );
        assert_eq!(
            (&problem["status"], &problem["type"]),
            (&json!(status), &json!("about:blank"))
        );
    }
    for (method, path, status) in [
        (Method::GET, "/listings?price_from=cheap", 400),
        (Method::GET, "/listings?price_from=-1", 400),
        (Method::GET, "/listings?price_to=9223372036854775808", 400),
        (Method::GET, "/listings?sort=best", 400),
        (Method::GET, "/listings?price_from=10&price_to=5", 422),
        (Method::GET, "/listings?from=tomorrow", 422),
        (Method::GET, "/listings/nothing", 404),
        (Method::GET, "/listings/%FF", 404),
        (Method::GET, "/nothing", 404),
        (Method::PATCH, "/listings", 405),
    ] {
        let answer = program.write(method, path, Value::Null).await;
        assert_eq!(answer.status().as_u16(), status, "{path}");
        assert_eq!(
            answer.headers()[header::CONTENT_TYPE],
            "application/problem+json",
            "{path}"
        );
        if status == 405 {
            assert!(answer.headers().contains_key(header::ALLOW));
        }
    }
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_are_told_what_is_left_of_their_limit() {
    let (_data, server) = start(&[("LIMITS", "on".into()), ("LIMIT_API", "5/3600".into())]);
    let (_, program) = Program::of_somebody(&server).await;
    for left in (0..5).rev() {
        let answer = program
            .request(Method::GET, "/orders")
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["ratelimit-policy"], "\"key\";q=5;w=3600");
        let told = answer.headers()["ratelimit"].to_str().expect("text");
        assert!(told.starts_with(&format!("\"key\";r={left};t=")), "{told}");
    }
    let answer = program
        .request(Method::GET, "/orders")
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.headers()["ratelimit-policy"], "\"key\";q=5;w=3600");
    let told = answer.headers()["ratelimit"].to_str().expect("text");
    assert!(told.starts_with("\"key\";r=0;t="), "{told}");
    let wait = answer.headers()[header::RETRY_AFTER]
        .to_str()
        .expect("text");
    assert!((1..=720).contains(&wait.parse().unwrap_or(0)), "{wait}");
    let (_, other) = Program::of_somebody(&server).await;
    assert_eq!(other.get("/orders").await.0, StatusCode::OK);
    assert!(server.stop());
}

const COMMITTED: &str = include_str!("../../../docs/openapi.json");

/// What a program that goes by `before` no longer finds in `now`.
fn broken(before: &Value, now: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let empty = serde_json::Map::new();
    let members = |value: &Value| value.as_object().unwrap_or(&empty).clone();
    for (path, item) in members(&before["paths"]) {
        for (method, operation) in members(&item) {
            let place = format!("{method} {path}");
            let new = &now["paths"][&path][&method];
            if new.is_null() {
                found.push(format!("{place} is gone"));
                continue;
            }
            for (status, _) in members(&operation["responses"]) {
                if new["responses"][&status].is_null() {
                    found.push(format!("{place} no longer answers {status}"));
                }
            }
            if new["security"] != operation["security"] {
                found.push(format!("{place} needs another scope"));
            }
            let required = |operation: &Value| -> BTreeSet<String> {
                let parameters = operation["parameters"].as_array();
                parameters
                    .into_iter()
                    .flatten()
                    .filter(|parameter| parameter["required"] == true)
                    .map(|parameter| parameter["name"].to_string())
                    .collect()
            };
            for name in required(new).difference(&required(&operation)) {
                found.push(format!("{place} now needs {name}"));
            }
        }
    }
    let schemas = |description: &Value| members(&description["components"]["schemas"]);
    for (name, schema) in schemas(before) {
        let new = &now["components"]["schemas"][&name];
        for (member, kind) in members(&schema["properties"]) {
            let typed = |kind: &Value| (kind["type"].clone(), kind["$ref"].clone());
            let new = &new["properties"][&member];
            if new.is_null() {
                found.push(format!("{name}.{member} is gone"));
            } else if typed(new) != typed(&kind) {
                found.push(format!("{name}.{member} is of another type"));
            }
        }
        let required = |schema: &Value| -> BTreeSet<String> {
            let names = schema["required"].as_array();
            names.into_iter().flatten().map(Value::to_string).collect()
        };
        if required(new) != required(&schema) {
            found.push(format!("{name} requires other members"));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_is_the_committed_one_and_breaks_nothing() {
    let (_data, server) = start(&[]);
    let served = reqwest::get(format!("{}/api/v1/openapi.json", server.url)).await;
    let served = served.expect("an answer").text().await.expect("text");
    let parse = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    // What it was like before a change that is proposed, where somebody says.
    let before = std::env::var_os("OPENAPI_BEFORE").map(std::fs::read_to_string);
    let before = before.map_or(Ok(COMMITTED.to_owned()), |read| read);
    let (before, now) = (parse(&before.expect("a description")), parse(&served));
    assert_eq!(
        broken(&before, &now),
        Vec::<String>::new(),
        "programs rely on it"
    );
    assert!(
        served == COMMITTED,
        "make openapi, and look at the difference"
    );
    // What would break is found.
    let mut other = now.clone();
    other["paths"]["/orders"]
        .as_object_mut()
        .expect("operations")
        .remove("get");
    other["paths"]["/listings"]["get"]["parameters"][0]["required"] = json!(true);
    other["components"]["schemas"]["Order"]["properties"]["due_at"]["type"] = json!("integer");
    other["components"]["schemas"]["Money"]["properties"]
        .as_object_mut()
        .expect("members")
        .remove("currency");
    assert_eq!(broken(&now, &other).len(), 4, "{:?}", broken(&now, &other));
    // By these names generated clients call them.
    let paths = now["paths"].as_object().expect("paths").values();
    let operations = paths.flat_map(|item| item.as_object().expect("operations").values());
    let names: Vec<_> = operations
        .map(|operation| text(operation, "operationId"))
        .collect();
    assert_eq!(
        names.iter().collect::<BTreeSet<_>>().len(),
        names.len(),
        "{names:?}"
    );
    let reference = reqwest::get(format!("{}/api/v1/docs/", server.url))
        .await
        .expect("an answer");
    assert_eq!(reference.status(), StatusCode::OK);
    assert!(server.stop());
}
