//! A small world for tests: a store, users, tickets, and on demand a broker
//! and a payment service.

use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use domain::{
    OrderId, TicketId,
    order::Order,
    permission::{Account, Administer, Permit, Viewer},
    ticket::{Ticket, TicketStatus},
};
use exchange::{
    Error, Exchange,
    accounts::{self, Registration, tries::Client},
    administration::dead_letters,
    check,
    clock::Clock,
    market::{self, TypedContent, TypedSearch},
    moderation,
    orders::{self, billing::TypedBilling},
    payments,
    platform::{
        bus::{Broker, Bus},
        commit::{Commit, CommitError},
        db::Db,
        dead_letters::DeadLetter,
        migrate::migrate,
        nats_server::NatsServer,
    },
    services::{self, Service},
    settings::Settings,
    vars,
};
use stripe_sandbox::{Config as SandboxConfig, Sandbox};
use tempfile::TempDir;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    cluster::{self, Cluster},
    described,
    mailbox::Received,
};

/// A strong password for everybody.
pub(crate) const PASSWORD: &str = "kettle-orbit-92-violin";

/// Settings for tests: holds of fifteen minutes, no waiting between holds.
pub(crate) fn settings(stripe_url: &str) -> Settings {
    let mut settings = Settings::trial(stripe_url, std::env::temp_dir());
    settings.hold_times.cooldown = Duration::ZERO;
    settings
}

/// A store with its services. A test that drops it unchecked fails.
pub(crate) struct World {
    pub(crate) exchange: Exchange,
    checked: AtomicBool,
    /// Has the store, if that is on disk, and the mails.
    pub(crate) folder: TempDir,
}

/// What commands are done with.
pub(crate) fn operator() -> Permit<Administer> {
    Viewer::Operator.may(Administer).expect("an operator")
}

/// The dead letters.
pub(crate) async fn dead(bus: &Bus) -> Vec<DeadLetter> {
    let found = dead_letters::list(bus, &operator(), 0, 1_000).await;
    found.expect("lists").items
}

impl World {
    /// An exchange in memory, with nobody to pay.
    pub(crate) async fn new() -> Self {
        Self::with(settings("http://127.0.0.1:9"), Clock::default()).await
    }

    /// An exchange whose data others may have open, too: in memory, or on a server.
    pub(crate) async fn shared() -> Self {
        let folder = TempDir::new().expect("a folder");
        let url = cluster::server().and_then(|_| cluster::database());
        let url = url.unwrap_or_else(|| "mem://".to_owned());
        Self::at(
            &url,
            settings("http://127.0.0.1:9"),
            Clock::default(),
            folder,
        )
        .await
    }

    /// An exchange in memory with these settings.
    pub(crate) async fn with(settings: Settings, clock: Clock) -> Self {
        let folder = TempDir::new().expect("a folder");
        Self::open("mem://", settings, clock, folder).await
    }

    /// An exchange on disk, every commit synced.
    pub(crate) async fn on_disk(settings: Settings) -> Self {
        let folder = TempDir::new().expect("a folder");
        let url = format!(
            "surrealkv://{}?sync=every",
            folder.path().join("db").display()
        );
        Self::open(&url, settings, Clock::default(), folder).await
    }

    async fn open(url: &str, settings: Settings, clock: Clock, folder: TempDir) -> Self {
        let elsewhere = cluster::database();
        Self::at(elsewhere.as_deref().unwrap_or(url), settings, clock, folder).await
    }

    async fn at(url: &str, mut settings: Settings, clock: Clock, folder: TempDir) -> Self {
        settings.mail.folder = folder.path().join("mail");
        let exchange = open(url, settings, clock).await;
        // From the start, so that the check has something to compare.
        market::load(&exchange).await.expect("reads");
        Self {
            exchange,
            checked: AtomicBool::new(false),
            folder,
        }
    }

    /// A signed-in, verified user.
    pub(crate) async fn user(&self, name: &str) -> Viewer {
        let registration = Registration {
            email: format!("{}@example.org", name.replace(' ', ".")),
            name: name.to_owned(),
            password: PASSWORD.to_owned(),
        };
        let user = accounts::register(&self.exchange, &Client::default(), registration)
            .await
            .expect("registers");
        accounts::verify(&self.exchange, &operator(), &user.id)
            .await
            .expect("registered")
            .viewer()
    }

    /// Somebody who reserves; cheaper than [`World::user`], for crowds.
    pub(crate) fn stranger(&self) -> Viewer {
        let id = ulid().parse().expect("a ULID");
        Viewer::User(Account {
            id,
            verified: true,
            suspended: false,
            moderator: false,
            admin: false,
        })
    }

    /// A ticket of `owner` on the market.
    pub(crate) async fn listed(&self, owner: &Viewer) -> Ticket {
        self.listed_as(owner, typed("Two seats on the aisle")).await
    }

