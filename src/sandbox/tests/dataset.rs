use std::collections::HashSet;

use serde_json::{Value, json};

use super::{json, service};
use crate::sandbox::dataset::Dataset;
use crate::sandbox::dataset::rng::Rng;
use crate::sandbox::dataset::{Decimal, Instant};

const ALL: usize = 3_000;

fn rendered(dataset: &Dataset) -> String {
    serde_json::to_string(&dataset.activities).expect("serializes")
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let worlds = [7, 7, 8].map(|seed| rendered(&Dataset::new(seed, 12, ALL)));
    assert!(worlds[0] == worlds[1]);
    assert!(worlds[0] != worlds[2]);
}

/// A change of this number means that the data of every seed has changed.
#[test]
fn the_data_are_the_same_on_every_machine() {
    let dataset = Dataset::new(0, 12, ALL);
    let hash = rendered(&dataset)
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    assert_eq!(format!("{hash:016x}"), "0e780131a32d751d");
}

#[test]
fn random_numbers_stay_within_their_bounds() {
    let mut rng = Rng::new(42);
    for _ in 0..1_000 {
        assert!((3..=5).contains(&rng.between(3, 5)));
        assert!(rng.below(2) < 2);
        assert!(rng.weighted(&[0, 1, 1, 4]) % 2 == 1);
    }
}

/// Checks every field and its type against the vendor's examples.
#[test]
fn records_have_the_documented_shape() {
    let example = json!({
        "id": 685612, "title": null, "description": null, "met_minutes": "23.0000",
        "distance": "16009.3440", "duration": "600.0000", "steps": 111, "calories": "22.0000",
        "provider_image_url": null, "provider_key": "fitbit",
        "provider_activity_id": "8222125504", "activity_type": "1", "fitness_type": "2",
        "action_date": "2017-06-13T12:00:00Z", "is_locked": false, "is_edited": false,
        "is_manual_entry": false, "is_deleted": false,
        "created_at": "2017-06-23T17:14:28.840028Z",
        "updated_at": "2017-06-23T17:14:28.840053Z",
        "user": {
            "id": 30171, "email": "john@gmail.com", "first_name": "John", "last_name": "Smith",
            "date_joined": "2017-06-23T17:14:10.995721Z", "handle": null,
            "profile": {
                "id": 10494, "display_name": "J. Smith", "display_name_format": "0",
                "image_profile_url": null, "is_private": false, "follower_count": 0,
                "following_count": 0, "bio": null
            }
        },
        "current_user_reacted_with_type": -1, "like_count": 0, "comment_count": 0,
        "comments": []
    });
    let mut service = service();
    let master = service.master();
    let list = json(&service.get(&master, "/activities/?page_size=100"));
    for activity in list.as_array().expect("a list") {
        same_shape(activity, &example, "");
    }
    let mut user = example["user"].clone();
    user.as_object_mut().expect("an object").remove("profile");
    let list = json(&service.get(&master, "/users/"));
    for given in list.as_array().expect("a list") {
        same_shape(given, &user, "");
    }
    let user = json!({
        "calories": 1.0, "duration": 1.0, "distance": 1.0, "user_id": 1, "met_minutes": 1.0,
        "steps": 1
    });
    same_shape(
        &json(&service.get(&master, "/users/stat-summary/")),
        &user,
        "",
    );
    let group = json!({
        "group_id": 1, "avg_user_met_minutes": 1.0, "calories": 1.0, "activities": 1,
        "duration": 1.0, "user_count": 1, "distance": 1.0, "met_minutes": 1.0, "steps": 1
    });
    let given = json(&service.get(&master, "/groups/stat-summary/"));
    same_shape(&given, &group, "");
}

fn same_shape(given: &Value, example: &Value, place: &str) {
    match (given, example) {
        (Value::Object(given), Value::Object(example)) => {
            let names = |map: &serde_json::Map<String, Value>| -> HashSet<String> {
                map.keys().cloned().collect()
            };
            assert_eq!(names(given), names(example), "at {place}");
            for (name, value) in given {
                same_shape(value, &example[name], &format!("{place}/{name}"));
            }
        }
        (Value::String(_) | Value::Null, Value::Null) => {}
        (Value::String(_), Value::String(_)) if place.ends_with("/handle") => {}
        (Value::Number(given), Value::Number(example)) => {
            assert_eq!(given.is_f64(), example.is_f64(), "at {place}");
        }
        _ => assert_eq!(
            std::mem::discriminant(given),
            std::mem::discriminant(example),
            "at {place}: {given}"
        ),
    }
}

