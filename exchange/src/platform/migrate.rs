//! Ordered migrations of the schema.

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::db::{Db, TxError};
use crate::{Error, backup, clock::Clock, vars};

/// Every migration in order. One that has been released is never changed.
const MIGRATIONS: &[(&str, &str)] = &[
    (
        "0001_exchange",
        include_str!("../../migrations/0001_exchange.surql"),
    ),
    (
        "0002_refunds",
        include_str!("../../migrations/0002_refunds.surql"),
    ),
    (
        "0003_accounts",
        include_str!("../../migrations/0003_accounts.surql"),
    ),
    (
        "0004_market",
        include_str!("../../migrations/0004_market.surql"),
    ),
    (
        "0005_languages",
        include_str!("../../migrations/0005_languages.surql"),
    ),
    (
        "0006_moderation",
        include_str!("../../migrations/0006_moderation.surql"),
    ),
    (
        "0007_administration",
        include_str!("../../migrations/0007_administration.surql"),
    ),
    (
        "0008_no_fields",
        include_str!("../../migrations/0008_no_fields.surql"),
    ),
    (
        "0009_names",
        include_str!("../../migrations/0009_names.surql"),
    ),
    (
        "0010_leases",
        include_str!("../../migrations/0010_leases.surql"),
    ),
    (
        "0011_access",
        include_str!("../../migrations/0011_access.surql"),
    ),
    (
        "0012_feed",
        include_str!("../../migrations/0012_feed.surql"),
    ),
    (
        "0013_outbox",
        include_str!("../../migrations/0013_outbox.surql"),
    ),
    (
        "0014_backup",
        include_str!("../../migrations/0014_backup.surql"),
    ),
];

/// Tables that migrations remove. What they have may be more than fits in one
/// transaction, so it goes first.
const REMOVED: &[(&str, &str)] = &[("0004_market", "listing")];
/// Records of them that are deleted at once.
const BATCH: usize = 500;

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
    db.define("DEFINE TABLE IF NOT EXISTS migration SCHEMAFULL TYPE NORMAL; DEFINE FIELD IF NOT EXISTS applied_at ON migration TYPE int; DEFINE FIELD IF NOT EXISTS checksum ON migration TYPE option<string>; DEFINE TABLE IF NOT EXISTS migration_lock SCHEMAFULL TYPE NORMAL; DEFINE FIELD IF NOT EXISTS owner ON migration_lock TYPE string; DEFINE FIELD IF NOT EXISTS until ON migration_lock TYPE int").await?;
    if backup::is_interrupted(db).await? {
        return Err(Error::internal(
            "a backup was not read to its end: delete these data and restore it again",
        ));
    }
    // Nearly every start finds nothing to do, and then nothing that a crash
    // could leave locked.
    if missing(db).await?.is_empty() {
        return Ok(Vec::new());
    }
    let owner = lock(db, clock).await?;
    let result = apply(db, clock).await;
    db.transact(
        "unlock migrations",
        "DELETE migration_lock:one WHERE owner = $owner",
        vars! { owner => owner },
    )
    .await?;
    result
}

