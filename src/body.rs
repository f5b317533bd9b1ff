//! What a request carries, whatever its type.

use bytes::Bytes;
use serde::Serialize;
use ureq::http::HeaderValue;
use zeroize::Zeroizing;

use crate::request::Request;

/// A body with its type.
pub(crate) struct Body {
    pub media_type: HeaderValue,
    pub bytes: Zeroizing<Vec<u8>>,
    pub form: Form,
}

/// Whether more can be added to a body.
#[derive(PartialEq)]
pub(crate) enum Form {
    No,
    Fields,
    /// Parts, with this between them.
    Parts(String),
}

impl Body {
    pub fn new(media_type: HeaderValue, form: Form) -> Self {
        Self {
            media_type,
            bytes: Zeroizing::new(Vec::with_capacity(512)),
            form,
        }
    }
}

#[allow(dead_code, reason = "which of these are called is up to the document")]
impl Request {
    /// Sends a value as JSON, unless there is none.
    pub fn body(self, body: Option<&impl Serialize>) -> Self {
        self.json_body("application/json; charset=utf-8", body)
    }

    /// Sends a value as JSON of a type of its own, unless there is none.
    pub fn json_body(self, media_type: &'static str, body: Option<&impl Serialize>) -> Self {
        let Some(body) = body else {
            return self;
        };
        let mut bytes = Zeroizing::new(Vec::with_capacity(512));
        match serde_json::to_writer(&mut *bytes, body) {
            Ok(()) => self.whole(media_type, bytes),
            Err(_) => self.refuse("the body cannot be written as JSON"),
        }
    }

    /// Sends a text, unless there is none.
    pub fn text_body(self, media_type: &'static str, body: Option<&str>) -> Self {
        self.bytes_body(media_type, body.map(str::as_bytes))
    }

    /// Sends bytes as they are, unless there are none.
    pub fn bytes_body(self, media_type: &'static str, body: Option<&[u8]>) -> Self {
        match body {
            Some(bytes) => self.whole(media_type, Zeroizing::new(bytes.to_vec())),
            None => self,
        }
    }

    fn whole(mut self, media_type: &'static str, bytes: Zeroizing<Vec<u8>>) -> Self {
        match HeaderValue::from_maybe_shared(Bytes::from_static(media_type.as_bytes())) {
            Ok(media_type) => {
                self.body = Some(Body {
                    media_type,
                    bytes,
                    form: Form::No,
                });
                self
            }
            Err(_) => self.refuse(format!("`{media_type}` is no media type")),
        }
    }

    /// Makes the body a form of fields, if it is none yet.
    pub(crate) fn begin_form(mut self) -> Self {
        self.fields();
        self
    }

    /// Adds a field of a form; both are escaped.
    pub(crate) fn field(&mut self, name: &str, value: &str) {
        let bytes = self.fields();
        if !bytes.is_empty() {
            bytes.push(b'&');
        }
        bytes.extend_from_slice(name.as_bytes());
        bytes.push(b'=');
        bytes.extend_from_slice(value.as_bytes());
    }

    fn fields(&mut self) -> &mut Vec<u8> {
        if self
            .body
            .as_ref()
            .is_none_or(|body| body.form != Form::Fields)
        {
            self.body = None;
        }
        let media_type = "application/x-www-form-urlencoded";
        let body = self
            .body
            .get_or_insert_with(|| Body::new(HeaderValue::from_static(media_type), Form::Fields));
        &mut body.bytes
    }
}
