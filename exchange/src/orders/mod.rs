//! Orders: holding a ticket, letting it go, and running out of time.

pub mod billing;
pub(crate) mod expiry;
pub(crate) mod handlers;
pub mod retention;
pub(crate) mod store;

use domain::{
    Amount, Billing, OrderId, Refusal, TicketId,
    hold::HoldQuota,
    order::{CancelReason, Order, OrderStatus},
    payment::Payment,
    permission::{OrderTicket, UseOrder, ViewHandoverNote, ViewOrder, Viewer},
    ticket::Ticket,
};

use self::{expiry::expire, store::Sale};
use crate::{
    Error, Exchange, Page, Result,
    accounts::tries::Client,
    limits, new_id,
    platform::commit::{Commit, CommitError, Rounds},
};

/// Orders on one page of a list.
const PAGE: usize = 24;

/// An order as its parties may see it.
#[derive(Debug)]
pub struct OrderDetails {
    /// The order. Who pays is there for the buyer only.
    pub order: Order,
    /// Its payment, once begun.
    pub payment: Option<Payment>,
    /// How the ticket is handed over, for the buyer of a complete order.
    pub handover_note: Option<String>,
}

/// Counts one more reservation of the viewer's, before it is tried. One of a ticket
/// that somebody has is not counted: when thousands want it, all but the first learn
/// so by one read, and counting them would be two commits for each.
///
/// # Errors
/// [`Error::TooMany`], or [`Error::Unauthenticated`].
pub async fn admit(
    exchange: &Exchange,
    viewer: &Viewer,
    client: &Client,
    ticket: &TicketId,
) -> Result<()> {
    let buyer = viewer.id().ok_or(Error::Unauthenticated)?;
    let market = exchange.db.market();
    if market.is_loaded() && !market.is_available(ticket) {
        return Ok(());
    }
    let settings = &exchange.settings.limits;
    limits::admit_from(exchange, "reserve", client.address, settings.reserve).await?;
    let limit = settings.reserve_by_account;
    limits::admit(exchange, "reserve", buyer.as_str(), limit).await
}

/// Holds a ticket for the viewer at the price they saw.
///
/// Everybody who competes for the ticket writes its record, guarded on the
/// version they read, so one of them wins; each also writes the buyer's quota,
/// so that the limit holds when one buyer races for many tickets.
///
/// # Errors
/// [`Error::Unauthenticated`], [`Error::Forbidden`] for the seller,
/// [`Error::NotFound`], or [`Error::Refused`].
pub async fn reserve(
    exchange: &Exchange,
    viewer: &Viewer,
    ticket: &TicketId,
    price: Amount,
) -> Result<OrderId> {
    let id: OrderId = new_id(&exchange.clock)?;
    reserve_named(exchange, viewer, &id, ticket, price).await
}

/// As [`reserve`], by an order whose name was chosen: one that is there is not made
/// again.
///
/// # Errors
/// As [`reserve`].
pub async fn reserve_as(
    exchange: &Exchange,
    viewer: &Viewer,
    id: &OrderId,
    ticket: &TicketId,
    price: Amount,
) -> Result<OrderId> {
    if let Some(order) = store::order(&exchange.db, id).await? {
        return Ok(order.id);
    }
    reserve_named(exchange, viewer, id, ticket, price).await
}

async fn reserve_named(
    exchange: &Exchange,
    viewer: &Viewer,
    id: &OrderId,
    ticket: &TicketId,
    price: Amount,
) -> Result<OrderId> {
    let mut rounds = Rounds::new();
    loop {
        match try_reserve(exchange, viewer, ticket, price, id).await? {
            Attempt::Done(order) => return Ok(order),
            Attempt::Again(stale) => rounds.next(stale).await?,
        }
    }
}

enum Attempt {
    Done(OrderId),
    Again(CommitError),
}

