//! Which listings have a number in a range.
//!
//! For each number, for each sixteen numbers, for each 256 and so on there is
//! the set of who has them. A range is a few of these sets, whatever its size.

use std::{borrow::Cow, collections::BTreeMap};

use roaring::{MultiOps, RoaringBitmap};

use super::rows::Slot;

/// Bits of a number that a level has more than the next one.
const BITS: u32 = 4;
const LEVELS: usize = 6;

/// Who has which number.
#[derive(Default)]
pub(super) struct Ranges {
    levels: [BTreeMap<u32, RoaringBitmap>; LEVELS],
}

impl Ranges {
    pub(super) fn insert(&mut self, number: u32, slot: Slot) {
        let mut number = number;
        for level in &mut self.levels {
            level.entry(number).or_default().insert(slot);
            number >>= BITS;
        }
    }

    pub(super) fn remove(&mut self, number: u32, slot: Slot) {
        let mut number = number;
        for level in &mut self.levels {
            if let Some(slots) = level.get_mut(&number) {
                slots.remove(slot);
                if slots.is_empty() {
                    level.remove(&number);
                }
            }
            number >>= BITS;
        }
    }

    /// Who has a number from `first` to `last`.
    pub(super) fn within(&self, first: u32, last: u32) -> Cow<'_, RoaringBitmap> {
        let sets = self.sets(first, last);
        match *sets {
            [one] => Cow::Borrowed(one),
            _ => Cow::Owned(sets.union()),
        }
    }

    /// Who of `some` has a number from `first` to `last`. Takes as long as `some` is
    /// large, and not as many have such a number.
    pub(super) fn within_of(&self, some: &RoaringBitmap, first: u32, last: u32) -> RoaringBitmap {
        let sets = self.sets(first, last);
        sets.into_iter()
            .map(|set| some & set)
            .collect::<Vec<_>>()
            .union()
    }

    /// The sets that make up the range.
    fn sets(&self, first: u32, last: u32) -> Vec<&RoaringBitmap> {
        let mut sets: Vec<&RoaringBitmap> = Vec::new();
        // What is left of the range, in numbers of the level; without its end.
        let (mut low, mut high) = (u64::from(first), u64::from(last) + 1);
        for (at, level) in self.levels.iter().enumerate() {
            let mut take = |low: u64, high: u64| {
                // Neither is above what a u32 holds, but for the very end.
                let most = u64::from(u32::MAX);
                if low < high && low <= most {
                    let range = low as u32..=(high - 1).min(most) as u32;
                    sets.extend(level.range(range).map(|(_, slots)| slots));
                }
            };
            let inner = (low.next_multiple_of(1 << BITS), high >> BITS << BITS);
            if inner.0 >= inner.1 || at + 1 == LEVELS {
                take(low, high);
                break;
            }
            take(low, inner.0);
            take(inner.1, high);
            (low, high) = (inner.0 >> BITS, inner.1 >> BITS);
        }
        sets
    }
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn a_range_has_who_has_its_numbers_and_nobody_else() {
        let mut dice = StdRng::seed_from_u64(3);
        let mut ranges = Ranges::default();
        let number = |dice: &mut StdRng| match dice.random_range(0..4) {
            0 => dice.random_range(0..40),
            1 => dice.random_range(1_000..1_300),
            2 => u32::MAX - dice.random_range(0..20),
            _ => dice.random(),
        };
        let mut numbers: Vec<u32> = (0..400).map(|_| number(&mut dice)).collect();
        for (slot, number) in numbers.iter().enumerate() {
            ranges.insert(*number, slot as Slot);
        }
        for round in 0..2_000 {
            let (a, b) = (number(&mut dice), number(&mut dice));
            let expected = |first, last| -> Vec<Slot> {
                let within = numbers.iter().enumerate();
                let within = within.filter(|(_, number)| (first..=last).contains(*number));
                within.map(|(slot, _)| slot as Slot).collect()
            };
            for (first, last) in [(a, b), (a, a), (0, b), (a, u32::MAX), (0, u32::MAX)] {
                let found: Vec<Slot> = ranges.within(first, last).iter().collect();
                assert_eq!(found, expected(first, last), "{first} to {last}");
                let some: RoaringBitmap = (0..numbers.len() as Slot).step_by(3).collect();
                let found = ranges.within_of(&some, first, last);
                assert_eq!(found, some & &*ranges.within(first, last));
            }
            // Some move.
            let slot = round % numbers.len();
            ranges.remove(numbers[slot], slot as Slot);
            numbers[slot] = number(&mut dice);
            ranges.insert(numbers[slot], slot as Slot);
        }
        for (slot, number) in numbers.iter().enumerate() {
            ranges.remove(*number, slot as Slot);
        }
        assert!(ranges.levels.iter().all(BTreeMap::is_empty));
    }
}
