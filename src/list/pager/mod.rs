//! Fetches the pages of a list one after the other, until it ends.

mod memory;
mod past_the_end;
mod prefetch;
mod progress;

use std::mem;
use std::time::{Duration, Instant};

use self::memory::{CurrentPage, Ids, Memory};
use self::past_the_end::says_past_the_end;
use self::prefetch::Prefetch;
use self::progress::Progress;
use super::bookmark::Bookmark;
use super::decode::DecodedPage;
use super::decode::entries::Entries;
use super::decode::fingerprint::{self, Fingerprint};
use super::incomplete::Incomplete;
use super::paged::{PageRequest, Paged};
use super::raw::WithRaw;
use crate::error::{Error, Kind};
use crate::request::Request;
use crate::transport::errors::TIMEOUT_LIST;

/// How often a page is requested until two responses in a row agree, if the first is doubtful.
const MAX_FETCHES: u32 = 4;

/// The wait before a page with a doubtful response is requested again. It is long enough for a
/// server that is wrong for a moment, and short enough for the many lists of a single page.
const REFETCH_DELAY: Duration = Duration::from_millis(200);

/// Whether a list goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Going,
    /// Stopped by an error.
    Stopped,
    /// The service said that the list ended.
    Ended,
    /// The number of the next page would be too large.
    OutOfNumbers,
}

/// What a response says about a page.
enum Outcome<P: Paged> {
    Page(FetchedPage<P>),
    /// The list ended before this page.
    End,
    /// A 404 that is not the end of the list.
    NotFound(Error),
}

struct FetchedPage<P: Paged> {
    page: DecodedPage<P>,
    fingerprint: u64,
    /// Whether an earlier page had the same records.
    is_repeated: bool,
    /// Whether records can be missing before it: see [`Memory::has_gap_before`].
    has_gap_before: bool,
}

/// Why a response is doubtful: it contradicts the pages before.
#[derive(PartialEq, Eq)]
enum Doubt {
    /// The page came before: from a stale cache, or since as many records arrived as a page holds.
    Repeated,
    /// The page is longer than the page before: two backends limit `page_size` differently.
    Gap,
    /// The list ends after a page that was full.
    End,
    /// There is no such page, although the page before was found at the same path.
    NotFound,
}

/// Fetches the pages of a list one after the other, and finds what is new on them.
pub(super) struct Pager<P: Paged> {
    prefetch: Prefetch<P>,
    /// How long the list may take. `prefetch` has its deadline.
    timeout: Option<Duration>,
    next: u64,
    memory: Memory<P>,
    progress: Progress,
    state: State,
    /// Whether it continues another list.
    is_continued: bool,
    /// Whether a page with [`Doubt::Gap`] is requested again. False once that did not help.
    doubts_gaps: bool,
    /// Why the bookmark that the list was to start at is not valid.
    problem: Option<&'static str>,
}

impl<P: Paged> Pager<P> {
    pub fn new(list: P) -> Self {
        let next = list.page_asked().unwrap_or(P::FIRST);
        Self {
            prefetch: Prefetch::new(list),
            timeout: None,
            next,
            memory: Memory::new(next <= P::FIRST),
            progress: Progress::default(),
            state: State::Going,
            is_continued: false,
            doubts_gaps: true,
            problem: None,
        }
    }

    pub fn set_ahead(&mut self, pages: usize) {
        self.prefetch.ahead = pages.min(Prefetch::<P>::MAX_AHEAD);
    }

