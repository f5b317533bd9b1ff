//! The generated data: the users, their activities, and the tokens.

mod activity;
mod activity_dates;
mod models;
pub(super) mod rng;
mod user;

use self::activity_dates::ActivityDates;
pub(super) use self::models::{Activity, Decimal, Instant};
use self::rng::Rng;
pub(super) use self::user::User;

pub(super) struct Dataset {
    pub(super) application: Application,
    /// In the order of their ids, the lowest first.
    pub(super) users: Vec<User>,
    /// In the order of their dates, the newest first.
    pub(super) activities: Vec<Activity>,
    /// The highest id of an activity so far, including removed activities.
    last_id: i64,
    rng: Rng,
}

/// The credentials and the master token of the sandbox's only application.
#[derive(Clone)]
pub(super) struct Application {
    pub(super) client_id: String,
    pub(super) client_secret: String,
    pub(super) master_token: String,
}

/// The owner of a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Caller {
    Master,
    User(i64),
}

impl Dataset {
    pub(super) const GROUP_ID: i64 = 619;

    pub(super) fn new(seed: u64, users: usize, activities: usize) -> Self {
        let mut rng = Rng::new(seed);
        let application = Application::new(&mut rng);
        let users = User::generate(&mut rng, users);
        let activities = if users.is_empty() {
            Vec::new()
        } else {
            history(&mut rng, &users, activities)
        };
        let ids = activities.iter().map(|activity| activity.id);
        Self {
            application,
            users,
            last_id: ids.max().unwrap_or(Activity::FIRST_ID),
            activities,
            rng,
        }
    }

    pub(super) fn user(&self, user_id: i64) -> Option<&User> {
        self.users.iter().find(|user| user.id() == user_id)
    }

    pub(super) fn caller(&self, token: &str) -> Option<Caller> {
        if token == self.application.master_token {
            return Some(Caller::Master);
        }
        let mut users = self.users.iter();
        let user = users.find(|user| user.token == token)?;
        Some(Caller::User(user.id()))
    }

    /// Returns the activities that a caller may see, the newest first.
    pub(super) fn seen_by(&self, caller: Caller) -> impl Iterator<Item = &Activity> {
        let activities = self.activities.iter();
        activities.filter(move |activity| caller.sees(activity.user.account.id))
    }

    /// Adds an activity that is newer than all others, and returns its id. Returns `None` if there
    /// is no such user.
    pub(super) fn add_activity(&mut self, user_id: i64) -> Option<i64> {
        let index = self.users.iter().position(|user| user.id() == user_id)?;
        let newest = self.activities.first().map(|activity| activity.action_date);
        let when = ActivityDates::after(newest);
        let mut activity = self.users[index].activity(&mut self.rng, when);
        self.last_id += 1;
        activity.set_id(self.last_id);
        self.activities.insert(0, activity);
        Some(self.last_id)
    }

    /// Removes an activity. Returns whether there was one with this id.
    pub(super) fn remove_activity(&mut self, id: i64) -> bool {
        let before = self.activities.len();
        self.activities.retain(|activity| activity.id != id);
        self.activities.len() < before
    }
}

impl Application {
    fn new(rng: &mut Rng) -> Self {
        Self {
            client_id: format!("sandbox-client-{}", rng.short_hex()),
            client_secret: format!("sandbox-secret-{}", rng.hex()),
            master_token: format!("sandbox-master-token-{}", rng.hex()),
        }
    }
}

impl Caller {
    pub(super) fn sees(self, user_id: i64) -> bool {
        match self {
            Self::Master => true,
            Self::User(own) => own == user_id,
        }
    }
}

/// Returns the activities of the two years, the newest first.
fn history(rng: &mut Rng, users: &[User], count: usize) -> Vec<Activity> {
    let dates = ActivityDates::new(rng);
    let mut sum = 0;
    let sums: Vec<u32> = users
        .iter()
        .map(|user| {
            sum += user.weight;
            sum
        })
        .collect();
    let mut activities: Vec<Activity> = (0..count)
        .map(|_| {
            let user = &users[rng.weighted(&sums)];
            let when = dates.pick(rng);
            user.activity(rng, when)
        })
        .collect();
    // The service numbers activities in the order in which it receives them.
    activities.sort_by_key(|activity| activity.created_at);
    let mut id = Activity::FIRST_ID;
    for activity in &mut activities {
        id += rng.between(1, 5);
        activity.set_id(id);
    }
    activities.sort_by_key(|activity| std::cmp::Reverse((activity.action_date, activity.id)));
    activities
}
