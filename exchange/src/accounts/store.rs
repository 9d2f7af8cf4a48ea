//! Users in the database.

use domain::{LinkId, UserId, text::email_key};
use surrealdb::types::{Object, SurrealValue};

use super::{User, links::Link};
use crate::{
    Result,
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
        commit = commit
            .delete("user_email", had)
            .create("user_email", has, claim(user));
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

pub(super) async fn by_id(db: &Db, id: &UserId) -> Result<Option<User>> {
    db.read(
        "SELECT *, record::id(id) AS id FROM $user",
        vars! { user => record("user", id.as_str()) },
    )
    .await?
    .one()
}

pub(super) async fn by_email(db: &Db, email: &str) -> Result<Option<User>> {
    const SQL: &str =
        "SELECT *, record::id(id) AS id FROM (SELECT VALUE type::record('user', user) FROM $email)";
    db.read(
        SQL,
        vars! { email => record("user_email", email_key(email)) },
    )
    .await?
    .one()
}
