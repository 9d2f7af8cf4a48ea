//! Pages, components and server functions of Ticket Exchange.
//!
//! Built twice: with the feature `ssr` into the server, where server functions
//! call the services of `exchange`, and with `hydrate` into the WASM client,
//! where they are HTTP calls. Each feature folder has the same rooms: `types`
//! (what crosses the wire), `api` (server functions, thin) and pages.

#![recursion_limit = "256"]

pub mod accounts;
pub mod error;
pub mod form;
pub mod market;
pub mod orders;
#[cfg(feature = "ssr")]
pub mod server;
mod shell;
pub mod texts;
mod ui;
pub mod wire;

pub use shell::{App, shell};
