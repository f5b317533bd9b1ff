//! Errors for failed connections and wrong responses, over a real socket.
#![allow(clippy::panic, clippy::unwrap_used)]

mod support;

use std::collections::HashMap;
use std::error::Error as _;
use std::time::Duration;

use fitrankings::types::User;
use fitrankings::{Client, Credentials, Error, MasterToken, RetryPolicy};
use support::{Deserted, Reply, Server};

const USERS: &str = include_str!("data/users.json");
const ACTIVITIES: &str = include_str!("data/activities.json");

/// What a message about `list_users` begins with.
const WHERE: &str = "list_users (GET /users/): ";

/// A timeout under test: long enough for a busy machine to begin a response.
const SHORT: Duration = Duration::from_secs(1);

fn token() -> MasterToken {
    MasterToken::new(support::TOKEN).unwrap()
}

/// What listing users ends in.
fn users(reply: Reply) -> Result<Vec<User>, Error> {
    Server::always(reply).client().list_users().call()
}

fn failed(reply: Reply) -> Error {
    users(reply).unwrap_err()
}

fn failed_activities(body: &str) -> Error {
    let server = Server::always(Reply::json(200, body));
    server.client().list_activities().call().unwrap_err()
}

/// The names of all predicates that hold.
fn holds(error: &Error) -> Vec<&'static str> {
    let all = [
        ("retryable", error.is_retryable()),
        ("invalid_input", error.is_invalid_input()),
        ("connect", error.is_connect()),
        ("timeout", error.is_timeout()),
        ("decode", error.is_decode()),
        ("too_large", error.is_too_large()),
        ("redirect", error.is_redirect()),
        ("bad_request", error.is_bad_request()),
        ("unauthorized", error.is_unauthorized()),
        ("forbidden", error.is_forbidden()),
        ("not_found", error.is_not_found()),
        ("method_not_allowed", error.is_method_not_allowed()),
        ("rate_limited", error.is_rate_limited()),
        ("internal_server_error", error.is_internal_server_error()),
        ("unavailable", error.is_unavailable()),
    ];
    let all = all.into_iter().filter(|(_, holds)| *holds);
    all.map(|(name, _)| name).collect()
}

/// Checks what every error of this kind has in common: its operation, what holds, its status, and
/// a message that says what happened, where, and what to do.
#[track_caller]
fn check(error: &Error, holding: &[&str], status: Option<u16>, message: &str) {
    assert_eq!(holds(error), holding, "{error}");
    assert_eq!(error.status(), status, "{error}");
    assert_eq!(error.operation(), Some("list_users"));
    assert_eq!(error.path(), Some("/users/"));
    assert_eq!(error.to_string(), format!("{WHERE}{message}"));
}

fn field_errors(error: &Error) -> Vec<(&str, &str)> {
    error.field_errors().collect()
}

mod statuses {
    use super::*;

    #[test]
    fn a_400_names_the_fields() {
        let body =
            r#"{"page": ["A valid integer is required.", "No."], "page_size": ["Too many."]}"#;
        let error = failed(Reply::json(400, body));
        check(
            &error,
            &["bad_request"],
            Some(400),
            "400 Bad Request; page: A valid integer is required; page: No; page_size: Too many; \
             check the parameters and their form",
        );
        assert_eq!(
            field_errors(&error),
            [
                ("page", "A valid integer is required."),
                ("page", "No."),
                ("page_size", "Too many."),
            ]
        );
        assert_eq!(error.detail(), None);
        assert_eq!(error.body(), Some(body));
    }

    #[test]
    fn a_refusal_can_be_taken_as_a_type() {
        let body = r#"{"page": ["A valid integer is required.", "No."]}"#;
        let error = failed(Reply::json(400, body));
        let typed: Option<HashMap<String, Vec<String>>> = error.body_as();
        assert_eq!(typed.unwrap()["page"].len(), 2);
        assert!(error.body_as::<Vec<String>>().is_none());
        // The body of a success that does not decode is at hand as well.
        let decoded: Option<HashMap<String, Vec<String>>> =
            failed(Reply::json(200, body)).body_as();
        assert_eq!(decoded.unwrap()["page"].len(), 2);
    }

    #[test]
    fn a_400_can_be_about_no_field() {
        let error = failed(Reply::json(
            400,
            r#"{"non_field_errors": ["No such period."]}"#,
        ));
        assert_eq!(
            field_errors(&error),
            [("non_field_errors", "No such period.")]
        );
        assert!(error.to_string().contains("No such period;"), "{error}");
    }

    #[test]
    fn a_400_can_have_a_detail() {
        let error = failed(Reply::json(
            400,
            r#"{"detail": "JSON parse error - it is odd."}"#,
        ));
        check(
            &error,
            &["bad_request"],
            Some(400),
            "400 Bad Request: JSON parse error - it is odd; check the parameters and their form",
        );
        assert_eq!(error.detail(), Some("JSON parse error - it is odd."));
        assert_eq!(field_errors(&error), []);
    }

