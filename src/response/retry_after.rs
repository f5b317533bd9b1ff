//! Parses `Retry-After`.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::TimeZone;

/// The longest wait that is returned. A caller can add it to an `Instant`.
pub(crate) const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// Returns the wait that a `Retry-After` asks for. Returns `None` if the value is malformed, 0, or a
/// date that has passed.
///
/// A date is compared with `date`, the `Date` header of the same response, so that the local clock
/// does not matter. Without a valid `Date`, it is compared with `now`.
pub(crate) fn wait(value: &str, date: Option<&str>, now: SystemTime) -> Option<Duration> {
    let wait = match seconds(value.trim()) {
        Some(wait) => wait,
        None => until(value, date, Timestamp::try_from(now).ok()?)?,
    };
    Some(wait.min(LONGEST)).filter(|wait| !wait.is_zero())
}

/// Parses a number of seconds. RFC 9110 allows integers only; a fraction is rounded up.
fn seconds(value: &str) -> Option<Duration> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let whole: u64 = whole.parse().unwrap_or(u64::MAX);
    let more = fraction.bytes().any(|digit| digit != b'0');
    Some(Duration::from_secs(whole.saturating_add(more.into())))
}

fn until(value: &str, date: Option<&str>, now: Timestamp) -> Option<Duration> {
    let now = match date.and_then(|date| http_date(date, now)) {
        Some(Date::At(date)) => date,
        Some(Date::Distant) | None => now,
    };
    match http_date(value, now)? {
        Date::At(at) => at.duration_since(now).try_into().ok(),
        Date::Distant => Some(LONGEST),
    }
}

enum Date {
    At(Timestamp),
    /// In the year 9999 or later, out of range for a `Timestamp`.
    Distant,
}

/// Parses the three date formats that RFC 9110, section 5.6.7, requires recipients to accept:
///
/// - `Sun, 06 Nov 1994 08:49:37 GMT`
/// - `Sunday, 06-Nov-94 08:49:37 GMT`
/// - `Sun Nov  6 08:49:37 1994`
///
/// The day of the week is not compared with the date.
fn http_date(value: &str, now: Timestamp) -> Option<Date> {
    let mut words: Vec<&str> = value.split_ascii_whitespace().take(7).collect();
    let is_name = |word: &&str| word.starts_with(|first: char| first.is_ascii_alphabetic());
    if words.first().is_some_and(is_name) {
        words.remove(0);
    }
    let (day, month, year, time, zone) = match words[..] {
        [day, month, year, time, zone] => (day, month, year, time, zone),
        [month, day, time, year] => (day, month, year, time, "GMT"),
        [date, time, zone] => {
            let mut parts = date.splitn(3, '-');
            (parts.next()?, parts.next()?, parts.next()?, time, zone)
        }
        _ => return None,
    };
    let year = full_year(year, now)?;
    if year >= 9999 {
        return Some(Date::Distant);
    }
    let text = format!("{day} {month} {year:04} {time} {zone}");
    let date = DateTimeParser::new().parse_timestamp(&text).ok()?;
    Some(Date::At(date))
}

