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

/// The error type of this crate.
///
/// `Display` writes one line: the operation, what went wrong, and what to do about it. The wording
/// can change in any version, so programs use the methods below instead.
///
/// The underlying error, if there is one, is either part of that line or returned by
/// [`source`](StdError::source), never both. `Debug` writes the line and all sources.
///
/// # Example: handling errors
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
///             eprintln!("try again after {:?}: {error}", error.retry_after());
///             Err(error)
///         }
///         Err(error) => Err(error),
///     }
/// }
/// ```
///
/// # Failures and their methods
///
/// The second column has the methods that return true or a value for the failure. The third column
/// says whether the client retries the request by itself, within its
/// [`RetryPolicy`](crate::RetryPolicy). "GET" stands for the methods that are safe to retry.
///
/// ## No connection
///
/// | Failure | Error | Retried |
/// |---|---|---|
/// | The connection is refused | [`is_connect`], [`is_retryable`] | yes |
/// | The host name has no address | [`is_connect`], [`is_retryable`] | up to 2 attempts by default; up to 12 for each page after the first one that the iterator fetched |
/// | No connection within the timeout | [`is_connect`], [`is_timeout`], [`is_retryable`] | up to 2 attempts by default; up to 12 for each page after the first one that the iterator fetched |
/// | The certificate is self-signed, expired or for another host | [`is_connect`] | no |
/// | The proxy refuses the connection with 403 or 407, or does not speak HTTP | [`is_connect`] | no |
/// | The port does not speak TLS | [`is_connect`] | no |
///
/// ## The request
///
/// | Failure | Error | Retried |
/// |---|---|---|
/// | A proxy in the environment cannot be used | [`is_invalid_input`] | no |
/// | The URL or a header is larger than 16 KiB | [`is_invalid_input`] | no |
/// | A [`CancelHandle`](crate::CancelHandle) cancels the call | [`is_cancelled`] | no |
///
/// ## The response
///
/// | Failure | Error | Retried |
/// |---|---|---|
/// | TLS fails after the request was sent | [`is_retryable`] | GET |
/// | The response is not HTTP | no [`status`] | no |
/// | The headers are too many or too large | no [`status`] | no |
/// | No response, or an incomplete one, within the timeout | [`is_timeout`], [`is_retryable`] | no |
/// | The connection closes before the headers are complete | [`is_retryable`] | GET |
/// | The connection closes within the body; `Content-Length` is too large; chunks are malformed | [`is_retryable`], [`status`] | GET |
/// | A body without `Content-Length` is reset, or ends without TLS `close_notify` | [`is_retryable`], [`status`] | GET |
/// | `Content-Length` is too small | [`is_decode`] | no |
/// | A compressed body is incomplete | [`is_retryable`], [`status`] | GET |
/// | A body is not compressed as its `Content-Encoding` says, or corrupt | [`is_decode`], [`status`] | no |
/// | The body is larger than the limit, also after decompression | [`is_too_large`] | no |
/// | The content encoding was not requested | [`is_decode`] | no |
/// | The status is 206, a part of the resource | [`is_decode`], [`status`] | no |
/// | The body is HTML, text, empty, or JSON that does not match | [`is_decode`], [`json_path`], [`body`], [`body_as`] | no |
/// | A record of `call()` does not decode | [`is_decode`], [`record_id`], [`raw_record`], [`json_path`] | no |
/// | Invalid UTF-8, a number out of range, a duplicate key | [`is_decode`] | no |
/// | JSON is nested too deeply | [`is_decode`] | no |
///
/// ## Statuses
///
/// | Failure | Result | Retried |
/// |---|---|---|
/// | 429, 500, 502, 503, 504 | [`is_retryable`], and the method for the status, such as [`is_rate_limited`] | GET |
/// | 429, 500, 502, 503 or 504 with `Retry-After` | the value after that wait, during which all clones of the client wait | GET |
/// | … of more than [`max_retry_after`] | [`retry_after`], without waiting | no |
/// | … beyond the timeout of a list | [`retry_after`], [`page`], without waiting | no |
/// | … of 0, in the past or malformed | as without `Retry-After` | GET |
/// | A redirect | [`is_redirect`], [`location`] | no |
/// | 400 or 401 for credentials | [`is_unauthorized`] | no |
/// | Any other status outside 2xx | the method for the status, such as [`is_not_found`]; [`detail`], [`field_errors`], [`body_as`] | no |
/// | Any failure of the token exchange after it was sent | as above | no |
///
/// ## Lists
///
/// | Failure | Result | Retried |
/// |---|---|---|
/// | A record does not decode | [`record_id`], [`raw_record`], [`page`]; the list continues | no |
/// | A page fails | the records before it, then an error with [`page`] | as above |
/// | The server ignores `page` | after a few pages, an error with [`page`] | no |
/// | More than 1000 records of a page do not decode | [`is_decode`], [`page`], no [`raw_record`]; the list stops | no |
/// | The timeout of the list passes | [`is_timeout`], [`is_retryable`], [`page`] | no |
/// | A page has far too many records | [`is_too_large`] | no |
///
/// ## Not an error
///
/// | Fault | Result | Retried |
/// |---|---|---|
/// | 503 twice, then 200 | the value | GET |
/// | The service restarts, and responds again while the client retries: for at least 3 seconds; for at least 30 seconds for each page after the first one that the iterator fetched | the value | GET |
/// | A keep-alive connection was closed between two calls | the value; it does not count as a retry | GET |
/// | A field other than the id is missing or `null` | the value, with `None` in that field | no |
/// | A timestamp is out of range for `jiff::Timestamp` | the value, with the first or last `Timestamp` | no |
/// | A page that is fetched ahead is throttled | the records; the page is requested again in its turn | GET |
/// | A cache returns the page before, or a single response ends the list after a page of the longest length so far | the records; the page is requested once more | GET |
/// | Backends use different page sizes, unless a short last page hides the gap | the records; [`is_complete`] returns false | GET |
///
/// # Secrets and personal data
///
/// An error contains no token and no other secret of the request. If the server repeats a secret,
/// `[secret]` replaces it, also if the secret is escaped for JSON, HTML or a URL, escaped twice, in
/// base64 or in another case. `[withheld: it may show a secret]` replaces a whole text if it has a
/// secret of one to three characters, or if it takes too long to search.
///
/// An error can contain personal data that the server sent. `Display` and `Debug` show [`detail`],
/// [`field_errors`], [`location`] and the value that did not decode, each cut to 300 bytes. They do
/// not show [`body`], [`body_as`] and [`raw_record`]: `Debug` shows the size and the media type of
/// the body only.
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
/// [`is_not_found`]: Self::is_not_found
/// [`is_rate_limited`]: Self::is_rate_limited
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
    /// The name of the setting whose time limit ended the call.
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

    /// Prefixes the message with the destination that could not be reached.
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

    /// Sets the name of the setting whose time limit ended the call.
    pub(crate) fn with_time_limit(mut self, setting: &'static str) -> Self {
        self.0.time_limit = Some(setting);
        self
    }

    /// Turns the timeout of a call into the timeout of its list.
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

    /// Sets the cause. The message must not contain its text.
    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// Returns the name of the client's method that failed, such as `list_activities`; `None` if
    /// none was called.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation.map(|operation| operation.name)
    }

    /// Returns the path template of the operation, such as `/activities/{id}/`.
    pub fn path(&self) -> Option<&'static str> {
        self.0.operation.map(|operation| operation.path)
    }

    /// Returns the HTTP status of the response, also if its body was incomplete or did not decode.
    pub fn status(&self) -> Option<u16> {
        self.0.status.map(|status| status.as_u16())
    }

    /// Returns the server's error message, if there is one: the `detail` of a JSON body, or the text
    /// of a plain or HTML body.
    ///
    /// For an operation that returns a secret, only a JSON body of a 4xx response has a message.
    pub fn detail(&self) -> Option<&str> {
        self.0.server.detail.as_deref()
    }

    /// Returns the server's validation errors as pairs of field name and message.
    ///
    /// The name `non_field_errors` stands for errors that concern no single field.
    pub fn field_errors(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .server
            .fields
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// Returns the first 4 KiB of the response body.
    ///
    /// Secrets are [replaced](Self#secrets-and-personal-data). Returns `None` if the body is empty,
    /// and for an operation that returns a secret, such as the token exchange.
    pub fn body(&self) -> Option<&str> {
        self.0.server.body.as_deref()
    }

    /// Deserializes the response body from JSON.
    ///
    /// Use it for the service's own error types, or with `serde_json::Value` for a response that
    /// [does not decode](Self::is_decode). Returns `None` if the body does not fit `T`, or is larger
    /// than 64 KiB. For larger 2xx responses, use `call_raw()` of the request.
    ///
    /// Secrets are [replaced](Self#secrets-and-personal-data).
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

    /// Returns the JSON path of the value that did not decode, such as `[3].user.id`.
    pub fn json_path(&self) -> Option<&str> {
        self.0.json_path.as_deref()
    }

    /// Returns the number of the page that failed, or that has the record that did not decode.
    ///
    /// After a page that failed, [`Items::resume`](crate::list::Items::resume) continues the list
    /// with that page.
    pub fn page(&self) -> Option<u64> {
        self.0.page
    }

    /// Returns the index on its page, from 0, of the record that did not decode.
    pub fn record_index(&self) -> Option<usize> {
        self.0.record.as_ref()?.index
    }

    /// Returns the id of the record that did not decode, if it has one.
    pub fn record_id(&self) -> Option<&str> {
        self.0.record.as_ref()?.id.as_deref()
    }

    /// Returns the JSON of the record that did not decode.
    ///
    /// From `items()` and `pages()`, it is the first 64 KiB of a larger record, which are then not
    /// valid JSON. From `call()`, it is `None` if the record is larger than 64 KiB.
    ///
    /// The record is one of these:
    /// - an item of a list, which continues after it;
    /// - the first record of a page from `call()` that did not decode;
    /// - the whole body, if it is an object; of `items()` and `pages()` never.
    ///
    /// # Example: using the fields of a record that does not decode
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

    /// Returns the wait that the server asks for in `Retry-After`, counted from the arrival of the
    /// response; at most 100 years.
    ///
    /// A date is compared with the `Date` of the response, or with the local clock if there is no
    /// `Date`. All three date formats of HTTP are accepted. Returns `None` if the value is 0, a date
    /// that has passed, or malformed.
    ///
    /// If a request was not sent because an earlier response asked for a wait, this is the rest of
    /// that wait. [`RetryPolicy`](crate::RetryPolicy) says when the client waits by itself.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.server.retry_after
    }

    /// Returns the `Location` of a redirect, without its query and fragment. Returns `None` for an
    /// operation that returns a secret.
    pub fn location(&self) -> Option<&str> {
        self.0.server.location.as_deref()
    }

    /// Returns true if the same request may succeed later: after a refused connection, an unknown
    /// host, a timeout of a call, a broken connection, 429, 500, 502, 503 or 504. Returns false for
    /// an error of a certificate or of TLS before the request was sent, and for a proxy that refuses
    /// with 403 or 407 or does not speak HTTP.
    ///
    /// Also returns true after the [timeout of a list](crate::list::Items::timeout). That list needs
    /// a new `timeout` before it can continue.
    ///
    /// It may not be safe to send the request again. `GET` is safe. A token exchange may have been
    /// carried out even if its response was lost.
    pub fn is_retryable(&self) -> bool {
        if self.0.kind == Kind::Status {
            let may_pass = matches!(self.status(), Some(429 | 500 | 502 | 503 | 504));
            may_pass || self.0.server.is_cut_off
        } else {
            self.0.kind.may_pass()
        }
    }

    /// Returns true if the server asks for fewer requests: 429, or another retryable status with
    /// `Retry-After`.
    pub(crate) fn is_throttled(&self) -> bool {
        self.is_rate_limited() || self.is_retryable() && self.retry_after().is_some()
    }

    /// Returns true if the request or a setting is invalid. Nothing was sent.
    pub fn is_invalid_input(&self) -> bool {
        self.0.kind == Kind::Invalid
    }

    /// Returns true if no connection was made, so that nothing was sent: the host was not found, the
    /// host or a proxy refused, the certificate is not trusted, or a timeout passed.
    ///
    /// The message has the host, the port and the proxy. Returns false if a part of the request was
    /// sent before the connection failed.
    pub fn is_connect(&self) -> bool {
        self.0.kind.is_connect()
    }

    /// Returns true if one of the client's timeouts passed.
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, Kind::Timeout | Kind::ConnectTimeout)
    }

    /// Returns true if a [`CancelHandle`](crate::CancelHandle) cancelled the call.
    pub fn is_cancelled(&self) -> bool {
        self.0.kind == Kind::Cancelled
    }

    /// Returns true if the status is 2xx and the response does not match the OpenAPI document.
    pub fn is_decode(&self) -> bool {
        self.0.kind == Kind::Decode
    }

    /// Returns true if the body is larger than the client's limit, or a page has so many records that
    /// they would take far more memory than the body.
    pub fn is_too_large(&self) -> bool {
        matches!(self.0.kind, Kind::TooLarge | Kind::TooManyRecords)
    }

    /// Returns true if the status is 3xx. Redirects are never followed.
    pub fn is_redirect(&self) -> bool {
        self.0.kind == Kind::Redirect
    }

    /// Returns true for 400: the request is invalid. See [`field_errors`](Self::field_errors).
    pub fn is_bad_request(&self) -> bool {
        self.is(400)
    }

    /// Returns true for 401: the token or the credentials are not valid.
    ///
    /// Also returns true for 400 if the operation sends a client secret instead of a token, such as
    /// the token exchange: Django REST framework and OAuth 2 use 400 for wrong credentials.
    /// [`is_bad_request`](Self::is_bad_request) then returns true, too.
    pub fn is_unauthorized(&self) -> bool {
        let sends_credentials = self.0.operation.is_some_and(Operation::sends_credentials);
        self.is(401) || self.is(400) && sends_credentials
    }

    /// Returns true for 403: the token does not have the permission.
    ///
    /// Services on Django REST framework can also return 403 for a wrong token.
    pub fn is_forbidden(&self) -> bool {
        self.is(403)
    }

    /// Returns true for 404: the resource does not exist, or the token has no access to it.
    ///
    /// Also returns true if a list was to start at a page after its end, whatever the status of that
    /// page is.
    pub fn is_not_found(&self) -> bool {
        self.is(404) || self.0.kind == Kind::PastTheEnd
    }

    /// Returns true for 405: the path does not support this method.
    pub fn is_method_not_allowed(&self) -> bool {
        self.is(405)
    }

    /// Returns true for 429: too many requests. See [`retry_after`](Self::retry_after).
    pub fn is_rate_limited(&self) -> bool {
        self.is(429)
    }

    /// Returns true for 500: the service failed.
    pub fn is_internal_server_error(&self) -> bool {
        self.is(500)
    }

    /// Returns true for 503: the service is unavailable, for example during maintenance.
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
