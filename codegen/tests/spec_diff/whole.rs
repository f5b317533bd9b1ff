//! The command as a whole: its verdict, its order, its status, and that it loses nothing.

use std::ffi::OsString;
use std::path::Path;

use fitrankings_codegen::{Report, Verdict};

use crate::command::{self, FAILED};
use crate::{API, compared, edited};

const SPEC: &str = "../spec/fitrankings.yaml";
const EVERYTHING: &str = "tests/generator/fixtures/everything.yaml";

/// What the command says when it is called with these.
fn run(arguments: &[&str]) -> Result<Report, String> {
    command::run(arguments.iter().map(OsString::from))
}

#[test]
fn a_document_is_the_same_as_itself() {
    for spec in [SPEC, EVERYTHING] {
        let report = run(&[spec, spec]).unwrap();
        assert_eq!(report.to_string(), "nothing changes for callers\npatch\n");
        assert_eq!(report.verdict(), Verdict::Patch);
    }
    let report = compared(API, &edited(API, &[]));
    assert_eq!(report.verdict(), Verdict::Patch);
}

#[test]
fn the_status_says_the_verdict() {
    let all = [Verdict::Patch, Verdict::Minor, Verdict::Major];
    assert_eq!(all.map(Verdict::status), [0, 1, 2]);
    assert_eq!(FAILED, 3);
}

/// Breaking lines stand first, wherever in the document they come from, and words last.
#[test]
fn the_lines_are_in_the_order_of_their_weight() {
    let new = edited(
        API,
        &[
            ("summary: Lists users.", "summary: Lists all."),
            ("        steps: { type: integer }\n", ""),
            (
                "        quiet: { type: boolean }\n",
                "        quiet: { type: boolean }\n        loud: { type: boolean }\n",
            ),
            ("  /groups/:", "  /teams/:"),
        ],
    );
    let report = compared(API, &new);
    assert_eq!(
        report.to_string(),
        "User loses steps: breaking\n\
         get_group is sent to /teams/ instead of /groups/: compatible\n\
         delete_group is sent to /teams/ instead of /groups/: compatible\n\
         Options gains loud: Option<bool>: compatible\n\
         list_users is described in other words: docs\n\
         major\n"
    );
}

#[test]
fn a_verdict_is_that_of_the_heaviest_line() {
    let verdict = |edits: &[(&str, &str)]| {
        let report = compared(API, &edited(API, edits));
        report.verdict()
    };
    let words = ("summary: Lists users.", "summary: Lists all.");
    let elsewhere = ("  /groups/:", "  /teams/:");
    let more = ("enum: [red, green]", "enum: [red, green, blue]");
    let less = ("        steps: { type: integer }\n", "");
    assert_eq!(verdict(&[words]), Verdict::Patch);
    assert_eq!(verdict(&[words, elsewhere]), Verdict::Patch);
    assert_eq!(verdict(&[words, elsewhere, more]), Verdict::Minor);
    assert_eq!(verdict(&[words, elsewhere, more, less]), Verdict::Major);
}

#[test]
fn wrong_arguments_are_answered_with_the_usage() {
    for arguments in [&[] as &[&str], &[SPEC], &[SPEC, SPEC, SPEC]] {
        let problem = run(arguments).unwrap_err();
        assert!(problem.starts_with("usage: spec-diff OLD NEW"), "{problem}");
    }
}

#[test]
fn the_problems_of_both_documents_are_told_at_once() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let refused = folder.join("refused.yaml");
    std::fs::write(
        &refused,
        "openapi: 3.0.3\ninfo: { title: A, version: \"1\" }\npathes: {}\n",
    )
    .unwrap();
    let refused = refused.to_str().unwrap();
    let problems = run(&["missing.yaml", refused]).unwrap_err();
    for part in [
        "missing.yaml: #: the file cannot be read",
        &format!("{refused}:3: #/pathes: "),
        &format!("{refused}:1: #: `paths` is missing"),
    ] {
        assert!(problems.contains(part), "{part}\n{problems}");
    }
}
