//! Lists: all records of an operation that answers in pages, record by record or page by page.
//!
//! [`Items`] is the iterator over the records, [`Pages`] the one over the pages. Both come from a
//! request: `client.list_activities().items()`.

mod bookmark;
mod decoded_page;
mod entries;
mod fingerprint;
mod incomplete;
mod items;
mod memory;
mod page;
mod paged;
mod pager;
mod pages;
mod past_the_end;
mod prefetch;
mod progress;
mod raw;
mod record_id;

pub use self::bookmark::Bookmark;
pub use self::incomplete::Incomplete;
pub use self::items::Items;
pub use self::page::Page;
pub use self::paged::Paged;
pub(crate) use self::paged::{PageRequest, Sealed};
pub use self::pages::Pages;
pub use self::raw::{RawRecord, WithRaw};
