//! Compiler errors for wrong programs. The folder `ui/` has the programs, each with the expected
//! output of one version of the compiler.
//!
//! `TRYBUILD=overwrite cargo test --test ui -- --ignored` writes the output again.
#![allow(clippy::panic, clippy::unwrap_used)]

use std::process::Command;

const RUSTC: &str = "rustc 1.95.";

/// Texts that the output of every version of the compiler must contain.
const CASES: [(&str, &[&str]); 8] = [
    (
        "group_summary_of_a_user",
        &[
            "error[E0277]: this operation takes a `MasterToken`, and the client's token is `UserToken`",
            "requires a `Client<MasterToken>`",
            "`client.with_token(token)` returns such a client, which shares the connections",
        ],
    ),
    (
        "group_summary_of_any_token",
        &["this operation takes a `MasterToken`, and the client's token is `AnyToken`"],
    ),
    (
        "group_summary_without_a_token",
        &["this operation takes a `MasterToken`, and the client's token is `NoToken`"],
    ),
    (
        "users_without_a_token",
        &[
            "this operation takes a `MasterToken` or a `UserToken`, and the client's token is `NoToken`",
            "requires a `Client<MasterToken>` or `Client<UserToken>`",
        ],
    ),
    ("response_as_a_literal", &["error[E0639]"]),
    ("provider_without_a_wildcard", &["error[E0004]"]),
    (
        "provider_matched_by_text",
        &["error[E0308]", "expected `UnknownValue`, found `&str`"],
    ),
    (
        "request_without_a_call",
        &[
            "a request does nothing until it is sent",
            "call `build` to create a client",
        ],
    ),
];

#[test]
#[ignore = "a part of the other test, which accepts other compilers as well"]
fn exact() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

#[test]
fn wrong_programs_do_not_compile_and_the_compiler_says_why() {
    let mut exact = Command::new(std::env::current_exe().unwrap());
    exact.args(["--exact", "exact", "--ignored", "--nocapture"]);
    let output = exact.output().unwrap();
    let said = without_colours(&String::from_utf8_lossy(&output.stderr));
    let version = Command::new("rustc").arg("--version").output().unwrap();
    if version.stdout.starts_with(RUSTC.as_bytes()) {
        assert!(output.status.success(), "{said}");
    }
    for (case, sentences) in CASES {
        let expected = std::fs::read_to_string(format!("tests/ui/{case}.stderr")).unwrap();
        let actual = if output.status.success() {
            &expected
        } else {
            differs(&said, case).unwrap_or(&expected)
        };
        for sentence in sentences {
            assert!(expected.contains(sentence), "{case}: {expected}");
            assert!(actual.contains(sentence), "{case}: {said}");
        }
    }
}

/// Returns the output for one of the programs if it differs from the expected output.
fn differs<'s>(said: &'s str, case: &str) -> Option<&'s str> {
    let mark = format!("\ntest tests/ui/{case}.rs");
    let (_, section) = said
        .split_once(&mark)
        .unwrap_or_else(|| panic!("{case}: {said}"));
    let section = section.split("\ntest ").next().unwrap();
    let actual = section.split_once("ACTUAL OUTPUT:");
    let same = section.lines().next().unwrap().contains("ok");
    assert!(actual.is_some() || same, "{case}: {said}");
    actual.map(|(_, actual)| actual)
}

fn without_colours(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| {
        plain + part.split_once('m').map_or(part, |(_, rest)| rest)
    })
}
