//! Reservations on one SurrealDB server and three brokers, by how many processes serve
//! pages, and what it costs that the parts are processes.

use std::{fs, net::SocketAddr, time::Duration};

use anyhow::{Context, Result};

use super::hot_event::{AT_ONCE, Client, rounded};
use crate::{
    http::Connection,
    load::{self, LONGEST},
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

/// One deployment after the other, each on data of its own.
pub(super) async fn measure(plan: &Plan) -> Result<Findings> {
    // A server takes its time, and there are four of them.
    let plan = &Plan {
        windows: plan.windows.min(Plan::STANDARD.windows),
        reservations: plan.reservations.min(Plan::STANDARD.reservations),
        ..*plan
    };
    let whole = reservations(plan, "all").await?;
    let mut split = Vec::new();
    for replicas in [1, 2, 4] {
        split.push(reservations(plan, &format!("web={replicas},{SERVICES}")).await?);
    }
    let median = |rates: &[f64]| stats::median(&rates[1..]);
    let [one, two, four] = [0, 1, 2].map(|number| median(&split[number]));
    let all = median(&whole);
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
        .detail("check", "clean")
        .detail("at_once", AT_ONCE)
        .detail("reservations_a_window", plan.reservations)
        .detail("windows_one_process", rounded(&whole))
        .detail("windows_1", rounded(&split[0]))
        .detail("windows_2", rounded(&split[1]))
        .detail("windows_4", rounded(&split[2])))
}

/// How many a second, in each window.
async fn reservations(plan: &Plan, parts: &str) -> Result<Vec<f64>> {
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
    let mut rates = Vec::new();
    for window in 0..=plan.windows {
        let numbers = window * plan.reservations..(window + 1) * plan.reservations;
        rates.push(load::window(&mut clients, numbers, LONGEST).await?);
        tokio::time::sleep(REST).await;
    }
    drop(clients);
    server.stop().await?;
    process::check_split(data.path()).await?;
    Ok(rates)
}
