//! What is to be done next about an order and its payment: decided from the
//! records and from what Stripe says, without doing anything.

use std::fmt;

use domain::{
    order::{Order, OrderStatus},
    payment::{Payment, PaymentStatus},
};

use crate::{
    Error, Exchange, Result,
    orders::store::Sale,
    platform::stripe::{Card, Decline, Intent, IntentStatus},
};

/// The next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing, until the buyer or Stripe does something.
    Nothing,
    /// The hold is over: the order ends.
    EndHold,
    /// What Stripe says of the card is noted, while another can be tried.
    NoteCard {
        /// Where the payment stands now.
        status: PaymentStatus,
        /// A decline that is not noted yet.
        decline: Option<Decline>,
    },
    /// The money is set aside, on this card: the order is taken.
    Take(Option<Card>),
    /// The money is taken.
    Capture,
    /// The money was taken: the order is complete, the ticket sold.
    Complete,
    /// The money is not to be had: the order ends, the ticket goes back.
    Fail,
    /// Whether the money is taken is not decided, so neither is the order.
    Wait,
    /// The order ended while its intent was being made: that is found, if it
    /// was made.
    FindIntent,
    /// The intent is cancelled at Stripe, which releases what it has set aside.
    Release,
    /// The intent is cancelled: the payment ends.
    Close,
    /// The refund is asked for, or looked at.
    GiveBack,
    /// Money was taken for a cancelled order, which only somebody else than
    /// this exchange can have done: for a person to decide.
    Alarm,
}

impl Step {
    /// Whether another may follow at once.
    pub(super) const fn leads_on(&self) -> bool {
        matches!(
            self,
            Self::EndHold | Self::Take(_) | Self::Capture | Self::FindIntent | Self::Release
        )
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "wait for the buyer",
            Self::EndHold => "end the hold",
            Self::NoteCard { .. } => "note what Stripe says of the card",
            Self::Take(_) => "take the order",
            Self::Capture => "capture the money",
            Self::Complete => "complete the order",
            Self::Fail => "end the order, because its payment failed",
            Self::Wait => "wait for Stripe to decide",
            Self::FindIntent => "find the intent that was being made, and cancel it",
            Self::Release => "cancel the intent",
            Self::Close => "close the payment",
            Self::GiveBack => "go on with the refund",
            Self::Alarm => "money was taken for a cancelled order",
        })
    }
}

/// The next step of an order whose payment is open. Asks Stripe, and changes
/// nothing anywhere.
///
/// # Errors
/// [`Error::Unavailable`] when Stripe is away.
pub(super) async fn plan(exchange: &Exchange, sale: &Sale, payment: &Payment) -> Result<Step> {
    let order = &sale.order;
    if order.is_lapsed(exchange.clock.now()) {
        return Ok(Step::EndHold);
    }
    if order.status == OrderStatus::Refunding {
        return Ok(Step::GiveBack);
    }
    let intent = match (&payment.intent, order.status) {
        (Some(intent), _) => exchange.stripe.fetch(intent).await?,
        // No browser has the secret of an intent that was not noted.
        (None, OrderStatus::Created) => return Ok(Step::Nothing),
        (None, OrderStatus::Cancelled) => return Ok(Step::FindIntent),
        (None, _) => {
            return Err(Error::internal(format!(
                "order {} was taken without an intent",
                order.id
            )));
        }
    };
    // After the call, which may have taken long: the hold may be over now.
    if order.is_lapsed(exchange.clock.now()) {
        return Ok(Step::EndHold);
    }
    Ok(next(order, payment, intent))
}

fn next(order: &Order, payment: &Payment, intent: Intent) -> Step {
    match order.status {
        OrderStatus::Created => on_hold(payment, intent),
        OrderStatus::AwaitingPayment => match intent.status {
            IntentStatus::Captured => Step::Complete,
            IntentStatus::Authorized => Step::Capture,
            IntentStatus::Cancelled => Step::Fail,
            // The authorisation is gone; so that no other card takes its place,
            // the intent ends before the order does.
            IntentStatus::NeedsCard => Step::Release,
            IntentStatus::InProgress => Step::Wait,
        },
        OrderStatus::Cancelled => match intent.status {
            IntentStatus::Cancelled => Step::Close,
            IntentStatus::Captured => Step::Alarm,
            IntentStatus::NeedsCard | IntentStatus::InProgress | IntentStatus::Authorized => {
                Step::Release
            }
        },
        OrderStatus::Refunding => Step::GiveBack,
        OrderStatus::Complete | OrderStatus::Refunded => Step::Nothing,
    }
}

/// The next step while the hold is live.
fn on_hold(payment: &Payment, intent: Intent) -> Step {
    let status = match intent.status {
        // Captured by somebody else than us: the order is taken all the same,
        // and completes in the next step.
        IntentStatus::Authorized | IntentStatus::Captured => return Step::Take(intent.card),
        IntentStatus::NeedsCard => PaymentStatus::Created,
        IntentStatus::InProgress => PaymentStatus::RequiresAction,
        IntentStatus::Cancelled => PaymentStatus::Cancelled,
    };
    let decline = intent.decline.filter(|decline| {
        payment.declined_charge.as_ref() != Some(&decline.charge)
            || payment.decline_code.as_ref() != Some(&decline.code)
    });
    if status == payment.status && decline.is_none() {
        return Step::Nothing;
    }
    Step::NoteCard { status, decline }
}
