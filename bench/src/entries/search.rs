//! Searches of a small market and of one of a million listings, of which some
//! are reserved all the time: does the size matter, and does anybody notice?
//!
//! Whichever is searched is also bought from: what is reserved is let go again, so
//! that the small one stays as large as it is.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Result, ensure};
use serde_json::{Map, json};
use tempfile::TempDir;
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use crate::{
    http::Connection,
    load::{self, Worker},
    plan::Plan,
    process::Server,
    records,
    report::{Bound, Findings},
    stats,
    store::Store,
};

/// Readers at the same time.
const READERS: usize = 16;
/// Most that a page of the large market may take, in pages of the small one.
const MOST: f64 = 1.5;
/// Most windows of each page.
const MOST_WINDOWS: usize = 9;
/// Reservations a second, and by how many buyers at the same time.
const RESERVATIONS: usize = 200;
const BUYERS: usize = 8;

/// What is asked for.
const PATHS: [(&str, &str); 7] = [
    ("market", "/"),
    ("two_words", "/?q=lanterns+orpheum"),
    (
        "price_by_price",
        "/?price_from=25&price_to=30&sort=cheapest",
    ),
    (
        "words_and_price",
        "/?q=quartet+balcony&price_from=30&price_to=60&sort=dearest",
    ),
    ("by_price", "/?sort=dearest"),
    ("by_date", "/?sort=soonest"),
    ("by_title", "/?sort=title"),
];

/// Each path takes turns on both markets.
pub(super) async fn measure(plan: &Plan) -> Result<Findings> {
    let small = filled(plan.searched[0]).await?;
    let large = filled(plan.searched[1]).await?;
    let servers = [
        Server::start(small.path()).await?,
        Server::start(large.path()).await?,
    ];
    let mut markets = Vec::new();
    for server in &servers {
        for (_, path) in PATHS {
            check_page(server.address, path).await?;
        }
        server.until_idle().await?;
        let connections = Connection::open_many(server.address, READERS).await?;
        markets.push(connections.into_iter().map(Reader::new).collect::<Vec<_>>());
    }
    let mut shops = Vec::new();
    for (server, listings) in servers.iter().zip(plan.searched) {
        shops.push(Shop::open(server.address, listings).await?);
    }
    let mut rates = vec![[Vec::new(), Vec::new()]; PATHS.len()];
    let windows = plan.windows.min(MOST_WINDOWS);
    for window in 0..=windows {
        for (at, (_, path)) in PATHS.iter().enumerate() {
            for (market, readers) in markets.iter_mut().enumerate() {
                readers.iter_mut().for_each(|reader| reader.path = path);
                shops[market].busy(true);
                let rate = load::window(readers, 0..usize::MAX, plan.search).await?;
                shops[market].busy(false);
                // The first window warms up and does not count.
                if window > 0 {
                    rates[at][market].push(rate);
                }
            }
        }
    }
    let (mut reserved, mut failed) = (0, 0);
    for shop in shops {
        let (of_shop, failed_there) = shop.close().await?;
        reserved += of_shop;
        failed += failed_there;
    }
    drop(markets);
    for server in servers {
        server.stop().await?;
    }
    let mut times = Map::new();
    let mut worst = 0.0_f64;
    for ((name, _), rates) in PATHS.iter().zip(&rates) {
        let [small, large] = [0, 1].map(|market: usize| stats::median(&rates[market]));
        let ratio = stats::ratio(small, large);
        worst = worst.max(ratio);
        times.insert(
            (*name).to_owned(),
            json!({ "small_rps": stats::tenths(small), "large_rps": stats::tenths(large), "ratio": ratio }),
        );
    }
    Ok(Findings::default()
        .bounded(
            "ratio_1m_to_10k",
            worst,
            Bound::AtMost(MOST),
            format!(
                "the worst of {} pages: its time with {} listings in its time with {}",
                PATHS.len(),
                plan.searched[1],
                plan.searched[0]
            ),
        )
        .bounded(
            "conflicts_shown",
            failed,
            Bound::Exactly(0.0),
            "answers of 500 and above to whoever reserves meanwhile",
        )
        .figure(
            "reserved",
            reserved,
            format!("reservations meanwhile, {RESERVATIONS} a second if there is room, and let go"),
        )
        .detail("pages", times)
        .detail("connections", READERS)
        .detail("windows", windows)
        .detail("window_s", plan.search.as_secs_f64()))
}

