//! How a page is found.
//!
//! What has the words, the price and the date is an intersection of sets, which
//! takes microseconds for a million listings and says how many there are. Then
//! one of three ways, whichever takes fewer steps:
//!
//! * *scan*: each of them is looked at, and the first of them kept. `c` steps for
//!   `c` that are found.
//! * *walk*: the listings are tested in the order of the page, from its
//!   beginning, until it is full. `limit · n / c` steps for `c` of `n`, when they
//!   are spread evenly.
//! * *nearest*, where the order is that of prices: a scan of those whose prices
//!   are nearest to where the page begins, again an intersection of sets.
//!
//! So where listings are spread evenly no page takes more than `√(limit · n)`
//! steps: 5,000 of a million. Where they are not, such as when all that have a
//! word began to be sold last, a walk gives up and there is a scan. That is the bad
//! case: much is found, and in the order it comes after much else. It costs some
//! nanoseconds for each that is found, some hundred where memory is slow.

use std::borrow::Cow;

use domain::{
    Amount, Date, Timestamp,
    search::{Count, Search, Sort},
};
use roaring::RoaringBitmap;

use super::{
    State,
    best::Best,
    cursor::{Cursor, compare, descends},
    keys::{Id, dated, priced},
    rows::{Rows, Slot},
};

/// So few are looked at rather than intersected with a price or a date; tests
/// have small markets.
const FEW: u64 = if cfg!(test) { 8 } else { 1_024 };
/// Most listings whose event has begun that are counted: they are about to end.
const BEGUN: usize = 4_096;
/// A part of the market that is small enough to be looked for in each set of a range.
const PART: u64 = if cfg!(test) { 2 } else { 16 };
/// What a step of a walk costs, in steps of a scan.
const STEP: usize = 4;
/// How many times longer than a page a walk by price may be expected to be.
const SHORT: usize = 16;
/// How many times longer than expected a walk may be before it gives up.
const PATIENCE: usize = 16;

/// One search, as of one moment.
pub(super) struct Finder<'a> {
    state: &'a State,
    pub(super) search: &'a Search,
    pub(super) after: Option<Cursor>,
    pub(super) limit: usize,
    /// Milliseconds.
    pub(super) now: i64,
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
        let is_short = expected < SHORT * self.limit || !self.is_by_price();
        let walked = (STEP * expected < size && is_short).then(|| {
            let longest = (PATIENCE * expected).min(size / STEP);
            self.walk(longest.max(self.limit))
        });
        match walked.flatten().or_else(|| self.nearest()) {
            Some(slots) => Picked {
                slots,
                count: self.count(),
            },
            None => self.scan(&self.hits),
        }
    }

    const fn is_by_price(&self) -> bool {
        matches!(self.search.sort, Sort::Cheapest | Sort::Dearest)
    }

    pub(super) const fn rows(&self) -> &'a Rows {
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
    pub(super) fn follows(&self, slot: Slot) -> bool {
        let sort = self.search.sort;
        self.after.as_ref().is_none_or(|after| {
            compare(sort, self.rows().position(sort, slot), after.position()).is_gt()
        })
    }

    fn scan(&self, hits: &RoaringBitmap) -> Picked {
        let mut best = Best::new(self);
        for slot in hits.iter().filter(|slot| self.passes(*slot)) {
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

    /// The page, if it is by price and few are as near as they have to be.
    fn nearest(&self) -> Option<Vec<Slot>> {
        if !self.is_by_price() || self.hits.len() <= FEW {
            return None;
        }
        let mut left = self.by_price().map(|((price, _), _)| priced(*price));
        let Some(first) = left.next() else {
            return Some(Vec::new());
        };
        let last = left.next_back().unwrap_or(first);
        let share = self.limit as u64 * u64::from(last - first) / self.hits.len();
        let mut width = u32::try_from(share).unwrap_or(u32::MAX);
        loop {
            let (from, to) = if descends(self.search.sort) {
                (first.max(last.saturating_sub(width)), last)
            } else {
                (first, last.min(first.saturating_add(width)))
            };
            let near = &*self.hits & &*self.rows().prices.within(from, to);
            if near.len() > self.hits.len() / STEP as u64 {
                return None;
            }
            let page = self.scan(&near).slots;
            if page.len() > self.limit || (from, to) == (first, last) {
                return Some(page);
            }
            width = width.saturating_mul(4).saturating_add(1);
        }
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
}

/// The available listings that have what is asked for, and whether no others
/// are among them.
fn hits<'a>(state: &'a State, search: &Search) -> (Cow<'a, RoaringBitmap>, bool) {
    let shown = if search.words.is_empty() && !state.lowered.is_empty() {
        Cow::Owned(&state.available - &state.lowered)
    } else {
        Cow::Borrowed(&state.available)
    };
    let words = search.words.iter().map(|word| state.words.having(word));
    let found = intersection(&shown, words.collect());
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
        ranges.push((&state.rows.prices, from, to));
    }
    if search.is_dated() {
        let bound = |date: Option<Date>| date.map(|date| dated(date.days()));
        ranges.push((&state.rows.days, bound(search.from), bound(search.to)));
    }
    let found = ranges.into_iter().fold(found, |found, (ranges, from, to)| {
        let (from, to) = (from.unwrap_or(0), to.unwrap_or(u32::MAX));
        // Words leave few of the market, and a range has much of it.
        Cow::Owned(if found.len() < state.available.len() / PART {
            ranges.within_of(&found, from, to)
        } else {
            &*found & &*ranges.within(from, to)
        })
    });
    (found, is_exact)
}

fn intersection<'a>(
    all: &Cow<'a, RoaringBitmap>,
    mut sets: Vec<Cow<'_, RoaringBitmap>>,
) -> Cow<'a, RoaringBitmap> {
    sets.sort_unstable_by_key(|set| set.len());
    sets.iter()
        .fold(all.clone(), |found, set| Cow::Owned(&*found & &**set))
}
