//! A server that throttles or restarts: the effect of `Retry-After`, and how long an outage a call
//! survives. The socket is real, the clock is simulated.
#![allow(clippy::panic, clippy::unwrap_used)]

mod support;

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use fitrankings::{CancelHandle, Client, Clock, Error, MasterToken, RetryPolicy, UserToken};
use support::users::{USERS, page, user_of};
use support::{Deserted, Received, Reply, Server, build};

/// A client with the default retries and without a timeout.
fn patient(server: &Server, clock: impl Clock) -> Client<MasterToken> {
    let retry = RetryPolicy::default();
    // The simulated time of a running call advances while other threads sleep.
    let builder = server.builder().retry(retry).timeout_call(None);
    build(builder.clock(clock))
}

fn throttled(seconds: u64) -> Reply {
    Reply::new(429, &[("Retry-After", &seconds.to_string())], "")
}

/// A simulated clock. Each thread has its own time, which only its sleeps advance; `now` is the
/// latest.
#[derive(Clone)]
struct Simulated {
    start: Instant,
    chance: f64,
    times: Arc<Mutex<Times>>,
}

#[derive(Default)]
struct Times {
    now: Duration,
    of_threads: HashMap<ThreadId, Duration>,
    /// The time slept since the last call of `slept`.
    slept: Duration,
}

impl Simulated {
    fn new() -> Self {
        Self::with_chance(1.0)
    }

    fn with_chance(chance: f64) -> Self {
        Self {
            start: Instant::now(),
            chance,
            times: Arc::default(),
        }
    }

    /// The time since the clock was made.
    fn time(&self) -> Duration {
        self.times.lock().unwrap().now
    }

    /// Returns the time slept by all threads since the last call, and resets it.
    fn slept(&self) -> Duration {
        std::mem::take(&mut self.times.lock().unwrap().slept)
    }
}

impl Clock for Simulated {
    fn now(&self) -> Instant {
        let mut times = self.times.lock().unwrap();
        let now = times.now;
        times.of_threads.insert(thread::current().id(), now);
        self.start + now
    }

    fn sleep(&self, duration: Duration) {
        let mut times = self.times.lock().unwrap();
        let now = times.now;
        let own = times.of_threads.entry(thread::current().id());
        let own = own.or_insert(now);
        *own += duration;
        times.now = now.max(*own);
        times.slept += duration;
    }

    fn random(&self) -> f64 {
        self.chance
    }
}

/// The throttling that the service's framework has by default: a number of requests within a
/// minute, not counting refused ones.
struct Throttle {
    clock: Simulated,
    limit: usize,
    granted: Mutex<VecDeque<Duration>>,
    refused: AtomicUsize,
}

impl Throttle {
    const WINDOW: Duration = Duration::from_secs(60);

    fn new(clock: &Simulated, limit: usize) -> Arc<Self> {
        Arc::new(Self {
            clock: clock.clone(),
            limit,
            granted: Mutex::default(),
            refused: AtomicUsize::new(0),
        })
    }

    fn respond(&self, proper: impl FnOnce() -> Reply) -> Reply {
        let mut granted = self.granted.lock().unwrap();
        // Read under the lock: a request that waited for it would be judged by an earlier time than
        // the requests granted meanwhile, and told to wait for more than a window.
        let now = self.clock.time();
        while granted.front().is_some_and(|at| *at + Self::WINDOW <= now) {
            granted.pop_front();
        }
        if granted.len() < self.limit {
            granted.push_back(now);
            return proper();
        }
        self.refused.fetch_add(1, Ordering::Relaxed);
        let wait = granted[0] + Self::WINDOW - now;
        throttled(wait.as_millis().div_ceil(1000).try_into().unwrap())
    }
}

mod prefetch {
    use super::*;

    /// Ten users on each of sixty pages.
    fn ten_of(page: u64) -> Reply {
        let one = USERS.trim().trim_matches(['[', ']']).trim();
        let ids = match page {
            1..=60 => (page - 1) * 10..page * 10,
            _ => 0..0,
        };
        let users: Vec<_> = ids
            .map(|id| one.replace("30267", &id.to_string()))
            .collect();
        Reply::json(200, format!("[{}]", users.join(",")))
    }

