//! From the bytes of an answer to a value, or to an error that keeps what they said.

pub(crate) mod elements;
pub(crate) mod records;
mod retry_after;

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, Read};
use std::mem;
use std::ops::ControlFlow;
use std::time::{Duration, SystemTime};

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;
use serde_json::value::RawValue;
use ureq::Body;
use ureq::http::header::{CONTENT_TYPE, DATE, LOCATION, RETRY_AFTER};
use ureq::http::{HeaderMap, HeaderName, Response, StatusCode};
use zeroize::Zeroize;

use self::records::Failure;
use crate::error::{Error, Kind, Origin, Record, Server};
use crate::redact::{self, Redactor};
use crate::request::Operation;
use crate::transport;
use crate::transport::deadline::Phase;

/// How much of a refusal is read, and how much of it an error keeps.
const REFUSAL: u64 = redact::LONGEST as u64;
const KEPT: usize = 4 * 1024;
/// How long a sentence of the server's may be in a message, and the type of its body.
const SENTENCE: usize = 300;
const MEDIA_TYPE: usize = 80;
/// How many sentences on single fields an error keeps.
const FIELDS: usize = 20;
/// How long the id of a record may be in a message.
const LONGEST_ID: usize = 40;
/// How much room is made for a body that is announced and not there yet.
const ROOM: u64 = 1024 * 1024;
/// The same for one that is not announced: less would be read in the smallest of steps.
const GUESS: u64 = 4 * 1024;
/// How much of it a thread keeps for its next answer. Large pieces go back to the system when they
/// are freed, and getting them again costs more than reading the body does.
const SPARE: usize = 4 * 1024 * 1024;

thread_local! {
    static SPARE_BODY: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// The answer to a request, read to its end.
pub(crate) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
    /// Whether every byte of the body is a letter.
    latin: bool,
    operation: &'static Operation,
    /// Whether the connection broke in the body.
    broken: bool,
}

impl Drop for Answer {
    fn drop(&mut self) {
        if self.is_secret() {
            self.body.zeroize();
        }
        let mut body = std::mem::take(&mut self.body);
        if (1..=SPARE).contains(&body.capacity()) {
            body.clear();
            // A thread that ends keeps nothing.
            let _ = SPARE_BODY.try_with(|spare| spare.set(body));
        }
    }
}

impl Answer {
    /// Reads a body of at most `limit` bytes, counted after decompression.
    pub fn read(
        response: Response<Body>,
        limit: u64,
        operation: &'static Operation,
    ) -> Result<Self, Error> {
        let (parts, body) = response.into_parts();
        let media_type = parts.headers.get(CONTENT_TYPE);
        let media_type = media_type.and_then(|value| value.to_str().ok());
        let mut answer = Self {
            latin: media_type.is_some_and(is_latin) && !is_converted(&body),
            status: parts.status,
            headers: parts.headers,
            // A thread that ends has none to give.
            body: SPARE_BODY.try_with(Cell::take).unwrap_or_default(),
            broken: false,
            operation,
        };
        let success = answer.status.is_success();
        let limit = if success { limit } else { limit.min(REFUSAL) };
        match read(body, limit, &mut answer.body) {
            Ok(()) => Ok(answer),
            // A refusal is one, however its body ended. What it said may have been lost, though.
            Err(error) if !success => {
                answer.broken = error.kind() == Kind::Transport;
                Ok(answer)
            }
            Err(error) => Err(error.with_status(answer.status)),
        }
    }

    /// The answer without its body and headers, to explain records after the body is gone.
    pub fn without_body(&self) -> Self {
        Self {
            status: self.status,
            headers: HeaderMap::new(),
            body: Vec::new(),
            latin: self.latin,
            operation: self.operation,
            broken: self.broken,
        }
    }

    /// Whether the body may hold a secret.
    fn is_secret(&self) -> bool {
        !self.operation.secrets.is_empty()
    }

    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The value in the body of a success.
    pub fn decode<T: DeserializeOwned>(&self, redactor: &Redactor<'_>) -> Result<T, Error> {
        let text = self.text(redactor)?;
        serde_json::from_str(text).map_err(|error| {
            let error = self.explain::<T>(text, &error, redactor);
            self.with_record_of(text, error, Origin::Body, redactor)
        })
    }

