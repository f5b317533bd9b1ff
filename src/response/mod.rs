//! A response: reading it, decoding it, and turning it into an error.

mod body;
pub mod elements;
mod error_body;
mod excerpt;
mod explain;
pub mod member;
pub mod records;
mod retry_after;

use std::borrow::Cow;
use std::mem;
use std::time::{Duration, SystemTime};

use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::http::header::{CONTENT_ENCODING, CONTENT_TYPE, DATE, LOCATION, RETRY_AFTER};
use ureq::http::{self, HeaderMap, HeaderName, StatusCode};
use zeroize::Zeroize;

use self::excerpt::{BEGINNING, Excerpt, SENTENCE, WHOLE, cut, sentence};
use self::explain::{explain, near, record, record_id};
use self::records::Failure;
use crate::error::{Error, Kind, Origin, Record, ServerMessage};
use crate::json;
use crate::operation::Operation;
use crate::redact::{self, Redactor};

/// The most bytes of a record's id in an error.
const LONGEST_ID: usize = 40;

/// The response to a request, read to its end.
pub(crate) struct Response<'r> {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
    /// Whether the body is in Latin-1.
    is_latin: bool,
    /// Whether the body was read to its end.
    is_complete: bool,
    /// Whether the connection failed within the body.
    is_cut_off: bool,
    operation: &'static Operation,
    redactor: &'r Redactor<'r>,
}

impl Drop for Response<'_> {
    fn drop(&mut self) {
        if self.is_secret() {
            self.body.zeroize();
        }
        body::keep_buffer(mem::take(&mut self.body));
    }
}

impl<'r> Response<'r> {
    /// Reads a response with a body of at most `limit` bytes, counted after decompression.
    ///
    /// # Errors
    ///
    /// Returns an error if the body of a 2xx response cannot be read, or the call is cancelled. For
    /// other statuses, the part of the body that was read is kept.
    pub fn read(
        response: http::Response<ureq::Body>,
        limit: u64,
        operation: &'static Operation,
        redactor: &'r Redactor<'r>,
    ) -> Result<Self, Error> {
        redactor.start_response();
        let (parts, body) = response.into_parts();
        let media_type = parts.headers.get(CONTENT_TYPE);
        let media_type = media_type.and_then(|value| value.to_str().ok());
        let mut response = Self {
            is_latin: media_type.is_some_and(body::is_latin) && !body::is_converted(&body),
            status: parts.status,
            headers: parts.headers,
            body: body::take_buffer(),
            is_complete: true,
            is_cut_off: false,
            operation,
            redactor,
        };
        let is_success = response.status.is_success();
        let limit = if is_success {
            limit
        } else {
            limit.min(WHOLE as u64)
        };
        match body::read(body, limit, &mut response.body) {
            Ok(()) => {}
            Err(failed) if is_success || failed.error.is_cancelled() => {
                return Err(failed.error.with_status(response.status));
            }
            Err(failed) => {
                response.is_complete = false;
                response.is_cut_off = failed.is_cut_off;
            }
        }
        if is_success && !response.body.is_empty() {
            response.check_encoding()?;
        }
        if response.status == StatusCode::RESET_CONTENT {
            // RFC 9110: a 205 has no content.
            response.body.clear();
        }
        Ok(response)
    }

