//! What happened on each day, in numbers, and what sellers are owed: kept by
//! adding up, so that it costs the same to read however much there was.
//!
//! Listings and holds are counted by the transaction that takes their events out of
//! the outbox, money by the one that takes the mark from its entry of the ledger
//! ([`count`]). So each counts once, and no commit waits for a record that all of
//! them would write.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

use domain::{
    Date, Timestamp, UserId,
    event::{Aggregate, Event, Verb},
    ledger::{Account, Entry, Kind},
};
use serde::{Deserialize, Serialize};
use surrealdb::types::{Object, RecordId, RecordIdKey, RecordIdKeyRange, SurrealValue, Value};

use crate::{
    Exchange, Result,
    platform::db::{Db, TxError, fields, record},
    vars,
};

/// Entries that are counted at once.
const BATCH: usize = 500;
const DAY_MILLIS: i64 = 24 * 3_600 * 1_000;

/// What happened in some time. Amounts are in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Figures {
    /// Tickets that were listed.
    pub listings: i64,
    /// Reservations.
    pub holds: i64,
    /// Orders that were paid.
    pub sales: i64,
    /// What was paid for them.
    pub sold: i64,
    /// Orders whose money went back.
    pub refunds: i64,
    /// How much that was.
    pub refunded: i64,
    /// Disputes that were lost.
    pub disputes: i64,
    /// How much that cost.
    pub disputed: i64,
}

impl Figures {
    /// What is left of what was paid.
    #[must_use]
    pub const fn revenue(&self) -> i64 {
        self.sold - self.refunded - self.disputed
    }

    /// Adds what happened in another time.
    pub const fn add(&mut self, other: &Self) {
        self.listings += other.listings;
        self.holds += other.holds;
        self.sales += other.sales;
        self.sold += other.sold;
        self.refunds += other.refunds;
        self.refunded += other.refunded;
        self.disputes += other.disputes;
        self.disputed += other.disputed;
    }

    fn of_event(event: &Event) -> Option<Self> {
        let (listings, holds) = match (event.aggregate, event.verb) {
            (Aggregate::Ticket, Verb::Created) => (1, 0),
            (Aggregate::Order, Verb::Created) => (0, 1),
            _ => return None,
        };
        Some(Self {
            listings,
            holds,
            ..Self::default()
        })
    }

    fn of_entry(entry: &Entry) -> Self {
        let amount = entry.amount().minor();
        match entry.kind {
            Kind::Captured => Self {
                sales: 1,
                sold: amount,
                ..Self::default()
            },
            Kind::Refunded => Self {
                refunds: 1,
                refunded: amount,
                ..Self::default()
            },
            Kind::DisputeLost => Self {
                disputes: 1,
                disputed: amount,
                ..Self::default()
            },
        }
    }
}

/// The day of an instant, in UTC.
#[must_use]
pub fn day(at: Timestamp) -> Date {
    let days = at.millis().div_euclid(DAY_MILLIS);
    Date::from_days(i32::try_from(days).unwrap_or(i32::MAX))
}

/// What is to be added.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    days: BTreeMap<Date, Figures>,
    sellers: BTreeMap<UserId, Record>,
}

impl Sums {
    /// Counts an event.
    pub(crate) fn event(&mut self, event: &Event) {
        if let Some(figures) = Figures::of_event(event) {
            self.days.entry(day(event.at)).or_default().add(&figures);
        }
    }

    /// Counts an entry of the ledger.
    pub(crate) fn entry(&mut self, entry: &Entry) {
        let figures = Figures::of_entry(entry);
        self.days.entry(day(entry.at)).or_default().add(&figures);
        for posting in &entry.postings {
            if let Account::Seller(seller) = &posting.account {
                let record = self.sellers.entry(seller.clone()).or_default();
                // A credit, which is what they are owed, is negative.
                record.owed -= posting.amount;
                record.sales += figures.sales;
                record.refunds += figures.refunds;
            }
        }
    }

