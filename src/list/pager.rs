//! The walk from page to page: what is new on each, and where the list ends.

use std::mem;
use std::time::{Duration, Instant};

use super::bookmark::Bookmark;
use super::decoded_page::DecodedPage;
use super::entries::Entries;
use super::fingerprint::{self, Fingerprint};
use super::incomplete::Incomplete;
use super::memory::{CurrentPage, Ids, Memory};
use super::paged::{PageRequest, Paged};
use super::past_the_end::says_past_the_end;
use super::prefetch::Prefetch;
use super::progress::Progress;
use super::raw::WithRaw;
use crate::error::{Error, Kind};
use crate::request::Request;
use crate::transport::errors::TIMEOUT_LIST;

/// How often a page is asked for until two answers in a row agree, if the first is doubtful.
const MAX_LOOKS: u32 = 4;

/// The wait before a page is asked for once more whose answer is doubtful. A server that answers
/// wrongly for a moment should be over it by then. The wait falls on many lists of a single page, so
/// it must not be felt.
const WAIT_BEFORE_NEXT_LOOK: Duration = Duration::from_millis(200);

/// Where a list is in its course.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Going,
    /// Stopped by an error.
    Stopped,
    /// The service said that the list ended.
    Ended,
    /// There is no number for another page.
    OutOfNumbers,
}

/// What the service answers for a page.
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
    /// Whether a page before it had the same records.
    is_repeated: bool,
    /// Whether it is longer than the page before it and does not join it.
    has_grown: bool,
}

/// Why an answer could be wrong for a moment: it contradicts what came before it.
#[derive(PartialEq, Eq)]
enum Doubt {
    /// A late cache, or as many new records as a page holds.
    Repeated,
    /// A backend that lowers `page_size` less than the one before.
    Grown,
    /// The end, after a page that was full.
    End,
    /// No such page, although the page before was found at the same path.
    NotFound,
}

/// Fetches the pages of a list one after the other, and remembers what was on them.
pub(super) struct Pager<P: Paged> {
    request: P,
    prefetch: Prefetch<P>,
    /// How long the list may take; the prefetch has the moment when that time is over.
    timeout: Option<Duration>,
    next: u64,
    memory: Memory<P>,
    current: Option<CurrentPage<P>>,
    progress: Progress,
    state: State,
    /// Whether this list, or the one that it continues, began at the first record.
    from_first: bool,
    /// Whether it continues another list.
    is_continued: bool,
    /// The first page that was longer than the page before it and did not join it, at the first or
    /// at any other look.
    grew_at: Option<u64>,
    /// Whether a page that has grown is asked for once more: until that does not help.
    distrusts_growth: bool,
    /// Why the list cannot begin where it was to begin.
    problem: Option<&'static str>,
}

impl<P: Paged> Pager<P> {
    pub fn new(request: P) -> Self {
        let next = request.page_asked().unwrap_or(P::FIRST);
        Self {
            next,
            prefetch: Prefetch::new(request.clone()),
            timeout: None,
            request,
            memory: Memory::new(),
            current: None,
            progress: Progress::default(),
            state: State::Going,
            from_first: next <= P::FIRST,
            is_continued: false,
            grew_at: None,
            distrusts_growth: true,
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
        } else if let Some(page) = self.grew_at {
            Some(Incomplete::PagesGrew { page })
        } else if !self.from_first {
            Some(Incomplete::BeganLater)
        } else if self.is_continued {
            Some(Incomplete::Continued)
        } else {
            None
        }
    }

    pub fn start_at(&mut self, bookmark: &Bookmark) {
        let memory = Memory::of(bookmark);
        self.problem = if bookmark.list != self.list() {
            Some(
                "the bookmark is of another list: the operation, its parameters and the page size \
                 have to be those of the list that it was taken from",
            )
        } else if memory.is_none() {
            Some("the bookmark is damaged: begin the list without it")
        } else {
            None
        };
        self.prefetch.stop();
        self.next = bookmark.page;
        self.memory = memory.unwrap_or_else(Memory::new);
        self.current = None;
        self.progress = Progress::default();
        self.state = State::Going;
        self.from_first = bookmark.from_first;
        self.is_continued = self.next > P::FIRST || !self.memory.is_empty();
        self.grew_at = bookmark.grew_at;
    }

