use std::io::{self, Write};
use std::time::{Duration, Instant};

use super::client::{Client, small, statuses};
use crate::sandbox::{Fault, Sandbox};

#[test]
fn every_status_can_be_injected() {
    let sandbox = small();
    let mut client = Client::of(&sandbox);
    let cases = [
        (
            400,
            r#"{"detail":"Bad Request."}"#,
            "content-type: application/json\r\n",
        ),
        (
            401,
            r#"{"detail":"Invalid token."}"#,
            "www-authenticate: bearer\r\n",
        ),
        (
            403,
            r#"{"detail":"You do not have permission to perform this action."}"#,
            "",
        ),
        (404, r#"{"detail":"Not found."}"#, ""),
        (
            405,
            r#"{"detail":"Method \"GET\" not allowed."}"#,
            "allow: ",
        ),
        (
            429,
            r#"{"detail":"Request was throttled. Expected available in 60 seconds."}"#,
            "retry-after: 60\r\n",
        ),
        (500, "<!doctype html>", "content-type: text/html"),
        (503, "<!doctype html>", "content-type: text/html"),
    ];
    for (status, body, header) in cases {
        sandbox.fault(Fault::Status(status));
        let reply = client.get("/users/").expect("a response");
        assert_eq!(reply.status, status);
        assert!(reply.head.contains(header), "{}", reply.head);
        assert!(reply.body.starts_with(body.as_bytes()), "{status}");
    }
    for status in (200..600).chain([999]) {
        sandbox.fault(Fault::Status(status));
        assert_eq!(client.get("/users/").expect("a response").status, status);
    }
    for none in [0, 42, 100, 101, 199, 1_000, u16::MAX] {
        sandbox.fault(Fault::Status(none));
        assert_eq!(client.get("/users/").expect("a response").status, 500);
    }
}

#[test]
fn responses_can_have_a_wrong_body() {
    let sandbox = small();
    let mut client = Client::of(&sandbox);
    let mut get = |fault: Fault| {
        sandbox.fault(fault);
        client.get("/activities/").expect("a response")
    };
    let reply = get(Fault::RetryAfter(1));
    assert_eq!(reply.status, 429);
    assert!(reply.head.contains("retry-after: 1\r\n"));
    assert!(
        get(Fault::Html)
            .head
            .contains("200 ok\r\ncontent-type: text/html")
    );
    let reply = get(Fault::Empty);
    assert_eq!((reply.status, reply.body.len()), (200, 0));
    assert!(serde_json::from_slice::<Vec<i64>>(&get(Fault::Garbage).body).is_err());
    let reply = get(Fault::InvalidUtf8);
    assert!(reply.status == 200 && String::from_utf8(reply.body).is_err());
    let reply = get(Fault::OddRecord);
    let list: Vec<serde_json::Value> = serde_json::from_slice(&reply.body).expect("a list");
    let odd: Vec<usize> = (0..list.len())
        .filter(|&i| list[i]["id"] == "odd")
        .collect();
    assert_eq!((list.len(), odd), (20, vec![10]));
    let reply = get(Fault::Redirect("https://elsewhere.example/".to_owned()));
    assert_eq!(reply.status, 301);
    assert!(
        reply
            .head
            .contains("location: https://elsewhere.example/\r\n")
    );
    assert!(
        !get(Fault::Redirect("a\r\nb: c".to_owned()))
            .head
            .contains("location")
    );
    assert_eq!(client.get("/activities/").expect("a response").status, 200);
}

#[test]
fn connections_can_break() {
    let sandbox = small();
    for target in ["/activities/", "/users", "/groups/stat-summary/"] {
        let whole = Client::of(&sandbox).get(target).expect("a response");
        sandbox.fault(Fault::Truncated);
        let mut client = Client::of(&sandbox);
        let half = client.get(target).expect("half a response");
        assert_eq!((half.status, half.whole), (whole.status, false));
        assert_eq!(half.body, whole.body[..whole.body.len() / 2]);
        assert!(client.is_closed());
    }
    sandbox.fault(Fault::Close);
    let mut client = Client::of(&sandbox);
    let error = client.get("/users/").expect_err("no response");
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    assert_eq!(
        sandbox.requests().last().and_then(|request| request.status),
        None
    );
    assert_eq!(
        Client::of(&sandbox)
            .get("/users/")
            .expect("a response")
            .status,
        200
    );
}

#[test]
fn responses_can_be_late() {
    let wait = Duration::from_millis(60);
    let builder = Sandbox::builder().users(1).activities(1).latency(wait);
    let sandbox = builder.start().expect("a port is free");
    sandbox.fault(Fault::Stall(wait));
    let mut client = Client::of(&sandbox);
    for expected in [2 * wait, wait] {
        let begun = Instant::now();
        assert_eq!(client.get("/users/").expect("a response").status, 200);
        assert!(begun.elapsed() >= expected);
    }
}

#[test]
fn a_stalled_response_does_not_delay_others() {
    let sandbox = small();
    sandbox.fault(Fault::Stall(Duration::from_secs(3_600)));
    let mut stalled = Client::of(&sandbox);
    stalled
        .stream
        .write_all(b"GET /iq/users/ HTTP/1.1\r\nHost: a\r\n\r\n")
        .expect("writes");
    while sandbox.requests().is_empty() {
        std::thread::yield_now();
    }
    assert_eq!(
        Client::of(&sandbox)
            .get("/users/")
            .expect("a response")
            .status,
        200
    );
}

#[test]
fn a_user_with_a_browser_meets_faults() {
    let sandbox = small();
    let user = sandbox.user_ids()[1];
    let page = format!(
        "{}/oauth2/?client_id={}&callback_uri=app://done",
        sandbox.base_url(),
        sandbox.client_id()
    );
    sandbox.fault(Fault::Close);
    assert!(sandbox.grant(&page, user).is_err());
    sandbox.fault(Fault::Status(503));
    let error = sandbox.deny(&page).expect_err("offline");
    assert!(error.to_string().contains("503"), "{error}");
    assert!(sandbox.grant(&page, user).is_ok());
}

#[test]
fn faults_apply_to_a_number_of_requests_or_to_all() {
    let sandbox = small();
    sandbox.fault(Fault::Status(501).times(0));
    sandbox.fault(Fault::Status(502).times(2));
    sandbox.fault(Fault::Status(503));
    sandbox.fault(Fault::Status(504).always());
    let targets = ["/users/"; 6];
    let expected = [502, 502, 503, 504, 504, 504];
    assert_eq!(statuses(&sandbox, &targets), expected);
    sandbox.clear_faults();
    assert_eq!(statuses(&sandbox, &targets), [200; 6]);
}

#[test]
fn faults_can_apply_to_one_page_of_a_list() {
    let sandbox = small();
    sandbox.fault(Fault::Status(503).on_page(2).times(2));
    sandbox.fault(Fault::Status(502).on_page(1));
    sandbox.fault(Fault::Status(500));
    let cases = [
        ("/groups/stat-summary/?page=2", 500),
        ("/activities/?page=3", 200),
        ("/activities/?page=2", 503),
        ("/users/", 502),
        ("/users/", 200),
        ("/activities/?page_size=5&page=2", 503),
        ("/activities/?page=2", 200),
    ];
    let (targets, expected): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
    assert_eq!(statuses(&sandbox, &targets), expected);
}
