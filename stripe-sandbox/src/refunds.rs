//! Refunds of captured charges.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::app::Tx;
use crate::cards::RefundBehaviour;
use crate::charges::Charge;
use crate::errors::ApiError;
use crate::list;
use crate::request::ApiRequest;

/// Money given back. The amount is in the currency's smallest unit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Refund {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) charge: String,
    pub(crate) payment_intent: String,
    pub(crate) payment_method: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) reason: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) balance_transaction: String,
    #[serde(default)]
    pub(crate) status: RefundStatus,
    /// What becomes of it, [`LATER`] seconds after it was made.
    #[serde(default)]
    pub(crate) later: Option<RefundStatus>,
}

/// Where a refund stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RefundStatus {
    Pending,
    #[default]
    Succeeded,
    Failed,
}

/// Seconds after which a refund that does not end at once does.
const LATER: i64 = 3;

impl Refund {
    pub(crate) fn render(&self) -> Value {
        let mut rendered = self.render_whole();
        if self.status == RefundStatus::Failed {
            rendered["failure_reason"] = "expired_or_canceled_card".into();
            rendered["failure_balance_transaction"] = self.balance_transaction.clone().into();
        }
        rendered
    }

    fn render_whole(&self) -> Value {
        json!({
            "id": self.id,
            "object": "refund",
            "amount": self.amount,
            "balance_transaction": self.balance_transaction,
            "charge": self.charge,
            "created": self.created,
            "currency": self.currency,
            "customer": null,
            "customer_account": null,
            "destination_details": {
                "card": { "type": "refund" },
                "type": "card",
            },
            "metadata": self.metadata,
            "payment_intent": self.payment_intent,
            "payment_method": self.payment_method,
            "reason": self.reason,
            "receipt_number": null,
            "source_transfer_reversal": null,
            "status": self.status,
            "transfer_reversal": null,
        })
    }
}

/// `POST /v1/refunds` of an intent or a charge, whole or in part.
pub(crate) fn create(tx: &mut Tx<'_>, request: &ApiRequest) -> Result<Value, ApiError> {
    request.server_only()?;
    let params = &request.params;
    params.only(&[
        "amount",
        "charge",
        "expand",
        "metadata",
        "payment_intent",
        "reason",
    ])?;
    let reasons = ["duplicate", "fraudulent", "requested_by_customer"];
    let reason = params.one_of("reason", &reasons)?;
    let charge = charge_to_refund(tx, request)?;
    if charge.disputed {
        let message = format!(
            "Charge {} has been charged back; cannot issue a refund.",
            charge.id
        );
        return Err(ApiError::invalid(message)
            .code("charge_disputed")
            .executed());
    }
    let left = charge.amount_captured - charge.amount_refunded;
    if left == 0 {
        let message = format!("Charge {} has already been refunded.", charge.id);
        return Err(ApiError::invalid(message)
            .code("charge_already_refunded")
            .executed());
    }
    let amount = params.integer("amount")?.unwrap_or(left);
    if !(1..=left).contains(&amount) {
        return Err(ApiError::invalid(format!(
            "Refund amount ({amount}) is not between 1 and the unrefunded amount on the charge \
             ({left})."
        ))
        .param("amount"));
    }
    Ok(refund(tx, charge, amount, reason, params.map("metadata")).render())
}

fn charge_to_refund(tx: &Tx<'_>, request: &ApiRequest) -> Result<Charge, ApiError> {
    let params = &request.params;
    let (name, id) = match (params.get("payment_intent"), params.get("charge")) {
        (Some(id), None) => ("payment_intent", id),
        (None, Some(id)) => ("charge", id),
        _ => {
            return Err(ApiError::invalid(
                "One of the following params should be provided for this request: \
                 payment_intent or charge.",
            ));
        }
    };
    let charge_id = match name {
        "charge" => Some(id),
        _ => {
            let intent = tx.state.intents.get(id);
            let intent = intent.ok_or_else(|| ApiError::missing(name, id).param(name))?;
            intent.latest_charge.as_deref()
        }
    };
    let charge = charge_id.and_then(|id| tx.state.charges.get(id));
    match (charge, name) {
        (Some(charge), _) if charge.captured => Ok(charge.clone()),
        (None, "charge") => Err(ApiError::missing(name, id).param(name)),
        _ => Err(ApiError::unexpected_state(format!(
            "This {name} ({id}) does not have a successful charge to refund."
        ))),
    }
}

