//! Lists, page by page or record by record, that lose nothing.

use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::iter::FusedIterator;
use std::time::{Duration, Instant};
use std::vec;

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::answer::Answer;
use crate::error::{Error, Kind};
use crate::prefetch::Prefetch;
use crate::redact::Redactor;
use crate::request::Request;

/// How many pages in a row may bring nothing new, before the server is taken to answer the same
/// page for ever. One or two can be records that moved on, when as many arrived as a page holds.
const BARREN: u32 = 5;

/// How many records of one page may be errors. More are no accident, and would fill the memory.
const MOST_BROKEN: usize = 1_000;

/// A request that answers with one page of a list; implemented by the generated requests.
pub trait Paged: Clone + Send + 'static {
    /// What the list is of.
    type Record: DeserializeOwned + Send + 'static;
    /// What tells a record from the others.
    #[doc(hidden)]
    type Key: DeserializeOwned + Eq + Hash + Send + 'static;
    /// The number of the first page.
    #[doc(hidden)]
    const FIRST: u64;
    /// The field of a record that holds its key.
    #[doc(hidden)]
    const KEY: &'static str;

    #[doc(hidden)]
    fn key(record: &Self::Record) -> Option<Self::Key>;
    /// The page that the request asks for by itself.
    #[doc(hidden)]
    fn page_asked(&self) -> Option<u64>;
    #[doc(hidden)]
    fn page_request(&self, page: u64) -> PageRequest;
}

/// What a generated request makes for one page.
#[doc(hidden)]
pub struct PageRequest(pub(crate) Request);

/// The records of a list, from its first page to its last, fetched as they are asked for.
///
/// From `items()` of a request. An error that stops the list is the last item, and
/// [`Error::page`] is the page to [start again](Self::start_page) from. A record that does not
/// decode is an error among the others, with its JSON at hand: the records after it still come.
///
/// A record that arrives while the list is read moves the ones after it on; what was on one of the
/// two pages before is not given again. The list ends at an empty page, or at a 404 after the
/// first: never at a short page.
///
/// # Example
///
/// ```no_run
/// use fitrankings::Client;
///
/// let client = Client::from_env()?;
/// for activity in client.list_activities().page_size(100).items() {
///     match activity {
///         Ok(activity) => println!("{}", activity.id),
///         Err(error) if error.raw_record().is_some() => eprintln!("left out: {error}"),
///         Err(error) => return Err(error),
///     }
/// }
/// # Ok::<(), fitrankings::Error>(())
/// ```
#[must_use = "a list is fetched as it is iterated over"]
pub struct Items<P: Paged> {
    walk: Walk<P>,
    current: vec::IntoIter<Result<P::Record, Error>>,
    left: Option<usize>,
}

/// The pages of a list, from the first to the last, fetched as they are asked for.
///
/// From `pages()` of a request; what is said of [`Items`] holds here, too.
#[must_use = "a list is fetched as it is iterated over"]
pub struct Pages<P: Paged> {
    walk: Walk<P>,
    left: Option<usize>,
}

/// One page of a list, without the records that a page before it had.
#[derive(Debug)]
#[non_exhaustive]
pub struct Page<R> {
    /// Its number.
    pub number: u64,
    /// The records, in the order of the service.
    pub records: Vec<R>,
    /// The records that did not decode: see [`Error::raw_record`].
    pub errors: Vec<Error>,
}

