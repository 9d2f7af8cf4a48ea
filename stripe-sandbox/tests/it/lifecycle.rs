//! The life of an intent, and the calls that each state refuses.

use crate::support::{INTENT, start, text};
use serde_json::json;
use stripe_sandbox::{API_VERSION, Config};

const VISA: &str = "4242 4242 4242 4242";

#[tokio::test]
async fn a_held_payment_is_captured() {
    let (sandbox, api) = start().await;
    let intent = api.create().await;
    assert_eq!(intent["status"], "requires_payment_method");
    assert_eq!(intent["metadata"], json!({ "order": "order-1" }));
    let (id, secret) = (text(&intent, "id"), text(&intent, "client_secret"));
    assert!(secret.starts_with(&format!("{id}_secret_")));

    let confirmed = sandbox.pay(&secret, VISA).await;
    assert_eq!(confirmed["status"], "requires_capture");
    assert!(confirmed.get("metadata").is_none(), "browsers see less");
    let held = api.intent(&id).await;
    assert_eq!(
        (
            held["amount_capturable"].as_i64(),
            held["amount_received"].as_i64()
        ),
        (Some(1234), Some(0))
    );

    let form = [("amount_to_capture", "1234"), ("expand[]", "latest_charge")];
    let captured = api
        .post(&format!("/v1/payment_intents/{id}/capture"), &form)
        .await
        .body;
    assert_eq!(captured["status"], "succeeded");
    assert_eq!(captured["amount_received"], 1234);
    assert_eq!(captured["latest_charge"]["captured"], true);
    let charge = api
        .get(&format!(
            "/v1/charges/{}",
            text(&captured["latest_charge"], "id")
        ))
        .await;
    assert_eq!(charge.body, captured["latest_charge"]);
    assert_eq!(sandbox.intents().await, [api.intent(&id).await]);
    assert_eq!(
        api.event_types().await,
        [
            "payment_intent.created",
            "charge.succeeded",
            "payment_intent.amount_capturable_updated",
            "charge.captured",
            "payment_intent.succeeded",
        ]
    );
}

#[tokio::test]
async fn an_automatic_payment_is_captured_at_once() {
    let (sandbox, api) = start().await;
    let form = [
        ("amount", "5000"),
        ("currency", "JPY"),
        ("automatic_payment_methods[enabled]", "true"),
    ];
    let intent = api.post("/v1/payment_intents", &form).await.body;
    assert_eq!(intent["currency"], "jpy");
    let paid = sandbox.pay(&text(&intent, "client_secret"), VISA).await;
    assert_eq!(paid["status"], "succeeded");
    assert_eq!(
        api.intent(&text(&intent, "id")).await["amount_received"],
        5000
    );
}

#[tokio::test]
async fn a_cancelled_payment_is_final_and_refunds_nothing() {
    let (sandbox, api) = start().await;
    let intent = api.create().await;
    let (id, secret) = (text(&intent, "id"), text(&intent, "client_secret"));
    sandbox.pay(&secret, VISA).await;

    let path = format!("/v1/payment_intents/{id}/cancel");
    let form = [
        ("cancellation_reason", "abandoned"),
        ("expand[0]", "latest_charge"),
    ];
    let cancelled = api.post(&path, &form).await.body;
    assert_eq!(cancelled["status"], "canceled");
    assert_eq!(cancelled["cancellation_reason"], "abandoned");
    assert_eq!(cancelled["amount_capturable"], 0);
    assert_eq!(cancelled["latest_charge"]["captured"], false);
    assert_eq!(cancelled["latest_charge"]["refunded"], false);
    let types = api.event_types().await;
    assert_eq!(
        types[3..],
        ["payment_intent.canceled"],
        "since version 2025-03-31.basil"
    );

    for (step, form) in [
        ("cancel", &[][..]),
        ("capture", &[]),
        ("confirm", &[("payment_method", "pm_card_visa")]),
    ] {
        let refused = api
            .post(&format!("/v1/payment_intents/{id}/{step}"), form)
            .await;
        assert_eq!(
            (refused.status, refused.code()),
            (400, "payment_intent_unexpected_state"),
            "{step}"
        );
        assert_eq!(
            refused.body["error"]["payment_intent"]["status"],
            "canceled"
        );
    }
}

