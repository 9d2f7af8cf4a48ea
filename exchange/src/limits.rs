//! Limits on how often something may be done, for all replicas together.
//!
//! A limit is the generic cell rate algorithm (ITU-T I.371): one record, in
//! which one instant is, of when all that was admitted would have been admitted
//! at an even pace. Whoever counts for an account writes that account's record,
//! so the limit is exact; whoever counts for an address of the network, which
//! many may share, writes one of several records by chance, so that no record is
//! hot and the limit is about right.

use std::{net::IpAddr, time::Duration};

use domain::Timestamp;
use hmac::Mac;
use surrealdb::types::{RecordId, RecordIdKey, SurrealValue};

use crate::{
    Error, Exchange, Result, hex,
    platform::db::{TxError, record},
    vars,
};

/// How many records count for one address.
const SHARDS: u32 = 4;

/// So many times in so long; never refused when that is no time at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How many times.
    pub times: u32,
    /// In how long.
    pub per: Duration,
}

impl Limit {
    /// Refuses nothing.
    pub const OFF: Self = Self {
        times: 0,
        per: Duration::ZERO,
    };

    /// `30/600`: thirty times in ten minutes; `0`: off.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.trim() == "0" {
            return Some(Self::OFF);
        }
        let (times, seconds) = text.trim().split_once('/')?;
        let (times, seconds) = (times.parse().ok()?, seconds.parse().ok()?);
        let sound = (1..=1_000_000).contains(&times) && (1..=31_536_000).contains(&seconds);
        sound.then_some(Self {
            times,
            per: Duration::from_secs(seconds),
        })
    }
}

/// What may be done how often: exactly so often for each account, about so often
/// for each network.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Signing in from a network, whatever the account.
    pub sign_in: Limit,
    /// Guessing the password of an account, or the code of its second factor,
    /// where nobody has signed in to it before.
    pub guesses: Limit,
    /// Registering from a network.
    pub register: Limit,
    /// Mails with links that a network asks for.
    pub links: Limit,
    /// Mails with links to an address.
    pub links_to_address: Limit,
    /// Reserving from a network.
    pub reserve: Limit,
    /// Reserving by an account.
    pub reserve_by_account: Limit,
    /// Reports of listings, by an account.
    pub reports: Limit,
    /// Requests of a program, by its key.
    pub api: Limit,
}

impl Limits {
    /// Refuses nothing: for races and measurements.
    pub const OFF: Self = Self {
        sign_in: Limit::OFF,
        guesses: Limit::OFF,
        register: Limit::OFF,
        links: Limit::OFF,
        links_to_address: Limit::OFF,
        reserve: Limit::OFF,
        reserve_by_account: Limit::OFF,
        reports: Limit::OFF,
        api: Limit::OFF,
    };
}

/// Admits one more try of `kind` for `key`.
///
/// # Errors
/// [`Error::TooMany`] with when to try again.
pub(crate) async fn admit(
    exchange: &Exchange,
    kind: &'static str,
    key: &str,
    limit: Limit,
) -> Result<()> {
    if limit == Limit::OFF {
        return Ok(());
    }
    // Nobody else writes it in between, or the transaction is repeated.
    const ADMIT: &str = "
        LET $from = math::max([$now, (SELECT VALUE full_at FROM ONLY $rate) OR 0]);
        IF $from + $step > $now + $window { THROW <string> ($from + $step - $window) };
        UPSERT $rate CONTENT { full_at: $from + $step }";
    let window = i64::try_from(limit.per.as_millis()).unwrap_or(i64::MAX);
    let vars = vars! {
        rate => name(exchange, kind, key)?,
        now => exchange.clock.now().millis(),
        step => window / i64::from(limit.times),
        window => window,
    };
    match exchange.db.transact("admit", ADMIT, vars).await {
        Ok(()) => Ok(()),
        Err(TxError::Thrown(until)) => Err(Error::TooMany {
            until: Timestamp::from_millis(until.parse().map_err(Error::internal)?),
        }),
        Err(TxError::Conflict) => Err(uncounted(exchange)),
        Err(error) => Err(error.into()),
    }
}

/// The answer to who tries more often at once than can be counted.
pub(crate) fn uncounted(exchange: &Exchange) -> Error {
    Error::TooMany {
        until: exchange.clock.now() + Duration::from_secs(1),
    }
}

/// What is left of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// How many times it admits.
    pub times: u32,
    /// In how many seconds.
    pub seconds: u64,
    /// How many more times now.
    pub left: u64,
    /// After how many seconds all of them again.
    pub full_in: u64,
}