    /// What [`ADD`] adds: that of days, and that of sellers.
    pub(crate) fn rows(self) -> Result<(Vec<Value>, Vec<Value>)> {
        let row = |record: RecordId, mut row: Object| {
            row.insert("record".to_owned(), record.into_value());
            Value::Object(row)
        };
        let mut days = Vec::with_capacity(self.days.len());
        for (day, figures) in self.days {
            days.push(row(record("figures", key(day)), fields(&figures)?));
        }
        let mut sellers = Vec::with_capacity(self.sellers.len());
        for (seller, sums) in self.sellers {
            sellers.push(row(record("seller", seller.as_str()), fields(&sums)?));
        }
        Ok((days, sellers))
    }
}

fn key(day: Date) -> RecordIdKey {
    RecordIdKey::Number(day.days().into())
}

/// Adds `$days` and `$sellers` up.
pub(crate) const ADD: &str = "
    FOR $day IN $days {
        UPSERT $day.record SET
            listings = (listings OR 0) + $day.listings, holds = (holds OR 0) + $day.holds,
            sales = (sales OR 0) + $day.sales, sold = (sold OR 0) + $day.sold,
            refunds = (refunds OR 0) + $day.refunds, refunded = (refunded OR 0) + $day.refunded,
            disputes = (disputes OR 0) + $day.disputes, disputed = (disputed OR 0) + $day.disputed
        RETURN NONE;
    };
    FOR $seller IN $sellers {
        UPSERT $seller.record SET
            owed = (owed OR 0) + $seller.owed, rank = (rank OR 0) - $seller.owed,
            sales = (sales OR 0) + $seller.sales, refunds = (refunds OR 0) + $seller.refunds
        RETURN NONE;
    }";

/// Keeps `sums` and nothing else. Whoever is interrupted does it again.
pub(crate) async fn replace(db: &Db, sums: Sums) -> Result<()> {
    for table in ["figures", "seller"] {
        let left = format!("SELECT VALUE 1 FROM {table} LIMIT 1");
        let some = format!("DELETE (SELECT VALUE id FROM {table} LIMIT {BATCH})");
        db.transact_while("forget figures", &left, &some, &vars! {})
            .await?;
    }
    let (days, sellers) = sums.rows()?;
    let (no_days, no_sellers) = (Vec::<Value>::new(), Vec::<Value>::new());
    for days in days.chunks(BATCH) {
        let vars = vars! { days => days.to_vec(), sellers => no_sellers.clone() };
        db.transact("count anew", ADD, vars).await?;
    }
    for sellers in sellers.chunks(BATCH) {
        let vars = vars! { days => no_days.clone(), sellers => sellers.to_vec() };
        db.transact("count anew", ADD, vars).await?;
    }
    Ok(())
}

pub(crate) const UNCOUNTED: &str =
    "SELECT * OMIT id FROM ledger WHERE uncounted = true LIMIT $limit";

