//! The documented bodies decode, and so do bodies that a later version of the service may send.
#![allow(clippy::panic, clippy::unwrap_used)]

mod support;

use fitrankings::types::{
    Activity, ErrorBody, GroupStatSummary, MasterTokenGrant, Provider, User, UserStatSummary,
};
use fitrankings::{Client, Credentials, Decimal, MasterToken};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use support::{Reply, Server};

const ACTIVITIES: &str = include_str!("data/activities.json");
const ACTIVITY: &str = include_str!("data/activity.json");
const USERS: &str = include_str!("data/users.json");
const USER_SUMMARY: &str = include_str!("data/user-stat-summary.json");
const GROUP_SUMMARY: &str = include_str!("data/group-stat-summary.json");
const GRANT: &str = include_str!("data/master-token.json");

/// Starts a server that sends this body. Also returns a client of it.
fn serving(body: &str) -> (Server, Client<MasterToken>) {
    let server = Server::always(Reply::json(200, body));
    let client = server.client();
    (server, client)
}

fn read<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The only record of the documented list.
fn documented_activity() -> Activity {
    let (_server, client) = serving(ACTIVITIES);
    let activities = client.list_activities().call().unwrap();
    let [activity] = <[Activity; 1]>::try_from(activities).unwrap();
    activity
}

#[test]
fn the_documented_list_of_activities_decodes() {
    let activity = documented_activity();
    assert_eq!(activity.id, 685_612);
    assert_eq!(activity.title, None);
    assert_eq!(activity.description, None);
    assert_eq!(activity.met_minutes.unwrap().0, decimal("23.0000"));
    assert_eq!(activity.distance.unwrap().0, decimal("16009.3440"));
    assert_eq!(activity.duration.unwrap().0, decimal("600.0000"));
    assert_eq!(activity.calories.unwrap().0, decimal("22.0000"));
    assert_eq!(activity.steps, Some(111));
    assert_eq!(activity.provider_image_url, None);
    assert_eq!(activity.provider_key, Some(Provider::Fitbit));
    assert_eq!(activity.provider_activity_id.as_deref(), Some("8222125504"));
    assert_eq!(
        (
            activity.activity_type.as_deref(),
            activity.fitness_type.as_deref()
        ),
        (Some("1"), Some("2"))
    );
}

#[test]
fn the_times_flags_and_counts_of_the_documented_list_decode() {
    let activity = documented_activity();
    assert_eq!(activity.action_date, Some(time("2017-06-13T12:00:00Z")));
    assert_eq!(
        activity.created_at,
        Some(time("2017-06-23T17:14:28.840028Z"))
    );
    assert_eq!(
        activity.updated_at,
        Some(time("2017-06-23T17:14:28.840053Z"))
    );
    for flag in [
        activity.is_locked,
        activity.is_edited,
        activity.is_manual_entry,
        activity.is_deleted,
    ] {
        assert_eq!(flag, Some(false));
    }
    assert_eq!(activity.current_user_reacted_with_type, Some(-1));
    assert_eq!(
        (activity.like_count, activity.comment_count),
        (Some(0), Some(0))
    );
    assert!(activity.comments.is_empty());
}

#[test]
fn the_user_in_the_documented_list_decodes() {
    let activity = documented_activity();
    let user = activity.user.as_ref().unwrap();
    assert_eq!(
        (user.id, user.email.as_deref()),
        (30_171, Some("john@gmail.com"))
    );
    assert_eq!(user.first_name.as_deref(), Some("John"));
    assert_eq!(user.last_name.as_deref(), Some("Smith"));
    assert_eq!(user.date_joined, Some(time("2017-06-23T17:14:10.995721Z")));
    assert_eq!(user.handle, None);
    let profile = user.profile.as_ref().unwrap();
    assert_eq!(profile.id, 10_494);
    assert_eq!(profile.display_name.as_deref(), Some("J. Smith"));
    assert_eq!(profile.display_name_format.as_deref(), Some("0"));
    assert_eq!((&profile.image_profile_url, &profile.bio), (&None, &None));
    assert_eq!(profile.is_private, Some(false));
    assert_eq!(
        (profile.follower_count, profile.following_count),
        (Some(0), Some(0))
    );
}

