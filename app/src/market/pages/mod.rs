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
mod seller;
mod structured;
mod ticket;
mod ticket_fields;

pub(crate) use delete_ticket::DeleteTicket;
pub(crate) use edit_ticket::EditTicket;
pub(crate) use listings::Listings;
pub(crate) use market::Market;
pub(crate) use new_ticket::NewTicket;
pub(crate) use seller::Seller;
pub(crate) use ticket::Ticket;
