//! Multipart forms (RFC 7578), and the files in them.

use std::fmt;

use serde_json::Value;
use ureq::http::HeaderValue;

use crate::error::Error;
use crate::random;
use crate::request::body::{Body, Form};
use crate::request::parameter_style::plain;

/// A file that is sent as a part of a multipart form.
///
/// The content is kept in memory. `Debug` shows its size only.
#[derive(Clone, PartialEq)]
pub struct File {
    bytes: Vec<u8>,
    name: Option<String>,
    media_type: Option<String>,
}

impl File {
    /// Creates a file with this content.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: bytes.into(),
            name: None,
            media_type: None,
        }
    }

    /// Sets the file name. Default: `file`, since many services treat a part without a file name as
    /// text.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the media type, such as `image/png`. Default: the one in the OpenAPI document, or
    /// `application/octet-stream`.
    ///
    /// A call with an invalid media type returns an error.
    pub fn media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }
}

impl From<Vec<u8>> for File {
    fn from(bytes: Vec<u8>) -> Self {
        Self::new(bytes)
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File")
            .field("size", &self.bytes.len())
            .field("name", &self.name)
            .field("media_type", &self.media_type)
            .finish_non_exhaustive()
    }
}

/// Returns an empty multipart form.
pub(super) fn form() -> Result<Body, Error> {
    let boundary = random::hex()?;
    let media_type = HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}"));
    let media_type =
        media_type.map_err(|_| Error::invalid("the boundary cannot be in a header"))?;
    Ok(Body::form(media_type, Form::Parts(boundary)))
}

/// Adds a value: a scalar as text, a list as a part for each item, an object as JSON. Null adds no
/// part.
pub(super) fn push_value(
    body: &mut Body,
    name: &str,
    media_type: Option<&'static str>,
    value: &Value,
) {
    let items = match value {
        Value::Array(items) => items.as_slice(),
        other => std::slice::from_ref(other),
    };
    for item in items.iter().filter(|item| !item.is_null()) {
        let json = media_type.is_some_and(is_json);
        let (text, own) = match item {
            Value::Array(_) | Value::Object(_) => (item.to_string(), Some("application/json")),
            scalar if json => (scalar.to_string(), None),
            scalar => (plain(scalar), None),
        };
        push(body, name, None, media_type.or(own), text.as_bytes());
    }
}

/// Adds a file.
pub(super) fn push_file(
    body: &mut Body,
    name: &str,
    media_type: Option<&'static str>,
    file: &File,
) -> Result<(), Error> {
    let kind = file.media_type.as_deref().or(media_type);
    let kind = kind.unwrap_or("application/octet-stream");
    let fits = kind.is_ascii() && HeaderValue::from_str(kind).is_ok();
    if !fits || kind.trim().is_empty() {
        return Err(Error::invalid(format!(
            "the media type of a file in `{name}` is not valid"
        )));
    }
    let file_name = file.name.as_deref().unwrap_or("file");
    push(body, name, Some(file_name), Some(kind), &file.bytes);
    Ok(())
}

fn push(
    body: &mut Body,
    name: &str,
    file_name: Option<&str>,
    media_type: Option<&str>,
    content: &[u8],
) {
    let Body {
        bytes,
        form: Form::Parts(boundary),
        ..
    } = body
    else {
        return;
    };
    let mut head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"",
        quoted(name)
    );
    if let Some(file_name) = file_name {
        head += &format!("; filename=\"{}\"", quoted(file_name));
    }
    if let Some(media_type) = media_type {
        head += &format!("\r\nContent-Type: {media_type}");
    }
    bytes.reserve(head.len() + content.len() + 2 * boundary.len() + 16);
    bytes.extend_from_slice(head.as_bytes());
    bytes.extend_from_slice(b"\r\n\r\n");
    bytes.extend_from_slice(content);
    bytes.extend_from_slice(b"\r\n");
}

