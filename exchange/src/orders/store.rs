//! Orders in the database.

use domain::{
    OrderId, TicketId, Timestamp, UserId, hold::HoldQuota, order::Order, payment::Payment,
    ticket::Ticket,
};
use serde::Deserialize;

use super::Competition;
use crate::{
    Error, Page, Result,
    market::cut,
    platform::db::{Db, record},
    vars,
};

pub(crate) async fn order(db: &Db, id: &OrderId) -> Result<Option<Order>> {
    db.read(
        "SELECT *, record::id(id) AS id FROM $order",
        vars! { order => record("ticket_order", id.as_str()) },
    )
    .await?
    .one()
}

/// An order with the records that its transitions touch.
pub(crate) struct Sale {
    pub(crate) order: Order,
    pub(crate) ticket: Ticket,
    /// Its payment, once begun.
    pub(crate) payment: Option<Payment>,
    /// The quota of its buyer.
    pub(crate) quota: HoldQuota,
}

/// A sale as of one moment.
pub(crate) async fn sale(db: &Db, id: &OrderId) -> Result<Option<Sale>> {
    #[derive(Deserialize)]
    struct Row {
        order: Option<Order>,
        ticket: Option<Ticket>,
        payment: Option<Payment>,
        quota: Option<HoldQuota>,
    }
    // One statement is one snapshot; several would each have their own.
    const SQL: &str = "RETURN {
        order: (SELECT *, record::id(id) AS id FROM ONLY $order),
        ticket: (SELECT *, record::id(id) AS id FROM ONLY type::record('ticket', $order.ticket OR '-')),
        payment: (SELECT *, record::id(id) AS id FROM ONLY $payment),
        quota: (SELECT *, record::id(id) AS id FROM ONLY type::record('hold_quota', $order.buyer OR '-'))
    }";
    let vars = vars! { order => record("ticket_order", id.as_str()), payment => record("payment", id.as_str()) };
    let row: Option<Row> = db.read(SQL, vars).await?.one()?;
    let Some(Row {
        order: Some(order),
        ticket,
        payment,
        quota,
    }) = row
    else {
        return Ok(None);
    };
    Ok(Some(Sale {
        ticket: ticket.ok_or_else(|| Error::internal(format!("order {id} has no ticket")))?,
        payment,
        quota: quota.unwrap_or_else(|| HoldQuota::new(order.buyer.clone())),
        order,
    }))
}

pub(super) async fn competition(
    db: &Db,
    ticket: &TicketId,
    buyer: &UserId,
) -> Result<Option<Competition>> {
    #[derive(Deserialize)]
    struct Row {
        ticket: Option<Ticket>,
        holder: Option<Order>,
        quota: Option<HoldQuota>,
    }
    const SQL: &str = "RETURN {
        ticket: (SELECT *, record::id(id) AS id FROM ONLY $ticket),
        holder: (SELECT *, record::id(id) AS id FROM ONLY type::record('ticket_order', $ticket.current_order OR '-')),
        quota: (SELECT *, record::id(id) AS id FROM ONLY $quota)
    }";
    let vars = vars! { ticket => record("ticket", ticket.as_str()), quota => record("hold_quota", buyer.as_str()) };
    let row: Option<Row> = db.read(SQL, vars).await?.one()?;
    let Some(Row {
        ticket: Some(ticket),
        holder,
        quota,
    }) = row
    else {
        return Ok(None);
    };
    Ok(Some(Competition {
        ticket,
        holder,
        quota: quota.unwrap_or_else(|| HoldQuota::new(buyer.clone())),
    }))
}

pub(crate) const OF_BUYER: &str = "SELECT *, record::id(id) AS id FROM ticket_order WHERE buyer = $buyer AND rank > $after ORDER BY rank LIMIT $limit";

pub(super) async fn of_buyer(
    db: &Db,
    buyer: &UserId,
    after: &str,
    limit: usize,
) -> Result<Page<Order>> {
    let vars =
        vars! { buyer => buyer.to_string(), after => after.to_owned(), limit => limit as i64 + 1 };
    Ok(cut(
        db.read(OF_BUYER, vars).await?.many()?,
        limit,
        |order: &Order| order.id.rank(),
    ))
}

pub(crate) const OVERDUE: &str = "SELECT record::id(id) AS id, due_at FROM ticket_order WHERE status = 'created' AND due_at <= $before LIMIT $limit";

/// Unpaid orders whose time was up before `before`, the longest overdue first.
pub(crate) async fn overdue(db: &Db, before: Timestamp, limit: usize) -> Result<Vec<OrderId>> {
    #[derive(Deserialize)]
    struct Row {
        id: OrderId,
    }
    let rows: Vec<Row> = db
        .read(
            OVERDUE,
            vars! { before => before.millis(), limit => limit as i64 },
        )
        .await?
        .many()?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
