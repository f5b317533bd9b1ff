//! Responses in the formats of Django and its REST framework.

use hyper::body::Bytes;
use hyper::header::{
    ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE,
};
use hyper::{Method, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

pub(crate) type Response = hyper::Response<Bytes>;

pub(crate) const JSON: &str = "application/json";
const HTML: &str = "text/html; charset=utf-8";

/// An error response with the messages of the REST framework.
#[derive(Debug)]
pub(crate) enum ApiError {
    Invalid(Value),
    NotJson(String),
    Unauthorized(&'static str),
    Forbidden,
    NotFound,
    InvalidPage,
    MethodNotAllowed(Method, &'static str),
    NotAcceptable,
    UnsupportedMediaType(String),
    Throttled(u64),
}

impl ApiError {
    /// Returns an error with one message about one field.
    pub(super) fn field(name: &str, message: impl Into<String>) -> Self {
        Self::Invalid(json!({ name: [message.into()] }))
    }

    pub(super) fn required(name: &str) -> Self {
        Self::field(name, "This field is required.")
    }

    pub(crate) fn into_response(self) -> Response {
        let response = match &self {
            Self::Invalid(problems) => return json_response(StatusCode::BAD_REQUEST, problems),
            error => detail(error.status(), &error.message()),
        };
        match self {
            Self::Unauthorized(_) => with_header(response, WWW_AUTHENTICATE, "Bearer"),
            Self::MethodNotAllowed(_, allowed) => with_header(response, ALLOW, allowed),
            Self::Throttled(seconds) => with_header(response, RETRY_AFTER, &seconds.to_string()),
            _ => response,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Invalid(_) | Self::NotJson(_) => StatusCode::BAD_REQUEST,
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound | Self::InvalidPage => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed(..) => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::UnsupportedMediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Throttled(_) => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Invalid(problems) => problems.to_string(),
            Self::NotJson(why) => format!("JSON parse error - {why}"),
            Self::Unauthorized(why) => (*why).to_owned(),
            Self::Forbidden => "You do not have permission to perform this action.".to_owned(),
            Self::NotFound => "Not found.".to_owned(),
            Self::InvalidPage => "Invalid page.".to_owned(),
            Self::MethodNotAllowed(method, _) => format!("Method \"{method}\" not allowed."),
            Self::NotAcceptable => "Could not satisfy the request Accept header.".to_owned(),
            Self::UnsupportedMediaType(name) => {
                format!("Unsupported media type \"{name}\" in request.")
            }
            Self::Throttled(seconds) => {
                let unit = if *seconds == 1 { "second" } else { "seconds" };
                format!("Request was throttled. Expected available in {seconds} {unit}.")
            }
        }
    }
}

pub(crate) fn json_response(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(body) => response(status, JSON, body),
        Err(_) => server_error(),
    }
}

pub(crate) fn detail(status: StatusCode, text: &str) -> Response {
    json_response(status, &json!({ "detail": text }))
}

/// Returns a small HTML page. The title is text, the content is HTML.
pub(crate) fn html_page(status: StatusCode, title: &str, content: &str) -> Response {
    let title = escape(title);
    let body = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><title>{title}</title></head>\n\
         <body>\n<h1>{title}</h1>\n{content}\n</body>\n</html>\n"
    );
    response(status, HTML, body)
}

pub(crate) fn server_error() -> Response {
    html_page(StatusCode::INTERNAL_SERVER_ERROR, "Server Error (500)", "")
}

/// Returns a redirect. It has no `Location` if the target is not a valid header value.
pub(crate) fn redirect(status: StatusCode, target: &str) -> Response {
    with_header(response(status, HTML, ""), LOCATION, target)
}

pub(crate) fn response(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
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

fn with_header(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}
