use serde_json::Value;

use super::{exact, json, service, text};
use crate::sandbox::service::Service;

/// The sums over the activities of a period.
struct Sums<'a>(Vec<&'a Value>);

impl Sums<'_> {
    fn of_field(&self, name: &str) -> i64 {
        let values = self.0.iter().map(|activity| exact(&activity[name]));
        values.sum()
    }

    fn steps(&self) -> i64 {
        let steps = |activity: &&Value| activity["steps"].as_i64().expect("a number");
        self.0.iter().map(steps).sum()
    }

    fn agree_with(&self, summary: &Value, query: &str) {
        for name in ["met_minutes", "distance", "duration", "calories"] {
            assert_eq!(
                ten_thousandths(&summary[name]),
                self.of_field(name),
                "{query}"
            );
        }
        assert_eq!(summary["steps"], self.steps());
    }
}

/// Queries of a user's and of the group's summary, with the first day of the period and the day
/// after its last. An empty query of the group stands for that of the user. Days compare as text.
const PERIODS: [(&str, &str, &str, &str); 9] = [
    ("", "", "0000", "9999"),
    ("time_mode=0", "time_mode=0", "0000", "9999"),
    (
        "time_mode=1&time_value=2016",
        "",
        "2016-01-01",
        "2017-01-01",
    ),
    (
        "time_mode=3&time_value=2016-12",
        "",
        "2016-12-01",
        "2017-01-01",
    ),
    (
        "time_mode=3&time_value=2016-02",
        "",
        "2016-02-01",
        "2016-03-01",
    ),
    (
        "time_mode=4&time_value=2016-01",
        "time_mode=4&time_value=2016-W01",
        "2016-01-04",
        "2016-01-11",
    ),
    (
        "time_mode=4&time_value=2015-53",
        "time_mode=4&time_value=2015-W53",
        "2015-12-28",
        "2016-01-04",
    ),
    (
        "time_mode=5&time_value=2016-07-16",
        "",
        "2016-07-16",
        "2016-07-17",
    ),
    (
        "start=2016-07-02+00:00:00&end=2016-09-11%2023:59:59",
        "",
        "2016-07-02",
        "2016-09-12",
    ),
];

fn all_activities(service: &mut Service) -> Vec<Value> {
    let master = service.master();
    let mut all = Vec::new();
    for page in 1..=3 {
        let page = service.get(&master, &format!("/activities/?page_size=100&page={page}"));
        all.extend(json(&page).as_array().expect("a list").clone());
    }
    all
}

#[test]
fn summaries_agree_with_the_activities_in_them() {
    let mut service = service();
    let master = service.master();
    let all = all_activities(&mut service);
    let users = service.dataset.users.iter();
    let users: Vec<(i64, String)> = users.map(|user| (user.id(), user.token.clone())).collect();
    for (user_query, group_query, from, to) in PERIODS {
        let group_query = if group_query.is_empty() {
            user_query
        } else {
            group_query
        };
        let within = |activity: &&Value| {
            let date = activity["action_date"].as_str().expect("a time");
            from <= date && date < to
        };
        let sums = Sums(all.iter().filter(within).collect());
        let group = json(&service.get(&master, &format!("/groups/stat-summary/?{group_query}")));
        sums.agree_with(&group, group_query);
        assert_eq!(group["activities"], sums.0.len());
        assert_eq!(group["user_count"], users.len());
        let spread = number(&group["avg_user_met_minutes"]) * users.len() as f64;
        assert!((spread - number(&group["met_minutes"])).abs() < 1e-6);
        for (id, token) in &users {
            let own = |activity: &&Value| activity["user"]["id"] == *id;
            let own = Sums(sums.0.iter().copied().filter(own).collect());
            let user = json(&service.get(token, &format!("/users/stat-summary/?{user_query}")));
            assert_eq!(user["user_id"], *id);
            own.agree_with(&user, user_query);
        }
    }
    let first = json(&service.get(&master, "/users/stat-summary/"));
    assert_eq!(first["user_id"], users[0].0);
}

