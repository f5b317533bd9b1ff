//! Records as rows of a table, and responses as raw JSON.
#![allow(clippy::panic, clippy::unwrap_used)]

mod support;

use fitrankings::Row;
use fitrankings::types::{Activity, GroupStatSummary, User};
use serde_json::{Value, json};
use support::{Reply, Server};

const ACTIVITY: &str = include_str!("data/activity.json");
const GROUP_SUMMARY: &str = include_str!("data/group-stat-summary.json");

/// A record as CSV, by the crate that users take for it.
fn csv<R: Row>(records: &[R]) -> Vec<Vec<String>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in records {
        writer.write_record(record.cells().unwrap()).unwrap();
    }
    let text = writer.into_inner().unwrap();
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.has_headers(false).from_reader(&*text);
    let rows = reader.records().map(|row| row.unwrap());
    rows.map(|row| row.iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn an_activity_is_a_row_with_a_column_for_each_value_however_deep() {
    let columns = Activity::columns();
    assert_eq!(columns.len(), 38);
    let at = |name: &str| columns.iter().position(|column| column == name).unwrap();
    let mut changed: Value = serde_json::from_str(ACTIVITY).unwrap();
    changed["title"] = json!("a \"quoted\", title\nof two lines");
    changed["comments"] = json!([1, {"text": "b"}]);
    let bare = json!({"id": 1});
    let nobody = json!({"id": 2, "user": {"id": 3, "profile": null}, "comments": null});
    let records = [changed, bare, nobody].map(|value| serde_json::from_value(value).unwrap());
    let rows = csv::<Activity>(&records);
    assert!(rows.iter().all(|row| row.len() == columns.len()));
    for (row, column, cell) in [
        (0, "id", "685775"),
        (0, "title", "a \"quoted\", title\nof two lines"),
        (0, "description", ""),
        (0, "met_minutes", "182.0000"),
        (0, "provider_key", "google-oauth2"),
        (0, "action_date", "2017-08-07T00:00:00Z"),
        (0, "is_locked", "false"),
        (0, "user.id", "30264"),
        (0, "user.handle", ""),
        (0, "user.profile.display_name", "Bob"),
        (0, "current_user_reacted_with_type", "-1"),
        (0, "comments", "[1,{\"text\":\"b\"}]"),
        (1, "id", "1"),
        (2, "user.id", "3"),
    ] {
        assert_eq!(rows[row][at(column)], cell, "{row}: {column}");
    }
    let empty = |row: &Vec<String>| row.iter().filter(|cell| cell.is_empty()).count();
    assert_eq!(empty(&rows[1]), columns.len() - 1);
    assert_eq!(empty(&rows[2]), columns.len() - 2);
}

#[test]
fn a_summary_and_a_user_are_rows_as_well() {
    let summary: GroupStatSummary = serde_json::from_str(GROUP_SUMMARY).unwrap();
    let row: Vec<_> = GroupStatSummary::columns()
        .into_iter()
        .zip(summary.cells().unwrap())
        .collect();
    let pair = |name: &str, cell: &str| (name.to_owned(), cell.to_owned());
    assert_eq!(row[0], pair("group_id", "619"));
    assert!(row.contains(&pair("avg_user_met_minutes", "11092.975341666666")));
    assert_eq!(User::columns()[0], "id");
}

#[test]
fn a_number_that_json_lacks_is_an_error_and_no_cell() {
    let mut summary: GroupStatSummary = serde_json::from_str(GROUP_SUMMARY).unwrap();
    summary.distance = Some(fitrankings::units::Metres(f64::NAN));
    let error = summary.cells().unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
}

#[test]
fn the_json_of_a_response_comes_as_it_was_sent() {
    let odd = "{\"new\": [1.50, null],  \"id\": \"no number\", \"steps\": null, \"comments\": []}";
    let server = Server::always(Reply::json(200, odd));
    let request = server.client().get_activity(1);
    assert!(request.call().is_err());
    assert_eq!(request.call_raw().unwrap().get(), odd);
    let page = format!("[{odd}, {odd}]");
    let server = Server::always(Reply::json(200, &page));
    let raw = server.client().list_activities().call_raw().unwrap();
    assert_eq!(raw.get(), page);
    let records: Vec<Value> = serde_json::from_str(raw.get()).unwrap();
    assert_eq!(records[1]["new"], json!([1.50, null]));
}

#[test]
fn raw_json_passes_the_same_checks_as_a_value() {
    for (reply, check) in [
        (Reply::json(404, "{}"), "404 Not Found"),
        (Reply::new(301, &[("Location", "/x")], ""), "301 Moved"),
        (Reply::html(200, "<p>"), "a page of HTML"),
        (Reply::json(200, "[1, 2"), "is not whole JSON"),
        (Reply::json(200, ""), "is empty"),
    ] {
        let server = Server::always(reply);
        let error = server.client().get_activity(1).call_raw().unwrap_err();
        assert!(error.to_string().contains(check), "{check}: {error}");
    }
    let large = format!("\"{}\"", "x".repeat(1000));
    let server = Server::always(Reply::json(200, large));
    let token = fitrankings::MasterToken::new(support::TOKEN).unwrap();
    let client = server.builder().max_body_size(100).build(token).unwrap();
    let error = client.get_activity(1).call_raw().unwrap_err();
    assert!(error.is_too_large(), "{error}");
}
