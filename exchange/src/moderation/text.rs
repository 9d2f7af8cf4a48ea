//! Text as it is judged: whatever letters it is written with, it is the same.
//!
//! A word that readers are to see and programs are not is spelled with letters of
//! other alphabets that look alike (UTS 39), digits for letters, letters drawn
//! apart or repeated, and asterisks. All of these are one spelling here. The
//! lists that texts are compared with are folded the same way, so it does not
//! matter that a spelling is no word.

use std::{borrow::Cow, collections::BTreeSet, sync::LazyLock};

use regex::Regex;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_security::confusable_detection::skeleton;

use super::phone;

/// Three letters and more that the same sign is between. Words of such letters are
/// two spaces apart.
static APART: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let runs = [" ", r"\.", "-", "_", r"\*"].map(|sign| format!(r"[\w@](?:{sign}[\w@.]){{2,}}"));
    Regex::new(&format!(r"(?:^|\b)(?:{})(?:\b|$)", runs.join("|"))).ok()
});

/// A text that is to be judged.
pub(super) struct Text {
    /// The spellings of each word.
    words: Vec<BTreeSet<String>>,
    /// The words in their first spelling, with a space before and after each.
    phrase: String,
    /// With its punctuation, in lower case and in the letters that its letters
    /// look like, and again with letters drawn apart put together: what addresses
    /// are looked for in.
    plain: String,
    has_phone: bool,
}

impl Text {
    /// Less the phrases of `harmless`.
    pub(super) fn new(text: &str, harmless: &[Harmless]) -> Self {
        let mut plain = plain(text);
        for phrase in harmless {
            if plain.contains(&phrase.plain) {
                plain = plain.replace(&phrase.plain, " | ");
            }
        }
        let mut this = Self {
            words: Vec::new(),
            phrase: " ".to_owned(),
            plain: String::new(),
            has_phone: phone::is_in(&plain),
        };
        let plain = together(plain);
        let chunks: Vec<Vec<&str>> = plain.split_whitespace().map(parts).collect();
        let mut spelled: Vec<String> = chunks.iter().flatten().map(|part| spelling(part)).collect();
        for Harmless { words: phrase, .. } in harmless {
            while let Some(at) = spelled
                .windows(phrase.len())
                .position(|some| some == *phrase)
            {
                spelled[at..at + phrase.len()].fill(String::new());
            }
        }
        let mut spelled = spelled.into_iter();
        for parts in chunks {
            let mut joined = String::new();
            for part in parts {
                let spelling = spelled.next().unwrap_or_default();
                if spelling.is_empty() {
                    // What is before and after it are not next to each other.
                    this.phrase.push_str("| ");
                    continue;
                }
                joined.push_str(part);
                this.words.push(spellings(part));
                this.phrase.push_str(&spelling);
                this.phrase.push(' ');
            }
            // What was cut in the middle.
            this.words.push(spellings(&joined));
        }
        this.plain = plain;
        this
    }

    /// The spellings of all of its words.
    pub(super) fn spellings(&self) -> impl Iterator<Item = &str> {
        self.words.iter().flatten().map(String::as_str)
    }

    pub(super) fn phrase(&self) -> &str {
        &self.phrase
    }

    pub(super) fn plain(&self) -> &str {
        &self.plain
    }

    /// Whether it has a telephone number, in digits or in words.
    pub(super) const fn has_phone(&self) -> bool {
        self.has_phone
    }
}

/// A phrase that is nothing to notice.
pub(super) struct Harmless {
    plain: String,
    words: Vec<String>,
}

impl Harmless {
    /// None without letters or digits.
    pub(super) fn new(phrase: &str) -> Option<Self> {
        let (plain, words) = (plain(phrase), entry(phrase));
        (!words.is_empty()).then_some(Self { plain, words })
    }
}

/// The words of a list's entry, spelled as those of texts are.
pub(super) fn entry(text: &str) -> Vec<String> {
    let plain = plain(text);
    plain
        .split_whitespace()
        .flat_map(parts)
        .map(spelling)
        .collect()
}

/// What is between spaces and punctuation.
fn parts(chunk: &str) -> Vec<&str> {
    chunk
        .split(|c| !is_of_word(c))
        .filter(|part| part.chars().any(char::is_alphanumeric))
        .collect()
}

/// Whether a word may have it, or something that stands for a letter.
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '@' | '$' | '!' | '*' | '|' | '€')
}

/// How a word may be meant: also with letters for digits, and with fewer of the
/// letters that are repeated.
fn spellings(word: &str) -> BTreeSet<String> {
    let trimmed = word.trim_matches(|c: char| !c.is_alphanumeric());
    let mut all = BTreeSet::new();
    for word in [trimmed, word] {
        for letters in [word.to_owned(), letters_for_digits(word)] {
            for most in [usize::MAX, 2, 1] {
                all.insert(merged(&without_runs(&letters, most)));
            }
        }
    }
    all
}

