//! The chain of hashes: entries are sealed in the order in which they were made,
//! as far as that is known, and for good.

use serde::Deserialize;
use sha2::{Digest, Sha256};
use surrealdb::types::{Object, SurrealValue, Value};

use super::Entry;
use crate::{
    Exchange, Result, hex,
    platform::db::{Db, TxError, record},
    vars,
};

/// Entries that are sealed at once.
const BATCH: usize = 200;

/// The last entry that is sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
struct Head {
    number: i64,
    hash: String,
}

pub(crate) const UNSEALED: &str =
    "SELECT *, record::id(id) AS id FROM audit WHERE unsealed = true LIMIT $limit";
/// Whoever seals at the same moment finds another head.
const SEAL: &str = "
    IF ((SELECT VALUE number FROM ONLY audit_head:one) OR 0) != $number { THROW 'STALE' };
    FOR $seal IN $seals { UPDATE $seal.record SET number = $seal.number, hash = $seal.hash, unsealed = NONE RETURN NONE; };
    UPSERT audit_head:one CONTENT $head RETURN NONE";

async fn head(db: &Db) -> Result<Head> {
    let sql = "SELECT * OMIT id FROM audit_head:one";
    let found: Option<Head> = db.read(sql, vars! {}).await?.one()?;
    Ok(found.unwrap_or_default())
}

/// Seals what waits for it.
///
/// # Errors
/// Only when the database is away.
pub async fn seal(exchange: &Exchange) -> Result<()> {
    loop {
        let before = head(&exchange.db).await?;
        let vars = vars! { limit => BATCH as i64 };
        let waiting: Vec<Entry> = exchange.db.read(UNSEALED, vars).await?.many()?;
        if waiting.is_empty() {
            return Ok(());
        }
        let is_last = waiting.len() < BATCH;
        let mut last = before.clone();
        let seals: Vec<Value> = waiting
            .iter()
            .map(|entry| {
                last = last.followed_by(entry);
                Value::Object(Object::from_iter([
                    (
                        "record".to_owned(),
                        record("audit", &*entry.id).into_value(),
                    ),
                    ("number".to_owned(), last.number.into_value()),
                    ("hash".to_owned(), last.hash.clone().into_value()),
                ]))
            })
            .collect();
        let head = Object::from_iter([
            ("number".to_owned(), last.number.into_value()),
            ("hash".to_owned(), last.hash.into_value()),
        ]);
        let vars = vars! { number => before.number, seals => seals, head => Value::Object(head) };
        match exchange.db.transact("seal", SEAL, vars).await {
            Ok(()) if is_last => return Ok(()),
            Ok(()) => {}
            // Another server was faster.
            Err(TxError::Thrown(_)) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

impl Head {
    /// The head once `entry` is sealed.
    fn followed_by(&self, entry: &Entry) -> Self {
        let number = self.number + 1;
        let mut hash = Sha256::new();
        let mut add = |part: &str| {
            // With its length, so that no two entries are the same bytes.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        };
        add(&self.hash);
        for part in [
            &number.to_string(),
            &entry.id,
            &entry.actor,
            &entry.act,
            &entry.object,
        ] {
            add(part);
        }
        add(&entry.fields.join(","));
        for part in [&entry.why, &entry.request] {
            add(if part.is_some() { "1" } else { "0" });
            add(part.as_deref().unwrap_or_default());
        }
        // Entries had none before there were keys.
        if let Some(key) = &entry.key {
            add(key.as_str());
        }
        add(&entry.at.millis().to_string());
        Self {
            number,
            hash: hex::encode(&hash.finalize()),
        }
    }
}

/// What the walk along the chain found.
#[derive(Debug, Default)]
pub struct Verified {
    /// How many entries are sealed.
    pub entries: i64,
    /// How many wait to be sealed.
    pub unsealed: usize,
    /// The hash of the last one: to be noted elsewhere, because whoever can write
    /// all of the database could make another chain.
    pub head: String,
    /// What is wrong, as sentences; nothing when all is well.
    pub violations: Vec<String>,
}

pub(crate) const SEALED: &str =
    "SELECT *, record::id(id) AS id FROM audit WHERE number > $after LIMIT $limit";

/// Walks along the chain. `noted` is a hash that was the head at some time, and has
/// to be on the way.
///
/// # Errors
/// Only when the database is away.
pub async fn verify(db: &Db, noted: Option<&str>) -> Result<Verified> {
    let mut found = Verified::default();
    let mut last = Head::default();
    let mut is_noted = noted.is_none();
    loop {
        let vars = vars! { after => last.number, limit => BATCH as i64 };
        let entries: Vec<Entry> = db.read(SEALED, vars).await?.many()?;
        let is_last = entries.len() < BATCH;
        for entry in entries {
            let number = entry.number.unwrap_or_default();
            if number != last.number + 1 {
                found
                    .violations
                    .push(format!("after entry {} comes entry {number}", last.number));
                last.number = number - 1;
            }
            let next = last.followed_by(&entry);
            if entry.hash.as_ref() != Some(&next.hash) {
                found.violations.push(format!(
                    "entry {number} ({}) is not what was sealed, or not after what it was sealed after",
                    entry.id
                ));
            }
            // One fault is one sentence: the next ones follow what is there.
            last = Head {
                number,
                hash: entry.hash.unwrap_or(next.hash),
            };
            is_noted |= noted == Some(&*last.hash);
        }
        if is_last {
            break;
        }
    }
    let known = head(db).await?;
    if known != last {
        found.violations.push(format!(
            "the last entry is {} and not {}, which was sealed last",
            last.number, known.number
        ));
    }
    if !is_noted {
        found
            .violations
            .push("the noted hash is not in the chain".to_owned());
    }
    let vars = vars! { limit => 1_000_i64 };
    found.unsealed = db.read(UNSEALED, vars).await?.many::<Entry>()?.len();
    found.entries = last.number;
    found.head = last.hash;
    Ok(found)
}
