//! Who pays, and where they live, as the bank of the card knows it.

use serde::{Deserialize, Serialize};

/// A name and address, checked against what addresses of the country have.
/// Given to Stripe with the card, shown to the buyer, and to nobody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Billing {
    /// As on the card.
    pub name: String,
    /// ISO 3166-1 alpha-2: `CA`.
    pub country: String,
    /// Street and number.
    pub line1: String,
    /// Apartment, floor, company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// City or town.
    pub city: String,
    /// State or province, where addresses have one: the last part of its ISO
    /// 3166-2 code, such as `ON`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Where addresses have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
}
