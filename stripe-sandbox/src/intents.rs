//! `/v1/payment_intents`: create and read.

use serde_json::Value;

use crate::app::Tx;
use crate::errors::ApiError;
use crate::intent::{Intent, IntentStatus, not_expandable};
use crate::list;
use crate::request::{ApiRequest, Caller};
use crate::state::random;

/// Stripe's least amount differs by currency (0.50 in most); one bound is enough here.
const MIN_AMOUNT: i64 = 50;
const MAX_AMOUNT: i64 = 99_999_999;
/// Stripe accepts only multiples of ten in currencies with three decimals.
const THREE_DECIMALS: [&str; 5] = ["bhd", "jod", "kwd", "omr", "tnd"];

/// `POST /v1/payment_intents`.
pub(crate) fn create(tx: &mut Tx<'_>, request: &ApiRequest) -> Result<Value, ApiError> {
    request.server_only()?;
    let params = &request.params;
    // `shipping` is accepted and dropped: nothing here depends on it.
    params.only(&[
        "allowed_payment_method_types",
        "amount",
        "automatic_payment_methods",
        "capture_method",
        "currency",
        "description",
        "expand",
        "metadata",
        "payment_method_types",
        "receipt_email",
        "shipping",
    ])?;
    let (amount, currency) = amount_and_currency(request)?;
    let capture_method = params.one_of(
        "capture_method",
        &["automatic", "automatic_async", "manual"],
    )?;
    let allowed_payment_method_types = allowed_payment_method_types(request)?;

    let id = tx.state.new_id("pi");
    let intent = Intent {
        client_secret: format!("{id}_secret_{}", random(25)),
        id,
        status: IntentStatus::RequiresPaymentMethod,
        created: tx.now,
        amount,
        amount_capturable: 0,
        amount_received: 0,
        currency,
        capture_method: capture_method.unwrap_or_else(|| "automatic_async".to_owned()),
        allowed_payment_method_types,
        description: params.text("description"),
        receipt_email: params.text("receipt_email"),
        metadata: params.map("metadata"),
        payment_method: None,
        latest_charge: None,
        last_payment_error: None,
        next_action: None,
        canceled_at: None,
        cancellation_reason: None,
    };
    let answer = intent.render_expanded(tx.state, &params.list("expand"))?;
    tx.emit("payment_intent.created", intent.render());
    tx.state.intents.insert(intent.id.clone(), intent);
    Ok(answer)
}

/// Version 2026-09-30.endive has `allowed_payment_method_types` in place of
/// `payment_method_types`; calls that name no version may use either.
fn allowed_payment_method_types(request: &ApiRequest) -> Result<Option<Vec<String>>, ApiError> {
    let former = request.params.list("payment_method_types");
    if request.current_version && !former.is_empty() {
        return Err(ApiError::invalid(
            "payment_method_types is no longer supported: use allowed_payment_method_types.",
        )
        .code("payment_method_types_no_longer_supported")
        .param("payment_method_types"));
    }
    let mut allowed = request.params.list("allowed_payment_method_types");
    allowed.extend(former);
    if allowed.iter().any(|kind| kind != "card") {
        return Err(ApiError::invalid("The sandbox takes cards only.")
            .param("allowed_payment_method_types"));
    }
    Ok((!allowed.is_empty()).then_some(allowed))
}

fn amount_and_currency(request: &ApiRequest) -> Result<(i64, String), ApiError> {
    let params = &request.params;
    params.require("amount")?;
    let amount = params.integer("amount")?.unwrap_or_default();
    let currency = params.require("currency")?.to_ascii_lowercase();
    if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Err(ApiError::invalid(format!("Invalid currency: {currency}")).param("currency"));
    }
    let refuse =
        |code: &str, message: &str| Err(ApiError::invalid(message).code(code).param("amount"));
    match amount {
        ..1 => refuse(
            "parameter_invalid_integer",
            "This value must be greater than or equal to 1.",
        ),
        1..MIN_AMOUNT => refuse("amount_too_small", "Amount must be at least 50 units."),
        MIN_AMOUNT..=MAX_AMOUNT
            if THREE_DECIMALS.contains(&currency.as_str()) && amount % 10 != 0 =>
        {
            refuse(
                "invalid_charge_amount",
                "The last digit of the amount must be 0.",
            )
        }
        MIN_AMOUNT..=MAX_AMOUNT => Ok((amount, currency)),
        _ => refuse(
            "amount_too_large",
            "Amount must be no more than 99,999,999 units.",
        ),
    }
}

/// `GET /v1/payment_intents/{id}`.
pub(crate) fn retrieve(tx: &mut Tx<'_>, request: &ApiRequest) -> Result<Value, ApiError> {
    request.params.only(&["client_secret", "expand"])?;
    let intent = find(tx, request)?;
    match request.caller {
        Caller::Browser => Ok(intent.render_public()),
        Caller::Server => intent.render_expanded(tx.state, &request.params.list("expand")),
    }
}

/// `GET /v1/payment_intents`.
pub(crate) fn list(tx: &mut Tx<'_>, request: &ApiRequest) -> Result<Value, ApiError> {
    request.server_only()?;
    request.params.only(&list::PARAMS)?;
    // In a list, what is expanded is that of its `data`, and nothing else is.
    let expand: Vec<String> = request
        .params
        .list("expand")
        .iter()
        .map(|path| {
            let inner = path.strip_prefix("data.");
            inner.map(str::to_owned).ok_or_else(|| not_expandable(path))
        })
        .collect::<Result<_, _>>()?;
    list::page(
        request,
        &tx.state.intents,
        |intent| intent.created,
        |_| true,
        |intent| intent.render_expanded(tx.state, &expand),
    )
}

/// A copy of the intent in the path, if the caller may use it.
pub(crate) fn find(tx: &Tx<'_>, request: &ApiRequest) -> Result<Intent, ApiError> {
    let intent = tx.state.intents.get(&request.id);
    let intent = intent.ok_or_else(|| ApiError::missing("payment_intent", &request.id))?;
    if request.caller == Caller::Browser
        && request.params.require("client_secret")? != intent.client_secret
    {
        return Err(ApiError::invalid(
            "The client_secret provided does not match the client_secret associated with the \
             PaymentIntent.",
        )
        .code("payment_intent_invalid_parameter")
        .param("client_secret"));
    }
    Ok(intent.clone())
}

/// Puts a changed intent back, with its event, and shows it to the caller.
pub(crate) fn store(
    tx: &mut Tx<'_>,
    request: &ApiRequest,
    intent: Intent,
    event: &str,
) -> Result<Value, ApiError> {
    tx.emit(event, intent.render());
    let answer = match request.caller {
        Caller::Browser => Ok(intent.render_public()),
        Caller::Server => intent.render_expanded(tx.state, &request.params.list("expand")),
    };
    tx.state.intents.insert(intent.id.clone(), intent);
    answer
}
