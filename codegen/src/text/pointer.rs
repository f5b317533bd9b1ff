//! JSON pointers (RFC 6901), and the references that hold them.

use std::borrow::Cow;
use std::fmt::Display;

use serde_json::Value;

/// The pointer of the schemas that have a name.
pub const SCHEMAS: &str = "/components/schemas";

/// The most tokens that a pointer may have, and the most steps that a chain of references may take.
/// No API description needs more, and some passes recurse.
pub const MAX_DEPTH: usize = 100;

/// Appends one token to a pointer, and escapes it.
pub fn join(pointer: &str, token: impl Display) -> String {
    let token = token.to_string();
    let escaped = if token.contains(['~', '/']) {
        Cow::Owned(token.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(token.as_str())
    };
    format!("{pointer}/{escaped}")
}

/// Returns a token of a pointer as it was before it was escaped.
pub fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// Returns where an object leads that is a reference into its own file.
pub fn target_of(object: &Value) -> Option<String> {
    target(object.get("$ref")?.as_str()?)
}

/// Returns the pointer of a `$ref` into its own file, or `None` for any other reference. The
/// pointer is a URI fragment there, and so may be percent-encoded.
pub fn target(reference: &str) -> Option<String> {
    let fragment = reference.strip_prefix('#')?;
    if !fragment.contains('%') {
        return Some(fragment.to_owned());
    }
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        let code = others
            .first_chunk::<2>()
            .filter(|_| *first == b'%')
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = match code {
            Some(_) => others.get(2..).unwrap_or_default(),
            None => others,
        };
    }
    String::from_utf8(bytes).ok()
}
