//! Decodes the records of a page, and limits their number.

use std::ops::ControlFlow;

use serde::de::DeserializeOwned;

use crate::error::{Error, Kind};
use crate::response::elements::for_each_element;

/// The most memory for the records of a page, as a multiple of the size of its JSON; memory that the
/// records own on the heap does not count. `{"id":1}` has 8 bytes and becomes a record of hundreds of
/// bytes: without a limit, a page within `max_body_size` could take gigabytes.
const MAX_GROWTH: usize = 4;

/// The number of records that is always allowed. Real pages have some hundreds.
const ALWAYS_ALLOWED: usize = 10_000;

/// Why the records of a page were not decoded.
pub(crate) enum Failure {
    TooMany(Error),
    Json(serde_json::Error),
}

/// Returns the most records that a page of this JSON may have.
pub(crate) fn max_count<R>(json: &str) -> usize {
    let most = json.len().saturating_mul(MAX_GROWTH) / size_of::<R>().max(1);
    most.max(ALWAYS_ALLOWED)
}

pub(crate) fn too_many(max: usize) -> Error {
    Error::new(
        Kind::TooManyRecords,
        format!("the page has more than {max} records"),
    )
}

/// Decodes the records of a page.
pub(crate) fn decode<R: DeserializeOwned>(json: &str) -> Result<Vec<R>, Failure> {
    let max = max_count::<R>(json);
    let mut records = Vec::new();
    let mut are_too_many = false;
    let decoded = for_each_element(json, |record| {
        if records.len() == max {
            are_too_many = true;
            return ControlFlow::Break(());
        }
        records.push(record);
        ControlFlow::Continue(())
    });
    match decoded {
        Ok(()) => Ok(records),
        Err(_) if are_too_many => Err(Failure::TooMany(too_many(max))),
        Err(error) => Err(Failure::Json(error)),
    }
}
