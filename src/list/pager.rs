//! The way from page to page: what is new on each, and where the list ends.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::mem;
use std::time::Duration;

use serde_json::{Map, Value};

use super::bookmark::Bookmark;
use super::decoded_page::{DecodedPage, Entries};
use super::fingerprint::{self, Fingerprint};
use super::memory::{CurrentPage, Memory};
use super::paged::{PageRequest, Paged};
use super::prefetch::Prefetch;
use super::raw::WithRaw;
use crate::error::{Error, Kind};
use crate::request::Request;

/// How many pages in a row may bring nothing new, before the server is taken to answer the same
/// pages for ever. One or two can be records that moved on, when as many arrived as a page holds.
const MAX_PAGES_WITHOUT_NEW: u32 = 5;

/// How often the first record of a list may come again, where the pages are not the same. Once can
/// be a list that was continued after more records arrived than had been read.
const MAX_BEGINNINGS: u32 = 2;

/// The wait before a page is asked for once more whose answer contradicts the page before it. What
/// answers wrongly for a moment should be over by then, and nobody should mind the wait, which falls
/// on many lists of a single page.
const WAIT_BEFORE_SECOND_LOOK: Duration = Duration::from_millis(200);

/// Where a list is in its course.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Going,
    /// Stopped by an error.
    Stopped,
    /// The service said that the list ended.
    Complete,
}

/// Fetches the pages of a list one after the other, and remembers what was on them.
pub(super) struct Pager<P: Paged> {
    request: P,
    pub prefetch: Prefetch<P>,
    next: u64,
    memory: Memory<P>,
    current: Option<CurrentPage<P>>,
    pages_without_new: u32,
    beginnings: u32,
    state: State,
    /// Why the list cannot begin where it was to begin.
    problem: Option<&'static str>,
}

impl<P: Paged> Pager<P> {
    pub fn new(request: P) -> Self {
        Self {
            next: request.page_asked().unwrap_or(P::FIRST),
            prefetch: Prefetch::new(request.clone()),
            request,
            memory: Memory::new(),
            current: None,
            pages_without_new: 0,
            beginnings: 0,
            state: State::Going,
            problem: None,
        }
    }

    pub fn is_complete(&self) -> bool {
        self.state == State::Complete
    }

    pub fn start_at(&mut self, bookmark: &Bookmark) {
        let memory = Memory::of(bookmark);
        let problem = if bookmark.list != self.list() {
            Some(
                "the bookmark is of another list: the operation, its parameters and the page size \
                 have to be those of the list that it was taken from",
            )
        } else if memory.is_none() {
            Some("the bookmark is damaged: begin the list without it")
        } else {
            None
        };
        let memory = memory.unwrap_or_else(Memory::new);
        self.begin(bookmark.page, memory, problem);
    }

    fn begin(&mut self, page: u64, memory: Memory<P>, problem: Option<&'static str>) {
        self.prefetch.stop();
        self.next = page;
        self.memory = memory;
        self.current = None;
        self.pages_without_new = 0;
        self.beginnings = 0;
        self.state = State::Going;
        self.problem = problem;
    }

    /// After an error, asks again for the page that failed.
    pub fn resume(&mut self) {
        if self.state == State::Stopped {
            self.state = State::Going;
            self.pages_without_new = 0;
            self.beginnings = 0;
        }
    }

    /// A bookmark, where `left` of the current page's new entries were not given yet.
    pub fn bookmark(&self, left: usize) -> Bookmark {
        let current = self.current.as_ref();
        self.memory.bookmark(self.list(), self.next, current, left)
    }

    /// The same way, with the JSON of each record.
    pub fn with_raw(&self, left: usize) -> Pager<WithRaw<P>> {
        let mut pager = Pager::new(WithRaw(self.request.clone()));
        pager.prefetch.ahead = self.prefetch.ahead;
        pager.prefetch.deadline = self.prefetch.deadline;
        pager.start_at(&self.bookmark(left));
        pager.state = self.state;
        pager.problem = self.problem.or(pager.problem);
        pager
    }

