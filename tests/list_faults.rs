//! Lists whose pages or records are broken, or whose server ignores `page`.
#![allow(clippy::panic, clippy::unwrap_used)]

mod support;

use std::time::Instant;

use support::threads::{alone, wait_until_no_thread_is_left};
use support::users::{ID, USERS, page, user_of};
use support::{LONG, Reply, Server};

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
fn a_server_that_answers_the_same_page_for_ever_is_an_error_after_a_few_pages() {
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
        assert!(message.contains("the same page forever"), "{message}");
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
