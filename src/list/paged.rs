//! The trait of requests for a page of a list.

use std::hash::Hash;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::json;
use crate::request::Request;

/// A request for a page of a list. All generated requests with `items()` and `pages()` implement
/// this trait.
///
/// The trait is sealed: other crates cannot implement it.
pub trait Paged: Sealed + Clone + Send + 'static {
    /// The type of the list's records.
    type Record: DeserializeOwned + Send + 'static;
    /// The type of the key that identifies a record.
    #[doc(hidden)]
    type Key: Clone + Serialize + DeserializeOwned + Eq + Hash + Send + 'static;
    /// The number of the first page.
    #[doc(hidden)]
    const FIRST: u64;
    /// The JSON field of a record that holds its key.
    #[doc(hidden)]
    const KEY: &'static str;
    /// The `detail` of the 404 that ends the list, if it is not Django REST framework's.
    #[doc(hidden)]
    const END: Option<&'static str> = None;

    /// Returns the key of a record.
    #[doc(hidden)]
    fn key(record: &Self::Record) -> Option<Self::Key>;
    /// Returns the page that the request asks for.
    #[doc(hidden)]
    fn page_asked(&self) -> Option<u64>;
    /// Returns the request for another page of the same list.
    #[doc(hidden)]
    fn page_request(&self, page: u64) -> PageRequest;
    /// Returns the path in the JSON of a record to the value that does not decode.
    #[doc(hidden)]
    fn path(text: &str) -> Option<String> {
        json::path::<Self::Record>(text)
    }
}

/// Prevents other crates from implementing [`Paged`].
#[doc(hidden)]
pub trait Sealed {}

/// Hides the private type [`Request`] in the public trait [`Paged`].
#[doc(hidden)]
pub struct PageRequest(pub(crate) Request);
