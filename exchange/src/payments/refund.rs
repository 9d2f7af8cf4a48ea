//! Money back: the refund of a paid order.
//!
//! [`refund`] writes down that it is to be refunded; from there on
//! [`super::settle`] takes one step after the other, as it does with payments:
//! Stripe is asked under a key that names the attempt, what it answers is
//! noted, and when the money went back the order, the ticket, the payment and
//! the ledger change in one commit.

use domain::{
    OrderId, Refusal, Timestamp,
    ledger::{Entry, Kind},
    order::{Order, OrderStatus, RefundReason},
    payment::{Payment, PaymentStatus},
    permission::{Actor, Permit, RefundOrder, Viewer},
};

use super::{
    hint::Hint,
    settle::{Stop, intent},
    update,
};
use crate::{
    Error, Exchange, Result, accounts,
    audit::Act,
    orders::{
        check_signed_in,
        store::{Sale, order, sale},
    },
    platform::{
        commit::{Commit, Rounds},
        stripe::{CallError, Refund, RefundStatus},
    },
};

/// Refunds a paid order: for its buyer in time, for moderators and operators at any
/// time.
///
/// # Errors
/// [`Error::Unauthenticated`], [`Error::Forbidden`], [`Error::NotFound`], or
/// [`Error::Refused`] with why not. What comes after is tried until it is done.
pub async fn refund(exchange: &Exchange, viewer: &Viewer, id: &OrderId) -> Result<()> {
    request(exchange, viewer, id).await?;
    // The event and the sweep go on when this cannot.
    if let Err(error) = super::settle(exchange, id).await {
        tracing::warn!(order = %id, %error, "refund under way");
    }
    Ok(())
}

/// Only writes down that the order is to be refunded.
///
/// # Errors
/// As [`refund`].
pub async fn request(exchange: &Exchange, viewer: &Viewer, id: &OrderId) -> Result<()> {
    check_signed_in(viewer)?;
    let order = order(&exchange.db, id).await?.ok_or(Error::NotFound)?;
    let permit = check(exchange, viewer, &order)?;
    begin(exchange, permit.by(), id, permit.reason(), None).await
}

/// Whether the viewer may have the order refunded now.
///
/// # Errors
/// As [`refund`].
pub fn check<'a>(
    exchange: &Exchange,
    viewer: &Viewer,
    order: &'a Order,
) -> Result<Permit<RefundOrder<'a>>> {
    let permit = viewer.may(RefundOrder(order))?;
    permit.check(exchange.settings.refund_window, exchange.clock.now())?;
    Ok(permit)
}

