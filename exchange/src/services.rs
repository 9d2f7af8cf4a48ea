//! The services that act by themselves: on events, on timers, periodically.

use std::{sync::Arc, time::Duration};

use futures::{
    FutureExt, StreamExt,
    future::{BoxFuture, join_all},
    stream,
};
use tokio::{task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::{
    Exchange, Result, audit, expiration,
    feed::delivery,
    figures, market, moderation, notifications,
    orders::{self, expiry::Expirer},
    payments,
    platform::{
        bus::Bus,
        consumer::{self, Handler},
        lease::Lease,
        outbox,
    },
    vars,
};

/// How often the sweeps look for what timers and events have missed.
const SWEEP: Duration = Duration::from_secs(1);
/// How often the audit trail is sealed.
const SEAL: Duration = Duration::from_millis(250);
/// How often money is counted.
const COUNT: Duration = Duration::from_secs(1);
/// How often what has outlived its use is deleted.
const FORGET: Duration = Duration::from_secs(60);
/// How long the sweep leaves a due hold to its timer.
const TIMER_HEAD_START: Duration = Duration::from_secs(1);
/// How long the sweep leaves a new listing to its event.
const EVENT_HEAD_START: Duration = Duration::from_secs(5);
/// How long a service that panicked waits before it begins again.
const RECOVERY: Duration = Duration::from_secs(1);
/// Most records of a kind that one sweep deals with.
const BATCH: usize = 1_000;
/// How many of them at once.
const AT_ONCE: usize = 64;
/// How much longer than the broker keeps an event it is remembered which consumer has
/// processed it.
const PROCESSED: Duration = Duration::from_secs(10 * 24 * 3_600);
/// How long a link is kept that is too old to be used.
const LINKS_MILLIS: i64 = 24 * 3_600 * 1_000;

/// What acts by itself, and may be a process of its own where database and broker
/// are servers. Any number of processes may have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Sends what commits wrote down to the broker.
    Relay,
    /// Ends holds, and blanks billing details that were kept long enough.
    Orders,
    /// Settles payments and refunds, and reconciles them with Stripe.
    Payments,
    /// Sets and drops the timers of holds.
    Expiration,
    /// Writes to people, and tells their programs.
    Notifications,
    /// Judges listings, and ends those whose event has begun.
    Moderation,
    /// Seals the audit trail, adds up figures, and forgets what is too old.
    Records,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Relay,
        Self::Orders,
        Self::Payments,
        Self::Expiration,
        Self::Notifications,
        Self::Moderation,
        Self::Records,
    ];

    /// The name under which an operator knows it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Relay => "relay",
            Self::Orders => "orders",
            Self::Payments => "payments",
            Self::Expiration => "expiration",
            Self::Notifications => "notifications",
            Self::Moderation => "moderation",
            Self::Records => "records",
        }
    }

    /// The service of this [name](Self::name).
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.name() == name)
    }
}

/// Does what became due while `which` were not there: holds are ended and every open
/// payment is looked at. To be awaited before the process says that it is ready.
///
/// # Errors
/// Only when the database is away.
pub async fn catch_up(exchange: &Exchange, which: &[Service]) -> Result<()> {
    if which.contains(&Service::Payments) {
        payments::wake(exchange).await?;
    }
    if which.contains(&Service::Orders) {
        let expirer = Expirer::start(exchange);
        while expire_overdue(exchange, &expirer, Duration::ZERO).await? == BATCH {}
    }
    Ok(())
}

/// Runs `which` until `stop`; `bus` may be away.
pub async fn run(exchange: Exchange, bus: Bus, which: Vec<Service>, stop: CancellationToken) {
    let mut services = Services {
        tasks: JoinSet::new(),
        expirer: Expirer::start(&exchange),
        exchange,
        bus,
        stop,
    };
    // What is due in the records is done while the broker is away.
    for service in &which {
        services.sweeps_of(*service);
    }
    let kept = services.exchange.settings.event_retention;
    prepare(&services.bus, kept, &services.stop).await;
    // Whoever does not relay tells those who do.
    services.relay(which.contains(&Service::Relay));
    for service in &which {
        services.consumers_of(*service);
    }
    services.tasks.join_all().await;
}

/// Runs a service until it ends, and again when it panics, until `stop`.
pub async fn keep<F>(name: &'static str, stop: CancellationToken, begin: impl Fn() -> F + Send)
where
    F: Future<Output = ()> + Send + 'static,
{
    while let Err(error) = tokio::spawn(begin()).await {
        tracing::error!(service = name, %error, "begins again");
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(RECOVERY) => {}
        }
    }
}

async fn prepare(bus: &Bus, kept: Duration, stop: &CancellationToken) {
    while let Err(error) = bus.prepare(kept).await {
        tracing::warn!(%error, "waiting for the broker");
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(Duration::from_millis(300)) => {}
        }
    }
}