#[tokio::test]
async fn parameters_are_checked() {
    let (_sandbox, api) = start().await;
    let cases: [(&[(&str, &str)], &str); 8] = [
        (&[("currency", "eur")], "parameter_missing"),
        (&[("amount", "1234")], "parameter_missing"),
        (
            &[("amount", "12.3"), ("currency", "eur")],
            "parameter_invalid_integer",
        ),
        (&[("amount", "49"), ("currency", "eur")], "amount_too_small"),
        (
            &[("amount", "100000000"), ("currency", "eur")],
            "amount_too_large",
        ),
        (
            &[("amount", "1234"), ("currency", "kwd")],
            "invalid_charge_amount",
        ),
        (
            &[("amount", "1234"), ("currency", "eur"), ("confirm", "true")],
            "parameter_unknown",
        ),
        (
            &[
                ("amount", "1234"),
                ("currency", "eur"),
                ("expand[]", "review"),
            ],
            "property_cannot_be_expanded",
        ),
    ];
    for (form, code) in cases {
        let refused = api.post("/v1/payment_intents", form).await;
        assert_eq!((refused.status, refused.code()), (400, code), "{form:?}");
    }
    assert!(
        api.event_types().await.is_empty(),
        "a refused call leaves nothing behind"
    );
    let unknown = api.get("/v1/payment_intents/pi_unknown").await;
    assert_eq!((unknown.status, unknown.code()), (404, "resource_missing"));
    assert_eq!(api.get("/v1/customers").await.status, 404);
}

#[tokio::test]
async fn keys_are_checked() {
    let (_sandbox, api) = start().await;
    let intent = api.create().await;
    let path = format!("/v1/payment_intents/{}", text(&intent, "id"));

    let stranger = api.with_key("sk_test_other");
    assert_eq!(stranger.get(&path).await.status, 401);
    let browser = api.with_key(&Config::default().publishable_key);
    assert_eq!(
        browser.post("/v1/payment_intents", &INTENT).await.code(),
        "secret_key_required"
    );
    assert_eq!(browser.get(&path).await.code(), "parameter_missing");
    let guess = format!("{path}?client_secret={}_secret_guess", text(&intent, "id"));
    assert_eq!(browser.get(&guess).await.status, 400);
    let secret = format!("{path}?client_secret={}", text(&intent, "client_secret"));
    assert_eq!(browser.get(&secret).await.body["id"], intent["id"]);
}

#[tokio::test]
async fn lists_are_newest_first_and_paged() {
    let (_sandbox, api) = start().await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.insert(0, text(&api.create().await, "id"));
    }
    let first = api.get("/v1/payment_intents?limit=3").await.body;
    let shown = |page: &serde_json::Value| -> Vec<String> {
        page["data"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|intent| text(intent, "id"))
            .collect()
    };
    assert_eq!(
        (shown(&first), &first["has_more"]),
        (ids[..3].to_vec(), &json!(true))
    );
    let rest = api
        .get(&format!("/v1/payment_intents?starting_after={}", ids[2]))
        .await
        .body;
    assert_eq!(
        (shown(&rest), &rest["has_more"]),
        (ids[3..].to_vec(), &json!(false))
    );
    let later = api
        .get("/v1/payment_intents?created[gt]=99999999999")
        .await
        .body;
    assert_eq!(later["data"], json!([]));
}

#[tokio::test]
async fn the_current_version_has_no_payment_method_types() {
    let (sandbox, api) = start().await;
    let form = [
        ("amount", "1234"),
        ("currency", "eur"),
        ("payment_method_types[]", "card"),
    ];
    assert_eq!(api.post("/v1/payment_intents", &form).await.status, 200);
    let refused = reqwest::Client::new()
        .post(format!("{}/v1/payment_intents", sandbox.url()))
        .basic_auth(Config::default().secret_key, None::<&str>)
        .header("stripe-version", API_VERSION)
        .form(&form)
        .send()
        .await
        .expect("an answer");
    assert_eq!(refused.status(), 400);
    let body: serde_json::Value = refused.json().await.expect("JSON");
    let code = "payment_method_types_no_longer_supported";
    assert_eq!(body["error"]["code"], code);
}
