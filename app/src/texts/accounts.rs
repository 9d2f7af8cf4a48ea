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

pub(crate) const CHANGE: &str = "Change";
pub(crate) const SET: &str = "Set";
pub(crate) const SET_UP: &str = "Set up";
pub(crate) const IS_SET: &str = "set";
pub(crate) const NOT_SET: &str = "none";
pub(crate) const ON: &str = "on";
pub(crate) const OFF: &str = "off";
pub(crate) const BACK: &str = "Back to your account";
pub(crate) const RESET_NOTE_HERE: &str = "You will be signed out everywhere else.";
pub(crate) const SHOW_PASSWORD: &str = "Show";

pub(crate) const SESSIONS: &str = "Where you are signed in";
pub(crate) const LAST_USED: &str = "last used";
pub(crate) const THIS_ONE: &str = "this one";
pub(crate) const END_SESSION: &str = "Sign out";
pub(crate) const END_OTHERS: &str = "Sign out everywhere else";

pub(crate) const SECOND_FACTOR: &str = "Two-step sign-in";
pub(crate) const SECOND_FACTOR_NOTE: &str = "Besides your password you are asked for a code that an app on your phone shows. Whoever finds out your password cannot sign in with it alone.";
pub(crate) const SECOND_FACTOR_ON: &str = "Two-step sign-in is on.";
pub(crate) const CODE: &str = "Code";
pub(crate) const CODE_HINT: &str = "From your authenticator app, or a backup code.";
pub(crate) const APP_CODE_HINT: &str = "The six digits that the app shows now.";
pub(crate) const SIGN_IN_CODE_HINT: &str =
    "The six digits that your authenticator app shows, or a backup code.";
pub(crate) const SCAN: &str = "1. Add the account to your app";
pub(crate) const SCAN_NOTE: &str = "Scan this with an authenticator app on your phone.";
pub(crate) const QR: &str = "QR code for authenticator apps";
pub(crate) const TYPE_INSTEAD: &str = "Or type this key into it:";
pub(crate) const OPEN_APP: &str = "Open in an app on this device";
pub(crate) const BACKUP_CODES: &str = "2. Keep the backup codes";
pub(crate) const BACKUP_NOTE: &str = "Each of them signs you in once when you do not have your phone. Write them down now: they are not shown again.";
pub(crate) const TURN_ON: &str = "Turn on";
pub(crate) const TURN_OFF: &str = "Turn off";
pub(crate) const CODES_KEPT: &str = "I have kept them";
pub(crate) const SET_UP_ANEW: &str = "Use another app or phone";
pub(crate) const NEW_CODES: &str = "New backup codes";
pub(crate) const START_OVER: &str = "Start over";

pub(crate) const OTHER_WAYS: &str = "Other ways to sign in";
pub(crate) const NO_OTHER_WAYS: &str = "There are none.";
pub(crate) const ADD_WAY: &str = "Add a way to sign in";
pub(crate) const REMOVE_WHICH: &str = "Which one do you want to remove?";
pub(crate) const REMOVE: &str = "Remove";
pub(crate) const LINK_TITLE: &str = "Add a way to sign in?";
pub(crate) const LINK_NOTE: &str = "From then on whoever signs in there is signed in here as you.";
pub(crate) const LINK_MAIL_NOTE: &str =
    "From then on whoever signs in there is signed in here to the account of:";
pub(crate) const PROVIDER: &str = "With";
pub(crate) const KNOWN_AS: &str = "As";
pub(crate) const OR: &str = "or";

pub(crate) const MY_DATA: &str = "My data";
pub(crate) const DOWNLOAD: &str = "Download my data";
pub(crate) const DELETE_ACCOUNT: &str = "Delete my account";
pub(crate) const DELETE_NOTE: &str = "Your name, address and ways to sign in are deleted and your listings withdrawn. Orders stay for the other side of them, and billing details for as long as the law asks. This cannot be undone.";

/// How many backup codes are left.
pub(crate) fn codes_left(left: usize) -> String {
    match left {
        1 => "One backup code is left.".to_owned(),
        left => format!("{left} backup codes are left."),
    }
}

/// On a button that leads to a provider.
pub(crate) fn go_on_with(provider: &str) -> String {
    format!("Go on with {provider}")
}

/// On a button that adds a provider.
pub(crate) fn add_provider(provider: &str) -> String {
    format!("Add {provider}")
}

/// What can be said of a password while it is typed, without knowing what is
/// guessed first: the server does.
pub(crate) fn strength(password: &str) -> &'static str {
    let length = password.chars().count();
    let mut different: Vec<char> = password.chars().collect();
    different.sort_unstable();
    different.dedup();
    match (length, different.len()) {
        (0, _) => "",
        (..8, _) => "Too short.",
        (_, ..6) => "Easy to guess: it repeats itself.",
        (..12, _) => "More words make it harder to guess.",
        _ => "Long enough. Keep to words that do not belong together.",
    }
}

/// What was just done, by the name that the address of the page has for it.
pub(crate) fn done(name: &str) -> Option<&'static str> {
    Some(match name {
        "address" => "Thank you, your e-mail address is confirmed.",
        "password" => "Your password is changed, and you are signed out everywhere else.",
        "session" => "That device is signed out.",
        "sessions" => "You are signed out everywhere else.",
        "second_factor" => "Two-step sign-in is set up. You are signed out everywhere else.",
        "second_factor_off" => "Two-step sign-in is off.",
        "linked" => "The way to sign in was added.",
        "unlinked" => "The way to sign in was removed.",
        "asked" => {
            "There is an account with your address there. We mailed a link to it: with that you add this way to sign in. Or sign in with your password."
        }
        "deleted" => "Your account is deleted.",
        "link" => "A link is on its way to that address. Look in the spam folder too.",
        _ => return None,
    })
}

/// Said to somebody who opens the sign-in page signed in.
pub(crate) fn signed_in_as(name: &str) -> String {
    format!("You are signed in as {name}.")
}
