//! How a service says that a page is past the end of its list.

use serde_json::{Map, Value};

use crate::error::Error;

/// Whether an error says that the page is past the end of the list.
///
/// An assumption: nobody outside the vendor knows what the service answers. Django REST framework
/// answers 404 `{"detail": "Invalid page."}`, and before its version 3.4 named the page and the
/// reason. No other 404 is taken for the end, since gateways and wrong paths answer those, too. The
/// way out is the key `end` of `x-paging`: the `detail` of a service that says it otherwise.
///
/// `end` is the key `end` of `x-paging`.
pub(super) fn says_past_the_end(error: &Error, number: u64, end: Option<&str>) -> bool {
    // A 404 can be retried only if its body broke off, and then what it says is not all.
    if !error.is_not_found() || error.is_retryable() {
        return false;
    }
    // `Error::detail` could be the text of a page in HTML.
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
        let answer = reply(status, "", body);
        let (_, result) = exchange(NoToken, operation, answer, Request::empty);
        result.unwrap_err()
    }

    /// The words of a service that has its own.
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
