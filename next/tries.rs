//! Tries at a password: slower with every failure, for whoever it is that
//! tries.
//!
//! A try counts before the password is looked at, so guesses that come at once
//! count as well. Who tries is a browser that has signed in to this account
//! before, which a cookie shows that cannot be forged, or else an address of the
//! network. Each waits for its own failures only: a stranger's do not keep the
//! owner out. All who never signed in to the account share a limit besides, or a
//! thousand addresses would have a thousand times as many guesses.

use std::net::IpAddr;

use domain::{Timestamp, UserId, text::email_key};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use surrealdb::types::{RecordId, RecordIdKey, SurrealValue};

use crate::{
    Error, Exchange, Result, hex, limits,
    platform::db::{TxError, record},
    vars,
};

/// Failures that cost no time: one mistypes.
const FREE: i64 = 5;
/// Longest wait after a failure; it doubles up to here from a second on.
const LONGEST_MILLIS: i64 = 60_000;
/// For how long failures, and who has signed in, are remembered.
const MEMORY_MILLIS: i64 = 90 * 24 * 3_600 * 1_000;
/// Characters of the part of a device's token that is random.
const NONCE: usize = 32;

/// Where a try comes from.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// The address of the network; none for the operator.
    pub address: Option<IpAddr>,
    /// What a browser keeps that has signed in before.
    pub device: Option<String>,
}

/// A try that was admitted.
pub(super) struct Try {
    record: RecordId,
}

impl Try {
    /// Counts one more try at the password of the account with this address, of
    /// which `user` says whether there is one.
    ///
    /// # Errors
    /// [`Error::TooMany`] with when to try again.
    pub(super) async fn begin(
        exchange: &Exchange,
        client: &Client,
        email: &str,
        user: Option<&UserId>,
    ) -> Result<Self> {
        const COUNT: &str = "
            LET $before = (SELECT * FROM ONLY $tries);
            LET $until = $before.until OR 0;
            IF $until > $now { THROW <string> $until };
            LET $failures = ($before.failures OR 0) + 1;
            LET $wait = IF $failures <= $free { 0 }
                ELSE { math::min([$longest, 1000 * math::pow(2, math::min([$failures - $free - 1, 16]))]) };
            UPSERT $tries CONTENT {
                failures: $failures, until: $now + $wait, known: $before.known OR false, at: $now
            }";
        let account = hex::encode(&Sha256::digest(email_key(email.trim()).as_bytes()));
        let device = client
            .device
            .as_deref()
            .and_then(|token| nonce(exchange, user?, token));
        let who = match (device, client.address) {
            (Some(nonce), _) => format!("device {nonce}"),
            (None, Some(address)) => format!("from {}", limits::network(address)),
            (None, None) => "operator".to_owned(),
        };
        let key = vec![account.clone().into_value(), who.into_value()];
        let tries = record("tries", RecordIdKey::Array(key.into()));
        let known: Option<bool> = exchange
            .db
            .read(
                "SELECT VALUE known FROM $tries",
                vars! { tries => tries.clone() },
            )
            .await?
            .one()?;
        if known != Some(true) {
            let limit = exchange.settings.limits.guesses;
            limits::admit(exchange, "guess", &account, limit).await?;
        }
        let vars = vars! {
            tries => tries.clone(),
            now => exchange.clock.now().millis(),
            free => FREE,
            longest => LONGEST_MILLIS,
        };
        match exchange.db.transact("count try", COUNT, vars).await {
            Ok(()) => Ok(Self { record: tries }),
            Err(TxError::Thrown(until)) => Err(Error::TooMany {
                until: Timestamp::from_millis(until.parse().map_err(Error::internal)?),
            }),
            Err(error) => Err(error.into()),
        }
    }

    /// It was the password: whoever tried is known from now on.
    pub(super) async fn succeed(self, exchange: &Exchange) -> Result<()> {
        const KNOWN: &str =
            "UPSERT $tries CONTENT { failures: 0, until: 0, known: true, at: $now }";
        let vars = vars! { tries => self.record, now => exchange.clock.now().millis() };
        Ok(exchange.db.transact("note sign-in", KNOWN, vars).await?)
    }
}

/// What a browser keeps from signing in as `user` on.
///
/// # Errors
/// Never: a key of any length will do.
pub fn device_token(exchange: &Exchange, user: &UserId) -> Result<String> {
    let nonce = hex::encode(&rand::random::<[u8; NONCE / 2]>());
    let mac = mac(exchange, user, &nonce)?.finalize().into_bytes();
    Ok(format!("{nonce}{}", hex::encode(&mac)))
}

/// The random part of a token of ours for `user`.
fn nonce<'a>(exchange: &Exchange, user: &UserId, token: &'a str) -> Option<&'a str> {
    let (nonce, found) = token.split_at_checked(NONCE)?;
    let mac = mac(exchange, user, nonce).ok()?;
    // Compares in constant time.
    mac.verify_slice(&hex::decode(found)?).ok()?;
    Some(nonce)
}

fn mac(exchange: &Exchange, user: &UserId, nonce: &str) -> Result<Hmac<Sha256>> {
    let key = exchange.settings.secret_key.bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(Error::internal)?;
    // Each part has one length only.
    for part in ["device", user.as_str(), nonce] {
        mac.update(part.as_bytes());
    }
    Ok(mac)
}
