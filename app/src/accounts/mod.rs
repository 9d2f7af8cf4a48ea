//! Registering, signing in and out.

#[expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, which are what the forms call them"
)]
pub mod api;
#[cfg(feature = "ssr")]
pub(crate) mod pages;
pub mod types;
