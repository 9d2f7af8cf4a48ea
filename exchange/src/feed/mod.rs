//! What happened, for the accounts that it happened to: the events of their listings,
//! orders and payments, numbered, for programs that ask for them ([`since`]) and for
//! addresses that are told ([`webhooks`]).
//!
//! The relay numbers an account's events in the transaction that takes them out of the
//! outbox. That happens once for each, and two relays at once conflict at the
//! account's `feed`: numbers have no gaps, each event has one, the versions of a
//! record are in their order, and whoever has seen a number will see nothing new
//! before it. Accounts without a program that may ask have no feed, and cost nothing.

pub(crate) mod addresses;
pub mod delivery;
pub mod webhooks;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Bound,
};

use domain::{
    Problem, Refusal, Timestamp, UserId,
    event::{Aggregate, Data, Event, Verb},
};
use serde::{Deserialize, Serialize};
use surrealdb::types::{Object, RecordId, RecordIdKey, RecordIdKeyRange, SurrealValue, Value};

use crate::{
    Error, Exchange, Result,
    platform::{
        commit::Commit,
        db::{Db, fields, record},
    },
    vars,
};

/// Most events of one answer.
pub const PAGE: usize = 100;

/// What accounts are told of: the first two words of the events' subjects.
pub const KINDS: [&str; 13] = [
    "ticket.created",
    "ticket.updated",
    "ticket.deleted",
    "order.created",
    "order.updated",
    "order.cancelled",
    "order.completed",
    "order.refunded",
    "payment.created",
    "payment.updated",
    "payment.failed",
    "payment.refunded",
    "refund.failed",
];

/// Numbers the events in `$told`, which [`rows`] makes: part of the transaction that
/// takes them out of the outbox. When they were numbered never goes back with the
/// numbers, whatever the clocks say, so that those that are forgotten are the first.
pub(crate) const NUMBER: &str = "
    FOR $of IN $told {
        LET $feed = (SELECT last, numbered_at FROM ONLY $of.feed);
        IF $feed != NONE {
            LET $at = math::max([time::millis(time::now()), $feed.numbered_at]);
            FOR $entry IN $of.entries {
                UPSERT type::record('account_event', [$of.user, $feed.last + $entry.place]) SET
                    event = $entry.event, kind = $entry.kind, object = $entry.object,
                    version = $entry.version, at = $entry.at, numbered_at = $at
                RETURN NONE;
            };
            UPDATE $of.feed SET last = $feed.last + array::len($of.entries), numbered_at = $at,
                look_at = 0, looks += 1 RETURN NONE;
        };
    }";

/// An event as accounts are told of it: what happened to which version of what. What
/// it is like now is for them to ask, and theirs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What it is known by: the same however often it is told, and to whom.
    pub event: String,
    /// One of [`KINDS`].
    pub kind: String,
    /// The identifier of the ticket or the order.
    pub object: String,
    /// The version of the record that this made.
    pub version: u32,
    /// When it happened.
    pub at: Timestamp,
}

impl Entry {
    fn of(event: &Event) -> Self {
        Self {
            event: event.message_id(),
            kind: event.kind(),
            object: event.id.clone(),
            version: event.version,
            at: event.at,
        }
    }
}

/// An event with its number in an account's feed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Numbered {
    /// The number, from 1 on.
    pub number: i64,
    /// The event.
    #[serde(flatten)]
    pub entry: Entry,
}

/// Some events of an account.
#[derive(Debug)]
pub struct Events {
    /// The events, in their order.
    pub items: Vec<Numbered>,
    /// What to pass as `after` for those that follow, and for those that are still to
    /// happen.
    pub next: String,
    /// Whether there are more already.
    pub more: bool,
}

/// Who is party to an order.
#[derive(Debug, Deserialize)]
struct Parties {
    id: String,
    buyer: UserId,
    seller: UserId,
}

/// Whom an event is told to. Of payments, sellers know what became of the money, not
/// what a bank said of a card.
fn told<'a>(event: &'a Event, orders: &'a BTreeMap<&str, &Parties>) -> Vec<&'a UserId> {
    match &event.data {
        Data::Ticket { owner, .. } => vec![owner],
        Data::Order { buyer, seller, .. } => vec![buyer, seller],
        Data::Payment { .. } => {
            let Some(order) = orders.get(event.id.as_str()) else {
                return Vec::new();
            };
            match event.verb {
                Verb::Created | Verb::Refunded => vec![&order.buyer, &order.seller],
                _ => vec![&order.buyer],
            }
        }
        Data::User { .. } | Data::Link { .. } | Data::Moderation { .. } => Vec::new(),
    }
}

