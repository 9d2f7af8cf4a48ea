//! Signing in: how often a second, and what it leaves of the market meanwhile.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use exchange::accounts::{self, Registration, tries::Client};

use crate::{
    http::Connection,
    load::{self, Worker},
    plan::Plan,
    process::Server,
    records,
    report::Findings,
    stats,
    store::Store,
};

/// People who sign in at the same time.
const PEOPLE: usize = 8;
/// Readers of the market, alone and meanwhile.
const READERS: usize = 2;
const PASSWORD: &str = "kettle-orbit-92-violin";

/// With the parameters of Argon2id that the server has.
pub(super) async fn measure(plan: &Plan) -> Result<Findings> {
    let store = Store::create().await?;
    records::users(&store.exchange, 0).await?;
    records::tickets(&store.exchange, plan.listings[0]).await?;
    for number in 0..PEOPLE {
        let typed = Registration {
            email: email(number),
            name: format!("Person {number}"),
            password: PASSWORD.to_owned(),
        };
        accounts::register(&store.exchange, &Client::default(), typed).await?;
    }
    let data = store.close().await?;
    let server = Server::start(data.path()).await?;
    server.until_idle().await?;
    let connections = Connection::open_many(server.address, PEOPLE).await?;
    let mut people: Vec<Person> = (0..)
        .zip(connections)
        .map(|(number, connection)| Person { number, connection })
        .collect();
    let connections = Connection::open_many(server.address, READERS).await?;
    let mut readers: Vec<Reader> = connections.into_iter().map(Reader::new).collect();
    let longest = plan.window * 3;
    load::window(&mut readers, 0..usize::MAX, longest).await?;
    let alone = take(&mut readers);
    let (signed_in, read) = tokio::join!(
        load::window(&mut people, 0..usize::MAX, longest),
        load::window(&mut readers, 0..usize::MAX, longest),
    );
    let (per_second, meanwhile) = (signed_in?, read.map(|_| take(&mut readers))?);
    drop((people, readers));
    server.stop().await?;
    Ok(Findings::default()
        .figure(
            "per_second",
            stats::tenths(per_second),
            "sign-ins a second, Argon2id m=19456 t=2 p=1 (OWASP)",
        )
        .figure(
            "market_p99_ms",
            stats::tenths(meanwhile),
            "the market meanwhile, for 99 of 100",
        )
        .figure(
            "market_p99_alone_ms",
            stats::tenths(alone),
            "the market without anybody who signs in",
        )
        .detail("people", PEOPLE)
        .detail("readers", READERS)
        .detail("window_s", longest.as_secs_f64()))
}

fn email(number: usize) -> String {
    format!("person-{number}@bench.example")
}

/// The 99th percentile of what the readers waited, in milliseconds.
fn take(readers: &mut [Reader]) -> f64 {
    let waits: Vec<Duration> = readers
        .iter_mut()
        .flat_map(|reader| std::mem::take(&mut reader.waits))
        .collect();
    stats::percentile(&waits, 99).map_or(0.0, stats::millis)
}

struct Person {
    number: usize,
    connection: Connection,
}

impl Worker for Person {
    async fn work(&mut self, _number: usize) -> Result<()> {
        let form = format!("email={}&password={PASSWORD}", email(self.number));
        let answer = self.connection.post("/api/sign_in", "", &form).await?;
        ensure!(answer.status == 200, "signing in answers {}", answer.status);
        Ok(())
    }
}

struct Reader {
    connection: Connection,
    waits: Vec<Duration>,
}

impl Reader {
    fn new(connection: Connection) -> Self {
        Self {
            connection,
            waits: Vec::new(),
        }
    }
}

impl Worker for Reader {
    async fn work(&mut self, _number: usize) -> Result<()> {
        let began = Instant::now();
        let answer = self.connection.get("/", "").await?;
        ensure!(answer.status == 200, "/ answers {}", answer.status);
        self.waits.push(began.elapsed());
        Ok(())
    }
}
