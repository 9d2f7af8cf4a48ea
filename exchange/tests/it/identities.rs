//! Signing in with others: what they must show, and whose account it is.

use std::process::Child;

use domain::Refusal;
use exchange::{
    Error, Exchange,
    accounts::{
        self, Registration, User,
        identities::{self, Arrival, Claim},
        providers::{Answer, ProviderKind, ProviderSettings},
        recovery,
        tries::Client,
    },
    clock::Clock,
};
use serde_json::{Value, json};

use crate::{
    accounts::proof,
    harness::{Running, World, eventually, operator, settings},
    mailbox::{link_in, node},
};

const PASSWORD: &str = "kettle-orbit-92-violin";

/// A provider as a process; killed when dropped.
struct Provider {
    process: Child,
    issuer: String,
    github: String,
}

impl Provider {
    fn start() -> Self {
        let (process, line) = node("provider.mjs", &[]);
        let words: Vec<&str> = line.split_whitespace().collect();
        let &[issuer, github] = words.as_slice() else {
            panic!("{line}");
        };
        Self {
            process,
            issuer: issuer.to_owned(),
            github: github.to_owned(),
        }
    }

    fn stop(&mut self) {
        self.process.kill().expect("kills");
        self.process.wait().expect("ends");
    }

    /// Says who signs in next, and what goes wrong.
    async fn next_is(&self, person: Value) {
        let answer = reqwest()
            .post(format!("{}/person", self.github))
            .body(person.to_string())
            .send()
            .await;
        assert!(answer.expect("an answer").status().is_success());
    }

