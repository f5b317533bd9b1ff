//! Lists: iterators over all records of an operation whose responses are pages.
//!
//! [`Items`] iterates over the records, and [`Pages`] over the pages. A request returns both:
//! `client.list_activities().items()` and `.pages()`.

mod bookmark;
mod decode;
mod incomplete;
mod items;
mod paged;
mod pager;
mod pages;
mod raw;

pub use self::bookmark::Bookmark;
pub use self::incomplete::Incomplete;
pub use self::items::Items;
pub use self::paged::Paged;
pub(crate) use self::paged::{PageRequest, Sealed};
pub use self::pages::{Page, Pages};
pub use self::raw::{RawRecord, WithRaw};
