//! Administration: how it goes, what went wrong, and who may do what.

pub mod api;
#[cfg(feature = "ssr")]
pub(crate) mod pages;
pub mod types;
