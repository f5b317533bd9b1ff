//! What a person writes down for the answers, typed as this crate types them.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Activity {
    pub id: i64,
    pub title: Option<String>,
    pub description: Option<String>,
    pub met_minutes: Decimal,
    pub distance: Decimal,
    pub duration: Decimal,
    pub steps: i64,
    pub calories: Decimal,
    pub provider_image_url: Option<String>,
    pub provider_key: Option<String>,
    pub provider_activity_id: Option<String>,
    pub activity_type: String,
    pub fitness_type: String,
    pub action_date: Timestamp,
    pub is_locked: bool,
    pub is_edited: bool,
    pub is_manual_entry: bool,
    pub is_deleted: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub user: User,
    pub current_user_reacted_with_type: Option<i64>,
    pub like_count: i64,
    pub comment_count: i64,
    pub comments: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
pub struct User {
    pub id: i64,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub date_joined: Timestamp,
    pub handle: Option<String>,
    pub profile: Profile,
}

#[derive(Deserialize)]
pub struct Profile {
    pub id: i64,
    pub display_name: String,
    pub display_name_format: String,
    pub image_profile_url: Option<String>,
    pub is_private: bool,
    pub follower_count: i64,
    pub following_count: i64,
    pub bio: Option<String>,
}
