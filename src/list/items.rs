//! The records of a list, one by one.

use std::iter::FusedIterator;
use std::time::{Duration, Instant};
use std::vec;

use super::bookmark::Bookmark;
use super::paged::Paged;
use super::pager::Pager;
use super::prefetch::Prefetch;
use super::raw::WithRaw;
use crate::error::Error;

/// An iterator over the records of a list, which fetches the pages as they are needed.
///
/// From `items()` of a request. It gives the records in the order of the service, which is not
/// documented: do not count on the newest to come first, or last.
///
/// # Errors
///
/// There are two kinds of errors, and [`Error::raw_record`] tells them apart:
///
/// - A record that does not decode is an error in its place, with its JSON at hand. The records
///   after it still come.
/// - An error that stops the list, such as a lost connection or a 503 that outlasts the retries.
///   After it the iterator gives `None`, so that no loop over it is endless. [`resume`](Self::resume)
///   continues the list with the page that failed, and a [`bookmark`](Self::bookmark) does so in
///   another process.
///
/// # The end
///
/// A list ends at an empty page, or at the 404 with which the framework of the service answers for
/// a page past the end, `{"detail": "Invalid page."}`. A short page does not end it. Every other 404
/// is an error, since a gateway or a wrong path answers so, too; after the first page it is one only
/// if the page is answered with a 404 twice, 200 milliseconds apart.
///
/// If the page before was as long as the longest page so far, there could be more: then the end is
/// asked for once more, after the same time, before it is believed. A list whose first page is
/// not page 1 of the service and is past the end is an error, for which
/// [`Error::is_not_found`] is true.
///
/// [`is_complete`](Self::is_complete) tells whether the service said that the list ended. A job
/// that deletes what is missing from a list should look at it first. What it cannot tell: a service
/// that answers an empty first page, or twice in a row that the list ended, is believed; and a
/// record that is *deleted* while the list is read moves the records after it forward, so that one
/// of them can be missed between two pages.
///
/// # Records that arrive meanwhile
///
/// A record that arrives while the list is read can move the records after it on, so that a page
/// begins with records of the page before. A record that was on one of the two pages before is not
/// given again, nor is any record of a page that came before as a whole. Where more than two pages of
/// records arrive between two pages, some can be given twice; none is lost. Records are told apart by
/// their key, and where no key can be read by their JSON.
///
/// Five pages in a row without a new record are an error, and so is a list that begins from its first
/// record for the third time: the service then seems to ignore the number of the page.
///
/// # Example
///
/// ```no_run
/// use fitrankings::Client;
///
/// let client = Client::from_env()?;
/// for activity in client.list_activities().page_size(100).items() {
///     match activity {
///         Ok(activity) => println!("{}", activity.id),
///         Err(error) if error.raw_record().is_some() => eprintln!("left out: {error}"),
///         Err(error) => return Err(error),
///     }
/// }
/// # Ok::<(), fitrankings::Error>(())
/// ```
///
/// # Example: how many records there are
///
/// `count()` of an iterator counts the errors, too. This counts the records, and stops at an error:
///
/// ```
/// # use fitrankings::{Client, MasterToken, sandbox::Sandbox};
/// # let sandbox = Sandbox::builder().activities(25).start()?;
/// # let builder = Client::builder().base_url(sandbox.base_url());
/// # let client = builder.build(MasterToken::new(sandbox.master_token())?)?;
/// let mut items = client.list_activities().items();
/// let count = items.try_fold(0, |count, activity| activity.map(|_| count + 1))?;
/// assert_eq!(count, 25);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a list is fetched as it is iterated over"]
pub struct Items<P: Paged> {
    pager: Pager<P>,
    current: vec::IntoIter<Result<P::Record, Error>>,
}

