//! Reservations on one SurrealDB server and three brokers, by how many processes serve
//! pages, and what it costs that the parts are processes.

use std::{fs, net::SocketAddr, time::Duration};

use anyhow::{Context, Result, ensure};

use super::hot_event::{AT_ONCE, Client, rounded};
use crate::{
    http::Connection,
    load::{self, LONGEST, Worker},
    plan::Plan,
    process::{self, Server},
    records,
    report::Findings,
    stats,
    store::{self, MAX_HOLDS},
};

/// What each deployment has besides processes that serve pages.
const SERVICES: &str = "relay,orders,payments,expiration,notifications,moderation,records";
/// How long the services have for the events of a window before the next.
const REST: Duration = Duration::from_secs(4);

/// Windows of refusals, of which the first warms up.
const REFUSED: usize = 4;

/// How many a second, in each window.
#[derive(Default)]
struct Rates {
    /// Reservations, each of a ticket of its own.
    won: Vec<f64>,
    /// Of a ticket that somebody has.
    refused: Vec<f64>,
}

/// Wants what somebody has.
struct Late(Client);

impl Worker for Late {
    async fn work(&mut self, number: usize) -> Result<()> {
        // Whoever has it is told that they do.
        let buyer = records::buyer(1 + number % (self.0.buyers - 1));
        let answer = super::reserve(&mut self.0.connection, buyer, 0).await?;
        ensure!(answer.status == 409, "{}: {}", answer.status, answer.text());
        Ok(())
    }
}

/// One deployment after the other, each on data of its own.
pub(super) async fn measure(plan: &Plan) -> Result<Findings> {
    // A server takes its time, and there are four of them.
    let plan = &Plan {
        windows: plan.windows.min(Plan::STANDARD.windows),
        reservations: plan.reservations.min(Plan::STANDARD.reservations),
        ..*plan
    };
    let whole = rates(plan, "all").await?;
    let mut split = Vec::new();
    for replicas in [1, 2, 4] {
        split.push(rates(plan, &format!("web={replicas},{SERVICES}")).await?);
    }
    let median = |rates: &[f64]| stats::median(&rates[1..]);
    let [one, two, four] = [0, 1, 2].map(|number| median(&split[number].won));
    let all = median(&whole.won);
    let refused = [0, 1, 2].map(|number| stats::tenths(median(&split[number].refused)));
    Ok(Findings::default()
        .figure(
            "reservations_per_s_1",
            stats::tenths(one),
            "reservations with one process that serves pages",
        )
        .figure("reservations_per_s_2", stats::tenths(two), "with two")
        .figure("reservations_per_s_4", stats::tenths(four), "with four")
        .figure(
            "one_process_per_s",
            stats::tenths(all),
            "with one process that does everything, on servers of the same kind",
        )
        .figure(
            "overhead",
            stats::ratio(all, one),
            "how many times as many that is as with eight processes, one of each part",
        )
        .figure(
            "gain_4",
            stats::ratio(four, one),
            "how many times as many four are as one",
        )
        .figure(
            "refused_per_s_1",
            refused[0],
            "buyers who learn that somebody has it, with one process that serves pages",
        )
        .figure("refused_per_s_2", refused[1], "with two")
        .figure("refused_per_s_4", refused[2], "with four")
        .detail("check", "clean")
        .detail("at_once", AT_ONCE)
        .detail("reservations_a_window", plan.reservations)
        .detail("windows_one_process", rounded(&whole.won))
        .detail("windows_1", rounded(&split[0].won))
        .detail("windows_2", rounded(&split[1].won))
        .detail("windows_4", rounded(&split[2].won)))
}

async fn rates(plan: &Plan, parts: &str) -> Result<Rates> {
    let tickets = (plan.windows + 1) * plan.reservations;
    let buyers = tickets.div_ceil(MAX_HOLDS);
    let data = store::folder()?;
    let server = Server::split(data.path(), parts).await?;
    let url = fs::read_to_string(data.path().join("database_url"))?;
    let exchange = store::connect(&url, data.path()).await?;
    records::users(&exchange, buyers).await?;
    records::tickets(&exchange, tickets).await?;
    drop(exchange);
    let webs = fs::read_to_string(data.path().join("webs"))?;
    let webs: Vec<SocketAddr> = webs
        .lines()
        .map(|line| line.parse().context("no address"))
        .collect::<Result<_>>()?;
    let mut clients = Vec::new();
    for address in webs.iter().cycle().take(AT_ONCE) {
        let connection = Connection::open(*address).await?;
        clients.push(Client { connection, buyers });
    }
    let mut rates = Rates::default();
    for window in 0..=plan.windows {
        let numbers = window * plan.reservations..(window + 1) * plan.reservations;
        let won = load::window(&mut clients, numbers, LONGEST).await?;
        rates.won.push(won);
        tokio::time::sleep(REST).await;
    }
    let mut late: Vec<Late> = clients.into_iter().map(Late).collect();
    for _ in 0..REFUSED {
        let refused = load::window(&mut late, 0..usize::MAX, plan.window).await?;
        rates.refused.push(refused);
    }
    drop(late);
    server.stop().await?;
    process::check_split(data.path()).await?;
    Ok(rates)
}