    #[test]
    fn all_records_come_however_few_requests_a_minute_the_server_takes() {
        for (limit, ahead) in [(5, 0), (5, 8), (1, 8), (5, 32), (7, 3)] {
            let clock = Simulated::new();
            let throttle = Throttle::new(&clock, limit);
            let gate = Arc::clone(&throttle);
            let server = Server::start(move |request| gate.respond(|| ten_of(page(request))));
            let users = patient(&server, clock).list_users().items().prefetch(ahead);
            let ids: Vec<i64> = users.map(|user| user.unwrap().id).collect();
            assert!(
                ids.into_iter().eq(0..600),
                "{limit} a minute, {ahead} ahead"
            );
            // In each window one page in turn is refused once, and fewer and fewer prefetched
            // pages.
            let refused = throttle.refused.load(Ordering::Relaxed);
            assert!(refused <= 61 * 3 / limit + ahead, "{refused} were refused");
        }
    }

    #[test]
    fn a_page_that_was_throttled_ahead_is_fetched_again_when_its_turn_comes() {
        let failed = AtomicBool::new(false);
        let server = Server::start(move |request| match page(request) {
            3 if !failed.swap(true, Ordering::Relaxed) => throttled(60),
            page @ 1..=5 => user_of(page),
            _ => Reply::json(200, "[]"),
        });
        let clock = Simulated::new();
        let retry = RetryPolicy::default().max_attempts(2);
        let client = build(server.builder().retry(retry).clock(clock.clone()));
        let users = client.list_users().items().prefetch(4);
        let ids: Vec<i64> = users.map(|user| user.unwrap().id).collect();
        assert_eq!(ids, [1, 2, 3, 4, 5]);
        assert!(clock.time() >= Duration::from_secs(60));
    }

    #[test]
    fn without_retries_no_page_is_fetched_twice() {
        let server = Server::start(|request| match page(request) {
            2 => throttled(1),
            page => user_of(page),
        });
        let users = server.client().list_users().items().prefetch(3);
        let users: Vec<_> = users.collect();
        let [Ok(_), Err(error)] = &users[..] else {
            panic!("{users:?}")
        };
        assert!(
            error.is_rate_limited() && error.page() == Some(2),
            "{error}"
        );
        let second = |request: &&Received| page(request) == 2;
        assert_eq!(server.received().iter().filter(second).count(), 1);
    }

    #[test]
    fn a_wait_that_is_too_long_is_the_callers_at_once() {
        let server = Server::start(|request| match page(request) {
            2 => throttled(61),
            page => user_of(page),
        });
        let clock = Simulated::new();
        let users = patient(&server, clock.clone()).list_users().items();
        let users: Vec<_> = users.prefetch(3).collect();
        let [Ok(_), Err(error)] = &users[..] else {
            panic!("{users:?}")
        };
        assert_eq!(error.retry_after(), Some(Duration::from_secs(61)));
        assert_eq!(clock.slept(), Duration::ZERO);
    }
}

mod one_pause_for_all {
    use super::*;

    const PAUSE: Duration = Duration::from_secs(30);

    /// Refuses the first two requests, which use up the attempts of [`client`].
    fn busy() -> Server {
        let count = AtomicUsize::new(0);
        Server::start(move |_| match count.fetch_add(1, Ordering::Relaxed) {
            0 | 1 => throttled(30),
            _ => Reply::json(200, USERS),
        })
    }

    fn client(server: &Server, clock: &Simulated) -> Client<MasterToken> {
        let retry = RetryPolicy::default().max_attempts(2);
        build(server.builder().retry(retry).clock(clock.clone()))
    }

    #[test]
    fn a_clone_waits_for_what_another_was_asked_for() {
        let (server, clock) = (busy(), Simulated::new());
        let one = client(&server, &clock);
        let another = one.clone();
        assert!(one.list_users().call().unwrap_err().is_rate_limited());
        assert_eq!(clock.slept(), PAUSE);
        another.list_activities().call().unwrap();
        // The pause after the second refusal, before a request is sent.
        assert_eq!(clock.slept(), PAUSE);
        assert_eq!(server.received().len(), 3);
        // The pause is over for all clones.
        one.list_users().call().unwrap();
        assert_eq!(clock.slept(), Duration::ZERO);
    }

    #[test]
    fn another_token_has_a_pause_of_its_own() {
        let (server, clock) = (busy(), Simulated::new());
        let one = client(&server, &clock);
        one.list_users().call().unwrap_err();
        clock.slept();
        let token = UserToken::new("another-token").unwrap();
        one.with_token(token).list_users().call().unwrap();
        assert_eq!(clock.slept(), Duration::ZERO);
        one.with_cancel(&CancelHandle::new())
            .list_users()
            .call()
            .unwrap();
        assert_eq!(clock.slept(), PAUSE);
    }