/// Ends the form, if the body is one.
pub(super) fn finish(body: &mut Body) {
    if let Form::Parts(boundary) = &body.form {
        let end = format!("--{boundary}--\r\n");
        body.bytes.extend_from_slice(end.as_bytes());
    }
}

fn is_json(media_type: &str) -> bool {
    let kind = media_type.split(';').next().unwrap_or_default().trim();
    kind == "application/json" || kind.ends_with("+json")
}

/// Escapes a name for a quoted string, as browsers do.
fn quoted(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use ureq::http::Method;

    use super::*;
    use crate::request::Request;
    use crate::testing::{refusal, sent};

    /// The body with `B` for its boundary.
    fn form(fill: impl FnOnce(Request) -> Request) -> String {
        let received = sent(Method::POST, fill);
        let kind = received.header("Content-Type").unwrap();
        let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
        assert_eq!(boundary.len(), 32);
        String::from_utf8_lossy(&received.body).replace(boundary, "B")
    }

    #[test]
    fn a_part_is_a_text_or_json_and_a_list_is_several() {
        let none = None::<&u8>;
        let text = form(|request| {
            request
                .part("none", None, none)
                .part("null", None, Some(&json!(null)))
                .part("a", None, Some("b\r\nc"))
                .part("l", None, Some(&json!([1, null, {"x": 2}])))
                .part("o", Some("application/vnd.a+json"), Some(&json!({"x": 2})))
                .part("s", Some("application/json"), Some("t"))
        });
        let head = "--B\r\nContent-Disposition: form-data; name=";
        let expected = [
            format!("{head}\"a\"\r\n\r\nb\r\nc\r\n"),
            format!("{head}\"l\"\r\n\r\n1\r\n"),
            format!("{head}\"l\"\r\nContent-Type: application/json\r\n\r\n{{\"x\":2}}\r\n"),
            format!("{head}\"o\"\r\nContent-Type: application/vnd.a+json\r\n\r\n{{\"x\":2}}\r\n"),
            format!("{head}\"s\"\r\nContent-Type: application/json\r\n\r\n\"t\"\r\n"),
            "--B--\r\n".to_owned(),
        ];
        assert_eq!(text, expected.concat());
    }

    #[test]
    fn a_file_has_a_name_and_a_type_and_its_bytes() {
        let text = form(|request| {
            let files = [
                File::new("a"),
                File::from(vec![13, 10])
                    .name("a \"b\"\r\n.é")
                    .media_type("image/png"),
            ];
            request
                .files("f\"", None, &files)
                .files("g", Some("text/csv"), &Some(File::new("x")))
                .files("h", None, &None)
        });
        let head = "--B\r\nContent-Disposition: form-data; name=";
        let expected = [
            format!("{head}\"f%22\"; filename=\"file\"\r\n"),
            "Content-Type: application/octet-stream\r\n\r\na\r\n".to_owned(),
            format!("{head}\"f%22\"; filename=\"a %22b%22%0D%0A.é\"\r\n"),
            "Content-Type: image/png\r\n\r\n\r\n\r\n".to_owned(),
            format!("{head}\"g\"; filename=\"file\"\r\nContent-Type: text/csv\r\n\r\nx\r\n"),
            "--B--\r\n".to_owned(),
        ];
        assert_eq!(text, expected.concat());
    }

    #[test]
    fn a_form_without_parts_is_one() {
        assert_eq!(form(Request::multipart), "--B--\r\n");
    }

    #[test]
    fn a_type_that_would_begin_another_line_is_refused() {
        for kind in ["a\r\nb: c", "", " ", "é"] {
            let error = refusal("/x", |request| {
                request.files("f", None, &[File::new("").media_type(kind)])
            });
            assert!(error.contains("media type of a file in `f`"), "{error}");
        }
    }

    #[test]
    fn debug_shows_the_size_of_a_file_and_not_its_bytes() {
        let file = File::new("canary").name("a.txt");
        let text = format!("{file:?}");
        assert!(
            !text.contains("canary") && text.contains("size: 6"),
            "{text}"
        );
    }
}
