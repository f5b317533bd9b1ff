//! Parsing of the headers and the body of a request.

use hyper::body::Bytes;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName};
use hyper::{Method, Request};
use serde_json::{Map, Value, json};

use super::response::ApiError;

pub(super) fn allow_only(
    method: &'static Method,
    request: &Request<Bytes>,
) -> Result<(), ApiError> {
    if request.method() == method {
        Ok(())
    } else {
        let given = request.method().clone();
        Err(ApiError::MethodNotAllowed(given, method.as_str()))
    }
}

/// Returns whether the caller prefers HTML to JSON. Like the REST framework, it prefers the most
/// specific media type and ignores weights.
pub(super) fn wants_html(headers: &HeaderMap) -> Result<bool, ApiError> {
    let accept = match header(headers, ACCEPT) {
        "" => "*/*",
        accept => accept,
    };
    let accepts = |name: &str| accept.split(',').any(|range| media_type(range) == name);
    let preferences = [
        ("application/json", false),
        ("text/html", true),
        ("application/*", false),
        ("text/*", true),
        ("*/*", false),
    ];
    let mut preferences = preferences.into_iter();
    let preferred = preferences.find(|(name, _)| accepts(name));
    preferred
        .map(|(_, html)| html)
        .ok_or(ApiError::NotAcceptable)
}

pub(super) fn bearer_token(headers: &HeaderMap) -> Result<&str, ApiError> {
    let mut words = header(headers, AUTHORIZATION).split_whitespace();
    let is_bearer = words
        .next()
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer"));
    match (is_bearer, words.next(), words.next()) {
        (true, Some(token), None) => Ok(token),
        (false, ..) => Err("Authentication credentials were not provided."),
        (true, None, _) => Err("Invalid token header. No credentials provided."),
        (true, Some(_), Some(_)) => {
            Err("Invalid token header. Token string should not contain spaces.")
        }
    }
    .map_err(ApiError::Unauthorized)
}

/// Returns the text fields of a JSON object, or one error with the problems of all fields.
pub(super) fn text_fields<const N: usize>(
    request: &Request<Bytes>,
    names: [&str; N],
) -> Result<[String; N], ApiError> {
    let body = json_body(request)?;
    let mut problems = Map::new();
    let fields = names.map(|name| {
        text(body.get(name)).unwrap_or_else(|problem| {
            problems.insert(name.to_owned(), json!([problem]));
            String::new()
        })
    });
    if problems.is_empty() {
        Ok(fields)
    } else {
        Err(ApiError::Invalid(Value::Object(problems)))
    }
}

fn json_body(request: &Request<Bytes>) -> Result<Map<String, Value>, ApiError> {
    if request.body().is_empty() {
        return Ok(Map::new());
    }
    let content_type = header(request.headers(), CONTENT_TYPE);
    if media_type(content_type) != "application/json" {
        return Err(ApiError::UnsupportedMediaType(content_type.to_owned()));
    }
    match serde_json::from_slice(request.body()) {
        Ok(Value::Object(body)) => Ok(body),
        Ok(_) => Err(ApiError::field(
            "non_field_errors",
            "Invalid data. Expected a dictionary.",
        )),
        Err(error) => Err(ApiError::NotJson(error.to_string())),
    }
}

/// Returns the text of a field, or the error message for the field.
fn text(value: Option<&Value>) -> Result<String, &'static str> {
    match value {
        None => Err("This field is required."),
        Some(Value::Null) => Err("This field may not be null."),
        Some(Value::String(text)) if text.is_empty() => Err("This field may not be blank."),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        Some(_) => Err("Not a valid string."),
    }
}

fn header(headers: &HeaderMap, name: HeaderName) -> &str {
    let value = headers.get(name);
    value.and_then(|value| value.to_str().ok()).unwrap_or("")
}

fn media_type(header: &str) -> String {
    let name = header.split(';').next().unwrap_or_default();
    name.trim().to_ascii_lowercase()
}