macro_rules! settings {
    ($(#[$limit:meta])* $name:ident) => {
        impl<P: Paged> $name<P> {
            $(#[$limit])*
            pub fn limit(mut self, limit: usize) -> Self {
                self.left = Some(limit);
                self
            }

            /// Begins at this page. Default: the page that the request asks for, or the first.
            /// For a list that has not been begun: what is fetched of a page already still comes.
            pub fn start_page(mut self, page: u64) -> Self {
                self.walk.next = page;
                self.walk.prefetch.forget();
                self
            }

            /// Fetches up to so many pages ahead, each on a thread of its own, over the
            /// connections of the client. Their order stays. Default: 0, and 32 at most.
            ///
            /// As many pages are in memory at once. Pages that are on their way together can be
            /// answered in any order, so this is for a list that does not change meanwhile: a
            /// record that arrives in between can hide another one, which without this it cannot.
            pub fn prefetch(mut self, pages: usize) -> Self {
                self.walk.prefetch.ahead = pages.min(Prefetch::<P>::MOST);
                self
            }

            /// How long the whole list may take, from now on. Default: no limit, but that of
            /// each call.
            pub fn timeout(mut self, timeout: Duration) -> Self {
                self.walk.prefetch.deadline = Instant::now().checked_add(timeout);
                self
            }
        }
    };
}

settings! {
    /// Ends after so many items. Without [`prefetch`](Self::prefetch), no page is fetched that
    /// is not needed for them.
    Items
}

settings! {
    /// Ends after so many pages.
    Pages
}

impl<P: Paged> Items<P> {
    #[doc(hidden)]
    pub fn new(request: P) -> Self {
        Self {
            walk: Walk::new(request),
            current: Vec::new().into_iter(),
            left: None,
        }
    }
}

impl<P: Paged> Iterator for Items<P> {
    type Item = Result<P::Record, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left == Some(0) {
            return None;
        }
        let item = loop {
            if let Some(item) = self.current.next() {
                break item;
            }
            match self.walk.next()? {
                Ok((_, entries)) => self.current = entries.into_iter(),
                Err(error) => break Err(error),
            }
        };
        self.left = self.left.map(|left| left - 1);
        Some(item)
    }
}

impl<P: Paged> FusedIterator for Items<P> {}

impl<P: Paged> Pages<P> {
    #[doc(hidden)]
    pub fn new(request: P) -> Self {
        Self {
            walk: Walk::new(request),
            left: None,
        }
    }
}

impl<P: Paged> Iterator for Pages<P> {
    type Item = Result<Page<P::Record>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left == Some(0) {
            return None;
        }
        self.left = self.left.map(|left| left - 1);
        let page = self.walk.next()?.map(|(number, entries)| {
            let mut page = Page {
                number,
                records: Vec::new(),
                errors: Vec::new(),
            };
            for entry in entries {
                match entry {
                    Ok(record) => page.records.push(record),
                    Err(error) => page.errors.push(error),
                }
            }
            page
        });
        Some(page)
    }
}

impl<P: Paged> FusedIterator for Pages<P> {}

/// What tells an entry of a page from the others.
#[derive(PartialEq, Eq, Hash)]
enum Mark<K> {
    Key(K),
    /// Of a record without a key, the hash of its JSON.
    Hash(u64),
}

/// A page as it came.
pub(crate) struct Fetched<P: Paged> {
    records: Vec<P::Record>,
    broken: Vec<Broken<P>>,
    /// What the whole page hashes to, where some of its records have no key.
    hash: Option<u64>,
}

/// The records that decode, and those that do not.
type Decoded<P> = (Vec<<P as Paged>::Record>, Vec<Broken<P>>);

/// A record that did not decode.
struct Broken<P: Paged> {
    place: usize,
    mark: Mark<P::Key>,
    error: Error,
}

type Entries<P> = Vec<Result<<P as Paged>::Record, Error>>;

/// The way over the pages, with the memory of the last two.
struct Walk<P: Paged> {
    prefetch: Prefetch<P>,
    next: u64,
    seen: [HashSet<Mark<P::Key>>; 2],
    last_hash: Option<u64>,
    barren: u32,
    over: bool,
}

impl<P: Paged> Walk<P> {
    fn new(request: P) -> Self {
        Self {
            next: request.page_asked().unwrap_or(P::FIRST),
            prefetch: Prefetch::new(request),
            seen: [HashSet::new(), HashSet::new()],
            last_hash: None,
            barren: 0,
            over: false,
        }
    }

    /// The next page with what is new on it; after an error, nothing more.
    fn next(&mut self) -> Option<Result<(u64, Entries<P>), Error>> {
        if self.over {
            return None;
        }
        let number = self.next;
        let page = match self.prefetch.page(number) {
            Ok(page) if page.len() == 0 => None,
            Ok(page) => Some(Ok(page)),
            Err(error) if error.is_not_found() && number > P::FIRST => None,
            Err(error) => Some(Err(error)),
        };
        let result = page.map(|page| self.take(number, page?).map(|entries| (number, entries)));
        match (&result, self.next.checked_add(1)) {
            (Some(Ok(_)), Some(next)) => self.next = next,
            _ => {
                self.over = true;
                self.prefetch.stop();
            }
        }
        result.map(|result| result.map_err(|error| error.with_page(number)))
    }

