//! What to do about a declined card.
//!
//! Source: <https://docs.stripe.com/declines/codes>.

use crate::Language;

include!(concat!(env!("OUT_DIR"), "/declines.rs"));

/// A sentence for Stripe's `decline_code` (or, without one, its error `code`).
#[must_use]
pub fn decline(language: Language, code: &str) -> &'static str {
    match code {
        "insufficient_funds" => insufficient_funds(language),
        "withdrawal_count_limit_exceeded" | "card_velocity_exceeded" => limit(language),
        "expired_card" => expired(language),
        "incorrect_cvc" | "invalid_cvc" => security_code(language),
        "incorrect_number" | "invalid_number" => number(language),
        "invalid_expiry_month" | "invalid_expiry_year" => expiry(language),
        "incorrect_address" | "incorrect_zip" => address(language),
        "incorrect_pin"
        | "invalid_pin"
        | "offline_pin_required"
        | "online_or_offline_pin_required"
        | "pin_try_exceeded" => pin(language),
        "authentication_required"
        | "authentication_not_handled"
        | "mobile_device_authentication_required" => confirm(language),
        "payment_intent_authentication_failure" => unconfirmed(language),
        "card_not_supported"
        | "transaction_not_allowed"
        | "service_not_allowed"
        | "not_permitted" => kind(language),
        "currency_not_supported" => currency(language),
        "duplicate_transaction" => duplicate(language),
        "invalid_account" | "new_account_information_available" => account(language),
        "invalid_amount" => amount(language),
        "approve_with_id"
        | "issuer_not_available"
        | "processing_error"
        | "reenter_transaction"
        | "try_again_later" => later(language),
        "testmode_decline" => test_card(language),
        // Listed so that it shows that they are meant to read like this.
        "call_issuer"
        | "do_not_honor"
        | "do_not_try_again"
        | "fraudulent"
        | "generic_decline"
        | "highest_risk_level"
        | "lost_card"
        | "merchant_blacklist"
        | "no_action_taken"
        | "pickup_card"
        | "restricted_card"
        | "revocation_of_all_authorizations"
        | "revocation_of_authorization"
        | "security_violation"
        | "stolen_card"
        | "stop_payment_order" => generic(language),
        _ => generic(language),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suspicion_is_not_told() {
        for code in [
            "lost_card",
            "stolen_card",
            "fraudulent",
            "merchant_blacklist",
            "pickup_card",
            "never heard of",
        ] {
            assert_eq!(
                decline(Language::English, code),
                decline(Language::English, "generic_decline"),
                "{code}"
            );
        }
    }

    #[test]
    fn what_the_buyer_can_mend_is_told() {
        for (code, word) in [
            ("insufficient_funds", "insufficient"),
            ("expired_card", "expired"),
            ("incorrect_cvc", "security code"),
        ] {
            assert!(decline(Language::English, code).contains(word), "{code}");
        }
    }
}
