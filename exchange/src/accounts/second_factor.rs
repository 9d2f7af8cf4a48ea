//! The second factor: codes of an authenticator app (TOTP, RFC 6238), and ten
//! backup codes for who has lost it.
//!
//! What an app is given, and the backup codes, are derived from the deployment's
//! key and a nonce: the database has the nonce only, so whoever reads it knows
//! no code. They are shown while they are being set up, which is confirmed by a
//! first code, and not again.

use std::time::Duration;

use domain::{
    Problem, Refusal, Timestamp, UserId,
    account::AccountChange,
    permission::{Actor, Administer, Permit},
};
use hmac::{Hmac, Mac};
use qrcode::{QrCode, render::svg};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use totp_rs::{Builder, Secret, Totp};

use super::{
    User,
    proof::{Proof, confirmed},
    store,
    tries::{self, Client, Try},
};
use crate::{
    Error, Exchange, Result, hex,
    platform::commit::{Commit, Rounds},
};

/// How many backup codes there are.
const BACKUP_CODES: u8 = 10;
/// Bytes of an app's secret (RFC 4226 §4 asks for 20 with SHA-1).
const SECRET_BYTES: usize = 20;
/// Seconds of a step.
const STEP: u64 = 30;

/// What somebody has to show besides their password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SecondFactor {
    pub(super) id: UserId,
    /// What the app's secret is derived from, once it is confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    app: Option<String>,
    /// The same of the backup codes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    backup: Option<String>,
    /// Backup codes that were used.
    used: Vec<u8>,
    /// The step of the last code that was accepted: earlier ones are not.
    last_step: u64,
    /// What is being set up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pending: Option<Pending>,
    pub(super) version: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Pending {
    nonce: String,
    /// Whether an app is, or only other backup codes are.
    app: bool,
    /// Since when; and the account's epoch then. Whoever finds what somebody
    /// else began, or began long ago, sees nothing of it.
    at: Timestamp,
    epoch: u32,
}

/// How long something can be set up.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

impl SecondFactor {
    /// What is being set up by `user`, who is the one that began it.
    fn pending(&self, exchange: &Exchange, user: &User) -> Option<&Pending> {
        self.pending.as_ref().filter(|pending| {
            pending.epoch == user.epoch && exchange.clock.ago(PATIENCE) < pending.at
        })
    }
}

/// What is shown while it is being set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// What the app gets; none when only the backup codes are new.
    pub app: Option<AppSetup>,
    /// The backup codes.
    pub backup_codes: Vec<String>,
}

/// What an authenticator app gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppSetup {
    /// The secret in Base32, to be typed.
    pub secret: String,
    /// An `otpauth:` address with all of it.
    pub uri: String,
    /// That as a QR code, an SVG element.
    pub qr: String,
}

/// Begins to set up a second factor, or another one; it is in force once a code
/// of it was [confirmed](confirm).
///
/// # Errors
/// As [`Proof`] is refused, or [`Error::Unverified`].
pub async fn begin(exchange: &Exchange, id: &UserId, proof: Proof) -> Result<()> {
    // Or whoever registers an address that is not theirs would keep its owner
    // out, who can set another password by mail, and no code.
    let known = store::by_id(&exchange.db, id).await?;
    if known.is_none_or(|user| !user.verified) {
        return Err(Error::Unverified);
    }
    let asker = confirmed(exchange, id, proof).await?;
    set_pending(exchange, &asker, true).await
}

/// Begins to replace the backup codes.
///
/// # Errors
/// As [`Proof`] is refused, or [`Error::NotFound`] without a second factor.
pub async fn begin_backup_codes(exchange: &Exchange, id: &UserId, proof: Proof) -> Result<()> {
    let asker = confirmed(exchange, id, proof).await?;
    if !asker.second_factor {
        return Err(Error::NotFound);
    }
    set_pending(exchange, &asker, false).await
}

