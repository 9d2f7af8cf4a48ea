use domain::ticket::TicketStatus;
use leptos::prelude::*;
use texts::market as text;

use crate::language::language;

/// Where a ticket stands, as a badge.
#[component]
pub(crate) fn Badge(status: TicketStatus) -> impl IntoView {
    let language = language();
    let tone = match status {
        TicketStatus::Available => "good",
        TicketStatus::Pending | TicketStatus::Reserved => "waiting",
        TicketStatus::Sold => "accent",
        TicketStatus::Rejected | TicketStatus::Removed => "bad",
        TicketStatus::Ended | TicketStatus::Deleted => "over",
    };
    view! { <span class=format!("badge {tone}")>{text::status(language, status)}</span> }
}
