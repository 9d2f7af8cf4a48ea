//! What somebody may have of their data, and having it deleted.

use domain::{Refusal, UserId, ticket::TicketStatus};
use exchange::{
    Error, Exchange,
    accounts::{
        self,
        identities::{self, Claim},
        own_data, recovery, second_factor,
        sessions::{self, Owner, StoredSession},
        tries::Client,
    },
    clock::Clock,
    market, orders,
    payments::refund,
};

use crate::{
    accounts::proof,
    harness::{PASSWORD, World, typed},
    shop::{Shop, VISA},
};

fn is_party<T: std::fmt::Debug>(answer: Result<T, Error>) {
    assert!(
        matches!(answer, Err(Error::Refused(Refusal::StillParty))),
        "{answer:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_all_of_their_own_data_and_nothing_of_others() {
    let shop = Shop::new().await;
    let (ticket, order) = shop.paid_with(VISA).await;
    let exchange = &shop.world.exchange;
    let of = async |viewer: &domain::permission::Viewer| {
        let id = viewer.id().expect("signed in");
        let user = accounts::find(exchange, id)
            .await
            .expect("reads")
            .expect("there");
        own_data::export(exchange, &user).await.expect("reads")
    };
    let buyers = of(&shop.buyer).await;
    assert_eq!(buyers["account"]["email"], "buyer@example.org");
    assert_eq!(buyers["orders"][0]["id"], order.as_str());
    assert_eq!(buyers["orders"][0]["billing"]["line1"], "1 Main Street");
    assert_eq!(buyers["payments"][0]["card_last4"], "4242");
    assert!(!buyers.to_string().contains("seller@"));
    let sellers = of(&shop.seller).await;
    assert_eq!(sellers["listings"][0]["id"], ticket.id.as_str());
    assert!(!sellers.to_string().contains("Main Street"));
    for data in [buyers, sellers] {
        for secret in ["argon2", "password_hash", "pi_"] {
            assert!(!data.to_string().contains(secret), "{secret}");
        }
    }
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_leaves_while_an_order_of_theirs_goes_on() {
    let shop = Shop::new().await;
    let exchange = &shop.world.exchange;
    let delete = async |exchange: &Exchange, viewer: &domain::permission::Viewer| {
        own_data::delete(exchange, viewer.id().expect("signed in"), proof(PASSWORD)).await
    };
    let held = shop.world.listed(&shop.seller).await;
    let order = orders::reserve(exchange, &shop.buyer, &held.id, held.content.price)
        .await
        .expect("free");
    is_party(delete(exchange, &shop.buyer).await);
    is_party(delete(exchange, &shop.seller).await);
    // Nothing was withdrawn meanwhile.
    assert_eq!(
        shop.world.ticket(&held.id).await.status,
        TicketStatus::Reserved
    );
    orders::cancel(exchange, &shop.buyer, &order)
        .await
        .expect("unpaid");
    let (_, paid) = shop.paid_with(VISA).await;
    is_party(delete(exchange, &shop.buyer).await);
    is_party(delete(exchange, &shop.seller).await);
    refund::refund(exchange, &shop.buyer, &paid)
        .await
        .expect("in time");
    delete(exchange, &shop.buyer).await.expect("all is over");
    shop.world.check().await;
}

/// Whatever names or is somebody's own, as text.
async fn traces(exchange: &Exchange) -> String {
    const SQL: &str = "SELECT *, <string> id AS id FROM
        user, user_email, session, identity, second_factor, mailed_link";
    let rows: Vec<serde_json::Value> = exchange
        .db
        .read(SQL, exchange::vars! {})
        .await
        .expect("reads")
        .many()
        .expect("rows");
    format!("{rows:#?}")
}

/// Has an account have one of everything.
async fn leave_traces(exchange: &Exchange, id: &UserId) {
    let owner = Owner {
        user: id.clone(),
        epoch: 0,
        device: "leaver's browser".to_owned(),
        since: exchange.clock.now(),
        used_at: exchange.clock.now(),
    };
    let session = StoredSession {
        data: "what the leaver typed".to_owned(),
        expires_at: i64::MAX / 1_000,
        owner: Some(owner),
    };
    sessions::create(&exchange.db, "token", &session)
        .await
        .expect("writes");
    let claim = Claim {
        provider: "mock".to_owned(),
        issuer: "https://issuer.example".to_owned(),
        subject: "leaver-7".to_owned(),
        email: None,
        label: "leaver there".to_owned(),
        name: String::new(),
    };
    identities::link(exchange, id, &claim, proof(PASSWORD))
        .await
        .expect("links");
    second_factor::begin(exchange, id, proof(PASSWORD))
        .await
        .expect("begins");
    let client = Client::default();
    recovery::forgot_password(exchange, &client, "Leaver@example.org")
        .await
        .expect("an address");
    recovery::request_email(exchange, id, "next.leaver@example.org", proof(PASSWORD))
        .await
        .expect("the password");
    let traces = traces(exchange).await;
    for table in [
        "session:",
        "identity:",
        "second_factor:",
        "mailed_link:",
        "user_email:",
    ] {
        assert!(traces.contains(table), "{table} in {traces}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_deleted_account_nothing_personal_is_left() {
    let world = World::new().await;
    let exchange = &world.exchange;
    let seller = world.user("leaver").await;
    let id = seller.id().expect("signed in");
    let ticket = world.listed(&seller).await;
    leave_traces(exchange, id).await;
    let wrong = own_data::delete(exchange, id, proof("wrong-horse-battery")).await;
    assert!(matches!(wrong, Err(Error::Invalid(_))));
    own_data::delete(exchange, id, proof(PASSWORD))
        .await
        .expect("the password");
    assert_eq!(world.ticket(&ticket.id).await.status, TicketStatus::Deleted);
    let left = accounts::find(exchange, id)
        .await
        .expect("reads")
        .expect("its number");
    assert!(left.email.is_empty() && !left.has_password() && left.deleted_at.is_some());
    assert!(!left.name.contains("leaver"));
    let traces = traces(exchange).await;
    assert!(!traces.contains("leaver"), "{traces}");
    let again = accounts::authenticate(
        exchange,
        &Client::default(),
        "leaver@example.org",
        PASSWORD.to_owned(),
    )
    .await;
    assert!(matches!(again, Err(Error::WrongCredentials)));
    // The address is free, and another leaver is no obstacle.
    let second = world.user("leaver").await;
    own_data::delete(exchange, second.id().expect("signed in"), proof(PASSWORD))
        .await
        .expect("again");
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_was_on_its_way_begins_nothing_once_the_account_is_gone() {
    let world = World::new().await;
    let exchange = &world.exchange;
    let (seller, buyer) = (world.user("seller").await, world.user("buyer").await);
    let ticket = world.listed(&seller).await;
    own_data::delete(exchange, buyer.id().expect("signed in"), proof(PASSWORD))
        .await
        .expect("nothing goes on");
    let gone = |late: &Error| matches!(late, Error::Refused(Refusal::AccountGone));
    let late = orders::reserve(exchange, &buyer, &ticket.id, ticket.content.price).await;
    assert!(late.as_ref().is_err_and(gone), "{late:?}");
    let late = market::create(exchange, &buyer, typed("Late")).await;
    assert!(late.as_ref().is_err_and(gone), "{late:?}");
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_listed_while_its_seller_leaves_is_not_on_the_market() {
    for _ in 0..10 {
        let world = World::new().await;
        let exchange = &world.exchange;
        let seller = world.user("seller").await;
        let id = seller.id().expect("signed in");
        let (listed, left) = tokio::join!(
            async {
                // Deleting hashes first.
                tokio::time::sleep(std::time::Duration::from_millis(rand::random_range(0..400)))
                    .await;
                market::create(exchange, &seller, typed("Late")).await
            },
            own_data::delete(exchange, id, proof(PASSWORD)),
        );
        left.expect("nothing goes on");
        if let Ok(ticket) = listed {
            assert_eq!(world.ticket(&ticket).await.status, TicketStatus::Deleted);
        }
        world.check().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reserves_while_leaving_does_one_of_both() {
    for _ in 0..10 {
        let world = World::new().await;
        let exchange = &world.exchange;
        let (seller, buyer) = (world.user("seller").await, world.user("buyer").await);
        let ticket = world.listed(&seller).await;
        let id = buyer.id().expect("signed in");
        let (held, left) = tokio::join!(
            orders::reserve(exchange, &buyer, &ticket.id, ticket.content.price),
            own_data::delete(exchange, id, proof(PASSWORD)),
        );
        assert!(held.is_ok() != left.is_ok(), "{held:?} {left:?}");
        // A request that was on its way when the account went.
        if left.is_ok() {
            let late = orders::reserve(exchange, &buyer, &ticket.id, ticket.content.price).await;
            assert!(matches!(late, Err(Error::Refused(_))), "{late:?}");
        }
        world.check().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_days_after_the_sale_of_a_ticket_without_a_start_both_may_leave() {
    const DAY: i64 = 24 * 3_600;
    let shop = Shop::new().await;
    shop.paid_with(VISA).await;
    let exchange = &shop.world.exchange;
    for (days, may) in [(29, false), (31, true)] {
        let later = Exchange::new(
            exchange.db.clone(),
            Clock::with_offset(days * DAY),
            exchange.settings.clone(),
        )
        .expect("settings");
        let id = shop.seller.id().expect("signed in");
        let left = own_data::delete(&later, id, proof(PASSWORD)).await;
        assert_eq!(left.is_ok(), may, "{days} days: {left:?}");
    }
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_paid_is_known_for_as_long_as_the_deployment_says() {
    const DAY: i64 = 24 * 3_600;
    let shop = Shop::with(|settings| {
        settings.billing_retention = std::time::Duration::from_secs(100 * 24 * 3_600);
    })
    .await;
    let (_, old) = shop.paid_with(VISA).await;
    let exchange = &shop.world.exchange;
    for (days, known) in [(99, true), (101, false), (102, false)] {
        let later = Exchange::new(
            exchange.db.clone(),
            Clock::with_offset(days * DAY),
            exchange.settings.clone(),
        )
        .expect("settings");
        orders::retention::sweep(&later).await.expect("sweeps");
        let order = shop.world.order(&old).await;
        assert_eq!(order.billing.is_some(), known, "{days} days");
    }
    shop.world.check().await;
}
