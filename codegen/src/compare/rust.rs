//! Rust types as a report shows them.

use proc_macro2::TokenStream;

use crate::write::is_converted;

/// Modules that say nothing to a reader. `crate::` is the beginning of others, and comes after them.
const MODULES: [&str; 5] = [
    "std::collections::",
    "crate::units::",
    "crate::runtime::",
    "crate::",
    "types::",
];

/// A type on one line, in full.
pub fn spelled(rust: &TokenStream) -> String {
    rust.to_string().replace(' ', "").replace(',', ", ")
}

/// The type that a function takes for a value of `rust`.
pub fn taken(rust: &TokenStream) -> String {
    let text = spelled(rust);
    if is_converted(rust) {
        format!("impl Into<{text}>")
    } else {
        text
    }
}

/// A type without its modules.
pub fn short(rust: &str) -> String {
    let without = |text: String, module| text.replace(module, "");
    MODULES.into_iter().fold(rust.to_owned(), without)
}

/// Two types without their modules, or in full where they would look the same.
pub fn both(old: &str, new: &str) -> [String; 2] {
    let short = [short(old), short(new)];
    if short[0] == short[1] {
        [old.to_owned(), new.to_owned()]
    } else {
        short
    }
}

/// `old → new`
pub fn arrow(old: &str, new: &str) -> String {
    both(old, new).join(" → ")
}

/// Items one after the other, with a word before the last.
pub fn list(items: &[String], word: &str) -> String {
    match items {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}
