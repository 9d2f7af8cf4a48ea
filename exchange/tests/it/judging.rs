//! Moderation as a service: on events, with a scorer that somebody attached, and by
//! mailed links.

use std::{collections::BTreeSet, time::Duration};

use domain::{
    CaseId, Refusal, TicketId,
    moderation::{CaseStatus, Signal},
    permission::{Administer, Viewer},
    ticket::TicketStatus,
};
use exchange::{
    Error,
    accounts::{self, User, own_data},
    clock::Clock,
    limits::Limit,
    market::{self, TypedContent, TypedSearch},
    moderation, orders,
    platform::commit::Commit,
    vars,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::{
    accounts::proof,
    harness::{PASSWORD, Running, World, eventually, operator, settings, typed},
};

/// Lists what was typed, and leaves it to the services.
async fn list(world: &World, seller: &Viewer, typed: TypedContent) -> TicketId {
    let id = market::create(&world.exchange, seller, typed).await;
    id.expect("lists")
}

/// How many cases there are of each listing.
async fn cases(world: &World) -> Vec<i64> {
    let sql = "SELECT VALUE times FROM (SELECT ticket, count() AS times FROM moderation_case GROUP BY ticket)";
    let rows = world.exchange.db.read(sql, vars! {}).await;
    rows.expect("reads").many().expect("numbers")
}

#[tokio::test(flavor = "multi_thread")]
async fn while_nobody_judges_nothing_is_shown_and_then_everything_is_judged_once() {
    const SELLERS: usize = 4;
    const EACH: usize = 10;
    let world = World::new().await;
    let mut ids = Vec::new();
    for number in 0..SELLERS {
        let seller = world.user(&format!("Seller {number}")).await;
        for seat in 0..EACH {
            let title = format!("Seat {seat} in row {number}");
            ids.push(list(&world, &seller, typed(&title)).await);
        }
    }
    assert_eq!(world.count(TicketStatus::Pending).await, SELLERS * EACH);
    assert_eq!(
        world.titles(TypedSearch::default()).await,
        Vec::<String>::new()
    );
    for id in &ids {
        let seen = market::view(&world.exchange, &Viewer::Anyone, id).await;
        assert!(matches!(seen, Err(Error::NotFound)), "{seen:?}");
    }

    // Two servers begin at the same moment, with all that waited.
    let running = Running::start(&world.exchange).await;
    let stop = tokio_util::sync::CancellationToken::new();
    let second = tokio::spawn(exchange::services::run(
        world.exchange.clone(),
        running.bus.clone(),
        exchange::services::Service::ALL.to_vec(),
        stop.clone(),
    ));
    eventually("all are on the market", async || {
        world.count(TicketStatus::Available).await == SELLERS * EACH
    })
    .await;
    stop.cancel();
    second.await.expect("ends");
    running.stop().await;
    assert_eq!(cases(&world).await, vec![1; SELLERS * EACH]);
    for id in &ids {
        assert_eq!(world.ticket(id).await.version, 2);
    }
    world.check().await;
}

/// A payment that fails, or a refund, puts a ticket back on the market whose seller
/// was suspended meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn what_comes_to_the_market_while_its_seller_is_suspended_is_hidden() {
    let world = World::new().await;
    let seller = world.user("seller").await;
    let id = list(&world, &seller, typed("Two seats")).await;
    let running = Running::start(&world.exchange).await;
    accounts::suspend(
        &world.exchange,
        &operator(),
        seller.id().expect("signed in"),
        true,
    )
    .await
    .expect("there");
    let hidden = async || {
        let ticket = world.ticket(&id).await;
        ticket.status == TicketStatus::Pending && ticket.case.is_some()
    };
    eventually("what follows from it has been done", hidden).await;
    // As an order puts it back that went on meanwhile.
    let (before, now) = (world.ticket(&id).await, world.exchange.clock.now());
    let case = moderation::verdict(&world.exchange, &seller, &id).await;
    let case = case.expect("the seller's").expect("a case");
    let free = before
        .approve(before.content_version, now)
        .expect("pending");
    Commit::new("back")
        .ticket(Some(&before), &free)
        .expect("writes")
        .case(Some(&case), &case.close(now).expect("open"))
        .expect("writes")
        .run(&world.exchange.db)
        .await
        .expect("commits");
    eventually("it is hidden again", hidden).await;
    eventually("it is on no market", async || {
        world.titles(TypedSearch::default()).await.is_empty()
    })
    .await;
    running.stop().await;
    world.check().await;
}

