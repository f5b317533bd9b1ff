use super::{exact, header, ids, json, service, text};
use crate::sandbox::PastTheEnd;
use crate::sandbox::service::query_string::QueryString;

const INVALID_PAGE: &str = r#"{"detail":"Invalid page."}"#;

#[test]
fn pages_hold_every_record_once_and_in_order() {
    let mut service = service();
    let master = service.master();
    let expected: Vec<i64> = service.dataset.activities.iter().map(|a| a.id).collect();
    for size in [1, 7, 20, 100, 115, 230, 1_000] {
        let mut all = Vec::new();
        for page in 1.. {
            let response = service.get(
                &master,
                &format!("/activities/?page={page}&page_size={size}"),
            );
            if response.status() == 404 {
                assert_eq!(text(&response), INVALID_PAGE);
                break;
            }
            let page = ids(&response);
            assert!(page.len() <= size.min(100));
            all.extend(page);
        }
        assert_eq!(all, expected);
    }
}

#[test]
fn page_sizes_are_capped_or_corrected_in_silence() {
    let mut service = service();
    let master = service.master();
    let mut length = |size: &str| ids(&service.get(&master, &format!("/activities/?{size}"))).len();
    assert_eq!(length("page_size=101"), 100);
    assert_eq!(length("page_size=99999999999999999999999"), 100);
    for size in [
        "",
        "page_size=0",
        "page_size=-3",
        "page_size=abc",
        "page_size=",
        "page_size=2.5",
    ] {
        assert_eq!(length(size), 20, "{size}");
    }
}

#[test]
fn a_page_past_the_end_is_refused_or_empty() {
    let mut service = service();
    let master = service.master();
    for empty in [false, true] {
        service.past_the_end = if empty {
            PastTheEnd::EmptyPage
        } else {
            PastTheEnd::NotFound
        };
        for page in ["13", "4000000000", "18446744073709551615"] {
            let response = service.get(&master, &format!("/activities/?page={page}"));
            let expected = if empty {
                (200, "[]")
            } else {
                (404, INVALID_PAGE)
            };
            assert_eq!(
                (response.status().as_u16(), text(&response)),
                expected,
                "{page}"
            );
        }
        for page in ["0", "abc", "-1", "", "1.5", "99999999999999999999"] {
            let response = service.get(&master, &format!("/activities/?page={page}"));
            assert_eq!(
                (response.status().as_u16(), text(&response)),
                (404, INVALID_PAGE),
                "{page}"
            );
        }
    }
}

#[test]
fn the_first_page_of_nothing_is_an_empty_list() {
    let mut service = service();
    service.dataset.activities.clear();
    let master = service.master();
    let response = service.get(&master, "/activities/");
    assert_eq!((response.status().as_u16(), text(&response)), (200, "[]"));
}

