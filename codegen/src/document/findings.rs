//! Faults of a document and notes on ignored parts, collected as it is read.

use std::collections::HashSet;

use super::source::Source;
use crate::text::{Diagnostic, Diagnostics};

/// The faults and notes of a document.
///
/// Readers continue after the validation has found faults. A place that already has a fault gets no
/// second one.
pub struct Findings<'s> {
    pub source: &'s Source,
    diagnostics: Diagnostics,
    /// Ignored parts, each with its place.
    notes: Vec<String>,
    /// Pointers of faults, and of the values that directly hold them.
    faulty: HashSet<String>,
    /// Pointers that have a fault anywhere below.
    damaged: HashSet<String>,
}

impl<'s> Findings<'s> {
    /// Starts with the findings of the validation.
    pub fn new(source: &'s Source, diagnostics: Diagnostics, notes: Vec<String>) -> Self {
        let mut faulty = HashSet::new();
        let mut damaged = HashSet::new();
        for diagnostic in diagnostics.iter() {
            let mut pointer = diagnostic.pointer();
            faulty.insert(pointer.to_owned());
            damaged.insert(pointer.to_owned());
            if let Some((above, _)) = pointer.rsplit_once('/') {
                faulty.insert(above.to_owned());
            }
            while let Some((above, _)) = pointer.rsplit_once('/') {
                damaged.insert(above.to_owned());
                pointer = above;
            }
        }
        Self {
            source,
            diagnostics,
            notes,
            faulty,
            damaged,
        }
    }

    /// Reports a fault, which prevents code from being generated.
    pub fn report(&mut self, pointer: &str, found: impl Into<String>, remedy: impl Into<String>) {
        self.push(self.source.diagnostic(pointer, found).remedy(remedy));
    }

    /// Adds a diagnostic.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if !self.faulty.contains(diagnostic.pointer()) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Notes an ignored part.
    pub fn note(&mut self, pointer: &str, found: &str) {
        let note = self.source.diagnostic(pointer, found).to_string();
        self.notes.push(note);
    }

    /// Whether anything at or below a pointer is known to be wrong.
    pub fn is_damaged(&self, pointer: &str) -> bool {
        self.damaged.contains(pointer)
    }

    /// Returns everything that was reported, and the notes.
    pub fn into_parts(self) -> (Diagnostics, Vec<String>) {
        (self.diagnostics, self.notes)
    }
}
