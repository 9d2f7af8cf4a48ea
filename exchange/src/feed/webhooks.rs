//! Webhooks: addresses of programs that are told what happens to an account.

use std::{collections::BTreeSet, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    FieldErrors, Problem, Refusal, Timestamp, UserId, WebhookId,
    permission::{Actor, Viewer},
};
use hmac::Mac;
use serde::{Deserialize, Serialize};
use surrealdb::types::{RecordIdKey, SurrealValue};

use super::{KINDS, addresses, begin, feed, state};
use crate::{
    Error, Exchange, Page, Result,
    accounts::{self, User},
    audit::Act,
    platform::{
        commit::{Commit, CommitError, Rounds},
        db::{Db, fields, record},
    },
    vars,
};

/// Most webhooks of one account.
pub const MOST: usize = 10;
/// Longest address, in bytes.
pub const LONGEST: usize = 2_000;
/// How long messages are signed with the secret before the newest, too.
pub const OVERLAP: Duration = Duration::from_secs(24 * 3_600);
/// Most secrets besides the newest with which messages are signed.
const FORMER: usize = 4;
/// Deliveries of one page.
const PAGE: usize = 50;
/// What secrets begin with (Standard Webhooks).
const SECRET: &str = "whsec_";

/// The webhooks of an account.
pub(crate) const OF_USER: &str = "SELECT *, record::id(id) AS id FROM webhook WHERE user = $owner";

/// Why we tell an address nothing any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// It answered 410: nobody is to be told there.
    Gone,
    /// Every attempt at one message failed.
    Failed,
}

/// An address that is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Its identifier.
    pub id: WebhookId,
    /// Whose events it is told of.
    pub user: UserId,
    /// What the account's [epoch](User::epoch) was: what ends its sessions ends this.
    pub(super) epoch: u32,
    /// Where messages are posted to.
    pub url: String,
    /// Of which [`KINDS`] it is told; of all, when there are none.
    pub kinds: BTreeSet<String>,
    /// Whether it is told.
    pub active: bool,
    /// Why it is not, unless its owner wanted that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
    /// The number of the last event that it is done with.
    pub told: i64,
    /// How many attempts at the next one have failed.
    pub failures: u32,
    /// Not before then is the next attempt.
    pub due_at: Timestamp,
    /// What its secret is derived from: when it was made.
    pub(super) secret_at: Timestamp,
    /// Those before that messages are signed with, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) former: Vec<Former>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its owner changed it last.
    pub updated_at: Timestamp,
    /// Goes up with every change.
    pub version: u32,
}

/// A secret that was replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Former {
    /// When it was made.
    made_at: Timestamp,
    /// Until when messages are signed with it.
    until: Timestamp,
}

/// What an owner asks for.
#[derive(Debug, Clone)]
pub struct TypedWebhook {
    /// Where messages are to be posted to.
    pub url: String,
    /// Of which [`KINDS`] it is to be told; of all, when there are none.
    pub kinds: Vec<String>,
    /// Whether it is to be told.
    pub active: bool,
}

/// An attempt to deliver a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The message: an event's [`Entry::event`](super::Entry::event).
    pub message: String,
    /// What happened.
    pub kind: String,
    /// When it was sent.
    pub at: Timestamp,
    /// How long the answer took, in milliseconds.
    pub millis: i64,
    /// The HTTP status of the answer, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

/// Why a message was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// It is no address to which we send.
    Address,
    /// Nobody answered there, or not over TLS as it should be.
    Connection,
    /// It took too long.
    Timeout,
}

impl Delivery {
    /// Whether it was accepted: with a status from 200 to 299.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }
}

impl Webhook {
    /// Whether it is told of what is called `kind`.
    #[must_use]
    pub fn wants(&self, kind: &str) -> bool {
        self.kinds.is_empty() || self.kinds.contains(kind)
    }

