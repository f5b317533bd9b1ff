//! Rust names for names of the document.
//!
//! | in the document | in Rust |
//! |---|---|
//! | `activityType` | `activity_type`, `ActivityType` |
//! | a keyword: `type`, `Self` | with an underscore behind it: `type_`, `Self_` |
//! | a type that generated code uses by its bare name: `Option` | the same: `Option_` |
//! | a digit in front: `1st` | `field_1st`, `Value1st` |
//! | nothing that a name can be made of: `$` | `field`, `Value` |
//! | a name that is taken already | with a number behind it: `name2` |

use std::collections::HashMap;

use heck::{ToPascalCase, ToSnakeCase};

use super::reserved_names::{KEYWORDS, PRELUDE};

/// A field, parameter or method.
pub fn snake(name: &str) -> String {
    escape(words(name).to_snake_case(), "field")
}

/// A variant.
pub fn pascal(name: &str) -> String {
    escape(words(name).to_pascal_case(), "Value")
}

/// A type.
pub fn type_name(name: &str) -> String {
    let name = pascal(name);
    if PRELUDE.contains(&name.as_str()) {
        return format!("{name}_");
    }
    name
}

/// Spells signs out, so that names that differ by a sign alone stay apart.
fn words(name: &str) -> String {
    let mut words = String::new();
    for character in name.chars() {
        match character {
            '+' => words.push_str(" plus "),
            '<' => words.push_str(" less "),
            '>' => words.push_str(" greater "),
            '=' => words.push_str(" equal "),
            '%' => words.push_str(" percent "),
            '*' => words.push_str(" star "),
            '-' if words.is_empty() => words.push_str("minus "),
            _ if character.is_alphanumeric() || character == '_' => words.push(character),
            _ => words.push(' '),
        }
    }
    words
}

/// Makes an identifier of a name that is empty, begins with a digit, or is a keyword.
fn escape(name: String, stem: &str) -> String {
    let name = match name.chars().next() {
        Some(first) if first.is_numeric() && stem == "field" => format!("{stem}_{name}"),
        Some(first) if first.is_numeric() => format!("{stem}{name}"),
        _ => name,
    };
    let behind = format!("{name}_");
    if is_name(&name) {
        name
    } else if !name.is_empty() && is_name(&behind) {
        behind
    } else {
        stem.to_owned()
    }
}

/// Returns the last name of a path of Rust.
pub fn last(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

/// Whether HTTP permits a header of this name.
pub fn is_header(name: &str) -> bool {
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(sign)
}

fn is_name(name: &str) -> bool {
    !KEYWORDS.contains(&name) && syn::parse_str::<syn::Ident>(name).is_ok()
}

/// Names that are taken already in one scope.
#[derive(Default)]
pub struct Scope {
    /// Each name, with the number for the next of the same name.
    next: HashMap<String, usize>,
}

impl Scope {
    pub fn with(names: &[&str]) -> Self {
        let mut scope = Self::default();
        for name in names {
            scope.take((*name).to_owned());
        }
        scope
    }

    /// Returns the name itself if it is free, otherwise the name with the first number that is.
    pub fn take(&mut self, name: String) -> String {
        let mut free = name.clone();
        let mut number = self.next.get(&name).copied().unwrap_or(2);
        while self.next.contains_key(&free) {
            free = format!("{name}{number}");
            number += 1;
        }
        self.next.insert(name, number);
        self.next.entry(free.clone()).or_insert(2);
        free
    }
}
