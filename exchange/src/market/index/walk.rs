//! The listings in the order of a page, from where it begins.

use std::{
    collections::{BTreeMap, btree_map},
    ops::Bound,
};

use domain::search::{Search, Sort};

use super::{
    cursor::descends,
    find::Finder,
    keys::{Id, UNDATED},
    rows::Slot,
};

const DAY_MILLIS: i64 = 24 * 3_600 * 1_000;
/// No local date is further from the one in UTC.
const ZONES_MILLIS: i64 = 26 * 3_600 * 1_000;

impl Finder<'_> {
    /// All that may be on the page, in its order.
    pub(super) fn in_order(&self) -> Box<dyn Iterator<Item = Slot> + '_> {
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
            Sort::Cheapest | Sort::Dearest => directed(self.by_price(), back),
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

    /// Those that a price filter leaves and that come after the page before, where
    /// the order is that of prices; from the cheapest.
    pub(super) fn by_price(&self) -> btree_map::Range<'_, (i64, Id), Slot> {
        let after = self.after.as_ref().map(|after| (after.lead, after.id));
        let back = descends(self.search.sort);
        span(&self.rows().by_price, self.prices(), after, back)
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
