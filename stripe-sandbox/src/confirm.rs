//! Confirming an intent: the card, 3-D Secure, the charge.

use serde_json::{Value, json};

use crate::app::Tx;
use crate::charges::Charge;
use crate::disputes;
use crate::errors::ApiError;
use crate::intent::{Intent, IntentStatus};
use crate::intents::{find, store};
use crate::payment_methods::{self, PaymentMethod};
use crate::request::{ApiRequest, Caller};

/// `POST /v1/payment_intents/{id}/confirm`.
pub(crate) fn confirm(tx: &mut Tx<'_>, request: &ApiRequest) -> Result<Value, ApiError> {
    request.params.only(&[
        "client_secret",
        "expand",
        "payment_method",
        "payment_method_data",
        "return_url",
        "use_stripe_sdk",
    ])?;
    let mut intent = find(tx, request)?;
    if !matches!(
        intent.status,
        IntentStatus::RequiresPaymentMethod | IntentStatus::RequiresAction
    ) {
        return Err(already_decided(&intent, request));
    }
    let method = payment_methods::of_confirmation(tx, &request.params)?;
    intent.payment_method = Some(method.id.clone());
    intent.last_payment_error = None;
    if method.behaviour.authentication {
        intent.status = IntentStatus::RequiresAction;
        let action = next_action(tx, &intent, request.params.get("return_url"))?;
        intent.next_action = Some(action);
        return store(tx, request, intent, "payment_intent.requires_action");
    }
    charge(tx, request, intent, &method, false)
}

/// `POST /_sandbox/3ds/{id}/outcome`: the cardholder's answer, `outcome=complete|fail`.
pub(crate) fn authenticate(tx: &mut Tx<'_>, request: &ApiRequest) -> Result<Value, ApiError> {
    request.params.only(&["client_secret", "outcome"])?;
    request.params.require("outcome")?;
    let outcome = request.params.one_of("outcome", &["complete", "fail"])?;
    let complete = outcome.as_deref() == Some("complete");
    let mut intent = find(tx, request)?;
    let method = intent.payment_method.as_ref();
    let method = method
        .and_then(|id| tx.state.payment_methods.get(id))
        .cloned();
    let (IntentStatus::RequiresAction, Some(method)) = (intent.status, method) else {
        return Err(ApiError::unexpected_state(
            "This PaymentIntent does not wait for authentication.",
        ));
    };
    intent.next_action = None;
    if complete {
        return charge(tx, request, intent, &method, true);
    }
    let error = json!({
        "type": "invalid_request_error",
        "code": "payment_intent_authentication_failure",
        "doc_url": doc_url("payment_intent_authentication_failure"),
        "message": "We are unable to authenticate your payment method. Please choose a different \
                    payment method and try again.",
        "payment_method": method.render(),
    });
    fail(&mut intent, error);
    store(tx, request, intent, "payment_intent.payment_failed")
}

/// Asks the issuer for the money: held, taken, or refused with a 402.
fn charge(
    tx: &mut Tx<'_>,
    request: &ApiRequest,
    mut intent: Intent,
    method: &PaymentMethod,
    authenticated: bool,
) -> Result<Value, ApiError> {
    let mut charge = Charge::attempt(tx, &intent, method, authenticated);
    intent.latest_charge = Some(charge.id.clone());
    if charge.failure.is_some() {
        return decline(tx, request, intent, charge);
    }
    let event = if intent.is_manual() {
        intent.status = IntentStatus::RequiresCapture;
        intent.amount_capturable = intent.amount;
        "payment_intent.amount_capturable_updated"
    } else {
        intent.status = IntentStatus::Succeeded;
        intent.amount_received = intent.amount;
        charge.capture(intent.amount, tx.state.new_id("txn"));
        "payment_intent.succeeded"
    };
    intent.next_action = None;
    tx.emit("charge.succeeded", charge.render());
    if charge.disputed {
        disputes::open(tx, &charge);
    }
    tx.state.charges.insert(charge.id.clone(), charge);
    store(tx, request, intent, event)
}

fn decline(
    tx: &mut Tx<'_>,
    request: &ApiRequest,
    mut intent: Intent,
    charge: Charge,
) -> Result<Value, ApiError> {
    let Some((code, decline_code, message)) = charge.failure.map(|failure| failure.words()) else {
        return Err(ApiError::internal());
    };
    let mut error = ApiError::card(code, message)
        .executed()
        .with("charge", charge.id.as_str())
        .with("doc_url", doc_url(code))
        .with("payment_method", charge.method.render());
    if let Some(decline_code) = decline_code {
        error = error.with("decline_code", decline_code);
    }
    fail(&mut intent, error.details().clone());
    tx.emit("charge.failed", charge.render());
    tx.state.charges.insert(charge.id.clone(), charge);
    let intent = store(tx, request, intent, "payment_intent.payment_failed")?;
    Err(error.with("payment_intent", intent))
}

/// The attempt is over; another card may be tried.
fn fail(intent: &mut Intent, error: Value) {
    intent.status = IntentStatus::RequiresPaymentMethod;
    intent.payment_method = None;
    intent.next_action = None;
    intent.last_payment_error = Some(error);
}

/// What the browser must do: Stripe.js opens a dialog, others follow a link.
fn next_action(tx: &Tx<'_>, intent: &Intent, return_url: Option<&str>) -> Result<Value, ApiError> {
    let mut query = vec![
        ("client_secret", intent.client_secret.as_str()),
        ("key", &tx.app.config.publishable_key),
    ];
    query.extend(return_url.map(|url| ("return_url", url)));
    let query = serde_urlencoded::to_string(query).map_err(|_| ApiError::internal())?;
    let url = format!("{}/_sandbox/3ds/{}?{query}", tx.app.url, intent.id);
    Ok(match return_url {
        Some(return_url) => json!({
            "type": "redirect_to_url",
            "redirect_to_url": { "return_url": return_url, "url": url },
        }),
        None => json!({
            "type": "use_stripe_sdk",
            "use_stripe_sdk": { "type": "three_d_secure_redirect", "stripe_js": url },
        }),
    })
}

fn already_decided(intent: &Intent, request: &ApiRequest) -> ApiError {
    let message = match intent.status {
        IntentStatus::Succeeded => "You cannot confirm this PaymentIntent because it has already \
             succeeded after being previously confirmed."
            .to_owned(),
        status => format!(
            "This PaymentIntent could not be confirmed because it has a status of {}. Only a \
             PaymentIntent with one of the following statuses may be confirmed: \
             requires_payment_method, requires_confirmation, requires_action.",
            status.as_str()
        ),
    };
    let intent = match request.caller {
        Caller::Server => intent.render(),
        Caller::Browser => intent.render_public(),
    };
    ApiError::unexpected_state(message).with("payment_intent", intent)
}

fn doc_url(code: &str) -> String {
    format!(
        "https://stripe.com/docs/error-codes/{}",
        code.replace('_', "-")
    )
}
