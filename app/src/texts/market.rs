//! Texts of the market, tickets and the seller's listings.

use domain::{search::Sort, ticket::TicketStatus};

use crate::market::types::CardStatus;

pub(crate) const MARKET_TITLE: &str = "A fair market for tickets people cannot use";
pub(crate) const MARKET_INTRO: &str =
    "Reserve a ticket and it is yours alone while you pay. The price you see is all you pay.";
pub(crate) const MARKET: &str = "Market";
pub(crate) const SEARCH_LABEL: &str = "Search tickets";
pub(crate) const SEARCH_PLACEHOLDER: &str = "Artist, event or venue";
pub(crate) const SEARCH: &str = "Search";
pub(crate) const SHOW_ALL: &str = "Show all tickets";
pub(crate) const FILTERS: &str = "Filters and order";
pub(crate) const DATE_FROM: &str = "Event from";
pub(crate) const DATE_TO: &str = "Event until";
pub(crate) const SORT: &str = "Order";
pub(crate) const CHIPS: &str = "Active filters";
pub(crate) const REMOVE_CHIP: &str = "Remove filter:";
pub(crate) const NOTHING_FOUND: &str = "No ticket on the market matches all of that.";
pub(crate) const EMPTY_MARKET: &str = "There are no tickets on the market yet.";
pub(crate) const EMPTY_MARKET_HINT: &str = "Be the first to offer one.";
pub(crate) const NO_RESULT_HINT: &str = "Every word must occur in the title, the venue or the description. Use fewer words, a wider range of prices or other dates; new listings that match are announced here.";
pub(crate) const YOURS: &str = "Yours";
pub(crate) const NO_DATE: &str = "Date not given";

pub(crate) const AGREE: &str = "Go on with the new price";
pub(crate) const PRICE_NOTE: &str = "This is what is charged. Nothing is added.";
pub(crate) const SOLD_BY: &str = "Sold by";
pub(crate) const ABOUT: &str = "About this ticket";
pub(crate) const HANDOVER: &str = "How you get it";
pub(crate) const HANDOVER_OWN: &str = "What the buyer will read";
pub(crate) const RESERVE: &str = "Reserve";
pub(crate) const RESERVE_NOTE: &str =
    "It is held for you alone while you pay. You can cancel until then.";
pub(crate) const SIGN_IN_TO_RESERVE: &str = "Sign in to reserve this ticket";
pub(crate) const BEING_BOUGHT: &str = "Somebody is buying this right now. If they do not pay, it is back on the market within minutes.";
pub(crate) const YOUR_ORDER: &str = "Go to your order";
pub(crate) const YOU_HAVE_IT: &str = "You have an order for this ticket.";
pub(crate) const BEING_CHECKED: &str =
    "Your listing is being checked, which usually takes a second. Then it is on the market.";
pub(crate) const EDIT: &str = "Edit";
pub(crate) const DELETE: &str = "Delete";

pub(crate) const NEW_TITLE: &str = "Sell a ticket";
pub(crate) const NEW_INTRO: &str =
    "Describe the ticket as you would like to read it. You can edit it until somebody reserves it.";
pub(crate) const EDIT_TITLE: &str = "Edit your listing";
pub(crate) const TITLE: &str = "Title";
pub(crate) const TITLE_HINT: &str = "3 to 80 characters. People search for its words.";
pub(crate) const DESCRIPTION: &str = "Description";
pub(crate) const DESCRIPTION_HINT: &str =
    "Section, row, seat, age limits: whatever a buyer should know.";
pub(crate) const VENUE: &str = "Venue";
pub(crate) const STARTS: &str = "Starts";
pub(crate) const STARTS_HINT: &str =
    "By the clock at the venue. The listing ends when the event begins.";
pub(crate) const ZONE: &str = "Time zone";
pub(crate) const ZONE_HINT: &str = "Of the venue, such as America/Toronto.";
pub(crate) const HANDOVER_NOTE: &str = "Handover note";
pub(crate) const HANDOVER_NOTE_HINT: &str =
    "How the buyer gets the ticket. Only you and the person who has paid can read it.";
pub(crate) const RELIST: &str = "Put the ticket back on the market if the buyer is refunded";
pub(crate) const PUBLISH: &str = "Publish listing";
pub(crate) const SAVE: &str = "Save changes";
pub(crate) const KEEP: &str = "Keep it as it is";
pub(crate) const START_AGAIN: &str = "Start again from the newer values";

pub(crate) const DELETE_TITLE: &str = "Delete this listing?";
pub(crate) const DELETE_NOTE: &str = "It disappears from the market. This cannot be undone.";
pub(crate) const DELETE_LISTING: &str = "Delete listing";

