//! The iterator over the records of a list.

use std::iter::FusedIterator;
use std::time::Duration;

use super::bookmark::Bookmark;
use super::decode::entries::Entries;
use super::incomplete::Incomplete;
use super::paged::Paged;
use super::pager::Pager;
use super::raw::WithRaw;
use crate::error::Error;

/// An iterator over the records of a list. It fetches the pages as they are needed.
///
/// The method `items()` of a request returns it. `page(n).items()` begins at page `n`, and
/// [`take`](Iterator::take) limits the number of records. The records have the order of the
/// service. That order is not documented: the newest record can be first, last or anywhere.
///
/// # Errors
///
/// There are two kinds of errors. [`Error::raw_record`] tells them apart:
///
/// - If a record does not decode, there is an error in its place, with the JSON of the record. The
///   iterator continues with the next record.
/// - Any other error stops the list, for example a lost connection. From then on the iterator
///   returns `None`, so every loop over it ends. [`resume`](Self::resume) continues the list with
///   the page that failed. A [`bookmark`](Self::bookmark) continues it in another process.
///
/// If more than 1000 records of a page do not decode, there is one error for the page. It has no
/// `raw_record`, and stops the list.
///
/// # The end
///
/// A list ends at an empty page, or at the 404 `{"detail": "Invalid page."}`, which is the response
/// of Django REST framework for a page past the end. A short page does not end a list. Any other
/// 404 is an error, since gateways and wrong paths respond with 404, too.
///
/// A doubtful response is requested again after 200 milliseconds, and accepted if the service
/// repeats it. Four responses are doubtful:
///
/// - an end, if the page before is as long as the longest page so far. The only page of a list is
///   its longest page. Every end is doubtful after a page of the fourth kind, and if a bookmark
///   says that some records of the requested page were given.
/// - a 404 that does not end a list, after the first page
/// - a page with exactly the records of an earlier page
/// - a page that is longer than the page before it, if none of its records came before
///
/// If the first page requested is `page(n)` with n above 1, and past the end, that is an error for
/// which [`Error::is_not_found`] is true. An empty page 1 is an empty list. A bookmark at the end of
/// a list gives no more records, and no error.
///
/// # Complete lists
///
/// [`is_complete`](Self::is_complete) returns whether the iterator gave the whole list. Check it
/// before you delete what is missing from a list. It cannot detect five cases:
///
/// - The service wrongly responds with an empty first page, with an end after a page that is shorter
///   than the longest so far, or twice in a row with an end after any other page.
/// - With [`prefetch`](Self::prefetch), a record that arrives between two requests hides another.
/// - A record is *deleted* while the list is read. The records after it move forward, and one of
///   them can be missed between two pages.
/// - A record *moves* to an earlier place while the list is read, for example since it was changed
///   and the service puts the last change first. It is missed if its new place was read already.
///   So ask for each missing record before you delete it.
/// - Several backends lower `page_size` to different numbers, and the last page hides the gap,
///   since it is short. Any other gap shows as a page that is longer than the page before it. The
///   list is then not complete: see [`Incomplete::PagesGrew`].
///
/// # Records that arrive while the list is read
///
/// A new record can move the records after it, so that a page begins with records of the page
/// before. A record that was on one of the two pages before is not given again. Nor are the records
/// of a page with exactly the records of an earlier page. If the service lowers its page size, more
/// pages are remembered: at least as many records as two of the largest pages have.
///
/// Some records can come twice if more than two pages of records arrive between two requests, or if
/// the service lowers its page size after many pages: the next page then begins far before the end
/// of the last one. New records alone never cause a loss, unless [`prefetch`](Self::prefetch) is used.
///
/// Records are identified by their key, or by their JSON if the key cannot be read.
///
/// Five responses in a row without a new record are an error. So is a list that begins from its
/// first record for the third time: the service seems to ignore the page number.
///
/// # Memory
///
/// [`max_body_size`](crate::ClientBuilder::max_body_size) limits the JSON of a page. The decoded
/// records, without their texts and lists, may take four times the size of the JSON. A page that
/// exceeds this, and has more than 10,000 records, is an error for which [`Error::is_too_large`] is
/// true.
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
/// # Example: count the records
///
/// [`Iterator::count`] counts errors, too. This example counts records, and stops at an error:
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
    /// The remaining entries of the current page; `None` before the first page.
    entries: Option<Entries<P>>,
}

impl<P: Paged> Items<P> {
    #[doc(hidden)]
    pub fn new(request: P) -> Self {
        Self {
            pager: Pager::new(request),
            entries: None,
        }
    }

