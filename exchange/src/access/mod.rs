//! Programs that act for an account: the keys that people make for them, and the
//! tokens that programs get for a key.
//!
//! A key acts as its account does, less what the account may by its groups: nobody
//! moderates by program. It ends with whatever ends the account's sessions. What lets
//! a program in is in no record: it is an HMAC of the key's record under the
//! deployment's secret.

pub mod answers;

use std::{collections::BTreeSet, time::Duration};

use domain::{
    FieldErrors, KeyId, Problem, Refusal, Timestamp, UserId,
    account::AccountChange,
    permission::{Account, Actor, Viewer},
    scope::Scope,
    text,
};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{
    Error, Exchange, Result,
    accounts::{self, Proof, User, tries::Client},
    audit::Act,
    feed, hex, limits, new_id,
    platform::{
        commit::{Commit, Rounds},
        db::{Db, fields, record},
    },
    vars,
};
pub use limits::Allowance;

/// Most keys of one account.
pub const MOST: usize = 20;
/// How long a token lasts.
pub const TOKEN: Duration = Duration::from_secs(3_600);
/// What a key begins with as its owner has it, by which scanners for secrets know it.
const KEY: &str = "txk";
/// What a token begins with.
const TOKEN_MARK: &str = "txt";
/// How long its owner is shown what lets a program in by a new key.
pub const SHOWN: Duration = Duration::from_secs(10 * 60);
/// How often it is noted that a key is used.
const USED: Duration = Duration::from_secs(10 * 60);
/// For how many days a key may be made.
pub const DAYS: [u32; 4] = [7, 30, 90, 365];

/// A key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Its identifier: the `client_id` of RFC 6749.
    pub id: KeyId,
    /// Whose it is.
    pub user: UserId,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scopes: BTreeSet<Scope>,
    /// What the account's [epoch](User::epoch) was.
    epoch: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is of no use.
    pub expires_at: Timestamp,
    /// When it was used last, about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Timestamp>,
}

/// What somebody asks for who makes a key.
#[derive(Debug, Clone)]
pub struct TypedKey {
    /// What to call it.
    pub name: String,
    /// What it may do.
    pub scopes: BTreeSet<Scope>,
    /// For how many days, one of [`DAYS`].
    pub days: String,
}

/// A program that shows what it may.
#[derive(Debug, Clone)]
pub struct Access {
    /// By which key.
    pub key: KeyId,
    scopes: BTreeSet<Scope>,
    viewer: Viewer,
    /// Whose it is.
    pub user: UserId,
}

/// A scope that a program does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissingScope(pub Scope);

impl Access {
    /// The names of what it may do.
    #[must_use]
    pub fn scopes(&self) -> String {
        let names: Vec<&str> = self.scopes.iter().map(|scope| scope.name()).collect();
        names.join(" ")
    }

    /// Whom the program acts for, where it may do what `scope` says.
    ///
    /// # Errors
    /// [`MissingScope`].
    pub fn with(&self, scope: Scope) -> std::result::Result<&Viewer, MissingScope> {
        if self.scopes.contains(&scope) {
            Ok(&self.viewer)
        } else {
            Err(MissingScope(scope))
        }
    }
}

