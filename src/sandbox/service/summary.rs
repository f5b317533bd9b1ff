//! The stat summaries: sums over the activities of a period.

use serde_json::{Value, json};

use super::period::Period;
use crate::sandbox::dataset::{Activity, Dataset, Decimal};

#[derive(Default)]
pub(super) struct Totals {
    activities: u64,
    met_minutes: Decimal,
    distance: Decimal,
    duration: Decimal,
    calories: Decimal,
    steps: i64,
}

impl Totals {
    pub(super) fn of<'a>(activities: impl Iterator<Item = &'a Activity>, period: &Period) -> Self {
        let mut sum = Self::default();
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
            "group_id": Dataset::GROUP_ID,
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
