//! Checks the request line and the headers of a request, and joins its cookies.

use std::fmt::Display;
use std::ops::{Bound, RangeBounds};

use ureq::http::{HeaderName, HeaderValue, Uri};
use zeroize::Zeroizing;

use crate::auth::auth_secret::{self, AuthSecret};
use crate::error::Error;
use crate::operation::Operation;

/// Checks that each line of a request's head fits into `ureq`'s buffer of `room` bytes. `ureq` would
/// report a longer line as a protocol error of the server.
pub(super) fn check_lines(
    room: usize,
    operation: &Operation,
    uri: &Uri,
    headers: &[(HeaderName, HeaderValue)],
    auth: &[AuthSecret],
) -> Result<(), Error> {
    let refuse = |what: &str, length: usize| {
        Err(Error::invalid(format!(
            "{what} has {length} bytes; a line of a request can have at most {room} bytes"
        )))
    };
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    if operation.method.as_str().len() + path.len() + " / HTTP/1.1\r\n".len() > room {
        return refuse("the URL with its parameters", path.len());
    }
    let own = headers.iter().map(|(name, value)| (name, value));
    let secret = auth.iter().filter_map(AuthSecret::header);
    for (name, value) in own.chain(secret) {
        if name.as_str().len() + value.len() + ": \r\n\r\n".len() > room {
            return refuse(&format!("the header `{name}`"), value.len());
        }
    }
    let host = uri.authority().map_or("", |authority| authority.as_str());
    if host.len() + "host: \r\n\r\n".len() > room {
        return refuse("the host of the base URL", host.len());
    }
    Ok(())
}

/// Checks that no two tokens have the same location, where they would overwrite each other.
pub(super) fn check_locations(auth: &[AuthSecret]) -> Result<(), Error> {
    for (index, one) in auth.iter().enumerate() {
        if auth[..index].iter().any(|other| other.conflicts_with(one)) {
            return Err(Error::invalid(
                "two of the client's tokens have the same location; only one of them can be sent",
            ));
        }
    }
    Ok(())
}

/// Returns the `Cookie` header with all cookies, if there are any.
pub(super) fn cookies(cookies: &str, auth: &[AuthSecret]) -> Result<Option<HeaderValue>, Error> {
    let keys = || auth.iter().filter_map(AuthSecret::cookie);
    let room: usize = keys().map(|(name, key)| name.len() + key.len() + 3).sum();
    if cookies.is_empty() && room == 0 {
        return Ok(None);
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(cookies.len() + room));
    bytes.extend_from_slice(cookies.as_bytes());
    for (name, key) in keys() {
        for piece in [if bytes.is_empty() { "" } else { "; " }, name, "=", key] {
            bytes.extend_from_slice(piece.as_bytes());
        }
    }
    match auth_secret::sensitive(bytes) {
        Some(value) => Ok(Some(value)),
        None => Err(Error::invalid("the name of a cookie cannot be in a header")),
    }
}

/// Returns the words for a range in an error message.
pub(super) fn words<V: Display>(range: &impl RangeBounds<V>) -> String {
    match (range.start_bound(), range.end_bound()) {
        (Bound::Included(low), Bound::Included(high)) => format!("from {low} to {high}"),
        (Bound::Included(low), _) => format!("{low} or more"),
        (_, Bound::Included(high)) => format!("{high} or less"),
        // Generated code has no other bounds.
        _ => "in its range".to_owned(),
    }
}