    /// Returns the records of one page of a list, which have this key.
    pub fn decode_records<R: DeserializeOwned>(
        &self,
        key: &'static str,
        redactor: &Redactor<'_>,
    ) -> Result<Vec<R>, Error> {
        let text = self.text(redactor)?;
        records::decode(text).map_err(|failure| match failure {
            Failure::TooMany(error) => error.with_status(self.status),
            Failure::Json(error) => {
                let error = self.explain::<Vec<R>>(text, &error, redactor);
                self.with_record_of(text, error, Origin::Page(key), redactor)
            }
        })
    }

    /// Why a record of a list did not decode, with the record. `key` is the field that identifies
    /// a record, and `path` finds the value that does not decode.
    pub fn explain_record(
        &self,
        index: usize,
        raw: &str,
        error: &serde_json::Error,
        key: &'static str,
        path: impl FnOnce(&str) -> Option<String>,
        redactor: &Redactor<'_>,
    ) -> Error {
        let error = self.reason(raw, error, redactor, path).below_index(index);
        self.with_record(Some(index), raw, error, Origin::List(key), redactor)
    }

    pub fn text(&self, redactor: &Redactor<'_>) -> Result<&str, Error> {
        std::str::from_utf8(&self.body).map_err(|error| {
            let message = format!(
                "the answer is not UTF-8 from byte {} on",
                error.valid_up_to()
            );
            self.with_beginning(self.undecodable(message), redactor)
        })
    }

    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// The text of a body in UTF-8, or in Latin-1 where the server says so.
    fn take_text(&mut self, redactor: &Redactor<'_>) -> Result<String, Error> {
        if self.latin {
            return Ok(self.body.iter().copied().map(char::from).collect());
        }
        self.text(redactor)?;
        // It was just found to be UTF-8.
        Ok(String::from_utf8(self.take_bytes()).unwrap_or_default())
    }

    /// The body, without the room that it was read into.
    fn take_bytes(&mut self) -> Vec<u8> {
        let mut body = mem::take(&mut self.body);
        body.shrink_to_fit();
        body
    }

    /// Nothing, from the body of a success.
    pub fn succeed(&self, redactor: &Redactor<'_>) -> Result<(), Error> {
        if self.status.is_success() {
            return Ok(());
        }
        let kind = if self.status.is_redirection() {
            Kind::Redirect
        } else {
            Kind::Status
        };
        Err(Error::new(kind, "")
            .with_status(self.status)
            .with_server(self.server(redactor)))
    }

    /// Why the answer did not become a `T`, with its beginning.
    pub fn explain<T: DeserializeOwned>(
        &self,
        text: &str,
        error: &serde_json::Error,
        redactor: &Redactor<'_>,
    ) -> Error {
        let reason = self.reason(text, error, redactor, path::<T>);
        self.with_beginning(reason, redactor)
    }

    /// Adds the record that did not decode: an element of a list, or the whole of the body.
    fn with_record_of(
        &self,
        text: &str,
        error: Error,
        origin: Origin,
        redactor: &Redactor<'_>,
    ) -> Error {
        let index = error.json_path().and_then(|path| {
            let (index, _) = path.strip_prefix('[')?.split_once(']')?;
            index.parse::<usize>().ok()
        });
        let raw = match index {
            Some(index) => nth(text, index),
            None => serde_json::from_str::<&RawValue>(text).ok(),
        };
        match raw.map(RawValue::get) {
            Some(raw) if raw.starts_with('{') => {
                self.with_record(index, raw, error, origin, redactor)
            }
            _ => error,
        }
    }

    fn with_record(
        &self,
        index: Option<usize>,
        raw: &str,
        error: Error,
        origin: Origin,
        redactor: &Redactor<'_>,
    ) -> Error {
        // A list has its records in memory anyhow, and tells by them that it goes on.
        let fits = raw.len() <= REFUSAL as usize || matches!(origin, Origin::List(_));
        if self.is_secret() || !fits {
            return error;
        }
        let id = record_id(raw, origin.key());
        error.with_record(Record {
            index,
            id: id.map(|id| cut(&redactor.redact(&id), LONGEST_ID)),
            raw: redactor.redact(raw),
            origin,
        })
    }