/// The spelling that is compared in a phrase.
fn spelling(word: &str) -> String {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    merged(&letters_for_digits(word))
}

/// Digits and signs that are drawn like letters, in words that have other
/// letters: `A12` is a seat, and `455` and `$120` are numbers.
fn letters_for_digits(word: &str) -> String {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let has_sign = word.contains(['@', '$', '!']);
    if letters == 0 || (letters < 2 && !has_sign) {
        return word.to_owned();
    }
    word.chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | '!' | '|' => 'i',
            '3' | '€' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '6' | '9' => 'g',
            '7' => 't',
            '8' => 'b',
            c => c,
        })
        .collect()
}

/// With at most `most` of a letter where there are three or more in a row.
fn without_runs(word: &str, most: usize) -> String {
    let chars: Vec<char> = word.chars().collect();
    chars
        .chunk_by(|a, b| a == b)
        .flat_map(|run| {
            &run[..if run.len() < 3 {
                run.len()
            } else {
                run.len().min(most)
            }]
        })
        .collect()
}

/// Letters that are drawn with the same stroke are one.
fn merged(word: &str) -> String {
    word.replace('l', "i")
}

/// A full stop and the beginning of the next sentence, where no space is between.
static SENTENCE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(\p{Ll}|\d)\.(\p{Lu}\p{Ll})").ok());

/// See [`Text::plain`].
fn plain(text: &str) -> String {
    let text = match &*SENTENCE {
        Some(sentence) => sentence.replace_all(text, "$1. $2"),
        None => text.into(),
    };
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkd()
        .filter(|c| !is_combining_mark(*c) && !is_invisible(*c))
        .flat_map(|c| look_alike(c).chars().collect::<Vec<_>>())
        .flat_map(char::to_lowercase)
        .collect()
}

/// With what was drawn apart put together, after the text as it is.
fn together(plain: String) -> String {
    let Some(apart) = &*APART else {
        return plain;
    };
    let joined = apart.replace_all(&plain, |found: &regex::Captures<'_>| {
        // A letter, a sign, a letter, …
        found[0].chars().step_by(2).collect::<String>()
    });
    match joined {
        Cow::Borrowed(_) => plain,
        Cow::Owned(joined) => format!("{plain} | {joined}"),
    }
}

/// What is not drawn: zero-width spaces and joiners, soft hyphens, variation
/// selectors, tags (Unicode's `Default_Ignorable_Code_Point`).
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

/// The letter of ours that one of another alphabet looks like, as it is or as a
/// capital; itself if there is none.
fn look_alike(c: char) -> String {
    if c.is_ascii() {
        return c.to_string();
    }
    // What UTS 39 does not have, since readers see the difference.
    let alike = match c {
        'η' | 'и' => Some('n'),
        'ε' | 'є' | 'э' => Some('e'),
        'λ' | 'д' => Some('a'),
        'μ' | 'ц' => Some('u'),
        'ω' | 'ш' | 'щ' => Some('w'),
        'я' | 'г' => Some('r'),
        'σ' => Some('o'),
        '。' | '｡' | '․' | '•' | '·' => Some('.'),
        _ => None,
    };
    if let Some(alike) = alike {
        return alike.to_string();
    }
    let ours = |c: char| {
        let drawn: String = skeleton(c.encode_utf8(&mut [0; 4])).collect();
        drawn.is_ascii().then_some(drawn)
    };
    let capital = || c.to_uppercase().next().and_then(ours);
    ours(c).or_else(capital).unwrap_or_else(|| c.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(text: &str, word: &str) -> bool {
        let word = entry(word).concat();
        Text::new(text, &[])
            .spellings()
            .any(|spelling| spelling == word)
    }

    #[test]
    fn a_word_is_found_however_it_is_drawn() {
        for text in [
            "cocaine",
            "COCAINE!",
            "Cocaïne",
            "c0ca1ne",
            "coca!ne",
            "сосаіnе",
            "ＣＯＣＡＩＮＥ",
            "𝓬𝓸𝓬𝓪𝓲𝓷𝓮",
            "c o c a i n e",
            "c.o.c.a.i.n.e",
            "co-caine",
            "coc\u{200b}aine",
            "cocaiiiine",
            "cocalne",
            "СОСАINЕ",
        ] {
            assert!(has(text, "cocaine"), "{text}");
        }
    }

    #[test]
    fn what_only_has_its_letters_is_not_it() {
        for (text, word) in [
            ("Scunthorpe United", "cunt"),
            ("Sec 4, row A55", "ass"),
            ("455", "ass"),
            ("class", "ass"),
            ("as is", "ass"),
            ("Sussex", "sex"),
        ] {
            assert!(!has(text, word), "{text}");
        }
    }
}
