//! Whether the parts that the exchange stands on are there, and how far its services
//! are behind.

use std::time::{Duration, Instant};

use domain::{
    Timestamp,
    event::Event,
    permission::{Administer, Permit},
};
use futures::TryStreamExt;
use tokio::time::timeout;

use crate::{
    Error, Exchange, Result, orders,
    platform::{
        bus::{Bus, EVENTS, SCHEDULE, away},
        dead_letters, outbox,
    },
    vars,
};

/// How long a part has to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// More events than this in the outbox are not counted.
pub const MOST_UNSENT: usize = 1_000;

/// Something that the exchange stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The database.
    Database,
    /// The broker.
    Broker,
    /// The payment service.
    Stripe,
    /// The mail server, or the folder in place of it.
    Mail,
}

impl Part {
    /// Its name in metrics and in answers to probes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Broker => "broker",
            Self::Stripe => "stripe",
            Self::Mail => "mail",
        }
    }
}

/// How far a consumer is behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lag {
    /// Its name.
    pub consumer: String,
    /// Messages that it has not been given yet.
    pub waiting: u64,
    /// Messages that it was given and has not finished with.
    pub unfinished: usize,
}

/// How the parts are.
#[derive(Debug)]
pub struct Health {
    /// How long each took to answer, or why it did not.
    pub parts: Vec<(Part, Result<Duration>)>,
    /// Events that the broker has not got yet; more than [`MOST_UNSENT`] are not
    /// counted.
    pub unsent: Option<usize>,
    /// When the oldest of them happened.
    pub oldest_unsent: Option<Timestamp>,
    /// How many reservations are not paid, if the database says.
    pub holds: Option<usize>,
    /// The consumers, if the broker says anything of them.
    pub consumers: Vec<Lag>,
    /// How many dead letters there are, if the broker says.
    pub dead_letters: Option<u64>,
}

/// Asks every part how it is.
pub async fn health(exchange: &Exchange, bus: &Bus, permit: &Permit<Administer>) -> Health {
    let stripe = async {
        exchange.stripe.list(exchange.clock.now(), None).await?;
        Ok(())
    };
    let mail = async {
        let found = exchange.mailer.check().await;
        found.map_err(|error| Error::Unavailable("the mail server", error.into()))
    };
    let (mut health, stripe, mail) =
        tokio::join!(inside(exchange, bus, permit), timed(stripe), timed(mail));
    let outside = [(Part::Stripe, stripe), (Part::Mail, mail)];
    health.parts.extend(outside);
    health
}

/// As [`health`], of what is not somebody else's: database, broker and services.
pub async fn inside(exchange: &Exchange, bus: &Bus, _permit: &Permit<Administer>) -> Health {
    let (parts, unsent, holds, consumers, dead) = tokio::join!(
        parts(exchange, bus),
        timeout(PATIENCE, unsent(exchange)),
        timeout(PATIENCE, orders::store::count_holds(&exchange.db)),
        timeout(PATIENCE, lags(bus)),
        timeout(PATIENCE, dead_letters::count(bus)),
    );
    let (unsent, oldest_unsent) = unsent.ok().and_then(Result::ok).unzip();
    Health {
        parts,
        unsent,
        oldest_unsent: oldest_unsent.flatten(),
        holds: holds.ok().and_then(Result::ok),
        consumers: consumers.ok().and_then(Result::ok).unwrap_or_default(),
        dead_letters: dead.ok().and_then(Result::ok),
    }
}

/// Whether database and broker answer.
pub async fn parts(exchange: &Exchange, bus: &Bus) -> Vec<(Part, Result<Duration>)> {
    let database = async {
        exchange.db.read("RETURN 1", vars! {}).await?;
        Ok(())
    };
    let broker = async {
        bus.context().get_stream(EVENTS).await.map_err(away)?;
        Ok(())
    };
    let (database, broker) = tokio::join!(timed(database), timed(broker));
    vec![(Part::Database, database), (Part::Broker, broker)]
}

async fn timed(answer: impl Future<Output = Result<()>>) -> Result<Duration> {
    let begun = Instant::now();
    timeout(PATIENCE, answer)
        .await
        .unwrap_or_else(|late| Err(Error::Unavailable("it", late.into())))?;
    Ok(begun.elapsed())
}

/// How many events there are in the outbox, and when the oldest happened.
async fn unsent(exchange: &Exchange) -> Result<(usize, Option<Timestamp>)> {
    let vars = vars! { limit => (MOST_UNSENT + 1) as i64 };
    let found: Vec<String> = exchange.db.read(outbox::ANY, vars).await?.many()?;
    let happened = |payload: &String| Some(serde_json::from_str::<Event>(payload).ok()?.at);
    Ok((found.len(), found.iter().filter_map(happened).min()))
}

async fn lags(bus: &Bus) -> Result<Vec<Lag>> {
    let mut found = Vec::new();
    for name in [EVENTS, SCHEDULE] {
        let stream = bus.context().get_stream(name).await.map_err(away)?;
        let consumers: Vec<_> = stream.consumers().try_collect().await.map_err(away)?;
        found.extend(
            consumers
                .into_iter()
                // What every process follows for itself has no name that lasts.
                .filter(|consumer| consumer.config.durable_name.is_some())
                .map(|consumer| Lag {
                    consumer: consumer.name,
                    waiting: consumer.num_pending,
                    unfinished: consumer.num_ack_pending,
                }),
        );
    }
    Ok(found)
}