    #[test]
    fn a_thread_does_not_send_while_another_waits() {
        /// Reports each sleep, and sleeps until it is released.
        struct Gate {
            asleep: mpsc::Sender<()>,
            wake: Mutex<mpsc::Receiver<()>>,
        }
        impl Clock for Gate {
            fn sleep(&self, _: Duration) {
                self.asleep.send(()).unwrap();
                // The timeout ends the test if something fails.
                let _ = self.wake.lock().unwrap().recv_timeout(support::PATIENCE);
            }
        }

        let (asleep, sleeps) = mpsc::channel();
        let (wake, woken) = mpsc::channel();
        let wake_up = Mutex::new(woken);
        let gate = Gate {
            asleep,
            wake: wake_up,
        };
        let server = Server::script([
            throttled(30),
            Reply::json(200, USERS),
            Reply::json(200, USERS),
        ]);
        let client = patient(&server, gate);
        thread::scope(|scope| {
            let first = scope.spawn(|| client.list_users().call());
            sleeps.recv().unwrap();
            let second = scope.spawn(|| client.list_users().call());
            sleeps.recv_timeout(support::PATIENCE).unwrap();
            assert_eq!(server.received().len(), 1);
            wake.send(()).unwrap();
            wake.send(()).unwrap();
            first.join().unwrap().unwrap();
            second.join().unwrap().unwrap();
        });
    }

    #[test]
    fn cancelling_stops_a_call_that_waits_for_the_pause_of_another() {
        struct Cancelling(CancelHandle);
        impl Clock for Cancelling {
            fn sleep(&self, _: Duration) {
                self.0.cancel();
            }
        }
        let handle = CancelHandle::new();
        let server = Server::always(throttled(30));
        let retry = RetryPolicy::default().max_attempts(2);
        let clock = Cancelling(handle.clone());
        let client = build(server.builder().retry(retry).clock(clock));
        // Two refusals. The handle cancels only the client that has it.
        assert!(client.list_users().call().unwrap_err().is_rate_limited());
        let client = client.with_cancel(&CancelHandle::new());
        let cancelling = client.with_cancel(&handle);
        assert!(cancelling.list_users().call().unwrap_err().is_cancelled());
        assert_eq!(server.received().len(), 2);
    }

    #[test]
    fn without_retries_nobody_waits() {
        let server = Server::script([throttled(30), Reply::json(200, USERS)]);
        let clock = Simulated::new();
        let client = build(server.builder().clock(clock.clone()));
        assert!(client.list_users().call().unwrap_err().is_rate_limited());
        client.list_users().call().unwrap();
        assert_eq!(clock.slept(), Duration::ZERO);
    }

    #[test]
    fn a_wait_that_is_too_long_holds_nobody_up() {
        let server = Server::script([throttled(61), Reply::json(200, USERS)]);
        let clock = Simulated::new();
        let client = patient(&server, clock.clone());
        assert!(client.list_users().call().unwrap_err().is_rate_limited());
        client.list_users().call().unwrap();
        assert_eq!(clock.slept(), Duration::ZERO);
    }

    #[test]
    fn a_call_does_not_wait_for_ever_for_the_pauses_of_others() {
        /// Another request is throttled whenever this one has waited.
        struct Unlucky {
            inside: AtomicBool,
            others: Mutex<Option<Client<MasterToken>>>,
        }
        impl Clock for &'static Unlucky {
            fn sleep(&self, _: Duration) {
                if !self.inside.swap(true, Ordering::Relaxed) {
                    let others = self.others.lock().unwrap();
                    others.as_ref().unwrap().list_users().call().unwrap_err();
                    self.inside.store(false, Ordering::Relaxed);
                }
            }
        }
        let unlucky: &Unlucky = Box::leak(Box::new(Unlucky {
            inside: AtomicBool::new(false),
            others: Mutex::new(None),
        }));
        let server = Server::always(throttled(30));
        let retry = RetryPolicy::default().max_attempts(3);
        let client = build(server.builder().retry(retry).clock(unlucky));
        *unlucky.others.lock().unwrap() = Some(client.clone());
        let error = client.list_users().call().unwrap_err();
        assert!(error.is_retryable(), "{error}");
        assert!(server.received().len() < 100);
        *unlucky.others.lock().unwrap() = None;
    }
}

