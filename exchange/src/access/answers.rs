//! Writes that are answered once, however often a program sends them
//! (draft-ietf-httpapi-idempotency-key-header).
//!
//! A write is begun under a key of the program's choice, together with the name that
//! what it makes will have: repeated after a crash, it makes the same thing, which is
//! there by then or not. What it was answered is kept, and is the answer to whoever
//! sends it again.

use std::time::Duration;

use domain::UserId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use surrealdb::types::{RecordId, RecordIdKey, SurrealValue};
use ulid::Ulid;

use crate::{
    Exchange, Result, hex,
    platform::db::{TxError, fields, record},
    vars,
};

/// How long answers are kept.
pub const KEPT: Duration = Duration::from_secs(24 * 3_600);
/// After so long whoever began a write is taken to be gone.
const GONE: Duration = Duration::from_secs(60);
/// Longest key, in characters.
pub const LONGEST: usize = 255;

/// An answer as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers that are kept, by name.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Row {
    /// A hash of what was asked.
    asked: String,
    /// The name of what it makes.
    makes: String,
    /// Until when nobody else answers it.
    busy_until: i64,
    expires_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<Answer>,
}

/// A write that is to be answered now.
#[derive(Debug)]
pub struct Begun {
    /// The identifier of what it makes, if it makes something.
    pub makes: String,
    row: RecordId,
}

/// What becomes of a write.
#[derive(Debug)]
pub enum Beginning {
    /// It is to be done.
    New(Begun),
    /// It was done.
    Answered(Answer),
    /// It is being done.
    Busy,
    /// The key was used for another one.
    Reused,
}

fn name(user: &UserId, key: &str) -> RecordId {
    let parts = [user.as_str(), key].map(|part| part.to_owned().into_value());
    record("api_answer", RecordIdKey::Array(parts.to_vec().into()))
}

/// Begins the write that `user` sends under `key`; `asked` is all that it says.
///
/// # Errors
/// Only when the database is away.
pub async fn begin(
    exchange: &Exchange,
    user: &UserId,
    key: &str,
    asked: &[&[u8]],
) -> Result<Beginning> {
    let mut hasher = Sha256::new();
    for part in asked {
        // With its length, so that no two lists of parts are the same bytes.
        hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(part);
    }
    let asked = hex::encode(&hasher.finalize());
    let row = name(user, key);
    let now = exchange.clock.now();
    let fresh = Row {
        asked: asked.clone(),
        makes: Ulid::from_parts(u64::try_from(now.millis()).unwrap_or(0), rand::random())
            .to_string(),
        busy_until: (now + GONE).millis(),
        expires_at: (now + KEPT).millis(),
        answer: None,
    };
    const CREATE: &str = "DELETE $row WHERE expires_at <= $now; CREATE $row CONTENT $fresh";
    let makes = fresh.makes.clone();
    let vars = vars! {
        row => row.clone(),
        now => now.millis(),
        fresh => fields(&fresh)?,
    };
    match exchange.db.transact("begin write", CREATE, vars).await {
        Ok(()) => return Ok(Beginning::New(Begun { makes, row })),
        Err(TxError::Exists) => {}
        Err(error) => return Err(error.into()),
    }
    let sql = "SELECT * OMIT id FROM $row";
    let rows = exchange.db.read(sql, vars! { row => row.clone() }).await;
    let Some(found) = rows?.one::<Row>()? else {
        // It was forgotten just now.
        return Ok(Beginning::Busy);
    };
    if found.asked != asked {
        return Ok(Beginning::Reused);
    }
    if let Some(answer) = found.answer {
        return Ok(Beginning::Answered(answer));
    }
    // Whoever began it is at work, or gone: one of those who ask takes it over.
    const TAKE: &str = "
        IF !$row.busy_until OR $row.busy_until > $now OR $row.answer { THROW 'BUSY' };
        UPDATE $row SET busy_until = $until RETURN NONE";
    let vars = vars! {
        row => row.clone(),
        now => now.millis(),
        until => (now + GONE).millis(),
    };
    match exchange.db.transact("take write over", TAKE, vars).await {
        Ok(()) => Ok(Beginning::New(Begun {
            makes: found.makes,
            row,
        })),
        Err(TxError::Thrown(_)) => Ok(Beginning::Busy),
        Err(error) => Err(error.into()),
    }
}

/// Keeps what a write was answered.
///
/// # Errors
/// Only when the database is away.
pub async fn end(exchange: &Exchange, begun: Begun, answer: &Answer) -> Result<()> {
    const SQL: &str = "UPDATE $row SET answer = $answer RETURN NONE";
    let vars = vars! { row => begun.row, answer => fields(answer)? };
    Ok(exchange.db.transact("answer write", SQL, vars).await?)
}

/// Lets whoever sends a write again have it done: what it was answered is of the
/// moment, or secret.
///
/// # Errors
/// Only when the database is away.
pub async fn give_up(exchange: &Exchange, begun: Begun) -> Result<()> {
    const SQL: &str = "UPDATE $row SET busy_until = 1 RETURN NONE";
    let vars = vars! { row => begun.row };
    Ok(exchange.db.transact("give write up", SQL, vars).await?)
}
