//! Documents damaged at random, the same on every run: the generator writes code or reports where
//! the fault is, and never panics.
//!
//! `FITRANKINGS_DAMAGED=10000 FITRANKINGS_COMPILED=200 cargo test --test generator damage`
//! tries more of them.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::cargo::write;
use crate::compiled::Packages;
use crate::generator::Mode;
use crate::{EVERYTHING, SPEC, generator};

/// How many damaged documents are tried, of each kind.
fn rounds() -> u64 {
    number("FITRANKINGS_DAMAGED", 150)
}

fn number(variable: &str, otherwise: u64) -> u64 {
    let set = std::env::var(variable).ok();
    set.map_or(otherwise, |set| set.parse().expect("a number"))
}

/// What is written for those that are accepted is Rust that compiles.
#[test]
fn some_of_the_damaged_compile() {
    let original = value(&fs::read_to_string(SPEC).unwrap()).unwrap();
    let as_it_was = crate::generated(&original.to_string());
    let as_it_was = as_it_was.server + &as_it_was.code;
    let packages = Packages::new();
    let spec = packages.root.join("damaged.json");
    let mut left = number("FITRANKINGS_COMPILED", 4);
    for round in 0.. {
        let mut rng = Rng::new(round ^ 0xc0de);
        let mut damaged = original.clone();
        let steps: Vec<String> = (0..=rng.below(3))
            .map(|_| damage(&mut damaged, &mut rng))
            .collect();
        let text = serde_json::to_string_pretty(&damaged).unwrap();
        let generated = generator::generate_from(Path::new("spec.yaml"), &text, Mode::Strict);
        if !generated.is_ok_and(|generated| generated.server + &generated.code != as_it_was) {
            continue;
        }
        write(&spec, text.as_bytes());
        println!("round {round}: {steps:#?}");
        packages.compile(&spec);
        left -= 1;
        if left == 0 {
            break;
        }
    }
}

#[test]
fn damaged_values() {
    for spec in [SPEC, EVERYTHING] {
        let text = fs::read_to_string(spec).unwrap();
        let original = value(&text).unwrap();
        for round in 0..rounds() {
            let mut rng = Rng::new(round);
            let mut damaged = original.clone();
            let steps: Vec<String> = (0..=rng.below(3))
                .map(|_| damage(&mut damaged, &mut rng))
                .collect();
            let text = serde_json::to_string_pretty(&damaged).unwrap();
            check(
                &text,
                Some(&damaged),
                &format!("{spec}, round {round}: {steps:#?}"),
            );
        }
    }
}

#[test]
fn damaged_texts() {
    for spec in [SPEC, EVERYTHING] {
        let text = fs::read_to_string(spec).unwrap();
        for round in 0..rounds() {
            let mut rng = Rng::new(round);
            let mut damaged = text.clone();
            let steps: Vec<String> = (0..=rng.below(3))
                .map(|_| edit(&mut damaged, &mut rng))
                .collect();
            let read = value(&damaged);
            check(
                &damaged,
                read.as_ref(),
                &format!("{spec}, round {round}: {steps:#?}"),
            );
        }
    }
}

fn value(text: &str) -> Option<Value> {
    generator::value(Path::new("spec.yaml"), text).ok()
}

/// Checks that the generator writes code for a text, or problems that all have a place.
fn check(text: &str, document: Option<&Value>, what: &str) {
    let strict =
        catch_unwind(|| generator::generate_from(Path::new("spec.yaml"), text, Mode::Strict));
    let problems = match strict {
        Ok(Ok(generated)) => {
            check_code(&generated, what);
            return;
        }
        Ok(Err(problems)) => problems,
        Err(_) => panic!("panicked: {what}"),
    };
    let lenient =
        catch_unwind(|| generator::generate_from(Path::new("spec.yaml"), text, Mode::Lenient));
    match lenient {
        Ok(Ok(generated)) => assert!(!generated.code.is_empty(), "{what}"),
        Ok(Err(_)) => {}
        Err(_) => panic!("panicked where it was lenient: {what}"),
    }
    check_problems(text, document, &problems, what);
}

