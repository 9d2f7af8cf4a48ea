//! What a program may do for the account that it acts for (RFC 6749 §3.3).

use serde::{Deserialize, Serialize};

/// One of the things that a program may be let do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Scope {
    /// Read the market and the account's own listings.
    #[serde(rename = "listings:read")]
    ListingsRead,
    /// List tickets, edit listings and withdraw them.
    #[serde(rename = "listings:write")]
    ListingsWrite,
    /// Read the account's orders and their payments.
    #[serde(rename = "orders:read")]
    OrdersRead,
    /// Reserve tickets, let them go, and pay.
    #[serde(rename = "orders:write")]
    OrdersWrite,
    /// Have the account's orders refunded.
    #[serde(rename = "refunds:write")]
    RefundsWrite,
    /// Read what happens to the account's listings and orders.
    #[serde(rename = "events:read")]
    EventsRead,
    /// Have addresses told what happens to them.
    #[serde(rename = "webhooks:write")]
    WebhooksWrite,
}

impl Scope {
    /// Every scope. New ones come last: tokens name them by their place.
    pub const ALL: [Self; 7] = [
        Self::ListingsRead,
        Self::ListingsWrite,
        Self::OrdersRead,
        Self::OrdersWrite,
        Self::RefundsWrite,
        Self::EventsRead,
        Self::WebhooksWrite,
    ];

    /// The name under which it is stored and sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ListingsRead => "listings:read",
            Self::ListingsWrite => "listings:write",
            Self::OrdersRead => "orders:read",
            Self::OrdersWrite => "orders:write",
            Self::RefundsWrite => "refunds:write",
            Self::EventsRead => "events:read",
            Self::WebhooksWrite => "webhooks:write",
        }
    }

    /// The scope of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_found_by_the_name_it_is_stored_under() {
        for scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.name()), Some(scope));
            let stored = serde_json::to_string(&scope).expect("writes");
            assert_eq!(stored, format!("\"{}\"", scope.name()));
        }
        assert_eq!(Scope::parse("orders"), None);
    }
}
