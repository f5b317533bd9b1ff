//! A place in a list that can be kept in a file, and the memory that belongs to it.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};

use serde::{Deserialize, Serialize};

use super::Paged;
use super::fetched::RecordId;

/// A place in a list, to continue the list from later: in another iterator, or in another process.
///
/// From [`Items::bookmark`](super::Items::bookmark), for
/// [`Items::start_at`](super::Items::start_at). A bookmark holds the number of the page to ask for
/// next, what was given of that page already, and the keys of the records of the two pages before
/// it. So a list that is continued neither loses a record nor gives one twice, although records
/// arrived in the meantime and moved the others on, by up to two pages.
///
/// It can be written to a file with serde, in any format. Its content is not meant to be read or
/// changed, and takes some kilobytes: 16 bytes for each page that was fetched, and the keys of at
/// most three pages. It holds no token and nothing of a record but its key.
///
/// A bookmark belongs to the operation and the parameters of its list, `page_size` included. With
/// others it is refused, since the same page number would mean other records. It does not know
/// the token: keep the bookmarks of different users apart.
///
/// # Example: a job that reads a part of a list each time it runs
///
/// ```
/// use fitrankings::list::Bookmark;
/// use fitrankings::{Client, MasterToken, sandbox::Sandbox};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = Sandbox::builder().activities(25).start()?;
/// let client = Client::builder()
///     .base_url(sandbox.base_url())
///     .build(MasterToken::new(sandbox.master_token())?)?;
/// let mut ids = Vec::new();
///
/// // The first run stops in the middle of a page, and keeps where it was.
/// let mut items = client.list_activities().page_size(10).items();
/// for activity in items.by_ref().take(13) {
///     ids.push(activity?.id);
/// }
/// let kept: String = serde_json::to_string(&items.bookmark())?;
/// drop(items);
///
/// // A record arrives, and moves the others on.
/// let all = sandbox.activity_ids();
/// sandbox.add_activity(sandbox.user_ids()[0]);
///
/// // The next run continues there.
/// let bookmark: Bookmark = serde_json::from_str(&kept)?;
/// let mut items = client.list_activities().page_size(10).items().start_at(&bookmark);
/// for activity in items.by_ref() {
///     ids.push(activity?.id);
/// }
/// assert!(items.is_complete());
/// assert_eq!(ids, all); // each of them once
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bookmark {
    /// The fingerprint of the operation and its parameters.
    pub(super) list: String,
    pub(super) page: u64,
    given: Vec<String>,
    before: [Vec<String>; 2],
    first: Option<String>,
    length: u64,
    largest: u64,
    seed: String,
    /// The fingerprints of the pages before, 16 digits each.
    pages: String,
}

impl Bookmark {
    /// The number of the page that is asked for next.
    pub fn page(&self) -> u64 {
        self.page
    }
}

/// Without the keys, which can be many.
impl fmt::Debug for Bookmark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bookmark")
            .field("page", &self.page)
            .field("given", &self.given.len())
            .finish_non_exhaustive()
    }
}

/// The entries of a page, each with its number among those that were new, from 1; 0 for the others.
pub(super) type Ids<P> = HashMap<RecordId<<P as Paged>::Key>, usize>;

/// What is remembered of the pages before the current one.
pub(super) struct Memory<P: Paged> {
    before: [Ids<P>; 2],
    /// What was given of the page that comes next, before the list was continued.
    given: HashSet<RecordId<P::Key>>,
    pages: HashSet<u64>,
    /// The first record of the list, as it was when the list was begun.
    pub first: Option<RecordId<P::Key>>,
    /// Keys are the server's to choose: with a seed of our own, nobody can make two pages the same.
    seed: u64,
    /// How many entries the page before had, and the largest so far.
    length: usize,
    largest: usize,
}

/// The page that is being given.
pub(super) struct Current<P: Paged> {
    pub number: u64,
    pub ids: Ids<P>,
    /// How many of its entries are new.
    pub fresh: usize,
    pub fingerprint: u64,
    pub length: usize,
}

impl<P: Paged> Memory<P> {
    pub fn new() -> Self {
        Self {
            before: [HashMap::new(), HashMap::new()],
            given: HashSet::new(),
            pages: HashSet::new(),
            first: None,
            seed: RandomState::new().build_hasher().finish(),
            length: 0,
            largest: 0,
        }
    }

    pub fn seed(&self) -> u64 {
        self.seed
    }

    pub fn knows_page(&self, fingerprint: u64) -> bool {
        self.pages.contains(&fingerprint)
    }