mod time_of_a_call {
    use super::*;

    /// A clock whose sleeps have a fixed length.
    struct Slow(Duration);

    impl Clock for Slow {
        fn sleep(&self, _: Duration) {
            thread::sleep(self.0);
        }
    }

    const LIMIT: Duration = Duration::from_secs(2);
    const MOST_OF_IT: Duration = Duration::from_millis(1200);

    #[test]
    fn waits_that_the_server_asked_for_take_nothing_of_it() {
        let server = Server::script([throttled(30), throttled(30), Reply::json(200, USERS)]);
        let retry = RetryPolicy::default().max_attempts(3);
        let builder = server.builder().timeout_call(LIMIT).retry(retry);
        let client = build(builder.clock(Slow(MOST_OF_IT)));
        client.list_users().call().unwrap();
    }

    #[test]
    fn waits_of_our_own_are_part_of_it() {
        let server = Server::always(Reply::new(503, &[], ""));
        let retry = RetryPolicy::default().max_attempts(3);
        let builder = server.builder().timeout_call(LIMIT).retry(retry);
        let client = build(builder.clock(Slow(MOST_OF_IT)));
        assert!(client.list_users().call().is_err());
        assert!(server.received().len() < 3);
    }

    #[test]
    fn it_goes_by_the_clock_of_the_client_and_so_does_that_of_a_list() {
        let retry = RetryPolicy::default()
            .base_delay(Duration::from_millis(900))
            .max_delay(Duration::from_millis(900));
        for of_list in [false, true] {
            let server = Server::always(Reply::new(503, &[], ""));
            let builder = server.builder().retry(retry.clone());
            let client = build(builder.timeout_call(LIMIT).clock(Simulated::new()));
            let start = Instant::now();
            if of_list {
                let client = build(
                    server
                        .builder()
                        .retry(retry.clone())
                        .clock(Simulated::new()),
                );
                let users = client.list_users().items().timeout(LIMIT);
                assert!(users.map(Result::unwrap_err).count() == 1);
            } else {
                client.list_users().call().unwrap_err();
            }
            // Two waits of 900 ms fit into it, and a third does not.
            assert_eq!(server.received().len(), 3);
            assert!(start.elapsed() < LIMIT);
        }
    }

    #[test]
    fn a_wait_that_was_asked_for_may_be_longer_than_it() {
        let clock = Simulated::new();
        let server = Server::script([throttled(60), Reply::json(200, USERS)]);
        let builder = server.builder().timeout_call(LIMIT);
        let client = build(builder.retry(RetryPolicy::default()).clock(clock.clone()));
        client.list_users().call().unwrap();
        assert_eq!(clock.slept(), Duration::from_secs(60));
    }

    #[test]
    fn that_of_a_list_holds_whatever_the_server_asks_for() {
        for ahead in [0, 3] {
            let clock = Simulated::new();
            let (first, arrived) = mpsc::channel();
            let arrived = Mutex::new(Some(arrived));
            let server = Server::start(move |request| {
                if page(request) == 1 {
                    let _ = first.send(());
                    return user_of(1);
                }
                // Otherwise the first page could wait for the pause of a page after it.
                if let Some(arrived) = arrived.lock().unwrap().take() {
                    arrived.recv_timeout(support::PATIENCE).unwrap();
                }
                throttled(60)
            });
            let client = patient(&server, clock.clone());
            let users = client.list_users().items().prefetch(ahead);
            let users: Vec<_> = users.timeout(Duration::from_secs(50)).collect();
            let error = users.last().unwrap().as_ref().unwrap_err();
            assert!(error.is_retryable(), "{error}");
            assert_eq!(error.page(), Some(2));
            assert_eq!(clock.slept(), Duration::ZERO);
            // The pause continues: a list that begins during it sends nothing.
            let users = client.list_users().items().timeout(Duration::from_secs(20));
            let users: Vec<_> = users.collect();
            let [Err(error)] = &users[..] else {
                panic!("{users:?}")
            };
            assert!(error.is_timeout(), "{error}");
            assert!(error.retry_after() > Some(Duration::from_secs(20)));
            assert_eq!(clock.slept(), Duration::ZERO);
            // After the pause, a list begins.
            clock.sleep(Duration::from_secs(60));
            client.list_users().items().next().unwrap().unwrap();
        }
    }
}

mod restarts {
    use super::*;

