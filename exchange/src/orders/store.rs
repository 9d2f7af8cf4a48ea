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

/// An order with the records that its end touches.
pub(crate) struct Held {
    pub(crate) order: Order,
    pub(crate) ticket: Ticket,
    pub(crate) quota: HoldQuota,
}

/// The order, its ticket and its buyer's quota, as of one moment.
pub(crate) async fn with_ticket(db: &Db, id: &OrderId) -> Result<Option<Held>> {
    #[derive(Deserialize)]
    struct Row {
        order: Option<Order>,
        ticket: Option<Ticket>,
        quota: Option<HoldQuota>,
    }
    // One statement is one snapshot; several would each have their own.
    const SQL: &str = "RETURN {
        order: (SELECT *, record::id(id) AS id FROM ONLY $order),
        ticket: (SELECT *, record::id(id) AS id FROM ONLY type::record('ticket', $order.ticket OR '-')),
        quota: (SELECT *, record::id(id) AS id FROM ONLY type::record('hold_quota', $order.buyer OR '-'))
    }";
    let row: Option<Row> = db
        .read(SQL, vars! { order => record("ticket_order", id.as_str()) })
        .await?
        .one()?;
    let Some(Row {
        order: Some(order),
        ticket,
        quota,
    }) = row
    else {
        return Ok(None);
    };
    let ticket = ticket.ok_or_else(|| Error::internal(format!("order {id} has no ticket")))?;
    let quota = quota.unwrap_or_else(|| HoldQuota::new(order.buyer.clone()));
    Ok(Some(Held {
        order,
        ticket,
        quota,
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

pub(super) async fn details(
    db: &Db,
    id: &OrderId,
) -> Result<Option<(Order, Option<Payment>, Ticket)>> {
    #[derive(Deserialize)]
    struct Row {
        order: Option<Order>,
        payment: Option<Payment>,
        ticket: Option<Ticket>,
    }
    const SQL: &str = "RETURN {
        order: (SELECT *, record::id(id) AS id FROM ONLY $order),
        payment: (SELECT *, record::id(id) AS id FROM ONLY type::record('payment', record::id($order))),
        ticket: (SELECT *, record::id(id) AS id FROM ONLY type::record('ticket', $order.ticket OR '-'))
    }";
    let row: Option<Row> = db
        .read(SQL, vars! { order => record("ticket_order", id.as_str()) })
        .await?
        .one()?;
    let Some(Row {
        order: Some(order),
        payment,
        ticket,
    }) = row
    else {
        return Ok(None);
    };
    let ticket = ticket.ok_or_else(|| Error::internal(format!("order {id} has no ticket")))?;
    Ok(Some((order, payment, ticket)))
}

pub(super) async fn of_buyer(
    db: &Db,
    buyer: &UserId,
    after: &str,
    limit: usize,
) -> Result<Page<Order>> {
    const SQL: &str = "SELECT *, record::id(id) AS id FROM ticket_order WHERE buyer = $buyer AND rank > $after ORDER BY rank LIMIT $limit";
    let vars =
        vars! { buyer => buyer.to_string(), after => after.to_owned(), limit => limit as i64 + 1 };
    Ok(cut(
        db.read(SQL, vars).await?.many()?,
        limit,
        |order: &Order| order.id.rank(),
    ))
}

/// Unpaid orders whose time was up before `before`, the longest overdue first.
pub(crate) async fn overdue(db: &Db, before: Timestamp, limit: usize) -> Result<Vec<OrderId>> {
    #[derive(Deserialize)]
    struct Row {
        id: OrderId,
    }
    const SQL: &str = "SELECT record::id(id) AS id, due_at FROM ticket_order WHERE status = 'created' AND due_at <= $before LIMIT $limit";
    let rows: Vec<Row> = db
        .read(
            SQL,
            vars! { before => before.millis(), limit => limit as i64 },
        )
        .await?
        .many()?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
