//! API keys in the query of a URL.

use bytes::Bytes;
use percent_encoding::utf8_percent_encode;
use ureq::http::Uri;
use ureq::http::uri::PathAndQuery;
use zeroize::Zeroizing;

use super::auth_secret::{AuthSecret, Wiped};
use crate::escape::ESCAPED;

/// Adds the API keys of the query to a URL. The bytes of the URL are wiped from memory when
/// dropped.
///
/// Called last, so that no URL in an error or a log contains a key.
pub(crate) fn with_query_keys(uri: Uri, secrets: &[AuthSecret]) -> Option<Uri> {
    if secrets.iter().all(|secret| secret.query().is_none()) {
        return Some(uri);
    }
    let mut parts = uri.into_parts();
    let path = parts
        .path_and_query
        .as_ref()
        .map_or("/", PathAndQuery::as_str);
    let pairs = || secrets.iter().filter_map(AuthSecret::query);
    let room: usize = pairs()
        .map(|(name, key)| 2 + 3 * (name.len() + key.len()))
        .sum();
    let mut bytes = Zeroizing::new(Vec::with_capacity(path.len() + room));
    bytes.extend_from_slice(path.as_bytes());
    for (name, key) in pairs() {
        let sign = if bytes.contains(&b'?') { b'&' } else { b'?' };
        bytes.push(sign);
        bytes.extend(utf8_percent_encode(name, &ESCAPED).flat_map(str::as_bytes));
        bytes.push(b'=');
        bytes.extend(utf8_percent_encode(key, &ESCAPED).flat_map(str::as_bytes));
    }
    // The host stays in a buffer of its own, because `ureq` keeps it as long as the connection.
    let path = PathAndQuery::from_maybe_shared(Bytes::from_owner(Wiped(bytes)));
    parts.path_and_query = Some(path.ok()?);
    Uri::from_parts(parts).ok()
}
