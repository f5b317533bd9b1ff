//! Paths, and the parameters in them.

use super::context::Context;
use crate::model::{Parameter, ParameterLocation, Schema, Written};

/// Returns a path as it is sent. Some documents tell operations apart by what follows a `#`.
pub fn sent(path: &str) -> &str {
    path.split('#').next().unwrap_or(path)
}

/// Matches the parameters of the path with the parts of it.
///
/// A part without a parameter takes any text, and a parameter without a part has no effect. Where
/// there are both, one may be the other with its name misspelt.
pub fn fit(
    context: &mut Context<'_>,
    operation: &str,
    path: &str,
    parts: &[&str],
    parameters: &mut Vec<(String, Parameter)>,
) {
    let in_path = |(_, known): &(String, Parameter)| known.location == ParameterLocation::Path;
    let has = |part: &str| {
        let known = |known: &(String, Parameter)| in_path(known) && known.1.wire == part;
        parameters.iter().any(known)
    };
    let missing: Vec<&str> = parts.iter().copied().filter(|part| !has(part)).collect();
    let unknown: Vec<(String, String)> = parameters
        .iter()
        .filter(|known| in_path(known) && !parts.contains(&known.1.wire.as_str()))
        .map(|(pointer, known)| (pointer.clone(), known.wire.clone()))
        .collect();
    if !unknown.is_empty() && !missing.is_empty() {
        return differ(context, operation, path, &unknown, &missing);
    }
    for (pointer, wire) in &unknown {
        context.note(
            pointer,
            &format!("the path `{path}` has no `{{{wire}}}`: ignored"),
        );
    }
    parameters.retain(|(pointer, _)| !unknown.iter().any(|(known, _)| known == pointer));
    for name in missing {
        let found = format!("`{{{name}}}` of the path has no parameter: treated as a string");
        context.note(operation, &found);
        let location = ParameterLocation::Path;
        let text = Parameter {
            required: true,
            ..Parameter::new(name, location, Schema::Text, Written::Plain)
        };
        parameters.push((operation.to_owned(), text));
    }
}

/// Reports parameters without a part of the path, and parts without a parameter.
fn differ(
    context: &mut Context<'_>,
    operation: &str,
    path: &str,
    unknown: &[(String, String)],
    missing: &[&str],
) {
    for (pointer, wire) in unknown {
        let found = format!("the path `{path}` has no `{{{wire}}}`");
        context.report(pointer, found, "fix the name, or the path");
    }
    for name in missing {
        let found = format!("`{{{name}}}` of the path has no parameter");
        let remedy = format!("add one with `name: {name}` and `in: path`");
        context.report(operation, found, remedy);
    }
}

/// The names between the braces of a path.
pub fn parts<'p>(context: &mut Context<'_>, path: &'p str, item: &str) -> Vec<&'p str> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = sent(path);
    while let Some((before, after)) = rest.split_once('{') {
        plain.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or_default();
        if name.is_empty() || name.contains('{') {
            let found = "a brace of the path is not closed, or has no name inside";
            context.report(item, found, "write a part as `{name}`");
            return parts;
        }
        if parts.contains(&name) {
            let found = format!("`{{{name}}}` appears twice in the path");
            context.report(item, found, "give every part a unique name");
        }
        parts.push(name);
        rest = after;
    }
    plain.push_str(rest);
    // RFC 3986's signs of a path, and `%` where something is escaped already.
    let sign = |sign: char| sign.is_ascii_alphanumeric() || "/-._~!$&'()*+,;=:@%".contains(sign);
    if let Some(other) = plain.chars().find(|other| !sign(*other)) {
        let found = format!("`{other}` is not allowed in a path");
        let remedy =
            "escape it as `%` and its code; declare what follows a `?` as query parameters";
        context.report(item, found, remedy);
    }
    parts
}
