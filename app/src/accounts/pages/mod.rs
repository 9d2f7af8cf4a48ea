//! The pages of accounts. Their forms are posted plainly, because they change
//! who is looking.

#![expect(
    unreachable_pub,
    reason = "the component macro makes public builders of the properties"
)]

mod account;
mod change;
mod forgot_password;
mod keys;
mod mailed_link;
mod prose;
mod providers;
mod second_factor;
mod sign_in;
mod sign_in_code;
mod sign_up;

use leptos::prelude::*;
use texts::accounts as text;

use super::api::visitor;
use crate::{
    language::language,
    ui::{links, query},
};

pub(crate) use account::Account;
pub(crate) use change::{ChangePassword, DeleteAccount, Proof, RequestEmail};
pub(crate) use forgot_password::ForgotPassword;
pub(crate) use keys::Keys;
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
    let language = language();
    Suspend::new(async move {
        let name = visitor().await.ok().and_then(|visitor| visitor.name);
        name.map(|name| {
            view! { <p class="note">{text::signed_in_as(language, &name)} " " <a href=links::MARKET>{text::go_on(language)}</a></p> }
        })
    })
}

/// What was just done, if that led here.
fn done() -> impl IntoView {
    let language = language();
    text::done(language, &query("done"))
        .map(|said| view! { <p class="note" role="status">{said}</p> })
}