pub(crate) const LISTINGS_TITLE: &str = "My listings";
pub(crate) const NO_LISTINGS: &str = "You have not listed a ticket yet.";
pub(crate) const SELL_FIRST: &str = "Sell your first ticket";
pub(crate) const SEE_ORDER: &str = "Order";
pub(crate) const PAYOUTS: &str = "Amounts owed to you are paid out outside this site for now.";

pub(crate) const PRICE: &str = "Price";

/// What to type in the price field.
pub(crate) fn price_hint(currency: &str) -> String {
    format!("In {currency}. The buyer is charged exactly this.")
}

/// The label of the least price.
pub(crate) fn price_from(currency: &str) -> String {
    format!("Price from ({currency})")
}

/// The label of the highest price.
pub(crate) fn price_to(currency: &str) -> String {
    format!("Price up to ({currency})")
}

/// The heading above the cards.
pub(crate) const fn heading(filtered: bool) -> &'static str {
    if filtered {
        "Tickets that match"
    } else {
        "Tickets on the market"
    }
}

/// How many tickets there are.
pub(crate) fn count(count: u32, or_more: bool) -> String {
    match (count, or_more) {
        (_, true) => "1,000+ tickets".to_owned(),
        (1, _) => "1 ticket".to_owned(),
        (count, _) => format!("{count} tickets"),
    }
}

/// On the button that shows listings which came since.
pub(crate) fn arrived(new: usize) -> String {
    match new {
        1 => "1 new listing".to_owned(),
        new => format!("{new} new listings"),
    }
}

/// What a filter leaves, by its field.
pub(crate) fn chip(field: &str, value: &str) -> String {
    match field {
        "price_from" => format!("from {value}"),
        "price_to" => format!("up to {value}"),
        "from" => format!("on or after {value}"),
        "to" => format!("on or before {value}"),
        _ => format!("“{value}”"),
    }
}

/// An order of the market.
pub(crate) const fn sort(sort: Sort) -> &'static str {
    match sort {
        Sort::Newest => "Newest first",
        Sort::Oldest => "Oldest first",
        Sort::Cheapest => "Cheapest first",
        Sort::Dearest => "Dearest first",
        Sort::Soonest => "Soonest event first",
        Sort::Latest => "Latest event first",
        Sort::TitleUp => "Title A to Z",
        Sort::TitleDown => "Title Z to A",
    }
}

/// Where the ticket of a card stands, in a word; nothing while it is free.
pub(crate) const fn card_status(status: CardStatus) -> &'static str {
    match status {
        CardStatus::Available => "",
        CardStatus::Reserved => "Reserved",
        CardStatus::Sold => "Sold",
        CardStatus::Gone => "No longer offered",
    }
}

/// Said before somebody reserves at a price that they have not seen.
pub(crate) fn price_changed(before: &str, now: &str) -> String {
    format!("The seller changed the price from {before} to {now} while you were looking.")
}

/// Beside a field whose stored value is newer than what is shown.
pub(crate) fn now_saved(value: &str) -> String {
    if value.is_empty() {
        "Now saved: nothing".to_owned()
    } else {
        format!("Now saved: {value}")
    }
}

/// What a seller is owed.
pub(crate) fn owed(amount: &str) -> String {
    format!("{amount} is owed to you")
}

/// Where a ticket stands, in a word.
pub(crate) const fn status(status: TicketStatus) -> &'static str {
    match status {
        TicketStatus::Pending => "Being checked",
        TicketStatus::Available => "On the market",
        TicketStatus::Rejected => "Not accepted",
        TicketStatus::Reserved => "Reserved",
        TicketStatus::Sold => "Sold",
        TicketStatus::Ended => "Event has begun",
        TicketStatus::Removed => "Removed",
        TicketStatus::Deleted => "Deleted",
    }
}

/// Why nobody can reserve a ticket that stands so; nothing where they can.
pub(crate) const fn closed(status: TicketStatus) -> Option<&'static str> {
    match status {
        TicketStatus::Available | TicketStatus::Reserved | TicketStatus::Pending => None,
        TicketStatus::Rejected => Some("This listing was not accepted. Its seller can edit it."),
        TicketStatus::Sold => Some("This ticket is sold."),
        TicketStatus::Ended => Some("The event has begun, so this ticket can no longer be bought."),
        TicketStatus::Removed => Some("This listing was removed by a moderator."),
        TicketStatus::Deleted => Some("This listing was deleted by its seller."),
    }
}
