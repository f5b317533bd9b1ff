//! Objects: their properties, and those of all that they join by `allOf`.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::registry::Registry;
use super::schema_kind::{self, SchemaKind};
use crate::text::{MAX_DEPTH, join, target};

/// What an object is made of, as far as it has been gathered.
#[derive(Default)]
pub struct Members {
    /// Names with the pointers of their schemas, in the order of the document.
    pub properties: Vec<(String, String)>,
    pub required: HashSet<String>,
    /// The schema of all other keys.
    pub rest: Option<String>,
    /// A choice among its parts, whose alternatives are read one by one.
    pub choice: Option<String>,
    /// The index in `properties` of each name.
    places: HashMap<String, usize>,
    /// References that are being joined, and all that have been.
    open: Vec<String>,
    seen: HashSet<String>,
}

/// What a schema with an `allOf` is.
pub enum Joined {
    /// The schema at this pointer: the others say no more.
    SameAs(String),
    /// An enum of texts.
    Texts,
    /// An object with everything that its parts have.
    Object,
    /// Each alternative of the choice at this pointer, joined with the rest.
    Choice(String),
}

impl<'s> Registry<'s> {
    /// Returns what the `allOf` of a schema amounts to.
    pub fn joined(&self, value: &Value, pointer: &str) -> Joined {
        let parts: Vec<String> = schema_kind::parts(value, "allOf")
            .enumerate()
            .filter(|(_, part)| schema_kind::says_something(part))
            .map(|(index, _)| format!("{pointer}/allOf/{index}"))
            .collect();
        let kinds: Vec<SchemaKind> = parts.iter().map(|part| self.kind(part)).collect();
        let bare = schema_kind::is_bare(value);
        // A component that joins an object with a discriminator is a subtype, not another name.
        let is_subtype = kinds == [SchemaKind::Base] && self.names.contains_key(pointer);
        if let ([one], true, false) = (parts.as_slice(), bare, is_subtype) {
            return Joined::SameAs(one.clone());
        }
        let objects = |kind: &SchemaKind| matches!(kind, SchemaKind::Any) || kind.is_plain_object();
        match self.choices(pointer, &mut HashSet::new()).as_slice() {
            [] if SchemaKind::alone(value) == SchemaKind::Texts && kinds.iter().all(is_text) => {
                Joined::Texts
            }
            [] if bare && !kinds.iter().all(objects) => most_specific(&parts, &kinds),
            [one] => Joined::Choice(one.clone()),
            // What does not fit is reported as it is gathered.
            _ => Joined::Object,
        }
    }

