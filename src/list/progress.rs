//! Notices a server that answers the same records for ever.

use crate::error::{Error, Kind};

/// How many answers in a row may bring nothing new. A few can be records that moved on, when as many
/// arrived as a page holds.
const MAX_ANSWERS_WITHOUT_NEW: u32 = 5;

/// How often the first record of a list may come again on a page that is not the same. Once can be a
/// list that was continued after more records arrived than had been read.
const MAX_BEGINNINGS: u32 = 2;

/// Counts what tells that a server repeats its records for ever.
#[derive(Default)]
pub(super) struct Progress {
    answers_without_new: u32,
    beginnings: u32,
}

impl Progress {
    /// Counts an answer that has no new record.
    pub fn nothing_new(&mut self, page: u64) -> Result<(), Error> {
        self.answers_without_new += 1;
        if self.answers_without_new < MAX_ANSWERS_WITHOUT_NEW {
            return Ok(());
        }
        Err(repeats(format!(
            "page {page} brings nothing new, like the {} answers before it: the server seems to \
             answer the same page for ever, or a few of them in turn",
            MAX_ANSWERS_WITHOUT_NEW - 1,
        )))
    }

    /// Counts a page that has new records. `begins_again` tells that the first record of the list is
    /// among them.
    pub fn something_new(&mut self, page: u64, begins_again: bool) -> Result<(), Error> {
        self.answers_without_new = 0;
        self.beginnings += u32::from(begins_again);
        if self.beginnings < MAX_BEGINNINGS {
            return Ok(());
        }
        Err(repeats(format!(
            "page {page} begins the list once more, and the pages before it bring nothing new: the \
             server seems to answer the same records for ever"
        )))
    }
}

fn repeats(message: String) -> Error {
    Error::new(Kind::Repeats, message)
}