/// Gives money back and tells of it; the charge is put back changed.
fn refund(
    tx: &mut Tx<'_>,
    mut charge: Charge,
    amount: i64,
    reason: Option<String>,
    metadata: BTreeMap<String, String>,
) -> Refund {
    charge.amount_refunded += amount;
    let (status, later) = match charge.method.behaviour.refund {
        RefundBehaviour::AtOnce => (RefundStatus::Succeeded, None),
        RefundBehaviour::Pending => (RefundStatus::Pending, Some(RefundStatus::Succeeded)),
        RefundBehaviour::Fails => (RefundStatus::Pending, Some(RefundStatus::Failed)),
        RefundBehaviour::ComesBack => (RefundStatus::Succeeded, Some(RefundStatus::Failed)),
    };
    let refund = Refund {
        id: tx.state.new_id("re"),
        created: tx.now,
        charge: charge.id.clone(),
        payment_intent: charge.payment_intent.clone(),
        payment_method: charge.method.id.clone(),
        amount,
        currency: charge.currency.clone(),
        reason,
        metadata,
        balance_transaction: tx.state.new_id("txn"),
        status,
        later,
    };
    tx.emit("refund.created", refund.render());
    tx.emit("charge.refunded", charge.render());
    tx.emit("refund.updated", refund.render());
    tx.state.charges.insert(charge.id.clone(), charge);
    tx.state.refunds.insert(refund.id.clone(), refund.clone());
    refund
}

/// Ends the refunds whose time has come, and tells of it.
pub(crate) fn end_due(tx: &mut Tx<'_>) {
    let now = tx.now;
    let due: Vec<Refund> = tx
        .state
        .refunds
        .values()
        .filter(|refund| refund.later.is_some() && refund.created + LATER <= now)
        .cloned()
        .collect();
    for mut refund in due {
        refund.status = refund.later.take().unwrap_or_default();
        if refund.status == RefundStatus::Failed {
            if let Some(charge) = tx.state.charges.get_mut(&refund.charge) {
                charge.amount_refunded -= refund.amount;
            }
            tx.emit("refund.failed", refund.render());
        }
        tx.emit("refund.updated", refund.render());
        tx.state.refunds.insert(refund.id.clone(), refund);
    }
}

/// `GET /v1/refunds/{id}`.
pub(crate) fn retrieve(tx: &mut Tx<'_>, request: &ApiRequest) -> Result<Value, ApiError> {
    request.server_only()?;
    let refund = tx.state.refunds.get(&request.id);
    refund
        .map(Refund::render)
        .ok_or_else(|| ApiError::missing("refund", &request.id))
}

/// `GET /v1/refunds`, optionally of one `payment_intent` or `charge`.
pub(crate) fn list(tx: &mut Tx<'_>, request: &ApiRequest) -> Result<Value, ApiError> {
    request.server_only()?;
    request
        .params
        .only(&[&list::PARAMS[..], &["charge", "payment_intent"]].concat())?;
    let intent = request.params.get("payment_intent");
    let charge = request.params.get("charge");
    list::page(
        request,
        &tx.state.refunds,
        |refund| refund.created,
        |refund| {
            intent.is_none_or(|id| refund.payment_intent == id)
                && charge.is_none_or(|id| refund.charge == id)
        },
        |refund| Ok(refund.render()),
    )
}
