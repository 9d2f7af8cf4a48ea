//! What open pages are told: `/live`.

use std::{path::Path, time::Duration};

use reqwest::{Method, Response, StatusCode, header};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;
use tokio::time::{Instant, timeout};

use crate::harness::{Person, Server};

/// Longest wait for something to be told.
const PATIENCE: Duration = Duration::from_secs(20);

/// One event, as it came.
#[derive(Debug, Clone, PartialEq)]
struct Told {
    name: String,
    position: u64,
    data: Value,
}

/// An open page.
struct Page {
    answer: Response,
    text: String,
}

impl Page {
    /// Opens `path`, from after the event `last`; returns where it goes on from.
    async fn open(person: &Person, path: &str, last: Option<u64>) -> (Self, u64) {
        let began = Instant::now();
        let answer = loop {
            let mut request = person.request(Method::GET, path);
            if let Some(last) = last {
                request = request.header("last-event-id", last.to_string());
            }
            let answer = request.send().await.expect("an answer");
            // A cluster of brokers that has just begun takes its time, and browsers ask again.
            let may_wait = std::env::var_os("TEST_PROGRAM").is_some() && began.elapsed() < PATIENCE;
            if answer.status() != StatusCode::SERVICE_UNAVAILABLE || !may_wait {
                break answer;
            }
        };
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let mut page = Self {
            answer,
            text: String::new(),
        };
        let ready = page.next().await;
        assert_eq!(ready.name, "ready");
        assert_eq!(ready.data, serde_json::json!({}));
        (page, ready.position)
    }

    /// The next event. None when the stream has ended.
    async fn try_next(&mut self) -> Option<Told> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let block = block.to_owned();
                self.text = rest.to_owned();
                let field = |name: &str| {
                    let mut lines = block.lines();
                    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
                };
                if let Some(name) = field("event") {
                    return Some(Told {
                        name: name.to_owned(),
                        position: field("id").expect("an id").parse().expect("a position"),
                        data: serde_json::from_str(field("data").expect("data")).expect("JSON"),
                    });
                }
                continue;
            }
            let chunk = timeout(PATIENCE, self.answer.chunk());
            let chunk = chunk.await.expect("something is told").expect("goes on")?;
            self.text += std::str::from_utf8(&chunk).expect("text");
        }
    }

    async fn next(&mut self) -> Told {
        self.try_next().await.expect("goes on")
    }

    /// What the market is told of `ticket` until it has this status, the last of
    /// which says so.
    async fn until(&mut self, ticket: &str, status: &str) -> Vec<Value> {
        let mut changes = Vec::new();
        loop {
            let told = self.next().await;
            assert_eq!(told.name, "tickets");
            for change in told.data.as_array().expect("changes") {
                let available = change["status"] == "available";
                assert_eq!(change["card"].is_object(), available, "{change}");
                if change["id"] == ticket {
                    changes.push(change.clone());
                }
            }
            if changes.last().is_some_and(|last| last["status"] == status) {
                return changes;
            }
        }
    }
}

/// Sends a signal to the server's broker.
fn signal_broker(data: &Path, signal: Signal) {
    let process = std::fs::read_to_string(data.join("nats/process")).expect("a broker");
    let pid = process.split(' ').next().expect("a word").parse();
    let pid = Pid::from_raw(pid.expect("a number")).expect("a pid");
    kill_process(pid, signal).expect("signals");
}

async fn reserve(buyer: &Person, ticket: &str) -> String {
    let fields = [("ticket", ticket), ("price", "4500")];
    let (status, order) = buyer.post("reserve", &fields).await;
    assert_eq!(status, StatusCode::OK, "{order}");
    order.as_str().expect("an id").to_owned()
}

