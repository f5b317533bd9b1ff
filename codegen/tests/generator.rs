//! The generator, put to work on documents of its own.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "that is how a test fails"
)]

#[path = "generator/build_script.rs"]
mod build_script;
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

/// The code of the client for a text that the generator has to accept.
fn code(text: &str) -> String {
    generated(text).code
}

/// What the generator makes of a text that it has to accept.
fn generated(text: &str) -> generator::Generated {
    match generator::generate_from(Path::new("spec.yaml"), text, Mode::Strict) {
        Ok(generated) => generated,
        Err(problems) => panic!("refused:\n{problems}\n\n{text}"),
    }
}

/// The problems of a text that the generator has to refuse.
fn problems(text: &str) -> generator::Diagnostics {
    match generator::generate_from(Path::new("spec.yaml"), text, Mode::Strict) {
        Ok(generated) => panic!("accepted:\n{text}\n\n{}", generated.code),
        Err(problems) => problems,
    }
}

/// A document with these paths, and what else stands at its top.
fn document(paths: &str) -> String {
    format!("openapi: 3.0.3\ninfo: {{ title: Test, version: \"1\" }}\npaths:\n{paths}")
}

/// A document with one operation, `GET /a`, that answers with this schema.
fn answers(schema: &str) -> String {
    let content = format!("{{ application/json: {{ schema: {schema} }} }}");
    document(&format!(
        "  /a: {{ get: {{ operationId: get_a, \
         responses: {{ \"200\": {{ description: ok, content: {content} }} }} }} }}\n"
    ))
}

/// A document with one operation, `GET /a`, that takes this parameter.
fn takes(parameter: &str) -> String {
    document(&format!(
        "  /a: {{ get: {{ operationId: get_a, parameters: [{parameter}], \
         responses: {{ \"204\": {{ description: ok }} }} }} }}\n"
    ))
}
