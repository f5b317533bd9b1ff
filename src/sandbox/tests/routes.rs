use super::super::PastTheEnd;
use super::super::query::Query;
use super::{exact, header, ids, json, site, text};

const INVALID_PAGE: &str = r#"{"detail":"Invalid page."}"#;

#[test]
fn pages_hold_every_record_once_and_in_order() {
    let mut site = site();
    let master = site.master();
    let expected: Vec<i64> = site.world.activities.iter().map(|a| a.id).collect();
    for size in [1, 7, 20, 100, 115, 230, 1_000] {
        let mut all = Vec::new();
        for page in 1.. {
            let answer = site.get(
                &master,
                &format!("/activities/?page={page}&page_size={size}"),
            );
            if answer.status() == 404 {
                assert_eq!(text(&answer), INVALID_PAGE);
                break;
            }
            let page = ids(&answer);
            assert!(page.len() <= size.min(100));
            all.extend(page);
        }
        assert_eq!(all, expected);
    }
}

#[test]
fn page_sizes_are_capped_or_corrected_in_silence() {
    let mut site = site();
    let master = site.master();
    let mut length = |size: &str| ids(&site.get(&master, &format!("/activities/?{size}"))).len();
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
    let mut site = site();
    let master = site.master();
    for empty in [false, true] {
        site.past_the_end = if empty {
            PastTheEnd::EmptyPage
        } else {
            PastTheEnd::NotFound
        };
        for page in ["13", "4000000000", "18446744073709551615"] {
            let answer = site.get(&master, &format!("/activities/?page={page}"));
            let expected = if empty {
                (200, "[]")
            } else {
                (404, INVALID_PAGE)
            };
            assert_eq!(
                (answer.status().as_u16(), text(&answer)),
                expected,
                "{page}"
            );
        }
        for page in ["0", "abc", "-1", "", "1.5", "99999999999999999999"] {
            let answer = site.get(&master, &format!("/activities/?page={page}"));
            assert_eq!(
                (answer.status().as_u16(), text(&answer)),
                (404, INVALID_PAGE),
                "{page}"
            );
        }
    }
}

#[test]
fn the_first_page_of_nothing_is_an_empty_list() {
    let mut site = site();
    site.world.activities.clear();
    let master = site.master();
    let answer = site.get(&master, "/activities/");
    assert_eq!((answer.status().as_u16(), text(&answer)), (200, "[]"));
}

#[test]
fn a_user_sees_what_is_theirs_and_no_more() {
    let mut site = site();
    let person = &site.world.people[2];
    let (id, token) = (person.id(), person.token.clone());
    assert_eq!(ids(&site.get(&token, "/users/")), [id]);
    let seen = ids(&site.get(&token, "/activities/?page_size=100"));
    let activities = site.world.activities.iter();
    let (own, others): (Vec<_>, Vec<_>) = activities.partition(|a| a.user.account.id == id);
    assert!(own.iter().map(|a| a.id).eq(seen));
    let (own, other) = (own[0].id, others[0].id);
    assert_eq!(
        json(&site.get(&token, &format!("/activities/{own}/")))["id"],
        own
    );
    let answer = site.get(&token, &format!("/activities/{other}/"));
    assert_eq!(
        (answer.status().as_u16(), text(&answer)),
        (404, r#"{"detail":"Not found."}"#)
    );
    let master = site.master();
    assert_eq!(
        json(&site.get(&master, &format!("/activities/{other}/")))["id"],
        other
    );
    for unknown in ["1", "abc", "99999999999999999999"] {
        let answer = site.get(&master, &format!("/activities/{unknown}/"));
        assert_eq!(
            (answer.status().as_u16(), text(&answer)),
            (404, r#"{"detail":"Not found."}"#)
        );
    }
    let answer = site.get(&token, "/groups/stat-summary/");
    assert_eq!(answer.status(), 403);
    assert_eq!(
        text(&answer),
        r#"{"detail":"You do not have permission to perform this action."}"#
    );
}

#[test]
fn a_token_is_wanted() {
    let mut site = site();
    let master = site.master();
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
            let answer = site.send("GET", path, &[("authorization", value)], "");
            assert_eq!(answer.status(), 401);
            assert_eq!(header(&answer, "www-authenticate"), "Bearer");
            assert_eq!(json(&answer)["detail"], detail);
        }
        assert_eq!(site.send("GET", path, &[], "").status(), 401);
        let lower = format!("bearer {master}");
        assert_ne!(
            site.send("GET", path, &[("authorization", &lower)], "")
                .status(),
            401
        );
    }
}

#[test]
fn methods_paths_and_slashes() {
    let mut site = site();
    let bearer = format!("Bearer {}", site.master());
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
            let answer = site.send(method, path, &auth, "");
            assert_eq!(
                (answer.status().as_u16(), header(&answer, "allow")),
                (405, "GET")
            );
            assert_eq!(
                json(&answer)["detail"],
                format!("Method \"{method}\" not allowed.")
            );
        }
        let bare = path.trim_end_matches('/');
        for method in ["GET", "POST"] {
            let answer = site.send(method, &format!("{bare}?page=2&x=%20"), &[], "");
            assert_eq!(answer.status(), 301);
            assert_eq!(
                header(&answer, "location"),
                format!("/iq{path}?page=2&x=%20")
            );
        }
    }
    let answer = site.send("GET", "/tokens/master-token/", &[], "");
    assert_eq!(
        (answer.status().as_u16(), header(&answer, "allow")),
        (405, "POST")
    );
    let answer = site.send("POST", "/tokens/master-token", &[], "{}");
    assert_eq!(header(&answer, "location"), "/iq/tokens/master-token/");
    for path in [
        "",
        "/",
        "/nothing/",
        "/activities/1/2/",
        "/activities//",
        "x/activities/",
    ] {
        let answer = site.send("GET", path, &auth, "");
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(header(&answer, "content-type"), "text/html; charset=utf-8");
    }
}

