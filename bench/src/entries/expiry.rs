//! Thousands of holds end within one second: is each released on time, and
//! none before?

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use domain::{
    Timestamp,
    order::{CancelReason, Order},
};
use exchange::{clock::Clock, vars};
use tempfile::TempDir;
use tokio::time::sleep;

use crate::{
    plan::Plan,
    process::{self, Server},
    records,
    report::{Bound, Findings},
    stats,
    store::Store,
};

/// Most milliseconds that 99 of 100 holds last too long.
const MOST: f64 = 2_000.0;
/// The holds are due within this time.
const SPAN: Duration = Duration::from_secs(1);
/// How long the safety net is given before it counts whether all is quiet.
const PATIENCE: Duration = Duration::from_secs(5);

/// Writes the holds, has the server set their timers, and reads from the
/// records when each ended. With `killed` the server is killed in the middle
/// and started again; then it has until it is ready.
pub(super) async fn measure(plan: &Plan, killed: bool) -> Result<Findings> {
    let clock = Clock::default();
    let store = Store::create().await?;
    records::tickets(&store.exchange, plan.holds).await?;
    let due = clock.now() + plan.lead;
    records::holds(&store.exchange, due).await?;
    let data = store.close().await?;
    let mut server = Server::start(data.path()).await?;
    server.until_idle().await?;
    let spare = clock.now().until(due);
    ensure!(
        !spare.is_zero(),
        "the holds were due before their timers were set"
    );

    let mut from = due;
    if killed {
        sleep(spare + SPAN / 2).await;
        server.kill().await?;
        server = Server::start(data.path()).await?;
        from = clock.now();
    }
    sleep(clock.now().until((due + SPAN).max(from) + PATIENCE)).await;
    server.until_idle().await?;
    server.stop().await?;
    process::check(data.path()).await?;
    let ends = ends(data, from).await?;
    let late = stats::percentile(&ends.late, 99).context("there are no holds")?;
    let since = if killed {
        "their time, or after the restarted server was ready"
    } else {
        "their time"
    };
    Ok(Findings::default()
        .figure(
            "due",
            plan.holds,
            "holds whose time is up within one second",
        )
        .bounded(
            "released",
            ends.released,
            Bound::Exactly(plan.holds as f64),
            "of these",
        )
        .bounded(
            "late_p99_ms",
            late,
            Bound::AtMost(MOST),
            format!("99 of 100 are released at most so long after {since}"),
        )
        .bounded(
            "early",
            ends.early,
            Bound::Exactly(0.0),
            "released before their time",
        )
        .detail("check", "clean")
        .detail("late_p50_ms", stats::percentile(&ends.late, 50))
        .detail("late_max_ms", stats::percentile(&ends.late, 100))
        .detail("timers_set_s_before", stats::tenths(spare.as_secs_f64())))
}

/// How the holds ended.
struct Ends {
    released: usize,
    early: usize,
    /// Milliseconds from when the hold was due, or from when somebody was
    /// there to release it.
    late: Vec<i64>,
}

async fn ends(data: TempDir, from: Timestamp) -> Result<Ends> {
    let store = Store::open(data).await?;
    let orders: Vec<Order> = store
        .exchange
        .db
        .read("SELECT *, record::id(id) AS id FROM ticket_order", vars! {})
        .await?
        .many()?;
    let ended: Vec<&Order> = orders
        .iter()
        .filter(|order| order.cancel_reason == Some(CancelReason::Expired))
        .collect();
    let late =
        |order: &&Order| (order.updated_at.millis() - order.due_at().max(from).millis()).max(0);
    let ends = Ends {
        released: ended.len(),
        early: ended
            .iter()
            .filter(|order| order.updated_at < order.due_at())
            .count(),
        late: ended.iter().map(late).collect(),
    };
    store.close().await?;
    Ok(ends)
}
