//! What the generator writes for the shipped document, kept where a review sees it change.

use std::fs;
use std::path::Path;

use crate::generator::Mode;
use crate::{SPEC, generator};

const GOLDEN: &str = "../tests/golden";
const REFRESH: &str = "UPDATE_GOLDEN=1 cargo test --test generator golden";

#[test]
fn golden() {
    let generated = match generator::generate(Path::new(SPEC), Mode::Strict) {
        Ok(generated) => generated,
        Err(problems) => panic!("{problems}"),
    };
    for (name, code) in [("api.rs", generated.code), ("server.rs", generated.server)] {
        let path = format!("{GOLDEN}/{name}");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(path, code).unwrap();
            continue;
        }
        let golden = fs::read_to_string(&path).unwrap_or_default();
        if let Some(difference) = difference(&golden, &code) {
            panic!(
                "the generator writes something else than {path} holds:\n\n{difference}\n\
                 If that is what you want, run `{REFRESH}` and commit the file."
            );
        }
    }
}

/// The first lines that differ, with what stands before them.
fn difference(golden: &str, code: &str) -> Option<String> {
    let (golden, code): (Vec<&str>, Vec<&str>) = (golden.lines().collect(), code.lines().collect());
    let longer = golden.len().max(code.len());
    let first = (0..longer).find(|index| golden.get(*index) != code.get(*index))?;
    let lines = |mark: char, lines: &[&str]| {
        let next = lines.iter().skip(first).take(5);
        next.map(|line| format!("{mark}{line}\n"))
            .collect::<String>()
    };
    let before = golden.iter().take(first).skip(first.saturating_sub(3));
    let before: String = before.map(|line| format!(" {line}\n")).collect();
    Some(format!(
        "@@ line {} @@\n{before}{}{}",
        first + 1,
        lines('-', &golden),
        lines('+', &code)
    ))
}

#[test]
fn a_difference_is_shown_where_it_begins() {
    let shown = difference("a\nb\nc\nd\ne\n", "a\nb\nc\nD\ne\n").unwrap();
    assert_eq!(shown, "@@ line 4 @@\n a\n b\n c\n-d\n-e\n+D\n+e\n");
    assert_eq!(
        difference("a\n", "a\nb\n").unwrap(),
        "@@ line 2 @@\n a\n+b\n"
    );
    assert_eq!(difference("a\n", "a\n"), None);
}

/// The same document gives the same code on every run: nothing depends on the order of a hash map.
#[test]
fn the_same_every_time() {
    for spec in [SPEC, crate::EVERYTHING] {
        let text = fs::read_to_string(spec).unwrap();
        let first = crate::code(&text);
        for _ in 0..3 {
            assert_eq!(difference(&first, &crate::code(&text)), None, "{spec}");
        }
    }
}
