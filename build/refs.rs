//! Every `$ref` of a document leads somewhere.

use serde_json::Value;

use super::problem::Problems;
use super::source::{Source, join};

/// Keys whose values are data, where `$ref` is a key like any other.
const DATA: [&str; 4] = ["example", "examples", "default", "enum"];

/// Reports every reference that leads out of the file, to nothing, or back to itself.
pub fn check(source: &Source) -> Result<(), Problems> {
    let mut problems = Problems::default();
    walk(source, &source.root, "", &mut problems);
    problems.into_result()
}

fn walk(source: &Source, value: &Value, pointer: &str, problems: &mut Problems) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(source, item, &join(pointer, index), problems);
            }
        }
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                follow(source, reference, pointer, problems);
            }
            // Below `properties` the keys are names of fields, and none of them is special.
            let names = pointer.ends_with("/properties") || pointer == "/components/examples";
            for (key, value) in members {
                let data = DATA.contains(&key.as_str()) || key.starts_with("x-");
                if names || !data {
                    walk(source, value, &join(pointer, key), problems);
                }
            }
        }
        _ => {}
    }
}

fn follow(source: &Source, reference: &str, pointer: &str, problems: &mut Problems) {
    let at = join(pointer, "$ref");
    let mut seen = vec![reference];
    let mut next = reference;
    loop {
        let Some(target) = next
            .strip_prefix('#')
            .filter(|target| target.starts_with('/'))
        else {
            let found = format!("`{next}` does not lead into this file");
            let remedy =
                "references look like `#/components/schemas/Name`; copy the part into this file";
            return problems.push(source.problem(&at, found).remedy(remedy));
        };
        let Some(value) = source.at(target) else {
            let found = format!("`{next}` leads to nothing");
            return problems.push(source.problem(&at, found).remedy(near(source, target)));
        };
        match value.get("$ref").and_then(Value::as_str) {
            Some(further) if seen.contains(&further) => {
                let found = format!("`{reference}` leads back to itself: {}", seen.join(" → "));
                let remedy = "let one of them be the thing itself";
                return problems.push(source.problem(&at, found).remedy(remedy));
            }
            Some(further) => {
                seen.push(further);
                next = further;
            }
            None => return,
        }
    }
}

/// Names that the writer may have meant.
fn near(source: &Source, target: &str) -> String {
    let section = target.rsplit_once('/').map_or("", |(section, _)| section);
    match source.at(section) {
        Some(Value::Object(members)) if !members.is_empty() => {
            let names: Vec<&str> = members.keys().take(12).map(String::as_str).collect();
            let more = if members.len() > names.len() {
                ", …"
            } else {
                ""
            };
            format!("#{section} has `{}`{more}", names.join("`, `"))
        }
        _ => format!("add it at #{target}"),
    }
}