async fn status(person: &Person, path: &str) -> StatusCode {
    let answer = person.request(Method::GET, path).send().await;
    answer.expect("an answer").status()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_of_a_ticket_is_told_to_everybody_who_looks_at_the_market() {
    let data = TempDir::new().expect("a folder");
    let server = Server::start(data.path(), &[]);
    let (anyone, seller, buyer) = (
        Person::anyone(&server),
        Person::registered(&server).await,
        Person::registered(&server).await,
    );
    let (mut page, _) = Page::open(&anyone, "/live", None).await;
    let headers = page.answer.headers();
    assert_eq!(headers[header::CONTENT_TYPE], "text/event-stream");
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    assert!(headers.contains_key(header::CONTENT_SECURITY_POLICY));
    assert!(!headers.contains_key(header::SET_COOKIE));

    let ticket = seller.lists("Two seats on the aisle", "45,00").await;
    let told = page.until(&ticket, "available").await;
    assert_eq!(told.len(), 1, "nothing before it was approved: {told:?}");
    let card = &told[0]["card"];
    assert_eq!(card["title"], "Two seats on the aisle");
    assert_eq!(
        (&card["price"]["minor"], &card["mine"]),
        (&4500.into(), &false.into())
    );

    let order = reserve(&buyer, &ticket).await;
    let told = page.until(&ticket, "reserved").await;
    assert_eq!(told.len(), 1, "{told:?}");
    buyer.post("cancel_order", &[("order", &order)]).await;
    let told = page.until(&ticket, "available").await;
    assert_eq!(told[0]["card"], *card);

    let edit = [
        ("id", &*ticket),
        ("content_version", "1"),
        ("title", "Two seats in a box"),
        ("price", "50.00"),
    ];
    assert_eq!(seller.post("edit_ticket", &edit).await.0, StatusCode::OK);
    let told = page.until(&ticket, "available").await;
    let (last, before) = told.split_last().expect("told");
    assert_eq!(last["card"]["title"], "Two seats in a box");
    assert!(
        before.iter().all(|change| change["status"] == "gone"),
        "{told:?}"
    );
    seller.post("delete_ticket", &[("id", &ticket)]).await;
    page.until(&ticket, "gone").await;
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_comes_back_gets_what_it_missed_in_order_once() {
    let data = TempDir::new().expect("a folder");
    let server = Server::start(data.path(), &[]);
    let (anyone, seller, buyer) = (
        Person::anyone(&server),
        Person::registered(&server).await,
        Person::registered(&server).await,
    );
    let (mut page, _) = Page::open(&anyone, "/live", None).await;
    let ticket = seller.lists("Two seats on the aisle", "45,00").await;
    let first = page.next().await;
    let mut missed = Vec::new();
    for _ in 0..5 {
        let order = reserve(&buyer, &ticket).await;
        missed.push(page.next().await);
        buyer.post("cancel_order", &[("order", &order)]).await;
        missed.push(page.next().await);
    }
    for (path, last) in [
        ("/live".to_owned(), Some(first.position)),
        (format!("/live?after={}", first.position), None),
        ("/live?after=0".to_owned(), Some(first.position)),
    ] {
        let (mut again, position) = Page::open(&anyone, &path, last).await;
        assert_eq!(position, first.position);
        for expected in &missed {
            assert_eq!(again.next().await, *expected, "{path}");
        }
        // And then what is told to all.
        let order = reserve(&buyer, &ticket).await;
        let told = page.next().await;
        assert_eq!(again.next().await, told, "{path}");
        missed.push(told);
        buyer.post("cancel_order", &[("order", &order)]).await;
        missed.push(page.next().await);
    }
    let far = missed.last().expect("told").position + 1_000;
    for last in [Some(far), None] {
        let (mut page, position) = Page::open(&anyone, "/live?after=x", last).await;
        let told = page.next().await;
        assert_eq!((told.name.as_str(), told.position), ("reset", position));
    }
    drop(page);
    assert!(server.stop());

    let server = Server::start(data.path(), &[]);
    let anyone = anyone.at(&server);
    let (mut page, _) = Page::open(&anyone, "/live", Some(first.position)).await;
    let told = page.next().await;
    assert_eq!(
        told.name, "tickets",
        "a restart is no reason to read all again"
    );
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_killed_and_comes_back_interrupts_nothing() {
    let data = TempDir::new().expect("a folder");
    let server = Server::start(data.path(), &[]);
    let (seller, buyer) = (
        Person::registered(&server).await,
        Person::registered(&server).await,
    );
    let ticket = seller.lists("Two seats on the aisle", "45,00").await;
    let (mut page, _) = Page::open(&buyer, "/live", None).await;
    signal_broker(data.path(), Signal::KILL);
    reserve(&buyer, &ticket).await;
    page.until(&ticket, "reserved").await;
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_lost_everything_has_open_pages_read_all_again() {
    let data = TempDir::new().expect("a folder");
    let server = Server::start(data.path(), &[]);
    let (seller, buyer) = (
        Person::registered(&server).await,
        Person::registered(&server).await,
    );
    let ticket = seller.lists("Two seats on the aisle", "45,00").await;
    let (mut page, position) = Page::open(&buyer, "/live", None).await;
    signal_broker(data.path(), Signal::STOP);
    std::fs::remove_dir_all(data.path().join("nats/jetstream")).expect("deletes");
    signal_broker(data.path(), Signal::KILL);
    // That the ticket is on the market may not have been told before.
    let told = loop {
        let told = page.next().await;
        if told.name != "tickets" {
            break told;
        }
    };
    assert_eq!((told.name.as_str(), told.position), ("reset", 0));
    reserve(&buyer, &ticket).await;
    page.until(&ticket, "reserved").await;
    // What a page knew of the other stream is worth nothing.
    let (mut page, _) = Page::open(&buyer, "/live", Some(position + 100)).await;
    assert_eq!(page.next().await.name, "reset");
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_told_to_its_parties_and_to_nobody_else() {
    let data = TempDir::new().expect("a folder");
    let server = Server::start(data.path(), &[]);
    let (anyone, seller, buyer, stranger) = (
        Person::anyone(&server),
        Person::registered(&server).await,
        Person::registered(&server).await,
        Person::registered(&server).await,
    );
    let ticket = seller.lists("Two seats on the aisle", "45,00").await;
    let order = reserve(&buyer, &ticket).await;
    let path = format!("/live?order={order}");
    assert_eq!(status(&anyone, &path).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&stranger, &path).await, StatusCode::NOT_FOUND);
    let unknown = "/live?order=01JQZK5V7M3N8P2R4T6W9X0Y1Z";
    assert_eq!(status(&buyer, unknown).await, StatusCode::NOT_FOUND);
    let (mut page, _) = Page::open(&buyer, &path, None).await;
    let (mut of_seller, _) = Page::open(&seller, &path, None).await;
    // Of another one nothing is told.
    let other = seller.lists("One seat", "45,00").await;
    reserve(&stranger, &other).await;
    buyer.post("cancel_order", &[("order", &order)]).await;
    for page in [&mut page, &mut of_seller] {
        let told = page.next().await;
        assert_eq!(told.name, "order");
        assert_eq!(told.data, serde_json::json!({ "id": order }));
    }
    let (_, read) = buyer.read("order", &[("id", &order)]).await;
    assert_eq!(read["status"], "cancelled");
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_told_to_whoever_may_see_it() {
    let data = TempDir::new().expect("a folder");
    let server = Server::start(data.path(), &[]);
    let (anyone, seller, stranger) = (
        Person::anyone(&server),
        Person::registered(&server).await,
        Person::registered(&server).await,
    );
    let first = seller.lists("One seat", "45,00").await;
    let (mut market, _) = Page::open(&anyone, "/live", None).await;
    // Nobody approves it meanwhile.
    signal_broker(data.path(), Signal::STOP);
    let fields = [("title", "Two seats"), ("price", "45.00")];
    let (_, ticket) = seller.post("create_ticket", &fields).await;
    let ticket = ticket.as_str().expect("an id");
    let path = format!("/live?ticket={ticket}");
    for person in [&anyone, &stranger] {
        assert_eq!(status(person, &path).await, StatusCode::NOT_FOUND);
    }
    let (mut page, _) = Page::open(&seller, &path, None).await;
    signal_broker(data.path(), Signal::CONT);
    let told = page.next().await;
    assert_eq!(
        (told.name.as_str(), &told.data["id"]),
        ("ticket", &ticket.into())
    );
    assert!(told.data["version"].as_u64() >= Some(1));
    let changes = market.until(ticket, "available").await;
    assert_eq!(changes.len(), 1, "not while it was pending: {changes:?}");
    let (mut page, _) = Page::open(&anyone, &format!("/live?ticket={first}"), None).await;
    reserve(&stranger, &first).await;
    assert_eq!(page.next().await.data["version"], 3);
    for nothing in ["/live?ticket=1", "/live?ticket=01JQZK5V7M3N8P2R4T6W9X0Y1Z"] {
        assert_eq!(status(&anyone, nothing).await, StatusCode::NOT_FOUND);
    }
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_pages_are_told_than_there_may_be() {
    let data = TempDir::new().expect("a folder");
    let server = Server::start(data.path(), &[("LIVE_PAGES", "2".into())]);
    let anyone = Person::anyone(&server);
    let (first, _) = Page::open(&anyone, "/live", None).await;
    let (_second, _) = Page::open(&anyone, "/live", None).await;
    let third = anyone.request(Method::GET, "/live").send().await;
    let third = third.expect("an answer");
    assert_eq!(third.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(third.headers()[header::RETRY_AFTER], "5");
    drop(first);
    let freed = async {
        while status(&anyone, "/live").await != StatusCode::OK {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, freed)
        .await
        .expect("one that left makes room");
    assert!(server.stop());
    let server = Server::start(data.path(), &[("LIVE_PAGES", "0".into())]);
    let anyone = anyone.at(&server);
    assert_eq!(
        status(&anyone, "/live").await,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_ends_the_streams_in_order() {
    let data = TempDir::new().expect("a folder");
    let server = Server::start(data.path(), &[]);
    let anyone = Person::anyone(&server);
    let (mut page, _) = Page::open(&anyone, "/live", None).await;
    let stopped = tokio::task::spawn_blocking(move || server.stop());
    // One that was cut off would be an error.
    assert_eq!(page.try_next().await, None);
    assert!(stopped.await.expect("stops"));
}
