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

pub(crate) const FORGOT: &str = "Forgot your password?";
pub(crate) const FORGOT_TITLE: &str = "Set a new password";
pub(crate) const FORGOT_INTRO: &str =
    "Enter the e-mail address of your account. We mail you a link that works for 15 minutes.";
pub(crate) const SEND_LINK: &str = "Send the link";
pub(crate) const LINK_SENT: &str = "If there is an account with that address, a link is on its way to it. Look in the spam folder too.";
pub(crate) const RESET_TITLE: &str = "Set a new password";
pub(crate) const NEW_PASSWORD: &str = "New password";
pub(crate) const RESET_NOTE: &str =
    "You will be signed out everywhere, and sign in with the new password.";
pub(crate) const SET_PASSWORD: &str = "Set password";
pub(crate) const VERIFY_TITLE: &str = "Confirm your e-mail address";
pub(crate) const VERIFY_NOTE: &str = "Confirm that this address is yours:";
pub(crate) const CHANGE_EMAIL_TITLE: &str = "Confirm your new e-mail address";
pub(crate) const CHANGE_EMAIL_NOTE: &str = "Make this the address of your account:";
pub(crate) const CONFIRM_ADDRESS: &str = "Confirm address";

pub(crate) const ACCOUNT_TITLE: &str = "Your account";
pub(crate) const ADDRESS_CONFIRMED: &str = "confirmed";
pub(crate) const ADDRESS_UNCONFIRMED: &str = "not confirmed";
pub(crate) const UNVERIFIED_NOTE: &str = "Confirm your e-mail address to buy and sell tickets: open the link that we mailed to you. It works for 24 hours.";
pub(crate) const UNVERIFIED_BANNER: &str =
    "Confirm your e-mail address to buy and sell tickets: open the link that we mailed to you.";
pub(crate) const SEND_AGAIN: &str = "Send the link again";
pub(crate) const SEE_ACCOUNT: &str = "Your account";
pub(crate) const CHANGE_PASSWORD: &str = "Change password";
pub(crate) const CHANGE_EMAIL: &str = "Change e-mail address";
pub(crate) const NEW_EMAIL: &str = "New e-mail";
pub(crate) const NEW_EMAIL_HINT: &str =
    "We mail a link there. The address changes when you open it.";
pub(crate) const CURRENT_PASSWORD: &str = "Current password";

/// What was just done, by the name that the address of the page has for it.
pub(crate) fn done(name: &str) -> Option<&'static str> {
    Some(match name {
        "address" => "Thank you, your e-mail address is confirmed.",
        "password" => "Your password is changed, and you are signed out everywhere else.",
        "link" => "A link is on its way to that address. Look in the spam folder too.",
        _ => return None,
    })
}

/// Said to somebody who opens the sign-in page signed in.
pub(crate) fn signed_in_as(name: &str) -> String {
    format!("You are signed in as {name}.")
}
