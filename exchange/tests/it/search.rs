//! Finding tickets on the market.

use std::{path::Path, sync::Arc, time::Duration};

use domain::{
    Problem, TicketId,
    permission::Viewer,
    search::{Count, Sort},
    ticket::{Ticket, TicketStatus},
};
use exchange::{
    Exchange,
    clock::Clock,
    market::{self, TypedContent, TypedSearch},
    orders,
    platform::{
        commit::Commit,
        db::{Db, record},
    },
    vars, when,
};
use tokio::task::JoinSet;

use crate::{
    harness::{World, query, settings, typed},
    market::problems,
};

/// What somebody types who sells a ticket for the day after `days` days.
fn on_day(title: &str, days: i64, hour: i8, zone: &str) -> TypedContent {
    let now = Clock::default().now();
    let starts = when::days_ahead(now, days, hour, 0, zone).expect("a time");
    TypedContent {
        starts: when::local(starts, zone),
        zone: zone.to_owned(),
        ..typed(title)
    }
}

/// Titles on every page.
async fn all_titles(exchange: &Exchange, search: &TypedSearch) -> Vec<String> {
    let (mut titles, mut after) = (Vec::new(), String::new());
    loop {
        let search = TypedSearch {
            after,
            ..search.clone()
        };
        let found = market::browse(exchange, search).await.expect("reads");
        titles.extend(found.items.into_iter().map(|item| item.title));
        match found.next {
            Some(next) => after = next,
            None => return titles,
        }
    }
}

#[tokio::test]
async fn words_of_title_venue_and_description_find_in_any_case_with_or_without_accents_and_half_typed()
 {
    let world = World::new().await;
    let seller = world.user("seller").await;
    for (title, venue, description) in [
        (
            "Cœur de pirate",
            "MTELUS, Montréal",
            "Two seats in the stalls",
        ),
        ("Montreal Symphony: Mahler", "Place des Arts", ""),
        (
            "Swan Lake",
            "Four Seasons Centre",
            "From Montréal, with love",
        ),
    ] {
        let content = TypedContent {
            venue: venue.to_owned(),
            description: description.to_owned(),
            ..typed(title)
        };
        world.listed_as(&seller, content).await;
    }
    for (q, found) in [
        ("montr", 3),
        ("MONTRÉAL", 3),
        ("mahler montreal", 1),
        ("mahl symph", 1),
        ("swan montreal love", 1),
        ("pirate mtel stall", 1),
        ("swan mtelus", 0),
        ("wan", 0),
        ("", 3),
        ("  ", 3),
        ("'; DELETE ticket; --", 0),
        ("%", 3),
        (&"swan ".repeat(1_000), 1),
        // What is cut off is not looked for.
        (&format!("swan {} pirate", " ".repeat(200)), 1),
    ] {
        let found_titles = world.titles(query(q)).await;
        assert_eq!(found_titles.len(), found, "{q:?}: {found_titles:?}");
    }
    world.check().await;
}

#[tokio::test]
async fn prices_and_local_dates_filter_with_both_ends() {
    let world = World::new().await;
    let seller = world.user("seller").await;
    // Both on the evening of one day there, a day apart in UTC.
    let days = 10;
    for (title, price, hour, zone) in [
        ("West", "20.00", 23, "Pacific/Pago_Pago"),
        ("East", "20,50", 1, "Pacific/Kiritimati"),
        ("Late", "99.99", 12, "UTC"),
    ] {
        let later = if title == "Late" { days + 1 } else { days };
        let content = TypedContent {
            price: price.to_owned(),
            ..on_day(title, later, hour, zone)
        };
        world.listed_as(&seller, content).await;
    }
    world.listed_as(&seller, typed("No date")).await;
    let west = world.titles(query("west")).await;
    assert_eq!(west, ["West"]);
    let date_of = async |title: &str| {
        let found = market::browse(&world.exchange, query(title)).await;
        let item = found.expect("reads").items.remove(0);
        when::local(
            item.starts_at.expect("dated"),
            item.zone.as_deref().expect("a zone"),
        )[..10]
            .to_owned()
    };
    let (east, west, late) = (
        date_of("east").await,
        date_of("west").await,
        date_of("late").await,
    );
    let dated = |from: &str, to: &str| TypedSearch {
        from: from.to_owned(),
        to: to.to_owned(),
        sort: "title".to_owned(),
        ..TypedSearch::default()
    };
    for (from, to) in [
        (&*east, &*east),
        (&*west, &*west),
        (&*late, &*late),
        ("2020-01-01", ""),
    ] {
        let expected: Vec<&str> = [("East", &east), ("Late", &late), ("West", &west)]
            .into_iter()
            .filter(|(_, date)| from <= date.as_str() && (to.is_empty() || date.as_str() <= to))
            .map(|(title, _)| title)
            .collect();
        assert_eq!(world.titles(dated(from, to)).await, expected, "{from} {to}");
    }
    let priced = |from: &str, to: &str| TypedSearch {
        price_from: from.to_owned(),
        price_to: to.to_owned(),
        sort: "cheapest".to_owned(),
        ..TypedSearch::default()
    };
    for (from, to, expected) in [
        ("", "20", &["West"][..]),
        ("20.00", "20.50", &["West", "East"]),
        ("20,01", "45", &["East", "No date"]),
        ("45.01", "", &["Late"]),
        ("100", "", &[]),
        (
            "0",
            "99999999999999999999",
            &["West", "East", "No date", "Late"],
        ),
    ] {
        assert_eq!(
            world.titles(priced(from, to)).await,
            expected,
            "{from} {to}"
        );
    }
    world.check().await;
}

