//! Tries at a password or a code: slower with every failure, for whoever it is
//! that tries.
//!
//! A try counts before it is looked at, so guesses that come at once count as
//! well. Who tries is a browser, which a cookie tells from others once it has
//! signed in, or else a network. Each waits for its own failures only: a
//! stranger's do not keep the owner out. All who never signed in to the account
//! share limits besides, or a thousand networks would have a thousand times as
//! many guesses; the first try of each has a wider one, so that the owner gets
//! in from a new place while somebody is guessing.

use std::net::IpAddr;

use domain::{Timestamp, text::email_key};
use hmac::Mac;
use serde::Deserialize;
use surrealdb::types::{RecordId, RecordIdKey, SurrealValue};
use texts::Language;

use crate::{
    Error, Exchange, Result, hex,
    limits::{self, Limit},
    platform::db::{TxError, record},
    vars,
};

/// Failures that cost no time: one mistypes.
const FREE: i64 = 5;
/// Longest wait after a failure; it doubles up to here from a second on.
const LONGEST_MILLIS: i64 = 60_000;
/// How many more first tries of strangers there may be than further ones.
const FIRST: u32 = 20;

/// Where a request comes from.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// The address of the network; none for the operator.
    pub address: Option<IpAddr>,
    /// What a browser that has signed in is told apart by: a secret of it.
    pub device: Option<String>,
    /// What it is answered in.
    pub language: Language,
}

impl Client {
    /// Who tries, in the terms of a record's key.
    fn who(&self, exchange: &Exchange) -> Result<Vec<String>> {
        let device = match &self.device {
            Some(device) => Some(format!("device {}", digest(exchange, device)?)),
            None => None,
        };
        let network = match self.address {
            Some(address) => format!("from {}", limits::network(address)),
            None => "operator".to_owned(),
        };
        Ok(device.into_iter().chain([network]).collect())
    }
}

/// What was tried before.
#[derive(Debug, Deserialize)]
struct Before {
    until: i64,
    known: bool,
}

/// A try that was admitted.
pub(super) struct Try(RecordId);

impl Try {
    /// Counts one more try at `what` of the account with this address, whether
    /// or not there is one.
    ///
    /// # Errors
    /// [`Error::TooMany`] with when to try again.
    pub(super) async fn begin(
        exchange: &Exchange,
        client: &Client,
        what: &'static str,
        email: &str,
    ) -> Result<Self> {
        let account = digest(exchange, &email_key(email.trim()))?;
        let now = exchange.clock.now().millis();
        let mut tries = name(what, &account, "");
        let mut before = None;
        // A browser that is not known is its network, where it may be known.
        for who in client.who(exchange)? {
            tries = name(what, &account, &who);
            before = find(exchange, &tries).await?;
            if before.as_ref().is_some_and(|before| before.known) {
                break;
            }
        }
        if let Some(Before { until, .. }) = before
            && until > now
        {
            return Err(too_many(until));
        }
        let guesses = exchange.settings.limits.guesses;
        if guesses == Limit::OFF {
            return Ok(Self(tries));
        }
        let known = before.as_ref().is_some_and(|before| before.known);
        // Of many first tries at once one is the first.
        let first = before.is_none() && create(exchange, &tries, now).await?;
        if !first {
            count(exchange, &tries, now).await?;
        }
        let many = |times: u32| Limit { times, ..guesses };
        let limit = match (what, known, first) {
            // Whoever gets here knows the password, and three codes are right at
            // any time: there are fewer tries, for everybody together.
            (CODE, ..) => Some((account, many(guesses.times.div_ceil(4)))),
            (_, true, _) => None,
            (_, _, true) => Some((
                format!("{account} first"),
                many(guesses.times.saturating_mul(FIRST)),
            )),
            _ => Some((account, guesses)),
        };
        if let Some((key, limit)) = limit {
            limits::admit(exchange, what, &key, limit).await?;
        }
        Ok(Self(tries))
    }

    /// It was right: whoever tried may try again at once.
    pub(super) async fn succeed(self, exchange: &Exchange) -> Result<()> {
        const FORGET: &str = "UPDATE $tries SET failures = 0, until = 0";
        Ok(exchange
            .db
            .transact("forget failures", FORGET, vars! { tries => self.0 })
            .await?)
    }
}