    /// Returns a response without headers and body. It explains the records of a page after the body
    /// was dropped.
    pub fn without_body(
        status: StatusCode,
        operation: &'static Operation,
        redactor: &'r Redactor<'r>,
    ) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Vec::new(),
            is_latin: false,
            is_complete: true,
            is_cut_off: false,
            operation,
            redactor,
        }
    }

    /// Returns an error for a content encoding. `ureq` removes the header if it decodes the body.
    fn check_encoding(&self) -> Result<(), Error> {
        let encoding = self.header(CONTENT_ENCODING).unwrap_or_default().trim();
        if encoding.is_empty() || encoding.eq_ignore_ascii_case("identity") {
            return Ok(());
        }
        let encoding = sentence(encoding, self.redactor);
        Err(self.undecodable(format!(
            "the response has the content encoding `{encoding}`, which was not requested"
        )))
    }

    /// Returns an error if the status is 206.
    pub fn error_for_part(self) -> Result<Self, Error> {
        if self.status == StatusCode::PARTIAL_CONTENT {
            let message = "the response is only a part of what was requested";
            return Err(self.with_body(self.undecodable(message), self.excerpt()));
        }
        Ok(self)
    }

    /// Returns an error unless the status is 2xx.
    pub fn error_for_status(self) -> Result<Self, Error> {
        if self.status.is_success() {
            return Ok(self);
        }
        let kind = if self.status.is_redirection() {
            Kind::Redirect
        } else {
            Kind::Status
        };
        Err(Error::new(kind, "")
            .with_status(self.status)
            .with_server(self.server_message()))
    }

    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    pub fn status_code(&self) -> StatusCode {
        self.status
    }

    /// Returns the value in the body.
    pub fn json<T: DeserializeOwned>(self) -> Result<T, Error> {
        self.decode(Origin::Body)
    }

    /// Returns the value in the body, or `None` if the body is empty.
    pub fn optional_json<T: DeserializeOwned>(self) -> Result<Option<T>, Error> {
        if self.body.is_empty() {
            return Ok(None);
        }
        self.decode(Origin::Body).map(Some)
    }

    /// Returns the records of one page of a list. `key` is the field that identifies a record.
    pub fn page<R: DeserializeOwned>(self, key: &'static str) -> Result<Vec<R>, Error> {
        let text = self.as_text()?;
        records::decode(text).map_err(|failure| match failure {
            Failure::TooMany(error) => error.with_status(self.status),
            Failure::Json(error) => self.undecoded::<Vec<R>>(text, &error, Origin::Page(key)),
        })
    }

    fn decode<T: DeserializeOwned>(&self, origin: Origin) -> Result<T, Error> {
        let text = self.as_text()?;
        json::from_str(text).map_err(|error| self.undecoded::<T>(text, &error, origin))
    }

    /// Returns the error for a body that is not a `T`, with the record that did not decode.
    fn undecoded<T: DeserializeOwned>(
        &self,
        text: &str,
        error: &serde_json::Error,
        origin: Origin,
    ) -> Error {
        let excerpt = self.excerpt();
        let error = self.not_decoded(text, error, excerpt.as_ref(), json::path::<T>);
        let error = match record(text, error.json_path()) {
            Some((index, raw)) if raw.len() <= WHOLE => {
                self.with_record(error, index, raw, origin, excerpt.as_ref())
            }
            _ => error,
        };
        self.with_body(error, excerpt)
    }

    /// Returns the body as UTF-8, the encoding of JSON.
    pub fn as_text(&self) -> Result<&str, Error> {
        std::str::from_utf8(&self.body).map_err(|error| {
            let valid = error.valid_up_to();
            let message = format!("the response is not UTF-8 from byte {valid} on");
            self.with_body(self.undecodable(message), self.excerpt())
        })
    }

    /// Returns the body as text. It is in UTF-8, or in Latin-1 if `Content-Type` says so.
    pub fn text(mut self) -> Result<String, Error> {
        if self.is_latin {
            return Ok(self.body.iter().copied().map(char::from).collect());
        }
        self.as_text()?;
        // Checked by `as_text`.
        Ok(String::from_utf8(self.take_body()).unwrap_or_default())
    }

    pub fn bytes(mut self) -> Result<Vec<u8>, Error> {
        Ok(self.take_body())
    }

    /// Takes the body and frees its unused capacity.
    fn take_body(&mut self) -> Vec<u8> {
        let mut body = mem::take(&mut self.body);
        body.shrink_to_fit();
        body
    }

    /// Returns an error for a 2xx status that the document does not describe.
    pub fn unexpected<T>(self) -> Result<T, Error> {
        let message = format!(
            "the status {} is a success that the document does not describe",
            self.status()
        );
        Err(self.with_body(self.undecodable(message), self.excerpt()))
    }

    /// Returns the error for a body that is not a `T`.
    pub fn explain<T: DeserializeOwned>(&self, text: &str, error: &serde_json::Error) -> Error {
        let excerpt = self.excerpt();
        let error = self.not_decoded(text, error, excerpt.as_ref(), json::path::<T>);
        self.with_body(error, excerpt)
    }

    /// Returns the error for a record of a list, which continues after it.
    pub fn explain_record(
        &self,
        index: usize,
        raw: &str,
        error: &serde_json::Error,
        key: &'static str,
        path: impl FnOnce(&str) -> Option<String>,
    ) -> Error {
        let excerpt =
            (!self.is_secret()).then(|| Excerpt::new(raw.as_bytes(), true, self.redactor));
        let error = self
            .not_decoded(raw, error, excerpt.as_ref(), path)
            .below_index(index);
        self.with_record(error, Some(index), raw, Origin::List(key), excerpt.as_ref())
    }

    /// `excerpt` is the excerpt of the text, or of a body that contains the text.
    fn not_decoded(
        &self,
        text: &str,
        error: &serde_json::Error,
        excerpt: Option<&Excerpt>,
        path: impl FnOnce(&str) -> Option<String>,
    ) -> Error {
        // The reason can quote a value, which could be a secret or a part of it.
        let may_quote = match excerpt {
            None => false,
            Some(excerpt) if excerpt.is_whole => !excerpt.had_secret,
            Some(_) => !self.redactor.finds(near(text, error)),
        };
        self.with_origin(explain(text, error, self.redactor, may_quote, path))
    }

    fn with_record(
        &self,
        error: Error,
        index: Option<usize>,
        raw: &str,
        origin: Origin,
        excerpt: Option<&Excerpt>,
    ) -> Error {
        let Some(excerpt) = excerpt else {
            return error;
        };
        let id = record_id(raw, origin.key());
        let shown = match origin {
            Origin::List(_) => excerpt.text.clone(),
            // The record is a part of the text of the excerpt.
            _ if excerpt.is_whole && !excerpt.had_secret => raw.to_owned(),
            _ if excerpt.text == redact::WITHHELD => redact::WITHHELD.to_owned(),
            _ => self.redactor.redact(raw),
        };
        error.with_record(Record {
            index,
            id: id.map(|id| cut(&self.redactor.redact(&id), LONGEST_ID)),
            raw: shown,
            origin,
        })
    }

    /// Whether the response may hold a secret.
    fn is_secret(&self) -> bool {
        !self.operation.secrets.is_empty()
    }

    fn undecodable(&self, message: impl Into<Cow<'static, str>>) -> Error {
        self.with_origin(Error::new(Kind::Decode, message))
    }

    fn with_origin(&self, error: Error) -> Error {
        error
            .with_operation(self.operation)
            .with_status(self.status)
    }

    /// Returns the part of the body that an error keeps; `None` if the body may hold a secret.
    fn excerpt(&self) -> Option<Excerpt> {
        (!self.is_secret()).then(|| Excerpt::new(&self.body, self.is_complete, self.redactor))
    }

    fn with_body(&self, error: Error, excerpt: Option<Excerpt>) -> Error {
        error.with_server(self.body_message(excerpt))
    }

    fn body_message(&self, excerpt: Option<Excerpt>) -> ServerMessage {
        let whole = excerpt.map(|excerpt| excerpt.text);
        let whole = whole.filter(|whole| !whole.is_empty());
        let media_type = self.header(CONTENT_TYPE);
        let shape = || excerpt::shape(self.body.len(), media_type, self.redactor);
        ServerMessage {
            body_shape: whole.as_ref().map(|_| shape()),
            body: whole.as_ref().map(|whole| cut(whole, BEGINNING)),
            whole: whole.filter(|whole| whole.len() > BEGINNING),
            ..ServerMessage::default()
        }
    }

    /// Returns the parts of an error response that an error keeps.
    fn server_message(&self) -> ServerMessage {
        let excerpt = self.excerpt();
        let (detail, fields) = self.sentences(excerpt.as_ref());
        ServerMessage {
            detail,
            fields,
            // The missing part of a 404 can say that a list ends; a 5xx is worth a retry anyway.
            is_cut_off: self.is_cut_off
                && (self.status == StatusCode::NOT_FOUND || self.status.is_server_error()),
            retry_after: self.retry_after(),
            location: self.location(),
            ..self.body_message(excerpt)
        }
    }

    /// Returns the `detail` and the validation errors of an error response. If the body may hold a
    /// secret, only a 4xx has them, in a JSON object: the secrets in it are known by their keys.
    fn sentences(&self, excerpt: Option<&Excerpt>) -> (Option<String>, Vec<(String, String)>) {
        if excerpt.is_none() && !self.status.is_client_error() {
            return (None, Vec::new());
        }
        if let Ok(Value::Object(members)) = serde_json::from_slice(&self.body) {
            return error_body::sentences(members, self.operation.secrets, self.redactor);
        }
        let media_type = self.header(CONTENT_TYPE).unwrap_or_default();
        let is_html = media_type.contains("html");
        let page = excerpt.and_then(|it| error_body::page(&it.text, is_html, self.status));
        (page, Vec::new())
    }

    /// Returns the target of a redirect without its query, unless the response may hold a secret.
    fn location(&self) -> Option<String> {
        let location = self.header(LOCATION).filter(|_| !self.is_secret())?;
        let shown = match location.find(['?', '#']) {
            Some(end) => self.redactor.redact_beginning(&location[..end]),
            None => self.redactor.redact(location),
        };
        Some(cut(&shown, SENTENCE))
    }

    /// Returns the longest wait that the headers ask for.
    fn retry_after(&self) -> Option<Duration> {
        let date = self.header(DATE);
        let values = self.headers.get_all(RETRY_AFTER).iter();
        let waits = values.filter_map(|value| {
            let value = value.to_str().ok()?;
            retry_after::wait(value, date, SystemTime::now())
        });
        waits.max()
    }

    fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

