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

/// Listings whose names are in `$some`.
const LISTED: &str = "SELECT *, record::id(id) AS id FROM $some WHERE status = 'available' OR status = 'reserved' LIMIT $limit";

/// Reads all tickets that have a place in the market, in the order of their
/// names: no index has them in an order that they keep while they are held and
/// let go.
///
/// The database reads a range of names to its end before it counts, so each range
/// is as wide as is likely to hold a batch.
pub(super) struct Walk {
    next: u128,
    width: u128,
    limit: usize,
}

impl Walk {
    /// In batches of about `limit`; all of them when they are few.
    pub(super) async fn begin(db: &Db, limit: usize) -> Result<Self> {
        const FIRST: &str = "SELECT VALUE record::id(id) FROM ticket LIMIT 1";
        let first: Option<TicketId> = db.read(FIRST, vars! {}).await?.one()?;
        Ok(Self {
            next: first.map_or(u128::MAX, |id| id.bits()),
            width: 1 << 16,
            limit,
        })
    }

    /// The next ones, which may be none, or `None` at the end.
    pub(super) async fn step(&mut self, db: &Db) -> Result<Option<Vec<Ticket>>> {
        if self.next == u128::MAX {
            return Ok(None);
        }
        let key = |bits| RecordIdKey::from(TicketId::of_bits(bits).as_str());
        let to = self.next.saturating_add(self.width);
        let some = RecordIdKeyRange {
            start: Bound::Included(key(self.next)),
            end: if to == u128::MAX {
                Bound::Unbounded
            } else {
                Bound::Excluded(key(to))
            },
        };
        let some = record("ticket", RecordIdKey::Range(Box::new(some)));
        let vars = vars! { some => some, limit => self.limit as i64 };
        let found: Vec<Ticket> = db.read(LISTED, vars).await?.many()?;
        match found.last() {
            // There are more: as many names further on there may be a batch again.
            Some(last) if found.len() >= self.limit => {
                let following = last.id.bits().saturating_add(1);
                self.width = (following - self.next).max(1);
                self.next = following;
            }
            _ => {
                if found.len() * 2 < self.limit {
                    self.width = self.width.saturating_mul(8);
                }
                self.next = to;
            }
        }
        Ok(Some(found))
    }
}

/// Those of `ids` that there are.
pub(crate) async fn tickets<'a>(
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

pub(crate) async fn of_owner(
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

pub(crate) const WAITING: &str = "SELECT record::id(id) AS id, content_version FROM ticket WHERE status = 'pending' AND case = NONE AND updated_at <= $before LIMIT $limit";

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

/// How many tickets somebody has listed, `most` at most.
pub(crate) async fn count_of_owner(db: &Db, owner: &UserId, most: usize) -> Result<usize> {
    let sql = "SELECT VALUE version FROM ticket WHERE owner = $owner LIMIT $most";
    let vars = vars! { owner => owner.to_string(), most => most as i64 };
    Ok(db.read(sql, vars).await?.many::<i64>()?.len())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fixtures, platform::commit::Commit};

    #[tokio::test]
    async fn every_listing_is_read_once_however_names_are_spread() {
        let exchange = fixtures::exchange(fixtures::db().await, "http://127.0.0.1:9");
        let model = fixtures::listed(&exchange).await;
        let mut names: Vec<u128> = vec![model.id.bits()];
        // Rare ones, some beside each other, and some in between.
        names.extend((1..6).map(|at| model.id.bits() + (at << 90)));
        names.extend((0..40).map(|at| (2 << 120) + at));
        names.extend((0..25).map(|at| (2 << 120) + (1 << 100) + (at << 70)));
        names.push(u128::MAX - 5);
        for bits in &names[1..] {
            let ticket = Ticket {
                id: TicketId::of_bits(*bits),
                version: 1,
                ..model.clone()
            };
            let commit = Commit::new("list").ticket(None, &ticket).expect("writes");
            commit.run(&exchange.db).await.expect("commits");
        }
        names.sort_unstable();
        for limit in [1, 2, 7, 64, 1_000] {
            let (mut read, mut steps) = (Vec::new(), 0);
            let mut walk = Walk::begin(&exchange.db, limit).await.expect("reads");
            while let Some(some) = walk.step(&exchange.db).await.expect("reads") {
                assert!(some.len() <= limit);
                read.extend(some.iter().map(|ticket| ticket.id.bits()));
                steps += 1;
            }
            assert_eq!(read, names, "in batches of {limit}");
            assert!(steps < 3_000, "{steps} in batches of {limit}");
        }
    }
}
