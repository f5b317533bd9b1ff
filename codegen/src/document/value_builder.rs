//! Builds the values of a document from the events of a parser, without recursion.

use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

use serde_json::{Map, Value};

use crate::text::{Diagnostic, Diagnostics, MAX_DEPTH, join};

/// What to do about a document that is nested too deep.
pub const FLATTER: &str = "move inner parts to `components`, and use `$ref`";
/// Limits on what aliases repeat: a small document could take gigabytes of memory.
const MAX_COPIES: usize = 1_000_000;
const MAX_COPIED_MIB: usize = 16;

/// The values of a text.
pub struct Built {
    pub root: Value,
    pub lines: HashMap<String, usize>,
    /// Faults that do not keep the rest from being read.
    pub diagnostics: Diagnostics,
}

/// Builds the values from a parser's events.
pub struct ValueBuilder<'p> {
    path: &'p Path,
    open: Vec<Open>,
    anchors: HashMap<usize, Rc<Anchored>>,
    /// What anchors and aliases have repeated so far.
    copies: Size,
    lines: HashMap<String, usize>,
    root: Option<Value>,
    diagnostics: Diagnostics,
}

/// A collection whose end has not been seen yet.
struct Open {
    pointer: String,
    anchor: usize,
    content: Content,
}

pub enum Content {
    Sequence(Vec<Value>),
    Mapping(Map<String, Value>, Option<String>),
}

impl Content {
    pub fn sequence() -> Self {
        Self::Sequence(Vec::new())
    }

    pub fn mapping() -> Self {
        Self::Mapping(Map::new(), None)
    }
}

struct Anchored {
    value: Value,
    size: Size,
}

/// The number of values in a value, itself included; the bytes of their texts and keys; and how
/// deep they are nested.
#[derive(Clone, Copy, Default)]
struct Size {
    values: usize,
    bytes: usize,
    depth: usize,
}

impl Size {
    fn of(value: &Value) -> Self {
        let mut size = Self {
            values: 1,
            ..Self::default()
        };
        let mut inner = |key: &str, value| {
            let inner = Self::of(value);
            size.values += inner.values;
            size.bytes += key.len() + inner.bytes;
            size.depth = size.depth.max(inner.depth + 1);
        };
        match value {
            Value::Array(items) => items.iter().for_each(|item| inner("", item)),
            Value::Object(members) => members.iter().for_each(|(key, value)| inner(key, value)),
            Value::String(text) => size.bytes = text.len(),
            _ => {}
        }
        size
    }
}

impl<'p> ValueBuilder<'p> {
    pub fn new(path: &'p Path) -> Self {
        Self {
            path,
            open: Vec::new(),
            anchors: HashMap::new(),
            copies: Size::default(),
            lines: HashMap::new(),
            root: None,
            diagnostics: Diagnostics::default(),
        }
    }

    /// Whether the next value is the key of a mapping.
    pub fn takes_key(&self) -> bool {
        let content = self.open.last().map(|open| &open.content);
        matches!(content, Some(Content::Mapping(_, None)))
    }

    pub fn key(&mut self, name: &str, line: usize) {
        let Some(Open {
            pointer,
            content: Content::Mapping(members, key),
            ..
        }) = self.open.last_mut()
        else {
            return;
        };
        let twice = members.contains_key(name);
        let pointer = join(pointer, name);
        *key = Some(name.to_owned());
        if twice {
            let first = self.lines.get(&pointer).copied().unwrap_or_default();
            let found = format!("duplicate key `{name}`, first in line {first}");
            self.report(&pointer, line, found, "keep one of the two");
        }
        self.lines.insert(pointer, line);
    }

    pub fn start(
        &mut self,
        content: Content,
        anchor: usize,
        line: usize,
    ) -> Result<(), Diagnostic> {
        self.check_no_key("a list or an object", line)?;
        let pointer = self.pointer();
        self.check_depth(1, line)?;
        self.lines.entry(pointer.clone()).or_insert(line);
        self.open.push(Open {
            pointer,
            anchor,
            content,
        });
        Ok(())
    }

    pub fn end(&mut self, line: usize) -> Result<(), Diagnostic> {
        let Some(Open {
            anchor, content, ..
        }) = self.open.pop()
        else {
            return Ok(());
        };
        let value = match content {
            Content::Sequence(items) => Value::Array(items),
            Content::Mapping(members, _) => Value::Object(members),
        };
        self.anchor(anchor, &value, line)?;
        self.place(value, line);
        Ok(())
    }

