//! The transaction helper and the commit.

use domain::{permission::ChangeTicket, ticket::Ticket};
use exchange::{
    platform::{commit::Commit, db::TxError},
    vars,
};

use crate::{harness::World, shop::Shop};

#[tokio::test(flavor = "multi_thread")]
async fn conflicts_are_retried_until_every_increment_counts() {
    let world = World::new().await;
    let db = &world.exchange.db;
    db.transact(
        "make",
        "CREATE processed:counter CONTENT { at: 0 }",
        vars! {},
    )
    .await
    .expect("creates");
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let db = db.clone();
        tasks.spawn(async move {
            for _ in 0..25 {
                while let Err(error) = db
                    .transact("count", "UPDATE processed:counter SET at += 1", vars! {})
                    .await
                {
                    assert!(matches!(error, TxError::Conflict), "{error}");
                }
            }
        });
    }
    tasks.join_all().await;
    let count: Option<i64> = db
        .read("SELECT VALUE at FROM processed:counter", vars! {})
        .await
        .expect("reads")
        .one()
        .expect("a number");
    assert_eq!(count, Some(200));
    world.check().await;
}

#[tokio::test]
async fn a_failed_transaction_writes_nothing_and_says_why() {
    let world = World::new().await;
    let db = &world.exchange.db;
    let thrown = db.transact("throw", "CREATE processed:one CONTENT { at: 1 }; THROW 'NO'; CREATE processed:two CONTENT { at: 2 }", vars! {}).await;
    assert!(matches!(thrown, Err(TxError::Thrown(code)) if code == "NO"));
    db.transact("make", "CREATE processed:one CONTENT { at: 1 }", vars! {})
        .await
        .expect("creates");
    let exists = db
        .transact(
            "make again",
            "CREATE processed:two CONTENT { at: 1 }; CREATE processed:one CONTENT { at: 1 }",
            vars! {},
        )
        .await;
    assert!(matches!(exists, Err(TxError::Exists)), "{exists:?}");
    let mistaken = db
        .transact(
            "wrong",
            "CREATE processed:three CONTENT { at: <int> 'text' }",
            vars! {},
        )
        .await;
    assert!(matches!(mistaken, Err(TxError::Failed(_))), "{mistaken:?}");
    let rows: Vec<i64> = db
        .read("SELECT VALUE at FROM processed", vars! {})
        .await
        .expect("reads")
        .many()
        .expect("numbers");
    assert_eq!(rows, [1]);
    world.check().await;
}

#[tokio::test]
async fn a_commit_that_was_decided_on_an_old_version_is_refused_whole() {
    let world = World::new().await;
    let seller = world.user("seller").await;
    let listed = world.listed(&seller).await;
    let now = world.exchange.clock.now();
    let ended = listed.end(now).expect("available");
    let permit = seller.may(ChangeTicket(&listed)).expect("the owner");
    let deleted = permit.delete(now).expect("available");
    Commit::new("first")
        .ticket(Some(&listed), &ended)
        .expect("writes")
        .run(&world.exchange.db)
        .await
        .expect("commits");
    let second = Commit::new("second")
        .ticket(Some(&listed), &deleted)
        .expect("writes")
        .run(&world.exchange.db)
        .await;
    assert!(
        matches!(second, Err(exchange::platform::commit::CommitError::Stale)),
        "{second:?}"
    );
    world.check().await;
}

#[tokio::test]
async fn an_effect_of_a_message_happens_once() {
    let world = World::new().await;
    let seller = world.user("seller").await;
    let listed = world.listed(&seller).await;
    let now = world.exchange.clock.now();
    let edit = |ticket: &Ticket, based_on| {
        let permit = seller.may(ChangeTicket(ticket)).expect("the owner");
        permit.edit(ticket.content.clone(), based_on, now)
    };
    let edited = edit(&listed, 1).expect("available");
    Commit::new("once")
        .ticket(Some(&listed), &edited)
        .expect("writes")
        .once("test", "m-1", now)
        .run(&world.exchange.db)
        .await
        .expect("commits");
    let again = edit(&edited, 2).expect("available");
    let repeated = Commit::new("once")
        .ticket(Some(&edited), &again)
        .expect("writes")
        .once("test", "m-1", now)
        .run(&world.exchange.db)
        .await;
    assert!(
        matches!(
            repeated,
            Err(exchange::platform::commit::CommitError::Processed)
        ),
        "{repeated:?}"
    );
    assert_eq!(world.ticket(&listed.id).await, edited);
    world.check().await;
}

#[tokio::test]
async fn the_check_finds_what_goes_round_the_commit() {
    for (sabotage, found) in [
        ("UPDATE ticket SET version += 1", "its events are not"),
        (
            "DELETE event WHERE subject CONTAINS 'order'",
            "its events are not",
        ),
        (
            "UPDATE ticket SET current_order = NONE",
            "not the current order",
        ),
        (
            "UPDATE ticket_order SET status = 'complete'",
            "its payment is None",
        ),
        (
            "UPDATE ticket SET title = 'Another' WHERE status = 'reserved'",
            "the market has version Some(3) of it",
        ),
        (
            "UPDATE ticket SET status = 'pending' WHERE status = 'reserved'",
            "the market has version Some(3) of it",
        ),
        (
            "DELETE ticket WHERE status = 'reserved'",
            "the market has 1 listings, of which 0 are of tickets",
        ),
        (
            "UPDATE hold_quota SET holds = [{ order: '01JQZK5V7M3N8P2R4T6W9X0Y1Z', due_at: 1 }]",
            "not live",
        ),
        // Begins where no order does, and goes where none goes.
        (
            r#"UPDATE event SET payload = string::replace(payload, '"order_status":"created"', '"order_status":"awaiting_payment"')"#,
            "takes a step at version 1 that",
        ),
        (
            r#"UPDATE event SET payload = string::replace(payload, '"order_status":"awaiting_payment"', '"order_status":"refunding"')"#,
            "takes a step at version 3 that",
        ),
        (
            "UPDATE ledger SET postings[0].amount += 1",
            "its ledger entry captured is Some",
        ),
        (
            "UPDATE ledger SET postings = []",
            "its ledger entry captured is Some",
        ),
        ("DELETE ledger", "its ledger entry captured is None"),
        (
            "UPDATE ticket_order SET dispute = 'lost' WHERE status = 'complete'",
            "its ledger entry dispute_lost is None",
        ),
        ("UPDATE payment SET amount += 1", "not of its order's price"),
    ] {
        let shop = Shop::new().await;
        shop.paid().await;
        shop.held().await;
        shop.world.check().await;
        let db = &shop.world.exchange.db;
        db.transact("sabotage", sabotage, vars! {})
            .await
            .expect("writes");
        let violations = shop.world.violations().await;
        assert!(
            violations.iter().any(|violation| violation.contains(found)),
            "{sabotage}: {violations:?}"
        );
    }
}
