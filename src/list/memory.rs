//! What a list remembers of the pages that came.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher, RandomState};

use super::bookmark::Bookmark;
use super::fingerprint::{from_digits, to_digits};
use super::paged::Paged;
use super::record_id::RecordId;

/// The ids of a page's entries. Each has its number among the new entries, from 1, or 0 if it is not
/// new.
pub(super) struct Ids<P: Paged> {
    ids: HashMap<RecordId<P::Key>, usize>,
    /// Further entries with an id that the page has already: the service's mistake, and rare.
    repeated: Vec<(RecordId<P::Key>, usize)>,
}

impl<P: Paged> Ids<P> {
    pub fn with_capacity(count: usize) -> Self {
        Self {
            ids: HashMap::with_capacity(count),
            repeated: Vec::new(),
        }
    }

    pub fn insert(&mut self, id: RecordId<P::Key>, number: usize) {
        match self.ids.entry(id) {
            Entry::Vacant(entry) => {
                entry.insert(number);
            }
            Entry::Occupied(entry) => self.repeated.push((entry.key().clone(), number)),
        }
    }

    fn contains(&self, id: &RecordId<P::Key>) -> bool {
        self.ids.contains_key(id)
    }

    /// The ids of the entries that are not new or among the first `given` new ones, each as often
    /// as it stands on the page.
    fn texts(&self, given: usize) -> Vec<String> {
        let repeated = self.repeated.iter().map(|(id, number)| (id, number));
        let ids = self.ids.iter().chain(repeated);
        let ids = ids.filter(|(_, number)| **number <= given);
        ids.map(|(id, _)| id.to_text()).collect()
    }

    /// The ids in a bookmark; `None` if it was damaged.
    fn parse(texts: &[String]) -> Option<Self> {
        let mut ids = Self::with_capacity(texts.len());
        for text in texts {
            ids.insert(RecordId::from_text(text)?, 0);
        }
        Some(ids)
    }
}

/// How often each id was given.
pub(super) type Given<P> = HashMap<RecordId<<P as Paged>::Key>, usize>;

/// What is remembered of the pages before the current one.
pub(super) struct Memory<P: Paged> {
    before: [Ids<P>; 2],
    /// What was given of the page that comes next, before the list was continued.
    given: Given<P>,
    pages: HashSet<u64>,
    /// The first record of the list, as it was when the list was begun.
    pub first: Option<RecordId<P::Key>>,
    /// The server chooses the keys. With a random seed it cannot make two pages look the same.
    seed: u64,
    /// How many entries the page before had, and the largest so far.
    pub length: usize,
    largest: usize,
}

/// The page whose entries are being given.
pub(super) struct CurrentPage<P: Paged> {
    pub number: u64,
    pub ids: Ids<P>,
    /// How many of its entries are new.
    pub new_count: usize,
    pub fingerprint: u64,
    pub length: usize,
}

impl<P: Paged> Memory<P> {
    pub fn new() -> Self {
        Self {
            before: [Ids::with_capacity(0), Ids::with_capacity(0)],
            given: HashMap::new(),
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

    /// Whether a record was on one of the pages before, or given of the page that comes next.
    pub fn knows(&self, id: &RecordId<P::Key>) -> bool {
        let [before, older] = &self.before;
        before.contains(id) || older.contains(id) || self.given.contains_key(id)
    }

    /// What was given of the page that comes next.
    pub fn given(&self) -> Given<P> {
        self.given.clone()
    }

    /// Whether a record was not given yet. `given` counts down, since an id can stand on a page
    /// more than once.
    pub fn is_new(&self, id: &RecordId<P::Key>, given: &mut Given<P>) -> bool {
        let [before, older] = &self.before;
        if before.contains(id) || older.contains(id) {
            return false;
        }
        match given.get_mut(id) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        }
    }

    /// Makes a page the current one. Of `given`, the rest was not on it, and stays known with it.
    pub fn begin(&mut self, current: &mut CurrentPage<P>, given: Given<P>) {
        self.given.clear();
        for (id, count) in given {
            for _ in 0..count {
                current.ids.insert(id.clone(), 0);
            }
        }
    }

    /// Whether nothing came before the page that comes next.
    pub fn is_empty(&self) -> bool {
        self.length == 0 && self.given.is_empty()
    }

    /// Whether an end here is unlikely: a part of this page was given already, or the page before was
    /// as long as the longest.
    pub fn contradicts_the_end(&self) -> bool {
        !self.given.is_empty() || (self.length > 0 && self.length == self.largest)
    }

    /// Makes the current page the page before.
    pub fn advance(&mut self, current: CurrentPage<P>) {
        self.before.rotate_right(1);
        self.before[0] = current.ids;
        self.pages.insert(current.fingerprint);
        self.length = current.length;
        self.largest = self.largest.max(current.length);
    }

    /// Writes the memory into a bookmark at the next page. The bookmark stays at the current page
    /// if `left` of its new entries were not given yet.
    pub fn keep_in(
        &self,
        start: Bookmark,
        current: Option<&CurrentPage<P>>,
        left: usize,
    ) -> Bookmark {
        let [before, older] = &self.before;
        let given = self.given.iter();
        let given = given.flat_map(|(id, count)| std::iter::repeat_n(id.to_text(), *count));
        let mut bookmark = Bookmark {
            given: given.collect(),
            before: [before.texts(usize::MAX), older.texts(usize::MAX)],
            first: self.first.as_ref().map(RecordId::to_text),
            length: self.length as u64,
            largest: self.largest as u64,
            seed: to_digits(self.seed),
            pages: self.pages.iter().copied().map(to_digits).collect(),
            ..start
        };
        let Some(current) = current else {
            return bookmark;
        };
        if left > 0 {
            bookmark.given = current.ids.texts(current.new_count.saturating_sub(left));
            bookmark.page = current.number;
        } else {
            let [before, _] = bookmark.before;
            bookmark.before = [current.ids.texts(usize::MAX), before];
            bookmark.pages.push_str(&to_digits(current.fingerprint));
            bookmark.length = current.length as u64;
            bookmark.largest = bookmark.largest.max(bookmark.length);
        }
        bookmark
    }

    /// Returns the memory in a bookmark, or `None` if the bookmark was damaged.
    pub fn of(bookmark: &Bookmark) -> Option<Self> {
        let [before, older] = &bookmark.before;
        let mut given: Given<P> = HashMap::new();
        for text in &bookmark.given {
            *given.entry(RecordId::from_text(text)?).or_default() += 1;
        }
        let (pages, rest) = bookmark.pages.as_bytes().as_chunks::<16>();
        let pages = pages
            .iter()
            .map(|page| from_digits(std::str::from_utf8(page).ok()?));
        Some(Self {
            before: [Ids::parse(before)?, Ids::parse(older)?],
            given,
            first: match &bookmark.first {
                Some(key) => Some(RecordId::from_text(key)?),
                None => None,
            },
            pages: pages.collect::<Option<_>>().filter(|_| rest.is_empty())?,
            seed: from_digits(&bookmark.seed)?,
            length: usize::try_from(bookmark.length).ok()?,
            largest: usize::try_from(bookmark.largest).ok()?,
        })
    }
}
