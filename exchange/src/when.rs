//! Local times of events: read with their zone, kept as instants, shown in
//! their zone again.

use domain::{Date, FieldErrors, Problem, Timestamp, ticket::Content};
use jiff::{
    Timestamp as Instant, Zoned,
    civil::{self, DateTime},
    tz::{AmbiguousOffset, TimeZone},
};
use texts::{Language, LocalTime};

const UNIX_EPOCH: civil::Date = civil::date(1970, 1, 1);

/// Longest time ahead that an event may begin: five years.
const HORIZON_MILLIS: i64 = 5 * 366 * 24 * 3_600 * 1_000;

fn zone(name: &str) -> Result<TimeZone, Problem> {
    if name.is_empty() {
        return Err(Problem::Required);
    }
    // Names only: "America/Toronto", not a POSIX rule such as "EST5EDT,M3.2.0".
    // Nor the entries of the database that are no place, or this machine's.
    const NO_PLACE: [&str; 4] = ["localtime", "posixrules", "Factory", "Etc/Unknown"];
    if name.contains([',', '<']) || NO_PLACE.iter().any(|no| no.eq_ignore_ascii_case(name)) {
        return Err(Problem::UnknownZone);
    }
    TimeZone::get(name).map_err(|_| Problem::UnknownZone)
}

/// Reads the value of an `<input type="datetime-local">`, `2026-12-12T19:30`,
/// in the zone called `zone_name`. A local time that occurs twice (clocks go
/// back) is the first of the two.
///
/// # Errors
/// The problems, with the fields that have them: `starts` and `zone`.
pub fn parse(
    local: &str,
    zone_name: &str,
    now: Timestamp,
) -> Result<(Timestamp, String), FieldErrors> {
    let mut errors = FieldErrors::default();
    let zone_name = zone_name.trim();
    let zone = errors.take("zone", zone(zone_name));
    let typed = errors.take("starts", read(local.trim()));
    let (Some(zone), Some(typed)) = (zone, typed) else {
        return Err(errors);
    };
    let at = instant(typed, &zone, now).map_err(|problem| FieldErrors::one("starts", problem))?;
    Ok((at, zone_name.to_owned()))
}

/// To the minute, as forms show it: what was typed is what is stored.
fn read(local: &str) -> Result<DateTime, Problem> {
    DateTime::strptime("%Y-%m-%dT%H:%M", local)
        .or_else(|_| DateTime::strptime("%Y-%m-%dT%H:%M:00", local))
        .map_err(|_| Problem::NotADate)
}

fn instant(typed: DateTime, zone: &TimeZone, now: Timestamp) -> Result<Timestamp, Problem> {
    let ambiguous = zone.to_ambiguous_zoned(typed);
    if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
        return Err(Problem::NoSuchLocalTime);
    }
    let zoned = ambiguous.compatible().map_err(|_| Problem::NotADate)?;
    let at = Timestamp::from_millis(zoned.timestamp().as_millisecond());
    if at <= now {
        return Err(Problem::InThePast);
    }
    if at.millis() - now.millis() > HORIZON_MILLIS {
        return Err(Problem::TooFarAhead);
    }
    Ok(at)
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

/// `Sat 12 Dec 2026, 19:30 EST`; in UTC without a zone.
#[must_use]
pub fn show(language: Language, at: Timestamp, zone_name: Option<&str>) -> String {
    let at = zoned(at, zone_name.unwrap_or("UTC"));
    language.moment(LocalTime {
        date: day(&at),
        time: &at.strftime("%H:%M").to_string(),
        zone: &at.strftime("%Z").to_string(),
    })
}

/// `2026-12-12T19:30`, as a form field holds it.
#[must_use]
pub fn local(at: Timestamp, zone_name: &str) -> String {
    zoned(at, zone_name).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// The calendar date on which the event begins, in its zone: the one that its
/// card shows.
#[must_use]
pub fn date(content: &Content) -> Option<Date> {
    let zone = content.zone.as_deref().unwrap_or("UTC");
    Some(day(&zoned(content.starts_at?, zone)))
}

fn day(at: &Zoned) -> Date {
    let days = at.date().duration_since(UNIX_EPOCH).as_hours() / 24;
    // The calendar ends with the year 9999.
    Date::from_days(i32::try_from(days).unwrap_or(i32::MAX))
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
        let shown = show(Language::English, at, Some(&zone));
        assert_eq!(shown, "Sat 12 Dec 2026, 19:30 EST");
        assert_eq!(local(at, &zone), "2026-12-12T19:30");
    }

    #[test]
    fn what_is_wrong_is_said_at_its_field() {
        let problems = |local, zone| {
            let errors = parse(local, zone, NOW).expect_err("refused");
            errors.iter().cloned().collect::<Vec<_>>()
        };
        for (local, zone, field, problem) in [
            ("2026-12-12T19:30", "", "zone", Problem::Required),
            (
                "2026-12-12T19:30",
                "Mars/Olympus",
                "zone",
                Problem::UnknownZone,
            ),
            (
                "2026-12-12T19:30",
                "localtime",
                "zone",
                Problem::UnknownZone,
            ),
            (
                "2026-12-12T19:30",
                "EST5EDT,M3.2.0,M11.1.0",
                "zone",
                Problem::UnknownZone,
            ),
            ("tomorrow", "UTC", "starts", Problem::NotADate),
            ("2026-12-12", "UTC", "starts", Problem::NotADate),
            ("2026-12-12T19:30+09:00", "UTC", "starts", Problem::NotADate),
            ("2026-12-12T19:30:45", "UTC", "starts", Problem::NotADate),
            ("2026-02-30T19:30", "UTC", "starts", Problem::NotADate),
            ("2020-01-01T00:00", "UTC", "starts", Problem::InThePast),
            ("2999-01-01T00:00", "UTC", "starts", Problem::TooFarAhead),
            (
                "2027-03-14T02:30",
                "America/Toronto",
                "starts",
                Problem::NoSuchLocalTime,
            ),
        ] {
            assert_eq!(problems(local, zone), [(field, problem)], "{local} {zone}");
        }
        assert_eq!(
            problems("tomorrow", "Mars/Olympus"),
            [
                ("zone", Problem::UnknownZone),
                ("starts", Problem::NotADate)
            ]
        );
    }
}
