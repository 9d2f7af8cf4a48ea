//! What crosses the wire about tickets.

use domain::ticket::TicketStatus;
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

/// Some cards, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarketPage {
    /// The cards.
    pub cards: Vec<Card>,
    /// What to pass as `after` for the next ones, if there are more.
    pub next: Option<String>,
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
    pub order: Option<String>,
    /// What the seller is owed for it, once sold.
    pub owed: Option<Price>,
}

/// Some of the viewer's listings, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingsPage {
    /// The listings.
    pub listings: Vec<Listing>,
    /// What to pass as `after` for the next ones, if there are more.
    pub next: Option<String>,
}
