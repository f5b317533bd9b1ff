//! A list that was stopped continues, after `resume` or from a bookmark, and has each record once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fitrankings::list::{Bookmark, Incomplete, Items};
use fitrankings::requests::{ListActivities, ListUsers};
use fitrankings::sandbox::{Fault, Sandbox};
use fitrankings::{CancelHandle, Client, Clock, MasterToken, RetryPolicy};
use serde_json::Value;

use support::{Received, Reply, Server, TOKEN};

/// A clock whose waits take no time.
struct NoWait;

impl Clock for NoWait {
    fn sleep(&self, _: Duration) {}
}

fn client(sandbox: &Sandbox) -> Client<MasterToken> {
    Client::builder()
        .base_url(sandbox.base_url())
        .retry(RetryPolicy::none())
        .clock(NoWait)
        .build(MasterToken::new(sandbox.master_token()).unwrap())
        .unwrap()
}

fn small() -> Sandbox {
    let sandbox = Sandbox::builder().users(3).activities(25);
    sandbox.max_page_size(10).start().unwrap()
}

fn activities(sandbox: &Sandbox) -> Items<ListActivities<MasterToken>> {
    client(sandbox).list_activities().page_size(10).items()
}

fn users(server: &Server) -> ListUsers<MasterToken> {
    let builder = server.builder().clock(NoWait);
    let client = builder.build(MasterToken::new(TOKEN).unwrap()).unwrap();
    client.list_users()
}

fn of(server: &Server) -> Items<ListUsers<MasterToken>> {
    users(server).items()
}

/// Returns a bookmark after a round trip through JSON.
fn kept(bookmark: &Bookmark) -> Bookmark {
    let text = serde_json::to_string(bookmark).unwrap();
    let back = serde_json::from_str(&text).unwrap();
    assert_eq!(*bookmark, back);
    back
}

fn page(request: &Received) -> u64 {
    let query = request.query().unwrap_or_default();
    let page = query.split('&').find_map(|pair| pair.strip_prefix("page="));
    page.map_or(1, |page| page.parse().unwrap())
}

fn user(id: u64) -> String {
    format!(
        r#"{{"id":{id},"email":"","first_name":"","last_name":"",
            "date_joined":"2016-01-01T00:00:00Z","handle":null}}"#
    )
}

fn list(records: &[String]) -> Reply {
    Reply::json(200, format!("[{}]", records.join(",")))
}

#[test]
fn records_that_arrive_before_a_list_continues_do_not_repeat_others() {
    for through_a_file in [false, true] {
        for arrivals in [0, 1, 9, 10, 20] {
            let sandbox = small();
            let there = sandbox.activity_ids();
            let mut items = activities(&sandbox);
            let first = items.by_ref().take(10);
            let mut ids: Vec<i64> = first.map(|activity| activity.unwrap().id).collect();
            sandbox.fault(Fault::Status(503));
            let error = items.next().unwrap().unwrap_err();
            assert!(error.is_unavailable(), "{error}");
            assert!(items.next().is_none() && !items.is_complete());
            for _ in 0..arrivals {
                sandbox.add_activity(sandbox.user_ids()[0]).unwrap();
            }
            if through_a_file {
                let bookmark = kept(&items.bookmark());
                assert_eq!(Some(bookmark.page()), error.page());
                items = activities(&sandbox).start_at(&bookmark);
            } else {
                items.resume();
            }
            ids.extend(items.by_ref().map(|activity| activity.unwrap().id));
            assert!(items.has_ended());
            let rest_alone = through_a_file.then_some(Incomplete::Continued);
            assert_eq!(items.incomplete_reason(), rest_alone);
            // The list can have the records that arrived.
            ids.retain(|id| there.contains(id));
            assert_eq!(ids, there, "{through_a_file} {arrivals}");
        }
    }
}

#[test]
fn a_bookmark_can_be_taken_after_any_record() {
    for arrivals in [0, 1, 4, 8] {
        for stop in 0..=9 {
            let sandbox = Sandbox::builder().users(3).activities(9).max_page_size(4);
            let sandbox = sandbox.start().unwrap();
            let there = sandbox.activity_ids();
            let mut items = activities(&sandbox);
            let first = items.by_ref().take(stop);
            let mut ids: Vec<i64> = first.map(|activity| activity.unwrap().id).collect();
            let bookmark = kept(&items.bookmark());
            let new: Vec<i64> = (0..arrivals)
                .map(|_| sandbox.add_activity(sandbox.user_ids()[0]).unwrap())
                .collect();
            let mut items = activities(&sandbox).start_at(&bookmark);
            // Take another bookmark, possibly in the middle of the same page.
            ids.extend(items.by_ref().take(2).map(|activity| activity.unwrap().id));
            let bookmark = kept(&items.bookmark());
            let mut items = activities(&sandbox).start_at(&bookmark);
            ids.extend(items.by_ref().map(|activity| activity.unwrap().id));
            assert!(items.has_ended());
            ids.retain(|id| !new.contains(id));
            assert_eq!(ids, there, "{arrivals} arrived after {stop} records");
        }
    }
}

