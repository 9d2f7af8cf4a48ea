//! Sentences for what can go wrong: each says what to do.

use domain::{Currency, Problem, Refusal};

/// The call did not reach the server, or its answer not the browser.
pub const OFFLINE: &str = "The server could not be reached. Check your connection and try again.";
/// The request was not one that a form of ours sends.
pub const MALFORMED_REQUEST: &str =
    "That request could not be understood. Load the page again and repeat it.";
/// Our fault.
pub const INTERNAL: &str =
    "Something went wrong on our side. It has been noted; try again in a moment.";
/// Something that this needs is away.
pub const UNAVAILABLE: &str =
    "This is not available for the moment. Nothing was changed; try again in a minute.";
/// There is no such thing, or not for this viewer.
pub const NOT_FOUND: &str =
    "There is nothing here, or nothing that you can see. It may have been sold or withdrawn.";
/// The viewer may see it but not do this.
pub const FORBIDDEN: &str = "You cannot do this with your account.";
/// Not until the address of the account is verified.
pub const UNVERIFIED: &str = "Confirm your e-mail address first: open the link that we mailed to you. On the page of your account you can have it sent again.";
/// Nobody is signed in.
pub const UNAUTHENTICATED: &str = "Sign in to go on.";
/// A form that was sent while nobody was signed in, shown again to somebody who
/// is now.
pub const SIGNED_IN_NOW: &str =
    "You are signed in now. Nothing has been saved yet: check this and send it again.";
/// More was sent than any form holds.
pub const TOO_LARGE: &str = "That is far more than the form takes. Shorten it and send it again.";
/// Fields were refused.
pub const INVALID: &str = "Please check the marked fields.";
/// Address and password do not belong together; says nothing about either.
pub const WRONG_CREDENTIALS: &str = "This e-mail and password do not belong together.";

/// Too many attempts; `seconds` until the next.
#[must_use]
pub fn too_many(seconds: u64) -> String {
    match seconds {
        0..=1 => "That was too often. Try again in a second.".to_owned(),
        2..=119 => format!("That was too often. Try again in {seconds} seconds."),
        _ => format!(
            "That was too often. Try again in {} minutes.",
            seconds.div_ceil(60)
        ),
    }
}

/// A sentence for a refused field.
#[must_use]
pub fn problem(problem: &Problem, currency: &Currency) -> String {
    match problem {
        Problem::Required => "Please fill this in.".to_owned(),
        Problem::TooShort { min } => format!("Use at least {min} characters."),
        Problem::TooLong { max } => format!("Use at most {max} characters."),
        Problem::ControlCharacters => "This contains characters that cannot be shown. Type it instead of pasting it.".to_owned(),
        Problem::NotAnEmail => "Enter an e-mail address such as name@example.com.".to_owned(),
        Problem::EmailTaken => "There is an account with this e-mail already. Sign in instead.".to_owned(),
        Problem::WeakPassword => "This password is easy to guess. Use several unusual words, and neither your name nor your e-mail.".to_owned(),
        Problem::WrongCode => "This is not a code of your account, or it was used before. Wait for the next one.".to_owned(),
        Problem::WrongPassword => "This is not your password.".to_owned(),
        Problem::NotAPrice { decimals: 0 } => "Enter the price in digits, such as 45.".to_owned(),
        Problem::NotAPrice { decimals } => format!("Enter the price in digits, such as 45.{:0<1$}, without a sign or thousands separators.", "", usize::from(*decimals)),
        Problem::PriceTooLow { min } => format!("The lowest price is {}.", currency.show(*min)),
        Problem::PriceTooHigh { max } => format!("The highest price is {}.", currency.show(*max)),
        Problem::PriceStep { step } => format!("The price must be a multiple of {}.", currency.show(*step)),
        Problem::NotADate => "Enter a date and a time.".to_owned(),
        Problem::NotADay => "Enter a date, such as 2026-12-31.".to_owned(),
        Problem::EmptyRange => "This ends before it begins. Change one of the two.".to_owned(),
        Problem::InThePast => "This is in the past. Only tickets for events to come can be sold.".to_owned(),
        Problem::TooFarAhead => "This is too far ahead. Check the year.".to_owned(),
        Problem::UnknownZone => "Choose a time zone from the list, such as America/Toronto.".to_owned(),
        Problem::NoSuchLocalTime => "Clocks go forward at this time, so it does not exist in that time zone. Check the time.".to_owned(),
        Problem::UnknownCountry => "Choose a country from the list.".to_owned(),
        Problem::UnknownRegion { country } => format!("Choose a state or province of {country} from the list."),
        Problem::NotAPostalCode { country } => format!("This is not a postal code of {country}. Check it, and the country."),
        Problem::Malformed => "This value cannot be used. Load the page again.".to_owned(),
    }
}