#[cfg(test)]
mod tests {
    use ureq::Body;

    use super::body::KEPT_BUFFER;
    use super::excerpt::BEGINNING;
    use super::*;
    use crate::operation::Method;
    use crate::redact::Patterns;

    const OPERATION: &Operation = &Operation {
        name: "list",
        method: Method::GET,
        path: "/",
        server: None,
        token: true,
        secrets: &[],
    };

    #[test]
    fn a_thread_keeps_the_room_of_a_body_but_not_of_a_huge_one() {
        let kept = |size: usize| {
            let body = Body::builder().data("x".repeat(size));
            let patterns = Patterns::default();
            let redactor = Redactor::new(&[], &[], None, &[], &patterns);
            let response = http::Response::new(body);
            let response = Response::read(response, u64::MAX / 4, OPERATION, &redactor).unwrap();
            assert_eq!(response.body.len(), size);
            drop(response);
            body::take_buffer()
        };
        let room = kept(100_000);
        assert!(room.is_empty() && room.capacity() >= 100_000);
        assert_eq!(kept(KEPT_BUFFER + 1).capacity(), 0);
    }

    const SECRET: &str = "mQ7xWz2pJk/Vd9rBt4sLf+Hb6nYc3gXw=";

    /// Returns the error for a body that is not a list of numbers, and the cost of redacting it.
    fn undecodable(body: String) -> (Error, usize) {
        let body = Body::builder().data(body);
        let (secrets, patterns) = ([SECRET.to_owned().into()], Patterns::default());
        let redactor = Redactor::new(&[], &secrets, None, &[], &patterns);
        let response = http::Response::new(body);
        let response = Response::read(response, u64::MAX / 4, OPERATION, &redactor).unwrap();
        redact::steps::of(|| response.json::<Vec<u64>>().unwrap_err())
    }

