//! The index against a naive look at everything.

use std::{collections::BTreeMap, time::Duration};

use domain::{Amount, Date, search::Sort, ticket::Content, words};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use super::{left::REMEMBERED, *};
use crate::{fixtures, when};

const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);
const DAY: Duration = Duration::from_secs(24 * 3_600);
const ZONES: [&str; 4] = [
    "UTC",
    "America/Toronto",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
];
const WORDS: [&str; 16] = [
    "Orchid",
    "orchestra",
    "Orch",
    "Élan",
    "elan",
    "balcony",
    "Balcon",
    "row",
    "7",
    "77",
    "日本語劇場",
    "日本",
    "a",
    "an",
    "The",
    "Ångström",
];

pub(super) fn id(number: u64) -> TicketId {
    // Not in the order of the numbers.
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    TicketId::of_bits(u128::from(mixed) << 32 | u128::from(number))
}

pub(super) fn ticket(number: u64, content: Content) -> Ticket {
    let owner = domain::UserId::of_bits(u128::from(number % 5));
    let pending = fixtures::offer(&fixtures::trader(owner), id(number), content, NOW);
    pending.approve(1, NOW).expect("pending")
}

pub(super) fn content() -> Content {
    Content {
        title: "One seat".into(),
        description: String::new(),
        venue: String::new(),
        starts_at: None,
        zone: None,
        price: Amount::from_minor(100),
        relist_after_refund: true,
        handover_note: String::new(),
    }
}

fn loaded() -> Index {
    let index = Index::default();
    index.write().phase = Phase::Loaded;
    index
}

fn some_words(dice: &mut StdRng, most: usize) -> String {
    let count = dice.random_range(0..=most);
    let words: Vec<&str> = (0..count)
        .map(|_| *WORDS.choose(dice).expect("a word"))
        .collect();
    words.join(" ")
}

/// Few prices, dates and titles, so that many are equal.
fn some_content(dice: &mut StdRng) -> Content {
    let starts = dice.random_bool(0.7);
    let hours = dice.random_range(0..24 * 20);
    Content {
        title: some_words(dice, 2),
        description: some_words(dice, 4),
        venue: some_words(dice, 2),
        // Some have begun, one begins now.
        starts_at: starts.then(|| Timestamp::from_millis(NOW.millis() + (hours - 48) * 3_600_000)),
        zone: starts.then(|| (*ZONES.choose(dice).expect("a zone")).to_owned()),
        price: Amount::from_minor(dice.random_range(1..8) * 100),
        ..content()
    }
}

fn some_search(dice: &mut StdRng) -> Search {
    let price = |dice: &mut StdRng| {
        dice.random_bool(0.3)
            .then(|| Amount::from_minor(dice.random_range(0..9) * 100))
    };
    let today = NOW.millis().div_euclid(DAY.as_millis() as i64) as i32;
    let date = |dice: &mut StdRng| {
        dice.random_bool(0.3)
            .then(|| Date::from_days(today + dice.random_range(-3..20)))
    };
    let typed = some_words(dice, 3);
    let cut: String = typed
        .chars()
        .take(dice.random_range(0..=typed.chars().count()))
        .collect();
    Search {
        words: words::query(&cut),
        price_from: price(dice),
        price_to: price(dice),
        from: date(dice),
        to: date(dice),
        sort: *Sort::ALL.choose(dice).expect("a sort"),
    }
}

/// What is asked for, in no order.
fn matching<'a>(all: &'a BTreeMap<u64, Ticket>, search: &Search) -> Vec<&'a Ticket> {
    all.values()
        .filter(|ticket| ticket.status == TicketStatus::Available && !ticket.began(NOW))
        .filter(|ticket| search.matches(&ticket.content, when::date(&ticket.content)))
        .filter(|ticket| !ticket.lowered || !search.words.is_empty())
        .collect()
}

/// The order, spelled out.
fn sorted(found: Vec<&Ticket>, sort: Sort) -> Vec<TicketId> {
    let key = |ticket: &Ticket| (words::sort_key(&ticket.content.title), ticket.id.clone());
    let mut found: Vec<_> = found
        .into_iter()
        .map(|ticket| (key(ticket), ticket))
        .collect();
    found.sort_by(|((a_title, a_id), a), ((b_title, b_id), b)| {
        let order = match sort {
            Sort::Newest | Sort::Oldest => std::cmp::Ordering::Equal,
            Sort::Cheapest | Sort::Dearest => a.content.price.cmp(&b.content.price),
            Sort::Soonest | Sort::Latest => a.content.starts_at.cmp(&b.content.starts_at),
            Sort::TitleUp | Sort::TitleDown => a_title.cmp(b_title),
        };
        let order = order.then(a_id.cmp(b_id));
        let undated = |ticket: &Ticket| ticket.content.starts_at.is_none();
        match sort {
            Sort::Oldest | Sort::Cheapest | Sort::TitleUp => order,
            Sort::Newest | Sort::Dearest | Sort::TitleDown => order.reverse(),
            Sort::Soonest => undated(a).cmp(&undated(b)).then(order),
            Sort::Latest => undated(a).cmp(&undated(b)).then(order.reverse()),
        }
    });
    found
        .into_iter()
        .map(|(_, ticket)| ticket.id.clone())
        .collect()
}

