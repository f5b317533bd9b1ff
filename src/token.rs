use std::fmt;

use bytes::Bytes;
use ureq::http::HeaderValue;
use zeroize::Zeroizing;

use crate::Error;

const SCHEME: &str = "Bearer ";

/// What a [`Client`](crate::Client) proves itself with.
///
/// Sealed: the types below are all there are. Which of them may call an operation is in the
/// traits of [`access`](crate::access).
pub trait Token: sealed::Bearer + Clone + fmt::Debug + Send + Sync + 'static {}

mod sealed {
    use ureq::http::HeaderValue;

    pub trait Bearer {
        /// The value of the `Authorization` header, marked as sensitive.
        fn header(&self) -> Option<&HeaderValue>;
    }
}

pub(crate) use sealed::Bearer;

/// A bearer token, kept in the form in which it is sent.
///
/// All clones share one copy, which is wiped when the last is dropped.
#[derive(Clone)]
struct Value(HeaderValue);

/// Owns the bytes of the header and wipes them in the end.
struct Wiped(Zeroizing<Vec<u8>>);

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Value {
    fn new(token: Zeroizing<String>) -> Result<Self, Error> {
        check(&token)?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(SCHEME.len() + token.len()));
        bytes.extend_from_slice(SCHEME.as_bytes());
        bytes.extend_from_slice(token.as_bytes());
        let bytes = Bytes::from_owner(Wiped(bytes));
        let mut header = HeaderValue::from_maybe_shared(bytes)
            .map_err(|_| Error::invalid("the token cannot be sent in a header"))?;
        header.set_sensitive(true);
        Ok(Self(header))
    }

    fn expose(&self) -> &str {
        let token = self.0.as_bytes().get(SCHEME.len()..).unwrap_or_default();
        // A token is ASCII, or it would not have been taken.
        std::str::from_utf8(token).unwrap_or_default()
    }
}

/// What is wrong with a token, without a word of it.
fn check(token: &str) -> Result<(), Error> {
    let problem = if token.is_empty() {
        "the token is empty"
    } else if token.starts_with(SCHEME) {
        "the token begins with `Bearer `: give the token alone"
    } else if token.ends_with(['\n', '\r']) {
        "the token ends in a line break: trim it before you pass it on"
    } else if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        "the token holds a blank, a control character or a letter outside of ASCII: \
         a bearer token has none of these"
    } else {
        return Ok(());
    };
    Err(Error::invalid(problem))
}

macro_rules! token {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Value);

        impl $name {
            /// Takes a token as the service gave it, without `Bearer`.
            ///
            /// # Errors
            ///
            /// It is empty, or holds a blank, a line break, a control character or a letter
            /// outside of ASCII. The message does not show it.
            pub fn new(token: impl Into<String>) -> Result<Self, Error> {
                Value::new(Zeroizing::new(token.into())).map(Self)
            }

            /// The token itself, for you to store. Whatever is made of it can be shown.
            pub fn expose(&self) -> &str {
                self.0.expose()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl Token for $name {}

        impl Bearer for $name {
            fn header(&self) -> Option<&HeaderValue> {
                Some(&self.0.0)
            }
        }
    };
}

token! {
    /// The token of the application: it opens what all users have who authorized it.
    ///
    /// Credentials are exchanged for it: see [`Credentials`](crate::Credentials). How long it
    /// is valid is not known.
    ///
    /// ```
    /// use fitrankings::{Client, MasterToken};
    ///
    /// let client = Client::new(MasterToken::new("a-master-token")?);
    /// assert_eq!(format!("{:?}", client.token()), "MasterToken(…)");
    /// # Ok::<(), fitrankings::Error>(())
    /// ```
    MasterToken
}

token! {
    /// The token of one user: it opens what that user has, and nothing else.
    ///
    /// The user grants it in a browser: see [`authorization`](crate::authorization). How long
    /// it is valid is not known.
    UserToken
}

/// One of the two kinds of token, where only the running program knows which.
///
/// [`Client::from_env`](crate::Client::from_env) gives a client with it. It may call what both
/// kinds may call; for the rest there is
/// [`into_master`](crate::Client::into_master).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AnyToken {
    /// The application's.
    Master(MasterToken),
    /// A user's.
    User(UserToken),
}

impl Token for AnyToken {}

impl Bearer for AnyToken {
    fn header(&self) -> Option<&HeaderValue> {
        match self {
            Self::Master(token) => token.header(),
            Self::User(token) => token.header(),
        }
    }
}

impl From<MasterToken> for AnyToken {
    fn from(token: MasterToken) -> Self {
        Self::Master(token)
    }
}

impl From<UserToken> for AnyToken {
    fn from(token: UserToken) -> Self {
        Self::User(token)
    }
}

/// No token at all: enough for the operations that nobody needs one for.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoToken;

impl Token for NoToken {}

impl Bearer for NoToken {
    fn header(&self) -> Option<&HeaderValue> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_token_is_refused_without_showing_it() {
        for bad in [
            "",
            "canary\n",
            "can ary",
            "Bearer canary",
            "canary\u{7f}",
            "canäry",
        ] {
            let error = MasterToken::new(bad).unwrap_err();
            assert!(
                !format!("{error} {error:?}").contains("can"),
                "{bad:?}: {error}"
            );
        }
    }

    #[test]
    fn a_token_comes_back_as_it_was() {
        assert_eq!(
            UserToken::new("abc.DEF-1~=").unwrap().expose(),
            "abc.DEF-1~="
        );
    }

    #[test]
    fn debug_shows_no_token() {
        let token = AnyToken::from(UserToken::new("canary").unwrap());
        assert_eq!(format!("{token:?}"), "User(UserToken(…))");
        assert!(!format!("{:?}", token.header()).contains("canary"));
    }
}
