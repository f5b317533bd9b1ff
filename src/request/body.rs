//! The body of a request.

use bytes::Bytes;
use serde::Serialize;
use ureq::http::HeaderValue;
use zeroize::Zeroizing;

use crate::error::Error;

/// A body and its media type.
pub(crate) struct Body {
    pub media_type: HeaderValue,
    pub bytes: Zeroizing<Vec<u8>>,
    pub form: Form,
}

/// The form that a body is, to which more can be added.
#[derive(PartialEq)]
pub(crate) enum Form {
    No,
    Fields,
    /// A multipart form with this boundary.
    Parts(String),
}

/// The bodies of most operations fit into this.
const INITIAL_CAPACITY: usize = 512;

impl Body {
    /// Returns an empty form.
    pub fn form(media_type: HeaderValue, form: Form) -> Self {
        Self {
            media_type,
            bytes: Zeroizing::new(Vec::with_capacity(INITIAL_CAPACITY)),
            form,
        }
    }

    /// Returns an empty form of fields.
    pub fn fields() -> Self {
        let media_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        Self::form(media_type, Form::Fields)
    }

    /// Returns a value as a JSON body.
    pub fn json(
        media_type: &'static str,
        value: &(impl Serialize + ?Sized),
    ) -> Result<Self, Error> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(INITIAL_CAPACITY));
        match serde_json::to_writer(&mut *bytes, value) {
            Ok(()) => Self::whole(media_type, bytes),
            // The reason is dropped: it can quote a secret value.
            Err(_) => Err(Error::invalid("the body cannot be written as JSON")),
        }
    }

    /// Returns a body of these bytes.
    pub fn bytes(media_type: &'static str, bytes: &[u8]) -> Result<Self, Error> {
        Self::whole(media_type, Zeroizing::new(bytes.to_vec()))
    }

    fn whole(media_type: &'static str, bytes: Zeroizing<Vec<u8>>) -> Result<Self, Error> {
        match HeaderValue::from_maybe_shared(Bytes::from_static(media_type.as_bytes())) {
            Ok(media_type) => Ok(Self {
                media_type,
                bytes,
                form: Form::No,
            }),
            Err(_) => Err(Error::invalid(format!(
                "`{media_type}` is not a media type"
            ))),
        }
    }

    /// Adds a field to a form. Name and value are escaped already.
    pub fn push_field(&mut self, name: &str, value: &str) {
        if !self.bytes.is_empty() {
            self.bytes.push(b'&');
        }
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.push(b'=');
        self.bytes.extend_from_slice(value.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use crate::auth::token::NoToken;
    use crate::testing::{exchange, operation, reply, sent};
    use ureq::http::Method;

    #[test]
    fn the_content_type_is_that_of_the_body() {
        let of = |received: crate::testing::Received| {
            (
                received.header("Content-Type").unwrap_or_default(),
                received.body,
            )
        };
        let json = of(sent(Method::PUT, |request| request.body(Some(&[1]))));
        assert_eq!(
            json,
            ("application/json; charset=utf-8".into(), b"[1]".to_vec())
        );
        let kind = "application/vnd.api+json";
        let other = of(sent(Method::PUT, |request| {
            request.json_body(kind, Some(&[1]))
        }));
        assert_eq!(other, (kind.into(), b"[1]".to_vec()));
        let text = of(sent(Method::PUT, |request| {
            request.text_body("text/plain", Some("é"))
        }));
        assert_eq!(text, ("text/plain".into(), "é".into()));
        let bytes = of(sent(Method::PUT, |request| {
            request.bytes_body("image/png", Some(&[0, 255]))
        }));
        assert_eq!(bytes, ("image/png".into(), vec![0, 255]));
    }

    #[test]
    fn every_method_sends_its_body() {
        for method in [
            Method::GET,
            Method::HEAD,
            Method::DELETE,
            Method::OPTIONS,
            Method::PATCH,
        ] {
            let received = sent(method.clone(), |request| request.body(Some("é")));
            assert_eq!(received.line, format!("{method} /x HTTP/1.1"));
            assert_eq!(received.text(), "\"é\"", "{method}");
            assert_eq!(received.header("Transfer-Encoding"), None, "{method}");
        }
    }

    #[test]
    fn without_a_body_there_is_no_type_and_a_post_has_no_length() {
        for method in [Method::POST, Method::PUT, Method::PATCH] {
            let received = sent(method, |request| request.body(None::<&str>));
            assert_eq!(received.header("Content-Length").as_deref(), Some("0"));
            assert_eq!(received.header("Content-Type"), None);
        }
        let received = sent(Method::DELETE, |request| request.bytes_body("a/b", None));
        assert_eq!(received.header("Content-Length"), None);
        assert_eq!(received.header("Transfer-Encoding"), None);
    }

    #[test]
    fn what_may_come_back_is_what_the_request_says() {
        let received = sent(Method::GET, |request| request.accept("text/csv, */*;q=0.1"));
        assert_eq!(
            received.header("Accept").as_deref(),
            Some("text/csv, */*;q=0.1")
        );
    }

    #[test]
    fn a_response_is_a_text_or_bytes_or_nothing() {
        let get = || operation(Method::GET, "/x");
        let latin = "Content-Type: text/plain; Charset=\"ISO-8859-1\"\r\n";
        let mut response = reply(200, latin, "caf_").into_bytes();
        response.pop();
        response.push(0xe9);
        let (_, text) = exchange(NoToken, get(), &response, |request| request.text());
        assert_eq!(text.unwrap(), "café");

        let (_, bytes) = exchange(NoToken, get(), &response, |request| request.bytes());
        assert_eq!(bytes.unwrap(), b"caf\xe9");

        // With its feature `charset`, `ureq` converts this charset by itself.
        let latin = "Content-Type: text/plain; charset=iso-8859-1\r\n";
        let mut response = reply(200, latin, "caf_").into_bytes();
        response.pop();
        response.push(0xe9);
        let (_, text) = exchange(NoToken, get(), &response, |request| request.text());
        assert_eq!(text.unwrap(), "café");

        let mut broken = reply(200, "", "caf_").into_bytes();
        broken.pop();
        broken.push(0xe9);
        let (_, text) = exchange(NoToken, get(), broken, |request| request.text());
        let error = text.unwrap_err();
        assert!(error.is_decode(), "{error}");
        assert!(error.to_string().contains("not UTF-8"), "{error}");

        let (_, text) = exchange(NoToken, get(), reply(200, "", "é"), |request| {
            request.text()
        });
        assert_eq!(text.unwrap(), "é");
        let maybe = |body| {
            let reply = reply(200, "", body);
            exchange(NoToken, get(), reply, |request| request.maybe_json::<u8>()).1
        };
        assert_eq!(maybe("").unwrap(), None);
        assert_eq!(maybe("7").unwrap(), Some(7));
        assert!(maybe("x").unwrap_err().is_decode());
    }

    #[test]
    fn the_status_decides_how_a_response_is_read() {
        let take = |status, body| {
            let reply = reply(status, "", body);
            let (_, result) = exchange(NoToken, operation(Method::GET, "/x"), reply, |request| {
                request.by_status(|response| match response.status() {
                    200 => response.json().map(|number: u8| number.to_string()),
                    201 => response.text(),
                    202 => response.bytes().map(|bytes| format!("{bytes:?}")),
                    _ => response.unexpected(),
                })
            });
            result
        };
        assert_eq!(take(200, "7").unwrap(), "7");
        assert_eq!(take(201, "7").unwrap(), "7");
        assert_eq!(take(202, "7").unwrap(), "[55]");
        let error = take(203, "what is this?").unwrap_err();
        assert!(error.is_decode() && error.status() == Some(203), "{error}");
        assert_eq!(error.body(), Some("what is this?"));
        assert_eq!(error.operation(), Some("test"));
        let message = "the status 203 is a success that the document does not describe";
        assert!(error.to_string().contains(message), "{error}");
        assert_eq!(take(404, "").unwrap_err().status(), Some(404));
    }

    #[test]
    fn a_refusal_is_a_value_of_any_size_that_is_read() {
        #[derive(serde::Deserialize)]
        struct Problem {
            detail: String,
            note: String,
        }
        for size in [1, 10_000, 60_000, 70_000] {
            let body = serde_json::json!({"note": "x".repeat(size), "detail": "no"}).to_string();
            let operation = operation(Method::GET, "/x");
            let (_, result) = exchange(NoToken, operation, reply(409, "", &body), |it| it.empty());
            let error = result.unwrap_err();
            let kept = error.body().unwrap().len();
            assert!(kept <= 4096 + "…".len(), "{kept}");
            match error.body_as::<Problem>() {
                Some(problem) => {
                    assert_eq!((&*problem.detail, problem.note.len()), ("no", size));
                }
                None => assert!(size > 65_000),
            }
            assert!(error.body_as::<u8>().is_none());
        }
    }

    #[test]
    fn the_body_of_a_success_that_does_not_decode_is_at_hand() {
        let operation = operation(Method::GET, "/x");
        let (_, result) = exchange(NoToken, operation, reply(200, "", "[1]"), |request| {
            request.json::<u8>()
        });
        let error = result.unwrap_err();
        assert_eq!(error.body_as::<Vec<u8>>(), Some(vec![1]));
        assert!(error.body_as::<u8>().is_none());
    }
}
