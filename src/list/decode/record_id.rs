//! The id of a record in its list.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::fingerprint::{self, Fingerprint};
use crate::list::paged::Paged;
use crate::response::member::only_member;

/// Identifies a record among the others of its list.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum RecordId<K> {
    Key(K),
    /// The fingerprint of the JSON of a record whose key cannot be read.
    Json(u64),
}

impl<K> RecordId<K> {
    /// Returns the id of a record that decoded.
    pub fn of<'j, P: Paged<Key = K>>(record: &P::Record, json: impl FnOnce() -> &'j str) -> Self {
        match P::key(record) {
            Some(key) => Self::Key(key),
            None => Self::Json(Fingerprint::of(json())),
        }
    }

    /// Returns the ids of the records of a page that decoded as a whole.
    pub fn of_page<P: Paged<Key = K>>(records: &[P::Record], json: &str) -> Vec<Self> {
        let keys = records.iter().map(|record| P::key(record).map(Self::Key));
        if let Some(ids) = keys.collect() {
            return ids;
        }
        // Parses the page a second time, only if a record has no key.
        let raw: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
        let json = |index: usize| raw.get(index).map_or("", |raw| raw.get());
        let records = records.iter().enumerate();
        records
            .map(|(index, record)| Self::of::<P>(record, || json(index)))
            .collect()
    }

    /// Returns the id of a record that did not decode.
    pub fn of_broken<P: Paged<Key = K>>(json: &str) -> Self
    where
        K: DeserializeOwned,
    {
        let key = only_member(json, P::KEY);
        match key.and_then(|key| serde_json::from_str(key.get()).ok()) {
            Some(key) => Self::Key(key),
            None => Self::Json(Fingerprint::of(json)),
        }
    }

    /// Returns the id as a bookmark stores it: a key as JSON, or `#` and a fingerprint. JSON never
    /// begins with `#`.
    pub fn to_text(&self) -> String
    where
        K: Serialize,
    {
        match self {
            // Cannot fail: a key is a number or a text.
            Self::Key(key) => serde_json::to_string(key).unwrap_or_default(),
            Self::Json(json) => format!("#{}", fingerprint::to_digits(*json)),
        }
    }

    /// Returns the id that [`to_text`](Self::to_text) wrote; `None` if the text is damaged.
    pub fn from_text(text: &str) -> Option<Self>
    where
        K: DeserializeOwned,
    {
        match text.strip_prefix('#') {
            Some(digits) => fingerprint::from_digits(digits).map(Self::Json),
            None => serde_json::from_str(text).ok().map(Self::Key),
        }
    }
}
