//! Texts of reserving, paying and the receipt.

use domain::order::{CancelReason, Dispute, OrderStatus};

pub(crate) const ORDERS_TITLE: &str = "My orders";
pub(crate) const NO_ORDERS: &str = "You have not ordered a ticket yet.";
pub(crate) const FIND_ONE: &str = "Find one on the market";
pub(crate) const RESUME: &str = "Resume";
pub(crate) const RECEIPT: &str = "Receipt";
pub(crate) const SHOW: &str = "Show";

pub(crate) const CHECKOUT_TITLE: &str = "Pay for your ticket";
pub(crate) const RESERVED_FOR_YOU: &str = "Reserved for you alone.";
pub(crate) const TIME_LEFT: &str = "Time left";
pub(crate) const UNTIL: &str = "Held until";
pub(crate) const TIME_IS_UP: &str = "The time is up.";
pub(crate) const BILLING: &str = "Billing address";
pub(crate) const BILLING_NAME: &str = "Name on the card";
pub(crate) const COUNTRY: &str = "Country";
pub(crate) const LINE1: &str = "Street address";
pub(crate) const LINE2: &str = "Apartment, floor or company";
pub(crate) const CITY: &str = "City or town";
pub(crate) const REGION: &str = "State or province";
pub(crate) const POSTAL_CODE: &str = "Postal code";
pub(crate) const BANK_WAITS: &str = "Your bank has yet to hear from you whether this payment is yours. Go on with that, or pay with another card below.";
pub(crate) const GO_ON: &str = "Go on";
pub(crate) const CARD: &str = "Card";
pub(crate) const CARD_LOADING: &str = "The card field is loading…";
pub(crate) const CARD_FAILED: &str =
    "The card field could not be loaded. Check your connection and load the page again.";
pub(crate) const CARD_NEEDS_SCRIPT: &str = "Your card is entered in a field of our payment provider, Stripe, which needs JavaScript. Turn it on and load this page again; everything else here works without.";
pub(crate) const CARD_SAFE: &str =
    "Your card number goes to Stripe only and never reaches our servers.";
pub(crate) const CANCEL: &str = "Cancel reservation";
pub(crate) const PAYING: &str = "Paying…";
pub(crate) const LAST_ATTEMPT: &str = "Last attempt:";
pub(crate) const NOT_COMPLETED: &str =
    "The payment was not completed and nothing was charged. Pay again.";

pub(crate) const RECEIPT_TITLE: &str = "Receipt";
pub(crate) const PAID_NOTE: &str = "Paid. The ticket is yours.";
pub(crate) const ORDER_NUMBER: &str = "Order number";
pub(crate) const TICKET: &str = "Ticket";
pub(crate) const EVENT_DATE: &str = "Event";
pub(crate) const PRICE: &str = "Price";
pub(crate) const PAID_WITH: &str = "Paid with";
pub(crate) const BILLED_TO: &str = "Billed to";
pub(crate) const PAID_AT: &str = "Paid";
pub(crate) const ORDERED_AT: &str = "Ordered";
pub(crate) const CHANGED_AT: &str = "Last change";
pub(crate) const NO_NOTE: &str = "The seller left no note.";

pub(crate) const REFUND: &str = "Refund";
pub(crate) const REFUND_TITLE: &str = "Give the ticket back?";
pub(crate) const REFUND_NOTE: &str = "The full price goes back to your card, and the ticket is no longer yours. This cannot be undone.";
pub(crate) const KEEP_TICKET: &str = "Keep the ticket";
pub(crate) const NOT_REFUNDABLE: &str = "This order cannot be refunded now: it is not paid, it is refunded already, its payment is disputed, or the time for refunds is over.";
pub(crate) const BACK_TO_ORDER: &str = "Back to the order";
pub(crate) const REFUND_FAILED: &str = "The last refund did not go through, so the ticket is still yours. Try again; if it fails again, write to us with the order number.";

pub(crate) const SALE_TITLE: &str = "Order for your ticket";
pub(crate) const ORDER_TITLE: &str = "Your order";
pub(crate) const LOOK_FOR_ANOTHER: &str = "Look for another ticket";
pub(crate) const SEE_TICKET: &str = "See the ticket";

