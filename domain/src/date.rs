//! Calendar dates, without a time or a zone.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Problem;

/// A date of the Gregorian calendar: days since 1 January 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Date(i32);

/// Days of the months of a year that is no leap year.
const MONTHS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

impl Date {
    /// The date `days` days after 1 January 1970.
    #[must_use]
    pub const fn from_days(days: i32) -> Self {
        Self(days)
    }

    /// Days since 1 January 1970.
    #[must_use]
    pub const fn days(self) -> i32 {
        self.0
    }

    /// The date with this year, month (from 1) and day (from 1), if there is one.
    #[must_use]
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        let at = usize::try_from(month.checked_sub(1)?).ok()?;
        let leap = u32::from(month == 2 && is_leap(year));
        if day == 0 || day > MONTHS.get(at)? + leap || !(1..=9_999).contains(&year) {
            return None;
        }
        // The year begins in March, so that a leap day is its last (Howard
        // Hinnant, "chrono-Compatible Low-Level Date Algorithms").
        let (month, day) = (month.cast_signed(), day.cast_signed());
        let year = if month <= 2 { year - 1 } else { year };
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let days = 365 * of_era + of_era / 4 - of_era / 100 + of_year;
        Some(Self(era * 146_097 + days - 719_468))
    }

    /// Year, month (from 1) and day (from 1).
    #[must_use]
    pub const fn parts(self) -> (i32, u32, u32) {
        let days = self.0.saturating_add(719_468);
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 {
            shifted + 3
        } else {
            shifted - 9
        };
        let year = era * 400 + year + if month <= 2 { 1 } else { 0 };
        (year, month.cast_unsigned(), day.cast_unsigned())
    }
}

impl FromStr for Date {
    type Err = Problem;

    /// Reads the value of an `<input type="date">`, `2026-12-31`.
    fn from_str(text: &str) -> Result<Self, Problem> {
        let parsed = || {
            let bytes = text.as_bytes();
            let digits = |byte: &u8| byte.is_ascii_digit();
            let well_formed = bytes.len() == 10
                && bytes.iter().enumerate().all(|(at, byte)| match at {
                    4 | 7 => *byte == b'-',
                    _ => digits(byte),
                });
            if !well_formed {
                return None;
            }
            let (year, rest) = text.split_once('-')?;
            let (month, day) = rest.split_once('-')?;
            Self::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
        };
        parsed().ok_or(Problem::NotADay)
    }
}

/// `2026-12-31`
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_ten_thousand_years_comes_back_and_follows_the_one_before() {
        let mut expected = Date::new(1, 1, 1).expect("a date").days();
        assert_eq!(expected, -719_162);
        for year in 1..=9_999 {
            for month in 1..=12 {
                for day in (1..=31).filter_map(|day| Date::new(year, month, day)) {
                    assert_eq!(day.days(), expected);
                    let (year, month, day) = day.parts();
                    assert_eq!(Date::new(year, month, day).map(Date::days), Some(expected));
                    expected += 1;
                }
            }
        }
    }

    #[test]
    fn what_is_shown_reads_back_as_the_same_day() {
        for days in (-719_162..=2_932_896).step_by(997) {
            let date = Date::from_days(days);
            assert_eq!(date.to_string().parse(), Ok(date), "{date}");
        }
        assert_eq!("2026-11-27".parse(), Ok(Date::from_days(20_784)));
    }

    #[test]
    fn only_dates_of_the_calendar_are_dates() {
        for typed in [
            "",
            "2026-1-1",
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "0000-01-01",
            "+026-01-01",
            "2026-01-01T00:00",
            "2026/01/01",
            "01.01.2026",
            "２026-01-0",
        ] {
            assert_eq!(typed.parse::<Date>(), Err(Problem::NotADay), "{typed}");
        }
        assert!("2028-02-29".parse::<Date>().is_ok());
    }
}
