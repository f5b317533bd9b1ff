//! Recognises the response for a page past the end of a list.

use serde_json::{Map, Value};

use crate::error::Error;

/// Returns true if an error says that the page is past the end of the list.
///
/// This is an assumption, since the vendor does not document the response. Django REST framework
/// responds with 404 `{"detail": "Invalid page."}`. Before version 3.4 its text also had the page
/// and the reason. Any other 404 is not the end: gateways and wrong paths respond with 404, too.
///
/// `end` is the key `end` of `x-paging`: the `detail` of a service with a text of its own.
pub(super) fn says_past_the_end(error: &Error, number: u64, end: Option<&str>) -> bool {
    // A 404 is retryable only if its body broke off: then its text is not complete.
    if !error.is_not_found() || error.is_retryable() {
        return false;
    }
    // Not `Error::detail`, which can be the text of an HTML page.
    let body: Option<Map<String, Value>> = error.body_as();
    let Some(detail) = body.as_ref().and_then(|body| body.get("detail")?.as_str()) else {
        return false;
    };
    match end {
        Some(end) => detail == end,
        None => {
            let with_reason = format!("Invalid page \"{number}\": ");
            detail == "Invalid page." || detail.starts_with(&with_reason)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::token::NoToken;
    use crate::operation::Method;
    use crate::request::Request;
    use crate::testing::{exchange, operation, reply};

    fn refused(status: u16, body: &str) -> Error {
        let operation = operation(Method::GET, "/x");
        let response = reply(status, "", body);
        let (_, result) = exchange(NoToken, operation, response, Request::empty);
        result.unwrap_err()
    }

    /// The text of a service that has its own.
    const OWN: Option<&str> = Some("No more.");

    #[test]
    fn a_document_can_say_how_its_service_ends_a_list() {
        let own = refused(404, r#"{"detail":"No more."}"#);
        let framework = refused(404, r#"{"detail":"Invalid page."}"#);
        let other_status = refused(410, r#"{"detail":"No more."}"#);
        assert!(says_past_the_end(&own, 2, OWN));
        assert!(!says_past_the_end(&framework, 2, OWN));
        assert!(!says_past_the_end(&other_status, 2, OWN));
        assert!(says_past_the_end(&framework, 2, None));
        assert!(!says_past_the_end(&own, 2, None));
    }
}
