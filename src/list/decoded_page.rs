//! A page as it came, with what tells its records apart.

use std::hash::{Hash, Hasher};

use serde_json::value::RawValue;

use super::fingerprint::Fingerprint;
use super::paged::Paged;
use super::record_id::RecordId;
use crate::error::Error;
use crate::redact::Redactor;
use crate::response::Answer;

/// How many records of one page may be errors. More are no accident, and would fill the memory.
const MAX_BROKEN: usize = 1_000;

/// A page as it came.
pub(super) struct DecodedPage<P: Paged> {
    records: Vec<P::Record>,
    /// The records that did not decode, with their places on the page.
    broken: Vec<(usize, Error)>,
    /// Of all entries, in the order of the page.
    ids: Vec<RecordId<P::Key>>,
}

/// The records of a page, and the errors in place of those that did not decode.
pub(super) type Entries<P> = Vec<Result<<P as Paged>::Record, Error>>;

impl<P: Paged> DecodedPage<P> {
    /// How many entries the page has.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn first_id(&self) -> Option<&RecordId<P::Key>> {
        self.ids.first()
    }

    /// Tells this page from others that were fingerprinted with the same seed.
    pub fn fingerprint(&self, seed: u64) -> u64 {
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
    pub fn fresh(
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
    pub fn read(answer: &Answer, redactor: &Redactor<'_>) -> Result<Self, Error> {
        let text = answer.text(redactor)?;
        match serde_json::from_str::<Vec<P::Record>>(text) {
            Ok(records) => Ok(Self {
                ids: RecordId::of_page::<P>(&records, text),
                records,
                broken: Vec::new(),
            }),
            Err(error) => serde_json::from_str::<Vec<&RawValue>>(text)
                .ok()
                .and_then(|raw| Self::one_by_one(answer, redactor, &raw))
                .ok_or_else(|| answer.explain::<Vec<P::Record>>(text, &error, redactor)),
        }
    }

    /// The records one by one; `None` where so many of them are broken that it is the page.
    fn one_by_one(answer: &Answer, redactor: &Redactor<'_>, raw: &[&RawValue]) -> Option<Self> {
        let mut page = Self {
            records: Vec::with_capacity(raw.len()),
            broken: Vec::new(),
            ids: Vec::with_capacity(raw.len()),
        };
        for (place, raw) in raw.iter().map(|raw| raw.get()).enumerate() {
            match serde_json::from_str(raw) {
                Ok(record) => {
                    page.ids.push(RecordId::of::<P>(&record, || raw));
                    page.records.push(record);
                }
                Err(_) if page.broken.len() == MAX_BROKEN => return None,
                Err(error) => {
                    let error =
                        answer.explain_record(place, raw, &error, P::KEY, P::path, redactor);
                    page.ids.push(RecordId::of_broken::<P>(raw));
                    page.broken.push((place, error));
                }
            }
        }
        Some(page)
    }
}

/// Decodes a response that is one page of a list, and nothing else.
pub(crate) fn decode_page<P: Paged>(
    answer: &Answer,
    redactor: &Redactor<'_>,
) -> Result<Vec<P::Record>, Error> {
    let text = answer.text(redactor)?;
    serde_json::from_str(text)
        .map_err(|error| answer.explain_page::<Vec<P::Record>>(text, &error, P::KEY, redactor))
}
