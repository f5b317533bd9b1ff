//! The time range of a summary.

use std::fmt;

use jiff::civil::{Date, DateTime, ISOWeekDate, Weekday};

use crate::Error;

/// The time range of a stat summary: all time, a year, a month, a week, a day, or a range.
///
/// ```
/// use fitrankings::Period;
/// use fitrankings::jiff::civil::date;
///
/// let year = Period::year(2017)?;
/// let week = Period::week(2017, 32)?;
/// let range = Period::range(date(2017, 8, 1).at(0, 0, 0, 0), date(2017, 8, 7).at(23, 59, 59, 0))?;
///
/// assert_eq!(week.to_string(), "week 32 of 2017");
/// assert_eq!(week, Period::week_of(date(2017, 8, 12))?);
/// # Ok::<(), fitrankings::Error>(())
/// ```
///
/// # Years
///
/// The service writes a year with four digits, so the constructors accept the years 1 to 9999. Any
/// other year is an error that [is invalid input](Error::is_invalid_input). [`Period::raw`] and
/// [`Period::raw_range`] check nothing.
///
/// # Consecutive periods
///
/// This example makes one period for each of several weeks:
///
/// ```
/// use fitrankings::jiff::{ToSpan, civil::date};
/// use fitrankings::{Error, Period};
///
/// let weeks = date(2017, 12, 25).series(1.week()).take(2).map(Period::week_of);
/// let weeks = weeks.collect::<Result<Vec<_>, Error>>()?;
/// assert_eq!(weeks, [Period::week(2017, 52)?, Period::week(2018, 1)?]);
/// # Ok::<(), fitrankings::Error>(())
/// ```
///
/// # Query parameters
///
/// The client sends these parameters. They are those of the vendor's reference, except for the
/// format of a week, which is [not certain](Self#what-the-vendors-reference-does-not-say).
///
/// | period | parameters | example |
/// |---|---|---|
/// | all time | none, which is the documented default | |
/// | year | `time_mode=1`, `time_value` | `2017` |
/// | month | `time_mode=3`, `time_value` | `2017-08` |
/// | week, of a user's summary | `time_mode=4`, `time_value` | `2017-32` |
/// | week, of a group's summary | `time_mode=4`, `time_value` | `2017-W32` |
/// | day | `time_mode=5`, `time_value` | `2017-08-12` |
/// | range | `start`, `end` | `2017-08-12 00:00:00` |
///
/// # What the vendor's reference does not say
///
/// - Whether a week really has two formats. The reference has `YYYY-WW` for users and `YYYY-WWW` for
///   groups. This crate takes them for `2017-32` and `2017-W32`, but one of them may be a misprint.
///   If the service refuses a week, try the other format with [`Period::raw`].
/// - On which day a week begins. This crate assumes ISO 8601 weeks, from Monday to Sunday.
/// - The time zone of a period, and of the `start` and the `end` of a range.
/// - Whether a range includes its `end`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Period(Kind);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Kind {
    AllTime,
    Year(i16),
    /// The first day of the month.
    Month(Date),
    Week {
        year: i16,
        week: i8,
    },
    Day(Date),
    /// In whole seconds.
    Range(DateTime, DateTime),
    Raw(i64, Option<String>),
    RawRange(String, String),
}

/// The names of an operation's period parameters, from the spec's `x-period`.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct PeriodParameters {
    pub mode: &'static str,
    pub value: &'static str,
    pub start: &'static str,
    pub end: &'static str,
    pub week: WeekFormat,
}

/// The format of a week in an operation. Exhaustive, since only generated code names it.
#[doc(hidden)]
#[allow(dead_code, reason = "a document may use only one of them")]
#[derive(Clone, Copy, Debug)]
pub enum WeekFormat {
    /// `YYYY-WW`: `2017-32`.
    Plain,
    /// `YYYY-WWW`: `2017-W32`.
    Iso,
}