/// Takes the lock and returns under what name.
async fn lock(db: &Db, clock: &Clock) -> Result<String, Error> {
    const TAKE: &str = "
        LET $held = (SELECT VALUE until FROM ONLY migration_lock:one);
        IF $held != NONE AND $held > $now { THROW 'LOCKED' };
        UPSERT migration_lock:one CONTENT { owner: $owner, until: $until }";
    let owner = ulid::Ulid::new().to_string();
    loop {
        let now = clock.now().millis();
        match db
            .transact(
                "lock migrations",
                TAKE,
                vars! { owner => owner.clone(), now => now, until => now + LOCK_MILLIS },
            )
            .await
        {
            Ok(()) => return Ok(owner),
            Err(TxError::Thrown(_) | TxError::Conflict) => {
                tracing::info!("waiting for the migrations of another process");
                tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// The migrations that are yet to be applied, in order.
async fn missing(db: &Db) -> Result<Vec<(&'static str, &'static str)>, Error> {
    #[derive(Deserialize)]
    struct Done {
        id: String,
        checksum: Option<String>,
    }
    let done: Vec<Done> = db
        .read("SELECT *, record::id(id) AS id FROM migration", vars! {})
        .await?
        .many()?;
    for Done {
        id,
        checksum: found,
    } in &done
    {
        let Some((_, sql)) = MIGRATIONS.iter().find(|(known, _)| known == id) else {
            return Err(Error::internal(format!(
                "the data was written by a newer version of this program (migration {id})"
            )));
        };
        if found.as_deref() != Some(&*checksum(sql)) {
            return Err(Error::internal(format!(
                "the data was written by an unreleased version of this program (migration {id})"
            )));
        }
    }
    Ok(MIGRATIONS
        .iter()
        .filter(|(name, _)| !done.iter().any(|done| done.id == *name))
        .copied()
        .collect())
}

/// Tells a migration from what it was before it was released.
fn checksum(sql: &str) -> String {
    let hash = Sha256::digest(sql.as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn apply(db: &Db, clock: &Clock) -> Result<Vec<&'static str>, Error> {
    let mut applied = Vec::new();
    // Read again: another process may have applied them before we had the lock.
    for (name, sql) in missing(db).await? {
        for (_, table) in REMOVED.iter().filter(|(remover, _)| *remover == name) {
            let left = format!("SELECT VALUE 1 FROM {table} LIMIT 1");
            let some = format!("DELETE (SELECT VALUE id FROM {table} LIMIT {BATCH})");
            db.transact_while("empty table", &left, &some, &vars! {})
                .await?;
        }
        let statements = format!(
            "{sql}; CREATE type::record('migration', $name) CONTENT {{ applied_at: $now, checksum: $checksum }}"
        );
        db.transact(
            "migrate",
            &statements,
            vars! { name => name.to_owned(), checksum => checksum(sql), now => clock.now().millis() },
        )
        .await?;
        applied.push(name);
    }
    Ok(applied)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{audit, feed, fixtures, market, moderation, orders, payments, platform::outbox};

    #[tokio::test]
    async fn hot_reads_walk_an_index_forwards_and_sort_nothing() {
        let db = fixtures::db().await;
        let reads = [
            (market::store::OWN, "ticket_owner"),
            (market::store::BEGUN, "ticket_start"),
            (market::store::WAITING, "ticket_start"),
            (market::store::ORDERS_OF, "order_ticket"),
            (orders::store::OF_BUYER, "order_buyer"),
            (orders::store::LAST_BILLING, "order_buyer"),
            (orders::store::OVERDUE, "order_due"),
            (payments::store::DUE, "payment_open"),
            (payments::store::OPEN, "payment_open"),
            (moderation::store::QUEUE, "case_status"),
            (audit::chain::UNSEALED, "audit_unsealed"),
            (audit::chain::SEALED, "audit_number"),
            (outbox::UNSENT, "event_unsent"),
            (outbox::ANY, "event_unsent"),
            (feed::delivery::DUE, "feed_look"),
            (feed::webhooks::OF_USER, "webhook_user"),
        ];
        for (sql, index) in reads {
            let text = |text: &str| text.to_owned();
            let vars = vars! {
                now => 1_i64, before => 1_i64, until => 1_i64, limit => 25_i64, status => text("available"),
                after => text("0"),
                owner => text("0"), buyer => text("0"), viewer => text("0"), key => text("0"),
                name => text("ticket"),
            };
            let rows: Vec<serde_json::Value> = db
                .read(&format!("{sql} EXPLAIN"), vars)
                .await
                .expect("explains")
                .many()
                .expect("rows");
            let plan = serde_json::to_string(&rows).expect("text");
            assert!(plan.contains(index), "{sql}: {plan}");
            assert!(
                !plan.contains("Sort") && !plan.contains("Backward"),
                "{sql}: {plan}"
            );
        }
    }
}
