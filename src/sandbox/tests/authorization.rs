use super::{header, json, service, status_and_text, text};
use crate::sandbox::service::Service;
use crate::sandbox::service::query_string::QueryString;
use crate::sandbox::service::response::Response;

#[test]
fn a_token_is_required() {
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

/// Bodies without valid credentials, and the response to each.
const WRONG_CREDENTIALS: [(&str, u16, &str); 6] = [
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

const JSON: &str = "application/json; charset=utf-8";

fn post_credentials(service: &mut Service, body: &str, content_type: &str) -> Response {
    let headers = [("content-type", content_type)];
    service.send("POST", "/tokens/master-token/", &headers, body)
}

fn right_credentials(service: &Service) -> String {
    let known = &service.dataset.application;
    format!(
        r#"{{"client_id":"{}","client_secret":"{}"}}"#,
        known.client_id, known.client_secret
    )
}

#[test]
fn the_right_credentials_get_the_master_token() {
    let mut service = service();
    let right = right_credentials(&service);
    let given = json(&post_credentials(&mut service, &right, JSON));
    assert_eq!(given["token"], service.master());
    for (body, status, expected) in WRONG_CREDENTIALS {
        let response = post_credentials(&mut service, body, JSON);
        assert_eq!(status_and_text(&response), (status, expected), "{body}");
    }
    let response = post_credentials(&mut service, "{", JSON);
    assert_eq!(response.status(), 400);
    assert!(text(&response).starts_with(r#"{"detail":"JSON parse error - "#));
}

#[test]
fn credentials_are_taken_as_json_only() {
    let mut service = service();
    let right = right_credentials(&service);
    for content_type in ["text/plain", "", "application/x-www-form-urlencoded"] {
        let response = post_credentials(&mut service, &right, content_type);
        assert_eq!(response.status(), 415);
        assert_eq!(
            json(&response)["detail"],
            format!("Unsupported media type \"{content_type}\" in request.")
        );
    }
}

fn get_page(service: &mut Service, query: &str) -> Response {
    let client_id = &service.dataset.application.client_id;
    let target = format!("/oauth2/?client_id={client_id}{query}");
    service.send("GET", &target, &[], "")
}

#[test]
fn the_authorization_page_needs_a_callback_and_shows_it_escaped() {
    let mut service = service();
    let mut get = |query: &str| get_page(&mut service, query);
    assert_eq!(get("").status(), 400);
    assert_eq!(get("&callback_uri=").status(), 400);
    let shown = get("&callback_uri=https%3A%2F%2Fa.example%2F%3Fs%3D%22%3E%3Cb%3E%26t");
    assert_eq!(shown.status(), 200);
    assert!(text(&shown).contains("https://a.example/?s=&quot;&gt;&lt;b&gt;&amp;t"));
    assert!(!text(&shown).contains("<b>"));
    assert!(text(&shown).contains("O&#x27;Neill") || !text(&shown).contains("O'"));
    assert_eq!(text(&shown).matches(">Allow<").count(), 5);
    let id = service.dataset.users[1].id();
    assert_eq!(
        get_page(&mut service, &format!("&decision=allow&user_id={id}")).status(),
        400,
        "the page alone must not set the last callback"
    );
}

#[test]
fn a_user_allows_or_denies() {
    let mut service = service();
    let user = &service.dataset.users[1];
    let (id, token) = (user.id(), user.token.clone());
    let mut get = |query: &str| get_page(&mut service, query);
    let allow = format!("&decision=allow&user_id={id}");
    let response = get(&format!(
        "&callback_uri=http://127.0.0.1:1/cb%3Fstate%3Dx{allow}"
    ));
    assert_eq!(response.status(), 302);
    let target = format!("http://127.0.0.1:1/cb?state=x&token={token}&user_id=0{id}");
    assert_eq!(header(&response, "location"), target);
    assert_eq!(header(&get(&allow), "location"), target);
    let denied = "app://done?error=access_denied";
    let response = get("&callback_uri=app://done&decision=deny");
    assert_eq!(header(&response, "location"), denied);
    assert_eq!(header(&get("&decision=deny"), "location"), denied);

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
    let response = get(&allow);
    let (_, query) = header(&response, "location")
        .split_once('?')
        .expect("a query");
    let query = QueryString::parse(Some(query));
    assert_eq!(query.get("token"), Some(token.as_str()));
}

#[test]
fn an_unknown_application_has_no_authorization_page() {
    let target = "/oauth2/?client_id=%3Cb%3E&callback_uri=a://b";
    let response = service().send("GET", target, &[], "");
    assert_eq!(response.status(), 400);
    assert!(!text(&response).contains("<b>"));
}
