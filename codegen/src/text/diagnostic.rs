//! Diagnostics: faults of a document, each with its place and a remedy.

use std::collections::HashSet;
use std::error::Error;
use std::fmt::{self, Write};
use std::path::Path;

use super::one_line::OneLine;

/// A fault of a document, or a form that the generator does not support.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    path: Box<Path>,
    pointer: String,
    /// The length of the pointer's front that leads to the file, if it was joined to the document.
    outside: usize,
    line: Option<usize>,
    found: String,
    remedy: Option<String>,
    /// Whether the message shows text of the file.
    quotes: bool,
}

impl Diagnostic {
    /// A diagnostic in the file at `path`, at a JSON pointer (empty for the whole document).
    pub(crate) fn new(path: &Path, pointer: &str, found: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            pointer: pointer.to_owned(),
            outside: 0,
            line: None,
            found: found.into(),
            remedy: None,
            quotes: false,
        }
    }

    pub(crate) fn line(mut self, line: Option<usize>) -> Self {
        self.line = line;
        self
    }

    /// Sets the length of the pointer's front that leads to the file, if it was joined to the
    /// document.
    pub(crate) fn outside(mut self, length: usize) -> Self {
        self.outside = length;
        self
    }

    /// Marks a message that shows text of the file.
    pub(crate) fn quoting(mut self) -> Self {
        self.quotes = true;
        self
    }

    /// Returns the message and the line, or `None` if the message shows text of the file.
    pub(crate) fn unquoted(&self) -> Option<String> {
        let line = self.line.map(|line| format!(" in line {line}"));
        let found = format!("{}{}", self.found, line.unwrap_or_default());
        (!self.quotes).then_some(found)
    }

    /// Sets the remedy.
    pub(crate) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// Returns the file, and the pointer in it.
    pub fn location(&self) -> (&Path, &str) {
        let pointer = self.pointer.get(self.outside..).unwrap_or_default();
        (&self.path, pointer)
    }

    /// Returns the pointer in the document that all files are joined to.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = OneLine(f);
        write!(line, "{}", self.path.display())?;
        if let Some(number) = self.line {
            write!(line, ":{number}")?;
        }
        // `#` alone is the URI fragment form of the pointer to the whole document.
        let (_, pointer) = self.location();
        write!(line, ": #{pointer}: {}", self.found)?;
        if let Some(remedy) = &self.remedy {
            write!(line, "; {remedy}")?;
        }
        Ok(())
    }
}

/// Every diagnostic of a document, in the order of its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Adds a diagnostic.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds the diagnostics of another list.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Returns the diagnostics, in the order of the document.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }

    /// Returns `Ok` if there is no diagnostic.
    pub fn into_result(mut self) -> Result<(), Self> {
        if self.0.is_empty() {
            return Ok(());
        }
        let mut seen = HashSet::new();
        self.0.retain(|diagnostic| seen.insert(diagnostic.clone()));
        self.0.sort_by_key(|diagnostic| diagnostic.line);
        Err(self)
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(diagnostics: I) -> Self {
        Self(diagnostics.into_iter().collect())
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl Error for Diagnostic {}

impl Error for Diagnostics {}
