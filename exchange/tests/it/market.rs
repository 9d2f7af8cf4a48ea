//! Listing, editing, and what bad input gets.

use std::time::Duration;

use domain::{Problem, Refusal, permission::Viewer, ticket::TicketStatus};
use exchange::{
    Error,
    demo::{self, Seeded},
    market, orders, vars,
};

use crate::harness::{World, typed};

pub(crate) fn problems(result: Result<impl Sized, Error>) -> Vec<(&'static str, Problem)> {
    match result {
        Err(Error::Invalid(errors)) => errors.iter().cloned().collect(),
        Err(error) => panic!("{error:?}"),
        Ok(_) => Vec::new(),
    }
}

#[tokio::test]
async fn every_wrong_field_is_named_and_nothing_is_stored() {
    let world = World::new().await;
    let seller = world.user("seller").await;
    let wrong = market::TypedContent {
        title: "ab".into(),
        description: "x".repeat(2_001),
        venue: "v\u{0}".into(),
        starts: "yesterday".into(),
        zone: "UTC".into(),
        price: "1e3".into(),
        handover_note: "x".repeat(501),
        relist_after_refund: true,
    };
    let found = problems(market::create(&world.exchange, &seller, wrong).await);
    assert_eq!(
        found,
        [
            ("title", Problem::TooShort { min: 3 }),
            ("description", Problem::TooLong { max: 2_000 }),
            ("venue", Problem::ControlCharacters),
            ("starts", Problem::NotADate),
            ("price", Problem::NotAPrice { decimals: 2 }),
            ("handover_note", Problem::TooLong { max: 500 }),
        ]
    );
    let million = market::TypedContent {
        title: "x".repeat(1_000_000),
        ..typed("x")
    };
    assert_eq!(
        problems(market::create(&world.exchange, &seller, million).await),
        [("title", Problem::TooLong { max: 80 })]
    );
    let rows: Vec<i64> = world
        .exchange
        .db
        .read("SELECT VALUE 1 FROM ticket", vars! {})
        .await
        .expect("reads")
        .many()
        .expect("rows");
    assert!(rows.is_empty());
    world.check().await;
}

#[tokio::test]
async fn an_edit_based_on_old_content_is_refused_and_a_hold_in_between_is_no_edit() {
    let world = World::new().await;
    let seller = world.user("seller").await;
    let buyer = world.user("buyer").await;
    let ticket = world.listed(&seller).await;
    let order = world.reserve(&buyer, &ticket).await.expect("free");
    let held = market::edit(
        &world.exchange,
        &seller,
        &ticket.id,
        1,
        typed("Another title"),
    )
    .await;
    assert!(
        matches!(held, Err(Error::Refused(Refusal::HeldOrSold))),
        "{held:?}"
    );
    orders::cancel(&world.exchange, &buyer, &order)
        .await
        .expect("unpaid");
    market::edit(
        &world.exchange,
        &seller,
        &ticket.id,
        1,
        typed("Another title"),
    )
    .await
    .expect("free again");
    let stale = market::edit(
        &world.exchange,
        &seller,
        &ticket.id,
        1,
        typed("A third title"),
    )
    .await;
    assert!(
        matches!(stale, Err(Error::Refused(Refusal::StaleEdit))),
        "{stale:?}"
    );
    assert_eq!(world.ticket(&ticket.id).await.status, TicketStatus::Pending);
    world.check().await;
}

#[tokio::test]
async fn other_peoples_tickets_and_orders_are_not_there_or_not_theirs() {
    let world = World::new().await;
    let (seller, buyer, other) = (
        world.user("seller").await,
        world.user("buyer").await,
        world.user("other").await,
    );
    let ticket = world.listed(&seller).await;
    let exchange = &world.exchange;
    assert!(matches!(
        world.reserve(&seller, &ticket).await,
        Err(Error::Forbidden)
    ));
    assert!(matches!(
        world.reserve(&Viewer::Anyone, &ticket).await,
        Err(Error::Unauthenticated)
    ));
    assert!(matches!(
        market::delete(exchange, &other, &ticket.id).await,
        Err(Error::Forbidden)
    ));
    assert!(matches!(
        market::delete(exchange, &Viewer::Anyone, &ticket.id).await,
        Err(Error::Unauthenticated)
    ));
    let price = domain::Amount::from_minor(1);
    assert!(matches!(
        orders::reserve(exchange, &buyer, &ticket.id, price).await,
        Err(Error::Refused(Refusal::PriceChanged { .. }))
    ));
    let order = world.reserve(&buyer, &ticket).await.expect("free");
    assert_eq!(
        world.reserve(&buyer, &ticket).await.expect("the same hold"),
        order
    );
    assert!(matches!(
        orders::cancel(exchange, &other, &order).await,
        Err(Error::NotFound)
    ));
    assert!(matches!(
        orders::cancel(exchange, &seller, &order).await,
        Err(Error::Forbidden)
    ));
    assert!(matches!(
        orders::view(exchange, &other, &order).await,
        Err(Error::NotFound)
    ));
    assert!(
        orders::view(exchange, &seller, &order)
            .await
            .expect("party")
            .handover_note
            .is_none()
    );
    market::create(exchange, &seller, typed("Pending"))
        .await
        .expect("lists");
    let pending = market::listings(exchange, &seller, "")
        .await
        .expect("own")
        .items
        .into_iter()
        .find(|ticket| ticket.status == TicketStatus::Pending)
        .expect("listed");
    assert!(matches!(
        market::view(exchange, &other, &pending.id).await,
        Err(Error::NotFound)
    ));
    assert!(matches!(
        world.reserve(&other, &pending).await,
        Err(Error::NotFound)
    ));
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn demo_data_that_were_cut_short_are_completed_and_not_doubled() {
    let world = World::new().await;
    let some_listed = async {
        while world.count(TicketStatus::Pending).await < 3 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        _ = demo::seed(&world.exchange) => panic!("was to be cut short"),
        () = some_listed => {}
    }
    // The commit that was under way is not cut short.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let rest = demo::seed(&world.exchange).await.expect("seeds");
    assert!(matches!(rest, Seeded::Added(1..)));
    let titles = "SELECT VALUE title FROM ticket";
    let rows = world.exchange.db.read(titles, vars! {}).await;
    let mut titles: Vec<String> = rows.expect("reads").many().expect("titles");
    let all = titles.len();
    titles.sort();
    titles.dedup();
    assert!(
        all >= 60 && titles.len() == all,
        "{} of {all}",
        titles.len()
    );
    let again = demo::seed(&world.exchange).await.expect("reads");
    assert!(matches!(again, Seeded::Present));
    world.check().await;
}

#[tokio::test]
async fn demo_data_stay_out_of_data_of_others() {
    let world = World::new().await;
    world.user("somebody").await;
    let seeded = demo::seed(&world.exchange).await.expect("reads");
    assert!(matches!(seeded, Seeded::Foreign));
    world.check().await;
}