    /// Sets how many pages are fetched ahead. Default: 0. Maximum: 32.
    ///
    /// Each page is fetched on a thread of its own, over the connections of the client, and all are
    /// kept in memory. The order of the records stays the same.
    ///
    /// Use this for a list that does not change while it is read. The service can process requests
    /// that are sent at the same time in any order, so a record that arrives between two of them
    /// can hide another record.
    ///
    /// Nothing is fetched before the first call of `next`. `take(n)` can request up to `pages`
    /// pages more than it needs. Dropping the iterator stops these requests, and their threads end
    /// within a moment. `take(n)` drops the iterator; `by_ref().take(n)` does not.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.pager.set_ahead(pages);
        self
    }

    /// Sets how long the whole list may take, counted from this call. Default: no limit.
    ///
    /// After this time the list stops with an error for which [`Error::is_timeout`] is true. Each
    /// page also has the limit [`timeout_call`](crate::ClientBuilder::timeout_call).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.pager.set_timeout(timeout);
        self
    }

    /// Continues a stopped list: requests the failed page again, and gives the records that were
    /// not given yet.
    ///
    /// Resuming itself loses and repeats no record. Has no effect if no error stopped the list.
    ///
    /// # Example: more retries than the client's
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

    /// Returns a bookmark after the last item that was given. [`start_at`](Self::start_at)
    /// continues from it.
    ///
    /// This method can be called at any time: in the middle of a page, after an error, or before
    /// the first item. See [`Bookmark`] for an example.
    pub fn bookmark(&self) -> Bookmark {
        self.pager.bookmark(self.left())
    }

    /// Continues from a [`Bookmark`] of the same list.
    ///
    /// If the bookmark is of a list with another operation or other parameters, the first item is
    /// an error for which [`Error::is_invalid_input`] is true.
    pub fn start_at(mut self, bookmark: &Bookmark) -> Self {
        self.entries = None;
        self.pager.start_at(bookmark);
        self
    }

    /// Returns true once the iterator has reached the end of the list.
    ///
    /// Returns false before that, and after an error that stopped the list. A list that began at a
    /// later page or at a bookmark can reach the end, too: see [`is_complete`](Self::is_complete).
    pub fn has_ended(&self) -> bool {
        self.pager.has_ended()
    }

    /// Returns true once this iterator has read the list from its first record to its end, and saw
    /// no gap.
    ///
    /// The iterator cannot see every gap: [complete lists](Self#complete-lists) has the cases.
    /// Request a missing record by its id before you delete it.
    ///
    /// Returns false if the list was continued from a bookmark or began at a later page, since the
    /// iterator gave only a part of the list. [`incomplete_reason`](Self::incomplete_reason)
    /// returns the reason.
    ///
    /// A record that did not decode is part of the list, too. Its error has its id,
    /// [`Error::record_id`]: a program that deletes what is missing must keep that record.
    ///
    /// # Example: delete what is missing from a complete list, after a check of each record
    ///
    /// ```
    /// # use std::collections::HashSet;
    /// # use fitrankings::{Client, MasterToken, sandbox::Fault, sandbox::Sandbox};
    /// # let sandbox = Sandbox::builder().activities(25).start()?;
    /// # let builder = Client::builder().base_url(sandbox.base_url());
    /// # let client = builder.build(MasterToken::new(sandbox.master_token())?)?;
    /// # let mut mirror = HashSet::from([1]);
    /// let mut items = client.list_activities().items();
    /// let mut there: HashSet<i64> = HashSet::new();
    /// for activity in items.by_ref() {
    ///     match activity {
    ///         Ok(activity) => there.insert(activity.id),
    ///         Err(error) => match error.record_id().and_then(|id| id.parse().ok()) {
    ///             // A record that did not decode.
    ///             Some(id) => there.insert(id),
    ///             // The list stopped, or the record has no id.
    ///             None => return Err(error.into()),
    ///         },
    ///     };
    /// }
    /// if items.is_complete() {
    ///     let missing: Vec<i64> = mirror.difference(&there).copied().collect();
    ///     for id in missing {
    ///         match client.get_activity(id).call() {
    ///             // The list missed a record that exists.
    ///             Ok(_) => {}
    ///             Err(error) if error.is_not_found() => {
    ///                 mirror.remove(&id);
    ///             }
    ///             Err(error) => return Err(error.into()),
    ///         }
    ///     }
    /// }
    /// # assert!(mirror.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_complete(&self) -> bool {
        self.incomplete_reason().is_none()
    }

    /// Returns why the list is not complete, or `None` if it is.
    pub fn incomplete_reason(&self) -> Option<Incomplete> {
        self.pager.incomplete_reason()
    }

    /// Converts this iterator into one whose records come with the JSON that they were decoded
    /// from.
    ///
    /// The JSON has the fields that the document does not know, keys that are `null`, and empty
    /// lists. Serializing a record loses these. Decoding takes longer, since each record is read
    /// twice. If you call it in the middle of a page, that page is fetched again.
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
            pager: self.pager.with_raw(self.left()),
            entries: None,
        }
    }

    /// Returns the number of new entries of the current page that were not given yet.
    fn left(&self) -> usize {
        self.entries.as_ref().map_or(0, Entries::len)
    }
}

