//! The kind of a schema, by its keys.

use serde_json::Value;

use crate::extensions::{open_enum, unit};

/// Kinds of schemas. Keys that only check a value (`not`, `pattern`, bounds) make no kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SchemaKind<'v> {
    Any,
    /// `null` and nothing else.
    Null,
    Scalar(&'v str),
    /// An enum of texts.
    Texts,
    /// A number with a unit.
    Quantity(&'v Value),
    List,
    Object,
    /// An object with a discriminator, which others join by `allOf`.
    Base,
    /// `allOf`
    Joined,
    /// `oneOf` or `anyOf`
    Choice(&'static str),
    /// Both of them.
    Choices(&'static str, &'static str),
}

impl<'v> SchemaKind<'v> {
    pub fn of(value: &'v Value) -> Self {
        let choices = ["oneOf", "anyOf"]
            .into_iter()
            .filter(|key| alternatives(value, key).next().is_some());
        match choices.collect::<Vec<_>>().as_slice() {
            [] => {}
            [one] => return Self::Choice(one),
            [first, second, ..] => return Self::Choices(first, second),
        }
        if parts(value, "allOf").any(says_something) {
            return Self::Joined;
        }
        Self::alone(value)
    }

    /// Returns the kind without regard to `allOf`, `oneOf` and `anyOf`.
    pub fn alone(value: &'v Value) -> Self {
        let has = |key| value.get(key).is_some();
        if let Some(unit) = value.get(unit::KEY) {
            return Self::Quantity(unit);
        }
        let texts = has("enum") || has(open_enum::KEY);
        // `null` is the one value that it can have.
        if value.get("enum").is_some_and(is_null) {
            return Self::Null;
        }
        match value.get("type").and_then(Value::as_str) {
            Some("object") if has("discriminator") => Self::Base,
            Some("object") => Self::Object,
            Some("array") => Self::List,
            Some("string") if texts => Self::Texts,
            Some(scalar) => Self::Scalar(scalar),
            None if has("items") => Self::List,
            None if has("properties") && has("discriminator") => Self::Base,
            None if has("properties") || has("additionalProperties") => Self::Object,
            None if texts => Self::of_values(value),
            None => Self::Any,
        }
    }

    /// Whether this is an object, from one schema or several.
    pub fn is_plain_object(self) -> bool {
        matches!(self, Self::Object | Self::Base | Self::Joined)
    }

    /// The kind of an enum without a type, from its values.
    fn of_values(value: &'v Value) -> Self {
        let values = open_enum::values(value).map(|(_, values)| values);
        let mut kinds: Vec<&str> = values
            .into_iter()
            .flatten()
            .filter_map(|value| match value {
                Value::Null => None,
                Value::Bool(_) => Some("boolean"),
                Value::Number(number) if number.is_f64() => Some("number"),
                Value::Number(_) => Some("integer"),
                Value::String(_) => Some("string"),
                Value::Array(_) | Value::Object(_) => Some("any"),
            })
            .collect();
        kinds.sort_unstable();
        kinds.dedup();
        match kinds.as_slice() {
            [] => Self::Null,
            ["string"] => Self::Texts,
            ["any"] => Self::Any,
            [one] => Self::Scalar(one),
            ["integer", "number"] => Self::Scalar("number"),
            _ => Self::Any,
        }
    }
}

fn is_null(values: &Value) -> bool {
    let values = values.as_array().filter(|values| !values.is_empty());
    values.is_some_and(|values| values.iter().all(Value::is_null))
}

/// The schemas below a key that joins or chooses.
pub fn parts<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    let parts = value.get(key).and_then(Value::as_array);
    parts.into_iter().flatten()
}

/// Returns the alternatives of a choice with their indices. There are none if they only check
/// values, as in `oneOf: [{required: [a]}, {required: [b]}]`.
pub fn alternatives<'v>(
    value: &'v Value,
    key: &str,
) -> impl Iterator<Item = (usize, &'v Value)> + use<'v> {
    let all = || parts(value, key);
    let typed = all().any(says_something);
    // Beside types, an alternative that only checks would be any value that passes.
    let counts = move |part: &Value| typed && (says_something(part) || !only_checks(part));
    all().enumerate().filter(move |(_, part)| counts(part))
}

/// Whether a schema defines the type of a value, and not only constraints.
pub fn says_something(value: &Value) -> bool {
    const KEYS: [&str; 11] = [
        "$ref",
        "additionalProperties",
        "allOf",
        "anyOf",
        "discriminator",
        "enum",
        "items",
        "oneOf",
        "properties",
        "type",
        open_enum::KEY,
    ];
    KEYS.iter().any(|key| value.get(key).is_some())
}

/// Whether a schema has no properties or values of its own.
pub fn is_bare(value: &Value) -> bool {
    const KEYS: [&str; 4] = ["properties", "required", "additionalProperties", "enum"];
    !KEYS.iter().any(|key| value.get(key).is_some())
}

fn only_checks(value: &Value) -> bool {
    const KEYS: [&str; 13] = [
        "format",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minItems",
        "minLength",
        "minProperties",
        "minimum",
        "not",
        "pattern",
        "required",
        "uniqueItems",
    ];
    KEYS.iter().any(|key| value.get(key).is_some())
}

/// Whether a key of a schema is `true`.
pub fn flag(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or_default()
}