#[test]
fn the_documented_activity_decodes_with_its_exact_decimals() {
    let (_server, client) = serving(ACTIVITY);
    let activity = client.get_activity(685_775).call().unwrap();
    assert_eq!(activity.provider_key, Some(Provider::GoogleOauth2));
    let id = activity.provider_activity_id.as_deref();
    assert_eq!(id, Some("1502064788614000000"));
    // A decimal keeps its places, which `==` alone would not see.
    assert_eq!(activity.met_minutes.unwrap().0.to_string(), "182.0000");
    assert_eq!(activity.distance.unwrap().0.to_string(), "0.0000");
    assert_eq!(activity.duration.unwrap().0.to_string(), "5460.0000");
    let profile = activity.user.unwrap().profile.unwrap();
    let image = profile.image_profile_url;
    assert!(
        image
            .unwrap()
            .starts_with("https://d2qqvi7evhy56u.cloudfront.net/")
    );
}

#[test]
fn the_documented_users_and_summaries_and_the_grant_decode() {
    let (_server, client) = serving(USERS);
    let users = client.list_users().call().unwrap();
    assert_eq!(users.len(), 1);
    assert_eq!(users[0].id, 30_267);
    assert_eq!(users[0].email.as_deref(), Some("aaron@smith.com"));
    assert_eq!(
        users[0].date_joined,
        Some(time("2017-08-07T19:11:51.971815Z"))
    );

    let (_server, client) = serving(USER_SUMMARY);
    let summary = client.get_user_stat_summary().call().unwrap();
    assert_eq!((summary.user_id, summary.steps), (30_264, Some(713_047)));
    assert_eq!(summary.met_minutes.unwrap().0, 42186.1016);
    assert_eq!(summary.distance.unwrap().0, 766966.1322);
    assert_eq!(summary.duration.unwrap().0, 381845.0);
    assert_eq!(summary.calories.unwrap().0, 46272.1676);

    let (_server, client) = serving(GROUP_SUMMARY);
    let summary = client.get_group_stat_summary().call().unwrap();
    assert_eq!((summary.group_id, summary.user_count), (619, Some(12)));
    assert_eq!(
        (summary.activities, summary.steps),
        (Some(188), Some(1_155_501))
    );
    assert_eq!(summary.avg_user_met_minutes.unwrap().0, 11092.975341666666);
    assert_eq!(summary.met_minutes.unwrap().0, 133115.7041);

    let (_server, client) = serving(GRANT);
    let credentials = fitrankings::Credentials::new("id", "secret");
    assert_eq!(
        client.request_master_token(credentials).unwrap().expose(),
        "MASTER_TOKEN"
    );
}

#[test]
fn the_documented_bodies_are_those_of_the_document() {
    let document = include_str!("../spec/fitrankings.yaml");
    for value in [
        "\"16009.3440\"",
        "11092.975341666666",
        "1502064788614000000",
    ] {
        assert!(document.contains(value), "{value}");
        let examples = [ACTIVITIES, ACTIVITY, GROUP_SUMMARY].concat();
        assert!(examples.contains(value), "{value}");
    }
}

#[test]
fn an_unknown_field_is_ignored_wherever_it_is() {
    fn add(value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(add),
            Value::Object(members) => {
                members.values_mut().for_each(add);
                members.insert("new".into(), json!({"a": [1, null, {"b": "c"}]}));
            }
            _ => {}
        }
    }
    fn check<T: DeserializeOwned + PartialEq + std::fmt::Debug>(json: &str) {
        let mut with: Value = read(json);
        add(&mut with);
        assert_eq!(read::<T>(&with.to_string()), read::<T>(json));
    }
    check::<Vec<Activity>>(ACTIVITIES);
    check::<Activity>(ACTIVITY);
    check::<Vec<User>>(USERS);
    check::<UserStatSummary>(USER_SUMMARY);
    check::<GroupStatSummary>(GROUP_SUMMARY);
    check::<MasterTokenGrant>(GRANT);
}