/// Makes a key, of which its owner is mailed.
///
/// # Errors
/// [`Error::Invalid`] at `name`, `scopes` or `days`, [`Refusal::TooManyKeys`], or as
/// [`accounts::confirm`].
pub async fn create(
    exchange: &Exchange,
    asker: &User,
    proof: Proof,
    typed: &TypedKey,
) -> Result<Key> {
    let mut errors = FieldErrors::default();
    let name = errors.take("name", text::parse(&typed.name, text::KEY_NAME));
    let scopes = Some(typed.scopes.clone()).filter(|scopes| !scopes.is_empty());
    let scopes = errors.take("scopes", scopes.ok_or(Problem::Required));
    let days = typed.days.parse().ok().filter(|days| DAYS.contains(days));
    let days = errors.take("days", days.ok_or(Problem::Malformed));
    let (Some(name), Some(scopes), Some(days)) = (name, scopes, days) else {
        return Err(Error::Invalid(errors));
    };
    let confirmed = accounts::confirm(exchange, asker, proof).await?;
    // What happens from now on can be asked for.
    if scopes.contains(&Scope::EventsRead) || scopes.contains(&Scope::WebhooksWrite) {
        feed::begin(&exchange.db, &confirmed.id).await?;
    }
    let mut rounds = Rounds::new();
    loop {
        // Whoever makes another at the same moment changes the account, too.
        let (user, commit) = accounts::note(exchange, &confirmed, AccountChange::KeyMade).await?;
        if of_user(exchange, &user).await?.len() >= MOST {
            return Err(Refusal::TooManyKeys { max: MOST }.into());
        }
        let now = exchange.clock.now();
        let key = Key {
            id: new_id(&exchange.clock)?,
            user: user.id.clone(),
            name: name.clone(),
            scopes: scopes.clone(),
            epoch: user.epoch,
            created_at: now,
            expires_at: now + Duration::from_secs(u64::from(days) * 24 * 3_600),
            used_at: None,
        };
        let commit = commit
            .create("api_key", key.id.as_str(), fields(&key)?)
            .audited(&act(&key, "make key", now))?;
        match commit.run(&exchange.db).await {
            Ok(()) => return Ok(key),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// What lets a program in by `key`, which its owner is shown for [`SHOWN`] after it
/// was made.
///
/// # Errors
/// Never.
pub fn secret(exchange: &Exchange, key: &Key) -> Result<Option<String>> {
    if key.created_at + SHOWN <= exchange.clock.now() {
        return Ok(None);
    }
    let secret = hex::encode(&mac(exchange, key)?.finalize().into_bytes());
    Ok(Some(format!("{KEY}_{}_{secret}", key.id)))
}

fn mac(exchange: &Exchange, key: &Key) -> Result<Hmac<Sha256>> {
    let made = key.created_at.millis().to_string();
    let parts = [key.id.as_str(), key.user.as_str(), &made];
    exchange.settings.secret_key.mac("api key", &parts)
}

/// Whether `secret` is that of `key`.
fn opens(exchange: &Exchange, key: &Key, secret: &str) -> Result<bool> {
    let Some(secret) = hex::decode(secret) else {
        return Ok(false);
    };
    Ok(mac(exchange, key)?.verify_slice(&secret).is_ok())
}

fn act(key: &Key, act: &'static str, at: Timestamp) -> Act {
    Act {
        actor: Actor::User(key.user.clone()),
        act,
        object: format!("api_key:{}", key.id),
        fields: &[],
        why: None,
        at,
    }
}

/// The keys of `user` that are of use, the newest first.
///
/// # Errors
/// Only when the database is away.
pub async fn of_user(exchange: &Exchange, user: &User) -> Result<Vec<Key>> {
    const SQL: &str = "SELECT *, record::id(id) AS id FROM api_key WHERE user = $user";
    let vars = vars! { user => user.id.to_string() };
    let mut keys: Vec<Key> = exchange.db.read(SQL, vars).await?.many()?;
    let now = exchange.clock.now();
    keys.retain(|key| key.epoch == user.epoch && now < key.expires_at);
    keys.sort_by_key(|key| std::cmp::Reverse(key.id.clone()));
    Ok(keys)
}

/// Ends a key of `user`, and every token that was given for it; none of theirs is
/// ended already.
///
/// # Errors
/// Only when the database is away.
pub async fn revoke(exchange: &Exchange, user: &User, id: &KeyId) -> Result<()> {
    let Some(key) = find(&exchange.db, id)
        .await?
        .filter(|key| key.user == user.id)
    else {
        return Ok(());
    };
    Commit::new("end key")
        .delete("api_key", id.as_str())
        .audited(&act(&key, "end key", exchange.clock.now()))?
        .run(&exchange.db)
        .await?;
    Ok(())
}

/// Forgets the keys of an account that is deleted.
pub(crate) async fn forget(db: &Db, user: &UserId) -> Result<()> {
    const SQL: &str = "DELETE api_key WHERE user = $user";
    let vars = vars! { user => user.to_string() };
    Ok(db.transact("forget keys", SQL, vars).await?)
}

async fn find(db: &Db, id: &KeyId) -> Result<Option<Key>> {
    const SQL: &str = "SELECT *, record::id(id) AS id FROM $key";
    db.read(SQL, vars! { key => record("api_key", id.as_str()) })
        .await?
        .one()
}

/// The key called `id`, and its account, if they are of use.
async fn usable(exchange: &Exchange, id: &KeyId) -> Result<(Key, User)> {
    let now = exchange.clock.now();
    let key = find(&exchange.db, id).await?;
    let key = key
        .filter(|key| now < key.expires_at)
        .ok_or(Error::Unauthenticated)?;
    let user = accounts::find(exchange, &key.user)
        .await?
        .filter(|user| !user.suspended && user.epoch == key.epoch)
        .ok_or(Error::Unauthenticated)?;
    Ok((key, user))
}

/// Notes now and then that a key is used.
async fn note_use(exchange: &Exchange, key: &Key) {
    let now = exchange.clock.now();
    if key.used_at.is_some_and(|used| now < used + USED) {
        return;
    }
    const SQL: &str = "UPDATE $key SET used_at = $now RETURN NONE";
    let vars = vars! { key => record("api_key", key.id.as_str()), now => now.millis() };
    if let Err(error) = exchange.db.transact_quietly("note key", SQL, vars).await {
        tracing::warn!(%error, "a use of a key is not noted");
    }
}

/// Lets a program in that shows a key or a token (RFC 6750), and counts that it
/// asked.
///
/// # Errors
/// [`Error::Unauthenticated`] for what is no key and no token, or no longer.
pub async fn enter(exchange: &Exchange, shown: &str) -> Result<Access> {
    let parts: Vec<&str> = shown.split('_').collect();
    let (key, user, scopes) = match parts[..] {
        [KEY, id, secret] => {
            let (key, user) = usable(exchange, &parse(id)?).await?;
            if !opens(exchange, &key, secret)? {
                return Err(Error::Unauthenticated);
            }
            let scopes = key.scopes.clone();
            (key, user, scopes)
        }
        [TOKEN_MARK, id, until, bits, mac] => {
            let signed = sign(exchange, [id, until, bits])?;
            let mac = hex::decode(mac).ok_or(Error::Unauthenticated)?;
            signed
                .verify_slice(&mac)
                .map_err(|_| Error::Unauthenticated)?;
            let until = until.parse().map_err(|_| Error::Unauthenticated)?;
            if Timestamp::from_millis(until) <= exchange.clock.now() {
                return Err(Error::Unauthenticated);
            }
            let (key, user) = usable(exchange, &parse(id)?).await?;
            let bits = bits.parse::<u32>().map_err(|_| Error::Unauthenticated)?;
            let scopes = Scope::ALL.into_iter().enumerate();
            let scopes = scopes
                .filter(|(place, scope)| bits >> place & 1 == 1 && key.scopes.contains(scope))
                .map(|(_, scope)| scope)
                .collect();
            (key, user, scopes)
        }
        _ => return Err(Error::Unauthenticated),
    };
    note_use(exchange, &key).await;
    let viewer = Viewer::User(Account {
        id: user.id.clone(),
        verified: user.verified,
        suspended: user.suspended,
        moderator: false,
        admin: false,
    });
    Ok(Access {
        key: key.id,
        scopes,
        viewer,
        user: user.id,
    })
}

/// Counts one more request by a key.
///
/// # Errors
/// [`Error::TooMany`].
pub async fn admit(exchange: &Exchange, access: &Access) -> Result<()> {
    let limit = exchange.settings.limits.api;
    limits::admit(exchange, "api", access.key.as_str(), limit).await
}

/// What is left to a key, where there is a limit.
///
/// # Errors
/// Only when the database is away.
pub async fn allowance(exchange: &Exchange, access: &Access) -> Result<Option<Allowance>> {
    let limit = exchange.settings.limits.api;
    limits::left(exchange, "api", access.key.as_str(), limit).await
}

/// What a program gets for a key.
#[derive(Debug)]
pub struct Grant {
    /// The token.
    pub token: String,
    /// What it may be used for.
    pub scopes: BTreeSet<Scope>,
}

/// Why a program gets no token.
#[derive(Debug)]
pub enum NoGrant {
    /// `invalid_client`: there is no such key, or no longer.
    Client,
    /// `invalid_scope`: the key may not do that.
    Scope,
    /// Something is away.
    Failed(Error),
}

/// A token for a key (RFC 6749 §4.4), for [`TOKEN`]: for all that the key may do, or
/// for less when `scope` names it.
///
/// # Errors
/// [`NoGrant`].
pub async fn grant(
    exchange: &Exchange,
    from: &Client,
    client: &str,
    secret: &str,
    scope: Option<&str>,
) -> std::result::Result<Grant, NoGrant> {
    // The secret alone, or the key as its owner was shown it.
    let secret = secret.rsplit('_').next().unwrap_or_default();
    let key = async {
        let limit = exchange.settings.limits.sign_in;
        limits::admit_from(exchange, "token", from.address, limit).await?;
        let (key, _) = usable(exchange, &parse(client)?).await?;
        if opens(exchange, &key, secret)? {
            Ok(key)
        } else {
            Err(Error::Unauthenticated)
        }
    };
    let key = key.await.map_err(|error| match error {
        Error::Unauthenticated => NoGrant::Client,
        error => NoGrant::Failed(error),
    })?;
    let scopes = match scope {
        None => key.scopes,
        Some(names) => names
            .split_ascii_whitespace()
            .map(|name| Scope::parse(name).filter(|scope| key.scopes.contains(scope)))
            .collect::<Option<BTreeSet<Scope>>>()
            .filter(|scopes| !scopes.is_empty())
            .ok_or(NoGrant::Scope)?,
    };
    let bits = Scope::ALL.into_iter().enumerate();
    let bits = bits
        .filter(|(_, scope)| scopes.contains(scope))
        .fold(0_u32, |bits, (place, _)| bits | 1 << place)
        .to_string();
    let until = (exchange.clock.now() + TOKEN).millis().to_string();
    let id = key.id.as_str();
    let signed = sign(exchange, [id, &until, &bits]).map_err(NoGrant::Failed)?;
    let mac = hex::encode(&signed.finalize().into_bytes());
    Ok(Grant {
        token: format!("{TOKEN_MARK}_{id}_{until}_{bits}_{mac}"),
        scopes,
    })
}

fn sign(exchange: &Exchange, parts: [&str; 3]) -> Result<Hmac<Sha256>> {
    exchange.settings.secret_key.mac("api token", &parts)
}

fn parse(id: &str) -> Result<KeyId> {
    id.parse().map_err(|_| Error::Unauthenticated)
}
