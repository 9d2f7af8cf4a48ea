//! What crosses the wire about moderation.

use domain::{moderation::CaseStatus, ticket::TicketStatus};
use serde::{Deserialize, Serialize};

use crate::wire::{Price, When};

/// A case, in a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseRow {
    /// Its identifier.
    pub id: String,
    /// The title of the listing as it is.
    pub title: String,
    /// Display name of the seller.
    pub seller: String,
    /// What is against the listing, a sentence each.
    pub reasons: Vec<String>,
    /// Where it stands.
    pub status: CaseStatus,
    /// Since when.
    pub since: When,
}

/// Some cases.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuePage {
    /// Those that were opened first before others.
    pub cases: Vec<CaseRow>,
    /// What to pass as `after` for the next ones, if there are more.
    pub next: Option<String>,
}

/// What somebody said of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportView {
    /// What it is about, in a word.
    pub category: String,
    /// In their words; may be empty.
    pub text: String,
    /// When.
    pub at: When,
}

/// A case as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseView {
    /// What its row shows.
    pub row: CaseRow,
    /// Who decided: nobody's name when the rules did.
    pub decided_by: Option<String>,
    /// What the seller was told of why.
    pub explanation: Option<String>,
    /// Whether the listing says what was judged.
    pub is_current: bool,
    /// The listing.
    pub ticket: String,
    /// Where it stands.
    pub ticket_status: TicketStatus,
    /// More about it, or empty.
    pub description: String,
    /// Where, or empty.
    pub venue: String,
    /// When the event begins.
    pub starts: Option<When>,
    /// What it costs.
    pub price: Price,
    /// What people said of it.
    pub reports: Vec<ReportView>,
    /// The other cases of the listing, the last one first.
    pub others: Vec<CaseRow>,
}

/// What the seller of a listing is told of the last decision about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Where the case stands.
    pub status: CaseStatus,
    /// What is against the listing, a sentence each.
    pub reasons: Vec<String>,
    /// What a moderator had to say.
    pub explanation: Option<String>,
}