    /// Why a text was not decoded; the path is worked out only now, since it costs time.
    pub fn reason(
        &self,
        text: &str,
        error: &serde_json::Error,
        redactor: &Redactor<'_>,
        path: impl FnOnce(&str) -> Option<String>,
    ) -> Error {
        if text.trim().is_empty() {
            return self.undecodable("the answer is empty, where JSON was expected".into());
        }
        if text.trim_start().starts_with('<') {
            return self.undecodable(
                "the answer is a page of HTML or XML, where JSON was expected".into(),
            );
        }
        let path = path(text);
        let what = match error.classify() {
            Category::Data => "is not as documented",
            Category::Eof => "is not whole JSON",
            Category::Syntax | Category::Io => "is not JSON",
        };
        let place = format!(" at line {} column {}", error.line(), error.column());
        let reason = error.to_string();
        let reason = match path {
            // The path says better where it is.
            Some(_) => reason.trim_end_matches(&place),
            None => &reason,
        };
        let reason = sentence(reason, redactor);
        // The reason can quote a value, and here any value could be the secret, or a part of it.
        let is_secret =
            self.is_secret() || redactor.finds(near(text, error)) || redactor.finds_piece(&reason);
        let message = match is_secret {
            true => format!("the answer {what}{place}"),
            false => format!("the answer {what}: {reason}"),
        };
        self.undecodable(message)
            .with_json_path(path.map(|path| sentence(&path, redactor)))
    }

    fn undecodable(&self, message: String) -> Error {
        Error::new(Kind::Decode, message)
            .with_operation(self.operation)
            .with_status(self.status)
    }

    fn with_beginning(&self, error: Error, redactor: &Redactor<'_>) -> Error {
        let whole = match self.is_secret() {
            true => None,
            false => self.kept(REFUSAL as usize, redactor),
        };
        error.with_server(Server {
            body_shape: whole.as_ref().map(|_| self.shape(redactor)),
            body: whole.as_ref().map(|whole| cut(whole, KEPT)),
            whole: whole.filter(|whole| whole.len() > KEPT),
            ..Server::default()
        })
    }

    /// What can be said of a body without a word of it.
    fn shape(&self, redactor: &Redactor<'_>) -> String {
        let size = self.body.len();
        let bytes = if size == 1 { "byte" } else { "bytes" };
        let media_type = self
            .header(CONTENT_TYPE)
            .and_then(|it| it.split(';').next());
        match media_type.map(str::trim).filter(|it| !it.is_empty()) {
            Some(media_type) => {
                let media_type = cut(&redactor.redact(media_type), MEDIA_TYPE);
                format!("{size} {bytes} of {media_type}")
            }
            None => format!("{size} {bytes}"),
        }
    }

    /// What the server said, with nothing in it that was secret in the request.
    fn server(&self, redactor: &Redactor<'_>) -> Server {
        let whole = self.kept(redact::LONGEST, redactor);
        let (detail, fields) = match serde_json::from_slice(&self.body) {
            Ok(Value::Object(members)) => sentences(members, redactor),
            _ => (whole.as_ref().and_then(|text| self.page(text)), Vec::new()),
        };
        let location = self.header(LOCATION).map(|location| {
            let end = location.find(['?', '#']).unwrap_or(location.len());
            sentence(&location[..end], redactor)
        });
        Server {
            detail,
            fields,
            body_shape: whole.as_ref().map(|_| self.shape(redactor)),
            body: whole.as_ref().map(|whole| cut(whole, KEPT)),
            whole: whole.filter(|whole| whole.len() > KEPT),
            broken: self.broken,
            retry_after: self.retry_after(),
            location,
        }
    }

    /// The beginning of a page that a proxy, or the service itself, answers with.
    fn page(&self, text: &str) -> Option<String> {
        let html = self
            .header(CONTENT_TYPE)
            .is_some_and(|kind| kind.contains("html"));
        let text = match html {
            true => Cow::Owned(tagless(text)),
            false => Cow::Borrowed(text),
        };
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then(|| cut(&text, SENTENCE))
    }

    /// The first bytes of the body, with nothing in it that was secret in the request.
    fn kept(&self, bytes: usize, redactor: &Redactor<'_>) -> Option<String> {
        let end = self.body.len().min(bytes);
        let mut text = redactor.redact(&String::from_utf8_lossy(&self.body[..end]));
        if end < self.body.len() && !text.ends_with('…') {
            text.push('…');
        }
        (!text.is_empty()).then_some(text)
    }

    /// The longest wait that the headers ask for.
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

/// The answer to a request whose operation has several: what becomes of it is up to the status.
pub(crate) struct Taken<'a> {
    answer: &'a mut Answer,
    redactor: &'a Redactor<'a>,
}

#[allow(dead_code, reason = "which of these are called is up to the document")]
impl<'a> Taken<'a> {
    pub fn new(answer: &'a mut Answer, redactor: &'a Redactor<'a>) -> Self {
        Self { answer, redactor }
    }

    pub fn status(&self) -> u16 {
        self.answer.status.as_u16()
    }

    pub fn json<T: DeserializeOwned>(self) -> Result<T, Error> {
        self.answer.decode(self.redactor)
    }

