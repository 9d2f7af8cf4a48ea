//! The listings by slot, and the slots in each order.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use domain::{Amount, Date, Timestamp, UserId, search::Sort, ticket::Ticket, words};

use super::{
    super::Listing,
    keys::{Id, Position, UNDATED, dated, head, priced},
    ranges::Ranges,
};
use crate::when;

/// The place of a listing in the arrays. It is used again once it is free.
pub(super) type Slot = u32;

/// What is compared with filters, close together: a search may look at those
/// of every row.
pub(super) struct Facts {
    pub(super) price: i64,
    /// Milliseconds, or [`UNDATED`].
    pub(super) start: i64,
    /// Local date of the start in days; of no meaning without one.
    pub(super) day: i32,
    pub(super) version: u32,
}

impl Facts {
    pub(super) fn date(&self) -> Option<Date> {
        (self.start != UNDATED).then_some(Date::from_days(self.day))
    }
}

/// What rows are ordered by.
struct Keys {
    id: Id,
    /// The first bytes of the title's sort key, in the same order: most titles
    /// differ in them.
    head: i64,
    title: Arc<str>,
}

/// What a card shows besides.
struct Card {
    content_version: u32,
    /// Where the title ends in `text`.
    title: u32,
    /// Title and venue.
    text: Box<str>,
    owner: [u8; 16],
    zone: Option<Arc<str>>,
    words: Box<[u32]>,
}

/// Every listing.
#[derive(Default)]
pub(super) struct Rows {
    facts: Vec<Facts>,
    keys: Vec<Keys>,
    cards: Vec<Card>,
    free: Vec<Slot>,
    zones: HashSet<Arc<str>>,
    pub(super) by_age: BTreeMap<Id, Slot>,
    pub(super) by_price: BTreeMap<(i64, Id), Slot>,
    pub(super) by_start: BTreeMap<(i64, Id), Slot>,
    pub(super) by_title: BTreeMap<(Arc<str>, Id), Slot>,
    pub(super) prices: Ranges,
    /// Local dates of those that have a start.
    pub(super) days: Ranges,
}

impl Rows {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.by_age.len()
    }

    /// Where the listing of this ticket is.
    pub(super) fn slot(&self, id: Id) -> Option<Slot> {
        self.by_age.get(&id).copied()
    }

    pub(super) fn facts(&self, slot: Slot) -> &Facts {
        &self.facts[slot as usize]
    }

    pub(super) fn id(&self, slot: Slot) -> Id {
        self.keys[slot as usize].id
    }

    /// Which version of what the owner wrote it shows.
    pub(super) fn content_version(&self, slot: Slot) -> u32 {
        self.cards[slot as usize].content_version
    }

    /// The ids of its words.
    pub(super) fn words(&self, slot: Slot) -> &[u32] {
        &self.cards[slot as usize].words
    }

    pub(super) fn set_version(&mut self, slot: Slot, version: u32) {
        self.facts[slot as usize].version = version;
    }

    /// The first thing that an order compares.
    pub(super) fn lead(&self, sort: Sort, slot: Slot) -> i64 {
        match sort {
            Sort::Newest | Sort::Oldest => self.id(slot).head(),
            Sort::Cheapest | Sort::Dearest => self.facts(slot).price,
            Sort::Soonest => self.facts(slot).start,
            // Without a start last, here too.
            Sort::Latest => match self.facts(slot).start {
                UNDATED => i64::MIN,
                start => start,
            },
            Sort::TitleUp | Sort::TitleDown => self.keys[slot as usize].head,
        }
    }

    pub(super) fn position(&self, sort: Sort, slot: Slot) -> Position<'_> {
        let keys = &self.keys[slot as usize];
        Position {
            lead: self.lead(sort, slot),
            title: match sort {
                Sort::TitleUp | Sort::TitleDown => &keys.title,
                _ => "",
            },
            id: keys.id,
        }
    }

    /// The slot that the next row gets.
    pub(super) fn next(&self) -> Slot {
        let new = self.facts.len() as Slot;
        self.free.last().copied().unwrap_or(new)
    }

    /// Adds a ticket with these words at [`Rows::next`].
    pub(super) fn insert(&mut self, ticket: &Ticket, words: Box<[u32]>) {
        let content = &ticket.content;
        let id = Id::from(&ticket.id);
        let zone = content.zone.as_deref().map(|zone| self.zone(zone));
        let start = content.starts_at.map_or(UNDATED, Timestamp::millis);
        let title: Arc<str> = words::sort_key(&content.title).into();
        let facts = Facts {
            price: content.price.minor(),
            start,
            day: when::date(content).map_or(0, Date::days),
            version: ticket.version,
        };
        let keys = Keys {
            id,
            head: head(&title),
            title: Arc::clone(&title),
        };
        let card = Card {
            content_version: ticket.content_version,
            title: content.title.len() as u32,
            text: [&*content.title, &*content.venue].concat().into(),
            owner: ticket.owner.bits().to_be_bytes(),
            zone,
            words,
        };
        let slot = self.next();
        self.by_age.insert(id, slot);
        self.by_price.insert((facts.price, id), slot);
        self.by_start.insert((facts.start, id), slot);
        self.by_title.insert((title, id), slot);
        self.prices.insert(priced(facts.price), slot);
        if start != UNDATED {
            self.days.insert(dated(facts.day), slot);
        }
        if self.free.pop().is_some() {
            let at = slot as usize;
            (self.facts[at], self.keys[at], self.cards[at]) = (facts, keys, card);
        } else {
            self.facts.push(facts);
            self.keys.push(keys);
            self.cards.push(card);
        }
    }

    /// A zone is kept once: there are few.
    fn zone(&mut self, name: &str) -> Arc<str> {
        if let Some(zone) = self.zones.get(name) {
            return Arc::clone(zone);
        }
        let zone: Arc<str> = name.into();
        self.zones.insert(Arc::clone(&zone));
        zone
    }

    /// Takes a row away.
    pub(super) fn remove(&mut self, slot: Slot) {
        let (facts, keys) = (&self.facts[slot as usize], &self.keys[slot as usize]);
        self.by_age.remove(&keys.id);
        self.by_price.remove(&(facts.price, keys.id));
        self.by_start.remove(&(facts.start, keys.id));
        self.by_title.remove(&(Arc::clone(&keys.title), keys.id));
        self.prices.remove(priced(facts.price), slot);
        if facts.start != UNDATED {
            self.days.remove(dated(facts.day), slot);
        }
        let card = &mut self.cards[slot as usize];
        (card.text, card.words) = (Box::default(), Box::default());
        self.free.push(slot);
    }

    /// What its card shows.
    pub(super) fn listing(&self, slot: Slot) -> Listing {
        let (facts, card) = (self.facts(slot), &self.cards[slot as usize]);
        let (title, venue) = card.text.split_at(card.title as usize);
        Listing {
            ticket: self.id(slot).ticket(),
            owner: UserId::of_bits(u128::from_be_bytes(card.owner)),
            title: title.to_owned(),
            venue: venue.to_owned(),
            starts_at: (facts.start != UNDATED).then(|| Timestamp::from_millis(facts.start)),
            zone: card.zone.as_deref().map(str::to_owned),
            price: Amount::from_minor(facts.price),
        }
    }
}
