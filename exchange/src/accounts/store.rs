//! Users in the database.

use domain::{UserId, text::email_key};
use surrealdb::types::{Object, SurrealValue};

use super::User;
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
    let claim = Object::from_iter([("user".to_owned(), user.id.to_string().into_value())]);
    Ok(commit
        .create("user_email", email_key(&user.email), claim)
        .create("user", user.id.as_str(), fields(user)?))
}

pub(super) fn update(commit: Commit, before: &User, user: &User) -> Result<Commit> {
    Ok(commit.update("user", user.id.as_str(), before.version, fields(user)?))
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