#[tokio::test]
async fn every_order_shows_each_ticket_once_page_after_page() {
    let world = World::new().await;
    let seller = world.user("seller").await;
    // Equal prices, dates and titles, so that pages end among equal ones.
    for number in 0..55_usize {
        let title = format!("{} {}", ["été", "Echo", "“Zoo”"][number % 3], number / 9);
        let content = TypedContent {
            price: format!("{}", 10 + number % 4),
            ..match number % 5 {
                0 => typed(&title),
                days => on_day(&title, 5 + days as i64, 20, "America/Toronto"),
            }
        };
        world.listed_as(&seller, content).await;
    }
    let tickets: Vec<Ticket> = {
        let sql = "SELECT *, record::id(id) AS id FROM ticket";
        let rows = world.exchange.db.read(sql, vars! {}).await;
        rows.expect("reads").many().expect("tickets")
    };
    for sort in Sort::ALL {
        let mut expected: Vec<&Ticket> = tickets.iter().collect();
        expected.sort_by(|a, b| {
            let title = |ticket: &Ticket| domain::words::sort_key(&ticket.content.title);
            let start =
                |ticket: &Ticket| (ticket.content.starts_at.is_none(), ticket.content.starts_at);
            let by_id = a.id.cmp(&b.id);
            match sort {
                Sort::Newest => by_id.reverse(),
                Sort::Oldest => by_id,
                Sort::Cheapest => a.content.price.cmp(&b.content.price).then(by_id),
                Sort::Dearest => b.content.price.cmp(&a.content.price).then(by_id.reverse()),
                Sort::Soonest => start(a).cmp(&start(b)).then(by_id),
                Sort::Latest => start(a)
                    .0
                    .cmp(&start(b).0)
                    .then(start(b).1.cmp(&start(a).1))
                    .then(by_id.reverse()),
                Sort::TitleUp => title(a).cmp(&title(b)).then(by_id),
                Sort::TitleDown => title(b).cmp(&title(a)).then(by_id.reverse()),
            }
        });
        let expected: Vec<&TicketId> = expected.into_iter().map(|ticket| &ticket.id).collect();
        let (mut found, mut after, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let search = TypedSearch {
                sort: sort.name().to_owned(),
                after,
                ..TypedSearch::default()
            };
            let page = market::browse(&world.exchange, search)
                .await
                .expect("reads");
            assert_eq!(page.count, Count::Exactly(55));
            found.extend(page.items.into_iter().map(|item| item.ticket));
            pages += 1;
            match page.next {
                Some(next) => after = next,
                None => break,
            }
        }
        assert_eq!(pages, 3);
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{sort:?}");
    }
    world.check().await;
}

