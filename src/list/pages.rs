//! The records of a list, page by page.

use std::iter::FusedIterator;
use std::time::Duration;

use super::bookmark::Bookmark;
use super::decode::entries::Entries;
use super::incomplete::Incomplete;
use super::paged::Paged;
use super::pager::Pager;
use super::raw::WithRaw;
use crate::error::Error;

/// A page of a list, without the records that were on one of the two pages before it.
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
/// `pages()` of a request returns one. The docs of [`Items`](super::Items) on errors, the end,
/// complete lists and records that arrive hold for pages, too.
#[must_use = "a list is fetched as it is iterated over"]
pub struct Pages<P: Paged> {
    pager: Pager<P>,
    /// A page whose broken records are not all explained yet, since an error came in between.
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

    /// Fetches up to `pages` pages ahead, each on a thread of its own, over the connections of the
    /// client. The order of the records stays the same. Default: 0. The maximum is 32.
    ///
    /// The pages are in memory at the same time. Pages that are requested at the same time can be
    /// answered in any order. So use this for a list that does not change meanwhile: a record that
    /// arrives in between can hide another one.
    ///
    /// Nothing is fetched before the first call of `next`. An iterator does not know how many
    /// items will be taken from it: `take(n)` may request up to `pages` pages more than it needs.
    /// Dropping the iterator stops these requests, and their threads end within a moment. `take(n)`
    /// drops the iterator if it owns it; `by_ref().take(n)` does not.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.pager.set_ahead(pages);
        self
    }

    /// Sets how long the whole list may take, from now on. Default: no limit.
    ///
    /// The list then stops with an error for which [`Error::is_timeout`] is true. Each page has its
    /// own limit besides, [`timeout_call`](crate::ClientBuilder::timeout_call).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.pager.set_timeout(timeout);
        self
    }

    /// Continues a list that an error stopped, with the page that failed; see [`Items::resume`].
    ///
    /// [`Items::resume`]: super::Items::resume
    pub fn resume(&mut self) {
        self.pager.resume();
    }

    /// Returns the place after the last page that was given; see [`Items::bookmark`].
    ///
    /// [`Items::bookmark`]: super::Items::bookmark
    pub fn bookmark(&self) -> Bookmark {
        self.pager.bookmark(self.left())
    }

    /// Continues from a [`Bookmark`] of the same list; see [`Items::start_at`].
    ///
    /// A bookmark of [`Items`](super::Items) can be used, too: the first page then lacks the records
    /// that were given.
    ///
    /// [`Items::start_at`]: super::Items::start_at
    pub fn start_at(mut self, bookmark: &Bookmark) -> Self {
        self.unfinished = None;
        self.pager.start_at(bookmark);
        self
    }

    /// Returns true once the iterator came to the end of the list; see [`Items::has_ended`].
    ///
    /// [`Items::has_ended`]: super::Items::has_ended
    pub fn has_ended(&self) -> bool {
        self.pager.has_ended()
    }

    /// Returns true once this iterator gave the whole list, from its first record to its end; see
    /// [`Items::is_complete`].
    ///
    /// [`Items::is_complete`]: super::Items::is_complete
    pub fn is_complete(&self) -> bool {
        self.incomplete_reason().is_none()
    }

    /// Returns why the list is not complete, or `None` if it is.
    pub fn incomplete_reason(&self) -> Option<Incomplete> {
        self.pager.incomplete_reason()
    }

    /// Gives each record together with the JSON that it was decoded from; see [`Items::with_raw`].
    ///
    /// [`Items::with_raw`]: super::Items::with_raw
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

    /// Returns how many entries of the current page were not given yet: all or none.
    fn left(&self) -> usize {
        self.unfinished.as_ref().map_or(0, |(page, rest)| {
            page.records.len() + page.errors.len() + rest.len()
        })
    }

    /// Moves the entries into the page. Explaining its broken records may take the time of one call.
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
