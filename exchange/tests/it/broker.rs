//! Events: from the commit to the consumers, whatever the broker does.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_nats::jetstream::{consumer, stream};
use domain::{
    event::{Aggregate, Event},
    ticket::TicketStatus,
};
use exchange::{
    Error, Exchange,
    administration::dead_letters,
    clock::Clock,
    market,
    platform::{
        bus,
        consumer::{Failure, Handler, run as consume},
    },
    vars,
};
use futures::StreamExt;
use rustix::process::{Pid, Signal, kill_process};
use tokio_util::sync::CancellationToken;

use crate::harness::{Running, World, dead, eventually, operator, settings, typed};

/// Everything in the stream of events, in order.
async fn published(running: &Running) -> Vec<Event> {
    let stream: stream::Stream = running
        .bus
        .context()
        .get_stream(bus::EVENTS)
        .await
        .expect("the stream");
    let count = usize::try_from(stream.cached_info().state.messages).expect("fits");
    let settings = consumer::pull::Config {
        ack_policy: consumer::AckPolicy::None,
        ..Default::default()
    };
    // A cluster of which a node has just died takes its time.
    let mut made = stream.create_consumer(settings.clone()).await;
    for _ in 0..5 {
        if made.is_ok() {
            break;
        }
        made = stream.create_consumer(settings.clone()).await;
    }
    let consumer = made.expect("a consumer");
    let messages = consumer
        .fetch()
        .max_messages(count.max(1))
        .messages()
        .await
        .expect("messages");
    messages
        .map(|message| {
            serde_json::from_slice(&message.expect("a message").payload).expect("an event")
        })
        .collect()
        .await
}

/// Versions of each aggregate are 1, 2, 3 … in the order of the stream.
fn assert_in_order_once(events: &[Event]) {
    let mut seen = std::collections::HashMap::new();
    for event in events {
        let last: &mut u32 = seen.entry((event.aggregate, event.id.clone())).or_default();
        assert_eq!(
            event.version,
            *last + 1,
            "{} {}",
            event.aggregate.name(),
            event.id
        );
        *last = event.version;
    }
}

