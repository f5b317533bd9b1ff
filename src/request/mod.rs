//! The one way of every request: from its parameters to an answer. How it is sent is in `exchange`.

pub mod body;
pub mod multipart;
pub mod parameter_style;

use std::borrow::Cow;
use std::fmt::{self, Display, Write};
use std::ops::{Bound, Range, RangeBounds};
use std::sync::Arc;
use std::time::{Duration, Instant};

use log::Level;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use ureq::http::header::{ACCEPT, COOKIE};
use ureq::http::{HeaderName, HeaderValue, Uri};
use zeroize::Zeroizing;

use crate::auth::token::{self, Credential, Token};
use crate::call::pause::Pause;
use crate::call::{Exchange, ListPage};
use crate::client::{Client, Shared};
use crate::error::Error;
use crate::fitrankings::period::{Period, PeriodParameters};
use crate::limits::cancel::CancelHandle;
use crate::redact::{Patterns, Redactor};
use crate::request::body::Body;
use crate::response::{Answer, Taken};
use crate::transport::base_url::NO_SERVER;
use crate::transport::deadline::Limits;

pub(crate) use ureq::http::Method;

/// What RFC 3986 lets stand as it is in any part of a URL.
pub(crate) const ESCAPED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Where `ureq` writes to the log where a redirect points, and every byte that it sends and
/// receives.
const WIRE_LOG: [&str; 2] = ["ureq::util", "ureq_proto::util"];

/// What the document says of an operation, as far as sending it goes.
#[derive(Debug)]
pub(crate) struct Operation {
    pub name: &'static str,
    pub method: Method,
    /// With `{name}` where a parameter stands.
    pub path: &'static str,
    /// Where it is served, if not at the document's first server.
    pub server: Option<&'static str>,
    /// Whether a token is sent.
    pub token: bool,
    /// Keys of the body or of the answer whose values are secret.
    pub secrets: &'static [&'static str],
}

/// A request on its way: parameters go in, and it is sent once.
///
/// What is wrong with a parameter is kept until then.
pub(crate) struct Request {
    shared: Arc<Shared>,
    operation: &'static Operation,
    credentials: Arc<[Credential]>,
    /// Holds `{name}` for each parameter of the path that is not in yet.
    url: String,
    /// What comes before the next parameter of the query.
    separator: char,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// Joined by semicolons.
    cookies: Zeroizing<String>,
    pub(crate) body: Option<Body>,
    /// Parameters and fields of forms that no error may show.
    secrets: Vec<Zeroizing<String>>,
    limits: Limits,
    pause: Arc<Pause>,
    page: Option<ListPage>,
    earlier: Option<Error>,
    problem: Option<Error>,
}

#[allow(dead_code, reason = "which of these are called is up to the document")]
impl Request {
    pub fn new<T: Token>(client: &Client<T>, operation: &'static Operation) -> Self {
        let base = &client.shared.base_url;
        let mut url = String::with_capacity(base.len() + operation.path.len() + 64);
        url.push_str(base);
        url.push_str(operation.path);
        Self {
            shared: Arc::clone(&client.shared),
            operation,
            credentials: match operation.token {
                true => Arc::clone(&client.credentials),
                false => Arc::default(),
            },
            url,
            separator: '?',
            headers: Vec::new(),
            cookies: Zeroizing::default(),
            body: None,
            secrets: Vec::new(),
            limits: Limits {
                cancel: client.cancel.clone(),
                ..Limits::default()
            },
            pause: Arc::clone(&client.pause),
            page: None,
            earlier: None,
            problem: None,
        }
    }

    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// The path and the query, without what the client adds to them.
    pub fn target(&self) -> &str {
        let base = self.shared.base_url.len();
        self.url.get(base..).unwrap_or_default()
    }

    /// Waits in place of sending the request. The deadline of its list and the limits of a call
    /// end the wait with an error.
    pub fn wait(mut self, deadline: Option<Instant>, delay: Duration) -> Result<(), Error> {
        self.limits.list_deadline = deadline;
        let operation = self.operation;
        let waited = self
            .ready()
            .and_then(|exchange| exchange.sleep_in_steps(delay, &exchange.limits));
        waited.map_err(|error| error.with_operation(operation))
    }

