//! A secret and its location in a request.

use std::sync::Arc;

use bytes::Bytes;
use ureq::http::header::AUTHORIZATION;
use ureq::http::{HeaderName, HeaderValue};
use zeroize::Zeroizing;

use super::base64;
use crate::Error;

/// The minimum length of a secret that is redacted from texts. A shorter secret would match too
/// many words by chance.
pub(crate) const SHORTEST: usize = 4;

const BEARER: &str = "Bearer ";
const BASIC: &str = "Basic ";

/// The part of a request that holds an API key.
#[derive(Clone, Copy)]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "a document may use only some of them"
)]
pub enum KeyLocation {
    Header,
    Query,
    Cookie,
}

/// A secret that authorizes a request, with its location in the request.
///
/// All clones share one copy, which is wiped from memory when the last clone is dropped.
#[derive(Clone)]
pub struct AuthSecret(Arc<Inner>);

struct Inner {
    location: Location,
    sent: HeaderValue,
    /// The length of the prefix of `sent`, such as `Bearer `.
    scheme: usize,
    /// User name and password, separated by a colon. Empty for other kinds of secret.
    pair: Zeroizing<String>,
}

#[derive(PartialEq)]
enum Location {
    Header(HeaderName),
    Query(&'static str),
    Cookie(&'static str),
}

/// Bytes that are wiped from memory when dropped.
pub(crate) struct Wiped(pub Zeroizing<Vec<u8>>);

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// Returns a header value that `Debug` does not show and that is wiped from memory when dropped.
pub(crate) fn sensitive(bytes: Zeroizing<Vec<u8>>) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(Wiped(bytes))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[allow(dead_code, reason = "a document may use only some of them")]
impl AuthSecret {
    pub(crate) fn bearer(token: impl Into<String>) -> Result<Self, Error> {
        let token = Zeroizing::new(token.into());
        check_bearer(&token)?;
        Self::new(
            Location::Header(AUTHORIZATION),
            BEARER,
            token.as_bytes(),
            None,
        )
    }

    pub(crate) fn basic(
        user: impl Into<String>,
        password: impl Into<String>,
    ) -> Result<Self, Error> {
        let (user, password) = (Zeroizing::new(user.into()), Zeroizing::new(password.into()));
        check_basic(&user, &password)?;
        let mut pair = Zeroizing::new(String::with_capacity(user.len() + 1 + password.len()));
        pair.push_str(&user);
        pair.push(':');
        pair.push_str(&password);
        let encoded = base64::encode(pair.as_bytes());
        Self::new(Location::Header(AUTHORIZATION), BASIC, &encoded, Some(pair))
    }

    pub(crate) fn key(
        location: KeyLocation,
        name: &'static str,
        key: impl Into<String>,
    ) -> Result<Self, Error> {
        let key = Zeroizing::new(key.into());
        check_key(location, &key)?;
        let location = match location {
            KeyLocation::Header => Location::Header(
                HeaderName::from_bytes(name.as_bytes())
                    .map_err(|_| Error::invalid(format!("`{name}` is not a valid header name")))?,
            ),
            KeyLocation::Query => Location::Query(name),
            KeyLocation::Cookie => Location::Cookie(name),
        };
        Self::new(location, "", key.as_bytes(), None)
    }

    fn new(
        location: Location,
        scheme: &str,
        secret: &[u8],
        pair: Option<Zeroizing<String>>,
    ) -> Result<Self, Error> {
        // A buffer that grows would leave a copy of the secret in memory.
        let mut bytes = Zeroizing::new(Vec::with_capacity(scheme.len() + secret.len()));
        bytes.extend_from_slice(scheme.as_bytes());
        bytes.extend_from_slice(secret);
        let sent = sensitive(bytes)
            .ok_or_else(|| Error::invalid("the token cannot be sent in a header"))?;
        Ok(Self(Arc::new(Inner {
            location,
            sent,
            scheme: scheme.len(),
            pair: pair.unwrap_or_default(),
        })))
    }

    /// Returns the secret as it is sent.
    pub(crate) fn expose(&self) -> &str {
        let secret = self.0.sent.as_bytes().get(self.0.scheme..);
        // The checks below accept ASCII only.
        std::str::from_utf8(secret.unwrap_or_default()).unwrap_or_default()
    }

    pub(crate) fn user_name(&self) -> &str {
        self.0.pair.split_once(':').unwrap_or_default().0
    }

    pub(crate) fn password(&self) -> &str {
        self.0.pair.split_once(':').unwrap_or_default().1
    }

    /// Returns all texts that must be redacted from what a server sends.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        let sent = self.expose();
        // A key can have a scheme before it: `Token abc`.
        let word = sent.rsplit(' ').next().filter(|word| *word != sent);
        let user_name = Some(self.user_name()).filter(|_| self.has_secret_user_name());
        [sent, &self.0.pair, self.password()]
            .into_iter()
            .chain(user_name)
            .chain(word)
    }

    /// Returns whether the user name may be a key. Some services expect a key as the user name,
    /// with any password or none. A short user name with a password is not treated as a key.
    fn has_secret_user_name(&self) -> bool {
        self.password().is_empty() || self.user_name().chars().count() >= SHORTEST
    }

    pub(crate) fn header(&self) -> Option<(&HeaderName, &HeaderValue)> {
        match &self.0.location {
            Location::Header(name) => Some((name, &self.0.sent)),
            _ => None,
        }
    }

    /// Returns the name and the value of a cookie.
    pub(crate) fn cookie(&self) -> Option<(&'static str, &str)> {
        match self.0.location {
            Location::Cookie(name) => Some((name, self.expose())),
            _ => None,
        }
    }

    pub(super) fn query(&self) -> Option<(&'static str, &str)> {
        match self.0.location {
            Location::Query(name) => Some((name, self.expose())),
            _ => None,
        }
    }

    /// Returns whether both have the same location, where one would overwrite the other.
    pub(crate) fn conflicts_with(&self, other: &Self) -> bool {
        self.0.location == other.0.location
    }
}

/// Checks a token. The error shows no part of it.
fn check_bearer(token: &str) -> Result<(), Error> {
    let problem = if token.is_empty() {
        "the token is empty"
    } else if token.starts_with(BEARER) {
        "the token begins with `Bearer `: give the token alone"
    } else if token.ends_with(['\n', '\r']) {
        "the token ends in a line break: trim it first"
    } else if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        "the token has a space, a control character or a character outside of ASCII: \
         a bearer token has none of these"
    } else {
        return Ok(());
    };
    Err(Error::invalid(problem))
}

