//! `async-stripe`, which is strict, understands every answer.

use crate::support::{start, text};
use stripe::{
    ApiErrorsType, Client, ClientBuilder, IdempotencyKey, RequestStrategy, StripeError,
    StripeRequest,
};
use stripe_core::payment_intent::{
    CancelPaymentIntent, CapturePaymentIntent, ConfirmPaymentIntent, CreatePaymentIntent,
    RetrievePaymentIntent,
};
use stripe_core::{
    PaymentIntentAllowedPaymentMethodTypes, PaymentIntentCaptureMethod, PaymentIntentStatus,
};
use stripe_sandbox::{Config, Sandbox};

fn client(sandbox: &Sandbox) -> Client {
    // The dependencies bring two providers, and rustls does not choose.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    ClientBuilder::new(Config::default().secret_key)
        .url(format!("{}/", sandbox.url()))
        .build()
        .expect("a client")
}

#[tokio::test]
async fn an_intent_is_created_captured_and_read() {
    let (sandbox, api) = start().await;
    let client = client(&sandbox);
    let other = RetrievePaymentIntent::new(text(&api.create().await, "id"));
    let other = other.send(&client).await.expect("read");
    let key = IdempotencyKey::new("order-1:create:1").expect("a key");
    let intent = CreatePaymentIntent::new(1234, other.currency.clone())
        .capture_method(PaymentIntentCaptureMethod::Manual)
        .allowed_payment_method_types([PaymentIntentAllowedPaymentMethodTypes::Card])
        .metadata([("order".to_owned(), "order-1".to_owned())])
        .customize()
        .request_strategy(RequestStrategy::Idempotent(key))
        .send(&client)
        .await
        .expect("created");
    assert_eq!(intent.metadata["order"], "order-1");
    let secret = intent.client_secret.clone().expect("a secret");
    sandbox.pay(&secret, "4242424242424242").await;

    let captured = CapturePaymentIntent::new(intent.id.clone())
        .amount_to_capture(1234)
        .expand(["latest_charge".to_owned()])
        .send(&client)
        .await
        .expect("captured");
    assert_eq!(captured.status, PaymentIntentStatus::Succeeded);
    let charge = captured.latest_charge.expect("a charge");
    assert!(charge.as_object().expect("expanded").captured);
    let read = RetrievePaymentIntent::new(intent.id)
        .send(&client)
        .await
        .expect("read");
    assert_eq!(
        (read.amount_received, read.currency),
        (1234, other.currency)
    );
}

#[tokio::test]
async fn errors_are_read_with_their_intent() {
    let (sandbox, api) = start().await;
    let client = client(&sandbox);
    let intent = api.create().await;
    let id = text(&intent, "id");

    let declined = ConfirmPaymentIntent::new(id.as_str())
        .payment_method("pm_card_visa_chargeDeclined")
        .send(&client)
        .await;
    let Err(StripeError::Stripe(error, 402)) = declined else {
        panic!("{declined:?}");
    };
    assert_eq!(error.type_, ApiErrorsType::CardError);
    assert_eq!(error.decline_code.as_deref(), Some("generic_decline"));
    assert_eq!(error.payment_intent.map(|intent| intent.amount), Some(1234));

    let canceled = CancelPaymentIntent::new(id.as_str())
        .send(&client)
        .await
        .expect("canceled");
    assert!(canceled.last_payment_error.is_some());
    let again = CancelPaymentIntent::new(id.as_str()).send(&client).await;
    assert!(
        matches!(again, Err(StripeError::Stripe(_, 400))),
        "{again:?}"
    );
}
