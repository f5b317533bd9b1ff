//! A position in a list that can be stored.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A position in a list, to continue the list in another iterator or another process.
///
/// [`Items::bookmark`](super::Items::bookmark) returns a bookmark, and
/// [`Items::start_at`](super::Items::start_at) continues from it. Continuing loses and repeats no
/// record, even if up to two pages of records arrived in between.
///
/// Store a bookmark with serde, in any format. Its fields are private details: do not read or
/// change them. It has the number of the next page, the keys of the records of at most three pages,
/// and 16 bytes for each page that was fetched: some kilobytes. If the pages differ in size, it has
/// the keys of at most about five times the records of the largest page. It holds no token, and
/// nothing of a record but its key.
///
/// A bookmark belongs to one operation with its parameters, `page_size` included. A list with other
/// parameters refuses it. A bookmark does not record the token: keep the bookmarks of different
/// users apart.
///
/// # When to discard a bookmark
///
/// A bookmark continues a list that was not read to its end. Once
/// [`has_ended`](super::Items::has_ended) is true, discard the bookmark, and begin the next run
/// without one. A bookmark cannot find new records: they can be anywhere in the list, and the
/// service has no request for them alone.
///
/// # Example: a job that reads a part of a list in each run
///
/// The job stores the ids of all runs beside the bookmark. The iterator of a later run gives only
/// the rest of the list, so its [`is_complete`](super::Items::is_complete) is false. The reason
/// [`Incomplete::Continued`](super::Incomplete::Continued) means that the ids of all runs together
/// are the whole list.
///
/// ```
/// use std::collections::BTreeSet;
///
/// use fitrankings::list::{Bookmark, Incomplete};
/// use fitrankings::{Client, MasterToken, sandbox::Sandbox};
/// use serde::{Deserialize, Serialize};
///
/// /// What the job stores between its runs.
/// #[derive(Default, Serialize, Deserialize)]
/// struct Kept {
///     bookmark: Option<Bookmark>,
///     ids: BTreeSet<i64>,
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = Sandbox::builder().activities(25).start()?;
/// let client = Client::builder()
///     .base_url(sandbox.base_url())
///     .build(MasterToken::new(sandbox.master_token())?)?;
/// # let there = sandbox.activity_ids();
/// let mut file = serde_json::to_string(&Kept::default())?;
///
/// // The job runs twice.
/// for run in 1..=2 {
///     let mut kept: Kept = serde_json::from_str(&file)?;
///     let mut items = client.list_activities().page_size(10).items();
///     if let Some(bookmark) = &kept.bookmark {
///         items = items.start_at(bookmark);
///     }
///     for activity in items.by_ref().take(if run == 1 { 13 } else { 1000 }) {
///         kept.ids.insert(activity?.id);
///     }
///     if !items.has_ended() {
///         kept.bookmark = Some(items.bookmark());
///     } else if matches!(items.incomplete_reason(), None | Some(Incomplete::Continued)) {
///         println!("{} activities, all of the list", kept.ids.len());
/// #       assert_eq!(run, 2);
/// #       assert!(there.iter().all(|id| kept.ids.contains(id)));
/// #       assert_eq!(kept.ids.len(), there.len());
///         // The next run begins at the first page.
///         kept = Kept::default();
///     }
///     file = serde_json::to_string(&kept)?;
/// #   sandbox.add_activity(sandbox.user_ids()[0]);
/// }
/// # assert!(file.contains("null"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bookmark {
    /// The fingerprint of the operation and its parameters.
    pub(super) list: String,
    pub(super) page: u64,
    /// The ids of the records of this page that were given. A repeated id is here as often as
    /// given.
    pub(super) given: Vec<String>,
    /// The ids of the pages before that are remembered, the last page first.
    pub(super) before: Vec<Vec<String>>,
    pub(super) first: Option<String>,
    pub(super) length: usize,
    pub(super) largest: usize,
    pub(super) seed: String,
    /// The fingerprints of all pages before, 16 digits each.
    pub(super) pages: String,
    /// Whether the list began at its first record.
    pub(super) from_first: bool,
    pub(super) grew_at: Option<u64>,
}

impl Bookmark {
    /// Returns the number of the page that is requested next.
    pub fn page(&self) -> u64 {
        self.page
    }
}

/// Does not show the keys, of which there can be many.
impl fmt::Debug for Bookmark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bookmark")
            .field("page", &self.page)
            .field("given", &self.given.len())
            .finish_non_exhaustive()
    }
}
