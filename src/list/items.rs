//! The records of a list, one by one.

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
/// `items()` of a request returns one. `page(n).items()` begins at page `n`, and
/// [`take`](Iterator::take) ends after some records. The records come in the order of the service,
/// which is not documented: the newest can come first, last or anywhere.
///
/// # Errors
///
/// There are two kinds of errors. [`Error::raw_record`] tells them apart:
///
/// - A record that does not decode is an error in its place, and holds its JSON. The records after
///   it still come. If more than 1000 records of a page do not decode, the page is one error.
/// - Any other error stops the list: a lost connection, or a 503 that outlasts the retries. After it
///   the iterator returns `None`, so no loop over it is endless. [`resume`](Self::resume) continues
///   the list with the page that failed. A [`bookmark`](Self::bookmark) continues it in another
///   process.
///
/// # The end
///
/// A list ends at an empty page, or at the 404 `{"detail": "Invalid page."}`. This is what Django
/// REST framework answers for a page past the end. A short page does not end a list. Any other 404
/// is an error, since a gateway or a wrong path answers 404, too.
///
/// A doubtful answer is asked for once more after 200 milliseconds, and believed if the service
/// repeats it. Four answers are doubtful:
///
/// - an end, if the page before is as long as the longest page so far
/// - a 404 that does not end a list, after the first page
/// - a page that came before as a whole
/// - a page that is longer than the page before it, if none of its records came before
///
/// If the request asks for a page past the end, that is an error for which [`Error::is_not_found`]
/// is true.
///
/// # Complete lists
///
/// [`is_complete`](Self::is_complete) tells whether the iterator gave the whole list. A program that
/// deletes what is missing from a list has to look at it first. It cannot notice three things:
///
/// - A service that answers an empty first page, or says twice in a row that the list ended, is
///   believed.
/// - A record that is *deleted* while the list is read moves the records after it forward. One of
///   them can then be missed between two pages.
/// - Backends that lower `page_size` to different numbers leave gaps. They are noticed by a page that
///   is longer than the page before it, and the list is then not complete
///   ([`Incomplete::PagesGrew`]). The last page of a list can hide such a gap by being short.
///
/// # Records that arrive while the list is read
///
/// A record that arrives can move the records after it on, so that a page begins with records of the
/// page before. A record that was on one of the two pages before is not given again. Nor are the
/// records of a page that came before as a whole. If more than two pages of records arrive between
/// two pages, some records can come twice; none is lost. Records are identified by their key. A
/// record whose key cannot be read is identified by its JSON.
///
/// Five answers in a row without a new record are an error, and so is a list that begins from its
/// first record for the third time: the service seems to ignore the number of the page.
///
/// # Memory
///
/// The JSON of a page is limited by [`max_body_size`](crate::ClientBuilder::max_body_size). Its
/// records may take at most four times the size of the JSON, without the texts and lists in them, or
/// 10,000 records if that is more. A page with more records is an error for which
/// [`Error::is_too_large`] is true.
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
    /// The rest of the current page; `None` before the first.
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

    /// Continues a list that an error stopped, with the record or the page that failed.
    ///
    /// The list keeps its memory, so no record is lost and none comes twice. Does nothing to a list
    /// that was not stopped by an error.
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

    /// Returns the place after the last item that was given, to continue from it with
    /// [`start_at`](Self::start_at).
    ///
    /// It can be called at any time: in the middle of a page, after an error, or before the first
    /// item. See [`Bookmark`] for an example.
    pub fn bookmark(&self) -> Bookmark {
        self.pager.bookmark(self.left())
    }

    /// Continues from a [`Bookmark`] of the same list, instead of beginning at the first page.
    ///
    /// If the bookmark is of a list with another operation or other parameters, the first item is
    /// an error for which [`Error::is_invalid_input`] is true.
    pub fn start_at(mut self, bookmark: &Bookmark) -> Self {
        self.entries = None;
        self.pager.start_at(bookmark);
        self
    }

    /// Returns true once the iterator came to the end of the list, and the service said that it is
    /// the end.
    ///
    /// Returns false before that, and after an error that stopped the list. It says nothing about
    /// where the iterator began: see [`is_complete`](Self::is_complete).
    pub fn has_ended(&self) -> bool {
        self.pager.has_ended()
    }

    /// Returns true once this iterator gave the whole list, from its first record to its end.
    ///
    /// Returns false for a list that was continued from a bookmark or began at a later page, since
    /// the iterator gave a part of the list only. [`incomplete_reason`](Self::incomplete_reason)
    /// tells why it is false.
    ///
    /// A record that did not decode is part of the list. It has no value, but the error has its id,
    /// [`Error::record_id`]: a program that deletes what is missing must not delete that record.
    ///
    /// # Example: delete what is missing from a complete list
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
    ///             // The record is there, although it did not decode.
    ///             Some(id) => there.insert(id),
    ///             // The list stopped, or nobody knows which record this is.
    ///             None => return Err(error.into()),
    ///         },
    ///     };
    /// }
    /// if items.is_complete() {
    ///     mirror.retain(|id| there.contains(id));
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
            pager: self.pager.with_raw(self.left()),
            entries: None,
        }
    }

    /// Returns how many entries of the current page were not given yet.
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

    /// Serves pages by their number, and the end in words of its own after the last.
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
