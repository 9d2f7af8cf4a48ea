//! Copies of the data, and what is made of them.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use domain::order::OrderStatus;
use exchange::{
    Exchange,
    backup::{backup, restore},
    check,
    clock::Clock,
    market, orders,
    payments::reconcile::{LONG, reconcile},
    platform::{db::Db, migrate::migrate},
    vars,
};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::{
    cluster,
    harness::{Running, World, eventually, settings},
    shop::Shop,
};

/// A place for what is restored, and the folder in which it is if it is on disk.
async fn elsewhere() -> (Db, TempDir) {
    let folder = TempDir::new().expect("a folder");
    let url = cluster::database()
        .unwrap_or_else(|| format!("surrealkv://{}?sync=never", folder.path().display()));
    (Db::open(&url).await.expect("opens"), folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_during_load_has_every_order_of_before_and_its_invariants() {
    let shop = Arc::new(Shop::new().await);
    let (_, paid) = shop.paid().await;
    let running = Running::start(&shop.world.exchange).await;
    let acknowledged = Arc::new(Mutex::new(vec![paid.clone()]));
    let stop = Arc::new(AtomicBool::new(false));
    let mut load = JoinSet::new();
    for number in 0..4 {
        let seller = shop.world.user(&format!("Seller {number}")).await;
        let (shop, acknowledged, stop) = (
            Arc::clone(&shop),
            Arc::clone(&acknowledged),
            Arc::clone(&stop),
        );
        load.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let ticket = shop.world.listed(&seller).await;
                let buyer = shop.world.stranger();
                let order = shop.world.reserve(&buyer, &ticket).await.expect("free");
                acknowledged.lock().expect("alive").push(order.clone());
                if rand::random() {
                    orders::cancel(&shop.world.exchange, &buyer, &order)
                        .await
                        .expect("unpaid");
                }
            }
        });
    }
    eventually("there is a load", async || {
        acknowledged.lock().expect("alive").len() > 20
    })
    .await;
    let before = acknowledged.lock().expect("alive").clone();
    let file = shop.world.folder.path().join("backup.surql");
    let size = backup(&shop.world.exchange.db, &file)
        .await
        .expect("writes");
    tokio::time::sleep(Duration::from_millis(200)).await;
    stop.store(true, Ordering::Relaxed);
    load.join_all().await;
    running.stop().await;
    let found = fs::metadata(&file).expect("a file");
    assert_eq!(
        (found.len(), found.permissions().mode() & 0o777),
        (size, 0o600)
    );
    // Another one replaces nothing.
    let again = backup(&shop.world.exchange.db, &file).await;
    assert!(again.is_err_and(|error| error.contains("exists")));

    let (db, _folder) = elsewhere().await;
    restore(&db, &file).await.expect("reads");
    migrate(&db, &Clock::default()).await.expect("up to date");
    let mut settings = settings(&shop.sandbox.url());
    settings.mail.folder = shop.world.folder.path().join("mail");
    let exchange = Exchange::new(db.clone(), Clock::default(), settings).expect("settings");
    market::load(&exchange).await.expect("reads");
    for order in &before {
        let sql = "SELECT VALUE record::id(id) FROM type::record('ticket_order', $id)";
        let rows = db.read(sql, vars! { id => order.to_string() }).await;
        let there: Vec<String> = rows.expect("reads").many().expect("names");
        assert_eq!(there.len(), 1, "{order}");
    }
    // What was not told goes on, and Stripe has nothing that is not known.
    let running = Running::start(&exchange).await;
    eventually("all is told", async || {
        let sql = "SELECT VALUE 1 FROM event WHERE unsent != NONE";
        let rows = db.read(sql, vars! {}).await.expect("reads").many::<i64>();
        rows.expect("rows").is_empty()
    })
    .await;
    let report = reconcile(&exchange, LONG, false).await.expect("compares");
    assert!(report.for_a_person.is_empty(), "{report:?}");
    running.stop().await;
    let order = orders::view(&exchange, &shop.buyer, &paid).await;
    assert_eq!(order.expect("there").order.status, OrderStatus::Complete);
    let report = check::check(&db).await.expect("reads");
    assert_eq!(report.violations, Vec::<String>::new());
    shop.world.check().await;
}

#[tokio::test]
async fn a_backup_is_read_where_there_is_nothing_and_to_its_end() {
    let world = World::new().await;
    let file = world.folder.path().join("backup.surql");
    backup(&world.exchange.db, &file).await.expect("writes");
    let over = restore(&world.exchange.db, &file).await;
    assert!(over.is_err_and(|error| error.contains("data already")));
    // Of what was cut off nothing is read.
    let text = fs::read_to_string(&file).expect("reads");
    let other = world.folder.path().join("other.surql");
    let (db, _folder) = elsewhere().await;
    for cut in [text.len() / 2, text.len() - 1, 0] {
        fs::write(&other, &text[..cut]).expect("writes");
        let cut = restore(&db, &other).await;
        assert!(cut.is_err_and(|error| error.contains("not all of it")));
    }
    // What was begun and not ended is opened by nobody.
    let (statements, _) = text.rsplit_once("-- end").expect("a last line");
    let broken = format!("{statements}\nTHROW 'broken';\n");
    let hash = Sha256::digest(broken.as_bytes());
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let broken = format!("{broken}-- end of the backup, SHA-256 {hash}\n");
    fs::write(&other, broken).expect("writes");
    let begun = restore(&db, &other).await;
    assert!(begun.is_err_and(|error| error.contains("cannot restore")));
    let opened = migrate(&db, &Clock::default()).await;
    let opened = format!("{opened:?}");
    assert!(opened.contains("not read to its end"), "{opened}");
    world.check().await;
}

#[tokio::test]
async fn figures_that_are_wrong_are_found_and_counted_anew() {
    let shop = Shop::new().await;
    shop.paid().await;
    let running = Running::start(&shop.world.exchange).await;
    let db = &shop.world.exchange.db;
    eventually("all is counted", async || {
        let sql = "RETURN array::len(SELECT VALUE id FROM event WHERE unsent != NONE)
            + array::len(SELECT VALUE id FROM ledger WHERE uncounted = true)";
        let rows = db.read(sql, vars! {}).await.expect("reads").one::<i64>();
        rows.expect("a number") == Some(0)
    })
    .await;
    running.stop().await;
    assert_eq!(check::replay(db, false).await.expect("reads").len(), 0);
    let wrong = "UPDATE figures SET sold += 1; DELETE seller";
    db.transact("wrong", wrong, vars! {}).await.expect("writes");
    assert_eq!(check::replay(db, false).await.expect("reads").len(), 2);
    assert_eq!(check::replay(db, true).await.expect("mends").len(), 2);
    assert_eq!(check::replay(db, false).await.expect("reads").len(), 0);
    shop.world.check().await;
}
