//! Taking the money that an intent holds, or releasing it.

use serde_json::Value;

use crate::app::Tx;
use crate::disputes;
use crate::errors::ApiError;
use crate::intent::IntentStatus;
use crate::intents::{find, store};
use crate::request::ApiRequest;

/// `POST /v1/payment_intents/{id}/capture`: takes the money that is held.
pub(crate) fn capture(tx: &mut Tx<'_>, request: &ApiRequest) -> Result<Value, ApiError> {
    request.server_only()?;
    request.params.only(&["amount_to_capture", "expand"])?;
    let mut intent = find(tx, request)?;
    if intent.status != IntentStatus::RequiresCapture {
        return Err(ApiError::unexpected_state(format!(
            "This PaymentIntent could not be captured because it has a status of {}. Only a \
             PaymentIntent with one of the following statuses may be captured: requires_capture.",
            intent.status.as_str()
        ))
        .with("payment_intent", intent.render()));
    }
    let amount = request.params.integer("amount_to_capture")?;
    let amount = amount.unwrap_or(intent.amount_capturable);
    if !(1..=intent.amount_capturable).contains(&amount) {
        return Err(ApiError::invalid(format!(
            "The payment could not be captured because the requested capture amount is not \
             between 1 and the capturable amount, {}.",
            intent.amount_capturable
        ))
        .code("amount_too_large")
        .param("amount_to_capture"));
    }
    intent.status = IntentStatus::Succeeded;
    intent.amount_received = amount;
    intent.amount_capturable = 0;

    let charge = intent.latest_charge.as_ref();
    if let Some(mut charge) = charge.and_then(|id| tx.state.charges.get(id)).cloned() {
        charge.capture(amount, tx.state.new_id("txn"));
        tx.emit("charge.captured", charge.render());
        if charge.disputed {
            disputes::open(tx, &charge);
        }
        tx.state.charges.insert(charge.id.clone(), charge);
    }
    store(tx, request, intent, "payment_intent.succeeded")
}

/// `POST /v1/payment_intents/{id}/cancel`: releases the money that is held, if any.
pub(crate) fn cancel(tx: &mut Tx<'_>, request: &ApiRequest) -> Result<Value, ApiError> {
    request.server_only()?;
    request.params.only(&["cancellation_reason", "expand"])?;
    let reasons = [
        "duplicate",
        "fraudulent",
        "requested_by_customer",
        "abandoned",
    ];
    let reason = request.params.one_of("cancellation_reason", &reasons)?;
    let mut intent = find(tx, request)?;
    if matches!(
        intent.status,
        IntentStatus::Succeeded | IntentStatus::Canceled
    ) {
        return Err(ApiError::unexpected_state(format!(
            "You cannot cancel this PaymentIntent because it has a status of {}. Only a \
             PaymentIntent with one of the following statuses may be canceled: \
             requires_payment_method, requires_capture, requires_confirmation, requires_action, \
             processing.",
            intent.status.as_str()
        ))
        .with("payment_intent", intent.render()));
    }
    // The charge stays as it is: since version 2025-03-31.basil a release is no refund.
    intent.status = IntentStatus::Canceled;
    intent.amount_capturable = 0;
    intent.next_action = None;
    intent.canceled_at = Some(tx.now);
    intent.cancellation_reason = reason;
    store(tx, request, intent, "payment_intent.canceled")
}
