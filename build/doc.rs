//! Documentation for generated items, out of what the document says of them.

use serde_json::Value;

use super::schema::UNITS;

/// The description of a schema, with its unit, default, bounds and example.
pub fn of_schema(schema: &Value) -> String {
    let mut facts = Vec::new();
    if let Some(unit) = schema.get("x-unit").and_then(Value::as_str)
        && let Some((_, _, plural)) = UNITS.iter().find(|(name, ..)| *name == unit)
    {
        facts.push(format!("In {plural}."));
    }
    if let Some(bound) = schema.get("minimum") {
        facts.push(format!("At least {bound}."));
    }
    if let Some(bound) = schema.get("maximum") {
        facts.push(format!("At most {bound}."));
    }
    if let Some(default) = schema.get("default") {
        facts.push(format!("Default: {}.", code(default)));
    }
    if let Some(example) = schema.get("example").filter(|example| is_scalar(example)) {
        facts.push(format!("Example: {}.", code(example)));
    }
    paragraphs([text(schema), facts.join(" ")])
}

/// The title and the description of any object of a document.
pub fn text(object: &Value) -> String {
    let part = |key| object.get(key).and_then(Value::as_str).unwrap_or_default();
    match (part("title"), part("description")) {
        (title, "") => markdown(title),
        (_, description) => markdown(description),
    }
}

/// Joins the parts that are not empty, with a blank line between them.
pub fn paragraphs(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n\n")
}

/// Makes sure that rustdoc takes no part of a description for Rust code to test.
pub fn markdown(description: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut fence: Option<&str> = None;
    for line in description.trim().lines() {
        let line = line.trim_end();
        let trimmed = line.trim_start();
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| trimmed.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => {
                fence = Some(mark);
                lines.push(format!("{mark}text"));
            }
            (Some(open), Some(mark)) if open == mark => {
                fence = None;
                lines.push(mark.to_owned());
            }
            (Some(_), _) => lines.push(line.to_owned()),
            (None, None) => {
                let after_blank = lines.last().is_none_or(String::is_empty);
                let indent = line.len() - trimmed.len();
                // Four spaces after a blank line would be a code block, and so a test.
                let indent = if after_blank { indent.min(3) } else { indent };
                lines.push(format!("{}{trimmed}", " ".repeat(indent)));
            }
        }
    }
    if let Some(mark) = fence {
        lines.push(mark.to_owned());
    }
    lines.join("\n")
}

fn code(value: &Value) -> String {
    let text = match value {
        Value::String(text) => format!("\"{text}\""),
        other => other.to_string(),
    };
    // A backtick inside would end the code span.
    format!("`{}`", text.replace('`', "'").replace('\n', " "))
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}
