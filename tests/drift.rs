//! Responses that differ from the document: missing values, instants that no `Timestamp` holds,
//! records of another form.
#![allow(clippy::panic, clippy::unwrap_used)]

mod support;

use fitrankings::types::{Activity, GroupStatSummary, User, UserStatSummary};
use fitrankings::{Client, Error, MasterToken};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use support::{Reply, Server};

const ACTIVITY: &str = include_str!("data/activity.json");
const USERS: &str = include_str!("data/users.json");
const USER_SUMMARY: &str = include_str!("data/user-stat-summary.json");
const GROUP_SUMMARY: &str = include_str!("data/group-stat-summary.json");

fn activity() -> Value {
    serde_json::from_str(ACTIVITY).unwrap()
}

/// Returns a server whose responses have this body, and a client of it.
fn serving(body: impl AsRef<[u8]>) -> (Server, Client<MasterToken>) {
    let server = Server::always(Reply::json(200, body));
    let client = server.client();
    (server, client)
}

fn get(body: impl AsRef<[u8]>) -> Result<Activity, Error> {
    let (_server, client) = serving(body);
    client.get_activity(1).call()
}

fn list(body: &Value) -> Result<Vec<Activity>, Error> {
    let (_server, client) = serving(body.to_string());
    client.list_activities().call()
}

/// Collects the JSON pointers to all members of an object, and of the objects in it.
fn members(value: &Value, pointer: &str, all: &mut Vec<String>) {
    let Value::Object(object) = value else { return };
    for (key, member) in object {
        let pointer = format!("{pointer}/{key}");
        members(member, &pointer, all);
        all.push(pointer);
    }
}

/// Decodes a record once without each of its members, and once with each member null. Only the
/// identifying ids are required.
fn check_each_may_be_missing<T: DeserializeOwned>(record: &Value, ids: &[&str]) {
    let mut pointers = Vec::new();
    members(record, "", &mut pointers);
    assert!(pointers.len() > ids.len());
    for pointer in pointers {
        let mut null = record.clone();
        *null.pointer_mut(&pointer).unwrap() = Value::Null;
        let mut absent = record.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent = absent.pointer_mut(parent).unwrap();
        parent.as_object_mut().unwrap().remove(key).unwrap();
        for value in [null, absent] {
            let read = serde_json::from_value::<T>(value);
            let problem = read.err().map(|error| error.to_string());
            assert_eq!(
                problem.is_some(),
                ids.contains(&&*pointer),
                "{pointer}: {problem:?}"
            );
        }
    }
}

#[test]
fn only_identifying_ids_are_required() {
    let ids = ["/id", "/user/id", "/user/profile/id"];
    check_each_may_be_missing::<Activity>(&activity(), &ids);
    let users: Value = serde_json::from_str(USERS).unwrap();
    check_each_may_be_missing::<User>(&users[0], &["/id"]);
    let summary = serde_json::from_str(USER_SUMMARY).unwrap();
    check_each_may_be_missing::<UserStatSummary>(&summary, &["/user_id"]);
    let summary = serde_json::from_str(GROUP_SUMMARY).unwrap();
    check_each_may_be_missing::<GroupStatSummary>(&summary, &["/group_id"]);
}

#[test]
fn a_null_costs_neither_a_record_nor_a_page() {
    let mut odd = activity();
    odd["steps"] = Value::Null;
    assert_eq!(get(odd.to_string()).unwrap().id, 685_775);
    assert_eq!(list(&json!([activity(), odd])).unwrap().len(), 2);
}

#[test]
fn an_instant_past_the_end_of_timestamps_is_the_last_of_them() {
    let mut record = activity();
    for text in ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999999-05:00"] {
        record["action_date"] = text.into();
        record["user"]["date_joined"] = text.into();
        let read = get(record.to_string()).unwrap();
        assert_eq!(read.action_date, Some(Timestamp::MAX), "{text}");
        assert_eq!(
            read.user.unwrap().date_joined,
            Some(Timestamp::MAX),
            "{text}"
        );
    }
    record["action_date"] = "9999-12-30T22:00:00Z".into();
    let read = get(record.to_string()).unwrap();
    assert_eq!(
        read.action_date,
        Some("9999-12-30T22:00:00Z".parse().unwrap())
    );
    for text in [
        "9999-12-32T00:00:00Z",
        "9999-12-31T23:59:59",
        "9999-12-31",
        "",
    ] {
        record["action_date"] = text.into();
        let error = get(record.to_string()).unwrap_err();
        assert_eq!(error.json_path(), Some("action_date"), "{text}: {error}");
    }
}

