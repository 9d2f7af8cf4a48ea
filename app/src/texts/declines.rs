//! What to do about a declined card.
//!
//! Source: <https://docs.stripe.com/declines/codes>.

/// Also what is said of a card that was reported lost or stolen or that Stripe
/// suspects of fraud: whoever holds it should not learn that.
const GENERIC: &str = "Your card was declined. Pay with another card, or ask your bank why.";

/// A sentence for Stripe's `decline_code` (or, without one, its error `code`).
#[must_use]
pub fn decline(code: &str) -> String {
    match code {
        "insufficient_funds" => "Your card was declined because of insufficient funds. Pay with another card.",
        "withdrawal_count_limit_exceeded" | "card_velocity_exceeded" => "Your card was declined because it has reached its limit. Pay with another card.",
        "expired_card" => "Your card was declined because it has expired. Pay with another card.",
        "incorrect_cvc" | "invalid_cvc" => "Your card was declined because its security code is wrong. Check the code and pay again.",
        "incorrect_number" | "invalid_number" => "Your card was declined because its number is wrong. Check the number and pay again.",
        "invalid_expiry_month" | "invalid_expiry_year" => "Your card was declined because its expiry date is wrong. Check the date and pay again.",
        "incorrect_address" | "incorrect_zip" => "Your card was declined because the address does not match it. Check the address and pay again.",
        "incorrect_pin" | "invalid_pin" | "offline_pin_required" | "online_or_offline_pin_required" | "pin_try_exceeded" => {
            "Your card was declined because it asks for its PIN, which cannot be given online. Pay with another card."
        }
        "authentication_required" | "authentication_not_handled" | "mobile_device_authentication_required" => {
            "Your bank wants you to confirm this payment. Pay again and follow its instructions."
        }
        "payment_intent_authentication_failure" => "Your bank could not confirm that it is you. Pay again, or with another card.",
        "card_not_supported" | "transaction_not_allowed" | "service_not_allowed" | "not_permitted" => {
            "Your card was declined because it cannot be used for this kind of purchase. Pay with another card."
        }
        "currency_not_supported" => "Your card was declined because it does not support this currency. Pay with another card.",
        "duplicate_transaction" => "Your card was declined because a payment of the same amount was made moments ago. Look at your orders before you pay again.",
        "invalid_account" | "new_account_information_available" => "Your card was declined because of its account. Ask your bank, or pay with another card.",
        "invalid_amount" => "Your card was declined because the amount is more than it allows. Ask your bank, or pay with another card.",
        "approve_with_id" | "issuer_not_available" | "processing_error" | "reenter_transaction" | "try_again_later" => {
            "Your bank could not be asked just now. Pay again in a moment; if it is declined again, pay with another card."
        }
        "testmode_decline" => "Your card was declined because it is a test card. Pay with a real card.",
        // Listed so that it shows that they are meant to read like this.
        "call_issuer" | "do_not_honor" | "do_not_try_again" | "fraudulent" | "generic_decline" | "highest_risk_level" | "lost_card" | "merchant_blacklist"
        | "no_action_taken" | "pickup_card" | "restricted_card" | "revocation_of_all_authorizations" | "revocation_of_authorization" | "security_violation"
        | "stolen_card" | "stop_payment_order" => GENERIC,
        _ => GENERIC,
    }
    .to_owned()
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
            assert_eq!(decline(code), decline("generic_decline"), "{code}");
        }
    }

    #[test]
    fn what_the_buyer_can_mend_is_told() {
        for (code, word) in [
            ("insufficient_funds", "insufficient"),
            ("expired_card", "expired"),
            ("incorrect_cvc", "security code"),
        ] {
            assert!(decline(code).contains(word), "{code}");
        }
    }
}
