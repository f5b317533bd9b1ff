//! Decodes pages, and identifies their records.

pub mod entries;
pub mod fingerprint;
pub mod record_id;

use std::hash::{Hash, Hasher};
use std::ops::ControlFlow;
use std::sync::Arc;

use serde_json::value::RawValue;

use self::entries::{BrokenRecord, Entries, PageCall};
use self::fingerprint::Fingerprint;
use self::record_id::RecordId;
use super::paged::Paged;
use crate::call::Call;
use crate::error::Error;
use crate::json;
use crate::response::Response;
use crate::response::elements::for_each_element;
use crate::response::records::{self, Failure};

/// The maximum number of broken records on a page. With more, the whole page is an error.
const MAX_BROKEN: usize = 1_000;

/// A page with all entries of the response: records, and broken records.
pub(crate) struct DecodedPage<P: Paged> {
    records: Vec<P::Record>,
    broken: Vec<BrokenRecord>,
    /// The ids of all entries, in the order of the page.
    ids: Vec<RecordId<P::Key>>,
    /// `None` if no record is broken.
    call: Option<PageCall>,
}

impl<P: Paged> DecodedPage<P> {
    /// Returns the number of entries.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn ids(&self) -> &[RecordId<P::Key>] {
        &self.ids
    }

    /// Returns a number that identifies this page among others with the same seed.
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

    /// Returns the entries that are new, in the order of the page.
    pub fn new_entries(
        self,
        number: u64,
        mut is_new: impl FnMut(RecordId<P::Key>) -> bool,
    ) -> Entries<P> {
        let mut ids = self.ids.into_iter();
        if self.call.is_none() {
            let mut records = self.records;
            // There is an id for each record.
            records.retain(|_| ids.next().is_none_or(&mut is_new));
            return Entries::new(number, records, Vec::new(), None);
        }
        let (mut records, mut broken) = (Vec::with_capacity(self.records.len()), Vec::new());
        let mut decoded = self.records.into_iter();
        let mut rest = self.broken.into_iter().peekable();
        for (index, id) in ids.enumerate() {
            let is_new = is_new(id);
            if let Some(record) = rest.next_if(|record| record.index == index) {
                if is_new {
                    broken.push((records.len() + broken.len(), record));
                }
            } else if let Some(record) = decoded.next()
                && is_new
            {
                records.push(record);
            }
        }
        Entries::new(number, records, broken, self.call)
    }

    /// Decodes a page. If it does not decode as a whole, decodes its records one by one.
    pub fn decode(response: &Response<'_>, call: &Arc<Call>) -> Result<Self, Error> {
        let text = response.as_text()?;
        let error = match records::decode::<P::Record>(text) {
            Ok(records) => {
                return Ok(Self {
                    ids: RecordId::of_page::<P>(&records, text),
                    records,
                    broken: Vec::new(),
                    call: None,
                });
            }
            Err(Failure::TooMany(error)) => return Err(error.with_status(response.status_code())),
            Err(Failure::Json(error)) => error,
        };
        let mut page = Self {
            records: Vec::new(),
            broken: Vec::new(),
            ids: Vec::new(),
            call: Some(PageCall {
                status: response.status_code(),
                call: Arc::clone(call),
            }),
        };
        let max = records::max_count::<P::Record>(text);
        match for_each_element(text, |raw: &RawValue| page.decode_record(raw.get(), max)) {
            Ok(()) => Ok(page),
            Err(_) if page.records.len() == max => {
                Err(records::too_many(max).with_status(response.status_code()))
            }
            Err(_) => Err(response.explain::<Vec<P::Record>>(text, &error)),
        }
    }

    /// Adds a record, unless the page has the maximum of its kind already.
    fn decode_record(&mut self, record: &str, max: usize) -> ControlFlow<()> {
        match json::from_str(record) {
            Ok(value) if self.records.len() < max => {
                self.ids.push(RecordId::of::<P>(&value, || record));
                self.records.push(value);
            }
            Err(error) if self.broken.len() < MAX_BROKEN => {
                self.broken.push(BrokenRecord {
                    index: self.ids.len(),
                    json: record.to_owned(),
                    error,
                });
                self.ids.push(RecordId::of_broken::<P>(record));
            }
            _ => return ControlFlow::Break(()),
        }
        ControlFlow::Continue(())
    }
}
