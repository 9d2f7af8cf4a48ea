//! What the stores are filled with: users who are signed in, tickets on the
//! market, holds. Each kind is counted from 0, and a number always makes the
//! same record, so whoever knows it knows the identifiers.

use std::{ops::Range, str::FromStr, time::Duration};

use anyhow::Result;
use domain::{
    Amount, TicketId, Timestamp, UserId,
    event::{Aggregate, Data, Event, Verb},
    hold::HoldQuota,
    id::NotAnId,
    permission::{Account, CreateListing, OrderTicket, Viewer},
    text::email_key,
    ticket::{Content, Ticket},
};
use exchange::{
    Exchange,
    accounts::sessions::{self, Owner, StoredSession},
    figures,
    platform::{
        commit::Commit,
        db::{fields, record},
    },
    vars,
};
use futures::{TryStreamExt, stream};
use serde_json::json;
use surrealdb::types::{SurrealValue, Value};

use crate::store::MAX_HOLDS;

/// Records in one commit.
const BATCH: usize = 500;
/// Rows in one transaction of many.
const ROWS: usize = 4_000;
/// Transactions at the same time.
const WRITERS: usize = 3;
/// The time in every identifier, in milliseconds: the start of 2026. What is
/// made during a measurement is newer.
const BORN: u64 = 1_767_225_600_000;
const DAY: Duration = Duration::from_secs(24 * 3_600);

const ACTS: [&str; 12] = [
    "Northern Lights Quartet",
    "The Paper Lanterns",
    "Harbour City Symphony",
    "Midnight Tramway",
    "Maple Leaf Comedy Gala",
    "Saturday Derby",
    "The Glass Orchard",
    "Winter Jazz Sessions",
    "Open Air Cinema",
    "Lakeshore Folk Festival",
    "Old Town Chamber Choir",
    "Copper & Pine",
];
const SEATS: [&str; 7] = [
    "balcony",
    "front row",
    "stalls",
    "standing",
    "gallery",
    "aisle seat",
    "box",
];
const VENUES: [&str; 5] = [
    "Massey Hall, Toronto",
    "Orpheum, Vancouver",
    "MTELUS, Montréal",
    "Winspear Centre, Edmonton",
    "Rebecca Cohn, Halifax",
];

/// The identifier of the record with this number, of any kind.
///
/// # Errors
/// Never: a ULID is an identifier.
pub(crate) fn id<T: FromStr<Err = NotAnId>>(number: usize) -> Result<T> {
    Ok(ulid::Ulid::from_parts(BORN, number as u128)
        .to_string()
        .parse()?)
}

/// What a ticket costs.
pub(crate) fn price(number: usize) -> Amount {
    Amount::from_minor(2_000 + 50 * pick(number, 5, 100) as i64)
}

/// One of `of` for a property of the record with this number: as many of each,
/// and neither in the order of the numbers nor in that of other properties.
fn pick(number: usize, property: u64, of: usize) -> usize {
    // SplitMix64: every bit of the number changes every bit of the result.
    let mut mixed = (number as u64 * 8 + property).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) % of as u64) as usize
}

/// The seller of all tickets.
const SELLER: usize = 0;

/// The number of the user who is the `number`th buyer.
pub(crate) const fn buyer(number: usize) -> usize {
    SELLER + 1 + number
}

/// A user as the operations see them.
///
/// # Errors
/// As [`id`].
pub(crate) fn viewer(user: usize) -> Result<Viewer> {
    Ok(Viewer::User(Account {
        id: id(user)?,
        verified: true,
        suspended: false,
        moderator: false,
        admin: false,
    }))
}

/// The token of a user's session: 16 bytes in base64url without padding.
pub(crate) fn token(user: usize) -> String {
    format!("{user:021}A")
}

/// Adds the seller and `buyers` buyers, each with a session. They have no
/// password: hashing one takes longer than everything else here.
///
/// # Errors
/// When the store cannot be written.
pub(crate) async fn users(exchange: &Exchange, buyers: usize) -> Result<()> {
    for batch in batches(0..buyer(buyers)) {
        let now = exchange.clock.now();
        let mut commit = Commit::new("add users");
        for number in batch {
            let id: UserId = id(number)?;
            let email = format!("user-{number}@bench.example");
            let user = json!({ "email": email, "name": format!("User {number}"), "verified": true, "suspended": false, "groups": [], "version": 1, "created_at": now, "updated_at": now });
            let event = Event {
                aggregate: Aggregate::User,
                id: id.to_string(),
                version: 1,
                verb: Verb::Created,
                at: now,
                data: Data::User {
                    change: None,
                    link: None,
                },
            };
            commit = commit
                .create(
                    "user_email",
                    email_key(&email),
                    fields(&json!({ "user": id }))?,
                )
                .create("user", id.as_str(), fields(&user)?)
                .event(&event)?;
        }
        commit.run(&exchange.db).await?;
    }
    publish_nothing(exchange).await?;
    stream::iter((0..buyer(buyers)).map(anyhow::Ok))
        .try_for_each_concurrent(64, |user| sign_in(exchange, user))
        .await
}

