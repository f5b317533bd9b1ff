//! A place in a list that can be kept in a file.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A place in a list, to continue the list from later: in another iterator, or in another process.
///
/// From [`Items::bookmark`](super::Items::bookmark), for
/// [`Items::start_at`](super::Items::start_at). A bookmark holds the number of the page to ask for
/// next, what was given of that page already, and the keys of the records of the two pages before
/// it. So a list that is continued neither loses a record nor gives one twice, although records
/// arrived in the meantime and moved the others on, by up to two pages.
///
/// It can be written to a file with serde, in any format. Its content is not meant to be read or
/// changed, and takes some kilobytes: 16 bytes for each page that was fetched, and the keys of at
/// most three pages. It holds no token and nothing of a record but its key.
///
/// A bookmark belongs to the operation and the parameters of its list, `page_size` included. With
/// others it is refused, since the same page number would mean other records. It does not know
/// the token: keep the bookmarks of different users apart.
///
/// # Example: a job that reads a part of a list each time it runs
///
/// ```
/// use fitrankings::list::Bookmark;
/// use fitrankings::{Client, MasterToken, sandbox::Sandbox};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = Sandbox::builder().activities(25).start()?;
/// let client = Client::builder()
///     .base_url(sandbox.base_url())
///     .build(MasterToken::new(sandbox.master_token())?)?;
/// let mut ids = Vec::new();
///
/// // The first run stops in the middle of a page, and keeps where it was.
/// let mut items = client.list_activities().page_size(10).items();
/// for activity in items.by_ref().take(13) {
///     ids.push(activity?.id);
/// }
/// let kept: String = serde_json::to_string(&items.bookmark())?;
/// drop(items);
///
/// // A record arrives, and moves the others on.
/// let all = sandbox.activity_ids();
/// sandbox.add_activity(sandbox.user_ids()[0]);
///
/// // The next run continues there.
/// let bookmark: Bookmark = serde_json::from_str(&kept)?;
/// let mut items = client.list_activities().page_size(10).items().start_at(&bookmark);
/// for activity in items.by_ref() {
///     ids.push(activity?.id);
/// }
/// assert!(items.is_complete());
/// assert_eq!(ids, all); // each of them once
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bookmark {
    /// The fingerprint of the operation and its parameters.
    pub(super) list: String,
    pub(super) page: u64,
    pub(super) given: Vec<String>,
    pub(super) before: [Vec<String>; 2],
    pub(super) first: Option<String>,
    pub(super) length: u64,
    pub(super) largest: u64,
    pub(super) seed: String,
    /// The fingerprints of the pages before, 16 digits each.
    pub(super) pages: String,
}

impl Bookmark {
    /// The number of the page that is asked for next.
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