#[test]
fn pages_go_on_like_items() {
    let sandbox = small();
    let there = sandbox.activity_ids();
    let pages = || client(&sandbox).list_activities().page_size(10).pages();
    let ids = |page: fitrankings::list::Page<fitrankings::types::Activity>| {
        let records = page.records.into_iter();
        records.map(|activity| activity.id).collect::<Vec<_>>()
    };
    let mut list = pages();
    let mut got = ids(list.next().unwrap().unwrap());
    sandbox.fault(Fault::Status(500));
    assert!(list.next().unwrap().is_err());
    assert!(list.next().is_none() && !list.is_complete());
    sandbox.add_activity(sandbox.user_ids()[0]).unwrap();
    list.resume();
    let page = list.next().unwrap().unwrap();
    assert_eq!(page.number, 2);
    got.extend(ids(page));
    sandbox.add_activity(sandbox.user_ids()[0]).unwrap();
    let mut list = pages().start_at(&kept(&list.bookmark()));
    for page in list.by_ref() {
        got.extend(ids(page.unwrap()));
    }
    assert!(list.has_ended());
    assert_eq!(list.incomplete_reason(), Some(Incomplete::Continued));
    assert_eq!(got, there);

    // A bookmark of `Items` in the middle of a page.
    let mut items = activities(&sandbox);
    let first: Vec<i64> = items
        .by_ref()
        .take(3)
        .map(|item| item.unwrap().id)
        .collect();
    let mut list = pages().start_at(&items.bookmark());
    let page = list.next().unwrap().unwrap();
    assert_eq!((page.number, page.records.len()), (1, 7));
    assert!(ids(page).iter().all(|id| !first.contains(id)));
}

#[test]
fn a_loop_that_ignores_errors_ends() {
    let server = Server::always(Reply::new(503, &[], ""));
    assert_eq!(of(&server).flatten().count(), 0);
    assert_eq!(of(&server).filter_map(Result::ok).count(), 0);
    assert_eq!(of(&server).count(), 1);
    assert_eq!(server.received().len(), 3);
}

#[test]
fn a_list_is_complete_only_once_the_service_says_so() {
    let sandbox = small();
    let mut items = activities(&sandbox);
    assert!(!items.is_complete());
    assert_eq!(items.by_ref().take(25).count(), 25);
    assert!(!items.is_complete(), "the page after was not requested");
    assert!(items.next().is_none());
    assert!(items.is_complete());
    // `resume` does not change a complete list.
    items.resume();
    assert!(items.next().is_none() && items.is_complete());

    let handle = CancelHandle::new();
    let cancelled = client(&sandbox).with_cancel(&handle);
    let mut items = cancelled.list_activities().page_size(10).items();
    assert_eq!(items.by_ref().take(10).count(), 10);
    handle.cancel();
    assert!(items.next().unwrap().unwrap_err().is_cancelled());
    assert!(items.next().is_none() && !items.is_complete());
    // The bookmark can be used with a client that is not cancelled.
    let mut rest = activities(&sandbox).start_at(&items.bookmark());
    assert_eq!(rest.by_ref().count(), 15);
    assert!(rest.has_ended());

    let mut none = Sandbox::builder().activities(0).start().map(|sandbox| {
        let mut items = activities(&sandbox);
        assert!(items.next().is_none());
        items
    });
    assert!(none.as_mut().unwrap().is_complete());

    let server = Server::start(|request| list(&[user(page(request) % 100)]));
    let mut last = users(&server).page(u64::MAX).items();
    assert_eq!(last.by_ref().count(), 1);
    assert!(!last.is_complete(), "there is no number for another page");
}