/// Whoever holds a ticket keeps it while others report it.
#[tokio::test(flavor = "multi_thread")]
async fn what_many_reported_while_it_was_held_does_not_come_back_before_it_was_judged() {
    let world = World::new().await;
    let (seller, buyer) = (world.user("seller").await, world.user("buyer").await);
    let id = list(&world, &seller, typed("Two seats")).await;
    let running = Running::start(&world.exchange).await;
    let status = async |status| world.ticket(&id).await.status == status;
    eventually("it is approved", async || {
        status(TicketStatus::Available).await
    })
    .await;
    let order = world.reserve(&buyer, &world.ticket(&id).await).await;
    let order = order.expect("free");
    for number in 0..4 {
        let reporter = world.user(&format!("Reporter {number}")).await;
        moderation::report(&world.exchange, &reporter, &id, "fraud", "")
            .await
            .expect("may");
    }
    assert!(status(TicketStatus::Reserved).await);
    orders::cancel(&world.exchange, &buyer, &order)
        .await
        .expect("may");
    eventually("it is hidden", async || status(TicketStatus::Pending).await).await;
    assert!(world.ticket(&id).await.case.is_some());
    running.stop().await;
    world.check().await;
}

/// A scorer that answers every question so, after `pause`; where it is.
async fn scorer(status: &'static str, body: &'static str, pause: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("bound"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut asked = Vec::new();
                let mut some = [0; 4_096];
                // The question ends with its object.
                while !asked.ends_with(b"}") {
                    match stream.read(&mut some).await {
                        Ok(0) | Err(_) => return,
                        Ok(read) => asked.extend_from_slice(&some[..read]),
                    }
                }
                let question = String::from_utf8_lossy(&asked);
                assert!(question.contains(r#""title":"Two seats""#), "{question}");
                tokio::time::sleep(pause).await;
                let answer = format!(
                    "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                    body.len()
                );
                stream.write_all(answer.as_bytes()).await.ok();
            });
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scorer_decides_with_and_one_that_does_not_answer_leaves_it_to_a_person() {
    let (soon, late) = (Duration::ZERO, Duration::from_secs(3));
    let doubts = r#"{"score": 0.97, "reasons": ["It reads like a scam."]}"#;
    for (status, body, pause, expected) in [
        ("200 OK", r#"{"score": 0.01}"#, soon, None),
        ("200 OK", doubts, soon, Some(Signal::Scorer)),
        ("200 OK", doubts, late, Some(Signal::ScorerAway)),
        ("200 OK", "I like it", soon, Some(Signal::ScorerAway)),
        ("200 OK", r#"{"score": 12}"#, soon, Some(Signal::ScorerAway)),
        (
            "200 OK",
            r#"{"score": null}"#,
            soon,
            Some(Signal::ScorerAway),
        ),
        (
            "302 Found",
            r#"{"score": 0}"#,
            soon,
            Some(Signal::ScorerAway),
        ),
        ("500 Oh", r#"{"score": 0}"#, soon, Some(Signal::ScorerAway)),
        ("", "", soon, Some(Signal::ScorerAway)),
    ] {
        let mut settings = settings("http://127.0.0.1:9");
        settings.moderation.scorer = Some(match status {
            // Nobody is there.
            "" => "http://127.0.0.1:9/".to_owned(),
            status => scorer(status, body, pause).await,
        });
        let world = World::with(settings, Clock::default()).await;
        let seller = world.user("Seller").await;
        let id = list(&world, &seller, typed("Two seats")).await;
        moderation::judge(&world.exchange, &id, 1)
            .await
            .expect("decides");
        let case = moderation::verdict(&world.exchange, &seller, &id).await;
        let case = case.expect("the seller's").expect("judged");
        let signals: Vec<Signal> = case.reasons.iter().map(|reason| reason.signal).collect();
        assert_eq!(signals, Vec::from_iter(expected), "{status} {body}");
        let outcome = match expected {
            None => CaseStatus::Approved,
            Some(_) => CaseStatus::Open,
        };
        assert_eq!(case.status, outcome, "{status} {body}");
        world.check().await;
    }
}

async fn moderator(world: &World, name: &str) -> User {
    let user = world.user(name).await;
    let id = user.id().expect("signed in");
    accounts::grant(&world.exchange, &operator(), id, accounts::MODERATORS)
        .await
        .expect("there")
}

/// The token in a mail to `email` that is not among those which are `known`, which it
/// is from now on.
async fn mailed_token(world: &World, email: &str, known: &mut BTreeSet<String>) -> String {
    for _ in 0..400 {
        let tokens = world.mails().into_iter().filter(|mail| mail.to == email);
        let mut tokens = tokens.filter_map(|mail| {
            let (_, rest) = mail.text.split_once("/decide/")?;
            rest.split_whitespace().next().map(str::to_owned)
        });
        if let Some(token) = tokens.find(|token| !known.contains(token)) {
            known.insert(token.clone());
            return token;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("no mail with a link after ten seconds");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailed_link_decides_its_case_once_and_only_while_its_moderator_may() {
    let world = World::new().await;
    let seller = world.user("Seller").await;
    let [mia, max] = ["mia", "max"];
    let [mia, max] = [moderator(&world, mia).await, moderator(&world, max).await];
    let running = Running::start(&world.exchange).await;
    let mut tokens = BTreeSet::new();
    let exchange = &world.exchange;
    let waits = async |number: usize| {
        let typed = TypedContent {
            description: "Write to me on WhatsApp".to_owned(),
            ..typed(&format!("Waiting {number}"))
        };
        let id = list(&world, &seller, typed).await;
        eventually("it waits", async || world.ticket(&id).await.case.is_some()).await;
        id
    };
    let decide =
        async |token: &str| moderation::decide_by_link(exchange, token, "approve", "").await;
    let is_gone = |outcome: Result<(), Error>| {
        assert!(
            matches!(outcome, Err(Error::Refused(Refusal::LinkGone))),
            "{outcome:?}"
        );
    };

    let ticket = waits(1).await;
    let by_mia = mailed_token(&world, &mia.email, &mut tokens).await;
    let by_max = mailed_token(&world, &max.email, &mut tokens).await;
    // Another's name, another case, or nothing: none of it decides.
    let other = if by_mia.ends_with('0') { '1' } else { '0' };
    for wrong in [
        "",
        &by_mia[1..],
        &format!("{}{other}", &by_mia[..by_mia.len() - 1]),
        &format!("{}{}", &by_max[..52], &by_mia[52..]),
        &format!("{}{}", "0".repeat(26), &by_mia[26..]),
    ] {
        is_gone(decide(wrong).await);
    }
    let seen = moderation::case_by_link(exchange, &by_mia)
        .await
        .expect("opens");
    assert_eq!(seen.known.ticket.id, ticket);
    decide(&by_mia).await.expect("decides");
    assert_eq!(world.ticket(&ticket).await.status, TicketStatus::Available);
    let case: CaseId = by_mia[..26].parse().expect("a case");
    let decided = moderation::verdict(exchange, &seller, &ticket)
        .await
        .expect("the seller's");
    assert_eq!(decided.map(|case| case.id), Some(case));
    is_gone(decide(&by_mia).await);
    is_gone(decide(&by_max).await);

    // No moderator any more; suspended; edited meanwhile.
    let ticket = waits(2).await;
    let token = mailed_token(&world, &mia.email, &mut tokens).await;
    let by_max = mailed_token(&world, &max.email, &mut tokens).await;
    accounts::revoke(exchange, &operator(), &mia.id, accounts::MODERATORS)
        .await
        .expect("there");
    let denied = decide(&token).await;
    assert!(matches!(denied, Err(Error::NotFound)), "{denied:?}");
    accounts::suspend(exchange, &operator(), &max.id, true)
        .await
        .expect("there");
    is_gone(decide(&by_max).await);
    assert_eq!(world.ticket(&ticket).await.status, TicketStatus::Pending);
    running.stop().await;
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_reports_so_many_listings_and_what_they_wrote_is_theirs() {
    let mut settings = settings("http://127.0.0.1:9");
    settings.limits.reports = Limit::parse("2/86400").expect("a limit");
    let world = World::with(settings, Clock::default()).await;
    let exchange = &world.exchange;
    let (seller, reporter) = (world.user("seller").await, world.user("reporter").await);
    let report = async |ticket: &TicketId, category: &str| {
        moderation::report(
            exchange,
            &reporter,
            ticket,
            category,
            "The venue is closed.",
        )
        .await
    };
    let mut tickets = Vec::new();
    for seat in 0..3 {
        let typed = typed(&format!("Seat {seat}"));
        tickets.push(world.listed_as(&seller, typed).await.id);
    }
    // What is refused does not count.
    let refused = report(&tickets[0], "no such category").await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    for ticket in &tickets[..2] {
        report(ticket, "fraud").await.expect("on the market");
        let again = report(ticket, "fraud").await;
        assert!(
            matches!(again, Err(Error::Refused(Refusal::ReportedAlready))),
            "{again:?}"
        );
    }
    let too_many = report(&tickets[2], "fraud").await;
    assert!(
        matches!(too_many, Err(Error::TooMany { .. })),
        "{too_many:?}"
    );

    let id = reporter.id().expect("signed in");
    let user = accounts::find(exchange, id).await.expect("reads");
    let user = user.expect("there");
    let texts = async || {
        let kept = own_data::export(exchange, &user).await.expect("reads");
        let reports = kept["reports"].as_array().expect("a list").clone();
        let texts = reports.iter().map(|report| report["text"].clone());
        texts.collect::<Vec<_>>()
    };
    assert_eq!(texts().await, ["The venue is closed."; 2]);
    own_data::delete(exchange, id, proof(PASSWORD))
        .await
        .expect("free to go");
    assert_eq!(texts().await, [""; 2]);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_administrator_locks_themselves_out() {
    let world = World::new().await;
    let exchange = &world.exchange;
    let viewer = world.user("ada").await;
    let id = viewer.id().expect("signed in");
    let ada = accounts::grant(exchange, &operator(), id, accounts::ADMINS).await;
    let permit = ada
        .expect("there")
        .viewer()
        .may(Administer)
        .expect("an administrator");
    for own in [
        accounts::suspend(exchange, &permit, id, true).await,
        accounts::revoke(exchange, &permit, id, accounts::ADMINS).await,
    ] {
        assert!(
            matches!(own, Err(Error::Refused(Refusal::OwnAccount))),
            "{own:?}"
        );
    }
    // Who is none any more when they have shown that they are who they are, or was
    // signed out meanwhile, is asked again.
    let find = async || {
        let found = accounts::find(exchange, id).await.expect("reads");
        found.expect("there")
    };
    let asker = find().await;
    let confirm = async || accounts::confirm(exchange, &asker, proof(PASSWORD)).await;
    let confirmed = confirm().await.expect("the password");
    assert!(confirmed.viewer().may(Administer).is_ok());
    // Others can.
    let revoked = accounts::revoke(exchange, &operator(), id, accounts::ADMINS).await;
    assert!(revoked.expect("there").viewer().may(Administer).is_err());
    let confirmed = confirm().await.expect("the password");
    assert!(confirmed.viewer().may(Administer).is_err());
    let ended = accounts::end_sessions_of(exchange, &operator(), id).await;
    ended.expect("there");
    let late = confirm().await;
    assert!(matches!(late, Err(Error::Unauthenticated)), "{late:?}");
    world.check().await;
}