    pub fn knows(&self, id: &RecordId<P::Key>) -> bool {
        let [before, older] = &self.before;
        before.contains_key(id) || older.contains_key(id) || self.given.contains(id)
    }

    /// What was given of a page stays known as long as the rest of the page does.
    pub fn take_given(&mut self) -> HashSet<RecordId<P::Key>> {
        std::mem::take(&mut self.given)
    }

    /// Whether nothing came before the page that comes next.
    pub fn is_empty(&self) -> bool {
        self.length == 0 && self.given.is_empty()
    }

    /// Whether there must be more, as far as can be told: part of the next page was there already,
    /// or the page before was as long as any.
    pub fn contradicts_the_end(&self) -> bool {
        !self.given.is_empty() || (self.length > 0 && self.length == self.largest)
    }

    /// Goes on to the page after the current one.
    pub fn turn(&mut self, current: Current<P>) {
        let [before, _] = std::mem::take(&mut self.before);
        self.before = [current.ids, before];
        self.pages.insert(current.fingerprint);
        self.length = current.length;
        self.largest = self.largest.max(current.length);
    }

    /// A bookmark at the page `next`, or at the current page where `left` of its new entries were
    /// not given yet.
    pub fn bookmark(
        &self,
        list: String,
        next: u64,
        current: Option<&Current<P>>,
        left: usize,
    ) -> Bookmark {
        let [before, older] = &self.before;
        let mut bookmark = Bookmark {
            list,
            page: next,
            given: self.given.iter().map(text).collect(),
            before: [keys(before), keys(older)],
            first: self.first.as_ref().map(text),
            length: self.length as u64,
            largest: self.largest as u64,
            seed: digits(self.seed),
            pages: self.pages.iter().copied().map(digits).collect(),
        };
        let Some(current) = current else {
            return bookmark;
        };
        if left > 0 {
            let given = current.fresh.saturating_sub(left);
            let ids = current.ids.iter().filter(|(_, place)| **place <= given);
            bookmark.given = ids.map(|(id, _)| text(id)).collect();
            bookmark.page = current.number;
        } else {
            let [before, _] = bookmark.before;
            bookmark.before = [keys(&current.ids), before];
            bookmark.pages.push_str(&digits(current.fingerprint));
            bookmark.length = current.length as u64;
            bookmark.largest = bookmark.largest.max(bookmark.length);
        }
        bookmark
    }

    /// The memory that belongs to a bookmark; `None` where it was damaged.
    pub fn of(bookmark: &Bookmark) -> Option<Self> {
        let [before, older] = &bookmark.before;
        let ids = |keys: &[String]| -> Option<Ids<P>> {
            keys.iter().map(|key| Some((parse::<P>(key)?, 0))).collect()
        };
        let (pages, rest) = bookmark.pages.as_bytes().as_chunks::<16>();
        let pages = pages
            .iter()
            .map(|page| number(std::str::from_utf8(page).ok()?));
        Some(Self {
            before: [ids(before)?, ids(older)?],
            given: bookmark
                .given
                .iter()
                .map(|key| parse::<P>(key))
                .collect::<Option<_>>()?,
            first: match &bookmark.first {
                Some(key) => Some(parse::<P>(key)?),
                None => None,
            },
            pages: pages.collect::<Option<_>>().filter(|_| rest.is_empty())?,
            seed: number(&bookmark.seed)?,
            length: usize::try_from(bookmark.length).ok()?,
            largest: usize::try_from(bookmark.largest).ok()?,
        })
    }
}

/// How a number is written that formats such as TOML would find too large.
pub(super) fn digits(number: u64) -> String {
    format!("{number:016x}")
}

fn number(digits: &str) -> Option<u64> {
    u64::from_str_radix(digits, 16).ok()
}

fn keys<K: Serialize, V>(ids: &HashMap<RecordId<K>, V>) -> Vec<String> {
    ids.keys().map(text).collect()
}

/// A key as JSON, or a fingerprint after a sign that no JSON begins with.
fn text<K: Serialize>(id: &RecordId<K>) -> String {
    match id {
        // A key is a number or a text, which JSON always has a form for.
        RecordId::Key(key) => serde_json::to_string(key).unwrap_or_default(),
        RecordId::Json(json) => format!("#{}", digits(*json)),
    }
}

fn parse<P: Paged>(text: &str) -> Option<RecordId<P::Key>> {
    match text.strip_prefix('#') {
        Some(digits) => number(digits).map(RecordId::Json),
        None => serde_json::from_str(text).ok().map(RecordId::Key),
    }
}