    pub(super) fn changed(&self) -> Self {
        Self {
            version: self.version + 1,
            ..self.clone()
        }
    }

    /// The bytes of a secret of it.
    fn secret(&self, exchange: &Exchange, made_at: Timestamp) -> Result<Vec<u8>> {
        let made = made_at.millis().to_string();
        let parts = [self.id.as_str(), self.user.as_str(), &made];
        let mac = exchange.settings.secret_key.mac("webhook", &parts)?;
        Ok(mac.finalize().into_bytes().to_vec())
    }

    /// The secrets with which a message is signed now.
    pub(super) fn secrets(&self, exchange: &Exchange) -> Result<Vec<Vec<u8>>> {
        let now = exchange.clock.now();
        let former = self.former.iter().filter(|former| now < former.until);
        [self.secret_at]
            .into_iter()
            .chain(former.map(|former| former.made_at))
            .map(|made| self.secret(exchange, made))
            .collect()
    }
}

async fn owner(exchange: &Exchange, viewer: &Viewer) -> Result<User> {
    let id = viewer.id().ok_or(Error::Unauthenticated)?;
    let user = accounts::find(exchange, id).await?;
    user.ok_or(Error::Unauthenticated)
}

/// What is asked for, if it can be had.
fn parse(exchange: &Exchange, typed: &TypedWebhook) -> Result<(String, BTreeSet<String>)> {
    let mut errors = FieldErrors::default();
    let private = exchange.settings.private_webhooks;
    let url = addresses::parse(&typed.url, private).ok_or(Problem::Malformed);
    let url = url.and_then(|url| {
        let length = url.as_str().len();
        (length <= LONGEST).then_some(url).ok_or(Problem::Malformed)
    });
    let url = errors.take("url", url);
    let known = typed.kinds.iter().all(|kind| KINDS.contains(&&**kind));
    let kinds = known.then(|| typed.kinds.iter().cloned().collect());
    let kinds = errors.take("events", kinds.ok_or(Problem::Malformed));
    match (url, kinds) {
        (Some(url), Some(kinds)) => Ok((url.to_string(), kinds)),
        _ => Err(Error::Invalid(errors)),
    }
}

fn act(hook: &Webhook, act: &'static str, at: Timestamp) -> Act {
    Act {
        actor: Actor::User(hook.user.clone()),
        act,
        object: format!("webhook:{}", hook.id),
        fields: &[],
        why: None,
        at,
    }
}