fn check_code(generated: &generator::Generated, what: &str) {
    for code in [&generated.code, &generated.server] {
        if let Err(error) = syn::parse_file(code) {
            panic!("{error}: {what}");
        }
    }
}

fn check_problems(
    text: &str,
    document: Option<&Value>,
    problems: &generator::Diagnostics,
    what: &str,
) {
    assert!(
        problems.iter().next().is_some(),
        "refused without a word: {what}"
    );
    // What stands below a key that stands twice is overwritten by the second.
    let twice = problems.to_string().contains("duplicate key `");
    for problem in problems.iter() {
        let shown = problem.to_string();
        assert!(shown.contains("; "), "no remedy: {shown}\n{what}");
        assert!(!shown.contains("fault of the generator"), "{shown}\n{what}");
        let line = shown
            .strip_prefix("spec.yaml:")
            .and_then(|rest| rest.split_once(": #"));
        let line = line.and_then(|(line, _)| line.parse::<usize>().ok());
        // A parser stops at the line after the last.
        let lines = 1..=text.lines().count() + 1;
        assert!(
            line.is_some_and(|line| lines.contains(&line)),
            "no line: {shown}\n{what}"
        );
        let pointer = problem.pointer();
        let above = pointer.rsplit_once('/').map_or("", |(above, _)| above);
        let known = document.is_none_or(|document| {
            document.pointer(pointer).is_some() || document.pointer(above).is_some()
        });
        assert!(known || twice, "no such place: {shown}\n{what}");
    }
}

/// Marsaglia's xorshift: the same numbers on every machine.
struct Rng(u64);

impl Rng {
    fn new(seed: u64) -> Self {
        let mut rng = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..8 {
            rng.next();
        }
        rng
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap()
    }

    fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }
}

/// Words that mean something in one place, and are wrong in others.
const WORDS: [&str; 40] = [
    "",
    "type",
    "$ref",
    "object",
    "array",
    "string",
    "integer",
    "properties",
    "items",
    "allOf",
    "oneOf",
    "enum",
    "nullable",
    "default",
    "format",
    "password",
    "date-time",
    "minimum",
    "x-unit",
    "x-paging",
    "x-period",
    "x-extensible-enum",
    "additionalProperties",
    "required",
    "parameters",
    "in",
    "path",
    "query",
    "header",
    "schema",
    "content",
    "application/json",
    "200",
    "default",
    "security",
    "masterToken",
    "get",
    "Option",
    "größe",
    "a/b~c\n%d",
];

/// Does one thing to one node, and says what.
fn damage(root: &mut Value, rng: &mut Rng) -> String {
    let mut pointers = Vec::new();
    collect(root, String::new(), &mut pointers);
    let pointer = rng.pick(&pointers).clone();
    let other = rng.pick(&pointers).clone();
    match rng.below(6) {
        0 => {
            remove(root, &pointer);
            format!("dropped {pointer}")
        }
        1 => {
            let name = (*rng.pick(&WORDS)).to_owned();
            rename(root, &pointer, &name);
            format!("renamed {pointer} to {name:?}")
        }
        2 => {
            swap(root, &pointer, &other);
            format!("swapped {pointer} and {other}")
        }
        3 => {
            let copy = root.pointer(&other).cloned().unwrap();
            *root.pointer_mut(&pointer).unwrap() = copy;
            format!("put {other} at {pointer}")
        }
        4 => {
            let name = (*rng.pick(&WORDS)).to_owned();
            let value = random(&other, rng);
            let what = format!("put {name:?}: {value} into {pointer}");
            insert(root, &pointer, name, value);
            what
        }
        _ => {
            let value = random(&other, rng);
            let what = format!("put {value} at {pointer}");
            *root.pointer_mut(&pointer).unwrap() = value;
            what
        }
    }
}

