//! What a state file carries over.

use crate::support::{Api, INTENT, Receiver, text};
use stripe_sandbox::{Config, Sandbox};

#[tokio::test]
async fn state_keys_and_pending_deliveries_outlive_the_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = Config {
        state: Some(folder.path().join("state.json")),
        // Nobody listens on this port: the deliveries stay pending.
        webhook_url: Some("http://127.0.0.1:9/".to_owned()),
        ..Config::default()
    };
    let sandbox = Sandbox::start(config.clone()).await.expect("it starts");
    let api = Api::of(&sandbox);
    let created = api
        .post_with_key("/v1/payment_intents", &INTENT, "key")
        .await
        .body;
    sandbox
        .pay(&text(&created, "client_secret"), "4000002760003184")
        .await;
    let (intents, events) = (sandbox.intents().await, api.event_types().await);
    sandbox.shutdown().await;

    let (receiver, url) = Receiver::start(0).await;
    let config = Config {
        webhook_url: Some(url),
        ..config
    };
    let sandbox = Sandbox::start(config).await.expect("it starts again");
    let api = Api::of(&sandbox);
    assert_eq!(sandbox.intents().await, intents);
    assert_eq!(api.event_types().await, events);
    receiver.wait_for(2).await;
    let mut types = receiver.types();
    types.sort();
    assert_eq!(
        types,
        ["payment_intent.created", "payment_intent.requires_action"]
    );
    let again = api
        .post_with_key("/v1/payment_intents", &INTENT, "key")
        .await;
    assert_eq!((again.replayed, again.body), (true, created.clone()));
    let held = sandbox
        .authenticate(&text(&created, "client_secret"), true)
        .await;
    assert_eq!(held["status"], "requires_capture");
}

#[tokio::test]
async fn a_file_that_is_no_state_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.json");
    std::fs::write(&path, "not JSON").expect("it writes");
    let config = Config {
        state: Some(path),
        ..Config::default()
    };
    let error = Sandbox::start(config).await.expect_err("it must not start");
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
}
