//! One payment, one step at a time, to where Stripe says that it stands.

use domain::{
    OrderId, Refusal, Timestamp,
    ledger::{Entry, Kind},
    order::{CancelReason, OrderStatus},
    payment::{Payment, PaymentStatus},
};

use super::{create, hint::Hint, refund, update};
use crate::{
    Error, Exchange, Result,
    orders::{
        self,
        expiry::expire,
        store::{Sale, sale},
    },
    platform::{
        commit::{Commit, CommitError, Rounds},
        stripe::{CallError, Intent, IntentStatus},
    },
};

/// A hold that is authorised ends only when its capture does.
const NEVER: Timestamp = Timestamp::from_millis(i64::MAX);

/// What one step came to.
enum Progress {
    /// A step was taken: look again.
    Stepped,
    /// There is nothing to do until Stripe or the buyer does something.
    Settled,
}

/// Takes an order and its payment to where Stripe says that the intent
/// stands.
///
/// # Errors
/// [`Error::Unavailable`] when Stripe is away; it goes on from there when it
/// is called again.
pub async fn settle(exchange: &Exchange, id: &OrderId) -> Result<()> {
    settle_for(exchange, id, &Hint::nobody()).await
}

/// As [`settle`], because of `hint`.
///
/// # Errors
/// As there.
pub(super) async fn settle_for(exchange: &Exchange, id: &OrderId, hint: &Hint<'_>) -> Result<()> {
    let mut rounds = Rounds::new();
    loop {
        let Some(sale) = sale(&exchange.db, id).await? else {
            return Ok(());
        };
        let Some(payment) = sale
            .payment
            .clone()
            .filter(|payment| payment.status.is_open())
        else {
            return Ok(());
        };
        if sale.order.is_lapsed(exchange.clock.now()) {
            expire(exchange, id).await?;
            rounds.again().await?;
            continue;
        }
        if sale.order.status == OrderStatus::Refunding {
            match refund::give_back(exchange, hint, &sale, &payment).await {
                Ok(()) => return Ok(()),
                Err(Stop::Commit(stale)) => rounds.next(stale).await?,
                Err(Stop::Error(error)) => return Err(error),
            }
            continue;
        }
        let intent = match (&payment.intent, sale.order.status) {
            (Some(intent), _) => exchange.stripe.fetch(intent).await?,
            // No browser has the secret of an intent that was not noted.
            (None, OrderStatus::Created) => return Ok(()),
            (None, OrderStatus::Cancelled) => match lost_intent(exchange, hint, &payment).await {
                Ok(Some(intent)) => intent,
                Ok(None) => return Ok(()),
                Err(Stop::Commit(stale)) => {
                    rounds.next(stale).await?;
                    continue;
                }
                Err(Stop::Error(error)) => return Err(error),
            },
            (None, _) => {
                return Err(Error::internal(format!(
                    "order {id} was taken without an intent"
                )));
            }
        };
        // After the call, which may have taken long: the hold may be over now.
        let now = exchange.clock.now();
        if sale.order.is_lapsed(now) {
            rounds.again().await?;
            continue;
        }
        // Another call may have noted the intent, so the records may be older
        // than what is decided on: every commit is guarded on their versions.
        let step = match sale.order.status {
            OrderStatus::Created => authorize(exchange, hint, &sale, &payment, &intent, now).await,
            OrderStatus::AwaitingPayment => {
                capture(exchange, hint, &sale, &payment, &intent, now).await
            }
            OrderStatus::Cancelled => abandon(exchange, hint, &payment, &intent, now).await,
            OrderStatus::Complete | OrderStatus::Refunding | OrderStatus::Refunded => {
                Ok(Progress::Settled)
            }
        };
        match step {
            // Bounded: what Stripe says may contradict itself.
            Ok(Progress::Stepped) => rounds.again().await?,
            Ok(Progress::Settled) => return Ok(()),
            Err(Stop::Commit(stale)) => rounds.next(stale).await?,
            Err(Stop::Error(error)) => return Err(error),
        }
    }
}

/// Why a step was not taken.
pub(super) enum Stop {
    Commit(CommitError),
    Error(Error),
}

