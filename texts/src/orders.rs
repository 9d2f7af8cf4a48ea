//! Reserving, paying and the receipt.

use domain::order::{CancelReason, Dispute, OrderStatus};

use crate::Language;

include!(concat!(env!("OUT_DIR"), "/orders.rs"));

/// `Visa •••• 4242`
#[must_use]
pub fn card_name(language: Language, brand: &str, last4: &str) -> String {
    let brand = match brand {
        "visa" => "Visa",
        "mastercard" => "Mastercard",
        "amex" => "American Express",
        "discover" => "Discover",
        "diners" => "Diners Club",
        "jcb" => "JCB",
        "unionpay" => "UnionPay",
        _ => other_card(language),
    };
    format!("{brand} •••• {last4}")
}

/// Where an order stands, in a word; `live` says whether its hold is.
#[must_use]
pub const fn status(
    language: Language,
    status: OrderStatus,
    reason: Option<CancelReason>,
    live: bool,
) -> &'static str {
    match status {
        OrderStatus::Created if live => status_waiting(language),
        OrderStatus::Created => status_expired(language),
        OrderStatus::Cancelled if matches!(reason, Some(CancelReason::Expired)) => {
            status_expired(language)
        }
        OrderStatus::AwaitingPayment => status_paying(language),
        OrderStatus::Complete => status_paid(language),
        OrderStatus::Refunding => status_refunding(language),
        OrderStatus::Refunded => status_refunded(language),
        OrderStatus::Cancelled => status_cancelled(language),
    }
}

/// Where an order that is neither payable nor paid stands, in a sentence.
#[must_use]
pub const fn outcome(
    language: Language,
    status: OrderStatus,
    reason: Option<CancelReason>,
) -> &'static str {
    match status {
        OrderStatus::Created => outcome_expired(language),
        OrderStatus::AwaitingPayment => outcome_approved(language),
        OrderStatus::Complete => paid_note(language),
        OrderStatus::Refunding => outcome_refunding(language),
        OrderStatus::Refunded => outcome_refunded(language),
        OrderStatus::Cancelled => match reason {
            Some(CancelReason::Expired) => outcome_expired(language),
            Some(CancelReason::Moderation) => outcome_moderation(language),
            Some(CancelReason::PaymentFailed) => outcome_payment_failed(language),
            Some(CancelReason::Buyer) | None => outcome_cancelled(language),
        },
    }
}

/// Where a dispute of the payment stands, in a sentence.
#[must_use]
pub const fn dispute(language: Language, dispute: Dispute) -> Option<&'static str> {
    match dispute {
        Dispute::None => None,
        Dispute::Open => Some(dispute_open(language)),
        Dispute::Won => Some(dispute_won(language)),
        Dispute::Lost => Some(dispute_lost(language)),
    }
}

/// The same as [`outcome`] for the seller.
#[must_use]
pub const fn sale(language: Language, status: OrderStatus, live: bool) -> &'static str {
    match status {
        OrderStatus::Created if live => sale_reserved(language),
        OrderStatus::Created => sale_expired(language),
        OrderStatus::AwaitingPayment => sale_approved(language),
        OrderStatus::Complete => sale_paid(language),
        OrderStatus::Refunding => sale_refunding(language),
        OrderStatus::Refunded => sale_refunded(language),
        OrderStatus::Cancelled => sale_cancelled(language),
    }
}
