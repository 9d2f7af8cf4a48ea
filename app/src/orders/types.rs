//! What crosses the wire about orders.

use domain::{
    Billing,
    order::{CancelReason, Dispute, OrderStatus},
    payment::PaymentStatus,
};
use serde::{Deserialize, Serialize};

use crate::wire::{Price, When};

/// How the viewer is party to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// They ordered.
    Buyer,
    /// It is their ticket.
    Seller,
    /// They moderate.
    Staff,
}

/// One of the viewer's orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRow {
    /// Its identifier.
    pub id: String,
    /// The title when ordered.
    pub title: String,
    /// When the event begins.
    pub starts: Option<When>,
    /// What is charged.
    pub price: Price,
    /// Where it stands.
    pub status: OrderStatus,
    /// Why it was cancelled.
    pub cancel_reason: Option<CancelReason>,
    /// Whether it still holds the ticket and waits to be paid.
    pub payable: bool,
    /// When it was made.
    pub created: When,
}

/// Some of the viewer's orders, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrdersPage {
    /// The orders.
    pub orders: Vec<OrderRow>,
    /// What to pass as `after` for the next ones, if there are more.
    pub next: Option<String>,
}

impl OrderView {
    /// Whether its buyer has pressed *Pay* and it is not decided yet.
    #[must_use]
    pub fn is_being_paid(&self) -> bool {
        let undecided = matches!(
            self.status,
            OrderStatus::Created | OrderStatus::AwaitingPayment
        );
        self.role == Role::Buyer && undecided && self.payment.is_some()
    }

    /// What of it an open page follows.
    #[must_use]
    pub fn pulse(&self) -> OrderPulse {
        let payment = self.payment.as_ref();
        // While it can be paid, what is typed must stay: only the time and the
        // bank's question change.
        let face = if self.payable {
            "checkout".to_owned()
        } else {
            format!(
                "{:?} {:?} {:?} {} {} {}",
                self.status,
                self.cancel_reason,
                self.dispute,
                self.refundable,
                self.left_ms > 0,
                payment.is_some_and(|payment| payment.refund_failed),
            )
        };
        let live = self.status == OrderStatus::Created && self.left_ms > 0;
        OrderPulse {
            face,
            left_ms: self.left_ms,
            due: self.due.clone(),
            bank_waits: payment
                .is_some_and(|payment| payment.status == PaymentStatus::RequiresAction),
            in_motion: live
                || matches!(
                    self.status,
                    OrderStatus::AwaitingPayment | OrderStatus::Refunding
                ),
        }
    }
}

/// A country, state or province to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Its ISO 3166 code: what is sent.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// What addresses of a country have besides street and city.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressForm {
    /// States or provinces; none where addresses name none.
    pub regions: Vec<Choice>,
    /// Whether an address without its region is incomplete.
    pub region_required: bool,
    /// Whether there are postal codes.
    pub has_postal_code: bool,
}

/// What the payment form begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckoutForm {
    /// Who pays, or paid before, if that is known.
    pub billing: Option<Billing>,
    /// What addresses of that country have.
    pub address: AddressForm,
    /// Every country, by name.
    pub countries: Vec<Choice>,
    /// Where the browser loads Stripe's script from.
    pub stripe_js: String,
    /// Stripe's publishable key.
    pub stripe_key: String,
}

/// An order as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderView {
    /// Its identifier.
    pub id: String,
    /// The ticket.
    pub ticket: String,
    /// The title when ordered.
    pub title: String,
    /// When the event begins.
    pub starts: Option<When>,
    /// What is charged.
    pub price: Price,
    /// Where it stands.
    pub status: OrderStatus,
    /// Why it was cancelled.
    pub cancel_reason: Option<CancelReason>,
    /// How the viewer is party to it.
    pub role: Role,
    /// Whether the hold is live and waits to be paid.
    pub payable: bool,
    /// Milliseconds left of the hold, by the server's clock; 0 when over.
    pub left_ms: u64,
    /// When the hold ends or ended.
    pub due: When,
    /// Whether the viewer may have the money back now.
    pub refundable: bool,
    /// When it was made.
    pub created: When,
    /// When it was paid.
    pub paid: Option<When>,
    /// When it last changed.
    pub updated: When,
    /// Its payment, once begun.
    pub payment: Option<PaymentView>,
    /// How the ticket is handed over, to the buyer of a complete order.
    pub handover_note: Option<String>,
    /// Who paid: name and lines of the address, to the buyer of a paid order.
    pub billed_to: Vec<String>,
    /// Where a dispute of the payment stands.
    pub dispute: Dispute,
    /// What the payment form begins with, when it is payable; not read again.
    pub checkout: Option<CheckoutForm>,
}

/// What of an order the open page of it follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPulse {
    /// What the page shows: another one is another page.
    pub face: String,
    /// Milliseconds left of the hold, by the server's clock; 0 when over.
    pub left_ms: u64,
    /// When the hold ends or ended.
    pub due: When,
    /// Whether the buyer's bank waits to hear from them.
    pub bank_waits: bool,
    /// Whether the order goes on without its viewer.
    pub in_motion: bool,
}

/// A payment as the order page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentView {
    /// Where it stands.
    pub status: PaymentStatus,
    /// What is to be done about the last decline, as a sentence.
    pub decline: Option<String>,
    /// `visa`, as Stripe names it.
    pub card_brand: Option<String>,
    /// The card number's last four digits.
    pub card_last4: Option<String>,
    /// Whether the last refund failed.
    pub refund_failed: bool,
}

/// What the browser needs to have Stripe confirm a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// The intent's client secret.
    pub client_secret: String,
    /// Who pays, in the shape in which Stripe takes it.
    pub billing_details: BillingDetails,
}

/// <https://docs.stripe.com/api/payment_methods/object#payment_method_object-billing_details>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillingDetails {
    /// As on the card.
    pub name: String,
    /// The address.
    pub address: Address,
}

/// An address as Stripe takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Street and number.
    pub line1: String,
    /// Apartment, floor, company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// City or town.
    pub city: String,
    /// Code of a state or province.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: String,
}

/// What became of a payment attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentResult {
    /// Where the order stands.
    pub status: OrderStatus,
    /// Why the card was declined, as a sentence that says what to do.
    pub decline: Option<String>,
}
