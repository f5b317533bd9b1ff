//! Periods of time, and the sums over the activities in them.

use std::ops::{Bound, RangeBounds as _};

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, ISOWeekDate, Weekday};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::answer::Refusal;
use super::query::Query;
use super::record::{Activity, Decimal, Instant};
use super::world::World;

#[derive(Debug, PartialEq)]
pub(super) struct Period(Bound<Instant>, Bound<Instant>);

/// How an endpoint wants its weeks written.
#[derive(Clone, Copy)]
pub(super) enum Weeks {
    /// `YYYY-ww`
    Plain,
    /// `YYYY-Www`
    Iso,
}

#[derive(Default)]
pub(super) struct Totals {
    activities: u64,
    met_minutes: Decimal,
    distance: Decimal,
    duration: Decimal,
    calories: Decimal,
    steps: i64,
}

impl Period {
    pub(super) fn parse(query: &Query, weeks: Weeks) -> Result<Period, Refusal> {
        let [mode, value, start, end] =
            ["time_mode", "time_value", "start", "end"].map(|name| query.get(name));
        match (mode, value, start, end) {
            (None, None, None, None) => Ok(Period::ALL),
            (None, None, Some(start), Some(end)) => Period::between(start, end),
            (None, None, Some(_), None) => Err(Refusal::required("end")),
            (None, None, None, Some(_)) => Err(Refusal::required("start")),
            (None, Some(_), None, None) => Err(Refusal::required("time_mode")),
            (Some(mode), value, None, None) => Period::of_mode(mode, value, weeks),
            _ => Err(Refusal::field(
                "non_field_errors",
                "Send either time_mode and time_value, or start and end.",
            )),
        }
    }

    pub(super) fn contains(&self, moment: Instant) -> bool {
        (self.0, self.1).contains(&moment)
    }

    const ALL: Period = Period(Bound::Unbounded, Bound::Unbounded);

    fn of_mode(mode: &str, value: Option<&str>, weeks: Weeks) -> Result<Period, Refusal> {
        let form = match (mode, weeks) {
            ("0", _) => "",
            ("1", _) => "YYYY",
            ("3", _) => "YYYY-MM",
            ("4", Weeks::Plain) => "YYYY-ww",
            ("4", Weeks::Iso) => "YYYY-Www",
            ("5", _) => "YYYY-MM-DD",
            _ => {
                let text = format!("\"{mode}\" is not a valid choice.");
                return Err(Refusal::field("time_mode", text));
            }
        };
        match value {
            None if mode == "0" => Ok(Period::ALL),
            None => Err(Refusal::required("time_value")),
            Some(value) => days(form, value).ok_or_else(|| {
                let text = match form {
                    "" => "All time has no time_value.".to_owned(),
                    form => wrong_format("Time value", form),
                };
                Refusal::field("time_value", text)
            }),
        }
    }

    fn between(start: &str, end: &str) -> Result<Period, Refusal> {
        const FORM: &str = "YYYY-MM-DD hh:mm:ss";
        let bound = |name, text: &str| {
            let time = fits(FORM, text).then(|| text.parse().ok()).flatten();
            let time = time.and_then(instant);
            time.ok_or_else(|| Refusal::field(name, wrong_format("Datetime", FORM)))
        };
        let (start, end) = (bound("start", start)?, bound("end", end)?);
        if start > end {
            return Err(Refusal::field(
                "non_field_errors",
                "The end comes before the start.",
            ));
        }
        Ok(Period(Bound::Included(start), Bound::Included(end)))
    }
}

impl Totals {
    pub(super) fn of<'a>(
        activities: impl Iterator<Item = &'a Activity>,
        period: &Period,
    ) -> Totals {
        let mut sum = Totals::default();
        for activity in activities.filter(|activity| period.contains(activity.action_date)) {
            sum.activities += 1;
            sum.met_minutes.0 += activity.met_minutes.0;
            sum.distance.0 += activity.distance.0;
            sum.duration.0 += activity.duration.0;
            sum.calories.0 += activity.calories.0;
            sum.steps += activity.steps;
        }
        sum
    }

    pub(super) fn of_user(self, user_id: i64) -> Value {
        json!({
            "calories": self.calories.number(),
            "duration": self.duration.number(),
            "distance": self.distance.number(),
            "user_id": user_id,
            "met_minutes": self.met_minutes.number(),
            "steps": self.steps,
        })
    }

    pub(super) fn of_group(self, user_count: usize) -> Value {
        let met_minutes = self.met_minutes.number();
        json!({
            "group_id": World::GROUP_ID,
            "avg_user_met_minutes": met_minutes / user_count.max(1) as f64,
            "calories": self.calories.number(),
            "activities": self.activities,
            "duration": self.duration.number(),
            "user_count": user_count,
            "distance": self.distance.number(),
            "met_minutes": met_minutes,
            "steps": self.steps,
        })
    }
}

fn days(form: &str, value: &str) -> Option<Period> {
    if !fits(form, value) {
        return None;
    }
    let day = |text: String| text.parse::<Date>().ok();
    let (first, length) = match form {
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
    let midnight = |day: Date| instant(day.to_datetime(jiff::civil::Time::midnight()));
    Some(Period(
        Bound::Included(midnight(first)?),
        Bound::Excluded(midnight(after)?),
    ))
}

/// Whether a value has the digits and signs of a form, one for one.
fn fits(form: &str, value: &str) -> bool {
    let fits_one = |(expected, given): (u8, u8)| match expected {
        b'Y' | b'M' | b'D' | b'h' | b'm' | b's' | b'w' => given.is_ascii_digit(),
        sign => given == sign,
    };
    form.len() == value.len() && form.bytes().zip(value.bytes()).all(fits_one)
}

fn instant(time: DateTime) -> Option<Instant> {
    let zoned = time.to_zoned_datetime(TimeZone::UTC).ok()?;
    Some(Instant(zoned.timestamp().as_microsecond()))
}

fn wrong_format(what: &str, form: &str) -> String {
    format!("{what} has wrong format. Use one of these formats instead: {form}.")
}