#[tokio::test]
async fn bad_input_is_named_at_its_field() {
    let world = World::new().await;
    let not_a_price = Problem::NotAPrice { decimals: 2 };
    for (typed, expected) in [
        (
            ["1e3", "", "", ""],
            vec![("price_from", not_a_price.clone())],
        ),
        (["", "-1", "", ""], vec![("price_to", not_a_price.clone())]),
        (
            ["1.999", "x", "", ""],
            vec![
                ("price_from", not_a_price.clone()),
                ("price_to", not_a_price),
            ],
        ),
        (
            ["20", "19.99", "", ""],
            vec![("price_to", Problem::EmptyRange)],
        ),
        (["", "", "2026-02-30", ""], vec![("from", Problem::NotADay)]),
        (["", "", "", "tomorrow"], vec![("to", Problem::NotADay)]),
        (
            ["", "", "2026-12-02", "2026-12-01"],
            vec![("to", Problem::EmptyRange)],
        ),
        (["20", "20", "2026-12-01", " 2026-12-01 "], vec![]),
    ] {
        let [price_from, price_to, from, to] = typed.map(str::to_owned);
        let search = TypedSearch {
            price_from,
            price_to,
            from,
            to,
            ..TypedSearch::default()
        };
        let found = problems(market::browse(&world.exchange, search).await);
        assert_eq!(found, expected, "{typed:?}");
    }
    // An order or a place that there is not is the first page of the market.
    world.listed(&world.user("seller").await).await;
    for (sort, after) in [
        ("random", ""),
        ("cheapest", "01"),
        ("", "\u{0}é'"),
        ("title", "01JQZK5V7M3N8P2R4T6W9X0Y1Z.p1"),
    ] {
        let search = TypedSearch {
            sort: sort.to_owned(),
            after: after.to_owned(),
            ..TypedSearch::default()
        };
        assert_eq!(world.titles(search).await.len(), 1, "{sort} {after}");
    }
    world.check().await;
}

#[tokio::test]
async fn held_and_sold_and_begun_tickets_are_not_on_the_market_and_a_commit_is_seen_at_once() {
    let world = World::new().await;
    let seller = world.user("seller").await;
    let buyer = world.user("buyer").await;
    let shown = async || world.titles(query("")).await.len();
    let held = world.listed(&seller).await;
    assert_eq!(shown().await, 1);
    world.listed_as(&seller, on_day("Soon", 1, 0, "UTC")).await;
    assert_eq!(shown().await, 2);
    let before = market::revision(&world.exchange);
    let order = world.reserve(&buyer, &held).await.expect("free");
    assert_eq!(shown().await, 1);
    assert!(market::revision(&world.exchange) > before);
    orders::cancel(&world.exchange, &buyer, &order)
        .await
        .expect("unpaid");
    assert_eq!(shown().await, 2);
    // Edited, it waits for moderation.
    market::edit(
        &world.exchange,
        &seller,
        &held.id,
        1,
        typed("Another title"),
    )
    .await
    .expect("free");
    assert_eq!(world.titles(query("")).await, ["Soon"]);
    world.approve(&held.id).await;
    assert_eq!(world.titles(query("another")).await, ["Another title"]);
    assert_eq!(world.titles(query("aisle")).await.len(), 0);
    let later = Exchange::new(
        world.exchange.db.clone(),
        Clock::with_offset(2 * 24 * 3_600),
        world.exchange.settings.clone(),
    );
    let then = market::browse(&later.expect("settings"), query(""))
        .await
        .expect("reads");
    assert_eq!((then.items.len(), then.count), (1, Count::Exactly(1)));
    market::delete(&world.exchange, &seller, &held.id)
        .await
        .expect("free");
    assert_eq!(world.titles(query("")).await, ["Soon"]);
    world.check().await;
}

/// Whoever changes a ticket may be gone before the change is there.
#[tokio::test(flavor = "multi_thread")]
async fn the_market_shows_a_commit_whose_owner_is_gone() {
    let world = World::on_disk(settings("http://127.0.0.1:9")).await;
    let seller = world.user("seller").await;
    let buyer = world.user("buyer").await;
    for round in 0..30_u64 {
        let ticket = world.listed(&seller).await;
        let (exchange, buyer) = (world.exchange.clone(), buyer.clone());
        let change = tokio::spawn(async move {
            let price = ticket.content.price;
            let order = orders::reserve(&exchange, &buyer, &ticket.id, price).await?;
            orders::cancel(&exchange, &buyer, &order).await
        });
        tokio::time::sleep(Duration::from_micros(round * 200)).await;
        change.abort();
        change.await.ok();
    }
    // What was begun goes on, and then the market is what the database has.
    tokio::time::sleep(Duration::from_millis(500)).await;
    world.check().await;
}

/// A copy of a database, whose market nobody has read.
async fn copied(file: &Path) -> Exchange {
    let db = Db::open("mem://").await.expect("opens");
    db.import(file).await.expect("imports");
    Exchange::new(db, Clock::default(), settings("http://127.0.0.1:9")).expect("settings")
}

