//! Which failed requests are sent again, when, and how often. The socket is real, the clock is not.
#![allow(clippy::panic, clippy::unwrap_used)]

mod support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fitrankings::{Client, Credentials, RetryPolicy};
use support::clock::FakeClock;
use support::users::{ID, USERS, page, user_of};
use support::{Deserted, Reply, Server, build, patient};

fn credentials() -> Credentials {
    Credentials::new("id", "secret")
}

/// The number of an attempt, the wait after it, and its status.
type Told = (u32, Duration, Option<u16>);

fn watched(policy: RetryPolicy) -> (RetryPolicy, Arc<Mutex<Vec<Told>>>) {
    let told: Arc<Mutex<Vec<Told>>> = Arc::default();
    let sink = Arc::clone(&told);
    let policy = policy.on_retry(move |retry| {
        let told = (retry.attempt, retry.delay, retry.error.status());
        sink.lock().unwrap().push(told);
    });
    (policy, told)
}

#[test]
fn whoever_watches_the_retries_is_told_which_operation_it_is() {
    let (told, heard) = std::sync::mpsc::channel();
    let policy = RetryPolicy::default().on_retry(move |retry| {
        let _ = told.send((retry.error.operation(), retry.error.status()));
    });
    let refused = Reply::new(503, &[], "");
    let server = Server::script([refused, Reply::json(200, USERS)]);
    let client = build(server.builder().retry(policy).clock(FakeClock::new()));
    client.list_users().call().unwrap();
    assert_eq!(heard.try_recv(), Ok((Some("list_users"), Some(503))));
}

#[test]
fn a_503_twice_and_then_a_200_is_the_value_after_two_waits() {
    let clock = FakeClock::with_chance(1.0);
    let down = Reply::json(503, r#"{"detail": "Maintenance."}"#);
    let server = Server::script([down.clone(), down, Reply::json(200, USERS)]);
    let (policy, told) = watched(RetryPolicy::default());
    let client = build(server.builder().retry(policy).clock(clock.clone()));
    assert_eq!(client.list_users().call().unwrap()[0].id, ID);
    assert_eq!(server.received().len(), 3);
    let (first, second) = (Duration::from_millis(500), Duration::from_millis(1000));
    assert_eq!(
        *told.lock().unwrap(),
        [(1, first, Some(503)), (2, second, Some(503))]
    );
    assert_eq!(clock.sleeps(), [first, second]);
}

#[test]
fn a_wait_is_anything_from_half_of_its_bound_to_all_of_it_by_chance() {
    let server = Server::always(Reply::new(503, &[], ""));
    let (policy, told) = watched(RetryPolicy::default());
    let client = build(server.builder().retry(policy).clock(FakeClock::new()));
    for _ in 0..20 {
        assert!(client.list_users().call().unwrap_err().is_unavailable());
    }
    let told = told.lock().unwrap();
    for (attempt, bound) in [(1, 500), (2, 1000), (3, 2000), (4, 4000)] {
        let waits = told.iter().filter(|told| told.0 == attempt);
        let waits: Vec<Duration> = waits.map(|told| told.1).collect();
        assert_eq!(waits.len(), 20);
        let bound = Duration::from_millis(bound);
        let range = bound / 2..=bound;
        assert!(waits.iter().all(|wait| range.contains(wait)), "{waits:?}");
        // By chance, all of twenty on one side of the middle is one in half a million.
        let middle = bound * 3 / 4;
        assert!(waits.iter().any(|wait| *wait < middle), "{waits:?}");
        assert!(waits.iter().any(|wait| *wait > middle), "{waits:?}");
    }
}

#[test]
fn a_retry_after_in_seconds_or_as_a_date_is_waited_for() {
    let asked = |value: &str| {
        let clock = FakeClock::with_chance(0.0);
        let server = Server::script([
            Reply::new(429, &[("Retry-After", value)], ""),
            Reply::json(200, USERS),
        ]);
        let policy = RetryPolicy::default();
        let client = build(server.builder().retry(policy).clock(clock.clone()));
        client.list_users().call().unwrap();
        clock.sleeps()
    };
    assert_eq!(asked("17"), [Duration::from_secs(17)]);
    let in_40_s = jiff::Timestamp::now() + Duration::from_secs(40);
    let date = jiff::fmt::rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&in_40_s)
        .unwrap();
    let [wait] = asked(&date)[..] else {
        panic!("there was not one wait")
    };
    let range = Duration::from_secs(25)..=Duration::from_secs(40);
    assert!(range.contains(&wait), "{wait:?}");
}

