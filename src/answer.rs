//! From the bytes of an answer to a value, or to an error that keeps what they said.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, Read};
use std::mem;
use std::time::{Duration, SystemTime};

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;
use serde_json::value::RawValue;
use ureq::Body;
use ureq::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use ureq::http::{HeaderMap, HeaderName, Response, StatusCode};
use zeroize::Zeroize;

use crate::error::{Error, Kind, Origin, Record, Server};
use crate::pages::Paged;
use crate::redact::Redactor;
use crate::request::Operation;
use crate::transport;

/// How much of a refusal is read, and how much of it an error keeps.
const REFUSAL: u64 = 64 * 1024;
const KEPT: usize = 4 * 1024;
/// How long a sentence of the server's may be in a message.
const SENTENCE: usize = 300;
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
    operation: &'static Operation,
}

impl Drop for Answer {
    fn drop(&mut self) {
        if self.is_secret() {
            self.body.zeroize();
        }
        let mut body = std::mem::take(&mut self.body);
        if body.capacity() <= SPARE {
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
        let mut answer = Self {
            status: parts.status,
            headers: parts.headers,
            // A thread that ends has none to give.
            body: SPARE_BODY.try_with(Cell::take).unwrap_or_default(),
            operation,
        };
        let success = answer.status.is_success();
        let limit = if success { limit } else { limit.min(REFUSAL) };
        match read(body, limit, &mut answer.body) {
            Ok(()) => Ok(answer),
            // A refusal is one, however its body ended.
            Err(_) if !success => Ok(answer),
            Err(error) => Err(error.with_status(answer.status)),
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

    /// The records of one page of a list.
    pub fn decode_page<P: Paged>(&self, redactor: &Redactor<'_>) -> Result<Vec<P::Record>, Error> {
        let text = self.text(redactor)?;
        serde_json::from_str(text).map_err(|error| {
            let error = self.explain::<Vec<P::Record>>(text, &error, redactor);
            self.with_record_of(text, error, Origin::Page(P::KEY), redactor)
        })
    }

    /// Why a record of a list did not decode, with the record. The list goes on after it.
    pub fn explain_record<P: Paged>(
        &self,
        index: usize,
        raw: &str,
        error: &serde_json::Error,
        redactor: &Redactor<'_>,
    ) -> Error {
        let error = self
            .reason::<P::Record>(raw, error, redactor)
            .below_index(index);
        self.with_record(Some(index), raw, error, Origin::List(P::KEY), redactor)
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
        if self.header(CONTENT_TYPE).is_some_and(is_latin) {
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
        self.with_beginning(self.reason::<T>(text, error, redactor), redactor)
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
            Some(index) => serde_json::from_str::<Vec<&RawValue>>(text)
                .ok()
                .and_then(|records| records.get(index).copied()),
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

    /// Why a text did not become a `T`; the path is worked out only now, since it costs time.
    pub fn reason<T: DeserializeOwned>(
        &self,
        text: &str,
        error: &serde_json::Error,
        redactor: &Redactor<'_>,
    ) -> Error {
        if text.trim().is_empty() {
            return self.undecodable("the answer is empty, where JSON was expected".into());
        }
        if text.trim_start().starts_with('<') {
            return self.undecodable(
                "the answer is a page of HTML or XML, where JSON was expected".into(),
            );
        }
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let path = serde_path_to_error::deserialize::<_, T>(&mut deserializer)
            .err()
            .map(|error| error.path().to_string())
            .filter(|path| path != ".");
        let what = match error.classify() {
            Category::Data => "is not as documented",
            Category::Eof => "is not whole JSON",
            Category::Syntax | Category::Io => "is not JSON",
        };
        let place = format!(" at line {} column {}", error.line(), error.column());
        // The reason can quote a value, and here any value could be the secret, or a part of it.
        let message = if self.is_secret() || redactor.finds(text) {
            format!("the answer {what}{place}")
        } else {
            let reason = error.to_string();
            let reason = match path {
                // The path says better where it is.
                Some(_) => reason.trim_end_matches(&place),
                None => &reason,
            };
            format!(
                "the answer {what}: {}",
                cut(&redactor.redact(reason), SENTENCE)
            )
        };
        self.undecodable(message)
            .with_json_path(path.map(|path| cut(&redactor.redact(&path), SENTENCE)))
    }

    fn undecodable(&self, message: String) -> Error {
        Error::new(Kind::Decode, message)
            .with_operation(self.operation)
            .with_status(self.status)
    }

    fn with_beginning(&self, error: Error, redactor: &Redactor<'_>) -> Error {
        let whole = match self.is_secret() {
            true => None,
            false => self.kept(redactor),
        };
        error.with_server(Server {
            body: whole.as_ref().map(|whole| cut(whole, KEPT)),
            whole: whole.filter(|whole| whole.len() > KEPT),
            ..Server::default()
        })
    }

    /// What the server said, with nothing in it that was secret in the request.
    fn server(&self, redactor: &Redactor<'_>) -> Server {
        let (detail, fields) = match serde_json::from_slice(&self.body) {
            Ok(Value::Object(members)) => sentences(members, redactor),
            _ => (self.page(redactor), Vec::new()),
        };
        let location = self.header(LOCATION).map(|location| {
            let end = location.find(['?', '#']).unwrap_or(location.len());
            cut(&redactor.redact(&location[..end]), SENTENCE)
        });
        let whole = self.kept(redactor);
        Server {
            detail,
            fields,
            body: whole.as_ref().map(|whole| cut(whole, KEPT)),
            whole: whole.filter(|whole| whole.len() > KEPT),
            retry_after: self
                .header(RETRY_AFTER)
                .and_then(|value| wait(value, SystemTime::now())),
            location,
        }
    }

    /// The beginning of a page that a proxy, or the service itself, answers with.
    fn page(&self, redactor: &Redactor<'_>) -> Option<String> {
        let html = self
            .header(CONTENT_TYPE)
            .is_some_and(|kind| kind.contains("html"));
        let text = redactor.redact(&self.beginning());
        let text = if html { tagless(&text) } else { text };
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then(|| cut(&text, SENTENCE))
    }

    fn kept(&self, redactor: &Redactor<'_>) -> Option<String> {
        let text = redactor.redact(&self.beginning());
        (!text.is_empty()).then_some(text)
    }

    /// As much as a refusal may have, and more than is kept.
    fn beginning(&self) -> Cow<'_, str> {
        let end = self.body.len().min(REFUSAL as usize);
        String::from_utf8_lossy(&self.body[..end])
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
        error => transport::error(error),
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
    let sentence = |text: &str| cut(&redactor.redact(text), SENTENCE);
    let mut detail = None;
    let mut fields = Vec::new();
    for (name, value) in members {
        let texts = match &value {
            Value::String(text) => vec![sentence(text)],
            Value::Array(items) => items
                .iter()
                .filter_map(Value::as_str)
                .map(sentence)
                .collect(),
            _ => continue,
        };
        if name == "detail" {
            detail = texts.into_iter().next();
        } else {
            let name = sentence(&name);
            fields.extend(texts.into_iter().map(|text| (name.clone(), text)));
        }
    }
    fields.truncate(20);
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

/// `Retry-After`: seconds, or a date.
fn wait(value: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(value.trim())
        .ok()?;
    // A date that has passed asks for no wait.
    let date = SystemTime::try_from(date).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
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
    let end = (0..=limit)
        .rev()
        .find(|end| text.is_char_boundary(*end))
        .unwrap_or_default();
    format!("{}…", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(wait("120", now), Some(Duration::from_secs(120)));
        let date = "Sun, 06 Nov 1994 08:50:37 GMT";
        assert_eq!(wait(date, now), Some(Duration::from_secs(60)));
        assert_eq!(
            wait("Sun, 06 Nov 1994 08:48:37 GMT", now),
            Some(Duration::ZERO)
        );
        assert_eq!(wait("-1", now), None);
        assert_eq!(wait("soon", now), None);
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
