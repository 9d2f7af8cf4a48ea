//! Records that every page asks for, kept for as long as they are what the
//! database has.
//!
//! An embedded database is open in one process, so what that has read is so until
//! it writes, and then it forgets. Of a database that others write to as well
//! nothing is kept.

use std::{
    any::Any,
    sync::{Arc, Mutex, PoisonError},
};

use quick_cache::sync::Cache;

/// Most records that are kept.
const MOST: usize = 10_000;

type Key = (&'static str, String);

/// What was read, by table and key.
pub(super) struct Kept {
    rows: Cache<Key, Arc<dyn Any + Send + Sync>>,
    /// How often something was forgotten. Whoever keeps or forgets holds it, so
    /// that nothing is kept that was read before what it was forgotten for.
    forgotten: Mutex<u64>,
}

impl Kept {
    pub(super) fn new() -> Self {
        Self {
            rows: Cache::new(MOST),
            forgotten: Mutex::new(0),
        }
    }

    fn hold(&self) -> std::sync::MutexGuard<'_, u64> {
        self.forgotten
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// What was kept.
    pub(super) fn get<T: Clone + 'static>(&self, table: &'static str, key: &str) -> Option<T> {
        let row = self.rows.get(&(table, key.to_owned()))?;
        row.downcast_ref().cloned()
    }

    /// To be asked before something is read that is to be kept.
    pub(super) fn forgotten(&self) -> u64 {
        *self.hold()
    }

    /// Keeps what was read, unless something was forgotten meanwhile.
    pub(super) fn keep<T: Clone + Send + Sync + 'static>(
        &self,
        table: &'static str,
        key: &str,
        row: &T,
        before: u64,
    ) {
        let forgotten = self.hold();
        if *forgotten == before {
            self.rows
                .insert((table, key.to_owned()), Arc::new(row.clone()));
        }
    }

    /// Forgets a record that was written, or all of a table.
    pub(super) fn forget(&self, table: &'static str, key: Option<&str>) {
        let mut forgotten = self.hold();
        *forgotten += 1;
        match key {
            Some(key) => drop(self.rows.remove(&(table, key.to_owned()))),
            None => self.rows.retain(|(of, _), _| *of != table),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        accounts::{self, Registration, tries::Client},
        clock::Clock,
        fixtures,
        platform::{db::Db, migrate::migrate},
    };

    #[test]
    fn what_was_read_before_a_write_is_not_kept_after_it() {
        let kept = Kept::new();
        let before = kept.forgotten();
        kept.keep("user", "a", &1, before);
        assert_eq!(kept.get("user", "a"), Some(1));
        assert_eq!(kept.get::<i32>("session", "a"), None);
        kept.forget("user", Some("a"));
        assert_eq!(kept.get::<i32>("user", "a"), None);
        // Read before the write, and only now on its way here.
        kept.keep("user", "a", &1, before);
        assert_eq!(kept.get::<i32>("user", "a"), None);
        kept.keep("user", "a", &2, kept.forgotten());
        kept.keep("session", "a", &3, kept.forgotten());
        kept.forget("session", None);
        assert_eq!(kept.get("user", "a"), Some(2));
        assert_eq!(kept.get::<i32>("session", "a"), None);
    }

    /// Whoever changes an account may be gone before the change is there.
    #[tokio::test(flavor = "multi_thread")]
    async fn what_every_page_sees_is_what_the_database_has() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let url = format!("surrealkv://{}", folder.path().join("db").display());
        let db = Db::open(&url).await.expect("opens");
        migrate(&db, &Clock::default()).await.expect("migrates");
        let exchange = fixtures::exchange(db, "http://127.0.0.1:9");
        let typed = Registration {
            email: "ada@example.org".to_owned(),
            name: "Ada".to_owned(),
            password: "kettle-orbit-92-violin".to_owned(),
        };
        let user = accounts::register(&exchange, &Client::default(), typed)
            .await
            .expect("registers");
        let seen = async || {
            let found = accounts::find(&exchange, &user.id).await.expect("reads");
            found.expect("there").version
        };
        for round in 0..40_u64 {
            let (changer, id, before) = (exchange.clone(), user.id.clone(), seen().await);
            let change = tokio::spawn(async move {
                let operator = fixtures::operator();
                accounts::grant(&changer, &operator, &id, "testers").await?;
                accounts::revoke(&changer, &operator, &id, "testers").await
            });
            tokio::time::sleep(Duration::from_micros(round * 150)).await;
            change.abort();
            change.await.ok();
            assert!(seen().await >= before);
            // The change goes on, and what it wrote can be read before it ends.
            let stored = async || {
                let rows = exchange
                    .db
                    .read("SELECT VALUE version FROM user", crate::vars! {});
                let version: Option<u32> = rows.await.expect("reads").one().expect("one");
                version.expect("there")
            };
            let mut is_same = false;
            for _ in 0..100 {
                tokio::time::sleep(Duration::from_millis(20)).await;
                is_same = seen().await == stored().await;
                if is_same {
                    break;
                }
            }
            assert!(is_same, "round {round}");
        }
        assert!(seen().await > 1, "nothing was changed");
    }
}
