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
    pub fn body(self, body: Option<&(impl Serialize + ?Sized)>) -> Self {
        self.json_body("application/json; charset=utf-8", body)
    }

    /// Sends a value as JSON of a type of its own, unless there is none.
    pub fn json_body(
        self,
        media_type: &'static str,
        body: Option<&(impl Serialize + ?Sized)>,
    ) -> Self {
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
    fn an_answer_is_a_text_or_bytes_or_nothing() {
        let get = || operation(Method::GET, "/x");
        let latin = "Content-Type: text/plain; Charset=\"ISO-8859-1\"\r\n";
        let mut answer = reply(200, latin, "caf_").into_bytes();
        answer.pop();
        answer.push(0xe9);
        let (_, text) = exchange(NoToken, get(), &answer, |request| request.text());
        assert_eq!(text.unwrap(), "café");

        let (_, bytes) = exchange(NoToken, get(), &answer, |request| request.bytes());
        assert_eq!(bytes.unwrap(), b"caf\xe9");

        // `ureq` reads this form as well where its feature `charset` is on, and is not helped then.
        let latin = "Content-Type: text/plain; charset=iso-8859-1\r\n";
        let mut answer = reply(200, latin, "caf_").into_bytes();
        answer.pop();
        answer.push(0xe9);
        let (_, text) = exchange(NoToken, get(), &answer, |request| request.text());
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
    fn what_becomes_of_an_answer_is_up_to_its_status() {
        let take = |status, body| {
            let reply = reply(status, "", body);
            let (_, result) = exchange(NoToken, operation(Method::GET, "/x"), reply, |request| {
                request.by_status(|taken| match taken.status() {
                    200 => taken.json().map(|number: u8| number.to_string()),
                    201 => taken.text(),
                    202 => taken.bytes().map(|bytes| format!("{bytes:?}")),
                    _ => taken.unexpected(),
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
