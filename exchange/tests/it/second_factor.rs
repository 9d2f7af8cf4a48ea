//! The second factor: codes that work once, and what asks for them.

use domain::{Problem, Refusal};
use exchange::{
    Error, Exchange,
    accounts::{
        self, Proof, User,
        second_factor::{self, Setup},
        tries::Client,
    },
    clock::Clock,
};
use totp_rs::{Builder, Secret};

use crate::{
    accounts::proof,
    harness::{World, operator, ulid},
};

const PASSWORD: &str = "kettle-orbit-92-violin";

/// What somebody's app shows at the time of `exchange`.
fn shown(exchange: &Exchange, secret: &str) -> String {
    let totp = Builder::new()
        .with_secret(Secret::try_from_base32(secret).expect("Base32"))
        .with_account_name("test")
        .build()
        .expect("as in RFC 6238");
    let seconds = u64::try_from(exchange.clock.now().millis() / 1_000).expect("after 1970");
    totp.generate(seconds).to_string()
}

/// The same exchange, `seconds` later.
fn later(exchange: &Exchange, seconds: i64) -> Exchange {
    let clock = Clock::with_offset(seconds);
    Exchange::new(exchange.db.clone(), clock, exchange.settings.clone()).expect("settings")
}

fn is_wrong_code<T: std::fmt::Debug>(answer: Result<T, Error>) {
    let wrong = matches!(&answer, Err(Error::Invalid(fields)) if fields.iter().any(|field| *field == ("code", Problem::WrongCode)));
    assert!(wrong, "{answer:?}");
}

