//! A list ends without an error only if the service says that it ended. Any other stop is an error.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fitrankings::list::Incomplete;
use fitrankings::sandbox::{PastTheEnd, Sandbox};
use fitrankings::types::User;
use fitrankings::{CancelHandle, Client, Clock, Error, MasterToken, RetryPolicy};

use support::{Received, Reply, Server, TOKEN};

/// The bodies of Django REST framework for a page past the end: today's, and that of 2015.
const INVALID_PAGE: [&str; 2] = [
    r#"{"detail":"Invalid page."}"#,
    r#"{"detail":"Invalid page \"4\": That page contains no results."}"#,
];

/// A clock whose waits take no time.
struct NoWait;

impl Clock for NoWait {
    fn sleep(&self, _: Duration) {}
}

fn client(server: &Server) -> Client<MasterToken> {
    let builder = server.builder().clock(NoWait);
    builder.build(MasterToken::new(TOKEN).unwrap()).unwrap()
}

/// Returns the page that a request asks for.
fn page(request: &Received) -> u64 {
    let query = request.query().unwrap_or_default();
    let page = query.split('&').find_map(|pair| pair.strip_prefix("page="));
    page.map_or(1, |page| page.parse().unwrap())
}

/// Returns the page of each request, in order.
fn requested(server: &Server) -> Vec<u64> {
    server.received().iter().map(page).collect()
}

fn users(ids: impl IntoIterator<Item = u64>) -> Reply {
    let users = ids.into_iter().map(|id| {
        format!(
            r#"{{"id":{id},"email":"","first_name":"","last_name":"",
                "date_joined":"2016-01-01T00:00:00Z","handle":null}}"#
        )
    });
    Reply::json(200, format!("[{}]", users.collect::<Vec<_>>().join(",")))
}

/// Serves three pages of ten users, and another response for the fourth page.
fn thirty_and_then(fourth: Reply) -> Server {
    Server::start(move |request| match page(request) {
        page @ 1..=3 => users(page * 10..page * 10 + 10),
        _ => fourth.clone(),
    })
}

/// Returns the ids and the errors of a list.
fn parted(items: impl Iterator<Item = Result<User, Error>>) -> (Vec<i64>, Vec<Error>) {
    let (mut ids, mut errors) = (Vec::new(), Vec::new());
    for item in items {
        match item {
            Ok(user) => ids.push(user.id),
            Err(error) => errors.push(error),
        }
    }
    (ids, errors)
}

