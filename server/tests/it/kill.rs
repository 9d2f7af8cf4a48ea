//! `kill -9`, at any moment.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::Arc,
    time::Duration,
};

use reqwest::StatusCode;
use serde_json::Value;
use stripe_sandbox::{Config, Sandbox};
use tempfile::TempDir;
use tokio::{sync::Mutex, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::harness::{Person, Server, run};

pub(crate) const VISA: &str = "4242424242424242";

pub(crate) fn settings(sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    vec![
        ("STRIPE_API_URL", sandbox.url()),
        ("STRIPE_JS_URL", format!("{}/v3/", sandbox.url())),
        ("HOLD_SECONDS", "6".into()),
        ("PAY_GRACE", "2".into()),
        ("MAX_HOLDS", "1000".into()),
    ]
}

pub(crate) fn assert_clean(data: &Path) {
    let check = run(data, &["check"]);
    assert!(
        check.status.success(),
        "{}{}",
        String::from_utf8_lossy(&check.stdout),
        String::from_utf8_lossy(&check.stderr)
    );
}

/// Reserves and pays until the server is gone; returns what was answered:
/// orders that were made, and those of them that were complete.
async fn shop(
    buyer: Arc<Person>,
    sandbox: Arc<Sandbox>,
    tickets: Vec<String>,
) -> HashMap<String, bool> {
    let mut known = HashMap::new();
    for ticket in tickets {
        let Ok((status, order)) = buyer
            .try_post("reserve", &[("ticket", &ticket), ("price", "2000")])
            .await
        else {
            return known;
        };
        if status != StatusCode::OK {
            continue;
        }
        let order = order.as_str().expect("an id").to_owned();
        known.insert(order.clone(), false);
        let Ok((_, started)) = buyer.press_pay(&order).await else {
            return known;
        };
        let Some(secret) = started["client_secret"].as_str() else {
            continue;
        };
        sandbox.pay(secret, VISA).await;
        let Ok((_, finished)) = buyer.try_post("finish_payment", &[("order", &order)]).await else {
            return known;
        };
        if finished["status"] == "complete" {
            known.insert(order, true);
        }
    }
    known
}

/// Reserves and pays until `stop`, also past requests that nobody answered.
async fn shop_on(
    buyer: Arc<Person>,
    sandbox: Arc<Sandbox>,
    tickets: Arc<Mutex<Vec<String>>>,
    stop: CancellationToken,
) -> HashMap<String, bool> {
    let mut known = HashMap::new();
    while !stop.is_cancelled() {
        let ticket = tickets.lock().await.pop();
        let Some(ticket) = ticket else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let shopping = shop(Arc::clone(&buyer), Arc::clone(&sandbox), vec![ticket]);
        known.extend(shopping.await);
    }
    known
}

/// Lists tickets until `stop`.
async fn list_on(
    seller: Person,
    tickets: Arc<Mutex<Vec<String>>>,
    stop: CancellationToken,
) -> HashMap<String, bool> {
    // A new account that lists more has to wait.
    for _ in 0..19 {
        if stop.is_cancelled() {
            break;
        }
        let fields = [("title", "One seat"), ("price", "20.00")];
        let listed = seller.try_post("create_ticket", &fields).await;
        let Ok((StatusCode::OK, id)) = listed else {
            continue;
        };
        let id = text(&id);
        for _ in 0..200 {
            let seen = seller.try_read("ticket", &[("id", &id)]).await;
            if seen.is_ok_and(|(_, ticket)| ticket["status"] == "available") {
                tickets.lock().await.push(id);
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    HashMap::new()
}

/// The processes of a deployment, by their names.
fn processes(data: &Path) -> BTreeMap<String, i32> {
    let listed = std::fs::read_to_string(data.join("processes")).expect("a deployment");
    let pair = |line: &str| {
        let (name, id) = line.split_once(' ').expect("a name and an id");
        (name.to_owned(), id.parse().expect("a number"))
    };
    listed.lines().map(pair).collect()
}

/// Where an order, or an intent at Stripe, has come to its end.
pub(crate) fn is_end(status: &str) -> bool {
    matches!(status, "complete" | "cancelled" | "succeeded" | "canceled")
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

/// The status of every order of `buyer`, by its identifier.
pub(crate) async fn orders_of(buyer: &Person) -> BTreeMap<String, String> {
    let (mut orders, mut after) = (BTreeMap::new(), String::new());
    loop {
        let (status, page) = buyer.read("orders", &[("after", &after)]).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        for order in page["orders"].as_array().expect("a list") {
            let shown = orders.insert(text(&order["id"]), text(&order["status"]));
            assert_eq!(shown, None, "an order is on one page: {order}");
        }
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => return orders,
        }
    }
}

/// The order and the status of every intent at the sandbox.
pub(crate) async fn intents_of(sandbox: &Sandbox) -> Vec<(String, String)> {
    let intents = sandbox.intents().await;
    intents
        .iter()
        .map(|intent| (text(&intent["metadata"]["order"]), text(&intent["status"])))
        .collect()
}

/// Every order comes to an end by itself, paid or over after its time, and with it its
/// intent; what was answered is there, and who has a ticket was charged once.
async fn assert_nothing_lost(buyer: &Person, sandbox: &Sandbox, known: &HashMap<String, bool>) {
    let (mut orders, mut intents) = (BTreeMap::new(), Vec::new());
    for _ in 0..600 {
        orders = orders_of(buyer).await;
        intents = intents_of(sandbox).await;
        let intents = intents.iter().map(|(_, status)| status);
        if orders.values().chain(intents).all(|status| is_end(status)) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for (id, status) in &orders {
        assert!(is_end(status), "order {id} is {status}");
    }
    for (order, status) in &intents {
        assert!(is_end(status), "the intent of {order} is {status}");
    }
    for (id, was_complete) in known {
        let status = orders.get(id).map(String::as_str);
        assert!(status.is_some(), "{id} was answered and is lost");
        assert!(
            !was_complete || status == Some("complete"),
            "{id} was complete and is {status:?}"
        );
    }
    // Every complete order was charged, once, and nothing else was.
    let complete: Vec<&String> = orders
        .iter()
        .filter(|(_, status)| *status == "complete")
        .map(|(id, _)| id)
        .collect();
    let mut charged: Vec<&String> = intents
        .iter()
        .filter(|(_, status)| status == "succeeded")
        .map(|(order, _)| order)
        .collect();
    charged.sort();
    assert_eq!(charged, complete);
    assert!(!complete.is_empty(), "some were paid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_at_any_moment_loses_and_doubles_nothing() {
    let data = TempDir::new().expect("a folder");
    let sandbox = Arc::new(Sandbox::start(Config::default()).await.expect("a sandbox"));
    let mut server = Server::start(data.path(), &settings(&sandbox));
    let mut buyer = Arc::new(Person::registered(&server).await);
    let mut known: HashMap<String, bool> = HashMap::new();
    for round in 0..6_u64 {
        let mut shoppers = JoinSet::new();
        for _ in 0..4 {
            // Of their own, since a new account that lists much has to wait.
            let seller = Person::registered(&server).await;
            let mut tickets = Vec::new();
            for _ in 0..6 {
                tickets.push(seller.lists("One seat", "20.00").await);
            }
            shoppers.spawn(shop(Arc::clone(&buyer), Arc::clone(&sandbox), tickets));
        }
        tokio::time::sleep(Duration::from_millis(40 + 90 * round)).await;
        server.kill();
        for answered in shoppers.join_all().await {
            known.extend(answered);
        }
        server = Server::start(data.path(), &settings(&sandbox));
        buyer = Arc::new(
            Arc::into_inner(buyer)
                .expect("the shoppers have ended")
                .at(&server),
        );
    }
    assert_nothing_lost(&buyer, &sandbox, &known).await;
    let interrupted = known.values().any(|complete| !complete);
    assert!(interrupted, "a kill came in between");
    assert!(server.stop());
    assert_clean(data.path());
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_that_are_due_while_the_server_is_dead_end_when_it_is_back() {
    let data = TempDir::new().expect("a folder");
    let sandbox = Sandbox::start(Config::default()).await.expect("a sandbox");
    let settings: Vec<_> = settings(&sandbox)
        .into_iter()
        .map(|(name, value)| {
            if name == "HOLD_SECONDS" {
                (name, "1".into())
            } else {
                (name, value)
            }
        })
        .collect();
    let server = Server::start(data.path(), &settings);
    let (seller, buyer) = (
        Person::registered(&server).await,
        Person::registered(&server).await,
    );
    let ticket = seller.lists("One seat", "20.00").await;
    let (status, order) = buyer
        .post("reserve", &[("ticket", &ticket), ("price", "2000")])
        .await;
    assert_eq!(status, StatusCode::OK, "{order}");
    server.kill();
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    let server = Server::start(data.path(), &settings);
    let (buyer, seller) = (buyer.at(&server), seller.at(&server));
    let (_, seen) = buyer
        .read("order", &[("id", order.as_str().expect("an id"))])
        .await;
    assert_eq!(
        (seen["status"].as_str(), seen["cancel_reason"].as_str()),
        (Some("cancelled"), Some("expired"))
    );
    assert_eq!(
        seller.read("ticket", &[("id", &ticket)]).await.1["status"],
        "available"
    );
    assert!(server.stop());
    assert_clean(data.path());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_completes_a_sale_whose_browser_went_away() {
    let data = TempDir::new().expect("a folder");
    let sandbox = Sandbox::start(Config::default()).await.expect("a sandbox");
    let server = Server::start(data.path(), &settings(&sandbox));
    sandbox.set_webhook_url(format!("{}/webhooks/stripe", server.url));
    let (seller, buyer) = (
        Person::registered(&server).await,
        Person::registered(&server).await,
    );
    let ticket = seller.lists("One seat", "20.00").await;
    let (_, order) = buyer
        .post("reserve", &[("ticket", &ticket), ("price", "2000")])
        .await;
    let order = order.as_str().expect("an id");
    let (_, started) = buyer.press_pay(order).await.expect("an answer");
    sandbox
        .pay(started["client_secret"].as_str().expect("a secret"), VISA)
        .await;
    let mut status = Value::Null;
    for _ in 0..60 {
        status = buyer.read("order", &[("id", order)]).await.1["status"].clone();
        if status == "complete" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(
        status, "complete",
        "within three seconds, which only the webhook can"
    );
    assert!(server.stop());
    assert_clean(data.path());
}

/// Servers, brokers and services, each once, while people shop: `make split-test`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs TEST_PROGRAM=tools/split, and a SurrealDB server"]
async fn each_process_of_a_deployment_can_be_killed_under_load() {
    let data = TempDir::new().expect("a folder");
    let sandbox = Arc::new(Sandbox::start(Config::default()).await.expect("a sandbox"));
    let server = Server::start(data.path(), &settings(&sandbox));
    let buyer = Arc::new(Person::registered(&server).await);
    let (tickets, stop) = (Arc::default(), CancellationToken::new());
    let mut people = JoinSet::new();
    for _ in 0..4 {
        let (buyer, sandbox) = (Arc::clone(&buyer), Arc::clone(&sandbox));
        people.spawn(shop_on(buyer, sandbox, Arc::clone(&tickets), stop.clone()));
    }
    let all: Vec<String> = processes(data.path()).into_keys().collect();
    // Two of eight parts, three brokers, and the database.
    assert_eq!(all.len(), 20, "{all:?}");
    for name in all {
        let seller = Person::registered(&server).await;
        people.spawn(list_on(seller, Arc::clone(&tickets), stop.clone()));
        tokio::time::sleep(Duration::from_millis(700)).await;
        let before = processes(data.path())[&name];
        let pid = rustix::process::Pid::from_raw(before).expect("an id");
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("kills");
        let mut back = false;
        for _ in 0..600 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            back = processes(data.path())
                .get(&name)
                .is_some_and(|now| *now != before);
            let ready = reqwest::get(format!("{}/readyz", server.url)).await;
            if back && ready.is_ok_and(|answer| answer.status().is_success()) {
                break;
            }
        }
        assert!(back, "{name} is started again");
    }
    stop.cancel();
    let mut known = HashMap::new();
    for answered in people.join_all().await {
        known.extend(answered);
    }
    let complete = known.values().filter(|complete| **complete).count();
    assert!(complete >= 40, "{complete} of {} were paid", known.len());
    assert_nothing_lost(&buyer, &sandbox, &known).await;
    assert!(server.stop());
    assert_clean(data.path());
}
