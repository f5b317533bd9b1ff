//! Where a `$ref` leads.

use serde_json::Value;

use super::builder::MAX_DEPTH;
use super::problem::Problem;
use super::shape;
use super::source::{Source, join, target};

/// The pointer of what the reference at a pointer leads to in the end, which is no reference.
pub fn follow(source: &Source, pointer: &str) -> Result<String, Problem> {
    let reference = source.at(pointer).and_then(Value::as_str);
    let mut next = reference.unwrap_or_default();
    let mut seen = vec![next];
    loop {
        let Some(target) = target(next).filter(|target| target.starts_with('/')) else {
            return Err(outside(source, pointer, next));
        };
        let Some(value) = source.at(&target) else {
            return Err(source
                .problem(pointer, format!("`{next}` leads to nothing"))
                .remedy(near(source, &target)));
        };
        match value.get("$ref").and_then(Value::as_str) {
            Some(further) if seen.contains(&further) => {
                let found = format!("the reference leads back to itself: {}", seen.join(" → "));
                return Err(source
                    .problem(pointer, found)
                    .remedy("let one of them be the thing itself"));
            }
            Some(_) if seen.len() > MAX_DEPTH => {
                let found = format!("more than {MAX_DEPTH} references lead from one to the next");
                return Err(source
                    .problem(pointer, found)
                    .remedy("refer to the thing itself"));
            }
            Some(further) => {
                seen.push(further);
                next = further;
            }
            None => return Ok(target),
        }
    }
}

/// A reference that leads to no file that is at hand.
fn outside(source: &Source, pointer: &str, reference: &str) -> Problem {
    let (found, remedy) = match source.unread.get(reference) {
        Some(why) => (
            format!("`{reference}` leads to a file that cannot be read: {why}"),
            "put the file there, or mend the reference; a relative one starts at the file that it stands in",
        ),
        None => (
            format!("`{reference}` does not lead into a file beside this one"),
            "download that document, and refer to the copy: `other.yaml#/components/schemas/Name`",
        ),
    };
    source.problem(pointer, found).remedy(remedy)
}

/// The pointer itself, or where the reference that stands there leads.
pub fn resolve(source: &Source, pointer: &str) -> Option<String> {
    match source.at(pointer)?.get("$ref") {
        Some(_) => follow(source, &join(pointer, "$ref")).ok(),
        None => Some(pointer.to_owned()),
    }
}

/// What the writer may have meant.
fn near(source: &Source, target: &str) -> String {
    let (section, name) = target.rsplit_once('/').unwrap_or_default();
    let Some(Value::Object(members)) = source.at(section) else {
        return format!("add it at #{target}");
    };
    let names: Vec<&str> = members.keys().map(String::as_str).collect();
    match (shape::near(name, names.iter().copied()), names.as_slice()) {
        (Some(near), _) => format!("is it `{near}`?"),
        (None, []) => format!("add it at #{target}"),
        (None, few) if few.len() <= 12 => {
            format!(
                "mend the name, or add it: #{section} has `{}`",
                few.join("`, `")
            )
        }
        (None, many) => format!(
            "mend the name, or add it to the {} of #{section}",
            many.len()
        ),
    }
}
