//! Sessions in the database, named by a hash of their token: who reads the
//! database cannot sign in as anybody.

use domain::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use surrealdb::types::{RecordId, Value};

use crate::{
    Result, hex,
    platform::db::{Db, TxError, fields, record},
    vars,
};

/// What a session holds.
#[derive(Debug, Clone, Deserialize)]
pub struct StoredSession {
    /// What the web layer keeps in it, as JSON.
    pub data: String,
    /// When it ends, in seconds since the Unix epoch.
    pub expires_at: i64,
    /// Whose it is, once somebody has signed in.
    pub owner: Option<Owner>,
}

/// Whose a session is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The account.
    pub user: UserId,
    /// What the account's [epoch](super::User::epoch) was.
    pub epoch: u32,
    /// What it was begun with, as people call it: `Firefox · Linux`.
    pub device: String,
    /// When they signed in.
    pub since: Timestamp,
    /// When it was used last, about.
    pub used_at: Timestamp,
}

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OwnSession {
    /// What it is called: a hash of its token.
    pub name: String,
    /// Whose it is, and since when.
    pub owner: Owner,
}

/// What the session of `token` is called, or whatever else lets somebody in and has
/// to be found again: this says nothing of it.
#[must_use]
pub fn name_of(token: &str) -> String {
    hex::encode(&Sha256::digest(token.as_bytes()))
}

const TABLE: &str = "session";

fn name(token: &str) -> RecordId {
    record(TABLE, name_of(token))
}

/// Stores a new session; false when there is one of this token.
///
/// # Errors
/// Only when the database is away.
pub async fn create(db: &Db, token: &str, session: &StoredSession) -> Result<bool> {
    match write(
        db,
        "CREATE $name CONTENT { data: $data, expires_at: $expires_at, owner: $owner }",
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
        "UPDATE $name CONTENT { data: $data, expires_at: $expires_at, owner: $owner }",
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
    let owner = match &session.owner {
        Some(owner) => Value::Object(fields(owner)?),
        None => Value::None,
    };
    let vars = vars! {
        name => name(token),
        data => session.data.clone(),
        expires_at => session.expires_at * 1_000,
        owner => owner,
    };
    let written = vec![(TABLE, Some(name_of(token)))];
    db.rewrite("write session", sql, vars, written).await
}

/// The session of a token, unless it has ended by `now` (seconds).
///
/// # Errors
/// Only when the database is away.
pub async fn load(db: &Db, token: &str, now: i64) -> Result<Option<StoredSession>> {
    let found: Option<StoredSession> = db.often(TABLE, &name_of(token)).await?;
    Ok(found
        .map(|session| StoredSession {
            expires_at: session.expires_at / 1_000,
            ..session
        })
        .filter(|session| session.expires_at > now))
}

/// Ends a session.
///
/// # Errors
/// Only when the database is away.
pub async fn delete(db: &Db, token: &str) -> Result<()> {
    let vars = vars! { name => name(token) };
    let written = vec![(TABLE, Some(name_of(token)))];
    Ok(db
        .rewrite("end session", "DELETE $name", vars, written)
        .await?)
}

/// The sessions that `user` has begun and that go on, last used first.
///
/// # Errors
/// Only when the database is away.
pub async fn of_user(db: &Db, user: &super::User, now: Timestamp) -> Result<Vec<OwnSession>> {
    const SQL: &str = "SELECT record::id(id) AS name, owner FROM session
        WHERE owner.user = $user AND owner.epoch = $epoch AND expires_at > $now";
    let vars = vars! { user => user.id.to_string(), epoch => user.epoch, now => now.millis() };
    let mut found: Vec<OwnSession> = db.read(SQL, vars).await?.many()?;
    found.sort_by_key(|session| std::cmp::Reverse(session.owner.used_at));
    Ok(found)
}

/// Ends the session that is called so, if it is `user`'s.
///
/// # Errors
/// Only when the database is away.
pub async fn end(db: &Db, user: &UserId, name: &str) -> Result<()> {
    let vars = vars! { name => record(TABLE, name), user => user.to_string() };
    const SQL: &str = "DELETE $name WHERE owner.user = $user";
    let written = vec![(TABLE, Some(name.to_owned()))];
    Ok(db.rewrite("end session", SQL, vars, written).await?)
}

/// Ends every session of `user`.
///
/// # Errors
/// Only when the database is away.
pub async fn end_all(db: &Db, user: &UserId) -> Result<()> {
    const SQL: &str = "DELETE session WHERE owner.user = $user";
    let vars = vars! { user => user.to_string() };
    let written = vec![(TABLE, None)];
    Ok(db.rewrite("end sessions", SQL, vars, written).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    fn session(data: &str) -> StoredSession {
        StoredSession {
            data: data.to_owned(),
            expires_at: 10,
            owner: None,
        }
    }

    #[tokio::test]
    async fn a_session_that_has_ended_is_not_brought_back() {
        let db = fixtures::db().await;
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