/// Notes a first try; false when there was one.
async fn create(exchange: &Exchange, tries: &RecordId, now: i64) -> Result<bool> {
    const CREATE: &str =
        "CREATE $tries CONTENT { failures: 1, until: 0, known: false, at: $now } RETURN NONE";
    let vars = vars! { tries => tries.clone(), now => now };
    match exchange.db.transact("first try", CREATE, vars).await {
        Ok(()) => Ok(true),
        // In a conflict somebody else made it.
        Err(TxError::Exists | TxError::Conflict) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Counts a further one, if it is not too early.
async fn count(exchange: &Exchange, tries: &RecordId, now: i64) -> Result<()> {
    const COUNT: &str = "
        LET $before = (SELECT * FROM ONLY $tries);
        LET $until = $before.until OR 0;
        IF $until > $now { THROW <string> $until };
        LET $failures = ($before.failures OR 0) + 1;
        LET $doublings = math::min([math::max([$failures - $free - 1, 0]), 16]);
        LET $wait = IF $failures <= $free { 0 } ELSE { math::min([$longest, 1000 * math::pow(2, $doublings)]) };
        UPSERT $tries CONTENT {
            failures: $failures, until: $now + <int> $wait, known: $before.known OR false, at: $now
        }";
    let vars =
        vars! { tries => tries.clone(), now => now, free => FREE, longest => LONGEST_MILLIS };
    match exchange.db.transact("count try", COUNT, vars).await {
        Ok(()) => Ok(()),
        Err(TxError::Thrown(until)) => Err(too_many(until.parse().map_err(Error::internal)?)),
        Err(TxError::Conflict) => Err(limits::uncounted(exchange)),
        Err(error) => Err(error.into()),
    }
}

/// Notes that `client` signed in to the account with this address: it is known
/// there from now on.
///
/// # Errors
/// Only when the database is away.
pub async fn remember(exchange: &Exchange, client: &Client, email: &str) -> Result<()> {
    note(exchange, client, email, &[PASSWORD, CODE]).await
}

/// Notes that `client` reads the mail of the account: it is known there from now
/// on when it tries the password, and has shown no code.
///
/// # Errors
/// Only when the database is away.
pub async fn admit_to_password(exchange: &Exchange, client: &Client, email: &str) -> Result<()> {
    note(exchange, client, email, &[PASSWORD]).await
}

async fn note(
    exchange: &Exchange,
    client: &Client,
    email: &str,
    kinds: &[&'static str],
) -> Result<()> {
    const KNOWN: &str = "FOR $known IN $records {
        UPSERT $known CONTENT { failures: 0, until: 0, known: true, at: $now } };";
    if exchange.settings.limits.guesses == Limit::OFF {
        return Ok(());
    }
    let account = digest(exchange, &email_key(email))?;
    let mut records = Vec::new();
    for who in client.who(exchange)? {
        records.extend(
            kinds
                .iter()
                .map(|what| name(what, &account, &who).into_value()),
        );
    }
    let vars = vars! { records => records, now => exchange.clock.now().millis() };
    Ok(exchange.db.transact("note sign-in", KNOWN, vars).await?)
}

/// Tries at a password.
pub(super) const PASSWORD: &str = "password";
/// Tries at a code of the second factor.
pub(super) const CODE: &str = "code";

fn too_many(until: i64) -> Error {
    Error::TooMany {
        until: Timestamp::from_millis(until),
    }
}

/// A name for `text` that nobody who reads the database can make.
fn digest(exchange: &Exchange, text: &str) -> Result<String> {
    let mac = exchange.settings.secret_key.mac("tries", &[text])?;
    Ok(hex::encode(&mac.finalize().into_bytes()))
}

fn name(what: &str, account: &str, who: &str) -> RecordId {
    let key = [what, account, who].map(|part| part.to_owned().into_value());
    record("tries", RecordIdKey::Array(key.to_vec().into()))
}

async fn find(exchange: &Exchange, tries: &RecordId) -> Result<Option<Before>> {
    exchange
        .db
        .read(
            "SELECT until, known FROM $tries",
            vars! { tries => tries.clone() },
        )
        .await?
        .one()
}
