use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use serde::de::DeserializeOwned;
use ureq::http::StatusCode;

use crate::request::Operation;
use crate::transport::CERTIFICATE;

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
/// permits: "GET" is what is safe to send twice. Each row is shown in a file of `tests/`, or in the
/// unit tests of `src/tls_tests.rs`.
///
/// | Fault | What you get | Sent again | Shown in |
/// |---|---|---|---|
/// | The connection is refused | [`is_connect`], [`is_retryable`] | yes | `resilience` |
/// | The host's name has no address | [`is_connect`], [`is_retryable`] | once; more for a list that has begun | `throttling` |
/// | No connection in time | [`is_connect`], [`is_timeout`], [`is_retryable`] | once; more for a list that has begun | `resilience` |
/// | A certificate is self-signed, expired, for another host | [`is_connect`] | no | `tls` |
/// | TLS to a port that has none | [`is_connect`] | no | `errors` |
/// | TLS fails after the request was sent | [`is_retryable`] | GET | `tls_tests` |
/// | The environment's proxy cannot be used | [`is_invalid_input`] | no | `transport` |
/// | The URL, or a header, is over 16 KiB | [`is_invalid_input`] | no | `transport` |
/// | What answers is not HTTP | an error without a status | no | `errors` |
/// | Too many or too large headers | an error without a status | no | `errors` |
/// | No answer in time | [`is_timeout`], [`is_retryable`] | no | `resilience` |
/// | An answer that trickles | [`is_timeout`], [`is_retryable`] | no | `resilience` |
/// | The connection closes before the body | [`is_retryable`] | GET | `resilience` |
/// | It closes in the body; the length announced is too large; chunks are broken | [`is_retryable`], [`status`] | GET | `resilience` |
/// | A body of no announced length is reset, or ends without TLS saying so | [`is_retryable`], [`status`] | GET | `transport`, `tls_tests` |
/// | The length announced is too small | [`is_decode`] | no | `resilience` |
/// | A compressed body is broken | [`is_retryable`], [`status`] | GET | `resilience` |
/// | A body over the limit, a gzip bomb | [`is_too_large`] | no | `errors` |
/// | HTML, nothing, text, or JSON of another shape | [`is_decode`], [`json_path`], [`body`], [`body_as`] | no | `errors` |
/// | A value that is missing or `null`, but for the id | the value, `None` in it | no | `drift` |
/// | An instant past the ends of `jiff::Timestamp` | the value, with the first or last `Timestamp` | no | `drift` |
/// | A record of `call()` does not decode | [`is_decode`], [`record_id`], [`raw_record`], [`json_path`] | no | `drift` |
/// | Invalid UTF-8, a number too large, a key twice | [`is_decode`] | no | `errors` |
/// | 10 MB of nesting | [`is_decode`] | no | `resilience` |
/// | 503 twice, and then 200 | the value | GET | `resilience` |
/// | The service restarts: 3 seconds in a call, half a minute in a list that has begun | the value | GET | `throttling` |
/// | 429, 500, 502, 503, 504 | [`is_retryable`], and the status's own method | GET | `resilience` |
/// | 429 or 503 with `Retry-After` | the value after that wait, which all clones of the client keep | GET | `throttling` |
/// | … over [`max_retry_after`] | [`retry_after`], at once | no | `resilience` |
/// | … beyond the time of a list | [`retry_after`], [`page`], at once | no | `throttling` |
/// | `Retry-After` of 0, in the past or not understood | as without it | GET | `throttling` |
/// | A page that is fetched ahead is throttled | the records; it is fetched again in its turn | GET | `throttling` |
/// | Any other refusal | the status's own method, [`detail`], [`field_errors`], [`body_as`] | no | `errors` |
/// | Credentials are refused with 400 or 401 | [`is_unauthorized`] | never | `transport` |
/// | A redirect | [`is_redirect`], [`location`] | no | `errors` |
/// | A keep-alive connection that died between two calls | the value | GET, uncounted | `resilience` |
/// | Any fault of the token exchange after it was sent | as above | never | `resilience` |
/// | A record of a list does not decode | [`record_id`], [`raw_record`], [`page`]; the others come | no | `paging`, `drift` |
/// | A page of a list fails | the records before it, then [`page`] | as above | `paging` |
/// | The server ignores `page` | an error with [`page`] after a few pages | no | `resilience` |
/// | A late cache answers a page with the one before; a single wrong end | the records; the page is asked for once more | GET | `list_ends` |
/// | Backends use pages of different sizes | the records; [`is_complete`] is false | GET | `list_ends` |
/// | The time of a list is over | [`is_timeout`], [`page`] | no | `resilience` |
/// | A page of far too many records | [`is_too_large`] | no | `paging` |
/// | Somebody cancels | [`is_cancelled`] | no | `resilience` |
///
/// # What an error holds
///
/// No token and no secret that was sent is in an error, however the server wrote it: escaped for
/// JSON, HTML or a URL, escaped twice, in base64 or in other letters' case. `[secret]` stands in
/// its place. Where that cannot be done, `[withheld: it may show a secret]` stands in place of the
/// whole text: where the text has a secret of one to three letters, or is made to be slow to
/// search.
///
/// An error does hold what the server said, and that can be about people. `Display` and `Debug`
/// show [`detail`], [`field_errors`], [`location`] and the one value that did not decode, each cut
/// to 300 bytes. [`body`], [`body_as`] and [`raw_record`] have more, and are not shown: `Debug`
/// gives the size and the type of the body alone.
///
/// [`is_connect`]: Self::is_connect
/// [`is_invalid_input`]: Self::is_invalid_input
/// [`is_unauthorized`]: Self::is_unauthorized
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
/// [`max_retry_after`]: crate::RetryPolicy::max_retry_after
/// [`detail`]: Self::detail
/// [`field_errors`]: Self::field_errors
/// [`location`]: Self::location
/// [`raw_record`]: Self::raw_record
/// [`record_id`]: Self::record_id
/// [`page`]: Self::page
/// [`is_not_found`]: Self::is_not_found
/// [go on]: crate::list::Items::resume
/// [`is_complete`]: crate::list::Items::is_complete
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    message: Cow<'static, str>,
    operation: Option<&'static Operation>,
    status: Option<StatusCode>,
    server: Server,
    json_path: Option<String>,
    page: Option<u64>,
    record: Option<Record>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What the server said of its refusal.
