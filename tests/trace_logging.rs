//! A logger that takes records of every level. It has its own file, as a process has one logger.
#![allow(clippy::panic, clippy::unwrap_used)]

mod support;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use fitrankings::{Client, Credentials, MasterToken};
use log::{LevelFilter, Log, Metadata, Record};
use support::{Reply, Server};

const SECRET: &str = "sR3jKy6mFp";

/// A logger that takes TRACE from targets that begin with one of these, and DEBUG from all.
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

/// A single test, since all tests of a process share its logger.
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

    // As the message advises.
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
    // This shows that the check above works.
    let records = RECORDER.records.lock().unwrap().clone();
    assert!(records.contains(SECRET), "{records}");
}
