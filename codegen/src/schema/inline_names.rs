//! Names of inline schemas, made of their pointers: so they do not depend on the order in which a
//! document is read.

use serde_json::Value;

use crate::document::Source;
use crate::document::bundle::BESIDE;
use crate::text::{SCHEMAS, names, unescape};

/// Makes a name of a schema's pointer, or `None` for a component, which has a name.
pub fn name(source: &Source, pointer: &str) -> Option<String> {
    if pointer
        .rsplit_once('/')
        .is_some_and(|(above, _)| above == SCHEMAS)
    {
        return None;
    }
    let tokens: Vec<String> = pointer.split('/').skip(1).map(unescape).collect();
    let tokens = match tokens.as_slice() {
        [beside, _, rest @ ..] if beside == BESIDE => rest,
        all => all,
    };
    let (stem, rest) = match tokens {
        [components, section, name, rest @ ..] if components == "components" => {
            let behind = match section.as_str() {
                "responses" => "Response",
                "requestBodies" => "Body",
                _ => "",
            };
            (format!("{}{behind}", names::pascal(name)), rest)
        }
        [paths, path, method, rest @ ..] if paths == "paths" => {
            let item = source.root.get("paths").and_then(|paths| paths.get(path));
            match item
                .and_then(|item| item.get(method))
                .filter(|_| method != "parameters")
            {
                Some(operation) => (
                    names::type_name(&operation_id(operation, method, path)),
                    rest,
                ),
                None => (names::pascal(&path_words(path)), rest),
            }
        }
        all => (String::new(), all),
    };
    Some(below(stem, rest))
}

/// Returns the key of a schema that is a component, in any of the files.
pub fn component(pointer: &str) -> Option<String> {
    let (above, key) = pointer.rsplit_once('/')?;
    above.ends_with(SCHEMAS).then(|| unescape(key))
}

/// Returns the id of an operation, made of method and path if the document gives none.
pub fn operation_id(operation: &Value, method: &str, path: &str) -> String {
    match operation.get("operationId").and_then(Value::as_str) {
        Some(id) => id.to_owned(),
        None => format!("{method} {}", path_words(path)),
    }
}

/// Returns a path in words: `/users/{id}/` is `users id`.
pub fn path_words(path: &str) -> String {
    path.replace(['{', '}', '/'], " ")
}

/// Makes a name for a value below one that has a name.
fn below(stem: String, tokens: &[String]) -> String {
    let mut name = stem;
    let mut tokens = tokens.iter();
    while let Some(token) = tokens.next() {
        match token.as_str() {
            "schema" | "schemas" | "properties" => {}
            "items" => name.push_str("Item"),
            "additionalProperties" => name.push_str("Value"),
            "requestBody" => name.push_str("Body"),
            "responses" => name.push_str("Response"),
            // The media type would make the name longer, not clearer.
            "content" => drop(tokens.next()),
            "parameters" => {}
            "allOf" | "oneOf" | "anyOf" => {}
            other => name.push_str(&names::pascal(other)),
        }
    }
    name
}