/// The services that run.
struct Services {
    tasks: JoinSet<()>,
    exchange: Exchange,
    expirer: Expirer,
    bus: Bus,
    stop: CancellationToken,
}

impl Services {
    fn sweeps_of(&mut self, service: Service) {
        match service {
            Service::Orders => {
                self.sweep("holds", SWEEP, |exchange, expirer| {
                    async {
                        // What has been asked for is ended first.
                        if !expirer.is_busy() {
                            expire_overdue(exchange, expirer, TIMER_HEAD_START).await?;
                        }
                        Ok(())
                    }
                    .boxed()
                });
                self.sweep("billing", FORGET, |exchange, _| {
                    orders::retention::sweep(exchange).boxed()
                });
            }
            Service::Payments => {
                self.sweep("payments", SWEEP, |exchange, _| {
                    payments::resume(exchange).boxed()
                });
                let (exchange, stop) = (self.exchange.clone(), self.stop.clone());
                self.keep("reconciler", move || {
                    let lease = Lease::new(exchange.db.clone(), "reconciler");
                    payments::reconcile::run(exchange.clone(), lease, stop.clone())
                });
            }
            Service::Moderation => {
                self.sweep("listings", SWEEP, |exchange, _| {
                    sweep_listings(exchange).boxed()
                });
            }
            Service::Records => {
                self.sweep("audit", SEAL, |exchange, _| audit::seal(exchange).boxed());
                self.sweep("figures", COUNT, |exchange, _| {
                    figures::count(exchange).boxed()
                });
                self.sweep("forget", FORGET, |exchange, _| forget(exchange).boxed());
            }
            Service::Notifications => {
                let (exchange, stop) = (self.exchange.clone(), self.stop.clone());
                self.keep("webhooks", move || {
                    let lease = Lease::new(exchange.db.clone(), "webhooks");
                    delivery::run(exchange.clone(), lease, stop.clone())
                });
            }
            Service::Relay | Service::Expiration => {}
        }
    }

    fn consumers_of(&mut self, service: Service) {
        let exchange = self.exchange.clone();
        let (bus, expirer) = (self.bus.clone(), self.expirer.clone());
        match service {
            Service::Orders => self.consume(orders::handlers::Expiry {
                exchange,
                bus,
                expirer,
            }),
            Service::Payments => self.consume(payments::handlers::Payments { exchange }),
            Service::Expiration => self.consume(expiration::Timers { exchange, bus }),
            Service::Notifications => self.consume(notifications::Postman { exchange, expirer }),
            Service::Moderation => self.consume(moderation::Judge { exchange }),
            Service::Relay | Service::Records => {}
        }
    }

    fn relay(&mut self, may: bool) {
        let (exchange, bus) = (self.exchange.clone(), self.bus.clone());
        let stop = self.stop.clone();
        self.keep("relay", move || {
            let lease = may.then(|| Lease::new(exchange.db.clone(), "relay"));
            outbox::run(exchange.db.clone(), bus.clone(), lease, stop.clone())
        });
    }

    /// Runs a service until it ends, and again when it panics.
    fn keep<F>(&mut self, name: &'static str, begin: impl Fn() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(keep(name, self.stop.clone(), begin));
    }

    fn consume<H: Handler>(&mut self, handler: H) {
        let handler = Arc::new(handler);
        let (bus, stop) = (self.bus.clone(), self.stop.clone());
        self.keep(H::NAME, move || {
            consumer::run(Arc::clone(&handler), bus.clone(), stop.clone())
        });
    }

    /// The safety net: does what is due or open in the records, whether or
    /// not a timer or an event says so.
    fn sweep(
        &mut self,
        name: &'static str,
        pause: Duration,
        work: for<'a> fn(&'a Exchange, &'a Expirer) -> BoxFuture<'a, Result<()>>,
    ) {
        let (exchange, expirer) = (self.exchange.clone(), self.expirer.clone());
        let stop = self.stop.clone();
        self.keep(name, move || {
            let (exchange, expirer) = (exchange.clone(), expirer.clone());
            let stop = stop.clone();
            async move {
                let mut lease = Lease::new(exchange.db.clone(), name);
                while !stop.is_cancelled() {
                    if lease.is_held().await
                        && let Err(error) = work(&exchange, &expirer).await
                    {
                        tracing::warn!(sweep = name, %error, "will be tried again");
                        lease.give_up().await;
                    }
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = lease.pause(pause) => {}
                    }
                }
                lease.give_up().await;
            }
        });
    }
}

/// How many holds it ended.
async fn expire_overdue(
    exchange: &Exchange,
    expirer: &Expirer,
    head_start: Duration,
) -> Result<usize> {
    let before = exchange.clock.ago(head_start);
    let overdue = orders::store::overdue(&exchange.db, before, BATCH).await?;
    let ended = join_all(overdue.into_iter().map(async |order| {
        let outcome = expirer.expire(order.clone()).await;
        outcome
            .inspect_err(|error| tracing::warn!(%order, %error, "hold not ended"))
            .is_ok()
    }));
    Ok(ended.await.into_iter().filter(|ended| *ended).count())
}