    pub fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = Some(timeout);
        self.prefetch.deadline = self.now().checked_add(timeout);
    }

    pub fn deadline(&self) -> Option<Instant> {
        self.prefetch.deadline
    }

    pub fn is_stopped(&self) -> bool {
        self.state == State::Stopped
    }

    pub fn has_ended(&self) -> bool {
        self.state == State::Ended
    }

    pub fn incomplete_reason(&self) -> Option<Incomplete> {
        if !self.has_ended() {
            Some(Incomplete::NotEnded)
        } else if let Some(page) = self.memory.grew_at {
            Some(Incomplete::PagesGrew { page })
        } else if !self.memory.from_first {
            Some(Incomplete::BeganLater)
        } else if self.is_continued {
            Some(Incomplete::Continued)
        } else {
            None
        }
    }

    pub fn start_at(&mut self, bookmark: &Bookmark) {
        let memory = Memory::of(bookmark);
        self.problem = if bookmark.list != self.list_id() {
            Some(
                "the bookmark is of another list: use it with the same operation, the same \
                 parameters and the same page size",
            )
        } else if memory.is_none() {
            Some("the bookmark is damaged: begin the list without it")
        } else {
            None
        };
        self.prefetch.stop();
        self.next = bookmark.page;
        self.memory = memory.unwrap_or_else(|| Memory::new(false));
        self.progress = Progress::default();
        self.state = State::Going;
        self.is_continued = self.next > P::FIRST || !self.memory.is_empty();
    }

    /// Continues after an error, with the page that failed.
    pub fn resume(&mut self) {
        if self.is_stopped() {
            self.state = State::Going;
            self.progress = Progress::default();
        }
    }

    /// Returns a bookmark. `left` is how many new entries of the current page were not given yet.
    pub fn bookmark(&self, left: usize) -> Bookmark {
        self.memory.bookmark(self.list_id(), self.next, left)
    }

    /// Returns a pager that continues here, and keeps the JSON of each record.
    pub fn with_raw(&self, left: usize) -> Pager<WithRaw<P>> {
        let mut pager = Pager::new(WithRaw(self.prefetch.list.clone()));
        pager.prefetch.ahead = self.prefetch.ahead;
        pager.prefetch.deadline = self.prefetch.deadline;
        pager.timeout = self.timeout;
        pager.start_at(&self.bookmark(left));
        // The rest of a page is requested again, even if no page can come after it.
        if left == 0 || self.is_stopped() {
            pager.state = self.state;
        }
        pager.is_continued = self.is_continued;
        pager.problem = self.problem.or(pager.problem);
        pager
    }

    /// Returns what identifies the list: the operation and all parameters but the page.
    fn list_id(&self) -> String {
        let request = self.page_request(P::FIRST);
        let text = format!("{} {}", request.operation().name, request.target());
        fingerprint::to_digits(Fingerprint::of(&text))
    }

    /// Returns the new entries of the next page. After an error, returns `None` until `resume`.
    pub fn next(&mut self) -> Option<Result<Entries<P>, Error>> {
        if self.state != State::Going {
            return None;
        }
        let number = self.next;
        match self.new_entries(number) {
            Ok(Some(entries)) => {
                match number.checked_add(1) {
                    Some(next) => self.next = next,
                    None => self.end(State::OutOfNumbers),
                }
                Some(Ok(entries))
            }
            Ok(None) => {
                self.end(State::Ended);
                None
            }
            Err(error) => Some(Err(self.stop(number, error))),
        }
    }

    /// Stops the list, and returns its error with the number of the page.
    pub fn stop(&mut self, number: u64, error: Error) -> Error {
        self.end(State::Stopped);
        let is_over = |end| end <= self.now();
        let error = match self.timeout {
            Some(timeout) if self.deadline().is_some_and(is_over) => {
                error.or_list_timeout(timeout, TIMEOUT_LIST)
            }
            _ => error,
        };
        error.with_page(number)
    }

    fn end(&mut self, state: State) {
        self.state = state;
        self.prefetch.stop();
    }

    /// Returns the new entries of a page, or `None` if the list ended before it.
    fn new_entries(&mut self, number: u64) -> Result<Option<Entries<P>>, Error> {
        if let Some(problem) = self.problem {
            return Err(self.with_operation(Error::invalid(problem)));
        }
        self.memory.advance();
        match self.fetch_until_sure(number)? {
            Outcome::Page(page) => self.enter(number, page).map(Some),
            Outcome::End if number > P::FIRST && self.memory.is_empty() => {
                let message = "the list ends before the page that the request begins at";
                Err(self.with_operation(Error::new(Kind::PastTheEnd, message)))
            }
            Outcome::End => Ok(None),
            Outcome::NotFound(error) => Err(error),
        }
    }

    /// Fetches a page, and again while the response is doubtful, until two responses in a row
    /// agree.
    fn fetch_until_sure(&mut self, number: u64) -> Result<Outcome<P>, Error> {
        let mut outcome = self.fetch(number)?;
        let mut fetches = 1;
        while let Some(doubt) = self.doubt(&outcome) {
            if fetches == MAX_FETCHES {
                return Err(self.contradiction(number, outcome));
            }
            fetches += 1;
            outcome = self.refetch(number)?;
            if self.doubt(&outcome) == Some(doubt) {
                break;
            }
        }
        Ok(outcome)
    }

    fn fetch(&mut self, number: u64) -> Result<Outcome<P>, Error> {
        let page = match self.prefetch.page(number) {
            Ok(page) => page,
            Err(error) if number > P::FIRST && says_past_the_end(&error, number, P::END) => {
                return Ok(Outcome::End);
            }
            Err(error) if error.is_not_found() => return Ok(Outcome::NotFound(error)),
            Err(error) => return Err(error),
        };
        if page.len() == 0 {
            return Ok(Outcome::End);
        }
        let fingerprint = page.fingerprint(self.memory.seed);
        let is_repeated = self.memory.knows_page(fingerprint);
        if is_repeated {
            let progress = self.progress.nothing_new(number);
            progress.map_err(|error| self.with_operation(error))?;
        }
        let has_gap_before = self.memory.has_gap_before(page.ids());
        if has_gap_before {
            self.memory.grew_at.get_or_insert(number);
        }
        Ok(Outcome::Page(FetchedPage {
            page,
            fingerprint,
            is_repeated,
            has_gap_before,
        }))
    }

    fn refetch(&mut self, number: u64) -> Result<Outcome<P>, Error> {
        // Pages that were fetched ahead can come from the same wrong state of the service.
        self.prefetch.stop();
        let deadline = self.deadline();
        let left = deadline.map(|end| end.saturating_duration_since(self.now()));
        let wait = left.map_or(REFETCH_DELAY, |left| left.min(REFETCH_DELAY));
        self.page_request(number).wait(deadline, wait)?;
        let ahead = mem::take(&mut self.prefetch.ahead);
        let outcome = self.fetch(number);
        self.prefetch.ahead = ahead;
        outcome
    }

    fn doubt(&self, outcome: &Outcome<P>) -> Option<Doubt> {
        let (is_doubtful, doubt) = match outcome {
            Outcome::Page(page) if page.is_repeated => (true, Doubt::Repeated),
            Outcome::Page(page) => (page.has_gap_before && self.doubts_gaps, Doubt::Gap),
            Outcome::End => {
                // If pages have different sizes, the list can go on after a short page, too.
                let has_grown = self.memory.grew_at.is_some();
                (has_grown || self.memory.contradicts_the_end(), Doubt::End)
            }
            Outcome::NotFound(_) => (!self.memory.is_empty(), Doubt::NotFound),
        };
        is_doubtful.then_some(doubt)
    }

    /// Returns the error of a page whose responses never agree.
    fn contradiction(&self, number: u64, last: Outcome<P>) -> Error {
        if let Outcome::NotFound(error) = last {
            return error;
        }
        let message = format!(
            "page {number} was requested {MAX_FETCHES} times, and the responses contradict each \
             other: the end of the list, no such page, records that came before, or a page of \
             another size"
        );
        self.with_operation(Error::new(Kind::Repeats, message))
    }

    fn with_operation(&self, error: Error) -> Error {
        error.with_operation(self.page_request(self.next).operation())
    }

    /// Returns the time of the client's clock.
    fn now(&self) -> Instant {
        self.page_request(P::FIRST).now()
    }

    fn page_request(&self, number: u64) -> Request {
        let PageRequest(request) = self.prefetch.list.page_request(number);
        request
    }

    /// Makes a page the current one, and returns its new entries: those that were not on the pages
    /// remembered, and none of a page that came before as a whole.
    ///
    /// An error changes nothing, so that the whole page can be given after
    /// [`resume`](Self::resume).
    fn enter(&mut self, number: u64, fetched: FetchedPage<P>) -> Result<Entries<P>, Error> {
        let FetchedPage {
            page,
            fingerprint,
            is_repeated,
            has_gap_before,
        } = fetched;
        let memory = &self.memory;
        let mut given = memory.given.clone();
        let is_first_page = memory.first.is_none();
        let first = page.ids().first().filter(|_| is_first_page).cloned();
        let mut current = CurrentPage {
            number,
            ids: Ids::with_capacity(page.len()),
            new_count: 0,
            fingerprint,
            length: page.len(),
        };
        let mut has_first = false;
        let entries = page.new_entries(number, |id| {
            let is_new = !is_repeated && memory.is_new(&id, &mut given);
            has_first |= is_new && memory.first.as_ref() == Some(&id);
            current.new_count += usize::from(is_new);
            let number = if is_new { current.new_count } else { 0 };
            current.ids.insert(id, number);
            is_new
        });
        let progress = if current.new_count > 0 {
            self.progress.something_new(number, has_first)
        } else if is_repeated {
            // `fetch` counted it.
            Ok(())
        } else {
            let largest = self.memory.largest;
            self.progress.only_known(number, current.length, largest)
        };
        progress.map_err(|error| self.with_operation(error))?;
        self.doubts_gaps &= !has_gap_before;
        self.memory.first = self.memory.first.take().or(first);
        self.memory.begin(current, given);
        Ok(entries)
    }
}
