//! The generation of activities from sports and users' habits.

use std::sync::Arc;

use super::models::{Activity, ActivityUser, Decimal, Instant};
use super::rng::Rng;

/// The common properties of a user's activities.
pub(super) struct Habits {
    kilograms: i64,
    sports: [&'static Sport; 3],
    providers: [&'static str; 2],
}

/// The quantities of an activity, which are consistent with each other.
struct Effort {
    seconds: i64,
    met_minutes: Decimal,
    distance: Decimal,
    steps: i64,
    calories: Decimal,
}

struct Sport {
    titles: [&'static str; 3],
    activity_type: &'static str,
    fitness_type: &'static str,
    /// Metabolic equivalent of task, in tenths.
    met: i64,
    metres_per_minute: i64,
    steps_per_minute: i64,
    /// The shortest and the longest duration, in minutes.
    minutes: (u32, u32),
}

impl Activity {
    pub(super) const FIRST_ID: i64 = 600_000;

    /// Sets the id, and the provider's id, which depends on it.
    pub(super) fn set_id(&mut self, id: i64) {
        self.id = id;
        self.provider_activity_id = match self.provider_key {
            GOOGLE => format!("{}{:03}000000", self.action_date.0 / 1_000_000, id % 1_000),
            FITBIT => (8_000_000_000 + id * 37).to_string(),
            _ => (100_000_000 + id * 7).to_string(),
        };
    }
}

impl Habits {
    pub(super) fn new(rng: &mut Rng) -> Self {
        Self {
            kilograms: rng.between(52, 98),
            sports: [(); 3].map(|()| &SPORTS[rng.below(SPORTS.len() as u32) as usize]),
            providers: [(); 2].map(|()| rng.pick(&PROVIDERS)),
        }
    }

    /// Generates an activity at a time. Its id is 0 until [`Activity::set_id`].
    pub(super) fn activity(
        &self,
        rng: &mut Rng,
        when: Instant,
        user: &Arc<ActivityUser>,
    ) -> Activity {
        let sport = rng.pick(&self.sports);
        let effort = Effort::new(rng, sport, self.kilograms);
        let provider_key = rng.pick(&self.providers);
        let action_date = match provider_key {
            FITBIT if rng.one_in(2) => when.noon(),
            GOOGLE | FITBIT => when,
            _ => Instant(when.0 + rng.between(0, 999_999)),
        };
        let created_at = upload_time(rng, action_date, effort.seconds);
        let is_edited = rng.one_in(20);
        let edited_after = if is_edited { 3_600_000_000 } else { 0 };
        Activity {
            id: 0,
            title: (!rng.one_in(3)).then(|| rng.pick(&sport.titles)),
            description: rng.one_in(5).then(|| rng.pick(&DESCRIPTIONS)),
            met_minutes: effort.met_minutes,
            distance: effort.distance,
            duration: Decimal(effort.seconds * 10_000),
            steps: effort.steps,
            calories: effort.calories,
            provider_image_url: (!rng.one_in(3))
                .then(|| format!("https://images.example.com/providers/{provider_key}.png")),
            provider_key,
            provider_activity_id: String::new(),
            activity_type: sport.activity_type,
            fitness_type: sport.fitness_type,
            action_date,
            is_locked: false,
            is_edited,
            is_manual_entry: rng.one_in(25),
            is_deleted: false,
            created_at,
            updated_at: Instant(created_at.0 + edited_after + rng.between(12, 60)),
            user: Arc::clone(user),
            current_user_reacted_with_type: if rng.one_in(8) { 1 } else { -1 },
            like_count: rng.below(4) * rng.below(3),
            comment_count: 0,
            comments: [],
        }
    }
}

impl Effort {
    fn new(rng: &mut Rng, sport: &Sport, kilograms: i64) -> Self {
        let (shortest, longest) = sport.minutes;
        let seconds = 60 * rng.between(shortest, longest) + rng.between(0, 59);
        let intensity = rng.between(85, 115);
        let met_minutes = sport.met * intensity * seconds * 10 / 60;
        Self {
            seconds,
            met_minutes: Decimal(met_minutes),
            distance: Decimal(sport.metres_per_minute * intensity * seconds * 100 / 60),
            steps: sport.steps_per_minute * intensity * seconds / 6_000,
            // An hour of one MET burns 1.05 kcal for each kilogram.
            calories: Decimal(met_minutes * kilograms * 105 / 6_000),
        }
    }
}

/// Returns the time at which the service receives an activity: soon after its end, or up to three
/// days later. Some times are whole seconds.
fn upload_time(rng: &mut Rng, began: Instant, seconds: i64) -> Instant {
    let latest = if rng.one_in(12) { 3 * 86_400 } else { 3_600 };
    let fraction = if rng.one_in(16) { 0 } else { 999_999 };
    let delay = (seconds + rng.between(60, latest)) * 1_000_000;
    Instant(began.0 + delay + rng.between(0, fraction))
}

const FITBIT: &str = "fitbit";
const GOOGLE: &str = "google-oauth2";

/// The first two keys are from the vendor's reference. The others are made up.
const PROVIDERS: [&str; 6] = [FITBIT, GOOGLE, "garmin", "polar", "misfit", "jawbone"];

const DESCRIPTIONS: [&str; 4] = [
    "Easy pace.",
    "Rain all the way, \"refreshing\".",
    "Personal best!",
    "With the whole group ☀",
];

const SPORTS: [Sport; 5] = [
    Sport {
        titles: ["Morning walk", "Walk to work", "Evening stroll"],
        activity_type: "1",
        fitness_type: "1",
        met: 35,
        metres_per_minute: 84,
        steps_per_minute: 108,
        minutes: (15, 95),
    },
    Sport {
        titles: ["Morning run", "Intervals", "Long run"],
        activity_type: "2",
        fitness_type: "2",
        met: 98,
        metres_per_minute: 165,
        steps_per_minute: 164,
        minutes: (18, 90),
    },
    Sport {
        titles: ["Ride", "Commute by bike", "Hill repeats"],
        activity_type: "3",
        fitness_type: "2",
        met: 75,
        metres_per_minute: 340,
        steps_per_minute: 0,
        minutes: (20, 180),
    },
    Sport {
        titles: ["Lengths", "Open water", "Swim training"],
        activity_type: "4",
        fitness_type: "2",
        met: 60,
        metres_per_minute: 38,
        steps_per_minute: 0,
        minutes: (20, 70),
    },
    Sport {
        titles: ["Yoga", "Core & legs", "Pilates"],
        activity_type: "5",
        fitness_type: "3",
        met: 25,
        metres_per_minute: 0,
        steps_per_minute: 0,
        minutes: (15, 75),
    },
];
