//! Follows references.

use serde_json::Value;

use super::source::{Source, Unread};
use crate::text::{Diagnostic, MAX_DEPTH, join, similar, target};

/// Follows the reference at a pointer to the end. Returns the pointer of the object there.
pub fn follow(source: &Source, pointer: &str) -> Result<String, Diagnostic> {
    let reference = source.at(pointer).and_then(Value::as_str);
    let mut next = reference.unwrap_or_default();
    let mut seen = vec![next];
    loop {
        let Some(target) = target(next).filter(|target| target.starts_with('/')) else {
            return Err(outside(source, pointer, next));
        };
        let Some(value) = source.at(&target) else {
            return Err(nothing(source, pointer, next, &target));
        };
        match value.get("$ref").and_then(Value::as_str) {
            Some(further) if seen.contains(&further) => {
                let seen: Vec<String> = seen.into_iter().map(|at| source.shown(at)).collect();
                let found = format!("the reference is circular: {}", seen.join(" → "));
                return Err(source
                    .diagnostic(pointer, found)
                    .remedy("replace one of them with the object itself"));
            }
            Some(_) if seen.len() > MAX_DEPTH => {
                let found = format!("more than {MAX_DEPTH} references form a chain");
                return Err(source
                    .diagnostic(pointer, found)
                    .remedy("refer to the object itself"));
            }
            Some(further) => {
                seen.push(further);
                next = further;
            }
            None => return Ok(target),
        }
    }
}

/// The diagnostic for a reference that leads to no value.
fn nothing(source: &Source, pointer: &str, reference: &str, target: &str) -> Diagnostic {
    let shown = source.shown(reference);
    match source.closed(target) {
        Some(unread) => closed(source, pointer, &shown, unread),
        None => source
            .diagnostic(pointer, format!("`{shown}` does not exist"))
            .remedy(nearby(source, target)),
    }
}

/// The diagnostic for a reference into a file that was not read.
fn outside(source: &Source, pointer: &str, reference: &str) -> Diagnostic {
    match source.unread.get(reference) {
        Some(unread) => closed(source, pointer, reference, unread),
        None => source
            .diagnostic(pointer, format!("`{reference}` does not refer to a file in this folder"))
            .remedy("download that document into the folder of this one, and refer to the copy: `other.yaml#/components/schemas/Name`"),
    }
}

fn closed(source: &Source, pointer: &str, reference: &str, unread: &Unread) -> Diagnostic {
    let found = format!(
        "`{reference}` refers to a file that cannot be read: {}",
        unread.why
    );
    source.diagnostic(pointer, found).remedy(&unread.remedy)
}

/// Returns the pointer itself, or where the reference that stands there leads.
pub fn resolve(source: &Source, pointer: &str) -> Option<String> {
    match source.at(pointer)?.get("$ref") {
        Some(_) => follow(source, &join(pointer, "$ref")).ok(),
        None => Some(pointer.to_owned()),
    }
}

/// What to do about a reference that leads to no value.
fn nearby(source: &Source, target: &str) -> String {
    let shown = |pointer: &str| source.shown(&format!("#{pointer}"));
    let (section, name) = target.rsplit_once('/').unwrap_or_default();
    let Some(Value::Object(members)) = source.at(section) else {
        return format!("add it at {}", shown(target));
    };
    let names: Vec<&str> = members.keys().map(String::as_str).collect();
    match (similar(name, names.iter().copied()), names.as_slice()) {
        (Some(similar), _) => format!("did you mean `{similar}`?"),
        (None, []) => format!("add it at {}", shown(target)),
        (None, few) if few.len() <= 12 => {
            let few = few.join("`, `");
            format!("fix the name, or add it: {} has `{few}`", shown(section))
        }
        (None, many) => {
            let (count, section) = (many.len(), shown(section));
            format!("fix the name, or add it to the {count} of {section}")
        }
    }
}
