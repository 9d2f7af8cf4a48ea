//! Sentences for what can go wrong: each says what to do.

use domain::{Currency, Problem, Refusal};

use crate::{Language, *};

/// Too many attempts; `seconds` until the next.
#[must_use]
pub fn too_many(language: Language, seconds: u64) -> String {
    match seconds {
        0..=1 => too_often_second(language).to_owned(),
        2..=119 => too_often_seconds(language, &seconds.to_string()),
        _ => too_often_minutes(language, &seconds.div_ceil(60).to_string()),
    }
}

/// A sentence for a refused field.
#[must_use]
pub fn problem(language: Language, problem: &Problem, currency: &Currency) -> String {
    let price = |amount| language.price(currency, amount);
    let plain = match problem {
        Problem::TooShort { min } => return problem_too_short(language, &min.to_string()),
        Problem::TooLong { max } => return problem_too_long(language, &max.to_string()),
        Problem::NotAPrice {
            decimals: decimals @ 1..,
        } => {
            let example = format!("45.{:0<1$}", "", usize::from(*decimals));
            return problem_not_a_price(language, &example);
        }
        Problem::PriceTooLow { min } => return problem_price_too_low(language, &price(*min)),
        Problem::PriceTooHigh { max } => return problem_price_too_high(language, &price(*max)),
        Problem::PriceStep { step } => return problem_price_step(language, &price(*step)),
        Problem::Required => problem_required(language),
        Problem::ControlCharacters => problem_control_characters(language),
        Problem::NotAnEmail => problem_not_an_email(language),
        Problem::EmailTaken => problem_email_taken(language),
        Problem::WeakPassword => problem_weak_password(language),
        Problem::WrongCode => problem_wrong_code(language),
        Problem::WrongPassword => problem_wrong_password(language),
        Problem::NotAPrice { decimals: 0 } => problem_not_a_whole_price(language),
        Problem::NotADate => problem_not_a_date(language),
        Problem::NotADay => problem_not_a_day(language),
        Problem::EmptyRange => problem_empty_range(language),
        Problem::InThePast => problem_in_the_past(language),
        Problem::TooFarAhead => problem_too_far_ahead(language),
        Problem::UnknownZone => problem_unknown_zone(language),
        Problem::NoSuchLocalTime => problem_no_such_local_time(language),
        Problem::UnknownCountry => problem_unknown_country(language),
        Problem::UnknownRegion => problem_unknown_region(language),
        Problem::NotAPostalCode => problem_not_a_postal_code(language),
        Problem::Malformed => problem_malformed(language),
    };
    plain.to_owned()
}

/// A sentence for an operation that was refused.
#[must_use]
pub fn refusal(language: Language, refusal: &Refusal, currency: &Currency) -> String {
    let plain = match refusal {
        Refusal::PriceChanged { price } => {
            return refusal_price_changed(language, &language.price(currency, *price));
        }
        Refusal::TooManyHolds { max } => {
            return refusal_too_many_holds(language, *max);
        }
        Refusal::TooManyKeys { max } => {
            return refusal_too_many_keys(language, *max);
        }
        Refusal::TooManyWebhooks { max } => {
            return refusal_too_many_webhooks(language, *max);
        }
        Refusal::EventsForgotten => refusal_events_forgotten(language),
        Refusal::Reserved => refusal_reserved(language),
        Refusal::Sold => refusal_sold(language),
        Refusal::NotOnMarket => refusal_not_on_market(language),
        Refusal::EventBegan => refusal_event_began(language),
        Refusal::OwnTicket => refusal_own_ticket(language),
        Refusal::CoolingDown { .. } => refusal_cooling_down(language),
        Refusal::AccountGone => refusal_account_gone(language),
        Refusal::TooLate => refusal_too_late(language),
        Refusal::StaleEdit => refusal_stale_edit(language),
        Refusal::HeldOrSold => refusal_held_or_sold(language),
        Refusal::ListingClosed => refusal_listing_closed(language),
        Refusal::HoldEnded => refusal_hold_ended(language),
        Refusal::BeingPaid => refusal_being_paid(language),
        Refusal::AlreadyPaid => refusal_already_paid(language),
        Refusal::OrderCancelled => refusal_order_cancelled(language),
        Refusal::NotPaid => refusal_not_paid(language),
        Refusal::BeingRefunded => refusal_being_refunded(language),
        Refusal::AlreadyRefunded => refusal_already_refunded(language),
        Refusal::Disputed => refusal_disputed(language),
        Refusal::RefundTooLate => refusal_refund_too_late(language),
        Refusal::LinkGone => refusal_link_gone(language),
        Refusal::SignInAgain => refusal_sign_in_again(language),
        Refusal::StillParty => refusal_still_party(language),
        Refusal::IdentityTaken => refusal_identity_taken(language),
        Refusal::LastWayIn => refusal_last_way_in(language),
        Refusal::UnverifiedIdentity => refusal_unverified_identity(language),
        Refusal::ProviderRefused => refusal_provider_refused(language),
        Refusal::VerifiedAlready => refusal_verified_already(language),
        Refusal::CaseDecided => refusal_case_decided(language),
        Refusal::SellerSuspended => refusal_seller_suspended(language),
        Refusal::OwnAccount => refusal_own_account(language),
        Refusal::ReportedAlready => refusal_reported_already(language),
        Refusal::NoSuchStep { .. } => refusal_no_such_step(language),
        Refusal::NotTheHolder => refusal_not_the_holder(language),
    };
    plain.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_times_are_told_in_the_unit_that_fits() {
        let said = |seconds| too_many(Language::English, seconds);
        assert!(said(0).contains("a second"));
        assert!(said(45).contains("45 seconds"));
        assert!(said(121).contains("3 minutes"));
    }

    #[test]
    fn prices_are_explained_in_the_currency() {
        let said = |wrong, currency| problem(Language::English, &wrong, currency);
        let yen = Currency::by_code("JPY").expect("JPY is in the table");
        assert!(said(Problem::PriceTooLow { min: yen.min }, &yen).contains("50 JPY"));
        let dinar = Currency::by_code("KWD").expect("KWD is in the table");
        assert!(said(Problem::NotAPrice { decimals: 3 }, &dinar).contains("45.000,"));
    }
}
