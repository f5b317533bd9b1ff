//! User authorization in the browser: the page to open, and the callback that answers.
//!
//! 1. Open [`Authorization::url`] in the user's browser. The vendor recommends a popup of
//!    [`POPUP_WIDTH`] by [`POPUP_HEIGHT`].
//! 2. The user grants access, and the service sends the browser to your callback URI.
//! 3. Hand the URL that was asked for to [`UserAuthorization::from_callback`]: out come the user's
//!    token and id.
//!
//! ```
//! use fitrankings::authorization::{Authorization, OneTimeValue, UserAuthorization};
//!
//! // Make a value for every request, and keep it where only this user's callback finds it.
//! let value = OneTimeValue::new()?;
//! let request = Authorization::new("client-id")?
//!     .callback_uri("http://127.0.0.1:8080/done")?
//!     .one_time_value(&value)?;
//! println!("Please open {}", request.url());
//!
//! // What an HTTP server on port 8080 is then asked for:
//! let asked = format!("/done?one_time_value={}&token=abc&user_id=000042", value.as_str());
//! let user = UserAuthorization::from_callback(&asked, &value)?;
//! assert_eq!(user.user_id, "000042");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Why a one-time value
//!
//! The service documents no `state`, so nothing of its own ties a callback to the request that
//! caused it: whoever gets a browser to open your callback URI with a token of their choice has
//! your application take that token for the user's. A value in the callback URI that nobody else
//! can know stops that. It can stand in two places, and both are checked:
//!
//! - in the query, where [`Authorization::one_time_value`] puts it. Whether the service keeps a
//!   query that is already there is unknown;
//! - as a segment of the path, where you put it yourself if the query gets lost:
//!   `format!("http://127.0.0.1:8080/done/{}", value.as_str())`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use subtle::ConstantTimeEq;

use crate::transport::base_url::{BaseUrl, is_loopback};
use crate::{BASE_URL, Error, UserToken};

/// The width in pixels that the vendor recommends for the popup with the authorization page.
pub const POPUP_WIDTH: u32 = 400;

/// The height in pixels that the vendor recommends for the popup with the authorization page.
pub const POPUP_HEIGHT: u32 = 600;

/// A request for a user's authorization, which a browser makes by opening [`url`].
///
/// ```
/// use fitrankings::authorization::Authorization;
///
/// let request = Authorization::new("client-id")?.callback_uri("myapp://done")?;
/// assert_eq!(
///     request.url(),
///     "https://api.fitrankings.com/iq/oauth2/?client_id=client-id&callback_uri=myapp%3A%2F%2Fdone",
/// );
/// # Ok::<(), fitrankings::Error>(())
/// ```
///
/// [`url`]: Authorization::url
#[derive(Clone)]
pub struct Authorization {
    page: String,
    client_id: String,
    callback_uri: Option<String>,
    one_time_value: Option<OneTimeValue>,
    allow_http: bool,
}

