//! The records of the service: users and activities, with the fields of the vendor's examples.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use serde::{Serialize, Serializer};

#[derive(Serialize)]
pub(crate) struct Activity {
    pub(crate) id: i64,
    pub(crate) title: Option<&'static str>,
    pub(crate) description: Option<&'static str>,
    pub(crate) met_minutes: Decimal,
    pub(crate) distance: Decimal,
    pub(crate) duration: Decimal,
    pub(crate) steps: i64,
    pub(crate) calories: Decimal,
    pub(crate) provider_image_url: Option<String>,
    pub(crate) provider_key: &'static str,
    pub(crate) provider_activity_id: String,
    pub(crate) activity_type: &'static str,
    pub(crate) fitness_type: &'static str,
    pub(crate) action_date: Instant,
    pub(crate) is_locked: bool,
    pub(crate) is_edited: bool,
    pub(crate) is_manual_entry: bool,
    pub(crate) is_deleted: bool,
    pub(crate) created_at: Instant,
    pub(crate) updated_at: Instant,
    #[serde(serialize_with = "shared")]
    pub(crate) user: Arc<ActivityUser>,
    pub(crate) current_user_reacted_with_type: i64,
    pub(crate) like_count: u32,
    pub(crate) comment_count: u32,
    pub(crate) comments: [(); 0],
}

/// The user of an activity. The list of users has only the account.
#[derive(Serialize)]
pub(crate) struct ActivityUser {
    #[serde(flatten)]
    pub(crate) account: Account,
    pub(crate) profile: Profile,
}

#[derive(Serialize)]
pub(crate) struct Account {
    pub(crate) id: i64,
    pub(crate) email: String,
    pub(crate) first_name: &'static str,
    pub(crate) last_name: &'static str,
    pub(crate) date_joined: Instant,
    pub(crate) handle: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Profile {
    pub(crate) id: i64,
    pub(crate) display_name: String,
    pub(crate) display_name_format: &'static str,
    pub(crate) image_profile_url: Option<String>,
    pub(crate) is_private: bool,
    pub(crate) follower_count: i64,
    pub(crate) following_count: i64,
    pub(crate) bio: Option<&'static str>,
}

/// A quantity in ten-thousandths, at least zero. An activity has it as a string with four decimal
/// places, a summary as a number.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Decimal(pub(crate) i64);

/// Microseconds since 1970, in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Instant(pub(crate) i64);

impl Decimal {
    /// Returns the nearest `f64`, which keeps about fifteen digits.
    pub(crate) fn number(self) -> f64 {
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

impl Instant {
    pub(super) fn noon(self) -> Self {
        const DAY: i64 = 86_400_000_000;
        Self(self.0 - self.0 % DAY + DAY / 2)
    }
}

impl fmt::Display for Instant {
    /// Formats a time like Python: with six decimal places of seconds, or none if all are zero.
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

fn shared<S: Serializer>(user: &Arc<ActivityUser>, serializer: S) -> Result<S::Ok, S::Error> {
    user.as_ref().serialize(serializer)
}
