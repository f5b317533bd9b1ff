//! Connections of the pool that the server has closed: no call fails because of one.
#![allow(clippy::panic, clippy::unwrap_used)]

mod support;

use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use fitrankings::{Client, MasterToken};
use support::users::{ID, USERS};
use support::{Received, Reply, Server, build};
/// Makes `count` calls at once, so that the pool holds as many connections.
fn fill(client: &Client<MasterToken>, count: usize) {
    thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(|| assert_eq!(client.list_users().call().unwrap()[0].id, ID));
        }
    });
}

/// Responds to the first `count` requests when all of them have arrived, and to later ones with
/// `then`.
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
    // One of the dead ones was tried, and the new one.
    assert_eq!(server.received().len(), COUNT + 1 + 1);
    assert_eq!(server.connections(), COUNT + 1);
}

/// A service that takes the request on every connection, and closes it without a response, must not
/// be sent the request again and again by one attempt.
#[test]
fn a_stale_connection_costs_one_more_request_however_many_there_are() {
    const COUNT: usize = 8;
    let server = together(COUNT, |_| Reply::raw("").then_close());
    let client = server.client();
    fill(&client, COUNT);
    assert!(client.list_users().call().unwrap_err().is_retryable());
    assert_eq!(server.received().len(), COUNT + 2);
}

#[test]
fn a_connection_that_closes_within_a_response_is_no_stale_one() {
    let server = Server::script([
        Reply::json(200, USERS),
        Reply::raw("HTTP/1.1 200 OK\r\nConte").then_close(),
        Reply::json(200, USERS),
    ]);
    let client = server.client();
    client.list_users().call().unwrap();
    let error = client.list_users().call().unwrap_err();
    assert!(error.is_retryable(), "{error}");
    assert_eq!(server.received().len(), 2);
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
