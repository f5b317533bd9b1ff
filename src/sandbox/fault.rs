//! The faults that a test can inject.

use std::time::Duration;

use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode};
use serde_json::Value;

use super::service::response::{
    ApiError, JSON, Response, detail, html_page, json_response, redirect, response, server_error,
};

/// A fault in the response to a request, for [`Sandbox::fault`](super::Sandbox::fault).
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// A response with this status and the body of the service's framework: `{"detail": "…"}` below
    /// 500, and an HTML page from 500 on. A 401 has `WWW-Authenticate`, a 405 has `Allow`, and a
    /// 429 has `Retry-After: 60`. A number below 200 or above 999 is not a final status, and a 500
    /// is sent instead.
    Status(u16),
    /// 429 with this many seconds in `Retry-After`.
    RetryAfter(u64),
    /// 200 with an HTML page, such as the login page of a hotel network.
    Html,
    /// 200 with an empty body.
    Empty,
    /// 200 with JSON that no operation of the API responds with.
    Garbage,
    /// The regular list, but the `id` of its middle record is a text. An empty list and a response
    /// that is not a list are not changed.
    OddRecord,
    /// 200 with JSON that is not UTF-8.
    InvalidUtf8,
    /// The regular response, but the connection closes in the middle of the body.
    Truncated,
    /// The connection closes without a response.
    Close,
    /// The regular response, after this delay.
    Stall(Duration),
    /// 301 to another URL. There is no `Location` if the URL is not a valid header value.
    Redirect(String),
}

/// A response, and the part of it that reaches the client.
#[derive(Debug)]
pub(super) enum Delivery {
    Complete(Response),
    Truncated(Response),
    Closed,
}

impl Fault {
    /// Returns the response to a request that meets this fault. `regular` makes the regular
    /// response.
    pub(super) fn deliver(
        self,
        request: &Request<Bytes>,
        regular: impl FnOnce() -> Response,
    ) -> Delivery {
        const INVALID_UTF8: &[u8] = b"[{\"id\":1,\"title\":\"\xff\xfe\"}]";
        let ok = StatusCode::OK;
        Delivery::Complete(match self {
            Self::Status(status) => with_status(status, request.method()),
            Self::RetryAfter(seconds) => ApiError::Throttled(seconds).into_response(),
            Self::Html => html_page(ok, "Welcome", "<p>Please accept our terms of use.</p>"),
            Self::Empty => response(ok, JSON, ""),
            Self::Garbage => response(ok, JSON, "{\"unexpected\":[1,\"two\",null]}"),
            Self::OddRecord => with_odd_record(regular()),
            Self::InvalidUtf8 => response(ok, JSON, INVALID_UTF8),
            Self::Stall(_) => regular(),
            Self::Redirect(target) => redirect(StatusCode::MOVED_PERMANENTLY, &target),
            Self::Truncated => return Delivery::Truncated(regular()),
            Self::Close => return Delivery::Closed,
        })
    }

    pub(super) fn delay(&self) -> Duration {
        match self {
            Self::Stall(time) => *time,
            _ => Duration::ZERO,
        }
    }
}

impl Delivery {
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::Complete(response) | Self::Truncated(response) => {
                Some(response.status().as_u16())
            }
            Self::Closed => None,
        }
    }
}

fn with_status(status: u16, method: &Method) -> Response {
    let status = match StatusCode::from_u16(status) {
        Ok(status) if !status.is_informational() => status,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let error = match status.as_u16() {
        401 => ApiError::Unauthorized("Invalid token."),
        403 => ApiError::Forbidden,
        404 => ApiError::NotFound,
        405 => ApiError::MethodNotAllowed(method.clone(), "OPTIONS"),
        406 => ApiError::NotAcceptable,
        429 => ApiError::Throttled(60),
        500 => return server_error(),
        501.. => return html_page(status, &status.to_string(), ""),
        _ => {
            let text = status.canonical_reason().unwrap_or("Unknown");
            return detail(status, &format!("{text}."));
        }
    };
    error.into_response()
}

fn with_odd_record(regular: Response) -> Response {
    let mut body: Value = serde_json::from_slice(regular.body()).unwrap_or_default();
    let Some(records) = body.as_array_mut() else {
        return regular;
    };
    let middle = records.len() / 2;
    let record = records.get_mut(middle);
    if let Some(id) = record.and_then(|record| record.get_mut("id")) {
        *id = Value::from("odd");
    }
    json_response(regular.status(), &body)
}
