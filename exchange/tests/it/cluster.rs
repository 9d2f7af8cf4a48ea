//! Servers instead of a store in memory and a private broker: with
//! `TEST_DATABASE_URL`, which names a SurrealDB server and a namespace, each world has
//! a database of its own there, its broker is a cluster of three, and there are two of
//! each service, each with connections of its own. With one that names a folder
//! (`rocksdb://…`), each world has a store of its own in that.

use std::{
    fs,
    net::TcpListener,
    path::PathBuf,
    process::Stdio,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use exchange::{
    Exchange,
    live::Feed,
    platform::{
        bus::{Broker, Bus},
        db::Db,
    },
    vars,
};
use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    task::JoinHandle,
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use crate::harness::{eventually, nats_program, ulid};

const NODES: usize = 3;

/// The server of a test that has one of its own.
static OWN: OnceLock<String> = OnceLock::new();

/// The server that tests have databases on, if they have.
pub(crate) fn server() -> Option<String> {
    let own = OWN.get().cloned();
    own.or_else(|| databases().filter(|url| url.starts_with("ws")))
}

fn databases() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok()
}

/// Has all databases on a server of this test's own, to which others write.
pub(crate) fn use_server(url: &str) {
    OWN.set(url.to_owned()).expect("once");
    OTHERS.store(true, Ordering::Relaxed);
}

/// A new database, if there is a place for it.
pub(crate) fn database() -> Option<String> {
    let place = server().or_else(databases);
    place.map(|place| format!("{place}/{}", ulid().to_lowercase()))
}

/// As another process would have it: with a connection of its own to the database, if
/// that is on a server.
pub(crate) async fn another(exchange: &Exchange) -> Exchange {
    match server() {
        Some(server) => another_at(&server, exchange).await,
        None => exchange.clone(),
    }
}

/// The same, where the server is reached as `server`.
pub(crate) async fn another_at(server: &str, exchange: &Exchange) -> Exchange {
    let name: Option<String> = exchange
        .db
        .read("RETURN session::db()", vars! {})
        .await
        .expect("reads")
        .one()
        .expect("a name");
    let url = format!("{server}/{}", name.expect("a name"));
    let db = Db::open(&url).await.expect("opens");
    Exchange::new(db, exchange.clock, exchange.settings.clone()).expect("settings")
}

/// Whether there were other processes.
static OTHERS: AtomicBool = AtomicBool::new(false);

pub(crate) fn have_written() -> bool {
    OTHERS.load(Ordering::Relaxed)
}

/// Follows what other processes commit, if there are any, as whoever shows the market
/// does.
pub(crate) async fn follow(exchange: Exchange, bus: Bus, stop: CancellationToken) {
    if server().is_none() {
        return;
    }
    OTHERS.store(true, Ordering::Relaxed);
    let mut feed = Feed::new(exchange, bus);
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => {}
            news = feed.next() => {
                if news.is_err() {
                    sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }
}

/// Three brokers that are one.
pub(crate) struct Cluster {
    pub(crate) broker: Broker,
    pub(crate) pid: u32,
    nodes: Vec<JoinHandle<()>>,
    stop: CancellationToken,
    _folder: TempDir,
}

impl Cluster {
    pub(crate) async fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        // Held until all are chosen, so that they differ.
        let sockets: Vec<TcpListener> = (0..2 * NODES)
            .map(|_| TcpListener::bind("127.0.0.1:0").expect("a port"))
            .collect();
        let port = |number: usize| sockets[number].local_addr().expect("bound").port();
        let routes: Vec<String> = (NODES..2 * NODES)
            .map(|number| format!("nats://127.0.0.1:{}", port(number)))
            .collect();
        let mut configs = Vec::new();
        for number in 0..NODES {
            let config = format!(
                "listen: \"127.0.0.1:{}\"\nserver_name: node{number}\njetstream {{ store_dir: {:?} }}\ncluster {{ name: test, listen: \"127.0.0.1:{}\", routes: [{}] }}\n",
                port(number),
                folder
                    .path()
                    .join(format!("node{number}"))
                    .display()
                    .to_string(),
                port(NODES + number),
                routes.join(", "),
            );
            let path = folder.path().join(format!("node{number}.conf"));
            fs::write(&path, config).expect("writes");
            configs.push(path);
        }
        let urls: Vec<String> = (0..NODES)
            .map(|number| format!("nats://127.0.0.1:{}", port(number)))
            .collect();
        drop(sockets);
        let stop = CancellationToken::new();
        let children: Vec<Child> = configs.iter().map(spawn).collect();
        let pid = children[0].id().expect("runs");
        let nodes = children
            .into_iter()
            .zip(configs)
            .map(|(child, config)| tokio::spawn(supervise(child, config, stop.clone())))
            .collect();
        let broker = Broker {
            replicas: NODES,
            ..Broker::at(&urls.join(",")).expect("addresses")
        };
        let bus = Bus::connect(&broker).await.expect("connects");
        eventually("the cluster has a leader", async || {
            bus.prepare(Duration::from_secs(3_600)).await.is_ok()
        })
        .await;
        Self {
            broker,
            pid,
            nodes,
            stop,
            _folder: folder,
        }
    }

    pub(crate) async fn stop(self) {
        self.stop.cancel();
        for node in self.nodes {
            node.await.expect("ends");
        }
    }
}

fn spawn(config: &PathBuf) -> Child {
    Command::new(nats_program())
        .arg("--config")
        .arg(config)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("a broker")
}

/// Starts a node again when it is killed, until `stop`.
async fn supervise(mut child: Child, config: PathBuf, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = child.wait() => {
                sleep(Duration::from_millis(200)).await;
                child = spawn(&config);
            }
        }
    }
    child.kill().await.expect("ends");
}
