//! The command as a whole: its verdict, its order, its status, and that it loses nothing.

use std::ffi::OsString;
use std::path::Path;

use proc_macro2::{Group, Ident, Literal, TokenStream, TokenTree};

use crate::command::{self, FAILED};
use crate::report::{Report, Verdict};
use crate::{API, code, edited};

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
    let report = command::compare(&code(API), &code(&edited(API, &[]))).unwrap();
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
    let report = command::compare(&code(API), &code(&new)).unwrap();
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
        let report = command::compare(&code(API), &code(&edited(API, edits))).unwrap();
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

#[test]
fn code_that_is_no_rust_is_an_error() {
    let problem = command::compare("fn", "").unwrap_err();
    assert!(
        problem.starts_with("the code of the old document cannot be read: "),
        "{problem}"
    );
}

/// Long signatures are broken into lines, with a comma at the end.
#[test]
fn where_lines_break_is_no_change() {
    let old = include_str!("forms.rs");
    let broken = edited(
        old,
        &[
            (
                "pub fn call(&self) -> Result<types::CreatePetResponse, Error> {",
                "pub fn call(\n&self,\n) -> Result<\ntypes::CreatePetResponse,\nError,\n> {",
            ),
            (
                "pub fn create_pet(&self, body: types::Pet) ->",
                "pub fn create_pet(\n&self,\nbody: types::Pet,\n) ->",
            ),
            ("Text(String) });", "Text(String),\n});"),
        ],
    );
    let report = command::compare(old, &broken).unwrap();
    assert_eq!(report.to_string(), "nothing changes for callers\npatch\n");
}

/// Another name or value anywhere in the code is told, in whatever words.
#[test]
fn nothing_is_lost_in_silence() {
    let old = include_str!("forms.rs");
    let tokens: TokenStream = old.parse().unwrap();
    let mut told = 0;
    // All of them would take a while.
    for nth in (0..).step_by(3) {
        let mut change = Change {
            left: nth,
            done: None,
        };
        let new = change.stream(tokens.clone()).to_string();
        let Some(word) = change.done else { break };
        // Docs are words that follow from the code in part.
        if word.starts_with('"') && old.contains(&format!("///{}", word.trim_matches('"'))) {
            continue;
        }
        // Some changes make it something else than Rust.
        let Ok(report) = command::compare(old, &new) else {
            continue;
        };
        let said = report.to_string();
        assert!(!said.starts_with("nothing"), "{word}, the {nth}th\n{new}");
        told += 1;
    }
    assert!(told > 100, "{told}");
}

/// Changes one word of some code.
struct Change {
    /// How many words stand before it.
    left: usize,
    /// The word as it was, once it is changed.
    done: Option<String>,
}

impl Change {
    fn stream(&mut self, stream: TokenStream) -> TokenStream {
        stream.into_iter().map(|token| self.token(token)).collect()
    }

    fn token(&mut self, token: TokenTree) -> TokenTree {
        let word = token.to_string();
        match token {
            TokenTree::Group(group) => {
                let inside = self.stream(group.stream());
                Group::new(group.delimiter(), inside).into()
            }
            TokenTree::Ident(name) if self.is_here(&word) => {
                Ident::new(&format!("{word}X"), name.span()).into()
            }
            TokenTree::Literal(_) if self.is_here(&word) => match word.parse::<u64>() {
                Ok(number) => Literal::u64_unsuffixed(number + 7).into(),
                Err(_) => Literal::string(&format!("{}X", word.trim_matches('"'))).into(),
            },
            other => other,
        }
    }

    fn is_here(&mut self, word: &str) -> bool {
        if self.done.is_some() {
            return false;
        }
        if self.left == 0 {
            self.done = Some(word.to_owned());
            return true;
        }
        self.left -= 1;
        false
    }
}