#[test]
fn a_part_of_a_list_is_not_complete() {
    let sandbox = small();
    // An iterator from a bookmark has only the rest of the list.
    for stop in [0, 1, 10, 13, 25] {
        let mut items = activities(&sandbox);
        assert_eq!(items.by_ref().take(stop).count(), stop);
        let mut rest = activities(&sandbox).start_at(&kept(&items.bookmark()));
        assert_eq!(rest.incomplete_reason(), Some(Incomplete::NotEnded));
        assert_eq!(rest.by_ref().count(), 25 - stop);
        assert!(rest.has_ended());
        // A bookmark before the first record begins the list.
        let reason = (stop > 0).then_some(Incomplete::Continued);
        assert_eq!(rest.incomplete_reason(), reason, "after {stop}");
        assert_eq!(rest.is_complete(), stop == 0);
        // The iterator of `with_raw` includes the records that came before.
        let mut raw = items.with_raw();
        assert_eq!(raw.by_ref().count(), 25 - stop);
        assert!(raw.is_complete());
    }
    // Begun at a later page, and continued from its bookmark.
    let late = || client(&sandbox).list_activities().page_size(10).page(2);
    let mut items = late().items();
    assert_eq!(items.by_ref().count(), 15);
    assert_eq!(items.incomplete_reason(), Some(Incomplete::BeganLater));
    let mut pages = late().pages();
    pages.next().unwrap().unwrap();
    let mut rest = late().items().start_at(&kept(&pages.bookmark()));
    assert_eq!(rest.by_ref().count(), 5);
    assert!(rest.has_ended());
    assert_eq!(rest.incomplete_reason(), Some(Incomplete::BeganLater));
    // Begun at page 1.
    let mut items = late().page(1).items();
    assert_eq!(items.by_ref().count(), 25);
    assert!(items.is_complete());
}

#[test]
fn a_bookmark_knows_that_pages_have_grown() {
    let server = Server::start(|request| match page(request) {
        1 => list(&[user(1)]),
        2 => list(&[user(3), user(4)]),
        3 => list(&[user(5)]),
        _ => Reply::json(200, "[]"),
    });
    let mut items = of(&server);
    assert_eq!(items.by_ref().take(3).flatten().count(), 3);
    let mut rest = of(&server).start_at(&kept(&items.bookmark()));
    assert_eq!(rest.by_ref().flatten().count(), 1);
    for reason in [rest.incomplete_reason(), {
        assert_eq!(items.by_ref().count(), 1);
        items.incomplete_reason()
    }] {
        let reason = reason.unwrap();
        assert!(matches!(reason, Incomplete::PagesGrew { page: 2, .. }));
        assert!(reason.to_string().contains("page 2 is longer"), "{reason}");
    }
}

#[test]
fn a_bookmark_at_the_end_is_the_end_and_not_past_it() {
    let sandbox = small();
    let mut items = activities(&sandbox);
    assert_eq!(items.by_ref().take(25).count(), 25);
    for bookmark in [items.bookmark(), {
        assert!(items.next().is_none());
        items.bookmark()
    }] {
        let mut rest = activities(&sandbox).start_at(&kept(&bookmark));
        assert!(rest.next().is_none() && rest.has_ended());
    }
    // A bookmark without a page before it can be past the end.
    let late = client(&sandbox).list_activities().page_size(10).page(99);
    let bookmark = late.items().bookmark();
    assert_eq!(bookmark.page(), 99);
    let mut rest = activities(&sandbox).start_at(&kept(&bookmark));
    assert!(rest.next().unwrap().unwrap_err().is_not_found());
}

#[test]
fn a_bookmark_of_another_list_is_refused_and_nothing_is_sent() {
    let sandbox = small();
    let client = client(&sandbox);
    let mut items = activities(&sandbox);
    items.next().unwrap().unwrap();
    let bookmark = items.bookmark();
    let before = sandbox.requests().len();
    let other_size = client.list_activities().page_size(5).items();
    let default_size = client.list_activities().items();
    for mut items in [other_size, default_size] {
        items = items.start_at(&bookmark);
        for _ in 0..2 {
            let error = items.next().unwrap().unwrap_err();
            assert!(error.is_invalid_input(), "{error}");
            assert!(error.to_string().contains("of another list"), "{error}");
            assert!(items.next().is_none() && !items.is_complete());
            // `resume` does not ignore the bookmark.
            items.resume();
        }
        let mut raw = items.with_raw();
        assert!(raw.next().unwrap().unwrap_err().is_invalid_input());
    }
    let mut users = client
        .list_users()
        .page_size(10)
        .items()
        .start_at(&bookmark);
    assert!(users.next().unwrap().unwrap_err().is_invalid_input());
    let mut pages = client.list_users().pages().start_at(&bookmark);
    assert!(pages.next().unwrap().unwrap_err().is_invalid_input());
    assert_eq!(sandbox.requests().len(), before);

    // The page of the request makes no difference.
    let same = client.list_activities().page(7).page_size(10).items();
    assert_eq!(same.start_at(&bookmark).flatten().count(), 24);
}

