//! A thousand people look at the market: how soon do all of them see that a
//! ticket is taken, and what does each cost?

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use domain::TicketId;
use serde_json::Value;
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep, timeout},
};

use crate::{
    http::{Connection, Lines},
    plan::Plan,
    process::{self, Server},
    records,
    report::{Bound, Findings},
    stats,
    store::{MAX_HOLDS, Store},
};

/// Time between two reservations.
const PACE: Duration = Duration::from_millis(50);
/// Most milliseconds until 95 of 100 know of one.
const MOST: f64 = 300.0;
/// Most kilobytes of the server's memory for each page.
const MOST_MEMORY: f64 = 30.0;
/// How long the last of them may take before it counts as lost.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is reserved, and when that was asked for.
struct Reservations {
    numbers: HashMap<String, usize>,
    sent: Vec<OnceLock<Instant>>,
}

/// Opens the pages, has tickets reserved one after the other, and notes when each
/// page was told of each.
pub(super) async fn measure(plan: &Plan) -> Result<Findings> {
    let store = Store::create().await?;
    let buyers = plan.told.div_ceil(MAX_HOLDS);
    records::users(&store.exchange, buyers).await?;
    records::tickets(&store.exchange, plan.told).await?;
    let data = store.close().await?;
    let server = Server::start(data.path()).await?;
    let mut connection = Connection::open(server.address).await?;
    // What the first requests of all kinds cost is no page's.
    for _ in 0..100 {
        let answer = connection.get("/", "").await?;
        ensure!(answer.status == 200, "/ answers {}", answer.status);
    }
    server.until_idle().await?;
    let mut pages = Vec::with_capacity(plan.pages);
    let mut grow = async |count: usize| {
        while pages.len() < count {
            pages.push(open(&server).await?);
        }
        sleep(Duration::from_secs(1)).await;
        anyhow::Ok(server.resident()?.0)
    };
    // Nor what the first of them cost besides themselves.
    let few = plan.pages / 10;
    let before = grow(few).await?;
    let after = grow(plan.pages).await?;

    let reservations = Arc::new(Reservations {
        numbers: (0..plan.told)
            .map(|number| Ok((records::id::<TicketId>(number)?.to_string(), number)))
            .collect::<Result<_>>()?,
        sent: (0..plan.told).map(|_| OnceLock::new()).collect(),
    });
    let mut readers = JoinSet::new();
    for page in pages {
        readers.spawn(read(page, Arc::clone(&reservations)));
    }
    let mut pace = interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for number in 0..plan.told {
        pace.tick().await;
        reservations.sent[number].get_or_init(Instant::now);
        let buyer = records::buyer(number / MAX_HOLDS);
        let answer = super::reserve(&mut connection, buyer, number).await?;
        ensure!(answer.status == 200, "a buyer got {}", answer.text());
    }
    let waits = timeout(PATIENCE, async {
        let mut waits = Vec::with_capacity(plan.pages * plan.told);
        while let Some(read) = readers.join_next().await {
            waits.extend(read??);
        }
        anyhow::Ok(waits)
    })
    .await
    .context("not every page was told of every reservation")??;
    let (loaded, _) = server.resident()?;
    drop(connection);
    server.stop().await?;
    process::check(data.path()).await?;
    let millis = |percent| Some(stats::millis(stats::percentile(&waits, percent)?));
    Ok(Findings::default()
        .figure("pages", plan.pages, "open pages of the market")
        .bounded(
            "p95_ms",
            millis(95).context("nothing was reserved")?,
            Bound::AtMost(MOST),
            "95 of 100 times, a page knows of a reservation so soon after it was sent",
        )
        .bounded(
            "kb_per_page",
            stats::kilobytes_each(before, after, plan.pages - few),
            Bound::AtMost(MOST_MEMORY),
            "what an open page costs the server's memory",
        )
        .detail("check", "clean")
        .detail("p50_ms", millis(50))
        .detail("max_ms", millis(100))
        .detail("samples", waits.len())
        .detail("reservations", plan.told)
        .detail("reservations_per_s", 1_000 / PACE.as_millis() as u64)
        .detail("few_pages", few)
        .detail("few_rss_mb", before)
        .detail("open_rss_mb", after)
        .detail("end_rss_mb", loaded))
}

/// An open page that has been told that it is.
async fn open(server: &Server) -> Result<Lines> {
    let mut page = Connection::open(server.address)
        .await?
        .lines("/live")
        .await?;
    while page.next().await? != "event: ready" {}
    Ok(page)
}

/// How long it took until the page was told of each reservation.
async fn read(mut page: Lines, reservations: Arc<Reservations>) -> Result<Vec<Duration>> {
    let mut waits = Vec::with_capacity(reservations.sent.len());
    while waits.len() < reservations.sent.len() {
        let line = page.next().await?;
        let now = Instant::now();
        let Some(data) = line.strip_prefix("data: [") else {
            continue;
        };
        let changes: Vec<Value> = serde_json::from_str(&format!("[{data}"))?;
        for change in changes {
            let number = change["id"]
                .as_str()
                .and_then(|id| reservations.numbers.get(id));
            let sent = number.and_then(|number| reservations.sent[*number].get());
            let sent = sent.context("told of what was not reserved")?;
            ensure!(change["status"] == "reserved", "told of {change}");
            waits.push(now.duration_since(*sent));
        }
    }
    Ok(waits)
}
