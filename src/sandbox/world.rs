//! The made-up world: who there is, what they did, and which token opens what.

use super::calendar::Calendar;
use super::dice::Dice;
use super::person::Person;
use super::record::Activity;

pub(super) struct World {
    pub(super) credentials: Credentials,
    /// By id, the lowest first.
    pub(super) people: Vec<Person>,
    /// By date, the newest first.
    pub(super) activities: Vec<Activity>,
    dice: Dice,
}

/// What the vendor gives to a developer, and the token it is exchanged for.
#[derive(Clone)]
pub(super) struct Credentials {
    pub(super) client_id: String,
    pub(super) client_secret: String,
    pub(super) master_token: String,
}

/// Whom a token stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Caller {
    Master,
    User(i64),
}

impl World {
    pub(super) const GROUP_ID: i64 = 619;

    pub(super) fn new(seed: u64, users: usize, activities: usize) -> World {
        let mut dice = Dice::new(seed);
        let credentials = Credentials::new(&mut dice);
        let people = Person::crowd(&mut dice, users);
        let activities = match people.is_empty() {
            true => Vec::new(),
            false => history(&mut dice, &people, activities),
        };
        World {
            credentials,
            people,
            activities,
            dice,
        }
    }

    pub(super) fn person(&self, user_id: i64) -> Option<&Person> {
        self.people.iter().find(|person| person.id() == user_id)
    }

    pub(super) fn caller(&self, token: &str) -> Option<Caller> {
        if token == self.credentials.master_token {
            return Some(Caller::Master);
        }
        let mut people = self.people.iter();
        let person = people.find(|person| person.token == token)?;
        Some(Caller::User(person.id()))
    }

    /// The activities a caller may see, the newest first.
    pub(super) fn seen_by(&self, caller: Caller) -> impl Iterator<Item = &Activity> {
        let activities = self.activities.iter();
        activities.filter(move |activity| caller.sees(activity.user.account.id))
    }

    /// One more activity, newer than all the others.
    pub(super) fn add_activity(&mut self, user_id: i64) -> Option<i64> {
        let place = self.people.iter().position(|p| p.id() == user_id)?;
        let newest = self.activities.first().map(|activity| activity.action_date);
        let id = self.activities.iter().map(|activity| activity.id).max();
        let when = Calendar::after(newest);
        let mut activity = self.people[place].activity(&mut self.dice, when);
        activity.number(id.unwrap_or(Activity::FIRST_ID) + 1);
        let id = activity.id;
        self.activities.insert(0, activity);
        Some(id)
    }
}

impl Credentials {
    fn new(dice: &mut Dice) -> Credentials {
        Credentials {
            client_id: format!("sandbox-client-{:08x}", dice.number() as u32),
            client_secret: format!("sandbox-secret-{:016x}", dice.number()),
            master_token: format!("sandbox-master-token-{:016x}", dice.number()),
        }
    }
}

impl Caller {
    pub(super) fn sees(self, user_id: i64) -> bool {
        match self {
            Caller::Master => true,
            Caller::User(own) => own == user_id,
        }
    }
}

fn history(dice: &mut Dice, people: &[Person], count: usize) -> Vec<Activity> {
    let calendar = Calendar::new(dice);
    let mut sum = 0;
    let habits: Vec<u32> = people
        .iter()
        .map(|person| {
            sum += person.level;
            sum
        })
        .collect();
    let mut activities: Vec<Activity> = (0..count)
        .map(|_| {
            let person = &people[dice.weighted(&habits)];
            let when = calendar.moment(dice);
            person.activity(dice, when)
        })
        .collect();
    // The service numbers what it receives, and a late upload is received late.
    activities.sort_by_key(|activity| activity.created_at);
    let mut id = Activity::FIRST_ID;
    for activity in &mut activities {
        id += dice.between(1, 5);
        activity.number(id);
    }
    activities.sort_by_key(|activity| std::cmp::Reverse((activity.action_date, activity.id)));
    activities
}