/// Stores a session as the web layer writes it.
async fn sign_in(exchange: &Exchange, user: usize) -> Result<()> {
    let now = exchange.clock.now();
    let owner = Owner {
        user: id(user)?,
        epoch: 0,
        device: "Bench".to_owned(),
        since: now,
        used_at: now,
    };
    let expires_at = (now + DAY).millis() / 1_000;
    sessions::create(
        &exchange.db,
        &token(user),
        &StoredSession {
            data: json!({ "owner": owner }).to_string(),
            expires_at,
            owner: Some(owner),
        },
    )
    .await?;
    Ok(())
}

/// Adds `count` tickets on the market.
///
/// # Errors
/// When the store cannot be written.
pub(crate) async fn tickets(exchange: &Exchange, count: usize) -> Result<()> {
    for batch in batches(0..count) {
        let mut commit = Commit::new("add tickets");
        for number in batch {
            let (pending, available) = ticket(number, exchange.clock.now())?;
            // Both versions at once: the ticket as it is, and both events.
            commit = commit
                .event(&Event::of_ticket(&pending))?
                .ticket(None, &available)?;
        }
        commit.run(&exchange.db).await?;
        publish_nothing(exchange).await?;
    }
    Ok(())
}

/// Adds `count` tickets on the market, as many as a commit would take an hour
/// for: without their events, so the check has something to say of them.
///
/// # Errors
/// When the store cannot be written.
pub(crate) async fn many_tickets(exchange: &Exchange, count: usize) -> Result<()> {
    let starts = (0..count).step_by(ROWS);
    stream::iter(starts.map(anyhow::Ok))
        .try_for_each_concurrent(WRITERS, async |start| {
            let mut rows = Vec::with_capacity(ROWS);
            for number in start..count.min(start + ROWS) {
                let (_, available) = ticket(number, exchange.clock.now())?;
                rows.push(row(&available)?);
            }
            let insert = "INSERT INTO ticket $rows RETURN NONE";
            let db = &exchange.db;
            db.transact("add tickets", insert, vars! { rows => rows })
                .await?;
            Ok(())
        })
        .await
}

/// A ticket as a commit writes it.
fn row(ticket: &Ticket) -> Result<Value> {
    let mut row = fields(ticket)?;
    let begins_at = ticket.content.starts_at.map_or(i64::MAX, Timestamp::millis);
    let id = record("ticket", ticket.id.as_str());
    row.insert("id".to_owned(), id.into_value());
    row.insert("rank".to_owned(), ticket.id.rank().into_value());
    row.insert("begins_at".to_owned(), begins_at.into_value());
    Ok(Value::Object(row))
}

/// Has each ticket held by a buyer of its own; the holds are due evenly within
/// the second after `due`. Their events wait in the outbox, as after an outage
/// of the broker.
///
/// # Errors
/// When the store cannot be read or written.
pub(crate) async fn holds(exchange: &Exchange, due: Timestamp) -> Result<()> {
    let tickets: Vec<Ticket> = exchange
        .db
        .read("SELECT *, record::id(id) AS id FROM ticket", vars! {})
        .await?
        .many()?;
    for batch in batches(0..tickets.len()) {
        let mut commit = Commit::new("add holds");
        for number in batch {
            let (now, ticket) = (exchange.clock.now(), &tickets[number]);
            let due = due + Duration::from_millis((number * 1_000 / tickets.len()) as u64);
            let viewer = viewer(buyer(number))?;
            let permit = viewer
                .may(OrderTicket(ticket))
                .map_err(exchange::Error::from)?;
            let (order, held) =
                permit.reserve(id(number)?, ticket.content.price, now.until(due), now)?;
            let quota = HoldQuota::new(order.buyer.clone()).admit(&order, MAX_HOLDS, now)?;
            commit = commit
                .ticket(Some(ticket), &held)?
                .order(None, &order)?
                .quota(&quota)?;
        }
        commit.run(&exchange.db).await?;
    }
    Ok(())
}

