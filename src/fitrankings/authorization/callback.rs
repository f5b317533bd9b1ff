use std::borrow::Cow;

use zeroize::Zeroizing;

use super::address::split_scheme;
use super::error::{CallbackError, TOKEN};
use super::one_time_value::OneTimeValue;
use super::parts::{self, Parts};
use crate::UserToken;
use crate::redact::{Patterns, Redactor};
use crate::text::{Plain, first_characters};

/// The maximum length of a text from the callback in an error, in characters.
const LONGEST_TEXT: usize = 200;

/// The maximum length of a callback, in bytes.
pub(super) const LONGEST: usize = 16 * 1024;

/// The result of a granted authorization: a user's token, and the user's id.
#[derive(Debug)]
#[non_exhaustive]
pub struct UserAuthorization {
    /// The token, which gives access to this user's data.
    pub token: UserToken,
    /// The user's id as the service writes it: digits, possibly with leading zeros.
    pub user_id: String,
}

impl UserAuthorization {
    /// Parses a callback and checks its one-time value.
    ///
    /// `callback` is the address that the browser opened: a whole URL, a path with its query as an
    /// HTTP server receives it, or the query alone. A fragment is ignored.
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
    /// Fails if the user refused, if the callback has no token, if it does not have the one-time
    /// value of this request, or if it is not a callback. [`CallbackError`] has a variant for each.
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
            // A forged callback would have a token: the user refused or pasted another text.
            Err(CallbackError::Missing(TOKEN))
        } else {
            Err(CallbackError::WrongOneTimeValue)
        }
    }

    /// Parses a callback without checking which request it belongs to.
    ///
    /// The token may then belong to an attacker: see
    /// [why](crate::authorization#why-a-one-time-value). Use this only if something else ties the
    /// callback to its request, such as a user who copies the URL out of the browser by hand.
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
    /// Those of [`from_callback`](Self::from_callback), except the error of the one-time value.
    pub fn from_callback_unchecked(callback: &str) -> Result<Self, CallbackError> {
        let (_, query) = split(callback)?;
        accept(Parts::read(query)?)
    }

    /// Returns the user's id as a number, as in the service's responses. Returns `None` if it is
    /// too large for an `i64`.
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
            "its user_id has characters other than digits",
        ));
    }
    let token = UserToken::new(token).map_err(|_| {
        CallbackError::Malformed("its token has characters that a token cannot have")
    })?;
    Ok(UserAuthorization { token, user_id })
}

/// Returns the error of a callback that has an `error`. The secrets of the callback are redacted.
fn refused(parts: &Parts<'_>, error: &str, description: Option<&str>) -> CallbackError {
    let secrets: Vec<Zeroizing<String>> = [&parts.token, &parts.one_time_value]
        .into_iter()
        .flatten()
        .map(|secret| Zeroizing::new(secret.to_string()))
        .collect();
    let patterns = Patterns::default();
    let redactor = Redactor::new(&[], &secrets, None, &[], &patterns);
    // Escaped, because control characters and invisible characters could manipulate a terminal or
    // log.
    let shown =
        |text: &str| Plain(first_characters(&redactor.redact(text), LONGEST_TEXT)).to_string();
    CallbackError::Refused {
        error: shown(error),
        description: description.map(shown),
    }
}

/// Splits a callback into the text before its query, and its query.
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
