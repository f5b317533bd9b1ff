//! Lists lose no record, even if the service changes or fails while they are read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use fitrankings::list::{Bookmark, Incomplete, Items};
use fitrankings::requests::ListActivities;
use fitrankings::sandbox::{Fault, PastTheEnd, Sandbox, SandboxBuilder};
use fitrankings::{Client, Clock, Error, MasterToken, RetryPolicy};
use proptest::prelude::*;
use support::{Reply, Server};

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

fn small() -> SandboxBuilder {
    Sandbox::builder().users(3).activities(25).max_page_size(10)
}

/// A sandbox of this many activities. Pages past the end are empty, or 404.
fn activities(count: usize, max_page_size: usize, empty_page: bool) -> Sandbox {
    let end = if empty_page {
        PastTheEnd::EmptyPage
    } else {
        PastTheEnd::NotFound
    };
    Sandbox::builder()
        .users(2)
        .activities(count)
        .max_page_size(max_page_size)
        .past_the_end(end)
        .start()
        .unwrap()
}

fn pages_fetched(sandbox: &Sandbox) -> usize {
    let requests = sandbox.requests();
    requests
        .iter()
        .filter(|request| request.path.ends_with("/activities/"))
        .count()
}

/// Locked by every test that prefetches, so that another test can count the threads of its list.
static THREADS: Mutex<()> = Mutex::new(());

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// With any page size, cap and end, and arrivals at any time: a list has the records that
    /// existed at its beginning, each once and in order.
    #[test]
    fn a_list_has_each_record_once_in_order(
        count in 0_usize..60,
        page_size in 1_u64..20,
        cap in 1_usize..15,
        empty_page in any::<bool>(),
        ahead in prop_oneof![Just(0_usize), Just(3)],
        arrivals in prop::collection::vec((0_usize..60, 1_usize..3), 0..4),
    ) {
        let _alone = THREADS.lock().unwrap_or_else(PoisonError::into_inner);
        let sandbox = activities(count, cap, empty_page);
        let there = sandbox.activity_ids();
        let user = sandbox.user_ids()[0];
        let mut items = client(&sandbox).list_activities().page_size(page_size).items();
        if arrivals.is_empty() {
            // Pages that are fetched before an arrival do not know of it.
            items = items.prefetch(ahead);
        }
        let mut got = Vec::new();
        for (index, activity) in items.enumerate() {
            got.push(activity.unwrap().id);
            for (at, new) in &arrivals {
                if *at == index {
                    for _ in 0..(*new).min(cap.min(page_size as usize)) {
                        sandbox.add_activity(user).unwrap();
                    }
                }
            }
        }
        let distinct: BTreeSet<i64> = got.iter().copied().collect();
        prop_assert_eq!(distinct.len(), got.len(), "a record came twice");
        let known: BTreeSet<i64> = there.iter().copied().collect();
        got.retain(|id| known.contains(id));
        prop_assert_eq!(got, there);
    }

    /// The same with interruptions: errors after which the list is resumed or continued from a
    /// bookmark, and bookmarks in the middle of a page. At most two pages of records arrive.
    #[test]
    fn an_interrupted_list_has_each_record_once_in_order(
        count in 0_usize..60,
        page_size in 1_u64..20,
        cap in 1_usize..15,
        empty_page in any::<bool>(),
        ahead in prop_oneof![Just(0_usize), Just(2)],
        arrivals in prop::collection::vec(0_usize..60, 0..8),
        interruptions in prop::collection::vec((0_usize..60, interruption()), 1..8),
    ) {
        let _alone = THREADS.lock().unwrap_or_else(PoisonError::into_inner);
        let sandbox = activities(count, cap, empty_page);
        let most = 2 * cap.min(page_size as usize);
        let ahead = if arrivals.is_empty() { ahead } else { 0 };
        let arrivals = arrivals.into_iter().take(most).collect();
        let there = sandbox.activity_ids();
        let mut reading = Reading::new(&sandbox, page_size, ahead, arrivals);
        reading.read(interruptions)?;
        reading.check_end()?;
        let mut got = reading.got;
        let distinct: BTreeSet<i64> = got.iter().copied().collect();
        prop_assert_eq!(distinct.len(), got.len(), "a record came twice");
        got.retain(|id| there.contains(id));
        prop_assert_eq!(got, there);
    }
}

