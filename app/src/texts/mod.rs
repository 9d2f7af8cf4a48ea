//! Everything that people read, in one place, so that a second language has
//! one place to come to.

pub(crate) mod about;
pub(crate) mod accounts;
mod declines;
mod errors;
pub(crate) mod market;
pub(crate) mod orders;
pub(crate) mod terms;

pub use declines::decline;
pub use errors::{
    FORBIDDEN, INTERNAL, INVALID, MALFORMED_REQUEST, NOT_FOUND, OFFLINE, SIGNED_IN_NOW, TOO_LARGE,
    UNAUTHENTICATED, UNAVAILABLE, UNVERIFIED, WRONG_CREDENTIALS, problem, refusal, too_many,
};

/// The name of the product.
pub const PRODUCT: &str = "Ticket Exchange";

pub(crate) const TAGLINE: &str = "Tickets people cannot use, bought safely by people who can.";
pub(crate) const DESCRIPTION: &str = "Sell tickets you cannot use, and buy tickets safely: every reservation is yours alone, and the price you see is all you pay.";

pub(crate) const SKIP: &str = "Skip to the content";
pub(crate) const MAIN_MENU: &str = "Main menu";
pub(crate) const NAV_MARKET: &str = "Market";
pub(crate) const NAV_SELL: &str = "Sell a ticket";
pub(crate) const NAV_LISTINGS: &str = "My listings";
pub(crate) const NAV_ORDERS: &str = "My orders";
pub(crate) const SIGN_IN: &str = "Sign in";
pub(crate) const SIGN_OUT: &str = "Sign out";
pub(crate) const REGISTER: &str = "Register";
pub(crate) const TEST_MODE: &str =
    "Test mode: no real money moves. Pay with a test card such as 4242 4242 4242 4242.";
pub(crate) const FOOTER: &str = "The price you see is the price you pay.";
pub(crate) const TERMS: &str = "Terms";
pub(crate) const MORE_PAGES: &str = "About this site";

pub(crate) const CHOOSE: &str = "Choose…";
pub(crate) const OPTIONAL: &str = "(optional)";
pub(crate) const LOAD_MORE: &str = "Load more";
pub(crate) const TRY_AGAIN: &str = "Try again";
pub(crate) const BACK_TO_MARKET: &str = "Go to the market";

pub(crate) const NOT_FOUND_TITLE: &str = "This page does not exist";
pub(crate) const FORBIDDEN_TITLE: &str = "This is not yours to change";
pub(crate) const CONFLICT_TITLE: &str = "Not possible now";
pub(crate) const TOO_MANY_TITLE: &str = "A little slower, please";
pub(crate) const UNAVAILABLE_TITLE: &str = "Back in a moment";
pub(crate) const FAULT_TITLE: &str = "Something went wrong";
pub(crate) const SIGN_IN_FIRST_TITLE: &str = "Sign in first";
