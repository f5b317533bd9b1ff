//! What the caller gets of a page: its new records, and errors for those that did not decode.

use std::sync::Arc;
use std::time::Instant;
use std::vec;

use super::paged::Paged;
use ureq::http::StatusCode;

use crate::call::Call;
use crate::error::Error;
use crate::limits::Limits;
use crate::response::Response;

/// A record that did not decode.
pub(super) struct BrokenRecord {
    /// Where it stands on its page, from 0.
    pub place: usize,
    pub json: String,
    pub error: serde_json::Error,
}

/// The call that brought a page, to make errors of its broken records.
///
/// That takes time, since a record is searched for secrets, and a page can have a thousand broken
/// records. So it happens record by record, and the caller can be stopped in between.
pub(super) struct PageCall {
    status: StatusCode,
    call: Arc<Call>,
}

impl PageCall {
    pub fn new(response: &Response<'_>, call: &Arc<Call>) -> Self {
        Self {
            status: response.status_code(),
            call: Arc::clone(call),
        }
    }
}

/// The entries of a page that are new: records, and errors in place of those that did not decode.
pub(super) struct Entries<P: Paged> {
    /// The number of the page.
    pub number: u64,
    records: vec::IntoIter<P::Record>,
    /// The broken records, with their places among the entries.
    broken: vec::IntoIter<(usize, BrokenRecord)>,
    given: usize,
    call: Option<Box<PageCall>>,
}

impl<P: Paged> Entries<P> {
    pub fn new(number: u64, records: Vec<P::Record>) -> Self {
        Self {
            number,
            records: records.into_iter(),
            broken: Vec::new().into_iter(),
            given: 0,
            call: None,
        }
    }

    pub fn with_broken(
        number: u64,
        records: Vec<P::Record>,
        broken: Vec<(usize, BrokenRecord)>,
        call: Box<PageCall>,
    ) -> Self {
        Self {
            broken: broken.into_iter(),
            call: Some(call),
            ..Self::new(number, records)
        }
    }

    pub fn len(&self) -> usize {
        self.records.len() + self.broken.len()
    }

    /// Returns an error if the next entry would take time that the caller does not have: it is a
    /// broken record, and the caller cancelled or the time of the list is over.
    pub fn check(&self, list_deadline: Option<Instant>) -> Result<(), Error> {
        match &self.call {
            Some(page) if self.is_broken_next() => page
                .call
                .check(&page.call.limits_after(list_deadline, None)),
            _ => Ok(()),
        }
    }

    /// Returns the limits of explaining all broken records, which has the time of one call; `None` if
    /// no record is broken.
    pub fn limits(&self, list_deadline: Option<Instant>) -> Option<Limits> {
        let call = &self.call.as_deref()?.call;
        let timeout = call.session.config.timeout_call;
        Some(call.limits_after(list_deadline, timeout))
    }

    /// Returns an error if the next entry is a broken record, and these limits are exceeded.
    pub fn check_limits(&self, limits: &Limits) -> Result<(), Error> {
        match &self.call {
            Some(page) if self.is_broken_next() => page.call.check(limits),
            _ => Ok(()),
        }
    }

    fn is_broken_next(&self) -> bool {
        let next = self.broken.as_slice().first();
        next.is_some_and(|(place, _)| *place == self.given)
    }

    fn next_broken(&mut self) -> Option<Error> {
        let (_, BrokenRecord { place, json, error }) = self.broken.next()?;
        let PageCall { status, call } = self.call.as_deref()?;
        let redactor = call.redactor();
        let response = Response::without_body(*status, call.operation, &redactor);
        let error = response.explain_record(place, &json, &error, P::KEY, P::path);
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