/// Writes down that the order is being refunded; `found` when it was at Stripe
/// itself.
async fn begin(
    exchange: &Exchange,
    actor: &Actor,
    id: &OrderId,
    reason: RefundReason,
    found: Option<&Refund>,
) -> Result<()> {
    let mut rounds = Rounds::new();
    loop {
        let Some(sale) = sale(&exchange.db, id).await? else {
            return Err(Error::NotFound);
        };
        let now = exchange.clock.now();
        let window = exchange.settings.refund_window;
        let order = sale.order.begin_refund(reason, window, now)?;
        let before = sale.payment.ok_or(Refusal::NotPaid)?;
        let payment = Payment {
            refund: found.map(|refund| refund.id.clone()),
            ..before.begin_refund(now)?
        };
        let commit = Commit::new("begin refund")
            .order(Some(&sale.order), &order)?
            .payment(Some(&before), &payment)?
            .audited(&Act {
                actor: actor.clone(),
                act: "begin refund",
                object: format!("order:{id}"),
                fields: &["status", "refund_reason"],
                why: Some(reason.name()),
                at: now,
            })?;
        match commit.run(&exchange.db).await {
            Ok(()) => return Ok(()),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// Looks at Stripe whether a paid order was refunded there: all of it is taken
/// over, parts are nothing that the exchange knows how to do.
///
/// # Errors
/// [`Error::Unavailable`] when Stripe is away.
pub(super) async fn adopt(exchange: &Exchange, id: &OrderId) -> Result<()> {
    let Some(Sale {
        order,
        payment: Some(payment),
        ..
    }) = sale(&exchange.db, id).await?
    else {
        return Ok(());
    };
    let (OrderStatus::Complete, PaymentStatus::Captured, Some(intent)) =
        (order.status, payment.status, &payment.intent)
    else {
        return came_back(exchange, &payment).await;
    };
    let mut refunds = exchange.stripe.refunds_of(intent).await?;
    if let Some(refund) = refunds
        .iter()
        .find(|refund| refund.is_all_of(payment.amount))
    {
        return match begin(
            exchange,
            &Actor::Exchange,
            id,
            RefundReason::Stripe,
            Some(refund),
        )
        .await
        {
            // Somebody was faster.
            Err(Error::Refused(_)) => Ok(()),
            begun => begun,
        };
    }
    refunds.retain(|refund| !matches!(refund.status, RefundStatus::Failed(_)));
    for part in refunds {
        tracing::error!(order = %id, refund = part.id, amount = part.amount.minor(), "a part was refunded at Stripe");
    }
    Ok(())
}

/// Alarms when a refund failed after Stripe had said that it succeeded: the
/// ticket may be somebody else's by now, so how the buyer gets the money is for
/// a person to decide (<https://docs.stripe.com/refunds#failed-refunds>).
async fn came_back(exchange: &Exchange, payment: &Payment) -> Result<()> {
    let (PaymentStatus::Refunded, Some(refund)) = (payment.status, &payment.refund) else {
        return Ok(());
    };
    let refund = exchange.stripe.fetch_refund(refund).await?;
    if let RefundStatus::Failed(reason) = refund.status {
        tracing::error!(order = %payment.id, refund = refund.id, reason, "a refund came back: the buyer has yet to be paid");
    }
    Ok(())
}

/// The next step of an order that is being refunded.
pub(super) async fn give_back(
    exchange: &Exchange,
    hint: &Hint<'_>,
    sale: &Sale,
    payment: &Payment,
) -> std::result::Result<(), Stop> {
    let intent = intent(payment)?;
    let asked = match &payment.refund {
        Some(refund) => exchange.stripe.fetch_refund(refund).await,
        None => {
            exchange
                .stripe
                .refund(&payment.id, payment.refund_attempt, intent)
                .await
        }
    };
    let refund = match asked {
        Ok(refund) => refund,
        Err(error @ CallError::Away(_)) => return Err(error.into()),
        // Unknown whether it was done, or done already by somebody else.
        Err(error) => match done_before(exchange, payment, intent).await? {
            Some(refund) => refund,
            None => return again_or_failed(exchange, hint, sale, payment, error).await,
        },
    };
    let now = exchange.clock.now();
    match refund.status {
        RefundStatus::Succeeded => {
            let good = accounts::find(exchange, &sale.order.seller)
                .await?
                .is_some_and(|seller| !seller.suspended && seller.deleted_at.is_none());
            let order = sale.order.refunded(now)?;
            let ticket = sale.ticket.unsell(&order.id, good, now)?;
            let refunded = Payment {
                refund: Some(refund.id),
                ..payment.step(PaymentStatus::Refunded, now)?
            };
            let commit = Commit::new("refund order")
                .order(Some(&sale.order), &order)?
                .ticket(Some(&sale.ticket), &ticket)?
                .payment(Some(payment), &refunded)?
                .ledger(&Entry::new(&order, Kind::Refunded, order.price, now))?;
            hint.run(exchange, commit).await?;
        }
        RefundStatus::Failed(reason) => {
            failed(exchange, hint, sale, payment, &reason, now).await?;
        }
        RefundStatus::Pending if payment.refund.as_ref() == Some(&refund.id) => {}
        RefundStatus::Pending => {
            let noted = Payment {
                refund: Some(refund.id),
                ..payment.changed(now)
            };
            let commit = Commit::new("note refund").payment(Some(payment), &noted)?;
            hint.run(exchange, commit).await?;
        }
    }
    Ok(())
}

/// A refund of this attempt, or one by somebody else that gave all of it back.
async fn done_before(
    exchange: &Exchange,
    payment: &Payment,
    intent: &str,
) -> std::result::Result<Option<Refund>, Stop> {
    let refunds = exchange.stripe.refunds_of(intent).await?;
    Ok(refunds.into_iter().find(|refund| {
        refund.attempt == Some(payment.refund_attempt) || refund.is_all_of(payment.amount)
    }))
}

/// Stripe replays its answer under the old key, so what was broken is tried
/// again as a new attempt, and what was refused has failed.
async fn again_or_failed(
    exchange: &Exchange,
    hint: &Hint<'_>,
    sale: &Sale,
    payment: &Payment,
    error: CallError,
) -> std::result::Result<(), Stop> {
    if let CallError::Refused(reason) = &error {
        return failed(exchange, hint, sale, payment, reason, exchange.clock.now()).await;
    }
    let attempt = payment.refund_attempt;
    update(exchange, &payment.id, |payment| {
        (payment.refund_attempt == attempt).then(|| {
            payment.refund_attempt += 1;
            payment.refund = None;
        })
    })
    .await?;
    Err(error.into())
}

/// The order is paid, as before, and may be refunded again.
async fn failed(
    exchange: &Exchange,
    hint: &Hint<'_>,
    sale: &Sale,
    payment: &Payment,
    reason: &str,
    now: Timestamp,
) -> std::result::Result<(), Stop> {
    tracing::error!(order = %sale.order.id, reason, "refund failed");
    let order = sale.order.refund_failed(now)?;
    let captured = Payment {
        refund: None,
        refund_failure: Some(reason.to_owned()),
        ..payment.step(PaymentStatus::Captured, now)?
    };
    let commit = Commit::new("refund failed")
        .order(Some(&sale.order), &order)?
        .payment(Some(payment), &captured)?;
    hint.run(exchange, commit).await?;
    Ok(())
}