    /// Responds with 502 for the time of an outage.
    fn down(clock: &Simulated, from: u64, outage: Duration) -> Server {
        let clock = clock.clone();
        let begin = Mutex::new(None);
        Server::start(move |request| {
            let number = page(request);
            if number >= from {
                let begin = *begin.lock().unwrap().get_or_insert(clock.time());
                if clock.time() < begin + outage {
                    return Reply::html(502, "<h1>Bad Gateway</h1>");
                }
            }
            match number {
                1..=20 => user_of(number),
                _ => Reply::json(200, "[]"),
            }
        })
    }

    #[test]
    fn a_restart_of_three_seconds_is_survived_whatever_chance_says() {
        for chance in [0.0, 0.5, 1.0] {
            let clock = Simulated::with_chance(chance);
            let server = down(&clock, 1, Duration::from_secs(3));
            patient(&server, clock).list_users().call().unwrap();
        }
    }

    #[test]
    fn a_list_that_has_begun_survives_a_deploy_of_half_a_minute() {
        for chance in [0.0, 0.5, 1.0] {
            for ahead in [0, 8] {
                let clock = Simulated::with_chance(chance);
                let server = down(&clock, 4, Duration::from_secs(30));
                let users = patient(&server, clock).list_users().items();
                let ids = users.prefetch(ahead).map(|user| user.unwrap().id);
                assert!(ids.eq(1..=20), "{chance}, {ahead} ahead");
            }
        }
    }

    #[test]
    fn a_first_page_has_no_more_patience_than_a_call() {
        for ahead in [0, 3] {
            let clock = Simulated::new();
            let server = Server::always(Reply::new(503, &[], ""));
            let users = patient(&server, clock).list_users().items();
            let users: Vec<_> = users.prefetch(ahead).collect();
            let [Err(error)] = &users[..] else {
                panic!("{users:?}")
            };
            assert!(error.is_unavailable(), "{error}");
            let first = |request: &&Received| page(request) == 1;
            assert_eq!(server.received().iter().filter(first).count(), 5);
        }
    }

    #[test]
    fn pages_after_the_first_are_tried_as_often_as_the_policy_says() {
        for (policy, times) in [
            (RetryPolicy::none(), 1),
            (RetryPolicy::default(), 12),
            (RetryPolicy::default().max_attempts(3), 3),
            (RetryPolicy::default().max_page_attempts(7), 7),
            (
                RetryPolicy::default().max_attempts(3).max_page_attempts(4),
                4,
            ),
            (
                RetryPolicy::default().max_page_attempts(4).max_attempts(3),
                4,
            ),
        ] {
            let server = Server::start(|request| match page(request) {
                1 => user_of(1),
                _ => Reply::new(503, &[], ""),
            });
            let builder = server.builder().retry(policy.clone());
            let client = build(builder.clock(Simulated::new()));
            let users: Vec<_> = client.list_users().items().collect();
            assert_eq!(users.len(), 2);
            assert_eq!(server.received().len(), 1 + times, "{policy:?}");
        }
    }

    #[test]
    fn a_wrong_port_is_told_within_some_seconds() {
        let deserted = Deserted::new();
        let clock = Simulated::new();
        let builder = Client::builder().base_url(deserted.base_url());
        let client = build(builder.clock(clock.clone()));
        let call = || client.list_users().call().map(drop);
        let list = || client.list_users().items().next().unwrap().map(drop);
        let outcomes: [&dyn Fn() -> Result<(), Error>; 2] = [&call, &list];
        for outcome in outcomes {
            assert!(outcome().unwrap_err().is_connect());
            let slept = clock.slept();
            assert!(slept < Duration::from_secs(10), "{slept:?}");
        }
    }

    #[test]
    fn a_host_that_has_no_address_is_tried_once_more_and_no_oftener() {
        // A label of 64 letters is invalid, so that no name server is asked.
        let wrong = format!("http://{}.invalid/iq", "a".repeat(64));
        for (policy, times) in [
            (RetryPolicy::default(), 2),
            (RetryPolicy::default().max_attempts(4), 4),
            (RetryPolicy::none(), 1),
        ] {
            let calls = Arc::new(AtomicUsize::new(1));
            let count = Arc::clone(&calls);
            let policy = policy.on_retry(move |_| {
                count.fetch_add(1, Ordering::Relaxed);
            });
            let builder = Client::builder().base_url(wrong.as_str()).allow_http(true);
            let client = build(builder.retry(policy).clock(Simulated::new()));
            let error = client.list_users().call().unwrap_err();
            assert!(error.is_connect() && error.is_retryable(), "{error}");
            assert_eq!(calls.load(Ordering::Relaxed), times);
        }
    }
}

