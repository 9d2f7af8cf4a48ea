//! Refunds: in parts, at most what was captured.

use crate::support::{Api, start, text};
use stripe_sandbox::Sandbox;

async fn captured(sandbox: &Sandbox, api: &Api, card: &str) -> String {
    let intent = api.create().await;
    let id = text(&intent, "id");
    sandbox.pay(&text(&intent, "client_secret"), card).await;
    api.post(&format!("/v1/payment_intents/{id}/capture"), &[])
        .await;
    id
}

#[tokio::test]
async fn no_more_is_refunded_than_was_captured() {
    let (sandbox, api) = start().await;
    let id = captured(&sandbox, &api, "4242424242424242").await;
    let part = api
        .post("/v1/refunds", &[("payment_intent", &id), ("amount", "234")])
        .await;
    assert_eq!((part.status, &part.body["amount"]), (200, &234.into()));
    let more = api
        .post(
            "/v1/refunds",
            &[("payment_intent", &id), ("amount", "1001")],
        )
        .await;
    assert_eq!(more.status, 400);
    let rest = api
        .post(
            "/v1/refunds",
            &[("payment_intent", &id), ("reason", "duplicate")],
        )
        .await
        .body;
    assert_eq!(
        (&rest["amount"], &rest["status"]),
        (&1000.into(), &"succeeded".into())
    );
    let none = api.post("/v1/refunds", &[("payment_intent", &id)]).await;
    assert_eq!((none.status, none.code()), (400, "charge_already_refunded"));

    let path = format!("/v1/charges/{}?expand[]=refunds", text(&rest, "charge"));
    let charge = api.get(&path).await.body;
    assert_eq!(
        (&charge["refunded"], &charge["amount_refunded"]),
        (&true.into(), &1234.into())
    );
    assert_eq!(charge["refunds"]["data"][0], rest);
    let listed = api
        .get(&format!("/v1/refunds?payment_intent={id}"))
        .await
        .body;
    assert_eq!(listed["data"], charge["refunds"]["data"]);
    assert_eq!(
        api.get(&format!("/v1/refunds/{}", text(&rest, "id")))
            .await
            .body,
        rest
    );
}

#[tokio::test]
async fn money_that_was_not_taken_is_not_refunded() {
    let (sandbox, api) = start().await;
    let intent = api.create().await;
    sandbox
        .pay(&text(&intent, "client_secret"), "4242424242424242")
        .await;
    let refused = api
        .post("/v1/refunds", &[("payment_intent", &text(&intent, "id"))])
        .await;
    assert_eq!(refused.status, 400);
    assert_eq!(
        api.post("/v1/refunds", &[("charge", "ch_unknown")])
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_disputed_charge_is_not_refunded() {
    let (sandbox, api) = start().await;
    let id = captured(&sandbox, &api, "4000000000000259").await;
    let refused = api.post("/v1/refunds", &[("payment_intent", &id)]).await;
    assert_eq!((refused.status, refused.code()), (400, "charge_disputed"));
}