/// What is left for `key` of a limit, where there is one.
///
/// # Errors
/// Only when the database is away.
pub(crate) async fn left(
    exchange: &Exchange,
    kind: &'static str,
    key: &str,
    limit: Limit,
) -> Result<Option<Allowance>> {
    if limit == Limit::OFF {
        return Ok(None);
    }
    let sql = "SELECT VALUE full_at FROM $rate";
    let rate = name(exchange, kind, key)?;
    let rows = exchange.db.read(sql, vars! { rate => rate }).await?;
    let full_at = { rows }.one::<i64>()?.unwrap_or_default();
    let ahead = exchange
        .clock
        .now()
        .until(Timestamp::from_millis(full_at))
        .min(limit.per);
    let step = limit.per / limit.times;
    let left = (limit.per - ahead).as_millis() / step.as_millis().max(1);
    Ok(Some(Allowance {
        times: limit.times,
        seconds: limit.per.as_secs(),
        left: u64::try_from(left).unwrap_or(u64::MAX),
        full_in: u64::try_from(ahead.as_millis().div_ceil(1_000)).unwrap_or(u64::MAX),
    }))
}

/// Admits one more try of `kind` from `address`, about as often as `limit` says.
///
/// # Errors
/// As [`admit`].
pub(crate) async fn admit_from(
    exchange: &Exchange,
    kind: &'static str,
    address: Option<IpAddr>,
    limit: Limit,
) -> Result<()> {
    let Some(address) = address else {
        return Ok(());
    };
    let share = Limit {
        times: limit.times.div_ceil(SHARDS),
        ..limit
    };
    let first = rand::random_range(0..SHARDS);
    let key = |shard: u32| format!("{}/{shard}", network(address));
    // One that is full by chance does not speak for the others.
    match admit(exchange, kind, &key(first), share).await {
        Err(Error::TooMany { .. }) => {
            admit(exchange, kind, &key((first + 1) % SHARDS), share).await
        }
        admitted => admitted,
    }
}

/// What an address is counted under: who has one of IPv6 has 2^64 of them.
#[must_use]
pub fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// Who reads the database learns nothing of whom it counts for.
fn name(exchange: &Exchange, kind: &str, key: &str) -> Result<RecordId> {
    let mac = exchange.settings.secret_key.mac("rate", &[key])?;
    let key = vec![
        kind.to_owned().into_value(),
        hex::encode(&mac.finalize().into_bytes()).into_value(),
    ];
    Ok(record("rate", RecordIdKey::Array(key.into())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    #[test]
    fn a_limit_is_times_and_seconds_or_off() {
        let limit = Limit::parse("30/600").expect("a limit");
        assert_eq!((limit.times, limit.per), (30, Duration::from_secs(600)));
        assert_eq!(Limit::parse(" 0 "), Some(Limit::OFF));
        for bad in [
            "", "30", "30/", "/600", "0/600", "30/0", "-1/600", "1/2/3", "a/b",
        ] {
            assert_eq!(Limit::parse(bad), None, "{bad:?}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn however_many_ask_at_once_as_many_are_admitted_as_the_limit_says() {
        let exchange = fixtures::exchange(fixtures::db().await, "http://127.0.0.1:9");
        let limit = Limit::parse("10/3600").expect("a limit");
        let mut tries = tokio::task::JoinSet::new();
        for _ in 0..100 {
            let exchange = exchange.clone();
            tries.spawn(async move { admit(&exchange, "test", "somebody", limit).await });
        }
        let tries = tries.join_all().await;
        assert_eq!(tries.iter().filter(|admitted| admitted.is_ok()).count(), 10);
        let now = exchange.clock.now();
        for refused in tries.into_iter().filter_map(Result::err) {
            let Error::TooMany { until } = refused else {
                panic!("{refused}");
            };
            assert!(now < until && until <= now + limit.per / 10);
        }
        // Somebody else is not concerned.
        assert!(admit(&exchange, "test", "else", limit).await.is_ok());
    }

    #[test]
    fn an_address_of_version_6_stands_for_its_network() {
        let network_of = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(network_of("2001:db8::1"), network_of("2001:db8::ffff:1"));
        assert_ne!(network_of("2001:db8::1"), network_of("2001:db8:0:1::1"));
        assert_eq!(network_of("::ffff:192.0.2.1"), network_of("192.0.2.1"));
    }
}
