//! What may be on the market, and who decides.

use std::{fs, sync::Arc};

use domain::{
    CaseId, Refusal,
    moderation::{CaseStatus, Signal},
    order::{CancelReason, OrderStatus},
    permission::{Denied, Moderate, Permit, Viewer},
    ticket::{Ticket, TicketStatus},
};
use exchange::{
    Error, accounts,
    clock::Clock,
    market::{self, TypedContent, TypedSearch},
    moderation::{self, Known},
    payments,
};
use tokio::task::JoinSet;

use crate::{
    harness::{World, operator, settings, typed},
    shop::{Shop, VISA},
};

/// Lists what was typed, and judges it.
async fn judged(world: &World, seller: &Viewer, typed: TypedContent) -> Ticket {
    let id = market::create(&world.exchange, seller, typed)
        .await
        .expect("lists");
    moderation::judge(&world.exchange, &id, 1)
        .await
        .expect("decides");
    world.ticket(&id).await
}

fn described(description: &str) -> TypedContent {
    TypedContent {
        description: description.to_owned(),
        ..typed("Two seats on the aisle")
    }
}

async fn moderator(world: &World, name: &str) -> Viewer {
    let user = world.user(name).await;
    let (id, group) = (user.id().expect("signed in"), accounts::MODERATORS);
    accounts::grant(&world.exchange, &operator(), id, group)
        .await
        .expect("there")
        .viewer()
}

async fn open(world: &World, viewer: &Viewer) -> Vec<Known> {
    let permit = moderates(viewer);
    let page = moderation::queue(&world.exchange, &permit, CaseStatus::Open, "").await;
    page.expect("reads").items
}

fn moderates(viewer: &Viewer) -> Permit<Moderate> {
    viewer.may(Moderate).expect("a moderator")
}

async fn decide(
    world: &World,
    viewer: &Viewer,
    case: &CaseId,
    decision: &str,
) -> Result<(), Error> {
    moderation::decide(&world.exchange, viewer, case, decision, "Because.").await
}

#[tokio::test]
async fn the_rules_approve_reject_or_ask() {
    let world = World::new().await;
    let seller = world.user("Seller").await;
    for (description, status, asks) in [
        ("Row F, great view.", TicketStatus::Available, None),
        ("c0ca1ne", TicketStatus::Rejected, Some(Signal::Banned)),
        (
            "Write to ann (at) example (dot) com",
            TicketStatus::Pending,
            Some(Signal::Contact),
        ),
        (
            "More at www.example.org",
            TicketStatus::Pending,
            Some(Signal::Link),
        ),
    ] {
        let ticket = judged(&world, &seller, described(description)).await;
        assert_eq!(ticket.status, status, "{description}");
        let case = moderation::verdict(&world.exchange, &seller, &ticket.id).await;
        let case = case.expect("the seller's").expect("judged");
        assert_eq!(
            case.reasons.first().map(|reason| reason.signal),
            asks,
            "{description}"
        );
        let waits = case.status == CaseStatus::Open;
        assert_eq!(ticket.case, waits.then_some(case.id), "{description}");
    }
    assert_eq!(world.titles(TypedSearch::default()).await.len(), 1);
    world.check().await;
}

#[tokio::test]
async fn what_is_judged_is_judged_once() {
    let world = World::new().await;
    let seller = world.user("Seller").await;
    let ticket = judged(&world, &seller, typed("Two seats")).await;
    for version in [1, 2] {
        moderation::judge(&world.exchange, &ticket.id, version)
            .await
            .expect("nothing to do");
    }
    assert_eq!(world.ticket(&ticket.id).await, ticket);
    world.check().await;
}

#[tokio::test]
async fn moderators_decide_and_nobody_else_knows() {
    let world = World::new().await;
    let seller = world.user("Seller").await;
    let (one, stranger) = (moderator(&world, "Mo").await, world.user("Stranger").await);
    let mut decided = Vec::new();
    for decision in ["approve", "reject", "remove"] {
        let ticket = judged(&world, &seller, described("WhatsApp me")).await;
        let case = ticket.case.clone().expect("waits");
        for viewer in [&seller, &stranger] {
            assert!(matches!(
                decide(&world, viewer, &case, decision).await,
                Err(Error::NotFound)
            ));
            assert_eq!(viewer.may(Moderate).err(), Some(Denied::Hide));
        }
        let found = moderation::case(&world.exchange, &moderates(&one), &case)
            .await
            .expect("there");
        assert_eq!(found.known.seller, "Seller");
        if decision != "approve" {
            let unexplained = moderation::decide(&world.exchange, &one, &case, decision, " ").await;
            assert!(matches!(unexplained, Err(Error::Invalid(_))));
        }
        decide(&world, &one, &case, decision).await.expect("open");
        let again = decide(&world, &one, &case, decision).await;
        assert!(matches!(again, Err(Error::Refused(Refusal::CaseDecided))));
        decided.push(world.ticket(&ticket.id).await.status);
    }
    assert_eq!(
        decided,
        [
            TicketStatus::Available,
            TicketStatus::Rejected,
            TicketStatus::Removed
        ]
    );
    assert!(open(&world, &one).await.is_empty());
    world.check().await;
}