impl Period {
    /// Returns the period that includes all activities. It is the default of the service.
    pub fn all_time() -> Self {
        Self(Kind::AllTime)
    }

    /// Returns a calendar year from 1 to 9999.
    pub fn year(year: i16) -> Result<Self, Error> {
        check_year(year)?;
        Ok(Self(Kind::Year(year)))
    }

    /// Returns a calendar month, counted from 1 for January.
    pub fn month(year: i16, month: i8) -> Result<Self, Error> {
        check_year(year)?;
        let first = Date::new(year, month, 1).map_err(|_| {
            Error::invalid(format!("there is no month {month}: months are 1 to 12"))
        })?;
        Ok(Self(Kind::Month(first)))
    }

    /// Returns an ISO 8601 week, which begins on a Monday.
    ///
    /// This crate assumes that the service uses ISO weeks. The vendor's reference has two formats of
    /// a week, of which one [may be a misprint](Self#what-the-vendors-reference-does-not-say).
    ///
    /// Most years have 52 weeks, some have 53. A week that is not in the year is an error.
    ///
    /// Week 1 is the week that contains the year's first Thursday. A day around New Year may
    /// therefore belong to a week of the previous or the next year. [`Period::week_of`] returns the
    /// week of a day.
    ///
    /// ```
    /// use fitrankings::Period;
    ///
    /// assert!(Period::week(2020, 53).is_ok());
    /// let error = Period::week(2017, 53).unwrap_err();
    /// assert_eq!(error.to_string(), "there is no week 53 of 2017: its ISO weeks are 1 to 52");
    /// ```
    pub fn week(year: i16, week: i8) -> Result<Self, Error> {
        check_year(year)?;
        let weeks = ISOWeekDate::new(year, 1, Weekday::Monday)
            .map_err(|error| Error::invalid(error.to_string()))?
            .weeks_in_year();
        if !(1..=weeks).contains(&week) {
            return Err(Error::invalid(format!(
                "there is no week {week} of {year}: its ISO weeks are 1 to {weeks}"
            )));
        }
        Ok(Self(Kind::Week { year, week }))
    }

    /// Returns the ISO 8601 week that a day belongs to. A year outside of 1 to 9999 is an error.
    ///
    /// ```
    /// use fitrankings::Period;
    /// use fitrankings::jiff::civil::date;
    ///
    /// assert_eq!(Period::week_of(date(2017, 1, 1))?, Period::week(2016, 52)?);
    /// # Ok::<(), fitrankings::Error>(())
    /// ```
    pub fn week_of(date: Date) -> Result<Self, Error> {
        let date = date.iso_week_date();
        Self::week(date.year(), date.week())
    }

    /// Returns a single day. A year outside of 1 to 9999 is an error.
    ///
    /// ```
    /// use fitrankings::Period;
    /// use fitrankings::jiff::civil::date;
    ///
    /// assert_eq!(Period::day(date(2017, 8, 12))?.to_string(), "2017-08-12");
    /// assert!(Period::day(date(0, 12, 31)).unwrap_err().is_invalid_input());
    /// # Ok::<(), fitrankings::Error>(())
    /// ```
    pub fn day(date: Date) -> Result<Self, Error> {
        check_year(date.year())?;
        Ok(Self(Kind::Day(date)))
    }

