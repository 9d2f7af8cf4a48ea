//! Payments in the database.

use std::time::Duration;

use domain::{OrderId, Timestamp, payment::Payment};
use serde::Deserialize;

use crate::{
    Result,
    platform::db::{Db, record},
    vars,
};

/// How long an open payment is left to the browser, the webhook and the event
/// before it is looked at.
pub(super) const HEAD_START: Duration = Duration::from_secs(10);
const HEAD_START_MILLIS: i64 = HEAD_START.as_millis() as i64;
/// Longest time between two looks at a payment that stays as it is.
const LONGEST_PAUSE_MILLIS: i64 = 300_000;

/// When a payment that has just changed is to be looked at.
pub(crate) fn look_at(payment: &Payment) -> i64 {
    payment.updated_at.millis() + HEAD_START_MILLIS
}

pub(crate) const DUE: &str = "SELECT record::id(id) AS id, look_at FROM payment WHERE open = true AND look_at <= $now LIMIT $limit";

/// Payments on which Stripe may still have something to say and whose turn it
/// is, the longest waiting first. Their next turn is noted before anybody
/// looks at them, and comes the later the longer nothing has changed: what
/// fails for good keeps nothing else waiting.
pub(super) async fn take_turn(db: &Db, now: Timestamp, limit: usize) -> Result<Vec<OrderId>> {
    #[derive(Deserialize)]
    struct Row {
        id: OrderId,
    }
    let rows: Vec<Row> = db
        .read(DUE, vars! { now => now.millis(), limit => limit as i64 })
        .await?
        .many()?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<OrderId> = rows.into_iter().map(|row| row.id).collect();
    let records: Vec<_> = ids
        .iter()
        .map(|id| record("payment", id.as_str()))
        .collect();
    db.transact(
        "take turn",
        "UPDATE $payments SET look_at = $now + math::clamp($now - updated_at, $least, $most)",
        vars! { payments => records, now => now.millis(), least => HEAD_START_MILLIS, most => LONGEST_PAUSE_MILLIS },
    )
    .await?;
    Ok(ids)
}

pub(crate) const OPEN: &str = "SELECT VALUE record::id(id) FROM payment WHERE open = true AND look_at >= 0 AND updated_at <= $until";

/// Every open payment that has not changed since `until`.
pub(super) async fn open(db: &Db, until: Timestamp) -> Result<Vec<OrderId>> {
    db.read(OPEN, vars! { until => until.millis() })
        .await?
        .many()
}

/// Makes it every open payment's turn.
pub(super) async fn wake(db: &Db) -> Result<()> {
    const LEFT: &str = "SELECT VALUE 1 FROM payment WHERE open = true AND look_at > 0 LIMIT 1";
    const SOME: &str = "LET $some = (SELECT VALUE id FROM payment WHERE open = true AND look_at > 0 LIMIT 1000); UPDATE $some SET look_at = 0";
    db.transact_while("wake payments", LEFT, SOME, &vars! {})
        .await
}
