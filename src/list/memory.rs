//! What a list remembers of the pages that came.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher, RandomState};

use super::bookmark::Bookmark;
use super::fingerprint::{from_digits, to_digits};
use super::paged::Paged;
use super::record_id::RecordId;

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
pub(super) struct CurrentPage<P: Paged> {
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
    pub fn advance(&mut self, current: CurrentPage<P>) {
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
        current: Option<&CurrentPage<P>>,
        left: usize,
    ) -> Bookmark {
        let [before, older] = &self.before;
        let mut bookmark = Bookmark {
            list,
            page: next,
            given: self.given.iter().map(RecordId::to_text).collect(),
            before: [keys::<P>(before), keys::<P>(older)],
            first: self.first.as_ref().map(RecordId::to_text),
            length: self.length as u64,
            largest: self.largest as u64,
            seed: to_digits(self.seed),
            pages: self.pages.iter().copied().map(to_digits).collect(),
        };
        let Some(current) = current else {
            return bookmark;
        };
        if left > 0 {
            let given = current.fresh.saturating_sub(left);
            let ids = current.ids.iter().filter(|(_, place)| **place <= given);
            bookmark.given = ids.map(|(id, _)| id.to_text()).collect();
            bookmark.page = current.number;
        } else {
            let [before, _] = bookmark.before;
            bookmark.before = [keys::<P>(&current.ids), before];
            bookmark.pages.push_str(&to_digits(current.fingerprint));
            bookmark.length = current.length as u64;
            bookmark.largest = bookmark.largest.max(bookmark.length);
        }
        bookmark
    }

    /// The memory that belongs to a bookmark; `None` where it was damaged.
    pub fn of(bookmark: &Bookmark) -> Option<Self> {
        let [before, older] = &bookmark.before;
        let ids = |keys: &[String]| -> Option<Ids<P>> {
            keys.iter()
                .map(|key| Some((RecordId::from_text(key)?, 0)))
                .collect()
        };
        let (pages, rest) = bookmark.pages.as_bytes().as_chunks::<16>();
        let pages = pages
            .iter()
            .map(|page| from_digits(std::str::from_utf8(page).ok()?));
        Some(Self {
            before: [ids(before)?, ids(older)?],
            given: bookmark
                .given
                .iter()
                .map(|key| RecordId::from_text(key))
                .collect::<Option<_>>()?,
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

fn keys<P: Paged>(ids: &Ids<P>) -> Vec<String> {
    ids.keys().map(RecordId::to_text).collect()
}
