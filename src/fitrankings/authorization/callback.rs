use std::borrow::Cow;

use super::address::split_scheme;
use super::error::CallbackError;
use super::one_time_value::OneTimeValue;
use super::parts::Parts;
use crate::UserToken;

/// The longest callback that is looked at, in bytes.
pub(super) const LONGEST: usize = 16 * 1024;

/// What a callback brings: a user's token, and who the user is.
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
    pub fn from_callback(
        callback: &str,
        value: &OneTimeValue,
    ) -> Result<UserAuthorization, CallbackError> {
        let (path, query) = split(callback)?;
        let parts = Parts::read(query)?;
        let matches = match &parts.one_time_value {
            Some(text) => value.matches(text),
            None => path.split('/').any(|segment| value.matches(segment)),
        };
        if !matches {
            return Err(CallbackError::WrongOneTimeValue);
        }
        accept(parts)
    }

    /// Reads a callback without knowing what request caused it.
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
    pub fn from_callback_unchecked(callback: &str) -> Result<UserAuthorization, CallbackError> {
        let (_, query) = split(callback)?;
        accept(Parts::read(query)?)
    }

    /// The user's id as a number, as the other answers of the service give it. `None` if it is too
    /// large for one.
    pub fn user_id_number(&self) -> Option<i64> {
        self.user_id.parse().ok()
    }
}

/// The authorization in the parts of a callback.
fn accept<'a>(parts: Parts<'a>) -> Result<UserAuthorization, CallbackError> {
    let filled = |part: Option<Cow<'a, str>>| part.filter(|text| !text.is_empty());
    if let Some(error) = filled(parts.error) {
        let description = filled(parts.error_description).map(|text| harmless(&text));
        return Err(CallbackError::Refused {
            error: harmless(&error),
            description,
        });
    }
    let token = filled(parts.token).ok_or(CallbackError::Missing("token"))?;
    let user_id = filled(parts.user_id).ok_or(CallbackError::Missing("user_id"))?;
    if !user_id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(CallbackError::Malformed(
            "its user_id has something else than digits",
        ));
    }
    let token = UserToken::new(token)
        .map_err(|_| CallbackError::Malformed("its token has characters that no token has"))?;
    Ok(UserAuthorization {
        token,
        user_id: user_id.into_owned(),
    })
}

/// The path of a callback, with all that stands before it, and the query.
fn split(callback: &str) -> Result<(&str, &str), CallbackError> {
    if callback.len() > LONGEST {
        return Err(CallbackError::Malformed("it is longer than 16 KiB"));
    }
    let callback = callback.trim_ascii();
    let (callback, _fragment) = callback.split_once('#').unwrap_or((callback, ""));
    if callback.starts_with('/') || split_scheme(callback).is_some() {
        return Ok(callback.split_once('?').unwrap_or((callback, "")));
    }
    Ok(("", callback))
}

/// A text from outside, short and without characters that play tricks on a terminal or a log.
fn harmless(text: &str) -> String {
    let mut shown = String::new();
    for character in text.chars().take(200) {
        match character {
            '\'' | '"' | '\\' => shown.push(character),
            _ => shown.extend(character.escape_debug()),
        }
    }
    shown
}
