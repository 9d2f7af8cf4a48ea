//! Sessions in the database, named by a hash of their token: who reads the
//! database cannot sign in as anybody.

use serde::Deserialize;
use sha2::{Digest, Sha256};
use surrealdb::types::RecordId;

use crate::{
    Result,
    platform::db::{Db, TxError, record},
    vars,
};

/// What a session holds.
#[derive(Debug, Deserialize)]
pub struct StoredSession {
    /// What the web layer keeps in it, as JSON.
    pub data: String,
    /// When it ends, in seconds since the Unix epoch.
    pub expires_at: i64,
}

fn name(token: &str) -> RecordId {
    let hash = Sha256::digest(token.as_bytes());
    record(
        "session",
        hash.iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>(),
    )
}

/// Stores a new session; false when there is one of this token.
///
/// # Errors
/// Only when the database is away.
pub async fn create(db: &Db, token: &str, session: &StoredSession) -> Result<bool> {
    match write(
        db,
        "CREATE $name CONTENT { data: $data, expires_at: $expires_at }",
        token,
        session,
    )
    .await
    {
        Ok(()) => Ok(true),
        Err(TxError::Exists) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Stores what a session holds now.
///
/// # Errors
/// Only when the database is away.
pub async fn save(db: &Db, token: &str, session: &StoredSession) -> Result<()> {
    Ok(write(
        db,
        "UPSERT $name CONTENT { data: $data, expires_at: $expires_at }",
        token,
        session,
    )
    .await?)
}

async fn write(
    db: &Db,
    sql: &str,
    token: &str,
    session: &StoredSession,
) -> std::result::Result<(), TxError> {
    db.transact("write session", sql, vars! { name => name(token), data => session.data.clone(), expires_at => session.expires_at * 1_000 }).await
}

/// The session of a token, unless it has ended by `now` (seconds).
///
/// # Errors
/// Only when the database is away.
pub async fn load(db: &Db, token: &str, now: i64) -> Result<Option<StoredSession>> {
    const SQL: &str = "SELECT data, expires_at / 1000 AS expires_at FROM $name";
    let found: Option<StoredSession> = db.read(SQL, vars! { name => name(token) }).await?.one()?;
    Ok(found.filter(|session| session.expires_at > now))
}

/// Ends a session.
///
/// # Errors
/// Only when the database is away.
pub async fn delete(db: &Db, token: &str) -> Result<()> {
    Ok(db
        .transact("end session", "DELETE $name", vars! { name => name(token) })
        .await?)
}
