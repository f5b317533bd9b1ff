//! `x-extensible-enum`: the known values of an enum that may grow.

use serde_json::Value;

use crate::document::Findings;
use crate::text::{join, type_of};

pub const KEY: &str = "x-extensible-enum";

/// Reports a value that is not an array. OpenAPI does not define the key.
pub fn check(findings: &mut Findings<'_>, pointer: &str) {
    let at = join(pointer, KEY);
    if let Some(other) = findings.source.at(&at).filter(|value| !value.is_array()) {
        let found = format!("`{KEY}` is {}, not an array of strings", type_of(other));
        findings.report(&at, found, "list the strings, or remove the key");
    }
}

/// Returns the values of an enum, closed or open, and the key that lists them.
pub fn values(schema: &Value) -> Option<(&'static str, &Vec<Value>)> {
    let listed = |key| Some((key, schema.get(key)?.as_array()?));
    listed("enum").or_else(|| listed(KEY))
}
