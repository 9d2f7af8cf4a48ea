//! What unit tests begin with; tests from outside have `tests/it/harness.rs`.

use std::time::Duration;

use domain::{
    Amount, TicketId, Timestamp, UserId,
    permission::{Account, Administer, CreateListing, Permit, Viewer},
    ticket::{Content, Ticket},
};

use crate::{
    Exchange,
    clock::Clock,
    new_id,
    orders::billing::TypedBilling,
    platform::{commit::Commit, db::Db, migrate::migrate},
    settings::Settings,
};

/// A store in memory, or on the server or in the folder that `TEST_DATABASE_URL` names;
/// migrated.
pub(crate) async fn db() -> Db {
    let url = std::env::var("TEST_DATABASE_URL").map_or_else(
        |_| "mem://".to_owned(),
        |server| format!("{server}/{}", ulid::Ulid::new().to_string().to_lowercase()),
    );
    let db = Db::open(&url).await.expect("opens");
    migrate(&db, &Clock::default()).await.expect("migrates");
    db
}

/// A store that others may have open, too: in memory, or on a server; migrated.
pub(crate) async fn shared() -> Db {
    match std::env::var("TEST_DATABASE_URL") {
        Ok(url) if url.starts_with("ws") => db().await,
        _ => {
            let db = Db::open("mem://").await.expect("opens");
            migrate(&db, &Clock::default()).await.expect("migrates");
            db
        }
    }
}

/// An exchange on `db` that pays at `stripe`.
pub(crate) fn exchange(db: Db, stripe: &str) -> Exchange {
    let mut settings = Settings::trial(stripe, std::env::temp_dir());
    settings.hold_times.grace = Duration::ZERO;
    settings.hold_times.cooldown = Duration::ZERO;
    Exchange::new(db, Clock::default(), settings).expect("settings")
}

/// A ticket on the market.
pub(crate) async fn listed(exchange: &Exchange) -> Ticket {
    let now = exchange.clock.now();
    let content = Content {
        title: "One seat".into(),
        description: String::new(),
        venue: String::new(),
        starts_at: None,
        zone: None,
        price: Amount::from_minor(100),
        relist_after_refund: true,
        handover_note: String::new(),
    };
    let id = new_id(&exchange.clock).expect("an id");
    let pending = offer(&stranger(exchange), id, content, now);
    let ticket = pending.approve(1, now).expect("pending");
    for (before, after) in [(None, &pending), (Some(&pending), &ticket)] {
        Commit::new("list")
            .ticket(before, after)
            .expect("writes")
            .run(&exchange.db)
            .await
            .expect("commits");
    }
    ticket
}

/// Somebody who is signed in.
pub(crate) fn stranger(exchange: &Exchange) -> Viewer {
    trader(new_id(&exchange.clock).expect("an id"))
}

/// Whoever runs commands.
pub(crate) fn operator() -> Permit<Administer> {
    Viewer::Operator.may(Administer).expect("an operator")
}

/// Who is called `id`, signed in and verified.
pub(crate) const fn trader(id: UserId) -> Viewer {
    Viewer::User(Account {
        id,
        verified: true,
        suspended: false,
        moderator: false,
        admin: false,
    })
}

/// A listing of `seller`, which waits for moderation.
pub(crate) fn offer(seller: &Viewer, id: TicketId, content: Content, now: Timestamp) -> Ticket {
    let permit = seller.may(CreateListing).expect("a trader");
    permit.list(id, content, now)
}

/// Who pays, as typed.
pub(crate) fn billing() -> TypedBilling {
    TypedBilling {
        name: "Ada Lovelace".into(),
        country: "CA".into(),
        line1: "1 Main Street".into(),
        line2: String::new(),
        city: "Toronto".into(),
        region: "ON".into(),
        postal_code: "M5V 1A1".into(),
    }
}
