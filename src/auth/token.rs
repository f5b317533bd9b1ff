use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use percent_encoding::utf8_percent_encode;
use ureq::http::header::AUTHORIZATION;
use ureq::http::uri::PathAndQuery;
use ureq::http::{HeaderName, HeaderValue, Uri};
use zeroize::Zeroizing;

use crate::escape::ESCAPED;
use crate::{Error, redact};

const BEARER: &str = "Bearer ";
const BASIC: &str = "Basic ";

/// What a [`Client`](crate::Client) proves itself with.
///
/// Sealed: the types of this crate are all there are, and two to four of them as a tuple, which
/// are all sent. Which of them may call an operation is in the traits of
/// [`access`](crate::access).
pub trait Token: sealed::Credentials + Clone + fmt::Debug + Send + Sync + 'static {}

mod sealed {
    pub trait Credentials {
        /// Hands each secret out, with its place.
        fn each(&self, take: &mut dyn FnMut(&super::Credential));
    }
}

pub(crate) use sealed::Credentials;

/// The part of a request that a key is sent in.
#[derive(Clone, Copy)]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "which of these there are is up to the document"
)]
pub enum KeyPlace {
    Header,
    Query,
    Cookie,
}

/// One secret, in the form in which it is sent, and where.
///
/// All clones share one copy, which is wiped when the last is dropped.
#[derive(Clone)]
pub struct Credential(Arc<Inner>);

struct Inner {
    place: Place,
    sent: HeaderValue,
    /// How much of `sent` stands before the secret.
    scheme: usize,
    /// User name and password, with a colon between them.
    pair: Zeroizing<String>,
}

