//! The pass over a raw document: is every key one of OpenAPI 3.0, with a value of the right type?
//!
//! `openapiv3` ignores a key that it does not know, and does not say where it stopped. So every key
//! and every value is checked here first, and every `$ref` for the object that it leads to.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::{Map, Value};

use super::repair::{self, Repair};
use super::unknown_keys::{self, misplaced_path};
use crate::document::openapi_objects::{DOCUMENT, Object, SCHEMA, Shape};
use crate::document::{Findings, Source, references};
use crate::text::{Diagnostics, join, show, similar};

pub struct Validator<'s> {
    findings: Findings<'s>,
    /// Each with the pointer where it belongs.
    repairs: Vec<(String, Repair)>,
    /// Pointers of `$ref`s, with the objects that they must refer to.
    references: VecDeque<(String, &'static Object)>,
    /// The kind of the object at each pointer that a `$ref` may refer to.
    seen: HashMap<String, &'static str>,
}

impl<'s> Validator<'s> {
    /// Looks through a document and everything that it refers to.
    pub fn run(source: &'s Source) -> (Findings<'s>, Vec<(String, Repair)>) {
        let mut validator = Self {
            findings: Findings::new(source, Diagnostics::default(), Vec::new()),
            repairs: Vec::new(),
            references: VecDeque::new(),
            seen: HashMap::new(),
        };
        validator.object(&source.root, "", &DOCUMENT);
        validator.follow();
        (validator.findings, validator.repairs)
    }

    fn report(&mut self, pointer: &str, found: String, remedy: impl Into<String>) {
        self.findings.report(pointer, found, remedy);
    }

    fn repair(&mut self, pointer: &str, repair: Repair) {
        self.repairs.push((pointer.to_owned(), repair));
    }

    fn value(&mut self, value: &Value, pointer: &str, shape: &Shape) {
        let fits = match shape {
            Shape::Any => true,
            Shape::Text => self.text(value, pointer),
            Shape::Required if value.is_boolean() => {
                self.findings.note(pointer, "`required` is a list of names in OpenAPI 3, and belongs to the object: ignored");
                return self.repair(pointer, Repair::Remove);
            }
            Shape::Required => return self.list(value, pointer, &Shape::Text),
            Shape::Values => return self.values(value, pointer),
            Shape::Flag => value.is_boolean(),
            Shape::Count => value.is_u64(),
            Shape::Number => value.is_number(),
            Shape::OneOf(words) => value.as_str().is_some_and(|word| words.contains(&word)),
            Shape::Object(object) => return self.object(value, pointer, object),
            Shape::OrRef(object) => return self.or_ref(value, pointer, object),
            Shape::List(item) => return self.list(value, pointer, item),
            Shape::Map(member) => return self.map(value, pointer, member),
            Shape::Components(Shape::Any) if !value.is_object() => true,
            Shape::Components(member) => return self.components(value, pointer, member),
            Shape::SchemaOrFlag if value.is_boolean() => true,
            Shape::SchemaOrFlag => return self.or_ref(value, pointer, &SCHEMA),
        };
        if !fits {
            let found = format!("found {}, expected {}", show(value), shape.wanted());
            self.report(pointer, found, shape.remedy(value));
        }
    }

    fn text(&mut self, value: &Value, pointer: &str) -> bool {
        let repair = repair::to_text(value);
        let repaired = repair.is_some();
        self.repairs
            .extend(repair.map(|repair| (pointer.to_owned(), repair)));
        repaired || value.is_string()
    }

    /// Removes an enum without values, and duplicate values.
    fn values(&mut self, value: &Value, pointer: &str) {
        let Value::Array(values) = value else {
            return self.list(value, pointer, &Shape::Any);
        };
        if values.is_empty() {
            self.findings
                .note(pointer, "an enum without a value: ignored");
            return self.repair(pointer, Repair::Remove);
        }
        let above = pointer.rsplit_once('/').unwrap_or_default().0;
        let of_texts =
            self.findings.source.at(&join(above, "type")) == Some(&Value::from("string"));
        let mut seen = HashSet::new();
        for (index, value) in values.iter().enumerate() {
            let at = join(pointer, index);
            if !seen.insert(value.to_string()) {
                self.findings.note(
                    &at,
                    &format!("{} appears twice in the enum: ignored", show(value)),
                );
                self.repair(&at, Repair::Remove);
            } else if of_texts {
                self.text(value, &at);
            }
        }
    }

    fn or_ref(&mut self, value: &Value, pointer: &str, object: &'static Object) {
        let Some(reference) = value.get("$ref") else {
            self.seen.insert(pointer.to_owned(), object.name);
            return self.object(value, pointer, object);
        };
        let at = join(pointer, "$ref");
        if reference.is_string() {
            self.references.push_back((at, object));
        } else {
            let found = format!("`$ref` is {}", show(reference));
            self.report(&at, found, "a reference is a text such as `#/components/…`");
        }
    }