/// Decides about listings whose event was lost, and ends those whose event on
/// stage has begun.
async fn sweep_listings(exchange: &Exchange) -> Result<()> {
    let waiting =
        market::waiting(&exchange.db, exchange.clock.ago(EVENT_HEAD_START), BATCH).await?;
    for (ticket, content_version) in waiting {
        if let Err(error) = moderation::judge(exchange, &ticket, content_version).await {
            tracing::warn!(%ticket, %error, "listing not judged");
        }
    }
    let begun = market::begun(&exchange.db, exchange.clock.now(), BATCH).await?;
    stream::iter(begun)
        .for_each_concurrent(AT_ONCE, async |ticket| {
            if let Err(error) = market::end(exchange, &ticket).await {
                tracing::warn!(%ticket, %error, "listing not ended");
            }
        })
        .await;
    Ok(())
}

/// Anybody can ask for links: their events go with them.
const EVENTS_OF_LINKS: &str =
    "DELETE (SELECT VALUE type::record('event', ['link', record::id(id), 1]) FROM $some)";

async fn forget(exchange: &Exchange) -> Result<()> {
    let now = exchange.clock.now().millis();
    let settings = &exchange.settings;
    let events = exchange.clock.ago(settings.event_retention).millis();
    let kept = settings.event_retention + PROCESSED;
    let processed = exchange.clock.ago(kept).millis();
    let tries = exchange.clock.ago(settings.sign_in_retention).millis();
    for (old, until, also) in [
        ("session WHERE expires_at", now, ""),
        ("api_key WHERE expires_at", now, ""),
        ("api_answer WHERE expires_at", now, ""),
        ("processed WHERE at", processed, ""),
        ("sent_mail WHERE at", processed, ""),
        (
            "mailed_link WHERE expires_at",
            now - LINKS_MILLIS,
            EVENTS_OF_LINKS,
        ),
        ("rate WHERE full_at", now, ""),
        ("tries WHERE at", tries, ""),
        ("account_event WHERE numbered_at", events, ""),
        ("webhook_delivery WHERE at", events, ""),
    ] {
        let left = format!("SELECT VALUE 1 FROM {old} <= $until LIMIT 1");
        let some = format!(
            "LET $some = (SELECT VALUE id FROM {old} <= $until LIMIT {BATCH}); {also}; DELETE $some"
        );
        exchange
            .db
            .transact_while("forget", &left, &some, &vars! { until => until })
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        accounts::{recovery, tries::Client},
        clock::Clock,
        fixtures,
    };

    #[tokio::test]
    async fn a_link_that_is_too_old_goes_with_its_event() {
        let exchange = fixtures::exchange(fixtures::db().await, "http://127.0.0.1:9");
        for email in ["ada@example.org", "bob@example.org"] {
            recovery::forgot_password(&exchange, &Client::default(), email)
                .await
                .expect("an address");
        }
        let left = async |table: &str| {
            let sql = format!("SELECT VALUE 1 FROM {table}");
            let rows = exchange.db.read(&sql, vars! {}).await;
            rows.expect("reads").many::<i64>().expect("rows").len()
        };
        for (hours, expected) in [(0, 2), (23, 2), (25, 0)] {
            // A quarter of an hour, and then a day.
            let clock = Clock::with_offset(hours * 3_600 + 60);
            let then = Exchange::new(exchange.db.clone(), clock, exchange.settings.clone());
            forget(&then.expect("settings")).await.expect("forgets");
            assert_eq!(left("mailed_link").await, expected, "{hours}");
            assert_eq!(left("event").await, expected, "{hours}");
        }
    }

    #[tokio::test]
    async fn events_and_deliveries_are_kept_for_thirty_days() {
        const SQL: &str = "
            CREATE account_event:['a', 1] SET numbered_at = $now;
            CREATE webhook_delivery:['a', 'z'] SET at = $now";
        let exchange = fixtures::exchange(fixtures::db().await, "http://127.0.0.1:9");
        let vars = vars! { now => exchange.clock.now().millis() };
        let written = exchange.db.transact("note", SQL, vars).await;
        written.expect("writes");
        for (days, expected) in [(29, 1), (31, 0)] {
            let clock = Clock::with_offset(days * 24 * 3_600);
            let then = Exchange::new(exchange.db.clone(), clock, exchange.settings.clone());
            forget(&then.expect("settings")).await.expect("forgets");
            for table in ["account_event", "webhook_delivery"] {
                let sql = format!("SELECT VALUE 1 FROM {table}");
                let rows = exchange.db.read(&sql, vars! {}).await.expect("reads");
                let left = { rows }.many::<i64>().expect("rows").len();
                assert_eq!(left, expected, "{table} after {days} days");
            }
        }
    }
}