    #[test]
    fn a_400_of_any_other_form_is_shown_as_it_is() {
        for body in [r#"["No."]"#, r#""No.""#, "no JSON", "17"] {
            let error = failed(Reply::json(400, body));
            assert_eq!(error.detail(), Some(body));
            assert_eq!(field_errors(&error), []);
        }
        let nested = r#"{"user": {"name": ["No."]}, "count": 3}"#;
        let error = failed(Reply::json(400, nested));
        assert_eq!((error.detail(), error.body()), (None, Some(nested)));
        assert_eq!(field_errors(&error), []);
    }

    #[test]
    fn a_401_asks_for_another_token() {
        let error = failed(Reply::new(
            401,
            &[("WWW-Authenticate", "Bearer")],
            r#"{"detail": "Invalid token."}"#,
        ));
        check(
            &error,
            &["unauthorized"],
            Some(401),
            "401 Unauthorized: Invalid token; get a new token",
        );
        assert_eq!(error.detail(), Some("Invalid token."));
    }

    #[test]
    fn a_401_or_403_of_the_exchange_asks_for_other_credentials() {
        for status in [401, 403] {
            let server = Server::always(Reply::json(status, r#"{"detail": "Wrong."}"#));
            let error = server
                .client()
                .request_master_token(Credentials::new("id", "secret"));
            let error = error.unwrap_err();
            assert_eq!(error.status(), Some(status));
            let message = error.to_string();
            let advice = ": Wrong; check the client id and the client secret";
            assert!(message.ends_with(advice), "{message}");
            let place = "create_master_token (POST /tokens/master-token/): ";
            assert!(message.starts_with(place), "{message}");
        }
    }

    #[test]
    fn a_403_says_that_the_token_may_be_at_fault() {
        let error = failed(Reply::json(403, r#"{"detail": "Not you."}"#));
        check(
            &error,
            &["forbidden"],
            Some(403),
            "403 Forbidden: Not you; check the token and its permissions",
        );
    }

    #[test]
    fn a_404_is_read_from_json_and_from_a_page() {
        let message = "404 Not Found; check the base URL and its path";
        let error = failed(Reply::json(404, r#"{"detail": "Not found."}"#));
        check(&error, &["not_found"], Some(404), message);
        assert_eq!(error.detail(), Some("Not found."));
        let message = "404 Not Found: No Activity matches; check the base URL and its path";
        let error = failed(Reply::json(404, r#"{"detail": "No Activity matches."}"#));
        check(&error, &["not_found"], Some(404), message);

        let page = "<!doctype html>\n<html><head><title>Not Found</title></head>\n\
                    <body><h1>Gone</h1><p>Nothing\n  here.</p></body></html>";
        let error = failed(Reply::html(404, page));
        check(
            &error,
            &["not_found"],
            Some(404),
            "404 Not Found: Gone Nothing here; check the base URL and its path",
        );
        assert_eq!(error.body(), Some(page));

        // A path with a parameter can name what is not there.
        let server = Server::always(Reply::json(404, r#"{"detail": "Not found."}"#));
        let error = server.client().get_activity(7).call().unwrap_err();
        let message = "404 Not Found; it does not exist, or the token has no access to it";
        assert!(error.to_string().ends_with(message), "{error}");
    }

    #[test]
    fn a_405_doubts_the_base_url() {
        let error = failed(Reply::new(
            405,
            &[("Allow", "POST")],
            r#"{"detail": "Method \"GET\" not allowed."}"#,
        ));
        check(
            &error,
            &["method_not_allowed"],
            Some(405),
            "405 Method Not Allowed: Method \"GET\" not allowed; check the base URL",
        );
    }

    #[test]
    fn a_429_says_how_long_to_wait() {
        let error = failed(Reply::new(
            429,
            &[("Retry-After", "60")],
            r#"{"detail": "Request was throttled. Expected available in 60 seconds."}"#,
        ));
        check(
            &error,
            &["retryable", "rate_limited"],
            Some(429),
            "429 Too Many Requests: Request was throttled. Expected available in 60 seconds; \
             try again in 60 s",
        );
        assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
    }

    #[test]
    fn a_429_can_name_a_date_or_nothing() {
        let after = |value| failed(Reply::new(429, &[("Retry-After", value)], ""));
        let year = Duration::from_secs(365 * 24 * 60 * 60);
        let distant = after("Fri, 31 Dec 2100 23:59:59 GMT");
        assert!(distant.retry_after().unwrap() > year, "{distant}");
        let past = after("Sun, 06 Nov 1994 08:49:37 GMT");

        for error in [
            past,
            after("0"),
            after("in a while"),
            after("-1"),
            failed(Reply::new(429, &[], "")),
        ] {
            check(
                &error,
                &["retryable", "rate_limited"],
                Some(429),
                "429 Too Many Requests; slow down, and try again later",
            );
            assert_eq!(error.retry_after(), None);
        }
    }

    #[test]
    fn a_500_has_a_page_or_nothing() {
        let holding = ["retryable", "internal_server_error"];
        let page = "<html><head><title>Oh</title><style>h1 {}</style></head>\
                    <body><h1>Server Error (500)</h1></body></html>";
        check(
            &failed(Reply::html(500, page)),
            &holding,
            Some(500),
            "500 Internal Server Error: Server Error (500); try again later",
        );
        let empty = failed(Reply::new(500, &[], ""));
        let message = "500 Internal Server Error; try again later";
        check(&empty, &holding, Some(500), message);
        assert_eq!((empty.detail(), empty.body()), (None, None));
    }

    #[test]
    fn a_502_and_a_504_come_from_a_proxy() {
        let page = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
                    <center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n";
        check(
            &failed(Reply::html(502, page)),
            &["retryable"],
            Some(502),
            "502 Bad Gateway: nginx; try again later",
        );
        check(
            &failed(Reply::new(504, &[], "")),
            &["retryable"],
            Some(504),
            "504 Gateway Timeout; try again later",
        );
    }

    #[test]
    fn a_503_can_say_how_long_it_lasts() {
        let error = failed(Reply::new(
            503,
            &[("Retry-After", "3600")],
            r#"{"detail": "Maintenance."}"#,
        ));
        check(
            &error,
            &["retryable", "unavailable"],
            Some(503),
            "503 Service Unavailable: Maintenance; try again later",
        );
        assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    }

    #[test]
    fn a_status_that_nobody_knows_is_kept() {
        let error = failed(Reply::json(418, r#"{"detail": "Teapot."}"#));
        check(&error, &[], Some(418), "418 I'm a teapot: Teapot");
        let error = failed(Reply::new(520, &[], ""));
        check(&error, &[], Some(520), "520");
    }

    #[test]
    fn a_refusal_is_one_however_its_body_ends() {
        let length = ("Content-Length", "1000");
        let chunked = ("Transfer-Encoding", "chunked");
        let gzip = ("Content-Encoding", "gzip");
        for reply in [
            Reply::head(503, &[length]).then_close(),
            Reply::head(503, &[length])
                .and(r#"{"detail": "#)
                .then_close(),
            Reply::head(503, &[chunked]).and("zzz\r\n").then_close(),
            Reply::new(503, &[gzip], "no gzip"),
            Reply::new(503, &[], b"\xff\xfe"),
            Reply::new(503, &[], "[".repeat(100_000)),
            Reply::new(503, &[], "x".repeat(10_000_000)),
        ] {
            let error = failed(reply);
            assert_eq!(holds(&error), ["retryable", "unavailable"], "{error}");
            assert_eq!(error.status(), Some(503));
        }
    }

    #[test]
    fn a_refusal_is_one_in_time_though_its_body_never_ends() {
        let server =
            Server::always(Reply::head(503, &[("Content-Length", "2000")]).then_trickle(b'x'));
        let client = server.builder().timeout_call(SHORT).build(token()).unwrap();
        let error = client.list_users().call().unwrap_err();
        assert_eq!(error.status(), Some(503), "{error}");
        assert!(error.is_unavailable(), "{error}");
    }

    #[test]
    fn an_error_keeps_4_kib_of_a_body_and_says_300_bytes_of_it() {
        let error = failed(Reply::new(500, &[], "ä".repeat(5000)));
        let cut = |bytes: usize| format!("{}…", "ä".repeat(bytes / 2));
        assert_eq!(error.body(), Some(&*cut(4096)));
        assert_eq!(error.detail(), Some(&*cut(300)));
    }

    #[test]
    fn what_a_refusal_says_after_64_kib_is_not_read() {
        let late = |size| {
            let before = "x".repeat(size);
            let reply = Reply::json(400, format!(r#"{{"a": "{before}", "detail": "Late."}}"#));
            failed(reply)
        };
        assert_eq!(late(60_000).detail(), Some("Late."));
        let error = late(70_000);
        assert!(error.is_bad_request(), "{error}");
        assert_ne!(error.detail(), Some("Late."));
    }

    #[test]
    fn of_two_equal_keys_in_a_refusal_the_last_counts() {
        let error = failed(Reply::json(400, r#"{"detail": "one", "detail": "two"}"#));
        assert_eq!(error.detail(), Some("two"));
    }
}

mod redirects {
    use super::*;

    const ADVICE: &str = "redirects are not followed: check the base URL";

    #[test]
    fn a_redirect_is_an_error_that_names_where_it_pointed_without_its_query() {
        let target = "/iq/users/?page=1#top";
        let server = Server::always(Reply::new(301, &[("Location", target)], ""));
        let error = server.client().list_users().call().unwrap_err();
        check(
            &error,
            &["redirect"],
            Some(301),
            &format!("301 Moved Permanently, to /iq/users/; {ADVICE}"),
        );
        assert_eq!(error.location(), Some("/iq/users/"));
        server.only_request();
    }

    #[test]
    fn a_redirect_to_another_host_takes_the_token_nowhere() {
        let elsewhere = Server::always(Reply::json(200, USERS));
        let target = format!("{}/users/", elsewhere.base_url());
        for status in [301, 302, 303, 307, 308] {
            let server = Server::always(Reply::new(status, &[("Location", &target)], ""));
            let error = server.client().list_users().call().unwrap_err();
            assert_eq!(holds(&error), ["redirect"], "{error}");
            assert_eq!(error.status(), Some(status));
            assert_eq!(error.location(), Some(&*target));
            server.only_request();
        }
        assert_eq!(elsewhere.connections(), 0);
    }

    #[test]
    fn a_redirect_of_the_exchange_takes_the_secret_nowhere() {
        let elsewhere = Server::always(Reply::json(200, r#"{"token": "a-token"}"#));
        let target = format!("{}/", elsewhere.base_url());
        for status in [301, 307, 308] {
            let server = Server::always(Reply::new(status, &[("Location", &target)], ""));
            let credentials = Credentials::new("id", "secret");
            let error = server
                .client()
                .request_master_token(credentials)
                .unwrap_err();
            assert_eq!(holds(&error), ["redirect"], "{error}");
            server.only_request();
        }
        assert_eq!(elsewhere.connections(), 0);
    }

    #[test]
    fn a_redirect_to_nowhere_is_one_too() {
        let error = failed(Reply::new(302, &[], ""));
        check(
            &error,
            &["redirect"],
            Some(302),
            &format!("302 Found; {ADVICE}"),
        );
        assert_eq!(error.location(), None);
        for odd in ["", "::", "http://[", "\u{e4}"] {
            let error = failed(Reply::new(302, &[("Location", odd)], ""));
            assert_eq!(holds(&error), ["redirect"], "{odd:?}: {error}");
        }
    }
}

mod responses_that_do_not_decode {
    use super::*;

    #[test]
    fn a_page_where_json_was_expected_is_called_a_page() {
        let page = "\n<!doctype html><title>Please log in</title>";
        let error = failed(Reply::html(200, page));
        check(
            &error,
            &["decode"],
            Some(200),
            "the response is HTML or XML, but JSON was expected; \
             check the base URL, and see `Error::body`",
        );
        assert_eq!(error.body(), Some(page));
        let debug = format!("{error:?}");
        assert!(!debug.contains("Please log in"), "{debug}");
        let shape = format!("{} bytes of text/html, see `Error::body`", page.len());
        assert!(debug.contains(&shape), "{debug}");
    }

    #[test]
    fn an_empty_response_is_called_empty() {
        for (reply, status) in [
            (Reply::new(200, &[], ""), 200),
            (Reply::new(200, &[], " \r\n"), 200),
            (Reply::head(204, &[]), 204),
            (Reply::new(205, &[], ""), 205),
        ] {
            let error = failed(reply);
            assert_eq!(holds(&error), ["decode"], "{error}");
            assert_eq!(error.status(), Some(status));
            let shown = match status {
                200 => String::new(),
                status => format!(" (status {status})"),
            };
            let message = format!("is empty, but JSON was expected{shown}; check the base URL");
            assert!(error.to_string().contains(&message), "{error}");
        }
    }

    #[test]
    fn text_is_not_json_and_half_a_response_is_incomplete_json() {
        let error = failed(Reply::new(200, &[], "Hello."));
        let message = "the response is not JSON: expected value at line 1 column 1; check";
        // `serde_json` counts no column before a line's first.
        let half = failed(Reply::json(200, "[\n"));
        assert!(!half.to_string().contains("column 0"), "{half}");
        assert!(error.to_string().contains(message), "{error}");

        let error = failed(Reply::json(200, "[{\"id\": "));
        let message = "the response is incomplete JSON: EOF while parsing";
        assert!(error.to_string().contains(message), "{error}");
        assert_eq!(error.json_path(), Some("[0].id"));
        assert_eq!(holds(&error), ["decode"]);
        assert_eq!(error.status(), Some(200));
    }

    #[test]
    fn a_response_of_another_shape_says_where_it_differs() {
        let error = failed(Reply::json(200, r#"{"results": []}"#));
        assert_eq!((holds(&error), error.status()), (vec!["decode"], Some(200)));
        assert_eq!(error.json_path(), None);
        assert_eq!(error.body(), Some(r#"{"results": []}"#));

        let second = ACTIVITIES.trim().trim_matches(['[', ']']);
        let odd = second.replace("30171", "\"odd\"");
        let error = failed_activities(&format!("[{second}, {odd}]"));
        assert_eq!((holds(&error), error.status()), (vec!["decode"], Some(200)));
        assert_eq!(error.json_path(), Some("[1].user.id"));
        let message = error.to_string();
        assert!(
            message.contains("does not match the OpenAPI document: invalid type: string \"odd\""),
            "{message}"
        );
        let advice = ", id 685612, at `[1].user.id`; `items()` returns the other records";
        assert!(message.ends_with(advice), "{message}");
    }

    #[test]
    fn every_kind_of_value_is_refused_with_its_path() {
        for (from, to, path) in [
            ("\"23.0000\"", "\"1e5\"", "[0].met_minutes"),
            ("\"23.0000\"", "\"\"", "[0].met_minutes"),
            ("\"16009.3440\"", "\"1_000\"", "[0].distance"),
            ("\"600.0000\"", "{}", "[0].duration"),
            ("\"22.0000\"", "true", "[0].calories"),
            ("\"id\": 685612", "\"id\": null", "[0].id"),
            ("685612", "99999999999999999999", "[0].id"),
            ("685612", "1e400", "[0].id"),
            ("685612", "1.5", "[0].id"),
            ("\"fitbit\"", "7", "[0].provider_key"),
            (
                "\"2017-06-13T12:00:00Z\"",
                "\"yesterday\"",
                "[0].action_date",
            ),
            (
                "\"2017-06-13T12:00:00Z\"",
                "\"2017-06-31T12:00:00Z\"",
                "[0].action_date",
            ),
            ("\"comments\": []", "\"comments\": 3", "[0].comments"),
            ("10494", "null", "[0].user.profile.id"),
        ] {
            let body = ACTIVITIES.replace(from, to);
            assert_ne!(body, ACTIVITIES, "{from}");
            let error = failed_activities(&body);
            assert_eq!(holds(&error), ["decode"], "{to}: {error}");
            assert_eq!(error.status(), Some(200), "{to}: {error}");
            assert_eq!(error.json_path(), Some(path), "{to}: {error}");
        }
    }

    #[test]
    fn a_missing_field_is_named() {
        let error = failed(Reply::json(200, USERS.replace("\"id\"", "\"i_d\"")));
        assert_eq!(error.json_path(), Some("[0]"));
        let message = error.to_string();
        assert!(message.contains("missing field `id`"), "{message}");
    }

    #[test]
    fn a_field_that_is_there_twice_is_refused_and_an_unknown_one_is_not() {
        let twice = USERS.replace("\"email\"", "\"id\": 1, \"email\"");
        let error = failed(Reply::json(200, twice));
        assert_eq!(holds(&error), ["decode"], "{error}");
        assert!(
            error.to_string().contains("duplicate field `id`"),
            "{error}"
        );
        assert_eq!(error.json_path(), Some("[0]"));

        let unknown = USERS.replace("\"email\"", "\"new\": 1, \"new\": 2, \"email\"");
        assert_eq!(users(Reply::json(200, unknown)).unwrap().len(), 1);
    }

    #[test]
    fn text_that_is_not_utf_8_says_from_where_on() {
        let error = failed(Reply::json(200, b"[{\"id\":1,\"email\":\"\xff\xfe\"}]"));
        assert_eq!((holds(&error), error.status()), (vec!["decode"], Some(200)));
        let message = error.to_string();
        assert!(
            message.contains("is not UTF-8 from byte 18 on"),
            "{message}"
        );
        assert!(error.body().unwrap().starts_with("[{\"id\":1,"));
    }

    #[test]
    fn nesting_without_end_is_skipped_or_refused_and_overflows_no_stack() {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        let with = |comments: &str| {
            ACTIVITIES.replace("\"comments\": []", &format!("\"comments\": {comments}"))
        };
        let skipped = with(&format!("[], \"new\": {deep}"));
        let server = Server::always(Reply::json(200, skipped));
        assert_eq!(server.client().list_activities().call().unwrap().len(), 1);

        let error = failed_activities(&with(&deep));
        assert_eq!((holds(&error), error.status()), (vec!["decode"], Some(200)));
        assert!(error.to_string().contains("recursion limit"), "{error}");
        assert!(error.json_path().unwrap().ends_with("[0][0]…"), "{error}");

        // Here the path is looked for, past what is skipped.
        let error = failed_activities(&with(&format!("3, \"new\": {deep}")));
        assert_eq!(error.json_path(), Some("[0].comments"));
    }

    #[test]
    fn a_token_that_no_header_can_hold_is_the_services_fault() {
        for token in ["", "two words", r"line\n", "\u{e4}"] {
            let server = Server::always(Reply::json(200, format!(r#"{{"token": "{token}"}}"#)));
            let credentials = Credentials::new("id", "secret");
            let error = server
                .client()
                .request_master_token(credentials)
                .unwrap_err();
            assert_eq!(holds(&error), ["decode"], "{error}");
        }
    }
}

mod bodies {
    use super::*;

    /// A list of one user that is so many bytes long.
    fn list_of(size: usize) -> String {
        format!("{}{}", " ".repeat(size - USERS.len()), USERS)
    }

    fn with_limit(limit: u64, reply: Reply) -> Result<Vec<User>, Error> {
        let server = Server::always(reply);
        let builder = server.builder().max_body_size(limit);
        builder.build(token()).unwrap().list_users().call()
    }

    /// In chunks of 100 bytes.
    fn chunked(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Reply {
        let headers = [headers, &[("Transfer-Encoding", "chunked")]].concat();
        let mut reply = Reply::head(status, &headers);
        for chunk in body.as_ref().chunks(100) {
            let size = format!("{:x}\r\n", chunk.len());
            reply = reply.and(size).and(chunk).and("\r\n");
        }
        reply.and("0\r\n\r\n")
    }

    /// As long as the connection is open.
    fn to_the_end(body: impl AsRef<[u8]>) -> Reply {
        Reply::head(200, &[("Connection", "close")])
            .and(body)
            .then_close()
    }

    #[test]
    fn a_body_arrives_in_every_form() {
        for reply in [
            Reply::json(200, USERS),
            Reply::json(201, USERS),
            Reply::new(200, &[("Content-Type", "text/plain")], USERS),
            chunked(200, &[], USERS),
            to_the_end(USERS),
        ] {
            assert_eq!(users(reply).unwrap()[0].id, 30267);
        }
    }

    #[test]
    fn a_body_may_be_as_large_as_the_limit_and_not_a_byte_larger() {
        let (limit, fits, larger) = (1000, list_of(1000), list_of(1001));
        for reply in [
            Reply::json(200, &fits),
            chunked(200, &[], &fits),
            to_the_end(&fits),
        ] {
            assert_eq!(with_limit(limit, reply).unwrap().len(), 1);
        }
        for reply in [
            Reply::json(200, &larger),
            chunked(200, &[], &larger),
            to_the_end(&larger),
        ] {
            check(
                &with_limit(limit, reply).unwrap_err(),
                &["too_large"],
                Some(200),
                "the response is larger than 1000 bytes (status 200); \
                 ask for a smaller page, or raise `max_body_size` of `Client::builder()`",
            );
        }
        assert!(
            with_limit(0, Reply::json(200, "[]"))
                .unwrap_err()
                .is_too_large()
        );
    }

    #[test]
    fn an_announced_length_takes_no_memory_before_the_body_is_there() {
        for length in ["4611686018427387904", "18446744073709551615"] {
            let reply = Reply::head(200, &[("Content-Length", length)])
                .and("[")
                .then_close();
            let error = with_limit(u64::MAX, reply).unwrap_err();
            assert_eq!(
                (holds(&error), error.status()),
                (vec!["retryable"], Some(200))
            );
        }
    }

    #[test]
    fn a_body_that_is_cut_off_keeps_its_status() {
        for reply in [
            Reply::head(200, &[("Content-Length", "183")])
                .and(&USERS[..100])
                .then_close(),
            Reply::head(200, &[("Content-Length", "183")]).then_close(),
            Reply::head(200, &[("Transfer-Encoding", "chunked")])
                .and("5\r\n[{")
                .then_close(),
        ] {
            let error = failed(reply);
            assert_eq!(
                (holds(&error), error.status()),
                (vec!["retryable"], Some(200))
            );
            let message = error.to_string();
            assert!(
                message.contains("closed the connection before"),
                "{message}"
            );
            assert!(message.ends_with("(status 200); try again"), "{message}");
        }
        let broken = Reply::head(200, &[("Transfer-Encoding", "chunked")]).and("no number\r\n");
        let error = failed(broken.then_close());
        assert_eq!(
            (holds(&error), error.status()),
            (vec!["retryable"], Some(200))
        );
    }

    #[test]
    fn a_body_that_trickles_ends_with_the_time_of_the_call() {
        let reply = Reply::head(200, &[("Content-Length", "2000")]).then_trickle(b' ');
        let server = Server::always(reply);
        let client = server.builder().timeout_call(SHORT).build(token()).unwrap();
        check(
            &client.list_users().call().unwrap_err(),
            &["retryable", "timeout"],
            Some(200),
            "the call took longer than its timeout (status 200); \
             try again, or allow more time with `timeout_call` of `Client::builder()`",
        );
    }

    #[cfg(feature = "gzip")]
    mod compressed {
        use std::io::Write as _;

        use flate2::Compression;
        use flate2::write::GzEncoder;

        use super::*;

        const GZIP: [(&str, &str); 1] = [("Content-Encoding", "gzip")];

        fn gzip(body: impl AsRef<[u8]>) -> Vec<u8> {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(body.as_ref()).unwrap();
            encoder.finish().unwrap()
        }

        #[test]
        fn a_compressed_body_is_asked_for_and_read() {
            for reply in [
                Reply::new(200, &GZIP, gzip(USERS)),
                chunked(200, &GZIP, gzip(USERS)),
            ] {
                let server = Server::always(reply);
                assert_eq!(server.client().list_users().call().unwrap()[0].id, 30267);
                let request = server.only_request();
                assert_eq!(request.header("Accept-Encoding"), Some("gzip"));
            }
            let error = failed(Reply::new(401, &GZIP, gzip(r#"{"detail": "No."}"#)));
            assert_eq!(error.detail(), Some("No."));
        }

        #[test]
        fn an_empty_body_is_empty_whatever_its_encoding() {
            let chunked = [GZIP[0], ("Transfer-Encoding", "chunked")];
            for (status, holding) in [
                (200, "decode"),
                (204, "decode"),
                (401, "unauthorized"),
                (404, "not_found"),
            ] {
                let mut replies = vec![Reply::new(status, &GZIP, "")];
                if status == 204 {
                    replies = vec![Reply::head(204, &GZIP)];
                } else {
                    replies.push(Reply::head(status, &chunked).and("0\r\n\r\n"));
                }
                for reply in replies {
                    let error = failed(reply);
                    assert_eq!(holds(&error), [holding], "{error}");
                    assert_eq!(error.status(), Some(status));
                }
            }
        }

        #[test]
        fn a_4xx_is_not_retryable_because_its_body_is_no_gzip() {
            for body in [&b"no gzip"[..], &gzip(USERS)[..20]] {
                let error = failed(Reply::new(404, &GZIP, body));
                assert_eq!(holds(&error), ["not_found"], "{error}");
            }
        }

        #[test]
        fn an_encoding_that_was_not_asked_for_is_named() {
            for encoding in ["GZIP", "x-gzip", "gzip, gzip"] {
                let error = failed(Reply::new(
                    200,
                    &[("Content-Encoding", encoding)],
                    gzip(USERS),
                ));
                assert_eq!(holds(&error), ["decode"], "{error}");
                let named = format!("the content encoding `{encoding}`");
                assert!(error.to_string().contains(&named), "{error}");
            }
            let identity = [("Content-Encoding", "identity")];
            assert_eq!(users(Reply::new(200, &identity, USERS)).unwrap().len(), 1);
        }

        #[test]
        fn the_limit_counts_what_comes_out() {
            let size = |size| Reply::new(200, &GZIP, gzip(list_of(size)));
            assert_eq!(with_limit(1000, size(1000)).unwrap().len(), 1);
            let error = with_limit(1000, size(1001)).unwrap_err();
            assert_eq!(
                (holds(&error), error.status()),
                (vec!["too_large"], Some(200))
            );
        }

        #[test]
        fn a_body_that_compression_makes_longer_may_be_as_large_as_the_limit() {
            let list = Reply::new(200, &GZIP, gzip("[]"));
            assert_eq!(with_limit(2, list).unwrap(), []);
        }

        #[test]
        fn a_bomb_is_stopped_at_the_limit() {
            let megabyte = gzip(vec![b' '; 1 << 20]);
            let bomb = Reply::new(200, &GZIP, megabyte.repeat(1000));
            let error = with_limit(1 << 20, bomb).unwrap_err();
            assert_eq!(
                (holds(&error), error.status()),
                (vec!["too_large"], Some(200))
            );
        }

        #[test]
        fn a_broken_compressed_body_is_told_from_a_short_one() {
            let whole = gzip(list_of(10_000));
            let mut broken = whole.clone();
            let middle = broken.len() / 2;
            broken[middle] ^= 0xff;
            let short = "the compressed response is broken (status 200)";
            let wrong = "the response has the content encoding gzip, but is not valid gzip";
            for (body, holding, told) in [
                (&broken[..], "decode", wrong),
                (b"no gzip at all", "decode", wrong),
                (&whole[..whole.len() - 4], "retryable", short),
            ] {
                let error = failed(Reply::new(200, &GZIP, body));
                assert_eq!((holds(&error), error.status()), (vec![holding], Some(200)));
                let message = error.to_string();
                assert!(message.contains(told), "{message}");
                assert!(error.source().is_some());
            }
        }
    }

    #[cfg(not(feature = "gzip"))]
    #[test]
    fn a_compressed_body_is_not_asked_for_without_the_feature() {
        let server = Server::always(Reply::json(200, USERS));
        server.client().list_users().call().unwrap();
        assert_eq!(server.only_request().header("Accept-Encoding"), None);
    }
}

mod connections {
    use std::io;
    use std::net::{Ipv4Addr, TcpListener};
    use std::thread;

    use super::*;

    fn client(base_url: String) -> Client<MasterToken> {
        Client::builder()
            .base_url(base_url)
            .retry(RetryPolicy::none())
            .build(token())
            .unwrap()
    }

    #[test]
    fn a_refused_connection_is_told() {
        let deserted = Deserted::new();
        let error = client(deserted.base_url()).list_users().call().unwrap_err();
        assert_eq!(holds(&error), ["retryable", "connect"], "{error}");
        assert_eq!(error.status(), None);
        let message = error.to_string();
        let url = deserted.base_url();
        let place = url.trim_start_matches("http://").trim_end_matches("/iq");
        let start = format!("{WHERE}no connection to {place}: the connection was refused");
        assert!(message.starts_with(&start), "{message}");
        let advice = "; check the base URL, the network and the proxy";
        assert!(message.ends_with(advice), "{message}");
        let cause = error.source().unwrap().downcast_ref::<io::Error>().unwrap();
        assert_eq!(cause.kind(), io::ErrorKind::ConnectionRefused);
    }

    #[test]
    fn a_server_that_hangs_up_is_told() {
        for reply in [
            Reply::raw("").then_close(),
            Reply::raw("HTTP/1.1 200 OK\r\nContent-").then_close(),
        ] {
            let error = failed(reply);
            assert_eq!((holds(&error), error.status()), (vec!["retryable"], None));
            let message = error.to_string();
            let text = "the server closed the connection before its response was complete";
            assert!(message.contains(text), "{message}");
            assert!(message.ends_with("; try again"), "{message}");
        }
    }

    #[test]
    fn a_server_that_hangs_up_before_it_reads_is_told() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = thread::spawn(move || drop(listener.accept()));
        let error = client(url).list_users().call().unwrap_err();
        server.join().unwrap();
        assert_eq!((holds(&error), error.status()), (vec!["retryable"], None));
        assert!(
            error.to_string().contains("closed the connection"),
            "{error}"
        );
    }

    #[test]
    fn a_server_that_says_nothing_runs_out_of_time() {
        let server = Server::always(Reply::raw("").then_hang());
        let advice = |setting: &str| {
            format!("try again, or allow more time with `{setting}` of `Client::builder()`")
        };
        let response = server.builder().timeout_response(SHORT).build(token());
        check(
            &response.unwrap().list_users().call().unwrap_err(),
            &["retryable", "timeout"],
            None,
            &format!(
                "the server received the request and did not respond in time; {}",
                advice("timeout_response")
            ),
        );
        let call = server.builder().timeout_call(SHORT).build(token());
        check(
            &call.unwrap().list_users().call().unwrap_err(),
            &["retryable", "timeout"],
            None,
            &format!(
                "the call took longer than its timeout; {}",
                advice("timeout_call")
            ),
        );
    }

    #[test]
    fn tls_to_a_plain_port_fails_and_sends_no_token() {
        let server = Server::always(Reply::raw("HTTP/1.1 400 Bad Request\r\n\r\n").then_close());
        let url = server.base_url().replace("http:", "https:");
        let error = client(url).list_users().call().unwrap_err();
        assert_eq!((holds(&error), error.status()), (vec!["connect"], None));
        let message = error.to_string();
        assert!(message.contains("TLS failed"), "{message}");
        let http = "the port does not speak TLS, so the base URL may have to begin with `http://`";
        assert!(message.contains(http), "{message}");
        assert!(
            message.ends_with("; check the base URL and the proxy"),
            "{message}"
        );
        let sent = server.only_request().bytes;
        let token = support::TOKEN.as_bytes();
        assert!(!sent.windows(token.len()).any(|part| part == token));
    }

    #[test]
    fn headers_that_are_too_large_are_told() {
        let with_headers = |size: usize| Reply::new(200, &[("X", &"y".repeat(size))], USERS);
        assert_eq!(users(with_headers(15_000)).unwrap().len(), 1);
        for size in [16_384, 20_000, 100_000] {
            let error = failed(with_headers(size));
            assert_eq!(error.status(), None);
            let message = error.to_string();
            assert!(
                message.contains("the headers of the response are too large"),
                "{message}"
            );
        }
    }

    #[test]
    fn no_text_is_both_in_an_error_and_in_its_causes() {
        let server = Server::always(Reply::raw("HTTP/1.1 400 Bad Request\r\n\r\n").then_close());
        let https = server.base_url().replace("http:", "https:");
        let unknown = "http://unknown.invalid".to_owned();
        let build = |url| {
            let builder = Client::builder().base_url(url).allow_http(true);
            builder.retry(RetryPolicy::none()).build(token()).unwrap()
        };
        let of = |url| build(url).list_users().call().unwrap_err();
        let gzip = [("Content-Encoding", "gzip")];
        for error in [
            of(Deserted::new().base_url()),
            of(https),
            of(unknown),
            failed(Reply::raw("").then_close()),
            failed(Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[").then_close()),
            failed(Reply::raw("SSH-2.0-OpenSSH_9.2\r\n\r\n").then_close()),
            failed(Reply::new(200, &gzip, "no gzip at all")),
            failed(Reply::json(200, "[{}]")),
            failed(Reply::json(404, "{}")),
        ] {
            let mut texts = vec![error.to_string()];
            let mut source = error.source();
            while let Some(cause) = source {
                texts.push(cause.to_string());
                source = cause.source();
            }
            for (index, text) in texts.iter().enumerate() {
                let mut others = texts
                    .iter()
                    .enumerate()
                    .filter(|(other, _)| *other != index);
                assert!(others.all(|(_, other)| !other.contains(text)), "{texts:?}");
            }
            assert!(!texts[0].contains("os error"), "{texts:?}");
        }
    }

    #[test]
    fn what_is_not_http_is_told() {
        for reply in [
            Reply::raw("SSH-2.0-OpenSSH_9.2\r\n\r\n"),
            // What a TLS server says to plain HTTP.
            Reply::raw(b"\x15\x03\x03\x00\x02\x02\x46"),
            Reply::raw("HTTP/1.1 000 OK\r\n\r\n"),
            Reply::raw(format!(
                "HTTP/1.1 200 OK\r\n{}\r\n",
                "X: y\r\n".repeat(1000)
            )),
        ] {
            let error = failed(reply.then_close());
            assert_eq!((holds(&error), error.status()), (Vec::<&str>::new(), None));
            let message = error.to_string();
            assert!(message.contains("does not speak HTTP"), "{message}");
            assert!(
                message.ends_with("check the base URL and the proxy"),
                "{message}"
            );
        }
    }
}

mod input {
    use super::*;

    #[test]
    fn a_page_that_cannot_be_is_refused_before_anything_is_sent() {
        let server = Server::always(Reply::json(200, "[]"));
        let client = server.client();
        for error in [
            client.list_activities().page(0).call().unwrap_err(),
            client.list_activities().page_size(0).call().unwrap_err(),
            client.list_users().page(0).call().unwrap_err(),
            client.list_users().page_size(0).call().unwrap_err(),
        ] {
            assert_eq!(holds(&error), ["invalid_input"], "{error}");
            assert_eq!(error.status(), None);
            assert!(error.to_string().contains("the parameter `page"), "{error}");
        }
        assert_eq!(server.connections(), 0);
    }

    #[test]
    fn a_terminal_obeys_nothing_that_a_server_says() {
        let odd = r#"{"detail": "\u001b[2Jgone\u0007", "\u001b[1m": ["\u001b[0m"]}"#;
        let error = failed(Reply::json(400, odd));
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(char::is_control), "{shown:?}");
        assert!(shown.contains("gone"), "{shown}");
    }
}

mod costs {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_refusal_in_html_costs_its_length_and_not_its_square() {
        for unit in ["<style>", "<script>", "<title", "<", "<style></"] {
            let page = unit.repeat(65_536 / unit.len());
            let start = Instant::now();
            assert!(failed(Reply::html(400, page)).is_bad_request());
            assert!(start.elapsed() < SHORT, "{unit}: {:?}", start.elapsed());
        }
    }
}