#[test]
fn an_error_has_the_id_and_the_json_of_the_record() {
    let mut odd = activity();
    odd["steps"] = "many".into();
    odd["new"] = "kept".into();
    let error = get(odd.to_string()).unwrap_err();
    assert!(
        error.to_string().contains(", id 685775, at `steps`; "),
        "{error}"
    );
    assert_eq!(error.record_id(), Some("685775"));
    assert_eq!(error.record_index(), None);
    let raw: Value = serde_json::from_str(error.raw_record().unwrap()).unwrap();
    assert_eq!(raw, odd);
    assert_eq!(error.body_as::<Value>(), Some(odd.clone()));

    let error = list(&json!([activity(), odd])).unwrap_err();
    assert!(
        error.to_string().contains(", id 685775, at `[1].steps`; "),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .contains("`items()` returns the other records"),
        "{error}"
    );
    assert_eq!((error.record_index(), error.page()), (Some(1), None));
    let raw: Value = serde_json::from_str(error.raw_record().unwrap()).unwrap();
    assert_eq!(raw, odd);

    let (_server, client) = serving(json!([activity(), odd]).to_string());
    let error = client
        .list_activities()
        .items()
        .nth(1)
        .unwrap()
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains(", page 1, id 685775, at `[1].steps`; "),
        "{error}"
    );
    assert_eq!(error.record_id(), Some("685775"));
}

#[test]
fn an_error_has_the_body_of_a_page_up_to_64_kib() {
    let mut odd = activity();
    odd["steps"] = "many".into();
    let page = |records: usize| {
        let mut records = vec![activity(); records];
        records.push(odd.clone());
        Value::from(records)
    };
    let fits = page(40);
    assert!((16_000..64 * 1024).contains(&fits.to_string().len()));
    assert!(list(&fits).unwrap_err().body_as::<Value>() == Some(fits));
    let larger = page(100);
    let error = list(&larger).unwrap_err();
    assert_eq!(error.body_as::<Value>(), None);
    // The error still has the record that does not decode.
    assert_eq!(error.record_id(), Some("685775"));
    assert_eq!(error.record_index(), Some(100));
}

#[test]
fn an_id_may_be_missing_odd_or_long() {
    for (id, shown) in [
        (json!(null), None),
        (json!({"a": 1}), None),
        (json!("a\u{202e}b"), Some("id a\\u{202e}b,")),
        (json!("x".repeat(1000)), Some("id xxxxxxxx")),
    ] {
        let mut odd = activity();
        odd["id"] = id;
        let error = get(odd.to_string()).unwrap_err();
        let text = error.to_string();
        match shown {
            Some(shown) => assert!(text.contains(shown), "{text}"),
            None => assert!(!text.contains(", id"), "{text}"),
        }
        // The id has a shorter limit than the value.
        assert!(text.len() < 500, "{text}");
        assert!(error.raw_record().is_some(), "{text}");
    }
    // No record: an empty list, a list, broken JSON, a number, nothing.
    for body in ["[]", "[[1]]", "{\"id\": 1, ", "17", ""] {
        let error = get(body).unwrap_err();
        assert_eq!(
            (error.raw_record(), error.record_id()),
            (None, None),
            "{body}: {error}"
        );
    }
}

/// Returns the errors of a list and of a call for a page with this record only.
fn undecoded(record: &str) -> [Error; 2] {
    let server = Server::always(Reply::json(200, format!("[{record}]")));
    let client = server.client();
    let item = client.list_users().items().next().unwrap().unwrap_err();
    [item, client.list_users().call().unwrap_err()]
}

#[test]
fn a_record_with_two_ids_has_none() {
    for record in [r#"{"id": 1, "id": 2}"#, r#"{"id": "7", "id": 3}"#] {
        for error in undecoded(record) {
            assert_eq!(error.record_id(), None, "{error}");
        }
    }
}

#[test]
fn a_value_that_cannot_be_read_hides_no_id_and_is_json() {
    for value in ["1e400", r#""\ud800""#, r#""\udc00""#] {
        for error in undecoded(&format!(r#"{{"id": 7, "email": {value}}}"#)) {
            assert_eq!(error.record_id(), Some("7"), "{error}");
            let message = error.to_string();
            assert!(
                message.contains("has a value that cannot be read"),
                "{message}"
            );
            assert!(!message.contains("not JSON"), "{message}");
        }
    }
}

#[test]
fn a_huge_value_is_no_id() {
    let record = format!(r#"{{"id": [{}0]}}"#, "0,".repeat(5_000));
    for error in undecoded(&record) {
        assert_eq!(error.record_id(), None, "{error}");
    }
}
