//! What crosses the wire about tickets.

use domain::{
    order::{Dispute, OrderStatus},
    ticket::TicketStatus,
};
use serde::{Deserialize, Serialize};

use crate::wire::{Price, When};

/// A ticket as a card on the market.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Its identifier.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Where, or empty.
    pub venue: String,
    /// When the event begins.
    pub starts: Option<When>,
    /// What it costs.
    pub price: Price,
    /// Whether the viewer sells it.
    pub mine: bool,
}

/// What the market is asked for, as typed and as it is in the address; what is
/// empty is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Words, each of which may be the beginning of one.
    pub q: String,
    /// Least price, such as `19.99`.
    pub price_from: String,
    /// Highest price.
    pub price_to: String,
    /// First day of the event, `2026-12-31`.
    pub from: String,
    /// Last day of the event.
    pub to: String,
    /// The order, by its name; newest first if it is none.
    pub sort: String,
}

impl Asked {
    /// The names of the fields and what they hold, as in the address.
    #[must_use]
    pub fn pairs(&self) -> [(&'static str, &str); 6] {
        [
            ("q", &self.q),
            ("price_from", &self.price_from),
            ("price_to", &self.price_to),
            ("from", &self.from),
            ("to", &self.to),
            ("sort", &self.sort),
        ]
    }

    /// The field with that name.
    pub fn field(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "q" => &mut self.q,
            "price_from" => &mut self.price_from,
            "price_to" => &mut self.price_to,
            "from" => &mut self.from,
            "to" => &mut self.to,
            "sort" => &mut self.sort,
            _ => return None,
        })
    }

    /// Whether it leaves anything out.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        self.pairs()
            .iter()
            .any(|(name, value)| *name != "sort" && !value.is_empty())
    }
}

/// Some cards, in the order that was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarketPage {
    /// The cards.
    pub cards: Vec<Card>,
    /// What to pass as `after` for the next ones, if there are more.
    pub next: Option<String>,
    /// How many tickets there are in all; not counted beyond a thousand.
    pub count: u32,
    /// Whether there are more than that.
    pub or_more: bool,
    /// From where on live changes are not in it yet: `after` of `/live`.
    pub position: String,
}

/// Where the ticket of a card stands, for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardStatus {
    /// It can be reserved.
    Available,
    /// Somebody is buying it.
    Reserved,
    /// It is sold.
    Sold,
    /// It is on the market no longer, for whatever reason.
    Gone,
}

/// What became of the ticket of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The ticket.
    pub id: String,
    /// Goes up with every change of the ticket: what is older is out of date. 0
    /// where there is nothing to tell.
    pub version: u32,
    /// Where it stands.
    pub status: CardStatus,
    /// Its card, if it is on the market: `mine` is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Card>,
}

/// A seller, as everybody may see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SellerView {
    /// Display name.
    pub name: String,
    /// Since when they have an account.
    pub since: When,
    /// How many tickets they sold.
    pub sales: i64,
    /// For how many of them the money went back.
    pub refunds: i64,
}

/// A ticket as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketView {
    /// Its identifier.
    pub id: String,
    /// Its title.
    pub title: String,
    /// More about it, or empty; lines are separated by line feeds.
    pub description: String,
    /// Where, or empty.
    pub venue: String,
    /// When the event begins.
    pub starts: Option<When>,
    /// What it costs.
    pub price: Price,
    /// Where it stands.
    pub status: TicketStatus,
    /// Display name of the seller.
    pub seller: String,
    /// Their identifier.
    pub seller_id: String,
    /// Whether the viewer sells it.
    pub mine: bool,
    /// Whether the viewer may edit and delete it now.
    pub changeable: bool,
    /// The viewer's own live or paid order of it.
    pub my_order: Option<String>,
    /// How it is handed over, for those who may know.
    pub handover_note: Option<String>,
}

/// What the edit form starts with, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TicketForm {
    /// The version that the edit is based on.
    pub content_version: u32,
    /// Title.
    pub title: String,
    /// Description.
    pub description: String,
    /// Venue.
    pub venue: String,
    /// `2026-12-12T19:30`, or empty.
    pub starts: String,
    /// IANA zone.
    pub zone: String,
    /// `45.00`
    pub price: String,
    /// Handover note.
    pub handover_note: String,
    /// Whether it returns to the market after a refund.
    pub relist_after_refund: bool,
}

/// One of the viewer's listings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Its identifier.
    pub id: String,
    /// Its title.
    pub title: String,
    /// When the event begins.
    pub starts: Option<When>,
    /// What it costs.
    pub price: Price,
    /// Where it stands.
    pub status: TicketStatus,
    /// Whether it can be edited and deleted now.
    pub changeable: bool,
    /// The order that holds or bought it.
    pub sale: Option<SaleRow>,
    /// What the seller is owed for it, once sold.
    pub owed: Option<Price>,
}

/// The order that holds or bought a listing, for its seller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleRow {
    /// Its identifier.
    pub order: String,
    /// Where it stands.
    pub status: OrderStatus,
    /// Whether its hold is.
    pub live: bool,
    /// Whether the card holder disputes the payment.
    pub dispute: Dispute,
}

/// Some of the viewer's listings, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingsPage {
    /// The listings.
    pub listings: Vec<Listing>,
    /// What to pass as `after` for the next ones, if there are more.
    pub next: Option<String>,
}