/// Every page after the other.
fn pages(index: &Index, search: &Search, limit: usize) -> (Vec<TicketId>, Count) {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = index.find(search, &after, limit, NOW);
        assert!(page.items.len() <= limit);
        found.extend(page.items.into_iter().map(|listing| listing.ticket));
        assert!(found.len() <= index.len(), "{search:?} goes on at {after}");
        match page.next {
            Some(next) => after = next,
            None => return (found, page.count),
        }
    }
}

/// The next version of a ticket: anything that may happen to it, and more.
fn changed(dice: &mut StdRng, before: &Ticket) -> Ticket {
    let status = match dice.random_range(0..10) {
        0..5 => TicketStatus::Available,
        5..8 => TicketStatus::Reserved,
        8 => TicketStatus::Sold,
        _ => TicketStatus::Pending,
    };
    let edited = dice.random_bool(0.3);
    Ticket {
        content: if edited {
            some_content(dice)
        } else {
            before.content.clone()
        },
        content_version: before.content_version + u32::from(edited),
        status,
        lowered: dice.random_bool(0.1),
        version: before.version + 1,
        ..before.clone()
    }
}

#[test]
fn it_finds_what_a_look_at_everything_finds_whatever_was_changed() {
    for seed in 0..6 {
        let mut dice = StdRng::seed_from_u64(seed);
        let (index, mut all) = (loaded(), BTreeMap::<u64, Ticket>::new());
        for round in 0..3_000 {
            let number = dice.random_range(0..150 + 100 * seed);
            let next = match all.get(&number) {
                Some(before) => changed(&mut dice, before),
                None => ticket(number, some_content(&mut dice)),
            };
            index.apply(&next);
            // Late ones change nothing.
            if let Some(before) = all.insert(number, next) {
                index.apply(&before);
            }
            if round % 6 == 0 {
                let search = some_search(&mut dice);
                let (found, count) = pages(&index, &search, dice.random_range(1..30));
                let expected = sorted(matching(&all, &search), search.sort);
                assert_eq!(found, expected, "seed {seed}, round {round}: {search:?}");
                assert_eq!(count, Count::of(expected.len()));
            }
        }
        let listed = all.values().filter(|ticket| ticket.status.is_listed());
        assert_eq!(index.len(), listed.clone().count());
        for ticket in listed {
            let shown = ticket.status == TicketStatus::Available;
            assert_eq!(index.row(&ticket.id), Some((Listing::of(ticket), shown)));
        }
        // Nothing is left of what has gone.
        for ticket in all.values() {
            index.apply(&Ticket {
                status: TicketStatus::Deleted,
                version: ticket.version + 1,
                ..ticket.clone()
            });
        }
        let state = index.read();
        assert_eq!((state.rows.len(), state.words.len()), (0, 0));
    }
}

/// Enough of them that pages are walked and not scanned, with and without a
/// filter, in every order and from every page on.
#[test]
fn large_markets_are_found_the_same_way_as_small_ones() {
    let mut dice = StdRng::seed_from_u64(7);
    let (index, mut all) = (loaded(), BTreeMap::<u64, Ticket>::new());
    for number in 0..12_000 {
        let mut content = some_content(&mut dice);
        // One word that all of the dearest have.
        if content.price == Amount::from_minor(700) {
            content.title.push_str(" dearest");
        }
        let next = ticket(number, content);
        index.apply(&next);
        all.insert(number, next);
    }
    let price = |minor| Some(Amount::from_minor(minor));
    let day = |after| {
        let today = NOW.millis().div_euclid(DAY.as_millis() as i64) as i32;
        Some(Date::from_days(today + after))
    };
    let plain = Search::default();
    let searches = [
        plain.clone(),
        Search {
            words: words::query("the"),
            ..plain.clone()
        },
        Search {
            words: words::query("dearest"),
            ..plain.clone()
        },
        Search {
            words: words::query("dearest"),
            price_to: price(600),
            ..plain.clone()
        },
        Search {
            price_from: price(200),
            price_to: price(300),
            ..plain.clone()
        },
        Search {
            price_from: price(201),
            price_to: price(299),
            ..plain.clone()
        },
        Search {
            from: day(2),
            to: day(6),
            ..plain.clone()
        },
        Search {
            from: day(5),
            to: day(5),
            words: words::query("or"),
            ..plain.clone()
        },
        Search {
            from: day(9),
            price_from: price(300),
            words: words::query("a"),
            ..plain
        },
    ];
    for search in searches {
        let matching = matching(&all, &search);
        for sort in Sort::ALL {
            let search = Search {
                sort,
                ..search.clone()
            };
            let expected = sorted(matching.clone(), sort);
            let limit = expected.len().div_ceil(7).max(10);
            let (found, count) = pages(&index, &search, limit);
            assert_eq!(found.len(), expected.len(), "{search:?}");
            assert!(found == expected, "{search:?}");
            assert_eq!(count, Count::of(expected.len()), "{search:?}");
        }
    }
}

