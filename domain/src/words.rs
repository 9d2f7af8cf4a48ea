//! Words for searching and sorting: lower case, without accents.

use std::collections::BTreeSet;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Splits `text` into words as they are compared: compatibility-decomposed,
/// without combining marks, in lower case.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    // Most texts need no tables.
    let folded: String = if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.nfkd()
            .filter(|c| !is_combining_mark(*c))
            .flat_map(char::to_lowercase)
            .collect()
    };
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .into_iter()
}

/// The words of a query, longest first. One that another one begins with is
/// left out: whatever has a word that begins with `rolling` has one that begins
/// with `roll`.
#[must_use]
pub fn query(text: &str) -> Vec<String> {
    let sorted: BTreeSet<String> = words(text).collect();
    let mut found: Vec<String> = Vec::with_capacity(sorted.len());
    // Backwards, what begins with a word comes right before it.
    for word in sorted.into_iter().rev() {
        if found.last().is_none_or(|last| !last.starts_with(&word)) {
            found.push(word);
        }
    }
    found.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    found
}

/// What a text is sorted by: its words and nothing between them, so that
/// neither quotation marks nor accents nor case have a place in the alphabet.
/// Of a long text the first [`KEY_MAX`] characters.
#[must_use]
pub fn sort_key(text: &str) -> String {
    let joined = words(text).collect::<Vec<_>>().join(" ");
    match joined.char_indices().nth(KEY_MAX) {
        Some((end, _)) => joined[..end].to_owned(),
        None => joined,
    }
}

/// Most characters of a sort key: those of a title. Some letters are longer in
/// their compatibility decomposition.
pub const KEY_MAX: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_accents_do_not_matter() {
        assert_eq!(
            words("Björk — Café, O'Neill ½").collect::<Vec<_>>(),
            ["bjork", "cafe", "o", "neill", "1", "2"]
        );
        assert_eq!(words("ЁЛКА").collect::<Vec<_>>(), ["елка"]);
    }

    #[test]
    fn queries_start_with_the_longest_word() {
        assert_eq!(query("the Rolling  the"), ["rolling", "the"]);
        assert!(query(" -- ").is_empty());
    }

    #[test]
    fn a_word_that_another_one_begins_with_is_no_word_of_the_query() {
        assert_eq!(
            query("roll rolling stone r rollers"),
            ["rolling", "rollers", "stone"]
        );
    }

    #[test]
    fn the_alphabet_has_neither_marks_nor_accents_nor_case() {
        assert_eq!(sort_key("“Élan” — Live!"), "elan live");
        assert_eq!(sort_key("???"), "");
        // One letter of eighteen.
        assert_eq!(sort_key(&"\u{fdfa}".repeat(80)).chars().count(), KEY_MAX);
    }
}
