//! The pages of accounts. Their forms load a whole page, because they change
//! who is looking.

#![expect(
    unreachable_pub,
    reason = "the component macro makes public builders of the properties"
)]

mod account;
mod forgot_password;
mod mailed_link;
mod sign_in;
mod sign_up;
mod terms;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::texts::accounts as text;

pub(crate) use account::Account;
pub(crate) use forgot_password::ForgotPassword;
pub(crate) use mailed_link::{ChangeEmail, ResetPassword, VerifyEmail};
pub(crate) use sign_in::SignIn;
pub(crate) use sign_up::SignUp;
pub(crate) use terms::Terms;

/// Where the page leads on to: carried through signing in and up.
fn next() -> Signal<String> {
    let query = use_query_map();
    Signal::derive(move || query.with(|query| query.get("next").unwrap_or_default()))
}

/// What was just done, if that led here.
fn done() -> impl IntoView {
    let query = use_query_map();
    let said = move || query.with(|query| text::done(&query.get("done").unwrap_or_default()));
    move || said().map(|said| view! { <p class="note" role="status">{said}</p> })
}
