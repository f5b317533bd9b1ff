//! The one way of every request: from its parameters to an answer. How it is sent is in `exchange`.

use std::borrow::Cow;
use std::fmt::{self, Display, Write};
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;
use std::time::Instant;

use log::Level;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::http::{HeaderName, HeaderValue, Uri};
use zeroize::Zeroizing;

use crate::answer::Answer;
use crate::cancel::CancelHandle;
use crate::client::{Client, Shared};
use crate::error::Error;
use crate::exchange::Exchange;
use crate::period::{Period, PeriodParameters};
use crate::redact::Redactor;
use crate::token::Token;
use crate::transport;
use crate::watch::Limits;

pub(crate) use ureq::http::Method;

/// What RFC 3986 lets stand as it is in any part of a URL.
const ESCAPED: AsciiSet = NON_ALPHANUMERIC
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
    /// Where it is served, if that is elsewhere than the rest.
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
    token: Option<HeaderValue>,
    /// Holds `{name}` for each parameter of the path that is not in yet.
    url: String,
    /// What comes before the next parameter of the query.
    separator: char,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Option<Zeroizing<Vec<u8>>>,
    limits: Limits,
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
            token: client.token.header().filter(|_| operation.token).cloned(),
            url,
            separator: '?',
            headers: Vec::new(),
            body: None,
            limits: Limits {
                cancel: client.cancel.clone(),
                ..Limits::default()
            },
            problem: None,
        }
    }

    /// Fills a parameter of the path in; several values are joined by commas.
    pub fn path<'v, I: ?Sized>(mut self, name: &str, values: &'v I) -> Self
    where
        &'v I: IntoIterator<Item: Display>,
    {
        let text = join(values, ',');
        // An empty part, or one of dots, would make the path another one.
        if matches!(text.as_str(), "" | "." | "..") {
            let problem =
                format!("the parameter `{name}` is `{text}`, which no part of a path can be");
            return self.refuse(problem);
        }
        let mark = format!("{{{name}}}");
        let base = self.shared.base_url.len();
        if let Some(start) = self.url.get(base..).and_then(|path| path.find(&mark)) {
            let place = base + start..base + start + mark.len();
            self.url
                .replace_range(place, &utf8_percent_encode(&text, &ESCAPED).to_string());
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

    /// Adds a parameter to the query whose values are joined by `sign`, unless there is none.
    pub fn query_joined<'v, I: ?Sized>(mut self, name: &str, sign: char, values: &'v I) -> Self
    where
        &'v I: IntoIterator<Item: Display>,
    {
        if values.into_iter().next().is_some() {
            self.pair(name, join(values, sign));
        }
        self
    }

    /// Adds a header whose values are joined by commas, unless there is none.
    pub fn header<'v, I: ?Sized>(mut self, name: &str, values: &'v I) -> Self
    where
        &'v I: IntoIterator<Item: Display>,
    {
        if values.into_iter().next().is_none() {
            return self;
        }
        let value = HeaderValue::try_from(join(values, ','));
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

    /// Sends a value as JSON, unless there is none.
    pub fn body(mut self, body: Option<&impl Serialize>) -> Self {
        let Some(body) = body else {
            return self;
        };
        let mut bytes = Zeroizing::new(Vec::with_capacity(512));
        match serde_json::to_writer(&mut *bytes, body) {
            Ok(()) => {
                self.body = Some(bytes);
                self
            }
            Err(_) => self.refuse("the body cannot be written as JSON"),
        }
    }

    fn refuse(mut self, problem: impl Into<Cow<'static, str>>) -> Self {
        self.problem.get_or_insert_with(|| Error::invalid(problem));
        self
    }

    /// Ends with the list that it is a page of.
    pub fn limits(mut self, deadline: Option<Instant>, stop: CancelHandle) -> Self {
        self.limits.deadline = deadline;
        self.limits.stop = Some(stop);
        self
    }

    /// Sends the request; the answer is a value in JSON.
    pub fn json<R: DeserializeOwned>(self) -> Result<R, Error> {
        self.send(Answer::decode)
    }

    /// Sends the request; whatever a success says is let go.
    pub fn empty(self) -> Result<(), Error> {
        self.send(|_, _| Ok(()))
    }

    /// Sends the request, and makes of the answer to it what `take` does.
    pub fn send<R>(
        self,
        take: impl FnOnce(&Answer, &Redactor<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let operation = self.operation;
        let result = self.ready().and_then(|exchange| {
            let exchange = Arc::new(exchange);
            let answer = exchange.run()?;
            take(&answer, &exchange.redactor())
        });
        result.map_err(|error| error.with_operation(operation))
    }

    fn ready(self) -> Result<Exchange, Error> {
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        self.shared.check()?;
        let uri = Uri::try_from(self.url)
            .map_err(|_| Error::invalid("no URL can be made of the base URL and the parameters"))?;
        let mut limits = self.limits;
        let timeout = self.shared.timeout_call;
        let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        limits.deadline = limits.deadline.into_iter().chain(end).min();
        Ok(Exchange {
            shared: self.shared,
            operation: self.operation,
            uri,
            token: self.token,
            headers: self.headers,
            body: self.body,
            limits,
        })
    }
}

impl Shared {
    /// Whether a request may be sent at all.
    fn check(&self) -> Result<(), Error> {
        if self.base_url.is_empty() {
            return Err(Error::invalid(
                "the document names no server: give one with `Client::builder().base_url(…)`",
            ));
        }
        if self.watched && transport::is_past_proxy(self.agent.config()) {
            return Err(Error::invalid(
                "the environment names a SOCKS proxy, which is not supported: name an http proxy, \
                 or give `Client::builder().agent(…)` an agent of your own",
            ));
        }
        // Records of this level hold the token, whatever else is done to keep it.
        let logged = |target: &&str| log::log_enabled!(target: *target, Level::Trace);
        if !self.allow_wire_log && WIRE_LOG.iter().any(logged) {
            return Err(Error::invalid(
                "nothing is sent, since the logger takes records of the level TRACE from `ureq` \
                 or `ureq_proto`, which hold every byte, the token included: set both to DEBUG \
                 (`RUST_LOG=trace,ureq=debug`), or permit it with \
                 `Client::builder().allow_wire_log(true)`",
            ));
        }
        Ok(())
    }
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

fn join(values: impl IntoIterator<Item: Display>, sign: char) -> String {
    let mut text = String::new();
    for (index, value) in values.into_iter().enumerate() {
        if index > 0 {
            text.push(sign);
        }
        let _ = write!(text, "{value}");
    }
    text
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

    #[test]
    fn an_empty_value_keeps_its_place_among_the_others() {
        assert_eq!(join(["", "a", ""], ','), ",a,");
        assert_eq!(join(["a"], ','), "a");
    }
}