    /// Tells the list from others: by the operation and all parameters but the page.
    fn list(&self) -> String {
        let PageRequest(request) = self.request.page_request(P::FIRST);
        let text = format!("{} {}", request.operation().name, request.target());
        fingerprint::to_digits(Fingerprint::of(&text))
    }

    /// The next page with what is new on it; after an error, nothing more until `resume`.
    pub fn next(&mut self) -> Option<Result<(u64, Entries<P>), Error>> {
        if self.state != State::Going {
            return None;
        }
        let number = self.next;
        let page = match self.page(number) {
            Ok(Some(page)) => self.take(number, page),
            Ok(None) => {
                self.stop(State::Complete);
                return None;
            }
            Err(error) => Err(error),
        };
        match number.checked_add(1) {
            Some(next) if page.is_ok() => self.next = next,
            _ => self.stop(State::Stopped),
        }
        Some(match page {
            Ok(entries) => Ok((number, entries)),
            Err(error) => Err(error.with_page(number)),
        })
    }

    fn stop(&mut self, state: State) {
        self.state = state;
        self.prefetch.stop();
    }

    /// A page, or `None` where the list ended before it.
    fn page(&mut self, number: u64) -> Result<Option<DecodedPage<P>>, Error> {
        if let Some(problem) = self.problem {
            return Err(
                Error::invalid(problem).with_operation(self.page_request(number).operation())
            );
        }
        if let Some(current) = self.current.take() {
            self.memory.advance(current);
        }
        match self.ask(number) {
            Ok(None) if number > P::FIRST && self.memory.is_empty() => {
                Err(self.past_the_end(number))
            }
            Ok(None) if self.memory.contradicts_the_end() => self.ask_once_more(number),
            // A moment ago, the path was right.
            Err(error) if error.is_not_found() && !self.memory.is_empty() => {
                self.ask_once_more(number)
            }
            page => page,
        }
    }

