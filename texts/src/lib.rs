//! Everything that people read, a folder for each language.
//!
//! The folders `en` and `fr` hold messages in Project Fluent's syntax; the build
//! makes a function of each, which takes the language. What is here besides says
//! which message belongs to what the rules of the exchange answer.

pub mod about;
pub mod accounts;
pub mod administration;
pub mod declines;
mod errors;
mod format;
pub mod letters;
pub mod market;
pub mod moderation;
pub mod orders;

use serde::{Deserialize, Serialize};

pub use errors::{problem, refusal, too_many};
pub use format::LocalTime;

include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// The name of the product.
pub const PRODUCT: &str = "Ticket Exchange";

/// What was just done, by the name that it has on its way to the next page.
#[must_use]
pub fn done(language: Language, name: &str) -> Option<&'static str> {
    Some(match name {
        "listed" => done_listed(language),
        "saved" => done_saved(language),
        "deleted" => done_deleted(language),
        "decided" => done_decided(language),
        "reported" => done_reported(language),
        "changed" => done_changed(language),
        "replayed" => done_replayed(language),
        "discarded" => done_discarded(language),
        _ => return None,
    })
}

/// A language that everything is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Language {
    /// What is spoken to whoever asks for none of the others.
    #[default]
    #[serde(rename = "en")]
    English,
    /// French.
    #[serde(rename = "fr")]
    French,
}

/// The plural categories of CLDR that our languages have for whole numbers.
enum Plural {
    One,
    Other,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::French];

    /// Its tag (BCP 47): `en`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    /// What those who speak it call it.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::French => "Français",
        }
    }

    /// The language that a tag such as `fr-CA` names.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next()?.trim();
        Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// What somebody likes to read best of it, by what their browser says in
    /// `Accept-Language` (RFC 9110, §12.5.4).
    #[must_use]
    pub fn accepted(header: &str) -> Option<Self> {
        header
            .split(',')
            .filter_map(|range| {
                let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
                let (whole, thousandths) = weight.trim().strip_prefix("q=")?.split_at_checked(1)?;
                let thousandths = thousandths.strip_prefix('.').unwrap_or("0");
                let weight: u32 = format!("{whole}{thousandths:0<3}").parse().ok()?;
                Some((Self::of_tag(tag.trim())?, weight)).filter(|(_, weight)| *weight > 0)
            })
            // The first of those that are liked best.
            .rev()
            .max_by_key(|(_, weight)| *weight)
            .map(|(language, _)| language)
    }

    /// Source: <https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html>.
    const fn plural(self, number: usize) -> Plural {
        match (self, number) {
            (_, 1) | (Self::French, 0) => Plural::One,
            _ => Plural::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_is_liked_best_is_spoken() {
        for (header, language) in [
            ("", None),
            ("de", None),
            ("*", None),
            ("fr", Some(Language::French)),
            ("FR-ca, en;q=0.8", Some(Language::French)),
            ("en, fr", Some(Language::English)),
            ("fr;q=0.5, en;q=0.7, de", Some(Language::English)),
            ("fr;q=0.75, en;q=0.7", Some(Language::French)),
            ("de, fr;q=0.1", Some(Language::French)),
            ("fr;q=0, en;q=0.001", Some(Language::English)),
            ("fr;q=0", None),
            ("fr;q=lots, en;q", None),
            ("é;q=é,fr;q=0.9", Some(Language::French)),
        ] {
            assert_eq!(Language::accepted(header), language, "{header:?}");
        }
    }

    #[test]
    fn nothing_is_one_in_french() {
        let said = market::count;
        assert_eq!(said(Language::English, 0), "0 tickets");
        assert_eq!(said(Language::French, 0), "0 billet");
        assert_eq!(said(Language::French, 2), "2 billets");
    }
}
