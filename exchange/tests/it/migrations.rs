//! Databases of earlier versions open.

use std::{fs, path::Path};

use domain::{permission::Viewer, scope::Scope};
use exchange::{
    Exchange,
    access::{self, TypedKey},
    accounts::{self, User, tries::Client},
    check,
    clock::Clock,
    feed::{
        self,
        webhooks::{self, TypedWebhook},
    },
    market, orders,
    payments::{self, refund},
    platform::{db::Db, migrate::migrate},
    vars,
};

use crate::{
    accounts::proof,
    cluster,
    harness::{PASSWORD, Running, World, eventually, press_pay, sandbox, settings, typed, ulid},
};

/// Since when fixtures have what programs do.
const PROGRAMS: &str = "0012";

#[tokio::test]
async fn migrations_are_applied_once_and_again_changes_nothing() {
    let world = World::new().await;
    assert!(
        migrate(&world.exchange.db, &Clock::default())
            .await
            .expect("migrates")
            .is_empty()
    );
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_processes_that_start_at_once_one_migrates() {
    let url = cluster::server().and_then(|_| cluster::database());
    let memory = Db::open("mem://").await.expect("opens");
    let starting = (0..12).map(|_| {
        let (url, memory) = (url.clone(), memory.clone());
        tokio::spawn(async move {
            let db = match url {
                Some(url) => Db::open(&url).await.expect("opens"),
                None => memory,
            };
            migrate(&db, &Clock::default()).await.expect("migrates")
        })
    });
    let mut migrated = 0;
    for applied in futures::future::join_all(starting).await {
        migrated += usize::from(!applied.expect("ends").is_empty());
    }
    assert_eq!(migrated, 1);
}

#[tokio::test]
async fn data_of_a_newer_version_is_refused() {
    let world = World::new().await;
    world
        .exchange
        .db
        .transact(
            "newer",
            "CREATE migration:⟨9999_future⟩ CONTENT { applied_at: 1 }",
            vars! {},
        )
        .await
        .expect("writes");
    assert!(
        migrate(&world.exchange.db, &Clock::default())
            .await
            .is_err()
    );
    world.check().await;
}

#[tokio::test]
async fn data_of_a_migration_that_was_changed_later_is_refused() {
    let world = World::new().await;
    world
        .exchange
        .db
        .transact(
            "unreleased",
            "UPDATE migration SET checksum = 'other'",
            vars! {},
        )
        .await
        .expect("writes");
    let error = migrate(&world.exchange.db, &Clock::default()).await;
    assert!(format!("{error:?}").contains("unreleased"), "{error:?}");
    world.check().await;
}

/// Each fixture is what a finished version wrote, as statements.
#[tokio::test]
async fn every_fixture_opens_and_is_clean() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut opened = 0;
    for entry in fs::read_dir(&folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let db = Db::open("mem://").await.expect("opens");
        db.import(&path).await.expect("loads");
        migrate(&db, &Clock::default()).await.expect("migrates");
        // Accounts of before keep working.
        let settings = settings("http://127.0.0.1:9");
        let exchange = Exchange::new(db.clone(), Clock::default(), settings).expect("settings");
        let password = PASSWORD.to_owned();
        let seller = "seller@example.org";
        let signed_in =
            accounts::authenticate(&exchange, &Client::default(), seller, password).await;
        let seller = signed_in.unwrap_or_else(|error| panic!("{}: {error:?}", path.display()));
        if path.file_name().is_some_and(|name| *name >= *PROGRAMS) {
            programs_go_on(&exchange, &seller).await;
        }
        market::load(&exchange).await.expect("reads");
        let report = check::check(&db).await.expect("reads");
        assert_eq!(
            report.violations,
            Vec::<String>::new(),
            "{}",
            path.display()
        );
        assert!(
            report.counts.iter().all(|(_, count)| *count > 0),
            "{}: {:?}",
            path.display(),
            report.counts
        );
        opened += 1;
    }
    assert!(opened > 0);
}

/// What a seller's program was told of is there, and what it is told with.
async fn programs_go_on(exchange: &Exchange, seller: &User) {
    // By now it may have come to its end.
    let sql = "SELECT VALUE name FROM api_key WHERE user = $user";
    let keys = exchange
        .db
        .read(sql, vars! { user => seller.id.to_string() });
    let keys: Vec<String> = keys.await.expect("reads").many().expect("names");
    assert_eq!(keys, ["A program"]);
    let told = feed::since(exchange, &seller.id, "").await.expect("reads");
    assert!(!told.items.is_empty());
    let viewer = seller.viewer();
    let hooks = webhooks::list(exchange, &viewer).await.expect("reads");
    let [hook] = &hooks[..] else {
        panic!("{hooks:?}");
    };
    let log = webhooks::deliveries(exchange, &viewer, &hook.id, "").await;
    assert!(!log.expect("reads").items.is_empty());
}