    fn ask(&mut self, number: u64) -> Result<Option<DecodedPage<P>>, Error> {
        match self.prefetch.page(number) {
            Ok(page) if page.len() == 0 => Ok(None),
            Ok(page) => Ok(Some(page)),
            Err(error) if number > P::FIRST && says_past_the_end::<P>(&error, number) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn ask_once_more(&mut self, number: u64) -> Result<Option<DecodedPage<P>>, Error> {
        // The pages after it were said not to be there, either.
        self.prefetch.stop();
        let deadline = self.prefetch.deadline;
        self.page_request(number)
            .wait(deadline, WAIT_BEFORE_SECOND_LOOK)?;
        let ahead = mem::take(&mut self.prefetch.ahead);
        let page = self.ask(number);
        self.prefetch.ahead = ahead;
        page
    }

    fn past_the_end(&self, number: u64) -> Error {
        let message = "the list ends before the page that it was to begin at";
        Error::new(Kind::PastTheEnd, message).with_operation(self.page_request(number).operation())
    }

    fn page_request(&self, number: u64) -> Request {
        let PageRequest(request) = self.request.page_request(number);
        request
    }

    /// Leaves out what was on one of the two pages before, and all of a page that came before.
    ///
    /// An error changes nothing, so that all of the page can be given after it.
    fn take(&mut self, number: u64, page: DecodedPage<P>) -> Result<Entries<P>, Error> {
        let memory = &mut self.memory;
        let fingerprint = page.fingerprint(memory.seed());
        let is_known = memory.knows_page(fingerprint);
        let length = page.len();
        let first = page.first_id().filter(|_| memory.first.is_none()).cloned();
        let mut ids = HashMap::with_capacity(length);
        let mut fresh = 0;
        let mut begins_again = false;
        let entries = page.fresh(number, |id| {
            let is_new = !is_known && !memory.knows(&id);
            begins_again |= is_new && memory.first.as_ref() == Some(&id);
            fresh += usize::from(is_new);
            // A key that stands twice on one page is the server's own doing, and shown.
            if let Entry::Vacant(entry) = ids.entry(id) {
                entry.insert(if is_new { fresh } else { 0 });
            }
            is_new
        });
        self.check_progress(number, entries.is_empty(), begins_again)?;
        self.memory.first = self.memory.first.take().or(first);
        ids.extend(self.memory.take_given().into_iter().map(|id| (id, 0)));
        self.current = Some(CurrentPage {
            number,
            ids,
            fresh,
            fingerprint,
            length,
        });
        Ok(entries)
    }

    /// Refuses to follow a server that answers the same records for ever.
    fn check_progress(
        &mut self,
        number: u64,
        is_old: bool,
        begins_again: bool,
    ) -> Result<(), Error> {
        self.beginnings += u32::from(begins_again);
        self.pages_without_new = if is_old {
            self.pages_without_new + 1
        } else {
            0
        };
        let message = if self.pages_without_new >= MAX_PAGES_WITHOUT_NEW {
            format!(
                "page {number} and the {} before it bring nothing new: the server seems to answer \
                 the same page for ever, or a few of them in turn",
                MAX_PAGES_WITHOUT_NEW - 1,
            )
        } else if self.beginnings >= MAX_BEGINNINGS {
            format!(
                "page {number} begins the list once more, and the pages before it bring nothing \
                 new: the server seems to answer the same records for ever"
            )
        } else {
            return Ok(());
        };
        Err(Error::new(Kind::Repeats, message))
    }
}

/// Whether an error says that the page is past the end of the list.
///
/// An assumption: nobody outside the vendor knows what the service answers. Django REST framework
/// answers 404 `{"detail": "Invalid page."}`, and before its version 3.4 named the page and the
/// reason. No other 404 is taken for the end, since gateways and wrong paths answer those, too. The
/// way out is the key `end` of `x-paging`: the `detail` of a service that says it otherwise.
fn says_past_the_end<P: Paged>(error: &Error, number: u64) -> bool {
    if !error.is_not_found() {
        return false;
    }
    // `Error::detail` could be the text of a page in HTML.
    let body: Option<Map<String, Value>> = error.body_as();
    let Some(detail) = body.as_ref().and_then(|body| body.get("detail")?.as_str()) else {
        return false;
    };
    match P::END {
        Some(end) => detail == end,
        None => {
            let with_reason = format!("Invalid page \"{number}\": ");
            detail == "Invalid page." || detail.starts_with(&with_reason)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::marker::PhantomData;
    use std::sync::LazyLock;

    use serde::Deserialize;

    use super::super::items::Items;
    use super::super::paged::Sealed;
    use super::*;
    use crate::auth::token::NoToken;
    use crate::request::{Method, Operation};
    use crate::testing::{operation, reply};
    use crate::{Client, RetryPolicy};

    static OPERATION: LazyLock<Operation> = LazyLock::new(|| operation(Method::GET, "/x"));

    #[derive(Debug, PartialEq, Deserialize)]
    struct Note {
        slug: Option<String>,
        text: String,
    }

    /// Says how the service ends its lists.
    trait Ends: Clone + Send + 'static {
        const END: Option<&'static str>;
    }

    #[derive(Clone)]
    struct AsTheFramework;
    impl Ends for AsTheFramework {
        const END: Option<&'static str> = None;
    }

    #[derive(Clone)]
    struct InItsOwnWords;
    impl Ends for InItsOwnWords {
        const END: Option<&'static str> = Some("No more.");
    }

    /// Notes whose key is a text, and may be missing.
    #[derive(Clone)]
    struct Notes<E>(Client<NoToken>, PhantomData<E>);

    impl<E: Ends> Sealed for Notes<E> {}

    impl<E: Ends> Paged for Notes<E> {
        type Record = Note;
        type Key = String;

        const FIRST: u64 = 1;
        const KEY: &'static str = "slug";
        const END: Option<&'static str> = E::END;

        fn key(note: &Note) -> Option<String> {
            note.slug.clone()
        }

        fn page_asked(&self) -> Option<u64> {
            None
        }

        fn page_request(&self, page: u64) -> PageRequest {
            PageRequest(Request::new(&self.0, &OPERATION).query("page", &[page]))
        }
    }

    fn notes<E: Ends>(address: std::net::SocketAddr) -> Notes<E> {
        let client = Client::builder()
            .base_url(format!("http://{address}"))
            .retry(RetryPolicy::none());
        Notes(client.build(NoToken).unwrap(), PhantomData)
    }

    fn refused(status: u16, body: &str) -> Error {
        let operation = operation(Method::GET, "/x");
        let answer = reply(status, "", body);
        let (_, result) = crate::testing::exchange(NoToken, operation, answer, Request::empty);
        result.unwrap_err()
    }

    #[test]
    fn a_document_can_say_how_its_service_ends_a_list() {
        let own = refused(404, r#"{"detail":"No more."}"#);
        let framework = refused(404, r#"{"detail":"Invalid page."}"#);
        let other_status = refused(410, r#"{"detail":"No more."}"#);
        assert!(says_past_the_end::<Notes<InItsOwnWords>>(&own, 2));
        assert!(!says_past_the_end::<Notes<InItsOwnWords>>(&framework, 2));
        assert!(!says_past_the_end::<Notes<InItsOwnWords>>(&other_status, 2));
        assert!(says_past_the_end::<Notes<AsTheFramework>>(&framework, 2));
        assert!(!says_past_the_end::<Notes<AsTheFramework>>(&own, 2));
    }

    /// Serves pages by their number, an empty one after the last, until the test is over.
    fn serve(pages: Vec<String>) -> std::net::SocketAddr {
        use std::io::{BufRead, BufReader, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let lines = BufReader::new(stream.try_clone().unwrap()).lines();
                for line in lines.map_while(Result::ok) {
                    let Some((_, rest)) = line.split_once("page=") else {
                        continue;
                    };
                    let page: usize = rest.split(' ').next().unwrap().parse().unwrap();
                    let body = pages.get(page - 1).map_or("[]", String::as_str);
                    if stream.write_all(reply(200, "", body).as_bytes()).is_err() {
                        break;
                    }
                }
            }
        });
        address
    }

    #[test]
    fn records_with_a_text_for_a_key_or_with_none_come_once_across_a_bookmark() {
        let page = |notes: &[&str]| format!("[{}]", notes.join(","));
        let a = r##"{"slug":"#a \"1\"","text":"x"}"##;
        let none = r#"{"text":"none"}"#;
        let b = r#"{"slug":"b","text":"x"}"#;
        let c = r#"{"slug":"c","text":"x"}"#;
        let new = r#"{"slug":"new","text":"x"}"#;
        let before = serve(vec![page(&[a, none]), page(&[b, c])]);
        let after = serve(vec![page(&[new, a]), page(&[none, b]), page(&[c])]);
        let list = |address| Items::new(notes::<AsTheFramework>(address));
        let all: Vec<Note> = list(before).map(Result::unwrap).collect();
        assert_eq!(all.len(), 4);
        for stop in 0..=4 {
            let mut items = list(before);
            let mut got: Vec<Note> = items.by_ref().take(stop).map(Result::unwrap).collect();
            let kept = serde_json::to_string(&items.bookmark()).unwrap();
            let bookmark: Bookmark = serde_json::from_str(&kept).unwrap();
            got.extend(list(after).start_at(&bookmark).map(Result::unwrap));
            got.retain(|note| note.slug.as_deref() != Some("new"));
            assert_eq!(got, all, "after {stop}");
        }
    }
}
