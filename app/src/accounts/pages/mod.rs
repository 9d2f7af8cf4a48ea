//! The pages of accounts. Their forms load a whole page, because they change
//! who is looking.

#![expect(
    unreachable_pub,
    reason = "the component macro makes public builders of the properties"
)]

mod sign_in;
mod sign_up;
mod terms;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

pub(crate) use sign_in::SignIn;
pub(crate) use sign_up::SignUp;
pub(crate) use terms::Terms;

/// Where the page leads on to: carried through signing in and up.
fn next() -> Signal<String> {
    let query = use_query_map();
    Signal::derive(move || query.with(|query| query.get("next").unwrap_or_default()))
}