mod retry_after {
    use super::*;

    fn refused(headers: &[(&str, &str)]) -> Error {
        let server = Server::always(Reply::new(429, headers, ""));
        server.client().list_users().call().unwrap_err()
    }

    fn asked(value: &str) -> Option<Duration> {
        refused(&[("Retry-After", value)]).retry_after()
    }

    /// Returns the wait after a response with this `Retry-After`, without the random part.
    fn waited(value: &str) -> Duration {
        let clock = Simulated::with_chance(0.0);
        let server = Server::script([
            Reply::new(429, &[("Retry-After", value)], ""),
            Reply::json(200, USERS),
        ]);
        patient(&server, clock.clone()).list_users().call().unwrap();
        clock.slept()
    }

    #[test]
    fn a_value_beyond_all_numbers_is_longer_than_anybody_waits() {
        let year = Duration::from_secs(365 * 24 * 60 * 60);
        for value in [
            "18446744073709551615",
            "99999999999999999999999999",
            "Fri, 31 Dec 9999 23:59:59 GMT",
            "Fri, 31 Dec 10000 23:59:59 GMT",
            "Fri Dec 31 23:59:59 99999999999999999999999",
        ] {
            let wait = asked(value).unwrap();
            assert!(wait > 50 * year, "{value}: {wait:?}");
            // It can be added to the current time.
            assert!(Instant::now().checked_add(wait).is_some());
        }
    }

    #[test]
    fn all_three_forms_of_a_date_are_read_against_the_servers_own() {
        let date = ("Date", "Sun, 06 Nov 1994 08:48:37 GMT");
        for value in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            let error = refused(&[("Retry-After", value), date]);
            assert_eq!(
                error.retry_after(),
                Some(Duration::from_secs(60)),
                "{value}"
            );
        }
    }

    #[test]
    fn a_clock_that_is_an_hour_ahead_or_behind_changes_no_wait() {
        let http = |at: jiff::Timestamp| {
            let printer = jiff::fmt::rfc2822::DateTimePrinter::new();
            printer.timestamp_to_rfc9110_string(&at).unwrap()
        };
        for skew in [-3600, 3600] {
            let server = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(skew);
            let date = http(server);
            let after = http(server + Duration::from_secs(2));
            let error = refused(&[("Date", &date), ("Retry-After", &after)]);
            assert_eq!(error.retry_after(), Some(Duration::from_secs(2)));
        }
    }

    #[test]
    fn no_time_or_one_that_has_passed_is_no_wish() {
        for value in [
            "0",
            "000",
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "soon",
            "-1",
            "",
        ] {
            assert_eq!(asked(value), None, "{value}");
            let wait = waited(value);
            assert!(wait >= Duration::from_millis(250), "{value}: {wait:?}");
        }
    }

    #[test]
    fn our_own_wait_is_a_floor_under_a_short_one() {
        let clock = Simulated::with_chance(0.0);
        let server = Server::always(throttled(1));
        let policy = RetryPolicy::default()
            .max_attempts(2)
            .base_delay(Duration::from_secs(6));
        let client = build(server.builder().retry(policy).clock(clock.clone()));
        client.list_users().call().unwrap_err();
        assert_eq!(clock.slept(), Duration::from_secs(3));
    }

    #[test]
    fn a_part_of_a_second_is_told_as_a_whole_one() {
        let error = refused(&[("Retry-After", "1.98")]);
        assert!(error.to_string().ends_with("try again in 2 s"), "{error}");
        // Without a `Date` header the local clock is used, which counts in fractions of a second.
        let at = jiff::Timestamp::now() + Duration::from_secs(30);
        let printer = jiff::fmt::rfc2822::DateTimePrinter::new();
        let value = printer.timestamp_to_rfc9110_string(&at).unwrap();
        let error = refused(&[("Retry-After", &value)]);
        let wait = error.retry_after().unwrap();
        let seconds = wait.as_millis().div_ceil(1000);
        assert!(
            error.to_string().ends_with(&format!("in {seconds} s")),
            "{error}, {wait:?}"
        );
    }

    #[test]
    fn of_several_the_longest_counts() {
        let error = refused(&[("Retry-After", "3"), ("Retry-After", "20")]);
        assert_eq!(error.retry_after(), Some(Duration::from_secs(20)));
    }
}