    /// After an error, asks again for the page that failed.
    pub fn resume(&mut self) {
        if self.is_stopped() {
            self.state = State::Going;
            self.progress = Progress::default();
        }
    }

    /// Returns a bookmark, where `left` of the current page's new entries were not given yet.
    pub fn bookmark(&self, left: usize) -> Bookmark {
        let current = self.current.as_ref();
        let start = Bookmark {
            from_first: self.from_first,
            grew_at: self.grew_at,
            ..Bookmark::new(self.list(), self.next)
        };
        self.memory.keep_in(start, current, left)
    }

    /// Returns a pager that goes on here, with the JSON of each record.
    pub fn with_raw(&self, left: usize) -> Pager<WithRaw<P>> {
        let mut pager = Pager::new(WithRaw(self.request.clone()));
        pager.prefetch.ahead = self.prefetch.ahead;
        pager.prefetch.deadline = self.prefetch.deadline;
        pager.timeout = self.timeout;
        pager.start_at(&self.bookmark(left));
        // The rest of a page is asked for again, even if the page is the last that has a number.
        if left == 0 || self.is_stopped() {
            pager.state = self.state;
        }
        pager.is_continued = self.is_continued;
        pager.problem = self.problem.or(pager.problem);
        pager
    }

    /// Identifies the list: by the operation and all parameters but the page.
    fn list(&self) -> String {
        let PageRequest(request) = self.request.page_request(P::FIRST);
        let text = format!("{} {}", request.operation().name, request.target());
        fingerprint::to_digits(Fingerprint::of(&text))
    }

    /// Returns what is new on the next page. After an error, returns `None` until `resume`.
    pub fn next(&mut self) -> Option<Result<Entries<P>, Error>> {
        if self.state != State::Going {
            return None;
        }
        let number = self.next;
        let entries = match self.page(number) {
            Ok(Some(page)) => self.enter(number, page),
            Ok(None) => {
                self.end(State::Ended);
                return None;
            }
            Err(error) => Err(error),
        };
        Some(match entries {
            Ok(entries) => {
                match number.checked_add(1) {
                    Some(next) => self.next = next,
                    None => self.end(State::OutOfNumbers),
                }
                Ok(entries)
            }
            Err(error) => Err(self.stop(number, error)),
        })
    }

    /// Stops the list with an error of this page.
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

    /// Returns a page, or `None` if the list ended before it.
    fn page(&mut self, number: u64) -> Result<Option<FetchedPage<P>>, Error> {
        if let Some(problem) = self.problem {
            return Err(self.with_operation(Error::invalid(problem)));
        }
        if let Some(current) = self.current.take() {
            self.memory.advance(current);
        }
        let answer = self.ask(number)?;
        match self.confirm(number, answer)? {
            Outcome::Page(page) => Ok(Some(page)),
            Outcome::End if number > P::FIRST && self.memory.is_empty() => Err(self.past_the_end()),
            Outcome::End => Ok(None),
            Outcome::NotFound(error) => Err(error),
        }
    }

    fn ask(&mut self, number: u64) -> Result<Outcome<P>, Error> {
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
        let fingerprint = page.fingerprint(self.memory.seed());
        let is_repeated = self.memory.knows_page(fingerprint);
        if is_repeated {
            let progress = self.progress.nothing_new(number);
            progress.map_err(|error| self.with_operation(error))?;
        }
        let has_grown = self.has_grown(&page);
        if has_grown {
            self.grew_at.get_or_insert(number);
        }
        Ok(Outcome::Page(FetchedPage {
            has_grown,
            page,
            fingerprint,
            is_repeated,
        }))
    }

    /// Whether records can be missing between the page before and this one.
    ///
    /// If all pages have the same size, each page begins where the one before it ends. Backends that
    /// lower `page_size` to different numbers break that. A page that is not longer than the one
    /// before joins or overlaps it. Nor is anything missing if a record is known already.
    fn has_grown(&self, page: &DecodedPage<P>) -> bool {
        let before = self.memory.length;
        let is_longer = before > 0 && page.len() > before;
        is_longer && !page.ids().iter().any(|id| self.memory.knows(id))
    }

