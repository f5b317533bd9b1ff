//! Ten thousand calls on a bad day, over one client: nothing is lost, nothing comes twice, and
//! nothing is left behind.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use fitrankings::sandbox::{Fault, RecordedRequest, Sandbox};
use fitrankings::types::{Activity, GroupStatSummary, User, UserStatSummary};
use fitrankings::{
    AnyToken, CancelHandle, Client, Clock, Error, MasterToken, RetryPolicy, UserToken,
};

const THREADS: usize = 8;
const CALLS: usize = 10_000;
/// The calls at the end of each thread that bring no fault, to use up those that are left.
const TAIL: usize = 25;

/// How many records a page has, by which the sandbox's record of a request tells whose it was: no
/// other list has this size.
const PREFETCHED: u64 = 9;
const SIZES: [u64; 3] = [7, 10, 20];

/// The wait of a list before it asks once more for a page whose response contradicts those before it.
/// No other wait is as long to the nanosecond.
const SECOND_LOOK: Duration = Duration::from_millis(200);

thread_local! {
    static SECOND_LOOKS: Cell<usize> = const { Cell::new(0) };
    /// Whether this thread reads a list with prefetch, and so sends for pages of it as well.
    static PREFETCHES: Cell<bool> = const { Cell::new(false) };
}

/// Waits take no time.
struct Hasty;

impl Clock for Hasty {
    fn sleep(&self, duration: Duration) {
        if duration == SECOND_LOOK {
            SECOND_LOOKS.set(SECOND_LOOKS.get() + 1);
        }
    }
}

/// SplitMix64: the same mix on every run, though threads share it out differently.
struct Rng(u64);

impl Rng {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((word ^ (word >> 31)) % end as u64) as usize
    }

    fn pick<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }
}

/// What a fault looks like to whoever meets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cause {
    Status(u16),
    Html,
    Empty,
    Garbage,
    OddRecord,
    InvalidUtf8,
    Truncated,
    Close,
    Stall,
}

const CAUSES: [Cause; 12] = [
    Cause::Status(429),
    Cause::Status(500),
    Cause::Status(503),
    Cause::Status(301),
    Cause::Html,
    Cause::Empty,
    Cause::Garbage,
    Cause::OddRecord,
    Cause::InvalidUtf8,
    Cause::Truncated,
    Cause::Close,
    Cause::Stall,
];

const ELSEWHERE: &str = "/iq/elsewhere/";

impl Cause {
    fn fault(self) -> Fault {
        match self {
            Cause::Status(301) => Fault::Redirect(ELSEWHERE.into()),
            Cause::Status(429) => Fault::RetryAfter(1),
            Cause::Status(status) => Fault::Status(status),
            Cause::Html => Fault::Html,
            Cause::Empty => Fault::Empty,
            Cause::Garbage => Fault::Garbage,
            Cause::OddRecord => Fault::OddRecord,
            Cause::InvalidUtf8 => Fault::InvalidUtf8,
            Cause::Truncated => Fault::Truncated,
            Cause::Close => Fault::Close,
            Cause::Stall => Fault::Stall(Duration::from_millis(2)),
        }
    }

    /// The fault that explains an error; none explains that a thing was not found, a timeout, or
    /// that no connection came about. A 404 at the end of a list can be cut off, though.
    fn of(error: &Error) -> Option<Cause> {
        let body = error.body().unwrap_or_default();
        match error.status() {
            Some(301) if error.is_redirect() => {
                (error.location() == Some(ELSEWHERE)).then_some(Cause::Status(301))
            }
            Some(status @ (429 | 500 | 503)) if error.is_retryable() => Some(Cause::Status(status)),
            Some(200) if error.is_decode() => match error.json_path() {
                Some(path) if path.ends_with("].id") => Some(Cause::OddRecord),
                _ if body.is_empty() => Some(Cause::Empty),
                _ if body.starts_with('<') => Some(Cause::Html),
                _ if body.contains("unexpected") => Some(Cause::Garbage),
                _ if body.contains('\u{fffd}') => Some(Cause::InvalidUtf8),
                _ => None,
            },
            // A 404 is the end of a list.
            Some(200 | 404) if error.is_retryable() && !error.is_timeout() => {
                Some(Cause::Truncated)
            }
            None if error.is_retryable() && !error.is_timeout() && !error.is_connect() => {
                Some(Cause::Close)
            }
            _ => None,
        }
    }
}

