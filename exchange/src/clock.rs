//! The one clock.

use std::time::{Duration, SystemTime};

use domain::Timestamp;

/// System time, moved by an offset that only development allows, so that
/// tests can cross hours in seconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clock {
    offset_seconds: i64,
}

impl Clock {
    /// System time plus `offset_seconds`.
    #[must_use]
    pub const fn with_offset(offset_seconds: i64) -> Self {
        Self { offset_seconds }
    }

    /// The time now.
    #[expect(clippy::disallowed_methods, reason = "everything else asks this clock")]
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let millis = i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(millis.saturating_add(self.offset_seconds.saturating_mul(1000)))
    }

    /// The same instant on the machine's own clock, which NATS goes by.
    #[must_use]
    pub const fn to_system(&self, at: Timestamp) -> Timestamp {
        Timestamp::from_millis(
            at.millis()
                .saturating_sub(self.offset_seconds.saturating_mul(1000)),
        )
    }

    /// `now` less `span`.
    #[must_use]
    pub fn ago(&self, span: Duration) -> Timestamp {
        let millis = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(self.now().millis().saturating_sub(millis))
    }
}