    /// Returns the range from `start` to `end`.
    ///
    /// It is not known which time zone the service assumes, nor whether the range includes `end`.
    /// The service's format has whole seconds, so fractions of a second are cut off.
    ///
    /// A `start` after `end` is an error, and so is a year outside of 1 to 9999.
    ///
    /// ```
    /// use fitrankings::Period;
    /// use fitrankings::jiff::civil::date;
    ///
    /// let monday = date(2017, 8, 7).at(0, 0, 0, 0);
    /// let sunday = date(2017, 8, 13).at(23, 59, 59, 999_000_000);
    /// let range = Period::range(monday, sunday)?;
    /// assert_eq!(range.to_string(), "2017-08-07 00:00:00 to 2017-08-13 23:59:59");
    /// assert!(Period::range(sunday, monday).is_err());
    /// # Ok::<(), fitrankings::Error>(())
    /// ```
    pub fn range(start: DateTime, end: DateTime) -> Result<Self, Error> {
        check_year(start.year())?;
        check_year(end.year())?;
        if start > end {
            return Err(Error::invalid(format!(
                "the range ends before it starts: {start} is after {end}"
            )));
        }
        Ok(Self(Kind::Range(
            whole_seconds(start)?,
            whole_seconds(end)?,
        )))
    }

    /// Returns a period with this `time_mode` and `time_value`, which are sent unchanged.
    ///
    /// Use it if the service refuses the value of another constructor, or for a mode that has no
    /// constructor.
    ///
    /// ```
    /// use fitrankings::Period;
    ///
    /// // The other format of a week in the vendor's reference.
    /// let week = Period::raw(4, "2017-W32");
    /// let mode_alone = Period::raw(2, None);
    /// ```
    pub fn raw<'a>(time_mode: i64, time_value: impl Into<Option<&'a str>>) -> Self {
        Self(Kind::Raw(time_mode, time_value.into().map(str::to_owned)))
    }

    /// Returns a range with this `start` and `end`, which are sent unchanged.
    ///
    /// The service documents the format `YYYY-MM-DD HH:MM:SS`, without a time zone. The service
    /// appears to run on Django REST Framework, which by default refuses any other format with a
    /// 400.
    ///
    /// ```
    /// use fitrankings::Period;
    ///
    /// let day = Period::raw_range("2017-08-12 00:00:00", "2017-08-12 23:59:59");
    /// # use fitrankings::{Client, UserToken, sandbox::Sandbox};
    /// # let sandbox = Sandbox::start()?;
    /// # let token = sandbox.user_token(sandbox.user_ids()[0]).unwrap_or_default();
    /// # let client = Client::builder().base_url(sandbox.base_url()).build(UserToken::new(token)?)?;
    /// # client.get_user_stat_summary().period(day).call()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn raw_range(start: impl Into<String>, end: impl Into<String>) -> Self {
        Self(Kind::RawRange(start.into(), end.into()))
    }

    /// Returns the query parameters of this period.
    ///
    /// All time has none: it is the documented default, and the service could refuse `time_mode=0`.
    #[allow(dead_code, reason = "a document may have no period")]
    pub(crate) fn parameters(&self, names: &PeriodParameters) -> Vec<(&'static str, String)> {
        let mode = |mode: i64, value| vec![(names.mode, mode.to_string()), (names.value, value)];
        let range = |start, end| vec![(names.start, start), (names.end, end)];
        match &self.0 {
            Kind::AllTime => Vec::new(),
            Kind::Year(year) => mode(1, format!("{year:04}")),
            Kind::Month(first) => mode(3, format!("{:04}-{:02}", first.year(), first.month())),
            Kind::Week { year, week } => match names.week {
                WeekFormat::Plain => mode(4, format!("{year:04}-{week:02}")),
                WeekFormat::Iso => mode(4, format!("{year:04}-W{week:02}")),
            },
            Kind::Day(date) => mode(5, date.to_string()),
            Kind::Range(start, end) => range(seconds(start), seconds(end)),
            Kind::Raw(number, Some(value)) => mode(*number, value.clone()),
            Kind::Raw(number, None) => vec![(names.mode, number.to_string())],
            Kind::RawRange(start, end) => range(start.clone(), end.clone()),
        }
    }
}

