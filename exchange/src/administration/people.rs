//! Accounts, for whoever may look at those of others.

use domain::{
    UserId,
    permission::{Administer, Permit},
};

use crate::{
    Error, Exchange, Page, Result,
    accounts::{
        self, User,
        sessions::{self, OwnSession},
        store,
    },
    market,
};

/// An account as administrators see it.
#[derive(Debug)]
pub struct Person {
    /// The account.
    pub user: User,
    /// Its sessions that go on.
    pub sessions: Vec<OwnSession>,
}

/// Accounts whose e-mail address begins with `typed`, by address, from after the
/// address `after`; none for less than two characters, with which too many begin.
///
/// # Errors
/// Only when the database is away.
pub async fn find(
    exchange: &Exchange,
    _permit: &Permit<Administer>,
    typed: &str,
    after: &str,
    limit: usize,
) -> Result<Page<User>> {
    if typed.chars().count() < 2 {
        return Ok(Page {
            items: Vec::new(),
            next: None,
        });
    }
    let found = store::by_email_prefix(&exchange.db, typed, after, limit + 1).await?;
    Ok(market::cut(found, limit, |user| user.email.clone()))
}

/// The account with this e-mail address.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn by_email(
    exchange: &Exchange,
    _permit: &Permit<Administer>,
    email: &str,
) -> Result<User> {
    let user = store::by_email(&exchange.db, email).await?;
    user.ok_or(Error::NotFound)
}

/// The members of `group`.
///
/// # Errors
/// Only when the database is away.
pub async fn members(
    exchange: &Exchange,
    _permit: &Permit<Administer>,
    group: &str,
) -> Result<Vec<User>> {
    store::members(&exchange.db, group).await
}

/// An account.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn person(
    exchange: &Exchange,
    _permit: &Permit<Administer>,
    id: &UserId,
) -> Result<Person> {
    let user = accounts::find(exchange, id).await?.ok_or(Error::NotFound)?;
    let sessions = sessions::of_user(&exchange.db, &user, exchange.clock.now()).await?;
    Ok(Person { user, sessions })
}
