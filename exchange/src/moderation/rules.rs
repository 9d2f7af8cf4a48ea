//! The rules of a file: what a listing is refused for, and what it waits for a
//! person for.

use std::collections::HashMap;

use domain::moderation::{Reason, Signal};
use regex::RegexSet;
use serde::Deserialize;

use super::text::{Harmless, Text, entry};

/// The rules that a server has which is given no others.
pub(super) const BUILT_IN: &str = include_str!("../../moderation.toml");

/// The file, as it is written. See `moderation.toml` for what each means.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    review_at: u32,
    harmless: Vec<String>,
    banned: Lists,
    signal: Vec<Weighted>,
    facts: Facts,
    reports: Reports,
    scorer: ScorerRules,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    phrases: Vec<String>,
    #[serde(default)]
    patterns: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Weighted {
    name: Signal,
    weight: u32,
    phrases: Vec<String>,
    #[serde(default)]
    patterns: Vec<String>,
}

/// What is known of a listing besides its text, and what that weighs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Facts {
    pub(super) price_times: i64,
    pub(super) price_weight: u32,
    pub(super) new_account_hours: u32,
    pub(super) new_account_listings: usize,
    pub(super) new_account_weight: u32,
    pub(super) duplicate_weight: u32,
    pub(super) capitals_weight: u32,
}

/// When a scorer has doubts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScorerRules {
    pub(super) review_at: f64,
}

/// How many people have to report a listing for what.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reports {
    pub(super) lower_at: u32,
    pub(super) hide_at: u32,
}

/// Rules that are ready to be used.
pub(super) struct Rules {
    review_at: u32,
    harmless: Vec<Harmless>,
    banned: Matcher,
    signals: Vec<(Signal, u32, Matcher)>,
    pub(super) facts: Facts,
    pub(super) reports: Reports,
    pub(super) scorer: ScorerRules,
}

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unusable {
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
    #[error("{0}")]
    Pattern(#[from] regex::Error),
    #[error("the entry {0:?} has no letters")]
    Empty(String),
}

impl Rules {
    /// # Errors
    /// What is wrong with the file.
    pub(super) fn parse(file: &str) -> Result<Self, Unusable> {
        let file: File = toml::from_str(file)?;
        let signals = file.signal.iter().map(|weighted| {
            let matcher = Matcher::new(&weighted.phrases, &weighted.patterns)?;
            Ok((weighted.name, weighted.weight, matcher))
        });
        Ok(Self {
            review_at: file.review_at,
            harmless: file
                .harmless
                .iter()
                .map(|phrase| Harmless::new(phrase).ok_or_else(|| Unusable::Empty(phrase.clone())))
                .collect::<Result<_, _>>()?,
            banned: Matcher::new(&file.banned.phrases, &file.banned.patterns)?,
            signals: signals.collect::<Result<_, Unusable>>()?,
            facts: file.facts,
            reports: file.reports,
            scorer: file.scorer,
        })
    }

    /// What is against a listing that says `texts`.
    pub(super) fn read(&self, texts: &[&str]) -> Findings {
        let mut findings = Findings::default();
        for text in texts {
            let text = Text::new(text, &self.harmless);
            if let Some(found) = self.banned.find(&text) {
                findings.banned.get_or_insert(found);
            }
            for (signal, weight, matcher) in &self.signals {
                let phone = *signal == Signal::Contact && text.has_phone();
                let found = matcher.find(&text);
                if found.is_some() || phone {
                    findings.add(*signal, *weight, found);
                }
            }
        }
        let letters = || texts.iter().flat_map(|text| text.chars());
        let (all, capitals) = (
            letters().filter(|c| c.is_alphabetic()).count(),
            letters().filter(|c| c.is_uppercase()).count(),
        );
        if all >= LETTERS && capitals * 10 >= all * 7 {
            findings.add(Signal::Capitals, self.facts.capitals_weight, None);
        }
        findings
    }

    /// The weight of what alone is too much.
    pub(super) const fn certain(&self) -> u32 {
        self.review_at
    }

    /// Whether so much against a listing is too much for it to be approved.
    pub(super) fn is_risky(&self, findings: &Findings) -> bool {
        findings.weight() >= self.review_at
    }
}

/// Fewest letters of which it is said that they are capitals.
const LETTERS: usize = 20;

/// What is against a listing.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// The entry that it is refused for.
    banned: Option<String>,
    signals: Vec<(Reason, u32)>,
}

impl Findings {
    /// Counts each signal once.
    pub(super) fn add(&mut self, signal: Signal, weight: u32, found: Option<String>) {
        if self
            .signals
            .iter()
            .all(|(reason, _)| reason.signal != signal)
        {
            self.signals.push((Reason { signal, found }, weight));
        }
    }

    pub(super) const fn is_banned(&self) -> bool {
        self.banned.is_some()
    }

    fn weight(&self) -> u32 {
        let weights = self.signals.iter().map(|(_, weight)| *weight);
        weights.fold(0, u32::saturating_add)
    }

    pub(super) fn into_reasons(self) -> Vec<Reason> {
        let banned = self.banned.map(|found| Reason {
            signal: Signal::Banned,
            found: Some(found),
        });
        let others = self.signals.into_iter().map(|(reason, _)| reason);
        banned.into_iter().chain(others).collect()
    }
}

/// Some lists, to be looked for in texts.
struct Matcher {
    words: HashMap<String, String>,
    /// The beginnings of words.
    starts: Vec<(String, String)>,
    phrases: Entries,
    patterns: Entries,
}

/// Regular expressions, and what the file has for each.
struct Entries {
    set: RegexSet,
    written: Vec<String>,
}

