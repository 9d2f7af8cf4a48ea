//! How a page is found.
//!
//! Words are intersected as bitmaps, which takes microseconds for a million
//! listings. Then one of two ways, whichever takes fewer steps:
//!
//! * *scan*: everything that has the words, or that a price or date filter
//!   leaves, is tested, and the best of it kept. `c` steps for `c` candidates.
//! * *walk*: the listings are tested in the order of the page, from its
//!   beginning, until it is full. `limit · n / c` steps for `c` of `n` that fit,
//!   when they are spread evenly.
//!
//! So no search takes more than `√(limit · n)` steps where listings are spread
//! evenly: 5,000 of a million. Where they are not, such as when all that have a
//! word are the dearest, a walk gives up after [`WALK`] steps and everything is
//! scanned. The bad case is a search of which each filter leaves much and all
//! together little: it tests all that has the words, some nanoseconds each.

use std::{
    borrow::Cow,
    collections::{BTreeMap, btree_map},
    ops::Bound,
};

use domain::{
    Timestamp,
    search::{Count, Search, Sort},
};
use roaring::RoaringBitmap;

use super::{
    State,
    cursor::{Cursor, compare, descends},
    rows::{Id, Rows, Slot, UNDATED},
};

/// Most listings of a price or date filter that are tested before another way
/// is taken.
const LOOK: usize = 2_048;
/// Most listings that are walked past for one page.
const WALK: usize = 16_384;

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
    /// Which available listings have the words.
    hits: Cow<'a, RoaringBitmap>,
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
        Self {
            state,
            search,
            after: Cursor::parse(search.sort, after),
            limit,
            now: now.millis(),
            hits: hits(state, &search.words),
        }
    }

    /// Finds them.
    pub(super) fn find(&self) -> Picked {
        let size = self.hits.len() as usize;
        if size <= LOOK || size.saturating_mul(size) <= self.limit * self.rows().len() {
            return self.scan(self.hits.iter());
        }
        let mut many = false;
        for filter in [self.priced(), self.dated()].into_iter().flatten() {
            let mut found = Vec::new();
            let mut steps = filter.take(LOOK + 1);
            let tested = steps.by_ref().take(LOOK);
            found.extend(tested.filter(|slot| self.fits(*slot)));
            if steps.next().is_none() {
                return self.pick(found);
            }
            many |= found.len() > Count::MOST;
        }
        match self.walk() {
            Some(slots) => Picked {
                slots,
                count: if many { Count::More } else { self.count() },
            },
            None => self.scan(self.hits.iter()),
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
            && self
                .search
                .has_price(domain::Amount::from_minor(facts.price))
            && self.search.has_date(facts.date())
    }

    /// Whether it is on this page or on a later one.
    fn follows(&self, slot: Slot) -> bool {
        let sort = self.search.sort;
        self.after.as_ref().is_none_or(|after| {
            compare(sort, self.rows().position(sort, slot), after.position()).is_gt()
        })
    }

    fn scan(&self, candidates: impl Iterator<Item = Slot>) -> Picked {
        let mut best = Best::new(self);
        for slot in candidates.filter(|slot| self.passes(*slot)) {
            best.offer(slot);
        }
        best.picked()
    }

    /// The page out of all that fit.
    fn pick(&self, fitting: Vec<Slot>) -> Picked {
        let mut best = Best::new(self);
        fitting.into_iter().for_each(|slot| best.offer(slot));
        best.picked()
    }

    /// How many fit. Those that have begun are few, and without filters nothing
    /// else is left out.
    fn count(&self) -> Count {
        if !self.search.is_priced() && !self.search.is_dated() {
            let begun = self.rows().by_start.range(..=(self.now, Id::GREATEST));
            let begun = begun.take(LOOK).count();
            if begun < LOOK && self.hits.len() as usize > Count::MOST + begun {
                return Count::More;
            }
        }
        let fitting = self.hits.iter().filter(|slot| self.passes(*slot));
        Count::of(fitting.take(Count::MOST + 1).count())
    }

    /// The page, unless there is too much between.
    fn walk(&self) -> Option<Vec<Slot>> {
        let mut found = Vec::with_capacity(self.limit + 1);
        for (steps, slot) in self.in_order().enumerate() {
            if steps == WALK {
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
                let is_undated = after.is_some_and(|after| after.lead == UNDATED);
                let (dated_after, undated_after) = if is_undated {
                    (None, number)
                } else {
                    (number, None)
                };
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

    /// What a price filter leaves, if there is one.
    fn priced(&self) -> Option<Box<dyn Iterator<Item = Slot> + '_>> {
        let rows = self.rows();
        self.search
            .is_priced()
            .then(|| directed(span(&rows.by_price, self.prices(), None, false), false))
    }

    /// What a date filter leaves, if there is one.
    fn dated(&self) -> Option<Box<dyn Iterator<Item = Slot> + '_>> {
        let rows = self.rows();
        self.search
            .is_dated()
            .then(|| directed(span(&rows.by_start, self.starts(), None, false), false))
    }
}

/// The available listings that have every word.
fn hits<'a>(state: &'a State, words: &[String]) -> Cow<'a, RoaringBitmap> {
    let mut having: Vec<_> = words.iter().map(|word| state.words.having(word)).collect();
    having.sort_unstable_by_key(|slots| slots.len());
    having
        .iter()
        .fold(Cow::Borrowed(&state.available), |hits, having| {
            Cow::Owned(&*hits & &**having)
        })
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
    /// Nothing from here on can be among them.
    end: Option<Slot>,
    counted: usize,
}

impl<'a> Best<'a> {
    fn new(finder: &'a Finder<'a>) -> Self {
        Self {
            finder,
            slots: Vec::new(),
            end: None,
            counted: 0,
        }
    }

    fn most(&self) -> usize {
        self.finder.limit + 1
    }

    fn order(&self, a: Slot, b: Slot) -> std::cmp::Ordering {
        let (sort, rows) = (self.finder.search.sort, self.finder.rows());
        compare(sort, rows.position(sort, a), rows.position(sort, b))
    }

    fn offer(&mut self, slot: Slot) {
        self.counted += 1;
        if !self.finder.follows(slot) || self.end.is_some_and(|end| self.order(slot, end).is_ge()) {
            return;
        }
        self.slots.push(slot);
        if self.slots.len() == 8 * self.most() {
            self.cut();
        }
    }

    fn cut(&mut self) {
        let mut slots = std::mem::take(&mut self.slots);
        slots.sort_unstable_by(|a, b| self.order(*a, *b));
        slots.truncate(self.most());
        self.end = slots.last().copied().filter(|_| slots.len() == self.most());
        self.slots = slots;
    }

    fn picked(mut self) -> Picked {
        self.cut();
        Picked {
            slots: self.slots,
            count: Count::of(self.counted),
        }
    }
}
