//! How a page is found.
//!
//! What has the words, the price and the date is an intersection of sets, which
//! takes microseconds for a million listings and says how many there are. Then
//! one of two ways, whichever takes fewer steps:
//!
//! * *scan*: each of them is looked at, and the first of them kept. `c` steps for
//!   `c` that are found.
//! * *walk*: the listings are tested in the order of the page, from its
//!   beginning, until it is full. `limit · n / c` steps for `c` of `n`, when they
//!   are spread evenly.
//!
//! So where listings are spread evenly no page takes more than `√(limit · n)`
//! steps: 5,000 of a million. Where they are not, such as when all that have a
//! word are the dearest, a walk gives up and there is a scan. That is the bad
//! case: much is found, and in the order it comes after much else. It costs some
//! nanoseconds for each that is found.

use std::{
    borrow::Cow,
    collections::{BTreeMap, btree_map},
    ops::Bound,
};

use domain::{
    Amount, Date, Timestamp,
    search::{Count, Search, Sort},
};
use roaring::RoaringBitmap;

use super::{
    State,
    cursor::{Cursor, compare, descends},
    rows::{Id, Rows, Slot, UNDATED, dated, priced},
};

/// So few are looked at rather than intersected with a price or a date.
const FEW: u64 = 1_024;
/// Most listings whose event has begun that are counted: they are about to end.
const BEGUN: usize = 4_096;
/// What a step of a walk costs, in steps of a scan.
const STEP: usize = 4;
/// How many times longer than expected a walk may be before it gives up.
const PATIENCE: usize = 16;

const DAY_MILLIS: i64 = 24 * 3_600 * 1_000;
/// No local date is further from the one in UTC.
const ZONES_MILLIS: i64 = 26 * 3_600 * 1_000;

/// One search, as of one moment.
pub(super) struct Finder<'a> {
    state: &'a State,
    search: &'a Search,
    after: Option<Cursor>,
    limit: usize,
    now: i64,
    /// The available listings that have the words, the price and the date.
    hits: Cow<'a, RoaringBitmap>,
    /// Whether it is all of these and not more.
    is_exact: bool,
}

/// What was found: one more than was asked for, if there are more.
pub(super) struct Picked {
    pub(super) slots: Vec<Slot>,
    pub(super) count: Count,
}

impl<'a> Finder<'a> {
    pub(super) fn new(
        state: &'a State,
        search: &'a Search,
        after: &str,
        limit: usize,
        now: Timestamp,
    ) -> Self {
        let (hits, is_exact) = hits(state, search);
        Self {
            state,
            search,
            after: Cursor::parse(search.sort, after),
            limit,
            now: now.millis(),
            hits,
            is_exact,
        }
    }

    /// Finds them.
    pub(super) fn find(&self) -> Picked {
        let size = self.hits.len() as usize;
        let expected = self.limit * self.rows().len() / size.max(1);
        let walked = (STEP * expected < size).then(|| {
            let longest = (PATIENCE * expected).min(size / STEP);
            self.walk(longest.max(self.limit))
        });
        match walked.flatten() {
            Some(slots) => Picked {
                slots,
                count: self.count(),
            },
            None => self.scan(),
        }
    }

