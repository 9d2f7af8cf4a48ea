//! What crosses the wire about administration.

use serde::{Deserialize, Serialize};

use crate::{
    accounts::types::Asked,
    wire::{Price, When},
};

/// Some rows of a longer list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// What to pass as `after` for the next ones, if there are more.
    pub next: Option<String>,
}

/// A number as data and as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Number {
    /// The number; of an amount, minor units.
    pub value: i64,
    /// `1,999`, or `1,999.00 CAD`
    pub text: String,
}

/// What happened in some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiguresView {
    /// Tickets that were listed.
    pub listings: Number,
    /// Reservations.
    pub holds: Number,
    /// Orders that were paid.
    pub sales: Number,
    /// How many sales there were for a hundred reservations, as shown; nothing
    /// without reservations.
    pub conversion: Option<String>,
    /// Orders whose money went back.
    pub refunds: Number,
    /// Disputes that were lost.
    pub disputes: Number,
    /// What buyers paid.
    pub sold: Number,
    /// What went back to them.
    pub refunded: Number,
    /// What disputes cost.
    pub disputed: Number,
    /// What is left of what was paid.
    pub revenue: Number,
}

/// What happened on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayView {
    /// `2026-12-31`
    pub iso: String,
    /// As shown.
    pub text: String,
    /// What.
    pub figures: FiguresView,
}

/// How it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DashboardView {
    /// The day that it is, as `2026-12-31`.
    pub today: String,
    /// Every day of the time that was asked for.
    pub days: Vec<DayView>,
    /// All of them.
    pub total: FiguresView,
    /// Listings on the market now.
    pub listed: Number,
    /// What all sellers are owed.
    pub owed: Number,
    /// Those who are owed most.
    pub creditors: Vec<CreditorRow>,
}

/// A seller who is owed something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditorRow {
    /// The seller.
    pub id: String,
    /// Display name.
    pub name: String,
    /// How much.
    pub amount: Price,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRow {
    /// Its number in the stream.
    pub sequence: u64,
    /// When the broker got it.
    pub at: When,
    /// Its subject.
    pub subject: String,
    /// What it says: JSON.
    pub payload: String,
}

/// A mail that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailRow {
    /// When.
    pub at: When,
    /// Which letter.
    pub template: String,
    /// The event that called for it.
    pub message: String,
    /// Who got it.
    pub to: String,
    /// Their display name.
    pub name: String,
}

/// A message that no consumer could process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterRow {
    /// Its number.
    pub sequence: u64,
    /// Which consumer gave up.
    pub consumer: String,
    /// What it was published under.
    pub subject: String,
    /// Why the consumer gave up.
    pub reason: String,
    /// What it says.
    pub payload: String,
}

/// An account, in a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRow {
    /// Its identifier.
    pub id: String,
    /// Display name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Whether that is verified.
    pub verified: bool,
    /// Whether the account is suspended.
    pub suspended: bool,
    /// The groups that it is in.
    pub groups: Vec<String>,
    /// Since when there is one.
    pub since: When,
}

/// Some accounts, and who is in which group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleView {
    /// What was found.
    pub found: Rows<UserRow>,
    /// The moderators.
    pub moderators: Vec<UserRow>,
    /// The administrators.
    pub admins: Vec<UserRow>,
}

/// A session of somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// What it was begun with.
    pub device: String,
    /// When it was used last.
    pub used: When,
}

/// An account as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserView {
    /// What its row shows.
    pub row: UserRow,
    /// Whether it has a second factor.
    pub second_factor: bool,
    /// Whether it is the account of who asks.
    pub own: bool,
    /// Its sessions that go on.
    pub sessions: Vec<SessionRow>,
    /// What the administrator is asked for before the account is changed.
    pub asked: Asked,
}

/// Something that the exchange stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartView {
    /// Its name, as shown.
    pub name: String,
    /// How it is, as shown.
    pub state: String,
    /// Whether it answers.
    pub up: bool,
}

/// How far a service is behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRow {
    /// Its name.
    pub name: String,
    /// Messages that it has not been given yet.
    pub waiting: u64,
    /// Messages that it has not finished with.
    pub unfinished: usize,
}

/// How the parts are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthView {
    /// The parts.
    pub parts: Vec<PartView>,
    /// How many events wait for the broker, as shown.
    pub unsent: String,
    /// The services.
    pub services: Vec<ServiceRow>,
    /// How many dead letters there are, if the broker says.
    pub dead_letters: Option<u64>,
}
