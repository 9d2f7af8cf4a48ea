//! Who of several processes does what one of them is to do.
//!
//! A lease is a record that names its holder and until when, by the database's
//! clock. It saves work and keeps nothing right: whoever was slow goes on for a
//! moment beside the next holder, and all that is done under one bears being done
//! twice.

use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::db::{Db, TxError, record};
use crate::{Result, vars};

/// How long nobody does the work of a process that died.
const TERM: Duration = Duration::from_secs(6);
/// How long an answer holds, whatever it was.
const RENEW: Duration = Duration::from_secs(2);

/// No clock of a database is so far ahead of another's that it names a later end
/// than a term from now: who wrote that had a wrong one.
const TAKE: &str = "
    LET $now = time::millis(time::now());
    LET $held = (SELECT holder, until FROM ONLY $lease);
    IF $held != NONE AND $held.holder != $holder AND $held.until > $now AND $held.until <= $now + $term { THROW 'HELD' };
    UPSERT $lease SET holder = $holder, until = $now + $term RETURN NONE";
const GIVE_UP: &str = "DELETE $lease WHERE holder = $holder RETURN NONE";

/// A duty that one process at a time has. A database of our own is nobody else's,
/// and so is every duty on it.
pub struct Lease {
    db: Db,
    duty: &'static str,
    holder: String,
    /// When it was asked for last, and whether it is ours since.
    asked: Option<(Instant, bool)>,
}

impl Lease {
    /// A lease on `duty`, which nobody has yet.
    #[must_use]
    pub fn new(db: Db, duty: &'static str) -> Self {
        Self {
            db,
            duty,
            holder: ulid::Ulid::new().to_string(),
            asked: None,
        }
    }

    /// Whether the duty is ours for now: taken when nobody has it, and kept by
    /// asking again. It is not while the database is away.
    pub async fn is_held(&mut self) -> bool {
        if !self.db.is_shared() {
            return true;
        }
        if let Some((asked, held)) = self.asked
            && asked.elapsed() < RENEW
        {
            return held;
        }
        let asked = Instant::now();
        let held = self.take().await.unwrap_or_else(|error| {
            tracing::warn!(duty = self.duty, %error, "whose turn it is is not known");
            false
        });
        self.asked = Some((asked, held));
        held
    }

    async fn take(&self) -> Result<bool> {
        let term = i64::try_from(TERM.as_millis()).unwrap_or(i64::MAX);
        let vars = vars! {
            lease => record("lease", self.duty), holder => self.holder.clone(), term => term,
        };
        match self.db.transact_quietly("take lease", TAKE, vars).await {
            Ok(()) => Ok(true),
            Err(TxError::Thrown(_) | TxError::Conflict) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Leaves the duty to others at once, such as when it cannot be done here; it is
    /// not asked for again before they had time to.
    pub async fn give_up(&mut self) {
        if let Some((_, true)) = self.asked {
            let vars = vars! {
                lease => record("lease", self.duty), holder => self.holder.clone(),
            };
            let given = self.db.transact_quietly("give up lease", GIVE_UP, vars);
            if let Err(error) = given.await {
                tracing::debug!(duty = self.duty, %error, "others wait until it ends");
            }
        }
        self.asked = Some((Instant::now(), false));
    }

    /// Sleeps, and keeps the duty meanwhile if it is ours.
    pub async fn pause(&mut self, pause: Duration) {
        let end = Instant::now() + pause;
        while let Some((_, true)) = self.asked
            && Instant::now() + RENEW < end
        {
            sleep(RENEW).await;
            self.is_held().await;
        }
        sleep_until(end).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Clock, fixtures, platform::migrate::migrate};

    /// Asks again without waiting until it would.
    async fn asks(lease: &mut Lease) -> bool {
        lease.asked = None;
        lease.is_held().await
    }

    /// As if the clock went on so far.
    async fn later(db: &Db, seconds: i64) {
        let sql = "UPDATE lease SET until -= $millis";
        let vars = vars! { millis => 1_000 * seconds };
        db.transact("later", sql, vars).await.expect("writes");
    }

    #[tokio::test]
    async fn one_has_it_until_they_give_it_up_or_are_gone_too_long() {
        let db = fixtures::shared().await;
        let lease = || Lease::new(db.clone(), "work");
        let (mut first, mut second) = (lease(), lease());
        assert!(asks(&mut first).await);
        assert!(!asks(&mut second).await);
        assert!(asks(&mut first).await, "has it");
        first.give_up().await;
        assert!(!first.is_held().await, "leaves it to others");
        assert!(asks(&mut second).await);
        // Whoever died with it had it for a while only.
        let mut third = lease();
        later(&db, 5).await;
        assert!(!asks(&mut third).await);
        later(&db, 2).await;
        assert!(asks(&mut third).await);
        // Who gives up what they no longer have takes it from nobody.
        second.give_up().await;
        assert!(!asks(&mut lease()).await);
        // A wrong clock keeps nothing for years.
        later(&db, -3_600).await;
        assert!(asks(&mut lease()).await);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_many_who_ask_at_once_one_gets_it() {
        let db = fixtures::shared().await;
        let asking = (0..16).map(|_| {
            let mut lease = Lease::new(db.clone(), "work");
            tokio::spawn(async move { lease.is_held().await })
        });
        let answers = futures::future::join_all(asking).await;
        let holders = answers.into_iter().filter(|held| matches!(held, Ok(true)));
        assert_eq!(holders.count(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_kept_during_a_long_pause() {
        // A server does not know of a clock that stands still.
        let db = Db::open("mem://").await.expect("opens");
        migrate(&db, &Clock::default()).await.expect("migrates");
        let mut lease = Lease::new(db.clone(), "work");
        assert!(lease.is_held().await);
        let before = Instant::now();
        lease.pause(Duration::from_secs(60)).await;
        assert_eq!(before.elapsed().as_secs(), 60);
        let (asked, held) = lease.asked.expect("asked");
        assert!(held && asked > before + Duration::from_secs(50));
    }
}