/// A list that is read while records arrive, and with interruptions.
struct Reading<'s> {
    sandbox: &'s Sandbox,
    page_size: u64,
    ahead: usize,
    /// After how many records of the list each new one arrives.
    arrivals: Vec<usize>,
    items: Items<ListActivities<MasterToken>>,
    got: Vec<i64>,
    was_continued: bool,
}

impl<'s> Reading<'s> {
    fn new(sandbox: &'s Sandbox, page_size: u64, ahead: usize, arrivals: Vec<usize>) -> Self {
        Self {
            sandbox,
            page_size,
            ahead,
            arrivals,
            items: begin(sandbox, page_size).prefetch(ahead),
            got: Vec::new(),
            was_continued: false,
        }
    }

    /// Reads to the end. Each interruption comes after as many records as it says.
    fn read(&mut self, mut interruptions: Vec<(usize, Interruption)>) -> Result<(), TestCaseError> {
        loop {
            let (now, later) = interruptions
                .into_iter()
                .partition(|(at, _)| *at <= self.got.len());
            interruptions = later;
            self.interrupt(now);
            match self.items.next() {
                Some(Ok(activity)) => {
                    self.got.push(activity.id);
                    self.arrive();
                }
                Some(Err(error)) => self.recover(&error)?,
                None => return Ok(()),
            }
        }
    }

    fn interrupt(&mut self, interruptions: Vec<(usize, Interruption)>) {
        for (_, interruption) in interruptions {
            match interruption {
                Interruption::Error => self.sandbox.fault(Fault::Status(503)),
                Interruption::Bookmark => {
                    let bookmark = through_a_file(&self.items.bookmark());
                    self.arrive();
                    self.continue_from(&bookmark);
                }
            }
        }
    }

    /// Goes on after an error: in the same list, or in another one from a bookmark.
    fn recover(&mut self, error: &Error) -> Result<(), TestCaseError> {
        prop_assert!(error.is_unavailable(), "{}", error);
        prop_assert!(self.items.next().is_none() && !self.items.has_ended());
        self.arrive();
        if error.page().unwrap().is_multiple_of(2) {
            self.items.resume();
        } else {
            let bookmark = through_a_file(&self.items.bookmark());
            self.continue_from(&bookmark);
        }
        Ok(())
    }

    fn continue_from(&mut self, bookmark: &Bookmark) {
        let items = begin(self.sandbox, self.page_size).prefetch(self.ahead);
        self.items = items.start_at(bookmark);
        self.was_continued = true;
    }

    /// Adds the records that arrive at this point.
    fn arrive(&mut self) {
        let before = self.arrivals.len();
        let at = self.got.len();
        self.arrivals.retain(|place| *place != at);
        for _ in self.arrivals.len()..before {
            let user = self.sandbox.user_ids()[0];
            self.sandbox.add_activity(user).unwrap();
        }
    }

    fn check_end(&self) -> Result<(), TestCaseError> {
        prop_assert!(self.items.has_ended());
        let reason = self.items.incomplete_reason();
        prop_assert!(
            matches!(reason, None | Some(Incomplete::Continued)),
            "{:?}",
            reason
        );
        prop_assert!(self.was_continued || self.items.is_complete());
        Ok(())
    }
}

fn begin(sandbox: &Sandbox, page_size: u64) -> Items<ListActivities<MasterToken>> {
    client(sandbox)
        .list_activities()
        .page_size(page_size)
        .items()
}

#[derive(Clone, Copy, Debug)]
enum Interruption {
    /// The response to the next request is 503.
    Error,
    /// The iterator is dropped, and another one continues from its bookmark.
    Bookmark,
}

fn interruption() -> impl Strategy<Value = Interruption> {
    prop_oneof![Just(Interruption::Error), Just(Interruption::Bookmark)]
}

fn through_a_file(bookmark: &Bookmark) -> Bookmark {
    serde_json::from_str(&serde_json::to_string(bookmark).unwrap()).unwrap()
}

#[test]
fn a_short_page_is_not_the_end() {
    let sandbox = small().start().unwrap();
    // The service returns 10 of the 100 requested records, and does not say so.
    let items = client(&sandbox).list_activities().page_size(100).items();
    let ids: Vec<i64> = items.map(|activity| activity.unwrap().id).collect();
    assert_eq!(ids, sandbox.activity_ids());
}