/// Somebody with a second factor, what their app has, their backup codes, and the
/// code that confirmed it.
async fn somebody(world: &World) -> (User, String, Vec<String>, String) {
    let exchange = &world.exchange;
    let viewer = world.user("somebody").await;
    let id = viewer.id().expect("signed in").clone();
    second_factor::begin(exchange, &id, proof(PASSWORD))
        .await
        .expect("the password");
    let user = accounts::find(exchange, &id)
        .await
        .expect("reads")
        .expect("there");
    let Some(Setup {
        app: Some(app),
        backup_codes,
    }) = second_factor::setup(exchange, &user).await.expect("reads")
    else {
        panic!("nothing is being set up");
    };
    assert!(app.qr.starts_with("<svg") && app.uri.starts_with("otpauth://totp/"));
    let client = Client::default();
    is_wrong_code(second_factor::confirm(exchange, &client, &user, "000000").await);
    let code = shown(exchange, &app.secret);
    let user = second_factor::confirm(exchange, &client, &user, &code)
        .await
        .expect("the code");
    assert!(user.second_factor);
    (user, app.secret, backup_codes, code)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_works_once_also_when_it_is_sent_at_once() {
    let world = World::new().await;
    let (user, secret, _, used) = somebody(&world).await;
    let client = Client::default();
    // The one that confirmed it.
    let now = &world.exchange;
    is_wrong_code(second_factor::check(now, &client, &user, &used).await);
    let next = later(now, 60);
    let code = shown(&next, &secret);
    let checks = (0..8).map(|_| second_factor::check(&next, &client, &user, &code));
    let checked = futures::future::join_all(checks).await;
    assert_eq!(checked.iter().filter(|checked| checked.is_ok()).count(), 1);
    checked
        .into_iter()
        .filter(Result::is_err)
        .for_each(is_wrong_code);
    // Nor does one from before it, or one of another app.
    is_wrong_code(second_factor::check(&next, &client, &user, &used).await);
    let far = later(now, 600);
    is_wrong_code(second_factor::check(&far, &client, &user, &used).await);
    for bad in ["", "abc", "1234567", "😀😀😀😀😀😀"] {
        is_wrong_code(second_factor::check(&far, &client, &user, bad).await);
    }
    let typed = shown(&far, &secret);
    let typed = format!(" {} {}", &typed[..3], &typed[3..]);
    assert!(
        second_factor::check(&far, &client, &user, &typed)
            .await
            .is_ok()
    );
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_backup_codes_work_once_each_and_the_database_has_none_of_them() {
    let world = World::new().await;
    let exchange = &world.exchange;
    let (user, secret, codes, _) = somebody(&world).await;
    let client = Client::default();
    assert_eq!(codes.len(), 10);
    let stored: Vec<serde_json::Value> = exchange
        .db
        .read(
            "SELECT * OMIT id FROM second_factor, user",
            exchange::vars! {},
        )
        .await
        .expect("reads")
        .many()
        .expect("rows");
    let stored = format!("{stored:?}");
    assert!(!stored.contains(&secret));
    for code in &codes {
        assert!(!stored.contains(code) && !stored.contains(&code.replace('-', "")));
        let typed = code.to_uppercase().replace('-', " ");
        second_factor::check(exchange, &client, &user, &typed)
            .await
            .expect("unused");
        is_wrong_code(second_factor::check(exchange, &client, &user, code).await);
    }
    assert_eq!(
        second_factor::backup_codes_left(exchange, &user.id)
            .await
            .expect("reads"),
        0
    );
    // They are shown once.
    assert_eq!(
        second_factor::setup(exchange, &user).await.expect("reads"),
        None
    );
    // Others take their place, once they are confirmed.
    let next = later(exchange, 60);
    let with_code = Proof {
        code: shown(&next, &secret),
        ..proof(PASSWORD)
    };
    second_factor::begin_backup_codes(&next, &user.id, with_code)
        .await
        .expect("shown");
    let setup = second_factor::setup(&next, &user).await.expect("reads");
    let fresh = setup.expect("being set up").backup_codes;
    is_wrong_code(second_factor::check(&next, &client, &user, &fresh[0]).await);
    second_factor::confirm(&next, &client, &user, "")
        .await
        .expect("no code wanted");
    assert!(
        second_factor::check(&next, &client, &user, &fresh[0])
            .await
            .is_ok()
    );
    is_wrong_code(second_factor::check(&next, &client, &user, &codes[0]).await);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_matters_asks_for_password_and_code() {
    let world = World::new().await;
    let (user, secret, ..) = somebody(&world).await;
    let next = later(&world.exchange, 60);
    let code = shown(&next, &secret);
    let with = |password: &str, code: &str| Proof {
        code: code.to_owned(),
        ..proof(password)
    };
    is_wrong_code(second_factor::remove(&next, &user.id, with(PASSWORD, "")).await);
    let wrong = second_factor::remove(&next, &user.id, with("wrong-horse-battery", &code)).await;
    assert!(matches!(wrong, Err(Error::Invalid(_))), "{wrong:?}");
    // A wrong password does not use the code up.
    let off = second_factor::remove(&next, &user.id, with(PASSWORD, &code))
        .await
        .expect("both");
    assert!(!off.second_factor && off.epoch > user.epoch);
    is_wrong_code(second_factor::check(&next, &Client::default(), &off, &code).await);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_helps_who_has_lost_app_and_codes() {
    let world = World::new().await;
    let (user, ..) = somebody(&world).await;
    let reset = second_factor::reset(&world.exchange, &operator(), &user.id).await;
    assert!(!reset.expect("there").second_factor);
    let nobody = ulid().parse().expect("a ULID");
    let none = second_factor::reset(&world.exchange, &operator(), &nobody).await;
    assert!(matches!(none, Err(Error::NotFound)));
    let other = world.user("other").await;
    let id = other.id().expect("signed in");
    let other = accounts::find(&world.exchange, id)
        .await
        .expect("reads")
        .expect("there");
    let client = Client::default();
    let nothing = second_factor::confirm(&world.exchange, &client, &other, "000000").await;
    assert!(matches!(nothing, Err(Error::NotFound)));
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_not_shown_that_the_address_is_theirs_cannot_keep_its_owner_out() {
    let world = World::new().await;
    let typed = accounts::Registration {
        email: "squatted@example.org".to_owned(),
        name: "Squatter".to_owned(),
        password: PASSWORD.to_owned(),
    };
    let user = accounts::register(&world.exchange, &Client::default(), typed)
        .await
        .expect("registers");
    let begun = second_factor::begin(&world.exchange, &user.id, proof(PASSWORD)).await;
    assert!(matches!(begun, Err(Error::Unverified)), "{begun:?}");
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_and_left_is_nobodys_to_find() {
    let world = World::new().await;
    let exchange = &world.exchange;
    let viewer = world.user("left").await;
    let id = viewer.id().expect("signed in");
    let begin = async || {
        second_factor::begin(exchange, id, proof(PASSWORD))
            .await
            .expect("the password");
        accounts::find(exchange, id)
            .await
            .expect("reads")
            .expect("there")
    };
    let user = begin().await;
    let long_after = later(exchange, 16 * 60);
    assert_eq!(
        second_factor::setup(&long_after, &user)
            .await
            .expect("reads"),
        None
    );
    // Nor is it the owner's, who has signed everybody out.
    assert!(
        second_factor::setup(exchange, &user)
            .await
            .expect("reads")
            .is_some()
    );
    let owner = accounts::end_sessions(exchange, &user)
        .await
        .expect("signed in");
    assert_eq!(
        second_factor::setup(exchange, &owner).await.expect("reads"),
        None
    );
    let confirmed = second_factor::confirm(exchange, &Client::default(), &owner, "000000").await;
    let late = matches!(confirmed, Err(Error::Refused(Refusal::TooLate)));
    assert!(late, "{confirmed:?}");
    world.check().await;
}