/// Writes the period for people to read: `week 32 of 2017`, `August 2017`.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::AllTime => f.write_str("all time"),
            Kind::Year(year) => write!(f, "{year}"),
            Kind::Month(first) => write!(f, "{}", first.strftime("%B %-Y")),
            Kind::Week { year, week } => write!(f, "week {week} of {year}"),
            Kind::Day(date) => write!(f, "{date}"),
            Kind::Range(start, end) => write!(f, "{} to {}", seconds(start), seconds(end)),
            Kind::Raw(mode, Some(value)) => write!(f, "time_mode {mode}, time_value {value}"),
            Kind::Raw(mode, None) => write!(f, "time_mode {mode}"),
            Kind::RawRange(start, end) => write!(f, "{start} to {end}"),
        }
    }
}

fn check_year(year: i16) -> Result<(), Error> {
    if (1..=9999).contains(&year) {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "the year {year} is out of range: years are 1 to 9999"
    )))
}

fn whole_seconds(time: DateTime) -> Result<DateTime, Error> {
    let whole = time.with().subsec_nanosecond(0).build();
    whole.map_err(|error| Error::invalid(error.to_string()))
}

/// Formats a time of whole seconds as `YYYY-MM-DD HH:MM:SS`.
fn seconds(time: &DateTime) -> String {
    format!("{} {}", time.date(), time.time())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const USERS: PeriodParameters = PeriodParameters {
        mode: "time_mode",
        value: "time_value",
        start: "start",
        end: "end",
        week: WeekFormat::Plain,
    };
    const GROUPS: PeriodParameters = PeriodParameters {
        week: WeekFormat::Iso,
        ..USERS
    };

    fn query(period: &Period, names: &PeriodParameters) -> String {
        let pairs = period.parameters(names);
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("&")
    }

    fn message(period: Result<Period, Error>) -> String {
        period.unwrap_err().to_string()
    }

    #[track_caller]
    fn check(period: Period, shown: &str, sent: &str) {
        assert_eq!(period.to_string(), shown);
        assert_eq!(query(&period, &USERS), sent);
    }

    #[test]
    fn writes_what_the_reference_documents() {
        check(Period::all_time(), "all time", "");
        let year = |year| Period::year(year).unwrap();
        check(year(2017), "2017", "time_mode=1&time_value=2017");
        check(year(33), "33", "time_mode=1&time_value=0033");
        let month = |year, month| Period::month(year, month).unwrap();
        let sent = "time_mode=3&time_value=2017-08";
        check(month(2017, 8), "August 2017", sent);
        let sent = "time_mode=3&time_value=0033-12";
        check(month(33, 12), "December 33", sent);
        let week = |week| Period::week(2017, week).unwrap();
        let sent = "time_mode=4&time_value=2017-32";
        check(week(32), "week 32 of 2017", sent);
        let sent = "time_mode=4&time_value=2017-02";
        check(week(2), "week 2 of 2017", sent);
        let day = Period::day(date(2017, 8, 1)).unwrap();
        check(day, "2017-08-01", "time_mode=5&time_value=2017-08-01");
        let start = date(2017, 8, 1).at(0, 0, 0, 0);
        let end = date(2017, 8, 7).at(23, 59, 9, 0);
        check(
            Period::range(start, end).unwrap(),
            "2017-08-01 00:00:00 to 2017-08-07 23:59:09",
            "start=2017-08-01 00:00:00&end=2017-08-07 23:59:09",
        );
    }

    #[test]
    fn raw_values_are_sent_as_they_are() {
        check(Period::raw(2, None), "time_mode 2", "time_mode=2");
        let mode_and_value = Period::raw(4, "x");
        let shown = "time_mode 4, time_value x";
        check(mode_and_value, shown, "time_mode=4&time_value=x");
        let range = Period::raw_range("a", String::from("b"));
        check(range, "a to b", "start=a&end=b");
    }

    #[test]
    fn a_week_has_the_format_of_the_operation() {
        let week = Period::week(2017, 2).unwrap();
        assert_eq!(query(&week, &USERS), "time_mode=4&time_value=2017-02");
        assert_eq!(query(&week, &GROUPS), "time_mode=4&time_value=2017-W02");
    }

    #[test]
    fn the_names_are_the_operations_own() {
        let names = PeriodParameters {
            mode: "m",
            value: "v",
            start: "s",
            end: "e",
            ..USERS
        };
        assert_eq!(query(&Period::year(2017).unwrap(), &names), "m=1&v=2017");
        assert_eq!(query(&Period::raw_range("a", "b"), &names), "s=a&e=b");
    }

    #[test]
    fn refuses_invalid_periods() {
        assert_eq!(
            message(Period::year(0)),
            "the year 0 is out of range: years are 1 to 9999"
        );
        assert!(Period::year(-1).is_err());
        assert!(Period::year(10_000).is_err());
        assert!(Period::year(9999).is_ok());
        assert_eq!(
            message(Period::month(2017, 13)),
            "there is no month 13: months are 1 to 12"
        );
        assert!(Period::month(2017, 0).is_err());
        assert!(Period::month(2017, i8::MIN).is_err());
        assert!(Period::month(0, 1).is_err());
        assert!(Period::week(2017, 0).is_err());
        assert!(Period::week(2020, 54).is_err());
        assert!(Period::week(0, 1).is_err());
        assert!(Period::week(9999, 52).is_ok());
        let start = date(2017, 8, 7).at(0, 0, 0, 1);
        let end = date(2017, 8, 7).at(0, 0, 0, 0);
        assert!(message(Period::range(start, end)).starts_with("the range ends before it starts"));
        assert!(Period::range(end, end).is_ok());
        assert!(Period::range(date(-1, 1, 1).at(0, 0, 0, 0), end).is_err());
    }

    #[test]
    fn every_constructor_refuses_the_same_years_in_the_same_words() {
        let (from, to) = (date(1, 1, 1), date(9999, 12, 31));
        let constructors: [fn(Date) -> Result<Period, Error>; 6] = [
            |day| Period::year(day.year()),
            |day| Period::month(day.year(), day.month()),
            |day| Period::week(day.iso_week_date().year(), day.iso_week_date().week()),
            Period::week_of,
            Period::day,
            |day| Period::range(day.at(0, 0, 0, 0), date(2017, 1, 1).at(0, 0, 0, 0)),
        ];
        for (number, period) in constructors.into_iter().enumerate() {
            assert!(period(from).is_ok(), "{number}");
            // The constructor of a range fails here because the range ends before that day.
            assert!(period(to).is_ok() || number == 5, "{number}");
            for day in [date(0, 12, 31), date(-9999, 1, 1)] {
                let error = period(day).unwrap_err();
                assert!(error.is_invalid_input(), "{number}: {error}");
                let expected = format!("the year {} is out of range: ", day.year());
                assert!(
                    error.to_string().starts_with(&expected),
                    "{number}: {error}"
                );
            }
        }
    }

    #[test]
    fn weeks_follow_iso_8601_at_every_new_year() {
        for year in 1..9999 {
            let last = if Period::week(year, 53).is_ok() {
                53
            } else {
                52
            };
            assert_eq!(
                Period::week_of(date(year, 12, 28)).unwrap(),
                Period::week(year, last).unwrap()
            );
            assert_eq!(
                Period::week_of(date(year, 1, 4)).unwrap(),
                Period::week(year, 1).unwrap()
            );
        }
        assert_eq!(
            Period::week_of(date(2018, 12, 31)).unwrap(),
            Period::week(2019, 1).unwrap()
        );
    }

    #[test]
    fn ranges_ignore_fractions_of_a_second() {
        let start = date(2017, 8, 1).at(0, 0, 0, 999_999_999);
        let end = date(2017, 8, 2).at(0, 0, 0, 1);
        let whole = Period::range(
            date(2017, 8, 1).at(0, 0, 0, 0),
            date(2017, 8, 2).at(0, 0, 0, 0),
        );
        assert_eq!(Period::range(start, end).unwrap(), whole.unwrap());
    }
}
