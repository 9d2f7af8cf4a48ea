//! Accounts: registering, signing in, and who somebody is.

pub mod identities;
pub mod links;
pub mod own_data;
mod password;
mod proof;
pub mod providers;
pub mod recovery;
pub mod second_factor;
pub mod sessions;
pub(crate) mod store;
pub mod tries;

use std::collections::BTreeSet;

use domain::{
    FieldErrors, Problem, Refusal, UserId,
    account::{AccountChange, LinkPurpose},
    event::{Aggregate, Data, Event, Verb},
    permission::{Account, Actor, Administer, Permit, Viewer},
    text,
};
use serde::{Deserialize, Serialize};
use texts::Language;

use crate::{
    Error, Exchange, Result,
    audit::Act,
    limits, new_id, orders,
    platform::commit::{Commit, CommitError, Rounds},
};
use links::Link;
pub use password::Passwords;
pub use proof::{Proof, confirm};
use tries::{Client, Try};

/// Members may see the moderation queue and take listings down.
pub const MODERATORS: &str = "moderators";
/// Members administer the deployment.
pub const ADMINS: &str = "admins";

/// 256 random bits, as hexadecimal digits.
#[must_use]
pub fn new_secret() -> String {
    crate::hex::encode(&rand::random::<[u8; 32]>())
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Identifier.
    pub id: UserId,
    /// E-mail address as typed.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Argon2id in PHC string format.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password_hash: Option<String>,
    /// Whether the address is verified.
    pub verified: bool,
    /// Whether the account is suspended.
    pub suspended: bool,
    /// Groups it is a member of.
    pub groups: Vec<String>,
    /// Whether a code is asked for besides the password.
    #[serde(default)]
    pub second_factor: bool,
    /// What it is written to in.
    #[serde(default)]
    pub language: Language,
    /// When it was deleted: then nothing personal is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<domain::Timestamp>,
    /// A session goes on only as long as this is what it was when it began.
    #[serde(default)]
    pub epoch: u32,
    /// Grows by one with every change.
    pub version: u32,
    /// Milliseconds since the Unix epoch.
    pub created_at: domain::Timestamp,
    /// Milliseconds since the Unix epoch.
    pub updated_at: domain::Timestamp,
}