/// Puts each of two nodes in the place of the other, as far as that place is still there.
fn swap(root: &mut Value, one: &str, other: &str) {
    let values = [other, one].map(|pointer| root.pointer(pointer).cloned());
    for (pointer, value) in [one, other].into_iter().zip(values) {
        if let Some(place) = root.pointer_mut(pointer) {
            *place = value.unwrap();
        }
    }
}

/// Adds a member to an object or an item to an array; replaces any other node.
fn insert(root: &mut Value, pointer: &str, name: String, value: Value) {
    match root.pointer_mut(pointer) {
        Some(Value::Object(members)) => drop(members.insert(name, value)),
        Some(Value::Array(items)) => items.push(value),
        Some(place) => *place = value,
        None => {}
    }
}

/// A value of any kind.
fn random(pointer: &str, rng: &mut Rng) -> Value {
    let word = *rng.pick(&WORDS);
    match rng.below(14) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(0),
        3 => json!(-1.5),
        4 => json!(u64::MAX),
        5 => json!(i64::MIN),
        6 => json!(word),
        7 => json!([]),
        8 => json!({}),
        9 => json!([word, word]),
        10 => json!({ "type": word }),
        11 => json!({ word: { "type": "string" } }),
        12 => {
            json!({ "type": "object", "properties": { word: { "$ref": format!("#{pointer}") } } })
        }
        _ => json!({ "$ref": format!("#{pointer}") }),
    }
}

fn collect(value: &Value, pointer: String, pointers: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, format!("{pointer}/{index}"), pointers);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                let key = key.replace('~', "~0").replace('/', "~1");
                collect(member, format!("{pointer}/{key}"), pointers);
            }
        }
        _ => {}
    }
    pointers.push(pointer);
}

/// The place above a pointer, and the last name of it.
fn above<'v>(root: &'v mut Value, pointer: &str) -> Option<(&'v mut Value, String)> {
    let (above, name) = pointer.rsplit_once('/')?;
    let name = name.replace("~1", "/").replace("~0", "~");
    Some((root.pointer_mut(above)?, name))
}

fn remove(root: &mut Value, pointer: &str) {
    match above(root, pointer) {
        Some((Value::Object(members), name)) => drop(members.shift_remove(&name)),
        Some((Value::Array(items), index)) => drop(items.remove(index.parse().unwrap())),
        _ => *root = Value::Null,
    }
}

fn rename(root: &mut Value, pointer: &str, to: &str) {
    if let Some((Value::Object(members), from)) = above(root, pointer) {
        let renamed: Map<String, Value> = std::mem::take(members)
            .into_iter()
            .map(|(key, value)| (if key == from { to.to_owned() } else { key }, value))
            .collect();
        *members = renamed;
    }
}

/// Does one thing to one line, and says what.
fn edit(text: &mut String, rng: &mut Rng) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let at = rng.below(lines.len());
    let other = rng.below(lines.len());
    let old = lines[at].clone();
    let what = match rng.below(7) {
        0 => {
            lines.remove(at);
            "dropped"
        }
        1 => {
            lines.insert(other, old.clone());
            "doubled"
        }
        2 => {
            lines.swap(at, other);
            "swapped"
        }
        3 => {
            lines[at].insert(0, ' ');
            "indented"
        }
        4 => {
            lines[at] = old.trim_start().to_owned();
            "outdented"
        }
        5 => {
            const SIGNS: &str = "{}[]:,&*#?|>-'\"%@`!~\t\\\u{0}é\u{feff}";
            let signs: Vec<char> = SIGNS.chars().collect();
            let places: Vec<usize> = old.char_indices().map(|(place, _)| place).collect();
            let place = if places.is_empty() {
                0
            } else {
                *rng.pick(&places)
            };
            lines[at].insert(place, *rng.pick(&signs));
            "sprinkled"
        }
        _ => {
            lines.truncate(at);
            "cut off from"
        }
    };
    *text = lines.join("\n") + "\n";
    format!("{what} line {}: {old}", at + 1)
}