/// How often each of something was seen.
#[derive(Debug, Default)]
struct Counts(BTreeMap<Cause, usize>);

impl Counts {
    fn add(&mut self, cause: Cause) {
        self.add_times(cause, 1);
    }

    fn add_times(&mut self, cause: Cause, times: usize) {
        *self.0.entry(cause).or_default() += times;
    }

    fn extend(&mut self, other: Counts) {
        for (cause, count) in other.0 {
            self.add_times(cause, count);
        }
    }

    fn of(&self, cause: Cause) -> usize {
        self.0.get(&cause).copied().unwrap_or_default()
    }

    fn total(&self) -> usize {
        self.0.values().sum()
    }
}

/// What one token sees, as it is where nothing goes wrong.
struct View {
    client: Client<AnyToken>,
    activities: Vec<Activity>,
    users: Vec<User>,
    summary: UserStatSummary,
}

/// What is there, and who looks at it.
struct World<'s> {
    sandbox: &'s Sandbox,
    views: Vec<View>,
    master: Client<MasterToken>,
    group: GroupStatSummary,
}

/// What became of the calls of one thread.
#[derive(Default)]
struct Tally {
    right: usize,
    wrong: usize,
    /// Of calls that ended with an error, and of records within a list.
    errors: Counts,
    /// Errors of calls and lists that end at a request which is not one of [`PREFETCHED`].
    plain_errors: Counts,
    injected: Counts,
    /// Requests that the calls make where nothing is sent again, without those of [`PREFETCHED`].
    plain_requests: usize,
    /// Records that came, and records whose place is taken by an error.
    records: usize,
    odd_records: usize,
}

/// Attempts that were followed by another.
#[derive(Default)]
struct Retries {
    plain: Counts,
    prefetched: Counts,
    unexplained: Vec<String>,
}

