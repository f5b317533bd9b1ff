//! What `examples/spec-diff` says of a change, in both directions.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "that is how a test fails"
)]

#[path = "../examples/spec-diff/access.rs"]
mod access;
#[path = "../examples/spec-diff/argument.rs"]
mod argument;
#[path = "../examples/spec-diff/call.rs"]
mod call;
#[path = "../examples/spec-diff/command.rs"]
mod command;
#[path = "../examples/spec-diff/field.rs"]
mod field;
#[path = "../examples/spec-diff/notes.rs"]
mod notes;
#[path = "../examples/spec-diff/operation.rs"]
mod operation;
#[path = "../examples/spec-diff/paging.rs"]
mod paging;
#[path = "../examples/spec-diff/parameter.rs"]
mod parameter;
#[path = "../examples/spec-diff/piece.rs"]
mod piece;
#[path = "../examples/spec-diff/rename.rs"]
mod rename;
#[path = "../examples/spec-diff/report.rs"]
mod report;
#[path = "../examples/spec-diff/spelling.rs"]
mod spelling;
#[path = "../examples/spec-diff/step.rs"]
mod step;
#[path = "../examples/spec-diff/surface.rs"]
mod surface;
#[path = "../examples/spec-diff/types.rs"]
mod types;
#[path = "../examples/spec-diff/variant.rs"]
mod variant;
#[path = "../examples/spec-diff/words.rs"]
mod words;

#[path = "spec_diff/types.rs"]
mod of_types;
#[path = "spec_diff/operations.rs"]
mod operations;
#[path = "spec_diff/other_forms.rs"]
mod other_forms;
#[path = "spec_diff/sending.rs"]
mod sending;
#[path = "spec_diff/whole.rs"]
mod whole;

use std::path::Path;

use fitrankings_codegen as generator;
use generator::Mode;

/// A document that the tests change.
const API: &str = include_str!("spec_diff/api.yaml");

/// What the generator makes of a text that it has to accept.
fn code(text: &str) -> String {
    match generator::generate_from(Path::new("spec.yaml"), text, Mode::Strict) {
        Ok(generated) => generated.server + &generated.code,
        Err(problems) => panic!("refused:\n{problems}\n\n{text}"),
    }
}

/// A text with changes, each of which has one place.
#[track_caller]
fn edited(text: &str, edits: &[(&str, &str)]) -> String {
    let mut text = text.to_owned();
    for (from, to) in edits {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text = text.replace(from, to);
    }
    text
}

/// Checks what is said of a change of the document, and of taking it back.
#[track_caller]
fn says(edits: &[(&str, &str)], forward: &str, backward: &str) {
    let (old, new) = (code(API), code(&edited(API, edits)));
    says_of_code([&old, &new], forward, backward);
}

/// The same for generated code.
#[track_caller]
fn says_of_code([old, new]: [&str; 2], forward: &str, backward: &str) {
    let report = |old, new| command::compare(old, new).unwrap().to_string();
    let trimmed = |text: &str| -> String {
        let lines = text.trim().lines();
        lines.map(|line| line.trim().to_owned() + "\n").collect()
    };
    assert_eq!(report(old, new), trimmed(forward));
    assert_eq!(report(new, old), trimmed(backward), "taken back");
}
