//! Records with the JSON that they were decoded from.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde_json::value::RawValue;

use super::paged::{PageRequest, Paged, Sealed};

/// A record together with the JSON that it was decoded from.
///
/// From [`Items::with_raw`](super::Items::with_raw) and
/// [`Pages::with_raw`](super::Pages::with_raw).
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct RawRecord<R> {
    /// The decoded record.
    pub value: R,
    /// Its JSON, byte for byte as the service wrote it: with the fields that the document does not
    /// know, with keys that are `null`, and with empty lists. Serializing
    /// [`value`](Self::value) keeps none of these.
    pub json: String,
}

/// Without the JSON, which holds in clear what the record itself may hide.
impl<R: fmt::Debug> fmt::Debug for RawRecord<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRecord")
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}

/// Only from JSON, by `serde_json`.
impl<'de, R: DeserializeOwned> Deserialize<'de> for RawRecord<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        let value = serde_json::from_str(json.get()).map_err(D::Error::custom)?;
        let json = Box::<str>::from(json).into_string();
        Ok(Self { value, json })
    }
}

/// A request for a list whose records come with their JSON, as [`RawRecord`]s.
#[derive(Clone, Debug)]
pub struct WithRaw<P>(pub(super) P);

impl<P: Paged> Sealed for WithRaw<P> {}

impl<P: Paged> Paged for WithRaw<P> {
    type Record = RawRecord<P::Record>;
    type Key = P::Key;

    const FIRST: u64 = P::FIRST;
    const KEY: &'static str = P::KEY;
    const END: Option<&'static str> = P::END;

    fn key(record: &Self::Record) -> Option<P::Key> {
        P::key(&record.value)
    }

    fn page_asked(&self) -> Option<u64> {
        self.0.page_asked()
    }

    fn page_request(&self, page: u64) -> PageRequest {
        self.0.page_request(page)
    }

    fn path(json: &str) -> Option<String> {
        // The record's own: seen from outside, its JSON is read in one piece.
        P::path(json)
    }
}