    /// Leaves out what was on one of the two pages before.
    fn take(&mut self, number: u64, page: Fetched<P>) -> Result<Entries<P>, Error> {
        let known = page.hash.is_some() && page.hash == self.last_hash;
        self.last_hash = page.hash;
        let mut marks = HashSet::with_capacity(page.len());
        let entries = page.fresh(number, |mark| {
            let new = self.seen.iter().all(|seen| !seen.contains(&mark));
            // A key that stands twice on one page is the server's own doing, and shown.
            marks.insert(mark);
            new
        });
        let [before, _] = std::mem::take(&mut self.seen);
        self.seen = [marks, before];
        self.barren = if known || entries.is_empty() {
            self.barren + 1
        } else {
            0
        };
        if self.barren >= BARREN {
            return Err(Error::new(
                Kind::Repeats,
                format!(
                    "page {number} and the {} before it bring nothing new: the server seems to \
                     answer the same page for ever",
                    BARREN - 1,
                ),
            ));
        }
        Ok(entries)
    }
}

impl<P: Paged> Fetched<P> {
    pub fn len(&self) -> usize {
        self.records.len() + self.broken.len()
    }

    /// The page's entries that are new, in their order.
    fn fresh(self, number: u64, mut is_new: impl FnMut(Mark<P::Key>) -> bool) -> Entries<P> {
        let total = self.len();
        if self.broken.is_empty() {
            let mut records = self.records;
            records.retain(|record| P::key(record).is_none_or(|key| is_new(Mark::Key(key))));
            return records.into_iter().map(Ok).collect();
        }
        let mut entries = Vec::with_capacity(total);
        let mut records = self.records.into_iter();
        let mut broken = self.broken.into_iter().peekable();
        for place in 0..total {
            if let Some(Broken { mark, error, .. }) = broken.next_if(|broken| broken.place == place)
            {
                if is_new(mark) {
                    entries.push(Err(error.with_page(number)));
                }
            } else if let Some(record) = records.next() {
                let key = P::key(&record);
                if key.is_none_or(|key| is_new(Mark::Key(key))) {
                    entries.push(Ok(record));
                }
            }
        }
        entries
    }

    /// Reads a page. Only one that does not decode as a whole is looked at record by record.
    pub fn read(answer: &Answer, redactor: &Redactor<'_>) -> Result<Self, Error> {
        let text = answer.text(redactor)?;
        let (records, broken) = match serde_json::from_str(text) {
            Ok(records) => (records, Vec::new()),
            Err(error) => serde_json::from_str::<Vec<&RawValue>>(text)
                .ok()
                .and_then(|raw| Self::one_by_one(answer, redactor, &raw))
                .ok_or_else(|| answer.explain::<Vec<P::Record>>(text, &error, redactor))?,
        };
        let keyless = records.iter().any(|record| P::key(record).is_none());
        Ok(Self {
            records,
            broken,
            hash: keyless.then(|| hash(text)),
        })
    }

    /// The records one by one; `None` where so many of them are broken that it is the page.
    fn one_by_one(
        answer: &Answer,
        redactor: &Redactor<'_>,
        raw: &[&RawValue],
    ) -> Option<Decoded<P>> {
        let mut records = Vec::with_capacity(raw.len());
        let mut broken = Vec::new();
        for (place, raw) in raw.iter().map(|raw| raw.get()).enumerate() {
            match serde_json::from_str(raw) {
                Ok(record) => records.push(record),
                Err(_) if broken.len() == MOST_BROKEN => return None,
                Err(error) => {
                    let error = answer.explain_record::<P>(place, raw, &error, redactor);
                    broken.push(Broken {
                        place,
                        mark: mark::<P>(raw),
                        error,
                    });
                }
            }
        }
        Some((records, broken))
    }
}

/// What tells a record that did not decode from the others.
fn mark<P: Paged>(raw: &str) -> Mark<P::Key> {
    let value: Option<Value> = serde_json::from_str(raw).ok();
    let key = value.and_then(|mut value| Some(value.get_mut(P::KEY)?.take()));
    match key.and_then(|key| serde_json::from_value(key).ok()) {
        Some(key) => Mark::Key(key),
        None => Mark::Hash(hash(raw)),
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
