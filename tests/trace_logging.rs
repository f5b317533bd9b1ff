//! Nothing is sent if the logger takes TRACE records of the wire. A process has one logger, so this
//! test has a file of its own.
#![allow(clippy::panic, clippy::unwrap_used)]

mod support;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use fitrankings::{Client, Credentials, MasterToken};
use log::{LevelFilter, Log, Metadata, Record};
use support::{Reply, Server};

const SECRET: &str = "sR3jKy6mFp";

/// Takes TRACE from targets that begin with one of these, and DEBUG from all.
struct Recorder {
    traced: Mutex<&'static [&'static str]>,
    records: Mutex<String>,
}

static RECORDER: Recorder = Recorder {
    traced: Mutex::new(&[]),
    records: Mutex::new(String::new()),
};

impl Log for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let traced = self.traced.lock().unwrap();
        metadata.level() <= log::Level::Debug
            || traced
                .iter()
                .any(|start| metadata.target().starts_with(start))
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            *self.records.lock().unwrap() += &format!("{} {}\n", record.target(), record.args());
        }
    }

    fn flush(&self) {}
}

fn trace(targets: &'static [&'static str]) {
    *RECORDER.traced.lock().unwrap() = targets;
    RECORDER.records.lock().unwrap().clear();
}

/// Returns what has been recorded since [`trace`] was called.
fn records() -> String {
    RECORDER.records.lock().unwrap().clone()
}

/// Responds with an empty list first, and then with redirects that contain the token.
fn server() -> Server {
    let asked = AtomicUsize::new(0);
    Server::start(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
        0 => Reply::json(200, "[]"),
        _ => Reply::new(302, &[("Location", &format!("/?token={SECRET}"))], ""),
    })
}

fn token() -> MasterToken {
    MasterToken::new(SECRET).unwrap()
}

/// One test, since the logger is the same for all.
#[test]
fn a_logger_that_would_take_the_token_is_sent_none_unless_that_is_allowed() {
    log::set_logger(&RECORDER).unwrap();
    log::set_max_level(LevelFilter::Trace);
    let server = server();
    let client = server.builder().build(token()).unwrap();
    // `ureq` itself logs where a redirect points, and `ureq_proto` every byte.
    for targets in [
        &[""][..],
        &["ureq_proto"],
        &["ureq_proto::util"],
        &["ureq::"],
    ] {
        trace(targets);
        check_refused(&client, targets);
    }
    assert_eq!(server.connections(), 0);
    check_advice(&server, &client);
    check_allowed(&server);
}

/// Requests fail before anything is sent.
fn check_refused(client: &Client<MasterToken>, targets: &[&str]) {
    let credentials = Credentials::new("id", SECRET);
    for error in [
        client.list_users().call().unwrap_err(),
        client.request_master_token(credentials).unwrap_err(),
    ] {
        assert!(error.is_invalid_input(), "{error}");
        let message = error.to_string();
        for advice in [
            "nothing is sent, since the logger takes records of the level TRACE from `ureq`",
            "set both to DEBUG",
            "`allow_wire_log(true)`",
        ] {
            assert!(message.contains(advice), "{targets:?}: {message}");
        }
    }
    assert!(!records().contains(SECRET), "{}", records());
}

/// A logger that is set as the message advises sees requests, and no token.
fn check_advice(server: &Server, client: &Client<MasterToken>) {
    trace(&["a", "f", "h", "log", "r", "std"]);
    assert!(client.list_users().call().unwrap().is_empty());
    assert!(client.list_users().call().unwrap_err().is_redirect());
    assert_eq!(server.received().len(), 2);
    let records = records();
    assert!(records.contains("GET /users/: 302 in "), "{records}");
    assert!(!records.contains(SECRET), "{records}");
}

/// With `allow_wire_log`, the logger does see the token: the other checks would notice it.
fn check_allowed(server: &Server) {
    trace(&[""]);
    let allowed = server.builder().allow_wire_log(true);
    let allowed = allowed.build(token()).unwrap();
    assert!(allowed.list_users().call().unwrap_err().is_redirect());
    assert_eq!(server.received().len(), 3);
    assert!(records().contains(SECRET), "{}", records());
}