/// What [`NUMBER`] is given of `events`, of which each record has one at most.
///
/// # Errors
/// Only when the database is away.
pub(crate) async fn rows(db: &Db, events: &[Event]) -> Result<Vec<Value>> {
    let paid: Vec<Value> = events
        .iter()
        .filter(|event| event.aggregate == Aggregate::Payment)
        .map(|event| record("ticket_order", event.id.as_str()).into_value())
        .collect();
    let mut parties: Vec<Parties> = Vec::new();
    if !paid.is_empty() {
        const SQL: &str = "SELECT record::id(id) AS id, buyer, seller FROM $orders";
        parties = db.read(SQL, vars! { orders => paid }).await?.many()?;
    }
    let orders = parties.iter().map(|order| (order.id.as_str(), order));
    let orders = orders.collect();
    let mut by_user: BTreeMap<&UserId, Vec<(Timestamp, &Event)>> = BTreeMap::new();
    // No version comes before the one before it, whatever the clocks say of them.
    let mut latest = HashMap::new();
    for event in events {
        let at = latest
            .entry((event.aggregate, &event.id))
            .or_insert(event.at);
        *at = event.at.max(*at);
        for user in told(event, &orders) {
            by_user.entry(user).or_default().push((*at, event));
        }
    }
    if by_user.is_empty() {
        return Ok(Vec::new());
    }
    const SQL: &str = "SELECT VALUE record::id(id) FROM $feeds";
    let feeds: Vec<Value> = by_user.keys().map(|user| feed(user).into_value()).collect();
    let have: BTreeSet<UserId> = db
        .read(SQL, vars! { feeds => feeds })
        .await?
        .many()?
        .into_iter()
        .collect();
    by_user.retain(|user, _| have.contains(user));
    by_user
        .into_iter()
        .map(|(user, mut events)| {
            events.sort_by_key(|(at, _)| *at);
            let entries = (1_i64..).zip(events).map(|(place, (_, event))| {
                let mut entry = fields(&Entry::of(event))?;
                entry.insert("place".to_owned(), place.into_value());
                Ok(Value::Object(entry))
            });
            Ok(Value::Object(Object::from_iter([
                ("feed".to_owned(), feed(user).into_value()),
                ("user".to_owned(), user.to_string().into_value()),
                (
                    "entries".to_owned(),
                    entries.collect::<Result<Vec<Value>>>()?.into_value(),
                ),
            ])))
        })
        .collect()
}

fn feed(user: &UserId) -> RecordId {
    record("feed", user.as_str())
}

/// The events of `user` from the number `from` on.
fn from(user: &UserId, from: i64) -> RecordId {
    let key = |number: i64| {
        let parts = vec![user.to_string().into_value(), number.into_value()];
        RecordIdKey::Array(parts.into())
    };
    range("account_event", key(from), key(i64::MAX))
}

/// The records from `first` to `last`.
fn range(table: &str, first: RecordIdKey, last: RecordIdKey) -> RecordId {
    let some = RecordIdKeyRange {
        start: Bound::Included(first),
        end: Bound::Included(last),
    };
    record(table, RecordIdKey::Range(Box::new(some)))
}

/// Has what happens to `user` numbered from now on, unless the account is deleted.
///
/// # Errors
/// Only when the database is away.
pub(crate) async fn begin(db: &Db, user: &UserId) -> Result<()> {
    const SQL: &str = "
        IF (SELECT VALUE deleted_at FROM ONLY $user) = NONE {
            INSERT IGNORE INTO feed {
                id: $feed, last: 0, numbered_at: 0, look_at: $never, looks: 0
            };
        }";
    let vars = vars! {
        user => record("user", user.as_str()), feed => feed(user), never => i64::MAX,
    };
    Ok(db.transact("begin feed", SQL, vars).await?)
}

