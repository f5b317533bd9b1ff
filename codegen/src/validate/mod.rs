//! Checks of the raw document, before `openapiv3` sees it.

mod repair;
mod unknown_keys;
mod validator;

use serde_json::Value;

use self::validator::Validator;
use crate::document::Source;
use crate::text::{Diagnostics, show, type_of};

/// Checks a document against OpenAPI 3.0, and repairs unambiguous mistakes. Returns the faults, and
/// notes on ignored parts.
///
/// # Errors
///
/// Fails if it is no document of OpenAPI 3.0 at all.
pub fn check(source: &mut Source) -> Result<(Diagnostics, Vec<String>), Diagnostics> {
    version(source)?;
    let (findings, repairs) = Validator::run(source);
    let (found, notes) = findings.into_parts();
    let mut diagnostics = std::mem::take(&mut source.diagnostics);
    diagnostics.extend(found);
    // From the end, so that removing an item of a list does not move the items before it.
    for (pointer, repair) in repairs.into_iter().rev() {
        repair.apply(source, &pointer);
    }
    Ok((diagnostics, notes))
}

/// Checks the version first: in a document of another one, every further message would be noise.
fn version(source: &Source) -> Result<(), Diagnostics> {
    const SUPPORTED: &str = "this generator reads OpenAPI 3.0.x";
    let Value::Object(members) = &source.root else {
        let found = format!("the document is {}, not an object", type_of(&source.root));
        return Err(source.diagnostic("", found).remedy(SUPPORTED).into());
    };
    let (pointer, found, remedy) = match (members.get("swagger"), members.get("openapi")) {
        (Some(version), _) => (
            "/swagger",
            format!("this is a Swagger document, version {}", show(version)),
            "; convert the document first",
        ),
        (None, Some(Value::String(version))) if version.starts_with("3.0.") => return Ok(()),
        (None, Some(version)) => (
            "/openapi",
            format!("the version is {}", show(version)),
            "; write `openapi: 3.0.3` and its forms",
        ),
        (None, None) => (
            "",
            "the key `openapi` is missing, so this is not an OpenAPI document".to_owned(),
            "",
        ),
    };
    let remedy = format!("{SUPPORTED}{remedy}");
    Err(source.diagnostic(pointer, found).remedy(remedy).into())
}
