//! Registering, signing in and out.

#[expect(
    missing_docs,
    clippy::too_many_arguments,
    reason = "the fields of a form are the arguments of its server function, of which the server macro makes a struct"
)]
pub mod api;
#[cfg(feature = "ssr")]
pub(crate) mod pages;
pub mod types;