    /// What `owner` typed, on the market.
    pub(crate) async fn listed_as(&self, owner: &Viewer, typed: TypedContent) -> Ticket {
        let id = market::create(&self.exchange, owner, typed)
            .await
            .expect("lists");
        self.approve(&id).await;
        self.ticket(&id).await
    }

    /// Titles of the page that `search` finds.
    pub(crate) async fn titles(&self, search: TypedSearch) -> Vec<String> {
        let found = market::browse(&self.exchange, search).await.expect("reads");
        found.items.into_iter().map(|item| item.title).collect()
    }

    /// Puts a pending ticket on the market, also when moderation runs and has doubts.
    pub(crate) async fn approve(&self, id: &TicketId) {
        loop {
            let (pending, now) = (self.ticket(id).await, self.exchange.clock.now());
            let Ok(approved) = pending.approve(pending.content_version, now) else {
                return;
            };
            let mut commit = Commit::new("approve")
                .ticket(Some(&pending), &approved)
                .expect("writes");
            if pending.case.is_some() {
                let owner = Viewer::User(Account {
                    id: pending.owner.clone(),
                    verified: true,
                    suspended: false,
                    moderator: false,
                    admin: false,
                });
                let case = moderation::verdict(&self.exchange, &owner, id).await;
                let case = case.expect("the owner's").expect("a case");
                let Ok(closed) = case.close(now) else {
                    continue;
                };
                commit = commit.case(Some(&case), &closed).expect("writes");
            }
            match commit.run(&self.exchange.db).await {
                Ok(()) => return,
                Err(CommitError::Stale) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    pub(crate) async fn ticket(&self, id: &TicketId) -> Ticket {
        let sql = "SELECT *, record::id(id) AS id FROM type::record('ticket', $id)";
        self.exchange
            .db
            .read(sql, vars! { id => id.to_string() })
            .await
            .expect("reads")
            .one()
            .expect("a ticket")
            .expect("exists")
    }

    pub(crate) async fn order(&self, id: &OrderId) -> Order {
        let sql = "SELECT *, record::id(id) AS id FROM type::record('ticket_order', $id)";
        self.exchange
            .db
            .read(sql, vars! { id => id.to_string() })
            .await
            .expect("reads")
            .one()
            .expect("an order")
            .expect("exists")
    }

    pub(crate) async fn reserve(&self, buyer: &Viewer, ticket: &Ticket) -> Result<OrderId, Error> {
        orders::reserve(&self.exchange, buyer, &ticket.id, ticket.content.price).await
    }

    /// How many tickets have this status.
    pub(crate) async fn count(&self, status: TicketStatus) -> usize {
        let rows: Vec<i64> = self
            .exchange
            .db
            .read(
                "SELECT VALUE 1 FROM ticket WHERE status = $status",
                vars! { status => status.name().to_owned() },
            )
            .await
            .expect("reads")
            .many()
            .expect("numbers");
        rows.len()
    }

    /// The mails that were written, the newest first.
    pub(crate) fn mails(&self) -> Vec<Received> {
        let Ok(entries) = fs::read_dir(self.folder.path().join("mail")) else {
            return Vec::new();
        };
        let mut files: Vec<_> = entries
            .flatten()
            .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
            .map(|entry| {
                let written = entry.metadata().and_then(|file| file.modified());
                (written.expect("a time"), entry.path())
            })
            .collect();
        files.sort_unstable_by(|a, b| b.cmp(a));
        files
            .into_iter()
            .map(|(_, path)| Received::parse(&fs::read(path).expect("reads")))
            .collect()
    }

    /// The invariants, proved over the whole database: how every test ends.
    pub(crate) async fn check(&self) {
        assert_eq!(self.violations().await, Vec::<String>::new());
    }

    /// What the check finds.
    pub(crate) async fn violations(&self) -> Vec<String> {
        self.checked.store(true, Ordering::Relaxed);
        // Where others wrote, too, the market is what was told of them, and nobody tells
        // any more.
        let exchange = if cluster::have_written() {
            let exchange = cluster::another(&self.exchange).await;
            market::load(&exchange).await.expect("reads");
            exchange
        } else {
            self.exchange.clone()
        };
        let mut found = check::check(&exchange.db).await.expect("reads").violations;
        found.extend(described::violations(&exchange).await);
        found
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // A second panic would hide what the first one says.
        assert!(
            self.checked.load(Ordering::Relaxed) || std::thread::panicking(),
            "the test ends without the check"
        );
    }
}

/// Opens and migrates a database.
pub(crate) async fn open(url: &str, settings: Settings, clock: Clock) -> Exchange {
    let db = Db::open(url).await.expect("opens");
    migrate(&db, &clock).await.expect("migrates");
    Exchange::new(db, clock, settings).expect("settings")
}

/// What a seller types.
pub(crate) fn typed(title: &str) -> TypedContent {
    TypedContent {
        title: title.into(),
        description: String::new(),
        venue: "Massey Hall".into(),
        starts: String::new(),
        zone: String::new(),
        price: "45.00".into(),
        handover_note: "By e-mail.".into(),
        relist_after_refund: true,
    }
}

/// A search for words.
pub(crate) fn query(q: &str) -> TypedSearch {
    TypedSearch {
        q: q.to_owned(),
        ..TypedSearch::default()
    }
}

/// Who pays, as typed.
pub(crate) fn billing() -> TypedBilling {
    TypedBilling {
        name: "Ada Lovelace".into(),
        country: "CA".into(),
        line1: "1 Main Street".into(),
        line2: String::new(),
        city: "Toronto".into(),
        region: "Ontario".into(),
        postal_code: "m5v 1a1".into(),
    }
}

/// *Pay*, with everything typed; the intent's client secret.
pub(crate) async fn press_pay(
    exchange: &Exchange,
    buyer: &Viewer,
    order: &OrderId,
) -> Result<String, Error> {
    let begun = payments::start(exchange, buyer, order, &billing()).await?;
    Ok(begun.client_secret)
}

/// A new ULID, from the clock and randomness.
pub(crate) fn ulid() -> String {
    ulid::Ulid::from_parts(
        u64::try_from(Clock::default().now().millis()).expect("after 1970"),
        rand::random(),
    )
    .to_string()
}

/// The nats-server to test against.
pub(crate) fn nats_program() -> PathBuf {
    std::env::var_os("NATS_SERVER").map_or_else(|| PathBuf::from("nats-server"), PathBuf::from)
}

enum Brokers {
    Private(JoinHandle<()>, CancellationToken, TempDir),
    Cluster(Cluster),
}

/// A broker and the services on it.
pub(crate) struct Running {
    stop: CancellationToken,
    services: JoinSet<()>,
    brokers: Brokers,
    pub(crate) bus: Bus,
    pub(crate) broker_pid: u32,
}

impl Running {
    /// Starts a broker, and every service of `exchange` on it.
    pub(crate) async fn start(exchange: &Exchange) -> Self {
        let processes = match cluster::server() {
            None => vec![Service::ALL.to_vec()],
            Some(_) => {
                let (some, others) = Service::ALL.split_at(3);
                [some, others, some, others].map(<[_]>::to_vec).to_vec()
            }
        };
        Self::split(exchange, processes).await
    }

    /// Starts a broker, and on it for each of `processes` the services that it has.
    pub(crate) async fn split(exchange: &Exchange, processes: Vec<Vec<Service>>) -> Self {
        let (broker, broker_pid, brokers) = if cluster::server().is_some() {
            let cluster = Cluster::start().await;
            (
                cluster.broker.clone(),
                cluster.pid,
                Brokers::Cluster(cluster),
            )
        } else {
            let folder = TempDir::new().expect("a folder");
            let server = NatsServer::start(&nats_program(), folder.path())
                .await
                .expect("a broker");
            let broker = Broker::at(&server.url()).expect("an address");
            let pid = server.pid().expect("runs");
            let stop = CancellationToken::new();
            let supervised = tokio::spawn(server.supervise(stop.clone()));
            (broker, pid, Brokers::Private(supervised, stop, folder))
        };
        let bus = Bus::connect(&broker).await.expect("connects");
        let stop = CancellationToken::new();
        let mut services = JoinSet::new();
        for which in processes {
            let (exchange, bus) = (
                cluster::another(exchange).await,
                Bus::connect(&broker).await.expect("connects"),
            );
            services.spawn(cluster::follow(exchange.clone(), bus.clone(), stop.clone()));
            services.spawn(services::run(exchange, bus, which, stop.clone()));
        }
        services.spawn(cluster::follow(exchange.clone(), bus.clone(), stop.clone()));
        Self {
            stop,
            services,
            brokers,
            bus,
            broker_pid,
        }
    }

    /// Makes the streams, as services do.
    pub(crate) async fn prepare(&self, world: &World) -> Result<(), Error> {
        let kept = world.exchange.settings.event_retention;
        self.bus.prepare(kept).await
    }

    /// Stops the services, then the broker.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.services.join_all().await;
        match self.brokers {
            Brokers::Cluster(cluster) => cluster.stop().await,
            Brokers::Private(broker, stop, _folder) => {
                stop.cancel();
                broker.await.expect("the broker ends");
            }
        }
    }
}

/// A payment service that starts and ends with the test.
pub(crate) async fn sandbox() -> Arc<Sandbox> {
    Arc::new(
        Sandbox::start(SandboxConfig::default())
            .await
            .expect("a sandbox"),
    )
}

/// Waits until `done` is true, at most half a minute.
pub(crate) async fn eventually(what: &str, mut done: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if done().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not within 30 seconds: {what}");
}