/// Parses a year. The obsolete format has the last two digits only: they stand for the year within
/// fifty years of now.
fn full_year(digits: &str, now: Timestamp) -> Option<u64> {
    if !is_number(digits) {
        return None;
    }
    let year = digits.parse().unwrap_or(u64::MAX);
    if digits.len() > 2 {
        return Some(year);
    }
    let now = u64::try_from(TimeZone::UTC.to_datetime(now).year()).ok()?;
    let year = now - now % 100 + year;
    Some(if year > now + 50 {
        year.saturating_sub(100)
    } else if year + 50 < now {
        year + 100
    } else {
        year
    })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sun, 06 Nov 1994 08:49:37 GMT
    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777)
    }

    fn asked(value: &str) -> Option<Duration> {
        wait(value, None, now())
    }

    #[test]
    fn a_number_is_seconds_and_a_fraction_counts_as_a_whole_one() {
        for (value, seconds) in [
            ("120", 120),
            (" 120 ", 120),
            ("0060", 60),
            ("0.5", 1),
            ("1.98", 2),
            ("2.000", 2),
            ("18446744073709551615", LONGEST.as_secs()),
            ("18446744073709551616", LONGEST.as_secs()),
            ("18446744073709551615.5", LONGEST.as_secs()),
        ] {
            assert_eq!(asked(value), Some(Duration::from_secs(seconds)), "{value}");
        }
        for value in ["", "0", "0.0", "-1", ".5", "1.", "1,5", "1e3", "soon", "٣"] {
            assert_eq!(asked(value), None, "{value}");
        }
    }

    #[test]
    fn each_form_of_a_date_is_read() {
        for value in [
            "Sun, 06 Nov 1994 08:50:37 GMT",
            "Mon, 06 Nov 1994 08:50:37 GMT",
            "06 Nov 1994 09:50:37 +0100",
            "Sunday, 06-Nov-94 08:50:37 GMT",
            "Sun Nov  6 08:50:37 1994",
            "Sun Nov 06 08:50:37 1994",
        ] {
            assert_eq!(asked(value), Some(Duration::from_secs(60)), "{value}");
        }
        for value in [
            "Sun, 06 Nov 1994 08:48:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sun, 31 Feb 1995 08:49:37 GMT",
            "Sun, 06 Nov 1995 25:49:37 GMT",
            "Sun, 06 Nov -1995 08:49:37 GMT",
            "Sunday, 06-Nov 08:49:37 GMT",
            "Sun Nov  6 08:50:37",
            "Sun",
            "--------- - -",
        ] {
            assert_eq!(asked(value), None, "{value}");
        }
    }

    #[test]
    fn a_year_past_all_calendars_is_the_longest_wait() {
        for value in [
            "Fri, 31 Dec 9999 23:59:59 GMT",
            "Fri, 31 Dec 10000 23:59:59 GMT",
            "Friday, 31-Dec-99999999999999999999 23:59:59 GMT",
            "Fri Dec 31 23:59:59 12345",
            "Fri, 31 Dec 9998 23:59:59 GMT",
        ] {
            assert_eq!(asked(value), Some(LONGEST), "{value}");
        }
    }

    #[test]
    fn two_digits_of_a_year_mean_the_one_within_fifty_of_now() {
        for (now, digits, year) in [
            ("2026-06-01T00:00:00Z", "27", 2027),
            ("2026-06-01T00:00:00Z", "76", 2076),
            ("2026-06-01T00:00:00Z", "77", 1977),
            ("2099-12-31T23:59:00Z", "00", 2100),
            ("1994-11-06T00:00:00Z", "94", 1994),
            ("1994-11-06T00:00:00Z", "1", 2001),
        ] {
            let now: Timestamp = now.parse().unwrap();
            assert_eq!(full_year(digits, now), Some(year), "{digits} in {now}");
        }
    }

    #[test]
    fn the_date_of_the_response_stands_for_now_where_it_is_one() {
        let value = "Sun, 06 Nov 1994 08:50:37 GMT";
        for (date, seconds) in [
            ("Sun, 06 Nov 1994 08:50:35 GMT", 2),
            ("Sun, 06 Nov 1994 07:50:35 GMT", 3602),
            ("yesterday", 60),
            ("Fri, 31 Dec 10000 23:59:59 GMT", 60),
        ] {
            let expected = Some(Duration::from_secs(seconds));
            assert_eq!(wait(value, Some(date), now()), expected, "{date}");
        }
        let passed = "Sun, 06 Nov 1994 08:50:38 GMT";
        assert_eq!(wait(value, Some(passed), now()), None);
        assert_eq!(wait("7", Some(passed), now()), Some(Duration::from_secs(7)));
    }
}
