//! Tickets and their places in the market, in the database.

use std::ops::Bound;

use domain::{
    TicketId, Timestamp, UserId,
    order::Order,
    ticket::{Ticket, TicketStatus},
    words,
};
use serde::Deserialize;
use surrealdb::types::{Object, RecordId, RecordIdKey, RecordIdKeyRange, SurrealValue};

use super::Listing;
use crate::{
    Page, Result,
    platform::db::{Db, fields, record},
    vars,
};

/// What becomes of a ticket's place in the market.
pub(crate) enum Place {
    /// It stays as it is.
    Kept,
    /// It is written anew.
    Taken(Object),
    /// It goes.
    Left,
}

/// The place of `ticket`: it has one while it is available or held, with what
/// its card shows and the words by which it is found. A hold does not touch it.
pub(crate) fn place(before: Option<&Ticket>, ticket: &Ticket) -> Result<Place> {
    let had = before.filter(|ticket| ticket.status.is_listed());
    if !ticket.status.is_listed() {
        return Ok(if had.is_some() {
            Place::Left
        } else {
            Place::Kept
        });
    }
    if had.is_some_and(|had| had.content == ticket.content) {
        return Ok(Place::Kept);
    }
    let content = &ticket.content;
    let mut row = fields(&Listing {
        ticket: ticket.id.clone(),
        rank: ticket.id.rank(),
        owner: ticket.owner.clone(),
        title: content.title.clone(),
        venue: content.venue.clone(),
        starts_at: content.starts_at,
        zone: content.zone.clone(),
        price: content.price,
    })?;
    row.insert(
        "ticket".to_owned(),
        record("ticket", ticket.id.as_str()).into_value(),
    );
    row.insert(
        "words".to_owned(),
        words::prefixes(&content.title)
            .into_iter()
            .collect::<Vec<_>>()
            .into_value(),
    );
    Ok(Place::Taken(row))
}

pub(crate) async fn ticket(db: &Db, id: &TicketId) -> Result<Option<Ticket>> {
    db.read(
        "SELECT *, record::id(id) AS id FROM $ticket",
        vars! { ticket => record("ticket", id.as_str()) },
    )
    .await?
    .one()
}

/// The places in a range of names, which are ranks: newest first as they lie.
/// Held tickets keep their place and are left out here, as are those whose
/// event has begun.
pub(super) const NEWEST: &str = "SELECT *, record::id(ticket) AS ticket FROM $places WHERE ticket.status = 'available' AND (starts_at = NONE OR starts_at > $now) LIMIT $limit";

/// The same for titles with certain words, by the index of words: `$first` is
/// looked up, the others are compared.
pub(super) const FOUND: &str = "SELECT *, record::id(ticket) AS ticket FROM listing WHERE words CONTAINS $first AND rank > $after AND words CONTAINSALL $rest AND ticket.status = 'available' AND (starts_at = NONE OR starts_at > $now) ORDER BY rank LIMIT $limit";

pub(super) async fn browse(
    db: &Db,
    words: &[String],
    after: &str,
    limit: usize,
    now: Timestamp,
) -> Result<Page<Listing>> {
    let mut vars = vars! { now => now.millis(), limit => limit as i64 + 1 };
    let sql = match words {
        [] => {
            vars.insert("places", after_name("listing", after).into_value());
            NEWEST
        }
        [first, rest @ ..] => {
            vars.insert("first", first.clone().into_value());
            vars.insert("rest", rest.to_vec().into_value());
            vars.insert("after", after.to_owned().into_value());
            FOUND
        }
    };
    Ok(cut(
        db.read(sql, vars).await?.many()?,
        limit,
        |listing: &Listing| listing.rank.clone(),
    ))
}

/// The records of `table` whose names come after `name`.
pub(super) fn after_name(table: &str, name: &str) -> RecordId {
    let start = Bound::Excluded(RecordIdKey::from(name));
    RecordId::new(
        table,
        RecordIdKey::Range(Box::new(RecordIdKeyRange {
            start,
            end: Bound::Unbounded,
        })),
    )
}

/// A page of `limit` out of a list that may have one more.
pub(crate) fn cut<T>(mut items: Vec<T>, limit: usize, rank: impl Fn(&T) -> String) -> Page<T> {
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(rank);
    Page { items, next }
}

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
    const SQL: &str = "RETURN {
        ticket: (SELECT *, record::id(id) AS id FROM ONLY $ticket),
        seller: (SELECT VALUE name FROM ONLY type::record('user', $ticket.owner OR '-')),
        orders: (SELECT *, record::id(id) AS id FROM ticket_order WHERE ticket = $key AND buyer = $viewer)
    }";
    let vars = vars! { ticket => record("ticket", id.as_str()), key => id.to_string(), viewer => viewer.map(ToString::to_string).unwrap_or_default() };
    let row: Option<Row> = db.read(SQL, vars).await?.one()?;
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
pub(super) const OWN: &str = "SELECT *, record::id(id) AS id FROM ticket WHERE owner = $owner AND rank > $after AND status != 'deleted' ORDER BY rank LIMIT $limit";

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

pub(super) const BEGUN: &str = "SELECT record::id(id) AS id FROM ticket WHERE status = $status AND starts_at > 0 AND starts_at <= $now LIMIT $limit";

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
    use crate::{clock::Clock, platform::migrate::migrate};

    #[tokio::test]
    async fn hot_reads_walk_an_index_forwards_and_sort_nothing() {
        let db = Db::open("mem://").await.expect("opens");
        migrate(&db, &Clock::default()).await.expect("migrates");
        for (sql, walk) in [
            (NEWEST, "RecordIdScan"),
            (FOUND, "listing_words"),
            (OWN, "ticket_owner"),
            (BEGUN, "ticket_start"),
        ] {
            let vars = vars! { places => after_name("listing", "0"), now => 1_i64, limit => 25_i64, first => "a".to_owned(), rest => Vec::<String>::new(), after => "0".to_owned(), owner => "0".to_owned(), status => "available".to_owned() };
            let rows: Vec<serde_json::Value> = db
                .read(&format!("{sql} EXPLAIN"), vars)
                .await
                .expect("explains")
                .many()
                .expect("rows");
            let plan = serde_json::to_string(&rows).expect("text");
            assert!(plan.contains(walk), "{sql}: {plan}");
            assert!(
                !plan.contains("Sort") && !plan.contains("Backward"),
                "{sql}: {plan}"
            );
        }
    }
}