#[test]
fn a_retry_after_over_the_cap_is_the_callers_at_once() {
    for (status, value) in [
        (429, "61"),
        (503, "3600"),
        (429, "Fri, 31 Dec 2100 23:59:59 GMT"),
    ] {
        let clock = FakeClock::new();
        let server = Server::always(Reply::new(status, &[("Retry-After", value)], ""));
        let policy = RetryPolicy::default();
        let client = build(server.builder().retry(policy).clock(clock.clone()));
        let error = client.list_users().call().unwrap_err();
        assert_eq!(error.status(), Some(status));
        assert!(error.retry_after() > Some(Duration::from_secs(60)));
        assert_eq!(clock.sleeps(), []);
        server.only_request();
    }
}

#[test]
fn what_may_pass_is_tried_five_times_and_nothing_else_is() {
    let long = "y".repeat(20_000);
    for (reply, times) in [
        (Reply::new(429, &[], ""), 5),
        (Reply::new(500, &[], ""), 5),
        (Reply::new(502, &[], ""), 5),
        (Reply::new(503, &[], ""), 5),
        (Reply::new(504, &[], ""), 5),
        (Reply::new(301, &[("Location", "/")], ""), 1),
        (Reply::new(400, &[], ""), 1),
        (Reply::new(401, &[], ""), 1),
        (Reply::new(403, &[], ""), 1),
        (Reply::new(404, &[], ""), 1),
        (Reply::new(405, &[], ""), 1),
        (Reply::new(418, &[], ""), 1),
        (Reply::new(501, &[], ""), 1),
        // A response that came whole is no better the next time.
        (Reply::html(200, "<p>Please log in"), 1),
        (Reply::json(200, ""), 1),
        (Reply::json(200, "{}"), 1),
        (Reply::json(200, b"\xff"), 1),
        (Reply::new(200, &[("X", &long)], USERS), 1),
        (Reply::new(200, &[("X", "y"); 500], USERS), 1),
        (Reply::raw("SSH-2.0-OpenSSH_9.2\r\n\r\n").then_close(), 1),
    ] {
        let server = Server::always(reply);
        let error = patient(&server).list_users().call().unwrap_err();
        assert_eq!(server.received().len(), times, "{error}");
        assert_eq!(error.is_retryable(), times > 1, "{error}");
    }
}

#[test]
fn no_more_than_max_attempts_reach_the_server() {
    for (policy, times) in [
        (RetryPolicy::none(), 1),
        (RetryPolicy::default().max_attempts(0), 1),
        (RetryPolicy::default().max_attempts(1), 1),
        (RetryPolicy::default().max_attempts(2), 2),
        (RetryPolicy::default().max_attempts(7), 7),
    ] {
        for reply in [Reply::new(503, &[], ""), Reply::raw("").then_close()] {
            let server = Server::always(reply);
            let client = build(
                server
                    .builder()
                    .retry(policy.clone())
                    .clock(FakeClock::new()),
            );
            client.list_users().call().unwrap_err();
            assert_eq!(server.received().len(), times, "{policy:?}");
        }
    }
}

#[test]
fn a_get_whose_connection_breaks_is_sent_again() {
    let whole = Reply::json(200, USERS);
    for broken in [
        Reply::raw(""),
        Reply::raw("HTTP/1.1 200 OK\r\nContent-"),
        Reply::head(200, &[("Content-Length", "1000")]),
        Reply::head(200, &[("Content-Length", "1000")]).and("[{"),
        Reply::head(200, &[("Transfer-Encoding", "chunked")]).and("5\r\n[{"),
    ] {
        let server = Server::script([broken.then_close(), whole.clone()]);
        let users = patient(&server).list_users().call().unwrap();
        assert_eq!(users[0].id, ID);
        assert_eq!(server.received().len(), 2);
    }
}