#[test]
fn ten_thousand_calls_with_faults_lose_nothing_and_leave_nothing_behind() {
    let sandbox = Sandbox::builder().users(3).activities(60).start().unwrap();
    let sockets_before = sockets();
    let retries = Arc::new(Mutex::new(Retries::default()));
    let client = client(&sandbox, &retries);
    let world = World::new(&sandbox, client);
    let requests_before = sandbox.requests().len();

    let tallies: Vec<Tally> = thread::scope(|scope| {
        let world = &world;
        let soak = |seed| move || soak(world, seed);
        let threads: Vec<_> = (0..THREADS).map(|seed| scope.spawn(soak(seed))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });

    let mut sum = Tally::default();
    for tally in tallies {
        sum.add(tally);
    }
    let requests = sandbox.requests().split_off(requests_before);
    let retries = std::mem::take(&mut *retries.lock().unwrap());
    assert_eq!(retries.unexplained, [] as [String; 0]);
    account(&sum, &retries, &requests);

    settle("threads", 0, threads);
    let open = sockets();
    assert!(open > sockets_before, "no connection is left to be closed");
    drop(world);
    // The sandbox still listens, and closes its ends of the connections.
    settle("sockets", sockets_before, sockets);
}

fn client(sandbox: &Sandbox, retries: &Arc<Mutex<Retries>>) -> Client<MasterToken> {
    let retries = Arc::clone(retries);
    // Fewer than by default, so that some faults outlast them.
    let policy = RetryPolicy::default().max_attempts(3);
    let policy = policy.on_retry(move |retry| {
        let mut retries = retries.lock().unwrap();
        let ahead = thread::current().name() == Some("fitrankings-page");
        let counts = if ahead || PREFETCHES.get() {
            &mut retries.prefetched
        } else {
            &mut retries.plain
        };
        match Cause::of(retry.error) {
            Some(cause) => counts.add(cause),
            None => retries.unexplained.push(retry.error.to_string()),
        }
    });
    Client::builder()
        .base_url(sandbox.base_url())
        .retry(policy)
        .clock(Hasty)
        .build(MasterToken::new(sandbox.master_token()).unwrap())
        .unwrap()
}

impl<'s> World<'s> {
    fn new(sandbox: &'s Sandbox, master: Client<MasterToken>) -> Self {
        let token = AnyToken::from(MasterToken::new(sandbox.master_token()).unwrap());
        let mut views = vec![View::new(
            master.with_token(token),
            &sandbox.activity_ids(),
            &sandbox.user_ids(),
            sandbox.user_ids()[0],
        )];
        for id in sandbox.user_ids() {
            let token = UserToken::new(sandbox.user_token(id).unwrap()).unwrap();
            let client = master.with_token(AnyToken::from(token));
            views.push(View::new(client, &sandbox.activity_ids_of(id), &[id], id));
        }
        let group = master.get_group_stat_summary().call().unwrap();
        assert_eq!(group.user_count, Some(3));
        Self {
            sandbox,
            views,
            master,
            group,
        }
    }
}

impl View {
    fn new(client: Client<AnyToken>, activities: &[i64], users: &[i64], user: i64) -> Self {
        let ids = |seen: &[Activity]| seen.iter().map(|one| one.id).collect::<Vec<_>>();
        let all = client.list_activities().page_size(100).call().unwrap();
        assert_eq!(ids(&all), activities);
        assert!(!all.is_empty());
        let people = client.list_users().call().unwrap();
        assert!(people.iter().map(|user| user.id).eq(users.iter().copied()));
        let summary = client.get_user_stat_summary().call().unwrap();
        assert_eq!(summary.user_id, user);
        Self {
            client,
            activities: all,
            users: people,
            summary,
        }
    }
}

/// One thread's share of the calls.
fn soak(world: &World<'_>, seed: usize) -> Tally {
    let mut rng = Rng(seed as u64);
    let mut tally = Tally::default();
    let calls = CALLS / THREADS;
    for call in 0..calls {
        if call + TAIL < calls && rng.below(10) == 0 {
            let cause = *rng.pick(&CAUSES);
            // Some of them last longer than the client's patience.
            let times = if rng.below(4) == 0 { 3 } else { 1 };
            tally.injected.add_times(cause, times);
            world.sandbox.fault(cause.fault().times(times));
        }
        one_call(world, &mut rng, &mut tally);
    }
    tally
}

fn one_call(world: &World<'_>, rng: &mut Rng, tally: &mut Tally) {
    let view = rng.pick(&world.views);
    let mut client = view.client.clone();
    if rng.below(10) == 0 {
        // Such a call runs on a thread of its own.
        client = client.with_cancel(&CancelHandle::new());
    }
    match rng.below(20) {
        0..8 => {
            let expected = rng.pick(&view.activities);
            tally.plain_call(client.get_activity(expected.id).call(), expected);
        }
        8..12 => {
            let size = *rng.pick(&SIZES);
            let pages: Vec<_> = view.activities.chunks(size as usize).collect();
            let page = rng.below(pages.len());
            let request = client.list_activities().page_size(size);
            tally.plain_call(request.page(page as u64 + 1).call(), &pages[page].to_vec());
        }
        12..14 => tally.plain_call(client.list_users().call(), &view.users),
        14 => tally.plain_call(client.get_user_stat_summary().call(), &view.summary),
        15 => tally.plain_call(world.master.get_group_stat_summary().call(), &world.group),
        16..18 => {
            let size = *rng.pick(&SIZES);
            // Where somebody may cancel, waits are taken in steps, and second looks not counted.
            let items = view.client.list_activities().page_size(size).items();
            tally.list(items, &view.activities, size, usize::MAX);
        }
        18 => {
            let items = client.list_activities().page_size(PREFETCHED).items();
            let items = items.prefetch(1 + rng.below(4));
            tally.list(items, &view.activities, PREFETCHED, usize::MAX);
        }
        _ => {
            // Let go with pages on their way.
            let items = client.list_activities().page_size(PREFETCHED).items();
            let some = 1 + rng.below(view.activities.len());
            tally.list(items.prefetch(4), &view.activities, PREFETCHED, some);
        }
    }
}

impl Tally {
    /// A call that takes one request where nothing goes wrong.
    fn plain_call<T: PartialEq>(&mut self, outcome: Result<T, Error>, expected: &T) {
        self.plain_requests += 1;
        match outcome {
            Ok(value) => {
                assert!(value == *expected, "a response is not the one to its call");
                self.right += 1;
            }
            Err(error) => {
                self.wrong += 1;
                self.error(&error, true);
            }
        }
    }

    /// A list, of which `some` items are asked for.
    fn list(
        &mut self,
        items: impl Iterator<Item = Result<Activity, Error>>,
        expected: &[Activity],
        size: u64,
        some: usize,
    ) {
        let plain = size != PREFETCHED;
        let size = size as usize;
        SECOND_LOOKS.set(0);
        PREFETCHES.set(!plain);
        let (given, end) = self.items(items.take(some), expected, size);
        PREFETCHES.set(false);
        let pages = match end {
            None => {
                assert_eq!(given, expected.len().min(some), "lost");
                self.right += 1;
                // The one after the last says that it was the last.
                expected.len().div_ceil(size) + 1
            }
            Some(error) => {
                let page = error.page().unwrap() as usize;
                assert_eq!((page - 1) * size, given.next_multiple_of(size));
                assert!(page == 1 || given == expected.len().min((page - 1) * size));
                self.wrong += 1;
                self.error(&error, plain);
                page
            }
        };
        if plain {
            self.plain_requests += pages + SECOND_LOOKS.get();
        }
    }

    /// How many items of a list came, and the error that stopped it.
    fn items(
        &mut self,
        mut items: impl Iterator<Item = Result<Activity, Error>>,
        expected: &[Activity],
        size: usize,
    ) -> (usize, Option<Error>) {
        let mut given = 0;
        let mut end = None;
        for item in items.by_ref() {
            assert!(end.is_none(), "the list goes on after its end");
            match item {
                Ok(activity) => {
                    assert_eq!(Some(&activity), expected.get(given), "lost, or twice");
                    self.records += 1;
                    given += 1;
                }
                Err(error) if error.raw_record().is_some() => {
                    // The error stands where the record would have.
                    let page = error.page().unwrap() as usize;
                    assert_eq!((page - 1) * size + error.record_index().unwrap(), given);
                    assert!(given < expected.len());
                    assert_eq!(Cause::of(&error), Some(Cause::OddRecord));
                    self.odd_records += 1;
                    self.errors.add(Cause::OddRecord);
                    given += 1;
                }
                Err(error) => end = Some(error),
            }
        }
        assert!(items.next().is_none(), "the list goes on after its end");
        (given, end)
    }

    fn error(&mut self, error: &Error, plain: bool) {
        let Some(cause) = Cause::of(error) else {
            panic!("no fault explains {error:?}");
        };
        self.errors.add(cause);
        if plain {
            self.plain_errors.add(cause);
        }
    }

    fn add(&mut self, other: Tally) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.errors.extend(other.errors);
        self.plain_errors.extend(other.plain_errors);
        self.injected.extend(other.injected);
        self.plain_requests += other.plain_requests;
        self.records += other.records;
        self.odd_records += other.odd_records;
    }
}