/// Tickets are listed, held and let go while the market is read.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_committed_while_the_market_is_read_is_on_it_or_not_as_it_should_be() {
    let world = Arc::new(World::new().await);
    let seller = world.user("seller").await;
    let mut tickets = Vec::new();
    for number in 0..60 {
        tickets.push(
            world
                .listed_as(&seller, typed(&format!("Seat {number}")))
                .await,
        );
    }
    let folder = tempfile::TempDir::new().expect("a folder");
    let file = folder.path().join("copy.surql");
    world.exchange.db.export(&file).await.expect("exports");
    for _ in 0..12 {
        let copy = copied(&file).await;
        let mut changes = JoinSet::new();
        for (number, ticket) in tickets.iter().enumerate() {
            let (copy, ticket, world) = (copy.clone(), ticket.clone(), Arc::clone(&world));
            changes.spawn(async move { change(&copy, &world.stranger(), ticket, number).await });
        }
        tokio::task::yield_now().await;
        market::load(&copy).await.expect("reads");
        changes.join_all().await;
        let report = exchange::check::check(&copy.db).await.expect("reads");
        let market: Vec<String> = report
            .violations
            .into_iter()
            .filter(|text| text.contains("market"))
            .collect();
        assert_eq!(market, Vec::<String>::new());
        assert_eq!(all_titles(&copy, &query("seat")).await.len(), 30);
    }
    world.check().await;
}

async fn change(exchange: &Exchange, buyer: &Viewer, ticket: Ticket, number: usize) {
    let now = exchange.clock.now();
    if number.is_multiple_of(2) {
        let ended = ticket.end(now).expect("available");
        let commit = Commit::new("end")
            .ticket(Some(&ticket), &ended)
            .expect("writes");
        commit.run(&exchange.db).await.expect("commits");
    } else {
        let price = ticket.content.price;
        let order = orders::reserve(exchange, buyer, &ticket.id, price)
            .await
            .expect("free");
        orders::cancel(exchange, buyer, &order)
            .await
            .expect("unpaid");
    }
}

/// Of a server that several processes use, events say what others committed.
#[tokio::test]
async fn what_another_process_committed_is_shown_once_it_is_told_of() {
    let world = World::new().await;
    let seller = world.user("seller").await;
    let ticket = world.listed(&seller).await;
    let before = market::revision(&world.exchange);
    let elsewhere = "UPDATE $ticket SET title = 'From elsewhere', version = 3, content_version = 2";
    let vars = vars! { ticket => record("ticket", ticket.id.as_str()) };
    world
        .exchange
        .db
        .transact("elsewhere", elsewhere, vars)
        .await
        .expect("writes");
    let told = async |version| {
        let changed = [(ticket.id.clone(), version)];
        market::refresh(&world.exchange, &changed)
            .await
            .expect("reads");
        world.titles(query("elsewhere")).await.len()
    };
    // What it knows of is not read.
    assert_eq!(told(2).await, 0);
    assert_eq!(market::revision(&world.exchange), before);
    assert_eq!(told(3).await, 1);
    let other = TicketId::of_bits(7);
    market::refresh(&world.exchange, &[(other, 1)])
        .await
        .expect("reads");
    assert_eq!(ticket.status, TicketStatus::Available);
    // Its events are not of the commit.
    assert_eq!(world.violations().await.len(), 1);
}

#[tokio::test]
async fn the_market_of_a_database_that_is_opened_is_what_it_has() {
    let world = World::on_disk(settings("http://127.0.0.1:9")).await;
    let seller = world.user("seller").await;
    let (free, held) = (world.listed(&seller).await, world.listed(&seller).await);
    world.reserve(&world.stranger(), &held).await.expect("free");
    let deleted = world.listed(&seller).await;
    market::delete(&world.exchange, &seller, &deleted.id)
        .await
        .expect("free");
    let file = world.folder.path().join("copy.surql");
    world.exchange.db.export(&file).await.expect("exports");
    let copy = copied(&file).await;
    // Nobody has read it yet: the first visitor does.
    let found = market::browse(&copy, query("")).await.expect("reads");
    let ids: Vec<TicketId> = found.items.into_iter().map(|item| item.ticket).collect();
    assert_eq!(ids, [free.id]);
    let report = exchange::check::check(&copy.db).await.expect("reads");
    assert_eq!(report.violations, Vec::<String>::new());
    assert!(
        report.counts.contains(&("listings", 2)),
        "{:?}",
        report.counts
    );
    world.check().await;
}
