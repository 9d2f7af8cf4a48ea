//! Accounts: whose address it is, and who may set its password.

use domain::{Problem, Refusal, Timestamp, UserId, account::LinkPurpose, permission::Viewer};
use exchange::{
    Error,
    accounts::{self, Proof, Registration, User, recovery, tries::Client},
    clock::Clock,
    market, orders,
};
use texts::Language;

use crate::{
    harness::{Running, World, eventually, operator, settings, typed},
    mailbox::{Received, link_in},
};

const PASSWORD: &str = "kettle-orbit-92-violin";
const ANOTHER: &str = "marble-canyon-47-trumpet";

/// What somebody shows who knows the password.
pub(crate) fn proof(password: &str) -> Proof {
    Proof {
        client: Client::default(),
        password: password.to_owned(),
        code: String::new(),
        signed_in_at: Timestamp::from_millis(0),
    }
}

/// A world whose services run, so that mails arrive.
struct Site {
    world: World,
    running: Running,
}

impl Site {
    async fn new() -> Self {
        let world = World::new().await;
        let running = Running::start(&world.exchange).await;
        Self { world, running }
    }

    async fn register(&self, email: &str) -> User {
        let registration = Registration {
            email: email.to_owned(),
            name: "Ada".to_owned(),
            password: PASSWORD.to_owned(),
        };
        let registered =
            accounts::register(&self.world.exchange, &Client::default(), registration).await;
        registered.expect("registers")
    }

    /// The newest mail to `email` with this subject, once it is there.
    async fn mail(&self, email: &str, subject: &str) -> Received {
        let mut found = None;
        eventually(&format!("{subject} to {email}"), async || {
            found = self
                .world
                .mails()
                .into_iter()
                .find(|mail| mail.to == email && mail.subject == subject);
            found.is_some()
        })
        .await;
        found.expect("it is there")
    }

    async fn link(&self, email: &str, subject: &str) -> String {
        link_in(&self.mail(email, subject).await)
    }

    async fn sign_in(&self, email: &str, password: &str) -> Result<User, Error> {
        accounts::authenticate(
            &self.world.exchange,
            &Client::default(),
            email,
            password.to_owned(),
        )
        .await
    }

    async fn end(self) {
        self.running.stop().await;
        self.world.check().await;
    }
}

fn is_gone<T: std::fmt::Debug>(answer: Result<T, Error>) {
    assert!(
        matches!(answer, Err(Error::Refused(Refusal::LinkGone))),
        "{answer:?}"
    );
}

