//! Keys that OpenAPI 3.0 does not have: which are ignored, and which are faults.

use crate::document::openapi_objects::{
    COMPONENTS, DOCUMENT, MEDIA_TYPE, OPERATION, Object, PARAMETER, PATH_ITEM, PATHS, REQUEST_BODY,
    RESPONSE, RESPONSES, SCHEMA,
};
use crate::text::similar;

/// Keys that mean something in JSON Schema, in Swagger 2.0 or in OpenAPI 3.1, and nothing in 3.0.
const FOREIGN: [&str; 27] = [
    "$defs",
    "additionalItems",
    "basePath",
    "collectionFormat",
    "const",
    "consumes",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "definitions",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "host",
    "if",
    "patternProperties",
    "prefixItems",
    "produces",
    "propertyNames",
    "schemes",
    "securityDefinitions",
    "then",
    "type",
    "unevaluatedItems",
    "unevaluatedProperties",
    "webhooks",
];

/// Keys for human readers, which do no harm in a wrong object.
const REMARKS: [&str; 10] = [
    "deprecated",
    "description",
    "example",
    "examples",
    "externalDocs",
    "name",
    "summary",
    "tags",
    "title",
    "xml",
];

/// Objects in which a key of another object, or of another version, has a meaning that is lost.
static ABOUT_TYPES: [&Object; 9] = [
    &SCHEMA,
    &PARAMETER,
    &MEDIA_TYPE,
    &RESPONSE,
    &REQUEST_BODY,
    &OPERATION,
    &PATH_ITEM,
    &COMPONENTS,
    &DOCUMENT,
];

/// Objects whose keys are often misplaced.
static MISPLACED: [&Object; 6] = [
    &SCHEMA,
    &PARAMETER,
    &OPERATION,
    &MEDIA_TYPE,
    &RESPONSE,
    &COMPONENTS,
];

/// Returns the remedy for a key, or `None` if it can be ignored.
///
/// A key that may be misspelt, or that means something elsewhere, is a fault: its meaning would be
/// lost. Any other key is a remark of another tool.
pub fn remedy(key: &str, object: &Object) -> Option<String> {
    if let Some(remedy) = misplaced_path(key) {
        return Some(remedy.to_owned());
    }
    let similar = similar(key, object.keys.iter().map(|(name, _)| *name));
    let has = |other: &&Object| other.keys.iter().any(|(name, _)| *name == key);
    let means = ABOUT_TYPES.iter().any(|known| std::ptr::eq(*known, object))
        && (FOREIGN.contains(&key) || MISPLACED.iter().any(has));
    // In an object whose keys are paths or statuses, any other key is a misspelt one.
    let fixed = object.others.is_none();
    if fixed && (REMARKS.contains(&key) || similar.is_none() && !means) {
        return None;
    }
    let remedy = if std::ptr::eq(object, &PATHS) {
        "a path begins with `/`; keys of your own begin with `x-`".to_owned()
    } else if std::ptr::eq(object, &RESPONSES) {
        "a status is written `404`, a range `4XX`, and the rest `default`".to_owned()
    } else if let Some(name) = similar {
        format!("did you mean `{name}`? Keys of your own begin with `x-`")
    } else {
        "fix or delete it; keys of your own begin with `x-`".to_owned()
    };
    Some(remedy)
}

/// Returns the remedy for a misplaced path, which would not become an operation.
pub fn misplaced_path(key: &str) -> Option<&'static str> {
    let is_path = key.starts_with('/');
    is_path.then_some(
        "this looks like a path: move it under `paths`, with the same indent as the other paths",
    )
}