/// A key, and a webhook whose address does not answer.
async fn add_programs(exchange: &Exchange, viewer: &Viewer) {
    let user = accounts::find(exchange, viewer.id().expect("somebody")).await;
    let user = user.expect("reads").expect("there");
    let key = TypedKey {
        name: "A program".to_owned(),
        scopes: Scope::ALL.into_iter().collect(),
        days: "365".to_owned(),
    };
    access::create(exchange, &user, proof(PASSWORD), &key)
        .await
        .expect("makes");
    let webhook = TypedWebhook {
        url: "http://127.0.0.1:9/".to_owned(),
        kinds: Vec::new(),
        active: true,
    };
    let id = ulid().parse().expect("an id");
    webhooks::create_as(exchange, viewer, id, &webhook)
        .await
        .expect("makes");
}

/// Each definition of a field is read again in every transaction.
#[tokio::test]
async fn no_table_has_fields() {
    let world = World::new().await;
    let tables: Vec<String> = world
        .exchange
        .db
        .read("RETURN object::keys((INFO FOR DB).tables)", vars! {})
        .await
        .expect("reads")
        .many()
        .expect("names");
    assert!(tables.len() > 20, "{tables:?}");
    for table in tables
        .iter()
        .filter(|table| !table.starts_with("migration"))
    {
        let sql = format!("RETURN object::keys((INFO FOR TABLE {table}).fields)");
        let rows = world.exchange.db.read(&sql, vars! {}).await;
        let fields: Vec<String> = rows.expect("reads").many().expect("names");
        assert_eq!(fields, Vec::<String>::new(), "{table}");
    }
    world.check().await;
}

/// Writes the fixture of the version at hand, when `WRITE_FIXTURE` names the
/// file: to be done once, when a version is finished.
#[tokio::test(flavor = "multi_thread")]
async fn the_fixture_of_this_version_can_be_written() {
    let sandbox = sandbox().await;
    let world = World::with(settings(&sandbox.url()), Clock::default()).await;
    let (seller, buyer) = (world.user("Seller").await, world.user("Buyer").await);
    let running = Running::start(&world.exchange).await;
    add_programs(&world.exchange, &seller).await;
    for title in ["Sold", "Refunded", "Held", "Let go", "Free"] {
        let ticket = world.listed_as(&seller, typed(title)).await;
        if title == "Free" {
            continue;
        }
        let order = world.reserve(&buyer, &ticket).await.expect("free");
        match title {
            "Sold" | "Refunded" => {
                let secret = press_pay(&world.exchange, &buyer, &order)
                    .await
                    .expect("payable");
                sandbox.pay(&secret, "4242424242424242").await;
                payments::finish(&world.exchange, &buyer, &order)
                    .await
                    .expect("settles");
                if title == "Refunded" {
                    refund::refund(&world.exchange, &buyer, &order)
                        .await
                        .expect("in time");
                }
            }
            "Let go" => orders::cancel(&world.exchange, &buyer, &order)
                .await
                .expect("unpaid"),
            _ => {}
        }
    }
    eventually("the seller's program is told", async || {
        let hooks = webhooks::list(&world.exchange, &seller).await;
        let hook = hooks.expect("reads").remove(0);
        let log = webhooks::deliveries(&world.exchange, &seller, &hook.id, "").await;
        !log.expect("reads").items.is_empty()
    })
    .await;
    running.stop().await;
    world.check().await;
    let folder = tempfile::TempDir::new().expect("a folder");
    let file = std::env::var_os("WRITE_FIXTURE")
        .map_or_else(|| folder.path().join("fixture.surql"), Into::into);
    world.exchange.db.export(&file).await.expect("exports");
    let db = Db::open("mem://").await.expect("opens");
    db.import(&file).await.expect("imports");
    let settings = settings("http://127.0.0.1:9");
    let copy = Exchange::new(db.clone(), Clock::default(), settings).expect("settings");
    market::load(&copy).await.expect("reads");
    let copy = check::check(&db).await.expect("reads");
    let original = check::check(&world.exchange.db).await.expect("reads");
    assert_eq!(
        (copy.violations, copy.counts),
        (original.violations, original.counts)
    );
}