#[test]
fn the_accept_header_decides_between_json_and_a_page() {
    let mut site = site();
    let bearer = format!("Bearer {}", site.master());
    let mut get = |path: &str, accept: &str| {
        site.send(
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
        let answer = get("/users/", accept);
        assert_eq!(answer.status(), 200);
        assert_eq!(header(&answer, "content-type"), "text/html; charset=utf-8");
        assert!(text(&answer).contains("&quot;email&quot;"));
    }
    assert_eq!(get("/activities/1/", "text/html").status(), 404);
    let answer = get("/users/", "text/csv");
    assert_eq!(answer.status(), 406);
    assert_eq!(
        text(&answer),
        r#"{"detail":"Could not satisfy the request Accept header."}"#
    );
    let answer = site.send("GET", "/users/", &[("accept", "text/html")], "");
    assert_eq!(
        (
            answer.status().as_u16(),
            header(&answer, "www-authenticate")
        ),
        (401, "Bearer")
    );
}

#[test]
fn the_master_token_costs_the_right_credentials() {
    let mut site = site();
    let known = site.world.credentials.clone();
    let mut post = |body: &str, form: &str| {
        site.send(
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
        let answer = post(body, JSON);
        assert_eq!(
            (answer.status().as_u16(), text(&answer)),
            (status, expected),
            "{body}"
        );
    }
    let answer = post("{", JSON);
    assert_eq!(answer.status(), 400);
    assert!(text(&answer).starts_with(r#"{"detail":"JSON parse error - "#));
    for form in ["text/plain", "", "application/x-www-form-urlencoded"] {
        let answer = post(&right, form);
        assert_eq!(answer.status(), 415);
        assert_eq!(
            json(&answer)["detail"],
            format!("Unsupported media type \"{form}\" in request.")
        );
    }
}

#[test]
fn summaries_agree_with_the_activities_in_them() {
    let mut site = site();
    let master = site.master();
    let mut all = Vec::new();
    for page in 1..=3 {
        let page = site.get(&master, &format!("/activities/?page_size=100&page={page}"));
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
    let users: Vec<(i64, String)> = site
        .world
        .people
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
        let group = json(&site.get(&master, &format!("/groups/stat-summary/?{group_query}")));
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
            let user = json(&site.get(token, &format!("/users/stat-summary/?{user_query}")));
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
    let first = json(&site.get(&master, "/users/stat-summary/"));
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
    let mut site = site();
    let master = site.master();
    let whole = site
        .world
        .activities
        .iter()
        .find(|a| a.action_date.0 % 1_000_000 == 0);
    let time = whole.expect("one on the second").action_date.to_string();
    let time = time.trim_end_matches('Z').replace('T', "+");
    let count = |answer| json(&answer)["activities"].as_u64();
    let path = format!("/groups/stat-summary/?start={time}&end={time}");
    assert!(count(site.get(&master, &path)) >= Some(1));
}

#[test]
fn periods_that_make_no_sense_are_refused() {
    let mut site = site();
    let master = site.master();
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
        let answer = site.get(&master, &format!("/users/stat-summary/?{query}"));
        assert_eq!(answer.status(), 400, "{query}");
        let problems = &json(&answer)[field];
        assert!(problems[0].is_string(), "{query}: {}", text(&answer));
        if !expected.is_empty() {
            assert_eq!(problems.to_string(), expected, "{query}");
        }
    }
    let answer = site.get(
        &master,
        "/groups/stat-summary/?time_mode=4&time_value=2017-32",
    );
    assert_eq!(answer.status(), 400);
    assert!(text(&answer).contains("YYYY-Www"));
}

#[test]
fn a_user_allows_or_denies() {
    let mut site = site();
    let client = site.world.credentials.client_id.clone();
    let (id, token) = (
        site.world.people[1].id(),
        site.world.people[1].token.clone(),
    );
    let page = format!("/oauth2/?client_id={client}");
    let mut get = |rest: &str| site.send("GET", &format!("{page}{rest}"), &[], "");

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
    let answer = get(&format!(
        "&callback_uri=http://127.0.0.1:1/cb%3Fstate%3Dx{allow}"
    ));
    assert_eq!(answer.status(), 302);
    let target = format!("http://127.0.0.1:1/cb?state=x&token={token}&user_id=0{id}");
    assert_eq!(header(&answer, "location"), target);
    assert_eq!(header(&get(&allow), "location"), target);
    let answer = get("&callback_uri=app://done&decision=deny");
    assert_eq!(
        header(&answer, "location"),
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
    let answer = site.send(
        "GET",
        "/oauth2/?client_id=%3Cb%3E&callback_uri=a://b",
        &[],
        "",
    );
    assert_eq!(answer.status(), 400);
    assert!(!text(&answer).contains("<b>"));
    let query = Query::parse(
        header(
            &site.send("GET", &format!("{page}{allow}"), &[], ""),
            "location",
        )
        .split_once('?')
        .map(|(_, query)| query),
    );
    assert_eq!(query.get("token"), Some(token.as_str()));
}