    /// Checks that every reference leads to an object of the kind that is expected there.
    fn follow(&mut self) {
        while let Some((at, object)) = self.references.pop_front() {
            let target = match references::follow(self.findings.source, &at) {
                Ok(target) => target,
                Err(diagnostic) => {
                    self.findings.push(diagnostic);
                    continue;
                }
            };
            match self.seen.get(&target) {
                Some(name) if *name == object.name => {}
                Some(name) => {
                    let found = format!("this refers to {name}, expected {}", object.name);
                    self.report(&at, found, "name another part of the document");
                }
                // Such as an extension or an example, which was not checked so far.
                None => {
                    let value = self.findings.source.at(&target).unwrap_or(&Value::Null);
                    self.seen.insert(target.clone(), object.name);
                    self.object(value, &target, object);
                }
            }
        }
    }

    fn list(&mut self, value: &Value, pointer: &str, item: &'static Shape) {
        let Value::Array(items) = value else {
            let found = format!("found {}, expected an array", show(value));
            return self.report(pointer, found, "write an array");
        };
        for (index, value) in items.iter().enumerate() {
            self.value(value, &join(pointer, index), item);
        }
    }

    fn map(&mut self, value: &Value, pointer: &str, member: &'static Shape) {
        let Value::Object(members) = value else {
            let found = format!("found {}, expected an object", show(value));
            return self.report(pointer, found, "write an object");
        };
        for (key, value) in members {
            self.value(value, &join(pointer, key), member);
        }
    }

    fn components(&mut self, value: &Value, pointer: &str, member: &'static Shape) {
        let sign = |sign: char| sign.is_ascii_alphanumeric() || "._-".contains(sign);
        let Value::Object(members) = value else {
            return self.map(value, pointer, member);
        };
        for (key, value) in members {
            let pointer = join(pointer, key);
            let found = format!("`{key}` cannot be the name of a component");
            if let Some(remedy) = misplaced_path(key) {
                self.report(&pointer, found, remedy);
                continue;
            }
            if key.is_empty() || !key.chars().all(sign) {
                let remedy = "rename it: letters, digits, `.`, `_` and `-` may be in it";
                self.report(&pointer, found, remedy);
            }
            self.value(value, &pointer, member);
        }
    }

    fn object(&mut self, value: &Value, pointer: &str, object: &'static Object) {
        let Value::Object(members) = value else {
            let found = format!("found {}, expected {}", show(value), object.name);
            return self.report(pointer, found, "write an object");
        };
        self.required(members, pointer, object);
        for (key, value) in members {
            let pointer = join(pointer, key);
            if let Some((_, shape)) = object.keys.iter().find(|(name, _)| name == key) {
                self.value(value, &pointer, shape);
            } else if let Some((_, shape)) = object.others.as_ref().filter(|(fits, _)| fits(key)) {
                self.value(value, &pointer, shape);
            } else if !key.starts_with("x-") {
                self.unknown(key, &pointer, object);
            }
        }
        if std::ptr::eq(object, &SCHEMA) {
            self.schema(members, pointer);
        }
    }

    /// Adds required keys that are often left out, and reports others.
    fn required(&mut self, members: &Map<String, Value>, pointer: &str, object: &Object) {
        let missing = object.required.iter();
        for key in missing.filter(|key| !members.contains_key(**key)) {
            match repair::of_missing(object) {
                Some((value, note)) => {
                    if let Some(note) = note {
                        self.findings.note(pointer, note);
                    }
                    self.repair(pointer, Repair::Add(key, value));
                }
                None => {
                    let found = format!("`{key}` is missing from {}", object.name);
                    self.report(pointer, found, "add it");
                }
            }
        }
    }

    fn unknown(&mut self, key: &str, pointer: &str, object: &Object) {
        let found = format!("`{key}` is not a key of {}", object.name);
        match unknown_keys::remedy(key, object) {
            Some(remedy) => self.report(pointer, found, remedy),
            None => self.findings.note(pointer, &format!("{found}: ignored")),
        }
    }

    fn schema(&mut self, members: &Map<String, Value>, pointer: &str) {
        let of_type = members.get("type").and_then(Value::as_str);
        let default = members.get("default");
        if let Some(repair) = default.and_then(|default| repair::of_default(of_type, default)) {
            self.repair(&join(pointer, "default"), repair);
        }
        if of_type == Some("array") && !members.contains_key("items") {
            let note = "an array has no `items`: any items are accepted";
            self.findings.note(pointer, note);
            self.repair(pointer, Repair::Add("items", Value::Object(Map::new())));
        }
    }
}

impl Shape {
    fn wanted(&self) -> String {
        match self {
            Shape::Text => "a string".into(),
            Shape::Flag => "`true` or `false`".into(),
            Shape::Count => "a whole number from 0".into(),
            Shape::Number => "a number".into(),
            Shape::OneOf(words) => format!("one of `{}`", words.join("`, `")),
            _ => "something else".into(),
        }
    }

    fn remedy(&self, value: &Value) -> String {
        let similar = match (self, value) {
            (Shape::OneOf(words), Value::String(word)) => similar(word, words.iter().copied()),
            (Shape::OneOf(_), Value::Array(_)) => {
                return "OpenAPI 3.0 has one type at a time; write `nullable: true` for \"null\""
                    .into();
            }
            (Shape::Flag, Value::Number(_)) => {
                return "that is the form of OpenAPI 3.1; write the bound without `exclusive…`, and `true` here".into();
            }
            _ => None,
        };
        match similar {
            Some(word) => format!("did you mean `{word}`?"),
            None => "write a value of the expected type".into(),
        }
    }
}