async fn try_reserve(
    exchange: &Exchange,
    viewer: &Viewer,
    ticket: &TicketId,
    price: Amount,
    id: &OrderId,
) -> Result<Attempt> {
    let Some(buyer) = viewer.id() else {
        return Err(Error::Unauthenticated);
    };
    let now = exchange.clock.now();
    let found = store::competition(&exchange.db, ticket, buyer)
        .await?
        .ok_or(Error::NotFound)?;
    let permit = viewer.may(OrderTicket(&found.ticket))?;
    if let Some(holder) = found.holder {
        // The time in the record decides, not the timer.
        if holder.is_lapsed(now) {
            expire(exchange, &holder.id).await?;
            return Ok(Attempt::Again(CommitError::Stale));
        }
        // A second click on the same button gets what the first one got.
        if holder.buyer == *buyer && holder.status == OrderStatus::Created {
            return Ok(Attempt::Done(holder.id));
        }
    }
    let hold = exchange.settings.hold_times.hold;
    let (order, held) = permit.reserve(id.clone(), price, hold, now)?;
    let quota = found
        .quota
        .admit(&order, exchange.settings.max_holds, now)?;
    let commit = Commit::new("reserve")
        .ticket(Some(&found.ticket), &held)?
        .order(None, &order)?
        .quota(&quota)?;
    Ok(match commit.run(&exchange.db).await {
        Ok(()) => Attempt::Done(order.id),
        Err(stale) => Attempt::Again(stale),
    })
}

/// Lets a hold go.
///
/// # Errors
/// [`Error::Unauthenticated`], [`Error::Forbidden`], [`Error::NotFound`], or
/// [`Error::Refused`] when it is being paid, paid or over.
pub async fn cancel(exchange: &Exchange, viewer: &Viewer, id: &OrderId) -> Result<()> {
    check_signed_in(viewer)?;
    let cancelled = |order: &Order| -> Result<Order> {
        let permit = viewer.may(UseOrder(order))?;
        if order.is_lapsed(exchange.clock.now()) {
            return Err(Refusal::HoldEnded.into());
        }
        Ok(permit.cancel(exchange.clock.now())?)
    };
    let ended = end(exchange, id, cancelled).await;
    if matches!(ended, Err(Error::Refused(Refusal::HoldEnded))) {
        expire(exchange, id).await?;
    }
    ended
}

/// The order, if the viewer is the one who pays or cancels it.
pub(crate) async fn usable(exchange: &Exchange, viewer: &Viewer, id: &OrderId) -> Result<Order> {
    check_signed_in(viewer)?;
    let order = store::order(&exchange.db, id)
        .await?
        .ok_or(Error::NotFound)?;
    viewer.may(UseOrder(&order))?;
    Ok(order)
}

/// Who is not signed in learns nothing of which orders there are.
pub(crate) fn check_signed_in(viewer: &Viewer) -> Result<()> {
    match viewer {
        Viewer::Anyone => Err(Error::Unauthenticated),
        Viewer::User(_) | Viewer::Operator => Ok(()),
    }
}

