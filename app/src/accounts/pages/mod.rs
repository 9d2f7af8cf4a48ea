//! The pages of accounts. Their forms load a whole page, because they change
//! who is looking.

#![expect(
    unreachable_pub,
    reason = "the component macro makes public builders of the properties"
)]

mod account;
mod change;
mod forgot_password;
mod mailed_link;
mod providers;
mod second_factor;
mod sign_in;
mod sign_in_code;
mod sign_up;
mod terms;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::types::Visitor;
use crate::{
    texts::accounts as text,
    ui::{UnknownPage, links},
};

use account::Account;
use change::{ChangePassword, DeleteAccount, RequestEmail};
use forgot_password::ForgotPassword;
use mailed_link::{ChangeEmail, LinkByMail, ResetPassword, VerifyEmail};
use providers::{FinishSignUp, LinkIdentity, Providers};
use second_factor::SecondFactor;
pub(crate) use sign_in::SignIn;
use sign_in_code::SignInCode;
pub(crate) use sign_up::SignUp;
use terms::Terms;

/// The page at `path` of those that are loaded together.
pub(crate) fn area(path: &str) -> AnyView {
    let mut parts = path.split('/').skip(1);
    match (parts.next(), parts.next()) {
        (Some("account"), None | Some("")) => Account().into_any(),
        (Some("account"), Some("password")) => ChangePassword().into_any(),
        (Some("account"), Some("email")) => RequestEmail().into_any(),
        (Some("account"), Some("second-factor")) => SecondFactor().into_any(),
        (Some("account"), Some("providers")) => Providers().into_any(),
        (Some("account"), Some("link")) => LinkIdentity().into_any(),
        (Some("account"), Some("delete")) => DeleteAccount().into_any(),
        (Some("verify-email"), _) => VerifyEmail().into_any(),
        (Some("reset-password"), _) => ResetPassword().into_any(),
        (Some("change-email"), _) => ChangeEmail().into_any(),
        (Some("link-identity"), _) => LinkByMail().into_any(),
        (Some("forgot-password"), _) => ForgotPassword().into_any(),
        (Some("sign-in"), _) => SignInCode().into_any(),
        (Some("sign-up"), _) => FinishSignUp().into_any(),
        (Some("terms"), _) => Terms().into_any(),
        _ => UnknownPage().into_any(),
    }
}

/// Where the page leads on to: carried through signing in and up.
fn next() -> Signal<String> {
    let query = use_query_map();
    Signal::derive(move || query.with(|query| query.get("next").unwrap_or_default()))
}

/// Said to somebody who is signed in already. The link is to the market and
/// not to `next`: only the server judges whether that is a page of ours.
fn signed_in(visitor: Visitor) -> AnyView {
    let said = |name: String| view! { <p class="note">{text::signed_in_as(&name)} " " <a href=links::MARKET>{text::GO_ON}</a></p> };
    visitor.name.map(said).into_any()
}

/// What was just done, if that led here.
fn done() -> impl IntoView {
    let query = use_query_map();
    let said = move || query.with(|query| text::done(&query.get("done").unwrap_or_default()));
    move || said().map(|said| view! { <p class="note" role="status">{said}</p> })
}
