//! Answers in the forms that Django and its REST framework give them.

use hyper::body::Bytes;
use hyper::header::{
    ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE,
};
use hyper::{Method, Response, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

pub(super) type Answer = Response<Bytes>;

pub(super) const JSON: &str = "application/json";
pub(super) const HTML: &str = "text/html; charset=utf-8";

/// Why there is no proper answer, as the REST framework says it.
#[derive(Debug)]
pub(super) enum Refusal {
    Invalid(Value),
    NotJson(String),
    Unauthorized(&'static str),
    Forbidden,
    NotFound,
    InvalidPage,
    Method(Method, &'static str),
    NotAcceptable,
    MediaType(String),
    Throttled(u64),
}

impl Refusal {
    /// One message about one field.
    pub(super) fn field(name: &str, message: impl Into<String>) -> Refusal {
        Refusal::Invalid(json!({ name: [message.into()] }))
    }

    pub(super) fn required(name: &str) -> Refusal {
        Refusal::field(name, "This field is required.")
    }

    pub(super) fn answer(self) -> Answer {
        let (status, text) = match &self {
            Refusal::Invalid(problems) => return json_answer(StatusCode::BAD_REQUEST, problems),
            Refusal::NotJson(why) => (400, format!("JSON parse error - {why}")),
            Refusal::Unauthorized(why) => (401, why.to_string()),
            Refusal::Forbidden => {
                let text = "You do not have permission to perform this action.";
                (403, text.to_owned())
            }
            Refusal::NotFound => (404, "Not found.".to_owned()),
            Refusal::InvalidPage => (404, "Invalid page.".to_owned()),
            Refusal::Method(method, _) => (405, format!("Method \"{method}\" not allowed.")),
            Refusal::NotAcceptable => {
                let text = "Could not satisfy the request Accept header.";
                (406, text.to_owned())
            }
            Refusal::MediaType(name) => (
                415,
                format!("Unsupported media type \"{name}\" in request."),
            ),
            Refusal::Throttled(seconds) => {
                let unit = if *seconds == 1 { "second" } else { "seconds" };
                let text =
                    format!("Request was throttled. Expected available in {seconds} {unit}.");
                (429, text)
            }
        };
        let answer = detail(StatusCode::from_u16(status).unwrap_or_default(), &text);
        match self {
            Refusal::Unauthorized(_) => with(answer, WWW_AUTHENTICATE, "Bearer"),
            Refusal::Method(_, allow) => with(answer, ALLOW, allow),
            Refusal::Throttled(seconds) => with(answer, RETRY_AFTER, &seconds.to_string()),
            _ => answer,
        }
    }
}

pub(super) fn json_answer(status: StatusCode, body: &impl Serialize) -> Answer {
    match serde_json::to_vec(body) {
        Ok(body) => answer(status, JSON, body),
        Err(_) => server_error(),
    }
}

pub(super) fn detail(status: StatusCode, text: &str) -> Answer {
    json_answer(status, &json!({ "detail": text }))
}

/// A small page; the title is text, the content is HTML.
pub(super) fn page(status: StatusCode, title: &str, content: &str) -> Answer {
    let title = escape(title);
    let body = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><title>{title}</title></head>\n\
         <body>\n<h1>{title}</h1>\n{content}\n</body>\n</html>\n"
    );
    answer(status, HTML, body)
}

pub(super) fn not_found() -> Answer {
    let text = "<p>The requested resource was not found on this server.</p>";
    page(StatusCode::NOT_FOUND, "Not Found", text)
}

pub(super) fn server_error() -> Answer {
    page(StatusCode::INTERNAL_SERVER_ERROR, "Server Error (500)", "")
}

/// A target that no header can hold is left out.
pub(super) fn redirect(status: StatusCode, target: &str) -> Answer {
    with(answer(status, HTML, ""), LOCATION, target)
}

pub(super) fn answer(status: StatusCode, form: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(body.into());
    *answer.status_mut() = status;
    let form = HeaderValue::from_static(form);
    answer.headers_mut().insert(CONTENT_TYPE, form);
    answer
}

pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#x27;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

fn with(mut answer: Answer, name: HeaderName, value: &str) -> Answer {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
    answer
}
