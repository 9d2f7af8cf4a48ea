//! `Idempotency-Key`, as Stripe documents it.

use std::time::Duration;

use crate::support::{INTENT, start, text};
use stripe_sandbox::{FaultKind, Operation};

const PATH: &str = "/v1/payment_intents";

#[tokio::test]
async fn the_same_call_is_answered_the_same_and_done_once() {
    let (sandbox, api) = start().await;
    let first = api.post_with_key(PATH, &INTENT, "order-1:create:1").await;
    let again = api.post_with_key(PATH, &INTENT, "order-1:create:1").await;
    assert_eq!((first.replayed, again.replayed), (false, true));
    assert_eq!(first.body, again.body);
    assert_eq!(sandbox.intents().await.len(), 1);
    let event = &api.get("/v1/events").await.body["data"][0];
    assert_eq!(event["request"]["idempotency_key"], "order-1:create:1");
}

#[tokio::test]
async fn a_key_belongs_to_one_call() {
    let (_sandbox, api) = start().await;
    let intent = api.post_with_key(PATH, &INTENT, "key").await.body;
    let other = [("amount", "99999"), ("currency", "eur")];
    let cancel = format!("{PATH}/{}/cancel", text(&intent, "id"));
    for refused in [
        api.post_with_key(PATH, &other, "key").await,
        api.post_with_key(&cancel, &[], "key").await,
    ] {
        assert_eq!(refused.status, 400);
        assert_eq!(refused.body["error"]["type"], "idempotency_error");
    }
}

#[tokio::test]
async fn saved_errors_are_replayed() {
    let (sandbox, api) = start().await;
    let id = text(&api.create().await, "id");
    let confirm = format!("{PATH}/{id}/confirm");
    let declined = [("payment_method", "pm_card_visa_chargeDeclined")];
    let first = api.post_with_key(&confirm, &declined, "confirm").await;
    let again = api.post_with_key(&confirm, &declined, "confirm").await;
    assert_eq!(
        (first.status, again.status, again.replayed),
        (402, 402, true)
    );
    assert_eq!(first.body, again.body);
    let failures = api.event_types().await;
    assert_eq!(
        failures
            .iter()
            .filter(|kind| *kind == "charge.failed")
            .count(),
        1
    );

    for kind in [FaultKind::Error500, FaultKind::Error500AfterWork] {
        sandbox.faults().add(Operation::Create, kind, 1, None);
        let key = format!("{kind:?}");
        assert_eq!(api.post_with_key(PATH, &INTENT, &key).await.status, 500);
        let again = api.post_with_key(PATH, &INTENT, &key).await;
        assert_eq!((again.status, again.replayed), (500, true), "{kind:?}");
    }
    assert_eq!(
        sandbox.intents().await.len(),
        2,
        "one of them was created after all"
    );
}

#[tokio::test]
async fn what_was_refused_before_execution_is_not_saved() {
    let (sandbox, api) = start().await;
    sandbox
        .faults()
        .add(Operation::Create, FaultKind::Error429, 1, None);
    assert_eq!(api.post_with_key(PATH, &INTENT, "key").await.status, 429);
    assert_eq!(
        api.post_with_key(PATH, &[("amount", "1")], "key")
            .await
            .status,
        400
    );
    let done = api.post_with_key(PATH, &INTENT, "key").await;
    assert_eq!((done.status, done.replayed), (200, false));
}

#[tokio::test]
async fn a_key_in_use_is_a_conflict() {
    let (sandbox, api) = start().await;
    sandbox
        .faults()
        .add(Operation::Create, FaultKind::DelayMs, 1, Some(500));
    let slow = tokio::spawn({
        let api = api.clone();
        async move { api.post_with_key(PATH, &INTENT, "key").await }
    });
    tokio::time::sleep(Duration::from_millis(150)).await;
    let refused = api.post_with_key(PATH, &INTENT, "key").await;
    assert_eq!(
        (refused.status, refused.code()),
        (409, "idempotency_key_in_use")
    );
    assert_eq!(slow.await.expect("no panic").status, 200);
    assert!(api.post_with_key(PATH, &INTENT, "key").await.replayed);
}

#[tokio::test]
async fn a_client_that_hangs_up_finds_its_work_done() {
    let (sandbox, api) = start().await;
    sandbox
        .faults()
        .add(Operation::Create, FaultKind::DelayMs, 1, Some(300));
    let patience = Some(Duration::from_millis(50));
    let gone = api.try_post(PATH, &INTENT, Some("key"), patience).await;
    assert!(gone.is_err_and(|error| error.is_timeout()));
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(api.post_with_key(PATH, &INTENT, "key").await.replayed);
    assert_eq!(sandbox.intents().await.len(), 1);
}

#[tokio::test]
async fn keys_are_forgotten_after_a_day() {
    let (sandbox, api) = start().await;
    api.post_with_key(PATH, &INTENT, "key").await;
    sandbox.set_clock_offset(24 * 60 * 60 + 60);
    assert!(!api.post_with_key(PATH, &INTENT, "key").await.replayed);
    assert_eq!(sandbox.intents().await.len(), 2);
}
