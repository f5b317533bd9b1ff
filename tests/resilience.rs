//! Faults of the service or the network: retries, timeouts, cancellation, and the state of the
//! connections after them. The socket is real, the clock is not.
#![allow(clippy::panic, clippy::unwrap_used)]

mod support;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use fitrankings::{
    CancelHandle, Client, ClientBuilder, Clock, Credentials, Error, MasterToken, RetryPolicy,
};
use support::{Deserted, PATIENCE, Received, Reply, Server};

const USERS: &str = include_str!("data/users.json");
const ID: i64 = 30267;

/// What a silent server would take, if nobody stopped waiting for it.
const LONG: Duration = Duration::from_secs(60);

fn build(builder: ClientBuilder) -> Client<MasterToken> {
    builder
        .build(MasterToken::new(support::TOKEN).unwrap())
        .unwrap()
}

fn credentials() -> Credentials {
    Credentials::new("id", "secret")
}

/// A clock that takes no time and writes down what it was asked for.
#[derive(Clone)]
struct Fake {
    chance: Option<f64>,
    sleeps: Arc<Mutex<Vec<Duration>>>,
}

impl Fake {
    fn new() -> Self {
        Self {
            chance: None,
            sleeps: Arc::default(),
        }
    }

    fn with_chance(chance: f64) -> Self {
        Self {
            chance: Some(chance),
            ..Self::new()
        }
    }

    fn sleeps(&self) -> Vec<Duration> {
        self.sleeps.lock().unwrap().clone()
    }
}

impl Clock for Fake {
    fn sleep(&self, duration: Duration) {
        self.sleeps.lock().unwrap().push(duration);
    }

    fn random(&self) -> f64 {
        struct Real;
        impl Clock for Real {
            fn sleep(&self, _: Duration) {}
        }
        self.chance.unwrap_or_else(|| Real.random())
    }
}

/// A client that tries as often as it does by default, and takes no time to.
fn patient(server: &Server) -> Client<MasterToken> {
    build(
        server
            .builder()
            .retry(RetryPolicy::default())
            .clock(Fake::new()),
    )
}

/// The page that a request asks for; the first by default.
fn page(request: &Received) -> u64 {
    let query = request.query().unwrap_or_default();
    let page = query.split('&').find_map(|pair| pair.strip_prefix("page="));
    page.map_or(1, |page| page.parse().unwrap())
}

/// One user on each page.
fn user_of(page: u64) -> Reply {
    Reply::json(200, USERS.replace("30267", &page.to_string()))
}

mod retries {
    use super::*;

    /// A failed attempt that `on_retry` got: its number, the wait after it, and its status.
    type Attempt = (u32, Duration, Option<u16>);

    fn recorded(policy: RetryPolicy) -> (RetryPolicy, Arc<Mutex<Vec<Attempt>>>) {
        let retried: Arc<Mutex<Vec<Attempt>>> = Arc::default();
        let sink = Arc::clone(&retried);
        let policy = policy.on_retry(move |retry| {
            let attempt = (retry.attempt, retry.delay, retry.error.status());
            sink.lock().unwrap().push(attempt);
        });
        (policy, retried)
    }

    #[test]
    fn on_retry_gets_the_operation() {
        let (sender, receiver) = std::sync::mpsc::channel();
        let policy = RetryPolicy::default().on_retry(move |retry| {
            let _ = sender.send((retry.error.operation(), retry.error.status()));
        });
        let refused = Reply::new(503, &[], "");
        let server = Server::script([refused, Reply::json(200, USERS)]);
        let client = build(server.builder().retry(policy).clock(Fake::new()));
        client.list_users().call().unwrap();
        assert_eq!(receiver.try_recv(), Ok((Some("list_users"), Some(503))));
    }

