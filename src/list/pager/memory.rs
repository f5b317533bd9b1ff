//! What a list remembers of its pages.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher, RandomState};

use crate::list::bookmark::Bookmark;
use crate::list::decode::fingerprint::{from_digits, to_digits};
use crate::list::decode::record_id::RecordId;
use crate::list::paged::Paged;

/// The ids of a page's entries. Each has its number among the new entries, from 1, or 0 if the
/// entry is not new.
pub(super) struct Ids<P: Paged> {
    ids: HashMap<RecordId<P::Key>, usize>,
    /// Further entries with the same id. They are rare, and a mistake of the service.
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

    /// Adds the ids of another page.
    fn extend(&mut self, other: Self) {
        let entries = other.ids.into_iter().chain(other.repeated);
        for (id, number) in entries {
            self.insert(id, number);
        }
    }

    fn len(&self) -> usize {
        self.ids.len() + self.repeated.len()
    }

    fn contains(&self, id: &RecordId<P::Key>) -> bool {
        self.ids.contains_key(id)
    }

    /// Returns the ids of the entries that are not new or among the first `given` new ones, each as
    /// often as the page has it.
    fn texts(&self, given: usize) -> Vec<String> {
        let repeated = self.repeated.iter().map(|(id, number)| (id, number));
        let ids = self.ids.iter().chain(repeated);
        let ids = ids.filter(|(_, number)| **number <= given);
        ids.map(|(id, _)| id.to_text()).collect()
    }

    fn all_texts(&self) -> Vec<String> {
        self.texts(usize::MAX)
    }

    /// Returns the ids from a bookmark; `None` if they are damaged.
    fn parse(texts: &[String]) -> Option<Self> {
        let mut ids = Self::with_capacity(texts.len());
        for text in texts {
            ids.insert(RecordId::from_text(text)?, 0);
        }
        Some(ids)
    }
}

/// Returns how many blocks are remembered, from the lengths of all blocks, the last one first. A
/// block is forgotten once the ones after it hold twice the entries of the largest page. If all
/// pages have the same size, these are two pages.
///
/// Counting pages is not enough: if the service lowers its page size, the next pages begin among
/// the records of a larger one, and many of them fit into it.
fn remembered(lengths: impl Iterator<Item = usize>, largest: usize) -> usize {
    let enough = largest.saturating_mul(2);
    let mut after = 0_usize;
    let is_needed = |length: &usize| {
        let is_needed = after < enough;
        after = after.saturating_add(*length);
        is_needed
    };
    // A page with records that were given and have moved away can be longer than the largest.
    lengths.take_while(is_needed).count().max(2)
}

/// How often each id was given.
pub(super) type Given<P> = HashMap<RecordId<<P as Paged>::Key>, usize>;

/// What is remembered of the pages so far.
pub(super) struct Memory<P: Paged> {
    current: Option<CurrentPage<P>>,
    /// The last pages before the current one, the last first. Small pages are in one block, so that
    /// there are few: see [`remembered`].
    before: Vec<Ids<P>>,
    /// What was given of the next page before the list was continued.
    pub given: Given<P>,
    /// The fingerprints of all pages before the current one.
    pages: HashSet<u64>,
    /// The first record of the list.
    pub first: Option<RecordId<P::Key>>,
    /// The seed of the fingerprints. It is random: the server chooses the keys, and must not be
    /// able to make two pages look the same.
    pub seed: u64,
    /// The number of entries of the page before the current one.
    length: usize,
    /// The number of entries of the largest page before the current one.
    pub largest: usize,
    /// Whether the list began at its first record.
    pub from_first: bool,
    /// The first page that was longer than the page before it and had none of its records, in any
    /// response.
    pub grew_at: Option<u64>,
}

/// The page whose entries are being given.
pub(super) struct CurrentPage<P: Paged> {
    pub number: u64,
    pub ids: Ids<P>,
    /// The number of its new entries.
    pub new_count: usize,
    pub fingerprint: u64,
    /// The number of its entries.
    pub length: usize,
}

impl<P: Paged> Memory<P> {
    pub fn new(from_first: bool) -> Self {
        Self {
            current: None,
            before: Vec::new(),
            given: HashMap::new(),
            pages: HashSet::new(),
            first: None,
            seed: RandomState::new().build_hasher().finish(),
            length: 0,
            largest: 0,
            from_first,
            grew_at: None,
        }
    }

    pub fn knows_page(&self, fingerprint: u64) -> bool {
        self.pages.contains(&fingerprint)
    }

    fn was_before(&self, id: &RecordId<P::Key>) -> bool {
        self.before.iter().any(|ids| ids.contains(id))
    }