const VERIFY: &str = "Confirm your e-mail address";
const RESET: &str = "Set a new password";
const CHANGE: &str = "Confirm your new e-mail address";

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_verified_looks_but_neither_lists_nor_buys() {
    let site = Site::new().await;
    let exchange = &site.world.exchange;
    let seller = site.world.user("seller").await;
    let ticket = site.world.listed(&seller).await;
    let viewer = site.register("new@example.org").await.viewer();
    assert!(market::view(exchange, &viewer, &ticket.id).await.is_ok());
    let listed = market::create(exchange, &viewer, typed("Two seats")).await;
    assert!(matches!(listed, Err(Error::Unverified)), "{listed:?}");
    let price = ticket.content.price;
    let held = orders::reserve(exchange, &viewer, &ticket.id, price).await;
    assert!(matches!(held, Err(Error::Unverified)), "{held:?}");

    let link = site.link("new@example.org", VERIFY).await;
    // Whoever else opens the link confirms nothing.
    let seller = seller.id().expect("signed in");
    is_gone(recovery::verify_email(exchange, seller, &link).await);
    let verified = recovery::verify_email(exchange, viewer.id().expect("signed in"), &link).await;
    let viewer = verified.expect("a link of ours").viewer();
    assert!(
        orders::reserve(exchange, &viewer, &ticket.id, price)
            .await
            .is_ok()
    );
    site.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_works_once() {
    let site = Site::new().await;
    let exchange = &site.world.exchange;
    let user = site.register("once@example.org").await;
    let link = site.link("once@example.org", VERIFY).await;
    // Looking at it does not use it.
    for _ in 0..2 {
        let address = recovery::peek(exchange, LinkPurpose::VerifyEmail, &link).await;
        assert_eq!(address.expect("valid").email, "once@example.org");
    }
    let mut uses = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (exchange, id, link) = (exchange.clone(), user.id.clone(), link.clone());
        uses.spawn(async move { recovery::verify_email(&exchange, &id, &link).await.is_ok() });
    }
    let used = uses.join_all().await.into_iter().filter(|used| *used);
    assert_eq!(used.count(), 1);
    is_gone(recovery::verify_email(exchange, &user.id, &link).await);

    recovery::forgot_password(exchange, &Client::default(), "once@example.org")
        .await
        .expect("an address");
    let link = site.link("once@example.org", RESET).await;
    recovery::reset_password(exchange, &link, ANOTHER.to_owned())
        .await
        .expect("valid");
    is_gone(recovery::reset_password(exchange, &link, PASSWORD.to_owned()).await);
    assert!(site.sign_in("once@example.org", ANOTHER).await.is_ok());
    assert!(site.sign_in("once@example.org", PASSWORD).await.is_err());
    site.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_does_not_work_after_its_time() {
    let site = Site::new().await;
    let exchange = &site.world.exchange;
    site.register("late@example.org").await;
    recovery::forgot_password(exchange, &Client::default(), "late@example.org")
        .await
        .expect("an address");
    let verify = site.link("late@example.org", VERIFY).await;
    let reset = site.link("late@example.org", RESET).await;
    let later = |seconds| {
        let clock = Clock::with_offset(seconds);
        exchange::Exchange::new(exchange.db.clone(), clock, exchange.settings.clone())
            .expect("settings")
    };
    let peek = async |seconds, purpose, link: &str| {
        recovery::peek(&later(seconds), purpose, link).await.is_ok()
    };
    assert!(peek(14 * 60, LinkPurpose::ResetPassword, &reset).await);
    assert!(!peek(16 * 60, LinkPurpose::ResetPassword, &reset).await);
    assert!(peek(23 * 3_600, LinkPurpose::VerifyEmail, &verify).await);
    assert!(!peek(25 * 3_600, LinkPurpose::VerifyEmail, &verify).await);
    is_gone(recovery::reset_password(&later(16 * 60), &reset, ANOTHER.to_owned()).await);
    assert!(site.sign_in("late@example.org", PASSWORD).await.is_ok());
    site.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_needs_the_token_that_was_mailed() {
    let site = Site::new().await;
    let exchange = &site.world.exchange;
    for email in ["one@example.org", "two@example.org"] {
        site.register(email).await;
        recovery::forgot_password(exchange, &Client::default(), email)
            .await
            .expect("an address");
    }
    let one = site.link("one@example.org", RESET).await;
    let two = site.link("two@example.org", RESET).await;
    let verify = site.link("one@example.org", VERIFY).await;
    let (id, mac) = one.split_at(UserId::LENGTH);
    let (other, _) = two.split_at(UserId::LENGTH);
    let mut flipped = mac.to_owned();
    let last = if flipped.pop() == Some('0') { '1' } else { '0' };
    flipped.push(last);
    for forged in [
        String::new(),
        "one@example.org".to_owned(),
        id.to_owned(),
        format!("{id}{}", "0".repeat(64)),
        format!("{id}{flipped}"),
        format!("{other}{mac}"),
        // Another purpose.
        verify,
        // Longer, shorter.
        format!("{one}00"),
        one[..one.len() - 2].to_owned(),
    ] {
        is_gone(recovery::reset_password(exchange, &forged, ANOTHER.to_owned()).await);
    }
    assert!(site.sign_in("one@example.org", PASSWORD).await.is_ok());
    assert!(
        recovery::reset_password(exchange, &one, ANOTHER.to_owned())
            .await
            .is_ok()
    );
    site.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_void_once_the_account_has_changed() {
    let site = Site::new().await;
    let exchange = &site.world.exchange;
    let user = site.register("moved@example.org").await;
    accounts::verify(exchange, &operator(), &user.id)
        .await
        .expect("there");
    recovery::forgot_password(exchange, &Client::default(), "moved@example.org")
        .await
        .expect("an address");
    let reset = site.link("moved@example.org", RESET).await;
    let changed =
        recovery::change_password(exchange, &user.id, ANOTHER.to_owned(), proof(PASSWORD));
    changed.await.expect("the password");
    is_gone(recovery::reset_password(exchange, &reset, PASSWORD.to_owned()).await);
    site.mail("moved@example.org", "Your password was changed")
        .await;
    site.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_whether_there_is_an_account() {
    let site = Site::new().await;
    let exchange = &site.world.exchange;
    site.register("known@example.org").await;
    for email in ["unknown@example.org", "known@example.org"] {
        assert!(
            recovery::forgot_password(exchange, &Client::default(), email)
                .await
                .is_ok()
        );
        let refused = site.sign_in(email, ANOTHER).await;
        assert!(matches!(refused, Err(Error::WrongCredentials)));
    }
    site.mail("known@example.org", RESET).await;
    let to_unknown = site
        .world
        .mails()
        .into_iter()
        .any(|mail| mail.to == "unknown@example.org");
    assert!(!to_unknown);
    site.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_changed_by_whoever_reads_the_new_one_and_the_old_one_is_told() {
    let site = Site::new().await;
    let exchange = &site.world.exchange;
    let user = site.register("old@example.org").await;
    accounts::verify(exchange, &operator(), &user.id)
        .await
        .expect("there");
    let request = async |email: &str, password: &str| {
        recovery::request_email(exchange, &user.id, email, proof(password)).await
    };
    let refused = request("new@example.org", ANOTHER).await;
    let wrong = matches!(&refused, Err(Error::Invalid(fields)) if fields.iter().any(|field| *field == ("current_password", Problem::WrongPassword)));
    assert!(wrong, "{refused:?}");
    request("new@example.org", PASSWORD)
        .await
        .expect("the password");
    // Nothing yet.
    assert!(site.sign_in("new@example.org", PASSWORD).await.is_err());
    let link = site.link("new@example.org", CHANGE).await;
    // The owner of an address does not confirm it for somebody else's account.
    let other = site.register("other@example.org").await;
    is_gone(recovery::change_email(exchange, &other.id, &link).await);
    let changed = recovery::change_email(exchange, &user.id, &link).await;
    assert_eq!(changed.expect("valid").email, "new@example.org");
    assert!(site.sign_in("NEW@example.org", PASSWORD).await.is_ok());
    assert!(site.sign_in("old@example.org", PASSWORD).await.is_err());
    let notice = site
        .mail("old@example.org", "Your e-mail address was changed")
        .await;
    assert!(notice.text.contains("new@example.org"));
    // The old address is free again.
    site.register("old@example.org").await;
    site.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_of_one_account_also_when_two_change_to_it_at_once() {
    let site = Site::new().await;
    let exchange = &site.world.exchange;
    let (mut links, mut users) = (Vec::new(), Vec::new());
    for email in ["a@example.org", "b@example.org"] {
        let user = site.register(email).await;
        users.push(user.id.clone());
        recovery::request_email(exchange, &user.id, "both@example.org", proof(PASSWORD))
            .await
            .expect("the password");
    }
    eventually("both links", async || {
        links = site
            .world
            .mails()
            .iter()
            .filter(|mail| mail.to == "both@example.org")
            .map(link_in)
            .collect();
        links.len() == 2
    })
    .await;
    // Whose is whose, only the accounts know.
    let changes = links.iter().flat_map(|link| {
        users
            .iter()
            .map(async move |user| recovery::change_email(exchange, user, link).await)
    });
    let changed = futures::future::join_all(changes).await;
    assert_eq!(changed.iter().filter(|change| change.is_ok()).count(), 1);
    changed.into_iter().filter(Result::is_err).for_each(is_gone);
    site.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_can_make_somebody_a_moderator_or_verified() {
    let site = Site::new().await;
    // Groups are granted by command only, and an address means nothing.
    for email in ["admin@example.org", "admin@gmail.com"] {
        let Viewer::User(account) = site.register(email).await.viewer() else {
            panic!("signed in");
        };
        assert!(!account.admin && !account.moderator && !account.verified);
    }
    site.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_makes_other_links() {
    let mut with_key = settings("http://127.0.0.1:9");
    with_key.secret_key = exchange::settings::SecretKey::new("another key of a deployment, long");
    let site = Site::new().await;
    let exchange = &site.world.exchange;
    let user = site.register("key@example.org").await;
    let link = site.link("key@example.org", VERIFY).await;
    let other =
        exchange::Exchange::new(exchange.db.clone(), exchange.clock, with_key).expect("settings");
    is_gone(recovery::verify_email(&other, &user.id, &link).await);
    assert!(
        recovery::verify_email(exchange, &user.id, &link)
            .await
            .is_ok()
    );
    site.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_have_us_mail_what_they_like_to_whom_they_like() {
    let site = Site::new().await;
    let exchange = &site.world.exchange;
    let register = async |email: &str, name: &str| {
        let typed = Registration {
            email: email.to_owned(),
            name: name.to_owned(),
            password: PASSWORD.to_owned(),
        };
        accounts::register(exchange, &Client::default(), typed).await
    };
    for email in [
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org, b@example.org",
        "<a@example.org>",
        "a@example.org\0",
    ] {
        assert!(register(email, "Ada").await.is_err(), "{email:?}");
        let asked = recovery::forgot_password(exchange, &Client::default(), email).await;
        assert!(matches!(asked, Err(Error::Invalid(_))), "{email:?}");
    }
    assert!(
        register("a@example.org", "Ada\r\nBcc: b@example.org")
            .await
            .is_err()
    );
    // To an address that is not known to be theirs, only what we say.
    let spam = "Cheap tickets: evil.example";
    let user = register("victim@example.org", spam)
        .await
        .expect("registers");
    let mail = site.mail("victim@example.org", VERIFY).await;
    accounts::verify(exchange, &operator(), &user.id)
        .await
        .expect("there");
    recovery::request_email(exchange, &user.id, "other@example.org", proof(PASSWORD))
        .await
        .expect("the password");
    let other = site.mail("other@example.org", CHANGE).await;
    for mail in [mail, other] {
        assert!(!format!("{mail:?}").contains("evil.example"), "{mail:?}");
    }
    site.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_asked_for_who_was_signed_out_since_is_not_mailed() {
    let world = World::new().await;
    let exchange = &world.exchange;
    let thief = world.user("owner").await;
    let id = thief.id().expect("signed in");
    let user = accounts::find(exchange, id)
        .await
        .expect("reads")
        .expect("there");
    // The mail server is away while the owner finds out.
    recovery::request_email(exchange, id, "thief@example.org", proof(PASSWORD))
        .await
        .expect("the password");
    let again = accounts::end_sessions(exchange, &user)
        .await
        .expect("the owner");
    let late = accounts::end_sessions(exchange, &user).await;
    assert!(matches!(late, Err(Error::Unauthenticated)), "{late:?}");
    recovery::request_email(exchange, id, "moved@example.org", proof(PASSWORD))
        .await
        .expect("the password");
    let running = Running::start(exchange).await;
    eventually("the owner's link", async || {
        world
            .mails()
            .iter()
            .any(|mail| mail.to == "moved@example.org")
    })
    .await;
    assert!(
        world
            .mails()
            .iter()
            .all(|mail| mail.to != "thief@example.org")
    );
    assert!(again.epoch > user.epoch);
    running.stop().await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_of_an_account_that_somebody_else_made_of_their_address() {
    let site = Site::new().await;
    let exchange = &site.world.exchange;
    let squatter = site.register("victim@example.org").await;
    recovery::change_password(exchange, &squatter.id, ANOTHER.to_owned(), proof(PASSWORD))
        .await
        .expect("the password");
    recovery::request_email(exchange, &squatter.id, "next@example.org", proof(ANOTHER))
        .await
        .expect("the password");
    let link = site.link("next@example.org", CHANGE).await;
    recovery::change_email(exchange, &squatter.id, &link)
        .await
        .expect("valid");
    // What comes after a notice to the old address would come after it.
    recovery::forgot_password(exchange, &Client::default(), "next@example.org")
        .await
        .expect("an address");
    site.mail("next@example.org", RESET).await;
    let told: Vec<String> = site
        .world
        .mails()
        .into_iter()
        .filter(|mail| mail.to == "victim@example.org")
        .map(|mail| mail.subject)
        .collect();
    assert!(told.iter().all(|subject| subject == VERIFY), "{told:?}");
    site.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_that_is_chosen_while_the_account_changes_loses_nothing() {
    let site = Site::new().await;
    let exchange = &site.world.exchange;
    for round in 0..8 {
        let email = format!("both{round}@example.org");
        let user = site.register(&email).await;
        let operator = operator();
        let (spoken, granted) = tokio::join!(
            accounts::speak(exchange, &user, Language::French),
            accounts::grant(exchange, &operator, &user.id, accounts::MODERATORS),
        );
        spoken.expect("is signed in");
        granted.expect("is there");
        let found = accounts::find(exchange, &user.id).await.expect("reads");
        let found = found.expect("is there");
        assert_eq!(found.language, Language::French);
        assert_eq!(found.groups, [accounts::MODERATORS]);
        assert_eq!(found.version, user.version + 2);
        // Again changes nothing; whoever was signed out since changes nothing either.
        let again = accounts::speak(exchange, &found, Language::French).await;
        assert_eq!(again.expect("is signed in").version, found.version);
        accounts::end_sessions(exchange, &found)
            .await
            .expect("ends");
        let late = accounts::speak(exchange, &found, Language::English).await;
        assert!(matches!(late, Err(Error::Unauthenticated)), "{late:?}");
    }
    site.end().await;
}