/// A sentence for an operation that was refused.
#[must_use]
pub fn refusal(refusal: &Refusal, currency: &Currency) -> String {
    match refusal {
        Refusal::Reserved => "Somebody else is buying this ticket right now. If they do not pay, it is back on the market within minutes.".to_owned(),
        Refusal::Sold => "This ticket is sold. Look for another one on the market.".to_owned(),
        Refusal::NotOnMarket => "This ticket is not on the market now. Look for another one.".to_owned(),
        Refusal::EventBegan => "The event has begun, so this ticket can no longer be bought.".to_owned(),
        Refusal::OwnTicket => "This is your own ticket, so you cannot order it.".to_owned(),
        Refusal::PriceChanged { price } => format!("The price is now {}. Nothing was reserved; reserve again if you agree to it.", currency.show(*price)),
        Refusal::TooManyHolds { max: 1 } => "You hold a ticket already. Pay for it or cancel it first, under My orders.".to_owned(),
        Refusal::TooManyHolds { max } => format!("You hold {max} tickets already, which is the most. Pay for one or cancel one first, under My orders."),
        Refusal::CoolingDown { .. } => "You let this ticket go moments ago, so others have a chance first. Try again in a minute.".to_owned(),
        Refusal::AccountGone => "This account is deleted.".to_owned(),
        Refusal::TooLate => "That took too long, so nothing was changed. Begin again.".to_owned(),
        Refusal::StaleEdit => "This listing was changed since you opened it. The newer values are shown at their fields; save again to replace them.".to_owned(),
        Refusal::HeldOrSold => "Somebody is buying this ticket or has bought it, so it cannot be changed now.".to_owned(),
        Refusal::ListingClosed => "This listing is closed and cannot be changed any more. Create a new one instead.".to_owned(),
        Refusal::HoldEnded => "Your reservation has ended and nothing was charged. Look whether the ticket is still on the market.".to_owned(),
        Refusal::BeingPaid => "This order is being paid right now, so it cannot be cancelled. Wait a moment.".to_owned(),
        Refusal::AlreadyPaid => "This order is paid already.".to_owned(),
        Refusal::OrderCancelled => "This order was cancelled and nothing was charged.".to_owned(),
        Refusal::NotPaid => "This order is not paid, so there is nothing to refund.".to_owned(),
        Refusal::BeingRefunded => "The refund of this order is under way. Banks take up to ten days.".to_owned(),
        Refusal::AlreadyRefunded => "This order was refunded already.".to_owned(),
        Refusal::Disputed => "This payment is disputed with the bank, so it cannot be refunded here.".to_owned(),
        Refusal::RefundTooLate => "It is too late for a refund: the event has begun, or the time for refunds is over.".to_owned(),
        Refusal::LinkGone => "This link is no longer valid: it was used, it is too old, or your account has changed since. Ask for a new one.".to_owned(),
        Refusal::SignInAgain => "You signed in a while ago. Sign out and in again, and repeat this.".to_owned(),
        Refusal::StillParty => "An order of yours is not over: one that is reserved, being refunded or disputed, or whose event is still to come. Delete your account after that.".to_owned(),
        Refusal::IdentityTaken => "Another account here has that way to sign in already.".to_owned(),
        Refusal::LastWayIn => "It is the only way to sign in to your account. Set a password first.".to_owned(),
        Refusal::UnverifiedIdentity => "You have not confirmed your e-mail address there. Confirm it there, or create an account with your e-mail and a password.".to_owned(),
        Refusal::ProviderRefused => "Signing in there did not work, or took too long. Try again.".to_owned(),
        Refusal::VerifiedAlready => "Your e-mail address is confirmed already.".to_owned(),
        Refusal::NoSuchStep { .. } => "That is not possible any more. Load the page again to see where it stands.".to_owned(),
        Refusal::NotTheHolder => "This order no longer holds the ticket. Load the page again.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_times_are_told_in_the_unit_that_fits() {
        assert!(too_many(0).contains("a second"));
        assert!(too_many(45).contains("45 seconds"));
        assert!(too_many(121).contains("3 minutes"));
    }

    #[test]
    fn prices_are_explained_in_the_currency() {
        let in_yen = Currency::by_code("JPY").expect("JPY is in the table");
        assert!(problem(&Problem::PriceTooLow { min: in_yen.min }, &in_yen).contains("50 JPY"));
        let in_dinars = Currency::by_code("KWD").expect("KWD is in the table");
        assert!(problem(&Problem::NotAPrice { decimals: 3 }, &in_dinars).contains("45.000,"));
    }
}
