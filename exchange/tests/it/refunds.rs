//! The money back: once, whole, and whatever happens on the way.

use std::{sync::Arc, time::Duration};

use domain::{
    OrderId, Refusal, order::OrderStatus, payment::PaymentStatus, permission::Viewer,
    ticket::TicketStatus,
};
use exchange::{
    Error, orders,
    payments::{self, reconcile::reconcile, refund},
    platform::stripe::{Refund, RefundStatus},
};
use serde_json::json;
use stripe_sandbox::{FaultKind, Operation};

use crate::{
    harness::{Running, eventually},
    shop::{REFUND_COMES_BACK, REFUND_FAILS, REFUND_PENDING, Shop},
};

impl Shop {
    async fn refund(&self, order: &OrderId) -> Result<(), Error> {
        refund::refund(&self.world.exchange, &self.buyer, order).await
    }

    /// The refunds that Stripe has of the order.
    async fn refunds(&self, order: &OrderId) -> Vec<Refund> {
        let details = orders::view(&self.world.exchange, &self.buyer, order)
            .await
            .expect("party");
        let intent = details.payment.and_then(|payment| payment.intent);
        self.world
            .exchange
            .stripe
            .refunds_of(&intent.expect("an intent"))
            .await
            .expect("lists")
    }

    async fn status(&self, order: &OrderId) -> (OrderStatus, Option<PaymentStatus>) {
        let details = orders::view(&self.world.exchange, &self.buyer, order)
            .await
            .expect("party");
        (
            details.order.status,
            details.payment.map(|payment| payment.status),
        )
    }
}

