//! Why a list is not complete.

use std::fmt;

/// Why a list is not complete; from [`Items::incomplete_reason`](super::Items::incomplete_reason).
///
/// Its `Display` is a sentence for a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Incomplete {
    /// The service has not said that the list ended: the iterator was not used up, or an error
    /// stopped it.
    NotEnded,
    /// The iterator continued from a [`Bookmark`](super::Bookmark), so it gave the rest of the list
    /// alone. The list is complete together with what the iterators before it gave, back to the one
    /// that began without a bookmark.
    Continued,
    /// The list did not begin at its first record, because the request asked for a later page.
    BeganLater,
    /// A page was longer than the page before it, and none of its records had come before. So the
    /// service uses pages of different sizes, and records can be missing between two pages.
    ///
    /// The page was asked for once more, and that may have helped. It is no proof for the pages
    /// after it. A service whose pages have no fixed size never has a complete list.
    #[non_exhaustive]
    PagesGrew {
        /// The number of the longer page.
        page: u64,
    },
}

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEnded => f.write_str("the service has not said that the list ended"),
            Self::Continued => f.write_str("the list was continued, and only its rest was read"),
            Self::BeganLater => f.write_str("the list did not begin at its first record"),
            Self::PagesGrew { page } => write!(
                f,
                "page {page} is longer than the page before it: records can be missing"
            ),
        }
    }
}