async fn filled(listings: usize) -> Result<TempDir> {
    let store = Store::create().await?;
    records::users(&store.exchange, BUYERS).await?;
    records::many_tickets(&store.exchange, listings).await?;
    store.close().await
}

/// A page without cards is no page that was found.
async fn check_page(address: SocketAddr, path: &str) -> Result<()> {
    let page = Connection::open(address).await?.get(path, "").await?;
    let cards = page.text().matches("<li class=\"card\"").count();
    ensure!(
        cards > 0,
        "{path} answers {} and shows no cards",
        page.status
    );
    Ok(())
}

struct Reader {
    connection: Connection,
    path: &'static str,
}

impl Reader {
    fn new(connection: Connection) -> Self {
        Self {
            connection,
            path: "/",
        }
    }
}

impl Worker for Reader {
    async fn work(&mut self, _number: usize) -> Result<()> {
        let answer = self.connection.get(self.path, "").await?;
        ensure!(
            answer.status == 200,
            "{} answers {}",
            self.path,
            answer.status
        );
        Ok(())
    }
}

/// Buyers who reserve one ticket after the other.
struct Shop {
    tasks: JoinSet<Result<()>>,
    books: Arc<Books>,
}

#[derive(Default)]
struct Books {
    is_busy: AtomicBool,
    is_closed: AtomicBool,
    next: AtomicUsize,
    reserved: AtomicUsize,
    failed: AtomicUsize,
}

impl Shop {
    async fn open(address: SocketAddr, listings: usize) -> Result<Self> {
        let (mut tasks, books) = (JoinSet::new(), Arc::new(Books::default()));
        let connections = Connection::open_many(address, BUYERS).await?;
        for (buyer, connection) in connections.into_iter().enumerate() {
            tasks.spawn(buy(connection, Arc::clone(&books), buyer, listings));
        }
        Ok(Self { tasks, books })
    }

    /// Whether anything is reserved from now on.
    fn busy(&self, is_busy: bool) {
        self.books.is_busy.store(is_busy, Ordering::Relaxed);
    }

    /// How many were reserved, and how many answers were of 500 and above.
    async fn close(mut self) -> Result<(usize, usize)> {
        self.books.is_closed.store(true, Ordering::Relaxed);
        while let Some(ended) = self.tasks.join_next().await {
            ended??;
        }
        let read = |number: &AtomicUsize| number.load(Ordering::Relaxed);
        Ok((read(&self.books.reserved), read(&self.books.failed)))
    }
}

async fn buy(
    mut connection: Connection,
    books: Arc<Books>,
    buyer: usize,
    listings: usize,
) -> Result<()> {
    let user = records::buyer(buyer);
    let mut pace = interval(Duration::from_secs(1) * BUYERS as u32 / RESERVATIONS as u32);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !books.is_closed.load(Ordering::Relaxed) {
        pace.tick().await;
        if !books.is_busy.load(Ordering::Relaxed) {
            continue;
        }
        let number = books.next.fetch_add(1, Ordering::Relaxed) % listings;
        let answer = super::reserve(&mut connection, user, number).await?;
        let text = answer.text();
        match answer.status {
            200 => books.reserved.fetch_add(1, Ordering::Relaxed),
            500.. => books.failed.fetch_add(1, Ordering::Relaxed),
            other => anyhow::bail!("ticket {number} answers {other}: {text}"),
        };
        if answer.status == 200 {
            let order = text.trim_matches('"');
            let token = records::token(user);
            let form = format!("order={order}");
            let answer = connection.post("/api/cancel_order", &token, &form).await?;
            ensure!(answer.status == 200, "a hold answers {}", answer.text());
        }
    }
    Ok(())
}
