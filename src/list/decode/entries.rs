//! The new entries of a page: records, and errors in place of those that did not decode.

use std::sync::Arc;
use std::vec;

use ureq::http::StatusCode;

use crate::call::Call;
use crate::error::Error;
use crate::list::paged::Paged;
use crate::response::Response;

/// A record that did not decode.
pub(crate) struct BrokenRecord {
    /// Its index on the page, from 0.
    pub index: usize,
    pub json: String,
    pub error: serde_json::Error,
}

/// The call that fetched a page, from which the errors of its broken records are made.
pub(crate) struct PageCall {
    pub status: StatusCode,
    pub call: Arc<Call>,
}

/// An iterator over the new entries of a page.
///
/// It makes the errors of broken records one by one, when their turn comes. Each takes time, since
/// the record is searched for secrets, and a page can have a thousand of them: the caller can be
/// cancelled in between.
pub(crate) struct Entries<P: Paged> {
    /// The number of the page.
    pub number: u64,
    records: vec::IntoIter<P::Record>,
    /// The broken records, each with its index among the new entries.
    broken: vec::IntoIter<(usize, BrokenRecord)>,
    given: usize,
    /// `None` if no record of the page is broken.
    call: Option<PageCall>,
}

impl<P: Paged> Entries<P> {
    pub fn new(
        number: u64,
        records: Vec<P::Record>,
        broken: Vec<(usize, BrokenRecord)>,
        call: Option<PageCall>,
    ) -> Self {
        Self {
            number,
            records: records.into_iter(),
            broken: broken.into_iter(),
            given: 0,
            call,
        }
    }

    pub fn len(&self) -> usize {
        self.records.len() + self.broken.len()
    }

    /// Returns the call that fetched the page if the next entry is a broken record. Check its
    /// limits before taking the entry.
    pub fn call_of_broken(&self) -> Option<&Call> {
        let page = self.call.as_ref().filter(|_| self.is_broken_next());
        page.map(|page| &*page.call)
    }

    fn is_broken_next(&self) -> bool {
        let next = self.broken.as_slice().first();
        next.is_some_and(|(index, _)| *index == self.given)
    }

    fn next_broken(&mut self) -> Option<Error> {
        let (_, BrokenRecord { index, json, error }) = self.broken.next()?;
        let PageCall { status, call } = self.call.as_ref()?;
        let redactor = call.redactor();
        let response = Response::without_body(*status, call.operation, &redactor);
        let error = response.explain_record(index, &json, &error, P::KEY, P::path);
        Some(error.with_page(self.number))
    }
}

impl<P: Paged> Iterator for Entries<P> {
    type Item = Result<P::Record, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = if self.is_broken_next() {
            Err(self.next_broken()?)
        } else {
            Ok(self.records.next()?)
        };
        self.given += 1;
        Some(entry)
    }
}