/// Where a feed stands.
#[derive(Debug, Clone, Copy, Deserialize)]
struct State {
    /// The number of its newest event.
    last: i64,
    /// How often somebody had it looked at; none of its events is numbered without.
    looks: i64,
}

/// Where the feed of `user` stands, if there is one.
async fn state(db: &Db, user: &UserId) -> Result<Option<State>> {
    const SQL: &str = "SELECT last, looks FROM $feed";
    db.read(SQL, vars! { feed => feed(user) }).await?.one()
}

async fn some(db: &Db, user: &UserId, first: i64, most: usize) -> Result<Vec<Numbered>> {
    const SQL: &str = "SELECT *, record::id(id)[1] AS number OMIT id FROM $some LIMIT $most";
    let vars = vars! { some => from(user, first), most => most as i64 };
    db.read(SQL, vars).await?.many()
}

/// The events of `user` after those that were seen: `after` is the `next` of an
/// earlier answer, or empty for the oldest that are kept.
///
/// # Errors
/// [`Error::Invalid`] at `after` when it was never given, and
/// [`Refusal::EventsForgotten`] when some that follow are kept no longer.
pub async fn since(exchange: &Exchange, user: &UserId, after: &str) -> Result<Events> {
    let malformed = || Error::invalid("after", Problem::Malformed);
    let db = &exchange.db;
    let seen = match after {
        "" => None,
        number => Some(number.parse::<i64>().map_err(|_| malformed())?),
    };
    let last = state(db, user).await?.map_or(0, |state| state.last);
    if seen.is_some_and(|seen| !(0..=last).contains(&seen)) {
        return Err(malformed());
    }
    let mut items = some(db, user, seen.unwrap_or(0) + 1, PAGE + 1).await?;
    let first = items.first().map_or(last + 1, |item| item.number);
    if seen.is_some_and(|seen| seen + 1 < first) {
        return Err(Refusal::EventsForgotten.into());
    }
    let more = items.len() > PAGE;
    items.truncate(PAGE);
    let seen = items.last().map_or(first - 1, |item| item.number);
    Ok(Events {
        items,
        next: seen.to_string(),
        more,
    })
}

/// Adds to the commit that deletes an account that it has no feed and no webhooks any
/// more; its events are forgotten as all are.
///
/// # Errors
/// Only when the database is away.
pub(crate) async fn delete(mut commit: Commit, db: &Db, user: &UserId) -> Result<Commit> {
    const SQL: &str = "SELECT VALUE record::id(id) FROM webhook WHERE user = $owner";
    let vars = vars! { owner => user.to_string() };
    let hooks: Vec<String> = db.read(SQL, vars).await?.many()?;
    for hook in hooks {
        commit = commit.delete("webhook", hook);
    }
    Ok(commit.delete("feed", user.as_str()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::{
        Amount, OrderId,
        payment::{Payment, PaymentStatus},
    };

    use super::*;

    fn user(n: u8) -> UserId {
        format!("0{n:025}").parse().expect("a ULID")
    }

    #[test]
    fn a_bank_s_answer_is_told_to_the_buyer_alone() {
        let id: OrderId = format!("1{:025}", 1).parse().expect("a ULID");
        let parties = Parties {
            id: id.to_string(),
            buyer: user(2),
            seller: user(1),
        };
        let orders = BTreeMap::from([(parties.id.as_str(), &parties)]);
        let at = Timestamp::from_millis(1_000);
        let begun = Payment::begin(id, Amount::from_minor(100), at);
        let declined = Payment {
            declined_charge: Some("ch_1".into()),
            ..begun.changed(at)
        };
        let taken = declined.step(PaymentStatus::Authorized, at).expect("step");
        let captured = taken.step(PaymentStatus::Captured, at).expect("step");
        let (buyer, seller) = (&parties.buyer, &parties.seller);
        for (before, after, kind, whom) in [
            (None, &begun, "payment.updated", vec![buyer]),
            (Some(&begun), &declined, "payment.failed", vec![buyer]),
            (Some(&declined), &taken, "payment.updated", vec![buyer]),
            (
                Some(&taken),
                &captured,
                "payment.created",
                vec![buyer, seller],
            ),
        ] {
            let event = Event::of_payment(before, after);
            assert_eq!((event.kind().as_str(), told(&event, &orders)), (kind, whom));
            assert!(KINDS.contains(&kind));
        }
    }
}
