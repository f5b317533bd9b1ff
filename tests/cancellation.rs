//! Calls and lists that another thread cancels.
#![allow(clippy::panic, clippy::unwrap_used)]

mod support;

use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use fitrankings::{CancelHandle, Client, Credentials, Error, MasterToken, RetryPolicy};
#[cfg(target_os = "linux")]
use support::full_listener::FullListener;
use support::threads::{alone, wait_until_no_thread_is_left};
use support::users::{ID, USERS, page, user_of};
use support::{LONG, PATIENCE, Reply, Server, build, secure};

fn credentials() -> Credentials {
    Credentials::new("id", "secret")
}

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
    let exchange = |client: Client<MasterToken>| client.request_master_token(credentials());
    check(&cancelled(&server.client(), ready, exchange).unwrap_err());
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
    let full = FullListener::new();
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
