//! What the reconciler finds and mends.

use std::time::Duration;

use domain::{
    Amount, OrderId,
    order::{OrderStatus, RefundReason},
};
use exchange::{
    Exchange,
    clock::Clock,
    orders, payments,
    payments::reconcile::{Report, reconcile},
};
use stripe_sandbox::{FaultKind, Operation};

use crate::{
    harness::ulid,
    shop::{Shop, VISA},
};

const DAY: Duration = Duration::from_secs(24 * 3_600);

impl Shop {
    /// The same exchange in a minute: what is young now is not any more.
    fn later(&self) -> Exchange {
        let exchange = &self.world.exchange;
        Exchange::new(
            exchange.db.clone(),
            Clock::with_offset(60),
            exchange.settings.clone(),
        )
        .expect("settings")
    }

    async fn would_do(&self) -> Report {
        let report = reconcile(&self.later(), DAY, true).await;
        report.expect("Stripe answers")
    }

    async fn reconciled(&self) -> Report {
        let report = reconcile(&self.later(), DAY, false).await;
        report.expect("Stripe answers")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_all_is_well_there_is_nothing_to_do() {
    let shop = Shop::new().await;
    shop.paid().await;
    let report = shop.reconciled().await;
    assert_eq!(report.compared, 1);
    assert_eq!(
        (report.done, report.for_a_person, report.failed),
        (vec![], vec![], vec![])
    );
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_everybody_left_alone_is_driven_to_its_end() {
    let shop = Shop::new().await;
    let (_, order) = shop.held().await;
    let secret = shop.start(&order).await;
    shop.sandbox.pay(&secret, VISA).await;
    let young = reconcile(&shop.world.exchange, DAY, false).await;
    assert_eq!(young.expect("Stripe answers").open, 0, "it is young");

    let report = shop.would_do().await;
    assert_eq!(report.done, [format!("order {order}: take the order")]);
    assert_eq!(shop.world.order(&order).await.status, OrderStatus::Created);
    shop.reconciled().await;
    assert_eq!(shop.world.order(&order).await.status, OrderStatus::Complete);
    assert_eq!(shop.would_do().await.done, Vec::<String>::new());
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intent_that_no_payment_goes_by_is_cancelled() {
    let shop = Shop::new().await;
    let (_, order) = shop.held().await;
    shop.sandbox
        .faults()
        .add(Operation::Create, FaultKind::Error500AfterWork, 1, None);
    let secret = shop.start(&order).await;
    assert_eq!(shop.intents("requires_payment_method").await, 2);

    let report = shop.would_do().await;
    assert_eq!(report.done.len(), 1, "{report:?}");
    assert_eq!(shop.intents("requires_payment_method").await, 2);
    shop.reconciled().await;
    assert_eq!(shop.intents("requires_payment_method").await, 1);
    assert_eq!(shop.intents("canceled").await, 1);

    // The other one is the payment's, and can be paid.
    shop.sandbox.pay(&secret, VISA).await;
    payments::settle(&shop.world.exchange, &order)
        .await
        .expect("settles");
    assert_eq!(shop.world.order(&order).await.status, OrderStatus::Complete);
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_without_an_order_is_found_and_left_to_a_person() {
    let shop = Shop::new().await;
    let stripe = &shop.world.exchange.stripe;
    let currency = shop.world.exchange.settings.currency;
    let mut lost = Vec::new();
    for _ in 0..2 {
        let order: OrderId = ulid().parse().expect("a ULID");
        let intent = stripe
            .create(&order, 1, Amount::from_minor(4_500), currency)
            .await
            .expect("creates");
        let secret = intent.client_secret.expect("a secret");
        shop.sandbox.pay(&secret, VISA).await;
        lost.push((order, intent.id));
    }
    let (order, intent) = &lost[0];
    stripe.capture(order, 1, intent).await.expect("captures");

    let report = shop.reconciled().await;
    assert_eq!(report.for_a_person.len(), 2, "{report:?}");
    for (order, intent) in &lost {
        assert!(
            report
                .for_a_person
                .iter()
                .any(|line| line.contains(intent) && line.contains(order.as_str()))
        );
    }
    assert_eq!(report.done, Vec::<String>::new());
    assert_eq!(shop.intents("succeeded").await, 1);
    assert_eq!(shop.intents("requires_capture").await, 1);
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_taken_for_a_cancelled_order_is_left_to_a_person() {
    let shop = Shop::new().await;
    let (_, order) = shop.held().await;
    let secret = shop.start(&order).await;
    shop.sandbox.pay(&secret, VISA).await;
    orders::cancel(&shop.world.exchange, &shop.buyer, &order)
        .await
        .expect("held");
    // As somebody does in Stripe's dashboard.
    let intent = shop.intent(&order).await;
    let stripe = &shop.world.exchange.stripe;
    stripe.capture(&order, 99, &intent).await.expect("captures");
    let report = shop.reconciled().await;
    assert_eq!(report.for_a_person.len(), 1, "{report:?}");
    assert_eq!(report.done, Vec::<String>::new());
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_made_at_stripe_is_found_without_its_webhook() {
    let shop = Shop::new().await;
    let (_, order) = shop.paid().await;
    shop.refund_at_stripe(&order, None).await;
    let report = shop.would_do().await;
    assert_eq!(report.done.len(), 1, "{report:?}");
    assert_eq!(shop.world.order(&order).await.status, OrderStatus::Complete);
    shop.reconciled().await;
    let refunded = shop.world.order(&order).await;
    assert_eq!(
        (refunded.status, refunded.refund_reason),
        (OrderStatus::Refunded, Some(RefundReason::Stripe))
    );
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_refund_of_an_old_sale_is_found() {
    let shop = Shop::new().await;
    let (_, order) = shop.paid().await;
    let in_a_week = 7 * 24 * 3_600;
    shop.sandbox.set_clock_offset(in_a_week);
    shop.refund_at_stripe(&order, None).await;
    let exchange = &shop.world.exchange;
    let clock = Clock::with_offset(in_a_week + 60);
    let later = Exchange::new(exchange.db.clone(), clock, exchange.settings.clone());
    let report = reconcile(&later.expect("settings"), DAY, false).await;
    assert_eq!(report.expect("Stripe answers").done.len(), 1);
    assert_eq!(shop.world.order(&order).await.status, OrderStatus::Refunded);
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_refunded_at_stripe_are_left_to_a_person() {
    let shop = Shop::new().await;
    let (_, order) = shop.paid().await;
    // The second part is the rest.
    for part in [100, 4_400] {
        shop.refund_at_stripe(&order, Some(part)).await;
        let report = shop.reconciled().await;
        assert_eq!(report.for_a_person.len(), 1, "{report:?}");
        assert_eq!(report.done, Vec::<String>::new());
        assert_eq!(shop.world.order(&order).await.status, OrderStatus::Complete);
    }
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_stripe_is_away_nothing_is_decided() {
    let shop = Shop::new().await;
    shop.paid().await;
    shop.sandbox
        .faults()
        .add(Operation::Retrieve, FaultKind::Error500, 1, None);
    let report = shop.reconciled().await;
    assert_eq!(
        (report.failed.len(), report.done.len()),
        (1, 0),
        "{report:?}"
    );
    shop.world.check().await;
}