    /// Fills a parameter of the path in; several values are joined by commas.
    pub fn path<'v, I: ?Sized>(self, name: &str, values: &'v I) -> Self
    where
        &'v I: IntoIterator<Item: Display>,
    {
        self.fill(name, &join(values, ","))
    }

    /// Fills a parameter of the path in, with what is escaped already.
    pub fn fill(mut self, name: &str, text: &str) -> Self {
        // An empty part, or one of dots, would make the path another one.
        if matches!(text, "" | "." | "..") {
            let problem =
                format!("the parameter `{name}` is `{text}`, which no part of a path can be");
            return self.refuse(problem);
        }
        let base = self.shared.base_url.len();
        if let Some(place) = self.url.get(base..).and_then(|path| place(path, name)) {
            self.url
                .replace_range(base + place.start..base + place.end, text);
        }
        self
    }

    /// Adds a parameter to the query, once for each value: an option that is `None` adds none.
    pub fn query<'v, I: ?Sized>(mut self, name: &str, values: &'v I) -> Self
    where
        &'v I: IntoIterator<Item: Display>,
    {
        for value in values {
            self.pair(name, value);
        }
        self
    }

    fn pair(&mut self, name: &str, value: impl Display) {
        self.url.push(self.separator);
        self.separator = '&';
        let mut url = Escaped(&mut self.url);
        // Writing to a string does not fail.
        let _ = write!(url, "{name}");
        url.0.push('=');
        let _ = write!(url, "{value}");
    }

    /// Adds to the query what is escaped already.
    pub fn escaped_pair(&mut self, name: &str, value: &str) {
        self.url.push(self.separator);
        self.separator = '&';
        self.url.push_str(name);
        self.url.push('=');
        self.url.push_str(value);
    }

    /// Adds a parameter to the query whose values are joined by `sign`, unless there is none.
    pub fn query_joined<'v, I: ?Sized>(mut self, name: &str, sign: char, values: &'v I) -> Self
    where
        &'v I: IntoIterator<Item: Display>,
    {
        if values.into_iter().next().is_some() {
            // Only a comma can be in a URL as it is. Those of the values are not.
            let sign = match sign {
                ' ' => "%20",
                '|' => "%7C",
                _ => ",",
            };
            let name = utf8_percent_encode(name, &ESCAPED).to_string();
            self.escaped_pair(&name, &join(values, sign));
        }
        self
    }

    /// Adds a header whose values are joined by commas, unless there is none.
    pub fn header<'v, I: ?Sized>(self, name: &str, values: &'v I) -> Self
    where
        &'v I: IntoIterator<Item: Display>,
    {
        if values.into_iter().next().is_none() {
            return self;
        }
        let mut text = String::new();
        for (index, value) in values.into_iter().enumerate() {
            let _ = write!(text, "{}{value}", if index > 0 { "," } else { "" });
        }
        self.set_header(name, text)
    }

    pub fn set_header(mut self, name: &str, value: String) -> Self {
        let value = HeaderValue::try_from(value);
        match (HeaderName::from_bytes(name.as_bytes()), value) {
            (Ok(name), Ok(value)) => {
                self.headers.push((name, value));
                self
            }
            _ => self.refuse(format!(
                "the value of `{name}` holds a line break or a control character, \
                 which no header can"
            )),
        }
    }

    /// Refuses a number that the document does not allow.
    pub fn within<'v, V, I: ?Sized>(
        self,
        name: &str,
        values: &'v I,
        range: impl RangeBounds<V>,
    ) -> Self
    where
        V: Display + PartialOrd + 'v,
        &'v I: IntoIterator<Item = &'v V>,
    {
        match values.into_iter().find(|value| !range.contains(value)) {
            Some(value) => self.refuse(format!(
                "the parameter `{name}` is {value}, and has to be {}",
                words(&range)
            )),
            None => self,
        }
    }

    pub fn period(mut self, period: &Period, parameters: &PeriodParameters) -> Self {
        for (name, value) in period.parameters(parameters) {
            self.pair(name, value);
        }
        self
    }

    /// A cookie whose values are joined by commas, unless there is none.
    pub fn cookie<'v, I: ?Sized>(mut self, name: &str, values: &'v I) -> Self
    where
        &'v I: IntoIterator<Item: Display>,
    {
        if values.into_iter().next().is_some() {
            self.set_cookie(name, &join(values, ","));
        }
        self
    }

    /// Adds a cookie of which both are escaped already.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        if !self.cookies.is_empty() {
            self.cookies.push_str("; ");
        }
        self.cookies.push_str(name);
        self.cookies.push('=');
        self.cookies.push_str(value);
    }

    /// What may come back, in place of JSON alone.
    pub fn accept(mut self, media_types: &'static str) -> Self {
        match HeaderValue::try_from(media_types) {
            Ok(value) => {
                self.headers.push((ACCEPT, value));
                self
            }
            Err(_) => self.refuse(format!("`{media_types}` are no media types")),
        }
    }

    /// Takes a note of what no error may show.
    pub fn add_secret(&mut self, secret: String) {
        self.secrets.push(Zeroizing::new(secret));
    }

    pub fn refuse(mut self, problem: impl Into<Cow<'static, str>>) -> Self {
        self.problem.get_or_insert_with(|| Error::invalid(problem));
        self
    }

    /// Makes it a request for a page of a list, and ends it with the list.
    pub fn of_list(
        mut self,
        page: ListPage,
        deadline: Option<Instant>,
        stop: CancelHandle,
    ) -> Self {
        self.limits.list_deadline = deadline;
        self.limits.stop = Some(stop);
        self.page = Some(page);
        self
    }

    /// Goes on after a first attempt that was made elsewhere and failed with this error.
    pub fn after(mut self, earlier: Option<Error>) -> Self {
        self.earlier = earlier;
        self
    }

    /// Whether the server asked for a pause that is not over.
    pub fn is_paused(&self) -> bool {
        let clock = &self.shared.clock;
        self.pause.end().is_some_and(|end| end > clock.now())
    }

    /// Sends the request; the answer is a value in JSON.
    pub fn json<R: DeserializeOwned>(self) -> Result<R, Error> {
        self.send(Answer::decode)
    }

    /// Sends the request, and returns the records of one page of a list, which have this key.
    pub fn page<R: DeserializeOwned>(self, key: &'static str) -> Result<Vec<R>, Error> {
        self.send(|answer, redactor| answer.decode_records(key, redactor))
    }

    /// Sends the request; whatever a success says is let go.
    pub fn empty(self) -> Result<(), Error> {
        self.send(|_, _| Ok(()))
    }

    /// Sends the request; the answer is a value in JSON, or empty.
    pub fn maybe_json<R: DeserializeOwned>(self) -> Result<Option<R>, Error> {
        self.send(|answer, redactor| match answer.is_empty() {
            true => Ok(None),
            false => answer.decode(redactor).map(Some),
        })
    }

    /// Sends the request; the answer is a text.
    pub fn text(self) -> Result<String, Error> {
        self.by_status(|taken| taken.text())
    }

    /// Sends the request; the answer is taken as it comes.
    pub fn bytes(self) -> Result<Vec<u8>, Error> {
        self.by_status(|taken| taken.bytes())
    }

    /// Sends the request; what is made of the answer is up to its status.
    pub fn by_status<R>(
        self,
        take: impl FnOnce(Taken<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        self.exchange(|answer, redactor| take(Taken::new(answer, redactor)))
    }

    /// Sends the request, and makes of the answer to it what `take` does.
    pub fn send<R>(
        self,
        take: impl FnOnce(&Answer, &Redactor<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        self.exchange(|answer, redactor| take(answer, redactor))
    }

    fn exchange<R>(
        self,
        take: impl FnOnce(&mut Answer, &Redactor<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        self.run(|answer, exchange| take(answer, &exchange.redactor()))
    }

    /// Sends the request. `take` may keep the call, to redact later what it keeps of the answer.
    pub fn run<R>(
        mut self,
        take: impl FnOnce(&mut Answer, &Arc<Exchange>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let operation = self.operation;
        let earlier = self.earlier.take();
        let result = self.ready().and_then(|exchange| {
            let exchange = Arc::new(exchange);
            let mut answer = exchange.run(earlier)?;
            take(&mut answer, &exchange)
        });
        result.map_err(|error| error.with_operation(operation))
    }

    fn ready(mut self) -> Result<Exchange, Error> {
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        self.shared.check(self.operation)?;
        check_places(&self.credentials)?;
        if let Some(cookies) = cookies(&self.cookies, &self.credentials)? {
            self.headers.push((COOKIE, cookies));
        }
        let uri = Uri::try_from(self.url)
            .ok()
            .and_then(|uri| token::with_keys(uri, &self.credentials))
            .ok_or_else(|| {
                Error::invalid("no URL can be made of the base URL and the parameters")
            })?;
        let room = self.shared.agent.config().output_buffer_size();
        check_lines(room, self.operation, &uri, &self.headers, &self.credentials)?;
        let mut limits = self.limits;
        let timeout = self.shared.timeout_call;
        let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        limits.deadline = limits.list_deadline.into_iter().chain(end).min();
        Ok(Exchange {
            shared: self.shared,
            operation: self.operation,
            uri,
            credentials: self.credentials,
            headers: self.headers,
            body: self.body.map(multipart::finish),
            secrets: self.secrets,
            patterns: Patterns::default(),
            limits,
            pause: self.pause,
            page: self.page,
        })
    }
}

impl Shared {
    /// Whether a request may be sent at all.
    fn check(&self, operation: &Operation) -> Result<(), Error> {
        if let Some(server) = operation.server.filter(|_| self.base_url_is_default)
            && server.trim_end_matches('/') != self.base_url
        {
            return Err(Error::invalid(format!(
                "this operation is served at `{server}`: make a client for it with \
                 `Client::builder().base_url(\"{server}\")`"
            )));
        }
        if self.base_url.is_empty() {
            return Err(Error::invalid(NO_SERVER));
        }
        if let Some(problem) = &self.proxy_problem {
            return Err(Error::invalid(problem.clone()));
        }
        // Records of this level hold the token, whatever else is done to keep it.
        let logged = |target: &&str| log::log_enabled!(target: *target, Level::Trace);
        if !self.allow_wire_log && WIRE_LOG.iter().any(logged) {
            return Err(Error::invalid(
                "nothing is sent, since the logger takes records of the level TRACE from `ureq` \
                 or `ureq_proto`, which hold the token: set both to DEBUG, or permit it with \
                 `allow_wire_log(true)`",
            ));
        }
        Ok(())
    }
}

/// Checks that each line of a request's head fits into the buffer that it is written to, of `room`
/// bytes: `ureq` would tell of the first that does not as if the server had done wrong.
fn check_lines(
    room: usize,
    operation: &Operation,
    uri: &Uri,
    headers: &[(HeaderName, HeaderValue)],
    credentials: &[Credential],
) -> Result<(), Error> {
    let refuse = |what: &str, length: usize| {
        Err(Error::invalid(format!(
            "{what} has {length} bytes, and the line of the request with it can have {room} at \
             most"
        )))
    };
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    if operation.method.as_str().len() + path.len() + " / HTTP/1.1\r\n".len() > room {
        return refuse("the URL with its parameters", path.len());
    }
    let own = headers.iter().map(|(name, value)| (name, value));
    let secret = credentials.iter().filter_map(Credential::header);
    for (name, value) in own.chain(secret) {
        if name.as_str().len() + value.len() + ": \r\n\r\n".len() > room {
            return refuse(&format!("the header `{name}`"), value.len());
        }
    }
    let host = uri.authority().map_or("", |authority| authority.as_str());
    if host.len() + "host: \r\n\r\n".len() > room {
        return refuse("the host of the base URL", host.len());
    }
    Ok(())
}

/// A range as a message has it.
fn words<V: Display>(range: &impl RangeBounds<V>) -> String {
    match (range.start_bound(), range.end_bound()) {
        (Bound::Included(low), Bound::Included(high)) => format!("from {low} to {high}"),
        (Bound::Included(low), _) => format!("{low} or more"),
        (_, Bound::Included(high)) => format!("{high} or less"),
        // The document has no other bounds.
        _ => "in its range".to_owned(),
    }
}

/// Two tokens that are sent in one place would be one of them.
fn check_places(credentials: &[Credential]) -> Result<(), Error> {
    for (index, one) in credentials.iter().enumerate() {
        if credentials[..index]
            .iter()
            .any(|other| other.is_in_the_way_of(one))
        {
            return Err(Error::invalid(
                "two of the client's tokens are sent in the same place: only one of them can be",
            ));
        }
    }
    Ok(())
}

/// The one header of all cookies.
fn cookies(cookies: &str, credentials: &[Credential]) -> Result<Option<HeaderValue>, Error> {
    let keys = || credentials.iter().filter_map(Credential::cookie);
    let room: usize = keys().map(|(name, key)| name.len() + key.len() + 3).sum();
    if cookies.is_empty() && room == 0 {
        return Ok(None);
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(cookies.len() + room));
    bytes.extend_from_slice(cookies.as_bytes());
    for (name, key) in keys() {
        for piece in [if bytes.is_empty() { "" } else { "; " }, name, "=", key] {
            bytes.extend_from_slice(piece.as_bytes());
        }
    }
    match token::sensitive(bytes) {
        Some(value) => Ok(Some(value)),
        None => Err(Error::invalid("the name of a cookie cannot be sent")),
    }
}

/// Values, each escaped, with a sign between them that stays as it is.
fn join(values: impl IntoIterator<Item: Display>, sign: &str) -> String {
    let mut text = String::new();
    for (index, value) in values.into_iter().enumerate() {
        if index > 0 {
            text.push_str(sign);
        }
        // Writing to a string does not fail.
        let _ = write!(Escaped(&mut text), "{value}");
    }
    text
}

/// Where `{name}` stands in a path.
fn place(path: &str, name: &str) -> Option<Range<usize>> {
    let mut marks = path.match_indices('{');
    marks.find_map(|(start, _)| {
        let after = path[start + 1..].strip_prefix(name)?.strip_prefix('}')?;
        Some(start..path.len() - after.len())
    })
}

/// Escapes whatever is written to it.
struct Escaped<'u>(&'u mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend(utf8_percent_encode(text, &ESCAPED));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::token::NoToken;
    use crate::testing::{exchange, operation};

    #[test]
    fn values_that_are_joined_are_escaped_and_the_signs_between_them_are_not() {
        let (received, _) = exchange(
            NoToken,
            operation(Method::GET, "/x"),
            crate::testing::EMPTY,
            |request| {
                let values = ["a,b", "c d|"];
                request
                    .query_joined("k", ',', &values)
                    .query_joined("l", ' ', &values)
                    .query_joined("m", '|', &values)
                    .query_joined("n", ',', &[""; 0])
                    .empty()
            },
        );
        let line = "GET /x?k=a%2Cb,c%20d%7C&l=a%2Cb%20c%20d%7C&m=a%2Cb%7Cc%20d%7C HTTP/1.1";
        assert_eq!(received.line, line);
    }

    #[test]
    fn an_operation_of_another_server_wants_a_client_for_it() {
        let mut other = operation(Method::GET, "/x");
        other.server = Some("https://other.example.com/v1/");
        let other: &Operation = Box::leak(Box::new(other));
        let client = Client::new(NoToken);
        let error = Request::new(&client, other).empty().unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
        let advice = r#".base_url("https://other.example.com/v1/")"#;
        assert!(error.to_string().contains(advice), "{error}");

        let mut same = operation(Method::GET, "/x");
        same.server = Some(crate::BASE_URL);
        assert!(client.shared.check(&same).is_ok());
        // Whoever chose a base URL knows better.
        let chosen = Client::builder().base_url("https://example.com");
        assert!(chosen.build(NoToken).unwrap().shared.check(other).is_ok());
    }

    #[test]
    fn an_empty_value_keeps_its_place_among_the_others() {
        assert_eq!(join(["", "a,", ""], ","), ",a%2C,");
        assert_eq!(join(["a"], ","), "a");
    }
}