    pub fn text(self) -> Result<String, Error> {
        self.answer.take_text(self.redactor)
    }

    pub fn bytes(self) -> Result<Vec<u8>, Error> {
        Ok(self.answer.take_bytes())
    }

    pub fn unexpected<T>(self) -> Result<T, Error> {
        let message = format!(
            "the status {} is a success that the document does not describe",
            self.status()
        );
        let error = self.answer.undecodable(message);
        Err(self.answer.with_beginning(error, self.redactor))
    }
}

/// Where in a text the value stands that does not fit a `T`.
pub(crate) fn path<T: DeserializeOwned>(text: &str) -> Option<String> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize::<_, T>(&mut deserializer)
        .err()
        .map(|error| error.path().to_string())
        .filter(|path| path != ".")
}

/// Whether a Content-Type says that every byte is a letter.
fn is_latin(media_type: &str) -> bool {
    let parameters = media_type.split(';').skip(1);
    parameters
        .filter_map(|parameter| parameter.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .any(|(_, value)| {
            let value = value.trim().trim_matches('"');
            ["iso-8859-1", "latin1"]
                .iter()
                .any(|latin| value.eq_ignore_ascii_case(latin))
        })
}

/// Whether `ureq` makes UTF-8 of a body that is in another character set.
///
/// It does with its feature `charset`, which any crate of an application can turn on. There is no
/// asking for the features of a dependency; so a body of one byte shows it.
fn is_converted(body: &Body) -> bool {
    const LETTER: &[u8] = &[0xe4];
    let (Some(media_type), Some(charset)) = (body.mime_type(), body.charset()) else {
        return false;
    };
    let sample = Body::builder().mime_type(media_type).charset(charset);
    let read = sample.data(LETTER).read_to_vec();
    read.is_ok_and(|read| read != LETTER)
}

/// Reads into `bytes`, which keeps what came where an error follows.
fn read(body: Body, limit: u64, bytes: &mut Vec<u8>) -> Result<(), Error> {
    let announced = body.content_length().unwrap_or(GUESS);
    let fits = usize::try_from(announced.min(limit).min(ROOM)).unwrap_or_default();
    bytes.reserve_exact(fits.saturating_add(1));
    // `ureq` counts the bytes on the wire: a small body can grow without end, and one that does
    // not compress is larger there.
    let wire = body
        .into_with_config()
        .limit(limit.saturating_add(limit / 64 + 1024))
        .reader();
    let read = wire.take(limit.saturating_add(1)).read_to_end(bytes);
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    match read {
        Ok(_) if size <= limit => Ok(()),
        Ok(_) => Err(too_large(limit)),
        Err(error) => Err(body_error(error, limit)),
    }
}

fn body_error(error: io::Error, limit: u64) -> Error {
    match ureq::Error::from(error) {
        ureq::Error::BodyExceedsLimit(_) => too_large(limit),
        // The head was HTTP, so this is an accident on the way.
        ureq::Error::Protocol(error) => Error::new(
            Kind::Transport,
            format!("the body of the answer is broken: {error}"),
        ),
        error => transport::error(error, Phase::Sent),
    }
}

fn too_large(limit: u64) -> Error {
    Error::new(
        Kind::TooLarge,
        format!("the answer is larger than {limit} bytes"),
    )
}

/// Django REST framework's forms of a refusal: a `detail`, or a list of sentences for a field.
fn sentences(
    members: serde_json::Map<String, Value>,
    redactor: &Redactor<'_>,
) -> (Option<String>, Vec<(String, String)>) {
    let sentence = |text: &str| sentence(text, redactor);
    let mut detail = None;
    let mut fields = Vec::new();
    for (name, value) in members {
        let texts = match &value {
            Value::String(text) => vec![text.as_str()],
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
            _ => continue,
        };
        if name == "detail" {
            detail = texts.first().map(|text| sentence(text));
        } else if fields.len() < FIELDS {
            let name = sentence(&name);
            let texts = texts.into_iter().take(FIELDS - fields.len());
            fields.extend(texts.map(|text| (name.clone(), sentence(text))));
        }
    }
    (detail, fields)
}

/// The text between the tags of a page, but for its title, which its heading repeats.
fn tagless(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        text.push_str(before);
        text.push(' ');
        let hidden = ["<style", "<script", "<title"]
            .iter()
            .any(|name| tag.starts_with(name));
        // What is hidden ends with the next tag that closes.
        let tag = match tag.find("</").filter(|_| hidden) {
            Some(end) => &tag[end..],
            None => tag,
        };
        match tag.split_once('>') {
            Some((_, after)) => rest = after,
            None => return text,
        }
    }
    text.push_str(rest);
    text
}

