//! Two fixed years and their rhythm: weekends, seasons, good weeks and bad.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use super::dice::Dice;
use super::record::Instant;

/// The days on which something can happen, each as likely as its weight.
pub(super) struct Calendar {
    sums: Vec<u32>,
}

const FIRST_DAY: Date = date(2015, 9, 1);
/// Where the first day begins, in seconds since 1970.
const FIRST_MIDNIGHT: i64 = 1_441_065_600;
const DAYS: usize = 731;
const DAY: i64 = 86_400;

const BY_WEEKDAY: [u32; 7] = [9, 11, 12, 10, 7, 16, 14];
const BY_MONTH: [u32; 12] = [8, 7, 9, 10, 12, 13, 13, 12, 12, 10, 8, 6];
const HOURS: [i64; 16] = [5, 6, 6, 7, 7, 8, 10, 12, 12, 16, 17, 17, 18, 18, 19, 20];

impl Calendar {
    pub(super) fn new(dice: &mut Dice) -> Calendar {
        let mut sum = 0;
        let mut week = 0;
        let days = FIRST_DAY.series(1.day()).take(DAYS).enumerate();
        let sums = days.map(|(index, day)| {
            let weekday = day.weekday().to_monday_zero_offset() as usize;
            if weekday == 0 || index == 0 {
                week = 5 + dice.below(11);
            }
            sum += week * BY_WEEKDAY[weekday] * BY_MONTH[day.month() as usize - 1];
            sum
        });
        Calendar {
            sums: sums.collect(),
        }
    }

    /// A second of one of the days.
    pub(super) fn moment(&self, dice: &mut Dice) -> Instant {
        let day = dice.weighted(&self.sums) as i64;
        let second = dice.pick(&HOURS) * 3_600 + dice.between(0, 3_599);
        Instant((FIRST_MIDNIGHT + day * DAY + second) * 1_000_000)
    }

    /// Noon of the day after a moment, or after the two years.
    pub(super) fn after(moment: Option<Instant>) -> Instant {
        let last = Instant((FIRST_MIDNIGHT + (DAYS as i64 - 1) * DAY) * 1_000_000);
        let noon = moment.unwrap_or(last).noon();
        Instant(noon.0 + DAY * 1_000_000)
    }

    /// A moment in the two months before the two years.
    pub(super) fn before(dice: &mut Dice) -> Instant {
        let seconds = FIRST_MIDNIGHT - dice.between(1, 60 * DAY as u32);
        Instant(seconds * 1_000_000 + dice.between(0, 999_999))
    }
}

impl Instant {
    pub(super) fn noon(self) -> Instant {
        let day = DAY * 1_000_000;
        Instant(self.0 - self.0 % day + day / 2)
    }
}