    /// Gathers everything that several schemas together say of an object.
    pub fn gather(&mut self, parts: &[(&'s Value, &str)], choice: Option<String>) -> Members {
        let mut members = Members {
            open: parts.iter().map(|(_, at)| (*at).to_owned()).collect(),
            choice,
            ..Members::default()
        };
        for (value, pointer) in parts {
            self.members(value, pointer, &mut members);
        }
        members
    }

    /// The pointers of all choices that are joined here, through references.
    fn choices(&self, pointer: &str, seen: &mut HashSet<String>) -> Vec<String> {
        let Some((at, value)) = self.settle(pointer) else {
            return Vec::new();
        };
        if !seen.insert(at.clone()) {
            return Vec::new();
        }
        match SchemaKind::of(value) {
            SchemaKind::Choice(_) | SchemaKind::Choices(..) => vec![at],
            SchemaKind::Joined => {
                let parts = schema_kind::parts(value, "allOf").enumerate();
                parts
                    .flat_map(|(index, _)| self.choices(&format!("{at}/allOf/{index}"), seen))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// Gathers the properties of an object and of everything in its `allOf`.
    fn members(&mut self, value: &'s Value, pointer: &str, members: &mut Members) {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            return self.reference(reference, pointer, members);
        }
        let elsewhere = members.choice.as_deref() == Some(pointer);
        let choice = matches!(
            SchemaKind::of(value),
            SchemaKind::Choice(_) | SchemaKind::Choices(..)
        ) && !elsewhere;
        let object = matches!(
            SchemaKind::alone(value),
            SchemaKind::Object | SchemaKind::Base | SchemaKind::Any
        );
        if choice || !object {
            self.report(
                pointer,
                "a part of `allOf` is not a plain object",
                "only objects with properties can be joined",
            );
            return;
        }
        for (index, part) in schema_kind::parts(value, "allOf").enumerate() {
            self.members(part, &format!("{pointer}/allOf/{index}"), members);
        }
        if let Some(Value::Array(names)) = value.get("required") {
            let names = names.iter().filter_map(Value::as_str);
            members.required.extend(names.map(str::to_owned));
        }
        if let Some(Value::Object(properties)) = value.get("properties") {
            self.properties(properties, &join(pointer, "properties"), members);
        }
        if let Some(Value::Object(_)) = value.get("additionalProperties") {
            let at = join(pointer, "additionalProperties");
            if let Some(first) = members.rest.replace(at.clone())
                && self.source.at(&first) != self.source.at(&at)
            {
                let first = self.source.shown(&format!("#{first}"));
                let found = format!("`additionalProperties` already has a schema at {first}");
                self.report(&at, found, "keep one of the two");
            }
        }
    }

    /// A part of `allOf` that is a reference.
    fn reference(&mut self, reference: &str, pointer: &str, members: &mut Members) {
        let Some(target) = target(reference) else {
            return;
        };
        if members.open.contains(&target) {
            let found = format!("`{reference}` includes itself by `allOf`");
            return self.report(pointer, found, "remove one of the references");
        }
        if members.open.len() >= MAX_DEPTH {
            let found = format!("more than {MAX_DEPTH} objects are joined in a chain");
            return self.report(pointer, found, "join them in fewer levels");
        }
        // What has been joined before adds nothing.
        if !members.seen.insert(target.clone()) {
            return;
        }
        if let Some(value) = self.source.at(&target) {
            members.open.push(target.clone());
            self.members(value, &target, members);
            members.open.pop();
        }
    }

    fn properties(
        &mut self,
        properties: &Map<String, Value>,
        pointer: &str,
        members: &mut Members,
    ) {
        for wire in properties.keys() {
            let pointer = join(pointer, wire);
            let known = members.places.get(wire).copied();
            let Some(place) = known else {
                let place = members.properties.len();
                members.places.insert(wire.clone(), place);
                members.properties.push((wire.clone(), pointer));
                continue;
            };
            let Some((_, first)) = members.properties.get_mut(place) else {
                continue;
            };
            match self.narrower(first, &pointer) {
                Some(true) => *first = pointer,
                Some(false) => {}
                None => {
                    let first = self.source.shown(&format!("#{first}"));
                    let found = format!("the property `{wire}` has another type at {first}");
                    let remedy = "give both the same type, or remove one";
                    self.report(&pointer, found, remedy);
                }
            }
        }
    }

    /// Whether the second of two schemas for one property says more than the first, or at least as
    /// much; `None` where they contradict each other.
    fn narrower(&self, first: &str, second: &str) -> Option<bool> {
        let (one, other) = (self.kind(first), self.kind(second));
        let structured = |kind: SchemaKind| {
            kind.is_plain_object()
                || matches!(kind, SchemaKind::Choice(_) | SchemaKind::Choices(..))
        };
        match (one, other) {
            (_, SchemaKind::Any | SchemaKind::Null) => Some(false),
            (SchemaKind::Any | SchemaKind::Null, _) => Some(true),
            (SchemaKind::Texts, SchemaKind::Scalar("string")) => Some(false),
            (SchemaKind::Scalar("string"), SchemaKind::Texts) => Some(true),
            (SchemaKind::Scalar("number"), SchemaKind::Scalar("integer")) => Some(true),
            (SchemaKind::Scalar("integer"), SchemaKind::Scalar("number")) => Some(false),
            (SchemaKind::Choice(_), _) | (_, SchemaKind::Choice(_)) => Some(true),
            (one, other) if structured(one) && structured(other) => {
                Some(self.is_open(first) || !self.is_open(second))
            }
            (one, other) => (one == other).then_some(true),
        }
    }

    /// Whether a schema is an object of no known properties.
    fn is_open(&self, pointer: &str) -> bool {
        let settled = self.settle(pointer);
        settled.is_some_and(|(_, value)| {
            SchemaKind::of(value) == SchemaKind::Object
                && value.get("properties").is_none()
                && !matches!(value.get("additionalProperties"), Some(Value::Object(_)))
        })
    }
}

/// The most specific part, of parts that are all of one scalar type or list.
fn most_specific(parts: &[String], kinds: &[SchemaKind]) -> Joined {
    let first = kinds.first().copied().unwrap_or(SchemaKind::Any);
    let same = kinds.iter().all(is_text) || kinds.iter().all(|kind| *kind == first);
    let best = kinds.iter().position(|kind| *kind == SchemaKind::Texts);
    match parts.get(best.unwrap_or_default()) {
        Some(part) if same && !first.is_plain_object() => Joined::SameAs(part.clone()),
        _ => Joined::Object,
    }
}

fn is_text(kind: &SchemaKind) -> bool {
    matches!(kind, SchemaKind::Texts | SchemaKind::Scalar("string"))
}
