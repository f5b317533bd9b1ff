use std::fmt;

use crate::Error;

/// The query parameter of a callback that holds the token.
pub(super) const TOKEN: &str = "token";

/// The error of a callback without a usable token.
///
/// Neither `Display` nor `Debug` shows a token or the whole URL. `Debug` prints the same text as
/// `Display`, because a `main` that returns this error prints its `Debug`. `?` converts it into an
/// [`Error`] that [is invalid input](Error::is_invalid_input).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallbackError {
    /// The callback has an `error`, with or without a token.
    ///
    /// It is not known what the service sends when a user refuses. The names of the parameters are
    /// those of OAuth 2.0. A callback with neither an `error` nor a token is
    /// [`Missing`](Self::Missing).
    ///
    /// Do not trust the two texts: anybody can make up a callback. The token and the one-time value
    /// are replaced with `[secret]`. Each text is cut to 200 characters, and control characters are
    /// escaped. HTML is not escaped.
    Refused {
        /// The `error`, such as `access_denied`.
        error: String,
        /// The `error_description`, if there is one.
        description: Option<String>,
    },
    /// The parameter `token` or `user_id` is missing or empty.
    Missing(&'static str),
    /// A parameter occurs more than once.
    Duplicated(&'static str),
    /// The one-time value is missing or belongs to another request.
    WrongOneTimeValue,
    /// The text is not a valid callback. The field says why.
    Malformed(&'static str),
}

impl fmt::Display for CallbackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { error, description } => {
                write!(f, "authorization was refused: {error}")?;
                if let Some(description) = description {
                    write!(f, " ({description})")?;
                }
                f.write_str("; ask the user whether to try again")
            }
            Self::Missing(TOKEN) => f.write_str(
                "the callback has no token: the user may have refused, or this is not the callback's \
                 address; ask the user whether to try again",
            ),
            Self::Missing(part) => {
                write!(
                    f,
                    "the callback has no {part}: pass its URL with the whole query"
                )
            }
            Self::Duplicated(part) => write!(
                f,
                "the callback has more than one {part}: do not use it, and leave {part} out of \
                 the query of the callback URI"
            ),
            Self::WrongOneTimeValue => f.write_str(
                "the callback does not have the one-time value of this request: it may be forged \
                 or belong to an older request, so do not use it; if every callback fails like \
                 this, the service drops the query of the callback URI: put the value in its path",
            ),
            Self::Malformed(why) => {
                write!(
                    f,
                    "the callback is malformed: {why}; start the authorization again"
                )
            }
        }
    }
}

impl fmt::Debug for CallbackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for CallbackError {}

impl From<CallbackError> for Error {
    fn from(error: CallbackError) -> Self {
        Self::invalid(error.to_string())
    }
}