#[test]
fn an_unknown_provider_is_kept() {
    let activity: Activity = read(&ACTIVITY.replace("google-oauth2", "under \\\"armour\\\""));
    let provider = activity.provider_key.clone().unwrap();
    assert!(matches!(provider, Provider::Unknown(_)));
    assert_eq!(provider, Provider::from("under \"armour\""));
    assert_eq!(Ok(&provider), "under \"armour\"".parse().as_ref());
    assert_eq!(format!("{provider:?}"), r#"Unknown("under \"armour\"")"#);
    assert_eq!(provider.as_str(), "under \"armour\"");
    assert_eq!(provider, Provider::from(provider.to_string()));
    assert_eq!(provider, Provider::from(provider.as_str()));
    assert_eq!(Provider::from("fitbit".to_owned()), Provider::Fitbit);
    let written = serde_json::to_value(&activity).unwrap();
    assert_eq!(written["provider_key"], "under \"armour\"");
}

#[test]
fn what_may_be_null_may_be_missing_too() {
    let optional = [
        "title",
        "description",
        "provider_image_url",
        "provider_key",
        "provider_activity_id",
        "current_user_reacted_with_type",
    ];
    let mut missing: Value = read(ACTIVITY);
    let mut null = missing.clone();
    for name in optional {
        missing.as_object_mut().unwrap().remove(name).unwrap();
        null[name] = Value::Null;
    }
    let activity: Activity = read(&missing.to_string());
    assert_eq!(activity, read(&null.to_string()));
    assert_eq!(activity.provider_key, None);
    assert_eq!(activity.current_user_reacted_with_type, None);

    missing.as_object_mut().unwrap().remove("comments");
    let activity: Activity = read(&missing.to_string());
    assert!(activity.comments.is_empty());

    let handle = USERS.replace(",\n    \"handle\": null", "");
    assert_ne!(handle, USERS);
    assert_eq!(read::<Vec<User>>(&handle), read::<Vec<User>>(USERS));
}

#[test]
fn a_summary_of_nothing_may_have_no_totals() {
    for (json, steps) in [
        (
            r#"{"user_id": 1, "met_minutes": null, "steps": null}"#,
            None,
        ),
        (r#"{"user_id": 1}"#, None),
        (
            r#"{"user_id": 1, "met_minutes": null, "steps": 0}"#,
            Some(0),
        ),
    ] {
        let summary: UserStatSummary = read(json);
        assert_eq!(
            (summary.met_minutes, summary.steps),
            (None, steps),
            "{json}"
        );
    }
    let group: GroupStatSummary = read(r#"{"group_id": 1, "user_count": 0, "activities": 0}"#);
    assert_eq!((group.distance, group.avg_user_met_minutes), (None, None));
}

#[test]
fn what_was_null_may_be_text_and_comments_may_be_anything() {
    let mut value: Value = read(ACTIVITY);
    for name in ["title", "description", "provider_image_url"] {
        value[name] = json!("text");
    }
    value["user"]["handle"] = json!("text");
    value["user"]["profile"]["bio"] = json!("text");
    value["comments"] = json!([1, "two", {"three": [4]}, null]);
    let activity: Activity = read(&value.to_string());
    assert_eq!(activity.title.as_deref(), Some("text"));
    let profile = activity.user.unwrap().profile.unwrap();
    assert_eq!(profile.bio.as_deref(), Some("text"));
    assert_eq!(json!(activity.comments), value["comments"]);
}

#[test]
fn a_quantity_may_change_its_spelling() {
    let number: Activity = read(&ACTIVITY.replace("\"182.0000\"", "182"));
    assert_eq!(number.met_minutes.unwrap().0, decimal("182"));
    let summary: UserStatSummary = read(&USER_SUMMARY.replace("766966.1322", "\"766966.1322\""));
    assert_eq!(summary, read(USER_SUMMARY));
}

#[test]
fn a_time_may_have_another_offset_and_fewer_places() {
    for (spelling, same) in [
        ("2017-08-07T02:00:00+02:00", "2017-08-07T00:00:00Z"),
        ("2017-08-06T19:30:00.5-04:30", "2017-08-07T00:00:00.5Z"),
        (
            "2017-08-07T00:00:00.123456789Z",
            "2017-08-07T00:00:00.123456789Z",
        ),
    ] {
        let activity: Activity = read(&ACTIVITY.replace("2017-08-07T00:00:00Z", spelling));
        assert_eq!(activity.action_date, Some(time(same)));
    }
}

#[test]
fn written_again_every_field_has_the_same_json_value() {
    /// What is `null` or an empty list may be left out, and a time lose zeros at its end.
    fn normal(mut value: Value) -> Value {
        match &mut value {
            Value::String(text) if text.parse::<Timestamp>().is_ok() => {
                *text = time(text).to_string()
            }
            Value::Array(items) => items.iter_mut().for_each(|it| *it = normal(it.take())),
            Value::Object(members) => {
                members
                    .retain(|_, member| !member.is_null() && *member != Value::Array(Vec::new()));
                members.values_mut().for_each(|it| *it = normal(it.take()));
            }
            _ => {}
        }
        value
    }
    fn check<T: DeserializeOwned + serde::Serialize>(json: &str) {
        let written = serde_json::to_value(read::<T>(json)).unwrap();
        assert_eq!(normal(written), normal(read(json)));
    }
    check::<Vec<Activity>>(ACTIVITIES);
    check::<Activity>(ACTIVITY);
    check::<Vec<User>>(USERS);
    check::<UserStatSummary>(USER_SUMMARY);
    check::<GroupStatSummary>(GROUP_SUMMARY);
    check::<MasterTokenGrant>(GRANT);
    let odd = ACTIVITY
        .replace("\"182.0000\"", "\"-0.10\"")
        .replace("\"5460.0000\"", "\"79228162514264337593543950335\"")
        .replace("\"0.0000\"", "\"0.0000000000000000000000000001\"");
    check::<Activity>(&odd);
}

/// serde takes an array for a struct, with the fields in their order.
#[test]
fn an_array_is_no_record() {
    for body in [
        "[]",
        "[1]",
        "[null]",
        "[[]]",
        "[1,2,3,4,5,6,7,8,9,10,11,12]",
    ] {
        let (_server, client) = serving(body);
        for error in [
            client.get_activity(1).call().unwrap_err(),
            client.get_user_stat_summary().call().unwrap_err(),
            client.get_group_stat_summary().call().unwrap_err(),
        ] {
            assert!(error.is_decode(), "{body}: {error}");
            let said = error.to_string();
            assert!(
                said.contains("does not match the OpenAPI document"),
                "{body}: {said}"
            );
            assert!(said.contains("expected an object"), "{body}: {said}");
        }
    }
    let body = r#"[{"id": 1, "user": {"id": 2, "profile": [3]}}]"#;
    let (_server, client) = serving(body);
    let error = client.list_activities().call().unwrap_err();
    assert_eq!(error.json_path(), Some("[0].user.profile"), "{error}");
    assert!(error.to_string().contains("expected an object"), "{error}");
    let mut items = client.list_activities().items();
    let error = items.next().unwrap().unwrap_err();
    assert_eq!(error.json_path(), Some("[0].user.profile"), "{error}");
}

#[test]
fn an_array_is_no_master_token() {
    let (_server, client) = serving(r#"["tokentokentoken"]"#);
    let credentials = Credentials::new("an-id", "a-secret");
    let error = client.request_master_token(credentials).unwrap_err();
    assert!(error.is_decode(), "{error}");
    assert!(
        !format!("{error} {error:?}").contains("tokentoken"),
        "{error:?}"
    );
}

#[test]
fn an_array_is_no_body_of_an_error() {
    let server = Server::always(Reply::json(400, r#"["a sentence"]"#));
    let error = server.client().list_users().call().unwrap_err();
    assert_eq!(error.body_as::<ErrorBody>(), None);
}