/// Holds what the callers saw against what the sandbox did.
fn account(sum: &Tally, retries: &Retries, requests: &[RecordedRequest]) {
    let is_prefetched = |request: &&RecordedRequest| {
        let query = request.query.as_deref().unwrap_or_default();
        query
            .split('&')
            .any(|pair| pair == format!("page_size={PREFETCHED}"))
    };
    let (prefetched, plain): (Vec<_>, Vec<_>) = requests.iter().partition(is_prefetched);

    assert_eq!(sum.right + sum.wrong, CALLS / THREADS * THREADS);
    println!(
        "{} right, {} with an error; {} requests, {} of them for lists with prefetch; {} records \
         and {} odd ones from lists; {} faults; sent again: {} and {}; errors: {:?}",
        sum.right,
        sum.wrong,
        requests.len(),
        prefetched.len(),
        sum.records,
        sum.odd_records,
        sum.injected.total(),
        retries.plain.total(),
        retries.prefetched.total(),
        sum.errors,
    );
    account_for_faults(sum, retries, requests, &plain);
    account_for_errors(sum, retries);
    // A connection that was closed without a response is not reported if it came from the pool: the
    // request is sent again at once.
    let silent = plain.iter().filter(|one| one.status.is_none()).count()
        - retries.plain.of(Cause::Close)
        - sum.plain_errors.of(Cause::Close);
    assert_eq!(
        plain.len(),
        sum.plain_requests + retries.plain.total() + silent,
        "requests that no call explains, or calls that no request does"
    );
}