#[test]
fn a_damaged_bookmark_is_refused() {
    let sandbox = small();
    let mut items = activities(&sandbox);
    assert_eq!(items.by_ref().take(13).flatten().count(), 13);
    let whole = serde_json::to_value(items.bookmark()).unwrap();
    for (field, damaged) in [
        ("given", serde_json::json!(["x"])),
        ("given", serde_json::json!(["\"a text\""])),
        ("given", serde_json::json!(["#xyz"])),
        ("before", serde_json::json!([["{}"], []])),
        ("pages", serde_json::json!("0123")),
        ("pages", serde_json::json!("ä123456789abcde")),
        ("seed", serde_json::json!("")),
    ] {
        let mut bookmark = whole.clone();
        bookmark[field] = damaged;
        let bookmark: Bookmark = serde_json::from_value(bookmark).unwrap();
        let error = activities(&sandbox)
            .start_at(&bookmark)
            .next()
            .unwrap()
            .unwrap_err();
        assert!(error.is_invalid_input(), "{field}: {error}");
        assert!(error.to_string().contains("damaged"), "{field}: {error}");
    }
}

#[test]
fn broken_records_come_once_across_a_bookmark() {
    // One with a key that can be read, one without, and two of the same key.
    let key = r#"{"id":2,"email":5}"#.to_owned();
    let none = r#"{"id":"odd"}"#.to_owned();
    let number = "7".to_owned();
    let first = [
        user(1),
        key,
        user(3),
        none,
        user(5),
        number,
        user(7),
        user(8),
    ];
    let arrived = Arc::new(AtomicUsize::new(0));
    let shift = Arc::clone(&arrived);
    let server = Server::start(move |request| {
        let new = (0..shift.load(Ordering::Relaxed)).map(|id| user(100 + id as u64));
        let all: Vec<String> = new.chain(first.iter().cloned()).collect();
        match all.chunks(4).nth(page(request) as usize - 1) {
            Some(page) => list(page),
            None => Reply::json(200, "[]"),
        }
    });
    let all: Vec<String> = of(&server).map(told).collect();
    assert_eq!(all.len(), 8);
    for arrivals in 0..=4 {
        for stop in 0..=8 {
            arrived.store(0, Ordering::Relaxed);
            let mut items = of(&server);
            let mut got: Vec<String> = items.by_ref().take(stop).map(told).collect();
            arrived.store(arrivals, Ordering::Relaxed);
            let rest = of(&server).start_at(&kept(&items.bookmark()));
            got.extend(
                rest.map(told)
                    .filter(|one| one.len() < 4 || one.contains('{')),
            );
            assert_eq!(got, all, "{arrivals} arrived after {stop}");
        }
    }
}

/// Returns a text for a record, or the JSON of a record that did not decode.
fn told(item: Result<fitrankings::types::User, fitrankings::Error>) -> String {
    match item {
        Ok(user) => format!("{} {}", user.id, user.first_name.unwrap_or_default()),
        Err(error) => error.raw_record().expect("nothing stops it").to_owned(),
    }
}