#[test]
fn the_data_vary_within_bounds() {
    let dataset = Dataset::new(0, 12, ALL);
    let activities = &dataset.activities;
    assert_eq!(activities.len(), ALL);
    let unique: HashSet<i64> = activities.iter().map(|activity| activity.id).collect();
    assert_eq!(unique.len(), ALL);
    let provider_ids: HashSet<_> = activities
        .iter()
        .map(|activity| (activity.provider_key, &activity.provider_activity_id))
        .collect();
    assert_eq!(provider_ids.len(), ALL);
    assert!(activities.is_sorted_by_key(|a| std::cmp::Reverse((a.action_date, a.id))));
    let dates = activities.iter().map(|a| a.action_date.to_string());
    let dates: Vec<String> = dates.collect();
    assert!(dates.iter().all(|date| date.starts_with("201")));
    assert!(*dates[0] < *"2017-09-01" && *dates[ALL - 1] > *"2015-09-01");
    assert!(dates.iter().any(|date| date.len() == 20));
    assert!(dates.iter().any(|date| date.len() == 27));
    assert!(activities.iter().all(|a| a.created_at > a.action_date));
    assert!(activities.iter().all(|a| a.updated_at > a.created_at));
    assert!(
        activities.iter().any(|a| a.title.is_none())
            && activities.iter().any(|a| a.title.is_some())
    );
    let large = |id: &String| id.parse::<u64>().expect("digits") > 1 << 53;
    assert!(activities.iter().any(|a| large(&a.provider_activity_id)));
    assert!(activities.iter().any(|a| a.provider_key == "fitbit"));
    let handles = dataset
        .users
        .iter()
        .map(|p| p.record.account.handle.is_some());
    assert_eq!(handles.collect::<HashSet<_>>().len(), 2);
}

#[test]
fn an_added_activity_is_the_newest() {
    let mut dataset = Dataset::new(0, 2, 10);
    let user = dataset.users[1].id();
    for _ in 0..50 {
        let before: Vec<i64> = dataset.activities.iter().map(|a| a.id).collect();
        let id = dataset.add_activity(user).expect("the user exists");
        assert!(!before.contains(&id));
        assert_eq!(dataset.activities[0].id, id);
        assert!(dataset.activities[0].action_date > dataset.activities[1].action_date);
        assert!(dataset.activities[1..].iter().map(|a| a.id).eq(before));
    }
    assert_eq!(dataset.add_activity(1), None);
    let mut without_users = Dataset::new(0, 0, 10);
    assert!(without_users.activities.is_empty());
    assert_eq!(without_users.add_activity(1), None);
    let mut idle = Dataset::new(0, 1, 0);
    let user = idle.users[0].id();
    assert!(idle.add_activity(user).is_some());
}

#[test]
fn the_id_of_a_removed_activity_is_not_used_again() {
    let mut dataset = Dataset::new(0, 2, 10);
    let user = dataset.users[0].id();
    let newest = dataset.add_activity(user).expect("the user exists");
    let mut left: Vec<i64> = dataset.activities.iter().map(|a| a.id).collect();
    for id in [left[4], newest] {
        assert!(dataset.remove_activity(id));
        assert!(!dataset.remove_activity(id));
        left.retain(|other| *other != id);
        assert!(dataset.activities.iter().map(|a| a.id).eq(left.clone()));
    }
    assert!(dataset.add_activity(user) > Some(newest));
}

#[test]
fn decimals_and_times_print_as_the_framework_prints_them() {
    let decimals = [0, 5, 160_093_440].map(|value| Decimal(value).to_string());
    assert_eq!(decimals, ["0.0000", "0.0005", "16009.3440"]);
    assert_eq!(Decimal(7_669_661_322).number().to_string(), "766966.1322");
    let times = [
        1_502_064_788_000_000,
        1_502_064_788_014_000,
        1_502_064_788_000_007,
    ];
    assert_eq!(
        times.map(|time| Instant(time).to_string()),
        [
            "2017-08-07T00:13:08Z",
            "2017-08-07T00:13:08.014000Z",
            "2017-08-07T00:13:08.000007Z"
        ]
    );
}
