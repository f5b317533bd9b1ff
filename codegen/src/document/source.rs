//! The source of a document: its values, and the line of each.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{json, yaml};
use crate::text::{Diagnostic, Diagnostics, unescape};

/// The values of a document, with the line of each.
#[derive(Clone)]
pub struct Source {
    pub path: PathBuf,
    pub root: Value,
    pub lines: HashMap<String, usize>,
    /// Faults of the text that do not keep the rest from being read.
    pub diagnostics: Diagnostics,
    /// References to files that are not read.
    pub unread: HashMap<String, Unread>,
    /// Files that were joined to the document, with their pointers in it.
    beside: Vec<(String, PathBuf)>,
    /// Files that could not be joined, by the pointers where they would stand.
    closed: HashMap<String, Unread>,
}

/// Why a file is not read, and what to do about it.
#[derive(Clone)]
pub struct Unread {
    pub why: String,
    pub remedy: String,
}

impl Unread {
    pub fn new(why: impl Into<String>, remedy: impl Into<String>) -> Self {
        let (why, remedy) = (why.into(), remedy.into());
        Self { why, remedy }
    }
}

impl Source {
    /// Reads one file: JSON where its first character is `{`, YAML 1.2 otherwise.
    pub fn read(path: &Path) -> Result<Self, Diagnostics> {
        if path.to_string_lossy().contains(char::is_control) {
            // Cargo reads one path a line, so it could not watch this file.
            let found = "the path of the file has a line break or another control character";
            let remedy = "rename the file, or its folder";
            return Err(Diagnostic::new(path, "", found).remedy(remedy).into());
        }
        let bytes = std::fs::read(path).map_err(|error| {
            let remedy = match std::path::absolute(path) {
                Ok(absolute) if absolute != path => {
                    format!("check the path: that is {}", absolute.display())
                }
                _ => "check the path".to_owned(),
            };
            Diagnostic::new(path, "", format!("the file cannot be read: {error}")).remedy(remedy)
        })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            Diagnostic::new(path, "", format!("the file is not UTF-8: {error}"))
                .remedy("save it as UTF-8")
        })?;
        Self::parse(path, &text)
    }

    /// Records that a file was joined to the document at a pointer.
    pub fn add(
        &mut self,
        pointer: String,
        path: PathBuf,
        lines: HashMap<String, usize>,
        diagnostics: Diagnostics,
    ) {
        let lines = lines.into_iter();
        self.lines
            .extend(lines.map(|(inner, line)| (format!("{pointer}{inner}"), line)));
        self.diagnostics.extend(diagnostics);
        self.beside.push((pointer, path));
    }

    /// Records that the file for a pointer could not be joined.
    pub fn close(&mut self, pointer: String, path: PathBuf, unread: Unread) {
        self.closed.insert(pointer.clone(), unread);
        self.beside.push((pointer, path));
    }

    /// Returns why the file that a pointer leads into was not joined, if it was not.
    pub fn closed(&self, pointer: &str) -> Option<&Unread> {
        let (_, inside) = self.locate(pointer);
        self.closed.get(pointer.strip_suffix(inside)?)
    }

    /// Removes the value at a pointer.
    pub fn remove(&mut self, pointer: &str) {
        let (above, token) = pointer.rsplit_once('/').unwrap_or_default();
        match self.root.pointer_mut(above) {
            Some(Value::Object(members)) => drop(members.shift_remove(&unescape(token))),
            Some(Value::Array(items)) => {
                if let Some(index) = token.parse().ok().filter(|at| *at < items.len()) {
                    items.remove(index);
                }
            }
            _ => {}
        }
    }

    /// Returns every file of the document.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        let beside = self.beside.iter().map(|(_, path)| path.as_path());
        std::iter::once(self.path.as_path()).chain(beside)
    }

    /// Returns the file that a pointer leads into, and the pointer in that file.
    pub fn locate<'p>(&self, pointer: &'p str) -> (&Path, &'p str) {
        for (prefix, path) in &self.beside {
            if let Some(rest) = pointer.strip_prefix(prefix.as_str())
                && (rest.is_empty() || rest.starts_with('/'))
            {
                return (path, rest);
            }
        }
        (&self.path, pointer)
    }

    /// Returns a reference as its writer knows it: with the file that it leads into, if that is
    /// another.
    pub fn shown(&self, reference: &str) -> String {
        let pointer = reference.strip_prefix('#').unwrap_or(reference);
        match self.locate(pointer) {
            (path, inside) if inside.len() < pointer.len() => {
                format!("{}#{inside}", path.display())
            }
            _ => reference.to_owned(),
        }
    }

    /// Reads `text` as the file at `path`.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Diagnostics> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let built = if text.trim_start().starts_with('{') {
            json::parse(path, text)?
        } else {
            yaml::parse(path, text)?
        };
        Ok(Self {
            path: path.to_owned(),
            root: built.root,
            lines: built.lines,
            diagnostics: built.diagnostics,
            unread: HashMap::new(),
            beside: Vec::new(),
            closed: HashMap::new(),
        })
    }

    /// Returns the value at a pointer.
    pub fn at(&self, pointer: &str) -> Option<&Value> {
        self.root.pointer(pointer)
    }

    /// Makes a diagnostic at a pointer, with the line of the value or of the nearest one around it.
    pub fn diagnostic(&self, pointer: &str, found: impl Into<String>) -> Diagnostic {
        let mut near = pointer;
        let line = loop {
            if let Some(line) = self.lines.get(near) {
                break Some(*line);
            }
            match near.rsplit_once('/') {
                Some((above, _)) => near = above,
                None => break None,
            }
        };
        let (path, inside) = self.locate(pointer);
        Diagnostic::new(path, pointer, found)
            .line(line)
            .outside(pointer.len() - inside.len())
    }
}
