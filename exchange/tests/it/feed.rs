//! What happened, numbered for the account it happened to.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::{Problem, permission::Viewer};
use exchange::{
    Error, Exchange,
    clock::Clock,
    feed::{
        self, Numbered,
        webhooks::{self, TypedWebhook},
    },
    market,
    platform::outbox,
    vars,
};
use tokio::task::JoinSet;

use crate::harness::{Running, World, settings, typed, ulid};

/// Has what happens to `viewer` numbered.
async fn asks(exchange: &Exchange, viewer: &Viewer) {
    let typed = TypedWebhook {
        url: "https://example.org/".to_owned(),
        kinds: Vec::new(),
        active: false,
    };
    let id = ulid().parse().expect("an id");
    webhooks::create_as(exchange, viewer, id, &typed)
        .await
        .expect("makes");
}

async fn all(exchange: &Exchange, viewer: &Viewer) -> Vec<Numbered> {
    let user = viewer.id().expect("somebody");
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = feed::since(exchange, user, &after).await.expect("reads");
        found.extend(page.items);
        if !page.more {
            return found;
        }
        after = page.next;
    }
}

/// Three relays at once, each as if the others were gone.
#[tokio::test(flavor = "multi_thread")]
async fn relays_at_once_number_every_event_once_and_leave_no_gap() {
    let world = Arc::new(World::on_disk(settings("http://127.0.0.1:9")).await);
    let (seller, other) = (world.user("seller").await, world.user("other").await);
    asks(&world.exchange, &seller).await;
    let running = Running::split(&world.exchange, Vec::new()).await;
    running.prepare(&world).await.expect("a broker");
    let mut work = JoinSet::new();
    for n in 0..60 {
        let (world, seller) = (Arc::clone(&world), seller.clone());
        let title = typed(&format!("Evening number {n}"));
        work.spawn(async move {
            let ticket = world.listed_as(&seller, title).await;
            market::delete(&world.exchange, &seller, &ticket.id)
                .await
                .expect("theirs");
        });
    }
    for _ in 0..3 {
        let (world, bus) = (Arc::clone(&world), running.bus.clone());
        work.spawn(async move {
            // Of all of them, when there is nothing left.
            let mut idle = 0;
            while idle < 20 {
                let published = outbox::publish_some(&world.exchange.db, &bus).await;
                idle = if published.expect("a broker") == 0 {
                    idle + 1
                } else {
                    0
                };
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        });
    }
    world.listed(&other).await;
    work.join_all().await;
    while outbox::publish_some(&world.exchange.db, &running.bus)
        .await
        .expect("a broker")
        > 0
    {}
    let found = all(&world.exchange, &seller).await;
    let numbers: Vec<i64> = found.iter().map(|event| event.number).collect();
    assert_eq!(numbers, (1..=180).collect::<Vec<i64>>());
    let names: BTreeSet<&str> = found
        .iter()
        .map(|event| event.entry.event.as_str())
        .collect();
    assert_eq!(names.len(), found.len());
    let mut versions: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for event in &found {
        let of_it = versions.entry(&event.entry.object).or_default();
        of_it.push(event.entry.version);
    }
    assert!(versions.values().all(|versions| *versions == [1, 2, 3]));
    // Who does not ask costs nothing.
    assert_eq!(all(&world.exchange, &other).await, []);
    let rows = world.exchange.db.read("SELECT VALUE 1 FROM feed", vars! {});
    let rows: Vec<i64> = rows.await.expect("reads").many().expect("rows");
    assert_eq!(rows.len(), 1);
    running.stop().await;
    world.check().await;
}

#[tokio::test]
async fn what_is_forgotten_is_not_passed_over() {
    let world = World::new().await;
    let seller = world.user("seller").await;
    asks(&world.exchange, &seller).await;
    let user = seller.id().expect("somebody");
    const SQL: &str = "
        FOR $n IN [1, 2, 3] {
            CREATE type::record('account_event', [$user, $n])
                CONTENT { event: <string> $n, kind: 'ticket.updated', object: 'a', version: $n, at: 0 };
        };
        UPDATE feed SET last = 3";
    let db = &world.exchange.db;
    db.transact("number", SQL, vars! { user => user.to_string() })
        .await
        .expect("writes");
    let since = async |after: &str| {
        let found = feed::since(&world.exchange, user, after).await?;
        let numbers: Vec<i64> = found.items.iter().map(|item| item.number).collect();
        Ok::<_, Error>((numbers, found.next))
    };
    assert_eq!(
        since("").await.expect("reads"),
        (vec![1, 2, 3], "3".to_owned())
    );
    assert_eq!(since("2").await.expect("reads"), (vec![3], "3".to_owned()));
    assert_eq!(since("3").await.expect("reads"), (vec![], "3".to_owned()));
    let error = since("4").await.expect_err("never given");
    assert!(
        matches!(&error, Error::Invalid(errors) if errors.iter().any(|(field, problem)| *field == "after" && *problem == Problem::Malformed)),
        "{error:?}"
    );
    let forget = async |number: i64| {
        let sql = "DELETE type::record('account_event', [$user, $n])";
        let vars = vars! { user => user.to_string(), n => number };
        db.transact("forget", sql, vars).await.expect("deletes");
    };
    forget(1).await;
    forget(2).await;
    for (after, expected) in [("0", None), ("1", None), ("2", Some(vec![3]))] {
        match (since(after).await, expected) {
            (Ok((numbers, _)), Some(expected)) => assert_eq!(numbers, expected, "{after}"),
            (Err(Error::Refused(domain::Refusal::EventsForgotten)), None) => {}
            (other, _) => panic!("{after}: {other:?}"),
        }
    }
    assert_eq!(since("").await.expect("reads").0, [3]);
    // What is missing in between is a fault.
    let sql = "CREATE type::record('account_event', [$user, 1]) SET at = 0";
    db.transact("break", sql, vars! { user => user.to_string() })
        .await
        .expect("writes");
    let found = world.violations().await;
    assert!(
        found
            .iter()
            .any(|found| found.contains("not numbered up to 3")),
        "{found:?}"
    );
    forget(1).await;
    forget(3).await;
    assert!(since("2").await.is_err());
    assert_eq!(since("").await.expect("reads"), (vec![], "3".to_owned()));
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_ten_webhooks_however_fast_they_are_made() {
    let world = World::new().await;
    let owner = world.user("owner").await;
    let typed = TypedWebhook {
        url: "https://example.org/".to_owned(),
        kinds: Vec::new(),
        active: false,
    };
    let mut tries = JoinSet::new();
    for _ in 0..20 {
        let (exchange, owner, typed) = (world.exchange.clone(), owner.clone(), typed.clone());
        tries.spawn(async move {
            let id = ulid().parse().expect("an id");
            webhooks::create_as(&exchange, &owner, id, &typed).await
        });
    }
    let made = tries.join_all().await;
    let refused = made.iter().filter(|made| {
        matches!(
            made,
            Err(Error::Refused(domain::Refusal::TooManyWebhooks {
                max: webhooks::MOST
            }))
        )
    });
    assert_eq!(refused.count(), 10, "{made:?}");
    let hooks = webhooks::list(&world.exchange, &owner).await;
    assert_eq!(hooks.expect("reads").len(), webhooks::MOST);
    world.check().await;
}

/// A backlog of later versions is numbered after what happened later: what is forgotten is
/// the first of the numbers all the same.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_numbered_first_is_forgotten_first() {
    let world = World::new().await;
    let seller = world.user("seller").await;
    asks(&world.exchange, &seller).await;
    let running = Running::split(&world.exchange, Vec::new()).await;
    running.prepare(&world).await.expect("a broker");
    let sent = async || {
        while outbox::publish_some(&world.exchange.db, &running.bus)
            .await
            .expect("a broker")
            > 0
        {}
    };
    let ticket = world.listed(&seller).await;
    sent().await;
    // By somebody whose clock is slow.
    let (db, clock) = (world.exchange.db.clone(), Clock::with_offset(-60));
    let slow = Exchange::new(db, clock, world.exchange.settings.clone()).expect("settings");
    market::create(&slow, &seller, typed("Another evening"))
        .await
        .expect("lists");
    sent().await;
    market::delete(&world.exchange, &seller, &ticket.id)
        .await
        .expect("theirs");
    sent().await;
    let rows = world.exchange.db.read(
        "SELECT record::id(id)[1] AS number, at, numbered_at FROM account_event",
        vars! {},
    );
    let rows: Vec<serde_json::Value> = rows.await.expect("reads").many().expect("rows");
    let column = |name: &str| -> Vec<i64> {
        rows.iter()
            .map(|row| row[name].as_i64().expect("a number"))
            .collect()
    };
    assert_eq!(column("number"), [1, 2, 3, 4]);
    // As it was committed, and as it is numbered.
    assert!(!column("at").is_sorted(), "{rows:?}");
    assert!(column("numbered_at").is_sorted(), "{rows:?}");
    running.stop().await;
    world.check().await;
}
