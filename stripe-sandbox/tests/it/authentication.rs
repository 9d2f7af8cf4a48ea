//! 3-D Secure: completed, failed, and refused afterwards.

use crate::support::{start, text};

#[tokio::test]
async fn a_completed_authentication_holds_the_money() {
    let (sandbox, api) = start().await;
    let intent = api.create().await;
    let (id, secret) = (text(&intent, "id"), text(&intent, "client_secret"));
    let asked = sandbox.pay(&secret, "4000002760003184").await;
    assert_eq!(asked["status"], "requires_action");
    assert_eq!(asked["next_action"]["type"], "use_stripe_sdk");

    let held = sandbox.authenticate(&secret, true).await;
    assert_eq!(held["status"], "requires_capture");
    assert_eq!(
        api.intent(&id).await["next_action"],
        serde_json::Value::Null
    );
    let again = sandbox.authenticate(&secret, true).await;
    assert_eq!(again["error"]["code"], "payment_intent_unexpected_state");
    let types = api.event_types().await;
    assert!(
        types.contains(&"payment_intent.requires_action".to_owned()),
        "{types:?}"
    );
}

#[tokio::test]
async fn a_failed_authentication_lets_another_card_follow() {
    let (sandbox, api) = start().await;
    let intent = api.create().await;
    let (id, secret) = (text(&intent, "id"), text(&intent, "client_secret"));
    sandbox.pay(&secret, "4000002500003155").await;
    let failed = sandbox.authenticate(&secret, false).await;
    assert_eq!(failed["status"], "requires_payment_method");
    assert_eq!(
        failed["last_payment_error"]["code"],
        "payment_intent_authentication_failure"
    );
    assert_eq!(
        api.intent(&id).await["latest_charge"],
        serde_json::Value::Null
    );
    assert_eq!(
        sandbox.pay(&secret, "4242424242424242").await["status"],
        "requires_capture"
    );
}

#[tokio::test]
async fn an_authenticated_card_can_still_be_refused() {
    let (sandbox, api) = start().await;
    let secret = text(&api.create().await, "client_secret");
    sandbox.pay(&secret, "4000008260003178").await;
    let refused = sandbox.authenticate(&secret, true).await;
    assert_eq!(refused["error"]["decline_code"], "insufficient_funds");
    assert_eq!(
        refused["error"]["payment_intent"]["status"],
        "requires_payment_method"
    );
}

#[tokio::test]
async fn a_return_url_asks_for_a_redirect() {
    let (_sandbox, api) = start().await;
    let intent = api.create().await;
    let path = format!("/v1/payment_intents/{}/confirm", text(&intent, "id"));
    let form = [
        ("payment_method", "pm_card_authenticationRequired"),
        ("return_url", "http://shop.test/?a=1&b=2"),
    ];
    let action = &api.post(&path, &form).await.body["next_action"];
    assert_eq!(action["type"], "redirect_to_url");
    let url = text(&action["redirect_to_url"], "url");
    assert!(
        url.ends_with("&return_url=http%3A%2F%2Fshop.test%2F%3Fa%3D1%26b%3D2"),
        "{url}"
    );
}