    async fn world(&self) -> World {
        let mut settings = settings("http://127.0.0.1:9");
        let provider = |key: &str, kind| ProviderSettings {
            key: key.to_owned(),
            name: key.to_owned(),
            client_id: "us".to_owned(),
            client_secret: "our secret".to_owned(),
            kind,
        };
        settings.providers = vec![
            provider(
                "mock",
                ProviderKind::OpenId {
                    issuer: self.issuer.clone(),
                },
            ),
            provider(
                "github",
                ProviderKind::GitHub {
                    url: self.github.clone(),
                    api_url: self.github.clone(),
                },
            ),
        ];
        World::with(settings, Clock::default()).await
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn reqwest() -> openidconnect::reqwest::Client {
    openidconnect::reqwest::Client::builder()
        .redirect(openidconnect::reqwest::redirect::Policy::none())
        .build()
        .expect("a client")
}

/// Goes to the provider and comes back, as a browser does.
async fn go(exchange: &Exchange, key: &str) -> Result<Claim, Error> {
    let (url, attempt) = exchange.providers.begin(exchange, key).await?;
    let answer = come_back(&url).await;
    let providers = &exchange.providers;
    providers.finish(exchange, key, Some(attempt), answer).await
}

async fn come_back(url: &str) -> Answer {
    let answer = reqwest().get(url).send().await.expect("an answer");
    let location = answer.headers()["location"].to_str().expect("a URL");
    let query = location.split_once('?').expect("a query").1;
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let pairs: serde_json::Map<String, Value> = pairs
        .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
        .collect();
    serde_json::from_value(Value::Object(pairs)).expect("an answer")
}

fn is_refused<T: std::fmt::Debug>(answer: Result<T, Error>, expected: &Refusal) {
    assert!(
        matches!(&answer, Err(Error::Refused(refusal)) if refusal == expected),
        "{answer:?}"
    );
}

async fn register(world: &World, email: &str) -> User {
    let registration = Registration {
        email: email.to_owned(),
        name: "Ada".to_owned(),
        password: PASSWORD.to_owned(),
    };
    accounts::register(&world.exchange, &Client::default(), registration)
        .await
        .expect("registers")
}

async fn arrive(world: &World, claim: &Claim) -> Result<Arrival, Error> {
    identities::arrive(&world.exchange, &Client::default(), claim).await
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_new_gets_an_account_without_a_password_and_signs_in_again() {
    let provider = Provider::start();
    let world = provider.world().await;
    let exchange = &world.exchange;
    provider
        .next_is(json!({ "sub": "7", "email": "new@example.org", "email_verified": true, "name": "New" }))
        .await;
    let claim = go(exchange, "mock").await.expect("as it should be");
    assert_eq!(claim.email.as_deref(), Some("new@example.org"));
    assert!(matches!(arrive(&world, &claim).await, Ok(Arrival::New)));
    let client = Client::default();
    let user = identities::register(exchange, &client, &claim, "New")
        .await
        .expect("nobody has it");
    assert!(user.verified && !user.has_password());
    // There is no password that could be guessed: none at all.
    for guess in ["", "7", "new@example.org", "d41d8cd98f00b204"] {
        let signed_in =
            accounts::authenticate(exchange, &client, "new@example.org", guess.to_owned()).await;
        assert!(matches!(signed_in, Err(Error::WrongCredentials)));
    }
    // The subject is who it is, whatever the address is by now.
    provider
        .next_is(json!({ "sub": "7", "email": "moved@example.org", "email_verified": true }))
        .await;
    let again = go(exchange, "mock").await.expect("as it should be");
    let Ok(Arrival::Known(known)) = arrive(&world, &again).await else {
        panic!("not known");
    };
    assert_eq!(known.id, user.id);
    // Twice is one account.
    let twice = identities::register(exchange, &client, &claim, "New").await;
    is_refused(twice, &Refusal::IdentityTaken);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_provider_says_is_believed_only_as_it_should_be() {
    let provider = Provider::start();
    let world = provider.world().await;
    let exchange = &world.exchange;
    let person = |twist: &str| json!({ "sub": "7", "email": "a@example.org", "email_verified": true, "twist": twist });
    for twist in [
        "state",
        "nonce",
        "no nonce",
        "audience",
        "issuer",
        "expired token",
        "expired code",
        "signature",
        "unsigned",
        "no id_token",
        "denied",
    ] {
        provider.next_is(person(twist)).await;
        let claim = go(exchange, "mock").await;
        assert!(
            matches!(claim, Err(Error::Refused(Refusal::ProviderRefused))),
            "{twist}: {claim:?}"
        );
    }
    provider.next_is(person("")).await;
    assert!(go(exchange, "mock").await.is_ok());

    // Nothing begun, begun elsewhere, and too late.
    let providers = &exchange.providers;
    let (url, attempt) = providers.begin(exchange, "mock").await.expect("begins");
    let without = providers.finish(exchange, "mock", None, come_back(&url).await);
    is_refused(without.await, &Refusal::ProviderRefused);
    let (_, other) = providers.begin(exchange, "mock").await.expect("begins");
    let answer = come_back(&url).await;
    is_refused(
        providers
            .finish(exchange, "mock", Some(other), answer)
            .await,
        &Refusal::ProviderRefused,
    );
    let at_another = providers.finish(exchange, "github", Some(attempt), come_back(&url).await);
    is_refused(at_another.await, &Refusal::ProviderRefused);
    let (url, attempt) = providers.begin(exchange, "mock").await.expect("begins");
    let later = Exchange::new(
        exchange.db.clone(),
        Clock::with_offset(16 * 60),
        exchange.settings.clone(),
    )
    .expect("settings");
    let late = later
        .providers
        .finish(&later, "mock", Some(attempt), come_back(&url).await);
    is_refused(late.await, &Refusal::ProviderRefused);
    assert!(matches!(
        providers.begin(exchange, "nobody").await,
        Err(Error::NotFound)
    ));
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_away_is_no_fault_of_the_visitor() {
    let mut provider = Provider::start();
    let world = provider.world().await;
    let exchange = &world.exchange;
    provider
        .next_is(json!({ "sub": "7", "twist": "server error" }))
        .await;
    let claim = go(exchange, "mock").await;
    assert!(matches!(claim, Err(Error::Unavailable(..))), "{claim:?}");
    provider.stop();
    let fresh = Exchange::new(
        exchange.db.clone(),
        exchange.clock,
        exchange.settings.clone(),
    )
    .expect("settings");
    let begun = fresh.providers.begin(&fresh, "mock").await;
    assert!(matches!(begun, Err(Error::Unavailable(..))));
    // What is known already is enough to begin, not to end.
    let (_, attempt) = exchange
        .providers
        .begin(exchange, "mock")
        .await
        .expect("known");
    drop(attempt);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_address_is_invented_and_an_unverified_one_is_nobodys() {
    let provider = Provider::start();
    let world = provider.world().await;
    let exchange = &world.exchange;
    register(&world, "victim@example.org").await;
    for person in [
        json!({ "sub": "1", "email": "victim@example.org", "email_verified": false }),
        json!({ "sub": "2", "email": "victim@example.org" }),
        json!({ "sub": "3" }),
    ] {
        provider.next_is(person).await;
        let claim = go(exchange, "mock").await.expect("signed");
        assert_eq!(claim.email, None);
        is_refused(arrive(&world, &claim).await, &Refusal::UnverifiedIdentity);
        let registered = identities::register(exchange, &Client::default(), &claim, "Eve").await;
        is_refused(registered, &Refusal::UnverifiedIdentity);
    }
    // Nor one that only the other endpoint knows, or that is of somebody else.
    for (userinfo, email) in [
        (json!({ "email": "victim@example.org" }), None),
        (
            json!({ "email": "victim@example.org", "email_verified": false }),
            None,
        ),
        (
            json!({ "email": "own@example.org", "email_verified": true }),
            Some("own@example.org"),
        ),
    ] {
        provider
            .next_is(json!({ "sub": "4", "userinfo": userinfo }))
            .await;
        let claim = go(exchange, "mock").await.expect("signed");
        assert_eq!(claim.email.as_deref(), email);
    }
    let elses = json!({ "sub": "5", "email": "own@example.org", "email_verified": true });
    provider
        .next_is(json!({ "sub": "4", "userinfo": elses }))
        .await;
    is_refused(go(exchange, "mock").await, &Refusal::ProviderRefused);
    for emails in [
        json!([]),
        json!([{ "email": "victim@example.org", "primary": true, "verified": false }]),
        json!([{ "email": "victim@example.org", "primary": false, "verified": true }]),
    ] {
        provider
            .next_is(json!({ "id": 5, "login": "victim", "emails": emails }))
            .await;
        let claim = go(exchange, "github").await.expect("GitHub's API");
        assert_eq!((claim.email, &*claim.subject), (None, "5"));
    }
    provider
        .next_is(json!({ "id": 5, "login": "octo", "emails": [
            { "email": "other@example.org", "primary": false, "verified": true },
            { "email": "octo@example.org", "primary": true, "verified": true },
        ] }))
        .await;
    let claim = go(exchange, "github").await.expect("GitHub's API");
    assert_eq!(claim.email.as_deref(), Some("octo@example.org"));
    assert!(matches!(arrive(&world, &claim).await, Ok(Arrival::New)));
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_linked_only_after_its_owner_agreed() {
    let provider = Provider::start();
    let world = provider.world().await;
    let running = Running::start(&world.exchange).await;
    let exchange = &world.exchange;
    let squatter = register(&world, "owner@example.org").await;
    provider
        .next_is(json!({ "sub": "9", "email": "owner@example.org", "email_verified": true }))
        .await;
    let claim = go(exchange, "mock").await.expect("signed");
    assert!(matches!(arrive(&world, &claim).await, Ok(Arrival::Asked)));
    assert!(
        identities::of_user(exchange, &squatter.id)
            .await
            .expect("reads")
            .is_empty()
    );
    let mut link = String::new();
    eventually("the link", async || {
        let mails = world.mails();
        let found = mails
            .iter()
            .find(|mail| mail.subject == "Confirm another way to sign in");
        link = found.map(link_in).unwrap_or_default();
        !link.is_empty()
    })
    .await;
    let user = identities::link_by_mail(exchange, &link)
        .await
        .expect("valid");
    // Whoever made the account had not shown that the address is theirs.
    assert!(user.verified && !user.has_password() && user.epoch > squatter.epoch);
    let old = accounts::authenticate(
        exchange,
        &Client::default(),
        "owner@example.org",
        PASSWORD.to_owned(),
    )
    .await;
    assert!(matches!(old, Err(Error::WrongCredentials)));
    assert!(matches!(
        arrive(&world, &claim).await,
        Ok(Arrival::Known(_))
    ));
    is_refused(
        identities::link_by_mail(exchange, &link).await,
        &Refusal::LinkGone,
    );
    running.stop().await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ways_to_sign_in_are_added_and_removed_but_not_the_last_one() {
    let provider = Provider::start();
    let world = provider.world().await;
    let exchange = &world.exchange;
    let user = register(&world, "ada@example.org").await;
    let claim = |subject: &str| Claim {
        provider: "mock".to_owned(),
        issuer: provider.issuer.clone(),
        subject: subject.to_owned(),
        email: None,
        label: "ada".to_owned(),
        name: String::new(),
    };
    // Or whoever registers an address that is not theirs would keep a way in.
    let early = identities::link(exchange, &user.id, &claim("1"), proof(PASSWORD)).await;
    assert!(matches!(early, Err(Error::Unverified)), "{early:?}");
    accounts::verify(exchange, &operator(), &user.id)
        .await
        .expect("there");
    let wrong = identities::link(exchange, &user.id, &claim("1"), proof("wrong-horse")).await;
    assert!(matches!(wrong, Err(Error::Invalid(_))));
    for subject in ["1", "2"] {
        identities::link(exchange, &user.id, &claim(subject), proof(PASSWORD))
            .await
            .expect("nobody has it");
    }
    let other = world.user("other").await;
    let taken = identities::link(
        exchange,
        other.id().expect("signed in"),
        &claim("1"),
        proof(PASSWORD),
    )
    .await;
    is_refused(taken, &Refusal::IdentityTaken);
    // Without a password, both at once leave one.
    let link = Claim {
        email: Some("solo@example.org".to_owned()),
        ..claim("3")
    };
    let solo = identities::register(exchange, &Client::default(), &link, "Solo")
        .await
        .expect("new");
    let fresh = || accounts::Proof {
        signed_in_at: exchange.clock.now(),
        ..proof("")
    };
    is_refused(
        identities::link(exchange, &solo.id, &claim("4"), proof("")).await,
        &Refusal::SignInAgain,
    );
    identities::link(exchange, &solo.id, &claim("4"), fresh())
        .await
        .expect("signed in just now");
    let unlink = async |subject: &str| {
        identities::unlink(exchange, &solo.id, &provider.issuer, subject, fresh()).await
    };
    let (three, four) = tokio::join!(unlink("3"), unlink("4"));
    assert!(three.is_ok() != four.is_ok(), "{three:?} {four:?}");
    // The other one was signed out by it, and asks again.
    let left = if three.is_ok() { "4" } else { "3" };
    is_refused(unlink(left).await, &Refusal::LastWayIn);
    // With a password, the last provider goes too.
    recovery::change_password(exchange, &solo.id, PASSWORD.to_owned(), fresh())
        .await
        .expect("the first password");
    let left = identities::of_user(exchange, &solo.id)
        .await
        .expect("reads");
    let gone = identities::unlink(
        exchange,
        &solo.id,
        &left[0].issuer,
        &left[0].subject,
        proof(PASSWORD),
    );
    assert!(gone.await.is_ok());
    world.check().await;
}