/// Makes a webhook called `id`, unless it is there already; it is told of what happens
/// from now on.
///
/// # Errors
/// [`Error::Invalid`] at `url` or `events`, or [`Refusal::TooManyWebhooks`].
pub async fn create_as(
    exchange: &Exchange,
    viewer: &Viewer,
    id: WebhookId,
    typed: &TypedWebhook,
) -> Result<Webhook> {
    let (url, kinds) = parse(exchange, typed)?;
    let user = owner(exchange, viewer).await?;
    let db = &exchange.db;
    begin(db, &user.id).await?;
    let mut rounds = Rounds::new();
    loop {
        // Whoever makes another at the same moment, and whoever numbers an event, has it
        // looked at, too.
        let state = state(db, &user.id).await?.ok_or(Error::Unauthenticated)?;
        let all = all_of(db, &user).await?;
        let (of_use, left): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|hook| hook.epoch == user.epoch);
        if let Some(made) = of_use.iter().find(|hook| hook.id == id) {
            return Ok(made.clone());
        }
        if of_use.len() >= MOST {
            return Err(Refusal::TooManyWebhooks { max: MOST }.into());
        }
        let now = exchange.clock.now();
        let hook = Webhook {
            id: id.clone(),
            user: user.id.clone(),
            epoch: user.epoch,
            url: url.clone(),
            kinds: kinds.clone(),
            active: typed.active,
            ended: None,
            told: state.last,
            failures: 0,
            due_at: now,
            secret_at: now,
            former: Vec::new(),
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let mut commit = Commit::new("make webhook")
            .create("webhook", hook.id.as_str(), fields(&hook)?)
            .looked(feed(&user.id), state.looks)
            .audited(&act(&hook, "make webhook", now))?;
        // Those that ended with their owner's sessions.
        for left in left {
            commit = commit.delete("webhook", left.id.as_str());
        }
        match commit.run(db).await {
            Ok(()) => return Ok(hook),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// The webhooks of the viewer, the newest first.
///
/// # Errors
/// Only when the database is away.
pub async fn list(exchange: &Exchange, viewer: &Viewer) -> Result<Vec<Webhook>> {
    let user = owner(exchange, viewer).await?;
    of_user(&exchange.db, &user).await
}

/// Those of `user` that are of use, the newest first.
///
/// # Errors
/// Only when the database is away.
pub(crate) async fn of_user(db: &Db, user: &User) -> Result<Vec<Webhook>> {
    let mut hooks = all_of(db, user).await?;
    hooks.retain(|hook| hook.epoch == user.epoch);
    hooks.sort_by_key(|hook| std::cmp::Reverse(hook.id.clone()));
    Ok(hooks)
}

async fn all_of(db: &Db, user: &User) -> Result<Vec<Webhook>> {
    let vars = vars! { owner => user.id.to_string() };
    db.read(OF_USER, vars).await?.many()
}

async fn find(db: &Db, id: &WebhookId) -> Result<Option<Webhook>> {
    const SQL: &str = "SELECT *, record::id(id) AS id FROM $webhook";
    db.read(SQL, vars! { webhook => record("webhook", id.as_str()) })
        .await?
        .one()
}

/// A webhook of the viewer's.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn read(exchange: &Exchange, viewer: &Viewer, id: &WebhookId) -> Result<Webhook> {
    let user = owner(exchange, viewer).await?;
    find(&exchange.db, id)
        .await?
        .filter(|hook| hook.user == user.id && hook.epoch == user.epoch)
        .ok_or(Error::NotFound)
}

/// What signs the messages to a webhook (Standard Webhooks).
///
/// # Errors
/// [`Error::NotFound`].
pub async fn secret(exchange: &Exchange, viewer: &Viewer, id: &WebhookId) -> Result<String> {
    let hook = read(exchange, viewer, id).await?;
    let secret = hook.secret(exchange, hook.secret_at)?;
    Ok(format!("{SECRET}{}", STANDARD.encode(secret)))
}

/// Changes a webhook of the viewer's: all that was asked for. One that was ended is
/// told again, from where it was left or, when what followed is not kept any more, from
/// the oldest event that is, once it is active.
///
/// # Errors
/// [`Error::NotFound`], or [`Error::Invalid`] at `url` or `events`.
pub async fn replace(
    exchange: &Exchange,
    viewer: &Viewer,
    id: &WebhookId,
    typed: &TypedWebhook,
) -> Result<Webhook> {
    let (url, kinds) = parse(exchange, typed)?;
    change(exchange, viewer, id, "change webhook", |hook, now| {
        Webhook {
            url: url.clone(),
            kinds: kinds.clone(),
            active: typed.active,
            ended: None,
            failures: 0,
            due_at: now,
            ..hook
        }
    })
    .await
}

/// Has messages signed with a new secret, and for [`OVERLAP`] with the one before,
/// too.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn roll_secret(exchange: &Exchange, viewer: &Viewer, id: &WebhookId) -> Result<()> {
    change(exchange, viewer, id, "roll webhook secret", |hook, now| {
        // Whoever asks twice does not lose the one that is known.
        let mut former = hook.former.clone();
        former.retain(|former| now < former.until);
        former.push(Former {
            made_at: hook.secret_at,
            until: now + OVERLAP,
        });
        let first = former.len().saturating_sub(FORMER);
        Webhook {
            former: former.split_off(first),
            secret_at: now,
            ..hook
        }
    })
    .await
    .map(drop)
}

async fn change(
    exchange: &Exchange,
    viewer: &Viewer,
    id: &WebhookId,
    name: &'static str,
    to: impl Fn(Webhook, Timestamp) -> Webhook + Send + Sync,
) -> Result<Webhook> {
    let mut rounds = Rounds::new();
    loop {
        let before = read(exchange, viewer, id).await?;
        let now = exchange.clock.now();
        let after = Webhook {
            updated_at: now,
            ..to(before.changed(), now)
        };
        let state = state(&exchange.db, &after.user).await?;
        let looks = state.ok_or(Error::NotFound)?.looks;
        let commit = Commit::new(name)
            .update("webhook", id.as_str(), before.version, fields(&after)?)
            .looked(feed(&after.user), looks)
            .audited(&act(&after, name, now))?;
        match commit.run(&exchange.db).await {
            Ok(()) => return Ok(after),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// Ends a webhook of the viewer's.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn delete(exchange: &Exchange, viewer: &Viewer, id: &WebhookId) -> Result<()> {
    let hook = read(exchange, viewer, id).await?;
    Commit::new("end webhook")
        .delete("webhook", id.as_str())
        .audited(&act(&hook, "end webhook", exchange.clock.now()))?
        .run(&exchange.db)
        .await?;
    Ok(())
}

/// The attempts to deliver messages to a webhook, the latest first: a page, after the
/// `next` of the page before.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn deliveries(
    exchange: &Exchange,
    viewer: &Viewer,
    id: &WebhookId,
    after: &str,
) -> Result<Page<Delivery>> {
    let hook = read(exchange, viewer, id).await?;
    log(&exchange.db, &hook, after, PAGE).await
}

/// As [`deliveries`], of a webhook that whoever asks may see.
///
/// # Errors
/// Only when the database is away.
pub async fn log(db: &Db, hook: &Webhook, after: &str, most: usize) -> Result<Page<Delivery>> {
    #[derive(Deserialize)]
    struct Row {
        rank: String,
        #[serde(flatten)]
        delivery: Delivery,
    }
    const SQL: &str = "SELECT *, record::id(id)[1] AS rank OMIT id FROM $some LIMIT $most";
    let some = super::range(
        "webhook_delivery",
        delivery_key(&hook.id, after),
        // No letter of a rank is as great.
        delivery_key(&hook.id, "\u{10ffff}"),
    );
    // The last one of the page before, and one of the next.
    let vars = vars! { some => some, most => (most + 2) as i64 };
    let mut rows: Vec<Row> = db.read(SQL, vars).await?.many()?;
    rows.retain(|row| row.rank != after);
    let is_more = rows.len() > most;
    rows.truncate(most);
    Ok(Page {
        next: rows.last().filter(|_| is_more).map(|row| row.rank.clone()),
        items: rows.into_iter().map(|row| row.delivery).collect(),
    })
}

fn delivery_key(id: &WebhookId, rank: &str) -> RecordIdKey {
    let parts = vec![id.to_string().into_value(), rank.to_owned().into_value()];
    RecordIdKey::Array(parts.into())
}

/// Notes what became of a message, unless the webhook was changed or ended meanwhile.
pub(super) async fn note(
    exchange: &Exchange,
    before: &Webhook,
    after: &Webhook,
    delivery: Option<&Delivery>,
) -> std::result::Result<(), CommitError> {
    let mut commit = Commit::new("note delivery").update(
        "webhook",
        after.id.as_str(),
        before.version,
        fields(after)?,
    );
    if let Some(delivery) = delivery {
        let id: WebhookId = crate::new_id(&exchange.clock)?;
        let key = delivery_key(&after.id, &id.rank());
        commit = commit.create("webhook_delivery", key, fields(delivery)?);
    }
    commit.run(&exchange.db).await
}
