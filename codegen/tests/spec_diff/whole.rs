//! The command as a whole: its verdict, its order, its status, and that it loses nothing.

use std::ffi::OsString;
use std::path::Path;

use fitrankings_codegen::{Mode, Report, Verdict, compare_from, generate_from};
use serde_json::Value;

use crate::command::{self, FAILED};
use crate::{API, FORMS, compared, edited};

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
fn wrong_arguments_print_the_usage() {
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

/// JSON, other quotes and other lines say the same.
#[test]
fn how_a_document_is_written_is_no_change() {
    let value = fitrankings_codegen::value(Path::new("spec.yaml"), API).unwrap();
    for text in [value.to_string(), format!("# A comment.\n{API}\n")] {
        let report = compared(API, &text);
        assert_eq!(report.to_string(), "nothing changes for callers\npatch\n");
    }
}

/// A change of any value in a document is reported, if the code changes with it.
#[test]
fn nothing_is_lost_in_silence() {
    let reported: usize = [API, FORMS].into_iter().map(reported).sum();
    assert!(reported > 100, "{reported}");
}

/// Returns how many changes of one value are reported.
fn reported(document: &str) -> usize {
    let path = Path::new("spec.json");
    let value = fitrankings_codegen::value(path, document).unwrap();
    let before = value.to_string();
    let generated = |text: &str| {
        let generated = generate_from(path, text, Mode::Strict).unwrap();
        code(&(generated.server + &generated.code))
    };
    let mut reported = 0;
    for nth in 0.. {
        let mut changed = value.clone();
        let mut left = nth;
        let Some(place) = change(&mut changed, &mut left, "") else {
            return reported;
        };
        let after = changed.to_string();
        // Some changes make it a document that is refused.
        let Ok(report) = compare_from([(path, &before), (path, &after)], Mode::Strict) else {
            continue;
        };
        let said = report.to_string();
        assert!(!said.contains("no other line"), "{place}\n{after}");
        if said.starts_with("nothing") {
            assert_eq!(generated(&before), generated(&after), "{place}");
        } else {
            reported += 1;
        }
    }
    unreachable!("a document has an end")
}

/// Generated code but for its comments.
fn code(generated: &str) -> String {
    let lines = generated.lines();
    let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| line.to_owned() + "\n").collect()
}

/// Changes one value or key of a document, the one that `left` others stand before, and returns its
/// pointer.
fn change(value: &mut Value, left: &mut usize, pointer: &str) -> Option<String> {
    let is_here = match left.checked_sub(1) {
        Some(fewer) => {
            *left = fewer;
            false
        }
        None => true,
    };
    match value {
        Value::Object(members) => {
            if is_here {
                let key = members.keys().next()?.clone();
                let first = members.remove(&key)?;
                members.insert(format!("{key}X"), first);
                return Some(format!("{pointer}/{key}"));
            }
            let mut members = members.iter_mut();
            members.find_map(|(key, value)| change(value, left, &format!("{pointer}/{key}")))
        }
        Value::Array(items) => {
            if is_here {
                items.pop()?;
                return Some(pointer.to_owned());
            }
            let mut items = items.iter_mut().enumerate();
            items.find_map(|(at, value)| change(value, left, &format!("{pointer}/{at}")))
        }
        _ if !is_here => None,
        Value::String(text) => {
            text.push('X');
            Some(pointer.to_owned())
        }
        Value::Number(number) => {
            *number = number.as_u64()?.saturating_add(7).into();
            Some(pointer.to_owned())
        }
        Value::Bool(flag) => {
            *flag = !*flag;
            Some(pointer.to_owned())
        }
        Value::Null => None,
    }
}
