//! A document's text, read into plain JSON values that remember where they stood.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::problem::{Problem, Problems};

/// Deeper documents are refused: no API description needs it, and every later pass may recurse.
const MAX_DEPTH: usize = 100;
/// Aliases repeat what they point to; past this many values the document is taken for a bomb.
const MAX_VALUES: usize = 4_000_000;

/// A document that could be read, with the line of each of its values.
pub struct Source {
    pub path: PathBuf,
    pub root: Value,
    lines: HashMap<String, usize>,
}

impl Source {
    /// Reads the file at `path`: JSON where its first character is `{`, YAML 1.2 otherwise.
    pub fn read(path: &Path) -> Result<Self, Problems> {
        let bytes = std::fs::read(path).map_err(|error| {
            Problem::new(path, "", format!("the file cannot be read: {error}"))
                .remedy("check the path, or FITRANKINGS_SPEC if it is set")
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
        let (root, lines) = if text.trim_start().starts_with('{') {
            (parse_json(path, text)?, HashMap::new())
        } else {
            parse_yaml(path, text)?
        };
        Ok(Self {
            path: path.to_owned(),
            root,
            lines,
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
            match near.rfind('/') {
                Some(cut) => near = &near[..cut],
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

fn parse_json(path: &Path, text: &str) -> Result<Value, Problems> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = UniqueKeys.deserialize(&mut deserializer);
    let value = value.and_then(|value| deserializer.end().map(|()| value));
    value.map_err(|error| {
        Problem::new(path, "", format!("the file is not JSON: {error}"))
            .line(Some(error.line()))
            .remedy("mend the syntax at that line")
            .into()
    })
}

/// Deserializes any JSON value and refuses an object that has a key twice.
#[derive(Clone, Copy)]
struct UniqueKeys;

impl<'de> DeserializeSeed<'de> for UniqueKeys {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for UniqueKeys {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if members.contains_key(&key) {
                let message = format!("the key `{key}` stands twice in one object");
                return Err(serde::de::Error::custom(message));
            }
            members.insert(key, map.next_value_seed(self)?);
        }
        Ok(Value::Object(members))
    }
}

fn parse_yaml(path: &Path, text: &str) -> Result<(Value, HashMap<String, usize>), Problems> {
    let mut builder = Builder::new(path);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let marker = *error.marker();
            Problem::new(path, "", format!("the file is not YAML: {}", error.info()))
                .line(Some(marker.line()))
                .remedy("mend the syntax at that line")
        })?;
        builder.event(event, span)?;
    }
    builder.finish()
}

/// A collection whose end has not been seen yet.
struct Open {
    pointer: String,
    anchor: usize,
    content: Content,
}

enum Content {
    Sequence(Vec<Value>),
    Mapping(Map<String, Value>, Option<String>),
}

/// Builds the value of a YAML document from the parser's events, without recursion.
struct Builder<'p> {
    path: &'p Path,
    open: Vec<Open>,
    anchors: HashMap<usize, (Value, usize)>,
    values: usize,
    lines: HashMap<String, usize>,
    documents: usize,
    root: Option<Value>,
    problems: Problems,
}

impl<'p> Builder<'p> {
    fn new(path: &'p Path) -> Self {
        Self {
            path,
            open: Vec::new(),
            anchors: HashMap::new(),
            values: 0,
            lines: HashMap::new(),
            documents: 0,
            root: None,
            problems: Problems::default(),
        }
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Problem> {
        let at = span.start;
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(self
                        .problem(at, "the file holds more than one YAML document")
                        .remedy("keep one document to a file"));
                }
                Ok(())
            }
            Event::Alias(anchor) => {
                let (value, size) = match self.anchors.get(&anchor) {
                    Some(known) => known.clone(),
                    None => {
                        return Err(self
                            .problem(at, "an alias points to a value that contains it")
                            .remedy("write the value out, or use `$ref`"));
                    }
                };
                self.values += size;
                self.place(value, at)
            }
            Event::Scalar(text, style, anchor, tag) => {
                if self.takes_key() {
                    return self.key(&text, at);
                }
                let plain = style == ScalarStyle::Plain && tag.is_none();
                let value = if plain {
                    resolve(&text)
                } else {
                    Value::from(text.as_ref())
                };
                if anchor != 0 {
                    self.anchors.insert(anchor, (value.clone(), 1));
                }
                self.place(value, at)
            }
            Event::SequenceStart(anchor, _) => {
                self.start(Content::Sequence(Vec::new()), anchor, at)
            }
            Event::MappingStart(anchor, _) => {
                self.start(Content::Mapping(Map::new(), None), anchor, at)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(at),
            _ => Ok(()),
        }
    }

