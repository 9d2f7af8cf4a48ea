//! The `PaymentIntent`: its data and how it is shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::errors::ApiError;
use crate::state::State;

/// Where an intent stands; the sandbox never leaves one in `requires_confirmation` or `processing`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IntentStatus {
    RequiresPaymentMethod,
    RequiresAction,
    RequiresCapture,
    Succeeded,
    Canceled,
}

impl IntentStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresAction => "requires_action",
            Self::RequiresCapture => "requires_capture",
            Self::Succeeded => "succeeded",
            Self::Canceled => "canceled",
        }
    }
}

/// One intended payment. Amounts are in the currency's smallest unit, times in Unix seconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Intent {
    pub(crate) id: String,
    pub(crate) client_secret: String,
    pub(crate) status: IntentStatus,
    pub(crate) created: i64,
    pub(crate) amount: i64,
    pub(crate) amount_capturable: i64,
    pub(crate) amount_received: i64,
    pub(crate) currency: String,
    pub(crate) capture_method: String,
    /// Nothing, or `["card"]`: the sandbox knows no other type.
    pub(crate) allowed_payment_method_types: Option<Vec<String>>,
    pub(crate) description: Option<String>,
    pub(crate) receipt_email: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) payment_method: Option<String>,
    pub(crate) latest_charge: Option<String>,
    pub(crate) last_payment_error: Option<Value>,
    pub(crate) next_action: Option<Value>,
    pub(crate) canceled_at: Option<i64>,
    pub(crate) cancellation_reason: Option<String>,
}

impl Intent {
    pub(crate) fn is_manual(&self) -> bool {
        self.capture_method == "manual"
    }

    /// The whole object, as the secret key sees it and events carry it.
    pub(crate) fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "payment_intent",
            "allowed_payment_method_types": self.allowed_payment_method_types,
            "amount": self.amount,
            "amount_capturable": self.amount_capturable,
            "amount_details": { "tip": {} },
            "amount_received": self.amount_received,
            "application": null,
            "application_fee_amount": null,
            "automatic_payment_methods": self
                .allowed_payment_method_types
                .is_none()
                .then(|| json!({ "allow_redirects": "always", "enabled": true })),
            "canceled_at": self.canceled_at,
            "cancellation_reason": self.cancellation_reason,
            "capture_method": self.capture_method,
            "client_secret": self.client_secret,
            "confirmation_method": "automatic",
            "created": self.created,
            "currency": self.currency,
            "customer": null,
            "customer_account": null,
            "description": self.description,
            "excluded_payment_method_types": null,
            "last_payment_error": self.last_payment_error,
            "latest_charge": self.latest_charge,
            "livemode": false,
            "managed_payments": { "enabled": false },
            "metadata": self.metadata,
            "next_action": self.next_action,
            "on_behalf_of": null,
            "payment_method": self.payment_method,
            "payment_method_configuration_details": null,
            "payment_method_options": { "card": {
                "installments": null,
                "mandate_options": null,
                "network": null,
                "request_three_d_secure": "automatic",
            } },
            "payment_method_types": ["card"],
            "processing": null,
            "receipt_email": self.receipt_email,
            "review": null,
            "setup_future_usage": null,
            "shipping": null,
            "source": null,
            "statement_descriptor": null,
            "statement_descriptor_suffix": null,
            "status": self.status.as_str(),
            "transfer_data": null,
            "transfer_group": null,
        })
    }

    /// What the publishable key may see: Stripe keeps the merchant's fields back.
    pub(crate) fn render_public(&self) -> Value {
        const PRIVATE: [&str; 15] = [
            "amount_capturable",
            "amount_received",
            "application",
            "application_fee_amount",
            "customer",
            "customer_account",
            "latest_charge",
            "metadata",
            "on_behalf_of",
            "payment_method_options",
            "review",
            "statement_descriptor",
            "statement_descriptor_suffix",
            "transfer_data",
            "transfer_group",
        ];
        let mut object = self.render();
        if let Some(fields) = object.as_object_mut() {
            fields.retain(|name, _| !PRIVATE.contains(&name.as_str()));
        }
        object
    }

    /// The whole object with the objects named in `expand[]` in place of their ids.
    pub(crate) fn render_expanded(
        &self,
        state: &State,
        expand: &[String],
    ) -> Result<Value, ApiError> {
        let mut object = self.render();
        for path in expand {
            let expanded = match path.as_str() {
                "latest_charge" | "latest_charge.refunds" => {
                    let charge = self
                        .latest_charge
                        .as_ref()
                        .and_then(|id| state.charges.get(id));
                    let refunds = path.ends_with("refunds");
                    charge.map(|charge| charge.render_with(state, refunds))
                }
                "payment_method" => {
                    let method = self.payment_method.as_ref();
                    let method = method.and_then(|id| state.payment_methods.get(id));
                    method.map(|method| method.render())
                }
                _ => return Err(not_expandable(path)),
            };
            let name = path.split('.').next().unwrap_or_default();
            object[name] = expanded.unwrap_or(Value::Null);
        }
        Ok(object)
    }
}

/// Refuses an `expand[]` that names no object.
pub(crate) fn not_expandable(path: &str) -> ApiError {
    ApiError::invalid(format!("This property cannot be expanded ({path})."))
        .code("property_cannot_be_expanded")
        .param("expand")
}