enum Place {
    Header(HeaderName),
    Query(&'static str),
    Cookie(&'static str),
}

/// Owns bytes and wipes them in the end.
pub(crate) struct Wiped(pub Zeroizing<Vec<u8>>);

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// A header's value that is not shown, and wiped in the end.
pub(crate) fn sensitive(bytes: Zeroizing<Vec<u8>>) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(Wiped(bytes))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[allow(dead_code, reason = "which of these are called is up to the document")]
impl Credential {
    pub(crate) fn bearer(token: impl Into<String>) -> Result<Self, Error> {
        let token = Zeroizing::new(token.into());
        check_bearer(&token)?;
        Self::new(Place::Header(AUTHORIZATION), BEARER, token.as_bytes(), None)
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
        let encoded = base64(pair.as_bytes());
        Self::new(Place::Header(AUTHORIZATION), BASIC, &encoded, Some(pair))
    }

    pub(crate) fn key(
        place: KeyPlace,
        name: &'static str,
        key: impl Into<String>,
    ) -> Result<Self, Error> {
        let key = Zeroizing::new(key.into());
        check_key(place, &key)?;
        let place = match place {
            KeyPlace::Header => Place::Header(
                HeaderName::from_bytes(name.as_bytes())
                    .map_err(|_| Error::invalid(format!("no header can be named `{name}`")))?,
            ),
            KeyPlace::Query => Place::Query(name),
            KeyPlace::Cookie => Place::Cookie(name),
        };
        Self::new(place, "", key.as_bytes(), None)
    }

    fn new(
        place: Place,
        scheme: &str,
        secret: &[u8],
        pair: Option<Zeroizing<String>>,
    ) -> Result<Self, Error> {
        // Room for all of it: a buffer that grows leaves a copy behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(scheme.len() + secret.len()));
        bytes.extend_from_slice(scheme.as_bytes());
        bytes.extend_from_slice(secret);
        let sent = sensitive(bytes)
            .ok_or_else(|| Error::invalid("the token cannot be sent in a header"))?;
        Ok(Self(Arc::new(Inner {
            place,
            sent,
            scheme: scheme.len(),
            pair: pair.unwrap_or_default(),
        })))
    }

    /// The secret as it is sent.
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

    /// Every text that must not be shown: a server can repeat any of them.
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

    /// Whether the user name may be a key, which some services want there, with any password or
    /// none. A name of a few letters that has a password is no key.
    fn has_secret_user_name(&self) -> bool {
        self.password().is_empty() || self.user_name().chars().count() >= redact::SHORTEST
    }

    pub(crate) fn header(&self) -> Option<(&HeaderName, &HeaderValue)> {
        match &self.0.place {
            Place::Header(name) => Some((name, &self.0.sent)),
            _ => None,
        }
    }

    /// Name and value of a cookie.
    pub(crate) fn cookie(&self) -> Option<(&'static str, &str)> {
        match self.0.place {
            Place::Cookie(name) => Some((name, self.expose())),
            _ => None,
        }
    }

    fn query(&self) -> Option<(&'static str, &str)> {
        match self.0.place {
            Place::Query(name) => Some((name, self.expose())),
            _ => None,
        }
    }

    /// Whether only one of the two can be sent.
    pub(crate) fn is_in_the_way_of(&self, other: &Self) -> bool {
        match (&self.0.place, &other.0.place) {
            (Place::Header(one), Place::Header(other)) => one == other,
            (Place::Query(one), Place::Query(other)) => one == other,
            (Place::Cookie(one), Place::Cookie(other)) => one == other,
            _ => false,
        }
    }
}

/// The URL with the keys that belong into its query. It is made last, so that none is in a URL
/// that could be shown, and its bytes are wiped.
pub(crate) fn with_keys(uri: Uri, credentials: &[Credential]) -> Option<Uri> {
    if credentials.iter().all(|one| one.query().is_none()) {
        return Some(uri);
    }
    let mut parts = uri.into_parts();
    let path = parts
        .path_and_query
        .as_ref()
        .map_or("/", PathAndQuery::as_str);
    let pairs = || credentials.iter().filter_map(Credential::query);
    let room: usize = pairs()
        .map(|(name, key)| 2 + 3 * (name.len() + key.len()))
        .sum();
    let mut bytes = Zeroizing::new(Vec::with_capacity(path.len() + room));
    bytes.extend_from_slice(path.as_bytes());
    for (name, key) in pairs() {
        let sign = if bytes.contains(&b'?') { b'&' } else { b'?' };
        bytes.push(sign);
        for piece in utf8_percent_encode(name, &ESCAPED) {
            bytes.extend_from_slice(piece.as_bytes());
        }
        bytes.push(b'=');
        for piece in utf8_percent_encode(key, &ESCAPED) {
            bytes.extend_from_slice(piece.as_bytes());
        }
    }
    // The host is not of these bytes: `ureq` keeps it as long as the connection.
    let path = PathAndQuery::from_maybe_shared(Bytes::from_owner(Wiped(bytes)));
    parts.path_and_query = Some(path.ok()?);
    Uri::from_parts(parts).ok()
}

/// What is wrong with a token, without a word of it.
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

fn check_key(place: KeyPlace, key: &str) -> Result<(), Error> {
    // Some services want a word before the key: `Token abc`.
    let inner_blank = |key: &str| matches!(place, KeyPlace::Header) && key.trim() == key;
    let fits = |byte: u8| byte.is_ascii_graphic() || byte == b' ' && inner_blank(key);
    let problem = if key.is_empty() {
        "the key is empty"
    } else if key.ends_with(['\n', '\r']) {
        "the key ends in a line break: trim it before you pass it on"
    } else if !key.bytes().all(fits) {
        "the key holds a blank, a control character or a letter outside of ASCII, \
         which cannot be sent"
    } else if matches!(place, KeyPlace::Cookie) && key.contains([';', ',']) {
        "the key holds a `;` or a `,`, which would end the cookie"
    } else {
        return Ok(());
    };
    Err(Error::invalid(problem))
}

pub(crate) fn base64(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = Zeroizing::new(Vec::with_capacity(bytes.len().div_ceil(3) * 4));
    for chunk in bytes.chunks(3) {
        let byte = |index| u32::from(chunk.get(index).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for index in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * index) & 63) as usize];
            text.push(if index <= chunk.len() { letter } else { b'=' });
        }
    }
    text
}

/// What all types of tokens have that are made of one [`Credential`].
#[allow(unused_macros, reason = "a document may have no such token")]
macro_rules! credential {
    ($name:ident) => {
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl $crate::auth::token::Token for $name {}

        impl $crate::auth::token::Credentials for $name {
            fn each(&self, take: &mut dyn FnMut(&$crate::auth::token::Credential)) {
                take(&self.0);
            }
        }
    };
}

