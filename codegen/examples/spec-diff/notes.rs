//! What stands above an item: its words, and its attributes.

use std::collections::BTreeSet;

use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Lit, Meta, Token};

use super::report::Report;
use super::spelling;

/// The line that marks a type or a field, where the compiler is not to warn.
const MARK: &str = "**Deprecated.**";

/// How lines end that hold names, and no words of the document.
const SILENCE: [&str; 2] = [
    "`: the document says no more of it.",
    "answers with, by its status.",
];

/// Keeps callers from matching to the end, and from writing all fields.
const NON_EXHAUSTIVE: &str = "non_exhaustive";

/// The attributes of an item, by kind.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// The lines of its docs.
    pub docs: Vec<String>,
    pub deprecated: bool,
    /// The traits that it derives.
    pub derives: BTreeSet<String>,
    /// What serde is told.
    pub serde: Vec<String>,
    /// All others.
    pub others: BTreeSet<String>,
}

impl Notes {
    pub fn of(attributes: &[Attribute]) -> Self {
        let mut notes = Self::default();
        for attribute in attributes {
            let path = spelling::text(attribute.path());
            match path.as_str() {
                "doc" => notes.docs.push(doc(&attribute.meta)),
                "deprecated" => notes.deprecated = true,
                "derive" => notes.derives.extend(inside(attribute)),
                "serde" => notes.serde.extend(inside(attribute)),
                _ => {
                    notes.others.insert(spelling::text(&attribute.meta));
                }
            }
        }
        notes.deprecated |= notes.docs.iter().any(|line| line.trim() == MARK);
        // Where the document says nothing, a name stands there, and is told of by itself.
        notes
            .docs
            .retain(|line| line.trim() != MARK && !SILENCE.iter().any(|end| line.ends_with(end)));
        while notes.docs.last().is_some_and(|line| line.is_empty()) {
            notes.docs.pop();
        }
        notes
    }

    /// Tells what is different about `subject`, its words included.
    pub fn compare(&self, new: &Self, subject: &str, report: &mut Report) {
        self.compare_marks(new, subject, report);
        if self.docs != new.docs {
            report.docs(reworded(subject));
        }
    }

    /// The same but for its words.
    pub fn compare_marks(&self, new: &Self, subject: &str, report: &mut Report) {
        match (self.deprecated, new.deprecated) {
            // Semantic Versioning asks for a minor version; taking it back asks for nothing.
            (false, true) => report.added(format!("{subject} is deprecated")),
            (true, false) => report.behaviour(format!("{subject} is no longer deprecated")),
            _ => {}
        }
        for lost in self.derives.difference(&new.derives) {
            report.breaking(format!("{subject} loses {}", trait_name(lost)));
        }
        for gained in new.derives.difference(&self.derives) {
            report.added(format!("{subject} gains {}", trait_name(gained)));
        }
        for lost in self.others.difference(&new.others) {
            let text = format!("{subject} loses `#[{lost}]`");
            match lost.as_str() {
                NON_EXHAUSTIVE => report.added(text),
                _ => report.behaviour(text),
            }
        }
        for gained in new.others.difference(&self.others) {
            let text = format!("{subject} gains `#[{gained}]`");
            // What could be matched to the end, or written as a literal, no longer can.
            match gained.as_str() {
                NON_EXHAUSTIVE => report.breaking(text),
                _ => report.behaviour(text),
            }
        }
    }

    pub fn is_closed(&self) -> bool {
        !self.others.contains(NON_EXHAUSTIVE)
    }
}

/// That only the words of something changed.
pub fn reworded(subject: &str) -> String {
    format!("{subject} is described in other words")
}

fn doc(meta: &Meta) -> String {
    let Meta::NameValue(pair) = meta else {
        return spelling::text(meta);
    };
    match &pair.value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => text.value(),
            other => spelling::text(other),
        },
        other => spelling::text(other),
    }
}

/// The parts between the parentheses of an attribute.
fn inside(attribute: &Attribute) -> Vec<String> {
    let parts = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    match parts {
        Ok(parts) => parts.iter().map(spelling::text).collect(),
        Err(_) => vec![spelling::text(&attribute.meta)],
    }
}

fn trait_name(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}
