//! What open pages are told, whatever the broker does.

use std::{collections::BTreeSet, time::Duration};

use exchange::{
    live::{Feed, News, Shown},
    market, orders,
    platform::bus,
};
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::{sleep, timeout};

use crate::harness::{Running, World, eventually, settings, typed};

/// What the feed tells next, however often something is away before.
async fn next(feed: &mut Feed) -> News {
    let news = async {
        loop {
            match feed.next().await {
                Ok(news) => return news,
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        }
    };
    timeout(Duration::from_secs(30), news)
        .await
        .expect("something is told")
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_told_in_order_once_although_the_broker_is_killed() {
    let world = World::on_disk(settings("http://127.0.0.1:9")).await;
    let running = Running::start(&world.exchange).await;
    let mut feed = Feed::new(world.exchange.clone(), running.bus.clone());
    assert!(matches!(next(&mut feed).await, News::Begun(_)));
    let seller = world.user("seller").await;
    let pid = Pid::from_raw(i32::try_from(running.broker_pid).expect("a pid")).expect("a pid");
    let mut expected = BTreeSet::new();
    for n in 0..12 {
        let ticket = world.listed(&seller).await;
        let order = world.reserve(&world.stranger(), &ticket).await;
        expected.insert(order.expect("available"));
        if n == 6 {
            kill_process(pid, Signal::KILL).expect("kills");
        }
    }
    let mut position = 0;
    let mut seen = BTreeSet::new();
    while seen != expected {
        match next(&mut feed).await {
            News::Changed(changes) => {
                assert!(changes.position > position, "{changes:?}");
                position = changes.position;
                for order in changes.orders {
                    assert!(seen.insert(order), "once");
                }
            }
            begun @ News::Begun(_) => panic!("{begun:?}"),
        }
    }
    running.stop().await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_process_tells_the_last_events_again_and_says_when_it_has() {
    let world = World::new().await;
    let running = Running::start(&world.exchange).await;
    let ticket = world.listed(&world.user("seller").await).await;
    let mut feed = Feed::new(world.exchange.clone(), running.bus.clone());
    assert!(matches!(next(&mut feed).await, News::Begun(0)));
    loop {
        if let News::Changed(changes) = next(&mut feed).await
            && changes.tickets.iter().any(|change| change.version >= 2)
        {
            break;
        }
    }
    let mut again = Feed::new(world.exchange.clone(), running.bus.clone());
    assert!(matches!(next(&mut again).await, News::Begun(0)));
    assert!(!again.has_caught_up());
    let mut shown = None;
    while !again.has_caught_up() {
        if let News::Changed(changes) = next(&mut again).await {
            let of_it = changes.tickets.into_iter().find(|of| of.id == ticket.id);
            shown = of_it.or(shown);
        }
    }
    let shown = shown.expect("told").shown.expect("on the market");
    assert!(matches!(shown, Shown::Available(listing) if listing.ticket == ticket.id));
    running.stop().await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_was_made_again_is_begun_anew() {
    let world = World::new().await;
    let running = Running::start(&world.exchange).await;
    let seller = world.user("seller").await;
    let ticket = world.listed(&seller).await;
    let mut feed = Feed::new(world.exchange.clone(), running.bus.clone());
    assert!(matches!(next(&mut feed).await, News::Begun(0)));
    while !matches!(next(&mut feed).await, News::Changed(changes) if changes.position >= 2) {}
    running
        .bus
        .context()
        .delete_stream(bus::EVENTS)
        .await
        .expect("deletes");
    eventually("the stream is made again", async || {
        running.prepare(&world).await.is_ok()
    })
    .await;
    assert!(matches!(next(&mut feed).await, News::Begun(0)));
    let order = world.reserve(&world.stranger(), &ticket).await;
    let order = order.expect("available");
    loop {
        if let News::Changed(changes) = next(&mut feed).await
            && changes.orders.contains(&order)
        {
            break;
        }
    }
    running.stop().await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_told_as_it_is_by_then() {
    let world = World::new().await;
    let running = Running::start(&world.exchange).await;
    let mut feed = Feed::new(world.exchange.clone(), running.bus.clone());
    let (seller, buyer) = (world.user("seller").await, world.user("buyer").await);
    let ticket = world.listed(&seller).await;
    let order = world.reserve(&buyer, &ticket).await.expect("available");
    let mut until = async |done: &dyn Fn(&Option<Shown>) -> bool| {
        loop {
            if let News::Changed(changes) = next(&mut feed).await
                && let Some(change) = changes.tickets.iter().find(|of| of.id == ticket.id)
                && done(&change.shown)
            {
                break;
            }
        }
    };
    until(&|shown| *shown == Some(Shown::Reserved)).await;
    orders::cancel(&world.exchange, &buyer, &order)
        .await
        .expect("unpaid");
    until(&|shown| matches!(shown, Some(Shown::Available(_)))).await;
    market::edit(&world.exchange, &seller, &ticket.id, 1, typed("A box"))
        .await
        .expect("free");
    until(&|shown| matches!(shown, Some(Shown::Available(listing)) if listing.title == "A box"))
        .await;
    market::delete(&world.exchange, &seller, &ticket.id)
        .await
        .expect("free");
    until(&|shown| *shown == Some(Shown::Gone)).await;
    running.stop().await;
    world.check().await;
}
