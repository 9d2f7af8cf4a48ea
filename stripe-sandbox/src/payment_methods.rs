//! Payment methods: a card that was typed in, without its number.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::app::Tx;
use crate::cards::{Behaviour, TestCard};
use crate::clock::year_and_month;
use crate::errors::ApiError;
use crate::params::Params;
use crate::request::ApiRequest;

/// A card with its billing details. The number is not kept, only what it does.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PaymentMethod {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) behaviour: Behaviour,
    pub(crate) brand: String,
    pub(crate) last4: String,
    pub(crate) fingerprint: String,
    pub(crate) exp_month: i64,
    pub(crate) exp_year: i64,
    pub(crate) billing_details: Value,
}

impl PaymentMethod {
    pub(crate) fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "payment_method",
            "allow_redisplay": "unspecified",
            "billing_details": self.billing_details,
            "card": {
                "brand": self.brand,
                "checks": self.checks(),
                "country": "US",
                "display_brand": self.brand,
                "exp_month": self.exp_month,
                "exp_year": self.exp_year,
                "fingerprint": self.fingerprint,
                "funding": "credit",
                "generated_from": null,
                "last4": self.last4,
                "networks": { "available": [self.brand], "preferred": null },
                "regulated_status": "unregulated",
                "three_d_secure_usage": { "supported": true },
                "wallet": null,
            },
            "created": self.created,
            "customer": null,
            "customer_account": null,
            "livemode": false,
            "metadata": {},
            "type": "card",
        })
    }

    /// What the issuer says of the address and the code typed in.
    pub(crate) fn checks(&self) -> Value {
        let given = |field: &str| {
            let value = &self.billing_details["address"][field];
            (!value.is_null()).then_some("pass")
        };
        json!({
            "address_line1_check": given("line1"),
            "address_postal_code_check": given("postal_code"),
            "cvc_check": "pass",
        })
    }
}

/// `GET /v1/payment_methods/{id}`.
pub(crate) fn retrieve(tx: &mut Tx<'_>, request: &ApiRequest) -> Result<Value, ApiError> {
    request.server_only()?;
    let method = tx.state.payment_methods.get(&request.id);
    method
        .map(PaymentMethod::render)
        .ok_or_else(|| ApiError::missing("payment_method", &request.id))
}

/// The card that a confirmation names (`payment_method=pm_…`) or brings
/// (`payment_method_data[…]`).
pub(crate) fn of_confirmation(tx: &mut Tx<'_>, params: &Params) -> Result<PaymentMethod, ApiError> {
    if let Some(id) = params.get("payment_method") {
        return match (tx.state.payment_methods.get(id), TestCard::by_token(id)) {
            (Some(method), _) => Ok(method.clone()),
            (None, Some(card)) => {
                let (year, _) = year_and_month(tx.now);
                Ok(add(
                    tx,
                    card,
                    (year + 1, 12),
                    billing_details(&Params::default()),
                ))
            }
            (None, None) => Err(ApiError::missing("PaymentMethod", id).param("payment_method")),
        };
    }
    match params.get("payment_method_data[type]") {
        Some("card") => {}
        Some(_) => return Err(ApiError::invalid("The sandbox takes cards only.")),
        None => {
            return Err(ApiError::unexpected_state(
                "You cannot confirm this PaymentIntent because it's missing a payment method.",
            ));
        }
    }
    let number = params.require("payment_method_data[card][number]")?;
    let card = TestCard::by_number(number).ok_or_else(|| {
        ApiError::card("incorrect_number", "Your card number is incorrect.").param("number")
    })?;
    let expiry = expiry(tx.now, params)?;
    if let Some(cvc) = params.get("payment_method_data[card][cvc]")
        && !((3..=4).contains(&cvc.len()) && cvc.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return Err(
            ApiError::card("invalid_cvc", "Your card's security code is invalid.").param("cvc"),
        );
    }
    Ok(add(tx, card, expiry, billing_details(params)))
}

fn add(
    tx: &mut Tx<'_>,
    card: &TestCard,
    (exp_year, exp_month): (i64, i64),
    billing_details: Value,
) -> PaymentMethod {
    let method = PaymentMethod {
        id: tx.state.new_id("pm"),
        created: tx.now,
        behaviour: card.behaviour,
        brand: card.brand.to_owned(),
        last4: card.last4().to_owned(),
        fingerprint: card.fingerprint(),
        exp_month,
        exp_year,
        billing_details,
    };
    tx.state
        .payment_methods
        .insert(method.id.clone(), method.clone());
    method
}

/// The year and month the card is good until; two-digit years are of this century.
fn expiry(now: i64, params: &Params) -> Result<(i64, i64), ApiError> {
    let part = |name: &str| params.integer(&format!("payment_method_data[card][{name}]"));
    let month = part("exp_month")?.unwrap_or_default();
    let year = part("exp_year")?.unwrap_or_default();
    let year = if (0..100).contains(&year) {
        2000 + year
    } else {
        year
    };
    let (this_year, this_month) = year_and_month(now);
    if !(1..=12).contains(&month) || (year == this_year && month < this_month) {
        return Err(ApiError::card(
            "invalid_expiry_month",
            "Your card's expiration month is invalid.",
        )
        .param("exp_month"));
    }
    if !(this_year..this_year + 50).contains(&year) {
        return Err(ApiError::card(
            "invalid_expiry_year",
            "Your card's expiration year is invalid.",
        )
        .param("exp_year"));
    }
    Ok((year, month))
}

fn billing_details(params: &Params) -> Value {
    let field = |path: &str| params.get(&format!("payment_method_data[billing_details]{path}"));
    json!({
        "address": {
            "city": field("[address][city]"),
            "country": field("[address][country]"),
            "line1": field("[address][line1]"),
            "line2": field("[address][line2]"),
            "postal_code": field("[address][postal_code]"),
            "state": field("[address][state]"),
        },
        "email": field("[email]"),
        "name": field("[name]"),
        "phone": field("[phone]"),
        "tax_id": null,
    })
}