async fn set_pending(exchange: &Exchange, asker: &User, app: bool) -> Result<()> {
    let pending = Some(Pending {
        nonce: hex::encode(&rand::random::<[u8; 16]>()),
        app,
        at: exchange.clock.now(),
        epoch: asker.epoch,
    });
    let mut rounds = Rounds::new();
    loop {
        let before = store::second_factor(&exchange.db, &asker.id).await?;
        let after = match &before {
            Some(before) => SecondFactor {
                pending: pending.clone(),
                version: before.version + 1,
                ..before.clone()
            },
            None => SecondFactor {
                id: asker.id.clone(),
                app: None,
                backup: None,
                used: Vec::new(),
                last_step: 0,
                pending: pending.clone(),
                version: 1,
            },
        };
        let commit = Commit::new("set up second factor");
        let commit = store::write_second_factor(commit, before.as_ref(), &after)?;
        match commit.run(&exchange.db).await {
            Ok(()) => return Ok(()),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// What is being set up, if anything is.
///
/// # Errors
/// Only when the database is away.
pub async fn setup(exchange: &Exchange, user: &User) -> Result<Option<Setup>> {
    let found = store::second_factor(&exchange.db, &user.id).await?;
    let pending = found
        .as_ref()
        .and_then(|factor| factor.pending(exchange, user));
    let Some(Pending { nonce, app, .. }) = pending else {
        return Ok(None);
    };
    let app = if *app {
        Some(app_setup(exchange, user, nonce)?)
    } else {
        None
    };
    let codes = (0..BACKUP_CODES).map(|number| backup_code(exchange, &user.id, nonce, number));
    Ok(Some(Setup {
        app,
        backup_codes: codes.collect::<Result<_>>()?,
    }))
}

fn app_setup(exchange: &Exchange, user: &User, nonce: &str) -> Result<AppSetup> {
    let totp = totp(exchange, user, nonce)?;
    let uri = totp.to_url().map_err(Error::internal)?;
    let qr = QrCode::new(&uri).map_err(Error::internal)?;
    let qr = qr
        .render::<svg::Color<'_>>()
        .min_dimensions(200, 200)
        .build();
    Ok(AppSetup {
        secret: Secret::from(secret(exchange, &user.id, nonce)?.to_vec()).to_base32(),
        // Without what comes before the element in a file.
        qr: qr
            .find("<svg")
            .and_then(|at| qr.get(at..))
            .unwrap_or_default()
            .to_owned(),
        uri,
    })
}

/// Puts what was set up in force; every session ends, so the caller begins one
/// for who asked. A code of the app is wanted unless only backup codes are new.
///
/// # Errors
/// [`Error::Invalid`] for the code, [`Refusal::TooLate`] when nothing is being set
/// up any more, or [`Error::TooMany`].
pub async fn confirm(
    exchange: &Exchange,
    client: &Client,
    asker: &User,
    code: &str,
) -> Result<User> {
    let mut attempt = None;
    let mut rounds = Rounds::new();
    loop {
        let user = store::still(exchange, asker).await?;
        let (_, before) = both(exchange, &user.id).await?;
        let pending = before
            .pending(exchange, &user)
            .cloned()
            .ok_or(Refusal::TooLate)?;
        let mut after = SecondFactor {
            backup: Some(pending.nonce.clone()),
            used: Vec::new(),
            pending: None,
            version: before.version + 1,
            ..before.clone()
        };
        let mut changed = user.clone();
        if pending.app {
            if attempt.is_none() {
                let begun = Try::begin(exchange, client, tries::CODE, &user.email).await?;
                attempt = Some(begun);
            }
            after.last_step = step_of(exchange, &user, &pending.nonce, code)?
                .ok_or_else(|| Error::invalid("code", Problem::WrongCode))?;
            after.app = Some(pending.nonce);
            changed.second_factor = true;
        }
        changed.epoch += 1;
        let change = pending.app.then_some(AccountChange::SecondFactorOn);
        let (user, commit) = changed.changed(&user, exchange, change, None)?;
        match store::write_second_factor(commit, Some(&before), &after)?
            .run(&exchange.db)
            .await
        {
            Ok(()) => {
                if let Some(attempt) = attempt {
                    attempt.succeed(exchange).await?;
                }
                return Ok(user);
            }
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// Does without a second factor; every session ends, so the caller begins one
/// for who asked.
///
/// # Errors
/// As [`Proof`] is refused.
pub async fn remove(exchange: &Exchange, id: &UserId, proof: Proof) -> Result<User> {
    let asker = confirmed(exchange, id, proof).await?;
    take_away(exchange, id, By::Owner(&asker)).await
}

/// The same, of somebody who has lost app and codes.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn reset(exchange: &Exchange, permit: &Permit<Administer>, id: &UserId) -> Result<User> {
    take_away(exchange, id, By::Other(permit.by())).await
}

/// Who takes a second factor away.
enum By<'a> {
    /// Its owner, as they were when they showed that they are.
    Owner(&'a User),
    /// Somebody who may do so with any.
    Other(&'a Actor),
}

async fn take_away(exchange: &Exchange, id: &UserId, by: By<'_>) -> Result<User> {
    let mut rounds = Rounds::new();
    loop {
        let (mut user, before) = both(exchange, id).await?;
        if let By::Owner(asker) = by {
            user = store::still(exchange, asker).await?;
        }
        let mut changed = user.clone();
        changed.second_factor = false;
        changed.epoch += 1;
        let change = user.second_factor.then_some(AccountChange::SecondFactorOff);
        let (user, mut commit) = changed.changed(&user, exchange, change, None)?;
        if let By::Other(actor) = by {
            let fields = &["second_factor", "epoch"];
            commit = commit.audited(&user.act(actor, "reset second factor", fields))?;
        }
        // Kept, so that codes that were used stay used.
        let after = SecondFactor {
            app: None,
            backup: None,
            pending: None,
            version: before.version + 1,
            ..before.clone()
        };
        match store::write_second_factor(commit, Some(&before), &after)?
            .run(&exchange.db)
            .await
        {
            Ok(()) => return Ok(user),
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// Checks a code of the app or a backup code, and uses it up.
///
/// # Errors
/// [`Error::Invalid`] for the code, or [`Error::TooMany`].
pub async fn check(exchange: &Exchange, client: &Client, user: &User, code: &str) -> Result<()> {
    let attempt = Try::begin(exchange, client, tries::CODE, &user.email).await?;
    let mut rounds = Rounds::new();
    loop {
        let (user, before) = both(exchange, &user.id).await?;
        let mut after = SecondFactor {
            version: before.version + 1,
            ..before.clone()
        };
        let step = match &before.app {
            Some(nonce) => step_of(exchange, &user, nonce, code)?,
            None => None,
        };
        if let Some(step) = step.filter(|step| *step > before.last_step) {
            after.last_step = step;
        } else if let Some(number) = backup_number(exchange, &before, code)? {
            after.used.push(number);
        } else {
            return Err(Error::invalid("code", Problem::WrongCode));
        }
        let commit = Commit::new("use code");
        match store::write_second_factor(commit, Some(&before), &after)?
            .run(&exchange.db)
            .await
        {
            Ok(()) => return attempt.succeed(exchange).await,
            Err(stale) => rounds.next(stale).await?,
        }
    }
}

/// How many backup codes are left.
///
/// # Errors
/// Only when the database is away.
pub async fn backup_codes_left(exchange: &Exchange, id: &UserId) -> Result<usize> {
    let found = store::second_factor(&exchange.db, id).await?;
    let in_force = found.filter(|found| found.backup.is_some());
    Ok(in_force.map_or(0, |found| {
        usize::from(BACKUP_CODES).saturating_sub(found.used.len())
    }))
}

async fn both(exchange: &Exchange, id: &UserId) -> Result<(User, SecondFactor)> {
    let user = store::by_id(&exchange.db, id).await?;
    let factor = store::second_factor(&exchange.db, id).await?;
    user.zip(factor).ok_or(Error::NotFound)
}

/// The step that `code` is the app's code of, one before and one after the
/// present one included (RFC 6238 §5.2).
fn step_of(exchange: &Exchange, user: &User, nonce: &str, code: &str) -> Result<Option<u64>> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(exchange.clock.now().millis() / 1_000).unwrap_or_default();
    Ok(totp(exchange, user, nonce)?.check(&digits, seconds))
}

/// Which unused backup code `code` is.
fn backup_number(exchange: &Exchange, factor: &SecondFactor, code: &str) -> Result<Option<u8>> {
    let Some(nonce) = &factor.backup else {
        return Ok(None);
    };
    let typed: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let mut found = None;
    for number in (0..BACKUP_CODES).filter(|number| !factor.used.contains(number)) {
        let code = backup_code(exchange, &factor.id, nonce, number)?.replace('-', "");
        // Compares in constant time: what is compared are hashes under a key.
        let [ours, theirs] = [&code, &typed].map(|code| mac(exchange, &["compare", code]));
        if ours?.verify_slice(&theirs?.finalize().into_bytes()).is_ok() {
            found = Some(number);
        }
    }
    Ok(found)
}

fn totp(exchange: &Exchange, user: &User, nonce: &str) -> Result<Totp> {
    // A colon divides the two names of an account (Key URI Format).
    let name = user.email.replace(':', " ");
    Builder::new()
        .with_secret(secret(exchange, &user.id, nonce)?.to_vec())
        .with_step_duration(STEP)
        .with_skew(1)
        .with_issuer(Some("Ticket Exchange"))
        .with_account_name(name)
        .build()
        .map_err(Error::internal)
}

fn secret(exchange: &Exchange, user: &UserId, nonce: &str) -> Result<[u8; SECRET_BYTES]> {
    let bytes = mac(exchange, &["app", user.as_str(), nonce])?
        .finalize()
        .into_bytes();
    let mut secret = [0; SECRET_BYTES];
    secret.copy_from_slice(&bytes[..SECRET_BYTES]);
    Ok(secret)
}

/// Ten characters, fifty bits, in two groups.
fn backup_code(exchange: &Exchange, user: &UserId, nonce: &str, number: u8) -> Result<String> {
    /// Crockford's alphabet: nothing that looks like something else.
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let bytes = mac(
        exchange,
        &["backup", user.as_str(), nonce, &number.to_string()],
    )?
    .finalize()
    .into_bytes();
    let mut code: String = bytes[..10]
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect();
    code.insert(5, '-');
    Ok(code)
}

fn mac(exchange: &Exchange, parts: &[&str]) -> Result<Hmac<Sha256>> {
    exchange.settings.secret_key.mac("second factor", parts)
}
