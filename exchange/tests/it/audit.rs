//! The trail of what was done with a privilege or moved money.

use domain::{KeyId, UserId};
use exchange::{
    accounts::{self, MODERATORS},
    audit,
    feed::webhooks::{self, TypedWebhook},
    vars,
};

use crate::harness::{World, operator, ulid};

async fn violations(world: &World, noted: Option<&str>) -> Vec<String> {
    let found = audit::verify(&world.exchange.db, noted).await;
    found.expect("reads").violations
}

/// A world in which some things were done with an account, all of them sealed.
async fn sealed() -> (World, UserId) {
    let world = World::new().await;
    let viewer = world.user("Ada").await;
    let (exchange, ada) = (&world.exchange, viewer.id().expect("signed in"));
    for _ in 0..3 {
        for change in [true, false] {
            let done = if change {
                accounts::grant(exchange, &operator(), ada, MODERATORS).await
            } else {
                accounts::revoke(exchange, &operator(), ada, MODERATORS).await
            };
            done.expect("there");
        }
    }
    audit::seal(exchange).await.expect("seals");
    let ada = ada.clone();
    (world, ada)
}

#[tokio::test]
async fn what_was_changed_taken_out_or_moved_is_found() {
    for tampering in [
        "UPDATE audit SET actor = 'user:nobody' WHERE number = 3",
        "UPDATE audit SET why = 'another' WHERE number = 3",
        "UPDATE audit SET fields = ['verified'] WHERE number = 3",
        "UPDATE audit SET key = '01JQZK5V7M3N8P2R4T6W9X0Y1Z' WHERE number = 3",
        "UPDATE audit SET at = at + 1 WHERE number = 3",
        "DELETE audit WHERE number = 3",
        "DELETE audit WHERE number = 1",
        // The last one too, and all.
        "DELETE audit WHERE number = 7",
        "DELETE audit",
        "DELETE audit_head:one",
        "UPDATE audit SET number = 10 - number WHERE number IN [4, 6]",
        "LET $hash = (SELECT VALUE hash FROM ONLY audit WHERE number = 5 LIMIT 1); UPDATE audit SET hash = $hash WHERE number = 4",
    ] {
        let (world, _) = sealed().await;
        assert_eq!(violations(&world, None).await, Vec::<String>::new());
        let done = world
            .exchange
            .db
            .transact("tamper", tampering, vars! {})
            .await;
        done.expect("writes");
        assert!(!violations(&world, None).await.is_empty(), "{tampering}");
        world.check().await;
    }
}

#[tokio::test]
async fn what_a_program_asks_for_is_noted_with_its_key() {
    let world = World::new().await;
    let seller = world.user("seller").await;
    let key: KeyId = ulid().parse().expect("an id");
    let typed = TypedWebhook {
        url: "https://example.org/".to_owned(),
        kinds: Vec::new(),
        active: true,
    };
    let id = ulid().parse().expect("an id");
    let (request, made) = audit::within(audit::by_key(&key, async {
        let made = webhooks::create_as(&world.exchange, &seller, id, &typed);
        // As a write of the API goes on when whoever asked for it is gone.
        audit::carried(made).await
    }))
    .await;
    made.expect("makes");
    let sql = "SELECT *, record::id(id) AS id FROM audit WHERE act = 'make webhook'";
    let rows = world.exchange.db.read(sql, vars! {}).await;
    let entry: audit::Entry = rows
        .expect("reads")
        .one()
        .expect("an entry")
        .expect("there");
    assert_eq!((entry.request, entry.key), (Some(request), Some(key)));
    audit::seal(&world.exchange).await.expect("seals");
    assert_eq!(violations(&world, None).await, Vec::<String>::new());
    world.check().await;
}

#[tokio::test]
async fn a_noted_hash_stays_in_the_chain() {
    let (world, ada) = sealed().await;
    let noted = audit::verify(&world.exchange.db, None)
        .await
        .expect("reads")
        .head;
    accounts::verify(&world.exchange, &operator(), &ada)
        .await
        .expect("there");
    accounts::suspend(&world.exchange, &operator(), &ada, true)
        .await
        .expect("there");
    audit::seal(&world.exchange).await.expect("seals");
    assert_eq!(violations(&world, Some(&noted)).await, Vec::<String>::new());
    assert_eq!(violations(&world, Some("another")).await.len(), 1);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_that_are_sealed_at_once_are_one_chain() {
    let (world, _) = sealed().await;
    for number in 0..12 {
        world.user(&format!("User {number}")).await;
    }
    let sealing = (0..4).map(|_| audit::seal(&world.exchange));
    for sealed in futures::future::join_all(sealing).await {
        sealed.expect("seals");
    }
    audit::seal(&world.exchange).await.expect("seals");
    let found = audit::verify(&world.exchange.db, None)
        .await
        .expect("reads");
    assert_eq!(found.violations, Vec::<String>::new());
    assert_eq!((found.entries, found.unsealed), (7 + 12, 0));
    world.check().await;
}
