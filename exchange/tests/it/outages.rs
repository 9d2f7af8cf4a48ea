//! A SurrealDB server that is killed, and one that is cut off: with
//! `TEST_SURREALDB_SERVER`, which is the program (`tools/surrealdb-server`).

use std::{
    path::Path,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use domain::{order::OrderStatus, ticket::TicketStatus};
use exchange::{Error, orders};
use tempfile::TempDir;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    task::JoinHandle,
    time::sleep,
};

use crate::{
    cluster,
    harness::{Running, World, eventually},
};

/// A server whose data survive it.
struct Server {
    folder: TempDir,
    port: u16,
    child: Child,
}

impl Server {
    async fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = socket.local_addr().expect("bound").port();
        drop(socket);
        let child = spawn(folder.path(), port).await;
        cluster::use_server(&url(port));
        Self {
            folder,
            port,
            child,
        }
    }

    async fn kill(&mut self) {
        self.child.kill().await.expect("ends");
    }

    async fn again(&mut self) {
        self.child = spawn(self.folder.path(), self.port).await;
    }
}

async fn spawn(folder: &Path, port: u16) -> Child {
    let program = std::env::var_os("TEST_SURREALDB_SERVER").expect("TEST_SURREALDB_SERVER");
    let child = Command::new(program)
        .args(["start", "--no-banner", "--log", "error"])
        .args(["--username", "root", "--password", "root"])
        .args(["--bind", &format!("127.0.0.1:{port}")])
        .arg(format!(
            "surrealkv://{}?sync=every",
            folder.join("db").display()
        ))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("a database");
    eventually("it listens", async || {
        TcpStream::connect(("127.0.0.1", port)).await.is_ok()
    })
    .await;
    child
}

fn url(port: u16) -> String {
    format!("ws://root:root@127.0.0.1:{port}/tests")
}

/// The network between a process and its database.
struct Line {
    port: u16,
    cut: Arc<AtomicBool>,
    _accepting: JoinHandle<()>,
}

impl Line {
    async fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let cut = Arc::new(AtomicBool::new(false));
        let is_cut = Arc::clone(&cut);
        let accepting = tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let is_cut = Arc::clone(&is_cut);
                tokio::spawn(async move {
                    let mut far = TcpStream::connect(("127.0.0.1", server)).await?;
                    tokio::select! {
                        done = copy_bidirectional(&mut near, &mut far) => done.map(drop),
                        () = until(&is_cut, true) => Ok(()),
                    }?;
                    // What was on its way is lost, and nobody is told.
                    until(&is_cut, false).await;
                    std::io::Result::Ok(())
                });
            }
        });
        Self {
            port,
            cut,
            _accepting: accepting,
        }
    }
}

async fn until(cut: &AtomicBool, is: bool) {
    while cut.load(Ordering::Relaxed) != is {
        sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs TEST_SURREALDB_SERVER"]
async fn a_database_that_is_killed_and_comes_back_loses_no_order() {
    let mut server = Server::start().await;
    let world = World::new().await;
    let running = Running::start(&world.exchange).await;
    let seller = world.user("seller").await;
    let mut kept = Vec::new();
    for round in 0..3 {
        for _ in 0..5 {
            let ticket = world.listed(&seller).await;
            kept.push(
                world
                    .reserve(&world.stranger(), &ticket)
                    .await
                    .expect("free"),
            );
        }
        server.kill().await;
        let refused = orders::view(&world.exchange, &seller, &kept[0]).await;
        assert!(refused.is_err_and(|error| error.is_temporary()), "{round}");
        server.again().await;
        eventually("it is there again", async || {
            orders::view(&world.exchange, &seller, &kept[0])
                .await
                .is_ok()
        })
        .await;
    }
    for order in &kept {
        assert_eq!(world.order(order).await.status, OrderStatus::Created);
    }
    assert_eq!(world.count(TicketStatus::Reserved).await, kept.len());
    running.stop().await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs TEST_SURREALDB_SERVER"]
async fn a_process_that_is_cut_off_from_the_database_says_so_and_goes_on_afterwards() {
    let server = Server::start().await;
    let world = World::new().await;
    let line = Line::to(server.port).await;
    let other = cluster::another_at(&url(line.port), &world.exchange).await;
    let ticket = world.listed(&world.user("seller").await).await;
    let buyer = world.stranger();
    line.cut.store(true, Ordering::Relaxed);
    sleep(Duration::from_millis(100)).await;
    let lost = orders::reserve(&other, &buyer, &ticket.id, ticket.content.price).await;
    assert!(lost.as_ref().is_err_and(Error::is_temporary), "{lost:?}");
    // Everybody else goes on.
    let order = world.reserve(&buyer, &ticket).await.expect("free");
    line.cut.store(false, Ordering::Relaxed);
    eventually("it is connected again", async || {
        orders::view(&other, &buyer, &order).await.is_ok()
    })
    .await;
    orders::cancel(&other, &buyer, &order)
        .await
        .expect("unpaid");
    world.check().await;
}
