//! README's example of an endpoint that is new, put into the document as a reader puts it there.

use std::fs;
use std::path::Path;

use crate::generator::Mode;
use crate::{SPEC, generator, problems};

/// The block of YAML in README that has the endpoint.
fn snippet() -> String {
    let readme = fs::read_to_string("../README.md").unwrap();
    let blocks = readme.split("```yaml\n").skip(1);
    let mut blocks = blocks.map(|rest| rest.split("```").next().unwrap());
    let block = blocks.find(|block| block.contains("/challenges/"));
    block
        .expect("no block of YAML has `/challenges/`")
        .to_owned()
}

/// The document without the endpoint, which somebody who tries it out has in theirs.
fn spec() -> String {
    fs::read_to_string(SPEC).unwrap().replace(&snippet(), "")
}

#[test]
fn the_endpoint_of_the_readme_can_be_called() {
    let spec = spec();
    assert_eq!(spec.matches("\npaths:\n").count(), 1);
    let longer = spec.replacen("\npaths:\n", &format!("\npaths:\n{}", snippet()), 1);
    let generate = |text: &str| match generator::generate_from(Path::new(SPEC), text, Mode::Strict)
    {
        Ok(generated) => generated,
        Err(problems) => panic!("{problems}"),
    };
    let (before, after) = (generate(&spec), generate(&longer));
    let mut operations = after.operations;
    assert_eq!(operations.remove(0), "list_challenges");
    assert_eq!(operations, before.operations);
    // As the text says that it is called.
    let builder = after
        .code
        .split("pub struct ListChallenges")
        .nth(1)
        .unwrap();
    assert!(
        builder.contains("pub fn active(mut self, active: bool) -> Self"),
        "{builder}"
    );
    // Nothing of what was there is another.
    let lines: Vec<&str> = after.code.lines().collect();
    let lost: Vec<&str> = before
        .code
        .lines()
        .filter(|line| line.contains("pub fn ") && !lines.contains(line))
        .collect();
    assert!(lost.is_empty(), "{lost:#?}");
}

/// At the end of the file, the first place that comes to mind, it would be part of `components`.
#[test]
fn the_endpoint_of_the_readme_is_refused_at_the_end_of_the_document() {
    let longer = spec() + &snippet();
    let line = spec().lines().count() + 1;
    let problems = problems(&longer).to_string();
    assert_eq!(problems.lines().count(), 1, "{problems}");
    assert!(
        problems.contains(&format!(
            ":{line}: #/components/~1challenges~1: `/challenges/` "
        )),
        "{problems}"
    );
    assert!(
        problems.ends_with(
            "this looks like a path: move it under `paths`, with the same indent as the other paths"
        ),
        "{problems}"
    );
}
