//! The first of many, which come in any order.

use domain::search::Count;

use super::{
    cursor::{compare, descends},
    find::{Finder, Picked},
    rows::Slot,
};

/// Keeps the first of many.
pub(super) struct Best<'a> {
    finder: &'a Finder<'a>,
    slots: Vec<Slot>,
    /// The last of them, once there are enough.
    last: Option<Slot>,
    counted: usize,
}

impl<'a> Best<'a> {
    pub(super) fn new(finder: &'a Finder<'a>) -> Self {
        Self {
            finder,
            slots: Vec::new(),
            last: None,
            counted: 0,
        }
    }

    /// Takes one that fits.
    pub(super) fn offer(&mut self, slot: Slot) {
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

    /// The page, and how many were offered.
    pub(super) fn picked(mut self) -> Picked {
        self.cut();
        Picked {
            slots: self.slots,
            count: Count::of(self.counted),
        }
    }
}
