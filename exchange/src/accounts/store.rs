//! Users in the database.

use std::{collections::BTreeSet, ops::Bound};

use domain::{LinkId, UserId, text::email_key};
use surrealdb::types::{Object, RecordId, RecordIdKey, RecordIdKeyRange, SurrealValue};

use super::{User, identities::Identity, links::Link, second_factor::SecondFactor};
use crate::{
    Error, Exchange, Result,
    platform::{
        commit::Commit,
        db::{Db, fields, record},
    },
    vars,
};

/// An address is one account: it names a record of its own.
pub(super) fn insert(commit: Commit, user: &User) -> Result<Commit> {
    Ok(commit
        .create("user_email", email_key(&user.email), claim(user))
        .create("user", user.id.as_str(), fields(user)?))
}

/// With another address the account gives up the one that it had.
pub(super) fn update(mut commit: Commit, before: &User, user: &User) -> Result<Commit> {
    let (had, has) = (email_key(&before.email), email_key(&user.email));
    if had != has {
        commit = commit.delete("user_email", had);
        // Deleted accounts have none.
        if !has.is_empty() {
            commit = commit.create("user_email", has, claim(user));
        }
    }
    Ok(commit.update("user", user.id.as_str(), before.version, fields(user)?))
}

fn claim(user: &User) -> Object {
    Object::from_iter([("user".to_owned(), user.id.to_string().into_value())])
}

pub(super) fn insert_link(commit: Commit, link: &Link) -> Result<Commit> {
    Ok(commit.create("mailed_link", link.id.as_str(), fields(link)?))
}

pub(super) fn update_link(commit: Commit, before: &Link, link: &Link) -> Result<Commit> {
    Ok(commit.update(
        "mailed_link",
        link.id.as_str(),
        before.version,
        fields(link)?,
    ))
}

pub(super) async fn link(db: &Db, id: &LinkId) -> Result<Option<Link>> {
    db.read(
        "SELECT *, record::id(id) AS id FROM $link",
        vars! { link => record("mailed_link", id.as_str()) },
    )
    .await?
    .one()
}

pub(super) fn write_second_factor(
    commit: Commit,
    before: Option<&SecondFactor>,
    factor: &SecondFactor,
) -> Result<Commit> {
    let (key, row) = (factor.id.as_str(), fields(factor)?);
    Ok(match before {
        Some(before) => commit.update("second_factor", key, before.version, row),
        None => commit.create("second_factor", key, row),
    })
}

pub(super) fn delete_second_factor(commit: Commit, user: &UserId) -> Commit {
    commit.delete("second_factor", user.as_str())
}

pub(super) async fn second_factor(db: &Db, user: &UserId) -> Result<Option<SecondFactor>> {
    db.read(
        "SELECT *, record::id(id) AS id FROM $factor",
        vars! { factor => record("second_factor", user.as_str()) },
    )
    .await?
    .one()
}

/// An identity is one account's: it names the record.
fn identity_key(issuer: &str, subject: &str) -> RecordIdKey {
    let key = [issuer, subject].map(|part| part.to_owned().into_value());
    RecordIdKey::Array(key.to_vec().into())
}

pub(super) fn insert_identity(commit: Commit, identity: &Identity) -> Result<Commit> {
    let key = identity_key(&identity.issuer, &identity.subject);
    Ok(commit.create("identity", key, fields(identity)?))
}

pub(super) fn delete_identity(commit: Commit, identity: &Identity) -> Commit {
    commit.delete(
        "identity",
        identity_key(&identity.issuer, &identity.subject),
    )
}

pub(super) async fn identity(db: &Db, issuer: &str, subject: &str) -> Result<Option<Identity>> {
    db.read(
        "SELECT * OMIT id FROM $identity",
        vars! { identity => record("identity", identity_key(issuer, subject)) },
    )
    .await?
    .one()
}

pub(super) async fn identities(db: &Db, user: &UserId) -> Result<Vec<Identity>> {
    db.read(
        "SELECT * OMIT id FROM identity WHERE user = $user",
        vars! { user => user.to_string() },
    )
    .await?
    .many()
}

/// The account as it is now, if what `asker` was allowed as is still so: whoever
/// was signed out meanwhile changes nothing any more.
pub(super) async fn still(exchange: &Exchange, asker: &User) -> Result<User> {
    by_id(&exchange.db, &asker.id)
        .await?
        .filter(|user| {
            user.epoch == asker.epoch
                && user.password_hash == asker.password_hash
                && !user.suspended
        })
        .ok_or(Error::Unauthenticated)
}

pub(super) async fn by_id(db: &Db, id: &UserId) -> Result<Option<User>> {
    db.read(
        "SELECT *, record::id(id) AS id FROM $user",
        vars! { user => record("user", id.as_str()) },
    )
    .await?
    .one()
}

pub(super) async fn by_ids(db: &Db, ids: BTreeSet<&UserId>) -> Result<Vec<User>> {
    let users: Vec<RecordId> = ids
        .into_iter()
        .map(|id| record("user", id.as_str()))
        .collect();
    db.read(
        "SELECT *, record::id(id) AS id FROM $users",
        vars! { users => users },
    )
    .await?
    .many()
}

/// The accounts whose address begins with `prefix`, by address, from after `after`.
pub(crate) async fn by_email_prefix(
    db: &Db,
    prefix: &str,
    after: &str,
    limit: usize,
) -> Result<Vec<User>> {
    let (prefix, after) = (email_key(prefix), email_key(after));
    let end = format!("{prefix}{}", char::MAX);
    let emails = RecordIdKeyRange {
        start: if after.starts_with(&prefix) && after != prefix {
            Bound::Excluded(RecordIdKey::from(after))
        } else {
            Bound::Included(RecordIdKey::from(prefix))
        },
        end: Bound::Excluded(RecordIdKey::from(end)),
    };
    const SQL: &str = "SELECT *, record::id(id) AS id FROM (SELECT VALUE type::record('user', user) FROM $emails LIMIT $limit)";
    let mut found: Vec<User> = db
        .read(SQL, vars! { emails => record("user_email", RecordIdKey::Range(Box::new(emails))), limit => limit as i64 })
        .await?
        .many()?;
    found.sort_by_key(|user| email_key(&user.email));
    Ok(found)
}

/// The members of a group, of which there are few.
pub(crate) async fn members(db: &Db, group: &str) -> Result<Vec<User>> {
    const SQL: &str = "SELECT *, record::id(id) AS id FROM user WHERE groups CONTAINS $group";
    db.read(SQL, vars! { group => group.to_owned() })
        .await?
        .many()
}

/// Deletes what was mailed, or is to be, to `user` as they were. There are no
/// more links than people asked for in the last days.
pub(super) async fn forget_links(db: &Db, user: &User) -> Result<()> {
    const SQL: &str = "DELETE mailed_link WHERE user = $user
        OR string::lowercase(email) = $email OR string::lowercase(replaces OR '') = $email";
    let vars = vars! { user => user.id.to_string(), email => email_key(&user.email) };
    Ok(db.transact("forget links", SQL, vars).await?)
}

pub(crate) async fn by_email(db: &Db, email: &str) -> Result<Option<User>> {
    const SQL: &str =
        "SELECT *, record::id(id) AS id FROM (SELECT VALUE type::record('user', user) FROM $email)";
    db.read(
        SQL,
        vars! { email => record("user_email", email_key(email)) },
    )
    .await?
    .one()
}
