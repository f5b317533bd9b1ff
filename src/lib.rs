//! Blocking client for the FitRankings fitness API, generated from its OpenAPI document.
//!
//! ```no_run
//! use fitrankings::{Client, Error};
//!
//! fn main() -> Result<(), Error> {
//!     let client = Client::from_env()?;
//!     for activity in client.list_activities().items().take(50) {
//!         match activity {
//!             Ok(activity) => println!("{}  {:?}", activity.id, activity.action_date),
//!             // One record in an undocumented form: the list goes on after it.
//!             Err(error) if error.raw_record().is_some() => eprintln!("left out: {error}"),
//!             Err(error) => return Err(error),
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Calling
//!
//! Each operation is a method of [`Client`] that returns a [request](requests). Required parameters
//! are arguments; optional parameters are methods of the request; `call()` sends it.
//!
//! | Operation | Token | Response |
//! |---|---|---|
//! | [`list_activities`](Client::list_activities) | either token | [`Activity`](types::Activity)s, a page of them |
//! | [`get_activity`](Client::get_activity) | either token | an [`Activity`](types::Activity) |
//! | [`list_users`](Client::list_users) | either token | [`User`](types::User)s, a page of them |
//! | [`get_user_stat_summary`](Client::get_user_stat_summary) | either token | a [`UserStatSummary`](types::UserStatSummary) |
//! | [`get_group_stat_summary`](Client::get_group_stat_summary) | the master token | a [`GroupStatSummary`](types::GroupStatSummary) |
//! | [`create_master_token`](Client::create_master_token) | none | the token; [`ClientBuilder::login`] does more |
//!
//! # Tokens
//!
//! A [`MasterToken`] belongs to an application and opens what all of its users have; a
//! [`UserToken`] opens what one user has. [`Credentials`] are exchanged for the first, a user grants
//! the second in a browser: see [`authorization`]. The type of the client's token decides what can
//! be called, and [`Client::with_token`] changes it, over the same connections.
//!
//! # Lists
//!
//! `call()` on a list fetches one page. `items()` returns an iterator over all records, and `pages()`
//! one over all pages: see [`Items`](list::Items).
//!
//! # Retries, deadlines, cancelling
//!
//! Requests that are safe to repeat are retried, and the client waits for a server that throttles:
//! see [`RetryPolicy`]. A call with all its attempts has a [timeout](ClientBuilder::timeout_call).
//! Waits that the server asks for do not count towards it. A [`CancelHandle`] stops a call from
//! another thread. The [defaults](ClientBuilder#defaults) are in one table.
//!
//! # Errors
//!
//! Every call fails with the one type [`Error`]. It prints as one line that says what happened, where,
//! and what to do, and answers questions such as [`is_retryable`](Error::is_retryable). Only reading a
//! callback has an error of its own, [`CallbackError`](authorization::CallbackError), which `?` converts
//! into an [`Error`].
//!
//! # Values
//!
//! Instants are [`jiff::Timestamp`]s. The type of a [quantity](units) is its unit. A [`Period`]
//! selects the time range of a summary. Structs of responses can gain fields, and enums can gain
//! values: unknown fields are ignored, and unknown values are kept as [`Unknown`](UnknownValue).
//!
//! Only the ids that identify a record are required: any other value that is missing or `null` is
//! `None`, or an empty list. An instant past the ends of a [`jiff::Timestamp`], such as
//! `9999-12-31T23:59:59Z`, is read as [`Timestamp::MAX`](jiff::Timestamp::MAX) or
//! [`MIN`](jiff::Timestamp::MIN). A record that does not decode all the same is an error with
//! [its JSON](Error::raw_record), and `call_raw()` of a request gives the JSON of any answer.
//!
//! [`Row`] gives a record as the cells of a table, for CSV files and databases.
//!
//! # Blocking
//!
//! A call returns when the response has come, or when a [timeout](ClientBuilder::timeout_call) has
//! passed. There is no runtime, and nothing runs in the background. A client starts threads only to
//! prefetch pages, and to connect for calls that can be cancelled or have little time left. A client
//! can be shared by any number of threads.
//!
//! # Logging
//!
//! The target is `fitrankings`, and the level DEBUG. There is one record for each attempt: method, path
//! as the document writes it, status, time, number of the attempt. There is one for each wait of a
//! request for a pause that the server asked of another. No record has a token, a query or a body.
//!
//! # Features
//!
//! - `gzip` (default): asks for compressed answers and takes them.
//! - `platform-verifier`: adds `ClientBuilder::system_certificates`.
//! - `sandbox`: a server on this machine that stands in for the service, for tests.
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
    reason = "which parameters and bodies there are is up to the document"
)]
mod request;
#[allow(dead_code, reason = "which responses there are is up to the document")]
mod response;
#[allow(
    unused_imports,
    reason = "what generated code names is up to the document"
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
/// The crate of the instants and dates in this crate's API, so that an application uses the same
/// version without naming it.
pub use jiff;
pub use limits::cancel::CancelHandle;
pub use limits::clock::Clock;
/// The crate of [`Decimal`], for the same reason.
pub use rust_decimal;
pub use rust_decimal::Decimal;
/// The crate of the [agent](ClientBuilder::agent), for the same reason.
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