impl Matcher {
    fn new(listed: &[String], patterns: &[String]) -> Result<Self, Unusable> {
        let mut this = Self {
            words: HashMap::new(),
            starts: Vec::new(),
            phrases: Entries::new(&[], &[])?,
            patterns: Entries::new(patterns, patterns)?,
        };
        let (mut phrases, mut written) = (Vec::new(), Vec::new());
        for entry in listed {
            let is_start = entry.ends_with('*');
            match (&*spelled(entry)?, is_start) {
                ([word], true) => this.starts.push((word.clone(), entry.clone())),
                ([word], false) => drop(this.words.insert(word.clone(), entry.clone())),
                (words, is_start) => {
                    let end = if is_start { "" } else { " " };
                    phrases.push(regex::escape(&format!(" {}{end}", words.join(" "))));
                    written.push(entry.clone());
                }
            }
        }
        this.phrases = Entries::new(&phrases, &written)?;
        Ok(this)
    }

    /// The entry that `text` has.
    fn find(&self, text: &Text) -> Option<String> {
        let word = text.spellings().find_map(|spelling| self.word(spelling));
        word.or_else(|| self.phrases.find(text.phrase()))
            .or_else(|| self.patterns.find(text.plain()))
            .map(str::to_owned)
    }

    fn word(&self, spelling: &str) -> Option<&str> {
        let start = || {
            self.starts
                .iter()
                .find(|(start, _)| spelling.starts_with(start))
        };
        let exact = self.words.get(spelling);
        let found = exact.or_else(|| start().map(|(_, written)| written));
        let masked = || self.masked(spelling);
        found.map(String::as_str).or_else(masked)
    }

    /// The word of which some letters are asterisks, or digits between letters.
    fn masked(&self, spelling: &str) -> Option<&str> {
        let is_mask = |c: char| c == '*' || c.is_ascii_digit();
        let letters = spelling.chars().filter(|c| !is_mask(*c)).count();
        let length = spelling.chars().count();
        let is_end = |c: Option<char>| c.is_some_and(char::is_numeric);
        let ends = is_end(spelling.chars().next()) || is_end(spelling.chars().last());
        let most = if spelling.contains('*') {
            length / 2
        } else {
            length / 3
        };
        if letters == length || letters < 2 || length - letters > most || ends {
            return None;
        }
        let is_like = |word: &str| {
            let mut pairs = word.chars().zip(spelling.chars());
            pairs.all(|(a, b)| a == b || is_mask(b))
        };
        let of_length = |word: &str| word.chars().count();
        let exact = self.words.iter();
        let exact = exact.filter(|(word, _)| of_length(word) == length);
        let starts = self.starts.iter().map(|(word, written)| (word, written));
        let starts = starts.filter(|(word, _)| of_length(word) <= length);
        let mut all = exact.chain(starts);
        all.find(|(word, _)| is_like(word))
            .map(|(_, written)| written.as_str())
    }
}

impl Entries {
    fn new(patterns: &[String], written: &[String]) -> Result<Self, Unusable> {
        Ok(Self {
            set: RegexSet::new(patterns)?,
            written: written.to_vec(),
        })
    }

    fn find(&self, text: &str) -> Option<&str> {
        let first = self.set.matches(text).into_iter().next()?;
        self.written.get(first).map(String::as_str)
    }
}

fn spelled(written: &str) -> Result<Vec<String>, Unusable> {
    let words = entry(written.trim_end_matches('*'));
    if words.is_empty() {
        return Err(Unusable::Empty(written.to_owned()));
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built_in() -> Rules {
        Rules::parse(BUILT_IN).expect("the rules that are built in")
    }

    /// The first thing that is against a listing of this description.
    fn against(description: &str) -> Option<Signal> {
        let findings = built_in().read(&["Two seats", description]);
        findings.into_reasons().first().map(|reason| reason.signal)
    }

    #[test]
    fn each_signal_is_found_and_what_is_harmless_is_not() {
        for (description, signal) in [
            ("What a motherf**ker.", Some(Signal::Banned)),
            ("f4ck1ng great", Some(Signal::Banned)),
            ("forged parking permits", Some(Signal::Banned)),
            ("ann (at) example (dot) org", Some(Signal::Contact)),
            ("a n n @ e x a m p l e . o r g", Some(Signal::Contact)),
            (
                "four one six, five five five, oh one nine nine",
                Some(Signal::Contact),
            ),
            ("hxxps://example.org", Some(Signal::Link)),
            ("interac virement only", Some(Signal::Payment)),
            ("w.o.r.k f.r.o.m h.o.m.e", Some(Signal::Spam)),
            ("earn money with forex", Some(Signal::Spam)),
            ("THIS IS A VERY GOOD SEAT INDEED", Some(Signal::Capitals)),
            ("The Sex Pistols and Pussy Riot @ Massey Hall", None),
            ("Scunthorpe United v Arsenal, sec A55, row 12", None),
            ("Barcode 400123456789, doors 2026-12-31 19:30", None),
        ] {
            assert_eq!(against(description), signal, "{description}");
        }
    }

    #[test]
    fn a_file_with_a_mistake_is_refused_with_what_it_is() {
        for (from, to, says) in [
            ("review_at = 100", "review_at = 'x'", "review_at"),
            ("name = \"contact\"", "name = \"smell\"", "smell"),
            (
                "name = \"contact\"",
                "name = \"contact\"\npaterns = []",
                "paterns",
            ),
            ("\"moby dick\"", "\"???\"", "???"),
            ("'!{4,}'", "'('", "regex parse error"),
        ] {
            let file = BUILT_IN.replacen(from, to, 1);
            assert_ne!(file, BUILT_IN, "{from}");
            let Err(error) = Rules::parse(&file) else {
                panic!("{to} is taken");
            };
            assert!(error.to_string().contains(says), "{error}");
        }
    }
}
