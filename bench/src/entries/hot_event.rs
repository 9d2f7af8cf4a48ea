//! Many buyers reserve many tickets: what durable reservations over HTTP cost
//! beside the same work on the store alone.

use anyhow::{Result, ensure};
use exchange::{Exchange, orders};

use crate::{
    http::Connection,
    load::{self, LONGEST, Worker},
    plan::Plan,
    process::{self, Server},
    records,
    report::{Bound, Findings},
    stats,
    store::{MAX_HOLDS, Store},
};

/// Buyers who reserve at the same time.
pub(super) const AT_ONCE: usize = 32;
/// Least part of the store's speed that is left over HTTP.
const LEAST: f64 = 0.35;

/// Windows over HTTP and windows without take turns, each on its own store
/// with the same records, while the other is at rest.
pub(super) async fn measure(plan: &Plan) -> Result<Findings> {
    // The first window warms both up and does not count.
    let tickets = (plan.windows + 1) * plan.reservations;
    let buyers = tickets.div_ceil(MAX_HOLDS);
    let raw = filled(tickets, buyers).await?;
    let data = filled(tickets, buyers).await?.close().await?;
    let server = Server::start(data.path()).await?;
    let connections = Connection::open_many(server.address, AT_ONCE).await?;
    let mut clients: Vec<Client> = connections
        .into_iter()
        .map(|connection| Client { connection, buyers })
        .collect();
    let mut direct: Vec<Direct> = (0..AT_ONCE)
        .map(|_| Direct {
            exchange: raw.exchange.clone(),
            buyers,
        })
        .collect();

    let (mut over_http, mut without) = (Vec::new(), Vec::new());
    for window in 0..=plan.windows {
        let numbers = window * plan.reservations..(window + 1) * plan.reservations;
        over_http.push(load::window(&mut clients, numbers.clone(), LONGEST).await?);
        // Its events are published and acted on before the other's turn.
        server.until_idle().await?;
        without.push(load::window(&mut direct, numbers, LONGEST).await?);
    }
    drop((clients, direct));
    server.stop().await?;
    let raw = raw.close().await?;
    for folder in [data.path(), raw.path()] {
        process::check(folder).await?;
    }
    let (http, alone) = (stats::median(&over_http[1..]), stats::median(&without[1..]));
    Ok(Findings::default()
        .figure("reservations_per_s", stats::tenths(http), "reservations over HTTP, signed in, each durable")
        .figure("raw_tx_per_s", stats::tenths(alone), "the same reservations on the store alone")
        .bounded("ratio", stats::ratio(http, alone), Bound::AtLeast(LEAST), "what HTTP, sessions, broker and client leave of it")
        .detail("check", "clean")
        .detail("over_http", "the server's process with its private broker and all services; reads session and user, then orders::reserve")
        .detail("without", "exchange::orders::reserve in the process of the bench, on a store of its own, without broker and services")
        .detail("at_once", AT_ONCE)
        .detail("reservations_a_window", plan.reservations)
        .detail("windows_over_http", rounded(&over_http))
        .detail("windows_without", rounded(&without)))
}

async fn filled(tickets: usize, buyers: usize) -> Result<Store> {
    let store = Store::create().await?;
    records::users(&store.exchange, buyers).await?;
    records::tickets(&store.exchange, tickets).await?;
    Ok(store)
}

pub(super) fn rounded(rates: &[f64]) -> Vec<f64> {
    rates.iter().map(|rate| stats::tenths(*rate)).collect()
}

/// Reserves over HTTP.
pub(super) struct Client {
    pub(super) connection: Connection,
    pub(super) buyers: usize,
}

impl Worker for Client {
    async fn work(&mut self, number: usize) -> Result<()> {
        let buyer = records::buyer(number % self.buyers);
        let answer = super::reserve(&mut self.connection, buyer, number).await?;
        ensure!(
            answer.status == 200,
            "ticket {number} answers {}: {}",
            answer.status,
            answer.text()
        );
        Ok(())
    }
}

/// Reserves without a server.
struct Direct {
    exchange: Exchange,
    buyers: usize,
}

impl Worker for Direct {
    async fn work(&mut self, number: usize) -> Result<()> {
        let viewer = records::viewer(records::buyer(number % self.buyers))?;
        orders::reserve(
            &self.exchange,
            &viewer,
            &records::id(number)?,
            records::price(number),
        )
        .await?;
        Ok(())
    }
}
