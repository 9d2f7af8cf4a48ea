//! Telephone numbers of North America, in digits, in words, and in what looks like
//! digits. Those of other countries begin with a `+`, which a pattern finds.

use std::sync::LazyLock;

use regex::Regex;

/// The digits as words, in our languages.
const WORDS: [(&str, char); 21] = [
    ("zero", '0'),
    ("oh", '0'),
    ("one", '1'),
    ("two", '2'),
    ("three", '3'),
    ("four", '4'),
    ("five", '5'),
    ("six", '6'),
    ("seven", '7'),
    ("eight", '8'),
    ("nine", '9'),
    ("un", '1'),
    ("deux", '2'),
    ("trois", '3'),
    ("quatre", '4'),
    ("cinq", '5'),
    ("sept", '7'),
    ("huit", '8'),
    ("neuf", '9'),
    ("nul", '0'),
    ("o", '0'),
];

/// Dates in digits.
static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"\b(?:(?:19|20)\d{2}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d{2})\b",
    )
    .ok()
});

/// Whether `plain`, a text in lower case, has one: ten digits, of which the first
/// and the fourth are neither 0 nor 1, or these after a 1, and no digits next to
/// them. Signs that dates, times, prices and lists have are between numbers.
pub(super) fn is_in(plain: &str) -> bool {
    let mut run = String::new();
    let plain = match &*DATE {
        Some(date) => date.replace_all(plain, "|"),
        None => plain.into(),
    };
    for piece in plain.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let token = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
        if !token.is_empty() {
            match digits(token) {
                Some(digits) => run.push_str(&digits),
                None if ends_as_number(&mut run) => return true,
                None => {}
            }
        }
        // Numbers in words are grouped by commas; those in digits are a list.
        let is_list = piece.ends_with(',') && token.ends_with(|c: char| c.is_ascii_digit());
        let is_end = piece.ends_with([':', '/', '$', '€', '£', ';', '|', '#', '\n']);
        if (is_list || is_end) && ends_as_number(&mut run) {
            return true;
        }
    }
    ends_as_number(&mut run)
}

fn ends_as_number(run: &mut String) -> bool {
    let run = std::mem::take(run);
    let number = match run.strip_prefix('1') {
        Some(rest) if run.len() == 11 => rest,
        _ => &run,
    };
    let is_code = |at: usize| {
        number
            .as_bytes()
            .get(at)
            .is_some_and(|digit| *digit >= b'2')
    };
    number.len() == 10 && is_code(0) && is_code(3)
}

/// The digits that a token means, if it means nothing else.
fn digits(token: &str) -> Option<String> {
    let mut digits = String::new();
    let mut rest = token;
    let has_digit = token.bytes().any(|byte| byte.is_ascii_digit());
    while let Some(first) = rest.chars().next() {
        let word = WORDS
            .iter()
            .filter(|(word, _)| rest.starts_with(word) && (has_digit || *word != "o"))
            .max_by_key(|(word, _)| word.len());
        let (digit, length) = match (word, first) {
            (Some((word, digit)), _) => (*digit, word.len()),
            (None, '0'..='9') => (first, 1),
            (None, 'l' | 'i') if has_digit => ('1', 1),
            (None, 's') if has_digit => ('5', 1),
            (None, 'b') if has_digit => ('8', 1),
            _ => return None,
        };
        digits.push(digit);
        rest = &rest[length..];
    }
    Some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_however_they_are_written() {
        for text in [
            "call 416-555-0199",
            "(416) 555-0199",
            "4165550199",
            "1 416 555 0199",
            "416.555.0199",
            "416*555*0199",
            "4 1 6 5 5 5 0 1 9 9",
            "four one six five five five oh one nine nine",
            "416 five five five 01 nine nine",
            "4l6-555-ol99",
            "quatre un six cinq cinq cinq zero un neuf neuf",
        ] {
            assert!(is_in(text), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_none() {
        for text in [
            "barcode 400123456789",
            "order 5501 2217 8834 9906",
            "2026-12-31 19:30",
            "12/31/2026 7:30",
            "seats 1, 2, 3, 4, 5, 6, 7, 8, 9, 10",
            "section 113 row 12 seats 5-8",
            "paid $120.50 and $130.75",
            "one two three",
            "867-5309",
        ] {
            assert!(!is_in(text), "{text}");
        }
    }
}
