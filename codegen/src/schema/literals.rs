//! Checks that defaults and values of enums are of the type of their schema.

use serde_json::Value;

use super::schema_kind::flag;
use crate::document::Source;
use crate::text::{Diagnostic, join, show};

/// Returns the faults of the schema at a pointer.
pub fn check(source: &Source, value: &Value, pointer: &str) -> Vec<Diagnostic> {
    let Some(kind) = value.get("type").and_then(Value::as_str) else {
        return Vec::new();
    };
    let mut diagnostics = Vec::new();
    if let Some(default) = value.get("default")
        && !fits(default, kind)
        && !(default.is_null() && flag(value, "nullable"))
    {
        let found = format!("the default is {}, and the type `{kind}`", show(default));
        let diagnostic = source.diagnostic(&join(pointer, "default"), found);
        diagnostics.push(diagnostic.remedy("give it a default of its type"));
    }
    let values = value.get("enum").and_then(Value::as_array);
    for (index, item) in values.into_iter().flatten().enumerate() {
        if !fits(item, kind) && !item.is_null() {
            let found = format!("the value is {}, and the type `{kind}`", show(item));
            let diagnostic = source.diagnostic(&format!("{pointer}/enum/{index}"), found);
            diagnostics.push(diagnostic.remedy("give it a value of that type"));
        }
    }
    diagnostics
}

fn fits(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => {
            value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|it| it.fract() == 0.0)
        }
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}