/// Makes a bearer token of a struct around a [`Credential`].
macro_rules! bearer {
    ($name:ident) => {
        impl $name {
            /// Takes a token as the service gave it, without `Bearer`.
            ///
            /// # Errors
            ///
            /// It is empty, or holds a blank, a line break, a control character or a letter
            /// outside of ASCII. The message does not show it.
            pub fn new(token: impl Into<String>) -> Result<Self, $crate::Error> {
                $crate::auth::token::Credential::bearer(token).map(Self)
            }

            /// The token itself, for you to store. Whatever is made of it can be shown.
            pub fn expose(&self) -> &str {
                self.0.expose()
            }
        }

        $crate::auth::token::credential!($name);
    };
}

/// Makes a user name with its password of a struct around a [`Credential`].
#[allow(unused_macros, reason = "a document may have no such token")]
macro_rules! basic {
    ($name:ident) => {
        impl $name {
            /// Takes a user name and its password.
            ///
            /// Some services want a key as the user name. So errors do not show the user name
            /// either, unless it has fewer than four letters and there is a password.
            ///
            /// # Errors
            ///
            /// Both are empty, the user name holds a colon, or one of them a control character.
            /// The message shows neither.
            pub fn new(
                user_name: impl Into<String>,
                password: impl Into<String>,
            ) -> Result<Self, $crate::Error> {
                $crate::auth::token::Credential::basic(user_name, password).map(Self)
            }

            /// The user name.
            pub fn user_name(&self) -> &str {
                self.0.user_name()
            }

            /// The password itself. Whatever is made of it can be shown.
            pub fn password(&self) -> &str {
                self.0.password()
            }
        }

        $crate::auth::token::credential!($name);
    };
}

/// Makes a key of a struct around a [`Credential`], which is sent in a `Header`, in the `Query` or
/// in a `Cookie`.
#[allow(unused_macros, reason = "a document may have no such token")]
macro_rules! key {
    ($name:ident, $place:ident, $wire:literal) => {
        impl $name {
            /// Takes a key as the service gave it.
            ///
            /// # Errors
            ///
            /// It is empty, or holds what cannot be sent in its place: a line break, a control
            /// character, a letter outside of ASCII. The message does not show it.
            pub fn new(key: impl Into<String>) -> Result<Self, $crate::Error> {
                $crate::auth::token::Credential::key(
                    $crate::auth::token::KeyPlace::$place,
                    $wire,
                    key,
                )
                .map(Self)
            }

            /// The key itself, for you to store. Whatever is made of it can be shown.
            pub fn expose(&self) -> &str {
                self.0.expose()
            }
        }

        $crate::auth::token::credential!($name);
    };
}

#[allow(unused_imports, reason = "a document may have no such token")]
pub(crate) use {basic, bearer, credential, key};

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
#[derive(Clone)]
pub struct MasterToken(Credential);

bearer!(MasterToken);

/// The token of one user: it opens what that user has, and nothing else.
///
/// The user grants it in a browser: see [`authorization`](crate::authorization). How long
/// it is valid is not known.
#[derive(Clone)]
pub struct UserToken(Credential);

bearer!(UserToken);

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

