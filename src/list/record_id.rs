//! What identifies a record among the others of its list.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::fingerprint::{self, Fingerprint};
use super::paged::Paged;

/// Identifies a record among the others of its list.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum RecordId<K> {
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
        // Only a page with a record that has no key is parsed a second time.
        let raw: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
        let json = |place: usize| raw.get(place).map_or("", |raw| raw.get());
        let places = records.iter().enumerate();
        places
            .map(|(place, record)| Self::of::<P>(record, || json(place)))
            .collect()
    }

    /// Returns the id of a record that did not decode.
    pub fn of_broken<P: Paged<Key = K>>(json: &str) -> Self
    where
        K: DeserializeOwned,
    {
        let value: Option<Value> = serde_json::from_str(json).ok();
        let key = value.and_then(|mut value| Some(value.get_mut(P::KEY)?.take()));
        match key.and_then(|key| serde_json::from_value(key).ok()) {
            Some(key) => Self::Key(key),
            None => Self::Json(Fingerprint::of(json)),
        }
    }

    /// Returns the id as a bookmark stores it: a key as JSON, a fingerprint after a `#`, which no
    /// JSON begins with.
    pub fn to_text(&self) -> String
    where
        K: Serialize,
    {
        match self {
            // A key is a number or a text, which JSON always has a form for.
            Self::Key(key) => serde_json::to_string(key).unwrap_or_default(),
            Self::Json(json) => format!("#{}", fingerprint::to_digits(*json)),
        }
    }

    /// Returns the id that [`to_text`](Self::to_text) wrote; `None` if the text was damaged.
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