#[test]
fn an_empty_list_has_no_items_and_no_error() {
    for end in [PastTheEnd::EmptyPage, PastTheEnd::NotFound] {
        let sandbox = small().activities(0).past_the_end(end).start().unwrap();
        assert_eq!(client(&sandbox).list_activities().items().count(), 0);
        assert_eq!(client(&sandbox).list_activities().pages().count(), 0);
    }
}

#[test]
fn a_404_on_the_first_page_is_an_error() {
    let sandbox = small().start().unwrap();
    sandbox.fault(Fault::Status(404));
    let mut items = client(&sandbox).list_activities().items();
    assert!(items.next().unwrap().unwrap_err().is_not_found());
    assert!(items.next().is_none());
}

#[test]
fn nothing_is_fetched_before_the_first_item() {
    let sandbox = small().start().unwrap();
    let mut items = client(&sandbox).list_activities().page_size(10).items();
    assert_eq!(pages_fetched(&sandbox), 0);
    items.next().unwrap().unwrap();
    assert_eq!(pages_fetched(&sandbox), 1);
}

#[test]
fn taking_some_records_fetches_no_page_more() {
    let sandbox = small().start().unwrap();
    let items = client(&sandbox).list_activities().page_size(10).items();
    assert_eq!(items.take(20).count(), 20);
    assert_eq!(pages_fetched(&sandbox), 2);
    let pages = client(&sandbox).list_activities().page_size(10).pages();
    let records = pages.take(1).map(|page| page.unwrap().records.len());
    assert_eq!(records.sum::<usize>(), 10);
    assert_eq!(pages_fetched(&sandbox), 3);
}

#[test]
fn an_error_names_the_page_to_resume_from() {
    let sandbox = small().start().unwrap();
    let client = client(&sandbox);
    let mut items = client.list_activities().page_size(10).items();
    let first = items.by_ref().take(10);
    let mut ids: Vec<i64> = first.map(|activity| activity.unwrap().id).collect();
    sandbox.fault(Fault::Status(503));
    let error = items.next().unwrap().unwrap_err();
    assert!(error.is_unavailable());
    assert!(items.next().is_none(), "the list is over after an error");
    let page = error.page().unwrap();
    assert_eq!(page, 2);
    assert!(error.to_string().contains("page 2"), "{error}");

    let rest = client.list_activities().page_size(10).page(page).items();
    ids.extend(rest.map(|activity| activity.unwrap().id));
    assert_eq!(ids, sandbox.activity_ids());
}

#[test]
fn a_record_that_does_not_decode_is_one_error_among_the_others() {
    for ahead in [0, 1] {
        let _alone = THREADS.lock().unwrap_or_else(PoisonError::into_inner);
        let sandbox = small().start().unwrap();
        sandbox.fault(Fault::OddRecord);
        let items = client(&sandbox)
            .list_activities()
            .page_size(10)
            .items()
            .prefetch(ahead);
        let (good, bad): (Vec<_>, Vec<_>) = items.partition(|item| item.is_ok());
        assert_eq!(good.len(), 24);
        let [Err(error)] = bad.as_slice() else {
            panic!("{bad:?}")
        };
        check_odd_record(error);
    }
    let sandbox = small().start().unwrap();
    sandbox.fault(Fault::OddRecord);
    let mut pages = client(&sandbox).list_activities().page_size(10).pages();
    let page = pages.next().unwrap().unwrap();
    assert_eq!((page.number, page.records.len()), (1, 9));
    check_odd_record(&page.errors[0]);
}

fn check_odd_record(error: &Error) {
    assert!(error.is_decode());
    assert_eq!(error.operation(), Some("list_activities"));
    assert_eq!((error.page(), error.record_index()), (Some(1), Some(5)));
    assert_eq!(error.json_path(), Some("[5].id"));
    assert_eq!(error.status(), Some(200));
    let raw: serde_json::Value = serde_json::from_str(error.raw_record().unwrap()).unwrap();
    assert!(raw["id"].is_string() && raw["steps"].is_number());
}

#[test]
fn the_list_begins_at_the_page_that_the_request_asks_for() {
    let sandbox = small().start().unwrap();
    let request = client(&sandbox).list_activities().page_size(10);
    let second = request.clone().page(2).items();
    let ids: Vec<i64> = second.map(|activity| activity.unwrap().id).collect();
    assert_eq!(ids, sandbox.activity_ids()[10..]);
    let third = request.page(3).items();
    let ids: Vec<i64> = third.map(|activity| activity.unwrap().id).collect();
    assert_eq!(ids, sandbox.activity_ids()[20..]);
}