/// The beginning of a text from outside, as a message can have it.
fn sentence(text: &str, redactor: &Redactor<'_>) -> String {
    // A secret is longer where it is escaped, and is found as well where the text breaks off.
    let looked_at = redact::beginning(text, 4 * SENTENCE);
    cut(&redactor.redact(looked_at), SENTENCE)
}

/// One element of a list, without keeping the others: there can be millions.
fn nth(text: &str, index: usize) -> Option<&RawValue> {
    let (mut at, mut found) = (0, None);
    // It ends with an error where the element was found.
    let _ = elements::for_each_element(text, |raw| {
        if at == index {
            found = Some(raw);
            return ControlFlow::Break(());
        }
        at += 1;
        ControlFlow::Continue(())
    });
    found
}

/// The value that tells a record from the others, as a text.
fn record_id(raw: &str, key: &str) -> Option<String> {
    let record: Value = serde_json::from_str(raw).ok()?;
    match record.get(key).or_else(|| record.get("id"))? {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

/// The beginning of a text, with a mark where the rest was.
fn cut(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    format!("{}…", redact::beginning(text, limit))
}

/// The part of a text that an error is about, as far as one can tell from its place.
fn near<'t>(text: &'t str, error: &serde_json::Error) -> &'t str {
    let lines = text.split_inclusive('\n').map(str::len);
    let before: usize = lines.take(error.line().saturating_sub(1)).sum();
    let end = (before + error.column()).saturating_add(redact::LONGEST / 2);
    let text = redact::beginning(text, end);
    let start = text.len().saturating_sub(redact::LONGEST);
    let start = (start..).find(|start| text.is_char_boundary(*start));
    start
        .and_then(|start| text.get(start..))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::Patterns;

    #[test]
    fn a_thread_keeps_the_room_of_a_body_but_not_of_a_huge_one() {
        const OPERATION: &Operation = &Operation {
            name: "list",
            method: crate::request::Method::GET,
            path: "/",
            server: None,
            token: true,
            secrets: &[],
        };
        let kept = |size: usize| {
            let body = Body::builder().data("x".repeat(size));
            let answer = Answer::read(Response::new(body), u64::MAX / 4, OPERATION).unwrap();
            assert_eq!(answer.body.len(), size);
            drop(answer);
            SPARE_BODY.take()
        };
        let room = kept(100_000);
        assert!(room.is_empty() && room.capacity() >= 100_000);
        assert_eq!(kept(SPARE + 1).capacity(), 0);
    }

    const SECRET: &str = "mQ7xWz2pJk/Vd9rBt4sLf+Hb6nYc3gXw=";

    /// What becomes of an answer that is no list of numbers, and what it costs to redact it.
    fn undecodable(body: String) -> (Error, usize) {
        const OPERATION: &Operation = &Operation {
            name: "list",
            method: crate::request::Method::GET,
            path: "/",
            server: None,
            token: true,
            secrets: &[],
        };
        let body = Body::builder().data(body);
        let answer = Answer::read(Response::new(body), u64::MAX / 4, OPERATION).unwrap();
        let (secrets, patterns) = ([SECRET.to_owned().into()], Patterns::default());
        let redactor = Redactor::new(&[], &secrets, None, &[], &patterns);
        redact::steps::of(|| answer.decode::<Vec<u64>>(&redactor).unwrap_err())
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
        assert!(error.body().unwrap().len() <= KEPT + '…'.len_utf8());
        assert!(steps < 2 * redact::LONGEST, "{steps}");
        // A single value of that size, which the reason quotes.
        let (error, steps) = undecodable(format!("[\"{}{SECRET}\"]", "no number ".repeat(800_000)));
        assert!(steps < 2 * redact::LONGEST, "{steps}");
        assert!(error.to_string().len() < 2 * SENTENCE, "{error}");
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
    fn a_page_is_read_without_its_tags() {
        let page = "<html><style>p {}</style><h1>Bad\n Gateway</h1><p>nginx</p></html>";
        let text = tagless(page);
        let words: Vec<&str> = text.split_whitespace().collect();
        assert_eq!(words, ["Bad", "Gateway", "nginx"]);
        assert_eq!(tagless("<").trim(), "");
        assert_eq!(tagless("<script").trim(), "");
    }

    #[test]
    fn a_cut_falls_between_letters() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("äää", 3), "ä…");
    }
}