impl Authorization {
    /// A request in the name of the application with this id, at the public service.
    pub fn new(client_id: impl Into<String>) -> Result<Authorization, Error> {
        let client_id = client_id.into();
        if client_id.is_empty() || !client_id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::invalid(
                "the client id is empty, or has spaces or characters that are not ASCII: give it \
                 as the vendor did",
            ));
        }
        Ok(Authorization {
            page: format!("{BASE_URL}/oauth2/"),
            client_id,
            callback_uri: None,
            one_time_value: None,
            allow_http: false,
        })
    }

    /// Permits plain `http` to any host, over which everybody on the way can read the user's token
    /// and the one-time value. Default: `false`.
    ///
    /// Addresses are checked when they are given: call this before the methods that take one.
    ///
    /// ```
    /// use fitrankings::authorization::Authorization;
    ///
    /// let plain = "http://staging.example/done";
    /// assert!(Authorization::new("client-id")?.callback_uri(plain).is_err());
    /// let request = Authorization::new("client-id")?.allow_http(true).callback_uri(plain)?;
    /// # let _ = request;
    /// # Ok::<(), fitrankings::Error>(())
    /// ```
    pub fn allow_http(mut self, allow: bool) -> Authorization {
        self.allow_http = allow;
        self
    }

    /// Where the browser is sent in the end. Left out, the service uses the last one again.
    ///
    /// The callback URI is absolute and has no fragment. Its scheme is one of these:
    ///
    /// - `https`, with a host: `https://example.com/done`;
    /// - `http` for loopback, where a desktop application listens: `http://127.0.0.1:8080/done`.
    ///   Whether the service accepts a loopback address is unknown;
    /// - a scheme of your own, which the operating system opens your application for:
    ///   `myapp://done`, `com.example.app:/done`.
    ///
    /// # Errors
    ///
    /// The URI is none of these, or its query has a part that the answer will have as well. Plain
    /// `http` to another host is an error because the user's token travels in this URI;
    /// [`allow_http`](Self::allow_http) permits it all the same.
    pub fn callback_uri(mut self, uri: impl Into<String>) -> Result<Authorization, Error> {
        let uri = uri.into();
        check_callback_uri(&uri, self.allow_http)?;
        self.callback_uri = Some(uri);
        Ok(self)
    }

    /// Adds `one_time_value=…` to the query of the callback URI, for
    /// [`UserAuthorization::from_callback`] to look for. An error if no callback URI is set: the
    /// last one, which the service would use, does not carry it.
    pub fn one_time_value(mut self, value: &OneTimeValue) -> Result<Authorization, Error> {
        if self.callback_uri.is_none() {
            return Err(Error::invalid(
                "a one-time value travels in the callback URI: set callback_uri first",
            ));
        }
        self.one_time_value = Some(value.clone());
        Ok(self)
    }

    /// Another server, by the base URL of its API. Default: [`BASE_URL`].
    ///
    /// Only `https` is accepted, and `http` for loopback, unless
    /// [`allow_http`](Self::allow_http) permits more. That the page lies below the base URL,
    /// at `/oauth2/`, is an assumption: if it does not, see [`page`](Authorization::page).
    pub fn base_url(mut self, url: impl AsRef<str>) -> Result<Authorization, Error> {
        let base = BaseUrl::parse(url.as_ref(), self.allow_http)?;
        self.page = format!("{}/oauth2/", base.text);
        Ok(self)
    }

    /// Another address of the authorization page: an `https` URL that is used as it is, with its
    /// query if it has one.
    ///
    /// # Errors
    ///
    /// The URL is not absolute, or it is plain `http` to another host than loopback: the one-time
    /// value travels in its query. [`allow_http`](Self::allow_http) permits that all the same.
    pub fn page(mut self, url: impl Into<String>) -> Result<Authorization, Error> {
        let url = url.into();
        check_page(&url, self.allow_http)?;
        self.page = url;
        Ok(self)
    }

    /// The address for the browser to open.
    pub fn url(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("client_id", &self.client_id);
        if let Some(uri) = &self.callback_uri {
            let uri = match &self.one_time_value {
                Some(value) => with_query(uri, &format!("{ONE_TIME_VALUE}={}", value.as_str())),
                None => uri.clone(),
            };
            query.append_pair("callback_uri", &uri);
        }
        with_query(&self.page, &query.finish())
    }
}

/// Without the callback URI, which may carry a one-time value.
impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("page", &self.page)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// A secret value that ties a callback to the request that caused it: 128 bits from the operating
/// system's source of random numbers.
///
/// Make a new one for every request. A web application keeps it in the user's session as text:
///
/// ```
/// use fitrankings::authorization::OneTimeValue;
///
/// let value = OneTimeValue::new()?;
/// let kept: String = value.as_str().to_owned();
///
/// let value: OneTimeValue = kept.parse()?;
/// assert!(value.matches(&kept));
/// # Ok::<(), fitrankings::Error>(())
/// ```
#[derive(Clone)]
pub struct OneTimeValue(String);

impl OneTimeValue {
    /// A new value. An error if the operating system has no random numbers to give.
    pub fn new() -> Result<OneTimeValue, Error> {
        let mut bytes = [0; 16];
        getrandom::getrandom(&mut bytes).map_err(|error| {
            Error::invalid(format!(
                "the operating system gave no random numbers: {error}"
            ))
        })?;
        Ok(OneTimeValue(format!("{:032x}", u128::from_be_bytes(bytes))))
    }

    /// The value as text: 32 lower-case hexadecimal digits, which are safe in every part of a URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `text` is this value, compared in constant time.
    pub fn matches(&self, text: &str) -> bool {
        self.0.as_bytes().ct_eq(text.as_bytes()).into()
    }
}

/// Reads what [`as_str`](OneTimeValue::as_str) gave, and nothing else.
impl FromStr for OneTimeValue {
    type Err = Error;

