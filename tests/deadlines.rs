//! The timeouts of calls, connections and lists.
#![allow(clippy::panic, clippy::unwrap_used)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fitrankings::{Client, RetryPolicy};
use support::clock::FakeClock;
#[cfg(target_os = "linux")]
use support::full_listener::FullListener;
use support::threads::{alone, wait_until_no_thread_is_left};
use support::users::{USERS, page, user_of};
use support::{LONG, PATIENCE, Reply, Server, build, secure};

/// A timeout under test: long enough for a busy machine to begin a response.
const SHORT: Duration = Duration::from_millis(700);

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
    let clock = FakeClock::new();
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
    let client = build(builder.retry(policy).clock(FakeClock::new()));
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
    for (reply, is_response_awaited) in [(&silent, true), (&silent, false), (&trickling, false)] {
        let server = Server::always(reply.clone());
        let builder = match is_response_awaited {
            true => server.builder().timeout_response(SHORT),
            false => server.builder().timeout_call(SHORT),
        };
        let client = build(
            builder
                .retry(RetryPolicy::default())
                .clock(FakeClock::new()),
        );
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
    let full = FullListener::new();
    let tried = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&tried);
    let policy = RetryPolicy::default().on_retry(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
    });
    let builder = Client::builder().base_url(full.base_url());
    let builder = builder.timeout_connect(Duration::from_millis(200));
    let client = build(builder.retry(policy).clock(FakeClock::new()));
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
    let full = FullListener::new();
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
