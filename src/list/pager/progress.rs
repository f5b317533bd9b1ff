//! Detects a server that repeats the same records forever.

use crate::error::{Error, Kind};

/// The number of responses in a row without a new record that is an error. A few such responses are
/// normal if as many records arrived as a page holds.
const MAX_RESPONSES_WITHOUT_NEW: u32 = 5;

/// How often a later page with other records may contain the list's first record, until that is an
/// error. Once is normal if more records arrived than had been read before the list was continued.
const MAX_RESTARTS: u32 = 2;

/// Counts the signs of a server that repeats the same records.
#[derive(Default)]
pub(super) struct Progress {
    responses_without_new: u32,
    /// The number of records on short pages without a new record, since the last new one.
    known_records: usize,
    restarts: u32,
}

impl Progress {
    /// Counts a response without a new record.
    pub fn nothing_new(&mut self, page: u64) -> Result<(), Error> {
        self.responses_without_new += 1;
        if self.responses_without_new < MAX_RESPONSES_WITHOUT_NEW {
            return Ok(());
        }
        Err(repeats(format!(
            "page {page} has nothing new, like the {} responses before it: the server seems to \
             return the same page forever, or a few pages in turn",
            MAX_RESPONSES_WITHOUT_NEW - 1,
        )))
    }

    /// Counts a page of `length` records without a new one that is not the same as an earlier page.
    ///
    /// After the service lowered its page size, many short pages lie within the larger pages that
    /// came before. They count only once they hold more records than are remembered.
    pub fn only_known(&mut self, page: u64, length: usize, largest: usize) -> Result<(), Error> {
        if length < largest && self.known_records < largest.saturating_mul(2) {
            self.known_records += length;
            return Ok(());
        }
        self.nothing_new(page)
    }

    /// Counts a page with new records. `has_first` is true if one of them is the first record of
    /// the list.
    pub fn something_new(&mut self, page: u64, has_first: bool) -> Result<(), Error> {
        self.responses_without_new = 0;
        self.known_records = 0;
        self.restarts += u32::from(has_first);
        if self.restarts < MAX_RESTARTS {
            return Ok(());
        }
        Err(repeats(format!(
            "page {page} starts the list again, and the pages before it had nothing new: the \
             server seems to return the same records forever"
        )))
    }
}

fn repeats(message: String) -> Error {
    Error::new(Kind::Repeats, message)
}
