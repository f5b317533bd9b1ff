//! A made-up person, with habits, and what they do.

use std::sync::Arc;

use super::calendar::Calendar;
use super::dice::Dice;
use super::record::{Account, Activity, Decimal, Instant, Profile, User};

pub(super) struct Person {
    pub(super) user: Arc<User>,
    pub(super) token: String,
    /// How often something is done, in comparison with the others.
    pub(super) level: u32,
    kilograms: i64,
    sports: [&'static Sport; 3],
    providers: [&'static str; 2],
}

/// Quantities that follow from one another.
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
    metres_a_minute: i64,
    steps_a_minute: i64,
    minutes: (u32, u32),
}

impl Activity {
    pub(super) const FIRST_ID: i64 = 600_000;

    /// Gives it its number, and the provider's own, which is made from it.
    pub(super) fn number(&mut self, id: i64) {
        self.id = id;
        self.provider_activity_id = match self.provider_key {
            GOOGLE => format!("{}{:03}000000", self.action_date.0 / 1_000_000, id % 1_000),
            FITBIT => (8_000_000_000 + id * 37).to_string(),
            _ => (100_000_000 + id * 7).to_string(),
        };
    }
}

impl Person {
    pub(super) fn crowd(dice: &mut Dice, count: usize) -> Vec<Person> {
        let names = dice.below(FIRST_NAMES.len() as u32) as usize;
        let mut id = 30_000;
        let person = |index| {
            id += dice.between(1, 40);
            Person::new(dice, names + index, id)
        };
        (0..count).map(person).collect()
    }

    pub(super) fn id(&self) -> i64 {
        self.user.account.id
    }

    /// What this person did at that moment; it has no number yet.
    pub(super) fn activity(&self, dice: &mut Dice, when: Instant) -> Activity {
        let sport = dice.pick(&self.sports);
        let effort = Effort::new(dice, sport, self.kilograms);
        let provider_key = dice.pick(&self.providers);
        let action_date = match provider_key {
            FITBIT if dice.one_in(2) => when.noon(),
            GOOGLE | FITBIT => when,
            _ => Instant(when.0 + dice.between(0, 999_999)),
        };
        let created_at = received(dice, action_date, effort.seconds);
        let is_edited = dice.one_in(20);
        let edited_after = if is_edited { 3_600_000_000 } else { 0 };
        Activity {
            id: 0,
            title: (!dice.one_in(3)).then(|| dice.pick(&sport.titles)),
            description: dice.one_in(5).then(|| dice.pick(&DESCRIPTIONS)),
            met_minutes: effort.met_minutes,
            distance: effort.distance,
            duration: Decimal(effort.seconds * 10_000),
            steps: effort.steps,
            calories: effort.calories,
            provider_image_url: (!dice.one_in(3))
                .then(|| format!("https://images.example.com/providers/{provider_key}.png")),
            provider_key,
            provider_activity_id: String::new(),
            activity_type: sport.activity_type,
            fitness_type: sport.fitness_type,
            action_date,
            is_locked: false,
            is_edited,
            is_manual_entry: dice.one_in(25),
            is_deleted: false,
            created_at,
            updated_at: Instant(created_at.0 + edited_after + dice.between(12, 60)),
            user: Arc::clone(&self.user),
            current_user_reacted_with_type: if dice.one_in(8) { 1 } else { -1 },
            like_count: dice.below(4) * dice.below(3),
            comment_count: 0,
            comments: [],
        }
    }

