//! What `examples/spec-diff` says of a change, in both directions.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "that is how a test fails"
)]

#[path = "../examples/spec-diff.rs"]
#[allow(dead_code, reason = "nothing here calls its `main`")]
mod command;
#[path = "spec_diff/operations.rs"]
mod operations;
#[path = "spec_diff/other_forms.rs"]
mod other_forms;
#[path = "spec_diff/sending.rs"]
mod sending;
#[path = "spec_diff/types.rs"]
mod types;
#[path = "spec_diff/whole.rs"]
mod whole;

use std::path::Path;

use fitrankings_codegen::{Mode, Report, compare_from};

/// A document that the tests change.
const API: &str = include_str!("spec_diff/api.yaml");
/// A document of other forms.
const FORMS: &str = include_str!("spec_diff/forms.yaml");

/// What is said of two texts that the generator has to accept.
#[track_caller]
fn compared(old: &str, new: &str) -> Report {
    let path = Path::new("spec.yaml");
    match compare_from([(path, old), (path, new)], Mode::Strict) {
        Ok(report) => report,
        Err(problems) => panic!("refused:\n{problems}\n\n{old}\n\n{new}"),
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
    says_of([API, &edited(API, edits)], forward, backward);
}

/// The same for two documents.
#[track_caller]
fn says_of([old, new]: [&str; 2], forward: &str, backward: &str) {
    let trimmed = |text: &str| -> String {
        let lines = text.trim().lines();
        lines.map(|line| line.trim().to_owned() + "\n").collect()
    };
    assert_eq!(compared(old, new).to_string(), trimmed(forward));
    assert_eq!(
        compared(new, old).to_string(),
        trimmed(backward),
        "taken back"
    );
}
