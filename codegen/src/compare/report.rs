//! The changes that were found, and which part of the version they raise.

use std::fmt;

/// How a change affects callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    /// Code that compiled may not compile any more, or a call that was made is refused.
    Breaking,
    /// Something that callers could not do before.
    Added,
    /// The same code behaves differently, and still compiles.
    Behaviour,
    /// Documentation.
    Docs,
}

impl Weight {
    fn label(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Added | Self::Behaviour => "compatible",
            Self::Docs => "docs",
        }
    }
}

/// The part of the version that a change raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is added, and existing code still works.
    Patch,
    /// Something is added, and existing code still works.
    Minor,
    /// Callers have to change their code, or calls are refused that were accepted before.
    Major,
}

impl Verdict {
    /// Returns the exit status of a command that gives this verdict: 0, 1 or 2.
    pub fn status(self) -> u8 {
        match self {
            Self::Patch => 0,
            Self::Minor => 1,
            Self::Major => 2,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        })
    }
}

/// All changes from one document to another.
///
/// Its text has a line for each: the breaking ones first, then those that are compatible, then those
/// of the documentation. The verdict is the last line.
#[derive(Clone, Debug, Default)]
pub struct Report {
    changes: Vec<(Weight, String)>,
}

impl Report {
    pub(super) fn breaking(&mut self, text: impl Into<String>) {
        self.changes.push((Weight::Breaking, text.into()));
    }

    pub(super) fn added(&mut self, text: impl Into<String>) {
        self.changes.push((Weight::Added, text.into()));
    }

    pub(super) fn behaviour(&mut self, text: impl Into<String>) {
        self.changes.push((Weight::Behaviour, text.into()));
    }

    /// Reports that `subject` does something with another value, if it changed.
    pub(super) fn instead<T: fmt::Display + PartialEq>(
        &mut self,
        subject: &str,
        does: &str,
        old: T,
        new: T,
    ) {
        if old != new {
            self.behaviour(format!("{subject} {does} {new} instead of {old}"));
        }
    }

    /// Reports that something is gone, or that it is new.
    pub(super) fn presence(&mut self, [old, new]: [bool; 2], gone: String, added: String) {
        match (old, new) {
            (true, false) => self.breaking(gone),
            (false, true) => self.added(added),
            _ => {}
        }
    }

    /// Compares the documentation of `subject`.
    pub(super) fn about(&mut self, subject: &str, old: &str, new: &str) {
        if old != new {
            self.reworded(subject);
        }
    }

    /// Reports that the documentation of `subject` changed.
    pub(super) fn reworded(&mut self, subject: &str) {
        self.docs(format!("{subject} is described in other words"));
    }

    pub(super) fn docs(&mut self, text: impl Into<String>) {
        self.changes.push((Weight::Docs, text.into()));
    }

    /// Reports that `subject` is deprecated now, or no longer.
    pub(super) fn deprecated(&mut self, subject: &str, [old, new]: [bool; 2]) {
        match (old, new) {
            // Semantic Versioning asks for a minor version; taking it back asks for nothing.
            (false, true) => self.added(format!("{subject} is deprecated")),
            (true, false) => self.behaviour(format!("{subject} is no longer deprecated")),
            _ => {}
        }
    }

    /// Returns whether there is no change at all.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Returns the part of the version that the heaviest of the changes raises.
    pub fn verdict(&self) -> Verdict {
        let any = |weight| self.changes.iter().any(|(other, _)| *other == weight);
        if any(Weight::Breaking) {
            Verdict::Major
        } else if any(Weight::Added) {
            Verdict::Minor
        } else {
            Verdict::Patch
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            writeln!(f, "nothing changes for callers")?;
        }
        for label in ["breaking", "compatible", "docs"] {
            for (weight, text) in &self.changes {
                if weight.label() == label {
                    writeln!(f, "{text}: {label}")?;
                }
            }
        }
        writeln!(f, "{}", self.verdict())
    }
}