impl Credentials for AnyToken {
    fn each(&self, take: &mut dyn FnMut(&Credential)) {
        match self {
            Self::Master(token) => token.each(take),
            Self::User(token) => token.each(take),
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

impl Credentials for NoToken {
    fn each(&self, _: &mut dyn FnMut(&Credential)) {}
}

macro_rules! tuple {
    ($($token:ident)+) => {
        impl<$($token: Token),+> Token for ($($token,)+) {}

        impl<$($token: Token),+> Credentials for ($($token,)+) {
            #[allow(non_snake_case, reason = "named like their types")]
            fn each(&self, take: &mut dyn FnMut(&Credential)) {
                let ($($token,)+) = self;
                $($token.each(take);)+
            }
        }
    };
}

tuple!(A B);
tuple!(A B C);
tuple!(A B C D);

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use ureq::http::Method;

    use super::*;
    use crate::request::Request;
    use crate::testing::{EMPTY, Received, exchange, operation, reply};
    use crate::{Client, RetryPolicy};

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
        token.each(&mut |it| assert!(!format!("{:?}", it.header()).contains("canary")));
    }

    const CANARY: &str = "cA4n/aR+y7=qZ";
    const PASSWORD: &str = "pA5s:wO\"r&d ä";

    #[derive(Clone)]
    struct Bearer(Credential);
    crate::bearer!(Bearer);
    #[derive(Clone)]
    struct Basic(Credential);
    crate::basic!(Basic);
    #[derive(Clone)]
    struct HeaderKey(Credential);
    crate::key!(HeaderKey, Header, "X-API-Key");
    #[derive(Clone)]
    struct QueryKey(Credential);
    crate::key!(QueryKey, Query, "api key");
    #[derive(Clone)]
    struct CookieKey(Credential);
    crate::key!(CookieKey, Cookie, "sid");

    fn basic() -> Basic {
        Basic::new("me", PASSWORD).unwrap()
    }

    fn keys() -> (HeaderKey, QueryKey, CookieKey) {
        (
            HeaderKey::new(CANARY).unwrap(),
            QueryKey::new(CANARY).unwrap(),
            CookieKey::new(CANARY).unwrap(),
        )
    }

    fn get<T: Token>(token: T) -> Received {
        let (received, result) = exchange(token, operation(Method::GET, "/x"), EMPTY, |request| {
            request.query("a", &[1]).cookie("b", &[2]).empty()
        });
        result.unwrap();
        received
    }

    #[test]
    fn each_secret_is_sent_where_its_scheme_says_and_nowhere_else() {
        let received = get(Bearer::new(CANARY).unwrap());
        let bearer = format!("Bearer {CANARY}");
        assert_eq!(received.header("Authorization"), Some(bearer));

        let received = get(Basic::new("Aladdin", "open sesame").unwrap());
        let basic = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";
        assert_eq!(received.header("Authorization").as_deref(), Some(basic));

        let (header, query, cookie) = keys();
        let received = get(header);
        assert_eq!(received.header("X-API-Key").as_deref(), Some(CANARY));
        assert_eq!(received.header("Authorization"), None);
        let received = get(query);
        let line = "GET /x?a=1&api%20key=cA4n%2FaR%2By7%3DqZ HTTP/1.1";
        assert_eq!(received.line, line);
        let received = get(cookie);
        let cookies = format!("b=2; sid={CANARY}");
        assert_eq!(received.header("Cookie"), Some(cookies));
        assert_eq!(received.line, "GET /x?a=1 HTTP/1.1");
    }

    #[test]
    fn all_of_several_tokens_are_sent() {
        let (header, query, cookie) = keys();
        let received = get((basic(), header, query, cookie));
        assert!(
            received
                .header("Authorization")
                .unwrap()
                .starts_with("Basic ")
        );
        assert!(received.header("X-API-Key").is_some());
        assert!(received.header("Cookie").unwrap().contains("; sid="));
        assert!(received.line.contains("&api%20key="));
        let received = get((NoToken, UserToken::new("a").unwrap(), NoToken));
        assert_eq!(
            received.header("Authorization").as_deref(),
            Some("Bearer a")
        );
    }

    #[test]
    fn an_operation_without_a_token_gets_none() {
        let (header, query, cookie) = keys();
        let mut operation = operation(Method::GET, "/x");
        operation.token = false;
        let all = (basic(), header, query, cookie);
        let (received, _) = exchange(all, operation, EMPTY, |request| request.empty());
        assert_eq!(received.line, "GET /x HTTP/1.1");
        for name in ["Authorization", "X-API-Key", "Cookie"] {
            assert_eq!(received.header(name), None);
        }
    }

    #[test]
    fn two_tokens_in_one_place_are_refused() {
        let client = Client::new((UserToken::new("a").unwrap(), basic()));
        let operation = Box::leak(Box::new(operation(Method::GET, "/x")));
        let error = Request::new(&client.session, operation)
            .empty()
            .unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
        assert!(error.to_string().contains("same place"), "{error}");
    }

    #[test]
    fn nothing_that_a_server_repeats_is_shown() {
        let encoded = base64(format!("me:{PASSWORD}").as_bytes());
        let encoded = std::str::from_utf8(&encoded).unwrap();
        let echo = format!(
            "{{\"detail\": \"{CANARY} cA4n%2FaR%2By7%3DqZ {encoded}\", \"b\": {}}}",
            serde_json::to_string(PASSWORD).unwrap()
        );
        let (header, query, cookie) = keys();
        let all = (basic(), header, query, cookie);
        let told = reply(401, "Location: /?k=cA4n%2FaR%2By7%3DqZ\r\n", &echo);
        let (_, result) = exchange(all, operation(Method::GET, "/x"), told, |it| it.empty());
        let error = result.unwrap_err();
        let value = error.body_as::<serde_json::Value>().unwrap();
        let text = format!("{error} {error:?} {:?} {value}", error.body());
        for shown in ["cA4n", "pA5s", &encoded[..8]] {
            assert!(!text.contains(shown), "{text}");
        }
        assert_eq!(error.detail(), Some("[secret] [secret] [secret]"));
        assert_eq!(value["b"], "[secret]");

        let key = HeaderKey::new("Token cAnary").unwrap();
        let told = reply(401, "", "the key 'cAnary' is wrong");
        let (_, result) = exchange(key, operation(Method::GET, "/x"), told, |it| it.empty());
        assert_eq!(
            result.unwrap_err().body(),
            Some("the key '[secret]' is wrong")
        );
    }

    #[test]
    fn debug_and_errors_on_the_way_show_no_secret() {
        let (header, query, cookie) = keys();
        let all = (basic(), header, query, cookie);
        let client = Client::builder().base_url("http://127.0.0.1:1");
        let client = client.retry(RetryPolicy::none()).build(all).unwrap();
        let operation = Box::leak(Box::new(operation(Method::GET, "/x")));
        let error = Request::new(&client.session, operation)
            .empty()
            .unwrap_err();
        assert!(error.is_connect());
        let text = format!("{error:?} {client:?} {:?}", client.token());
        assert!(!text.contains("cA4n") && !text.contains("pA5s"), "{text}");
        assert!(
            text.contains("(Basic(…), HeaderKey(…), QueryKey(…), CookieKey(…))"),
            "{text}"
        );
    }

    #[test]
    fn no_record_of_a_log_shows_a_secret() {
        record();
        let (header, query, cookie) = keys();
        get((basic(), header, query, cookie));
        let records = RECORDS.lock().unwrap();
        assert!(records.contains("GET /x: 200"), "{records}");
        assert!(
            !records.contains("cA4n") && !records.contains("pA5s"),
            "{records}"
        );
        assert!(!records.contains("bWU6cEE1"), "{records}");
    }

    static RECORDS: Mutex<String> = Mutex::new(String::new());

    fn record() {
        struct Recorder;

        impl log::Log for Recorder {
            fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
                metadata.level() <= log::Level::Debug
            }

            fn log(&self, record: &log::Record<'_>) {
                if self.enabled(record.metadata()) {
                    *RECORDS.lock().unwrap() += &format!("{}\n", record.args());
                }
            }

            fn flush(&self) {}
        }

        log::set_logger(&Recorder).unwrap();
        log::set_max_level(log::LevelFilter::Debug);
    }

