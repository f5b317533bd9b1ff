//! A blocking client for the FitRankings fitness API, generated from its OpenAPI document.
//!
//! ```no_run
//! use fitrankings::{Client, Error};
//!
//! fn main() -> Result<(), Error> {
//!     let client = Client::from_env()?;
//!     for activity in client.list_activities().items().take(50) {
//!         match activity {
//!             Ok(activity) => println!("{}  {:?}", activity.id, activity.action_date),
//!             // A record that did not decode: the list continues after it.
//!             Err(error) if error.raw_record().is_some() => eprintln!("left out: {error}"),
//!             Err(error) => return Err(error),
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Operations
//!
//! Each operation is a method of [`Client`], which returns a [request](requests). Required
//! parameters are arguments; optional parameters are methods of the request. `call()` sends the
//! request. The docs of the method name its endpoint, its token and its errors.
//!
//! # Tokens
//!
//! A [`MasterToken`] belongs to an application, and gives access to the data of all of its users. A
//! [`UserToken`] gives access to the data of one user. The type of the token decides which
//! operations a client has.
//!
//! [`ClientBuilder::login`] exchanges [`Credentials`] for a master token. A user grants a user
//! token in a browser: see [`authorization`]. [`Client`] lists all ways to create a client.
//!
//! # Lists
//!
//! `call()` on a list fetches one page. `items()` returns an iterator over all records, and
//! `pages()` an iterator over all pages: see [`Items`](list::Items).
//!
//! # Retries, timeouts and cancellation
//!
//! Requests that are safe to repeat are retried, and the client waits for a server that throttles:
//! see [`RetryPolicy`]. [`timeout_call`](ClientBuilder::timeout_call) limits a call with all its
//! attempts, but not the waits that the server requests. A [`CancelHandle`] stops a call from
//! another thread. [`ClientBuilder`] has a table of all [defaults](ClientBuilder#defaults).
//!
//! # Errors
//!
//! Every call returns the error type [`Error`]. Its message is one line that says what happened,
//! where, and what to do. Its methods, such as [`is_retryable`](Error::is_retryable), classify it.
//! Only reading an authorization callback has another error,
//! [`CallbackError`](authorization::CallbackError), which `?` converts into an [`Error`].
//!
//! # Values
//!
//! Instants are [`jiff::Timestamp`]s. The type of a [quantity](units) is its unit. A [`Period`]
//! selects the time range of a summary. Unknown fields of a response are ignored, and unknown
//! values of an enum are kept as [`Unknown`](UnknownValue).
//!
//! Every value of a record except the record's own id can be missing: it is an `Option` or an empty
//! list. An instant outside the range of [`jiff::Timestamp`], such as `9999-12-31T23:59:59Z`, is
//! [`Timestamp::MAX`](jiff::Timestamp::MAX) or [`MIN`](jiff::Timestamp::MIN). If a record does not
//! decode, the error has [its JSON](Error::raw_record). `call_raw()` of a request returns the JSON
//! of any response.
//!
//! [`Row`] returns a record as the cells of a table, for CSV files and databases.
//!
//! # Threads
//!
//! All calls are blocking, and there is no async runtime. A client starts threads only to prefetch
//! pages, and to connect for calls that can be cancelled or have little time left. No thread runs
//! between calls, except those that prefetch pages, and that of a call that was cancelled or timed
//! out, until its attempt to connect ends. Threads can share a client.
//!
//! # Logging
//!
//! The client logs with the target `fitrankings` and the level DEBUG: one record for each attempt,
//! with its method, path template, status, time and number; and one record each time a request
//! waits because an earlier response had `Retry-After`. No record has a token, a query or a body.
//!
//! # Features
//!
//! - `gzip` (default): requests and decodes compressed responses.
//! - `platform-verifier`: adds `ClientBuilder::system_certificates`.
//! - `sandbox`: adds a local server that simulates the service, for tests.
#![cfg_attr(docsrs, feature(doc_cfg))]
// docs.rs shows which feature an item needs. `login` is no feature: build.rs sets it.
#![cfg_attr(docsrs, doc(auto_cfg(hide(login))))]
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![cfg_attr(test, allow(clippy::expect_used, clippy::panic, clippy::unwrap_used))]

#[allow(dead_code, reason = "a document may have no such token")]
mod auth;
mod call;
mod client;
mod defaults;
mod error;
mod escape;
#[allow(dead_code, reason = "a document may have no period")]
mod fitrankings;
mod generated;
mod json;
mod limits;
pub mod list;
mod operation;
mod random;
mod redact;
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the document decides which parameters and bodies exist"
)]
mod request;
#[allow(dead_code, reason = "the document decides which responses exist")]
mod response;
#[allow(
    unused_imports,
    reason = "the document decides which names generated code uses"
)]
mod runtime;
#[cfg(feature = "sandbox")]
pub mod sandbox;
mod server;
#[cfg(test)]
mod testing;
mod text;
mod transport;
mod values;

pub use auth::secret::Secret;
pub use auth::token::{NoToken, Token};
pub use call::retry::{RetryEvent, RetryPolicy};
pub use client::builder::ClientBuilder;
pub use client::{BASE_URL, Client};
pub use error::Error;
#[cfg(login)]
pub use fitrankings::login::Credentials;
pub use fitrankings::period::Period;
pub use fitrankings::tokens::{AnyToken, MasterToken, UserToken};
pub use fitrankings::{authorization, units};
pub use generated::{access, requests, types};
/// The crate of the instants and dates in this crate's API. It is re-exported so that an
/// application can use the same version.
pub use jiff;
pub use limits::cancel::CancelHandle;
pub use limits::clock::Clock;
/// The crate of [`Decimal`], re-exported for the same reason.
pub use rust_decimal;
pub use rust_decimal::Decimal;
/// The crate of the [agent](ClientBuilder::agent), re-exported for the same reason.
pub use ureq;
pub use values::open_enum::UnknownValue;
pub use values::row::Row;

#[allow(unused_imports, reason = "a document may have no such token")]
pub(crate) use auth::token::token;
#[allow(unused_imports, reason = "a document may have no enum")]
pub(crate) use values::open_enum::open_enum;
#[allow(unused_imports, reason = "a document may have no record")]
pub(crate) use values::row::row;
#[allow(unused_imports, reason = "a document may have no union")]
pub(crate) use values::union::union;
