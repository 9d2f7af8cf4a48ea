//! Holds end by themselves, on time and not before.

use std::{collections::HashMap, sync::Arc, time::Duration};

use domain::{
    order::{CancelReason, OrderStatus},
    ticket::TicketStatus,
};
use exchange::{
    clock::Clock,
    services::{self, Service},
    vars,
};

use crate::harness::{Running, World, eventually, press_pay, settings};

/// Has the sweep overlook every hold: it finds them by this column, and a
/// timer that fires goes by the other times of the record.
async fn hide_from_the_sweep(world: &World) {
    let never = "DEFINE FIELD OVERWRITE due_at ON ticket_order TYPE int VALUE 9000000000000000";
    world
        .exchange
        .db
        .transact("hide", never, vars! {})
        .await
        .expect("defines");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_is_due_is_released_by_its_timer_and_never_early() {
    let hold = Duration::from_secs(2);
    let mut settings = settings("http://127.0.0.1:9");
    settings.hold_times.hold = hold;
    let world = World::on_disk(settings).await;
    hide_from_the_sweep(&world).await;
    let seller = world.user("seller").await;
    let ticket = world.listed(&seller).await;
    let overlooked = world
        .reserve(&world.stranger(), &ticket)
        .await
        .expect("free");
    tokio::time::sleep(hold).await;
    services::catch_up(&world.exchange, &Service::ALL)
        .await
        .expect("looks");
    assert_eq!(
        world.order(&overlooked).await.status,
        OrderStatus::Created,
        "only a timer can end it"
    );

    let running = Running::start(&world.exchange).await;
    let mut orders = vec![overlooked];
    for _ in 0..20 {
        let ticket = world.listed(&seller).await;
        orders.push(
            world
                .reserve(&world.stranger(), &ticket)
                .await
                .expect("free"),
        );
    }
    eventually("every hold is released", async || {
        world.count(TicketStatus::Reserved).await == 0
    })
    .await;
    for id in orders {
        let order = world.order(&id).await;
        assert_eq!(order.cancel_reason, Some(CancelReason::Expired));
        assert!(
            order.updated_at >= order.expires_at,
            "early by {:?}",
            order.updated_at.until(order.expires_at)
        );
    }
    running.stop().await;
    world.check().await;
}

#[tokio::test]
async fn the_time_in_the_record_ends_a_hold_without_any_timer() {
    let mut settings = settings("http://127.0.0.1:9");
    settings.hold_times.hold = Duration::from_secs(1);
    let world = World::with(settings, Clock::default()).await;
    let ticket = world.listed(&world.user("seller").await).await;
    let (first, second) = (world.user("first").await, world.user("second").await);
    let lapsed = world.reserve(&first, &ticket).await.expect("free");
    assert!(world.reserve(&second, &ticket).await.is_err());
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    let paid = press_pay(&world.exchange, &first, &lapsed).await;
    assert!(
        matches!(
            paid,
            Err(exchange::Error::Refused(domain::Refusal::HoldEnded))
        ),
        "{paid:?}"
    );
    world.reserve(&second, &ticket).await.expect("free again");
    assert_eq!(world.order(&lapsed).await.status, OrderStatus::Cancelled);
    world.check().await;
}

#[tokio::test]
async fn what_became_due_while_nobody_was_there_is_caught_up_with() {
    let world = World::new().await;
    let seller = world.user("seller").await;
    let ticket = world.listed(&seller).await;
    let order = world
        .reserve(&world.user("buyer").await, &ticket)
        .await
        .expect("free");
    world
        .exchange
        .db
        .transact(
            "age",
            "UPDATE ticket_order SET due_at = 1, expires_at = 1",
            vars! {},
        )
        .await
        .expect("writes");
    services::catch_up(&world.exchange, &Service::ALL)
        .await
        .expect("catches up");
    assert_eq!(
        world.order(&order).await.cancel_reason,
        Some(CancelReason::Expired)
    );
    assert_eq!(
        world.ticket(&ticket.id).await.status,
        TicketStatus::Available
    );
    world.check().await;
}

/// Buyers with four holds each share their quota's record, and one hold whose
/// ticket names another order can never end.
#[tokio::test(flavor = "multi_thread")]
async fn holds_end_together_and_one_that_cannot_keeps_none_of_the_others() {
    let world = World::new().await;
    let seller = world.user("seller").await;
    let mut orders = Vec::new();
    for buyer in 0..5 {
        let buyer = world.user(&format!("buyer{buyer}")).await;
        for _ in 0..4 {
            let ticket = world.listed(&seller).await;
            orders.push(world.reserve(&buyer, &ticket).await.expect("free"));
        }
    }
    let (broken, held) = orders.split_last().expect("orders");
    let age = "UPDATE ticket_order SET due_at = 1, expires_at = 1;
        UPDATE ticket SET current_order = $other WHERE current_order = $broken";
    let vars = vars! { broken => broken.to_string(), other => held[0].to_string() };
    world
        .exchange
        .db
        .transact("age", age, vars)
        .await
        .expect("writes");
    services::catch_up(&world.exchange, &Service::ALL)
        .await
        .expect("catches up");
    for order in held {
        let order = world.order(order).await;
        assert_eq!(order.cancel_reason, Some(CancelReason::Expired));
    }
    assert_eq!(world.order(broken).await.status, OrderStatus::Created);
    assert_eq!(world.count(TicketStatus::Available).await, held.len());
    assert!(!world.violations().await.is_empty(), "the one is broken");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_unpaid_hold_the_same_buyer_waits() {
    let mut settings = settings("http://127.0.0.1:9");
    settings.hold_times.cooldown = Duration::from_secs(60);
    let world = Arc::new(World::with(settings, Clock::default()).await);
    let seller = world.user("seller").await;
    let buyer = world.user("buyer").await;
    let ticket = world.listed(&seller).await;
    let order = world.reserve(&buyer, &ticket).await.expect("free");
    exchange::orders::cancel(&world.exchange, &buyer, &order)
        .await
        .expect("unpaid");
    let again = world.reserve(&buyer, &ticket).await;
    assert!(
        matches!(
            again,
            Err(exchange::Error::Refused(
                domain::Refusal::CoolingDown { .. }
            ))
        ),
        "{again:?}"
    );
    world
        .reserve(&world.user("other").await, &ticket)
        .await
        .expect("free for others");
    let mut statuses = HashMap::new();
    statuses.insert(ticket.id.clone(), world.ticket(&ticket.id).await.status);
    assert_eq!(statuses[&ticket.id], TicketStatus::Reserved);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_whose_event_has_begun_ends() {
    let world = World::new().await;
    let seller = world.user("seller").await;
    let ticket = world.listed(&seller).await;
    world
        .exchange
        .db
        .transact(
            "begin",
            "UPDATE ticket SET starts_at = 1, begins_at = 1, zone = 'UTC'",
            vars! {},
        )
        .await
        .expect("writes");
    let running = Running::start(&world.exchange).await;
    eventually("it ends", async || {
        world.ticket(&ticket.id).await.status == TicketStatus::Ended
    })
    .await;
    running.stop().await;
    world.check().await;
}
