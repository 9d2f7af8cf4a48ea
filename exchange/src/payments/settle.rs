//! One payment, one step at a time, to where Stripe says that it stands.

use domain::{
    OrderId, Refusal, Timestamp,
    ledger::{Entry, Kind},
    order::CancelReason,
    payment::{Payment, PaymentStatus},
};

use super::{
    create,
    hint::Hint,
    refund,
    step::{Step, plan},
    update,
};
use crate::{
    Error, Exchange, Result,
    orders::{
        self,
        expiry::expire,
        store::{Sale, sale},
    },
    platform::{
        commit::{Commit, CommitError, Rounds},
        stripe::CallError,
    },
};

/// A hold that is authorised ends only when its capture does.
const NEVER: Timestamp = Timestamp::from_millis(i64::MAX);

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
        let Some((sale, payment)) = unsettled(exchange, id).await? else {
            return Ok(());
        };
        let step = plan(exchange, &sale, &payment).await?;
        // Others may have been at work meanwhile, so the records may be older
        // than what was decided on: every commit is guarded on their versions.
        match take(exchange, hint, &sale, &payment, &step).await {
            // Bounded: what Stripe says may contradict itself.
            Ok(()) if step.leads_on() => rounds.again().await?,
            Ok(()) => return Ok(()),
            Err(Stop::Commit(stale)) => rounds.next(stale).await?,
            Err(Stop::Error(error)) => return Err(error),
        }
    }
}

/// What [`settle`] would do next; nothing when all is done.
///
/// # Errors
/// As there.
pub(super) async fn preview(exchange: &Exchange, id: &OrderId) -> Result<Option<Step>> {
    match unsettled(exchange, id).await? {
        Some((sale, payment)) => plan(exchange, &sale, &payment).await.map(Some),
        None => Ok(None),
    }
}

