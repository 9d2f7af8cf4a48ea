//! Sessions in the database, named by a hash of their token: who reads the
//! database cannot sign in as anybody.

use serde::Deserialize;
use sha2::{Digest, Sha256};
use surrealdb::types::RecordId;

use crate::{
    Result, hex,
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
    record("session", hex::encode(&Sha256::digest(token.as_bytes())))
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

/// Stores what a session holds now; no effect when it has ended meanwhile, or
/// a request that was on its way would sign in again who has signed out.
///
/// # Errors
/// Only when the database is away.
pub async fn save(db: &Db, token: &str, session: &StoredSession) -> Result<()> {
    Ok(write(
        db,
        "UPDATE $name CONTENT { data: $data, expires_at: $expires_at }",
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Clock, platform::migrate::migrate};

    fn session(data: &str) -> StoredSession {
        StoredSession {
            data: data.to_owned(),
            expires_at: 10,
        }
    }

    #[tokio::test]
    async fn a_session_that_has_ended_is_not_brought_back() {
        let db = Db::open("mem://").await.expect("opens");
        migrate(&db, &Clock::default()).await.expect("migrates");
        let held = async || {
            let found = load(&db, "token", 9).await.expect("reads");
            found.map(|session| session.data)
        };
        assert!(create(&db, "token", &session("1")).await.expect("writes"));
        assert!(!create(&db, "token", &session("2")).await.expect("answers"));
        save(&db, "token", &session("3")).await.expect("writes");
        assert_eq!(held().await.as_deref(), Some("3"));
        // Somebody signs out while a request of theirs is on its way.
        delete(&db, "token").await.expect("writes");
        save(&db, "token", &session("4")).await.expect("answers");
        assert_eq!(held().await, None);
    }
}
