use std::fmt;

/// Why a callback gave no token. It never shows a token, nor the whole URL.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallbackError {
    /// The callback has an `error`, whether or not it has a token as well.
    ///
    /// What the service sends when a user refuses is unknown: these are the names of OAuth 2.0,
    /// and a callback that is merely without a token is [`Missing`](CallbackError::Missing).
    /// Both texts come from outside. They are cut to 200 characters and control characters are
    /// escaped, but HTML is not.
    Refused {
        /// The `error`, such as `access_denied`.
        error: String,
        /// The `error_description`, if there is one.
        description: Option<String>,
    },
    /// This part, `token` or `user_id`, is not there or empty.
    Missing(&'static str),
    /// This part is there twice, so that it is not clear which one holds.
    Duplicated(&'static str),
    /// The one-time value is not there, or it is another one.
    WrongOneTimeValue,
    /// The callback is nothing that the service would send; the text says why.
    Malformed(&'static str),
}

impl fmt::Display for CallbackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallbackError::Refused { error, description } => {
                write!(f, "authorization was refused: {error}")?;
                if let Some(description) = description {
                    write!(f, " ({description})")?;
                }
                f.write_str("; ask the user whether to try again")
            }
            CallbackError::Missing("token") => f.write_str(
                "the callback has no token: the user may have refused; ask whether to try again",
            ),
            CallbackError::Missing(part) => {
                write!(
                    f,
                    "the callback has no {part}: hand over its URL with the whole query"
                )
            }
            CallbackError::Duplicated(part) => write!(
                f,
                "the callback has more than one {part}: do not use it, and leave {part} out of \
                 the query of the callback URI"
            ),
            CallbackError::WrongOneTimeValue => f.write_str(
                "the callback does not carry the one-time value of this request: it may be forged \
                 or belong to an older request, so do not use it; if every callback ends like \
                 this, the service drops the query of the callback URI: put the value in its path",
            ),
            CallbackError::Malformed(why) => {
                write!(
                    f,
                    "the callback is malformed: {why}; start the authorization again"
                )
            }
        }
    }
}

impl std::error::Error for CallbackError {}