    /// Asks for a page again while the answer is doubtful, until two answers in a row agree.
    fn confirm(&mut self, number: u64, mut answer: Outcome<P>) -> Result<Outcome<P>, Error> {
        let mut looks = 1;
        while let Some(doubt) = self.doubt(&answer) {
            if looks == MAX_LOOKS {
                return Err(self.unsteady(number, answer));
            }
            looks += 1;
            answer = self.ask_once_more(number)?;
            if self.doubt(&answer) == Some(doubt) {
                break;
            }
        }
        Ok(answer)
    }

    fn doubt(&self, answer: &Outcome<P>) -> Option<Doubt> {
        match answer {
            Outcome::Page(page) if page.is_repeated => Some(Doubt::Repeated),
            Outcome::Page(page) => {
                (page.has_grown && self.distrusts_growth).then_some(Doubt::Grown)
            }
            // Where pages have different sizes, a short page tells nothing.
            Outcome::End => {
                (self.memory.contradicts_the_end() || self.grew_at.is_some()).then_some(Doubt::End)
            }
            Outcome::NotFound(_) => (!self.memory.is_empty()).then_some(Doubt::NotFound),
        }
    }

    fn ask_once_more(&mut self, number: u64) -> Result<Outcome<P>, Error> {
        // What was fetched ahead may come from the same wrong state of the service.
        self.prefetch.stop();
        let deadline = self.deadline();
        let left = deadline.map(|end| end.saturating_duration_since(self.now()));
        let wait = left.map_or(WAIT_BEFORE_NEXT_LOOK, |left| {
            left.min(WAIT_BEFORE_NEXT_LOOK)
        });
        self.page_request(number).wait(deadline, wait)?;
        let ahead = mem::take(&mut self.prefetch.ahead);
        let answer = self.ask(number);
        self.prefetch.ahead = ahead;
        answer
    }

    /// The error of a page whose answers never agree.
    fn unsteady(&self, number: u64, last: Outcome<P>) -> Error {
        if let Outcome::NotFound(error) = last {
            return error;
        }
        let message = format!(
            "page {number} was asked for {MAX_LOOKS} times, and the answers contradict each other: \
             the end of the list, no such page, records that came before, or a page of another size"
        );
        self.with_operation(Error::new(Kind::Repeats, message))
    }

    fn past_the_end(&self) -> Error {
        let message = "the list ends before the page that it was to begin at";
        self.with_operation(Error::new(Kind::PastTheEnd, message))
    }

    fn with_operation(&self, error: Error) -> Error {
        error.with_operation(self.page_request(self.next).operation())
    }

    /// Returns the time of the client's clock.
    fn now(&self) -> Instant {
        self.page_request(P::FIRST).now()
    }

    fn page_request(&self, number: u64) -> Request {
        let PageRequest(request) = self.request.page_request(number);
        request
    }

    /// Makes a page the current one, and returns what is new on it: what was on neither of the two
    /// pages before, and nothing of a page that came before as a whole.
    ///
    /// An error changes nothing, so that all of the page can be given after it.
    fn enter(&mut self, number: u64, fetched: FetchedPage<P>) -> Result<Entries<P>, Error> {
        let FetchedPage {
            page,
            fingerprint,
            is_repeated,
            has_grown,
        } = fetched;
        let memory = &self.memory;
        let mut given = memory.given();
        let first = page
            .ids()
            .first()
            .filter(|_| memory.first.is_none())
            .cloned();
        let mut current = CurrentPage {
            number,
            ids: Ids::with_capacity(page.len()),
            new_count: 0,
            fingerprint,
            length: page.len(),
        };
        let mut begins_again = false;
        let entries = page.new_entries(number, |id| {
            let is_new = !is_repeated && memory.is_new(&id, &mut given);
            begins_again |= is_new && memory.first.as_ref() == Some(&id);
            current.new_count += usize::from(is_new);
            let number = if is_new { current.new_count } else { 0 };
            current.ids.insert(id, number);
            is_new
        });
        let progress = if current.new_count > 0 {
            self.progress.something_new(number, begins_again)
        } else if is_repeated {
            // It was counted when it came.
            Ok(())
        } else {
            self.progress.nothing_new(number)
        };
        progress.map_err(|error| self.with_operation(error))?;
        self.distrusts_growth &= !has_grown;
        self.memory.first = self.memory.first.take().or(first);
        self.memory.begin(&mut current, given);
        self.current = Some(current);
        Ok(entries)
    }
}
