//! Everybody at once, over HTTP: on one process, or on a deployment of many
//! (`make split-test`), whose balancer has them at different ones.

use std::{collections::BTreeSet, path::Path, sync::Arc, time::Duration};

use futures::future::join_all;
use reqwest::StatusCode;
use stripe_sandbox::{Config, Sandbox};
use tempfile::TempDir;

use crate::{
    harness::{Person, Server},
    kill::{VISA, assert_clean, intents_of, is_end, orders_of, settings, text},
};

const PRICE: i64 = 2_000;

async fn start(data: &Path, max_holds: u32) -> (Server, Sandbox) {
    let sandbox = Sandbox::start(Config::default()).await.expect("a sandbox");
    let mut settings = settings(&sandbox);
    // Nothing ends by itself meanwhile.
    settings.push(("HOLD_SECONDS", "300".to_owned()));
    settings.push(("MAX_HOLDS", max_holds.to_string()));
    let server = Server::start(data, &settings);
    sandbox.set_webhook_url(format!("{}/webhooks/stripe", server.url));
    (server, sandbox)
}

async fn listed(seller: &Person, count: usize) -> Vec<String> {
    let mut tickets = Vec::new();
    for number in 0..count {
        tickets.push(seller.lists(&format!("Seat {number}"), "20.00").await);
    }
    tickets
}

async fn reserve(buyer: &Person, ticket: &str) -> (StatusCode, String) {
    let fields = [("ticket", ticket), ("price", "2000")];
    let (status, answer) = buyer.post("reserve", &fields).await;
    (status, answer.as_str().unwrap_or_default().to_owned())
}

/// Pays at Stripe, without telling the exchange; returns when Stripe has the money
/// put aside.
async fn authorise(buyer: &Person, sandbox: &Sandbox, order: &str) {
    let (status, started) = buyer.press_pay(order).await.expect("an answer");
    assert_eq!(status, StatusCode::OK, "{started}");
    sandbox.pay(&text(&started["client_secret"]), VISA).await;
}

/// Waits until the orders of `buyer` and what they were to be paid with have ended;
/// returns those that are complete, whose money was taken, and no other's.
async fn complete(buyer: &Person, sandbox: &Sandbox) -> BTreeSet<String> {
    for _ in 0..300 {
        let (orders, intents) = (orders_of(buyer).await, intents_of(sandbox).await);
        let mut intents = intents
            .iter()
            .filter(|(order, _)| orders.contains_key(order));
        if orders.values().all(|status| is_end(status))
            && intents.clone().all(|(_, status)| is_end(status))
        {
            let ended = orders.iter().filter(|(_, status)| *status == "complete");
            let complete: BTreeSet<String> = ended.map(|(order, _)| order.clone()).collect();
            for (order, status) in intents.by_ref() {
                assert_eq!(complete.contains(order), status == "succeeded", "{order}");
            }
            return complete;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("something does not end: {:?}", orders_of(buyer).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_ticket_goes_to_one_of_many_who_pays_once() {
    let data = TempDir::new().expect("a folder");
    let (server, sandbox) = start(data.path(), 4).await;
    let tickets = Arc::new(listed(&Person::registered(&server).await, 4).await);
    let buyers = join_all((0..16).map(|_| Person::registered(&server))).await;
    let wants = buyers.iter().enumerate().flat_map(|(place, buyer)| {
        let tickets = Arc::clone(&tickets);
        (0..tickets.len()).map(move |number| {
            let number = (place + number) % tickets.len();
            let tickets = Arc::clone(&tickets);
            async move { (number, buyer, reserve(buyer, &tickets[number]).await) }
        })
    });
    let mut winners: Vec<Vec<(&Person, String)>> = vec![Vec::new(); tickets.len()];
    for (ticket, buyer, (status, order)) in join_all(wants).await {
        match status {
            StatusCode::OK => winners[ticket].push((buyer, order)),
            other => assert_eq!(other, StatusCode::CONFLICT),
        }
    }
    for won in winners {
        let [(buyer, order)] = &won[..] else {
            panic!("{} have one ticket", won.len());
        };
        authorise(buyer, &sandbox, order).await;
        let fields = [("order", &**order)];
        join_all((0..6).map(|_| buyer.post("finish_payment", &fields))).await;
        assert!(complete(buyer, &sandbox).await.contains(order));
        let refunds = join_all((0..6).map(|_| buyer.post("refund_order", &fields))).await;
        assert!(refunds.iter().any(|(status, _)| *status == StatusCode::OK));
        assert_eq!(sandbox.refunded(order).await, PRICE);
    }
    let intents = intents_of(&sandbox).await;
    assert_eq!(intents.len(), tickets.len(), "each is paid for once");
    assert!(server.stop());
    assert_clean(data.path());
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_wants_all_at_once_has_as_many_as_is_allowed() {
    let data = TempDir::new().expect("a folder");
    let (server, _sandbox) = start(data.path(), 3).await;
    let tickets = listed(&Person::registered(&server).await, 12).await;
    let buyer = Person::registered(&server).await;
    let answers = join_all(tickets.iter().map(|ticket| reserve(&buyer, ticket))).await;
    let held = answers
        .iter()
        .filter(|(status, _)| *status == StatusCode::OK);
    assert_eq!(held.count(), 3, "{answers:?}");
    assert_eq!(orders_of(&buyer).await.len(), 3);
    assert!(server.stop());
    assert_clean(data.path());
}

/// One of the two is what happened, for the money, too.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_paid_and_cancelled_at_once_is_one_of_them() {
    let data = TempDir::new().expect("a folder");
    let (server, sandbox) = start(data.path(), 4).await;
    let tickets = listed(&Person::registered(&server).await, 8).await;
    let buyer = Person::registered(&server).await;
    let mut left = Vec::new();
    for ticket in &tickets {
        let (status, order) = reserve(&buyer, ticket).await;
        assert_eq!(status, StatusCode::OK);
        authorise(&buyer, &sandbox, &order).await;
        let fields = [("order", &*order)];
        let ((_, _), (cancelled, said)) = tokio::join!(
            buyer.post("finish_payment", &fields),
            buyer.post("cancel_order", &fields)
        );
        assert!(
            [StatusCode::OK, StatusCode::CONFLICT].contains(&cancelled),
            "{cancelled}: {said}"
        );
        let sold = complete(&buyer, &sandbox).await.contains(&order);
        assert_eq!(sold, cancelled == StatusCode::CONFLICT, "{order}: {said}");
        if !sold {
            left.push(ticket);
        }
    }
    // What was let go is there for others.
    let other = Person::registered(&server).await;
    for ticket in left {
        assert_eq!(reserve(&other, ticket).await.0, StatusCode::OK);
        let held = orders_of(&other).await;
        for (order, _) in held.iter().filter(|(_, status)| !is_end(status)) {
            other.post("cancel_order", &[("order", order)]).await;
        }
    }
    assert!(server.stop());
    assert_clean(data.path());
}
