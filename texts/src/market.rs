//! The market, tickets and the seller's listings.

use domain::{search::Sort, ticket::TicketStatus};

use crate::Language;

include!(concat!(env!("OUT_DIR"), "/market.rs"));

/// The heading above the cards.
#[must_use]
pub const fn heading(language: Language, filtered: bool) -> &'static str {
    if filtered {
        heading_filtered(language)
    } else {
        heading_all(language)
    }
}

/// What a filter leaves, by its field.
#[must_use]
pub fn chip(language: Language, field: &str, value: &str) -> String {
    match field {
        "price_from" => chip_price_from(language, value),
        "price_to" => chip_price_to(language, value),
        "from" => chip_from(language, value),
        "to" => chip_to(language, value),
        _ => chip_words(language, value),
    }
}

/// An order of the market.
#[must_use]
pub const fn sort_name(language: Language, sort: Sort) -> &'static str {
    match sort {
        Sort::Newest => sort_newest(language),
        Sort::Oldest => sort_oldest(language),
        Sort::Cheapest => sort_cheapest(language),
        Sort::Dearest => sort_dearest(language),
        Sort::Soonest => sort_soonest(language),
        Sort::Latest => sort_latest(language),
        Sort::TitleUp => sort_title_up(language),
        Sort::TitleDown => sort_title_down(language),
    }
}

/// What is beside a field whose stored value is newer than what is shown.
#[must_use]
pub fn stored(language: Language, value: &str) -> String {
    if value.is_empty() {
        now_saved_nothing(language).to_owned()
    } else {
        now_saved(language, value)
    }
}

/// Where a listing stands, in a word.
#[must_use]
pub const fn status(language: Language, status: TicketStatus) -> &'static str {
    match status {
        TicketStatus::Pending => status_pending(language),
        TicketStatus::Available => status_available(language),
        TicketStatus::Rejected => status_rejected(language),
        TicketStatus::Reserved => status_reserved(language),
        TicketStatus::Sold => status_sold(language),
        TicketStatus::Ended => status_ended(language),
        TicketStatus::Removed => status_removed(language),
        TicketStatus::Deleted => status_deleted(language),
    }
}

/// Why nobody can reserve a ticket that stands so; nothing where they can.
#[must_use]
pub const fn closed(language: Language, status: TicketStatus) -> Option<&'static str> {
    match status {
        TicketStatus::Available | TicketStatus::Reserved | TicketStatus::Pending => None,
        TicketStatus::Rejected => Some(closed_rejected(language)),
        TicketStatus::Sold => Some(closed_sold(language)),
        TicketStatus::Ended => Some(closed_ended(language)),
        TicketStatus::Removed => Some(closed_removed(language)),
        TicketStatus::Deleted => Some(closed_deleted(language)),
    }
}
