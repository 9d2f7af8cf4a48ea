//! Small values that several features send: what is shown is formatted on the
//! server, so that both sides show the same.

use serde::{Deserialize, Serialize};

/// An amount of money as data and as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Minor units.
    pub minor: i64,
    /// `1,999.00 CAD`
    pub text: String,
}

/// An instant as data and as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    /// RFC 3339, for `<time datetime>`.
    pub iso: String,
    /// `Sat 12 Dec 2026, 19:30 EST`, in the zone it belongs to.
    pub text: String,
}