const REFUNDED: (OrderStatus, Option<PaymentStatus>) =
    (OrderStatus::Refunded, Some(PaymentStatus::Refunded));

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_gives_exactly_the_price_back_and_the_ticket_returns() {
    let shop = Shop::new().await;
    let (ticket, order) = shop.paid().await;
    shop.refund(&order).await.expect("in time");
    assert_eq!(shop.status(&order).await, REFUNDED);
    let refunds = shop.refunds(&order).await;
    assert_eq!(refunds.len(), 1);
    assert_eq!(
        (refunds[0].amount, &refunds[0].status),
        (ticket.content.price, &RefundStatus::Succeeded)
    );
    let returned = shop.world.ticket(&ticket.id).await;
    assert_eq!(returned.status, TicketStatus::Available);
    let again = shop.refund(&order).await;
    assert!(
        matches!(again, Err(Error::Refused(Refusal::AlreadyRefunded))),
        "{again:?}"
    );
    // Somebody else buys it now.
    let next = shop.world.user("next").await;
    shop.world.reserve(&next, &returned).await.expect("free");
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refund_pressed_many_times_at_once_is_one_refund() {
    let shop = Arc::new(Shop::new().await);
    let (_, order) = shop.paid().await;
    let mut presses = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (shop, order) = (Arc::clone(&shop), order.clone());
        presses.spawn(async move { shop.refund(&order).await.is_ok() });
    }
    assert!(presses.join_all().await.contains(&true));
    payments::settle(&shop.world.exchange, &order)
        .await
        .expect("settles");
    assert_eq!(shop.status(&order).await, REFUNDED);
    assert_eq!(shop.refunds(&order).await.len(), 1);
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_stripe_answers_a_refund_is_made_once() {
    for fault in [
        FaultKind::Error500,
        FaultKind::Error500AfterWork,
        FaultKind::Error429,
        FaultKind::TimeoutAfterWork,
    ] {
        let shop = Shop::new().await;
        let (_, order) = shop.paid().await;
        shop.sandbox.faults().add(Operation::Refund, fault, 1, None);
        shop.refund(&order).await.expect("noted");
        eventually("it is refunded", async || {
            payments::settle(&shop.world.exchange, &order).await.ok();
            shop.status(&order).await == REFUNDED
        })
        .await;
        assert_eq!(shop.refunds(&order).await.len(), 1, "{fault:?}");
        shop.world.check().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_stripe_refuses_leaves_the_order_paid_and_may_be_tried_again() {
    let shop = Shop::new().await;
    let (ticket, order) = shop.paid().await;
    shop.sandbox
        .faults()
        .add(Operation::Refund, FaultKind::Error400, 1, None);
    shop.refund(&order).await.expect("noted");
    assert_eq!(
        shop.status(&order).await,
        (OrderStatus::Complete, Some(PaymentStatus::Captured))
    );
    assert_eq!(
        shop.world.ticket(&ticket.id).await.status,
        TicketStatus::Sold
    );
    let details = orders::view(&shop.world.exchange, &shop.buyer, &order)
        .await
        .expect("party");
    assert!(details.payment.expect("paid").refund_failure.is_some());
    shop.refund(&order).await.expect("again");
    assert_eq!(shop.status(&order).await, REFUNDED);
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_was_only_written_down_is_made_by_the_services() {
    let shop = Shop::new().await;
    let (_, order) = shop.paid().await;
    // A crash right after the commit.
    refund::request(&shop.world.exchange, &Viewer::Operator, &order)
        .await
        .expect("paid");
    assert_eq!(shop.status(&order).await.0, OrderStatus::Refunding);
    let running = Running::start(&shop.world.exchange).await;
    eventually("it is refunded", async || {
        shop.status(&order).await == REFUNDED
    })
    .await;
    running.stop().await;
    assert_eq!(shop.refunds(&order).await.len(), 1);
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_is_for_the_buyer_of_a_paid_order_and_for_nobody_else() {
    let shop = Shop::new().await;
    let (_, held) = shop.held().await;
    let (_, paid) = shop.paid().await;
    let refund = async |viewer: &Viewer, order: &OrderId| {
        refund::refund(&shop.world.exchange, viewer, order)
            .await
            .expect_err("refused")
    };
    let unpaid = refund(&shop.buyer, &held).await;
    assert!(
        matches!(unpaid, Error::Refused(Refusal::NotPaid)),
        "{unpaid:?}"
    );
    let seller = refund(&shop.seller, &paid).await;
    assert!(matches!(seller, Error::Forbidden), "{seller:?}");
    let stranger = refund(&shop.world.stranger(), &paid).await;
    assert!(matches!(stranger, Error::NotFound), "{stranger:?}");
    let nobody = refund(&Viewer::Anyone, &paid).await;
    assert!(matches!(nobody, Error::Unauthenticated), "{nobody:?}");
    assert!(shop.refunds(&paid).await.is_empty());
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_is_refused_after_the_window() {
    let shop = Shop::with(|settings| settings.refund_window = Duration::ZERO).await;
    let (_, order) = shop.paid().await;
    let late = shop.refund(&order).await;
    assert!(
        matches!(late, Err(Error::Refused(Refusal::RefundTooLate))),
        "{late:?}"
    );
    assert!(shop.refunds(&order).await.is_empty());
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_takes_time_ends_as_stripe_says() {
    let shop = Shop::new().await;
    for (card, ended) in [
        (REFUND_PENDING, REFUNDED),
        (
            REFUND_FAILS,
            (OrderStatus::Complete, Some(PaymentStatus::Captured)),
        ),
    ] {
        shop.sandbox.set_clock_offset(0);
        let (_, order) = shop.paid_with(card).await;
        shop.refund(&order).await.expect("noted");
        assert_eq!(shop.status(&order).await.0, OrderStatus::Refunding);
        let again = shop.refund(&order).await;
        assert!(
            matches!(again, Err(Error::Refused(Refusal::BeingRefunded))),
            "{again:?}"
        );
        shop.sandbox.set_clock_offset(60);
        payments::settle(&shop.world.exchange, &order)
            .await
            .expect("settles");
        assert_eq!(shop.status(&order).await, ended, "{card}");
        assert_eq!(shop.refunds(&order).await.len(), 1);
    }
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_comes_back_after_it_succeeded_is_left_to_a_person() {
    let shop = Shop::new().await;
    let (_, order) = shop.paid_with(REFUND_COMES_BACK).await;
    shop.refund(&order).await.expect("in time");
    assert_eq!(shop.status(&order).await, REFUNDED);
    shop.sandbox.set_clock_offset(60);
    let intent = shop.intent(&order).await;
    shop.tell("refund.failed", json!({ "payment_intent": intent }))
        .await
        .expect("signed");
    // The ticket may be somebody else's by now.
    assert_eq!(shop.status(&order).await, REFUNDED);
    let day = Duration::from_secs(24 * 3_600);
    let report = reconcile(&shop.world.exchange, day, false).await;
    let found = report.expect("Stripe answers").for_a_person;
    assert!(
        matches!(&*found, [one] if one.contains(order.as_str()) && one.contains("not at Stripe")),
        "{found:?}"
    );
    shop.world.check().await;
}
