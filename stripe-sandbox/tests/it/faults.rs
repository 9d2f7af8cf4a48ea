//! The switches, in the process and over HTTP.

use std::time::{Duration, Instant};

use crate::support::{INTENT, start, text};
use serde_json::json;
use stripe_sandbox::{FaultKind, Operation};

const PATH: &str = "/v1/payment_intents";

#[tokio::test]
async fn a_timeout_after_work_hides_what_was_done() {
    let (sandbox, api) = start().await;
    sandbox
        .faults()
        .add(Operation::Create, FaultKind::TimeoutAfterWork, 1, None);
    let patience = Some(Duration::from_millis(200));
    let gone = api.try_post(PATH, &INTENT, Some("key"), patience).await;
    assert!(gone.is_err_and(|error| error.is_timeout()));
    assert_eq!(sandbox.intents().await.len(), 1);
    assert!(api.post_with_key(PATH, &INTENT, "key").await.replayed);
}

#[tokio::test]
async fn rules_are_used_in_order_and_used_up() {
    let (_sandbox, api) = start().await;
    let rules = json!({ "rules": [
        { "match": "capture", "kind": "error_500" },
        { "match": "create", "kind": "error_429", "times": 2 },
        { "match": "*", "kind": "delay_ms", "value": 300 },
    ] });
    let shown = api.post_json("/_sandbox/faults", &rules).await;
    assert_eq!(shown.status, 200);
    assert_eq!(api.post(PATH, &INTENT).await.status, 429);
    assert_eq!(api.post(PATH, &INTENT).await.status, 429);
    let begun = Instant::now();
    let intent = api.create().await;
    assert!(begun.elapsed() >= Duration::from_millis(300));
    let capture = format!("{PATH}/{}/capture", text(&intent, "id"));
    assert_eq!(api.post(&capture, &[]).await.status, 500);
    assert_eq!(api.post(&capture, &[]).await.status, 400);
}

#[tokio::test]
async fn reading_can_fail_too() {
    let (sandbox, api) = start().await;
    let path = format!("{PATH}/{}", text(&api.create().await, "id"));
    for (kind, status) in [(FaultKind::Error429, 429), (FaultKind::Error500, 500)] {
        sandbox.faults().add(Operation::Retrieve, kind, 1, None);
        assert_eq!(api.get(&path).await.status, status);
    }
    assert_eq!(api.get(&path).await.status, 200);
}

#[tokio::test]
async fn a_refusal_does_nothing_and_stays_one_under_its_key() {
    let (sandbox, api) = start().await;
    let intent = api.create().await;
    sandbox
        .pay(&text(&intent, "client_secret"), "4242424242424242")
        .await;
    let path = format!("{PATH}/{}", text(&intent, "id"));
    let capture = format!("{path}/capture");
    sandbox
        .faults()
        .add(Operation::Capture, FaultKind::Error400, 1, None);
    assert_eq!(api.post_with_key(&capture, &[], "one").await.status, 400);
    let again = api.post_with_key(&capture, &[], "one").await;
    assert_eq!((again.status, again.replayed), (400, true));
    assert_eq!(api.get(&path).await.body["status"], "requires_capture");
    assert_eq!(api.post_with_key(&capture, &[], "two").await.status, 200);
}

#[tokio::test]
async fn an_intent_can_read_as_processing_wherever_it_stands() {
    let (sandbox, api) = start().await;
    let intent = api.create().await;
    let path = format!("{PATH}/{}", text(&intent, "id"));
    sandbox
        .faults()
        .add(Operation::Retrieve, FaultKind::Processing, 1, None);
    for status in ["processing", "requires_payment_method"] {
        assert_eq!(api.get(&path).await.body["status"], status);
    }
}

#[tokio::test]
async fn a_reset_forgets_everything() {
    let (sandbox, api) = start().await;
    api.create().await;
    sandbox
        .faults()
        .add(Operation::Any, FaultKind::Error500, 9, None);
    let state = api.get("/_sandbox/state").await.body;
    assert_eq!(
        state["state"]["intents"]
            .as_object()
            .map(serde_json::Map::len),
        Some(1)
    );
    assert_eq!(
        api.post_json("/_sandbox/reset", &json!({})).await.status,
        200
    );
    assert!(sandbox.intents().await.is_empty());
    api.create().await;
}

#[tokio::test]
async fn the_clock_can_be_moved() {
    let (_sandbox, api) = start().await;
    let before = api.create().await["created"].as_i64().expect("a time");
    api.post_json("/_sandbox/settings", &json!({ "clock_offset": 7200 }))
        .await;
    let after = api.create().await["created"].as_i64().expect("a time");
    assert!((7200..7260).contains(&(after - before)));
}
