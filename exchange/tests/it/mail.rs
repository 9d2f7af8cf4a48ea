//! Mails by SMTP, to a server of somebody else's make.

use std::time::Duration;

use exchange::{
    accounts::{self, Registration, recovery, tries::Client},
    clock::Clock,
};
use texts::Language;

use crate::{
    harness::{Running, World, dead, eventually, settings},
    mailbox::MailServer,
    shop::{Shop, VISA},
};

async fn world(server: &MailServer) -> World {
    let mut settings = settings("http://127.0.0.1:9");
    settings.mail.smtp = Some(server.url());
    World::with(settings, Clock::default()).await
}

async fn register(world: &World, name: &str) {
    let registration = Registration {
        email: format!("{name}@example.org"),
        name: name.to_owned(),
        password: "kettle-orbit-92-violin".to_owned(),
    };
    accounts::register(&world.exchange, &Client::default(), registration)
        .await
        .expect("registers");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mail_arrives_once_whatever_the_server_does() {
    let mut server = MailServer::start();
    let world = world(&server).await;
    let running = Running::start(&world.exchange).await;
    // The last one is an address that this server cannot take.
    for name in ["plain", "busy", "dropped", "refused", "émile"] {
        register(&world, name).await;
    }
    let arrived = |names: &'static [&'static str]| {
        let server = &server;
        async move || {
            let counts = server.counts();
            names
                .iter()
                .all(|name| counts.contains_key(&format!("{name}@example.org")))
        }
    };
    eventually(
        "those that are accepted",
        arrived(&["plain", "busy", "dropped"]),
    )
    .await;

    // What is refused for good is kept with the reason.
    let bus = running.bus.clone();
    eventually("the one that is refused", async || {
        let dead = dead(&bus).await;
        dead.iter().any(|letter| letter.reason.contains("550"))
    })
    .await;
    eventually("the one that cannot be taken", async || {
        let dead = dead(&bus).await;
        dead.iter()
            .any(|letter| letter.reason.contains("cannot take"))
    })
    .await;
    assert_eq!(dead(&bus).await.len(), 2);

    server.stop();
    register(&world, "patient").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    server.start_again();
    let server = &server;
    eventually("the one that waited", async || {
        server.counts().contains_key("patient@example.org")
    })
    .await;
    assert_eq!(dead(&bus).await.len(), 2);
    // Nothing comes twice, later.
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(server.counts().values().all(|count| *count == 1));
    assert_eq!(server.counts().len(), 4);
    running.stop().await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_was_sent_and_not_noted_is_sent_again_under_the_same_id() {
    let server = MailServer::start();
    let world = world(&server).await;
    let running = Running::start(&world.exchange).await;
    register(&world, "twice").await;
    eventually("the mail", async || server.mails().len() == 1).await;
    // As if the process had been killed in between.
    let db = &world.exchange.db;
    eventually("the note", async || {
        let notes: Vec<i64> = db
            .read("SELECT VALUE at FROM sent_mail", exchange::vars! {})
            .await
            .expect("reads")
            .many()
            .expect("times");
        notes.len() == 1
    })
    .await;
    running.stop().await;
    db.transact("forget", "DELETE sent_mail", exchange::vars! {})
        .await
        .expect("writes");
    db.transact(
        "publish again",
        "UPDATE event SET unsent = 'link' WHERE subject CONTAINS 'link'",
        exchange::vars! {},
    )
    .await
    .expect("writes");
    // Another broker: it knows of no message yet.
    let running = Running::start(&world.exchange).await;
    eventually("the mail again", async || server.mails().len() == 2).await;
    let mails = server.mails();
    assert_eq!(mails[0].id, mails[1].id);
    running.stop().await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_cannot_be_sent_undoes_nothing() {
    let mut server = MailServer::start();
    let url = server.url();
    server.stop();
    let shop = Shop::with(|settings| settings.mail.smtp = Some(url)).await;
    let running = Running::start(&shop.world.exchange).await;
    let (_, order) = shop.paid_with(VISA).await;
    let status = shop.world.order(&order).await.status;
    assert_eq!(status, domain::order::OrderStatus::Complete);
    assert!(
        recovery::forgot_password(
            &shop.world.exchange,
            &Client::default(),
            "seller@example.org"
        )
        .await
        .is_ok()
    );
    running.stop().await;
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn buyer_and_seller_are_told_of_sale_and_refund_with_the_orders_integers() {
    let shop = Shop::new().await;
    let running = Running::start(&shop.world.exchange).await;
    let (ticket, order) = shop.paid_with(VISA).await;
    exchange::payments::refund::refund(&shop.world.exchange, &shop.buyer, &order)
        .await
        .expect("in time");
    eventually("four mails", async || {
        let mails = shop.world.mails();
        mails
            .iter()
            .filter(|mail| mail.subject.contains(&ticket.content.title))
            .count()
            == 4
    })
    .await;
    let mails = shop.world.mails();
    for (to, subject) in [
        ("buyer@example.org", "Your ticket: "),
        ("seller@example.org", "Sold: "),
        ("buyer@example.org", "Refunded: "),
        ("seller@example.org", "Sale refunded: "),
    ] {
        let mail = mails
            .iter()
            .find(|mail| mail.to == to && mail.subject.starts_with(subject))
            .unwrap_or_else(|| panic!("{subject} to {to}"));
        for body in [&mail.text, &mail.html] {
            assert!(body.contains("45.00 CAD"), "{body}");
            assert!(body.contains(order.as_str()));
        }
        let billed = mail.text.contains("1 Main Street");
        assert_eq!(billed, subject == "Your ticket: ", "{subject}");
    }
    running.stop().await;
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_refuses_keeps_nobody_elses_mail_back() {
    let server = MailServer::start();
    let url = server.url();
    let mut shop = Shop::with(|settings| settings.mail.smtp = Some(url)).await;
    shop.buyer = shop.world.user("refused buyer").await;
    let running = Running::start(&shop.world.exchange).await;
    shop.paid_with(VISA).await;
    eventually("the seller's mail", async || {
        let mails = server.mails();
        mails.iter().any(|mail| mail.subject.starts_with("Sold: "))
    })
    .await;
    let bus = running.bus.clone();
    eventually("the dead letter", async || {
        let dead = dead(&bus).await;
        // Nobody's address is in it.
        dead.iter().any(|letter| letter.reason.contains("550"))
            && dead.iter().all(|letter| !letter.reason.contains('@'))
    })
    .await;
    assert_eq!(server.counts()["seller@example.org"], 1);
    running.stop().await;
    shop.world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_written_to_in_the_language_that_they_chose_last() {
    let server = MailServer::start();
    let world = world(&server).await;
    let running = Running::start(&world.exchange).await;
    let exchange = &world.exchange;
    let registration = Registration {
        email: "fleur@example.org".to_owned(),
        name: "Fleur".to_owned(),
        password: "kettle-orbit-92-violin".to_owned(),
    };
    let client = Client {
        language: Language::French,
        ..Client::default()
    };
    let user = accounts::register(exchange, &client, registration)
        .await
        .expect("registers");
    eventually("the first mail", async || server.mails().len() == 1).await;
    let french = texts::letters::verify_email(Language::French);
    assert!(server.mails().iter().any(|mail| mail.subject == french));
    accounts::speak(exchange, &user, Language::English)
        .await
        .expect("is there");
    recovery::forgot_password(exchange, &client, "fleur@example.org")
        .await
        .expect("asks");
    eventually("the second mail", async || server.mails().len() == 2).await;
    let english = texts::letters::reset_password(Language::English);
    assert!(server.mails().iter().any(|mail| mail.subject == english));
    running.stop().await;
    world.check().await;
}