impl<P: Paged> Iterator for Items<P> {
    type Item = Result<P::Record, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.pager.is_stopped() {
                return None;
            }
            if let Some(entries) = &mut self.entries {
                if let Some(call) = entries.call_of_broken()
                    && let Err(error) = call.check(&call.limits_after(self.pager.deadline(), None))
                {
                    return Some(Err(self.pager.stop(entries.number, error)));
                }
                if let Some(item) = entries.next() {
                    return Some(item);
                }
            }
            match self.pager.next()? {
                Ok(entries) => self.entries = Some(entries),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<P: Paged> FusedIterator for Items<P> {}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use serde::Deserialize;

    use super::super::paged::{PageRequest, Sealed};
    use super::*;
    use crate::auth::token::NoToken;
    use crate::operation::{Method, Operation};
    use crate::request::Request;
    use crate::testing::operation;
    use crate::testing::server::{Reply, Server};
    use crate::{Client, RetryPolicy};

    static OPERATION: LazyLock<Operation> = LazyLock::new(|| operation(Method::GET, "/x"));

    #[derive(Debug, PartialEq, Deserialize)]
    struct Note {
        slug: Option<String>,
        text: String,
    }

    /// Notes whose key is a text, and may be missing.
    #[derive(Clone)]
    struct Notes(Client<NoToken>);

    impl Sealed for Notes {}

    impl Paged for Notes {
        type Record = Note;
        type Key = String;

        const FIRST: u64 = 1;
        const KEY: &'static str = "slug";
        const END: Option<&'static str> = Some("No more.");

        fn key(note: &Note) -> Option<String> {
            note.slug.clone()
        }

        fn page_asked(&self) -> Option<u64> {
            None
        }

        fn page_request(&self, page: u64) -> PageRequest {
            PageRequest(Request::new(&self.0.session, &OPERATION).query("page", &[page]))
        }
    }

    fn notes(address: std::net::SocketAddr) -> Notes {
        let client = Client::builder()
            .base_url(format!("http://{address}"))
            .retry(RetryPolicy::none());
        Notes(client.build(NoToken).unwrap())
    }

    /// Serves pages by their number, and after the last page a 404 with a text of its own.
    fn serve(pages: Vec<String>) -> Server {
        Server::start(move |request| {
            let page = request
                .query()
                .and_then(|query| query.strip_prefix("page="));
            let page: usize = page.unwrap().parse().unwrap();
            match pages.get(page - 1) {
                Some(page) => Reply::json(200, page),
                None => Reply::json(404, r#"{"detail":"No more."}"#),
            }
        })
    }

    #[test]
    fn records_with_a_text_for_a_key_or_with_none_come_once_across_a_bookmark() {
        let page = |notes: &[&str]| format!("[{}]", notes.join(","));
        let a = r##"{"slug":"#a \"1\"","text":"x"}"##;
        let none = r#"{"text":"none"}"#;
        let b = r#"{"slug":"b","text":"x"}"#;
        let c = r#"{"slug":"c","text":"x"}"#;
        let new = r#"{"slug":"new","text":"x"}"#;
        let before = serve(vec![page(&[a, none]), page(&[b, c])]);
        let after = serve(vec![page(&[new, a]), page(&[none, b]), page(&[c])]);
        let list = |server: &Server| Items::new(notes(server.address()));
        let all: Vec<Note> = list(&before).map(Result::unwrap).collect();
        assert_eq!(all.len(), 4);
        for stop in 0..=4 {
            let mut items = list(&before);
            let mut got: Vec<Note> = items.by_ref().take(stop).map(Result::unwrap).collect();
            let kept = serde_json::to_string(&items.bookmark()).unwrap();
            let bookmark: Bookmark = serde_json::from_str(&kept).unwrap();
            got.extend(list(&after).start_at(&bookmark).map(Result::unwrap));
            got.retain(|note| note.slug.as_deref() != Some("new"));
            assert_eq!(got, all, "after {stop}");
        }
    }
}
