//! User authorization in the browser: the page to open, and the callback that answers.
//!
//! 1. Open [`Authorization::url`] in the user's browser. The vendor recommends a popup of
//!    [`POPUP_WIDTH`] by [`POPUP_HEIGHT`].
//! 2. The user grants access, and the service sends the browser to your callback URI.
//! 3. Pass that URL to [`UserAuthorization::from_callback`], which returns the user's token and id.
//!
//! ```
//! use fitrankings::authorization::{Authorization, OneTimeValue, UserAuthorization};
//!
//! // Make a value for every request, and keep it where only this user's callback finds it.
//! let value = OneTimeValue::new()?;
//! let url = Authorization::new("client-id")
//!     .callback_uri("http://127.0.0.1:8080/done")
//!     .one_time_value(&value)
//!     .url()?;
//! println!("Please open {url}");
//!
//! // The path that an HTTP server on port 8080 is then asked for:
//! let asked = format!("/done?one_time_value={}&token=abc&user_id=000042", value.as_str());
//! let user = UserAuthorization::from_callback(&asked, &value)?;
//! assert_eq!(user.user_id, "000042");
//! # Ok::<(), fitrankings::Error>(())
//! ```
//!
//! # Why a one-time value
//!
//! The service documents no `state`, so nothing of its own ties a callback to the request that
//! caused it: whoever gets a browser to open your callback URI with a token of their choice has
//! your application take that token for the user's. A value in the callback URI that nobody else
//! can know stops that. It can stand in two places, and both are checked:
//!
//! - in the query, where [`Authorization::one_time_value`] puts it. Whether the service keeps a
//!   query that is already there is unknown;
//! - as a segment of the path, where you put it yourself if the query gets lost:
//!   `format!("http://127.0.0.1:8080/done/{}", value.as_str())`.

mod address;
mod callback;
mod error;
mod one_time_value;
mod parts;
mod request;
#[cfg(test)]
mod tests;

pub use self::callback::UserAuthorization;
pub use self::error::CallbackError;
pub use self::one_time_value::OneTimeValue;
pub use self::request::Authorization;
#[cfg(feature = "sandbox")]
pub(crate) use self::request::with_query;

/// The width in pixels that the vendor recommends for the popup with the authorization page.
pub const POPUP_WIDTH: u32 = 400;

/// The height in pixels that the vendor recommends for the popup with the authorization page.
pub const POPUP_HEIGHT: u32 = 600;