impl From<CommitError> for Stop {
    fn from(error: CommitError) -> Self {
        Self::Commit(error)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<CallError> for Stop {
    fn from(error: CallError) -> Self {
        Self::Error(error.into())
    }
}

/// The records were decided on in a state they no longer have.
impl From<Refusal> for Stop {
    fn from(_: Refusal) -> Self {
        Self::Commit(CommitError::Stale)
    }
}

/// A live hold: note what Stripe says of the card, and take the order once the
/// money is set aside.
async fn authorize(
    exchange: &Exchange,
    hint: &Hint<'_>,
    sale: &Sale,
    payment: &Payment,
    intent: &Intent,
    now: Timestamp,
) -> std::result::Result<Progress, Stop> {
    let noted = match intent.status {
        // Captured by somebody else than us: the order is taken all the same,
        // and completes in the next step.
        IntentStatus::Authorized | IntentStatus::Captured => {
            let mut taken = payment.step(PaymentStatus::Authorized, now)?;
            taken.intent = Some(intent.id.clone());
            taken.capture_attempt = 1;
            taken.card_brand = intent.card.as_ref().and_then(|card| card.brand.clone());
            taken.card_last4 = intent.card.as_ref().and_then(|card| card.last4.clone());
            let order = sale.order.authorize(now)?;
            let quota = sale.quota.extend(&order.id, NEVER, now);
            let commit = Commit::new("take order")
                .order(Some(&sale.order), &order)?
                .payment(Some(payment), &taken)?
                .quota(&quota)?;
            hint.run(exchange, commit).await?;
            return Ok(Progress::Stepped);
        }
        IntentStatus::NeedsCard => {
            let mut noted = if payment.status == PaymentStatus::RequiresAction {
                payment.step(PaymentStatus::Created, now)?
            } else {
                payment.changed(now)
            };
            match &intent.decline {
                Some(decline) if payment.declined_charge.as_ref() != Some(&decline.charge) => {
                    noted.decline_code = Some(decline.code.clone());
                    noted.declined_charge = Some(decline.charge.clone());
                }
                _ if noted.status == payment.status => return Ok(Progress::Settled),
                _ => {}
            }
            noted
        }
        IntentStatus::InProgress if payment.status == PaymentStatus::RequiresAction => {
            return Ok(Progress::Settled);
        }
        IntentStatus::InProgress => payment.step(PaymentStatus::RequiresAction, now)?,
        IntentStatus::Cancelled => payment.step(PaymentStatus::Cancelled, now)?,
    };
    let noted = Payment {
        intent: Some(intent.id.clone()),
        ..noted
    };
    let commit = Commit::new("note payment").payment(Some(payment), &noted)?;
    hint.run(exchange, commit).await?;
    Ok(Progress::Settled)
}

/// A taken order: capture, and complete; or give the ticket back when the
/// money is not to be had.
async fn capture(
    exchange: &Exchange,
    hint: &Hint<'_>,
    sale: &Sale,
    payment: &Payment,
    intent: &Intent,
    now: Timestamp,
) -> std::result::Result<Progress, Stop> {
    match intent.status {
        IntentStatus::Captured => {
            let order = sale.order.complete(now)?;
            let ticket = sale.ticket.sell(&order.id, now)?;
            let captured = payment.step(PaymentStatus::Captured, now)?;
            let quota = sale
                .quota
                .settle(&order, true, exchange.settings.hold_times, now);
            let commit = Commit::new("complete order")
                .order(Some(&sale.order), &order)?
                .ticket(Some(&sale.ticket), &ticket)?
                .payment(Some(payment), &captured)?
                .quota(&quota)?
                .ledger(&Entry::new(&order, Kind::Captured, now))?;
            hint.run(exchange, commit).await?;
            Ok(Progress::Settled)
        }
        IntentStatus::Authorized => {
            match exchange
                .stripe
                .capture(&payment.id, payment.capture_attempt, &intent.id)
                .await
            {
                Ok(_) => {}
                Err(CallError::Broken(error)) => {
                    tracing::warn!(order = %payment.id, attempt = payment.capture_attempt, error, "not captured");
                    let attempt = payment.capture_attempt;
                    update(exchange, &payment.id, |payment| {
                        (payment.capture_attempt == attempt).then(|| payment.capture_attempt += 1)
                    })
                    .await?;
                    return Err(CallError::Broken(error).into());
                }
                // Refused for good: what is set aside is released, and the
                // cancelled intent then ends the order.
                Err(CallError::Refused(error)) => {
                    tracing::error!(order = %payment.id, error, "capture refused");
                    release(exchange, payment, &intent.id).await?;
                }
                Err(error) => return Err(error.into()),
            }
            Ok(Progress::Stepped)
        }
        IntentStatus::Cancelled => {
            let order = sale.order.cancel(CancelReason::PaymentFailed, now)?;
            let failed = payment.step(PaymentStatus::Failed, now)?;
            let commit = orders::release(exchange, Commit::new("payment failed"), sale, &order)?
                .payment(Some(payment), &failed)?;
            hint.run(exchange, commit).await?;
            Ok(Progress::Settled)
        }
        // The authorisation is gone; so that no other card takes its place,
        // the intent ends before the order does.
        IntentStatus::NeedsCard => {
            release(exchange, payment, &intent.id).await?;
            Ok(Progress::Stepped)
        }
        // Whether the money is taken is not decided, so neither is the order.
        IntentStatus::InProgress => {
            tracing::error!(order = %payment.id, intent = intent.id, "a taken order waits for its payment");
            Err(CallError::Away("the intent is in progress".to_owned()).into())
        }
    }
}

/// The intent of an order that ended while it was being created, so that it
/// can be cancelled: the same key has Stripe answer with the same one. When
/// there is none the payment ends here.
async fn lost_intent(
    exchange: &Exchange,
    hint: &Hint<'_>,
    payment: &Payment,
) -> std::result::Result<Option<Intent>, Stop> {
    match create(exchange, payment).await {
        Ok(intent) => Ok(Some(intent)),
        Err(error @ CallError::Away(_)) => Err(error.into()),
        // If it was created all the same, nobody has the secret to pay it.
        Err(CallError::Broken(_) | CallError::Refused(_)) => {
            let cancelled = payment.step(PaymentStatus::Cancelled, exchange.clock.now())?;
            let commit = Commit::new("abandon payment").payment(Some(payment), &cancelled)?;
            hint.run(exchange, commit).await?;
            Ok(None)
        }
    }
}

/// A cancelled order: nothing may be taken for it.
async fn abandon(
    exchange: &Exchange,
    hint: &Hint<'_>,
    payment: &Payment,
    intent: &Intent,
    now: Timestamp,
) -> std::result::Result<Progress, Stop> {
    match intent.status {
        IntentStatus::Cancelled => {
            let cancelled = Payment {
                intent: Some(intent.id.clone()),
                ..payment.step(PaymentStatus::Cancelled, now)?
            };
            let commit = Commit::new("abandon payment").payment(Some(payment), &cancelled)?;
            hint.run(exchange, commit).await?;
            Ok(Progress::Settled)
        }
        IntentStatus::Captured => {
            // Only we capture, and never for a cancelled order.
            tracing::error!(order = %payment.id, intent = intent.id, "money was taken for a cancelled order");
            Ok(Progress::Settled)
        }
        IntentStatus::NeedsCard | IntentStatus::InProgress | IntentStatus::Authorized => {
            release(exchange, payment, &intent.id).await?;
            Ok(Progress::Stepped)
        }
    }
}

/// Cancels the intent at Stripe, which releases what it has set aside.
async fn release(
    exchange: &Exchange,
    payment: &Payment,
    intent: &str,
) -> std::result::Result<(), Stop> {
    match exchange
        .stripe
        .cancel(&payment.id, payment.cancel_attempt, intent)
        .await
    {
        Ok(_) => Ok(()),
        // Its state changed meanwhile: the next look says to what. A new
        // attempt, because Stripe replays this answer under the old key.
        Err(error @ (CallError::Refused(_) | CallError::Broken(_))) => {
            let attempt = payment.cancel_attempt;
            update(exchange, &payment.id, |payment| {
                (payment.cancel_attempt == attempt).then(|| payment.cancel_attempt += 1)
            })
            .await?;
            Err(Error::Unavailable("the payment service", error.into()).into())
        }
        Err(error) => Err(error.into()),
    }
}
