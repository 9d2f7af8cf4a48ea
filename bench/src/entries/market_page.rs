//! The first page, complete with its 24 cards: does it matter how large the
//! market is?

use std::{net::SocketAddr, path::Path};

use anyhow::{Result, ensure};

use crate::{
    hello::Hello,
    http::Connection,
    load::{self, Worker},
    plan::Plan,
    process::Server,
    report::{Bound, Findings},
    stats,
};

/// Readers at the same time.
const READERS: usize = 16;
/// Cards on a full page.
const CARDS: usize = exchange::market::PAGE;
/// Least part of the small market's speed that the large one has.
const LEAST: f64 = 0.8;

/// Windows on the small market, the large one and the bare route take turns.
pub(super) async fn measure(plan: &Plan, large: &Path) -> Result<Findings> {
    let small = super::market(plan.listings[0]).await?;
    let servers = [
        Server::start(small.path()).await?,
        Server::start(large).await?,
    ];
    let hello = Hello::start().await?;
    for server in &servers {
        check_page(server.address).await?;
        server.until_idle().await?;
    }
    let mut subjects = Vec::new();
    for address in [servers[0].address, servers[1].address, hello.address] {
        let connections = Connection::open_many(address, READERS).await?;
        let readers: Vec<Reader> = connections.into_iter().map(Reader).collect();
        subjects.push((readers, Vec::new()));
    }
    for window in 0..=plan.windows {
        for (readers, rates) in &mut subjects {
            let rate = load::window(readers, 0..usize::MAX, plan.window).await?;
            // The first window warms up and does not count.
            if window > 0 {
                rates.push(rate);
            }
        }
    }
    let [small, large, hello] = [0, 1, 2].map(|subject: usize| stats::median(&subjects[subject].1));
    drop(subjects);
    for server in servers {
        server.stop().await?;
    }
    Ok(Findings::default()
        .figure(
            "rps_1k",
            stats::tenths(small),
            format!(
                "pages of {CARDS} cards a second, {} listings",
                plan.listings[0]
            ),
        )
        .figure(
            "rps_100k",
            stats::tenths(large),
            format!("the same, {} listings", plan.listings[1]),
        )
        .bounded(
            "ratio",
            stats::ratio(large, small),
            Bound::AtLeast(LEAST),
            "what the size of the market leaves of the speed",
        )
        .figure(
            "hello_rps",
            stats::tenths(hello),
            "a bare axum route with the same client: the machine's limit",
        )
        .figure(
            "ratio_to_hello",
            stats::ratio(small, hello),
            "what the page, with its cards, leaves of the machine's limit",
        )
        .detail("connections", READERS)
        .detail("windows", plan.windows)
        .detail("window_s", plan.window.as_secs_f64()))
}

/// What is measured has to be the page and all its cards.
async fn check_page(address: SocketAddr) -> Result<()> {
    let page = Connection::open(address).await?.get("/", "").await?.text();
    let cards = page.matches("<li class=\"card\"").count();
    ensure!(cards == CARDS, "the market shows {cards} cards");
    Ok(())
}

struct Reader(Connection);

impl Worker for Reader {
    async fn work(&mut self, _number: usize) -> Result<()> {
        let answer = self.0.get("/", "").await?;
        ensure!(answer.status == 200, "/ answers {}", answer.status);
        Ok(())
    }
}