/// What the listing with this number says; it has no start.
pub(crate) fn content(number: usize) -> Content {
    let (act, seat) = (
        ACTS[pick(number, 0, ACTS.len())],
        SEATS[pick(number, 1, SEATS.len())],
    );
    Content {
        title: format!("{act}, {seat} {number}"),
        description: format!(
            "I cannot make it to {act} after all. One ticket ({seat}), bought from the box office."
        ),
        venue: VENUES[pick(number, 2, VENUES.len())].to_owned(),
        starts_at: None,
        zone: None,
        price: price(number),
        relist_after_refund: true,
        handover_note: "By e-mail on the day of the purchase.".to_owned(),
    }
}

/// A ticket as it was listed and as it was approved.
fn ticket(number: usize, now: Timestamp) -> Result<(Ticket, Ticket)> {
    let content = Content {
        starts_at: Some(now + DAY * (2 + pick(number, 3, 300) as u32)),
        zone: Some("America/Toronto".to_owned()),
        ..content(number)
    };
    let seller = viewer(SELLER)?
        .may(CreateListing)
        .map_err(exchange::Error::from)?;
    let pending = seller.list(id::<TicketId>(number)?, content, now);
    let available = pending.approve(pending.content_version, now)?;
    Ok((pending, available))
}

/// What the store begins with counts as published long ago: a server shall
/// not start with hundreds of thousands of events to send.
async fn publish_nothing(exchange: &Exchange) -> Result<()> {
    // What leaves the outbox is counted.
    const SQL: &str = "
        LET $sent = (SELECT VALUE record::id(id) FROM event WHERE unsent != NONE);
        LET $new = |$kind| array::len($sent.filter(|$key| $key[0] = $kind AND $key[2] = 1));
        UPSERT type::record('figures', $day) SET
            listings = (listings OR 0) + $new('ticket'), holds = (holds OR 0) + $new('order') RETURN NONE;
        UPDATE event SET unsent = NONE WHERE unsent != NONE RETURN NONE";
    let day = figures::day(exchange.clock.now()).days();
    Ok(exchange
        .db
        .transact("empty the outbox", SQL, vars! { day => day })
        .await?)
}

fn batches(numbers: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = numbers.end;
    numbers
        .step_by(BATCH)
        .map(move |start| start..end.min(start + BATCH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_leave_nothing_out() {
        assert_eq!(
            batches(0..1_001).collect::<Vec<_>>(),
            [0..500, 500..1_000, 1_000..1_001]
        );
        assert_eq!(batches(0..0).count(), 0);
    }

    #[test]
    fn properties_are_spread_evenly_and_not_together() {
        let mut both = [[0; 5]; 7];
        for number in 0..35_000 {
            both[pick(number, 1, 7)][pick(number, 2, 5)] += 1;
        }
        let fair = 850..1_150;
        assert!(
            both.as_flattened().iter().all(|n| fair.contains(n)),
            "{both:?}"
        );
    }

    #[tokio::test]
    async fn many_tickets_are_as_a_commit_would_have_written_them() {
        let clock = exchange::clock::Clock::default();
        let mut stores = Vec::new();
        for _ in 0..2 {
            let db = exchange::platform::db::Db::open("mem://")
                .await
                .expect("opens");
            exchange::platform::migrate::migrate(&db, &clock)
                .await
                .expect("migrates");
            let settings = exchange::settings::Settings::trial("http://127.0.0.1:9", ".".into());
            stores.push(Exchange::new(db, clock, settings).expect("settings"));
        }
        tickets(&stores[0], 20).await.expect("writes");
        many_tickets(&stores[1], 20).await.expect("writes");
        let mut found = Vec::new();
        for store in &stores {
            let sql = "SELECT * OMIT starts_at, begins_at, created_at, updated_at FROM ticket";
            let mut rows = store.db.read(sql, vars! {}).await.expect("reads");
            found.push(rows.many::<serde_json::Value>().expect("rows"));
        }
        assert_eq!(found[0].len(), 20);
        assert_eq!(found[0], found[1]);
    }

    #[test]
    fn every_number_makes_its_own_record() {
        assert!(id::<TicketId>(1).expect("a ULID") < id::<TicketId>(2).expect("a ULID"));
        assert_eq!(token(42).len(), 22);
    }
}