#[derive(Default)]
pub(crate) struct Server {
    pub detail: Option<String>,
    pub fields: Vec<(String, String)>,
    pub body: Option<String>,
    /// The size and the type of the body.
    pub body_shape: Option<String>,
    /// All of it, where that is the beginning only.
    pub whole: Option<String>,
    pub retry_after: Option<Duration>,
    /// Whether the connection broke before all of the body came.
    pub broken: bool,
    pub location: Option<String>,
}

/// A record that did not decode.
pub(crate) struct Record {
    /// Where it stands in its list.
    pub index: Option<usize>,
    pub id: Option<String>,
    pub raw: String,
    pub origin: Origin,
}

/// Where a record comes from, which decides how the others are come by.
#[derive(Clone, Copy)]
pub(crate) enum Origin {
    /// The body of an answer.
    Body,
    /// A page that was asked for alone; its records have this key.
    Page(&'static str),
    /// A list that goes on after it; its records have this key.
    List(&'static str),
}

impl Origin {
    /// The key whose value tells a record from the others.
    pub fn key(self) -> &'static str {
        match self {
            Self::Body => "id",
            Self::Page(key) | Self::List(key) => key,
        }
    }
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
    /// The host's name has no address, so nothing was sent.
    HostNotFound,
    Timeout,
    /// The time of a list is over.
    ListTimeout,
    Cancelled,
    /// The connection broke, or spoke no HTTP.
    Transport,
    /// What answers is no HTTP server, or not one that this client takes.
    Protocol,
    Status,
    Redirect,
    Decode,
    TooLarge,
    /// A page whose records would take far more memory than its JSON.
    TooManyRecords,
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

    /// Says first where no connection came about.
    pub(crate) fn with_place(mut self, place: &str) -> Self {
        let message = &self.0.message;
        self.0.message = format!("no connection to {place}: {message}").into();
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

    /// Makes an error of a list, out of one that speaks of a record alone.
    pub(crate) fn below_index(mut self, index: usize) -> Self {
        let path = self.0.json_path.take().unwrap_or_default();
        let dot = if path.is_empty() || path.starts_with('[') {
            ""
        } else {
            "."
        };
        self.0.json_path = Some(format!("[{index}]{dot}{path}"));
        self
    }

    /// Makes a timeout one of a list, whose time is over.
    pub(crate) fn or_list_timeout(mut self, timeout: Duration) -> Self {
        if self.0.kind == Kind::Timeout {
            self.0.kind = Kind::ListTimeout;
            self.0.message =
                format!("the list took longer than its `timeout()` of {timeout:?}").into();
        }
        self
    }

    pub(crate) fn with_record(mut self, record: Record) -> Self {
        self.0.record = Some(record);
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
    /// Tokens and secrets that were sent are replaced by `[secret]`: see
    /// [below](Self#what-an-error-holds). Nothing is kept of a success that was to bring a secret,
    /// since any part of it could be that secret.
    pub fn body(&self) -> Option<&str> {
        self.0.server.body.as_deref()
    }

    /// The body as a value of a type of yours, if it is JSON that fits.
    ///
    /// It is there for a refusal, of which services have types of their own, and for a success that
    /// [does not decode](Self::is_decode): there, `serde_json::Value` takes any JSON. Returns `None`
    /// for a body of more than 64 KiB. `call_raw()` of the request gives a success of any size.
    ///
    /// Tokens and secrets that were sent are replaced in it, too.
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
        let Server { body, whole, .. } = &self.0.server;
        serde_json::from_str(whole.as_ref().or(body.as_ref())?).ok()
    }

    /// Where in the JSON the value stands that did not fit, such as `[3].user.id`.
    pub fn json_path(&self) -> Option<&str> {
        self.0.json_path.as_deref()
    }

    /// Which page of a list failed, or has the record that did not decode. The list can
    /// [go on](crate::list::Items::resume) with that page.
    pub fn page(&self) -> Option<u64> {
        self.0.page
    }

    /// Where on its page a record stands that did not decode, from 0.
    pub fn record_index(&self) -> Option<usize> {
        self.0.record.as_ref()?.index
    }

    /// The id of a record that did not decode, as a text, if the record has one.
    pub fn record_id(&self) -> Option<&str> {
        self.0.record.as_ref()?.id.as_deref()
    }

    /// The JSON of a record that did not decode, 64 KiB at most.
    ///
    /// The record is an item of a list, which goes on after it; or the first of a page from `call()`
    /// that did not decode; or the whole answer, if that is an object.
    ///
    /// # Example: what is left of a record of another form
    ///
    /// ```
    /// # use fitrankings::{Client, MasterToken, sandbox::{Fault, Sandbox}};
    /// # let sandbox = Sandbox::start()?;
    /// # let token = MasterToken::new(sandbox.master_token())?;
    /// # let client = Client::builder().base_url(sandbox.base_url()).build(token)?;
    /// # sandbox.fault(Fault::OddRecord);
    /// for activity in client.list_activities().items().take(10) {
    ///     match activity {
    ///         Ok(activity) => println!("{}", activity.id),
    ///         Err(error) => match error.raw_record() {
    ///             Some(json) => {
    ///                 let record: serde_json::Value = serde_json::from_str(json)?;
    ///                 println!("{}: {}", record["id"], record["distance"]);
    ///             }
    ///             None => return Err(error.into()),
    ///         },
    ///     }
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn raw_record(&self) -> Option<&str> {
        Some(&self.0.record.as_ref()?.raw)
    }

    /// The wait that the server asks for in `Retry-After`, in seconds or as a date.
    ///
    /// A date in any of HTTP's three forms is read against the `Date` of the response, so that
    /// the local clock does not matter; without a `Date`, the local clock is used. A number too
    /// large and a year from 9999 on are told as the longest wait, 100 years. `None` for `0`, a date
    /// that has passed, and a value that is not understood: choose a wait of your own.
    ///
    /// The time counts from the arrival of the response. Where a request was not sent because of a
    /// pause that the server asked of another, it is what was left of that pause. See
    /// [`RetryPolicy`](crate::RetryPolicy) for what the client does by itself.
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
            Kind::Connect
            | Kind::HostNotFound
            | Kind::ConnectTimeout
            | Kind::Timeout
            | Kind::ListTimeout
            | Kind::Transport => true,
            Kind::Status => {
                self.0.server.broken || matches!(self.status(), Some(429 | 500 | 502 | 503 | 504))
            }
            _ => false,
        }
    }

