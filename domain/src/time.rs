//! Instants and spans as the records keep them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// An instant: milliseconds since the Unix epoch, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant `millis` milliseconds after the Unix epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Time from `self` until `later`; zero when `later` is not later.
    #[must_use]
    pub fn until(self, later: Self) -> Duration {
        Duration::from_millis(u64::try_from(later.0.saturating_sub(self.0)).unwrap_or(0))
    }
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)),
        )
    }
}

/// `m:ss`, as a countdown shows what is left; part of a second counts as one.
#[must_use]
pub fn countdown(left: Duration) -> String {
    let seconds = left.as_millis().div_ceil(1000);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countdown_is_minutes_and_two_digit_seconds() {
        for (millis, shown) in [
            (0, "0:00"),
            (1, "0:01"),
            (59_000, "0:59"),
            (60_000, "1:00"),
            (899_001, "15:00"),
            (3_600_000, "60:00"),
        ] {
            assert_eq!(countdown(Duration::from_millis(millis)), shown);
        }
    }

    #[test]
    fn arithmetic_saturates() {
        assert_eq!(
            (Timestamp::from_millis(i64::MAX) + Duration::from_secs(1)).millis(),
            i64::MAX
        );
        assert_eq!(
            Timestamp::from_millis(5).until(Timestamp::from_millis(3)),
            Duration::ZERO
        );
    }
}