fn number(value: &serde_json::Value) -> f64 {
    assert!(value.is_f64(), "{value}");
    value.as_f64().expect("a number")
}

/// Returns a rounded number, because serde_json may read a number with an error of one bit.
fn ten_thousandths(value: &serde_json::Value) -> i64 {
    (number(value) * 10_000.0).round() as i64
}

#[test]
fn both_ends_of_a_range_are_included() {
    let mut service = service();
    let master = service.master();
    let whole = service
        .dataset
        .activities
        .iter()
        .find(|a| a.action_date.0 % 1_000_000 == 0);
    let time = whole.expect("one on the second").action_date.to_string();
    let time = time.trim_end_matches('Z').replace('T', "+");
    let count = |response| json(&response)["activities"].as_u64();
    let path = format!("/groups/stat-summary/?start={time}&end={time}");
    assert!(count(service.get(&master, &path)) >= Some(1));
}

const REQUIRED: &str = r#"["This field is required."]"#;

/// Queries, the field of the error in the response, and the error message where it matters.
const INVALID_PERIODS: [(&str, &str, &str); 25] = [
    ("time_mode=1", "time_value", REQUIRED),
    ("time_mode=4&time_value=", "time_value", ""),
    ("time_value=2017", "time_mode", REQUIRED),
    ("start=2017-01-01+00:00:00", "end", REQUIRED),
    ("end=2017-01-01+00:00:00", "start", REQUIRED),
    (
        "time_mode=2&time_value=2017",
        "time_mode",
        r#"["\"2\" is not a valid choice."]"#,
    ),
    (
        "time_mode=&time_value=2017",
        "time_mode",
        r#"["\"\" is not a valid choice."]"#,
    ),
    ("time_mode=0&time_value=2017", "time_value", ""),
    ("time_mode=0&time_value=", "time_value", ""),
    (
        "time_mode=1&start=2017-01-01+00:00:00",
        "non_field_errors",
        "",
    ),
    (
        "time_value=2017&start=2017-01-01+00:00:00&end=2017-01-02+00:00:00",
        "non_field_errors",
        "",
    ),
    (
        "start=2017-01-02+00:00:00&end=2017-01-01+00:00:00",
        "non_field_errors",
        "",
    ),
    ("start=2017-01-01&end=2017-01-02+00:00:00", "start", ""),
    (
        "start=2017-01-01T00:00:00&end=2017-01-02+00:00:00",
        "start",
        "",
    ),
    (
        "start=2017-01-01+00:00:00&end=2017-02-30+00:00:00",
        "end",
        "",
    ),
    (
        "start=2017-01-01+00:00:00&end=2017-01-01+25:00:00",
        "end",
        "",
    ),
    ("time_mode=1&time_value=17", "time_value", ""),
    ("time_mode=1&time_value=9999", "time_value", ""),
    ("time_mode=1&time_value=%C3%A9%C3%A9", "time_value", ""),
    ("time_mode=3&time_value=2017-13", "time_value", ""),
    ("time_mode=3&time_value=2017-8", "time_value", ""),
    ("time_mode=4&time_value=2017-53", "time_value", ""),
    ("time_mode=4&time_value=2017-00", "time_value", ""),
    ("time_mode=4&time_value=2017-W32", "time_value", ""),
    ("time_mode=5&time_value=2017-02-29", "time_value", ""),
];

#[test]
fn invalid_periods_are_refused() {
    let mut service = service();
    let master = service.master();
    for (query, field, expected) in INVALID_PERIODS {
        let response = service.get(&master, &format!("/users/stat-summary/?{query}"));
        assert_eq!(response.status(), 400, "{query}");
        let problems = &json(&response)[field];
        assert!(problems[0].is_string(), "{query}: {}", text(&response));
        if !expected.is_empty() {
            assert_eq!(problems.to_string(), expected, "{query}");
        }
    }
    let response = service.get(
        &master,
        "/groups/stat-summary/?time_mode=4&time_value=2017-32",
    );
    assert_eq!(response.status(), 400);
    assert!(text(&response).contains("YYYY-Www"));
}