    fn from_str(text: &str) -> Result<OneTimeValue, Error> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 32 || !text.bytes().all(is_digit) {
            return Err(Error::invalid(
                "this is no one-time value: it has 32 lower-case hexadecimal digits",
            ));
        }
        Ok(OneTimeValue(text.to_owned()))
    }
}

impl fmt::Debug for OneTimeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeValue(…)")
    }
}

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
        parts.accept()
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
        Parts::read(query)?.accept()
    }

    /// The user's id as a number, as the other answers of the service give it. `None` if it is too
    /// large for one.
    pub fn user_id_number(&self) -> Option<i64> {
        self.user_id.parse().ok()
    }
}

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

const ONE_TIME_VALUE: &str = "one_time_value";

/// The longest callback that is looked at, in bytes.
const LONGEST: usize = 16 * 1024;

/// The parts of a callback's query that mean something.
#[derive(Default)]
struct Parts<'a> {
    token: Option<Cow<'a, str>>,
    user_id: Option<Cow<'a, str>>,
    error: Option<Cow<'a, str>>,
    error_description: Option<Cow<'a, str>>,
    one_time_value: Option<Cow<'a, str>>,
}

impl<'a> Parts<'a> {
    fn read(query: &'a str) -> Result<Parts<'a>, CallbackError> {
        let mut parts = Parts::default();
        // A service that does not look whether the callback URI has a query already adds its own
        // with a second question mark.
        let pairs = query
            .split(['&', '?'])
            .map(str::as_bytes)
            .flat_map(form_urlencoded::parse);
        for (name, value) in pairs {
            let (name, part) = match &*name {
                "token" => ("token", &mut parts.token),
                "user_id" => ("user_id", &mut parts.user_id),
                "error" => ("error", &mut parts.error),
                "error_description" => ("error_description", &mut parts.error_description),
                ONE_TIME_VALUE => (ONE_TIME_VALUE, &mut parts.one_time_value),
                _ => continue,
            };
            if part.replace(value).is_some() {
                return Err(CallbackError::Duplicated(name));
            }
        }
        Ok(parts)
    }

    fn accept(self) -> Result<UserAuthorization, CallbackError> {
        let filled = |part: Option<Cow<'a, str>>| part.filter(|text| !text.is_empty());
        if let Some(error) = filled(self.error) {
            let description = filled(self.error_description).map(|text| harmless(&text));
            return Err(CallbackError::Refused {
                error: harmless(&error),
                description,
            });
        }
        let token = filled(self.token).ok_or(CallbackError::Missing("token"))?;
        let user_id = filled(self.user_id).ok_or(CallbackError::Missing("user_id"))?;
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

fn check_callback_uri(uri: &str, allow_http: bool) -> Result<(), Error> {
    let wrong = |why: &str| Error::invalid(format!("the callback URI {why}"));
    check_characters(uri).map_err(wrong)?;
    let absolute = "is not absolute: it has to begin like https://example.com/ or myapp://";
    let (scheme, rest) = split_scheme(uri).ok_or_else(|| wrong(absolute))?;
    if is_web(scheme) && host(rest).is_none() || !rest.starts_with('/') || rest == "//" {
        return Err(wrong(absolute));
    }
    if is_readable_on_the_way(scheme, rest) && !allow_http {
        return Err(wrong(
            "is plain http, which would show the user's token to everybody on the way \
             (`allow_http` permits it all the same)",
        ));
    }
    let query = uri.split_once('?').map_or("", |(_, query)| query);
    let reserved = |name: &str| {
        [
            "token",
            "user_id",
            "error",
            "error_description",
            ONE_TIME_VALUE,
        ]
        .contains(&name)
    };
    if form_urlencoded::parse(query.as_bytes()).any(|(name, _)| reserved(&name)) {
        return Err(wrong(
            "has a part in its query that the answer will have as well: rename it",
        ));
    }
    Ok(())
}

/// Whether a browser can open an address.
fn check_page(url: &str, allow_http: bool) -> Result<(), Error> {
    let wrong = |why| Error::invalid(format!("the address of the authorization page {why}"));
    check_characters(url).map_err(wrong)?;
    match split_scheme(url) {
        Some((scheme, rest)) if is_web(scheme) && host(rest).is_some() => {
            if is_readable_on_the_way(scheme, rest) && !allow_http {
                return Err(wrong(
                    "is plain http, which would show the one-time value to everybody on the way \
                     (`allow_http` permits it all the same)",
                ));
            }
            Ok(())
        }
        _ => Err(wrong(
            "is not absolute: it has to begin like https://example.com/",
        )),
    }
}

/// Whether a URI is plain http to another machine.
fn is_readable_on_the_way(scheme: &str, rest: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") && !host(rest).is_some_and(is_loopback)
}

fn is_web(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")
}

/// The characters of RFC 3986, less the fragment.
fn check_characters(uri: &str) -> Result<(), &'static str> {
    if uri.contains('#') {
        return Err("has a fragment: leave out the # and what follows");
    }
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
    if !uri.bytes().all(is_allowed) {
        return Err("has spaces or other characters that a URI cannot have: percent-encode them");
    }
    Ok(())
}

/// What stands before and after the colon of an absolute URI.
fn split_scheme(uri: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = uri.split_once(':')?;
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(is_allowed);
    is_scheme.then_some((scheme, rest))
}

/// The host in what follows the scheme, without the brackets of an IPv6 address.
fn host(rest: &str) -> Option<&str> {
    let authority = rest.strip_prefix("//")?.split(['/', '?']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = match host.strip_prefix('[') {
        Some(address) => {
            let (address, port) = address.split_once(']')?;
            // A browser may take what else stands there for the name of another host.
            (port.is_empty() || port.starts_with(':')).then_some(address)?
        }
        None => host.split(':').next()?,
    };
    (!host.is_empty()).then_some(host)
}

/// Adds parameters to the query of a URL. A fragment stays at the end.
pub(crate) fn with_query(url: &str, query: &str) -> String {
    let (url, fragment) = match url.find('#') {
        Some(start) => url.split_at(start),
        None => (url, ""),
    };
    let separator = match url.split_once('?') {
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{url}{separator}{query}{fragment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str = "0123456789abcdef0123456789abcdef";

    fn value() -> OneTimeValue {
        VALUE.parse().unwrap()
    }

    fn authorization() -> Authorization {
        Authorization::new("id").unwrap()
    }

    fn unchecked(callback: &str) -> Result<(String, String), CallbackError> {
        let user = UserAuthorization::from_callback_unchecked(callback)?;
        Ok((user.token.expose().to_owned(), user.user_id))
    }

    fn read() -> Result<(String, String), CallbackError> {
        Ok(("T0K".to_owned(), "007".to_owned()))
    }

    fn refused(error: &str, description: Option<&str>) -> CallbackError {
        CallbackError::Refused {
            error: error.to_owned(),
            description: description.map(str::to_owned),
        }
    }

    #[test]
    fn writes_the_url() {
        let page = "https://api.fitrankings.com/iq/oauth2/";
        assert_eq!(authorization().url(), format!("{page}?client_id=id"));
        let odd = Authorization::new("a&b=c+d%").unwrap();
        assert_eq!(odd.url(), format!("{page}?client_id=a%26b%3Dc%2Bd%25"));
        let request = authorization()
            .callback_uri("http://127.0.0.1:8080/done?x=1&y=%20")
            .unwrap();
        assert_eq!(
            request.url(),
            format!(
                "{page}?client_id=id\
                 &callback_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fdone%3Fx%3D1%26y%3D%2520"
            )
        );
        let there = authorization()
            .base_url("http://127.0.0.1:1234/iq/")
            .unwrap();
        assert_eq!(there.url(), "http://127.0.0.1:1234/iq/oauth2/?client_id=id");
        let there = authorization()
            .page("https://example.com/login?lang=en")
            .unwrap();
        assert_eq!(
            there.url(),
            "https://example.com/login?lang=en&client_id=id"
        );
    }

    #[test]
    fn puts_the_one_time_value_in_the_callbacks_query() {
        let with_value = |uri: &str| {
            let request = authorization().callback_uri(uri).unwrap();
            let url = request.one_time_value(&value()).unwrap().url();
            let query = url.split_once('?').unwrap().1.to_owned();
            form_urlencoded::parse(query.as_bytes())
                .nth(1)
                .unwrap()
                .1
                .into_owned()
        };
        assert_eq!(
            with_value("myapp://done"),
            format!("myapp://done?one_time_value={VALUE}")
        );
        assert_eq!(
            with_value("myapp://done?"),
            format!("myapp://done?one_time_value={VALUE}")
        );
        assert_eq!(
            with_value("m://d?x=1"),
            format!("m://d?x=1&one_time_value={VALUE}")
        );
        assert!(authorization().one_time_value(&value()).is_err());
    }

    #[test]
    fn checks_the_callback_uri() {
        for uri in [
            "http://127.0.0.1:8080/done",
            "http://[::1]:8080/",
            "https://example.com",
            "HTTPS://example.com?x=1",
            "myapp://done",
            "com.example.app:/done",
            "file:///done",
        ] {
            assert!(authorization().callback_uri(uri).is_ok(), "{uri}");
        }
        for uri in [
            "",
            "/done",
            "done",
            "example.com/done",
            "http:",
            "http:/done",
            "http://",
            "http:///done",
            "http://:8080/",
            "http://user@/",
            "http://[]/",
            "http://[::1",
            "myapp:",
            "myapp://",
            "myapp:done",
            "1app://done",
            "://done",
            "https://example.com/#done",
            "https://example.com/#",
            " https://example.com/",
            "https://example.com/a b",
            "https://example.com/\r\nX: y",
            "https://example.com/\u{7f}",
            "https://exämple.com/",
            "https://evil.example\\@example.com/",
            "https://example.com/?token=1",
            "https://example.com/?x=1&%65rror=1",
        ] {
            let error = authorization().callback_uri(uri).unwrap_err().to_string();
            assert!(error.starts_with("the callback URI "), "{uri}: {error}");
        }
    }

    #[test]
    fn plain_http_is_for_loopback_unless_it_is_permitted() {
        for uri in [
            "http://127.0.0.1:8080/done",
            "http://127.9.8.7/done",
            "http://[::1]:8080/done",
            "HTTP://LocalHost/done",
            "http://user@localhost:1/done",
        ] {
            assert!(authorization().callback_uri(uri).is_ok(), "{uri}");
            assert!(authorization().page(uri).is_ok(), "{uri}");
        }
        for uri in [
            "http://example.com/done",
            "HTTP://example.com",
            "http://localhost.example.com/",
            "http://127.0.0.1.example.com/",
            "http://127.0.0.1%2eexample.com/",
            "http://127.0.0.1@example.com/",
            "http://localhost:80@example.com/",
            "http://example.com/@localhost/",
            "http://example.com?@localhost/",
            "http://0.0.0.0/",
            "http://[::2]/",
            "http://192.168.0.1/",
        ] {
            for error in [
                authorization().callback_uri(uri).unwrap_err(),
                authorization().page(uri).unwrap_err(),
                authorization().allow_http(false).page(uri).unwrap_err(),
            ] {
                let error = error.to_string();
                assert!(error.contains("is plain http"), "{uri}: {error}");
                assert!(error.contains("`allow_http` permits it"), "{error}");
            }
            let permitted = authorization().allow_http(true);
            assert!(permitted.clone().callback_uri(uri).is_ok(), "{uri}");
            assert!(permitted.page(uri).is_ok(), "{uri}");
        }
        for uri in ["http://[::1].example.com/", "http://[::1]@/"] {
            assert!(authorization().callback_uri(uri).is_err(), "{uri}");
        }
        let permitted = authorization().allow_http(true);
        assert!(permitted.base_url("http://example.com/iq").is_ok());
    }

    #[test]
    fn checks_the_page_and_the_client_id() {
        for url in [
            "https://example.com/iq",
            "http://localhost:1/iq",
            "http://[::1]/iq/",
        ] {
            assert!(authorization().base_url(url).is_ok(), "{url}");
        }
        for url in [
            "",
            "example.com",
            "ftp://example.com",
            "javascript://x",
            "https://",
            "http://example.com/iq",
            "http://127.0.0.1@example.com/iq",
            "http://127.0.0.1.example.com/iq",
            "http://localhost.example.com/iq",
            "https://example.com/iq?x=1",
            "https://example.com/iq#x",
            "https://example.com/i q",
        ] {
            assert!(authorization().base_url(url).is_err(), "{url}");
        }
        assert!(authorization().page("javascript://x").is_err());
        for id in ["", " id", "i\nd", "ïd"] {
            assert!(Authorization::new(id).is_err(), "{id}");
        }
    }

    #[test]
    fn a_one_time_value_is_new_each_time_and_never_shown() {
        let (one, two) = (OneTimeValue::new().unwrap(), OneTimeValue::new().unwrap());
        assert!(!one.matches(two.as_str()));
        assert!(
            one.as_str()
                .parse::<OneTimeValue>()
                .unwrap()
                .matches(one.as_str())
        );
        assert_eq!(format!("{:?}", value()), "OneTimeValue(…)");
        for text in [
            "",
            "0",
            &VALUE.to_uppercase(),
            &format!("{VALUE}0"),
            &"é".repeat(16),
        ] {
            let error = text.parse::<OneTimeValue>().unwrap_err();
            assert!(text.len() < 2 || !error.to_string().contains(text));
        }
        let uri = format!("myapp://done/{VALUE}");
        let request = authorization()
            .callback_uri(uri)
            .unwrap()
            .one_time_value(&value())
            .unwrap();
        assert!(!format!("{request:?}").contains(VALUE));
    }

    #[test]
    fn reads_a_callback_in_every_form() {
        for callback in [
            "https://example.com/done?token=T0K&user_id=007",
            "http://127.0.0.1:8080/?user_id=007&token=T0K",
            "myapp://done?token=T0K&user_id=007",
            "127.0.0.1:8080/done?token=T0K&user_id=007",
            "/done?token=T0K&user_id=007",
            "/?token=T0K&user_id=007",
            "?token=T0K&user_id=007",
            "token=T0K&user_id=007",
            "  token=T0K&user_id=007\r\n",
            "token=T0K&user_id=007#token=other",
            "/done?x=1&token=T0K&user_id=007&&y",
            "/done?x=http://a/b?c&token=T0K&user_id=007",
            "x=http://a/b?c&token=T0K&user_id=007",
            "/done?x=1?token=T0K&user_id=007",
            "/done?%74oken=T%30K&user_id=%3007",
            "/done?token=T0K&user_id=007&error=&error_description=",
        ] {
            assert_eq!(unchecked(callback), read(), "{callback}");
        }
        assert_eq!(unchecked("token=a%2Bc&user_id=1").unwrap().0, "a+c");
    }

    #[test]
    fn says_what_is_wrong_with_a_callback() {
        use CallbackError::{Duplicated, Malformed, Missing};
        let digits = Malformed("its user_id has something else than digits");
        let token = Malformed("its token has characters that no token has");
        for (callback, error) in [
            ("", Missing("token")),
            ("/token=T0K&user_id=007", Missing("token")),
            ("/done", Missing("token")),
            ("https://example.com/done", Missing("token")),
            ("/done#token=T0K&user_id=007", Missing("token")),
            ("user_id=007", Missing("token")),
            ("token=&user_id=007", Missing("token")),
            ("Token=T0K&user_id=007", Missing("token")),
            ("token=T0K", Missing("user_id")),
            ("token=T0K&user_id=", Missing("user_id")),
            ("token=T0K&token=T0K&user_id=007", Duplicated("token")),
            ("token=&%74oken=T0K&user_id=007", Duplicated("token")),
            ("token=T0K&user_id=007&user_id=8", Duplicated("user_id")),
            ("error=a&error=b", Duplicated("error")),
            ("token=T0K&user_id=-7", digits.clone()),
            ("token=T0K&user_id=+7", digits.clone()),
            ("token=T0K&user_id=7%00", digits.clone()),
            ("token=T0K&user_id=٣", digits),
            ("token=T%0D%0A&user_id=7", token.clone()),
            ("token=T%FF&user_id=7", token),
            ("error=access_denied", refused("access_denied", None)),
            ("error=a&error_description=b+c", refused("a", Some("b c"))),
            ("error=a&token=T0K&user_id=007", refused("a", None)),
        ] {
            assert_eq!(unchecked(callback), Err(error), "{callback}");
        }
        let long = format!("token=T0K&user_id=007&x={}", "x".repeat(LONGEST));
        assert_eq!(unchecked(&long), Err(Malformed("it is longer than 16 KiB")));
    }

    #[test]
    fn demands_the_one_time_value() {
        let other = VALUE.replace('0', "1");
        let from = |callback: &str| {
            UserAuthorization::from_callback(callback, &value())
                .map(|user| (user.token.expose().to_owned(), user.user_id))
        };
        let user = "token=T0K&user_id=007";
        for callback in [
            format!("/done?one_time_value={VALUE}&{user}"),
            format!("one_time_value={VALUE}&{user}"),
            format!("/done?one_time_value={VALUE}?{user}"),
            format!("/done/{VALUE}?{user}"),
            format!("https://example.com/{VALUE}/?{user}"),
            format!("myapp://{VALUE}?{user}"),
        ] {
            assert_eq!(from(&callback), read(), "{callback}");
        }
        for callback in [
            format!("/done?{user}"),
            format!("/done?{user}#one_time_value={VALUE}"),
            format!("/done?{user}&one_time_value="),
            format!("/done?{user}&one_time_value={other}"),
            format!("/done?{user}&one_time_value={VALUE}0"),
            format!("/done?{user}&one_time_value={}", VALUE.to_uppercase()),
            format!("/done/{VALUE}?{user}&one_time_value={other}"),
            format!("/done/{VALUE}0?{user}"),
            format!("/done/?{user}&x=/{VALUE}/"),
            format!("{VALUE}?{user}"),
            "error=access_denied".to_owned(),
        ] {
            assert_eq!(
                from(&callback),
                Err(CallbackError::WrongOneTimeValue),
                "{callback}"
            );
        }
        let twice = format!("/done?{user}&one_time_value={VALUE}&one_time_value={VALUE}");
        assert_eq!(from(&twice), Err(CallbackError::Duplicated(ONE_TIME_VALUE)));
        assert_eq!(
            from(&format!("/{VALUE}?error=no")),
            Err(refused("no", None))
        );
    }

    #[test]
    fn texts_from_outside_are_short_and_harmless() {
        let error =
            unchecked("error=%1B[31m%0A&error_description=it's+%22%E2%80%AE%22").unwrap_err();
        assert_eq!(error, refused("\\u{1b}[31m\\n", Some("it's \"\\u{202e}\"")));
        let CallbackError::Refused { error, .. } =
            unchecked(&format!("error={}", "é".repeat(5000))).unwrap_err()
        else {
            panic!("refused");
        };
        assert_eq!(error.chars().count(), 200);
    }

    #[test]
    fn an_id_too_large_for_a_number_is_kept_as_text() {
        let from = |id: &str| {
            let callback = format!("token=T0K&user_id={id}");
            UserAuthorization::from_callback_unchecked(&callback).unwrap()
        };
        assert_eq!(from("000000").user_id_number(), Some(0));
        assert_eq!(from("9223372036854775808").user_id_number(), None);
        assert_eq!(from("9223372036854775808").user_id, "9223372036854775808");
        assert!(!format!("{:?}", from("1")).contains("T0K"));
    }

    /// Cuts, doubles, swaps and replaces bytes of good callbacks: nothing may panic, no error may
    /// show the token, and no token may come out without the one-time value.
    #[test]
    fn survives_mutated_callbacks() {
        let seeds = [
            format!("https://example.com/done?one_time_value={VALUE}&token=T0K&user_id=007#f"),
            format!("/done/{VALUE}?token=T0K&user_id=007"),
            "?error=denied&error_description=%C3%A9+no&token=T0K".to_owned(),
        ];
        let spice = b"?&=#%+/:@[]\0\n \xff\xc3token_user_id7";
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as usize % below
        };
        for round in 0..50_000 {
            let mut bytes = seeds[round % seeds.len()].clone().into_bytes();
            for _ in 0..=random(6) {
                let (at, to) = (random(bytes.len() + 1), random(bytes.len() + 1));
                let range = at.min(to)..at.max(to);
                match random(4) {
                    0 => drop(bytes.drain(range)),
                    1 => bytes.extend_from_within(range),
                    2 => bytes.insert(at, spice[random(spice.len())]),
                    _ => bytes
                        .iter_mut()
                        .skip(at)
                        .take(1)
                        .for_each(|b| *b = spice[random(spice.len())]),
                }
            }
            let callback = String::from_utf8_lossy(&bytes);
            let _ = authorization().callback_uri(callback.as_ref());
            let _ = authorization().base_url(&callback);
            let results = [
                UserAuthorization::from_callback(&callback, &value()),
                UserAuthorization::from_callback_unchecked(&callback),
            ];
            assert!(
                results[0].is_err() || callback.contains(VALUE),
                "{callback}"
            );
            for error in results.into_iter().filter_map(Result::err) {
                if !matches!(error, CallbackError::Refused { .. }) {
                    assert!(!format!("{error} {error:?}").contains("T0K"), "{callback}");
                }
            }
        }
    }
}