/// An order and its payment, if Stripe may still have something to say.
async fn unsettled(exchange: &Exchange, id: &OrderId) -> Result<Option<(Sale, Payment)>> {
    Ok(sale(&exchange.db, id).await?.and_then(|sale| {
        let payment = sale.payment.clone()?;
        payment.status.is_open().then_some((sale, payment))
    }))
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

/// Takes one step.
async fn take(
    exchange: &Exchange,
    hint: &Hint<'_>,
    sale: &Sale,
    payment: &Payment,
    step: &Step,
) -> std::result::Result<(), Stop> {
    let now = exchange.clock.now();
    let commit = match step {
        Step::Nothing => return Ok(()),
        Step::EndHold => {
            expire(exchange, &sale.order.id).await?;
            return Ok(());
        }
        Step::Capture => return capture(exchange, payment).await,
        Step::FindIntent => return find_intent(exchange, hint, payment).await,
        Step::Release => return release(exchange, payment).await,
        Step::GiveBack => return refund::give_back(exchange, hint, sale, payment).await,
        Step::Wait => {
            tracing::error!(order = %payment.id, "a taken order waits for its payment");
            return Err(CallError::Away("the intent is in progress".to_owned()).into());
        }
        Step::Alarm => {
            tracing::error!(order = %payment.id, "money was taken for a cancelled order");
            return Ok(());
        }
        Step::NoteCard { status, decline } => {
            let mut noted = if *status == payment.status {
                payment.changed(now)
            } else {
                payment.step(*status, now)?
            };
            if let Some(decline) = decline {
                noted.decline_code = Some(decline.code.clone());
                noted.declined_charge = Some(decline.charge.clone());
            }
            Commit::new("note card").payment(Some(payment), &noted)?
        }
        Step::Take(card) => {
            let card = card.as_ref();
            let taken = Payment {
                capture_attempt: 1,
                card_brand: card.and_then(|card| card.brand.clone()),
                card_last4: card.and_then(|card| card.last4.clone()),
                ..payment.step(PaymentStatus::Authorized, now)?
            };
            let order = sale.order.authorize(now)?;
            Commit::new("take order")
                .order(Some(&sale.order), &order)?
                .payment(Some(payment), &taken)?
                .quota(&sale.quota.extend(&order.id, NEVER, now))?
        }
        Step::Complete => {
            let order = sale.order.complete(now)?;
            let ticket = sale.ticket.sell(&order.id, now)?;
            let captured = payment.step(PaymentStatus::Captured, now)?;
            let times = exchange.settings.hold_times;
            Commit::new("complete order")
                .order(Some(&sale.order), &order)?
                .ticket(Some(&sale.ticket), &ticket)?
                .payment(Some(payment), &captured)?
                .quota(&sale.quota.settle(&order, true, times, now))?
                .ledger(&Entry::new(&order, Kind::Captured, order.price, now))?
        }
        Step::Fail => {
            let order = sale.order.cancel(CancelReason::PaymentFailed, now)?;
            let failed = payment.step(PaymentStatus::Failed, now)?;
            orders::release(exchange, Commit::new("payment failed"), sale, &order)?
                .payment(Some(payment), &failed)?
        }
        Step::Close => {
            let cancelled = payment.step(PaymentStatus::Cancelled, now)?;
            Commit::new("close payment").payment(Some(payment), &cancelled)?
        }
    };
    Ok(hint.run(exchange, commit).await?)
}

/// The intent that Stripe is to take or release money for.
pub(super) fn intent(payment: &Payment) -> Result<&str> {
    payment
        .intent
        .as_deref()
        .ok_or_else(|| Error::internal(format!("payment {} has no intent", payment.id)))
}

/// Has Stripe take the money that is set aside.
async fn capture(exchange: &Exchange, payment: &Payment) -> std::result::Result<(), Stop> {
    let attempt = payment.capture_attempt;
    let captured = exchange
        .stripe
        .capture(&payment.id, attempt, intent(payment)?);
    match captured.await {
        Ok(_) => Ok(()),
        Err(CallError::Broken(error)) => {
            tracing::warn!(order = %payment.id, attempt, error, "not captured");
            update(exchange, &payment.id, |payment| {
                (payment.capture_attempt == attempt).then(|| payment.capture_attempt += 1)
            })
            .await?;
            Err(CallError::Broken(error).into())
        }
        // Refused for good: what is set aside is released, and the cancelled
        // intent then ends the order.
        Err(CallError::Refused(error)) => {
            tracing::error!(order = %payment.id, error, "capture refused");
            release(exchange, payment).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Notes the intent of an order that ended while it was being made, so that it
/// is cancelled: the same key has Stripe answer with the same one. When there
/// is none the payment ends here.
async fn find_intent(
    exchange: &Exchange,
    hint: &Hint<'_>,
    payment: &Payment,
) -> std::result::Result<(), Stop> {
    let now = exchange.clock.now();
    let found = match create(exchange, payment).await {
        Ok(intent) => Payment {
            intent: Some(intent.id),
            ..payment.changed(now)
        },
        Err(error @ CallError::Away(_)) => return Err(error.into()),
        // If it was made all the same, nobody has the secret to pay it.
        Err(CallError::Broken(_) | CallError::Refused(_)) => {
            payment.step(PaymentStatus::Cancelled, now)?
        }
    };
    let commit = Commit::new("find intent").payment(Some(payment), &found)?;
    Ok(hint.run(exchange, commit).await?)
}

/// Cancels the intent at Stripe, which releases what it has set aside.
async fn release(exchange: &Exchange, payment: &Payment) -> std::result::Result<(), Stop> {
    let attempt = payment.cancel_attempt;
    let cancelled = exchange
        .stripe
        .cancel(&payment.id, attempt, intent(payment)?);
    match cancelled.await {
        Ok(_) => Ok(()),
        // Its state changed meanwhile: the next look says to what. A new
        // attempt, because Stripe replays this answer under the old key.
        Err(error @ (CallError::Refused(_) | CallError::Broken(_))) => {
            update(exchange, &payment.id, |payment| {
                (payment.cancel_attempt == attempt).then(|| payment.cancel_attempt += 1)
            })
            .await?;
            Err(Error::Unavailable("the payment service", error.into()).into())
        }
        Err(error) => Err(error.into()),
    }
}
