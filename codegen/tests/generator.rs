//! Tests of the generator, on documents that are written for them.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "that is how a test fails"
)]

#[path = "generator/build_script.rs"]
mod build_script;
#[path = "../../tests/support/cargo.rs"]
mod cargo;
#[path = "generator/compiled.rs"]
mod compiled;
#[path = "generator/damage.rs"]
mod damage;
#[path = "generator/features.rs"]
mod features;
#[path = "generator/golden.rs"]
mod golden;
#[path = "generator/readme.rs"]
mod readme;
#[path = "generator/refused.rs"]
mod refused;

use std::path::Path;

use fitrankings_codegen as generator;
use generator::Mode;

/// The folder of the workspace.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The document that the crate is built from.
const SPEC: &str = "../spec/fitrankings.yaml";

/// A document with every feature that the generator supports.
const EVERYTHING: &str = "tests/generator/fixtures/everything.yaml";

/// Returns the code of the client for a text that the generator has to accept.
fn code(text: &str) -> String {
    generated(text).code
}

/// Returns the code for a text that the generator has to accept, with what belongs to it.
fn generated(text: &str) -> generator::Generated {
    match generator::generate_from(Path::new("spec.yaml"), text, Mode::Strict) {
        Ok(generated) => generated,
        Err(problems) => panic!("refused:\n{problems}\n\n{text}"),
    }
}

/// Returns the problems of a text that the generator has to refuse.
fn problems(text: &str) -> generator::Diagnostics {
    match generator::generate_from(Path::new("spec.yaml"), text, Mode::Strict) {
        Ok(generated) => panic!("accepted:\n{text}\n\n{}", generated.code),
        Err(problems) => problems,
    }
}

/// A document with these paths. What is appended stands at the top level if it is not indented.
fn document(paths: &str) -> String {
    format!("openapi: 3.0.3\ninfo: {{ title: Test, version: \"1\" }}\npaths:\n{paths}")
}

/// A document with one operation, `GET /a`, whose response has this schema.
fn with_response(schema: &str) -> String {
    let content = format!("{{ application/json: {{ schema: {schema} }} }}");
    document(&format!(
        "  /a: {{ get: {{ operationId: get_a, \
         responses: {{ \"200\": {{ description: ok, content: {content} }} }} }} }}\n"
    ))
}

/// A document with one operation, `GET /a`, that has this parameter.
fn with_parameter(parameter: &str) -> String {
    document(&format!(
        "  /a: {{ get: {{ operationId: get_a, parameters: [{parameter}], \
         responses: {{ \"204\": {{ description: ok }} }} }} }}\n"
    ))
}