    /// Whether the server takes fewer requests than it gets: 429, or another status that may pass
    /// with a `Retry-After`.
    pub(crate) fn is_throttled(&self) -> bool {
        self.is_rate_limited() || self.is_retryable() && self.retry_after().is_some()
    }

    /// The caller's own mistake: nothing was sent.
    pub fn is_invalid_input(&self) -> bool {
        self.0.kind == Kind::Invalid
    }

    /// No connection came about, and nothing was sent: no such host, refused, or a certificate that
    /// is not trusted. The message names host and port.
    ///
    /// Once a part of the request was sent, no error is one of these, whatever becomes of the
    /// connection.
    pub fn is_connect(&self) -> bool {
        matches!(
            self.0.kind,
            Kind::Connect | Kind::HostNotFound | Kind::Tls | Kind::ConnectTimeout
        )
    }

    /// One of the client's timeouts passed.
    pub fn is_timeout(&self) -> bool {
        matches!(
            self.0.kind,
            Kind::Timeout | Kind::ListTimeout | Kind::ConnectTimeout
        )
    }

    /// A [`CancelHandle`](crate::CancelHandle) stopped it.
    pub fn is_cancelled(&self) -> bool {
        self.0.kind == Kind::Cancelled
    }

    /// The answer was a success, and its body not what the document says.
    pub fn is_decode(&self) -> bool {
        self.0.kind == Kind::Decode
    }