    #[test]
    fn a_body_of_megabytes_is_redacted_as_far_as_it_is_kept() {
        let record = format!(r#"{{"id": "no number", "key": "{SECRET}"}}"#);
        let (error, steps) = undecodable(format!("[{}]", [&*record; 100_000].join(",")));
        assert!(
            error
                .body()
                .unwrap()
                .starts_with(r#"[{"id": "no number", "key": "[secret]"}"#)
        );
        assert!(error.body().unwrap().len() <= BEGINNING + '…'.len_utf8());
        assert!(steps < 2 * redact::LONGEST, "{steps}");
        // A single value of that size, which the reason quotes.
        let (error, steps) = undecodable(format!("[\"{}{SECRET}\"]", "no number ".repeat(800_000)));
        assert!(steps < 2 * redact::LONGEST, "{steps}");
        assert!(error.to_string().len() < 600, "{error}");
    }

    #[test]
    fn a_value_is_quoted_unless_a_secret_is_near_it() {
        let odd = |value: &str, rest: usize| {
            let rest = ",1".repeat(rest);
            undecodable(format!("[1\n{rest}\n,\"{value}\"{rest}]"))
                .0
                .to_string()
        };
        for rest in [1, 100_000] {
            assert!(odd("ten", rest).contains(r#"invalid type: string "ten""#));
            for value in [SECRET, "it ends in 4sLf+Hb6nYc3"] {
                let shown = odd(value, rest);
                assert!(!shown.contains("string"), "{shown}");
                assert!(shown.contains("at line 3 column"), "{shown}");
            }
        }
    }

    #[test]
    fn a_text_that_does_not_decode_is_searched_once() {
        // As slow to search as a text can be: each letter could begin an escape.
        let record = format!(r#"{{"id": 1, "x": "{}", "y": "no"}}"#, r"\\".repeat(15_000));
        let cost = |read: &dyn Fn(&Response<'_>)| {
            let (secrets, patterns) = (["\\a%b&cdef".to_owned().into()], Patterns::default());
            let redactor = Redactor::new(&[], &secrets, None, &[], &patterns);
            let body = http::Response::new(Body::builder().data(record.clone()));
            let response = Response::read(body, u64::MAX / 4, OPERATION, &redactor).unwrap();
            redact::steps::of(|| read(&response)).1
        };
        let once = cost(&|response| drop(response.redactor.redact(&record)));
        let slack = 10_000;
        let whole = cost(&|response| {
            response.decode::<Vec<u64>>(Origin::Body).unwrap_err();
        });
        assert!(whole < once + slack, "{whole} > {once}");
        let in_a_list = cost(&|response| {
            let error = serde_json::from_str::<u64>(&record).unwrap_err();
            response.explain_record(0, &record, &error, "id", json::path::<u64>);
        });
        assert!(in_a_list < once + slack, "{in_a_list} > {once}");
    }
}
