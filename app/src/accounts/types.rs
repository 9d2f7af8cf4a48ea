//! What crosses the wire about accounts.

use serde::{Deserialize, Serialize};

/// The signed-in user, as the page header shows them, and what every page
/// needs to know of the deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visitor {
    /// Display name, when signed in.
    pub name: Option<String>,
    /// Whether the address has yet to be verified.
    pub unverified: bool,
    /// Whether payments are for testing only.
    pub test_mode: bool,
    /// ISO 4217 code of the currency.
    pub currency: String,
}

/// The viewer's account, as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// E-mail address.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Whether the address is verified.
    pub verified: bool,
}
