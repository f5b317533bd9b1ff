use std::borrow::Cow;

use zeroize::Zeroizing;

use super::address::split_scheme;
use super::error::{CallbackError, TOKEN};
use super::one_time_value::OneTimeValue;
use super::parts::{self, Parts};
use crate::UserToken;
use crate::redact::{Patterns, Redactor};
use crate::text::{Plain, first_characters};

/// The longest text of a callback that is shown, in characters.
const LONGEST_TEXT: usize = 200;

/// The longest callback that is read, in bytes.
pub(super) const LONGEST: usize = 16 * 1024;

/// The result of a granted authorization: a user's token, and the user's id.
#[derive(Debug)]
#[non_exhaustive]
pub struct UserAuthorization {
    /// The token, which opens this user's resources.
    pub token: UserToken,
    /// The user's id as the service writes it: digits, possibly with leading zeros.
    pub user_id: String,
}

impl UserAuthorization {
    /// Reads a callback, which has to carry the one-time value of its request.
    ///
    /// `callback` is what the browser asked for: a whole URL, a path with its query as an HTTP
    /// server sees it, or the query alone. A fragment is ignored.
    ///
    /// ```
    /// use fitrankings::authorization::{CallbackError, OneTimeValue, UserAuthorization};
    ///
    /// let value = OneTimeValue::new()?;
    /// let callback = format!("/done/{}?token=abc&user_id=000042", value.as_str());
    /// assert!(UserAuthorization::from_callback(&callback, &value).is_ok());
    ///
    /// let forged = "/done?token=abc&user_id=000042";
    /// let error = UserAuthorization::from_callback(forged, &value).unwrap_err();
    /// assert_eq!(error, CallbackError::WrongOneTimeValue);
    /// # Ok::<(), fitrankings::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails if the user refused, if the callback has no token or no one-time value of this
    /// request, or if it is not a callback. [`CallbackError`] tells these apart.
    pub fn from_callback(callback: &str, value: &OneTimeValue) -> Result<Self, CallbackError> {
        let (path, query) = split(callback)?;
        let parts = Parts::read(query)?;
        let matches = match &parts.one_time_value {
            Some(text) => value.matches(text),
            None => path.split('/').any(|segment| value.matches(segment)),
        };
        if matches {
            accept(parts)
        } else if parts.is_empty() {
            // Not a forged callback: the user pasted something else, or refused.
            Err(CallbackError::Missing(TOKEN))
        } else {
            Err(CallbackError::WrongOneTimeValue)
        }
    }

    /// Reads a callback without checking which request caused it.
    ///
    /// The token may then be anyone's: see [why](crate::authorization#why-a-one-time-value). This
    /// is for callbacks that are tied to their request in another way, such as a URL that the user
    /// copied out of the browser by hand.
    ///
    /// ```
    /// use fitrankings::authorization::UserAuthorization;
    ///
    /// let pasted = "https://example.com/done?token=abc&user_id=000042";
    /// let user = UserAuthorization::from_callback_unchecked(pasted)?;
    /// assert_eq!(user.user_id_number(), Some(42));
    /// # Ok::<(), fitrankings::authorization::CallbackError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`from_callback`](Self::from_callback), except that of the one-time value.
    pub fn from_callback_unchecked(callback: &str) -> Result<Self, CallbackError> {
        let (_, query) = split(callback)?;
        accept(Parts::read(query)?)
    }

    /// Returns the user's id as a number, as in the other responses of the service, or `None` if it
    /// is too large.
    pub fn user_id_number(&self) -> Option<i64> {
        self.user_id.parse().ok()
    }
}

fn accept(parts: Parts<'_>) -> Result<UserAuthorization, CallbackError> {
    let filled = |part: &Option<Cow<'_, str>>| {
        let text = part.as_deref().unwrap_or_default();
        (!text.is_empty()).then(|| text.to_owned())
    };
    if let Some(error) = filled(&parts.error) {
        let description = filled(&parts.error_description);
        return Err(refused(&parts, &error, description.as_deref()));
    }
    let token = filled(&parts.token).ok_or(CallbackError::Missing(TOKEN))?;
    let user_id = filled(&parts.user_id).ok_or(CallbackError::Missing(parts::USER_ID))?;
    if !user_id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(CallbackError::Malformed(
            "its user_id has something else than digits",
        ));
    }
    let token = UserToken::new(token)
        .map_err(|_| CallbackError::Malformed("its token has characters that no token has"))?;
    Ok(UserAuthorization { token, user_id })
}

/// Returns the error of a callback that has an `error`, without the secrets of the same callback.
fn refused(parts: &Parts<'_>, error: &str, description: Option<&str>) -> CallbackError {
    let secrets: Vec<Zeroizing<String>> = [&parts.token, &parts.one_time_value]
        .into_iter()
        .flatten()
        .map(|secret| Zeroizing::new(secret.to_string()))
        .collect();
    let patterns = Patterns::default();
    let redactor = Redactor::new(&[], &secrets, None, &[], &patterns);
    let shown = |text: &str| harmless(&redactor.redact(text));
    CallbackError::Refused {
        error: shown(error),
        description: description.map(shown),
    }
}

/// Splits a callback into its path, with all that stands before it, and its query.
fn split(callback: &str) -> Result<(&str, &str), CallbackError> {
    if callback.len() > LONGEST {
        return Err(CallbackError::Malformed("it is longer than 16 KiB"));
    }
    let callback = callback.trim_ascii();
    if callback.is_empty() {
        return Err(CallbackError::Malformed("it is empty"));
    }
    let (callback, _fragment) = callback.split_once('#').unwrap_or((callback, ""));
    if callback.starts_with('/') || split_scheme(callback).is_some() {
        return Ok(callback.split_once('?').unwrap_or((callback, "")));
    }
    Ok(("", callback))
}

/// Cuts a text from outside, and escapes the characters that play tricks on a terminal or a log.
fn harmless(text: &str) -> String {
    Plain(first_characters(text, LONGEST_TEXT)).to_string()
}
