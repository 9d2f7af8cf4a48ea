//! Orders in the database.

use domain::{OrderId, TicketId, Timestamp, UserId, hold::HoldQuota, order::Order, payment::Payment, ticket::Ticket};
use serde::Deserialize;

use super::Competition;
use crate::{
    Error, Page, Result,
    market::cut,
    platform::db::{Db, record},
    vars,
};

pub(crate) async fn order(db: &Db, id: &OrderId) -> Result<Option<Order>> {
    db.read("SELECT *, record::id(id) AS id FROM $order", vars! { order => record("ticket_order", id.as_str()) }).await?.one()
}

/// An order with the records that its end touches.
pub(crate) struct Held {
    pub(crate) order: Order,
    pub(crate) ticket: Ticket,
    pub(crate) quota: HoldQuota,
}

/// The order, its ticket and its buyer's quota.
pub(crate) async fn with_ticket(db: &Db, id: &OrderId) -> Result<Option<Held>> {
    const SQL: &str = "
        SELECT *, record::id(id) AS id FROM $order;
        SELECT *, record::id(id) AS id FROM type::record('ticket', $order.ticket);
        SELECT *, record::id(id) AS id FROM type::record('hold_quota', $order.buyer)";
    let mut rows = db.read(SQL, vars! { order => record("ticket_order", id.as_str()) }).await?;
    let Some(order) = rows.one::<Order>()? else { return Ok(None) };
    let ticket = rows.one()?.ok_or_else(|| Error::internal(format!("order {id} has no ticket")))?;
    let quota = rows.one()?.unwrap_or_else(|| HoldQuota::new(order.buyer.clone()));
    Ok(Some(Held { order, ticket, quota }))
}

pub(super) async fn competition(db: &Db, ticket: &TicketId, buyer: &UserId) -> Result<Option<Competition>> {
    const SQL: &str = "
        SELECT *, record::id(id) AS id FROM $ticket;
        SELECT *, record::id(id) AS id FROM $quota;
        SELECT *, record::id(id) AS id FROM type::record('ticket_order', $ticket.current_order OR '-')";
    let mut rows = db.read(SQL, vars! { ticket => record("ticket", ticket.as_str()), quota => record("hold_quota", buyer.as_str()) }).await?;
    let Some(ticket) = rows.one()? else { return Ok(None) };
    let quota = rows.one()?.unwrap_or_else(|| HoldQuota::new(buyer.clone()));
    Ok(Some(Competition { ticket, quota, holder: rows.one()? }))
}

pub(super) async fn details(db: &Db, id: &OrderId) -> Result<Option<(Order, Option<Payment>, Ticket)>> {
    const SQL: &str = "
        SELECT *, record::id(id) AS id FROM $order;
        SELECT *, record::id(id) AS id FROM type::record('payment', record::id($order));
        SELECT *, record::id(id) AS id FROM type::record('ticket', $order.ticket)";
    let mut rows = db.read(SQL, vars! { order => record("ticket_order", id.as_str()) }).await?;
    let Some(order) = rows.one()? else { return Ok(None) };
    let payment = rows.one()?;
    let ticket = rows.one()?.ok_or_else(|| Error::internal(format!("order {id} has no ticket")))?;
    Ok(Some((order, payment, ticket)))
}

pub(super) async fn of_buyer(db: &Db, buyer: &UserId, after: &str, limit: usize) -> Result<Page<Order>> {
    const SQL: &str = "SELECT *, record::id(id) AS id FROM ticket_order WHERE buyer = $buyer AND rank > $after ORDER BY rank LIMIT $limit";
    let vars = vars! { buyer => buyer.to_string(), after => after.to_owned(), limit => limit as i64 + 1 };
    Ok(cut(db.read(SQL, vars).await?.many()?, limit, |order: &Order| order.id.rank()))
}

/// Unpaid orders whose time was up before `before`, the longest overdue first.
pub(crate) async fn overdue(db: &Db, before: Timestamp, limit: usize) -> Result<Vec<OrderId>> {
    #[derive(Deserialize)]
    struct Row {
        id: OrderId,
    }
    const SQL: &str = "SELECT record::id(id) AS id, due_at FROM ticket_order WHERE status = 'created' AND due_at <= $before LIMIT $limit";
    let rows: Vec<Row> = db.read(SQL, vars! { before => before.millis(), limit => limit as i64 }).await?.many()?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