impl User {
    /// A new account, which nobody can sign in to yet.
    fn new(
        id: UserId,
        email: String,
        name: String,
        language: Language,
        now: domain::Timestamp,
    ) -> Self {
        Self {
            id,
            email,
            name,
            password_hash: None,
            verified: false,
            suspended: false,
            groups: Vec::new(),
            second_factor: false,
            language,
            deleted_at: None,
            epoch: 0,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// Whether it has a password.
    #[must_use]
    pub const fn has_password(&self) -> bool {
        self.password_hash.is_some()
    }

    /// The user as somebody who asks.
    #[must_use]
    pub fn viewer(&self) -> Viewer {
        let member = |group: &str| self.groups.iter().any(|name| name == group);
        Viewer::User(Account {
            id: self.id.clone(),
            verified: self.verified,
            suspended: self.suspended,
            moderator: member(MODERATORS),
            admin: member(ADMINS),
        })
    }

    fn event(&self, verb: Verb, change: Option<AccountChange>, link: Option<&Link>) -> Event {
        Event {
            aggregate: Aggregate::User,
            id: self.id.to_string(),
            version: self.version,
            verb,
            at: self.updated_at,
            data: Data::User {
                change,
                link: link.map(|link| link.id.clone()),
            },
        }
    }

    /// What was done to it, as the audit trail has it.
    fn act(&self, actor: &Actor, act: &'static str, fields: &'static [&'static str]) -> Act {
        Act {
            actor: actor.clone(),
            act,
            object: format!("user:{}", self.id),
            fields,
            why: None,
            at: self.updated_at,
        }
    }

    /// This as the next state after `before`, and the commit of it.
    fn changed(
        mut self,
        before: &Self,
        exchange: &Exchange,
        change: Option<AccountChange>,
        link: Option<&Link>,
    ) -> Result<(Self, Commit)> {
        self.version = before.version + 1;
        self.updated_at = exchange.clock.now();
        let event = self.event(Verb::Updated, change, link);
        let commit = store::update(Commit::new("change user"), before, &self)?.event(&event)?;
        Ok((self, commit))
    }
}

/// The account as it is when its owner is told of `change`, and the commit of that: who
/// adds to it something of which an account has only so many cannot do so twice at once.
///
/// # Errors
/// [`Error::Unauthenticated`] when what `asker` was allowed as is no longer so.
pub(crate) async fn note(
    exchange: &Exchange,
    asker: &User,
    change: AccountChange,
) -> Result<(User, Commit)> {
    let before = store::still(exchange, asker).await?;
    before
        .clone()
        .changed(&before, exchange, Some(change), None)
}

/// What is typed to register; who does so accepts the terms, as the form says.
#[derive(Debug, Clone)]
pub struct Registration {
    /// E-mail address.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Password.
    pub password: String,
}

/// What somebody who wants to guess the password would try first.
fn personal<'a>(email: &'a str, name: &'a str) -> Vec<&'a str> {
    let local_part = email.split('@').next().unwrap_or_default();
    let mut personal = vec![email, local_part, name];
    personal.extend(name.split_whitespace());
    personal
}

/// Makes an account, and has a link mailed with which its address is verified.
///
/// # Errors
/// [`Error::Invalid`] with the refused fields, or [`Error::TooMany`].
pub async fn register(exchange: &Exchange, client: &Client, typed: Registration) -> Result<User> {
    let mut errors = FieldErrors::default();
    let email = errors.take("email", text::parse_email(&typed.email));
    let name = errors.take("display_name", text::parse(&typed.name, text::DISPLAY_NAME));
    // Only what is of a length that we take: guessing how a password could be
    // guessed takes long for long ones.
    let known = [email.as_deref(), name.as_deref()].map(Option::unwrap_or_default);
    errors.take(
        "password",
        password::check(&typed.password, &personal(known[0], known[1])),
    );
    let (Some(email), Some(name), true) = (email, name, errors.is_empty()) else {
        return Err(Error::Invalid(errors));
    };
    let limit = exchange.settings.limits.register;
    limits::admit_from(exchange, "register", client.address, limit).await?;
    recovery::admit(exchange, client, LinkPurpose::VerifyEmail, &email).await?;
    let taken = || Error::invalid("email", Problem::EmailTaken);
    if store::by_email(&exchange.db, &email).await?.is_some() {
        return Err(taken());
    }
    let now = exchange.clock.now();
    let user = User {
        password_hash: Some(exchange.passwords.hash(typed.password).await?),
        ..User::new(new_id(&exchange.clock)?, email, name, client.language, now)
    };
    let link = Link::new(exchange, LinkPurpose::VerifyEmail, &user.email)?;
    let commit = store::insert(Commit::new("register"), &user)?;
    let commit = link
        .request(commit, now)?
        .event(&user.event(Verb::Created, None, None))?;
    match commit.run(&exchange.db).await {
        Ok(()) => Ok(user),
        // Somebody was faster with the same address.
        Err(CommitError::Stale) => Err(taken()),
        Err(error) => Err(error.into()),
    }
}

/// Counts one more sign-in from where `client` is, whosever it will be.
///
/// # Errors
/// [`Error::TooMany`].
pub async fn admit(exchange: &Exchange, client: &Client) -> Result<()> {
    let limit = exchange.settings.limits.sign_in;
    limits::admit_from(exchange, "sign in", client.address, limit).await
}

/// The user with this address and password.
///
/// # Errors
/// [`Error::WrongCredentials`], after the same time whether or not there is
/// such an address, or [`Error::TooMany`].
pub async fn authenticate(
    exchange: &Exchange,
    client: &Client,
    email: &str,
    password: String,
) -> Result<User> {
    admit(exchange, client).await?;
    let attempt = Try::begin(exchange, client, tries::PASSWORD, email).await?;
    let user = store::by_email(&exchange.db, email.trim()).await?;
    let hash = user.as_ref().and_then(|user| user.password_hash.clone());
    let right = exchange.passwords.verify(password, hash).await?;
    let user = user
        .filter(|user| right && !user.suspended)
        .ok_or(Error::WrongCredentials)?;
    attempt.succeed(exchange).await?;
    Ok(user)
}

/// The user called `id`.
///
/// # Errors
/// Only when the database is away.
pub async fn find(exchange: &Exchange, id: &UserId) -> Result<Option<User>> {
    exchange.db.often("user", id.as_str()).await
}

/// Those accounts of `ids` that there are.
///
/// # Errors
/// Only when the database is away.
pub(crate) async fn users<'a>(
    exchange: &Exchange,
    ids: impl Iterator<Item = &'a UserId>,
) -> Result<Vec<User>> {
    let ids: BTreeSet<&UserId> = ids.collect();
    store::by_ids(&exchange.db, ids).await
}

/// Ends every session of somebody: the caller goes on with that of who asked.
///
/// # Errors
/// [`Error::Unauthenticated`] when that has ended meanwhile.
pub async fn end_sessions(exchange: &Exchange, asker: &User) -> Result<User> {
    change_own(exchange, asker, |user| user.epoch += 1).await
}

/// Has `asker` be written to in `language`.
///
/// # Errors
/// [`Error::Unauthenticated`] when they were signed out meanwhile.
pub async fn speak(exchange: &Exchange, asker: &User, language: Language) -> Result<User> {
    change_own(exchange, asker, |user| user.language = language).await
}

async fn change_own(exchange: &Exchange, asker: &User, edit: impl Fn(&mut User)) -> Result<User> {
    let mut rounds = Rounds::new();
    loop {
        let before = store::still(exchange, asker).await?;
        let mut user = before.clone();
        edit(&mut user);
        if user == before {
            return Ok(user);
        }
        let (user, commit) = user.changed(&before, exchange, None, None)?;
        match commit.run(&exchange.db).await {
            Ok(()) => return Ok(user),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// Marks an address as verified.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn verify(exchange: &Exchange, permit: &Permit<Administer>, id: &UserId) -> Result<User> {
    let by = (permit.by(), "verify", &["verified"][..]);
    change(exchange, id, by, |user| user.verified = true).await
}

/// Suspends somebody, or ends that: their sessions end, and they neither sign in nor
/// begin anything. What they offer and hold follows by the event.
///
/// # Errors
/// [`Error::NotFound`], or [`Refusal::OwnAccount`].
pub async fn suspend(
    exchange: &Exchange,
    permit: &Permit<Administer>,
    id: &UserId,
    suspended: bool,
) -> Result<User> {
    check_other(permit, id)?;
    let mut rounds = Rounds::new();
    loop {
        let before = standing(exchange, id).await?;
        if before.suspended == suspended {
            return Ok(before);
        }
        let now = exchange.clock.now();
        // Whoever reserves or lists at the same moment writes it too.
        let quota = orders::store::quota(&exchange.db, &before.id).await?;
        let change = if suspended {
            AccountChange::Suspended
        } else {
            AccountChange::Reinstated
        };
        let user = User {
            suspended,
            epoch: before.epoch + 1,
            ..before.clone()
        };
        let (user, commit) = user.changed(&before, exchange, Some(change), None)?;
        let act = if suspended { "suspend" } else { "reinstate" };
        let commit = commit
            .quota(&quota.suspend(suspended, now))?
            .audited(&user.act(permit.by(), act, &["suspended", "epoch"]))?;
        match commit.run(&exchange.db).await {
            Ok(()) => {
                sessions::end_all(&exchange.db, &user.id).await?;
                return Ok(user);
            }
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// Nobody locks themselves out, or there may be nobody left who could let them in.
fn check_other(permit: &Permit<Administer>, id: &UserId) -> Result<()> {
    match permit.by() {
        Actor::User(own) if own == id => Err(Refusal::OwnAccount.into()),
        _ => Ok(()),
    }
}

/// Ends every session of somebody.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn end_sessions_of(
    exchange: &Exchange,
    permit: &Permit<Administer>,
    id: &UserId,
) -> Result<User> {
    let by = (permit.by(), "end sessions", &["epoch"][..]);
    let user = change(exchange, id, by, |user| user.epoch += 1).await?;
    sessions::end_all(&exchange.db, &user.id).await?;
    Ok(user)
}

/// Makes somebody a member of `group`: [`MODERATORS`] or [`ADMINS`].
///
/// # Errors
/// [`Error::NotFound`].
pub async fn grant(
    exchange: &Exchange,
    permit: &Permit<Administer>,
    id: &UserId,
    group: &str,
) -> Result<User> {
    let by = (permit.by(), "add to group", GROUPS);
    change(exchange, id, by, |user| {
        if !user.groups.iter().any(|name| name == group) {
            user.groups.push(group.to_owned());
        }
    })
    .await
}

/// Ends somebody's membership of `group`.
///
/// # Errors
/// [`Error::NotFound`], or [`Refusal::OwnAccount`].
pub async fn revoke(
    exchange: &Exchange,
    permit: &Permit<Administer>,
    id: &UserId,
    group: &str,
) -> Result<User> {
    let by = (permit.by(), "remove from group", GROUPS);
    check_other(permit, id)?;
    change(exchange, id, by, |user| {
        user.groups.retain(|name| name != group)
    })
    .await
}

/// The account called `id`, unless it is deleted.
///
/// # Errors
/// [`Error::NotFound`].
async fn standing(exchange: &Exchange, id: &UserId) -> Result<User> {
    let user = store::by_id(&exchange.db, id).await?;
    user.filter(|user| user.deleted_at.is_none())
        .ok_or(Error::NotFound)
}

/// The field that has the groups.
const GROUPS: &[&str] = &["groups"];

/// Changes somebody else's account: `actor` does so, and what, and which fields.
async fn change(
    exchange: &Exchange,
    id: &UserId,
    (actor, act, fields): (&Actor, &'static str, &'static [&'static str]),
    edit: impl Fn(&mut User),
) -> Result<User> {
    let mut rounds = Rounds::new();
    loop {
        let before = standing(exchange, id).await?;
        let mut user = before.clone();
        edit(&mut user);
        if user == before {
            return Ok(user);
        }
        let (user, commit) = user.changed(&before, exchange, None, None)?;
        let commit = commit.audited(&user.act(actor, act, fields))?;
        match commit.run(&exchange.db).await {
            Ok(()) => return Ok(user),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}