#[test]
fn a_key_that_stands_twice_on_a_page_loses_no_record_to_a_bookmark() {
    let named = |id: u64, name: &str| {
        user(id).replace(r#""first_name":"""#, &format!(r#""first_name":"{name}""#))
    };
    let (first, second) = (named(1, "first"), named(1, "second"));
    for page_of_twins in [
        vec![first.clone(), second.clone(), user(2)],
        vec![first.clone(), user(2), second.clone(), first.clone()],
        vec!["null".into(), user(2), "null".into()],
        vec![r#"{"id":1}"#.into(), r#"{"id":1,"email":5}"#.into()],
    ] {
        let count = page_of_twins.len();
        let server = Server::start(move |request| match page(request) {
            1 => list(&page_of_twins),
            2 => list(&[user(3)]),
            _ => Reply::json(200, "[]"),
        });
        let all: Vec<String> = of(&server).map(told).collect();
        assert_eq!(all.len(), count + 1);
        for stop in 0..=count {
            for further in 0..=count {
                let mut items = of(&server);
                let mut got: Vec<String> = items.by_ref().take(stop).map(told).collect();
                let mut items = of(&server).start_at(&kept(&items.bookmark()));
                got.extend(items.by_ref().take(further).map(told));
                let rest = of(&server).start_at(&kept(&items.bookmark()));
                got.extend(rest.map(told));
                assert_eq!(got, all, "after {stop} and {further}");
            }
            let mut items = of(&server);
            assert_eq!(items.by_ref().take(stop).count(), stop);
            assert_eq!(items.with_raw().count(), all.len() - stop);
        }
    }
}

/// Serves three records that do not decode, and one that does.
fn mostly_broken() -> Server {
    Server::start(|request| match page(request) {
        1 => list(&[
            r#"{"id":1,"email":5}"#.into(),
            r#"{"id":2,"email":5}"#.into(),
            user(3),
            r#"{"id":4,"email":5}"#.into(),
        ]),
        _ => Reply::json(200, "[]"),
    })
}

#[test]
fn a_cancelled_list_explains_no_more_broken_records_and_loses_none() {
    let server = mostly_broken();
    let handle = CancelHandle::new();
    let builder = server.builder().clock(NoWait);
    let client = builder.build(MasterToken::new(TOKEN).unwrap()).unwrap();
    let client = client.with_cancel(&handle);
    let mut items = client.list_users().items();
    let mut got = vec![told(items.next().unwrap())];
    handle.cancel();
    for _ in 0..2 {
        let error = items.next().unwrap().unwrap_err();
        assert!(error.is_cancelled(), "{error}");
        assert_eq!(
            (error.operation(), error.page()),
            (Some("list_users"), Some(1))
        );
        assert!(items.next().is_none() && !items.has_ended());
        items.resume();
    }
    let rest = of(&server).start_at(&kept(&items.bookmark()));
    got.extend(rest.map(told));
    assert_eq!(got, of(&server).map(told).collect::<Vec<_>>());
}

#[test]
fn a_list_out_of_time_says_so_and_goes_on_with_the_broken_records() {
    let server = mostly_broken();
    let mut items = of(&server);
    let mut got = vec![told(items.next().unwrap())];
    let timeout = Duration::from_millis(1);
    items = items.timeout(timeout);
    std::thread::sleep(timeout);
    let error = items.next().unwrap().unwrap_err();
    assert!(error.is_timeout() && error.is_retryable(), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("the list took longer than its `timeout()` of 1ms"),
        "{text}"
    );
    assert!(!text.contains("Client::builder"), "{text}");
    assert!(items.next().is_none());
    items = items.timeout(Duration::MAX);
    items.resume();
    got.extend(items.map(told));
    assert_eq!(got, of(&server).map(told).collect::<Vec<_>>());

    let mut pages = users(&server).pages().timeout(timeout);
    std::thread::sleep(timeout);
    assert!(pages.next().unwrap().unwrap_err().is_timeout());
    let mut pages = pages.timeout(Duration::MAX);
    pages.resume();
    let page = pages.next().unwrap().unwrap();
    assert_eq!((page.records.len(), page.errors.len()), (1, 3));
}

#[test]
fn a_broken_record_with_two_keys_hides_no_other() {
    let twice = r#"{"id":1,"id":2}"#.to_owned();
    let server = Server::start(move |request| match page(request) {
        1 => list(std::slice::from_ref(&twice)),
        2 => list(&[user(2)]),
        _ => Reply::json(200, "[]"),
    });
    assert_eq!(of(&server).filter_map(Result::ok).count(), 1);
}

#[test]
fn a_bookmark_knows_the_pages_that_came_before() {
    let server = Server::start(|request| {
        let first = (page(request) - 1) % 5 * 10;
        list(&(first..first + 10).map(user).collect::<Vec<_>>())
    });
    let mut bookmark = of(&server).bookmark();
    let mut ids = Vec::new();
    for _ in 0..3 {
        let mut items = of(&server).start_at(&kept(&bookmark));
        ids.extend(items.by_ref().take(20).flatten().map(|user| user.id));
        bookmark = items.bookmark();
    }
    assert_eq!(ids, (0..50).collect::<Vec<_>>());
}

#[test]
fn a_bookmark_knows_the_records_of_a_larger_page_before_smaller_ones() {
    let server = Server::start(|request| {
        let page = page(request);
        let size = if page == 1 { 50 } else { 10 };
        list(
            &((page - 1) * size..(page * size).min(80))
                .map(user)
                .collect::<Vec<_>>(),
        )
    });
    for step in [7, 10, 50] {
        let mut bookmark = of(&server).bookmark();
        let mut ids = Vec::new();
        loop {
            let mut items = of(&server).start_at(&kept(&bookmark));
            ids.extend(items.by_ref().take(step).map(|user| user.unwrap().id));
            if items.has_ended() {
                break;
            }
            bookmark = items.bookmark();
        }
        assert_eq!(ids, (0..80).collect::<Vec<_>>(), "{step}");
    }
}

#[test]
fn a_bookmark_stays_small_and_shows_no_keys() {
    let server = Server::start(|request| match page(request) {
        page @ 1..=1_000 => list(&[user(page * 1_000_003)]),
        _ => Reply::json(200, "[]"),
    });
    let mut items = of(&server);
    assert_eq!(items.by_ref().flatten().count(), 1_000);
    let bookmark = items.bookmark();
    let length = serde_json::to_string(&bookmark).unwrap().len();
    assert!(length < 16 * 1_000 + 500, "{length}");
    let shown = format!("{bookmark:?}");
    assert!(shown.contains("page: 1001") && shown.len() < 100, "{shown}");
}

#[test]
fn raw_records_have_what_the_type_drops() {
    let extra = user(1).replace(
        r#""handle":null"#,
        r#""handle":null, "new": [ ], "a\u00e9":1e2"#,
    );
    let (first, second) = (extra.clone(), user(2));
    let server = Server::start(move |request| match page(request) {
        1 => list(&[first.clone(), r#"{"id":"odd"}"#.to_owned()]),
        2 => list(std::slice::from_ref(&second)),
        _ => Reply::json(200, "[]"),
    });
    for ahead in [0, 2] {
        let mut items = of(&server).prefetch(ahead).with_raw();
        let record = items.next().unwrap().unwrap();
        assert_eq!((record.value.id, &record.json), (1, &extra));
        // `Debug` does not show the JSON, which can hold secrets.
        assert!(!format!("{record:?}").contains("new"), "{record:?}");
        let error = items.next().unwrap().unwrap_err();
        assert_eq!(error.raw_record(), Some(r#"{"id":"odd"}"#));
        assert_eq!(error.json_path(), Some("[1].id"));
        let plain = of(&server).nth(1).unwrap().unwrap_err();
        assert_eq!(error.to_string(), plain.to_string());
        let record = items.next().unwrap().unwrap();
        assert_eq!((record.value.id, record.json), (2, user(2)));
        assert!(items.next().is_none() && items.is_complete());
    }
    let pages = client_pages(&server);
    assert_eq!(pages[0].records[0].json, extra);
    assert_eq!((pages[0].errors.len(), pages.len()), (1, 2));
}

fn client_pages(
    server: &Server,
) -> Vec<fitrankings::list::Page<fitrankings::list::RawRecord<fitrankings::types::User>>> {
    let builder = server.builder().clock(NoWait);
    let client = builder.build(MasterToken::new(TOKEN).unwrap()).unwrap();
    let pages = client.list_users().pages().with_raw();
    pages.map(Result::unwrap).collect()
}

#[test]
fn with_raw_continues_a_list_and_its_bookmarks_fit_both() {
    let sandbox = small();
    let mut items = activities(&sandbox);
    let mut ids: Vec<i64> = items
        .by_ref()
        .take(4)
        .map(|item| item.unwrap().id)
        .collect();
    sandbox.add_activity(sandbox.user_ids()[0]).unwrap();
    // The page is fetched again, and has the record that arrived, which is left out here.
    let there: Vec<i64> = sandbox.activity_ids()[1..].to_vec();
    let mut raw = items.with_raw();
    let some = raw.by_ref().take(9).map(|record| {
        let record = record.unwrap();
        let json: Value = serde_json::from_str(&record.json).unwrap();
        assert_eq!(json["id"], record.value.id);
        record.value.id
    });
    ids.extend(some);
    let plain = activities(&sandbox).start_at(&kept(&raw.bookmark()));
    ids.extend(plain.map(|activity| activity.unwrap().id));
    ids.retain(|id| there.contains(id));
    assert_eq!(ids, there);
    assert_eq!(raw.count(), 13);

    sandbox.fault(Fault::Status(503));
    let mut items = activities(&sandbox);
    assert!(items.next().unwrap().is_err());
    let mut raw = items.with_raw();
    assert!(raw.next().is_none(), "a stopped list stays stopped");
    raw.resume();
    assert_eq!(raw.flatten().count(), 26);
}
