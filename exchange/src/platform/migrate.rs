//! Ordered migrations of the schema.

use super::db::{Db, TxError};
use crate::{Error, clock::Clock, vars};

/// Every migration in order. One that has been released is never changed.
const MIGRATIONS: &[(&str, &str)] = &[(
    "0001_exchange",
    include_str!("../../migrations/0001_exchange.surql"),
)];

/// How long a migration may hold the lock before another process takes over
/// what a crash left.
const LOCK_MILLIS: i64 = 60_000;

/// Brings the schema up to date and returns the names of what was applied.
///
/// Several processes may call it at once: one migrates, the others wait.
///
/// # Errors
/// When the database is away or a migration fails.
pub async fn migrate(db: &Db, clock: &Clock) -> Result<Vec<&'static str>, Error> {
    db.define("DEFINE TABLE IF NOT EXISTS migration SCHEMAFULL TYPE NORMAL; DEFINE FIELD IF NOT EXISTS applied_at ON migration TYPE int; DEFINE TABLE IF NOT EXISTS migration_lock SCHEMAFULL TYPE NORMAL; DEFINE FIELD IF NOT EXISTS until ON migration_lock TYPE int").await?;
    lock(db, clock).await?;
    let result = apply(db, clock).await;
    db.transact("unlock migrations", "DELETE migration_lock:one", vars! {})
        .await?;
    result
}

async fn lock(db: &Db, clock: &Clock) -> Result<(), Error> {
    const TAKE: &str = "
        LET $held = (SELECT VALUE until FROM ONLY migration_lock:one);
        IF $held != NONE AND $held > $now { THROW 'LOCKED' };
        UPSERT migration_lock:one CONTENT { until: $until }";
    loop {
        let now = clock.now().millis();
        match db
            .transact(
                "lock migrations",
                TAKE,
                vars! { now => now, until => now + LOCK_MILLIS },
            )
            .await
        {
            Ok(()) => return Ok(()),
            Err(TxError::Thrown(_) | TxError::Conflict) => {
                tokio::time::sleep(std::time::Duration::from_millis(200)).await
            }
            Err(error) => return Err(error.into()),
        }
    }
}

async fn apply(db: &Db, clock: &Clock) -> Result<Vec<&'static str>, Error> {
    let done: Vec<String> = db
        .read("SELECT VALUE record::id(id) FROM migration", vars! {})
        .await?
        .many()?;
    if let Some(unknown) = done
        .iter()
        .find(|name| !MIGRATIONS.iter().any(|(known, _)| known == name))
    {
        return Err(Error::internal(format!(
            "the data was written by a newer version of this program (migration {unknown})"
        )));
    }
    let mut applied = Vec::new();
    for (name, sql) in MIGRATIONS
        .iter()
        .filter(|(name, _)| !done.iter().any(|d| d == name))
    {
        let statements = format!(
            "{sql}; CREATE type::record('migration', $name) CONTENT {{ applied_at: $now }}"
        );
        db.transact(
            "migrate",
            &statements,
            vars! { name => (*name).to_owned(), now => clock.now().millis() },
        )
        .await?;
        applied.push(*name);
    }
    Ok(applied)
}
