//! The pages of accounts. Their forms are posted plainly, because they change
//! who is looking.

#![expect(
    unreachable_pub,
    reason = "the component macro makes public builders of the properties"
)]

mod account;
mod change;
mod forgot_password;
mod mailed_link;
mod prose;
mod providers;
mod second_factor;
mod sign_in;
mod sign_in_code;
mod sign_up;

use leptos::prelude::*;

use super::api::visitor;
use crate::{
    texts::accounts as text,
    ui::{links, query},
};

pub(crate) use account::Account;
pub(crate) use change::{ChangePassword, DeleteAccount, RequestEmail};
pub(crate) use forgot_password::ForgotPassword;
pub(crate) use mailed_link::{ChangeEmail, LinkByMail, ResetPassword, VerifyEmail};
pub(crate) use prose::{About, Privacy, Terms};
pub(crate) use providers::{FinishSignUp, LinkIdentity, Providers};
pub(crate) use second_factor::SecondFactor;
pub(crate) use sign_in::SignIn;
pub(crate) use sign_in_code::SignInCode;
pub(crate) use sign_up::SignUp;

/// Where the page leads on to: carried through signing in and up.
fn next() -> String {
    query("next")
}

/// Said to somebody who is signed in already. The link is to the market and
/// not to `next`: only the server judges whether that is a page of ours.
fn signed_in() -> impl IntoView {
    Suspend::new(async {
        let name = visitor().await.ok().and_then(|visitor| visitor.name);
        name.map(|name| {
            view! { <p class="note">{text::signed_in_as(&name)} " " <a href=links::MARKET>{text::GO_ON}</a></p> }
        })
    })
}

/// What was just done, if that led here.
fn done() -> impl IntoView {
    text::done(&query("done")).map(|said| view! { <p class="note" role="status">{said}</p> })
}