/// Returns 404 responses of gateways and wrong paths.
fn other_404s() -> Vec<Reply> {
    let nginx = "<html><head><title>404 Not Found</title></head>\
                 <body><center><h1>404 Not Found</h1></center><hr><center>nginx</center></body></html>";
    vec![
        Reply::html(404, nginx),
        Reply::new(
            404,
            &[("Content-Type", "text/plain")],
            "default backend - 404",
        ),
        Reply::new(404, &[], ""),
        Reply::json(404, r#"{"detail":"Not found."}"#),
        Reply::json(404, r#"{"message":"Invalid page."}"#),
        Reply::json(404, r#""Invalid page.""#),
        Reply::json(404, r#"["Invalid page."]"#),
        Reply::new(404, &[("Content-Type", "text/plain")], "Invalid page."),
        Reply::json(
            404,
            r#"{"detail":"Invalid page \"5\": That page contains no results."}"#,
        ),
        Reply::json(404, r#"{"detail":"Invalid page or token."}"#),
    ]
}

#[test]
fn a_404_that_is_not_the_frameworks_is_an_error_and_not_the_end() {
    for reply in other_404s() {
        for ahead in [0, 2] {
            let server = thirty_and_then(reply.clone());
            let (ids, errors) = parted(client(&server).list_users().items().prefetch(ahead));
            assert_eq!(ids.len(), 30);
            let [error] = &errors[..] else {
                panic!("{errors:?}")
            };
            assert!(error.is_not_found(), "{error}");
            assert_eq!(error.page(), Some(4));
            assert!(error.to_string().contains("x-paging"), "{error}");
            if ahead == 0 {
                assert_eq!(requested(&server), [1, 2, 3, 4, 4]);
            }
            let pages = client(&server).list_users().pages().prefetch(ahead);
            assert!(pages.last().unwrap().unwrap_err().is_not_found());
        }
    }
}

#[test]
fn the_frameworks_404_and_an_empty_page_end_a_list() {
    let ends = INVALID_PAGE.map(|body| Reply::json(404, body));
    for reply in ends.into_iter().chain([Reply::json(200, "[]")]) {
        for ahead in [0, 2] {
            let server = thirty_and_then(reply.clone());
            let (ids, errors) = parted(client(&server).list_users().items().prefetch(ahead));
            assert_eq!(ids, (10..40).collect::<Vec<_>>());
            assert!(errors.is_empty(), "{errors:?}");
        }
    }
}

/// Serves two pages of ten users and one of `last`. The first response for page `at` is `end`.
fn once_too_early(end: Reply, at: u64, last: u64) -> Server {
    let said = Mutex::new(false);
    Server::start(move |request| {
        let page = page(request);
        if page == at && !std::mem::replace(&mut *said.lock().unwrap(), true) {
            return end.clone();
        }
        match page {
            1 | 2 => users(page * 10..page * 10 + 10),
            3 => users(30..30 + last),
            _ => Reply::json(404, INVALID_PAGE[0]),
        }
    })
}

#[test]
fn an_end_after_a_full_page_is_requested_again_before_it_is_accepted() {
    let ends = [Reply::json(200, "[]"), Reply::json(404, INVALID_PAGE[0])];
    // A 404 of a gateway is requested again, too.
    for end in ends.into_iter().chain(other_404s()) {
        for at in [2, 3] {
            for ahead in [0, 2] {
                let server = once_too_early(end.clone(), at, 5);
                let (ids, errors) = parted(client(&server).list_users().items().prefetch(ahead));
                assert_eq!(ids, (10..35).collect::<Vec<_>>(), "{errors:?}");
                assert!(errors.is_empty(), "{errors:?}");
            }
        }
    }
    // A short page does not contradict the end.
    let server = once_too_early(Reply::json(200, "[]"), 99, 5);
    assert_eq!(client(&server).list_users().items().count(), 25);
    assert_eq!(requested(&server), [1, 2, 3, 4]);
    // A full page does, and the end is accepted when it is repeated.
    let server = once_too_early(Reply::json(200, "[]"), 99, 10);
    assert_eq!(client(&server).list_users().items().count(), 30);
    assert_eq!(requested(&server), [1, 2, 3, 4, 4]);
}

#[test]
fn a_page_that_came_before_is_requested_again() {
    // A cache returns page 1 for page 2 or 3, once.
    for at in [2, 3] {
        for ahead in [0, 2] {
            let server = once_too_early(users(10..20), at, 5);
            let mut items = client(&server).list_users().items().prefetch(ahead);
            let (ids, errors) = parted(items.by_ref());
            assert_eq!(ids, (10..35).collect::<Vec<_>>(), "{errors:?}");
            assert!(errors.is_empty() && items.is_complete(), "{errors:?}");
        }
    }
}

/// Returns a page of `cap` users, of forty.
fn capped(page: u64, cap: u64) -> Reply {
    let first = (page - 1) * cap;
    users((first..first + cap).filter(|id| *id < 40))
}

#[test]
fn a_list_of_backends_with_different_page_sizes_is_not_complete() {
    // The backends respond in turn, so the second response for a page has the other size.
    for caps in [[5, 10], [10, 5]] {
        let turn = AtomicU64::new(0);
        let server = Server::start(move |request| {
            let cap = caps[turn.fetch_add(1, Ordering::Relaxed) as usize % 2];
            capped(page(request), cap)
        });
        let mut items = client(&server).list_users().page_size(100).items();
        let (ids, errors) = parted(items.by_ref());
        assert_eq!(ids, (0..40).collect::<Vec<_>>(), "{caps:?}, {errors:?}");
        assert!(errors.is_empty() && items.has_ended(), "{errors:?}");
        // Other pages can have gaps.
        assert!(!items.is_complete());
    }
    // The size changes once, to a larger or to a smaller one.
    for (first, rest, lost) in [(5, 10, 5), (10, 5, 0)] {
        let server = Server::start(move |request| match page(request) {
            1 => capped(1, first),
            page => capped(page, rest),
        });
        let mut items = client(&server).list_users().page_size(100).items();
        let (ids, errors) = parted(items.by_ref());
        assert_eq!(ids.len(), 40 - lost, "{first} and {rest}");
        assert!(errors.is_empty() && items.has_ended(), "{errors:?}");
        let reason = items.incomplete_reason();
        if lost == 0 {
            assert_eq!(reason, None);
        } else {
            assert!(matches!(
                reason,
                Some(Incomplete::PagesGrew { page: 2, .. })
            ));
        }
    }
}

/// The offset of a page is its number times its size, so the pages after a smaller one begin among
/// records that came before.
#[test]
fn no_record_comes_twice_if_the_service_lowers_its_page_size() {
    for (caps, total) in [
        (&[100, 10][..], 150),
        (&[100, 100, 10], 250),
        (&[20, 20, 20, 10], 100),
        (&[10, 10, 5], 40),
        (&[10, 9], 40),
        (&[30, 10, 3], 60),
    ] {
        let server = Server::start(move |request| {
            let page = page(request);
            let cap = caps.get(page as usize - 1).or(caps.last()).unwrap();
            users(((page - 1) * cap..page * cap).filter(|id| *id < total))
        });
        let mut items = client(&server).list_users().page_size(100).items();
        let (ids, errors) = parted(items.by_ref());
        let all: Vec<_> = (0..total.cast_signed()).collect();
        assert_eq!(ids, all, "{caps:?}, {errors:?}");
        assert!(errors.is_empty() && items.is_complete(), "{errors:?}");
    }
}

#[test]
fn a_service_whose_pages_have_no_fixed_size_gets_two_more_requests() {
    let server = Server::start(|request| match page(request) {
        page @ 1..=9 => users(page * 10..page * 10 + 1 + page % 3),
        _ => Reply::json(200, "[]"),
    });
    let mut items = client(&server).list_users().items();
    assert_eq!(items.by_ref().flatten().count(), 3 * (1 + 2 + 3));
    assert!(items.has_ended() && !items.is_complete());
    assert_eq!(requested(&server), [1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10]);
}

#[test]
fn an_end_after_another_response_is_accepted_when_it_is_repeated() {
    let gateway = Reply::html(404, "<h1>no route</h1>");
    let end = || Reply::json(200, "[]");
    for before in [gateway, users(1..=2)] {
        let server = Server::script([users(1..=2), before, end(), users(3..=4), end(), end()]);
        let mut items = client(&server).list_users().items();
        let (ids, errors) = parted(items.by_ref());
        assert_eq!(ids, [1, 2, 3, 4], "{errors:?}");
        assert!(errors.is_empty() && items.is_complete());
    }
}

#[test]
fn responses_that_never_agree_are_an_error_and_the_list_can_continue() {
    let end = || Reply::json(200, "[]");
    let replies = [
        users(1..=2),
        end(),
        users(1..=2),
        end(),
        users(1..=2),
        users(3..=3),
        end(),
    ];
    let server = Server::script(replies);
    let mut items = client(&server).list_users().items();
    let (ids, errors) = parted(items.by_ref());
    assert_eq!(ids, [1, 2]);
    let [error] = &errors[..] else {
        panic!("{errors:?}")
    };
    let text = error.to_string();
    assert!(text.contains("page 2 was requested 4 times"), "{text}");
    assert_eq!(
        (error.operation(), error.page()),
        (Some("list_users"), Some(2))
    );
    assert!(!items.has_ended());
    items.resume();
    let (ids, errors) = parted(items.by_ref());
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(ids, [3]);
    assert!(items.is_complete());
}

#[test]
fn a_404_whose_body_broke_off_is_not_the_end() {
    let body = INVALID_PAGE[0];
    let cut = format!("HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\n{body}");
    let server = Server::start(move |request| match page(request) {
        1 => users(1..=2),
        _ => Reply::raw(cut.clone()).then_close(),
    });
    let mut items = client(&server).list_users().items();
    let (ids, errors) = parted(items.by_ref());
    assert_eq!(ids, [1, 2]);
    let [error] = &errors[..] else {
        panic!("{errors:?}")
    };
    assert!(error.is_not_found() && error.is_retryable(), "{error}");
    assert!(!items.is_complete());
}

#[test]
fn an_error_of_the_second_response_is_an_error_of_the_list() {
    let server = Server::script([
        users(1..=2),
        Reply::json(200, "[]"),
        Reply::html(502, "<h1>Bad Gateway</h1>"),
    ]);
    let (ids, errors) = parted(client(&server).list_users().items());
    assert_eq!(ids, [1, 2]);
    let [error] = &errors[..] else {
        panic!("{errors:?}")
    };
    assert_eq!((error.status(), error.page()), (Some(502), Some(2)));
}

#[test]
fn cancelling_ends_the_wait_before_the_second_request() {
    let handle = CancelHandle::new();
    struct Cancelling(CancelHandle);
    impl Clock for Cancelling {
        fn sleep(&self, _: Duration) {
            self.0.cancel();
        }
    }
    let server = Server::script([users(1..=2), Reply::json(200, "[]")]);
    let builder = server.builder().clock(Cancelling(handle.clone()));
    let client = builder.build(MasterToken::new(TOKEN).unwrap()).unwrap();
    let (ids, errors) = parted(client.with_cancel(&handle).list_users().items());
    assert_eq!(ids, [1, 2]);
    let [error] = &errors[..] else {
        panic!("{errors:?}")
    };
    assert!(error.is_cancelled(), "{error}");
    assert_eq!(
        (error.operation(), error.page()),
        (Some("list_users"), Some(2))
    );
}

#[test]
fn a_list_that_begins_past_the_end_is_an_error_that_says_so() {
    for end in [PastTheEnd::EmptyPage, PastTheEnd::NotFound] {
        for ahead in [0, 2] {
            let sandbox = Sandbox::builder().users(3).activities(25).past_the_end(end);
            let sandbox = sandbox.start().unwrap();
            let client = Client::builder()
                .base_url(sandbox.base_url())
                .retry(RetryPolicy::none())
                .build(MasterToken::new(sandbox.master_token()).unwrap())
                .unwrap();
            let items = client.list_activities().page(99_999).items();
            let items: Vec<_> = items.prefetch(ahead).collect();
            let [Err(error)] = &items[..] else {
                panic!("{items:?}")
            };
            assert!(error.is_not_found() && !error.is_retryable(), "{error}");
            assert_eq!(error.page(), Some(99_999));
            assert_eq!(error.operation(), Some("list_activities"));
            let text = error.to_string();
            assert!(text.contains("the list ends before"), "{text}");
            let pages: Vec<_> = client.list_users().page(2).pages().collect();
            assert!(matches!(&pages[..], [Err(_)]), "{pages:?}");
        }
    }
}

#[test]
fn a_wrong_path_is_an_error_wherever_a_list_begins() {
    let sandbox = Sandbox::start().unwrap();
    let wrong = sandbox.base_url().replace("/iq", "/qi");
    let builder = Client::builder().base_url(wrong);
    let client = builder.build(MasterToken::new(sandbox.master_token()).unwrap());
    let client = client.unwrap();
    for page in [1, 2, 99] {
        let items: Vec<_> = client.list_users().page(page).items().collect();
        let [Err(error)] = &items[..] else {
            panic!("{items:?}")
        };
        assert!(error.is_not_found(), "{error}");
    }
}

/// Returns the ids before the only error, which says that there is nothing new.
fn ids_until_nothing_is_new(server: &Server, ahead: usize) -> Vec<i64> {
    let most = 10_000;
    let items = client(server).list_users().items().prefetch(ahead);
    let (ids, errors) = parted(items.take(most));
    let [error] = &errors[..] else {
        panic!("{} records, {errors:?}", ids.len())
    };
    assert!(error.to_string().contains("nothing new"), "{error}");
    assert!(!error.is_retryable(), "{error}");
    ids
}

#[test]
fn pages_that_come_in_turn_for_ever_are_given_once_and_end_as_an_error() {
    for cycle in [2, 3, 7] {
        for ahead in [0, 3] {
            let server = Server::start(move |request| {
                let first = (page(request) - 1) % cycle * 10;
                users(first..first + 10)
            });
            let ids = ids_until_nothing_is_new(&server, ahead);
            assert_eq!(ids, (0..cycle as i64 * 10).collect::<Vec<_>>());
            if ahead == 0 {
                assert_eq!(requested(&server).len() as u64, cycle + 5);
            }
        }
    }
}

#[test]
fn a_server_that_wraps_its_records_around_comes_to_an_end() {
    for count in [10, 25, 37, 101, 1_009] {
        let server = Server::start(move |request| {
            let first = (page(request) - 1) * 10;
            users((first..first + 10).map(|place| place % count))
        });
        let ids = ids_until_nothing_is_new(&server, 0);
        let mut times = vec![0; count as usize];
        for id in ids {
            times[id as usize] += 1;
        }
        assert!(
            times.iter().all(|times| (1..=2).contains(times)),
            "{times:?}"
        );
        let twice = 2 * count.div_ceil(10) + 1;
        assert!(requested(&server).len() as u64 <= twice.max(10), "{count}");
    }
}
