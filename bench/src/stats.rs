//! Figures from samples.

#![expect(
    clippy::float_arithmetic,
    reason = "rates and ratios are measurements; no money is counted here"
)]

use std::time::Duration;

/// The median; of nothing, not a number.
pub(crate) fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        n => f64::midpoint(sorted[(n - 1) / 2], sorted[n / 2]),
    }
}

/// The least sample that `percent` of all samples do not exceed (nearest
/// rank).
pub(crate) fn percentile<T: Ord + Copy>(samples: &[T], percent: usize) -> Option<T> {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// How many a second.
pub(crate) fn rate(done: usize, took: Duration) -> f64 {
    done as f64 / took.as_secs_f64()
}

/// How many a second there could be of what `slower` requests do more than
/// `faster` ones, both a second.
pub(crate) fn more_per_second(slower: f64, faster: f64) -> f64 {
    1.0 / (1.0 / slower - 1.0 / faster)
}

/// `part` of `whole`, to three decimals.
pub(crate) fn ratio(part: f64, whole: f64) -> f64 {
    (part / whole * 1_000.0).round() / 1_000.0
}

/// To one decimal: what a rate on a shared machine is good for.
pub(crate) fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// Milliseconds, to one decimal.
pub(crate) fn millis(span: Duration) -> f64 {
    tenths(span.as_secs_f64() * 1_000.0)
}

/// Megabytes (10⁶ bytes) of what the kernel counts in units of 1,024 bytes.
pub(crate) fn megabytes(kibibytes: u64) -> f64 {
    tenths(kibibytes as f64 * 1_024.0 / 1_000_000.0)
}

/// What each of `count` is of the growth from `before` to `after` megabytes, in
/// kilobytes.
pub(crate) fn kilobytes_each(before: f64, after: f64, count: usize) -> f64 {
    tenths((after - before) * 1_000.0 / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]).to_bits(), 2.0_f64.to_bits());
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]).to_bits(), 2.5_f64.to_bits());
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn percentiles_are_samples() {
        let samples: Vec<u32> = (1..=200).rev().collect();
        assert_eq!(percentile(&samples, 99), Some(198));
        assert_eq!(percentile(&samples, 100), Some(200));
        assert_eq!(percentile(&[7], 99), Some(7));
        assert_eq!(percentile::<u32>(&[], 99), None);
    }
}
