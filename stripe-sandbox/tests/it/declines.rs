//! Cards that are refused, and what stays behind.

use crate::support::{start, text};

#[tokio::test]
async fn each_card_is_refused_in_its_way() {
    let (sandbox, api) = start().await;
    let secret = text(&api.create().await, "client_secret");
    let cases = [
        ("4000000000000002", "card_declined", Some("generic_decline")),
        (
            "4000000000009995",
            "card_declined",
            Some("insufficient_funds"),
        ),
        ("4000000000009987", "card_declined", Some("lost_card")),
        ("4000000000009979", "card_declined", Some("stolen_card")),
        ("4000000000000069", "expired_card", None),
        ("4000000000000127", "incorrect_cvc", None),
        ("4000000000000119", "processing_error", None),
        ("4242424242424241", "incorrect_number", None),
    ];
    for (number, code, decline_code) in cases {
        let error = &sandbox.pay(&secret, number).await["error"];
        assert_eq!(error["type"], "card_error", "{number}");
        assert_eq!(error["code"], code, "{number}");
        assert_eq!(error["decline_code"].as_str(), decline_code, "{number}");
    }
}

#[tokio::test]
async fn a_decline_is_kept_on_the_intent_and_another_card_may_follow() {
    let (sandbox, api) = start().await;
    let intent = api.create().await;
    let (id, secret) = (text(&intent, "id"), text(&intent, "client_secret"));
    let path = format!("/v1/payment_intents/{id}/confirm");
    let form = [(
        "payment_method",
        "pm_card_visa_chargeDeclinedInsufficientFunds",
    )];
    let refused = api.post(&path, &form).await;
    assert_eq!((refused.status, refused.code()), (402, "card_declined"));

    let declined = api.intent(&id).await;
    assert_eq!(declined["status"], "requires_payment_method");
    assert_eq!(refused.body["error"]["payment_intent"], declined);
    let error = &declined["last_payment_error"];
    assert_eq!(error["decline_code"], "insufficient_funds");
    assert_eq!(error["charge"], declined["latest_charge"]);
    assert_eq!(error["payment_method"]["card"]["last4"], "9995");
    let charge = api
        .get(&format!("/v1/charges/{}", text(&declined, "latest_charge")))
        .await
        .body;
    assert_eq!(
        (charge["status"].as_str(), charge["paid"].as_bool()),
        (Some("failed"), Some(false))
    );
    let types = [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
    ];
    assert_eq!(api.event_types().await, types);

    let paid = sandbox.pay(&secret, "5555555555554444").await;
    assert_eq!(paid["status"], "requires_capture");
    assert_eq!(
        api.intent(&id).await["last_payment_error"],
        serde_json::Value::Null
    );
}

#[tokio::test]
async fn a_card_typed_wrongly_leaves_the_intent_alone() {
    let (_sandbox, api) = start().await;
    let intent = api.create().await;
    let id = text(&intent, "id");
    let path = format!("/v1/payment_intents/{id}/confirm");
    for (month, year, cvc, code) in [
        ("12", "20", "123", "invalid_expiry_year"),
        ("13", "40", "123", "invalid_expiry_month"),
        ("12", "2040", "1x", "invalid_cvc"),
    ] {
        let form = [
            ("payment_method_data[type]", "card"),
            ("payment_method_data[card][number]", "4242424242424242"),
            ("payment_method_data[card][exp_month]", month),
            ("payment_method_data[card][exp_year]", year),
            ("payment_method_data[card][cvc]", cvc),
        ];
        let refused = api.post(&path, &form).await;
        assert_eq!((refused.status, refused.code()), (402, code));
    }
    let nothing = api.post(&path, &[]).await;
    assert_eq!(
        (nothing.status, nothing.code()),
        (400, "payment_intent_unexpected_state")
    );
    assert_eq!(api.intent(&id).await, intent);
}
