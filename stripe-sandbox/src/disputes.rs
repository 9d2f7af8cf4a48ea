//! Disputes: what a cardholder's bank takes back, until it is decided.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::app::Tx;
use crate::charges::Charge;
use crate::errors::ApiError;
use crate::request::ApiRequest;

/// How long the merchant has to answer.
const DUE_SECONDS: i64 = 9 * 24 * 60 * 60;

/// Where a dispute stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DisputeStatus {
    NeedsResponse,
    Won,
    Lost,
}

/// A disputed charge. The amount is in the currency's smallest unit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Dispute {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) charge: String,
    pub(crate) payment_intent: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) brand: String,
    pub(crate) status: DisputeStatus,
}

/// The texts and files that evidence may have; the sandbox takes none.
const EVIDENCE: [&str; 27] = [
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
];

impl Dispute {
    pub(crate) fn render(&self) -> Value {
        let mut evidence: Value = EVIDENCE
            .iter()
            .map(|name| ((*name).to_owned(), Value::Null))
            .collect();
        evidence["enhanced_evidence"] = json!({});
        json!({
            "id": self.id,
            "object": "dispute",
            "amount": self.amount,
            "balance_transactions": [],
            "charge": self.charge,
            "created": self.created,
            "currency": self.currency,
            "enhanced_eligibility_types": [],
            "evidence": evidence,
            "evidence_details": {
                "due_by": self.created + DUE_SECONDS,
                "enhanced_eligibility": {},
                "has_evidence": false,
                "past_due": false,
                "submission_count": 0,
            },
            "is_charge_refundable": false,
            "livemode": false,
            "metadata": {},
            "payment_intent": self.payment_intent,
            "payment_method_details": {
                "card": {
                    "brand": self.brand,
                    "case_type": "chargeback",
                    "network": self.brand,
                    "network_reason_code": "10.4",
                },
                "type": "card",
            },
            "reason": "fraudulent",
            "status": self.status,
        })
    }
}

/// The cardholder disputes a charge that was just captured.
pub(crate) fn open(tx: &mut Tx<'_>, charge: &Charge) {
    let dispute = Dispute {
        id: tx.state.new_id("dp"),
        created: tx.now,
        charge: charge.id.clone(),
        payment_intent: charge.payment_intent.clone(),
        amount: charge.amount_captured,
        currency: charge.currency.clone(),
        brand: charge.method.brand.clone(),
        status: DisputeStatus::NeedsResponse,
    };
    tx.emit("charge.dispute.created", dispute.render());
    tx.emit("charge.dispute.funds_withdrawn", dispute.render());
    tx.state.disputes.insert(dispute.id.clone(), dispute);
}

/// The bank decides the dispute of an intent, if there is an undecided one.
pub(crate) fn decide(tx: &mut Tx<'_>, intent: &str, won: bool) -> Option<Value> {
    let mut dispute = tx
        .state
        .disputes
        .values()
        .find(|dispute| {
            dispute.payment_intent == intent && dispute.status == DisputeStatus::NeedsResponse
        })?
        .clone();
    dispute.status = if won {
        DisputeStatus::Won
    } else {
        DisputeStatus::Lost
    };
    if won {
        tx.emit("charge.dispute.funds_reinstated", dispute.render());
        if let Some(charge) = tx.state.charges.get_mut(&dispute.charge) {
            charge.disputed = false;
        }
    }
    tx.emit("charge.dispute.closed", dispute.render());
    let rendered = dispute.render();
    tx.state.disputes.insert(dispute.id.clone(), dispute);
    Some(rendered)
}

/// The dispute of an intent is of `amount` only, if there is one.
pub(crate) fn lower(tx: &mut Tx<'_>, intent: &str, amount: i64) -> Option<Value> {
    let dispute = tx
        .state
        .disputes
        .values_mut()
        .find(|dispute| dispute.payment_intent == intent)?;
    dispute.amount = amount;
    let rendered = dispute.render();
    tx.emit("charge.dispute.updated", rendered.clone());
    Some(rendered)
}

/// `GET /v1/disputes/{id}`.
pub(crate) fn retrieve(tx: &mut Tx<'_>, request: &ApiRequest) -> Result<Value, ApiError> {
    request.server_only()?;
    let dispute = tx.state.disputes.get(&request.id);
    dispute
        .map(Dispute::render)
        .ok_or_else(|| ApiError::missing("dispute", &request.id))
}
