//! Tickets in the database.

use std::ops::Bound;

use domain::{
    TicketId, Timestamp, UserId,
    order::Order,
    ticket::{Ticket, TicketStatus},
};
use serde::Deserialize;
use surrealdb::types::{RecordIdKey, RecordIdKeyRange};

use crate::{
    Page, Result,
    platform::db::{Db, record},
    vars,
};

pub(crate) async fn ticket(db: &Db, id: &TicketId) -> Result<Option<Ticket>> {
    db.read(
        "SELECT *, record::id(id) AS id FROM $ticket",
        vars! { ticket => record("ticket", id.as_str()) },
    )
    .await?
    .one()
}

/// Listings from after one on, in the order of their names: those whose names
/// are in `$some`.
pub(crate) const LISTED: &str = "SELECT *, record::id(id) AS id FROM $some WHERE status = 'available' OR status = 'reserved' LIMIT $limit";

/// The first `limit` tickets after `after` that have a place in the market.
///
/// All tickets after it are read until there are enough: no index has them in an
/// order that they keep while they are held and let go.
pub(super) async fn listed(db: &Db, after: Option<&TicketId>, limit: usize) -> Result<Vec<Ticket>> {
    let start = match after {
        Some(id) => Bound::Excluded(RecordIdKey::from(id.as_str())),
        None => Bound::Unbounded,
    };
    let some = RecordIdKeyRange {
        start,
        end: Bound::Unbounded,
    };
    let some = record("ticket", RecordIdKey::Range(Box::new(some)));
    db.read(LISTED, vars! { some => some, limit => limit as i64 })
        .await?
        .many()
}

/// Those of `ids` that there are.
pub(super) async fn tickets<'a>(
    db: &Db,
    ids: impl Iterator<Item = &'a TicketId>,
) -> Result<Vec<Ticket>> {
    let records: Vec<_> = ids.map(|id| record("ticket", id.as_str())).collect();
    db.read(
        "SELECT *, record::id(id) AS id FROM $tickets",
        vars! { tickets => records },
    )
    .await?
    .many()
}

/// A page of `limit` out of a list that may have one more.
pub(crate) fn cut<T>(mut items: Vec<T>, limit: usize, rank: impl Fn(&T) -> String) -> Page<T> {
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(rank);
    Page { items, next }
}

pub(crate) const ORDERS_OF: &str =
    "SELECT *, record::id(id) AS id FROM ticket_order WHERE ticket = $key AND buyer = $viewer";

/// A ticket, the name of its seller, and the viewer's latest order of it.
pub(super) async fn details(
    db: &Db,
    id: &TicketId,
    viewer: Option<&UserId>,
) -> Result<Option<(Ticket, String, Option<Order>)>> {
    #[derive(Deserialize)]
    struct Row {
        ticket: Option<Ticket>,
        seller: Option<String>,
        orders: Vec<Order>,
    }
    let sql = format!(
        "RETURN {{
            ticket: (SELECT *, record::id(id) AS id FROM ONLY $ticket),
            seller: (SELECT VALUE name FROM ONLY type::record('user', $ticket.owner OR '-')),
            orders: ({ORDERS_OF})
        }}"
    );
    let vars = vars! { ticket => record("ticket", id.as_str()), key => id.to_string(), viewer => viewer.map(ToString::to_string).unwrap_or_default() };
    let row: Option<Row> = db.read(&sql, vars).await?.one()?;
    let Some(Row {
        ticket: Some(ticket),
        seller,
        orders,
    }) = row
    else {
        return Ok(None);
    };
    Ok(Some((
        ticket,
        seller.unwrap_or_default(),
        orders.into_iter().max_by(|a, b| a.id.cmp(&b.id)),
    )))
}

/// An owner's tickets. Deleted ones are kept for their orders and not shown.
pub(crate) const OWN: &str = "SELECT *, record::id(id) AS id FROM ticket WHERE owner = $owner AND rank > $after AND status != 'deleted' ORDER BY rank LIMIT $limit";

pub(super) async fn of_owner(
    db: &Db,
    owner: &UserId,
    after: &str,
    limit: usize,
) -> Result<Page<Ticket>> {
    let vars =
        vars! { owner => owner.to_string(), after => after.to_owned(), limit => limit as i64 + 1 };
    Ok(cut(
        db.read(OWN, vars).await?.many()?,
        limit,
        |ticket: &Ticket| ticket.id.rank(),
    ))
}

pub(crate) const WAITING: &str = "SELECT record::id(id) AS id, content_version FROM ticket WHERE status = 'pending' AND updated_at <= $before LIMIT $limit";

/// Listings, with the version of their content, that have waited since before
/// `before` for somebody to decide whether they may be on the market.
pub(crate) async fn waiting(
    db: &Db,
    before: Timestamp,
    limit: usize,
) -> Result<Vec<(TicketId, u32)>> {
    #[derive(Deserialize)]
    struct Row {
        id: TicketId,
        content_version: u32,
    }
    let vars = vars! { before => before.millis(), limit => limit as i64 };
    let rows: Vec<Row> = db.read(WAITING, vars).await?.many()?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, row.content_version))
        .collect())
}

pub(crate) const BEGUN: &str = "SELECT record::id(id) AS id FROM ticket WHERE status = $status AND begins_at <= $now LIMIT $limit";

/// Tickets that nobody holds and whose event has begun.
pub(crate) async fn begun(db: &Db, now: Timestamp, limit: usize) -> Result<Vec<TicketId>> {
    #[derive(Deserialize)]
    struct Row {
        id: TicketId,
    }
    let mut found = Vec::new();
    for status in [TicketStatus::Available, TicketStatus::Pending] {
        let vars = vars! { status => status.name().to_owned(), now => now.millis(), limit => limit as i64 };
        found.extend(
            db.read(BEGUN, vars)
                .await?
                .many::<Row>()?
                .into_iter()
                .map(|row| row.id),
        );
    }
    Ok(found)
}
