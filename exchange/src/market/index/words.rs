//! Which listings have a word that begins with given letters.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use domain::words;
use roaring::RoaringBitmap;

use super::rows::Slot;

/// Starts of words up to so many characters have an entry of their own: they
/// are those that many words begin with.
const SHORT: usize = 3;

/// Every word of the listings, and who has it.
#[derive(Default)]
pub(super) struct Words {
    /// The words in order: those with the same start are next to each other.
    ids: BTreeMap<Word, u32>,
    /// By id.
    entries: Vec<Entry>,
    free: Vec<u32>,
    /// Who has a word with this short start.
    starts: HashMap<Box<str>, RoaringBitmap>,
}

struct Entry {
    word: Word,
    slots: Slots,
}

/// A word, in the order of its bytes. Most need no more than the head, so that
/// they are compared without another look into memory.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Word {
    head: [u8; 8],
    tail: Box<[u8]>,
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        let bytes = text.as_bytes();
        let (first, tail) = bytes.split_at(bytes.len().min(8));
        let mut head = [0; 8];
        head[..first.len()].copy_from_slice(first);
        Self {
            head,
            tail: tail.into(),
        }
    }
}

impl Word {
    /// The text; no word has a zero in it.
    fn bytes(&self) -> impl Iterator<Item = u8> {
        let head = self.head.iter().take_while(|byte| **byte != 0);
        head.chain(&self.tail).copied()
    }

    fn text(&self) -> String {
        String::from_utf8(self.bytes().collect()).unwrap_or_default()
    }
}

/// Most words are of one listing only: the number of a seat, a name.
enum Slots {
    One(Slot),
    Many(RoaringBitmap),
}

impl Words {
    /// Adds the words of `texts`, which a new row has, and returns their ids.
    pub(super) fn insert<'a>(
        &mut self,
        slot: Slot,
        texts: impl Iterator<Item = &'a str>,
    ) -> Box<[u32]> {
        let words: BTreeSet<String> = texts.flat_map(words::words).collect();
        for start in short_starts(words.iter().map(String::as_str)) {
            match self.starts.get_mut(start) {
                Some(slots) => {
                    slots.insert(slot);
                }
                None => {
                    self.starts.insert(start.into(), [slot].into());
                }
            }
        }
        words.iter().map(|word| self.add(word, slot)).collect()
    }

    fn add(&mut self, word: &str, slot: Slot) -> u32 {
        let word = Word::from(word);
        if let Some(id) = self.ids.get(&word) {
            let slots = &mut self.entries[*id as usize].slots;
            match slots {
                Slots::One(first) => *slots = Slots::Many([*first, slot].into_iter().collect()),
                Slots::Many(slots) => {
                    slots.insert(slot);
                }
            }
            return *id;
        }
        let entry = Entry {
            word: word.clone(),
            slots: Slots::One(slot),
        };
        let id = match self.free.pop() {
            Some(id) => {
                self.entries[id as usize] = entry;
                id
            }
            None => {
                self.entries.push(entry);
                (self.entries.len() - 1) as u32
            }
        };
        self.ids.insert(word, id);
        id
    }

    /// Takes the words away that the row got when it was inserted.
    pub(super) fn remove(&mut self, slot: Slot, ids: &[u32]) {
        let words: Vec<String> = ids
            .iter()
            .map(|id| self.entries[*id as usize].word.text())
            .collect();
        for start in short_starts(words.iter().map(String::as_str)) {
            if let Some(slots) = self.starts.get_mut(start) {
                slots.remove(slot);
                if slots.is_empty() {
                    self.starts.remove(start);
                }
            }
        }
        for id in ids {
            let entry = &mut self.entries[*id as usize];
            let is_gone = match &mut entry.slots {
                Slots::One(_) => true,
                Slots::Many(slots) => {
                    slots.remove(slot);
                    slots.is_empty()
                }
            };
            if is_gone {
                self.ids.remove(&entry.word);
                self.free.push(*id);
            }
        }
    }

    /// The rows with a word that begins with `start`.
    pub(super) fn having(&self, start: &str) -> Cow<'_, RoaringBitmap> {
        if start.chars().nth(SHORT).is_none() {
            return self
                .starts
                .get(start)
                .map_or_else(Cow::default, Cow::Borrowed);
        }
        let mut found: Cow<'_, RoaringBitmap> = Cow::default();
        for (word, id) in self.ids.range(Word::from(start)..) {
            if !word.bytes().take(start.len()).eq(start.bytes()) {
                break;
            }
            match &self.entries[*id as usize].slots {
                Slots::One(slot) => {
                    found.to_mut().insert(*slot);
                }
                Slots::Many(slots) if found.is_empty() => found = Cow::Borrowed(slots),
                Slots::Many(slots) => *found.to_mut() |= slots,
            }
        }
        found
    }

    /// How many words there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        assert_eq!(self.ids.len() + self.free.len(), self.entries.len());
        self.ids.len() + self.starts.len()
    }
}

/// Every start of one to [`SHORT`] characters.
fn short_starts<'a>(words: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    let starts = |word: &'a str| {
        let ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
        ends.take(SHORT).map(move |end| &word[..end])
    };
    words.flat_map(starts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(words: &Words, start: &str) -> Vec<Slot> {
        words.having(start).iter().collect()
    }

    #[test]
    fn a_start_of_any_length_finds_every_word_that_has_it() {
        let mut words = Words::default();
        words.insert(7, ["Balcony, ball", "éclair"].into_iter());
        words.insert(3, ["BALLAD balloon"].into_iter());
        words.insert(5, ["日本語劇場"].into_iter());
        for (start, slots) in [
            ("b", &[3, 7][..]),
            ("bal", &[3, 7]),
            ("ball", &[3, 7]),
            ("balc", &[7]),
            ("ballo", &[3]),
            ("balloons", &[]),
            ("alcony", &[]),
            ("ecl", &[7]),
            ("日", &[5]),
            ("日本語", &[5]),
            ("日本語劇", &[5]),
            ("日本語場", &[]),
        ] {
            assert_eq!(found(&words, start), slots, "{start}");
        }
    }

    #[test]
    fn what_is_removed_leaves_nothing_and_its_ids_are_used_again() {
        let mut words = Words::default();
        words.insert(1, ["first balcony"].into_iter());
        let before = words.len();
        let ids = words.insert(2, ["first gallery galleries"].into_iter());
        words.remove(2, &ids);
        assert_eq!(words.len(), before);
        assert_eq!(found(&words, "firs"), [1]);
        assert_eq!(found(&words, "gal"), Vec::<Slot>::new());
        words.insert(2, ["third row"].into_iter());
        assert_eq!(found(&words, "thir"), [2]);
        assert_eq!(words.entries.len(), 4, "an id is free and not used");
    }
}
