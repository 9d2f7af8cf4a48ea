//! Prices and times as each language writes them.

use domain::{Amount, Currency, Date};

use crate::{Language, date, date_time, months, weekdays};

/// A moment by the clock of a place.
#[derive(Debug, Clone, Copy)]
pub struct LocalTime<'a> {
    /// The calendar's date.
    pub date: Date,
    /// `19:30`
    pub time: &'a str,
    /// `EST`
    pub zone: &'a str,
}

impl Language {
    /// What is between thousands, and before a fraction. Source: CLDR's symbols of
    /// numbers; what French puts between is U+202F.
    const fn separators(self) -> (char, char) {
        match self {
            Self::English => (',', '.'),
            Self::French => ('\u{202f}', ','),
        }
    }

    fn grouped(self, digits: &str) -> String {
        let (between, _) = self.separators();
        let mut shown = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                shown.push(between);
            }
            shown.push(digit);
        }
        shown
    }

    /// A number as people read it: `1,999`, `1 999`.
    #[must_use]
    pub fn number(self, number: i64) -> String {
        let sign = if number < 0 { "\u{2212}" } else { "" };
        format!("{sign}{}", self.grouped(&number.unsigned_abs().to_string()))
    }

    /// An amount as people read it: `1,999.00 CAD`, `1 999,00 CAD`.
    #[must_use]
    pub fn price(self, currency: &Currency, amount: Amount) -> String {
        let (_, point) = self.separators();
        let digits = currency.digits(amount);
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        let mut shown = self.grouped(whole);
        if !fraction.is_empty() {
            shown.push(point);
            shown.push_str(fraction);
        }
        format!("{shown} {}", currency.code)
    }

    /// A day: `12 Dec 2026`.
    #[must_use]
    pub fn date(self, day: Date) -> String {
        let (year, month, day) = day.parts();
        date(
            self,
            &day.to_string(),
            nth(months(self), month),
            &year.to_string(),
        )
    }

    /// A moment: `Sat 12 Dec 2026, 19:30 EST`.
    #[must_use]
    pub fn moment(self, at: LocalTime<'_>) -> String {
        let (year, month, day) = at.date.parts();
        // The first day was a Thursday.
        let weekday = (at.date.days() + 3).rem_euclid(7).cast_unsigned() + 1;
        date_time(
            self,
            &day.to_string(),
            nth(months(self), month),
            at.time,
            nth(weekdays(self), weekday),
            &year.to_string(),
            at.zone,
        )
    }
}

/// The `number`th of `names`, from 1.
fn nth(names: &'static str, number: u32) -> &'static str {
    names
        .split(' ')
        .zip(1..)
        .find(|(_, at)| *at == number)
        .map(|(name, _)| name)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_written_as_the_language_does() {
        for (currency, minor, english, french) in [
            ("CAD", 5, "0.05 CAD", "0,05 CAD"),
            (
                "CAD",
                123_456_789,
                "1,234,567.89 CAD",
                "1\u{202f}234\u{202f}567,89 CAD",
            ),
            ("JPY", 1_500, "1,500 JPY", "1\u{202f}500 JPY"),
            ("KWD", 1_500, "1.500 KWD", "1,500 KWD"),
        ] {
            let currency = Currency::by_code(currency).expect("in the table");
            let shown = |language: Language| language.price(&currency, Amount::from_minor(minor));
            assert_eq!(shown(Language::English), english);
            assert_eq!(shown(Language::French), french);
        }
    }

    #[test]
    fn every_price_is_shown_with_all_its_digits() {
        let currency = Currency::by_code("CAD").expect("in the table");
        for minor in currency.min.minor()..=1_000_000 {
            for language in Language::ALL {
                let shown = language.price(&currency, Amount::from_minor(minor));
                let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
                assert_eq!(digits.parse(), Ok(minor), "{shown}");
            }
        }
    }

    #[test]
    fn times_are_written_as_the_language_does() {
        let at = LocalTime {
            date: "2026-12-12".parse().expect("a date"),
            time: "19:30",
            zone: "EST",
        };
        assert_eq!(Language::English.moment(at), "Sat 12 Dec 2026, 19:30 EST");
        assert_eq!(Language::French.moment(at), "sam. 12 déc. 2026, 19:30 EST");
        assert_eq!(Language::French.date(at.date), "12 déc. 2026");
    }
}
