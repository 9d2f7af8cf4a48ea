//! Events, asked for by programs and told to them.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode},
    routing::any,
};
use reqwest::Method;
use serde_json::{Value, json};
use standardwebhooks::Webhook as Verifier;
use stripe_sandbox::Sandbox;
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::Mutex, time::sleep};

use crate::{
    harness::{Server, run},
    program::{Program, VISA, billing, listing, price, start, start_with_stripe, text},
};

/// All events of a program's account since `after`, and what to go on with.
async fn since(program: &Program, after: &str) -> (Vec<Value>, String) {
    let mut found = Vec::new();
    let mut after = after.to_owned();
    loop {
        let (status, page) = program.get(&format!("/events?after={after}")).await;
        assert_eq!(status, 200, "{page}");
        found.extend(page["items"].as_array().expect("a list").iter().cloned());
        text(&page, "next").clone_into(&mut after);
        if page["more"] == json!(false) {
            return (found, after);
        }
    }
}

/// The events of an account once there is one of this type.
async fn until(program: &Program, kind: &str) -> Vec<Value> {
    for _ in 0..400 {
        let (events, _) = since(program, "").await;
        if events.iter().any(|event| event["type"] == kind) {
            return events;
        }
        sleep(Duration::from_millis(25)).await;
    }
    panic!("no {kind} after ten seconds");
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| text(event, "type")).collect()
}

async fn orders(buyer: &Program, offered: &Value) -> String {
    let asked = json!({ "listing": offered["id"], "price": price() });
    let (status, order) = buyer.post("/orders", asked).await;
    assert_eq!(status, 201, "{order}");
    format!("/orders/{}", text(&order, "id"))
}