#[test]
fn a_user_sees_what_is_theirs_and_no_more() {
    let mut service = service();
    let user = &service.dataset.users[2];
    let (id, token) = (user.id(), user.token.clone());
    assert_eq!(ids(&service.get(&token, "/users/")), [id]);
    let seen = ids(&service.get(&token, "/activities/?page_size=100"));
    let activities = service.dataset.activities.iter();
    let (own, others): (Vec<_>, Vec<_>) = activities.partition(|a| a.user.account.id == id);
    assert!(own.iter().map(|a| a.id).eq(seen));
    let (own, other) = (own[0].id, others[0].id);
    assert_eq!(
        json(&service.get(&token, &format!("/activities/{own}/")))["id"],
        own
    );
    let response = service.get(&token, &format!("/activities/{other}/"));
    assert_eq!(
        (response.status().as_u16(), text(&response)),
        (404, r#"{"detail":"Not found."}"#)
    );
    let master = service.master();
    assert_eq!(
        json(&service.get(&master, &format!("/activities/{other}/")))["id"],
        other
    );
    for unknown in ["1", "abc", "99999999999999999999"] {
        let response = service.get(&master, &format!("/activities/{unknown}/"));
        assert_eq!(
            (response.status().as_u16(), text(&response)),
            (404, r#"{"detail":"Not found."}"#)
        );
    }
    let response = service.get(&token, "/groups/stat-summary/");
    assert_eq!(response.status(), 403);
    assert_eq!(
        text(&response),
        r#"{"detail":"You do not have permission to perform this action."}"#
    );
}

#[test]
fn a_token_is_wanted() {
    let mut service = service();
    let master = service.master();
    let wrong = [
        ("", "Authentication credentials were not provided."),
        ("Basic abc", "Authentication credentials were not provided."),
        ("Bearer", "Invalid token header. No credentials provided."),
        (
            "Bearer a b",
            "Invalid token header. Token string should not contain spaces.",
        ),
        ("Bearer wrong", "Invalid token."),
    ];
    for path in [
        "/activities/",
        "/activities/1/",
        "/users/",
        "/users/stat-summary/",
        "/groups/stat-summary/",
    ] {
        for (value, detail) in wrong {
            let response = service.send("GET", path, &[("authorization", value)], "");
            assert_eq!(response.status(), 401);
            assert_eq!(header(&response, "www-authenticate"), "Bearer");
            assert_eq!(json(&response)["detail"], detail);
        }
        assert_eq!(service.send("GET", path, &[], "").status(), 401);
        let lower = format!("bearer {master}");
        assert_ne!(
            service
                .send("GET", path, &[("authorization", &lower)], "")
                .status(),
            401
        );
    }
}

#[test]
fn methods_paths_and_slashes() {
    let mut service = service();
    let bearer = format!("Bearer {}", service.master());
    let auth = [("authorization", bearer.as_str())];
    for path in [
        "/activities/",
        "/activities/1/",
        "/users/",
        "/users/stat-summary/",
        "/groups/stat-summary/",
        "/oauth2/",
    ] {
        for method in ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] {
            let response = service.send(method, path, &auth, "");
            assert_eq!(
                (response.status().as_u16(), header(&response, "allow")),
                (405, "GET")
            );
            assert_eq!(
                json(&response)["detail"],
                format!("Method \"{method}\" not allowed.")
            );
        }
        let bare = path.trim_end_matches('/');
        for method in ["GET", "POST"] {
            let response = service.send(method, &format!("{bare}?page=2&x=%20"), &[], "");
            assert_eq!(response.status(), 301);
            assert_eq!(
                header(&response, "location"),
                format!("/iq{path}?page=2&x=%20")
            );
        }
    }
    let response = service.send("GET", "/tokens/master-token/", &[], "");
    assert_eq!(
        (response.status().as_u16(), header(&response, "allow")),
        (405, "POST")
    );
    let response = service.send("POST", "/tokens/master-token", &[], "{}");
    assert_eq!(header(&response, "location"), "/iq/tokens/master-token/");
    for path in [
        "",
        "/",
        "/nothing/",
        "/activities/1/2/",
        "/activities//",
        "x/activities/",
    ] {
        let response = service.send("GET", path, &auth, "");
        assert_eq!(response.status(), 404, "{path}");
        assert_eq!(
            header(&response, "content-type"),
            "text/html; charset=utf-8"
        );
        assert!(text(&response).contains("the document that fitrankings ships"));
    }
}

#[test]
fn the_accept_header_decides_between_json_and_a_page() {
    let mut service = service();
    let bearer = format!("Bearer {}", service.master());
    let mut get = |path: &str, accept: &str| {
        service.send(
            "GET",
            path,
            &[("authorization", &bearer), ("accept", accept)],
            "",
        )
    };
    for accept in [
        "application/json",
        "*/*",
        "text/html, application/json",
        "text/plain, */*;q=0.1",
    ] {
        assert_eq!(
            header(&get("/users/", accept), "content-type"),
            "application/json"
        );
    }
    for accept in [
        "text/html",
        "text/html,application/xhtml+xml,*/*;q=0.8",
        "Text/*",
    ] {
        let response = get("/users/", accept);
        assert_eq!(response.status(), 200);
        assert_eq!(
            header(&response, "content-type"),
            "text/html; charset=utf-8"
        );
        assert!(text(&response).contains("&quot;email&quot;"));
    }
    assert_eq!(get("/activities/1/", "text/html").status(), 404);
    let response = get("/users/", "text/csv");
    assert_eq!(response.status(), 406);
    assert_eq!(
        text(&response),
        r#"{"detail":"Could not satisfy the request Accept header."}"#
    );
    let response = service.send("GET", "/users/", &[("accept", "text/html")], "");
    assert_eq!(
        (
            response.status().as_u16(),
            header(&response, "www-authenticate")
        ),
        (401, "Bearer")
    );
}

#[test]
fn the_master_token_costs_the_right_credentials() {
    let mut service = service();
    let known = service.dataset.application.clone();
    let mut post = |body: &str, form: &str| {
        service.send(
            "POST",
            "/tokens/master-token/",
            &[("content-type", form)],
            body,
        )
    };
    const JSON: &str = "application/json; charset=utf-8";
    let right = format!(
        r#"{{"client_id":"{}","client_secret":"{}"}}"#,
        known.client_id, known.client_secret
    );
    assert_eq!(json(&post(&right, JSON))["token"], known.master_token);
    let cases = [
        (
            "",
            400,
            r#"{"client_id":["This field is required."],"client_secret":["This field is required."]}"#,
        ),
        (
            "{}",
            400,
            r#"{"client_id":["This field is required."],"client_secret":["This field is required."]}"#,
        ),
        (
            r#"{"client_id":"","client_secret":null}"#,
            400,
            r#"{"client_id":["This field may not be blank."],"client_secret":["This field may not be null."]}"#,
        ),
        (
            r#"{"client_id":[],"client_secret":1}"#,
            400,
            r#"{"client_id":["Not a valid string."]}"#,
        ),
        (
            "[]",
            400,
            r#"{"non_field_errors":["Invalid data. Expected a dictionary."]}"#,
        ),
        (
            r#"{"client_id":"a","client_secret":"b"}"#,
            401,
            r#"{"detail":"Incorrect authentication credentials."}"#,
        ),
    ];
    for (body, status, expected) in cases {
        let response = post(body, JSON);
        assert_eq!(
            (response.status().as_u16(), text(&response)),
            (status, expected),
            "{body}"
        );
    }
    let response = post("{", JSON);
    assert_eq!(response.status(), 400);
    assert!(text(&response).starts_with(r#"{"detail":"JSON parse error - "#));
    for form in ["text/plain", "", "application/x-www-form-urlencoded"] {
        let response = post(&right, form);
        assert_eq!(response.status(), 415);
        assert_eq!(
            json(&response)["detail"],
            format!("Unsupported media type \"{form}\" in request.")
        );
    }
}

#[test]
fn summaries_agree_with_the_activities_in_them() {
    let mut service = service();
    let master = service.master();
    let mut all = Vec::new();
    for page in 1..=3 {
        let page = service.get(&master, &format!("/activities/?page_size=100&page={page}"));
        all.extend(json(&page).as_array().expect("a list").clone());
    }
    // Dates compare as text, up to the second.
    let cases = [
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
    let users: Vec<(i64, String)> = service
        .dataset
        .users
        .iter()
        .map(|p| (p.id(), p.token.clone()))
        .collect();
    for (user_query, group_query, from, to) in cases {
        let group_query = if group_query.is_empty() {
            user_query
        } else {
            group_query
        };
        let within = |activity: &&serde_json::Value| {
            let date = activity["action_date"].as_str().expect("a time");
            from <= date && date < to
        };
        let sum = |list: &[&serde_json::Value], name: &str| -> i64 {
            let values = list.iter().map(|activity| exact(&activity[name]));
            values.sum()
        };
        let steps = |list: &[&serde_json::Value]| -> i64 {
            list.iter()
                .map(|activity| activity["steps"].as_i64().expect("a number"))
                .sum()
        };
        let list: Vec<_> = all.iter().filter(within).collect();
        let group = json(&service.get(&master, &format!("/groups/stat-summary/?{group_query}")));
        for name in ["met_minutes", "distance", "duration", "calories"] {
            assert_eq!(
                ten_thousandths(&group[name]),
                sum(&list, name),
                "{group_query}"
            );
        }
        assert_eq!(group["steps"], steps(&list));
        assert_eq!(group["activities"], list.len());
        assert_eq!(group["user_count"], users.len());
        let spread = number(&group["avg_user_met_minutes"]) * users.len() as f64;
        assert!((spread - number(&group["met_minutes"])).abs() < 1e-6);
        for (id, token) in &users {
            let own: Vec<_> = list
                .iter()
                .copied()
                .filter(|a| a["user"]["id"] == *id)
                .collect();
            let user = json(&service.get(token, &format!("/users/stat-summary/?{user_query}")));
            assert_eq!(user["user_id"], *id);
            for name in ["met_minutes", "distance", "duration", "calories"] {
                assert_eq!(
                    ten_thousandths(&user[name]),
                    sum(&own, name),
                    "{user_query}"
                );
            }
            assert_eq!(user["steps"], steps(&own));
        }
    }
    let first = json(&service.get(&master, "/users/stat-summary/"));
    assert_eq!(first["user_id"], users[0].0);
}

fn number(value: &serde_json::Value) -> f64 {
    assert!(value.is_f64(), "{value}");
    value.as_f64().expect("a number")
}

/// Rounded, since serde_json may read a number one bit off.
fn ten_thousandths(value: &serde_json::Value) -> i64 {
    (number(value) * 10_000.0).round() as i64
}

#[test]
fn both_ends_of_a_stretch_of_time_are_included() {
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

#[test]
fn periods_that_make_no_sense_are_refused() {
    let mut service = service();
    let master = service.master();
    let required = r#"["This field is required."]"#;
    let cases = [
        ("time_mode=1", "time_value", required),
        ("time_mode=4&time_value=", "time_value", ""),
        ("time_value=2017", "time_mode", required),
        ("start=2017-01-01+00:00:00", "end", required),
        ("end=2017-01-01+00:00:00", "start", required),
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
    for (query, field, expected) in cases {
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

#[test]
fn a_user_allows_or_denies() {
    let mut service = service();
    let client = service.dataset.application.client_id.clone();
    let (id, token) = (
        service.dataset.users[1].id(),
        service.dataset.users[1].token.clone(),
    );
    let page = format!("/oauth2/?client_id={client}");
    let mut get = |rest: &str| service.send("GET", &format!("{page}{rest}"), &[], "");

    assert_eq!(get("").status(), 400);
    assert_eq!(get("&callback_uri=").status(), 400);
    let shown = get("&callback_uri=https%3A%2F%2Fa.example%2F%3Fs%3D%22%3E%3Cb%3E%26t");
    assert_eq!(shown.status(), 200);
    assert!(text(&shown).contains("https://a.example/?s=&quot;&gt;&lt;b&gt;&amp;t"));
    assert!(!text(&shown).contains("<b>"));
    assert!(text(&shown).contains("O&#x27;Neill") || !text(&shown).contains("O'"));
    assert_eq!(text(&shown).matches(">Allow<").count(), 5);

    let allow = format!("&decision=allow&user_id={id}");
    assert_eq!(
        get(&allow).status(),
        400,
        "a page that was looked at is no use of it"
    );
    let response = get(&format!(
        "&callback_uri=http://127.0.0.1:1/cb%3Fstate%3Dx{allow}"
    ));
    assert_eq!(response.status(), 302);
    let target = format!("http://127.0.0.1:1/cb?state=x&token={token}&user_id=0{id}");
    assert_eq!(header(&response, "location"), target);
    assert_eq!(header(&get(&allow), "location"), target);
    let response = get("&callback_uri=app://done&decision=deny");
    assert_eq!(
        header(&response, "location"),
        "app://done?error=access_denied"
    );
    assert_eq!(
        header(&get("&decision=deny"), "location"),
        "app://done?error=access_denied"
    );

    for bad in [
        "&decision=allow",
        "&decision=allow&user_id=1",
        "&decision=maybe",
        "&callback_uri=/relative",
        "&callback_uri=a://b%0d%0ac",
        "&callback_uri=a://%C3%BC",
    ] {
        assert_eq!(get(bad).status(), 400, "{bad}");
    }
    let response = service.send(
        "GET",
        "/oauth2/?client_id=%3Cb%3E&callback_uri=a://b",
        &[],
        "",
    );
    assert_eq!(response.status(), 400);
    assert!(!text(&response).contains("<b>"));
    let query = QueryString::parse(
        header(
            &service.send("GET", &format!("{page}{allow}"), &[], ""),
            "location",
        )
        .split_once('?')
        .map(|(_, query)| query),
    );
    assert_eq!(query.get("token"), Some(token.as_str()));
}
