//! The error of this crate.

mod advice;
mod kind;
mod server_message;
mod text;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::time::Duration;

use serde::de::DeserializeOwned;
use ureq::http::StatusCode;

pub(crate) use self::kind::Kind;
pub(crate) use self::server_message::{Origin, Record, ServerMessage};
use crate::json;
use crate::operation::Operation;

/// Any failure of this crate, from a parameter to the response.
///
/// `Display` writes one line that says what happened, where, and what to do. It never shows a token.
/// The methods below answer questions about the error; its text can change with any version.
///
/// A cause is either a part of the text or in [`source`](StdError::source), never in both: print
/// both to lose nothing. `Debug` does.
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
/// permits: "GET" is what is safe to send twice.
///
/// | Fault | What you get | Sent again |
/// |---|---|---|
/// | The connection is refused | [`is_connect`], [`is_retryable`] | yes |
/// | The host's name has no address | [`is_connect`], [`is_retryable`] | once; more for a list that has begun |
/// | No connection in time | [`is_connect`], [`is_timeout`], [`is_retryable`] | once; more for a list that has begun |
/// | A certificate is self-signed, expired, for another host | [`is_connect`] | no |
/// | A proxy refuses the connection with 403 or 407, or does not speak HTTP | [`is_connect`] | no |
/// | TLS to a port that has none | [`is_connect`] | no |
/// | TLS fails after the request was sent | [`is_retryable`] | GET |
/// | The environment's proxy cannot be used | [`is_invalid_input`] | no |
/// | The URL, or a header, is over 16 KiB | [`is_invalid_input`] | no |
/// | What answers is not HTTP | an error without a status | no |
/// | Too many or too large headers | an error without a status | no |
/// | No answer in time | [`is_timeout`], [`is_retryable`] | no |
/// | An answer that trickles | [`is_timeout`], [`is_retryable`] | no |
/// | The connection closes before the body | [`is_retryable`] | GET |
/// | It closes in the body; the length announced is too large; chunks are broken | [`is_retryable`], [`status`] | GET |
/// | A body of no announced length is reset, or ends without TLS saying so | [`is_retryable`], [`status`] | GET |
/// | The length announced is too small | [`is_decode`] | no |
/// | A compressed body is broken | [`is_retryable`], [`status`] | GET |
/// | A body over the limit, a gzip bomb | [`is_too_large`] | no |
/// | A content encoding that was not asked for | [`is_decode`] | no |
/// | 206, which is a part only | [`is_decode`], [`status`] | no |
/// | HTML, nothing, text, or JSON of another shape | [`is_decode`], [`json_path`], [`body`], [`body_as`] | no |
/// | A value that is missing or `null`, but for the id | the value, `None` in it | no |
/// | An instant past the ends of `jiff::Timestamp` | the value, with the first or last `Timestamp` | no |
/// | A record of `call()` does not decode | [`is_decode`], [`record_id`], [`raw_record`], [`json_path`] | no |
/// | Invalid UTF-8, a number too large, a key twice | [`is_decode`] | no |
/// | 10 MB of nesting | [`is_decode`] | no |
/// | 503 twice, and then 200 | the value | GET |
/// | The service restarts: 3 seconds in a call, half a minute in a list that has begun | the value | GET |
/// | 429, 500, 502, 503, 504 | [`is_retryable`], and the status's own method | GET |
/// | 429 or 503 with `Retry-After` | the value after that wait, which all clones of the client keep | GET |
/// | … over [`max_retry_after`] | [`retry_after`], at once | no |
/// | … beyond the time of a list | [`retry_after`], [`page`], at once | no |
/// | `Retry-After` of 0, in the past or not understood | as without it | GET |
/// | A page that is fetched ahead is throttled | the records; it is fetched again in its turn | GET |
/// | Any other refusal | the status's own method, [`detail`], [`field_errors`], [`body_as`] | no |
/// | Credentials are refused with 400 or 401 | [`is_unauthorized`] | never |
/// | A redirect | [`is_redirect`], [`location`] | no |
/// | A keep-alive connection that died between two calls | the value | GET, uncounted |
/// | Any fault of the token exchange after it was sent | as above | never |
/// | A record of a list does not decode | [`record_id`], [`raw_record`], [`page`]; the others come | no |
/// | A page of a list fails | the records before it, then [`page`] | as above |
/// | The server ignores `page` | an error with [`page`] after a few pages | no |
/// | A late cache answers a page with the one before; a single wrong end | the records; the page is asked for once more | GET |
/// | Backends use pages of different sizes | the records; [`is_complete`] is false | GET |
/// | The time of a list is over | [`is_timeout`], [`page`] | no |
/// | A page of far too many records | [`is_too_large`] | no |
/// | Somebody cancels | [`is_cancelled`] | no |
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
    server: ServerMessage,
    json_path: Option<String>,
    page: Option<u64>,
    record: Option<Record>,
    /// The setting of the time limit that ended the call.
    time_limit: Option<&'static str>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(kind: Kind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            operation: None,
            status: None,
            server: ServerMessage::default(),
            json_path: None,
            page: None,
            record: None,
            time_limit: None,
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

    /// Puts before the message where no connection was made to.
    pub(crate) fn with_destination(mut self, destination: &str) -> Self {
        let message = &self.0.message;
        self.0.message = format!("no connection to {destination}: {message}").into();
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

    pub(crate) fn with_server(mut self, server: ServerMessage) -> Self {
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

    /// Names the setting of the time limit that ended the call.
    pub(crate) fn with_time_limit(mut self, setting: &'static str) -> Self {
        self.0.time_limit = Some(setting);
        self
    }

    /// Makes a timeout the one of a list, whose time is over.
    pub(crate) fn or_list_timeout(mut self, timeout: Duration, setting: &'static str) -> Self {
        if self.0.kind == Kind::Timeout {
            self.0.message =
                format!("the list took longer than its `timeout()` of {timeout:?}").into();
            self.0.time_limit = Some(setting);
        }
        self
    }

    /// Prefixes the JSON path of a record with the index of the record in its list.
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

    pub(crate) fn with_record(mut self, record: Record) -> Self {
        self.0.record = Some(record);
        self
    }

    /// Adds the cause, whose text must not be in the message.
    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// Returns the name of the client's method that failed, such as `list_activities`; `None` if
    /// none was called.
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
        let ServerMessage { body, whole, .. } = &self.0.server;
        json::from_str(whole.as_ref().or(body.as_ref())?).ok()
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
        if self.0.kind == Kind::Status {
            let may_pass = matches!(self.status(), Some(429 | 500 | 502 | 503 | 504));
            may_pass || self.0.server.is_cut_off
        } else {
            self.0.kind.may_pass()
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

    /// Returns true if no connection was made and nothing was sent: the host was not found, it
    /// refused, its certificate is not trusted, a proxy refused, or a timeout passed before. The
    /// message names host, port and proxy.
    ///
    /// False once a part of the request was sent, whatever becomes of the connection.
    pub fn is_connect(&self) -> bool {
        self.0.kind.is_connect()
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
        let sends_credentials = self.0.operation.is_some_and(Operation::sends_credentials);
        self.is(401) || self.is(400) && sends_credentials
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
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.0.source.as_deref()?;
        Some(source)
    }
}