    /// Returns true if records can be missing between the page before and a page with these ids.
    ///
    /// If all pages have the same size, each page begins where the page before ends. Backends that
    /// lower `page_size` to different numbers break that. Nothing is missing if the page is not
    /// longer than the page before, or if one of its records is known.
    pub fn has_gap_before(&self, ids: &[RecordId<P::Key>]) -> bool {
        let is_known = |id| self.was_before(id) || self.given.contains_key(id);
        self.length > 0 && ids.len() > self.length && !ids.iter().any(is_known)
    }

    /// Returns true if a record was not given yet. Counts `given` down, since a page can have an id
    /// more than once.
    pub fn is_new(&self, id: &RecordId<P::Key>, given: &mut Given<P>) -> bool {
        if self.was_before(id) {
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

    /// Sets the current page. `given` are the records that were given of it and are not on it any
    /// more: they are remembered with the page.
    pub fn begin(&mut self, mut current: CurrentPage<P>, given: Given<P>) {
        self.given.clear();
        for (id, count) in given {
            for _ in 0..count {
                current.ids.insert(id.clone(), 0);
            }
        }
        self.current = Some(current);
    }

    /// Returns true if there was no record before the next page.
    pub fn is_empty(&self) -> bool {
        self.length == 0 && self.given.is_empty()
    }

    /// Returns true if the end of the list is unlikely here: a part of the next page was given
    /// already, or the page before was as long as the longest.
    pub fn contradicts_the_end(&self) -> bool {
        !self.given.is_empty() || (self.length > 0 && self.length == self.largest)
    }

    /// Makes the current page the page before.
    pub fn advance(&mut self) {
        let Some(current) = self.current.take() else {
            return;
        };
        self.pages.insert(current.fingerprint);
        self.length = current.length;
        self.largest = self.largest.max(current.length);
        match self.before.first_mut() {
            Some(last) if last.len() < self.largest => last.extend(current.ids),
            _ => self.before.insert(0, current.ids),
        }
        let lengths = self.before.iter().map(Ids::len);
        self.before.truncate(remembered(lengths, self.largest));
    }

    /// Returns a bookmark at page `next` of a list; at the current page if `left` of its new
    /// entries were not given yet.
    pub fn bookmark(&self, list: String, next: u64, left: usize) -> Bookmark {
        let given = self.given.iter();
        let given = given.flat_map(|(id, count)| std::iter::repeat_n(id.to_text(), *count));
        let mut bookmark = Bookmark {
            list,
            page: next,
            given: given.collect(),
            before: self.before.iter().map(Ids::all_texts).collect(),
            first: self.first.as_ref().map(RecordId::to_text),
            length: self.length,
            largest: self.largest,
            seed: to_digits(self.seed),
            pages: self.pages.iter().copied().map(to_digits).collect(),
            from_first: self.from_first,
            grew_at: self.grew_at,
        };
        let Some(current) = &self.current else {
            return bookmark;
        };
        if left > 0 {
            bookmark.given = current.ids.texts(current.new_count.saturating_sub(left));
            bookmark.page = current.number;
        } else {
            bookmark.pages.push_str(&to_digits(current.fingerprint));
            bookmark.length = current.length;
            bookmark.largest = bookmark.largest.max(current.length);
            bookmark.before.insert(0, current.ids.all_texts());
            let lengths = bookmark.before.iter().map(Vec::len);
            let count = remembered(lengths, bookmark.largest);
            bookmark.before.truncate(count);
        }
        bookmark
    }

    /// Returns the memory from a bookmark; `None` if the bookmark is damaged.
    pub fn of(bookmark: &Bookmark) -> Option<Self> {
        let mut given: Given<P> = HashMap::new();
        for text in &bookmark.given {
            *given.entry(RecordId::from_text(text)?).or_default() += 1;
        }
        let before = bookmark.before.iter().map(|texts| Ids::parse(texts));
        let (pages, rest) = bookmark.pages.as_bytes().as_chunks::<16>();
        let pages = pages
            .iter()
            .map(|page| from_digits(std::str::from_utf8(page).ok()?));
        Some(Self {
            current: None,
            before: before.collect::<Option<_>>()?,
            given,
            first: match &bookmark.first {
                Some(key) => Some(RecordId::from_text(key)?),
                None => None,
            },
            pages: pages.collect::<Option<_>>().filter(|_| rest.is_empty())?,
            seed: from_digits(&bookmark.seed)?,
            length: bookmark.length,
            largest: bookmark.largest,
            from_first: bookmark.from_first,
            grew_at: bookmark.grew_at,
        })
    }
}
