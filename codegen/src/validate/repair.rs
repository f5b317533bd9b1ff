//! Repairs of unambiguous mistakes, as listed in `spec/README.md`.

use serde_json::{Map, Value};

use crate::document::Source;
use crate::document::openapi_objects::{INFO, OPERATION, Object, RESPONSE};

/// A change of the document.
pub enum Repair {
    Replace(Value),
    /// Adds a member to an object.
    Add(&'static str, Value),
    Remove,
}

impl Repair {
    pub fn apply(self, source: &mut Source, pointer: &str) {
        match self {
            Self::Replace(value) => {
                if let Some(place) = source.root.pointer_mut(pointer) {
                    *place = value;
                }
            }
            Self::Add(key, value) => {
                if let Some(Value::Object(members)) = source.root.pointer_mut(pointer) {
                    members.insert(key.to_owned(), value);
                }
            }
            Self::Remove => source.remove(pointer),
        }
    }
}

/// Makes a string of a number or a boolean where only a string is valid.
pub fn to_text(value: &Value) -> Option<Repair> {
    let scalar = matches!(value, Value::Number(_) | Value::Bool(_));
    scalar.then(|| Repair::Replace(Value::from(value.to_string())))
}

/// Returns what a missing key of an object stands for, with a note if something is lost; `None` if
/// the key cannot be left out.
pub fn of_missing(object: &Object) -> Option<(Value, Option<&'static str>)> {
    // These are for readers alone, and often left out.
    if std::ptr::eq(object, &RESPONSE) || std::ptr::eq(object, &INFO) {
        return Some((Value::from(""), None));
    }
    let note = "no responses are described: the body is discarded";
    std::ptr::eq(object, &OPERATION).then(|| (Value::Object(Map::new()), Some(note)))
}

/// Makes a default one of its type, given between quotes or without them.
pub fn of_default(of_type: Option<&str>, default: &Value) -> Option<Repair> {
    match (of_type, default) {
        // Some tools write `null` where there is no default.
        (_, Value::Null) => Some(Repair::Remove),
        (Some("boolean" | "integer" | "number"), Value::String(text)) => match text.parse() {
            Ok(value @ (Value::Bool(_) | Value::Number(_))) => Some(Repair::Replace(value)),
            _ => None,
        },
        (Some("string"), default) => to_text(default),
        _ => None,
    }
}
