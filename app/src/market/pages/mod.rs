//! The pages of the market and of selling.

#![expect(
    unreachable_pub,
    reason = "the component macro makes public builders of the properties"
)]

mod delete_ticket;
mod edit_ticket;
mod listings;
mod market;
mod new_ticket;
mod status;
mod ticket;
mod ticket_fields;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::ui::UnknownPage;
use delete_ticket::DeleteTicket;
use edit_ticket::EditTicket;
pub(crate) use listings::Listings;
pub(crate) use market::Market;
use new_ticket::NewTicket;
pub(crate) use ticket::Ticket;

/// The page at `path` of those on which listings are written, which are loaded
/// together.
pub(crate) fn area(path: &str) -> AnyView {
    match path.rsplit('/').next() {
        Some("new") => NewTicket().into_any(),
        Some("edit") => EditTicket().into_any(),
        Some("delete") => DeleteTicket().into_any(),
        _ => UnknownPage().into_any(),
    }
}

/// The ticket that the path names.
fn ticket_id() -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()))
}