fn check_basic(user: &str, password: &str) -> Result<(), Error> {
    let problem = if user.is_empty() && password.is_empty() {
        "the user name and the password are empty"
    } else if user.contains(':') {
        "the user name has a colon, which would end it"
    } else if password.ends_with(['\n', '\r']) {
        "the password ends in a line break: trim it first"
    } else if user.contains(char::is_control) || password.contains(char::is_control) {
        "the user name or the password has a control character"
    } else {
        return Ok(());
    };
    Err(Error::invalid(problem))
}

fn check_key(location: KeyLocation, key: &str) -> Result<(), Error> {
    // Some services expect a scheme before the key: `Token abc`.
    let inner_blank = |key: &str| matches!(location, KeyLocation::Header) && key.trim() == key;
    let fits = |byte: u8| byte.is_ascii_graphic() || byte == b' ' && inner_blank(key);
    let problem = if key.is_empty() {
        "the key is empty"
    } else if key.ends_with(['\n', '\r']) {
        "the key ends in a line break: trim it first"
    } else if !key.bytes().all(fits) {
        "the key has a space, a control character or a character outside of ASCII, \
         which cannot be sent"
    } else if matches!(location, KeyLocation::Cookie) && key.contains([';', ',']) {
        "the key has a `;` or a `,`, which would end the cookie"
    } else {
        return Ok(());
    };
    Err(Error::invalid(problem))
}
