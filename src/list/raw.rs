//! Records with the JSON that they were decoded from.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde_json::value::RawValue;

use super::paged::{PageRequest, Paged, Sealed};
use crate::json;

/// A record with the JSON that it was decoded from.
///
/// The iterators of [`Items::with_raw`](super::Items::with_raw) and
/// [`Pages::with_raw`](super::Pages::with_raw) give such records.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct RawRecord<R> {
    /// The decoded record.
    pub value: R,
    /// The JSON of the record, byte for byte as the service sent it. It has the fields that the
    /// document does not know, keys that are `null`, and empty lists. Serializing
    /// [`value`](Self::value) loses these.
    pub json: String,
}

/// Does not show the JSON, since it can hold values that the `Debug` of the record hides.
impl<R: fmt::Debug> fmt::Debug for RawRecord<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRecord")
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}

/// Works only with `serde_json`.
impl<'de, R: DeserializeOwned> Deserialize<'de> for RawRecord<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let value = json::from_str(raw.get()).map_err(D::Error::custom)?;
        let json = Box::<str>::from(raw).into_string();
        Ok(Self { value, json })
    }
}

/// A request for a page of [`RawRecord`]s.
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
        // The path inside of a `RawRecord` is not visible: it takes its JSON in one piece.
        P::path(json)
    }
}
