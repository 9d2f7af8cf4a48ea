//! How much is measured.

use std::time::Duration;

/// Sizes of the entries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Windows of load whose median is the figure.
    pub(crate) windows: usize,
    /// Reservations in each window of `hot_event`.
    pub(crate) reservations: usize,
    /// Buyers of one ticket in `hot_ticket`.
    pub(crate) rivals: usize,
    /// Listings of the small and of the large market.
    pub(crate) listings: [usize; 2],
    /// How long each window of `market_page` lasts.
    pub(crate) window: Duration,
    /// Holds that are due within one second in `expiry`.
    pub(crate) holds: usize,
    /// How long before the first of them is due the records are written.
    pub(crate) lead: Duration,
    /// How long `memory` reads.
    pub(crate) reading: Duration,
    /// Open pages in `live`.
    pub(crate) pages: usize,
    /// Reservations that they are told of.
    pub(crate) told: usize,
    /// Listings that are published in `moderation`.
    pub(crate) judged: usize,
    /// Listings of the small and of the large market of `search`.
    pub(crate) searched: [usize; 2],
    /// How long each of its windows lasts.
    pub(crate) search: Duration,
    /// How long `soak` lasts.
    pub(crate) soak: Duration,
}

impl Plan {
    /// `make bench`: within ten minutes on two cores.
    pub(crate) const STANDARD: Self = Self {
        windows: 5,
        reservations: 1_500,
        rivals: 1_000,
        listings: [1_000, 100_000],
        window: Duration::from_secs(3),
        holds: 2_000,
        lead: Duration::from_secs(40),
        reading: Duration::from_secs(60),
        pages: 1_000,
        told: 400,
        judged: 10_000,
        searched: [10_000, 1_000_000],
        search: Duration::from_secs(2),
        soak: Duration::from_secs(600),
    };

    /// `make bench-full`: more windows, longer ones.
    pub(crate) const FULL: Self = Self {
        windows: 15,
        reservations: 3_000,
        window: Duration::from_secs(8),
        ..Self::STANDARD
    };

    /// To see that the programs work.
    pub(crate) const SMOKE: Self = Self {
        windows: 2,
        reservations: 60,
        rivals: 40,
        listings: [50, 600],
        window: Duration::from_millis(300),
        holds: 50,
        lead: Duration::from_secs(20),
        reading: Duration::from_secs(3),
        pages: 50,
        told: 40,
        judged: 1_000,
        searched: [500, 5_000],
        search: Duration::from_millis(300),
        soak: Duration::from_secs(30),
    };
}
