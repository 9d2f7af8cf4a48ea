//! A process that stands in for Stripe's API and card element, for development
//! and tests only.
//!
//! It speaks the subset of Stripe that the market uses (`PaymentIntent`s,
//! charges, refunds, events, signed webhooks, `Idempotency-Key`, Stripe.js with
//! a card element and a 3-D Secure dialog), accepts only Stripe's documented
//! test cards and can be told to misbehave. What it answers is held to a
//! contract (`tests/it/contract.json`) and parses with `async-stripe`, so that
//! it cannot drift from the real thing.
//!
//! Tests start it in their own process with [`Sandbox::start`]; everything it
//! knows is one [`state`](crate) behind one lock, kept in a file if asked.

// `json!` recurses once a token, and Stripe's objects are long.
#![recursion_limit = "256"]

mod api;
mod app;
mod browser;
mod capture;
mod cards;
mod charges;
mod clock;
mod config;
mod confirm;
mod control;
mod disputes;
mod envelope;
mod errors;
mod events;
mod faults;
mod idempotency;
mod intent;
mod intents;
mod list;
mod params;
mod payment_methods;
mod refunds;
mod request;
mod sandbox;
mod state;
mod store;
mod webhooks;

pub use config::Config;
pub use faults::{Fault, FaultKind, Faults, Operation, WebhookFaults};
pub use sandbox::Sandbox;

/// The API version whose shapes the sandbox speaks: the one `async-stripe`
/// 1.0.0-rc.10 is generated from (`stripe_shared::version::VERSION`).
pub const API_VERSION: &str = "2026-09-30.endive";