    const fn rows(&self) -> &'a Rows {
        &self.state.rows
    }

    /// Whether a listing is available, has the words, is what the filters leave
    /// and has not begun.
    fn fits(&self, slot: Slot) -> bool {
        self.hits.contains(slot) && self.passes(slot)
    }

    fn passes(&self, slot: Slot) -> bool {
        let facts = self.rows().facts(slot);
        facts.start > self.now
            && self.search.has_price(Amount::from_minor(facts.price))
            && self.search.has_date(facts.date())
    }

    /// Whether it is on this page or on a later one.
    fn follows(&self, slot: Slot) -> bool {
        let sort = self.search.sort;
        self.after.as_ref().is_none_or(|after| {
            compare(sort, self.rows().position(sort, slot), after.position()).is_gt()
        })
    }

    fn scan(&self) -> Picked {
        let mut best = Best::new(self);
        for slot in self.hits.iter().filter(|slot| self.passes(*slot)) {
            best.offer(slot);
        }
        best.picked()
    }

    /// How many fit: all but the few whose event has begun.
    fn count(&self) -> Count {
        let begun = self.rows().by_start.range(..=(self.now, Id::GREATEST));
        let begun: Vec<Slot> = begun.take(BEGUN).map(|(_, slot)| *slot).collect();
        if self.is_exact && begun.len() < BEGUN {
            let begun = begun.into_iter().filter(|slot| self.hits.contains(*slot));
            return Count::of(self.hits.len() as usize - begun.count());
        }
        let fitting = self.hits.iter().filter(|slot| self.passes(*slot));
        Count::of(fitting.take(Count::MOST + 1).count())
    }

    /// The page, unless more than `longest` listings are before its end.
    fn walk(&self, longest: usize) -> Option<Vec<Slot>> {
        let mut found = Vec::with_capacity(self.limit + 1);
        for (steps, slot) in self.in_order().enumerate() {
            if steps == longest {
                return None;
            }
            if self.fits(slot) {
                found.push(slot);
                if found.len() > self.limit {
                    break;
                }
            }
        }
        Some(found)
    }

    /// All that may be on the page, in its order.
    fn in_order(&self) -> Box<dyn Iterator<Item = Slot> + '_> {
        let rows = self.rows();
        let sort = self.search.sort;
        let after = self.after.as_ref();
        let back = descends(sort);
        let number = after.map(|after| (after.lead, after.id));
        match sort {
            Sort::Newest | Sort::Oldest => {
                let all = (Id::LEAST, Id::GREATEST);
                directed(
                    span(&rows.by_age, all, after.map(|after| after.id), back),
                    back,
                )
            }
            Sort::Cheapest | Sort::Dearest => {
                directed(span(&rows.by_price, self.prices(), number, back), back)
            }
            Sort::Soonest | Sort::Latest => {
                let undated = ((UNDATED, Id::LEAST), (UNDATED, Id::GREATEST));
                // The cursor cuts the part that it is in.
                let is_undated =
                    after.is_some_and(|after| matches!(after.lead, UNDATED | i64::MIN));
                let undated_after = after
                    .filter(|_| is_undated)
                    .map(|after| (UNDATED, after.id));
                let dated_after = number.filter(|_| !is_undated);
                let dated = span(&rows.by_start, self.starts(), dated_after, back);
                let dated = directed(dated, back).filter(move |_| !is_undated);
                let undated = span(&rows.by_start, undated, undated_after, back);
                Box::new(dated.chain(directed(undated, back)))
            }
            Sort::TitleUp | Sort::TitleDown => {
                let after = after.map(|after| (after.title.as_str().into(), after.id));
                let map = &rows.by_title;
                let range = match (after, back) {
                    (None, _) => map.range(..),
                    (Some(after), true) => map.range(..after),
                    (Some(after), false) => map.range((Bound::Excluded(after), Bound::Unbounded)),
                };
                directed(range, back)
            }
        }
    }

    /// The least and the greatest that a price filter leaves.
    fn prices(&self) -> ((i64, Id), (i64, Id)) {
        let Search {
            price_from,
            price_to,
            ..
        } = self.search;
        (
            (price_from.map_or(i64::MIN, |from| from.minor()), Id::LEAST),
            (price_to.map_or(i64::MAX, |to| to.minor()), Id::GREATEST),
        )
    }

    /// The first and the last start that a date filter leaves, and some around
    /// them: zones differ.
    fn starts(&self) -> ((i64, Id), (i64, Id)) {
        let midnight = |day: i32| i64::from(day) * DAY_MILLIS;
        let first = self.search.from.map_or(i64::MIN, |from| {
            midnight(from.days()).saturating_sub(ZONES_MILLIS)
        });
        let last = self.search.to.map_or(UNDATED - 1, |to| {
            midnight(to.days()).saturating_add(DAY_MILLIS + ZONES_MILLIS)
        });
        let first = first.max(self.now.saturating_add(1));
        ((first, Id::LEAST), (last, Id::GREATEST))
    }
}

