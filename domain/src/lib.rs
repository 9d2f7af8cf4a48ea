//! The rules of the exchange.
//!
//! Nothing here does I/O, waits, or reads a clock: every function takes the
//! state it decides on and the time, and returns the next state or the reason
//! why not. The same code therefore serves the server, the WASM client and the
//! tests, and each rule exists once.

pub mod account;
pub mod billing;
pub mod date;
pub mod event;
pub mod field;
pub mod hold;
pub mod id;
pub mod ledger;
pub mod moderation;
pub mod money;
pub mod order;
pub mod payment;
pub mod permission;
pub mod refusal;
pub mod scope;
pub mod search;
pub mod text;
pub mod ticket;
pub mod time;
pub mod words;

#[cfg(test)]
mod fixtures;

pub use billing::Billing;
pub use date::Date;
pub use field::{FieldErrors, Problem};
pub use id::{CaseId, KeyId, LinkId, OrderId, TicketId, UserId, WebhookId};
pub use money::{Amount, Currency};
pub use refusal::Refusal;
pub use time::Timestamp;
