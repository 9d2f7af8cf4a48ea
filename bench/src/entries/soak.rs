//! A mixed load for a long time, with a broker that dies and clients that go away: no
//! request fails by our fault, and memory does not grow.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use domain::TicketId;
use serde_json::Value;
use stripe_sandbox::{Config, Sandbox};
use tokio::{
    io::AsyncWriteExt,
    net::TcpStream,
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    http::{Answer, Connection},
    plan::Plan,
    process::{self, Server},
    records,
    report::{Bound, Findings},
    stats,
    store::Store,
};

/// Tickets, of which each buyer has a part.
const TICKETS: usize = 4_000;
const BUYERS: usize = 8;
const READERS: usize = 4;
const PAGES: usize = 20;
/// Most that memory may grow from a quarter of the time on: 5 in 100.
const MOST: f64 = 1.05;
/// Of so many orders one is paid and refunded; the others are let go.
const PAID: usize = 8;
const VISA: &str = "4242424242424242";

/// What happened.
#[derive(Default)]
struct Counts {
    requests: AtomicU64,
    errors_5xx: AtomicU64,
    refused: AtomicU64,
    paid: AtomicU64,
}

impl Counts {
    fn note(&self, answer: &Answer) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let counter = match answer.status {
            500.. => &self.errors_5xx,
            400.. => &self.refused,
            _ => return,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// What the load shares.
struct Load {
    server: std::net::SocketAddr,
    sandbox: Sandbox,
    counts: Counts,
    end: Instant,
}

impl Load {
    fn goes_on(&self) -> bool {
        Instant::now() < self.end
    }
}

pub(super) async fn measure(plan: &Plan) -> Result<Findings> {
    let store = Store::create().await?;
    records::users(&store.exchange, BUYERS).await?;
    records::tickets(&store.exchange, TICKETS).await?;
    let data = store.close().await?;
    let sandbox = Sandbox::start(Config::default()).await?;
    let urls = [
        ("STRIPE_API_URL", sandbox.url()),
        ("STRIPE_JS_URL", format!("{}/v3/", sandbox.url())),
    ];
    let server = Server::start_with(data.path(), &urls).await?;
    sandbox.set_webhook_url(format!("http://{}/webhooks/stripe", server.address));
    let load = Arc::new(Load {
        server: server.address,
        sandbox,
        counts: Counts::default(),
        end: Instant::now() + plan.soak,
    });
    let mut work = JoinSet::new();
    for number in 0..BUYERS {
        work.spawn(buy(Arc::clone(&load), number));
    }
    for number in 0..READERS {
        work.spawn(read(Arc::clone(&load), number));
    }
    for _ in 0..PAGES {
        work.spawn(look(Arc::clone(&load)));
    }
    work.spawn(go_away(Arc::clone(&load)));
    let mut resident = Vec::new();
    let mut kills = 0;
    let pause = plan.soak / 60;
    while load.goes_on() {
        sleep(pause).await;
        resident.push(server.resident()?.0);
        // Ten times in all.
        if resident.len() % 6 == 3 {
            server.kill_broker()?;
            kills += 1;
            sleep(pause / 2).await;
        }
    }
    while let Some(ended) = work.join_next().await {
        ended??;
    }
    // Everybody asks again at once, and events wait in line meanwhile.
    let ended = Instant::now();
    server.until_idle_within(plan.soak).await?;
    let rest = ended.elapsed();
    server.stop().await?;
    process::check(data.path()).await?;
    let quarter = resident.len() / 4;
    ensure!(quarter > 0, "it was too short");
    // What it takes to answer all kinds of requests is there by then.
    let before = stats::median(&resident[quarter..2 * quarter]);
    let after = stats::median(&resident[resident.len() - quarter..]);
    let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let counts = &load.counts;
    Ok(Findings::default()
        .figure(
            "requests",
            count(&counts.requests),
            "answered requests: pages, searches, reservations, payments, refunds",
        )
        .bounded(
            "errors_5xx",
            count(&counts.errors_5xx),
            Bound::Exactly(0.0),
            "of which these failed by our fault",
        )
        .bounded(
            "rss_growth",
            stats::ratio(after, before),
            Bound::AtMost(MOST),
            "memory in the last quarter by that in the second",
        )
        .figure(
            "paid",
            count(&counts.paid),
            "orders that were paid and refunded",
        )
        .figure(
            "rest_s",
            stats::tenths(rest.as_secs_f64()),
            "how long events were worked off when the load had ended",
        )
        .figure("kills", kills, "times that the broker was killed")
        .detail("check", "clean")
        .detail("seconds", plan.soak.as_secs())
        .detail("refused", count(&counts.refused))
        .detail("rss_mb", resident))
}

/// Reserves one of its own tickets after the other, and lets it go or pays.
async fn buy(load: Arc<Load>, number: usize) -> Result<()> {
    let mut connection = Connection::open(load.server).await?;
    let (session, mut round) = (records::token(records::buyer(number)), 0);
    while load.goes_on() {
        let ticket = number + BUYERS * (round % (TICKETS / BUYERS));
        round += 1;
        let answer = super::reserve(&mut connection, records::buyer(number), ticket).await?;
        load.counts.note(&answer);
        if answer.status != 200 {
            // On its way back to the market.
            sleep(Duration::from_millis(20)).await;
            continue;
        }
        let order: String = serde_json::from_slice(&answer.body)?;
        if round % PAID != 0 {
            let form = format!("order={order}");
            let answer = connection
                .post("/api/cancel_order", &session, &form)
                .await?;
            load.counts.note(&answer);
            continue;
        }
        let form = format!(
            "order={order}&billing_name=Ada+Lovelace&country=CA&line1=1+Main+Street&city=Toronto\
             &region=ON&postal_code=M5V+1A1"
        );
        let answer = connection
            .post("/api/start_payment", &session, &form)
            .await?;
        load.counts.note(&answer);
        let started: Value = serde_json::from_slice(&answer.body)?;
        let secret = started["client_secret"].as_str();
        let secret = secret.with_context(|| format!("no payment: {started}"))?;
        load.sandbox.pay(secret, VISA).await;
        let form = format!("order={order}");
        for function in ["finish_payment", "refund_order"] {
            let path = format!("/api/{function}");
            let answer = connection.post(&path, &session, &form).await?;
            load.counts.note(&answer);
        }
        load.counts.paid.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// Reads the market, searches, and looks at tickets.
async fn read(load: Arc<Load>, number: usize) -> Result<()> {
    let mut connection = Connection::open(load.server).await?;
    let mut round = number;
    while load.goes_on() {
        round += READERS;
        let path = match round % 3 {
            0 => "/".to_owned(),
            1 => "/?q=quartet&sort=cheapest".to_owned(),
            _ => format!(
                "/tickets/{}",
                records::id::<TicketId>(round * 37 % TICKETS)?
            ),
        };
        let answer = connection.get(&path, "").await?;
        load.counts.note(&answer);
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// Opens the market, is told of changes for some seconds, and leaves.
async fn look(load: Arc<Load>) -> Result<()> {
    while load.goes_on() {
        let mut page = Connection::open(load.server).await?.lines("/live").await?;
        let told = async {
            loop {
                page.next().await?;
            }
        };
        // Nothing ends it but who looks.
        let told: Result<Result<()>, _> = timeout(Duration::from_secs(5), told).await;
        ensure!(told.is_err(), "a page was left alone");
    }
    Ok(())
}

/// Asks, and does not wait for the answer; or not even to the end of the question.
async fn go_away(load: Arc<Load>) -> Result<()> {
    let mut round = 0_usize;
    while load.goes_on() {
        round += 1;
        let mut stream = TcpStream::connect(load.server).await?;
        let request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let part = &request[..round % request.len() + 1];
        stream.write_all(part.as_bytes()).await?;
        drop(stream);
        sleep(Duration::from_millis(25)).await;
    }
    Ok(())
}
