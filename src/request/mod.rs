//! The request builder that generated code calls.

pub mod body;
mod encode;
mod head;
pub mod multipart;
pub mod parameter_style;

use std::borrow::Borrow;
use std::fmt::{Display, Write};
use std::ops::RangeBounds;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::http::header::{ACCEPT, COOKIE, RANGE};
use ureq::http::{HeaderName, HeaderValue, Uri};
use zeroize::Zeroizing;

use crate::auth::query_keys::with_query_keys;
use crate::call::session::Session;
use crate::call::{Call, ListPage};
use crate::error::Error;
use crate::escape::ESCAPED;
use crate::limits::Limits;
use crate::limits::cancel::CancelHandle;
use crate::operation::Operation;
use crate::redact::{Patterns, secret_values};
use crate::request::body::{Body, Form};
use crate::request::encode::{Escaped, escaped, join, placeholder};
use crate::request::multipart::File;
use crate::request::parameter_style::{COOKIE_NAME, ParameterLocation, Sent, Style};
use crate::response::Response;

/// A builder for a request, which is sent once.
///
/// An error in a parameter is kept and returned when the request is sent.
pub(crate) struct Request {
    session: Session,
    operation: &'static Operation,
    /// Contains `{name}` for each path parameter that is not set yet.
    url: String,
    /// The separator before the next query parameter: `?` or `&`.
    separator: char,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// The cookies, joined by semicolons.
    cookies: Zeroizing<String>,
    body: Option<Body>,
    /// Secret parameters and form fields, which no error may show.
    secrets: Vec<Zeroizing<String>>,
    limits: Limits,
    page: Option<ListPage>,
    /// The error of a first attempt, made when the page was fetched ahead.
    earlier: Option<Error>,
    problem: Option<Error>,
}

impl Request {
    pub fn new(session: &Session, operation: &'static Operation) -> Self {
        let base = &session.config.base_url;
        let mut url = String::with_capacity(base.len() + operation.path.len() + 64);
        url.push_str(base);
        url.push_str(operation.path);
        let limits = session.limits();
        let mut session = session.clone();
        if !operation.token {
            session.auth = Arc::default();
        }
        Self {
            session,
            operation,
            url,
            separator: '?',
            headers: Vec::new(),
            cookies: Zeroizing::default(),
            body: None,
            secrets: Vec::new(),
            limits,
            page: None,
            earlier: None,
            problem: None,
        }
    }

    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// Returns the path and the query, without query parameters of the client's tokens.
    pub fn target(&self) -> &str {
        let base = self.session.config.base_url.len();
        self.url.get(base..).unwrap_or_default()
    }

    /// Returns the time of the client's clock.
    pub fn now(&self) -> Instant {
        self.session.config.clock.now()
    }

    /// Waits instead of sending the request. Returns an error if the deadline of its list or the limits
    /// of the call end the wait.
    pub fn wait(mut self, deadline: Option<Instant>, delay: Duration) -> Result<(), Error> {
        self.limits.list_deadline = deadline;
        let operation = self.operation;
        let waited = self
            .into_call()
            .and_then(|(_, mut limits)| Ok(limits.sleep(delay, Duration::ZERO)?));
        waited.map_err(|error| error.with_operation(operation))
    }

