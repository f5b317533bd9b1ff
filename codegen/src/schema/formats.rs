//! The Rust types of `type` and `format`.

use serde_json::Value;

use crate::model::{INSTANT, SECRET, Schema};

/// Formats of `type: string` that have a Rust type of their own. A `decimal` without a unit has
/// none: as a text it keeps its exact value, which `rust_decimal` by itself can lose.
const FORMATS: [(&str, &str); 4] = [
    ("date-time", INSTANT),
    ("date", "jiff::civil::Date"),
    ("time", "jiff::civil::Time"),
    ("password", SECRET),
];

/// The type of a scalar, by its format.
pub(super) fn scalar(value: &Value, scalar: &str) -> Schema {
    let format = value.get("format").and_then(Value::as_str);
    let unsigned = value.get("minimum").is_some_and(Value::is_u64);
    match (scalar, format) {
        ("string", format) => match FORMATS.iter().find(|(name, _)| Some(*name) == format) {
            Some((_, rust)) => Schema::Rust((*rust).to_owned()),
            None => Schema::Text,
        },
        ("boolean", _) => Schema::Boolean,
        ("integer", Some("int32")) => Schema::Integer("i32"),
        ("integer", Some("uint64")) => Schema::Integer("u64"),
        ("integer", _) if unsigned => Schema::Integer("u64"),
        ("integer", _) => Schema::Integer("i64"),
        ("number", Some("float")) => Schema::Number("f32"),
        ("number", _) => Schema::Number("f64"),
        // The validation has reported any other.
        _ => Schema::Any,
    }
}
