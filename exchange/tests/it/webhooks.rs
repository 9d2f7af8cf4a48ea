//! Webhooks: hints that are believed only after asking Stripe.

use domain::{
    Refusal,
    order::{Dispute, OrderStatus, RefundReason},
};
use exchange::{
    Error,
    payments::{
        self, refund,
        webhook::{self, Rejected},
    },
    vars,
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use stripe_sandbox::{FaultKind, Operation};

use crate::{
    harness::ulid,
    shop::{DISPUTED, Shop, VISA},
};

impl Shop {
    /// Sends a webhook as Stripe does.
    pub(crate) async fn tell(&self, kind: &str, object: Value) -> Result<(), Rejected> {
        self.deliver(&format!("evt_{kind}"), kind, object)
            .await
            .map(|acted| acted.expect("acts"))
    }

    /// Delivers the event with this id.
    pub(crate) async fn deliver(
        &self,
        id: &str,
        kind: &str,
        object: Value,
    ) -> Result<Result<(), Error>, Rejected> {
        let event = json!({ "id": id, "type": kind, "data": { "object": object } });
        let body = event.to_string();
        let seconds = self.world.exchange.clock.now().millis() / 1_000;
        let mut mac = Hmac::<Sha256>::new_from_slice(b"whsec_sandbox").expect("any length");
        mac.update(format!("{seconds}.{body}").as_bytes());
        let signature: String = mac
            .finalize()
            .into_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let header = format!("t={seconds},v1={signature}");
        webhook::receive(&self.world.exchange, body.as_bytes(), &header).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_refund_made_at_stripe_itself_is_taken_over_once() {
    let shop = Shop::new().await;
    let (_, order) = shop.paid().await;
    let intent = shop.intent(&order).await;
    // As if from the dashboard: an attempt that is none of ours.
    shop.world
        .exchange
        .stripe
        .refund(&order, 99, &intent)
        .await
        .expect("refunds");
    for kind in ["charge.refunded", "refund.updated", "charge.refunded"] {
        shop.tell(kind, json!({ "payment_intent": intent }))
            .await
            .expect("signed");
    }
    let refunded = shop.world.order(&order).await;
    assert_eq!(
        (refunded.status, refunded.refund_reason),
        (OrderStatus::Refunded, Some(RefundReason::Stripe))
    );
    let refunds = shop.world.exchange.stripe.refunds_of(&intent).await;
    assert_eq!(refunds.expect("lists").len(), 1);
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_webhook_claims_is_not_believed() {
    let shop = Shop::new().await;
    let (_, order) = shop.paid().await;
    let intent = shop.intent(&order).await;
    for kind in [
        "charge.refunded",
        "refund.updated",
        "payment_intent.canceled",
    ] {
        let claim = json!({
            "payment_intent": intent, "metadata": { "order": order }, "amount_refunded": 4_500, "status": "succeeded"
        });
        shop.tell(kind, claim).await.expect("signed");
    }
    assert_eq!(shop.world.order(&order).await.status, OrderStatus::Complete);
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_blocks_the_refund_and_is_in_the_ledger_when_lost() {
    for (won, ended) in [(true, Dispute::Won), (false, Dispute::Lost)] {
        let shop = Shop::new().await;
        let (_, order) = shop.paid_with(DISPUTED).await;
        let opened = shop.sandbox.disputes().await.remove(0);
        shop.tell("charge.dispute.created", opened.clone())
            .await
            .expect("signed");
        assert_eq!(shop.world.order(&order).await.dispute, Dispute::Open);
        let refused = refund::refund(&shop.world.exchange, &shop.buyer, &order).await;
        assert!(
            matches!(refused, Err(Error::Refused(Refusal::Disputed))),
            "{refused:?}"
        );
        let intent = shop.intent(&order).await;
        let closed = shop.sandbox.decide_dispute(&intent, won).await;
        let closed = closed.expect("undecided");
        // Twice, and what came before once more.
        for (kind, object) in [
            ("charge.dispute.closed", closed.clone()),
            ("charge.dispute.closed", closed),
            ("charge.dispute.updated", opened),
        ] {
            shop.tell(kind, object).await.expect("signed");
        }
        assert_eq!(shop.world.order(&order).await.dispute, ended);
        shop.world.check().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_that_comes_before_the_order_is_known_to_be_paid_is_noted() {
    let shop = Shop::new().await;
    let (_, order) = shop.held().await;
    let secret = shop.start(&order).await;
    shop.sandbox.pay(&secret, DISPUTED).await;
    // Captured at Stripe, whose answer does not arrive.
    shop.sandbox
        .faults()
        .add(Operation::Capture, FaultKind::TimeoutAfterWork, 1, None);
    let unanswered = payments::settle(&shop.world.exchange, &order).await;
    assert!(unanswered.is_err());
    let before = shop.world.order(&order).await;
    assert_eq!(before.status, OrderStatus::AwaitingPayment);
    let opened = shop.sandbox.disputes().await.remove(0);
    shop.tell("charge.dispute.created", opened)
        .await
        .expect("signed");
    let now = shop.world.order(&order).await;
    assert_eq!(
        (now.status, now.dispute),
        (OrderStatus::Complete, Dispute::Open)
    );
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_part_that_was_lost_the_ledger_has_that_part() {
    let shop = Shop::new().await;
    let (_, order) = shop.paid_with(DISPUTED).await;
    let intent = shop.intent(&order).await;
    shop.sandbox.lower_dispute(&intent, 1_200).await;
    let lost = shop.sandbox.decide_dispute(&intent, false).await;
    shop.tell("charge.dispute.closed", lost.expect("undecided"))
        .await
        .expect("signed");
    assert_eq!(shop.world.order(&order).await.dispute, Dispute::Lost);
    let db = &shop.world.exchange.db;
    let lost: Vec<i64> = db
        .read(
            "SELECT VALUE postings[WHERE account = 'disputes'][0].amount FROM ledger WHERE kind = 'dispute_lost'",
            vars! {},
        )
        .await
        .expect("reads")
        .many()
        .expect("an amount");
    assert_eq!(lost, [1_200]);
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_was_acted_on_is_not_acted_on_again() {
    let shop = Shop::new().await;
    let (_, order) = shop.held().await;
    let secret = shop.start(&order).await;
    shop.sandbox.pay(&secret, VISA).await;
    let (kind, object) = (
        "payment_intent.amount_capturable_updated",
        json!({ "metadata": { "order": order } }),
    );
    shop.tell(kind, object.clone()).await.expect("signed");
    assert_eq!(shop.world.order(&order).await.status, OrderStatus::Complete);
    let refunded = json!({ "payment_intent": shop.intent(&order).await });
    shop.tell("charge.refunded", refunded.clone())
        .await
        .expect("signed");
    // Asked once more, Stripe would not answer.
    shop.sandbox
        .faults()
        .add(Operation::Any, FaultKind::Error500, 1_000, None);
    shop.tell(kind, object).await.expect("signed");
    shop.tell("charge.refunded", refunded)
        .await
        .expect("signed");
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_of_orders_of_another_deployment_are_accepted() {
    let shop = Shop::new().await;
    let (_, order) = shop.paid_with(DISPUTED).await;
    let other = json!({ "order": ulid() });
    let dispute = shop.sandbox.disputes().await.remove(0);
    for kind in [
        "charge.dispute.created",
        "charge.refunded",
        "payment_intent.succeeded",
    ] {
        let object = json!({ "id": dispute["id"], "metadata": other });
        shop.tell(kind, object).await.expect("signed");
    }
    assert_eq!(shop.world.order(&order).await.dispute, Dispute::None);
    shop.world.check().await;
}