    #[test]
    fn a_secret_comes_back_as_it_was() {
        let (header, query, cookie) = keys();
        assert_eq!(
            [header.expose(), query.expose(), cookie.expose()],
            [CANARY; 3]
        );
        assert_eq!((basic().user_name(), basic().password()), ("me", PASSWORD));
        assert_eq!(Bearer::new("abc").unwrap().expose(), "abc");
        let stripe = Basic::new("a-key", "").unwrap();
        assert_eq!((stripe.user_name(), stripe.password()), ("a-key", ""));
    }

    #[test]
    fn what_cannot_be_sent_in_its_place_is_refused() {
        for bad in ["", "can\n", "cän", "\tcan", "can ", " can", "can\r\nX: y"] {
            let error = HeaderKey::new(bad).unwrap_err().to_string();
            assert!(
                !error.contains("can\n") && !error.contains("cän"),
                "{error}"
            );
            assert!(QueryKey::new(bad).is_err() && CookieKey::new(bad).is_err());
        }
        assert!(HeaderKey::new("Token abc").is_ok());
        assert!(QueryKey::new("a b").is_err());
        assert!(QueryKey::new("a;b,&c=%\"#").is_ok());
        assert!(CookieKey::new("a;b").is_err());
        for (user, password) in [
            ("", ""),
            ("a:b", "c"),
            ("a\n", "b"),
            ("a", "b\n"),
            ("a", "\0"),
        ] {
            assert!(Basic::new(user, password).is_err(), "{user:?} {password:?}");
        }
    }

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (plain, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
            ("\u{ff}\u{3ff}", "w7/Pvw=="),
        ] {
            assert_eq!(&**base64(plain.as_bytes()), text.as_bytes());
        }
    }
}