#[test]
fn counts_are_exact_up_to_a_thousand() {
    let index = loaded();
    for number in 0..1_002 {
        index.apply(&ticket(number, content()));
        let expected = match number {
            998 => Count::Exactly(999),
            999 => Count::Exactly(1_000),
            1_000.. => Count::More,
            _ => continue,
        };
        for words in [Vec::new(), words::query("seat")] {
            let search = Search {
                words,
                ..Search::default()
            };
            assert_eq!(index.find(&search, "", 24, NOW).count, expected);
        }
    }
    // One of which nobody sees anything, and one whose event has begun.
    let held = Ticket {
        status: TicketStatus::Reserved,
        version: 3,
        ..ticket(0, content())
    };
    index.apply(&held);
    let begun = Content {
        starts_at: Some(NOW),
        ..content()
    };
    let begun = Ticket {
        content: begun,
        content_version: 2,
        version: 3,
        ..ticket(1, content())
    };
    index.apply(&begun);
    let found = index.find(&Search::default(), "", 24, NOW);
    assert_eq!(found.count, Count::Exactly(1_000));
}

/// Somebody changed the filter in the address, and not where the page begins.
#[test]
fn a_page_may_begin_outside_of_what_is_asked_for() {
    let index = loaded();
    for number in 0..3_000 {
        let price = Amount::from_minor(100 + number as i64 % 30);
        index.apply(&ticket(number, Content { price, ..content() }));
    }
    let id = id(1);
    for (sort, price, expected) in [
        (Sort::Cheapest, 100, 1),
        (Sort::Cheapest, 109, 1),
        (Sort::Cheapest, 113, 0),
        (Sort::Cheapest, 200, 0),
        (Sort::Dearest, 100, 0),
        (Sort::Dearest, 109, 0),
        (Sort::Dearest, 113, 1),
        (Sort::Dearest, 200, 1),
    ] {
        let search = Search {
            price_from: Some(Amount::from_minor(110)),
            price_to: Some(Amount::from_minor(112)),
            sort,
            ..Search::default()
        };
        // So few that it is walked.
        let page = index.find(&search, &format!("{id}.p{price}"), 1, NOW);
        assert_eq!(page.items.len(), expected, "{sort:?} {price}");
        assert_eq!(page.count, Count::Exactly(300));
    }
}

/// Of the greatest prices the sets know only that they are great.
#[test]
fn prices_of_any_size_are_told_apart() {
    let index = loaded();
    let most = i64::from(u32::MAX);
    for number in 0..3_000 {
        let price = Amount::from_minor(most + number as i64 % 3);
        index.apply(&ticket(number, Content { price, ..content() }));
    }
    let price = |above| Some(Amount::from_minor(most + above));
    for (price_from, price_to, expected) in [
        (price(1), price(1), Count::Exactly(1_000)),
        (price(2), None, Count::Exactly(1_000)),
        (None, price(0), Count::Exactly(1_000)),
        (price(-1), None, Count::More),
        (None, price(-1), Count::Exactly(0)),
    ] {
        let search = Search {
            price_from,
            price_to,
            ..Search::default()
        };
        assert_eq!(
            index.find(&search, "", 24, NOW).count,
            expected,
            "{search:?}"
        );
    }
}