    #[test]
    fn a_503_twice_and_then_a_200_is_the_value_after_two_waits() {
        let clock = Fake::with_chance(1.0);
        let down = Reply::json(503, r#"{"detail": "Maintenance."}"#);
        let server = Server::script([down.clone(), down, Reply::json(200, USERS)]);
        let (policy, retried) = recorded(RetryPolicy::default());
        let client = build(server.builder().retry(policy).clock(clock.clone()));
        assert_eq!(client.list_users().call().unwrap()[0].id, ID);
        assert_eq!(server.received().len(), 3);
        let (first, second) = (Duration::from_millis(500), Duration::from_millis(1000));
        assert_eq!(
            *retried.lock().unwrap(),
            [(1, first, Some(503)), (2, second, Some(503))]
        );
        assert_eq!(clock.sleeps(), [first, second]);
    }

    #[test]
    fn a_wait_is_anything_from_half_of_its_bound_to_all_of_it_by_chance() {
        let server = Server::always(Reply::new(503, &[], ""));
        let (policy, retried) = recorded(RetryPolicy::default());
        let client = build(server.builder().retry(policy).clock(Fake::new()));
        for _ in 0..20 {
            assert!(client.list_users().call().unwrap_err().is_unavailable());
        }
        let retried = retried.lock().unwrap();
        for (attempt, bound) in [(1, 500), (2, 1000), (3, 2000), (4, 4000)] {
            let waits = retried.iter().filter(|it| it.0 == attempt);
            let waits: Vec<Duration> = waits.map(|attempt| attempt.1).collect();
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
            let clock = Fake::with_chance(0.0);
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
            let clock = Fake::new();
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
            // A complete response is not expected to be another one the next time.
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
                let client = build(server.builder().retry(policy.clone()).clock(Fake::new()));
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
        let broken = Reply::new(200, &[("Content-Encoding", "gzip")], "no gzip at all");
        let server = Server::script([broken, Reply::json(200, USERS)]);
        assert_eq!(patient(&server).list_users().call().unwrap()[0].id, ID);
        assert_eq!(server.received().len(), 2);
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
            let clock = Fake::new();
            let server = Server::always(reply);
            let policy = RetryPolicy::default();
            let client = build(server.builder().retry(policy).clock(clock.clone()));
            let error = client.request_master_token(credentials()).unwrap_err();
            // It says that one may try again, and leaves that to who knows.
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
        let client = build(builder.agent(agent).clock(Fake::new()));
        client.request_master_token(credentials()).unwrap_err();
        let sent = String::from_utf8(sent.lock().unwrap().clone()).unwrap();
        assert_eq!(
            sent.matches("POST /iq/tokens/master-token/").count(),
            1,
            "{sent}"
        );
    }

    /// An agent whose connections take what is sent, and then lose their way to the host.
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

            fn connect(
                &self,
                _: &ConnectionDetails<'_>,
                _: Option<()>,
            ) -> Result<Option<Lost>, Error> {
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
        let (policy, retried) = recorded(RetryPolicy::default());
        let builder = Client::builder().base_url(deserted.base_url());
        let client = build(builder.retry(policy).clock(Fake::new()));
        for is_login in [true, false] {
            let error = if is_login {
                client.request_master_token(credentials()).unwrap_err()
            } else {
                client.list_users().call().unwrap_err()
            };
            assert!(error.is_connect(), "{error}");
            let retried = std::mem::take(&mut *retried.lock().unwrap());
            let attempts: Vec<u32> = retried.iter().map(|attempt| attempt.0).collect();
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
        for (attempt, (record, result)) in
            (1..).zip(records.iter().zip(["503", "Transport", "404"]))
        {
            let end = format!(", attempt {attempt}");
            assert!(
                record.contains(result) && record.ends_with(&end),
                "{record}"
            );
        }
    }
}

mod stale_connections {
    use super::*;

    /// Makes so many calls at once that the pool holds as many connections.
    fn fill(client: &Client<MasterToken>, count: usize) {
        thread::scope(|scope| {
            for _ in 0..count {
                scope.spawn(|| assert_eq!(client.list_users().call().unwrap()[0].id, ID));
            }
        });
    }

    /// Starts a server that responds when so many requests have arrived, and then goes on with `then`.
    fn together(count: usize, then: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Server {
        let first = Arc::new((Mutex::new(0), Condvar::new()));
        Server::start(move |request| {
            let (arrived, all) = &*first;
            let mut arrived = arrived.lock().unwrap();
            *arrived += 1;
            if *arrived > count {
                drop(arrived);
                return then(request);
            }
            all.notify_all();
            drop(all.wait_while(arrived, |arrived| *arrived < count).unwrap());
            Reply::json(200, USERS)
        })
    }

    #[test]
    fn a_connection_that_was_closed_between_two_calls_does_not_show() {
        let server = Server::always(Reply::json(200, USERS).then_close());
        let client = server.client();
        for calls in 1..=3 {
            assert_eq!(client.list_users().call().unwrap()[0].id, ID);
            server.wait_until_closed(calls);
        }
        assert_eq!(server.connections(), 3);
    }

    #[test]
    fn a_connection_that_closes_on_the_next_request_does_not_show() {
        let server = Server::script([
            Reply::json(200, USERS),
            Reply::raw("").then_close(),
            Reply::json(200, USERS),
        ]);
        let client = server.client();
        for _ in 0..2 {
            assert_eq!(client.list_users().call().unwrap()[0].id, ID);
        }
        let connections = server
            .received()
            .iter()
            .map(|r| r.connection)
            .collect::<Vec<_>>();
        assert_eq!(connections, [1, 1, 2]);
    }

    #[test]
    fn a_pool_full_of_connections_that_close_on_the_next_request_does_not_show() {
        const COUNT: usize = 8;
        let server = together(COUNT, |request| match request.connection {
            1..=COUNT => Reply::raw("").then_close(),
            _ => Reply::json(200, USERS),
        });
        let client = server.client();
        fill(&client, COUNT);
        assert_eq!(server.connections(), COUNT);
        assert_eq!(client.list_users().call().unwrap()[0].id, ID);
        // Each of the dead ones was tried, and the new one.
        assert_eq!(server.received().len(), COUNT + COUNT + 1);
        assert_eq!(server.connections(), COUNT + 1);
    }

    #[test]
    fn many_threads_meet_dead_connections_and_none_of_them_fails() {
        const COUNT: usize = 8;
        let server = together(COUNT, |request| match request.connection {
            1..=COUNT => Reply::raw("").then_close(),
            _ => Reply::json(200, USERS),
        });
        let client = server.client();
        fill(&client, COUNT);
        fill(&client, COUNT);
        fill(&client, COUNT);
    }

    #[test]
    fn a_new_connection_that_closes_is_no_stale_one() {
        let server = Server::always(Reply::raw("").then_close());
        let error = server.client().list_users().call().unwrap_err();
        assert!(error.is_retryable() && !error.is_connect(), "{error}");
        server.only_request();
    }

    #[test]
    fn with_an_agent_of_ones_own_a_dead_connection_does_not_show_either() {
        let server = Server::script([
            Reply::json(200, USERS),
            Reply::raw("").then_close(),
            Reply::json(200, USERS),
        ]);
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .build();
        let client = build(server.builder().agent(agent.into()));
        for _ in 0..2 {
            assert_eq!(client.list_users().call().unwrap()[0].id, ID);
        }
        assert_eq!(server.received().len(), 3);
    }
}

/// Held by whatever starts threads in the client, so that a count of them is one test's own.
fn alone() -> MutexGuard<'static, ()> {
    static THREADS: Mutex<()> = Mutex::new(());
    THREADS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until no thread of the client is left. The system cuts their names off, and hands them
/// down to whatever they start.
#[cfg(target_os = "linux")]
#[track_caller]
fn wait_until_no_thread_is_left() {
    let end = Instant::now() + PATIENCE;
    while threads() > 0 {
        assert!(Instant::now() < end, "{} threads are left", threads());
        thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(target_os = "linux")]
fn threads() -> usize {
    let name = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("comm"));
    let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    tasks
        .filter_map(|task| name(task).ok())
        .filter(|name| name.starts_with("fitrankings"))
        .count()
}

#[cfg(not(target_os = "linux"))]
fn wait_until_no_thread_is_left() {}

/// A timeout under test, long enough for a busy machine to begin a response.
const SHORT: Duration = Duration::from_millis(700);

fn secure(server: &Server) -> String {
    server.base_url().replacen("http:", "https:", 1)
}

mod deadlines {
    use super::*;

    #[test]
    fn no_time_is_too_long() {
        let server = Server::always(Reply::json(200, USERS));
        let builder = server
            .builder()
            .timeout_call(Duration::MAX)
            .timeout_connect(Duration::MAX)
            .timeout_response(Duration::MAX);
        let client = build(builder);
        assert_eq!(client.list_users().call().unwrap().len(), 1);
        let items = client.list_users().items().timeout(Duration::MAX);
        assert_eq!(items.take(1).count(), 1);
    }

    #[test]
    fn a_server_that_does_not_agree_on_tls_is_given_up_in_time() {
        let _alone = alone();
        let server = Server::always(Reply::raw("").then_hang());
        let https = || server.builder().base_url(secure(&server));
        let connect = build(https().timeout_connect(SHORT));
        let call = build(https().timeout_connect(LONG).timeout_call(SHORT));
        for (client, is_connect) in [(connect, true), (call, true)] {
            let start = Instant::now();
            let error = client.list_users().call().unwrap_err();
            assert!(error.is_timeout() && error.is_retryable(), "{error}");
            assert_eq!(error.is_connect(), is_connect, "{error}");
            assert!((SHORT..PATIENCE).contains(&start.elapsed()));
            server.wait_until_all_closed();
        }
        wait_until_no_thread_is_left();
    }

    #[test]
    fn a_wait_that_is_longer_than_the_time_that_is_left_is_not_begun() {
        let clock = Fake::new();
        let server = Server::always(Reply::new(503, &[], ""));
        let builder = server.builder().timeout_call(Duration::from_secs(20));
        let policy = RetryPolicy::default()
            .base_delay(Duration::from_secs(50))
            .max_delay(Duration::from_secs(50));
        let client = build(builder.retry(policy).clock(clock.clone()));
        let error = client.list_users().call().unwrap_err();
        assert!(error.is_unavailable(), "{error}");
        assert_eq!(clock.sleeps(), []);
        server.only_request();
    }

    #[test]
    fn the_time_of_a_call_is_that_of_all_its_attempts() {
        let _alone = alone();
        let server = Server::start(|_| {
            thread::sleep(Duration::from_millis(300));
            Reply::new(503, &[], "")
        });
        let policy = RetryPolicy::default()
            .max_attempts(1000)
            .base_delay(Duration::ZERO);
        let builder = server.builder().timeout_call(Duration::from_secs(1));
        let client = build(builder.retry(policy).clock(Fake::new()));
        let start = Instant::now();
        let error = client.list_users().call().unwrap_err();
        assert!(error.is_timeout(), "{error}");
        assert!(start.elapsed() < PATIENCE);
        // Each takes its time, so that no more fit in.
        let attempts = server.received().len();
        assert!((1..=4).contains(&attempts), "{attempts} attempts");
    }

    #[test]
    fn a_call_that_ran_out_of_time_is_not_sent_again() {
        let _alone = alone();
        let silent = Reply::raw("").then_hang();
        let trickling = Reply::head(200, &[("Content-Length", "100000")]).then_trickle(b' ');
        for (reply, is_response_awaited) in [(&silent, true), (&silent, false), (&trickling, false)]
        {
            let server = Server::always(reply.clone());
            let builder = if is_response_awaited {
                server.builder().timeout_response(SHORT)
            } else {
                server.builder().timeout_call(SHORT)
            };
            let client = build(builder.retry(RetryPolicy::default()).clock(Fake::new()));
            let start = Instant::now();
            let error = client.list_users().call().unwrap_err();
            assert!(error.is_timeout(), "{error}");
            assert!((SHORT..PATIENCE).contains(&start.elapsed()));
            server.only_request();
            server.wait_until_all_closed();
        }
        wait_until_no_thread_is_left();
    }

    #[test]
    fn the_time_of_a_list_ends_a_page_that_trickles() {
        let _alone = alone();
        for ahead in [0, 3] {
            let server = Server::start(|request| match page(request) {
                1 => user_of(1),
                _ => Reply::head(200, &[("Content-Length", "100000")]).then_trickle(b' '),
            });
            let start = Instant::now();
            let users = server.client().list_users().items().prefetch(ahead);
            let users: Vec<_> = users.timeout(SHORT).collect();
            assert!((SHORT..PATIENCE).contains(&start.elapsed()));
            let [Ok(first), Err(error)] = &users[..] else {
                panic!("{users:?}")
            };
            assert_eq!(first.id, 1);
            assert!(error.is_timeout(), "{error}");
            assert!(
                error.to_string().contains("`timeout` of the list"),
                "{error}"
            );
            assert_eq!(error.page(), Some(2));
            server.wait_until_all_closed();
        }
        wait_until_no_thread_is_left();
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_connection_that_does_not_come_about_is_given_up_in_time_and_tried_again() {
        let _alone = alone();
        let full = super::full::Listener::new();
        let tried = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&tried);
        let policy = RetryPolicy::default().on_retry(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
        });
        let builder = Client::builder().base_url(full.base_url());
        let builder = builder.timeout_connect(Duration::from_millis(200));
        let client = build(builder.retry(policy).clock(Fake::new()));
        let error = client.list_users().call().unwrap_err();
        assert!(error.is_connect() && error.is_timeout(), "{error}");
        assert!(error.is_retryable(), "{error}");
        // It takes long by itself, and so is tried again only once.
        assert_eq!(tried.load(Ordering::Relaxed), 1);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_time_of_a_call_ends_a_connection_that_does_not_come_about() {
        let _alone = alone();
        let full = super::full::Listener::new();
        let builder = Client::builder().base_url(full.base_url());
        let client = build(builder.timeout_connect(LONG).timeout_call(SHORT));
        let start = Instant::now();
        let error = client.list_users().call().unwrap_err();
        assert!(error.is_timeout() && error.is_connect(), "{error}");
        assert!(error.to_string().contains("no connection to "), "{error}");
        assert!(start.elapsed() < PATIENCE);
        // Nobody interrupts the system at connecting: it is left, and ends when it is refused.
        drop(full);
        wait_until_no_thread_is_left();
    }
}

/// A listener whose queue is full, so that nobody else gets a connection or a refusal.
#[cfg(target_os = "linux")]
mod full {
    use std::net::{Ipv4Addr, SocketAddr, TcpStream};
    use std::time::Duration;

    use socket2::{Domain, Socket, Type};

    pub struct Listener {
        address: SocketAddr,
        _socket: Socket,
        _queue: Vec<TcpStream>,
    }

    impl Listener {
        pub fn new() -> Self {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            socket.bind(&any.into()).unwrap();
            socket.listen(0).unwrap();
            let address = socket.local_addr().unwrap().as_socket().unwrap();
            let mut queue = Vec::new();
            while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(200))
            {
                queue.push(stream);
                assert!(queue.len() < 100, "the queue has no end");
            }
            Self {
                address,
                _socket: socket,
                _queue: queue,
            }
        }

        pub fn base_url(&self) -> String {
            format!("http://{}/iq", self.address)
        }

        /// Whether somebody waits for a connection right now.
        pub fn is_being_tried(&self) -> bool {
            // Its address from the other end, and the state SYN_SENT.
            let line = format!(":{:04X} 02 ", self.address.port());
            let sockets = std::fs::read_to_string("/proc/net/tcp").unwrap();
            sockets.contains(&line)
        }
    }
}

mod cancelling {
    use super::*;

    /// Cancels what `work` does once `ready` returns, and gives what it came to.
    #[track_caller]
    fn cancelled<R: Send>(
        client: &Client<MasterToken>,
        ready: impl FnOnce(),
        work: impl FnOnce(Client<MasterToken>) -> R + Send,
    ) -> R {
        let handle = CancelHandle::new();
        let client = client.with_cancel(&handle);
        let (result, time) = thread::scope(|scope| {
            let work = scope.spawn(|| {
                let result = work(client);
                (result, Instant::now())
            });
            ready();
            let start = Instant::now();
            handle.cancel();
            let (result, end) = work.join().unwrap();
            (result, end.saturating_duration_since(start))
        });
        assert!(time < PATIENCE, "took {time:?}");
        result
    }

    #[track_caller]
    fn check(error: &Error) {
        assert!(error.is_cancelled(), "{error}");
        assert!(!error.is_retryable() && !error.is_timeout(), "{error}");
        assert!(error.to_string().contains("cancelled"), "{error}");
    }

    #[test]
    fn a_call_is_stopped_while_the_server_says_nothing_or_trickles() {
        let _alone = alone();
        let announced = Reply::head(200, &[("Content-Length", "100000")]);
        let refusal = |status| Reply::head(status, &[("Content-Length", "100000")]);
        for reply in [
            refusal(401).then_trickle(b'x'),
            refusal(404).then_hang(),
            refusal(503).then_trickle(b'x'),
            Reply::raw("").then_hang(),
            Reply::raw("HTTP/1.1 200 OK\r\nX: ").then_trickle(b'y'),
            announced.clone().then_hang(),
            announced.then_trickle(b' '),
        ] {
            let server = Server::always(reply);
            let client = build(server.builder().retry(RetryPolicy::default()));
            let ready = || server.wait_for_requests(1);
            let error = cancelled(&client, ready, |client| client.list_users().call());
            check(&error.unwrap_err());
            server.wait_until_all_closed();
            server.only_request();
        }
        wait_until_no_thread_is_left();
    }

    #[test]
    fn a_call_is_stopped_while_it_agrees_on_tls() {
        let _alone = alone();
        let server = Server::always(Reply::raw("").then_hang());
        let builder = server.builder().timeout_connect(LONG);
        let client = build(builder.base_url(secure(&server)));
        // What comes is the first message of the handshake.
        let ready = || server.wait_for_requests(1);
        let error = cancelled(&client, ready, |client| client.list_users().call());
        check(&error.unwrap_err());
        server.wait_until_all_closed();
        wait_until_no_thread_is_left();
    }

    #[test]
    fn the_exchange_is_stopped_too() {
        let _alone = alone();
        let server = Server::always(Reply::raw("").then_hang());
        let ready = || server.wait_for_requests(1);
        let login = |client: Client<MasterToken>| client.request_master_token(credentials());
        check(&cancelled(&server.client(), ready, login).unwrap_err());
        server.only_request();
        server.wait_until_all_closed();
        wait_until_no_thread_is_left();
    }

    #[test]
    fn a_call_is_stopped_while_it_waits_for_its_next_attempt() {
        let _alone = alone();
        let (waits, waiting) = mpsc::channel();
        let server = Server::always(Reply::new(503, &[("Retry-After", "60")], ""));
        let policy = RetryPolicy::default().on_retry(move |_| waits.send(()).unwrap());
        let client = build(server.builder().retry(policy));
        let ready = || waiting.recv().unwrap();
        let error = cancelled(&client, ready, |client| client.list_users().call());
        check(&error.unwrap_err());
        server.only_request();
        wait_until_no_thread_is_left();
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_call_is_stopped_while_it_connects() {
        let _alone = alone();
        let full = super::full::Listener::new();
        let builder = Client::builder().base_url(full.base_url());
        let client = build(builder.timeout_connect(LONG));
        let ready = || {
            let end = Instant::now() + PATIENCE;
            while !full.is_being_tried() {
                assert!(Instant::now() < end, "nobody connects");
                thread::sleep(Duration::from_millis(5));
            }
        };
        let error = cancelled(&client, ready, |client| client.list_users().call());
        check(&error.unwrap_err());
        // Nobody interrupts the system at connecting: it is left, and ends when it is refused.
        drop(full);
        wait_until_no_thread_is_left();
    }

    #[test]
    fn a_list_is_stopped_at_the_page_that_it_waits_for() {
        let _alone = alone();
        for (ahead, requests) in [(0, 2), (4, 5)] {
            let server = Server::start(|request| match page(request) {
                1 => user_of(1),
                _ => Reply::raw("").then_hang(),
            });
            let ready = || server.wait_for_requests(requests);
            let users = cancelled(&server.client(), ready, |client| {
                let users = client.list_users().items().prefetch(ahead);
                users.collect::<Vec<_>>()
            });
            let [Ok(first), Err(error)] = &users[..] else {
                panic!("{users:?}")
            };
            assert_eq!(first.id, 1);
            check(error);
            assert_eq!(error.page(), Some(2));
            server.wait_until_all_closed();
            assert_eq!(server.received().len(), requests);
        }
        wait_until_no_thread_is_left();
    }

    #[test]
    fn a_handle_that_was_cancelled_refuses_whatever_comes_later() {
        let _alone = alone();
        let server = Server::always(Reply::json(200, USERS));
        let handle = CancelHandle::new();
        let client = server.client().with_cancel(&handle);
        handle.cancel();
        let users = || client.list_users();
        check(&users().call().unwrap_err());
        check(&client.request_master_token(credentials()).unwrap_err());
        for ahead in [0, 3] {
            let users: Vec<_> = users().items().prefetch(ahead).collect();
            assert_eq!(users.len(), 1);
            check(users[0].as_ref().unwrap_err());
        }
        let other = MasterToken::new("another-token").unwrap();
        check(&client.with_token(other).list_users().call().unwrap_err());
        assert_eq!(server.connections(), 0);
    }

    #[test]
    fn a_client_without_the_handle_goes_on_over_the_same_pool() {
        let _alone = alone();
        let (release, released) = mpsc::channel();
        let released = Mutex::new(released);
        let server = Server::start(move |request| match request.query() {
            Some("page=1") => {
                released.lock().unwrap().recv_timeout(LONG).unwrap();
                Reply::json(200, USERS)
            }
            Some(_) => Reply::raw("").then_hang(),
            None => Reply::json(200, USERS),
        });
        let client = server.client();
        thread::scope(|scope| {
            // It is under way while the other one is cancelled.
            let goes_on = scope.spawn(|| client.list_users().page(1).call());
            server.wait_for_requests(1);
            let ready = || server.wait_for_requests(2);
            let error = cancelled(&client, ready, |client| client.list_users().page(2).call());
            check(&error.unwrap_err());
            release.send(()).unwrap();
            assert_eq!(goes_on.join().unwrap().unwrap()[0].id, ID);
        });
        assert_eq!(client.list_users().call().unwrap()[0].id, ID);
        let connections: Vec<_> = server.received().iter().map(|r| r.connection).collect();
        assert_eq!(connections, [1, 2, 1]);
        wait_until_no_thread_is_left();
    }

    #[test]
    fn a_call_that_could_be_stopped_and_is_not_ends_like_any_other() {
        let _alone = alone();
        let server = Server::script([
            Reply::json(200, USERS),
            Reply::new(404, &[], ""),
            Reply::raw("").then_close(),
            Reply::json(200, USERS),
        ]);
        let client = server.client().with_cancel(&CancelHandle::new());
        assert_eq!(client.list_users().call().unwrap()[0].id, ID);
        assert!(client.list_users().call().unwrap_err().is_not_found());
        // The third reply is one of a connection that died in the pool.
        assert_eq!(client.list_users().call().unwrap()[0].id, ID);
        assert_eq!(server.connections(), 2);
        wait_until_no_thread_is_left();
    }
}

mod lists {
    use super::*;

    #[test]
    fn a_page_of_nothing_but_broken_records_is_one_error() {
        let broken = format!("[{}0]", "0,".repeat(100_000));
        let server = Server::always(Reply::json(200, broken));
        let items: Vec<_> = server.client().list_users().items().collect();
        let [Err(error)] = &items[..] else {
            panic!("{} items", items.len())
        };
        assert!(error.is_decode() && error.raw_record().is_none(), "{error}");
        assert_eq!((error.page(), error.json_path()), (Some(1), Some("[0]")));
        assert_eq!(server.received().len(), 1);
    }

    #[test]
    fn the_last_page_that_has_a_number_ends_a_list() {
        let _alone = alone();
        let server = Server::start(|request| user_of(page(request) % 10));
        for ahead in [0, 3] {
            let users = server.client().list_users().page(u64::MAX).items();
            assert_eq!(users.prefetch(ahead).count(), 1);
        }
        wait_until_no_thread_is_left();
    }

    #[test]
    fn a_list_that_goes_on_elsewhere_takes_no_page_from_before() {
        let _alone = alone();
        let server = Server::start(|request| user_of(page(request)));
        let users = server.client().list_users();
        let mut items = users.clone().items().prefetch(3);
        assert_eq!(items.next().unwrap().unwrap().id, 1);
        let mut items = items.start_at(&users.page(50).items().bookmark());
        assert_eq!(items.next().unwrap().unwrap().id, 50);
        drop(items);
        wait_until_no_thread_is_left();
    }

    #[test]
    fn a_server_that_sends_the_same_page_for_ever_is_an_error_after_a_few_pages() {
        for body in [USERS.to_owned(), r#"[{"id": "odd"}]"#.to_owned()] {
            let server = Server::always(Reply::json(200, body));
            let items: Vec<_> = server.client().list_users().items().collect();
            assert_eq!(items.len(), 2, "{items:?}");
            let error = items[1].as_ref().unwrap_err();
            let received = server.received();
            assert!(received.len() < 10, "{} requests", received.len());
            let pages = page(received.last().unwrap());
            assert_eq!(error.page(), Some(pages));
            assert!(!error.is_retryable(), "{error}");
            let message = error.to_string();
            assert!(message.contains(&format!("page {pages}")), "{message}");
            assert!(message.contains("the same page for ever"), "{message}");
        }
    }

    #[test]
    fn pages_that_were_fetched_ahead_come_before_the_error_of_the_next() {
        let _alone = alone();
        let server = Server::start(|request| match page(request) {
            3 => Reply::new(500, &[], ""),
            page => user_of(page),
        });
        let users = server.client().list_users().items().prefetch(5);
        let users: Vec<_> = users.collect();
        let [Ok(first), Ok(second), Err(error)] = &users[..] else {
            panic!("{users:?}")
        };
        assert_eq!((first.id, second.id), (1, 2));
        assert!(error.is_internal_server_error(), "{error}");
        assert_eq!(error.page(), Some(3));
        wait_until_no_thread_is_left();
    }

    #[test]
    fn a_record_with_an_odd_value_is_one_error_and_the_others_come() {
        let good = USERS.trim().trim_matches(['[', ']']).trim();
        for (odd, reason) in [
            (
                good.replace("\"email\"", "\"id\": 7, \"email\""),
                "duplicate field",
            ),
            (good.replace("30267", "99999999999999999999"), "1e+20"),
            (good.replace("30267", "1e400"), "number out of range"),
        ] {
            let last = good.replace("30267", "2");
            let body = format!("[{good}, {odd}, {last}]");
            let server = Server::start(move |request| match page(request) {
                1 => Reply::json(200, &body),
                _ => Reply::json(200, "[]"),
            });
            let users: Vec<_> = server.client().list_users().items().collect();
            let [Ok(first), Err(error), Ok(third)] = &users[..] else {
                panic!("{users:?}")
            };
            assert_eq!((first.id, third.id), (ID, 2));
            assert!(
                error.is_decode() && error.to_string().contains(reason),
                "{error}"
            );
            assert_eq!(error.raw_record(), Some(&*odd));
            assert_eq!((error.page(), error.record_index()), (Some(1), Some(1)));
        }
    }

    #[test]
    fn ten_megabytes_of_nesting_do_not_decode_and_overflow_no_stack() {
        let half = 5_000_000;
        for body in [
            "[".repeat(2 * half),
            format!("{}{}", "[".repeat(half), "]".repeat(half)),
        ] {
            let server = Server::always(Reply::json(200, body));
            let client = server.client();
            let start = Instant::now();
            let error = client.list_users().call().unwrap_err();
            assert!(error.is_decode(), "{error}");
            let mut users = client.list_users().items();
            let error = users.next().unwrap().unwrap_err();
            assert!(error.is_decode(), "{error}");
            assert_eq!(error.page(), Some(1));
            assert!(error.to_string().len() < 2000, "{error}");
            assert!(start.elapsed() < LONG, "took {:?}", start.elapsed());
        }
    }
}
