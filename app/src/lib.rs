//! Pages, components and server functions of Ticket Exchange.
//!
//! Built twice: with the feature `ssr` into the server, which renders the pages
//! and where server functions call the services of `exchange`; and with
//! `hydrate` into the WASM client, which runs the islands in them and where
//! server functions are HTTP calls. Each feature folder has the same rooms:
//! `types` (what crosses the wire), `api` (server functions, thin), `pages`
//! (rendered by the server only) and `islands` (what the browser runs too).

#![recursion_limit = "256"]

pub mod accounts;
#[expect(
    missing_docs,
    reason = "the fields of a form are the arguments of its server function, of which the server macro makes a struct"
)]
pub mod administration;
pub mod error;
#[cfg_attr(
    not(feature = "ssr"),
    expect(dead_code, reason = "islands need a part of it")
)]
pub mod form;
pub mod language;
pub mod market;
#[expect(
    missing_docs,
    reason = "the fields of a form are the arguments of its server function, of which the server macro makes a struct"
)]
pub mod moderation;
pub mod orders;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
mod shell;
mod ui;
pub mod wire;

#[cfg(feature = "ssr")]
pub use {
    shell::{App, shell},
    ui::Client,
};