    fn takes_key(&self) -> bool {
        matches!(
            self.open.last(),
            Some(Open {
                content: Content::Mapping(_, None),
                ..
            })
        )
    }

    fn key(&mut self, name: &str, at: Marker) -> Result<(), Problem> {
        let pointer = self.open.last().map_or("", |open| open.pointer.as_str());
        let pointer = join(pointer, name);
        if let Some(first) = self.lines.get(&pointer) {
            let found = format!("the key `{name}` stands twice here, first in line {first}");
            let problem = Problem::new(self.path, &pointer, found)
                .line(Some(at.line()))
                .remedy("keep one of the two");
            self.problems.push(problem);
        }
        if name == "<<" {
            let problem = Problem::new(self.path, &pointer, "`<<` is no merge key in YAML 1.2")
                .line(Some(at.line()))
                .remedy("write the merged keys out, or use `allOf`");
            self.problems.push(problem);
        }
        self.lines.insert(pointer, at.line());
        if let Some(Open {
            content: Content::Mapping(_, key),
            ..
        }) = self.open.last_mut()
        {
            *key = Some(name.to_owned());
        }
        Ok(())
    }

    fn start(&mut self, content: Content, anchor: usize, at: Marker) -> Result<(), Problem> {
        if self.takes_key() {
            return Err(self
                .problem(at, "a list or a mapping stands where a key is expected")
                .remedy("keys are plain text"));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(self
                .problem(at, format!("values are nested more than {MAX_DEPTH} deep"))
                .remedy("use `$ref` for inner parts"));
        }
        let pointer = self.next_pointer();
        self.lines.entry(pointer.clone()).or_insert(at.line());
        self.open.push(Open {
            pointer,
            anchor,
            content,
        });
        Ok(())
    }

    fn end(&mut self, at: Marker) -> Result<(), Problem> {
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
        if anchor != 0 {
            let size = count(&value);
            self.anchors.insert(anchor, (value.clone(), size));
        }
        self.place(value, at)
    }

    fn next_pointer(&self) -> String {
        match self.open.last() {
            None => String::new(),
            Some(Open {
                pointer,
                content: Content::Sequence(items),
                ..
            }) => join(pointer, items.len()),
            Some(Open {
                pointer,
                content: Content::Mapping(_, key),
                ..
            }) => join(pointer, key.as_deref().unwrap_or_default()),
        }
    }

    fn place(&mut self, value: Value, at: Marker) -> Result<(), Problem> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(self
                .problem(
                    at,
                    format!("more than {MAX_VALUES} values, aliases written out"),
                )
                .remedy("use `$ref` in place of aliases"));
        }
        let pointer = self.next_pointer();
        self.lines.entry(pointer).or_insert(at.line());
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.root = Some(value),
            Some(Content::Sequence(items)) => items.push(value),
            Some(Content::Mapping(members, key)) => {
                if let Some(key) = key.take() {
                    members.insert(key, value);
                } else {
                    return Err(self
                        .problem(at, "an alias stands where a key is expected")
                        .remedy("keys are plain text"));
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<(Value, HashMap<String, usize>), Problems> {
        self.problems.into_result()?;
        Ok((self.root.unwrap_or(Value::Null), self.lines))
    }

    fn problem(&self, at: Marker, found: impl Into<String>) -> Problem {
        Problem::new(self.path, &self.next_pointer(), found).line(Some(at.line()))
    }
}

/// How many values there are in one, itself among them.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

/// What a plain scalar stands for in YAML 1.2's core schema.
fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let radix = |prefix, radix| {
        let digits = text.strip_prefix(prefix)?;
        u64::from_str_radix(digits, radix)
            .ok()
            .filter(|_| !digits.starts_with('+'))
    };
    if let Some(value) = radix("0x", 16).or_else(|| radix("0o", 8)) {
        return Value::from(value);
    }
    number(text).unwrap_or_else(|| Value::from(text))
}

fn number(text: &str) -> Option<Value> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    if let Ok(value) = unsigned.parse::<i64>() {
        return Some(Value::from(value));
    }
    if let Ok(value) = unsigned.parse::<u64>() {
        return Some(Value::from(value));
    }
    Number::from_f64(unsigned.parse().ok()?).map(Value::Number)
}
