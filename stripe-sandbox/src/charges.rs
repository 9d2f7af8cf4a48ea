//! Charges: the attempts to take an intent's money.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::app::Tx;
use crate::cards::Decline;
use crate::errors::ApiError;
use crate::intent::{Intent, not_expandable};
use crate::payment_methods::PaymentMethod;
use crate::request::ApiRequest;
use crate::state::State;

/// How long an issuer holds the money for a later capture.
const HOLD_SECONDS: i64 = 7 * 24 * 60 * 60;

/// One attempt. Amounts are in the currency's smallest unit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Charge {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) payment_intent: String,
    pub(crate) amount: i64,
    pub(crate) amount_captured: i64,
    pub(crate) amount_refunded: i64,
    pub(crate) currency: String,
    pub(crate) description: Option<String>,
    pub(crate) receipt_email: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) method: PaymentMethod,
    pub(crate) authenticated: bool,
    pub(crate) captured: bool,
    /// Why the issuer refused, if it did.
    pub(crate) failure: Option<Decline>,
    pub(crate) balance_transaction: Option<String>,
    /// Whether the cardholder disputes it, or has won that.
    #[serde(default)]
    pub(crate) disputed: bool,
}

impl Charge {
    /// An attempt to charge the whole intent, approved or refused, not yet captured.
    pub(crate) fn attempt(
        tx: &mut Tx<'_>,
        intent: &Intent,
        method: &PaymentMethod,
        authenticated: bool,
    ) -> Self {
        Self {
            id: tx.state.new_id("ch"),
            created: tx.now,
            payment_intent: intent.id.clone(),
            amount: intent.amount,
            amount_captured: 0,
            amount_refunded: 0,
            currency: intent.currency.clone(),
            description: intent.description.clone(),
            receipt_email: intent.receipt_email.clone(),
            metadata: intent.metadata.clone(),
            method: method.clone(),
            authenticated,
            captured: false,
            failure: method.behaviour.decline,
            balance_transaction: None,
            disputed: false,
        }
    }

    pub(crate) fn capture(&mut self, amount: i64, balance_transaction: String) {
        self.captured = true;
        self.amount_captured = amount;
        self.balance_transaction = Some(balance_transaction);
        // A card known for its disputes is disputed as soon as its money is taken.
        self.disputed = self.method.behaviour.dispute;
    }

    fn is_refunded(&self) -> bool {
        self.captured && self.amount_refunded == self.amount_captured
    }

    pub(crate) fn render(&self) -> Value {
        let words = self.failure.map(Decline::words);
        json!({
            "id": self.id,
            "object": "charge",
            "amount": self.amount,
            "amount_captured": self.amount_captured,
            "amount_refunded": self.amount_refunded,
            "application": null,
            "application_fee": null,
            "application_fee_amount": null,
            "balance_transaction": self.balance_transaction,
            "billing_details": self.method.billing_details,
            "calculated_statement_descriptor": "STRIPE SANDBOX",
            "captured": self.captured,
            "created": self.created,
            "currency": self.currency,
            "customer": null,
            "description": self.description,
            "disputed": self.disputed,
            "failure_balance_transaction": null,
            "failure_code": words.map(|(code, ..)| code),
            "failure_message": words.map(|(.., message)| message),
            "fraud_details": {},
            "livemode": false,
            "metadata": self.metadata,
            "on_behalf_of": null,
            "outcome": self.outcome(),
            "paid": self.failure.is_none(),
            "payment_intent": self.payment_intent,
            "payment_method": self.method.id,
            "payment_method_details": { "card": self.card_details(), "type": "card" },
            "receipt_email": self.receipt_email,
            "receipt_number": null,
            "receipt_url": null,
            "refunded": self.is_refunded(),
            "review": null,
            "shipping": null,
            "source": null,
            "source_transfer": null,
            "statement_descriptor": null,
            "statement_descriptor_suffix": null,
            "status": if self.failure.is_none() { "succeeded" } else { "failed" },
            "transfer_data": null,
            "transfer_group": null,
        })
    }

    /// Since API version 2022-11-15 a charge has its refunds only when expanded.
    pub(crate) fn render_with(&self, state: &State, refunds: bool) -> Value {
        let mut object = self.render();
        if refunds {
            let refunds = state
                .refunds
                .values()
                .rev()
                .filter(|refund| refund.charge == self.id);
            object["refunds"] = json!({
                "object": "list",
                "data": refunds.map(|refund| refund.render()).collect::<Vec<_>>(),
                "has_more": false,
                "url": format!("/v1/charges/{}/refunds", self.id),
            });
        }
        object
    }

    fn outcome(&self) -> Value {
        let (status, kind, message) = match self.failure {
            None => ("approved_by_network", "authorized", "Payment complete."),
            Some(_) => (
                "declined_by_network",
                "issuer_declined",
                "The bank did not return any further details with this decline.",
            ),
        };
        let reason = self.failure.map(Decline::words);
        json!({
            "advice_code": null,
            "network_advice_code": null,
            "network_decline_code": null,
            "network_status": status,
            "reason": reason.map(|(code, decline_code, _)| decline_code.unwrap_or(code)),
            "risk_level": "normal",
            "risk_score": 20,
            "seller_message": message,
            "type": kind,
        })
    }

    fn card_details(&self) -> Value {
        let method = &self.method;
        let held = self.failure.is_none() && !self.captured;
        json!({
            "amount_authorized": self.failure.is_none().then_some(self.amount),
            "authorization_code": null,
            "brand": method.brand,
            "capture_before": held.then_some(self.created + HOLD_SECONDS),
            "checks": method.checks(),
            "country": "US",
            "exp_month": method.exp_month,
            "exp_year": method.exp_year,
            "extended_authorization": { "status": "disabled" },
            "fingerprint": method.fingerprint,
            "funding": "credit",
            "incremental_authorization": { "status": "unavailable" },
            "installments": null,
            "last4": method.last4,
            "mandate": null,
            "multicapture": { "status": "unavailable" },
            "network": method.brand,
            "network_token": { "used": false },
            "network_transaction_id": null,
            "overcapture": { "maximum_amount_capturable": self.amount, "status": "unavailable" },
            "regulated_status": "unregulated",
            "three_d_secure": self.authenticated.then(|| json!({
                "authentication_flow": "challenge",
                "electronic_commerce_indicator": "05",
                "exemption_indicator": null,
                "result": "authenticated",
                "result_reason": null,
                "transaction_id": null,
                "version": "2.2.0",
            })),
            "transaction_link_id": null,
            "wallet": null,
        })
    }
}

/// `GET /v1/charges/{id}`.
pub(crate) fn retrieve(tx: &mut Tx<'_>, request: &ApiRequest) -> Result<Value, ApiError> {
    request.server_only()?;
    let expand = request.params.list("expand");
    if let Some(path) = expand.iter().find(|path| *path != "refunds") {
        return Err(not_expandable(path));
    }
    let charge = tx.state.charges.get(&request.id);
    charge
        .map(|charge| charge.render_with(tx.state, !expand.is_empty()))
        .ok_or_else(|| ApiError::missing("charge", &request.id))
}
