//! The generated users.

use std::sync::Arc;

use super::activity::Habits;
use super::activity_dates::ActivityDates;
use super::models::{Account, Activity, ActivityUser, Instant, Profile};
use super::rng::Rng;

/// A user with a token, and with the habits of which activities are generated.
pub(crate) struct User {
    pub(crate) record: Arc<ActivityUser>,
    pub(crate) token: String,
    /// The number of the user's activities, relative to the other users.
    pub(super) weight: u32,
    habits: Habits,
}

impl User {
    pub(super) fn generate(rng: &mut Rng, count: usize) -> Vec<Self> {
        let names = rng.below(FIRST_NAMES.len() as u32) as usize;
        let mut id = 30_000;
        let user = |index| {
            id += rng.between(1, 40);
            Self::new(rng, names + index, id)
        };
        (0..count).map(user).collect()
    }

    pub(crate) fn id(&self) -> i64 {
        self.record.account.id
    }

    /// Generates an activity of this user. Its id is 0 until [`Activity::set_id`].
    pub(super) fn activity(&self, rng: &mut Rng, when: Instant) -> Activity {
        self.habits.activity(rng, when, &self.record)
    }

    fn new(rng: &mut Rng, index: usize, id: i64) -> Self {
        // All first names are used before one is used again.
        let first_name = FIRST_NAMES[(index * 7) % FIRST_NAMES.len()];
        let last_name = rng.pick(&LAST_NAMES);
        let lower = first_name.to_lowercase();
        let token = format!("sandbox-user-token-{id}-{}", rng.hex());
        let account = Account {
            id,
            email: format!("{lower}.{id}@example.com"),
            first_name,
            last_name,
            date_joined: ActivityDates::before(rng),
            handle: (!rng.one_in(3)).then(|| format!("{lower}_{}", rng.between(10, 99))),
        };
        Self {
            record: Arc::new(ActivityUser {
                profile: profile(rng, &account),
                account,
            }),
            token,
            weight: 20 + rng.below(80),
            habits: Habits::new(rng),
        }
    }
}

fn profile(rng: &mut Rng, account: &Account) -> Profile {
    let first = account.first_name;
    let (display_name_format, display_name) = if rng.one_in(3) {
        ("1", first.to_owned())
    } else {
        ("0", format!("{}. {}", &first[..1], account.last_name))
    };
    Profile {
        id: account.id - 19_000,
        display_name,
        display_name_format,
        image_profile_url: rng
            .one_in(2)
            .then(|| format!("https://images.example.com/users/{}.png", account.id)),
        is_private: rng.one_in(6),
        follower_count: rng.between(0, 40),
        following_count: rng.between(0, 30),
        bio: rng.one_in(3).then(|| rng.pick(&BIOS)),
    }
}

/// In ASCII, because e-mail addresses contain them.
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