async fn pays(buyer: &Program, sandbox: &Sandbox, order: &str, card: &str) {
    let (_, confirmation) = buyer.post(&format!("{order}/payment"), billing()).await;
    sandbox
        .pay(text(&confirmation, "client_secret"), card)
        .await;
    buyer
        .post(&format!("{order}/payment/finish"), Value::Null)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_asks_misses_nothing_and_is_told_nothing_of_others() {
    let (sandbox, data, server) = start_with_stripe().await;
    let (_, seller) = Program::of_somebody(&server).await;
    let (_, buyer) = Program::of_somebody(&server).await;
    let (_, stranger) = Program::of_somebody(&server).await;
    let offered = seller.lists("Evening with the quintet").await;
    let order = orders(&buyer, &offered).await;
    pays(&buyer, &sandbox, &order, "4000000000000002").await;
    let declined = until(&buyer, "payment.failed").await;
    pays(&buyer, &sandbox, &order, VISA).await;
    until(&seller, "order.completed").await;
    let (_, seen) = since(&buyer, "").await;
    buyer.post(&format!("{order}/refund"), Value::Null).await;
    let bought = until(&buyer, "order.refunded").await;
    let sold = until(&seller, "order.refunded").await;

    // Nobody but the buyer is told what the bank said.
    assert!(kinds(&declined).contains(&"payment.failed"));
    assert!(!kinds(&sold).contains(&"payment.failed"), "{sold:?}");
    for kind in ["ticket.created", "order.created", "payment.created"] {
        assert!(kinds(&sold).contains(&kind), "{kind} {sold:?}");
    }
    assert!(!kinds(&bought).contains(&"ticket.created"), "{bought:?}");
    assert_eq!(since(&stranger, "").await.0, Vec::<Value>::new());
    let first = &sold[0];
    assert_eq!(
        first,
        &json!({
            "id": format!("ticket-{}-1", text(&offered, "id")),
            "type": "ticket.created",
            "timestamp": first["timestamp"],
            "data": { "id": offered["id"], "version": 1 },
        })
    );
    // Of one record in the order in which it happened, each once.
    for events in [&sold, &bought] {
        let mut versions: BTreeMap<(String, String), Vec<u64>> = BTreeMap::new();
        for event in events {
            let (aggregate, _) = text(event, "id").split_once('-').expect("a name");
            let id = text(&event["data"], "id").to_owned();
            let of_it = versions.entry((aggregate.to_owned(), id)).or_default();
            of_it.push(event["data"]["version"].as_u64().expect("a number"));
        }
        for ((aggregate, _), versions) in versions {
            assert!(
                versions.is_sorted_by(|a, b| a < b),
                "{aggregate} {versions:?}"
            );
        }
    }
    // Going on where one was is having all of it.
    let (later, end) = since(&buyer, &seen).await;
    assert!(bought.ends_with(&later), "{later:?}");
    assert!(kinds(&later).contains(&"payment.refunded"), "{later:?}");
    let mut piece = String::new();
    let mut again = Vec::new();
    for _ in 0..bought.len() {
        let (_, page) = buyer.get(&format!("/events?after={piece}")).await;
        again.push(page["items"][0].clone());
        piece = (again.len()).to_string();
    }
    assert_eq!(again, bought);
    assert_eq!(since(&buyer, &end).await, (Vec::new(), end.clone()));
    for after in ["-1", "x", "99999", "1e3"] {
        let (status, problem) = buyer.get(&format!("/events?after={after}")).await;
        assert_eq!(
            (status.as_u16(), &problem["errors"][0]["name"]),
            (422, &json!("after")),
            "{after}"
        );
    }
    assert!(server.stop());
    assert!(run(data.path(), &["check"]).status.success());
}

/// What a receiver was sent, and what it answers.
#[derive(Default)]
struct Heard {
    messages: Vec<(HeaderMap, Value, String)>,
    /// The statuses of the next answers; 204 after them.
    answers: Vec<u16>,
}

/// A program that is told.
#[derive(Clone)]
struct Receiver {
    url: String,
    heard: Arc<Mutex<Heard>>,
}

impl Receiver {
    async fn start(answers: &[u16]) -> Self {
        let heard = Arc::new(Mutex::new(Heard {
            messages: Vec::new(),
            answers: answers.iter().rev().copied().collect(),
        }));
        let hears = Arc::clone(&heard);
        let handler = async move |headers: HeaderMap, body: Bytes| {
            let mut heard = hears.lock().await;
            let body = String::from_utf8(body.to_vec()).expect("text");
            let value = serde_json::from_str(&body).expect("JSON");
            heard.messages.push((headers, value, body));
            let status = heard.answers.pop().unwrap_or(204);
            StatusCode::from_u16(status).expect("a status")
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let router = Router::new().route("/hook", any(handler));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, heard }
    }

    /// What was heard, once `count` messages were.
    async fn heard(&self, count: usize) -> Vec<(HeaderMap, Value, String)> {
        for _ in 0..800 {
            let heard = self.heard.lock().await;
            if heard.messages.len() >= count {
                return heard.messages.clone();
            }
            drop(heard);
            sleep(Duration::from_millis(25)).await;
        }
        let heard = self.heard.lock().await;
        panic!("{} of {count} after twenty seconds", heard.messages.len());
    }
}

async fn hook(program: &Program, url: &str, events: &[&str]) -> String {
    let asked = json!({ "url": url, "events": events });
    let (status, made) = program.post("/webhooks", asked).await;
    assert_eq!(status, 201, "{made}");
    format!("/webhooks/{}", text(&made, "id"))
}

async fn secret(program: &Program, hook: &str) -> String {
    let (_, told) = program.get(&format!("{hook}/secret")).await;
    text(&told, "secret").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_told_in_order_signed_and_until_it_accepts() {
    let (_data, server) = start(&[]);
    let (_, seller) = Program::of_somebody(&server).await;
    let receiver = Receiver::start(&[500]).await;
    let hook = hook(&seller, &receiver.url, &[]).await;
    seller.lists("Evening with the quartet").await;
    // Refused once, and sent again under the same name.
    let heard = receiver.heard(3).await;
    let ids: Vec<&str> = heard.iter().map(|(_, body, _)| text(body, "id")).collect();
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[1], ids[2]);
    let (events, _) = since(&seller, "").await;
    let told: Vec<&Value> = heard[1..].iter().map(|(_, body, _)| body).collect();
    assert_eq!(told, events.iter().take(told.len()).collect::<Vec<_>>());

    let verifies = |secret: &str, (headers, body, sent): &(HeaderMap, Value, String)| {
        assert_eq!(headers["webhook-id"], text(body, "id"));
        assert_eq!(headers["content-type"], "application/json");
        let verifier = Verifier::new(secret).expect("a secret");
        verifier.verify(sent.as_bytes(), headers).is_ok()
    };
    let first = secret(&seller, &hook).await;
    for message in &heard {
        assert!(verifies(&first, message));
    }
    // With both secrets for a day after there is a new one.
    let (status, _) = seller.post(&format!("{hook}/secret"), Value::Null).await;
    assert_eq!(status, 204);
    let second = secret(&seller, &hook).await;
    assert_ne!(first, second);
    assert!(!verifies(&second, &heard[0]));
    let before = receiver.heard(0).await.len();
    seller.lists("Evening with the octet").await;
    let heard = receiver.heard(before + 1).await;
    let last = heard.last().expect("a message");
    assert!(verifies(&first, last) && verifies(&second, last));
    // Whoever has another made at once does not void the one that is in use.
    seller.post(&format!("{hook}/secret"), Value::Null).await;
    let before = receiver.heard(0).await.len();
    seller.lists("Evening with the septet").await;
    let heard = receiver.heard(before + 1).await;
    let last = heard.last().expect("a message");
    assert!(verifies(&first, last) && verifies(&second, last));

    let (_, log) = seller.get(&format!("{hook}/deliveries")).await;
    let log = log["items"].as_array().expect("a list");
    let oldest = log.last().expect("a delivery");
    assert_eq!(
        (&oldest["event"], &oldest["accepted"], &oldest["status"]),
        (&json!(ids[0]), &json!(false), &json!(500))
    );
    assert!(
        log[..log.len() - 1]
            .iter()
            .all(|delivery| delivery["accepted"] == json!(true))
    );
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_is_gone_is_ended_and_goes_on_where_it_was() {
    let (_data, server) = start(&[]);
    let (_, seller) = Program::of_somebody(&server).await;
    let (_, other) = Program::of_somebody(&server).await;
    let receiver = Receiver::start(&[410]).await;
    let choosy = Receiver::start(&[]).await;
    let hook = self::hook(&seller, &receiver.url, &[]).await;
    self::hook(&seller, &choosy.url, &["ticket.deleted"]).await;
    let offered = seller.lists("Evening with the trio").await;
    let mut seen = Value::Null;
    for _ in 0..400 {
        (_, seen) = seller.get(&hook).await;
        if seen["active"] == json!(false) {
            break;
        }
        sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(seen["ended"], "gone", "{seen}");
    assert_eq!(receiver.heard(1).await.len(), 1);
    let asked = json!({ "url": receiver.url });
    let (status, seen) = super::program::read(seller.write(Method::PUT, &hook, asked).await).await;
    assert_eq!(
        (status.as_u16(), &seen["active"], &seen["ended"]),
        (200, &json!(true), &Value::Null)
    );
    let heard = receiver.heard(2).await;
    assert_eq!(heard[0].1, heard[1].1);

    // Another is told of what it wants only.
    let path = format!("/listings/{}", text(&offered, "id"));
    seller.write(Method::DELETE, &path, Value::Null).await;
    let heard = choosy.heard(1).await;
    assert_eq!(heard[0].1["type"], "ticket.deleted");

    // Nor does it know of what happens after its owner's sessions were ended.
    let (person, seller_too) = Program::of_somebody(&server).await;
    let told = Receiver::start(&[]).await;
    let left = self::hook(&seller_too, &told.url, &[]).await;
    seller_too.lists("Evening with the octet").await;
    let count = told.heard(1).await.len();
    person.post("end_other_sessions", &[]).await;
    let anew = Program::new(
        &server,
        &super::program::key(&person, &super::program::ALL).await,
    );
    assert_eq!(anew.get(&left).await.0, 404);
    let before = told.heard(count).await.len();
    anew.lists("Evening with the nonet").await;
    sleep(Duration::from_secs(1)).await;
    // But for what was on its way.
    assert!(told.heard(0).await.len() <= before + 1);

    // Whose it is not knows nothing of it; when it is ended, nobody does.
    for (method, path) in [
        (Method::GET, hook.clone()),
        (Method::GET, format!("{hook}/secret")),
        (Method::GET, format!("{hook}/deliveries")),
        (Method::DELETE, hook.clone()),
        (Method::POST, format!("{hook}/secret")),
    ] {
        let answer = other.write(method, &path, Value::Null).await;
        assert_eq!(answer.status(), 404, "{path}");
    }
    let (_, of_other) = other.get("/webhooks").await;
    assert_eq!(of_other, json!({ "items": [] }));
    let (_, own) = seller.get("/webhooks").await;
    assert_eq!(own["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        seller
            .write(Method::DELETE, &hook, Value::Null)
            .await
            .status(),
        204
    );
    assert_eq!(seller.get(&hook).await.0, 404);
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_with_a_process_that_is_killed_while_it_tells() {
    let data = TempDir::new().expect("a folder");
    let server = Server::start(data.path(), &[]);
    let (_, seller) = Program::of_somebody(&server).await;
    let receiver = Receiver::start(&[]).await;
    hook(&seller, &receiver.url, &[]).await;
    for n in 0..10 {
        let (status, _) = seller
            .post("/listings", listing(&format!("Evening number {n}")))
            .await;
        assert_eq!(status, 201);
    }
    receiver.heard(2).await;
    server.kill();
    let server = Server::start(data.path(), &[]);
    let seller = Program::new(&server, &seller.shows);
    // Created, and approved.
    let mut events = Vec::new();
    for _ in 0..400 {
        (events, _) = since(&seller, "").await;
        if events.len() >= 20 {
            break;
        }
        sleep(Duration::from_millis(25)).await;
    }
    assert!(events.len() >= 20, "{events:?}");
    let mut told = Vec::new();
    for _ in 0..400 {
        told = receiver.heard(20).await;
        told.dedup_by_key(|(_, body, _)| body["id"].clone());
        if told.len() >= events.len() {
            break;
        }
        sleep(Duration::from_millis(25)).await;
    }
    let told: Vec<Value> = told.into_iter().map(|(_, body, _)| body).collect();
    assert_eq!(told, events);
    assert!(server.stop());
    assert!(run(data.path(), &["check"]).status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_not_on_our_own_network() {
    let (_data, server) = start(&[("PRIVATE_WEBHOOKS", "off".into())]);
    let (_, seller) = Program::of_somebody(&server).await;
    for url in [
        "http://example.org/",
        "https://127.0.0.1:8443/",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://ada:word@example.org/",
        "example.org",
        "",
    ] {
        let (status, problem) = seller.post("/webhooks", json!({ "url": url })).await;
        assert_eq!(
            (status.as_u16(), &problem["errors"][0]["name"]),
            (422, &json!("url")),
            "{url}"
        );
    }
    let asked = json!({ "url": "https://example.org/", "events": ["user.updated"] });
    let (status, problem) = seller.post("/webhooks", asked).await;
    assert_eq!(
        (status.as_u16(), &problem["errors"][0]["name"]),
        (422, &json!("events"))
    );
    // A name of our own is found out when something is sent there.
    let ours = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = ours.local_addr().expect("an address").port();
    let hook = hook(&seller, &format!("https://localhost:{port}/hook"), &[]).await;
    seller.lists("Evening with the duo").await;
    let mut log = Value::Null;
    for _ in 0..400 {
        (_, log) = seller.get(&format!("{hook}/deliveries")).await;
        if log["items"][0] != Value::Null {
            break;
        }
        sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(
        (&log["items"][0]["accepted"], &log["items"][0]["fault"]),
        (&json!(false), &json!("connection")),
        "{log}"
    );
    let connected = tokio::time::timeout(Duration::ZERO, ours.accept()).await;
    assert!(connected.is_err(), "nobody was to come");
    // Ten, and no more.
    for n in 1..10 {
        self::hook(&seller, &format!("https://example.org/{n}"), &[]).await;
    }
    let (status, _) = seller
        .post("/webhooks", json!({ "url": "https://example.org/10" }))
        .await;
    assert_eq!(status, 409);
    assert!(server.stop());
}