impl<P: Paged> Items<P> {
    #[doc(hidden)]
    pub fn new(request: P) -> Self {
        Self {
            pager: Pager::new(request),
            current: Vec::new().into_iter(),
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

    /// Continues a list that an error stopped: the next item is from the page that failed.
    ///
    /// The list keeps its memory, so no record is lost and none is given twice. Does nothing to a
    /// list that was not stopped by an error.
    ///
    /// # Example: a program with more patience than the client
    ///
    /// ```
    /// use std::thread;
    /// use std::time::{Duration, Instant};
    ///
    /// use fitrankings::sandbox::{Fault, Sandbox};
    /// use fitrankings::{Client, MasterToken, RetryPolicy};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = Sandbox::builder().activities(25).start()?;
    /// let client = Client::builder()
    ///     .base_url(sandbox.base_url())
    ///     .retry(RetryPolicy::none())
    ///     .build(MasterToken::new(sandbox.master_token())?)?;
    ///
    /// let mut items = client.list_activities().page_size(10).items();
    /// let (mut ids, mut attempts) = (Vec::new(), 0);
    /// while let Some(activity) = items.next() {
    ///     match activity {
    ///         Ok(activity) => ids.push(activity.id),
    ///         Err(error) if error.raw_record().is_some() => eprintln!("left out: {error}"),
    ///         Err(error) if error.is_retryable() && attempts < 5 => {
    ///             attempts += 1;
    ///             thread::sleep(error.retry_after().unwrap_or(Duration::from_millis(100)));
    ///             items.resume();
    ///         }
    ///         Err(error) => return Err(error.into()),
    ///     }
    /// #   if ids.len() == 10 && attempts == 0 { sandbox.fault(Fault::Status(503)); }
    /// }
    /// assert!(items.is_complete());
    /// assert_eq!(ids, sandbox.activity_ids());
    /// # assert_eq!(attempts, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn resume(&mut self) {
        self.pager.resume();
    }

    /// Returns the place after the last item that was given, to continue from with
    /// [`start_at`](Self::start_at).
    ///
    /// At any time: in the middle of a page, after an error, or before the first item. See
    /// [`Bookmark`] for an example.
    pub fn bookmark(&self) -> Bookmark {
        self.pager.bookmark(self.current.len())
    }

    /// Continues from a [`Bookmark`] of the same list, in place of beginning at the first page.
    ///
    /// If the bookmark is of a list with another operation or other parameters, the first item is
    /// an error, for which [`Error::is_invalid_input`] is true.
    pub fn start_at(mut self, bookmark: &Bookmark) -> Self {
        self.current = Vec::new().into_iter();
        self.pager.start_at(bookmark);
        self
    }

    /// Returns true once the iterator has reached the end of the list, as the service tells it.
    ///
    /// False before that, and after an error that stopped the list. Records that did not decode make no difference.
    ///
    /// # Example: delete only what a whole list lacks
    ///
    /// ```
    /// # use std::collections::HashSet;
    /// # use fitrankings::{Client, MasterToken, sandbox::Sandbox};
    /// # let sandbox = Sandbox::builder().activities(25).start()?;
    /// # let builder = Client::builder().base_url(sandbox.base_url());
    /// # let client = builder.build(MasterToken::new(sandbox.master_token())?)?;
    /// # let mut mirror = HashSet::from([1]);
    /// let mut items = client.list_activities().items();
    /// let mut there = HashSet::new();
    /// for activity in items.by_ref() {
    ///     there.insert(activity?.id);
    /// }
    /// if items.is_complete() {
    ///     mirror.retain(|id| there.contains(id));
    /// }
    /// # assert!(mirror.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_complete(&self) -> bool {
        self.pager.is_complete()
    }

    /// Gives each record together with the JSON that it was decoded from.
    ///
    /// Serializing a record drops the fields that the document does not know, keys that are `null`,
    /// and empty lists; its JSON has them. Decoding takes longer this way, since each record is
    /// read twice. On a list that was begun, the page that is being given is fetched again.
    ///
    /// # Example
    ///
    /// ```
    /// # use fitrankings::{Client, MasterToken, sandbox::Sandbox};
    /// # let sandbox = Sandbox::builder().activities(25).start()?;
    /// # let builder = Client::builder().base_url(sandbox.base_url());
    /// # let client = builder.build(MasterToken::new(sandbox.master_token())?)?;
    /// for activity in client.list_activities().items().with_raw() {
    ///     let activity = activity?;
    ///     let id = activity.value.id;
    ///     assert!(activity.json.contains(&format!("\"id\":{id}")));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_raw(self) -> Items<WithRaw<P>> {
        Items {
            pager: self.pager.with_raw(self.current.len()),
            current: Vec::new().into_iter(),
        }
    }
}

impl<P: Paged> Iterator for Items<P> {
    type Item = Result<P::Record, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.current.next() {
                return Some(item);
            }
            match self.pager.next()? {
                Ok((_, entries)) => self.current = entries.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<P: Paged> FusedIterator for Items<P> {}
