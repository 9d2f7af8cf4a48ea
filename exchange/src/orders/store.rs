//! Orders in the database.

use domain::{
    Billing, OrderId, TicketId, Timestamp, UserId, hold::HoldQuota, order::Order, payment::Payment,
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

/// Those of `ids` that there are.
pub(crate) async fn orders(db: &Db, ids: impl Iterator<Item = &OrderId>) -> Result<Vec<Order>> {
    let records: Vec<_> = ids.map(|id| record("ticket_order", id.as_str())).collect();
    db.read(
        "SELECT *, record::id(id) AS id FROM $orders",
        vars! { orders => records },
    )
    .await?
    .many()
}

/// How many orders are holds that are not paid.
pub(crate) async fn count_holds(db: &Db) -> Result<usize> {
    const SQL: &str = "SELECT VALUE times FROM (SELECT count() AS times FROM ticket_order WHERE status = 'created' GROUP ALL)";
    let found: Option<usize> = db.read(SQL, vars! {}).await?.one()?;
    Ok(found.unwrap_or_default())
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
    Ok(sales(db, std::slice::from_ref(id)).await?.pop())
}

/// Those of `ids` that there are, all as of one moment.
pub(crate) async fn sales(db: &Db, ids: &[OrderId]) -> Result<Vec<Sale>> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(flatten)]
        order: Order,
        its_ticket: Option<Ticket>,
        its_payment: Option<Payment>,
        its_quota: Option<HoldQuota>,
    }
    // One statement is one snapshot; several would each have their own.
    const SQL: &str = "SELECT *, record::id(id) AS id,
        (SELECT *, record::id(id) AS id FROM ONLY type::record('ticket', $parent.ticket)) AS its_ticket,
        (SELECT *, record::id(id) AS id FROM ONLY type::record('payment', record::id($parent.id))) AS its_payment,
        (SELECT *, record::id(id) AS id FROM ONLY type::record('hold_quota', $parent.buyer)) AS its_quota
        FROM $orders";
    let orders: Vec<_> = ids
        .iter()
        .map(|id| record("ticket_order", id.as_str()))
        .collect();
    let rows: Vec<Row> = db.read(SQL, vars! { orders => orders }).await?.many()?;
    rows.into_iter()
        .map(|row| {
            let id = &row.order.id;
            let quota = || HoldQuota::new(row.order.buyer.clone());
            Ok(Sale {
                ticket: row
                    .its_ticket
                    .ok_or_else(|| Error::internal(format!("order {id} has no ticket")))?,
                payment: row.its_payment,
                quota: row.its_quota.unwrap_or_else(quota),
                order: row.order,
            })
        })
        .collect()
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

/// Orders begun from `from` to before `to` of which it is known who pays.
pub(super) async fn billed(
    db: &Db,
    from: Timestamp,
    to: Timestamp,
    limit: usize,
) -> Result<Vec<OrderId>> {
    // Identifiers begin with the time, so this reads no others.
    let key = |at: Timestamp| {
        let millis = u64::try_from(at.millis()).unwrap_or_default();
        ulid::Ulid::from_parts(millis, 0).to_string()
    };
    let sql = format!(
        "SELECT VALUE record::id(id) FROM ticket_order:⟨{}⟩..⟨{}⟩ WHERE billing != NONE LIMIT {limit}",
        key(from),
        key(to)
    );
    db.read(&sql, vars! {}).await?.many()
}

/// The quota of a buyer.
pub(crate) async fn quota(db: &Db, buyer: &UserId) -> Result<HoldQuota> {
    const SQL: &str = "SELECT *, record::id(id) AS id FROM $quota";
    let vars = vars! { quota => record("hold_quota", buyer.as_str()) };
    let found = db.read(SQL, vars).await?.one()?;
    Ok(found.unwrap_or_else(|| HoldQuota::new(buyer.clone())))
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

pub(crate) const LAST_BILLING: &str = "SELECT VALUE billing FROM ticket_order WHERE buyer = $buyer AND rank > '' AND billing != NONE ORDER BY rank LIMIT 1";

/// Who pays the buyer's last order of which that is known.
pub(super) async fn last_billing(db: &Db, buyer: &UserId) -> Result<Option<Billing>> {
    db.read(LAST_BILLING, vars! { buyer => buyer.to_string() })
        .await?
        .one()
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
