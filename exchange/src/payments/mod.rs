//! Payments: from *Pay* to the money, and back out when it comes too late.
//!
//! [`start`] makes the intent; the browser has Stripe confirm it; [`settle`]
//! takes the order to where Stripe says that the intent stands. `settle` is
//! called by the browser's return, by webhooks, by events and by the sweep,
//! any number of times and at once: it reads the records, asks Stripe, and
//! takes one step after the other, each of which is one commit.

mod dispute;
pub(crate) mod handlers;
mod hint;
pub mod reconcile;
pub mod refund;
mod settle;
mod step;
pub(crate) mod store;
pub mod webhook;

use domain::{
    Billing, OrderId, Refusal,
    order::Order,
    payment::{Payment, PaymentStatus},
    permission::{UseOrder, Viewer},
};

use futures::{StreamExt, stream};

use crate::{
    Error, Exchange, Result,
    orders::{self, billing::TypedBilling, store::sale},
    platform::{
        commit::{Commit, Rounds},
        stripe::{CallError, Intent, IntentStatus},
    },
};
pub use settle::settle;
pub(crate) use store::look_at;

/// What the browser has Stripe confirm.
#[derive(Debug)]
pub struct Begun {
    /// The intent's client secret.
    pub client_secret: String,
    /// Who pays, as it is on the order.
    pub billing: Billing,
}

/// *Pay*: who pays is noted, the hold is given its one grace, and the intent is
/// made, or found again. With nothing typed, who pays is who was noted before.
///
/// # Errors
/// [`Error::Invalid`] for what was typed, [`Error::Unauthenticated`],
/// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Refused`] when the hold
/// is over or the order paid, or [`Error::Unavailable`] when Stripe is away.
pub async fn start(
    exchange: &Exchange,
    viewer: &Viewer,
    id: &OrderId,
    typed: &TypedBilling,
) -> Result<Begun> {
    let order = orders::usable(exchange, viewer, id).await?;
    // First of all: nobody corrects an address for an order that is over.
    order.check_payable(exchange.clock.now())?;
    let billing = match order.billing {
        Some(noted) if *typed == TypedBilling::default() => noted,
        _ => typed.parse().map_err(Error::Invalid)?,
    };
    let (order, payment) = begin(exchange, viewer, id, &billing).await?;
    let Some(intent) = intent_of(exchange, &payment).await? else {
        // It ended meanwhile; beginning again says why.
        begin(exchange, viewer, id, &billing).await?;
        return Err(Refusal::BeingPaid.into());
    };
    if intent.amount != order.price {
        return Err(Error::internal(format!(
            "intent {} is not of the order's price",
            intent.id
        )));
    }
    let over = match intent.status {
        IntentStatus::NeedsCard | IntentStatus::InProgress => false,
        // Authorised before, and the browser never came back to say so; or
        // cancelled, because the order was.
        IntentStatus::Authorized | IntentStatus::Captured | IntentStatus::Cancelled => true,
    };
    if over {
        settle(exchange, id).await?;
        begin(exchange, viewer, id, &billing).await?;
        return Err(Refusal::BeingPaid.into());
    }
    let client_secret = intent
        .client_secret
        .ok_or_else(|| Error::internal("an intent has a client secret"))?;
    Ok(Begun {
        client_secret,
        billing,
    })
}

/// The order with who pays and its grace, and its payment, which is there from
/// now on.
async fn begin(
    exchange: &Exchange,
    viewer: &Viewer,
    id: &OrderId,
    billing: &Billing,
) -> Result<(Order, Payment)> {
    let mut rounds = Rounds::new();
    loop {
        let sale = sale(&exchange.db, id).await?.ok_or(Error::NotFound)?;
        let now = exchange.clock.now();
        let grace = exchange.settings.hold_times.grace;
        let permit = viewer.may(UseOrder(&sale.order))?;
        let order = permit.begin_payment(billing, grace, now)?;
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
            return Ok((order, payment));
        }
        match commit.run(&exchange.db).await {
            Ok(()) => return Ok((order, payment)),
            Err(stale) => rounds.next(stale).await?,
        }
    }
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
///
/// `None` when the payment ended meanwhile: nobody settles what would be paid
/// with an intent that is handed out then.
async fn intent_of(exchange: &Exchange, payment: &Payment) -> Result<Option<Intent>> {
    if let Some(intent) = &payment.intent {
        return Ok(Some(exchange.stripe.fetch(intent).await?));
    }
    let mut payment = payment.clone();
    for _ in 0..3 {
        match create(exchange, &payment).await {
            Ok(created) => {
                payment = update(exchange, &payment.id, |payment| {
                    payment
                        .intent
                        .is_none()
                        .then(|| payment.intent = Some(created.id.clone()))
                })
                .await?;
                if payment.intent.as_ref() == Some(&created.id) && payment.status.is_open() {
                    return Ok(Some(created));
                }
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
            }
            Err(error) => return Err(error.into()),
        }
        // Another attempt may have been faster. An intent that is not noted
        // stays unpaid: nobody gets its secret.
        match &payment.intent {
            _ if !payment.status.is_open() => return Ok(None),
            Some(intent) => return Ok(Some(exchange.stripe.fetch(intent).await?)),
            None => {}
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

/// Commits `edit` of a payment, unless that has ended or has nothing to edit,
/// and returns the payment as it is then.
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
        if !before.status.is_open() || edit(&mut payment).is_none() {
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

#[cfg(test)]
mod tests {
    use stripe_sandbox::{Config, Sandbox};

    use super::*;
    use crate::fixtures;

    /// *Pay* waits for Stripe while the order is cancelled and its payment
    /// ends: the browser must not be given an intent that nobody settles.
    #[tokio::test]
    async fn an_intent_of_a_payment_that_ended_reaches_nobody() {
        let sandbox = Sandbox::start(Config::default()).await.expect("a sandbox");
        let exchange = fixtures::exchange(fixtures::db().await, &sandbox.url());
        let ticket = fixtures::listed(&exchange).await;
        let buyer = fixtures::stranger(&exchange);
        let order = orders::reserve(&exchange, &buyer, &ticket.id, ticket.content.price)
            .await
            .expect("free");
        let billing = fixtures::billing().parse().expect("an address");
        let begun = begin(&exchange, &buyer, &order, &billing).await;
        let (_, payment) = begun.expect("held");

        let ended = payment
            .step(PaymentStatus::Cancelled, exchange.clock.now())
            .expect("open");
        Commit::new("end payment")
            .payment(Some(&payment), &ended)
            .expect("writes")
            .run(&exchange.db)
            .await
            .expect("commits");
        let intent = intent_of(&exchange, &payment).await.expect("asks");
        assert!(intent.is_none());
        let now = sale(&exchange.db, &order).await.expect("reads");
        assert_eq!(now.and_then(|sale| sale.payment), Some(ended));
    }
}
