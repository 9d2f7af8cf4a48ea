//! Moderation: what waits for a decision, and reports.

pub mod api;
#[cfg(feature = "ssr")]
pub(crate) mod pages;
pub mod types;
