//! Descriptions of schemas, with the facts that their types do not show.

use serde_json::Value;

use crate::extensions::unit;
use crate::text::markdown::{code, markdown, paragraphs};

/// Returns the description of a schema, with its unit, bounds, default and example.
pub fn of_schema(schema: &Value) -> String {
    paragraphs(parts_of_schema(schema))
}

/// Returns the same in two parts: the text, and the facts that the type does not show.
pub fn parts_of_schema(schema: &Value) -> [String; 2] {
    let text = text(schema);
    let mut facts = Vec::new();
    if let Some(plural) = unit::plural(schema).filter(|plural| !text.contains(plural)) {
        facts.push(format!("In {plural}."));
    }
    facts.extend(bounds(schema));
    if let Some(Value::Array(values)) = schema.get("enum")
        && schema.get("type").is_some_and(|kind| kind != "string")
    {
        let values: Vec<String> = values.iter().map(code).collect();
        facts.push(format!("One of {}.", values.join(", ")));
    }
    if let Some(default) = schema.get("default").filter(|default| is_scalar(default)) {
        facts.push(format!("Default: {}.", code(default)));
    }
    if let Some(example) = schema.get("example").filter(|example| is_scalar(example)) {
        facts.push(format!("Example: {}.", code(example)));
    }
    [text, facts.join(" ")]
}

fn bounds(schema: &Value) -> impl Iterator<Item = String> {
    const BOUNDS: [(&str, &str, &str); 6] = [
        ("minimum", "At least", ""),
        ("maximum", "At most", ""),
        ("minLength", "At least", " character"),
        ("maxLength", "At most", " character"),
        ("minItems", "At least", " item"),
        ("maxItems", "At most", " item"),
    ];
    let is = |key| schema.get(key) == Some(&Value::Bool(true));
    BOUNDS.into_iter().filter_map(move |(key, words, what)| {
        let bound = schema.get(key)?;
        let words = match key {
            "minimum" if is("exclusiveMinimum") => "More than",
            "maximum" if is("exclusiveMaximum") => "Less than",
            _ => words,
        };
        let plural = if what.is_empty() || bound == 1 {
            ""
        } else {
            "s"
        };
        Some(format!("{words} {bound}{what}{plural}."))
    })
}

/// Returns the description of any object of a document, or else its title.
pub fn text(object: &Value) -> String {
    let part = |key| object.get(key).and_then(Value::as_str).unwrap_or_default();
    match (part("title"), part("description").trim()) {
        (title, "") => markdown(title),
        (_, description) => markdown(description),
    }
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Array(_) | Value::Object(_))
}