#[test]
#[cfg(feature = "gzip")]
fn a_get_whose_compressed_response_is_broken_is_sent_again() {
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    let mut whole = GzEncoder::new(Vec::new(), Compression::fast());
    whole.write_all(USERS.as_bytes()).unwrap();
    let whole = whole.finish().unwrap();
    let gzip = [("Content-Encoding", "gzip")];
    let broken = Reply::new(200, &gzip, &whole[..whole.len() - 4]);
    let server = Server::script([broken, Reply::json(200, USERS)]);
    assert_eq!(patient(&server).list_users().call().unwrap()[0].id, ID);
    assert_eq!(server.received().len(), 2);
}

#[test]
#[cfg(feature = "gzip")]
fn a_get_whose_response_is_no_gzip_is_not_sent_again() {
    let server = Server::always(Reply::new(200, &[("Content-Encoding", "gzip")], USERS));
    let error = patient(&server).list_users().call().unwrap_err();
    assert!(error.is_decode() && !error.is_retryable(), "{error}");
    assert_eq!(server.received().len(), 1);
}

#[test]
fn what_comes_after_the_announced_length_is_no_part_of_any_response() {
    let short = Reply::head(200, &[("Content-Length", "10")]).and(USERS);
    let server = Server::script([short, Reply::json(200, USERS)]);
    let client = patient(&server);
    let error = client.list_users().call().unwrap_err();
    assert!(error.is_decode(), "{error}");
    assert_eq!(client.list_users().call().unwrap()[0].id, ID);
    assert_eq!(server.connections(), 2);
}

#[test]
fn a_list_goes_on_after_a_page_that_had_to_be_sent_again() {
    let failed = AtomicBool::new(false);
    let server = Server::start(move |request| match page(request) {
        3 if !failed.swap(true, Ordering::Relaxed) => Reply::new(502, &[], ""),
        page @ 1..=4 => user_of(page),
        _ => Reply::json(200, "[]"),
    });
    let users = patient(&server).list_users().items();
    let ids: Vec<i64> = users.map(|user| user.unwrap().id).collect();
    assert_eq!(ids, [1, 2, 3, 4]);
    // Page 3 was sent again, and the end after a page as long as the others was asked for twice.
    let asked: Vec<u64> = server.received().iter().map(page).collect();
    assert_eq!(asked, [1, 2, 3, 3, 4, 5, 5]);
}

#[test]
fn the_exchange_is_not_sent_twice_once_bytes_went_out() {
    let limited = Reply::new(429, &[("Retry-After", "1")], "");
    for reply in [
        Reply::new(503, &[], ""),
        Reply::new(500, &[], ""),
        limited,
        Reply::raw("").then_close(),
        Reply::raw("HTTP/1.1 200 OK\r\nContent-").then_close(),
        Reply::head(200, &[("Content-Length", "1000")]).then_close(),
    ] {
        let clock = FakeClock::new();
        let server = Server::always(reply);
        let policy = RetryPolicy::default();
        let client = build(server.builder().retry(policy).clock(clock.clone()));
        let error = client.request_master_token(credentials()).unwrap_err();
        // The caller may try again.
        assert!(error.is_retryable(), "{error}");
        assert_eq!(
            server.only_request().line(),
            "POST /iq/tokens/master-token/"
        );
        assert_eq!(clock.sleeps(), []);
    }
}

#[test]
fn the_exchange_is_not_sent_twice_on_a_connection_that_died_in_the_pool() {
    let server = Server::start(|request| match request.line() {
        "GET /iq/users/" => Reply::json(200, USERS),
        _ => Reply::raw("").then_close(),
    });
    let client = patient(&server);
    client.list_users().call().unwrap();
    let error = client.request_master_token(credentials()).unwrap_err();
    assert!(error.is_retryable(), "{error}");
    let received = server.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[1].connection, 1, "the pool was not used");
}

#[test]
fn the_exchange_is_not_sent_twice_where_the_host_gets_out_of_reach_under_it() {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .build();
    let agent = lost::agent(config, Arc::clone(&sent));
    let builder = Client::builder().base_url("http://127.0.0.1:1/iq");
    let client = build(builder.agent(agent).clock(FakeClock::new()));
    client.request_master_token(credentials()).unwrap_err();
    let sent = String::from_utf8(sent.lock().unwrap().clone()).unwrap();
    assert_eq!(
        sent.matches("POST /iq/tokens/master-token/").count(),
        1,
        "{sent}"
    );
}

