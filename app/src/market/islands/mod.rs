//! What of the market the browser runs too.

#![expect(
    unreachable_pub,
    reason = "the component macro makes public builders of the properties"
)]

mod card;
mod filters;
mod finder;
mod status;
mod stored;
mod ticket;
mod zone;

#[cfg(feature = "ssr")]
pub(crate) use {
    finder::Finder, status::Badge, stored::Stored, ticket::TicketPanel, zone::SuggestZone,
};
