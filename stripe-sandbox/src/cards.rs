//! Stripe's documented test cards and what each of them does.
//!
//! Source: <https://docs.stripe.com/testing>.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Why the issuer refuses a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Decline {
    Generic,
    InsufficientFunds,
    LostCard,
    StolenCard,
    ExpiredCard,
    IncorrectCvc,
    ProcessingError,
}

impl Decline {
    /// Stripe's error code, decline code and message.
    pub(crate) fn words(self) -> (&'static str, Option<&'static str>, &'static str) {
        let declined = "Your card was declined.";
        match self {
            Self::Generic => ("card_declined", Some("generic_decline"), declined),
            Self::InsufficientFunds => (
                "card_declined",
                Some("insufficient_funds"),
                "Your card has insufficient funds.",
            ),
            Self::LostCard => ("card_declined", Some("lost_card"), declined),
            Self::StolenCard => ("card_declined", Some("stolen_card"), declined),
            Self::ExpiredCard => ("expired_card", None, "Your card has expired."),
            Self::IncorrectCvc => (
                "incorrect_cvc",
                None,
                "Your card's security code is incorrect.",
            ),
            Self::ProcessingError => (
                "processing_error",
                None,
                "An error occurred while processing your card. Try again in a little bit.",
            ),
        }
    }
}

/// What happens when a card is charged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Behaviour {
    /// The issuer asks for 3-D Secure first.
    pub(crate) authentication: bool,
    /// The issuer refuses, after authentication if it asks for one.
    pub(crate) decline: Option<Decline>,
    /// The cardholder disputes the charge.
    pub(crate) dispute: bool,
    /// How refunds go.
    #[serde(default)]
    pub(crate) refund: RefundBehaviour,
}

/// What becomes of a refund to a card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum RefundBehaviour {
    /// It succeeds at once.
    #[default]
    AtOnce,
    /// It is pending for some seconds, then it succeeds.
    Pending,
    /// It is pending for some seconds, then it fails.
    Fails,
    /// It succeeds, and some seconds later it has failed after all.
    ComesBack,
}

/// A test card, by number or by Stripe's name for it.
#[derive(Debug)]
pub(crate) struct TestCard {
    pub(crate) number: &'static str,
    pub(crate) token: &'static str,
    pub(crate) brand: &'static str,
    pub(crate) behaviour: Behaviour,
}

const APPROVED: Behaviour = Behaviour {
    authentication: false,
    decline: None,
    dispute: false,
    refund: RefundBehaviour::AtOnce,
};

const fn declined(decline: Decline) -> Behaviour {
    Behaviour {
        decline: Some(decline),
        ..APPROVED
    }
}

const AUTHENTICATED: Behaviour = Behaviour {
    authentication: true,
    ..APPROVED
};

const fn card(
    number: &'static str,
    token: &'static str,
    brand: &'static str,
    behaviour: Behaviour,
) -> TestCard {
    TestCard {
        number,
        token,
        brand,
        behaviour,
    }
}

#[rustfmt::skip]
const CARDS: [TestCard; 17] = [
    card("4242424242424242", "pm_card_visa", "visa", APPROVED),
    card("5555555555554444", "pm_card_mastercard", "mastercard", APPROVED),
    card("4000000000000002", "pm_card_visa_chargeDeclined", "visa", declined(Decline::Generic)),
    card("4000000000009995", "pm_card_visa_chargeDeclinedInsufficientFunds", "visa", declined(Decline::InsufficientFunds)),
    card("4000000000009987", "pm_card_visa_chargeDeclinedLostCard", "visa", declined(Decline::LostCard)),
    card("4000000000009979", "pm_card_visa_chargeDeclinedStolenCard", "visa", declined(Decline::StolenCard)),
    card("4000000000000069", "pm_card_chargeDeclinedExpiredCard", "visa", declined(Decline::ExpiredCard)),
    card("4000000000000127", "pm_card_chargeDeclinedIncorrectCvc", "visa", declined(Decline::IncorrectCvc)),
    card("4000000000000119", "pm_card_chargeDeclinedProcessingError", "visa", declined(Decline::ProcessingError)),
    card("4000002500003155", "pm_card_authenticationRequiredOnSetup", "visa", AUTHENTICATED),
    card("4000002760003184", "pm_card_authenticationRequired", "visa", AUTHENTICATED),
    card("4000008260003178", "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds", "visa",
        Behaviour { authentication: true, ..declined(Decline::InsufficientFunds) }),
    card("4000000000000259", "pm_card_createDispute", "visa", Behaviour { dispute: true, ..APPROVED }),
    card("4000000000007726", "pm_card_pendingRefund", "visa", Behaviour { refund: RefundBehaviour::Pending, ..APPROVED }),
    card("4000000000005126", "pm_card_refundFail", "visa", Behaviour { refund: RefundBehaviour::ComesBack, ..APPROVED }),
    // The sandbox's own: Stripe's cards have refunds fail only after they succeeded.
    card("4000000000005134", "pm_card_pendingRefundFail", "visa", Behaviour { refund: RefundBehaviour::Fails, ..APPROVED }),
    card("378282246310005", "pm_card_amex", "amex", APPROVED),
];

impl TestCard {
    /// The card of this number, written with or without spaces.
    pub(crate) fn by_number(number: &str) -> Option<&'static Self> {
        let digits: String = number.chars().filter(|c| !c.is_whitespace()).collect();
        CARDS.iter().find(|card| card.number == digits)
    }

    /// The card of this name, e.g. `pm_card_visa`.
    pub(crate) fn by_token(token: &str) -> Option<&'static Self> {
        CARDS.iter().find(|card| card.token == token)
    }

    pub(crate) fn last4(&self) -> &'static str {
        &self.number[self.number.len() - 4..]
    }

    /// Sixteen characters that are the same for the same number.
    pub(crate) fn fingerprint(&self) -> String {
        let hash = Sha256::digest(self.number);
        hash.iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}