/// Puts the ticket of an unpaid order back that is `cancelled`, in one commit.
async fn end(
    exchange: &Exchange,
    id: &OrderId,
    cancelled: impl Fn(&Order) -> Result<Order>,
) -> Result<()> {
    let mut rounds = Rounds::new();
    loop {
        let before = store::sale(&exchange.db, id)
            .await?
            .ok_or(Error::NotFound)?;
        let order = cancelled(&before.order)?;
        let commit = release(exchange, Commit::new("end hold"), &before, &order)?;
        match commit.run(&exchange.db).await {
            Ok(()) => return Ok(()),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// Ends an unpaid order because a moderator or an administrator decided so;
/// returns whether it is over, and not being paid.
pub(crate) async fn end_for_moderation(exchange: &Exchange, id: &OrderId) -> Result<bool> {
    let cancelled =
        |order: &Order| Ok(order.cancel(CancelReason::Moderation, exchange.clock.now())?);
    match end(exchange, id, cancelled).await {
        Ok(()) | Err(Error::Refused(Refusal::OrderCancelled)) => Ok(true),
        Err(Error::Refused(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Adds to `commit` that `order`, cancelled, lets its ticket go.
pub(crate) fn release(
    exchange: &Exchange,
    commit: Commit,
    before: &Sale,
    order: &Order,
) -> Result<Commit> {
    let now = order.updated_at;
    let free = before.ticket.release(&order.id, now)?;
    let quota = before
        .quota
        .settle(order, false, exchange.settings.hold_times, now);
    commit
        .order(Some(&before.order), order)?
        .ticket(Some(&before.ticket), &free)?
        .quota(&quota)
}

/// An order, for its parties.
///
/// # Errors
/// [`Error::Unauthenticated`] or [`Error::NotFound`].
pub async fn view(exchange: &Exchange, viewer: &Viewer, id: &OrderId) -> Result<OrderDetails> {
    check_signed_in(viewer)?;
    // Of the order alone: what is read besides would tell by its time that there is
    // one, and whose it is never changes.
    let order = store::order(&exchange.db, id).await?;
    viewer.may(ViewOrder(&order.ok_or(Error::NotFound)?))?;
    let Sale {
        order,
        payment,
        ticket,
        ..
    } = store::sale(&exchange.db, id)
        .await?
        .ok_or(Error::NotFound)?;
    let note = ViewHandoverNote {
        ticket: &ticket,
        order: Some(&order),
    };
    let is_buyer = viewer.id() == Some(&order.buyer);
    let handover_note =
        (is_buyer && viewer.may(note).is_ok()).then_some(ticket.content.handover_note);
    let billing = order.billing.clone().filter(|_| is_buyer);
    Ok(OrderDetails {
        order: Order { billing, ..order },
        payment,
        handover_note,
    })
}

/// Who paid, or was to pay, the viewer's last order of which that is known: who
/// paid before need not type it again.
///
/// # Errors
/// [`Error::Unauthenticated`].
pub async fn last_billing(exchange: &Exchange, viewer: &Viewer) -> Result<Option<Billing>> {
    let buyer = viewer.id().ok_or(Error::Unauthenticated)?;
    store::last_billing(&exchange.db, buyer).await
}

/// The viewer's orders, newest first, from after `after`.
///
/// # Errors
/// [`Error::Unauthenticated`].
pub async fn of_buyer(exchange: &Exchange, viewer: &Viewer, after: &str) -> Result<Page<Order>> {
    let buyer = viewer.id().ok_or(Error::Unauthenticated)?;
    store::of_buyer(&exchange.db, buyer, after, PAGE).await
}

/// What a reservation competes for.
pub(crate) struct Competition {
    pub(crate) ticket: Ticket,
    /// The order that holds or bought the ticket.
    pub(crate) holder: Option<Order>,
    /// The quota of the buyer who asks.
    pub(crate) quota: HoldQuota,
}

#[cfg(test)]
mod tests {
    use tokio::task::JoinSet;

    use super::*;
    use crate::{check, fixtures};

    /// How many of two hundred buyers of one ticket were told that they have
    /// it, and what the check says afterwards.
    async fn race(guarded: bool) -> (usize, Vec<String>) {
        let db = fixtures::db().await;
        let db = if guarded { db } else { db.unguarded() };
        let exchange = fixtures::exchange(db, "http://127.0.0.1:9");
        let ticket = fixtures::listed(&exchange).await;
        let mut buyers = JoinSet::new();
        for _ in 0..200 {
            let (exchange, ticket) = (exchange.clone(), ticket.clone());
            buyers.spawn(async move {
                let buyer = fixtures::stranger(&exchange);
                reserve(&exchange, &buyer, &ticket.id, ticket.content.price)
                    .await
                    .is_ok()
            });
        }
        let winners = buyers
            .join_all()
            .await
            .into_iter()
            .filter(|won| *won)
            .count();
        (
            winners,
            check::check(&exchange.db).await.expect("reads").violations,
        )
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn with_its_guard_a_ticket_has_one_buyer() {
        assert_eq!(race(true).await, (1, Vec::new()));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn without_its_guard_a_ticket_is_sold_twice() {
        let (winners, violations) = race(false).await;
        assert!(winners > 1, "the race must be able to fail");
        assert!(!violations.is_empty(), "and the check must find it");
    }
}
