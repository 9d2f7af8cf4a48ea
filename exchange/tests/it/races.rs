//! Everybody at once.

use std::sync::Arc;

use domain::{Refusal, order::OrderStatus, ticket::TicketStatus};
use exchange::{Error, orders};
use tokio::task::JoinSet;

use crate::harness::{World, settings};

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_buyers_of_one_ticket_have_one_winner() {
    let world = Arc::new(World::on_disk(settings("http://127.0.0.1:9")).await);
    let ticket = world.listed(&world.user("seller").await).await;
    let mut buyers = JoinSet::new();
    for _ in 0..200 {
        let (world, ticket) = (Arc::clone(&world), ticket.clone());
        buyers.spawn(async move { world.reserve(&world.stranger(), &ticket).await });
    }
    let mut winners = 0;
    for outcome in buyers.join_all().await {
        match outcome {
            Ok(_) => winners += 1,
            Err(error) => assert!(
                matches!(error, Error::Refused(Refusal::Reserved)),
                "{error:?}"
            ),
        }
    }
    assert_eq!(winners, 1);
    assert_eq!(
        world.ticket(&ticket.id).await.status,
        TicketStatus::Reserved
    );
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_buyer_on_twenty_tickets_gets_exactly_as_many_as_allowed() {
    let world = Arc::new(World::on_disk(settings("http://127.0.0.1:9")).await);
    let seller = world.user("seller").await;
    let buyer = world.user("buyer").await;
    let mut attempts = JoinSet::new();
    for _ in 0..20 {
        let ticket = world.listed(&seller).await;
        let (world, buyer) = (Arc::clone(&world), buyer.clone());
        attempts.spawn(async move { world.reserve(&buyer, &ticket).await });
    }
    let outcomes = attempts.join_all().await;
    for outcome in &outcomes {
        assert!(
            matches!(
                outcome,
                Ok(_) | Err(Error::Refused(Refusal::TooManyHolds { max: 4 }))
            ),
            "{outcome:?}"
        );
    }
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 4);
    assert_eq!(world.count(TicketStatus::Reserved).await, 4);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancel_and_edit_and_reserve_at_once_leave_a_legal_state() {
    let world = Arc::new(World::new().await);
    let seller = world.user("seller").await;
    for _ in 0..20 {
        let ticket = world.listed(&seller).await;
        let buyer = world.stranger();
        let order = world.reserve(&buyer, &ticket).await.expect("free");
        let mut tasks = JoinSet::new();
        for _ in 0..2 {
            let (world, buyer, order) = (Arc::clone(&world), buyer.clone(), order.clone());
            tasks.spawn(async move {
                orders::cancel(&world.exchange, &buyer, &order)
                    .await
                    .is_ok()
            });
        }
        for _ in 0..2 {
            let (world, ticket) = (Arc::clone(&world), ticket.clone());
            tasks.spawn(async move {
                world.reserve(&world.stranger(), &ticket).await.ok();
                false
            });
        }
        let (world_, seller_, id) = (Arc::clone(&world), seller.clone(), ticket.id.clone());
        tasks.spawn(async move {
            exchange::market::delete(&world_.exchange, &seller_, &id)
                .await
                .ok();
            false
        });
        let cancelled = tasks
            .join_all()
            .await
            .into_iter()
            .filter(|done| *done)
            .count();
        assert_eq!(cancelled, 1, "one of two cancels counts");
        assert_eq!(world.order(&order).await.status, OrderStatus::Cancelled);
    }
    world.check().await;
}