/// An agent whose connections accept writes, and then fail to read: the host is unreachable.
mod lost {
    use std::io;
    use std::sync::{Arc, Mutex};

    use ureq::config::Config;
    use ureq::unversioned::resolver::DefaultResolver;
    use ureq::unversioned::transport::{
        Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport,
    };
    use ureq::{Agent, Error};

    type Sent = Arc<Mutex<Vec<u8>>>;

    #[derive(Debug)]
    struct Lossy(Sent);

    #[derive(Debug)]
    struct Lost(LazyBuffers, Sent);

    pub fn agent(config: Config, sent: Sent) -> Agent {
        Agent::with_parts(config, Lossy(sent), DefaultResolver::default())
    }

    impl Connector<()> for Lossy {
        type Out = Lost;

        fn connect(&self, _: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<Lost>, Error> {
            let buffers = LazyBuffers::new(10_000, 10_000);
            Ok(Some(Lost(buffers, Arc::clone(&self.0))))
        }
    }

    impl Transport for Lost {
        fn buffers(&mut self) -> &mut dyn Buffers {
            &mut self.0
        }

        fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), Error> {
            let output = &self.0.output()[..amount];
            self.1.lock().unwrap().extend_from_slice(output);
            Ok(())
        }

        fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
            Err(io::Error::from(io::ErrorKind::HostUnreachable).into())
        }

        fn is_open(&mut self) -> bool {
            true
        }
    }
}

#[test]
fn where_nothing_went_out_all_is_sent_again() {
    let deserted = Deserted::new();
    let (policy, told) = watched(RetryPolicy::default());
    let builder = Client::builder().base_url(deserted.base_url());
    let client = build(builder.retry(policy).clock(FakeClock::new()));
    for exchange in [true, false] {
        let error = match exchange {
            true => client
                .request_master_token(credentials())
                .map(drop)
                .unwrap_err(),
            false => client.list_users().call().map(drop).unwrap_err(),
        };
        assert!(error.is_connect(), "{error}");
        let told = std::mem::take(&mut *told.lock().unwrap());
        let attempts: Vec<u32> = told.iter().map(|told| told.0).collect();
        assert_eq!(attempts, [1, 2, 3, 4]);
    }
}

#[test]
fn a_retry_is_the_same_request_with_its_token_and_its_query() {
    let server = Server::script([
        Reply::new(503, &[("Connection", "close")], ""),
        Reply::raw("").then_close(),
        Reply::json(200, "[]"),
    ]);
    let request = patient(&server).list_activities().page(3).page_size(7);
    assert_eq!(request.call().unwrap().len(), 0);
    let [first, second, third] = &server.received()[..] else {
        panic!("not three requests")
    };
    assert!(first.line().ends_with("?page=3&page_size=7"), "{first:?}");
    let token = first.header("Authorization").unwrap();
    assert!(token.ends_with(support::TOKEN), "{first:?}");
    assert_eq!(first.bytes, second.bytes);
    assert_eq!(first.bytes, third.bytes);
}

#[test]
fn a_record_of_the_log_carries_the_attempt() {
    struct Recorder(Mutex<Vec<String>>);
    impl log::Log for Recorder {
        fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
            metadata.target() == "fitrankings"
        }
        fn log(&self, record: &log::Record<'_>) {
            // The other tests are about other paths.
            let line = record.args().to_string();
            if self.enabled(record.metadata()) && line.contains("/groups/") {
                self.0.lock().unwrap().push(line);
            }
        }
        fn flush(&self) {}
    }
    static RECORDER: Recorder = Recorder(Mutex::new(Vec::new()));

    log::set_logger(&RECORDER).unwrap();
    log::set_max_level(log::LevelFilter::Debug);
    let server = Server::script([
        Reply::new(503, &[("Connection", "close")], ""),
        Reply::raw("").then_close(),
        Reply::new(404, &[], ""),
    ]);
    let client = patient(&server);
    client.get_group_stat_summary().call().unwrap_err();
    let records = RECORDER.0.lock().unwrap();
    assert_eq!(records.len(), 3, "{records:?}");
    for (attempt, (record, result)) in (1..).zip(records.iter().zip(["503", "Transport", "404"])) {
        let end = format!(", attempt {attempt}");
        assert!(
            record.contains(result) && record.ends_with(&end),
            "{record}"
        );
    }
}
