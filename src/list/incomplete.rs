//! The reasons why a list is not complete.

use std::fmt;

/// The reason why a list is not complete.
///
/// [`Items::incomplete_reason`](super::Items::incomplete_reason) returns it. Its `Display` is a
/// sentence for a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Incomplete {
    /// The iterator has not reached the end of the list: it was not used up, or an error stopped
    /// it.
    NotEnded,
    /// The iterator continued from a [`Bookmark`](super::Bookmark), so it gave only the rest of the
    /// list. Together with the iterators before it, back to the iterator without a bookmark, it
    /// gave the whole list.
    Continued,
    /// The list did not begin at its first record, since the request asked for a later page.
    BeganLater,
    /// A page was longer than the page before it, and none of its records had come before. So the
    /// service uses pages of different sizes, and records can be missing between two pages.
    ///
    /// This is the reason even if the page was shorter when it was requested again, since other
    /// pages can have gaps, too. If the pages of a service have no fixed size, its lists are never
    /// complete.
    #[non_exhaustive]
    PagesGrew {
        /// The number of the longer page.
        page: u64,
    },
}

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEnded => f.write_str("the end of the list was not reached"),
            Self::Continued => {
                f.write_str("the list was continued from a bookmark, and only the rest was read")
            }
            Self::BeganLater => f.write_str("the list did not begin at its first record"),
            Self::PagesGrew { page } => write!(
                f,
                "page {page} is longer than the page before it: records can be missing"
            ),
        }
    }
}
