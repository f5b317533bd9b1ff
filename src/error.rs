use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use serde::de::DeserializeOwned;
use ureq::http::StatusCode;

use crate::request::Operation;

/// Whatever can go wrong, from a parameter to the answer.
///
/// Printed, it is one line that says what happened and what to do; it never holds a token. Ask it
/// with the methods below, and do not match on its text.
///
/// # Example: what to do about it
///
/// ```
/// use fitrankings::{Client, Error, UserToken, types::User};
///
/// fn users(client: &Client<UserToken>) -> Result<Vec<User>, Error> {
///     match client.list_users().call() {
///         Ok(users) => Ok(users),
///         Err(error) if error.is_unauthorized() => {
///             eprintln!("ask the user to authorize again: {error}");
///             Err(error)
///         }
///         Err(error) if error.is_retryable() => {
///             eprintln!("later, perhaps after {:?}: {error}", error.retry_after());
///             Err(error)
///         }
///         Err(error) => Err(error),
///     }
/// }
/// ```
///
/// # What goes wrong, and what you get
///
/// *Sent again* is what the client does by itself, as its [`RetryPolicy`](crate::RetryPolicy)
/// permits: "GET" is what is safe to send twice. Each row is shown in a file of `tests/`.
///
/// | Fault | What you get | Sent again | Shown in |
/// |---|---|---|---|
/// | The connection is refused | [`is_connect`], [`is_retryable`] | yes | `bad_day` |
/// | No connection in time | [`is_connect`], [`is_timeout`], [`is_retryable`] | yes | `bad_day` |
/// | A certificate is self-signed, expired, for another host | [`is_connect`] | no | `tls` |
/// | TLS to a port that has none | [`is_connect`] | no | `errors` |
/// | What answers is not HTTP | an error without a status | no | `errors` |
/// | Too many or too large headers | an error without a status | no | `errors` |
/// | No answer in time | [`is_timeout`], [`is_retryable`] | no | `bad_day` |
/// | An answer that trickles | [`is_timeout`], [`is_retryable`] | no | `bad_day` |
/// | The connection closes before the body | [`is_retryable`] | GET | `bad_day` |
/// | It closes in the body; the length announced is too large; chunks are broken | [`is_retryable`], [`status`] | GET | `bad_day` |
/// | The length announced is too small | [`is_decode`] | no | `bad_day` |
/// | A compressed body is broken | [`is_retryable`], [`status`] | GET | `bad_day` |
/// | A body over the limit, a gzip bomb | [`is_too_large`] | no | `errors` |
/// | HTML, nothing, text, or JSON of another shape | [`is_decode`], [`json_path`], [`body`] | no | `errors` |
/// | Invalid UTF-8, a number too large, a key twice | [`is_decode`] | no | `errors` |
/// | 10 MB of nesting | [`is_decode`] | no | `bad_day` |
/// | 503 twice, and then 200 | the value | GET | `bad_day` |
/// | 429, 500, 502, 503, 504 | [`is_retryable`], and the status's own method | GET | `bad_day` |
/// | 429 with `Retry-After` | the value after that wait; over the cap, [`retry_after`] | GET | `bad_day` |
/// | Any other refusal | the status's own method, [`detail`], [`field_errors`], [`body_as`] | no | `errors` |
/// | A redirect | [`is_redirect`], [`location`] | no | `errors` |
/// | A keep-alive connection that died between two calls | the value | GET, uncounted | `bad_day` |
/// | Any fault of the token exchange after it was sent | as above | never | `bad_day` |
/// | A record of a list does not decode | [`raw_record`], [`page`]; the others come | no | `lists` |
/// | A page of a list fails | the records before it, then [`page`]; the list can [go on] | as above | `list_bookmarks` |
/// | A page after the first is answered 404, and not as the end | [`is_not_found`], [`page`] | once | `list_ends` |
/// | A list seems to end after a full page | the rest, or the end | once | `list_ends` |
/// | A list begins past its end | [`is_not_found`], [`page`] | no | `list_ends` |
/// | The server ignores `page`, or answers a few pages in turn | an error with [`page`] after a few pages | no | `list_ends` |
/// | The time of a list is over | [`is_timeout`], [`page`] | no | `bad_day` |
/// | Somebody cancels | [`is_cancelled`] | no | `bad_day` |
///
/// [`is_connect`]: Self::is_connect
/// [`is_retryable`]: Self::is_retryable
/// [`is_timeout`]: Self::is_timeout
/// [`is_decode`]: Self::is_decode
/// [`is_too_large`]: Self::is_too_large
/// [`is_redirect`]: Self::is_redirect
/// [`is_cancelled`]: Self::is_cancelled
/// [`status`]: Self::status
/// [`json_path`]: Self::json_path
/// [`body`]: Self::body
/// [`body_as`]: Self::body_as
/// [`retry_after`]: Self::retry_after
/// [`detail`]: Self::detail
/// [`field_errors`]: Self::field_errors
/// [`location`]: Self::location
/// [`raw_record`]: Self::raw_record
/// [`page`]: Self::page
/// [`is_not_found`]: Self::is_not_found
/// [go on]: crate::pages::Items::resume
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    message: Cow<'static, str>,
    operation: Option<&'static Operation>,
    status: Option<StatusCode>,
    server: Server,
    json_path: Option<String>,
    page: Option<u64>,
    record: Option<(usize, String)>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What the server said of its refusal.
