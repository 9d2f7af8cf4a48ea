use domain::ticket::TicketStatus;
use leptos::prelude::*;

use crate::texts::market as text;

/// Where a ticket stands, as a badge.
#[component]
pub(crate) fn Badge(status: TicketStatus) -> impl IntoView {
    let tone = match status {
        TicketStatus::Available => "good",
        TicketStatus::Pending | TicketStatus::Reserved => "waiting",
        TicketStatus::Sold => "accent",
        TicketStatus::Rejected | TicketStatus::Removed => "bad",
        TicketStatus::Ended | TicketStatus::Deleted => "over",
    };
    view! { <span class=format!("badge {tone}")>{text::status(status)}</span> }
}
