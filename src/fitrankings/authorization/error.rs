use std::fmt;

use crate::Error;

/// The part of a callback that holds the token.
pub(super) const TOKEN: &str = "token";

/// The reason why a callback gave no token.
///
/// Neither `Display` nor `Debug` shows a token or the whole URL. `Debug` prints the same sentence as
/// `Display`, which is what a `main` that fails with this error shows. `?` converts it into an
/// [`Error`] that [is invalid input](Error::is_invalid_input).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallbackError {
    /// The callback has an `error`, whether or not it has a token as well.
    ///
    /// What the service sends when a user refuses is unknown: these are the names of OAuth 2.0,
    /// and a callback that is merely without a token is [`Missing`](Self::Missing).
    /// Both texts come from outside. `[secret]` stands in place of the token and of the one-time
    /// value. The texts are cut to 200 characters and control characters are escaped, but HTML is
    /// not.
    Refused {
        /// The `error`, such as `access_denied`.
        error: String,
        /// The `error_description`, if there is one.
        description: Option<String>,
    },
    /// The part `token` or `user_id` is missing or empty.
    Missing(&'static str),
    /// A part is there twice.
    Duplicated(&'static str),
    /// The one-time value is missing, or it is that of another request.
    WrongOneTimeValue,
    /// The service would not send such a callback. The text says why.
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
                "the callback has no token: the user may have refused, or this is not the address \
                 that the browser ended on; ask whether to try again",
            ),
            Self::Missing(part) => {
                write!(
                    f,
                    "the callback has no {part}: hand over its URL with the whole query"
                )
            }
            Self::Duplicated(part) => write!(
                f,
                "the callback has more than one {part}: do not use it, and leave {part} out of \
                 the query of the callback URI"
            ),
            Self::WrongOneTimeValue => f.write_str(
                "the callback does not carry the one-time value of this request: it may be forged \
                 or belong to an older request, so do not use it; if every callback ends like \
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