#[tokio::test]
async fn an_edit_closes_the_case_and_is_judged_anew() {
    let world = World::new().await;
    let seller = world.user("Seller").await;
    let ticket = judged(&world, &seller, described("WhatsApp me")).await;
    let case = ticket.case.clone().expect("waits");
    market::edit(&world.exchange, &seller, &ticket.id, 1, described("Row F."))
        .await
        .expect("may");
    let one = moderator(&world, "Mo").await;
    assert!(matches!(
        decide(&world, &one, &case, "approve").await,
        Err(Error::Refused(Refusal::CaseDecided))
    ));
    moderation::judge(&world.exchange, &ticket.id, 2)
        .await
        .expect("decides");
    assert_eq!(
        world.ticket(&ticket.id).await.status,
        TicketStatus::Available
    );
    // One that is withdrawn needs no decision either.
    let ticket = judged(&world, &seller, described("WhatsApp me")).await;
    market::delete(&world.exchange, &seller, &ticket.id)
        .await
        .expect("may");
    assert!(open(&world, &one).await.is_empty());
    world.check().await;
}

#[tokio::test]
async fn the_same_ticket_is_not_sold_twice() {
    let world = World::new().await;
    let (one, two) = (world.user("One").await, world.user("Two").await);
    let seat = || typed("Swan Lake, row F, seat 12");
    let first = judged(&world, &one, seat()).await;
    assert_eq!(first.status, TicketStatus::Available);
    let second = judged(&world, &two, typed("SWAN LAKE — Row F / Seat 12")).await;
    let case = moderation::verdict(&world.exchange, &two, &second.id).await;
    let reasons = case.expect("the seller's").expect("judged").reasons;
    assert_eq!(reasons[0].signal, Signal::Duplicate);
    assert_eq!(reasons[0].found.as_deref(), Some(first.id.as_str()));
    // Once the first is withdrawn, another one may be it.
    market::delete(&world.exchange, &one, &first.id)
        .await
        .expect("may");
    assert_eq!(
        judged(&world, &one, seat()).await.status,
        TicketStatus::Available
    );
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_bought_a_ticket_sells_it_on_and_nobody_else_does() {
    let shop = Shop::new().await;
    let world = &shop.world;
    let seat = || typed("Swan Lake, row F, seat 12");
    let first = judged(world, &shop.seller, seat()).await;
    let order = world.reserve(&shop.buyer, &first).await.expect("free");
    shop.sandbox.pay(&shop.start(&order).await, VISA).await;
    payments::finish(&world.exchange, &shop.buyer, &order)
        .await
        .expect("pays");
    for other in [&shop.seller, &world.user("other").await] {
        let again = judged(world, other, seat()).await;
        assert_eq!(again.status, TicketStatus::Pending, "{other:?}");
    }
    let resold = judged(world, &shop.buyer, seat()).await;
    assert_eq!(resold.status, TicketStatus::Available);
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_the_same_ticket_listed_at_once_one_is_approved() {
    let world = Arc::new(World::new().await);
    let mut listings = JoinSet::new();
    for number in 0..12 {
        let seller = world.user(&format!("Seller {number}")).await;
        let world = Arc::clone(&world);
        let seat = typed("Swan Lake, row F, seat 12");
        listings.spawn(async move { judged(&world, &seller, seat).await.status });
    }
    let statuses = listings.join_all().await;
    let on_market = |status: &&TicketStatus| **status == TicketStatus::Available;
    assert_eq!(statuses.iter().filter(on_market).count(), 1, "{statuses:?}");
    world.check().await;
}

#[tokio::test]
async fn reports_lower_hide_and_queue_a_listing() {
    let world = World::new().await;
    let seller = world.user("Seller").await;
    let ticket = judged(&world, &seller, typed("Two seats")).await;
    let one = moderator(&world, "Mo").await;
    let report = async |viewer: &Viewer, category: &str| {
        moderation::report(&world.exchange, viewer, &ticket.id, category, "Hm.").await
    };
    assert!(matches!(
        report(&seller, "fraud").await,
        Err(Error::Forbidden)
    ));
    assert!(matches!(
        report(&Viewer::Anyone, "fraud").await,
        Err(Error::Unauthenticated)
    ));
    let mut found = Vec::new();
    for number in 0..4 {
        let reporter = world.user(&format!("Reporter {number}")).await;
        assert!(matches!(
            report(&reporter, "nonsense").await,
            Err(Error::Invalid(_))
        ));
        report(&reporter, "fraud").await.expect("may");
        assert!(matches!(
            report(&reporter, "other").await,
            // The last one hides it.
            Err(Error::Refused(Refusal::ReportedAlready) | Error::NotFound)
        ));
        let words = TypedSearch {
            q: "seats".into(),
            ..TypedSearch::default()
        };
        found.push((
            world.titles(TypedSearch::default()).await.len(),
            world.titles(words).await.len(),
        ));
    }
    assert_eq!(found, [(1, 1), (0, 1), (0, 1), (0, 0)]);
    let [waiting] = &*open(&world, &one).await else {
        panic!("one case");
    };
    let details = moderation::case(&world.exchange, &moderates(&one), &waiting.case.id).await;
    assert_eq!(details.expect("there").reports.len(), 4);
    decide(&world, &one, &waiting.case.id, "approve")
        .await
        .expect("open");
    assert_eq!(world.titles(TypedSearch::default()).await.len(), 1);
    world.check().await;
}

#[tokio::test]
async fn a_reported_listing_does_not_shake_it_off_by_an_edit() {
    let world = World::new().await;
    let (seller, reporter) = (world.user("Seller").await, world.user("Reporter").await);
    let ticket = judged(&world, &seller, typed("Two seats")).await;
    moderation::report(&world.exchange, &reporter, &ticket.id, "fraud", "")
        .await
        .expect("may");
    market::edit(&world.exchange, &seller, &ticket.id, 1, typed("Two seats!"))
        .await
        .expect("may");
    moderation::judge(&world.exchange, &ticket.id, 2)
        .await
        .expect("decides");
    let ticket = world.ticket(&ticket.id).await;
    assert_eq!(ticket.status, TicketStatus::Pending);
    assert!(ticket.case.is_some());
    world.check().await;
}

#[tokio::test]
async fn whoever_holds_what_is_removed_loses_it_and_pays_nothing() {
    let world = World::new().await;
    let seller = world.user("Seller").await;
    let one = moderator(&world, "Mo").await;
    let ticket = judged(&world, &seller, typed("Two seats")).await;
    let buyer = world.stranger();
    let order = world.reserve(&buyer, &ticket).await.expect("free");
    let removed = moderation::remove(&world.exchange, &one, &ticket.id, "Fake.").await;
    removed.expect("a moderator");
    assert_eq!(world.ticket(&ticket.id).await.status, TicketStatus::Removed);
    let order = world.order(&order).await;
    assert_eq!(order.status, OrderStatus::Cancelled);
    assert_eq!(order.cancel_reason, Some(CancelReason::Moderation));
    world.check().await;
}

#[tokio::test]
async fn what_is_reported_and_rejected_leaves_the_market_until_it_is_mended() {
    let world = World::new().await;
    let (seller, reporter) = (world.user("Seller").await, world.user("Reporter").await);
    let one = moderator(&world, "Mo").await;
    for is_held in [false, true] {
        let title = if is_held { "Held seats" } else { "Free seats" };
        let ticket = judged(&world, &seller, typed(title)).await;
        let report = moderation::report(&world.exchange, &reporter, &ticket.id, "fraud", "");
        report.await.expect("may");
        let buyer = world.stranger();
        let reserve = world.reserve(&buyer, &ticket);
        let order = if is_held { reserve.await.ok() } else { None };
        assert_eq!(order.is_some(), is_held);
        let case = world.ticket(&ticket.id).await.case.expect("reported");
        decide(&world, &one, &case, "reject").await.expect("may");
        let rejected = world.ticket(&ticket.id).await;
        assert_eq!(rejected.status, TicketStatus::Rejected);
        assert_eq!(rejected.current_order, None);
        if let Some(order) = order {
            let order = world.order(&order).await;
            assert_eq!(order.cancel_reason, Some(CancelReason::Moderation));
        }
        let again = decide(&world, &one, &case, "reject").await;
        assert!(matches!(again, Err(Error::Refused(_))), "{again:?}");
        let edit = market::edit(&world.exchange, &seller, &ticket.id, 1, typed("Row F."));
        edit.await.expect("its seller may");
    }
    world.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_moderators_an_edit_and_a_reservation_at_once_have_one_outcome() {
    let world = Arc::new(World::new().await);
    let seller = world.user("Seller").await;
    let (one, two) = (
        moderator(&world, "Mo").await,
        moderator(&world, "Mia").await,
    );
    for round in 0..20 {
        let ticket = judged(&world, &seller, described("WhatsApp me")).await;
        let case = ticket.case.clone().expect("waits");
        let mut deciding = JoinSet::new();
        for (viewer, decision) in [(&one, "approve"), (&two, "reject"), (&one, "remove")] {
            let (world, viewer, case) = (Arc::clone(&world), viewer.clone(), case.clone());
            deciding.spawn(async move { decide(&world, &viewer, &case, decision).await });
        }
        {
            let (world, seller, id) = (Arc::clone(&world), seller.clone(), ticket.id.clone());
            deciding.spawn(async move {
                market::edit(&world.exchange, &seller, &id, 1, described("Row F.")).await
            });
        }
        {
            let (world, ticket) = (Arc::clone(&world), ticket.clone());
            deciding.spawn(async move {
                world.reserve(&world.stranger(), &ticket).await.ok();
                Err(Error::NotFound)
            });
        }
        let outcomes = deciding.join_all().await;
        // An edit may come after an approval or a rejection.
        let successes = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert!((1..=2).contains(&successes), "round {round}: {outcomes:?}");
    }
    world.check().await;
}

#[tokio::test]
async fn whoever_is_suspended_is_gone_from_the_market_until_they_are_back() {
    let world = World::new().await;
    let (seller, other) = (world.user("Seller").await, world.user("Other").await);
    let free = judged(&world, &seller, typed("Free")).await;
    let held = judged(&world, &seller, typed("Held")).await;
    let theirs = judged(&world, &other, typed("Theirs")).await;
    let of_a_buyer = world.reserve(&world.stranger(), &held).await.expect("free");
    let of_the_seller = world.reserve(&seller, &theirs).await.expect("free");
    let id = seller.id().expect("signed in");
    accounts::suspend(&world.exchange, &operator(), id, true)
        .await
        .expect("there");
    moderation::follow_suspension(&world.exchange, id)
        .await
        .expect("follows");
    for order in [&of_a_buyer, &of_the_seller] {
        assert_eq!(
            world.order(order).await.cancel_reason,
            Some(CancelReason::Moderation)
        );
    }
    assert_eq!(world.titles(TypedSearch::default()).await, ["Theirs"]);
    assert!(matches!(
        market::create(&world.exchange, &seller, typed("More")).await,
        Err(Error::Refused(Refusal::AccountGone))
    ));
    // Nothing that waits is approved meanwhile.
    moderation::judge(&world.exchange, &free.id, 1)
        .await
        .expect("nothing to do");
    assert_eq!(world.ticket(&free.id).await.status, TicketStatus::Pending);
    // Nor by a moderator.
    let waiting = world.ticket(&free.id).await.case.expect("waits");
    let one = moderator(&world, "Mo").await;
    assert!(matches!(
        decide(&world, &one, &waiting, "approve").await,
        Err(Error::Refused(Refusal::SellerSuspended))
    ));
    accounts::suspend(&world.exchange, &operator(), id, false)
        .await
        .expect("there");
    moderation::follow_suspension(&world.exchange, id)
        .await
        .expect("follows");
    for ticket in [&free.id, &held.id] {
        moderation::judge(&world.exchange, ticket, 1)
            .await
            .expect("decides");
        assert_eq!(world.ticket(ticket).await.status, TicketStatus::Available);
    }
    world.check().await;
}

#[tokio::test]
async fn rules_are_read_again_when_their_file_changes_and_kept_when_it_is_broken() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let file = folder.path().join("rules.toml");
    let built_in = fs::read_to_string("moderation.toml").expect("reads");
    fs::write(&file, &built_in).expect("writes");
    let mut settings = settings("http://127.0.0.1:9");
    settings.moderation.rules = Some(file.clone());
    let world = World::with(settings, Clock::default()).await;
    let seller = world.user("Seller").await;
    let status = async |title: &str| judged(&world, &seller, typed(title)).await.status;
    assert_eq!(status("A zebra crossing").await, TicketStatus::Available);
    let stricter = built_in.replace("[banned]\nphrases = [", "[banned]\nphrases = [\"zebra\",");
    for (text, expected) in [
        (stricter.as_str(), TicketStatus::Rejected),
        ("review_at = [", TicketStatus::Rejected),
        (built_in.as_str(), TicketStatus::Available),
    ] {
        // Longer than it is trusted for.
        tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
        fs::write(&file, text).expect("writes");
        assert_eq!(status("A zebra crossing").await, expected);
    }
    world.check().await;
}
