//! What the service answers with: users and activities, field for field as in
//! the vendor's examples.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use serde::{Serialize, Serializer};

#[derive(Serialize)]
pub(super) struct Activity {
    pub(super) id: i64,
    pub(super) title: Option<&'static str>,
    pub(super) description: Option<&'static str>,
    pub(super) met_minutes: Decimal,
    pub(super) distance: Decimal,
    pub(super) duration: Decimal,
    pub(super) steps: i64,
    pub(super) calories: Decimal,
    pub(super) provider_image_url: Option<String>,
    pub(super) provider_key: &'static str,
    pub(super) provider_activity_id: String,
    pub(super) activity_type: &'static str,
    pub(super) fitness_type: &'static str,
    pub(super) action_date: Instant,
    pub(super) is_locked: bool,
    pub(super) is_edited: bool,
    pub(super) is_manual_entry: bool,
    pub(super) is_deleted: bool,
    pub(super) created_at: Instant,
    pub(super) updated_at: Instant,
    #[serde(serialize_with = "shared")]
    pub(super) user: Arc<User>,
    pub(super) current_user_reacted_with_type: i64,
    pub(super) like_count: u32,
    pub(super) comment_count: u32,
    pub(super) comments: [(); 0],
}

/// A user as an activity shows them: the list of users leaves the profile out.
#[derive(Serialize)]
pub(super) struct User {
    #[serde(flatten)]
    pub(super) account: Account,
    pub(super) profile: Profile,
}

#[derive(Serialize)]
pub(super) struct Account {
    pub(super) id: i64,
    pub(super) email: String,
    pub(super) first_name: &'static str,
    pub(super) last_name: &'static str,
    pub(super) date_joined: Instant,
    pub(super) handle: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Profile {
    pub(super) id: i64,
    pub(super) display_name: String,
    pub(super) display_name_format: &'static str,
    pub(super) image_profile_url: Option<String>,
    pub(super) is_private: bool,
    pub(super) follower_count: i64,
    pub(super) following_count: i64,
    pub(super) bio: Option<&'static str>,
}

/// A quantity in ten-thousandths, none of them below zero: a string with four
/// places in an activity, a number in a summary.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Decimal(pub(super) i64);

/// Microseconds since 1970, in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Instant(pub(super) i64);

impl Decimal {
    /// The nearest double, which prints as the same decimal again up to some
    /// fifteen digits.
    pub(super) fn number(self) -> f64 {
        self.0 as f64 / 10_000.0
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:04}", self.0 / 10_000, self.0 % 10_000)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Instant {
    /// As Python prints a time: six places of seconds, or none where all are zero.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = Timestamp::from_microsecond(self.0).unwrap_or_default();
        let places = if self.0 % 1_000_000 == 0 { 0 } else { 6 };
        let printer = DateTimePrinter::new().precision(Some(places));
        f.write_str(&printer.timestamp_to_string(&time))
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn shared<S: Serializer>(user: &Arc<User>, serializer: S) -> Result<S::Ok, S::Error> {
    user.as_ref().serialize(serializer)
}
