//! The records of a list, page by page.

use std::iter::FusedIterator;
use std::time::{Duration, Instant};

use super::bookmark::Bookmark;
use super::page::Page;
use super::paged::Paged;
use super::pager::Pager;
use super::prefetch::Prefetch;
use super::raw::WithRaw;
use crate::error::Error;

/// An iterator over the pages of a list, which fetches them as they are needed.
///
/// From `pages()` of a request. What the docs of [`Items`] say on errors, the end, and records that
/// arrive meanwhile is true here, too.
#[must_use = "a list is fetched as it is iterated over"]
pub struct Pages<P: Paged> {
    pager: Pager<P>,
}

impl<P: Paged> Pages<P> {
    #[doc(hidden)]
    pub fn new(request: P) -> Self {
        Self {
            pager: Pager::new(request),
        }
    }

    /// Fetches up to `pages` pages ahead, each on a thread of its own, over the connections of the
    /// client. Their order stays. Default: 0. The maximum is 32.
    ///
    /// As many pages are in memory at once. Pages that are requested together can be answered in
    /// any order. So use this for a list that does not change meanwhile: a record that arrives in
    /// between can hide another one.
    ///
    /// The iterator does not know how many items will be taken from it. After `take(n)`, up to
    /// `pages` pages more than needed have been requested. Dropping the iterator stops its threads
    /// within a moment.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.pager.prefetch.ahead = pages.min(Prefetch::<P>::MAX_AHEAD);
        self
    }

    /// Sets how long the whole list may take, from now on. Default: no limit but that of each call.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.pager.prefetch.deadline = Instant::now().checked_add(timeout);
        self
    }

    /// Continues a list that an error stopped, with the page that failed; see [`Items::resume`].
    pub fn resume(&mut self) {
        self.pager.resume();
    }

    /// Returns the place after the last page that was given; see [`Items::bookmark`].
    pub fn bookmark(&self) -> Bookmark {
        self.pager.bookmark(0)
    }

    /// Continues from a [`Bookmark`] of the same list; see [`Items::start_at`].
    ///
    /// A bookmark of [`Items`] will do, too: the first page then lacks the records that were given.
    pub fn start_at(mut self, bookmark: &Bookmark) -> Self {
        self.pager.start_at(bookmark);
        self
    }

    /// Returns true once the iterator has reached the end of the list, as the service tells it; see
    /// [`Items::is_complete`].
    pub fn is_complete(&self) -> bool {
        self.pager.is_complete()
    }

    /// Gives each record together with the JSON that it was decoded from; see [`Items::with_raw`].
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
            pager: self.pager.with_raw(0),
        }
    }
}

impl<P: Paged> Iterator for Pages<P> {
    type Item = Result<Page<P::Record>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let page = self.pager.next()?.map(|(number, entries)| {
            let mut page = Page {
                number,
                records: Vec::new(),
                errors: Vec::new(),
            };
            for entry in entries {
                match entry {
                    Ok(record) => page.records.push(record),
                    Err(error) => page.errors.push(error),
                }
            }
            page
        });
        Some(page)
    }
}

impl<P: Paged> FusedIterator for Pages<P> {}
