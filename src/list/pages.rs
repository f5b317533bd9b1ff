//! The iterator over the pages of a list.

use std::iter::FusedIterator;
use std::time::Duration;

use super::bookmark::Bookmark;
use super::decode::entries::Entries;
use super::incomplete::Incomplete;
#[cfg(doc)]
use super::items::Items;
use super::paged::Paged;
use super::pager::Pager;
use super::raw::WithRaw;
use crate::error::Error;

/// A page of a list, without the records that were on the last pages before it: see [`Items`].
#[derive(Debug)]
#[non_exhaustive]
pub struct Page<R> {
    /// The number of the page.
    pub number: u64,
    /// The records, in the order of the service.
    pub records: Vec<R>,
    /// An error for each record that did not decode. [`Error::raw_record`] returns its JSON.
    pub errors: Vec<Error>,
}

/// An iterator over the pages of a list. It fetches them as they are needed.
///
/// The method `pages()` of a request returns it. The docs of [`Items`] on errors, the end, complete
/// lists and arriving records apply to pages, too.
#[must_use = "a list is fetched as it is iterated over"]
pub struct Pages<P: Paged> {
    pager: Pager<P>,
    /// A page with broken records that are not explained yet, since an error came in between.
    unfinished: Option<(Page<P::Record>, Entries<P>)>,
}

impl<P: Paged> Pages<P> {
    #[doc(hidden)]
    pub fn new(request: P) -> Self {
        Self {
            pager: Pager::new(request),
            unfinished: None,
        }
    }

    /// Sets how many pages are fetched ahead; see [`Items::prefetch`]. Default: 0. Maximum: 32.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.pager.set_ahead(pages);
        self
    }

    /// Sets how long the whole list may take, counted from this call; see [`Items::timeout`].
    /// Default: no limit.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.pager.set_timeout(timeout);
        self
    }

    /// Continues a list that an error stopped, with the page that failed; see [`Items::resume`].
    pub fn resume(&mut self) {
        self.pager.resume();
    }

    /// Returns a bookmark after the last page that was given; see [`Items::bookmark`].
    pub fn bookmark(&self) -> Bookmark {
        self.pager.bookmark(self.left())
    }

    /// Continues from a [`Bookmark`] of the same list; see [`Items::start_at`].
    ///
    /// A bookmark of [`Items`] works, too: the first page is then without the records that were
    /// given.
    pub fn start_at(mut self, bookmark: &Bookmark) -> Self {
        self.unfinished = None;
        self.pager.start_at(bookmark);
        self
    }

    /// Returns true once the iterator has reached the end of the list; see [`Items::has_ended`].
    pub fn has_ended(&self) -> bool {
        self.pager.has_ended()
    }

    /// Returns true once this iterator has read the whole list and saw no gap; see
    /// [`Items::is_complete`].
    pub fn is_complete(&self) -> bool {
        self.incomplete_reason().is_none()
    }

    /// Returns why the list is not complete, or `None` if it is.
    pub fn incomplete_reason(&self) -> Option<Incomplete> {
        self.pager.incomplete_reason()
    }

    /// Converts this iterator into one whose records come with their JSON; see [`Items::with_raw`].
    ///
    /// # Example
    ///
    /// ```
    /// # use fitrankings::{Client, MasterToken, sandbox::Sandbox};
    /// # let sandbox = Sandbox::start()?;
    /// # let builder = Client::builder().base_url(sandbox.base_url());
    /// # let client = builder.build(MasterToken::new(sandbox.master_token())?)?;
    /// for page in client.list_users().pages().with_raw() {
    ///     for user in page?.records {
    ///         println!("{}: {}", user.value.id, user.json);
    ///     }
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_raw(self) -> Pages<WithRaw<P>> {
        Pages {
            pager: self.pager.with_raw(self.left()),
            unfinished: None,
        }
    }

    /// Returns the number of new entries of the current page that were not given yet: all or none.
    fn left(&self) -> usize {
        self.unfinished.as_ref().map_or(0, |(page, rest)| {
            page.records.len() + page.errors.len() + rest.len()
        })
    }

    /// Moves the entries into the page. Explaining its broken records may take the time of one
    /// call.
    fn finish(
        &mut self,
        mut page: Page<P::Record>,
        mut entries: Entries<P>,
    ) -> Result<Page<P::Record>, Error> {
        let mut limits = None;
        loop {
            if let Some(call) = entries.call_of_broken() {
                let timeout = call.session.config.timeout_call;
                let start = || call.limits_after(self.pager.deadline(), timeout);
                if let Err(error) = call.check(limits.get_or_insert_with(start)) {
                    self.unfinished = Some((page, entries));
                    return Err(error);
                }
            }
            match entries.next() {
                Some(Ok(record)) => page.records.push(record),
                Some(Err(error)) => page.errors.push(error),
                None => return Ok(page),
            }
        }
    }
}

impl<P: Paged> Iterator for Pages<P> {
    type Item = Result<Page<P::Record>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.pager.is_stopped() {
            return None;
        }
        let (page, entries) = match self.unfinished.take() {
            Some(unfinished) => unfinished,
            None => match self.pager.next()? {
                Ok(entries) => {
                    let page = Page {
                        number: entries.number,
                        records: Vec::with_capacity(entries.len()),
                        errors: Vec::new(),
                    };
                    (page, entries)
                }
                Err(error) => return Some(Err(error)),
            },
        };
        let number = page.number;
        let page = self.finish(page, entries);
        Some(page.map_err(|error| self.pager.stop(number, error)))
    }
}

impl<P: Paged> FusedIterator for Pages<P> {}