pub(crate) const PAY: &str = "Pay";

/// What is announced while time runs out.
pub(crate) fn minutes_left(minutes: u64) -> String {
    if minutes == 1 {
        "1 minute left.".to_owned()
    } else {
        format!("{minutes} minutes left.")
    }
}

/// `Visa •••• 4242`
pub(crate) fn card(brand: &str, last4: &str) -> String {
    let brand = match brand {
        "visa" => "Visa",
        "mastercard" => "Mastercard",
        "amex" => "American Express",
        "discover" => "Discover",
        "diners" => "Diners Club",
        "jcb" => "JCB",
        "unionpay" => "UnionPay",
        _ => "Card",
    };
    format!("{brand} •••• {last4}")
}

/// Where an order stands, in a word; `live` says whether its hold is.
pub(crate) const fn status(
    status: OrderStatus,
    reason: Option<CancelReason>,
    live: bool,
) -> &'static str {
    match status {
        OrderStatus::Created if live => "Waiting for payment",
        OrderStatus::Created => TIME_OVER,
        OrderStatus::Cancelled if matches!(reason, Some(CancelReason::Expired)) => TIME_OVER,
        OrderStatus::AwaitingPayment => "Being paid",
        OrderStatus::Complete => "Paid",
        OrderStatus::Refunding => "Refund under way",
        OrderStatus::Refunded => "Refunded",
        OrderStatus::Cancelled => "Cancelled",
    }
}

const TIME_OVER: &str = "Expired";

/// Where an order that is neither payable nor paid stands, in a sentence.
pub(crate) const fn outcome(status: OrderStatus, reason: Option<CancelReason>) -> &'static str {
    match status {
        OrderStatus::Created => EXPIRED,
        OrderStatus::AwaitingPayment => {
            "Your bank has approved the payment. We are completing the order, which takes a few seconds."
        }
        OrderStatus::Complete => PAID_NOTE,
        OrderStatus::Refunding => "Your refund is under way. Your bank shows it within some days.",
        OrderStatus::Refunded => "The full price went back to your card.",
        OrderStatus::Cancelled => match reason {
            Some(CancelReason::Expired) => EXPIRED,
            Some(CancelReason::Moderation) => {
                "The listing was removed by a moderator, so your reservation was cancelled. Nothing was charged."
            }
            Some(CancelReason::PaymentFailed) => {
                "The payment failed, so the order was cancelled. Nothing was charged."
            }
            Some(CancelReason::Buyer) | None => {
                "This reservation was cancelled. Nothing was charged."
            }
        },
    }
}

const EXPIRED: &str =
    "Your time to pay ran out, so the ticket went back to the market. Nothing was charged.";

/// Where a dispute of the payment stands, in a sentence.
pub(crate) const fn dispute(dispute: Dispute) -> Option<&'static str> {
    match dispute {
        Dispute::None => None,
        Dispute::Open => Some(
            "The card holder disputes this payment with their bank. Until the bank has decided it cannot be refunded.",
        ),
        Dispute::Won => {
            Some("The card holder disputed this payment, and the bank decided that it stands.")
        }
        Dispute::Lost => Some(
            "The card holder disputed this payment, and the bank gave them the money back. It cannot be refunded again.",
        ),
    }
}

/// The same as [`outcome`] for the seller.
pub(crate) const fn sale(status: OrderStatus, live: bool) -> &'static str {
    match status {
        OrderStatus::Created if live => "Somebody has reserved your ticket and has yet to pay.",
        OrderStatus::Created => {
            "The buyer did not pay in time. Your ticket is going back to the market."
        }
        OrderStatus::AwaitingPayment => {
            "The buyer's bank has approved the payment. The order is being completed."
        }
        OrderStatus::Complete => {
            "Your ticket is sold and paid for. Hand it over as your note says."
        }
        OrderStatus::Refunding => "The buyer is being refunded.",
        OrderStatus::Refunded => "The buyer was refunded.",
        OrderStatus::Cancelled => "The buyer did not pay, so the order was cancelled.",
    }
}