    /// Keeps a value for the aliases to it. An anchor of 0 is none.
    pub fn anchor(&mut self, anchor: usize, value: &Value, line: usize) -> Result<(), Diagnostic> {
        if anchor == 0 {
            return Ok(());
        }
        let size = Size::of(value);
        self.count(size, line)?;
        let value = value.clone();
        self.anchors
            .insert(anchor, Rc::new(Anchored { value, size }));
        Ok(())
    }

    /// Adds a copy of the value of an anchor.
    pub fn alias(&mut self, anchor: usize, line: usize) -> Result<(), Diagnostic> {
        self.check_no_key("an alias", line)?;
        let Some(anchored) = self.anchors.get(&anchor).map(Rc::clone) else {
            return Err(self
                .diagnostic(line, "an alias points to a value that contains it")
                .remedy("write the value out, or use `$ref`"));
        };
        self.count(anchored.size, line)?;
        self.check_depth(anchored.size.depth, line)?;
        self.place(anchored.value.clone(), line);
        Ok(())
    }

    /// Adds a value at the parser's position.
    pub fn place(&mut self, value: Value, line: usize) {
        let pointer = self.pointer();
        self.lines.entry(pointer).or_insert(line);
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.root = Some(value),
            Some(Content::Sequence(items)) => items.push(value),
            Some(Content::Mapping(members, key)) => {
                if let Some(key) = key.take() {
                    members.insert(key, value);
                }
            }
        }
    }

    /// Returns the values, or all faults if the parser stopped at one.
    pub fn finish(mut self, stopped: Option<Diagnostic>) -> Result<Built, Diagnostics> {
        let empty = stopped.is_none() && self.root.is_none();
        let empty = empty.then(|| {
            self.diagnostic(1, "the file is empty")
                .remedy("write an OpenAPI 3.0 document into it, or name another file")
        });
        if let Some(diagnostic) = stopped.or(empty) {
            self.diagnostics.push(diagnostic);
            self.diagnostics.into_result()?;
            self.diagnostics = Diagnostics::default();
        }
        Ok(Built {
            root: self.root.unwrap_or_default(),
            lines: self.lines,
            diagnostics: self.diagnostics,
        })
    }

    /// Returns the pointer of the next value, or of the mapping if a key comes next.
    pub fn pointer(&self) -> String {
        match self.open.last() {
            None => String::new(),
            Some(Open {
                pointer, content, ..
            }) => match content {
                Content::Sequence(items) => join(pointer, items.len()),
                Content::Mapping(_, Some(key)) => join(pointer, key),
                Content::Mapping(_, None) => pointer.clone(),
            },
        }
    }

    pub fn diagnostic(&self, line: usize, found: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.path, &self.pointer(), found).line(Some(line))
    }

    /// Reports a fault that does not keep the rest from being read.
    pub fn report(&mut self, pointer: &str, line: usize, found: impl Into<String>, remedy: &str) {
        let diagnostic = Diagnostic::new(self.path, pointer, found).line(Some(line));
        self.diagnostics.push(diagnostic.remedy(remedy).quoting());
    }

    fn check_no_key(&self, what: &str, line: usize) -> Result<(), Diagnostic> {
        if !self.takes_key() {
            return Ok(());
        }
        let found = format!("found {what}, expected a key");
        Err(self.diagnostic(line, found).remedy("keys are plain text"))
    }

    fn count(&mut self, size: Size, line: usize) -> Result<(), Diagnostic> {
        self.copies.values += size.values;
        self.copies.bytes += size.bytes;
        let found = if self.copies.values > MAX_COPIES {
            format!("aliases repeat more than {MAX_COPIES} values")
        } else if self.copies.bytes > MAX_COPIED_MIB * 1024 * 1024 {
            format!("aliases repeat more than {MAX_COPIED_MIB} MiB of text")
        } else {
            return Ok(());
        };
        Err(self
            .diagnostic(line, found)
            .remedy("use `$ref` in place of aliases"))
    }

    fn check_depth(&self, more: usize, line: usize) -> Result<(), Diagnostic> {
        if self.open.len() + more <= MAX_DEPTH {
            return Ok(());
        }
        let found = format!("values are nested more than {MAX_DEPTH} deep");
        Err(self.diagnostic(line, found).remedy(FLATTER))
    }
}