#[test]
fn users_are_paged_like_activities() {
    let sandbox = Sandbox::builder().users(7).start().unwrap();
    let users = client(&sandbox).list_users().page_size(3).items();
    let ids: Vec<i64> = users.map(|user| user.unwrap().id).collect();
    assert_eq!(ids, sandbox.user_ids());
}

#[test]
fn a_list_ends_with_its_own_timeout() {
    let sandbox = small().latency(Duration::from_millis(40)).start().unwrap();
    let items = client(&sandbox).list_activities().page_size(1).items();
    let last = items.timeout(Duration::from_millis(150)).last().unwrap();
    assert!(last.unwrap_err().is_timeout());
}

#[test]
#[cfg(target_os = "linux")]
fn taking_some_records_stops_what_is_fetched_ahead() {
    let _alone = THREADS.lock().unwrap_or_else(PoisonError::into_inner);
    let sandbox = small().start().unwrap();
    let list = || client(&sandbox).list_activities().page_size(1).items();
    assert_eq!(list().prefetch(4).take(3).count(), 3);
    assert!(until(|| threads() == 0), "{} threads are left", threads());
    assert!(
        pages_fetched(&sandbox) <= 3 + 4,
        "{}",
        pages_fetched(&sandbox)
    );
    assert!(!sandbox.requests().is_empty());
}

#[test]
fn a_page_of_far_too_many_records_is_an_error_before_it_takes_the_memory() {
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    // Compressed, this is small. In memory, it would take a hundred megabytes.
    let mut body = GzEncoder::new(Vec::new(), Compression::fast());
    write!(body, "[{}{{\"id\":1}}]", "{\"id\":1},".repeat(200_000)).unwrap();
    let gzip = [("Content-Encoding", "gzip")];
    let server = Server::always(Reply::new(200, &gzip, body.finish().unwrap()));
    let client = server.client();
    let call = client.list_users().call().unwrap_err();
    let item = client.list_users().items().next().unwrap().unwrap_err();
    let raw = client
        .list_users()
        .items()
        .with_raw()
        .next()
        .unwrap()
        .unwrap_err();
    for error in [call, item, raw] {
        assert!(error.is_too_large() && !error.is_retryable(), "{error}");
        assert_eq!(
            (error.status(), error.operation()),
            (Some(200), Some("list_users"))
        );
        assert!(
            error.to_string().contains("the page has more than"),
            "{error}"
        );
    }
}

#[test]
fn a_page_of_ten_thousand_small_records_is_not_too_large() {
    for broken in ["", r#"{"id":1,"email":5},"#] {
        let body = format!("[{broken}{}{{\"id\":2}}]", "{\"id\":1},".repeat(9_999));
        let server = Server::start(move |request| match request.query() {
            None | Some("page=1") => Reply::json(200, &body),
            _ => Reply::json(200, "[]"),
        });
        let items = server.client().list_users().items();
        assert_eq!(items.filter_map(Result::ok).count(), 10_000);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_list_that_is_dropped_early_leaves_no_thread_behind() {
    let _alone = THREADS.lock().unwrap_or_else(PoisonError::into_inner);
    let sandbox = small().latency(Duration::from_millis(300)).start().unwrap();
    let mut items = client(&sandbox)
        .list_activities()
        .page_size(1)
        .items()
        .prefetch(8);
    items.next().unwrap().unwrap();
    // A thread sets its name when it starts.
    assert!(
        until(|| threads() > 0),
        "the threads have another name than this test expects"
    );
    drop(items);
    assert!(until(|| threads() == 0), "{} threads are left", threads());
}

/// Waits up to five seconds for a condition.
#[cfg(target_os = "linux")]
fn until(holds: impl Fn() -> bool) -> bool {
    for _ in 0..500 {
        if holds() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}

/// Counts the threads of this process that fetch pages. The system truncates their names.
#[cfg(target_os = "linux")]
fn threads() -> usize {
    let name = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("comm"));
    let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let names = tasks.filter_map(|task| name(task).ok());
    names
        .filter(|name| name.starts_with("fitrankings-pag"))
        .count()
}
