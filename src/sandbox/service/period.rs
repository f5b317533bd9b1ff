//! The time range of a summary.

use std::ops::{Bound, RangeBounds as _};

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, ISOWeekDate, Time, Weekday};
use jiff::tz::TimeZone;

use super::query_string::QueryString;
use super::response::ApiError;
use crate::fitrankings::period::WeekFormat;
use crate::sandbox::dataset::Instant;

#[derive(Debug, PartialEq)]
pub(super) struct Period(Bound<Instant>, Bound<Instant>);

impl Period {
    const ALL: Self = Self(Bound::Unbounded, Bound::Unbounded);

    pub(super) fn parse(query: &QueryString, week_format: WeekFormat) -> Result<Self, ApiError> {
        let [mode, value, start, end] =
            ["time_mode", "time_value", "start", "end"].map(|name| query.get(name));
        match (mode, value, start, end) {
            (None, None, None, None) => Ok(Self::ALL),
            (None, None, Some(start), Some(end)) => Self::between(start, end),
            (None, None, Some(_), None) => Err(ApiError::required("end")),
            (None, None, None, Some(_)) => Err(ApiError::required("start")),
            (None, Some(_), None, None) => Err(ApiError::required("time_mode")),
            (Some(mode), value, None, None) => Self::of_mode(mode, value, week_format),
            _ => Err(ApiError::field(
                "non_field_errors",
                "Send either time_mode and time_value, or start and end.",
            )),
        }
    }

    pub(super) fn contains(&self, moment: Instant) -> bool {
        (self.0, self.1).contains(&moment)
    }

    fn of_mode(mode: &str, value: Option<&str>, week_format: WeekFormat) -> Result<Self, ApiError> {
        let format = match (mode, week_format) {
            ("0", _) => "",
            ("1", _) => "YYYY",
            ("3", _) => "YYYY-MM",
            ("4", WeekFormat::Plain) => "YYYY-ww",
            ("4", WeekFormat::Iso) => "YYYY-Www",
            ("5", _) => "YYYY-MM-DD",
            _ => {
                let text = format!("\"{mode}\" is not a valid choice.");
                return Err(ApiError::field("time_mode", text));
            }
        };
        match value {
            None if mode == "0" => Ok(Self::ALL),
            None => Err(ApiError::required("time_value")),
            Some(value) => days(format, value).ok_or_else(|| {
                let text = match format {
                    "" => "All time has no time_value.".to_owned(),
                    format => wrong_format("Time value", format),
                };
                ApiError::field("time_value", text)
            }),
        }
    }

    fn between(start: &str, end: &str) -> Result<Self, ApiError> {
        const FORMAT: &str = "YYYY-MM-DD hh:mm:ss";
        let bound = |name, text: &str| {
            let time = matches_format(FORMAT, text)
                .then(|| text.parse().ok())
                .flatten();
            let time = time.and_then(instant);
            time.ok_or_else(|| ApiError::field(name, wrong_format("Datetime", FORMAT)))
        };
        let (start, end) = (bound("start", start)?, bound("end", end)?);
        if start > end {
            return Err(ApiError::field(
                "non_field_errors",
                "The end comes before the start.",
            ));
        }
        Ok(Self(Bound::Included(start), Bound::Included(end)))
    }
}

fn days(format: &str, value: &str) -> Option<Period> {
    if !matches_format(format, value) {
        return None;
    }
    let day = |text: String| text.parse::<Date>().ok();
    let (first, length) = match format {
        "YYYY" => (day(format!("{value}-01-01"))?, 1.year()),
        "YYYY-MM" => (day(format!("{value}-01"))?, 1.month()),
        "YYYY-MM-DD" => (day(value.to_owned())?, 1.day()),
        "YYYY-ww" | "YYYY-Www" => {
            let year = value[..4].parse().ok()?;
            let week = value[value.len() - 2..].parse().ok()?;
            let monday = ISOWeekDate::new(year, week, Weekday::Monday).ok()?;
            (monday.date(), 1.week())
        }
        _ => return None,
    };
    let after = first.checked_add(length).ok()?;
    let midnight = |day: Date| instant(day.to_datetime(Time::midnight()));
    Some(Period(
        Bound::Included(midnight(first)?),
        Bound::Excluded(midnight(after)?),
    ))
}

/// Returns whether a value has the digits and separators of a format such as `YYYY-ww`.
fn matches_format(format: &str, value: &str) -> bool {
    let fits_one = |(expected, given): (u8, u8)| match expected {
        b'Y' | b'M' | b'D' | b'h' | b'm' | b's' | b'w' => given.is_ascii_digit(),
        sign => given == sign,
    };
    format.len() == value.len() && format.bytes().zip(value.bytes()).all(fits_one)
}

fn instant(time: DateTime) -> Option<Instant> {
    let zoned = time.to_zoned_datetime(TimeZone::UTC).ok()?;
    Some(Instant(zoned.timestamp().as_microsecond()))
}

fn wrong_format(what: &str, format: &str) -> String {
    format!("{what} has wrong format. Use one of these formats instead: {format}.")
}
