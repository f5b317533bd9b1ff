//! A document that could be read: its values, and the line of each.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::problem::{Problem, Problems};
use super::{json, yaml};

/// A document that could be read, with the line of each of its values.
pub struct Source {
    pub path: PathBuf,
    pub root: Value,
    lines: HashMap<String, usize>,
    /// What is wrong with the text, but does not keep the rest from being read.
    pub problems: Problems,
}

impl Source {
    /// Reads the file at `path`: JSON where its first character is `{`, YAML 1.2 otherwise.
    pub fn read(path: &Path) -> Result<Self, Problems> {
        let bytes = std::fs::read(path).map_err(|error| {
            let folder = std::env::current_dir().unwrap_or_default();
            Problem::new(path, "", format!("the file cannot be read: {error}")).remedy(format!(
                "check the path, or FITRANKINGS_SPEC if it is set; a relative one starts at {}",
                folder.display()
            ))
        })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            Problem::new(path, "", format!("the file is not UTF-8: {error}"))
                .remedy("save it as UTF-8")
        })?;
        Self::parse(path, &text)
    }

    /// Reads `text` as the file at `path`.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Problems> {
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
            problems: built.problems,
        })
    }

    /// The value at a JSON pointer.
    pub fn at(&self, pointer: &str) -> Option<&Value> {
        self.root.pointer(pointer)
    }

    /// A problem at a JSON pointer, with the line where it stands or the nearest line above it.
    pub fn problem(&self, pointer: &str, found: impl Into<String>) -> Problem {
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
        Problem::new(&self.path, pointer, found).line(line)
    }
}

/// Appends one token to a JSON pointer, escaped as RFC 6901 has it.
pub fn join(pointer: &str, token: impl fmt::Display) -> String {
    let token = token.to_string();
    let escaped = if token.contains(['~', '/']) {
        Cow::Owned(token.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(token.as_str())
    };
    format!("{pointer}/{escaped}")
}

/// The JSON pointer of a `$ref` into its own file, which is a URI fragment and so may be
/// percent-encoded; `None` for any other.
pub fn target(reference: &str) -> Option<String> {
    let fragment = reference.strip_prefix('#')?;
    if !fragment.contains('%') {
        return Some(fragment.to_owned());
    }
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        let code = others
            .first_chunk::<2>()
            .filter(|_| *first == b'%')
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = match code {
            Some(_) => others.get(2..).unwrap_or_default(),
            None => others,
        };
    }
    String::from_utf8(bytes).ok()
}