    /// The body is larger than the client takes, or a page has so many records that they would take
    /// far more memory than the body.
    pub fn is_too_large(&self) -> bool {
        matches!(self.0.kind, Kind::TooLarge | Kind::TooManyRecords)
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
    ///
    /// Also true of a 400 in answer to the token exchange, or to another operation that sends a
    /// client secret instead of a token: Django REST framework and OAuth 2 answer wrong credentials
    /// with 400. [`is_bad_request`](Self::is_bad_request) is true of it, too.
    pub fn is_unauthorized(&self) -> bool {
        self.is(401) || self.is(400) && self.sends_credentials()
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

    /// Whether the operation sends a client's credentials instead of a token.
    fn sends_credentials(&self) -> bool {
        self.0.operation.is_some_and(|operation| {
            !operation.token && operation.secrets.contains(&"client_secret")
        })
    }

    fn is(&self, status: u16) -> bool {
        self.0.kind == Kind::Status && self.status() == Some(status)
    }

    /// What the caller can do, in a sentence.
    fn remedy(&self) -> Option<Cow<'static, str>> {
        let token = self.0.operation.is_none_or(|operation| operation.token);
        Some(Cow::Borrowed(match (self.0.kind, self.status()) {
            (Kind::Status, Some(400 | 401 | 403)) if self.sends_credentials() => {
                "check the client id and the client secret"
            }
            (Kind::Status, Some(400)) => "check the parameters and their form",
            (Kind::Status, Some(401)) if token => "get a new token",
            (Kind::Status, Some(403)) if token => "check the token and its permissions",
            (Kind::Status, Some(401 | 403)) => {
                "the operation is called without a token, and the service wants one: check the \
                 document"
            }
            (Kind::PastTheEnd, _) => "begin at an earlier page",
            (Kind::Status, Some(404)) if self.page() > Some(1) => {
                "this is no 404 that ends a list: go on with `resume()` or from a bookmark, or, if \
                 the service ends its lists so, name its `detail` as `end` of `x-paging`"
            }
            (Kind::Status, Some(404)) => "there is no such thing, or the token may not see it",
            (Kind::Status, Some(405)) => "check the base URL",
            (Kind::Status, Some(429)) => {
                return Some(match self.retry_after() {
                    Some(wait) => {
                        let seconds = wait.as_millis().div_ceil(1000);
                        format!("try again in {seconds} s").into()
                    }
                    None => "slow down, and try again later".into(),
                });
            }
            (Kind::Status, Some(500 | 502 | 503 | 504)) => "try again later",
            (Kind::Redirect, _) => return Some(self.redirect_remedy().into()),
            (Kind::Connect | Kind::HostNotFound | Kind::ConnectTimeout, _) => {
                "check the base URL, the network and the proxy"
            }
            (Kind::Tls, _) if self.0.message.contains(CERTIFICATE) => {
                "check the base URL; to trust the certificates that the system trusts, such as \
                 that of a company's proxy, turn on `system_certificates` of `Client::builder()` \
                 (feature `platform-verifier`)"
            }
            (Kind::Tls, _) => "check the base URL and the proxy",
            (Kind::Timeout, _) => "try again, or give it more time with `Client::builder()`",
            (Kind::TooManyRecords, _) => "ask for a smaller page",
            (Kind::ListTimeout, _) => {
                "give the list more time, or go on from a bookmark with `start_at()`"
            }
            (Kind::Transport, _) => "try again",
            (Kind::Protocol, _) => "check the base URL and the proxy",
            (Kind::Decode, _) => self.decode_remedy(),
            (Kind::TooLarge, _) => {
                "ask for a smaller page, or raise `max_body_size` of `Client::builder()`"
            }
            _ => return None,
        }))
    }

    /// Whether a sentence of the server's says no more than the status: `503 Service Unavailable`.
    fn repeats_status(&self, detail: &str) -> bool {
        self.0.status.is_some_and(|status| {
            let reason = detail.trim().trim_end_matches('.');
            let reason = reason.strip_prefix(status.as_str()).unwrap_or(reason);
            let known = status.canonical_reason().unwrap_or_default();
            reason.trim().eq_ignore_ascii_case(known)
        })
    }

    fn decode_remedy(&self) -> &'static str {
        let known = self.json_path().is_some();
        match &self.0.record {
            Some(record) => match record.origin {
                Origin::Body => "see `raw_record()`",
                Origin::Page(_) => "`items()` gives the others",
                Origin::List(_) => "the others still come; see `raw_record()`",
            },
            None if self.body().is_none() => "check the base URL",
            None if known => "see `Error::body`",
            None => "check the base URL, and see `Error::body`",
        }
    }

