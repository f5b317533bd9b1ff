//! One page of a list, as the caller gets it.

use crate::error::Error;

/// One page of a list, without the records that one of the pages before it had.
#[derive(Debug)]
#[non_exhaustive]
pub struct Page<R> {
    /// The number of the page.
    pub number: u64,
    /// The records, in the order of the service.
    pub records: Vec<R>,
    /// The records that did not decode: see [`Error::raw_record`].
    pub errors: Vec<Error>,
}

impl<R> Page<R> {
    pub(super) fn new(number: u64) -> Self {
        Self {
            number,
            records: Vec::new(),
            errors: Vec::new(),
        }
    }
}