/// Each fault was met, and each is there in some number, or this would say little.
fn account_for_faults(
    sum: &Tally,
    retries: &Retries,
    requests: &[RecordedRequest],
    plain: &[&RecordedRequest],
) {
    for cause in CAUSES {
        assert!(sum.injected.of(cause) >= 50, "too few of {cause:?}");
    }
    for status in [429, 500, 503, 301] {
        let cause = Cause::Status(status);
        let met = requests.iter().filter(|one| one.status == Some(status));
        assert_eq!(met.count(), sum.injected.of(cause), "of {cause:?}");
        // Whoever met it either sent the request again, or gave it to the caller.
        let met = plain.iter().filter(|one| one.status == Some(status));
        assert_eq!(
            met.count(),
            retries.plain.of(cause) + sum.plain_errors.of(cause),
            "of {cause:?}"
        );
    }
    let closed = requests.iter().filter(|one| one.status.is_none()).count();
    assert_eq!(closed, sum.injected.of(Cause::Close));
}

/// No error came up more often than its fault; some fell on a response that they do not change, or
/// on a page that was not needed.
fn account_for_errors(sum: &Tally, retries: &Retries) {
    for cause in CAUSES {
        let seen = sum.errors.of(cause) + retries.plain.of(cause) + retries.prefetched.of(cause);
        assert!(seen <= sum.injected.of(cause), "{seen} of {cause:?}");
    }
    for cause in [
        Cause::Html,
        Cause::Empty,
        Cause::Garbage,
        Cause::InvalidUtf8,
    ] {
        assert!(sum.errors.of(cause) > 0, "none of {cause:?}");
        assert_eq!(retries.plain.of(cause), 0, "{cause:?} was sent again");
    }
}

/// Polls until a count is what it should be: what is closed is closed within a moment.
fn settle(what: &str, wanted: usize, count: impl Fn() -> usize) {
    for _ in 0..1000 {
        if count() == wanted {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("{} {what} are left, and should be {wanted}", count());
}

/// The client's threads. The system cuts their names off, and the sandbox has one of its own.
fn threads() -> usize {
    let tasks = fs::read_dir("/proc/self/task").unwrap().flatten();
    let names = tasks.filter_map(|task| fs::read_to_string(task.path().join("comm")).ok());
    names
        .filter(|name| name.starts_with("fitrankings") && name.trim_end() != "fitrankings-san")
        .count()
}

/// The sockets of this process.
fn sockets() -> usize {
    let files = fs::read_dir("/proc/self/fd").unwrap().flatten();
    let targets = files.filter_map(|file| fs::read_link(file.path()).ok());
    targets
        .filter(|target| target.to_string_lossy().starts_with("socket:"))
        .count()
}
