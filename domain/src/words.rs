//! Words for searching: lower case, without accents, with their prefixes.

use std::collections::BTreeSet;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Splits `text` into words as they are compared: compatibility-decomposed,
/// without combining marks, in lower case.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    let folded: String = text
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect();
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .into_iter()
}

/// Every prefix of every word of `text`: what a search compares with, so that
/// a half-typed word finds, and the empty one everything.
#[must_use]
pub fn prefixes(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::from([String::new()]);
    for word in words(text) {
        found.extend(
            word.char_indices()
                .map(|(at, c)| word[..at + c.len_utf8()].to_owned()),
        );
    }
    found
}

/// The words of a query without repetition, longest first: the longest is
/// usually the rarest, so the search starts with it.
#[must_use]
pub fn query(text: &str) -> Vec<String> {
    let mut found: Vec<String> = words(text).collect::<BTreeSet<_>>().into_iter().collect();
    found.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    found
}

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
    fn prefixes_stop_at_characters() {
        assert_eq!(
            prefixes("Ab 日本"),
            ["", "a", "ab", "日", "日本"].map(String::from).into()
        );
    }

    #[test]
    fn queries_start_with_the_longest_word() {
        assert_eq!(query("the Rolling  the"), ["rolling", "the"]);
        assert!(query(" -- ").is_empty());
    }
}
