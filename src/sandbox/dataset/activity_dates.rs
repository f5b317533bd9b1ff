//! The dates of activities: two fixed years, weighted by weekday, month and week.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use super::models::Instant;
use super::rng::Rng;

/// The days of the two years, with weights.
pub(super) struct ActivityDates {
    /// The cumulative weights of the days.
    sums: Vec<u32>,
}

const FIRST_DAY: Date = date(2015, 9, 1);
/// The beginning of the first day, in seconds since 1970.
const FIRST_MIDNIGHT: i64 = 1_441_065_600;
const DAYS: usize = 731;
const DAY_SECONDS: i64 = 86_400;

const WEEKDAY_WEIGHTS: [u32; 7] = [9, 11, 12, 10, 7, 16, 14];
const MONTH_WEIGHTS: [u32; 12] = [8, 7, 9, 10, 12, 13, 13, 12, 12, 10, 8, 6];
const HOURS: [i64; 16] = [5, 6, 6, 7, 7, 8, 10, 12, 12, 16, 17, 17, 18, 18, 19, 20];

impl ActivityDates {
    pub(super) fn new(rng: &mut Rng) -> Self {
        let mut sum = 0;
        let mut week = 0;
        let days = FIRST_DAY.series(1.day()).take(DAYS).enumerate();
        let sums = days.map(|(index, day)| {
            let weekday = day.weekday().to_monday_zero_offset() as usize;
            if weekday == 0 || index == 0 {
                week = 5 + rng.below(11);
            }
            sum += week * WEEKDAY_WEIGHTS[weekday] * MONTH_WEIGHTS[day.month() as usize - 1];
            sum
        });
        Self {
            sums: sums.collect(),
        }
    }

    /// Returns a random second of a random day.
    pub(super) fn pick(&self, rng: &mut Rng) -> Instant {
        let day = rng.weighted(&self.sums) as i64;
        let second = rng.pick(&HOURS) * 3_600 + rng.between(0, 3_599);
        Instant((FIRST_MIDNIGHT + day * DAY_SECONDS + second) * 1_000_000)
    }

    /// Returns noon of the day after the newest activity, or of the day after the two years if
    /// there is no activity.
    pub(super) fn after(newest: Option<Instant>) -> Instant {
        let last = Instant((FIRST_MIDNIGHT + (DAYS as i64 - 1) * DAY_SECONDS) * 1_000_000);
        let noon = newest.unwrap_or(last).noon();
        Instant(noon.0 + DAY_SECONDS * 1_000_000)
    }

    /// Returns a random instant in the sixty days before the two years.
    pub(super) fn before(rng: &mut Rng) -> Instant {
        let seconds = FIRST_MIDNIGHT - rng.between(1, 60 * DAY_SECONDS as u32);
        Instant(seconds * 1_000_000 + rng.between(0, 999_999))
    }
}
