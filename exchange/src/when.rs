//! Local times of events: read with their zone, kept as instants, shown in
//! their zone again.

use domain::{Problem, Timestamp};
use jiff::{
    Timestamp as Instant, Zoned,
    civil::DateTime,
    tz::{AmbiguousOffset, TimeZone},
};

/// Longest time ahead that an event may begin: five years.
const HORIZON_MILLIS: i64 = 5 * 366 * 24 * 3_600 * 1_000;

fn zone(name: &str) -> Result<TimeZone, Problem> {
    // Names only: "America/Toronto", not a POSIX rule such as "EST5EDT,M3.2.0".
    if name.contains([',', '<']) {
        return Err(Problem::UnknownZone);
    }
    TimeZone::get(name).map_err(|_| Problem::UnknownZone)
}

/// Reads the value of an `<input type="datetime-local">`, `2026-12-12T19:30`,
/// in the zone called `zone_name`. A local time that occurs twice (clocks go
/// back) is the first of the two.
///
/// # Errors
/// The problem, with the field that has it: `starts` or `zone`.
pub fn parse(
    local: &str,
    zone_name: &str,
    now: Timestamp,
) -> Result<(Timestamp, String), (&'static str, Problem)> {
    let zone_name = zone_name.trim();
    if zone_name.is_empty() {
        return Err(("zone", Problem::Required));
    }
    let zone = zone(zone_name).map_err(|problem| ("zone", problem))?;
    let starts = |problem| ("starts", problem);
    let civil: DateTime = local
        .trim()
        .parse()
        .map_err(|_| starts(Problem::NotADate))?;
    let ambiguous = zone.to_ambiguous_zoned(civil);
    if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
        return Err(starts(Problem::NoSuchLocalTime));
    }
    let zoned = ambiguous
        .compatible()
        .map_err(|_| starts(Problem::NotADate))?;
    let at = Timestamp::from_millis(zoned.timestamp().as_millisecond());
    if at <= now {
        return Err(starts(Problem::InThePast));
    }
    if at.millis() - now.millis() > HORIZON_MILLIS {
        return Err(starts(Problem::TooFarAhead));
    }
    Ok((at, zone_name.to_owned()))
}

fn zoned(at: Timestamp, zone_name: &str) -> Zoned {
    let instant = Instant::from_millisecond(at.millis()).unwrap_or(Instant::UNIX_EPOCH);
    instant.to_zoned(zone(zone_name).unwrap_or(TimeZone::UTC))
}

/// `2026-12-13T00:30:00Z`
#[must_use]
pub fn iso(at: Timestamp) -> String {
    Instant::from_millisecond(at.millis())
        .unwrap_or(Instant::UNIX_EPOCH)
        .to_string()
}

/// `Sat 12 Dec 2026, 19:30 EST`
#[must_use]
pub fn show(at: Timestamp, zone_name: &str) -> String {
    zoned(at, zone_name)
        .strftime("%a %-d %b %Y, %H:%M %Z")
        .to_string()
}

/// `2026-12-12T19:30`, as a form field holds it.
#[must_use]
pub fn local(at: Timestamp, zone_name: &str) -> String {
    zoned(at, zone_name).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// The instant `days` days after the day of `now`, at `hour:minute` in the
/// zone; for listings whose date is relative to today.
#[must_use]
pub fn days_ahead(
    now: Timestamp,
    days: i64,
    hour: i8,
    minute: i8,
    zone_name: &str,
) -> Option<Timestamp> {
    let today = zoned(now, zone_name).date();
    let date = today.checked_add(jiff::Span::new().days(days)).ok()?;
    let at = date
        .at(hour, minute, 0, 0)
        .to_zoned(zone(zone_name).ok()?)
        .ok()?;
    Some(Timestamp::from_millis(at.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000); // 2026-09-21

    #[test]
    fn a_local_time_comes_back_as_it_was_typed() {
        let (at, zone) = parse("2026-12-12T19:30", "America/Toronto", NOW).expect("a date");
        assert_eq!(iso(at), "2026-12-13T00:30:00Z");
        assert_eq!(show(at, &zone), "Sat 12 Dec 2026, 19:30 EST");
        assert_eq!(local(at, &zone), "2026-12-12T19:30");
    }

    #[test]
    fn what_is_wrong_is_said_at_its_field() {
        let problem = |local, zone| parse(local, zone, NOW).expect_err("refused");
        assert_eq!(problem("2026-12-12T19:30", ""), ("zone", Problem::Required));
        assert_eq!(
            problem("2026-12-12T19:30", "Mars/Olympus"),
            ("zone", Problem::UnknownZone)
        );
        assert_eq!(
            problem("2026-12-12T19:30", "EST5EDT,M3.2.0,M11.1.0"),
            ("zone", Problem::UnknownZone)
        );
        assert_eq!(problem("tomorrow", "UTC"), ("starts", Problem::NotADate));
        assert_eq!(
            problem("2026-02-30T19:30", "UTC"),
            ("starts", Problem::NotADate)
        );
        assert_eq!(
            problem("2020-01-01T00:00", "UTC"),
            ("starts", Problem::InThePast)
        );
        assert_eq!(
            problem("2999-01-01T00:00", "UTC"),
            ("starts", Problem::TooFarAhead)
        );
        assert_eq!(
            problem("2027-03-14T02:30", "America/Toronto"),
            ("starts", Problem::NoSuchLocalTime)
        );
    }
}
