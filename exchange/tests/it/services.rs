//! Services as processes of their own, and more than one of each.

use std::time::Duration;

use domain::{
    order::{CancelReason, OrderStatus},
    permission::Viewer,
    ticket::TicketStatus,
};
use exchange::{market, payments::refund, platform::outbox, services::Service, vars};
use futures::StreamExt;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::{
    harness::{Running, World, eventually, typed},
    shop::Shop,
};

async fn unsent(world: &World) -> usize {
    let sql = "SELECT VALUE 1 FROM event WHERE unsent != NONE";
    let rows = world.exchange.db.read(sql, vars! {}).await;
    rows.expect("reads").many::<i64>().expect("rows").len()
}

#[tokio::test(flavor = "multi_thread")]
async fn split_and_replicated_they_do_what_one_process_does() {
    let shop = Shop::with_hold(Duration::from_secs(2)).await;
    let (world, exchange) = (&shop.world, &shop.world.exchange);
    let (_, paid) = shop.paid().await;
    let alone = Service::ALL.map(|service| vec![service]);
    let running = Running::split(exchange, [alone.clone(), alone].concat()).await;
    let id = market::create(exchange, &shop.seller, typed("Two seats"))
        .await
        .expect("lists");
    eventually("it is judged", async || {
        world.ticket(&id).await.status == TicketStatus::Available
    })
    .await;
    let ticket = world.ticket(&id).await;
    let held = world.reserve(&shop.buyer, &ticket).await.expect("free");
    refund::request(exchange, &Viewer::Operator, &paid)
        .await
        .expect("paid");
    eventually("the hold ends, and the money goes back", async || {
        let order = world.order(&held).await;
        order.cancel_reason == Some(CancelReason::Expired)
            && world.order(&paid).await.status == OrderStatus::Refunded
    })
    .await;
    eventually("all is told", async || unsent(world).await == 0).await;
    // Whoever would write again has had the time to.
    tokio::time::sleep(Duration::from_secs(5)).await;
    running.stop().await;
    let mut told: Vec<String> = world
        .mails()
        .into_iter()
        .map(|mail| format!("{} {}", mail.to, mail.subject))
        .collect();
    told.sort_unstable();
    let expected = [
        "buyer@example.org Refunded: Two seats on the aisle",
        "buyer@example.org Reservation expired: Two seats",
        "buyer@example.org Your ticket: Two seats on the aisle",
        "seller@example.org Sale refunded: Two seats on the aisle",
        "seller@example.org Sold: Two seats on the aisle",
    ];
    assert_eq!(told, expected);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_died_is_followed_by_another() {
    let world = World::shared().await;
    let seller = world.user("seller").await;
    let set = async |until: &str| {
        let sql = format!(
            "UPSERT lease:relay SET holder = 'dead', until = time::millis(time::now() {until})"
        );
        let written = world.exchange.db.transact("set", &sql, vars! {}).await;
        written.expect("writes");
    };
    let running = Running::start(&world.exchange).await;
    eventually("all is told", async || unsent(&world).await == 0).await;
    // As long as a term, or nobody would believe it; whoever relays asks within two
    // seconds.
    set("+ 5900ms").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    world.listed(&seller).await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(unsent(&world).await > 0, "it is another's turn");
    set("- 1s").await;
    eventually("its turn is over", async || unsent(&world).await == 0).await;
    running.stop().await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_relay_tells_those_who_do() {
    let world = World::new().await;
    let running = Running::split(&world.exchange, Vec::new()).await;
    let client = running.bus.context().client();
    let mut told = client.subscribe("relay.wake").await.expect("subscribes");
    client.flush().await.expect("a broker");
    let stop = CancellationToken::new();
    let without = tokio::spawn(outbox::run(
        world.exchange.db.clone(),
        running.bus.clone(),
        None,
        stop.clone(),
    ));
    world.user("seller").await;
    timeout(Duration::from_secs(10), told.next())
        .await
        .expect("in time")
        .expect("told");
    // The broker's absence holds up nobody.
    running.stop().await;
    world.user("buyer").await;
    stop.cancel();
    timeout(Duration::from_secs(10), without)
        .await
        .expect("in time")
        .expect("ends");
    world.check().await;
}