/// The available listings that have what is asked for, and whether no others
/// are among them.
fn hits<'a>(state: &'a State, search: &Search) -> (Cow<'a, RoaringBitmap>, bool) {
    let words = search.words.iter().map(|word| state.words.having(word));
    let found = intersection(&Cow::Borrowed(&state.available), words.collect());
    if !search.is_priced() && !search.is_dated() {
        return (found, true);
    }
    if found.len() <= FEW {
        return (found, false);
    }
    let mut ranges = Vec::new();
    let mut is_exact = true;
    if search.is_priced() {
        let bound = |price: Option<Amount>| price.map(|price| priced(price.minor()));
        let (from, to) = (bound(search.price_from), bound(search.price_to));
        // Of the greatest prices the ranges do not know which is which.
        is_exact = from.max(to) != Some(u32::MAX);
        let prices = &state.rows.prices;
        ranges.push(prices.within(from.unwrap_or(0), to.unwrap_or(u32::MAX)));
    }
    if search.is_dated() {
        let bound = |date: Option<Date>| date.map(|date| dated(date.days()));
        let (from, to) = (bound(search.from), bound(search.to));
        let days = &state.rows.days;
        ranges.push(days.within(from.unwrap_or(0), to.unwrap_or(u32::MAX)));
    }
    (intersection(&found, ranges), is_exact)
}

fn intersection<'a>(
    all: &Cow<'a, RoaringBitmap>,
    mut sets: Vec<Cow<'_, RoaringBitmap>>,
) -> Cow<'a, RoaringBitmap> {
    sets.sort_unstable_by_key(|set| set.len());
    sets.iter()
        .fold(all.clone(), |found, set| Cow::Owned(&*found & &**set))
}

/// From `least` to `greatest`, from after `after` in the direction of the page.
fn span<K: Ord + Copy>(
    map: &BTreeMap<K, Slot>,
    (least, greatest): (K, K),
    after: Option<K>,
    back: bool,
) -> btree_map::Range<'_, K, Slot> {
    let (mut low, mut high) = (Bound::Included(least), Bound::Included(greatest));
    let mut is_empty = least > greatest;
    match after {
        Some(after) if back && after <= greatest => {
            high = Bound::Excluded(after);
            is_empty |= after <= least;
        }
        Some(after) if !back && after >= least => {
            low = Bound::Excluded(after);
            is_empty |= after >= greatest;
        }
        _ => {}
    }
    if is_empty {
        // Such a range would be a panic.
        return btree_map::Range::default();
    }
    map.range((low, high))
}

fn directed<'a, K>(
    range: btree_map::Range<'a, K, Slot>,
    back: bool,
) -> Box<dyn Iterator<Item = Slot> + 'a> {
    if back {
        Box::new(range.rev().map(|(_, slot)| *slot))
    } else {
        Box::new(range.map(|(_, slot)| *slot))
    }
}

/// The first of many, in any order, and how many there were.
struct Best<'a> {
    finder: &'a Finder<'a>,
    slots: Vec<Slot>,
    /// The last of them, once there are enough.
    last: Option<Slot>,
    counted: usize,
}

impl<'a> Best<'a> {
    fn new(finder: &'a Finder<'a>) -> Self {
        Self {
            finder,
            slots: Vec::new(),
            last: None,
            counted: 0,
        }
    }

    fn offer(&mut self, slot: Slot) {
        self.counted += 1;
        if self.last.is_some_and(|last| self.is_beyond(slot, last)) || !self.finder.follows(slot) {
            return;
        }
        self.slots.push(slot);
        if self.slots.len() == 8 * (self.finder.limit + 1) {
            self.cut();
        }
    }

    fn is_beyond(&self, slot: Slot, last: Slot) -> bool {
        let (sort, rows) = (self.finder.search.sort, self.finder.rows());
        // Most are by what is compared first, which is next to what was tested.
        let (a, b) = (rows.lead(sort, slot), rows.lead(sort, last));
        let order = if descends(sort) { b.cmp(&a) } else { a.cmp(&b) };
        order
            .then_with(|| compare(sort, rows.position(sort, slot), rows.position(sort, last)))
            .is_gt()
    }

    /// Leaves one more than a page has.
    fn cut(&mut self) {
        let (sort, rows) = (self.finder.search.sort, self.finder.rows());
        let position = |slot: Slot| rows.position(sort, slot);
        self.slots
            .sort_unstable_by(|a, b| compare(sort, position(*a), position(*b)));
        let most = self.finder.limit + 1;
        if let Some(last) = self.slots.get(most - 1) {
            self.last = Some(*last);
            self.slots.truncate(most);
        }
    }

    fn picked(mut self) -> Picked {
        self.cut();
        Picked {
            slots: self.slots,
            count: Count::of(self.counted),
        }
    }
}