/// Counts the entries of the ledger that have not been.
///
/// # Errors
/// Only when the database is away.
pub async fn count(exchange: &Exchange) -> Result<()> {
    loop {
        let vars = vars! { limit => BATCH as i64 };
        let found: Vec<Entry> = exchange.db.read(UNCOUNTED, vars).await?.many()?;
        if found.is_empty() {
            return Ok(());
        }
        let is_last = found.len() < BATCH;
        let mut sums = Sums::default();
        let mut entries = Vec::with_capacity(found.len());
        for entry in &found {
            sums.entry(entry);
            entries.push(record("ledger", entry_key(entry)).into_value());
        }
        let sql = format!(
            "IF array::len(SELECT VALUE id FROM $entries WHERE uncounted = true) != $count {{ THROW 'STALE' }};
            UPDATE $entries SET uncounted = NONE RETURN NONE; {ADD}"
        );
        let (days, sellers) = sums.rows()?;
        let vars = vars! { count => entries.len() as i64, entries => entries, days => days, sellers => sellers };
        match exchange.db.transact("count", &sql, vars).await {
            Ok(()) if is_last => return Ok(()),
            Ok(()) => {}
            // Another server was faster.
            Err(TxError::Thrown(_)) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

/// The key of an entry of the ledger: an order has one of each kind.
pub(crate) fn entry_key(entry: &Entry) -> RecordIdKey {
    let key = [entry.order.to_string(), entry.kind.name().to_owned()];
    RecordIdKey::Array(key.map(SurrealValue::into_value).to_vec().into())
}

/// A row of `figures`.
#[derive(Deserialize)]
struct Day {
    day: i32,
    #[serde(flatten)]
    figures: Figures,
}

/// What happened on each of the days from `from` to `to`, both included; days on
/// which nothing did are left out.
///
/// # Errors
/// Only when the database is away.
pub(crate) async fn of_days(db: &Db, from: Date, to: Date) -> Result<BTreeMap<Date, Figures>> {
    let days = RecordIdKeyRange {
        start: Bound::Included(key(from)),
        end: Bound::Included(key(to)),
    };
    let vars = vars! { days => record("figures", RecordIdKey::Range(Box::new(days))) };
    let sql = "SELECT *, record::id(id) AS day OMIT id FROM $days";
    let found: Vec<Day> = db.read(sql, vars).await?.many()?;
    Ok(found
        .into_iter()
        .map(|row| (Date::from_days(row.day), row.figures))
        .collect())
}

/// What is known of somebody as a seller.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What they are owed, in minor units.
    pub owed: i64,
    /// How many tickets they sold.
    pub sales: i64,
    /// For how many of them the money went back.
    pub refunds: i64,
}

/// What is known of `user` as a seller.
///
/// # Errors
/// Only when the database is away.
pub async fn seller(db: &Db, user: &UserId) -> Result<Record> {
    let vars = vars! { seller => record("seller", user.as_str()) };
    let found: Option<Record> = db
        .read("SELECT * OMIT id FROM $seller", vars)
        .await?
        .one()?;
    Ok(found.unwrap_or_default())
}

/// What a seller is owed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Owed {
    /// Whom.
    pub seller: UserId,
    /// Minor units.
    #[serde(rename = "owed")]
    pub amount: i64,
}

pub(crate) const OWED: &str =
    "SELECT record::id(id) AS seller, owed FROM seller WHERE rank < 0 LIMIT $limit";

/// The `limit` sellers who are owed most.
///
/// # Errors
/// Only when the database is away.
pub(crate) async fn owed(db: &Db, limit: usize) -> Result<Vec<Owed>> {
    let vars = vars! { limit => i64::try_from(limit).unwrap_or(i64::MAX) };
    db.read(OWED, vars).await?.many()
}

/// What differs between `sums`, counted anew, and what was added up: sentences.
///
/// # Errors
/// Only when the database is away.
pub(crate) async fn differences(db: &Db, sums: Sums) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let known = of_days(db, Date::from_days(i32::MIN), Date::from_days(i32::MAX)).await?;
    let days: BTreeSet<Date> = known.keys().chain(sums.days.keys()).copied().collect();
    for day in days {
        let [known, counted] =
            [&known, &sums.days].map(|days| days.get(&day).copied().unwrap_or_default());
        if known != counted {
            wrong.push(format!(
                "the figures of day {} are {known:?}, and counted anew {counted:?}",
                day.days()
            ));
        }
    }
    #[derive(Deserialize)]
    struct Row {
        user: UserId,
        #[serde(flatten)]
        known: Record,
    }
    let rows: Vec<Row> = db
        .read(
            "SELECT *, record::id(id) AS user OMIT id FROM seller",
            vars! {},
        )
        .await?
        .many()?;
    let mut sums = sums.sellers;
    for Row { user, known } in rows {
        let counted = sums.remove(&user).unwrap_or_default();
        if known != counted {
            wrong.push(format!(
                "seller {user} has {known:?}, and by the ledger {counted:?}"
            ));
        }
    }
    wrong.extend(sums.iter().map(|(user, counted)| {
        format!("seller {user} has nothing, and by the ledger {counted:?}")
    }));
    Ok(wrong)
}
