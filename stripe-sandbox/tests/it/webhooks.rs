//! Deliveries: signed, repeated until accepted, and misbehaving on demand.

use std::time::Duration;

use crate::support::{Api, Receiver, start, text};
use stripe_sandbox::{Config, Sandbox, WebhookFaults};
use stripe_webhook::{EventObject, Webhook};

async fn pay(sandbox: &Sandbox, api: &Api) {
    let intent = api.create().await;
    sandbox
        .pay(&text(&intent, "client_secret"), "4242424242424242")
        .await;
}

const PAID: [&str; 3] = [
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.amount_capturable_updated",
];

#[tokio::test]
async fn events_are_delivered_signed_and_in_order() {
    let (sandbox, api) = start().await;
    let (receiver, url) = Receiver::start(0).await;
    sandbox.set_webhook_url(url);
    pay(&sandbox, &api).await;
    receiver.wait_for(3).await;
    assert_eq!(receiver.types(), PAID);

    let secret = Config::default().webhook_secret;
    for (signature, payload) in receiver.received() {
        assert!(Webhook::construct_event(&payload, &signature, "whsec_other").is_err());
        let event = Webhook::construct_event(&payload, &signature, &secret).expect("it verifies");
        match event.data.object {
            EventObject::PaymentIntentCreated(intent)
            | EventObject::PaymentIntentAmountCapturableUpdated(intent) => {
                assert_eq!(intent.amount, 1234)
            }
            EventObject::ChargeSucceeded(charge) => assert_eq!(charge.amount, 1234),
            other => panic!("not parsed as its type: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_refused_delivery_is_repeated() {
    let (sandbox, api) = start().await;
    let (receiver, url) = Receiver::start(2).await;
    sandbox.set_webhook_url(url);
    api.create().await;
    receiver.wait_for(1).await;
    for _ in 0..100 {
        if sandbox.pending_deliveries().await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(sandbox.pending_deliveries().await, 0);
    assert_eq!(receiver.types(), PAID[..1]);
}

#[tokio::test]
async fn a_held_delivery_is_signed_when_it_leaves() {
    let (sandbox, api) = start().await;
    let (receiver, url) = Receiver::start(0).await;
    sandbox.set_webhook_url(url);
    sandbox.faults().set_webhooks(WebhookFaults {
        hold: true,
        ..WebhookFaults::default()
    });
    pay(&sandbox, &api).await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert!(receiver.received().is_empty());

    sandbox.set_clock_offset(3600);
    sandbox.faults().set_webhooks(WebhookFaults {
        reverse: true,
        ..WebhookFaults::default()
    });
    receiver.wait_for(3).await;
    let mut reversed = PAID;
    reversed.reverse();
    assert_eq!(receiver.types(), reversed);
    let (signature, payload) = receiver.received().remove(0);
    let event: serde_json::Value = serde_json::from_str(&payload).expect("JSON");
    let signed = signature.trim_start_matches("t=").split(',').next();
    let signed: i64 = signed.and_then(|time| time.parse().ok()).expect("a time");
    assert!(signed - event["created"].as_i64().expect("a time") >= 3600);
}

#[tokio::test]
async fn deliveries_are_dropped_delayed_and_duplicated() {
    let (sandbox, api) = start().await;
    let (receiver, url) = Receiver::start(0).await;
    sandbox.set_webhook_url(url);
    sandbox.faults().set_webhooks(WebhookFaults {
        types: vec!["payment_intent.created".to_owned()],
        drop: true,
        ..WebhookFaults::default()
    });
    pay(&sandbox, &api).await;
    receiver.wait_for(2).await;
    assert_eq!(receiver.types(), PAID[1..]);

    sandbox.faults().set_webhooks(WebhookFaults {
        delay_ms: 300,
        duplicate: 2,
        ..WebhookFaults::default()
    });
    api.create().await;
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert_eq!(receiver.received().len(), 2);
    receiver.wait_for(5).await;
    assert_eq!(receiver.types()[2..], [PAID[0]; 3]);
}
