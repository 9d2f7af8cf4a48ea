//! Guessing passwords: how often one may, and who is kept out by it.

use std::{net::IpAddr, sync::Arc};

use exchange::{
    Error, Exchange,
    accounts::{
        self, Registration, recovery,
        tries::{self, Client},
    },
    clock::Clock,
    limits::{Limit, Limits},
};
use futures::{StreamExt, stream};

use crate::harness::{World, settings};

const PASSWORD: &str = "kettle-orbit-92-violin";
const OWNER: &str = "owner@example.org";

/// Limits as a deployment has them.
fn limited() -> Limits {
    let limit = |text| Limit::parse(text).expect("a limit");
    Limits {
        sign_in: limit("100000/600"),
        guesses: limit("50/3600"),
        register: limit("30/3600"),
        links: limit("60/3600"),
        links_to_address: limit("5/3600"),
        reserve: limit("600/600"),
        reserve_by_account: limit("60/600"),
        reports: limit("20/86400"),
        api: limit("600/60"),
    }
}

/// A browser at the address with this number.
fn at(number: u32) -> Client {
    Client {
        address: Some(IpAddr::from(number.to_be_bytes())),
        ..Client::default()
    }
}

/// A world with somebody whose password is guessed, and what their browser is.
async fn world() -> (World, Client) {
    let mut settings = settings("http://127.0.0.1:9");
    settings.limits = limited();
    let world = World::with(settings, Clock::default()).await;
    let home = Client {
        device: Some("f".repeat(64)),
        ..at(0x0a00_0001)
    };
    let registration = Registration {
        email: OWNER.to_owned(),
        name: "Owner".to_owned(),
        password: PASSWORD.to_owned(),
    };
    accounts::register(&world.exchange, &home, registration)
        .await
        .expect("registers");
    tries::remember(&world.exchange, &home, OWNER)
        .await
        .expect("writes");
    (world, home)
}

async fn sign_in(exchange: &Exchange, client: &Client, password: &str) -> Result<(), Error> {
    accounts::authenticate(exchange, client, OWNER, password.to_owned())
        .await
        .map(drop)
}