/// Where the next page begins has to do with the last one's end and nothing else.
#[test]
fn what_comes_or_goes_between_pages_repeats_and_skips_nothing_else() {
    for sort in Sort::ALL {
        let mut dice = StdRng::seed_from_u64(11);
        let (index, mut all) = (loaded(), BTreeMap::<u64, Ticket>::new());
        for number in 0..200 {
            let next = ticket(number, some_content(&mut dice));
            index.apply(&next);
            all.insert(number, next);
        }
        let search = Search {
            sort,
            ..Search::default()
        };
        let stay: Vec<TicketId> = sorted(matching(&all, &search), sort);
        let (mut seen, mut after) = (Vec::new(), String::new());
        for number in 1_000.. {
            let page = index.find(&search, &after, 10, NOW);
            let ids: Vec<TicketId> = page.items.into_iter().map(|item| item.ticket).collect();
            seen.extend(ids.iter().filter(|id| stay.contains(id)).cloned());
            let Some(next) = page.next else { break };
            after = next;
            // The one at the end of the page goes, others come.
            let last = ids.last().expect("a page");
            let gone = all.values().find(|ticket| ticket.id == *last);
            if let Some(gone) = gone {
                let version = gone.version + 1;
                index.apply(&Ticket {
                    status: TicketStatus::Sold,
                    version,
                    ..gone.clone()
                });
            }
            for number in [2 * number, 2 * number + 1] {
                index.apply(&ticket(number, some_content(&mut dice)));
            }
        }
        assert_eq!(seen, stay, "{sort:?}");
    }
}

#[test]
fn what_is_late_does_not_bring_back_what_left() {
    for phase in [Phase::Loading, Phase::Loaded] {
        let index = Index::default();
        index.write().phase = phase;
        let available = ticket(1, content());
        let sold = Ticket {
            status: TicketStatus::Sold,
            version: 4,
            ..available.clone()
        };
        // Read before it was sold, or never listed here.
        index.apply(&sold);
        index.apply(&available);
        assert_eq!((index.len(), index.version(&sold.id)), (0, Some(4)));
        // As many as may leave while a batch is read.
        let others = match phase {
            Phase::Loading => 3 * REMEMBERED,
            _ => REMEMBERED - 1,
        };
        for number in 2..2 + others as u64 {
            index.apply(&Ticket {
                id: id(number),
                ..sold.clone()
            });
        }
        index.apply(&available);
        assert_eq!(index.len(), 0, "{phase:?}");
        index.apply(&Ticket {
            version: 5,
            ..available
        });
        assert_eq!((index.len(), index.version(&sold.id)), (1, Some(5)));
    }
}

#[test]
fn the_revision_moves_on_with_what_can_be_seen_and_with_nothing_else() {
    let index = loaded();
    let step = |ticket: &Ticket| {
        let before = index.revision();
        index.apply(ticket);
        index.revision() != before
    };
    let mut ticket = Ticket {
        version: 1,
        status: TicketStatus::Pending,
        ..ticket(1, content())
    };
    assert!(!step(&ticket));
    for (status, is_seen) in [
        (TicketStatus::Available, true),
        (TicketStatus::Available, false),
        (TicketStatus::Reserved, true),
        (TicketStatus::Reserved, false),
        (TicketStatus::Sold, false),
        (TicketStatus::Available, true),
        (TicketStatus::Pending, true),
        (TicketStatus::Deleted, false),
    ] {
        ticket = Ticket {
            version: ticket.version + 1,
            status,
            ..ticket
        };
        assert_eq!(step(&ticket), is_seen, "{status:?}");
        assert!(!step(&ticket), "again");
    }
}

#[test]
fn nothing_is_kept_before_somebody_reads() {
    let index = Index::default();
    let before = index.revision();
    index.apply(&ticket(1, content()));
    assert_eq!((index.len(), index.follows()), (0, false));
    assert!(index.revision() > before);
}

/// As another process does, whose events were lost with the broker's streams.
#[tokio::test]
async fn what_others_did_without_a_word_is_read_again() {
    let exchange = fixtures::exchange(fixtures::db().await, "http://127.0.0.1:9");
    let (db, index) = (&exchange.db, exchange.db.market());
    let mut tickets = Vec::new();
    for _ in 0..3 {
        tickets.push(fixtures::listed(&exchange).await.id);
    }
    let [held, sold, left] = &tickets[..] else {
        panic!("three");
    };
    index.load(db).await.expect("reads");
    let change = async |id: &TicketId, status: &str| {
        let sql = "UPDATE type::record('ticket', $id) SET status = $status, version += 1";
        let vars = crate::vars! { id => id.to_string(), status => status.to_owned() };
        db.transact("another's", sql, vars).await.expect("writes");
    };
    change(held, "reserved").await;
    change(sold, "sold").await;
    assert!(index.is_available(held) && index.is_available(sold));
    index.reload(db).await.expect("reads");
    assert!(index.is_available(left) && !index.is_available(held));
    assert!(index.row(held).is_some() && index.row(sold).is_none());
    change(held, "available").await;
    index.reload(db).await.expect("reads");
    assert!(index.is_available(held));
}
