//! The check itself, on small trees.

use std::fs;
use std::path::PathBuf;

use crate::functions::{Function, functions_in};
use crate::graph::Graph;

/// Writes a tree of files, and reads its imports.
fn graph(name: &str, files: &[(&str, &str)]) -> Graph {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join("layers")
        .join(name);
    let _ = fs::remove_dir_all(&root);
    for (file, text) in files {
        let path = root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    Graph::of(&root, &[])
}

/// Returns the imports of a graph, each as `a.rs -> b.rs`.
fn imports(graph: &Graph) -> Vec<String> {
    let mut found = Vec::new();
    for (from, imports) in &graph.imports {
        found.extend(imports.keys().map(|to| format!("{from} -> {to}")));
    }
    found
}

/// Asserts that a file `a.rs` with this code, beside `b.rs` and a folder `c`, imports from these.
#[track_caller]
fn check(name: &str, code: &str, expected: &[&str]) {
    let lib = "mod a; mod b; mod c; pub use b::B; pub(crate) use c::deep::Deep as Renamed;
        pub mod names { pub use crate::c::deep::*; }
        #[macro_export] macro_rules! at_root { () => {} }";
    let b = "pub struct B; pub enum Kind { One, Two } pub fn b() {} pub const VALUE: u8 = 1;
        macro_rules! by_name { () => {} } pub(crate) use by_name;
        pub mod inner { pub fn inner() {} }";
    let files = [
        ("lib.rs", lib),
        ("a.rs", code),
        ("b.rs", b),
        (
            "c/mod.rs",
            "pub mod deep; pub mod other; pub use self::deep::Deep; pub struct C;",
        ),
        ("c/deep.rs", "pub struct Deep; pub fn deep() {}"),
        ("c/other.rs", "pub struct Other;"),
    ];
    let graph = graph(name, &files);
    let found = graph
        .imports
        .get("a.rs")
        .into_iter()
        .flat_map(|imports| imports.keys());
    assert_eq!(found.collect::<Vec<_>>(), expected, "{code}");
    assert_eq!(graph.unread, [""; 0]);
}

#[test]
fn an_import_leads_to_the_file_that_defines_the_item() {
    for (index, (code, expected)) in [
        ("use crate::b::B;", "b.rs"),
        ("use crate::B;", "b.rs"),
        ("use super::B as Other;", "b.rs"),
        ("use crate::c::Deep;", "c/deep.rs"),
        ("use crate::Renamed;", "c/deep.rs"),
        ("use crate::names::Deep;", "c/deep.rs"),
        ("use crate::c::C;", "c/mod.rs"),
        ("use crate::b::inner::inner;", "b.rs"),
        ("use crate::b::Kind::One;", "b.rs"),
        ("use crate::b::Kind::*;", "b.rs"),
        ("use crate::b::by_name;", "b.rs"),
        ("use crate::at_root;", "lib.rs"),
        ("pub use crate::b;", "b.rs"),
    ]
    .into_iter()
    .enumerate()
    {
        check(&format!("defines{index}"), code, &[expected]);
    }
}

#[test]
fn a_path_is_an_import_wherever_it_stands() {
    for (index, (code, expected)) in [
        ("fn f() { crate::b::b(); }", "b.rs"),
        ("fn f(it: &super::B) {}", "b.rs"),
        ("impl crate::c::Deep {}", "c/deep.rs"),
        ("use crate::c; fn f() { c::deep::deep(); }", "c/deep.rs"),
        ("use crate::c::{self, other}; fn f() -> other::Other { c::deep::deep(); }", ""),
        ("fn f() { use crate::b::b; }", "b.rs"),
        ("fn f() -> u8 { match 1 { crate::b::VALUE => 2, _ => 3 } }", "b.rs"),
        ("fn f() { println!(\"{}\", crate::b::VALUE); }", "b.rs"),
        ("use crate::b; fn f() { vec![b::VALUE]; }", "b.rs"),
        ("fn f() { crate::b::by_name!(); }", "b.rs"),
        ("#[serde(with = \"crate::b::inner\")] struct S { #[serde(default = \"crate::b::b\")] s: u8 }", "b.rs"),
        ("macro_rules! m { () => { $crate::b::b() }; }", "b.rs"),
        ("macro_rules! m { () => { use $crate::b::{self, b}; }; }", "b.rs"),
        ("mod inline { use super::super::b::b; }", "b.rs"),
        ("mod inline { fn f() { crate::B; } }", "b.rs"),
        ("#[cfg(not(test))] use crate::b::B;", "b.rs"),
        ("#[cfg(any(test, feature = \"x\"))] use crate::b::B;", "b.rs"),
    ]
    .into_iter()
    .enumerate()
    {
        let expected: &[&str] = match expected {
            "" => &["c/deep.rs", "c/other.rs"],
            _ => &[expected],
        };
        check(&format!("stands{index}"), code, expected);
    }
}

#[test]
fn what_is_no_import_is_none() {
    for (index, code) in [
        "use std::fmt; use serde::B; use ::b::B; fn f() { ::b::b(); }",
        "use crate::b; use super::c;",
        "use crate::a::own; pub fn own() {}",
        "#[cfg(test)] mod tests { use crate::b::B; }",
        "#[cfg(all(test, feature = \"x\"))] use crate::b::B;",
        "#[cfg(test)] impl S { fn f() { crate::b::b(); } }",
        "impl S { #[cfg(test)] fn f() { crate::b::b(); } }",
        "fn f() { #[cfg(test)] crate::b::b(); }",
        "fn f() { #[cfg(test)] let it = crate::b::b(); }",
        "struct S { #[cfg(test)] b: crate::b::B }",
        "/// [`crate::b::B`] and `crate::b::b`\n#[doc = \"crate::b::B\"] fn f() { \"crate::b::b\"; }",
        "fn f(b: u8) { b.B(); println!(\"{b} crate::b::b\", b.VALUE); }",
        "macro_rules! m { () => { b::b(); B }; }",
        "fn f() { quote! { crate::b::B }; quote::quote!(crate::B); }",
        "pub(crate) fn f() {} pub(in crate::c) fn g() {}",
    ]
    .into_iter()
    .enumerate()
    {
        check(&format!("none{index}"), code, &[]);
    }
}

#[test]
fn a_glob_imports_what_is_used_of_it() {
    check(
        "glob0",
        "use crate::c::*; fn f() -> Deep { Deep }",
        &["c/deep.rs"],
    );
    check("glob1", "use crate::c::*; fn f() -> C { C }", &["c/mod.rs"]);
    check(
        "glob2",
        "use crate::c::*; fn f() { other::Other; }",
        &["c/other.rs"],
    );
    check("glob3", "use super::*; fn f() { vec![B]; }", &["b.rs"]);
    check(
        "glob4",
        "use super::names::*; fn f() -> Deep {}",
        &["c/deep.rs"],
    );
    // Nothing is known to be used: a trait's method, perhaps.
    check("glob5", "use crate::c::*;", &["c/mod.rs"]);
    check("glob6", "pub use crate::c::*;", &["c/mod.rs"]);
}

#[test]
fn a_file_is_found_by_its_module() {
    let graph = graph(
        "files",
        &[
            (
                "lib.rs",
                "mod a; #[path = \"odd/name.rs\"] mod b; mod inline { mod c; } #[cfg(test)] mod t;",
            ),
            ("a.rs", "mod below; use below::Below;"),
            ("a/below.rs", "pub struct Below; use super::super::b::B;"),
            ("odd/name.rs", "pub struct B; #[cfg(test)] mod tests;"),
            ("odd/tests.rs", "use crate::a::nothing;"),
            ("inline/c.rs", "use super::super::a::below::Below;"),
            ("t.rs", "mod below; use crate::b::B;"),
            ("t/below.rs", ""),
            ("left.rs", ""),
        ],
    );
    let expected = [
        "a.rs -> a/below.rs",
        "a/below.rs -> odd/name.rs",
        "inline/c.rs -> a/below.rs",
    ];
    assert_eq!(imports(&graph), expected);
    assert_eq!(graph.unread, ["left.rs"]);
}

#[test]
fn a_circle_is_printed_with_its_names() {
    let two = [
        ("lib.rs", "mod a; mod b; mod c; pub use a::A;"),
        ("a.rs", "pub struct A; use crate::b::{B, b};"),
        ("b.rs", "pub struct B; pub fn b() -> crate::A {}"),
        ("c.rs", "use crate::{A, b::B};"),
    ];
    let circles = graph("two", &two).circles();
    assert_eq!(circles, ["a.rs -> (b::B, b::b) b.rs -> (A) -> a.rs"]);
    let parent = [
        ("lib.rs", "mod a;"),
        ("a/mod.rs", "mod b; pub use b::B; pub const A: u8 = 1;"),
        ("a/b.rs", "pub struct B; mod c; use c::C;"),
        ("a/b/c.rs", "pub struct C; use super::super::A;"),
    ];
    let circles = graph("parent", &parent).circles();
    assert_eq!(
        circles,
        ["a/b.rs -> (c::C) a/b/c.rs -> (A) a/mod.rs -> (b::B) -> a/b.rs"]
    );
    let through_a_macro = [
        ("lib.rs", "mod a; mod b;"),
        (
            "a.rs",
            "macro_rules! m { () => { $crate::b::b() }; } pub(crate) use m;",
        ),
        ("b.rs", "pub fn b() { crate::a::m!() }"),
    ];
    assert_eq!(
        graph("through_a_macro", &through_a_macro).circles().len(),
        1
    );
}

#[test]
fn a_macro_of_a_module_above_is_imported_without_a_path() {
    let files = [
        ("lib.rs", "macro_rules! m { () => {} } mod a;"),
        ("a.rs", "mod b; macro_rules! own { () => {} } m!();"),
        ("a/b.rs", "fn f() { m!(); vec![1]; }"),
    ];
    let expected = ["a.rs -> lib.rs", "a/b.rs -> lib.rs"];
    assert_eq!(imports(&graph("above", &files)), expected);
}

#[test]
fn there_is_no_circle_where_a_folder_only_lists_its_files() {
    let files = [
        ("lib.rs", "mod a; mod b; pub use a::A; pub use b::B;"),
        (
            "a/mod.rs",
            "mod one; mod two; pub use one::A; pub use two::Two;",
        ),
        (
            "a/one.rs",
            "pub struct A; use super::Two; use crate::a::two;",
        ),
        ("a/two.rs", "pub struct Two;"),
        (
            "b.rs",
            "pub struct B; use crate::A; use crate::a::{self, Two}; fn f() -> a::A {}",
        ),
    ];
    let graph = graph("lists", &files);
    assert_eq!(graph.circles(), [""; 0]);
    assert_eq!(graph.upward(&[&["a"], &["b"], &["lib"]]), [""; 0]);
}

#[test]
fn an_import_that_runs_upward_is_told() {
    let files = [
        ("lib.rs", "mod a; mod ab; mod b; mod c; pub use b::low::B;"),
        ("a/mod.rs", "pub mod low;"),
        ("a/low.rs", "pub struct A; use crate::B;"),
        ("ab.rs", ""),
        ("b/mod.rs", "pub mod low; use crate::a::low::A;"),
        ("b/low.rs", "pub struct B; use crate::c::C;"),
        ("c.rs", "pub struct C;"),
    ];
    let upward = graph("upward", &files).upward(&[&["a"], &["b", "c"], &["d", "lib"]]);
    let expected = [
        "ab.rs is in no layer of the table",
        "the table has d, which is no file and no folder",
        "a/low.rs imports B of b/low.rs, which is above it",
    ];
    assert_eq!(upward, expected);
    // The layer of a file goes before that of its folder.
    let layers: &[&[&str]] = &[&["b/low", "c"], &["a"], &["b", "ab"], &["lib"]];
    assert_eq!(graph("upward", &files).upward(layers), [""; 0]);
}

#[test]
fn what_a_macro_makes_is_defined_where_the_macro_is_called() {
    let files = [
        (
            "lib.rs",
            "mod a; mod b; mod c; pub use b::Made; pub use b as other;",
        ),
        (
            "a.rs",
            "use crate::Made; use crate::other::Also; fn f() -> Vec<u8> { crate::c::Not; }",
        ),
        ("b.rs", "macro_rules! make { () => {} } make!(Made Also);"),
        ("c.rs", ""),
    ];
    let expected = ["a.rs -> b.rs", "lib.rs -> b.rs"];
    assert_eq!(imports(&graph("made", &files)), expected);
}

#[test]
fn the_length_of_a_function_is_that_from_its_line_to_its_brace() {
    let text = r##"
/// fn no() {
pub(crate) fn one() -> [u8; 2] {
    let text = "fn no() { \" }"; // }
    let raw = r#"}"}"#; let letter = ('}', '\'', b'{', '"');
    /* } /* } */ } */
}
trait T<'a> { fn none(&'a self); fn two(&'a self) { if true { 1 } else { 2 }; } }
macro_rules! m { ($name:ident) => { fn $name(f: fn(u8)) {
    let inner = || {};
} }; }
"##;
    let function = |line, name: &str, length| Function {
        line,
        name: name.to_owned(),
        length,
    };
    let expected = [
        function(3, "one", 5),
        function(8, "two", 1),
        function(9, "$name", 3),
    ];
    assert_eq!(functions_in(text), expected);
}