    fn redirect_remedy(&self) -> &'static str {
        let path = self.path().unwrap_or_default();
        let slash = self
            .location()
            .is_some_and(|location| location.ends_with('/'));
        if slash && !path.ends_with('/') {
            "a slash is missing at the end of the path: mend it in the document"
        } else {
            "redirects are not followed: check the base URL"
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
            // An answer that does not decode is a success: 200 says no more.
            (Some(status), kind) if kind != Kind::Decode || status != StatusCode::OK => {
                write!(f, "{} (status {})", Plain(&self.0.message), status.as_u16())?
            }
            _ => write!(f, "{}", Plain(&self.0.message))?,
        }
        // Of these, the message names the page itself.
        let names_page = matches!(self.0.kind, Kind::Invalid | Kind::Repeats);
        if let Some(page) = self.page().filter(|_| !names_page) {
            write!(f, ", page {page}")?;
        }
        if let Some(id) = self.record_id() {
            write!(f, ", id {}", Plain(id))?;
        }
        if let Some(location) = self.location() {
            write!(f, ", to {}", Plain(location))?;
        }
        if let Some(path) = self.json_path() {
            write!(f, ", at `{}`", Plain(path))?;
        }
        if let Some(detail) = self.detail().filter(|detail| !self.repeats_status(detail)) {
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

/// The same line as `Display`, and below it the causes, and the size and type of the body: it is
/// what a `main` prints that returns the error. The body itself may be about people, and is in
/// [`body`](Error::body) alone.
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
        match &self.0.server.body_shape {
            Some(shape) if self.detail().is_none() => {
                write!(f, "\n  body: {}, see `Error::body`", Plain(shape))
            }
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

/// Text from outside, with nothing in it that a terminal would obey, or that would show it as another
/// text.
struct Plain<'t>(&'t str);

impl Plain<'_> {
    fn without_stop(&self) -> Self {
        Self(self.0.trim_end_matches('.'))
    }
}

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            if character.is_control() || is_format(character) {
                write!(f, "{}", character.escape_default())?;
            } else {
                write!(f, "{character}")?;
            }
        }
        Ok(())
    }
}