/// How many of `clients`, each of which guesses, had their guess looked at.
async fn looked_at(exchange: &Exchange, clients: impl Iterator<Item = Client>) -> usize {
    let exchange = Arc::new(exchange.clone());
    stream::iter(clients.enumerate())
        .map(|(number, client)| {
            let exchange = exchange.clone();
            async move {
                let guess = sign_in(&exchange, &client, &format!("guess-{number}")).await;
                match guess {
                    Err(Error::WrongCredentials) => 1,
                    Err(Error::TooMany { .. }) => 0,
                    other => panic!("{other:?}"),
                }
            }
        })
        .buffer_unordered(16)
        .fold(0, async |sum, one| sum + one)
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_guesses_from_one_address_are_few_and_the_owner_gets_in() {
    let (world, home) = world().await;
    let stranger = at(0xc000_0201);
    let guesses = std::iter::repeat_n(stranger.clone(), 10_000);
    let seen = looked_at(&world.exchange, guesses).await;
    assert!((5..=30).contains(&seen), "{seen} guesses were looked at");
    // Not from there, for a while, also with the right password.
    let refused = sign_in(&world.exchange, &stranger, PASSWORD).await;
    assert!(matches!(refused, Err(Error::TooMany { .. })), "{refused:?}");
    // Known by the browser, by the network, and new somewhere else.
    let elsewhere = Client {
        address: at(0xc633_6401).address,
        ..home.clone()
    };
    let other_browser = Client {
        device: None,
        ..home.clone()
    };
    for client in [home, elsewhere, other_browser, at(0xcb00_7101)] {
        let answer = sign_in(&world.exchange, &client, PASSWORD).await;
        assert!(answer.is_ok(), "{client:?}: {answer:?}");
    }
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_from_a_thousand_addresses_are_bounded_and_the_owner_gets_in() {
    let (world, home) = world().await;
    let strangers = (0..10_000).map(|number| at(0xc000_0000 + number % 1_000));
    let seen = looked_at(&world.exchange, strangers).await;
    // The first of each address, and what strangers share.
    assert!(seen <= 1_000 + 60, "{seen} guesses were looked at");
    // A moment later: there is room for one more first try every few seconds.
    let clock = Clock::with_offset(10);
    let then = Exchange::new(
        world.exchange.db.clone(),
        clock,
        world.exchange.settings.clone(),
    );
    let then = then.expect("settings");
    for client in [home, at(0xcb00_7101)] {
        let answer = sign_in(&then, &client, PASSWORD).await;
        assert!(answer.is_ok(), "{client:?}: {answer:?}");
    }
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_first_tries_at_once_from_one_address_are_one() {
    let mut settings = settings("http://127.0.0.1:9");
    settings.limits = limited();
    settings.limits.guesses = Limit::parse("1/3600").expect("a limit");
    let world = World::with(settings, Clock::default()).await;
    let crowd = std::iter::repeat_n(at(1), 100);
    assert!(looked_at(&world.exchange, crowd).await <= 2);
    // Nineteen of twenty first tries are left for others.
    assert_eq!(looked_at(&world.exchange, (2..21).map(at)).await, 19);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_failure_costs_more_time_and_success_forgets_them() {
    let (world, home) = world().await;
    let exchange = &world.exchange;
    for _ in 0..5 {
        let wrong = sign_in(exchange, &home, "wrong-horse-battery").await;
        assert!(matches!(wrong, Err(Error::WrongCredentials)), "{wrong:?}");
    }
    let mut waits = Vec::new();
    let mut seconds = 0;
    for _ in 0..9 {
        let clock = Clock::with_offset(seconds);
        let then = Exchange::new(exchange.db.clone(), clock, exchange.settings.clone());
        let then = then.expect("settings");
        let wrong = sign_in(&then, &home, "wrong-horse-battery").await;
        assert!(matches!(wrong, Err(Error::WrongCredentials)), "{wrong:?}");
        let wait: Option<i64> = then
            .db
            .read(
                "SELECT VALUE (until - at) / 1000 FROM tries WHERE until > 0",
                exchange::vars! {},
            )
            .await
            .expect("reads")
            .one()
            .expect("one that waits");
        let wait = wait.expect("a wait");
        // Long enough to be tried within it on any machine.
        if wait >= 16 {
            let early = sign_in(&then, &home, PASSWORD).await;
            assert!(matches!(early, Err(Error::TooMany { .. })), "{early:?}");
        }
        waits.push(wait);
        seconds += wait + 1;
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    let clock = Clock::with_offset(seconds);
    let then = Exchange::new(exchange.db.clone(), clock, exchange.settings.clone());
    let then = then.expect("settings");
    assert!(sign_in(&then, &home, PASSWORD).await.is_ok());
    let wrong = sign_in(&then, &home, "wrong-horse-battery").await;
    assert!(matches!(wrong, Err(Error::WrongCredentials)));
    assert!(sign_in(&then, &home, PASSWORD).await.is_ok());
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_mailed_more_links_than_the_limit_says() {
    let (world, _) = world().await;
    let exchange = &world.exchange;
    for email in [OWNER, "nobody@example.org"] {
        for number in 0..8 {
            let asked = recovery::forgot_password(exchange, &at(number), email).await;
            let refused = matches!(asked, Err(Error::TooMany { .. }));
            assert_eq!(refused, number >= 5, "{email} {number}: {asked:?}");
        }
    }
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_registers_about_as_often_as_the_limit_says() {
    let (world, _) = world().await;
    let mut accepted = 0;
    for number in 0..60 {
        let registration = Registration {
            email: format!("new{number}@example.org"),
            name: "New".to_owned(),
            password: PASSWORD.to_owned(),
        };
        match accounts::register(&world.exchange, &at(7), registration).await {
            Ok(_) => accepted += 1,
            Err(Error::TooMany { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert!((20..=33).contains(&accepted), "{accepted}");
    world.check().await;
}

/// The time of an answer says nothing of whether there is an account. Each of
/// the thousand tries has a neighbour of the other kind, and neither kind is the
/// slower one of most pairs: load does not move that, and a hash left out does.
#[tokio::test(flavor = "multi_thread")]
async fn answers_take_as_long_whether_or_not_there_is_an_account() {
    let world = World::new().await;
    world.user("known").await;
    let time = async |email: &str| {
        let began = std::time::Instant::now();
        let client = Client::default();
        let guess = accounts::authenticate(&world.exchange, &client, email, "x".to_owned()).await;
        assert!(matches!(guess, Err(Error::WrongCredentials)));
        began.elapsed()
    };
    let mut slower = 0;
    for number in 0..500 {
        let unknown = format!("unknown{number}@example.org");
        // Who is first changes, in case the second one is always the faster.
        let (known, unknown) = if number % 2 == 0 {
            let known = time("known@example.org").await;
            (known, time(&unknown).await)
        } else {
            let unknown = time(&unknown).await;
            (time("known@example.org").await, unknown)
        };
        slower += usize::from(known > unknown);
    }
    assert!((100..=400).contains(&slower), "{slower} of 500");
    world.check().await;
}