    /// Sets a path parameter. Several values are joined by commas.
    pub fn path<'v, I: ?Sized>(self, name: &str, values: &'v I) -> Self
    where
        &'v I: IntoIterator<Item: Display>,
    {
        self.change(|it| it.fill(name, &join(values, ",")))
    }

    /// Sets a path parameter to a text that is escaped already.
    fn fill(&mut self, name: &str, text: &str) -> Result<(), Error> {
        // Such a segment would change which path it is.
        if matches!(text, "" | "." | "..") {
            return Err(Error::invalid(format!(
                "the parameter `{name}` is `{text}`, which cannot be a path segment"
            )));
        }
        let base = self.session.config.base_url.len();
        if let Some(range) = placeholder(self.target(), name) {
            self.url
                .replace_range(base + range.start..base + range.end, text);
        }
        Ok(())
    }

    /// Adds a query parameter for each value; none for `None`.
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

    /// Adds a query parameter whose name and value are escaped already.
    fn escaped_pair(&mut self, name: &str, value: &str) {
        self.url.push(self.separator);
        self.separator = '&';
        self.url.push_str(name);
        self.url.push('=');
        self.url.push_str(value);
    }

    /// Adds a query parameter with the values joined by `sign`, unless there are none.
    pub fn query_joined<'v, I: ?Sized>(mut self, name: &str, sign: char, values: &'v I) -> Self
    where
        &'v I: IntoIterator<Item: Display>,
    {
        if values.into_iter().next().is_some() {
            // Of the separators, a URL can contain only the comma.
            let sign = match sign {
                ' ' => "%20",
                '|' => "%7C",
                _ => ",",
            };
            let name = escaped(name);
            self.escaped_pair(&name, &join(values, sign));
        }
        self
    }

    /// Adds a header with the values joined by commas, unless there are none.
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
        self.change(|it| it.set_header(name, text))
    }

    fn set_header(&mut self, name: &str, value: String) -> Result<(), Error> {
        let value = HeaderValue::try_from(value);
        let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), value) else {
            return Err(Error::invalid(format!(
                "the value of `{name}` has a line break or a control character, \
                 which a header cannot contain"
            )));
        };
        self.headers.push((name, value));
        Ok(())
    }

    /// Checks that a number is in the range of the OpenAPI document.
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
        let outside = values.into_iter().find(|value| !range.contains(value));
        self.change(|_| match outside {
            Some(value) => Err(Error::invalid(format!(
                "the parameter `{name}` is {value}, but must be {}",
                head::words(&range)
            ))),
            None => Ok(()),
        })
    }

    /// Adds query parameters by name and value.
    pub fn pairs(mut self, pairs: Vec<(&'static str, String)>) -> Self {
        for (name, value) in pairs {
            self.pair(name, value);
        }
        self
    }

    /// Adds a cookie with the values joined by commas, unless there are none.
    pub fn cookie<'v, I: ?Sized>(mut self, name: &str, values: &'v I) -> Self
    where
        &'v I: IntoIterator<Item: Display>,
    {
        if values.into_iter().next().is_some() {
            self.set_cookie(name, &join(values, ","));
        }
        self
    }

    /// Adds a cookie whose name and value are escaped already.
    fn set_cookie(&mut self, name: &str, value: &str) {
        if !self.cookies.is_empty() {
            self.cookies.push_str("; ");
        }
        self.cookies.push_str(name);
        self.cookies.push('=');
        self.cookies.push_str(value);
    }

    /// Sets the `Accept` header. Default: JSON.
    pub fn accept(self, media_types: &'static str) -> Self {
        self.change(|it| it.set_header(ACCEPT.as_str(), media_types.to_owned()))
    }

    /// Applies a change, and keeps its error until the request is sent.
    fn change(mut self, change: impl FnOnce(&mut Self) -> Result<(), Error>) -> Self {
        if let Err(problem) = change(&mut self) {
            self.problem.get_or_insert(problem);
        }
        self
    }

    /// Adds a parameter of any type in a style of OpenAPI; nothing for `None`.
    pub fn value(
        self,
        location: ParameterLocation,
        name: &str,
        style: Style,
        explode: bool,
        value: Option<&(impl Serialize + ?Sized)>,
    ) -> Self {
        self.change(|it| {
            let value = Sent::optional(name, value)?;
            it.styled(location, name, style, explode, &value.0)
        })
    }

    fn styled(
        &mut self,
        location: ParameterLocation,
        name: &str,
        style: Style,
        explode: bool,
        value: &Value,
    ) -> Result<(), Error> {
        use ParameterLocation as In;
        self.note_secrets(name, value);
        let pairs = || parameter_style::pairs(name, style, explode, value);
        match location {
            In::Path => {
                let text = parameter_style::text(name, style, explode, value, &escaped);
                return self.fill(name, &text.unwrap_or_default());
            }
            In::Header => {
                let text = parameter_style::text(name, style, explode, value, &str::to_owned);
                if let Some(text) = text {
                    return self.set_header(name, text);
                }
            }
            In::Query => {
                for (name, value) in pairs() {
                    self.escaped_pair(&name.escape(&ESCAPED), &value);
                }
            }
            In::Cookie => {
                for (name, value) in pairs() {
                    self.set_cookie(&name.escape(&COOKIE_NAME), &value);
                }
            }
            In::Form => {
                for (name, value) in pairs() {
                    self.fields().push_field(&name.escape(&ESCAPED), &value);
                }
            }
        }
        Ok(())
    }

    /// Remembers the secrets in a value, so that no error shows them.
    fn note_secrets(&mut self, name: &str, value: &Value) {
        let keys = self.operation.secrets;
        if !keys.is_empty() {
            secret_values(value, keys, keys.contains(&name), &mut |secret| {
                self.secrets.push(Zeroizing::new(secret.to_owned()));
            });
        }
    }

    /// Sets a JSON body, unless it is `None`.
    pub fn body(self, body: Option<&(impl Serialize + ?Sized)>) -> Self {
        self.json_body("application/json; charset=utf-8", body)
    }

    /// Sets a JSON body with another media type, unless it is `None`.
    pub fn json_body(
        self,
        media_type: &'static str,
        body: Option<&(impl Serialize + ?Sized)>,
    ) -> Self {
        self.whole_body(body.map(|body| Body::json(media_type, body)))
    }

    /// Sets a text as the body, unless it is `None`.
    pub fn text_body(self, media_type: &'static str, body: Option<&str>) -> Self {
        self.bytes_body(media_type, body.map(str::as_bytes))
    }

    /// Sets bytes as the body, unless they are `None`.
    pub fn bytes_body(self, media_type: &'static str, body: Option<&[u8]>) -> Self {
        self.whole_body(body.map(|body| Body::bytes(media_type, body)))
    }

    fn whole_body(self, body: Option<Result<Body, Error>>) -> Self {
        self.change(|it| {
            if let Some(body) = body.transpose()? {
                it.body = Some(body);
            }
            Ok(())
        })
    }

    /// Sets the members of an object as the fields of a form, unless it is `None`.
    pub fn form_body(self, body: Option<&(impl Serialize + ?Sized)>) -> Self {
        self.change(|it| {
            let Some(body) = body else {
                return Ok(());
            };
            let value = Sent::new("body", body)?;
            let Value::Object(members) = &value.0 else {
                return Err(Error::invalid(
                    "the body is not an object; only an object can be sent as a form",
                ));
            };
            it.fields();
            members.iter().try_for_each(|(name, member)| {
                // OpenAPI: an object inside of a form is JSON.
                let style = if member.is_object() {
                    Style::Json
                } else {
                    Style::Form
                };
                it.styled(ParameterLocation::Form, name, style, true, member)
            })
        })
    }

    /// Returns the body as a form of fields. A body of another form is replaced.
    fn fields(&mut self) -> &mut Body {
        let body = self.body.take().filter(|body| body.form == Form::Fields);
        self.body.insert(body.unwrap_or_else(Body::fields))
    }

    /// Adds a part to a multipart form: a scalar as text, a list as a part for each item, an object
    /// as JSON. Nothing for `None`.
    pub fn part(
        self,
        name: &str,
        media_type: Option<&'static str>,
        value: Option<&(impl Serialize + ?Sized)>,
    ) -> Self {
        self.change(|it| {
            let value = Sent::optional(name, value)?;
            it.note_secrets(name, &value.0);
            multipart::push_value(it.parts()?, name, media_type, &value.0);
            Ok(())
        })
    }

    /// Adds files to a multipart form, one part each.
    pub fn files<'v, I: ?Sized>(
        self,
        name: &str,
        media_type: Option<&'static str>,
        files: &'v I,
    ) -> Self
    where
        &'v I: IntoIterator<Item = &'v File>,
    {
        self.change(|it| {
            let body = it.parts()?;
            let mut files = files.into_iter();
            files.try_for_each(|file| multipart::push_file(body, name, media_type, file))
        })
    }

    /// Makes the body a multipart form, even if no part follows.
    pub fn multipart(self) -> Self {
        self.change(|it| it.parts().map(|_| ()))
    }

    /// Returns the body as a multipart form. A body of another form is replaced.
    fn parts(&mut self) -> Result<&mut Body, Error> {
        let is_parts = |body: &Body| matches!(body.form, Form::Parts(_));
        let body = match self.body.take().filter(is_parts) {
            Some(body) => body,
            None => multipart::form()?,
        };
        Ok(self.body.insert(body))
    }

    /// Makes this the request of a page of a list. The deadline of the list and `stop` end it.
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

    /// Continues after a first attempt that failed with this error.
    pub fn after(mut self, earlier: Option<Error>) -> Self {
        self.earlier = earlier;
        self
    }

    /// Returns true if the server asked for a pause that is not over yet.
    pub fn is_paused(&self) -> bool {
        self.session.is_paused()
    }

    /// Sends the request, and returns the value in the response, which is JSON.
    pub fn json<R: DeserializeOwned>(self) -> Result<R, Error> {
        self.send(|response| response.json())
    }

    /// Sends the request, and returns the records of one page of a list. `key` is the field that
    /// identifies a record.
    pub fn page<R: DeserializeOwned>(self, key: &'static str) -> Result<Vec<R>, Error> {
        self.send(|response| response.page(key))
    }

    /// Sends the request, and discards the body of the response.
    pub fn empty(self) -> Result<(), Error> {
        self.send(|_| Ok(()))
    }

    /// Sends the request, and returns the value in the response, which is JSON or empty.
    pub fn maybe_json<R: DeserializeOwned>(self) -> Result<Option<R>, Error> {
        self.send(|response| response.optional_json())
    }

    /// Sends the request, and returns the text of the response.
    pub fn text(self) -> Result<String, Error> {
        self.send(|response| response.text())
    }

    /// Sends the request, and returns the body of the response as it is.
    pub fn bytes(self) -> Result<Vec<u8>, Error> {
        self.send(|response| response.bytes())
    }

    /// Sends the request, and returns the result of `read` for a 2xx response. A 206 is an error, unless
    /// the request has a `Range`.
    pub fn send<R>(self, read: impl FnOnce(Response<'_>) -> Result<R, Error>) -> Result<R, Error> {
        if self.headers.iter().any(|(name, _)| *name == RANGE) {
            return self.by_status(read);
        }
        self.by_status(|response| read(response.error_for_part()?))
    }

    /// Sends the request, and returns the result of `read` for a 2xx response, which can be a 206.
    pub fn by_status<R>(
        self,
        read: impl FnOnce(Response<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        self.send_as(|response, _: &Call| read(response))
    }

    /// Sends the request like `by_status`. `read` also receives the call: as an `Arc<Call>` it can
    /// keep the call, to redact parts of the response later.
    pub fn send_as<C: From<Call> + Borrow<Call>, R>(
        mut self,
        read: impl FnOnce(Response<'_>, &C) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let operation = self.operation;
        let earlier = self.earlier.take();
        let result = self.into_call().and_then(|(call, limits)| {
            let shared = C::from(call);
            let call: &Call = shared.borrow();
            let redactor = call.redactor();
            read(call.run(limits, earlier, &redactor)?, &shared)
        });
        result.map_err(|error| error.with_operation(operation))
    }

    /// Checks the request, and starts the timeout of the call.
    fn into_call(mut self) -> Result<(Call, Limits), Error> {
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        let Session { config, auth, .. } = &self.session;
        config.check(self.operation)?;
        head::check_locations(auth)?;
        if let Some(cookies) = head::cookies(&self.cookies, auth)? {
            self.headers.push((COOKIE, cookies));
        }
        let uri = Uri::try_from(self.url)
            .ok()
            .and_then(|uri| with_query_keys(uri, auth))
            .ok_or_else(|| {
                Error::invalid("the base URL and the parameters do not form a valid URL")
            })?;
        let most = config.transport.max_line();
        head::check_lines(most, self.operation, &uri, &self.headers, auth)?;
        self.limits.start(config.timeout_call);
        if let Some(body) = &mut self.body {
            multipart::finish(body);
        }
        let call = Call {
            session: self.session,
            operation: self.operation,
            uri,
            headers: self.headers,
            body: self.body.map(|body| (body.media_type, body.bytes)),
            secrets: self.secrets,
            patterns: Patterns::default(),
            page: self.page,
        };
        Ok((call, self.limits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Client;
    use crate::auth::token::NoToken;
    use crate::operation::Method;
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
        let error = Request::new(&client.session, other).empty().unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
        let advice = r#".base_url("https://other.example.com/v1/")"#;
        assert!(error.to_string().contains(advice), "{error}");

        let mut same = operation(Method::GET, "/x");
        same.server = Some(crate::BASE_URL);
        assert!(client.session.config.check(&same).is_ok());
        // A base URL that the user set is not checked.
        let chosen = Client::builder().base_url("https://example.com");
        assert!(
            chosen
                .build(NoToken)
                .unwrap()
                .session
                .config
                .check(other)
                .is_ok()
        );
    }
}
