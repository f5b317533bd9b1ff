//! A place in a list that can be kept in a file.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A place in a list, to continue the list from it in another iterator or another process.
///
/// [`Items::bookmark`](super::Items::bookmark) returns one, and
/// [`Items::start_at`](super::Items::start_at) continues from it. A bookmark holds the number of the
/// next page, the keys of the records that were given of that page, and the keys of the two pages
/// before it. So a continued list neither loses a record nor gives one twice, even if up to two
/// pages of records arrived in the meantime and moved the others on.
///
/// A bookmark is written to a file with serde, in any format. Its fields are not meant to be read or
/// changed. It takes some kilobytes: 16 bytes for each page that was fetched, and the keys of at
/// most three pages. It holds no token, and nothing of a record but its key.
///
/// A bookmark belongs to the operation and the parameters of its list, `page_size` included. A list
/// with others refuses it, since the same page would have other records. A bookmark does not know
/// the token: keep the bookmarks of different users apart.
///
/// # What a bookmark is not for
///
/// A bookmark continues a list that was not read to its end. Once
/// [`has_ended`](super::Items::has_ended) is true, throw the bookmark away and begin the next run
/// without one. It does not find what is new: new records can be anywhere in the list, and the
/// service has no way to ask for them alone.
///
/// # Example: a job that reads a part of a list in each run
///
/// The ids are kept beside the bookmark. An iterator that continues a list gives the rest of it
/// alone: so its [`is_complete`](super::Items::is_complete) is false, and
/// [`Incomplete::Continued`](super::Incomplete::Continued) says that the ids of all runs together are
/// the list.
///
/// ```
/// use std::collections::BTreeSet;
///
/// use fitrankings::list::{Bookmark, Incomplete};
/// use fitrankings::{Client, MasterToken, sandbox::Sandbox};
/// use serde::{Deserialize, Serialize};
///
/// /// What the job keeps in a file between its runs.
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
/// // Each of these is a run.
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
///         // The next run begins a new round.
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
    /// What was given of this page. An id that was given twice stands here twice.
    pub(super) given: Vec<String>,
    pub(super) before: [Vec<String>; 2],
    pub(super) first: Option<String>,
    pub(super) length: usize,
    pub(super) largest: usize,
    pub(super) seed: String,
    /// The fingerprints of the pages before, 16 digits each.
    pub(super) pages: String,
    /// Whether the list began at its first record.
    pub(super) from_first: bool,
    pub(super) grew_at: Option<u64>,
}

impl Bookmark {
    /// Returns the number of the page that is asked for next.
    pub fn page(&self) -> u64 {
        self.page
    }
}

/// Without the keys, which can be many.
impl fmt::Debug for Bookmark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bookmark")
            .field("page", &self.page)
            .field("given", &self.given.len())
            .finish_non_exhaustive()
    }
}
