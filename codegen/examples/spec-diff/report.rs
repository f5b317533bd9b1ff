//! What was found, one line a change, and what all of it comes to.

use std::fmt;

/// What a change asks of callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Code that compiled may not compile any more, or a call that was made is refused.
    Breaking,
    /// Something that callers could not do before.
    Added,
    /// The same code does something else, and callers need not follow.
    Behaviour,
    /// Words.
    Docs,
}

/// Which part of the version has to be raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Patch,
    Minor,
    Major,
}

impl Verdict {
    /// The exit status that says it.
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

/// All changes between two documents.
#[derive(Debug, Default)]
pub struct Report {
    changes: Vec<(Weight, String)>,
}

impl Report {
    pub fn push(&mut self, weight: Weight, text: impl Into<String>) {
        let change = (weight, text.into());
        if !self.changes.contains(&change) {
            self.changes.push(change);
        }
    }

    pub fn breaking(&mut self, text: impl Into<String>) {
        self.push(Weight::Breaking, text);
    }

    pub fn added(&mut self, text: impl Into<String>) {
        self.push(Weight::Added, text);
    }

    pub fn behaviour(&mut self, text: impl Into<String>) {
        self.push(Weight::Behaviour, text);
    }

    pub fn docs(&mut self, text: impl Into<String>) {
        self.push(Weight::Docs, text);
    }

    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether `tell` has anything to say.
    pub fn says(&mut self, tell: impl FnOnce(&mut Self)) -> bool {
        let before = self.changes.len();
        tell(self);
        self.changes.len() > before
    }

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

/// Breaking changes first, then the compatible ones, then words, and the verdict at the end.
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

impl Weight {
    fn label(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Added | Self::Behaviour => "compatible",
            Self::Docs => "docs",
        }
    }
}
