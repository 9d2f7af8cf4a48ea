//! Everybody wants the same ticket: one gets it, and the others learn so.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::task::JoinSet;

use crate::{
    http::Connection,
    plan::Plan,
    process::{self, Server},
    records,
    report::{Bound, Findings},
    stats,
    store::Store,
};

/// What one race showed.
struct Race {
    winners: usize,
    /// How long each loser waited for the refusal.
    waits: Vec<Duration>,
}

/// Several races, each for a ticket of its own, all by the same buyers.
pub(super) async fn measure(plan: &Plan) -> Result<Findings> {
    let store = Store::create().await?;
    records::users(&store.exchange, plan.rivals).await?;
    records::tickets(&store.exchange, plan.windows).await?;
    let data = store.close().await?;
    let server = Server::start(data.path()).await?;
    let mut connections = Connection::open_many(server.address, plan.rivals).await?;
    let mut winners = Vec::new();
    let mut waits = Vec::new();
    for ticket in 0..plan.windows {
        let race = race(&mut connections, ticket).await?;
        winners.push(race.winners);
        waits.push(stats::millis(
            stats::percentile(&race.waits, 99).context("nobody lost")?,
        ));
        server.until_idle().await?;
    }
    drop(connections);
    server.stop().await?;
    process::check(data.path()).await?;
    // Of every race, or of the first one that went wrong.
    let winners = winners.into_iter().find(|count| *count != 1).unwrap_or(1);
    Ok(Findings::default()
        .figure(
            "buyers",
            plan.rivals,
            "signed-in buyers who reserve one ticket at once",
        )
        .bounded(
            "winners",
            winners,
            Bound::Exactly(1.0),
            "who got it, in every race; the others got 409",
        )
        .figure(
            "loser_p99_ms",
            stats::median(&waits),
            "how long 99 of 100 losers wait at most (median of the races)",
        )
        .detail("check", "clean")
        .detail("connections", plan.rivals)
        .detail("races", plan.windows)
        .detail("loser_p99_ms_of_each_race", waits))
}

/// Sends all requests at once.
async fn race(connections: &mut Vec<Connection>, ticket: usize) -> Result<Race> {
    let mut tasks = JoinSet::new();
    for (number, mut connection) in connections.drain(..).enumerate() {
        tasks.spawn(async move {
            let sent = Instant::now();
            let answer = super::reserve(&mut connection, records::buyer(number), ticket).await?;
            anyhow::Ok((connection, answer, sent.elapsed()))
        });
    }
    let mut race = Race {
        winners: 0,
        waits: Vec::new(),
    };
    while let Some(ended) = tasks.join_next().await {
        let (connection, answer, waited) = ended??;
        connections.push(connection);
        match answer.status {
            200 => race.winners += 1,
            409 => race.waits.push(waited),
            other => bail!("a buyer got {other}: {}", answer.text()),
        }
    }
    Ok(race)
}
