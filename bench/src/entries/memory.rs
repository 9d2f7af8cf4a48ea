//! What a server on a large market keeps in memory after a minute of readers.

use std::{path::Path, time::Duration};

use anyhow::{Result, ensure};
use domain::TicketId;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::{
    http::Connection,
    plan::Plan,
    process::Server,
    records,
    report::{Bound, Findings},
};

/// Time between two requests.
const PACE: Duration = Duration::from_millis(50);
/// Most megabytes of the server's process.
const MOST: f64 = 250.0;

/// Reads at a steady pace: the market, a search, a ticket.
pub(super) async fn measure(plan: &Plan, data: &Path) -> Result<Findings> {
    let server = Server::start(data).await?;
    let (at_start, _) = server.resident()?;
    let mut connection = Connection::open(server.address).await?;
    let mut pace = interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let end = Instant::now() + plan.reading;
    let mut requests = 0;
    while Instant::now() < end {
        pace.tick().await;
        let path = path(requests, plan.listings[1])?;
        let answer = connection.get(&path, "").await?;
        ensure!(answer.status == 200, "{path} answers {}", answer.status);
        requests += 1;
    }
    server.until_idle().await?;
    let (idle, broker) = server.resident()?;
    server.stop().await?;
    Ok(Findings::default()
        .bounded(
            "idle_rss_mb",
            idle,
            Bound::AtMost(MOST),
            format!(
                "resident memory of the server, {} listings, after {requests} pages",
                plan.listings[1]
            ),
        )
        .figure("start_rss_mb", at_start, "the same when it was ready")
        .figure(
            "broker_rss_mb",
            broker,
            "resident memory of its private nats-server",
        )
        .detail("requests", requests)
        .detail("requests_per_s", 1_000 / PACE.as_millis() as u64))
}

/// The path that the `number`th reader asks for; tickets from all over the
/// market.
fn path(number: usize, listings: usize) -> Result<String> {
    Ok(match number % 3 {
        0 => "/".to_owned(),
        1 => format!(
            "/?q={}",
            ["quartet", "lanterns", "derby", "jazz+box", "choir"][number / 3 % 5]
        ),
        _ => format!(
            "/tickets/{}",
            records::id::<TicketId>(number * 7_919 % listings)?
        ),
    })
}
