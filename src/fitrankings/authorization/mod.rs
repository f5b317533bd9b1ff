//! User authorization in the browser: the page to open, and the callback with the user's token.
//!
//! 1. Open [`Authorization::url`] in the user's browser. The vendor recommends a popup of
//!    [`POPUP_WIDTH`] by [`POPUP_HEIGHT`].
//! 2. The user grants access, and the service redirects the browser to your callback URI.
//! 3. Pass the URL of that redirect to [`UserAuthorization::from_callback`], which returns the
//!    user's token and id.
//!
//! ```
//! use fitrankings::authorization::{Authorization, OneTimeValue, UserAuthorization};
//!
//! // Make a new value for every request, and keep it in this user's session.
//! let value = OneTimeValue::new()?;
//! let url = Authorization::new("client-id")
//!     .callback_uri("http://127.0.0.1:8080/done")
//!     .one_time_value(&value)
//!     .url()?;
//! println!("Please open {url}");
//!
//! // The HTTP server on port 8080 then receives a request for this path:
//! let asked = format!("/done?one_time_value={}&token=abc&user_id=000042", value.as_str());
//! let user = UserAuthorization::from_callback(&asked, &value)?;
//! assert_eq!(user.user_id, "000042");
//! # Ok::<(), fitrankings::Error>(())
//! ```
//!
//! # Why a one-time value
//!
//! OAuth 2.0 has the parameter `state`, which ties a callback to its request. The service does not
//! document it. Without it, an attacker could make the user's browser open your callback URI with a
//! token of the attacker, and your application would use that token as the user's.
//!
//! A secret value in the callback URI prevents this. [`UserAuthorization::from_callback`] finds it
//! in two places:
//!
//! - in the query, where [`Authorization::one_time_value`] puts it. It is not known whether the
//!   service keeps the query of a callback URI;
//! - as a segment of the path, where you put it yourself if the service drops the query:
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
