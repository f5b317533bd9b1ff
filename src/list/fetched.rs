//! A page as it came, with what tells its records apart.

use std::hash::{Hash, Hasher};

use serde_json::Value;
use serde_json::value::RawValue;

use super::Paged;
use super::fingerprint::Fingerprint;
use crate::error::Error;
use crate::json;
use crate::response::Response;

/// How many records of one page may be errors. More are no accident, and would fill the memory.
const MAX_BROKEN: usize = 1_000;

/// What tells an entry of a page from the others.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum RecordId<K> {
    Key(K),
    /// Of an entry without a key that can be read, the fingerprint of its JSON.
    Json(u64),
}

/// A page as it came.
pub(crate) struct Fetched<P: Paged> {
    records: Vec<P::Record>,
    /// The records that did not decode, with their places on the page.
    broken: Vec<(usize, Error)>,
    /// Of all entries, in the order of the page.
    ids: Vec<RecordId<P::Key>>,
}

/// The records of a page, and the errors in place of those that did not decode.
pub(super) type Entries<P> = Vec<Result<<P as Paged>::Record, Error>>;

impl<P: Paged> Fetched<P> {
    /// How many entries the page has.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn first_id(&self) -> Option<&RecordId<P::Key>> {
        self.ids.first()
    }

    /// Tells this page from others that were fingerprinted with the same seed.
    pub(super) fn fingerprint(&self, seed: u64) -> u64 {
        let mut hasher = Fingerprint::new(seed);
        for id in &self.ids {
            match id {
                RecordId::Key(key) => key.hash(&mut hasher),
                RecordId::Json(json) => json.hash(&mut hasher),
            }
        }
        hasher.finish()
    }

    /// The page's entries that are new, in their order.
    pub(super) fn fresh(
        self,
        number: u64,
        mut is_new: impl FnMut(RecordId<P::Key>) -> bool,
    ) -> Entries<P> {
        let mut ids = self.ids.into_iter();
        // There is an id for each entry.
        let mut next_is_new = || ids.next().is_none_or(&mut is_new);
        let mut records = self.records;
        if self.broken.is_empty() {
            records.retain(|_| next_is_new());
            return records.into_iter().map(Ok).collect();
        }
        let mut entries = Vec::with_capacity(records.len() + self.broken.len());
        let mut records = records.into_iter();
        for (place, error) in self.broken {
            while entries.len() < place
                && let Some(record) = records.next()
            {
                entries.push(Ok(record));
            }
            entries.push(Err(error.with_page(number)));
        }
        entries.extend(records.map(Ok));
        entries.retain(|_| next_is_new());
        entries
    }

    /// Reads a page. Only one that does not decode as a whole is looked at record by record.
    pub fn read(response: &Response<'_>) -> Result<Self, Error> {
        let text = response.as_text()?;
        match json::from_str::<Vec<P::Record>>(text) {
            Ok(records) => Ok(Self {
                ids: ids::<P>(&records, text),
                records,
                broken: Vec::new(),
            }),
            Err(error) => serde_json::from_str::<Vec<&RawValue>>(text)
                .ok()
                .and_then(|raw| Self::one_by_one(response, &raw))
                .ok_or_else(|| response.explain::<Vec<P::Record>>(text, &error)),
        }
    }

    /// The records one by one; `None` where so many of them are broken that it is the page.
    fn one_by_one(response: &Response<'_>, raw: &[&RawValue]) -> Option<Self> {
        let mut page = Self {
            records: Vec::with_capacity(raw.len()),
            broken: Vec::new(),
            ids: Vec::with_capacity(raw.len()),
        };
        for (place, raw) in raw.iter().map(|raw| raw.get()).enumerate() {
            match json::from_str(raw) {
                Ok(record) => {
                    page.ids.push(id::<P>(&record, || raw));
                    page.records.push(record);
                }
                Err(_) if page.broken.len() == MAX_BROKEN => return None,
                Err(error) => {
                    let error = response.explain_record(place, raw, &error, P::KEY, P::path);
                    page.ids.push(id_of_broken::<P>(raw));
                    page.broken.push((place, error));
                }
            }
        }
        Some(page)
    }
}

fn id<'j, P: Paged>(record: &P::Record, json: impl FnOnce() -> &'j str) -> RecordId<P::Key> {
    match P::key(record) {
        Some(key) => RecordId::Key(key),
        None => RecordId::Json(Fingerprint::of(json())),
    }
}

/// The ids of a page that decoded; it is taken apart only if a record of it has no key.
fn ids<P: Paged>(records: &[P::Record], text: &str) -> Vec<RecordId<P::Key>> {
    let keys = records
        .iter()
        .map(|record| P::key(record).map(RecordId::Key));
    if let Some(ids) = keys.collect() {
        return ids;
    }
    let raw: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
    let json = |place: usize| raw.get(place).map_or("", |raw| raw.get());
    let places = records.iter().enumerate();
    places
        .map(|(place, record)| id::<P>(record, || json(place)))
        .collect()
}

/// What tells a record that did not decode from the others.
fn id_of_broken<P: Paged>(raw: &str) -> RecordId<P::Key> {
    let value: Option<Value> = serde_json::from_str(raw).ok();
    let key = value.and_then(|mut value| Some(value.get_mut(P::KEY)?.take()));
    match key.and_then(|key| serde_json::from_value(key).ok()) {
        Some(key) => RecordId::Key(key),
        None => RecordId::Json(Fingerprint::of(raw)),
    }
}