#[derive(Default)]
pub(crate) struct Server {
    pub detail: Option<String>,
    pub fields: Vec<(String, String)>,
    pub body: Option<String>,
    /// All of it, where that is the beginning only.
    pub whole: Option<String>,
    pub retry_after: Option<Duration>,
    pub location: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The caller asked for something that cannot be.
    Invalid,
    /// No connection came about: nothing was sent.
    Connect,
    /// Nor did one that is safe.
    Tls,
    /// Nor did one in time.
    ConnectTimeout,
    Timeout,
    Cancelled,
    /// The connection broke, or spoke no HTTP.
    Transport,
    /// What answers is no HTTP server, or not one that this client takes.
    Protocol,
    Status,
    Redirect,
    Decode,
    TooLarge,
    /// A list that does not get on.
    Repeats,
    /// A list that was to begin after its last page.
    PastTheEnd,
}

impl Error {
    pub(crate) fn new(kind: Kind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            operation: None,
            status: None,
            server: Server::default(),
            json_path: None,
            page: None,
            record: None,
            source: None,
        }))
    }

    pub(crate) fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Invalid, message)
    }

    pub(crate) fn kind(&self) -> Kind {
        self.0.kind
    }

    pub(crate) fn with_kind(mut self, kind: Kind) -> Self {
        self.0.kind = kind;
        self
    }

    pub(crate) fn with_operation(mut self, operation: &'static Operation) -> Self {
        self.0.operation = Some(operation);
        self
    }

    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_server(mut self, server: Server) -> Self {
        self.0.server = server;
        self
    }

    pub(crate) fn with_json_path(mut self, path: Option<String>) -> Self {
        self.0.json_path = path;
        self
    }

    pub(crate) fn with_page(mut self, page: u64) -> Self {
        self.0.page = Some(page);
        self
    }

    /// Makes an error of one record, out of one that speaks of the record alone.
    pub(crate) fn with_record(mut self, index: usize, raw: String) -> Self {
        let path = self.0.json_path.take().unwrap_or_default();
        let dot = if path.is_empty() || path.starts_with('[') {
            ""
        } else {
            "."
        };
        self.0.json_path = Some(format!("[{index}]{dot}{path}"));
        self.0.record = Some((index, raw));
        self
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// The client's method that failed, such as `list_activities`; `None` where none was called.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation.map(|operation| operation.name)
    }

    /// The path of the operation, with its parameters as the document writes them:
    /// `/activities/{id}/`.
    pub fn path(&self) -> Option<&'static str> {
        self.0.operation.map(|operation| operation.path)
    }

    /// The HTTP status, whenever the server answered with one: also where its body was cut off,
    /// or was not what it should be.
    pub fn status(&self) -> Option<u16> {
        self.0.status.map(|status| status.as_u16())
    }

    /// The server's own sentence on what is wrong, where there is one.
    pub fn detail(&self) -> Option<&str> {
        self.0.server.detail.as_deref()
    }

    /// What the server has against single fields of a request, as pairs of name and sentence.
    ///
    /// `non_field_errors` is the name for what concerns no one field.
    pub fn field_errors(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .server
            .fields
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// The beginning of the body, 4 KiB at most, where there was one to keep.
    ///
    /// Tokens and secrets that were sent are blanked out. Nothing is kept of a success that was
    /// to bring a secret, since any part of it could be that secret.
    pub fn body(&self) -> Option<&str> {
        self.0.server.body.as_deref()
    }

    /// The body of a refusal as a value, where it is one in JSON: services have types of their own
    /// for what went wrong. `None` where it does not fit, or is over 64 KiB.
    ///
    /// Tokens and secrets that were sent are blanked out in it, too.
    ///
    /// # Example
    ///
    /// ```
    /// use fitrankings::{Client, UserToken, sandbox::Sandbox};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Problem {
    ///     detail: String,
    /// }
    ///
    /// let sandbox = Sandbox::start()?;
    /// let token = UserToken::new("not-a-token")?;
    /// let client = Client::builder().base_url(sandbox.base_url()).build(token)?;
    /// let error = client.list_users().call().unwrap_err();
    /// let problem: Problem = error.body_as().unwrap();
    /// assert_eq!(Some(&*problem.detail), error.detail());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn body_as<T: DeserializeOwned>(&self) -> Option<T> {
        let refused = matches!(self.0.kind, Kind::Status | Kind::Redirect);
        let Server { body, whole, .. } = &self.0.server;
        let text = whole.as_ref().or(body.as_ref()).filter(|_| refused)?;
        serde_json::from_str(text).ok()
    }

    /// Where in the JSON the value stands that did not fit, such as `[3].user.id`.
    pub fn json_path(&self) -> Option<&str> {
        self.0.json_path.as_deref()
    }

    /// Which page of a list failed, or has the record that did not decode. The list can
    /// [go on](crate::pages::Items::resume) with that page.
    pub fn page(&self) -> Option<u64> {
        self.0.page
    }

    /// Where on its page a record stands that did not decode, from 0.
    pub fn record_index(&self) -> Option<usize> {
        self.0.record.as_ref().map(|(index, _)| *index)
    }

    /// The JSON of a record that did not decode; the list goes on after it.
    pub fn raw_record(&self) -> Option<&str> {
        self.0.record.as_ref().map(|(_, raw)| raw.as_str())
    }

    /// How long the server asks you to wait, from its `Retry-After` in seconds or as a date.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.server.retry_after
    }

    /// Where a redirect pointed, without its query.
    pub fn location(&self) -> Option<&str> {
        self.0.server.location.as_deref()
    }

    /// Whether the same request may succeed later: no connection, a timeout, a broken
    /// connection, 429, 500, 502, 503 or 504.
    ///
    /// This says nothing on whether it is safe to send twice. All `GET`s are; the token exchange
    /// may have been carried out though its answer was lost.
    pub fn is_retryable(&self) -> bool {
        match self.0.kind {
            Kind::Connect | Kind::ConnectTimeout | Kind::Timeout | Kind::Transport => true,
            Kind::Status => matches!(self.status(), Some(429 | 500 | 502 | 503 | 504)),
            _ => false,
        }
    }

    /// The caller's own mistake: nothing was sent.
    pub fn is_invalid_input(&self) -> bool {
        self.0.kind == Kind::Invalid
    }

    /// No connection came about: no such host, refused, or a certificate that is not trusted.
    pub fn is_connect(&self) -> bool {
        matches!(
            self.0.kind,
            Kind::Connect | Kind::Tls | Kind::ConnectTimeout
        )
    }

    /// One of the client's timeouts passed.
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, Kind::Timeout | Kind::ConnectTimeout)
    }

    /// A [`CancelHandle`](crate::CancelHandle) stopped it.
    pub fn is_cancelled(&self) -> bool {
        self.0.kind == Kind::Cancelled
    }

    /// The answer was a success, and its body not what the document says.
    pub fn is_decode(&self) -> bool {
        self.0.kind == Kind::Decode
    }

    /// The body is larger than the client takes.
    pub fn is_too_large(&self) -> bool {
        self.0.kind == Kind::TooLarge
    }

    /// The server pointed elsewhere; redirects are never followed.
    pub fn is_redirect(&self) -> bool {
        self.0.kind == Kind::Redirect
    }

    /// 400: the request has an error. See [`field_errors`](Self::field_errors).
    pub fn is_bad_request(&self) -> bool {
        self.is(400)
    }

    /// 401: the token, or the credentials, are not valid.
    pub fn is_unauthorized(&self) -> bool {
        self.is(401)
    }

    /// 403: the token does not have the permission.
    ///
    /// A service on Django REST framework can answer a wrong token so, too.
    pub fn is_forbidden(&self) -> bool {
        self.is(403)
    }

    /// 404: there is no such thing, or the token may not see it. Also true for a list that was to
    /// begin at a page past its end, whatever the service answers to that.
    pub fn is_not_found(&self) -> bool {
        self.is(404) || self.0.kind == Kind::PastTheEnd
    }

    /// 405: the path does not take this method.
    pub fn is_method_not_allowed(&self) -> bool {
        self.is(405)
    }

    /// 429: too many requests. See [`retry_after`](Self::retry_after).
    pub fn is_rate_limited(&self) -> bool {
        self.is(429)
    }

    /// 500: the service failed.
    pub fn is_internal_server_error(&self) -> bool {
        self.is(500)
    }

    /// 503: the service is offline for maintenance.
    pub fn is_unavailable(&self) -> bool {
        self.is(503)
    }

    fn is(&self, status: u16) -> bool {
        self.0.kind == Kind::Status && self.status() == Some(status)
    }

    /// What the caller can do, in a sentence.
    fn remedy(&self) -> Option<Cow<'static, str>> {
        let token = self.0.operation.is_none_or(|operation| operation.token);
        Some(Cow::Borrowed(match (self.0.kind, self.status()) {
            (Kind::Status, Some(400)) => "check the parameters and their form",
            (Kind::Status, Some(401)) if token => {
                "the token is not, or no longer, valid: get a new one"
            }
            (Kind::Status, Some(403)) if token => {
                "the token does not have the permission, or is not valid"
            }
            (Kind::Status, Some(401 | 403)) => "check the client id and the client secret",
            (Kind::PastTheEnd, _) => "begin at an earlier page",
            (Kind::Status, Some(404)) if self.page() > Some(1) => {
                "this is no 404 that ends a list: go on with `resume()` or from a bookmark, or, if \
                 the service ends its lists so, name its `detail` as `end` of `x-paging`"
            }
            (Kind::Status, Some(404)) => "there is no such thing, or the token may not see it",
            (Kind::Status, Some(405)) => "check the base URL",
            (Kind::Status, Some(429)) => {
                return Some(match self.retry_after() {
                    Some(wait) => format!("try again in {} s", wait.as_secs()).into(),
                    None => "slow down, and try again later".into(),
                });
            }
            (Kind::Status, Some(500 | 502 | 503 | 504)) => "try again later",
            (Kind::Redirect, _) => return Some(self.redirect_remedy().into()),
            (Kind::Connect | Kind::ConnectTimeout, _) => {
                "check the base URL, the network and the proxy"
            }
            (Kind::Tls, _) => {
                "check the base URL, and whether a proxy wants a certificate of its own trusted"
            }
            (Kind::Timeout, _) => "try again, or give it more time with `Client::builder()`",
            (Kind::Transport, _) => "try again",
            (Kind::Protocol, _) => "check the base URL and the proxy",
            (Kind::Decode, _) if self.json_path().is_some() && self.body().is_some() => {
                "the service may have changed since it was described: see `Error::body`"
            }
            (Kind::Decode, _) if self.raw_record().is_some() => {
                "the records after it still come; `raw_record()` has its JSON"
            }
            (Kind::Decode, _) if self.body().is_some() => {
                "check the base URL, and see `Error::body`"
            }
            (Kind::Decode, _) => "check the base URL",
            (Kind::TooLarge, _) => {
                "ask for a smaller page, or raise `max_body_size` of `Client::builder()`"
            }
            _ => return None,
        }))
    }

    fn redirect_remedy(&self) -> &'static str {
        let path = self.path().unwrap_or_default();
        let slash = self
            .location()
            .is_some_and(|location| location.ends_with('/'));
        if slash && !path.ends_with('/') {
            "a slash is missing at the end of the path: mend it in the document"
        } else {
            "redirects are not followed, so that the token goes nowhere else: check the base URL"
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.0.operation {
            write!(
                f,
                "{} ({} {}): ",
                operation.name, operation.method, operation.path
            )?;
        }
        match (self.0.status, self.0.kind) {
            (Some(status), Kind::Status | Kind::Redirect) => {
                f.write_str(status.as_str())?;
                if let Some(reason) = status.canonical_reason() {
                    write!(f, " {reason}")?;
                }
            }
            (Some(status), _) => {
                write!(f, "{} (status {})", Plain(&self.0.message), status.as_u16())?
            }
            (None, _) => write!(f, "{}", Plain(&self.0.message))?,
        }
        if let Some(page) = self.page() {
            write!(f, ", page {page}")?;
        }
        if let Some(location) = self.location() {
            write!(f, ", to {}", Plain(location))?;
        }
        if let Some(path) = self.json_path() {
            write!(f, ", at `{}`", Plain(path))?;
        }
        if let Some(detail) = self.detail() {
            write!(f, ": {}", Plain(detail).without_stop())?;
        }
        for (name, text) in self.field_errors() {
            match name {
                "non_field_errors" => write!(f, "; {}", Plain(text).without_stop())?,
                name => write!(f, "; {}: {}", Plain(name), Plain(text).without_stop())?,
            }
        }
        match self.remedy() {
            Some(remedy) => write!(f, "; {remedy}"),
            None => Ok(()),
        }
    }
}

