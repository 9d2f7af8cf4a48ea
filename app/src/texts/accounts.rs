//! Texts of registering, signing in and out.

pub(crate) const SIGN_UP_TITLE: &str = "Create your account";
pub(crate) const SIGN_UP_INTRO: &str = "One account to buy and to sell.";
pub(crate) const SIGN_IN_TITLE: &str = "Welcome back";
pub(crate) const SIGN_IN_INTRO: &str = "Sign in to buy and sell tickets.";

pub(crate) const EMAIL: &str = "E-mail";
pub(crate) const DISPLAY_NAME: &str = "Display name";
pub(crate) const DISPLAY_NAME_HINT: &str = "Shown to people who look at your tickets.";
pub(crate) const PASSWORD: &str = "Password";
pub(crate) const PASSWORD_HINT: &str =
    "8 to 128 characters. Several unusual words are easy to remember and hard to guess.";
pub(crate) const ACCEPT: &str = "By creating an account you accept the";
pub(crate) const ACCEPT_LINK: &str = "terms";

pub(crate) const CREATE_ACCOUNT: &str = "Create account";
pub(crate) const HAVE_ACCOUNT: &str = "Have an account already? ";
pub(crate) const SIGN_IN_INSTEAD: &str = "Sign in instead";
pub(crate) const NO_ACCOUNT: &str = "New here? ";
pub(crate) const REGISTER_INSTEAD: &str = "Create an account";
pub(crate) const GO_ON: &str = "Go on";

/// Said to somebody who opens the sign-in page signed in.
pub(crate) fn signed_in_as(name: &str) -> String {
    format!("You are signed in as {name}.")
}
