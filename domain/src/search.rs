//! What somebody looks for on the market, and in which order.

use serde::{Deserialize, Serialize};

use crate::{Amount, Date, ticket::Content, words};

/// The order of what is found. Equal ones are in the order in which they were
/// listed, or in the reverse one where the order is a descending one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(into = "&'static str", from = "String")]
pub enum Sort {
    /// Listed last first.
    #[default]
    Newest,
    /// Listed first first.
    Oldest,
    /// By price, ascending.
    Cheapest,
    /// By price, descending.
    Dearest,
    /// By the event's start, ascending; without a start last.
    Soonest,
    /// By the event's start, descending; without a start last.
    Latest,
    /// By title, ascending.
    TitleUp,
    /// By title, descending.
    TitleDown,
}

impl Sort {
    /// Every order.
    pub const ALL: [Self; 8] = [
        Self::Newest,
        Self::Oldest,
        Self::Cheapest,
        Self::Dearest,
        Self::Soonest,
        Self::Latest,
        Self::TitleUp,
        Self::TitleDown,
    ];

    /// Its name in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::Cheapest => "cheapest",
            Self::Dearest => "dearest",
            Self::Soonest => "soonest",
            Self::Latest => "latest",
            Self::TitleUp => "title",
            Self::TitleDown => "title-desc",
        }
    }

    /// The order of this name; of another name the default.
    #[must_use]
    pub fn parse(name: &str) -> Self {
        let found = Self::ALL.into_iter().find(|sort| sort.name() == name);
        found.unwrap_or_default()
    }
}

impl From<Sort> for &'static str {
    fn from(sort: Sort) -> Self {
        sort.name()
    }
}

impl From<String> for Sort {
    fn from(name: String) -> Self {
        Self::parse(&name)
    }
}

/// What somebody looks for. Bounds are inclusive.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Search {
    /// As [`words::query`] makes them; each has to begin a word of the title,
    /// the venue or the description.
    pub words: Vec<String>,
    /// Least price.
    pub price_from: Option<Amount>,
    /// Greatest price.
    pub price_to: Option<Amount>,
    /// First local date of the event.
    pub from: Option<Date>,
    /// Last local date of the event.
    pub to: Option<Date>,
    /// The order.
    pub sort: Sort,
}

impl Search {
    /// Whether the price is asked for.
    #[must_use]
    pub fn has_price(&self, price: Amount) -> bool {
        self.price_from.is_none_or(|from| from <= price)
            && self.price_to.is_none_or(|to| price <= to)
    }

    /// Whether the local date of an event's start is asked for. What has no
    /// start is on no date.
    #[must_use]
    pub fn has_date(&self, date: Option<Date>) -> bool {
        match date {
            Some(date) => {
                self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
            }
            None => !self.is_dated(),
        }
    }

    /// Whether it asks for prices.
    #[must_use]
    pub const fn is_priced(&self) -> bool {
        self.price_from.is_some() || self.price_to.is_some()
    }

    /// Whether it asks for dates.
    #[must_use]
    pub const fn is_dated(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }

    /// Whether a listing is asked for, whose event begins on `date`.
    #[must_use]
    pub fn matches(&self, content: &Content, date: Option<Date>) -> bool {
        let found: Vec<String> = texts(content).flat_map(words::words).collect();
        self.words
            .iter()
            .all(|word| found.iter().any(|found| found.starts_with(word)))
            && self.has_price(content.price)
            && self.has_date(date)
    }
}

/// The texts whose words are searched.
pub fn texts(content: &Content) -> impl Iterator<Item = &str> {
    [&*content.title, &*content.venue, &*content.description].into_iter()
}

/// How many there are: exact as long as people may care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Count {
    /// So many, [`Count::MOST`] at most.
    Exactly(usize),
    /// More than [`Count::MOST`].
    More,
}

impl Count {
    /// Most that are counted.
    pub const MOST: usize = 1_000;

    /// The count of what was counted until there was one too many.
    #[must_use]
    pub const fn of(counted: usize) -> Self {
        if counted > Self::MOST {
            Self::More
        } else {
            Self::Exactly(counted)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Timestamp, fixtures};

    #[test]
    fn orders_have_names_and_an_unknown_one_is_the_default() {
        for sort in Sort::ALL {
            assert_eq!(Sort::parse(sort.name()), sort);
            let json = serde_json::to_string(&sort).expect("text");
            assert_eq!(json, format!("{:?}", sort.name()));
            assert_eq!(serde_json::from_str::<Sort>(&json).expect("a sort"), sort);
        }
        for unknown in ["", "Newest", "random"] {
            assert_eq!(Sort::parse(unknown), Sort::Newest);
        }
    }

    #[test]
    fn every_word_begins_one_of_title_venue_or_description() {
        let content = Content {
            title: "Cœur de pirate".to_owned(),
            venue: "MTELUS, Montréal".to_owned(),
            description: "Two seats, first balcony.\nO’Neill".to_owned(),
            ..fixtures::content()
        };
        for (query, found) in [
            ("", true),
            ("pir MONTREAL", true),
            ("balcony pirate mtel", true),
            ("neill", true),
            ("cœur", true),
            ("pirates", false),
            ("irate", false),
            ("pirate toronto", false),
        ] {
            let search = Search {
                words: words::query(query),
                ..Search::default()
            };
            assert_eq!(search.matches(&content, None), found, "{query}");
        }
    }

    #[test]
    fn bounds_are_inclusive_and_what_has_no_start_is_on_no_date() {
        let content = Content {
            price: Amount::from_minor(2_000),
            starts_at: Some(Timestamp::from_millis(0)),
            ..fixtures::content()
        };
        let on = |price_from: i64, price_to: i64, from, to, day: Option<i32>| {
            let search = Search {
                price_from: Some(Amount::from_minor(price_from)),
                price_to: Some(Amount::from_minor(price_to)),
                from: Some(Date::from_days(from)),
                to: Some(Date::from_days(to)),
                ..Search::default()
            };
            search.matches(&content, day.map(Date::from_days))
        };
        assert!(on(2_000, 2_000, 5, 5, Some(5)));
        assert!(!on(2_001, 3_000, 5, 5, Some(5)));
        assert!(!on(1_000, 1_999, 5, 5, Some(5)));
        assert!(!on(2_000, 2_000, 6, 7, Some(5)));
        assert!(!on(2_000, 2_000, 3, 4, Some(5)));
        assert!(!on(2_000, 2_000, 5, 5, None));
        assert!(Search::default().matches(&content, None));
    }

    #[test]
    fn what_is_counted_up_to_a_thousand_is_exact() {
        assert_eq!(Count::of(999), Count::Exactly(999));
        assert_eq!(Count::of(1_000), Count::Exactly(1_000));
        assert_eq!(Count::of(1_001), Count::More);
    }
}
