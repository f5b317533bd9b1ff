//! Checks the source: no import runs upward between layers, no imports go in a circle between files,
//! and no function is longer than [`LONGEST`] lines.
//!
//! An import is a path in the code, whether it stands in a `use` or not. It leads to the file that
//! defines the item, not to a re-export of it; a re-export is an import as well. Code that is only
//! compiled for tests is left out. Calls of methods are no imports: a method in another file than
//! its type is not seen.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "that is how a test fails"
)]

#[path = "layers/functions.rs"]
mod functions;
#[path = "layers/graph.rs"]
mod graph;
#[path = "layers/made_up.rs"]
mod made_up;
#[path = "layers/modules.rs"]
mod modules;
#[path = "layers/paths.rs"]
mod paths;
#[path = "layers/syntax.rs"]
mod syntax;

use std::path::Path;

use graph::Graph;

/// The layers of `src/`, from the bottom. A file may import from its own layer and those before.
const LIBRARY: &[&[&str]] = &[
    &["defaults", "escape", "json", "operation", "server", "text"],
    &["error"],
    &["limits", "random"],
    &["auth"],
    &["values", "fitrankings/period", "fitrankings/units"],
    &["redact"],
    &["transport"],
    &["response"],
    &["call"],
    &["request"],
    &["list"],
    &["client"],
    // The kinds of token that generated code names.
    &["fitrankings/tokens"],
    &["generated"],
    &["fitrankings"],
    // Apart from the rest: only `lib.rs` imports it.
    &["sandbox"],
    // Lists of names: what is listed counts as imported from where it is defined.
    &["runtime", "lib"],
];

/// The layers of `codegen/src/`. Empty: its files have to be without circles, in any order.
const GENERATOR: &[&[&str]] = &[];

/// The code that stands in for what build.rs writes.
const INCLUDES: &[(&str, &str)] = &[("generated.rs", "../tests/golden/api.rs")];

/// The most lines of a function.
const LONGEST: usize = 50;

/// Functions that may be longer, by file, name and reason.
const LONG_FUNCTIONS: &[(&str, &str, &str)] = &[];

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[test]
fn no_import_of_the_library_goes_upward_or_in_a_circle() {
    let graph = Graph::of(&Path::new(ROOT).join("src"), INCLUDES);
    check("src", &graph, LIBRARY);
}

#[test]
fn no_import_of_the_generator_goes_upward_or_in_a_circle() {
    let graph = Graph::of(&Path::new(ROOT).join("codegen/src"), &[]);
    check("codegen/src", &graph, GENERATOR);
}

fn check(root: &str, graph: &Graph, layers: &[&[&str]]) {
    assert_eq!(graph.unread, [""; 0], "no module of {root} is in these");
    let mut problems = graph.circles();
    if !layers.is_empty() {
        problems.extend(graph.upward(layers));
    }
    fail(root, &problems);
}

#[test]
fn no_function_is_long() {
    let mut problems = Vec::new();
    let mut allowed: Vec<_> = LONG_FUNCTIONS
        .iter()
        .map(|(file, name, _)| (*file, *name))
        .collect();
    for folder in ["src", "codegen", "examples", "tests"] {
        for file in syntax::files_below(&Path::new(ROOT).join(folder)) {
            let name = file
                .strip_prefix(ROOT)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            for function in functions::functions(&file) {
                let functions::Function {
                    line,
                    name: function,
                    length,
                } = function;
                if length <= LONGEST {
                    continue;
                }
                match allowed.iter().position(|it| *it == (&*name, &*function)) {
                    Some(index) => drop(allowed.remove(index)),
                    None => problems.push(format!("{name}:{line} {function} {length}")),
                }
            }
        }
    }
    problems.extend(
        allowed
            .iter()
            .map(|(file, name)| format!("{file} has no long {name}")),
    );
    fail("functions", &problems);
}

/// Fails if there are problems, with all of them.
fn fail(what: &str, problems: &[String]) {
    let text = problems.join("\n");
    println!("{what}: {} problems\n{text}", problems.len());
    assert!(text.is_empty(), "{what}:\n{text}");
}
