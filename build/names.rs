//! Rust names for names of the document.

use std::collections::BTreeSet;

use heck::{ToPascalCase, ToSnakeCase};

/// A field, parameter or method: `activityType` becomes `activity_type`, `type` becomes `type_`.
pub fn snake(name: &str) -> String {
    escape(words(name).to_snake_case(), "field")
}

/// A type or variant: `google-oauth2` becomes `GoogleOauth2`.
pub fn pascal(name: &str) -> String {
    escape(words(name).to_pascal_case(), "Value")
}

/// Signs that a language has no letters for keep the names apart that differ by them alone.
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
            _ if unicode_ident_like(character) => words.push(character),
            _ => words.push(' '),
        }
    }
    words
}

fn unicode_ident_like(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || character == '_'
        || (!character.is_ascii() && character.is_alphanumeric())
}

/// Makes an identifier of a name that is empty, begins with a digit, or is a word of Rust's own.
fn escape(name: String, stem: &str) -> String {
    if name.is_empty() {
        return stem.to_owned();
    }
    let name = match name.chars().next() {
        Some(first) if first.is_numeric() => {
            format!("{stem}{}{name}", if stem == "field" { "_" } else { "" })
        }
        _ => name,
    };
    match syn::parse_str::<syn::Ident>(&name) {
        Ok(_) => name,
        // Keywords, `Self` among them, are identifiers with an underscore behind them.
        Err(_) if syn::parse_str::<syn::Ident>(&format!("{name}_")).is_ok() => format!("{name}_"),
        Err(_) => stem.to_owned(),
    }
}

/// Names that are taken already in one scope.
#[derive(Default)]
pub struct Scope(BTreeSet<String>);

impl Scope {
    pub fn with(names: &[&str]) -> Self {
        Self(names.iter().map(|name| (*name).to_owned()).collect())
    }

    /// The name itself where it is free, otherwise with the first number that makes it so.
    pub fn take(&mut self, name: String) -> String {
        let mut free = name.clone();
        let mut number = 2;
        while !self.0.insert(free.clone()) {
            free = format!("{name}{number}");
            number += 1;
        }
        free
    }
}
