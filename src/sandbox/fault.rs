//! What goes wrong on purpose.

use std::time::Duration;

use hyper::StatusCode;
use hyper::body::Bytes;
use hyper::{Method, Request};
use serde_json::Value;

use super::answer::{
    Answer, JSON, Refusal, answer, detail, json_answer, page, redirect, server_error,
};

/// Something that goes wrong with one request; see
/// [`Sandbox::fault`](super::Sandbox::fault).
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// This status, with the body that the service's framework gives it:
    /// `{"detail": "…"}` for most, with `WWW-Authenticate` on a 401, `Allow` on
    /// a 405 and `Retry-After: 60` on a 429, and an HTML page for every status
    /// from 500 on. A number below 200 or above 999 is no final status; 500 is
    /// sent in its place.
    Status(u16),
    /// 429 with this many seconds in `Retry-After`.
    RetryAfter(u64),
    /// 200 with an HTML page, as from the login page of a hotel's network.
    Html,
    /// 200 with an empty body.
    Empty,
    /// 200 with JSON of a shape that nothing in the API has.
    Garbage,
    /// 200 with the right list, but one record in its middle has a text for an
    /// `id`. An answer that is no list stays as it is, and so does an empty one.
    OddRecord,
    /// 200 with JSON that is not UTF-8.
    InvalidUtf8,
    /// The right answer, but the connection closes in the middle of the body.
    Truncated,
    /// The connection closes without an answer.
    Close,
    /// The right answer, but nothing is said for so long before it.
    Stall(Duration),
    /// 301 to another place. A target that no header can hold is left out.
    Redirect(String),
}

/// How an answer reaches the client.
#[derive(Debug)]
pub(super) enum Delivery {
    Whole(Answer),
    Half(Answer),
    Nothing,
}

impl Fault {
    /// What becomes of the request; `proper` gives the right answer.
    pub(super) fn deliver(
        self,
        request: &Request<Bytes>,
        proper: impl FnOnce() -> Answer,
    ) -> Delivery {
        let ok = StatusCode::OK;
        Delivery::Whole(match self {
            Fault::Status(status) => with_status(status, request.method()),
            Fault::RetryAfter(seconds) => Refusal::Throttled(seconds).answer(),
            Fault::Html => page(ok, "Welcome", "<p>Please accept our terms of use.</p>"),
            Fault::Empty => answer(ok, JSON, ""),
            Fault::Garbage => answer(ok, JSON, "{\"unexpected\":[1,\"two\",null]}"),
            Fault::OddRecord => with_odd_record(proper()),
            Fault::InvalidUtf8 => answer(ok, JSON, &b"[{\"id\":1,\"title\":\"\xff\xfe\"}]"[..]),
            Fault::Stall(_) => proper(),
            Fault::Redirect(target) => redirect(StatusCode::MOVED_PERMANENTLY, &target),
            Fault::Truncated => return Delivery::Half(proper()),
            Fault::Close => return Delivery::Nothing,
        })
    }

    pub(super) fn delay(&self) -> Duration {
        match self {
            Fault::Stall(time) => *time,
            _ => Duration::ZERO,
        }
    }
}

impl Delivery {
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Delivery::Whole(answer) | Delivery::Half(answer) => Some(answer.status().as_u16()),
            Delivery::Nothing => None,
        }
    }
}

fn with_status(status: u16, method: &Method) -> Answer {
    let status = match StatusCode::from_u16(status) {
        Ok(status) if !status.is_informational() => status,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let refusal = match status.as_u16() {
        401 => Refusal::Unauthorized("Invalid token."),
        403 => Refusal::Forbidden,
        404 => Refusal::NotFound,
        405 => Refusal::Method(method.clone(), "OPTIONS"),
        406 => Refusal::NotAcceptable,
        429 => Refusal::Throttled(60),
        500 => return server_error(),
        501.. => return page(status, &status.to_string(), ""),
        _ => {
            let text = status.canonical_reason().unwrap_or("Unknown");
            return detail(status, &format!("{text}."));
        }
    };
    refusal.answer()
}

fn with_odd_record(proper: Answer) -> Answer {
    let mut body: Value = serde_json::from_slice(proper.body()).unwrap_or_default();
    let Some(records) = body.as_array_mut() else {
        return proper;
    };
    let middle = records.len() / 2;
    let record = records.get_mut(middle);
    if let Some(id) = record.and_then(|record| record.get_mut("id")) {
        *id = Value::from("odd");
    }
    json_answer(proper.status(), &body)
}
