//! A secret together with the location in a request where it is sent.

use std::sync::Arc;

use bytes::Bytes;
use ureq::http::header::AUTHORIZATION;
use ureq::http::{HeaderName, HeaderValue};
use zeroize::Zeroizing;

use super::base64;
use crate::Error;

/// The fewest letters of a secret that can be searched for in a text. A shorter one is found in too
/// many words by chance.
pub(crate) const SHORTEST: usize = 4;

const BEARER: &str = "Bearer ";
const BASIC: &str = "Basic ";

/// The part of a request in which a key is sent.
#[derive(Clone, Copy)]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "which of these there are is up to the document"
)]
pub enum KeyLocation {
    Header,
    Query,
    Cookie,
}

/// A secret that authorizes a request: as it is sent, and with the location where it is sent.
///
/// All clones share one copy, which is wiped when the last is dropped.
#[derive(Clone)]
pub struct AuthSecret(Arc<Inner>);

struct Inner {
    location: Location,
    sent: HeaderValue,
    /// The length of the text before the secret, such as `Bearer `.
    scheme: usize,
    /// User name and password, with a colon between them.
    pair: Zeroizing<String>,
}

#[derive(PartialEq)]
enum Location {
    Header(HeaderName),
    Query(&'static str),
    Cookie(&'static str),
}

/// Bytes that are wiped when they are dropped.
pub(crate) struct Wiped(pub Zeroizing<Vec<u8>>);

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// Returns the value of a header that `Debug` does not show, and that is wiped when it is dropped.
pub(crate) fn sensitive(bytes: Zeroizing<Vec<u8>>) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(Wiped(bytes))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[allow(dead_code, reason = "which of these are called is up to the document")]
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
                    .map_err(|_| Error::invalid(format!("no header can be named `{name}`")))?,
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
        // With the whole capacity: a buffer that grows leaves a copy behind.
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
        // A secret is ASCII, or it would not have been taken.
        std::str::from_utf8(secret.unwrap_or_default()).unwrap_or_default()
    }

    pub(crate) fn user_name(&self) -> &str {
        self.0.pair.split_once(':').unwrap_or_default().0
    }

    pub(crate) fn password(&self) -> &str {
        self.0.pair.split_once(':').unwrap_or_default().1
    }

    /// Returns every text that must not be shown: a server can repeat any of them.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        let sent = self.expose();
        // A key can have a scheme of the service's own: `Token abc`.
        let word = sent.rsplit(' ').next().filter(|word| *word != sent);
        let user_name = Some(self.user_name()).filter(|_| self.has_secret_user_name());
        [sent, &self.0.pair, self.password()]
            .into_iter()
            .chain(user_name)
            .chain(word)
    }

    /// Returns whether the user name may be a key: some services want one there, with any password
    /// or none. A name of a few letters with a password is not a key.
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

    /// Returns whether both have the same location, so that only one can be sent.
    pub(crate) fn conflicts_with(&self, other: &Self) -> bool {
        self.0.location == other.0.location
    }
}

/// Checks a token. The message shows nothing of it.
fn check_bearer(token: &str) -> Result<(), Error> {
    let problem = if token.is_empty() {
        "the token is empty"
    } else if token.starts_with(BEARER) {
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

fn check_basic(user: &str, password: &str) -> Result<(), Error> {
    let problem = if user.is_empty() && password.is_empty() {
        "the user name and the password are empty"
    } else if user.contains(':') {
        "the user name holds a colon, which would end it"
    } else if password.ends_with(['\n', '\r']) {
        "the password ends in a line break: trim it before you pass it on"
    } else if user.contains(char::is_control) || password.contains(char::is_control) {
        "the user name or the password holds a control character"
    } else {
        return Ok(());
    };
    Err(Error::invalid(problem))
}

fn check_key(location: KeyLocation, key: &str) -> Result<(), Error> {
    // Some services want a word before the key: `Token abc`.
    let inner_blank = |key: &str| matches!(location, KeyLocation::Header) && key.trim() == key;
    let fits = |byte: u8| byte.is_ascii_graphic() || byte == b' ' && inner_blank(key);
    let problem = if key.is_empty() {
        "the key is empty"
    } else if key.ends_with(['\n', '\r']) {
        "the key ends in a line break: trim it before you pass it on"
    } else if !key.bytes().all(fits) {
        "the key holds a blank, a control character or a letter outside of ASCII, \
         which cannot be sent"
    } else if matches!(location, KeyLocation::Cookie) && key.contains([';', ',']) {
        "the key holds a `;` or a `,`, which would end the cookie"
    } else {
        return Ok(());
    };
    Err(Error::invalid(problem))
}
