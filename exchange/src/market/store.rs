//! Tickets and their places in the market, in the database.

use domain::{
    TicketId, Timestamp, UserId,
    order::Order,
    ticket::{Ticket, TicketStatus},
    words,
};
use serde::Deserialize;
use surrealdb::types::{Object, SurrealValue};

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

/// What a card shows, and where its ticket stands.
const CARD: &str = "rank, owner, title, venue, starts_at, zone, price, record::id(ticket) AS ticket, ticket.status AS status";

/// Places after `after` whose title has a word that begins with `$first`, and
/// with `several` also every one of `$rest`. Every title has the empty word,
/// so that all places are found the same way: a walk of a compound index from
/// a fixed first column is the one that reads no further than its limit. A
/// filter behind it would, so what is held or has begun is left out afterwards.
pub(crate) fn walk(several: bool) -> String {
    let rest = if several {
        "words CONTAINSALL $rest AND"
    } else {
        ""
    };
    format!(
        "SELECT {CARD} FROM listing WHERE words CONTAINS $first AND {rest} rank > $after ORDER BY rank LIMIT $limit"
    )
}

pub(super) async fn browse(
    db: &Db,
    words: &[String],
    after: &str,
    limit: usize,
    now: Timestamp,
) -> Result<Page<Listing>> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(flatten)]
        listing: Listing,
        status: TicketStatus,
    }
    let sql = walk(words.len() > 1);
    let batch = 2 * limit;
    let mut after = after.to_owned();
    let mut items = Vec::new();
    loop {
        let vars = vars! {
            after => after, limit => batch as i64,
            first => words.first().cloned().unwrap_or_default(),
            rest => words.get(1..).unwrap_or_default().to_vec()
        };
        let rows: Vec<Row> = db.read(&sql, vars).await?.many()?;
        let (read, last) = (rows.len(), rows.last().map(|row| row.listing.rank.clone()));
        items.extend(
            rows.into_iter()
                .filter(|row| row.status == TicketStatus::Available)
                .map(|row| row.listing)
                .filter(|listing| listing.starts_at.is_none_or(|start| start > now)),
        );
        match last {
            Some(rank) if read == batch && items.len() <= limit => after = rank,
            _ => return Ok(cut(items, limit, |listing| listing.rank.clone())),
        }
    }
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