    fn new(dice: &mut Dice, index: usize, id: i64) -> Person {
        // Each first name comes once before one comes twice.
        let first_name = FIRST_NAMES[(index * 7) % FIRST_NAMES.len()];
        let last_name = dice.pick(&LAST_NAMES);
        let lower = first_name.to_lowercase();
        let token = format!("sandbox-user-token-{id}-{:016x}", dice.number());
        let account = Account {
            id,
            email: format!("{lower}.{id}@example.com"),
            first_name,
            last_name,
            date_joined: Calendar::before(dice),
            handle: (!dice.one_in(3)).then(|| format!("{lower}_{}", dice.between(10, 99))),
        };
        Person {
            user: Arc::new(User {
                profile: profile(dice, &account),
                account,
            }),
            token,
            level: 20 + dice.below(80),
            kilograms: dice.between(52, 98),
            sports: [(); 3].map(|()| &SPORTS[dice.below(SPORTS.len() as u32) as usize]),
            providers: [(); 2].map(|()| dice.pick(&PROVIDERS)),
        }
    }
}

impl Effort {
    fn new(dice: &mut Dice, sport: &Sport, kilograms: i64) -> Effort {
        let (shortest, longest) = sport.minutes;
        let seconds = 60 * dice.between(shortest, longest) + dice.between(0, 59);
        let vigour = dice.between(85, 115);
        let met_minutes = sport.met * vigour * seconds * 10 / 60;
        Effort {
            seconds,
            met_minutes: Decimal(met_minutes),
            distance: Decimal(sport.metres_a_minute * vigour * seconds * 100 / 60),
            steps: sport.steps_a_minute * vigour * seconds / 6_000,
            // An hour of one MET burns 1.05 kcal for each kilogram.
            calories: Decimal(met_minutes * kilograms * 105 / 6_000),
        }
    }
}

/// When the service hears of an activity: soon after its end, or after some
/// days without a phone at hand. Now and then on the very second.
fn received(dice: &mut Dice, began: Instant, seconds: i64) -> Instant {
    let latest = if dice.one_in(12) { 3 * 86_400 } else { 3_600 };
    let fraction = if dice.one_in(16) { 0 } else { 999_999 };
    let delay = (seconds + dice.between(60, latest)) * 1_000_000;
    Instant(began.0 + delay + dice.between(0, fraction))
}

fn profile(dice: &mut Dice, account: &Account) -> Profile {
    let first = account.first_name;
    let (display_name_format, display_name) = match dice.one_in(3) {
        true => ("1", first.to_owned()),
        false => ("0", format!("{}. {}", &first[..1], account.last_name)),
    };
    Profile {
        id: account.id - 19_000,
        display_name,
        display_name_format,
        image_profile_url: dice
            .one_in(2)
            .then(|| format!("https://images.example.com/users/{}.png", account.id)),
        is_private: dice.one_in(6),
        follower_count: dice.between(0, 40),
        following_count: dice.between(0, 30),
        bio: dice.one_in(3).then(|| dice.pick(&BIOS)),
    }
}

const FITBIT: &str = "fitbit";
const GOOGLE: &str = "google-oauth2";

/// Only the first two spellings are the vendor's own.
const PROVIDERS: [&str; 6] = [FITBIT, GOOGLE, "garmin", "polar", "misfit", "jawbone"];

/// In ASCII, since addresses are made from them.
const FIRST_NAMES: [&str; 24] = [
    "Ada", "Bruno", "Carmen", "Dmitri", "Elena", "Farid", "Grace", "Hugo", "Ines", "Jonas",
    "Keiko", "Liam", "Maya", "Nadia", "Oscar", "Priya", "Quentin", "Rosa", "Samuel", "Tara",
    "Umar", "Vera", "Wen", "Yusuf",
];

const LAST_NAMES: [&str; 20] = [
    "Abara", "Bianchi", "Castro", "Dubois", "Eriksen", "Fischer", "Müller", "Haddad", "Ivanova",
    "Jensen", "Kowal", "Larsson", "Moreau", "Núñez", "O'Neill", "Park", "Rossi", "Sato", "Tanaka",
    "Walker",
];

const BIOS: [&str; 3] = [
    "Runs for the cake.",
    "Hills & headwinds.",
    "New here, going slowly: 5 km by spring.",
];

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
        metres_a_minute: 84,
        steps_a_minute: 108,
        minutes: (15, 95),
    },
    Sport {
        titles: ["Morning run", "Intervals", "Long run"],
        activity_type: "2",
        fitness_type: "2",
        met: 98,
        metres_a_minute: 165,
        steps_a_minute: 164,
        minutes: (18, 90),
    },
    Sport {
        titles: ["Ride", "Commute by bike", "Hill repeats"],
        activity_type: "3",
        fitness_type: "2",
        met: 75,
        metres_a_minute: 340,
        steps_a_minute: 0,
        minutes: (20, 180),
    },
    Sport {
        titles: ["Lengths", "Open water", "Swim training"],
        activity_type: "4",
        fitness_type: "2",
        met: 60,
        metres_a_minute: 38,
        steps_a_minute: 0,
        minutes: (20, 70),
    },
    Sport {
        titles: ["Yoga", "Core & legs", "Pilates"],
        activity_type: "5",
        fitness_type: "3",
        met: 25,
        metres_a_minute: 0,
        steps_a_minute: 0,
        minutes: (15, 75),
    },
];
