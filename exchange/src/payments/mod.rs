//! Payments: from *Pay* to the money, and back out when it comes too late.
//!
//! [`start`] makes the intent; the browser has Stripe confirm it; [`settle`]
//! takes the order to where Stripe says that the intent stands. `settle` is
//! called by the browser's return, by webhooks, by events and by the sweep,
//! any number of times and at once: it reads the records, asks Stripe, and
//! takes one step after the other, each of which is one commit.

pub(crate) mod handlers;
mod settle;
pub(crate) mod store;
pub mod webhook;

use domain::{
    OrderId, Refusal,
    order::Order,
    payment::{Payment, PaymentStatus},
    permission::Viewer,
};

use futures::{StreamExt, stream};

use crate::{
    Error, Exchange, Result,
    orders::{self, store::sale},
    platform::{
        commit::{Commit, Rounds},
        stripe::{CallError, Intent, IntentStatus},
    },
};
pub use settle::settle;
pub(crate) use store::look_at;

/// *Pay*: the hold is given its one grace, and the intent is made, or found
/// again. Returns the intent's client secret.
///
/// # Errors
/// [`Error::Unauthenticated`], [`Error::Forbidden`], [`Error::NotFound`],
/// [`Error::Refused`] when the hold is over or the order paid, or
/// [`Error::Unavailable`] when Stripe is away.
pub async fn start(exchange: &Exchange, viewer: &Viewer, id: &OrderId) -> Result<String> {
    orders::usable(exchange, viewer, id).await?;
    let mut rounds = Rounds::new();
    let (order, payment) = loop {
        let sale = sale(&exchange.db, id).await?.ok_or(Error::NotFound)?;
        let now = exchange.clock.now();
        let order = sale
            .order
            .begin_payment(exchange.settings.hold_times.grace, now)?;
        let payment = match sale.payment.clone() {
            Some(payment)
                if matches!(
                    payment.status,
                    PaymentStatus::Created | PaymentStatus::RequiresAction
                ) =>
            {
                payment
            }
            // It ended at Stripe; the hold goes on, but there is one payment an order.
            Some(_) => return Err(Refusal::BeingPaid.into()),
            None => Payment::begin(id.clone(), order.price, now),
        };
        let mut commit = Commit::new("begin payment");
        if order != sale.order {
            commit = commit
                .order(Some(&sale.order), &order)?
                .quota(&sale.quota.extend(id, order.due_at(), now))?;
        }
        if sale.payment.is_none() {
            commit = commit.payment(None, &payment)?;
        }
        if order == sale.order && sale.payment.is_some() {
            break (order, payment);
        }
        match commit.run(&exchange.db).await {
            Ok(()) => break (order, payment),
            Err(stale) => rounds.next(stale).await?,
        }
    };
    let intent = intent_of(exchange, &payment).await?;
    if intent.amount != order.price {
        return Err(Error::internal(format!(
            "intent {} is not of the order's price",
            intent.id
        )));
    }
    if intent.status == IntentStatus::Authorized || intent.status == IntentStatus::Captured {
        // Authorised before, and the browser never came back to say so.
        settle(exchange, id).await?;
        return Err(Refusal::BeingPaid.into());
    }
    intent
        .client_secret
        .ok_or_else(|| Error::internal("an intent has a client secret"))
}

/// What became of the payment: to be asked after the browser's confirmation.
///
/// # Errors
/// As [`start`].
pub async fn finish(
    exchange: &Exchange,
    viewer: &Viewer,
    id: &OrderId,
) -> Result<(Order, Option<Payment>)> {
    orders::usable(exchange, viewer, id).await?;
    settle(exchange, id).await?;
    let sale = sale(&exchange.db, id).await?.ok_or(Error::NotFound)?;
    Ok((sale.order, sale.payment))
}

/// The payment's intent as Stripe has it, created now if it is not known to
/// be. The same key has Stripe answer with the same intent, also after a
/// crash between its creation and our note of it.
async fn intent_of(exchange: &Exchange, payment: &Payment) -> Result<Intent> {
    if let Some(intent) = &payment.intent {
        return Ok(exchange.stripe.fetch(intent).await?);
    }
    let mut payment = payment.clone();
    for _ in 0..3 {
        match create(exchange, &payment).await {
            Ok(created) => {
                let noted = update(exchange, &payment.id, |payment| {
                    payment
                        .intent
                        .is_none()
                        .then(|| payment.intent = Some(created.id.clone()))
                })
                .await?;
                return match noted.intent {
                    // Another attempt was faster. This intent stays unpaid:
                    // nobody gets its secret.
                    Some(other) if other != created.id => Ok(exchange.stripe.fetch(&other).await?),
                    _ => Ok(created),
                };
            }
            // The error is saved under the key: only a new attempt helps.
            Err(CallError::Broken(error)) => {
                tracing::warn!(order = %payment.id, attempt = payment.create_attempt, error, "intent not created");
                let attempt = payment.create_attempt;
                payment = update(exchange, &payment.id, |payment| {
                    (payment.create_attempt == attempt && payment.intent.is_none())
                        .then(|| payment.create_attempt += 1)
                })
                .await?;
                if let Some(intent) = &payment.intent {
                    return Ok(exchange.stripe.fetch(intent).await?);
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(CallError::Broken("three attempts at an intent".to_owned()).into())
}

/// Has Stripe create the payment's intent, or answer with the one that this
/// attempt created before.
async fn create(exchange: &Exchange, payment: &Payment) -> std::result::Result<Intent, CallError> {
    let currency = exchange.settings.currency;
    exchange
        .stripe
        .create(
            &payment.id,
            payment.create_attempt,
            payment.amount,
            currency,
        )
        .await
}

/// Commits `edit` of a payment, unless it has nothing to edit, and returns the
/// payment as it is then.
async fn update(
    exchange: &Exchange,
    id: &OrderId,
    edit: impl Fn(&mut Payment) -> Option<()>,
) -> Result<Payment> {
    let mut rounds = Rounds::new();
    loop {
        let before = sale(&exchange.db, id)
            .await?
            .and_then(|sale| sale.payment)
            .ok_or(Error::NotFound)?;
        let mut payment = before.changed(exchange.clock.now());
        if edit(&mut payment).is_none() {
            return Ok(before);
        }
        match Commit::new("note payment")
            .payment(Some(&before), &payment)?
            .run(&exchange.db)
            .await
        {
            Ok(()) => return Ok(payment),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// Has every open payment looked at, whatever was noted of its next turn:
/// whoever was at work on it is gone.
///
/// # Errors
/// Only when the database is away.
pub(crate) async fn wake(exchange: &Exchange) -> Result<()> {
    store::wake(&exchange.db).await
}

/// Settles open payments that nothing has touched for a while.
///
/// # Errors
/// Only when the database is away; what Stripe does not answer is left for
/// the next time.
pub(crate) async fn resume(exchange: &Exchange) -> Result<()> {
    const BATCH: usize = 500;
    const AT_ONCE: usize = 8;
    let due = store::take_turn(&exchange.db, exchange.clock.now(), BATCH).await?;
    stream::iter(due)
        .for_each_concurrent(AT_ONCE, async |id| {
            if let Err(error) = settle(exchange, &id).await {
                tracing::warn!(order = %id, %error, "payment still open");
            }
        })
        .await;
    Ok(())
}