/// The same line as `Display`, and below it the body and the causes: it is what a `main` prints
/// that returns the error.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.to_string();
        f.write_str(&line)?;
        let mut source = self.source();
        while let Some(cause) = source {
            let text = Plain(&cause.to_string()).to_string();
            if !line.contains(&text) {
                write!(f, "\n  caused by: {text}")?;
            }
            source = cause.source();
        }
        match self.body() {
            Some(body) if self.detail().is_none() => write!(f, "\n  body: {}", Plain(body)),
            _ => Ok(()),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.0.source.as_deref()?;
        Some(source)
    }
}

/// Text from outside, with nothing in it that a terminal would obey.
struct Plain<'t>(&'t str);

impl Plain<'_> {
    fn without_stop(&self) -> Self {
        Self(self.0.trim_end_matches('.'))
    }
}

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            if character.is_control() {
                write!(f, "{}", character.escape_default())?;
            } else {
                write!(f, "{character}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_a_pointer_in_size_and_goes_to_other_threads() {
        fn sendable<T: Send + Sync + 'static>() {}
        sendable::<Error>();
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn a_redirect_to_the_path_with_a_slash_is_blamed_on_the_document() {
        static OPERATION: Operation = Operation {
            name: "list_users",
            method: crate::request::Method::GET,
            path: "/users",
            server: None,
            token: true,
            secrets: &[],
        };
        let to = |location: &str| {
            let server = Server {
                location: Some(location.into()),
                ..Server::default()
            };
            let error = Error::new(Kind::Redirect, "").with_status(StatusCode::MOVED_PERMANENTLY);
            error
                .with_operation(&OPERATION)
                .with_server(server)
                .to_string()
        };
        assert_eq!(
            to("/iq/users/"),
            "list_users (GET /users): 301 Moved Permanently, to /iq/users/; \
             a slash is missing at the end of the path: mend it in the document"
        );
        assert!(to("/login").ends_with("check the base URL"));
    }

    #[test]
    fn a_terminal_obeys_nothing_that_a_server_says() {
        let server = Server {
            detail: Some("\u{1b}[2Jgone\u{7}".into()),
            ..Server::default()
        };
        let error = Error::new(Kind::Status, "").with_status(StatusCode::BAD_REQUEST);
        let text = format!("{:?}", error.with_server(server));
        assert!(!text.contains(['\u{1b}', '\u{7}']), "{text}");
    }
}
