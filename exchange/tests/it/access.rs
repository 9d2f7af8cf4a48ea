//! Programs that act for an account.

use domain::{OrderId, Refusal, UserId, order::OrderStatus, permission::Viewer, scope::Scope};
use exchange::{
    Error, Exchange,
    access::{
        self, TypedKey,
        answers::{self, Answer, Beginning, KEPT},
    },
    accounts,
    clock::Clock,
    market, orders,
};

use crate::{
    accounts::proof,
    harness::{PASSWORD, World, settings, typed},
};

fn who(viewer: &Viewer) -> UserId {
    viewer.id().expect("somebody").clone()
}

async fn begin(exchange: &Exchange, user: &UserId, key: &str) -> Beginning {
    answers::begin(exchange, user, key, &[b"POST", b"/orders"])
        .await
        .expect("reads")
}

/// A crash between the effect of a write and its answer: whoever sends it again gets
/// what was made.
#[tokio::test]
async fn a_write_that_was_never_answered_makes_one_thing() {
    let world = World::new().await;
    let (seller, buyer) = (world.user("seller").await, world.user("buyer").await);
    let ticket = world.listed(&seller).await;
    let user = who(&buyer);
    let Beginning::New(begun) = begin(&world.exchange, &user, "a").await else {
        panic!("it is new");
    };
    let id: OrderId = begun.makes.parse().expect("an id");
    let price = ticket.content.price;
    let order = orders::reserve_as(&world.exchange, &buyer, &id, &ticket.id, price).await;
    assert_eq!(order.expect("free"), id);
    let busy = begin(&world.exchange, &user, "a").await;
    assert!(matches!(busy, Beginning::Busy), "{busy:?}");
    // Whoever began it is gone by then.
    let later = |seconds| {
        let (db, clock) = (world.exchange.db.clone(), Clock::with_offset(seconds));
        Exchange::new(db, clock, settings("http://127.0.0.1:9")).expect("settings")
    };
    let exchange = later(61);
    let Beginning::New(begun) = begin(&exchange, &user, "a").await else {
        panic!("it is taken over");
    };
    assert_eq!(begun.makes, id.to_string());
    let again = orders::reserve_as(&exchange, &buyer, &id, &ticket.id, price).await;
    assert_eq!(again.expect("theirs"), id);
    // Nor is it held once more after its buyer let it go.
    orders::cancel(&exchange, &buyer, &id)
        .await
        .expect("theirs");
    let again = orders::reserve_as(&exchange, &buyer, &id, &ticket.id, price).await;
    assert_eq!(again.expect("theirs"), id);
    assert_eq!(world.order(&id).await.status, OrderStatus::Cancelled);
    let answer = Answer {
        status: 201,
        headers: vec![("etag".to_owned(), "\"1\"".to_owned())],
        body: "{}".to_owned(),
    };
    answers::end(&exchange, begun, &answer)
        .await
        .expect("writes");
    let kept = begin(&exchange, &user, "a").await;
    assert!(matches!(kept, Beginning::Answered(kept) if kept == answer));
    let reused = answers::begin(&exchange, &user, "a", &[b"POST/", b"orders"]).await;
    assert!(matches!(reused, Ok(Beginning::Reused)));
    let day = i64::try_from(KEPT.as_secs()).expect("fits");
    let forgotten = begin(&later(day + 61), &user, "a").await;
    assert!(matches!(forgotten, Beginning::New(begun) if begun.makes != id.to_string()));
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_begin_a_write_at_once_one_does_it() {
    let world = World::new().await;
    let user = who(&world.user("buyer").await);
    for round in 0..10 {
        let mut tries = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (exchange, user) = (world.exchange.clone(), user.clone());
            tries.spawn(async move { begin(&exchange, &user, &round.to_string()).await });
        }
        let tries = tries.join_all().await;
        let new = tries
            .iter()
            .filter(|begun| matches!(begun, Beginning::New(_)));
        assert_eq!(new.count(), 1);
    }
    // The same of those who take over what was given up.
    let Beginning::New(begun) = begin(&world.exchange, &user, "given up").await else {
        panic!("it is new");
    };
    answers::give_up(&world.exchange, begun)
        .await
        .expect("writes");
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (exchange, user) = (world.exchange.clone(), user.clone());
        tries.spawn(async move { begin(&exchange, &user, "given up").await });
    }
    let tries = tries.join_all().await;
    let new = tries
        .iter()
        .filter(|begun| matches!(begun, Beginning::New(_)));
    assert_eq!(new.count(), 1);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_whose_name_was_chosen_is_listed_once() {
    let world = World::new().await;
    let seller = world.user("seller").await;
    let id: domain::TicketId = crate::harness::ulid().parse().expect("an id");
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let (exchange, seller, id) = (world.exchange.clone(), seller.clone(), id.clone());
        tries.spawn(
            async move { market::create_as(&exchange, &seller, id, typed("Two seats")).await },
        );
    }
    for made in tries.join_all().await {
        assert_eq!(made.expect("listed"), id);
    }
    let again = market::create_as(&world.exchange, &seller, id.clone(), typed("Two seats")).await;
    assert_eq!(again.expect("there"), id);
    let own = market::listings(&world.exchange, &seller, "")
        .await
        .expect("reads");
    assert_eq!(own.items.len(), 1);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_twenty_keys_however_fast_they_are_made() {
    let world = World::new().await;
    let owner = who(&world.user("owner").await);
    let owner = accounts::find(&world.exchange, &owner).await;
    let owner = owner.expect("reads").expect("there");
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..25 {
        let (exchange, owner) = (world.exchange.clone(), owner.clone());
        tries.spawn(async move {
            let typed = TypedKey {
                name: "A program".to_owned(),
                scopes: [Scope::ListingsRead].into(),
                days: "7".to_owned(),
            };
            access::create(&exchange, &owner, proof(PASSWORD), &typed).await
        });
    }
    let (made, refused): (Vec<_>, Vec<_>) =
        tries.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!((made.len(), refused.len()), (access::MOST, 5));
    for refused in refused {
        assert!(
            matches!(
                refused,
                Err(Error::Refused(Refusal::TooManyKeys { max: access::MOST }))
            ),
            "{refused:?}"
        );
    }
    let keys = access::of_user(&world.exchange, &owner).await;
    assert_eq!(keys.expect("reads").len(), access::MOST);
    world.check().await;
}