/// Whether a character is of the categories Cf, Zl or Zp of Unicode 16: it changes how others are
/// shown, and shows nothing itself.
fn is_format(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{600}'..='\u{605}'
            | '\u{61c}'
            | '\u{6dd}'
            | '\u{70f}'
            | '\u{890}'..='\u{891}'
            | '\u{8e2}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{110bd}'
            | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0001}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, detail: &str) -> Error {
        let server = Server {
            detail: Some(detail.into()),
            ..Server::default()
        };
        let status = StatusCode::from_u16(status).unwrap();
        Error::new(Kind::Status, "")
            .with_status(status)
            .with_server(server)
    }

    #[test]
    fn a_detail_that_only_repeats_the_status_is_left_out() {
        for detail in [
            "Service Unavailable",
            "service unavailable.",
            "503 Service Unavailable",
        ] {
            let error = refused(503, detail);
            let text = error.to_string();
            assert_eq!(text, "503 Service Unavailable; try again later");
            assert_eq!(error.detail(), Some(detail));
        }
        let more = refused(503, "Service Unavailable until noon").to_string();
        assert!(more.starts_with("503 Service Unavailable: Service Unavailable until noon;"));
    }

    #[test]
    fn a_page_is_named_once() {
        let error = |kind| Error::new(kind, "the parameter `page` is 0").with_page(0);
        assert_eq!(
            error(Kind::Invalid).to_string(),
            "the parameter `page` is 0"
        );
        assert!(error(Kind::Transport).to_string().contains(", page 0;"));
    }

    #[test]
    fn no_character_of_a_server_changes_how_the_others_are_shown() {
        for character in [
            '\u{7}',
            '\u{1b}',
            '\u{85}',
            '\u{ad}',
            '\u{61c}',
            '\u{200b}',
            '\u{200d}',
            '\u{200e}',
            '\u{2028}',
            '\u{2029}',
            '\u{202a}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{2069}',
            '\u{feff}',
            '\u{fffb}',
            '\u{e0041}',
        ] {
            let error = refused(400, &format!("a{character}b"));
            let escaped = format!("a\\u{{{:x}}}b", u32::from(character));
            for shown in [error.to_string(), format!("{error:?}")] {
                assert!(!shown.contains(character), "{shown:?}");
                assert!(shown.contains(&escaped), "{shown:?}");
            }
        }
        let text = "déjà vu, 走る, עברית, नमस्ते, 🏃";
        assert!(refused(400, text).to_string().contains(text));
    }

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