async fn outbox_is_empty(world: &World) -> bool {
    let rows: Vec<i64> = world
        .exchange
        .db
        .read(
            "SELECT VALUE 1 FROM event WHERE unsent != NONE LIMIT 1",
            vars! {},
        )
        .await
        .expect("reads")
        .many()
        .expect("numbers");
    rows.is_empty()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_listing_is_on_the_market_within_moments() {
    let world = World::new().await;
    let running = Running::start(&world.exchange).await;
    let seller = world.user("seller").await;
    market::create(&world.exchange, &seller, typed("Opening night"))
        .await
        .expect("lists");
    eventually("it is available", async || {
        world.count(TicketStatus::Available).await == 1
    })
    .await;
    eventually("all is published", async || outbox_is_empty(&world).await).await;
    assert_in_order_once(&published(&running).await);
    running.stop().await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_twentieth_version_is_published_after_the_nineteenth() {
    let world = World::new().await;
    let seller = world.user("seller").await;
    let id = market::create(&world.exchange, &seller, typed("Opening night"))
        .await
        .expect("lists");
    for version in 1..20 {
        let edited = typed(&format!("Opening night {version}"));
        market::edit(&world.exchange, &seller, &id, version, edited)
            .await
            .expect("pending");
    }
    let running = Running::start(&world.exchange).await;
    eventually("all is published", async || outbox_is_empty(&world).await).await;
    let events = published(&running).await;
    assert!(events.len() >= 21, "{} events", events.len());
    assert_in_order_once(&events);
    running.stop().await;
    world.check().await;
}

/// More than two batches of the relay, with versions of one listing in different ones.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_backlog_is_published_in_order_once() {
    const LISTINGS: usize = 550;
    let world = World::new().await;
    let seller = world.user("seller").await;
    for number in 0..LISTINGS {
        let title = typed(&format!("Evening {number}"));
        let id = market::create(&world.exchange, &seller, title).await;
        let (id, edited) = (id.expect("lists"), typed(&format!("Night {number}")));
        market::edit(&world.exchange, &seller, &id, 1, edited)
            .await
            .expect("pending");
    }
    let running = Running::start(&world.exchange).await;
    eventually("all is published", async || outbox_is_empty(&world).await).await;
    let events = published(&running).await;
    assert!(events.len() > 2 * LISTINGS, "{} events", events.len());
    assert_in_order_once(&events);
    running.stop().await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_whose_event_was_lost_is_judged_by_the_sweep() {
    let world = World::new().await;
    let seller = world.user("seller").await;
    let id = market::create(&world.exchange, &seller, typed("Opening night"))
        .await
        .expect("lists");
    world
        .exchange
        .db
        .transact("lose", "UPDATE event SET unsent = NONE", vars! {})
        .await
        .expect("deletes");
    // A minute later, when its event is no longer waited for.
    let later = Exchange::new(
        world.exchange.db.clone(),
        Clock::with_offset(60),
        settings("http://127.0.0.1:9"),
    )
    .expect("settings");
    let running = Running::start(&later).await;
    eventually("it is available", async || {
        world.ticket(&id).await.status == TicketStatus::Available
    })
    .await;
    eventually("all is published", async || outbox_is_empty(&world).await).await;
    let versions: Vec<u32> = published(&running)
        .await
        .iter()
        .filter(|event| event.aggregate == Aggregate::Ticket)
        .map(|event| event.version)
        .collect();
    assert_eq!(versions, [2], "the first was never published");
    running.stop().await;
    // It was not counted either, as what has left the outbox is.
    world
        .exchange
        .db
        .transact(
            "find",
            "UPDATE event SET unsent = record::id(id)[0]",
            vars! {},
        )
        .await
        .expect("writes");
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_succeed_while_the_broker_is_dead_and_events_follow_in_order_once() {
    let world = World::on_disk(settings("http://127.0.0.1:9")).await;
    let running = Running::start(&world.exchange).await;
    let seller = world.user("seller").await;
    let pid = Pid::from_raw(i32::try_from(running.broker_pid).expect("a pid")).expect("a pid");
    let mut killed = false;
    for n in 0..40 {
        let ticket = world.listed(&seller).await;
        let buyer = world.stranger();
        let order = world
            .reserve(&buyer, &ticket)
            .await
            .expect("orders succeed");
        if n % 2 == 0 {
            exchange::orders::cancel(&world.exchange, &buyer, &order)
                .await
                .expect("unpaid");
        }
        if n == 10 && !killed {
            kill_process(pid, Signal::KILL).expect("kills");
            killed = true;
        }
    }
    eventually("all is published", async || outbox_is_empty(&world).await).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let events = published(&running).await;
    assert!(events.len() > 150, "{} events", events.len());
    assert_in_order_once(&events);
    running.stop().await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poison_message_becomes_a_dead_letter_and_stops_nobody() {
    let world = World::new().await;
    let running = Running::start(&world.exchange).await;
    let seller = world.user("seller").await;
    eventually("the streams exist", async || {
        running.prepare(&world).await.is_ok()
    })
    .await;
    for (subject, payload) in [
        ("ticket.created.x", "not json"),
        ("ticket.updated.y", "{}"),
        ("order.created.z", "\u{0}"),
        ("expiration.complete.w", "not an order"),
    ] {
        running
            .bus
            .send(
                subject.to_owned(),
                subject,
                payload.as_bytes().to_vec(),
                None,
            )
            .await
            .expect("sends")
            .await
            .expect("stores");
    }
    eventually("four dead letters", async || {
        dead(&running.bus).await.len() == 4
    })
    .await;
    market::create(&world.exchange, &seller, typed("Life goes on"))
        .await
        .expect("lists");
    eventually("it is available", async || {
        world.count(TicketStatus::Available).await == 1
    })
    .await;
    let letters = dead(&running.bus).await;
    assert!(
        letters.iter().all(|letter| !letter.reason.is_empty()),
        "{letters:?}"
    );
    let first = letters[0].sequence;
    dead_letters::replay(&world.exchange, &running.bus, &operator(), first)
        .await
        .expect("replays");
    eventually("it is dead again", async || {
        let letters = dead(&running.bus).await;
        letters.len() == 4 && letters.iter().all(|letter| letter.sequence != first)
    })
    .await;
    let second = letters[1].sequence;
    dead_letters::discard(&world.exchange, &running.bus, &operator(), second)
        .await
        .expect("drops");
    let gone = dead_letters::replay(&world.exchange, &running.bus, &operator(), second).await;
    assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
    running.stop().await;
    world.check().await;
}

/// Panics at some messages and processes the others.
#[derive(Default)]
struct Clumsy {
    panics: AtomicUsize,
    processed: AtomicUsize,
}

impl Handler for Clumsy {
    const NAME: &'static str = "clumsy";
    const STREAM: &'static str = bus::EVENTS;
    const SUBJECTS: &'static [&'static str] = &["user.>"];

    async fn handle(&self, _subject: &str, payload: &[u8]) -> Result<(), Failure> {
        if payload == b"slippery" {
            self.panics.fetch_add(1, Ordering::Relaxed);
            panic!("the handler falls");
        }
        self.processed.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_at_which_a_handler_panics_is_tried_five_times_and_stops_nobody() {
    let world = World::new().await;
    let running = Running::start(&world.exchange).await;
    eventually("the streams exist", async || {
        running.prepare(&world).await.is_ok()
    })
    .await;
    let clumsy = Arc::new(Clumsy::default());
    let stop = CancellationToken::new();
    let consumer = tokio::spawn(consume(
        Arc::clone(&clumsy),
        running.bus.clone(),
        stop.clone(),
    ));
    let send = async |subject: &str, payload: &str| {
        running
            .bus
            .send(subject.to_owned(), subject, payload.into(), None)
            .await
            .expect("sends")
            .await
            .expect("stores");
    };
    send("user.test.1", "dry").await;
    send("user.test.2", "slippery").await;
    send("user.test.3", "dry").await;
    eventually("a dead letter", async || {
        dead(&running.bus).await.len() == 1
    })
    .await;
    send("user.test.4", "dry").await;
    eventually("the others are processed", async || {
        clumsy.processed.load(Ordering::Relaxed) == 3
    })
    .await;
    assert_eq!(clumsy.panics.load(Ordering::Relaxed), 5);
    let letter = dead(&running.bus).await.remove(0);
    assert_eq!(
        (letter.consumer.as_str(), letter.subject.as_str()),
        (Clumsy::NAME, "user.test.2")
    );
    stop.cancel();
    consumer.await.expect("the consumer ends");
    running.stop().await;
    world.check().await;
}
