//! Objects: their properties, and those of all that they join by `allOf`.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::builder::MAX_DEPTH;
use crate::kinds::{self, Kind};
use crate::model::Schema;
use crate::schema::{Schemas, Waiting};
use crate::source::{join, target};

/// What an object is made of, as far as it has been gathered.
#[derive(Default)]
pub struct Members {
    /// Names with the pointers of their schemas, in the order of the document.
    pub properties: Vec<(String, String)>,
    pub required: HashSet<String>,
    /// The schema of all other keys.
    pub rest: Option<String>,
    /// A choice among its parts, which somebody else looks after.
    pub choice: Option<String>,
    /// Where in `properties` each name is.
    places: HashMap<String, usize>,
    /// References that are being joined, and all that have been.
    open: Vec<String>,
    seen: HashSet<String>,
}

impl<'s> Schemas<'s> {
    /// An object, with everything in its `allOf`.
    pub fn object(
        &mut self,
        value: &'s Value,
        pointer: &str,
        name: &str,
        choice: Option<String>,
    ) -> Schema {
        let members = self.gather(&[(value, pointer)], choice);
        if members.properties.is_empty() {
            let values = match &members.rest {
                Some(rest) => self.read(rest, &format!("{name}Value")),
                None => Schema::Any,
            };
            return Schema::Map(Box::new(values));
        }
        // The name stands before the fields are read, so that they may refer to it.
        let (name, schema) = self.claim(pointer, name);
        self.wait(Waiting::Record {
            name,
            value,
            members,
        });
        schema
    }

    /// Everything that several schemas together say of an object.
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

    /// `allOf`: several objects in one, or one schema with remarks.
    pub fn joined(&mut self, value: &'s Value, pointer: &str, name: &str) -> Schema {
        let parts: Vec<String> = kinds::parts(value, "allOf")
            .enumerate()
            .filter(|(_, part)| kinds::says_something(part))
            .map(|(index, _)| format!("{pointer}/allOf/{index}"))
            .collect();
        let own = ["properties", "required", "additionalProperties", "enum"];
        let bare = !own.iter().any(|own| value.get(own).is_some());
        // A component that joins an object with a discriminator is one of its kinds, and not another
        // name for it.
        let is_kind =
            |part: &String| self.kind(part) == Kind::Base && self.names.contains_key(pointer);
        if let ([one], true) = (parts.as_slice(), bare)
            && !is_kind(one)
        {
            return self.read(one, name);
        }
        let choices = self.choices(pointer, &mut HashSet::new());
        let part_kinds: Vec<Kind> = parts.iter().map(|part| self.kind(part)).collect();
        let objects =
            |kind: &Kind| matches!(kind, Kind::Object | Kind::Base | Kind::Joined | Kind::Any);
        match choices.as_slice() {
            [] if Kind::alone(value) == Kind::Texts && part_kinds.iter().all(is_text) => {
                self.texts(&[pointer.to_owned()], pointer, name)
            }
            [] if part_kinds.iter().all(objects) => self.object(value, pointer, name, None),
            [] if bare => self.same(&parts, &part_kinds, pointer, name),
            [one] => self.spread(value, pointer, name, one),
            // Whatever does not fit is told of where it stands.
            _ => self.object(value, pointer, name, None),
        }
    }

    /// Parts of one scalar type, or of one list: the one that says most of it.
    fn same(&mut self, parts: &[String], kinds: &[Kind], pointer: &str, name: &str) -> Schema {
        let first = kinds.first().copied().unwrap_or(Kind::Any);
        let same = kinds.iter().all(is_text) || kinds.iter().all(|kind| *kind == first);
        let objects = matches!(first, Kind::Object | Kind::Base | Kind::Joined);
        if !same || objects {
            return match self.source.at(pointer) {
                Some(value) => self.object(value, pointer, name, None),
                None => Schema::Any,
            };
        }
        let best = kinds.iter().position(|kind| *kind == Kind::Texts);
        match parts.get(best.unwrap_or_default()) {
            Some(part) => self.read(part, name),
            None => Schema::Any,
        }
    }

    /// The pointers of all choices that are joined here, through references.
    fn choices(&self, pointer: &str, seen: &mut HashSet<String>) -> Vec<String> {
        let Some((at, value)) = self.settle(pointer) else {
            return Vec::new();
        };
        if !seen.insert(at.clone()) {
            return Vec::new();
        }
        match Kind::of(value) {
            Kind::Choice(_) | Kind::Choices(..) => vec![at],
            Kind::Joined => {
                let parts = kinds::parts(value, "allOf").enumerate();
                parts
                    .flat_map(|(index, _)| self.choices(&format!("{at}/allOf/{index}"), seen))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// Where a schema is really written, past references and what is joined of one part.
    pub fn settle(&self, pointer: &str) -> Option<(String, &'s Value)> {
        let mut at = pointer.to_owned();
        for _ in 0..MAX_DEPTH {
            let value = self.source.at(&at)?;
            if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
                at = target(reference)?;
                continue;
            }
            let key = match Kind::of(value) {
                Kind::Joined => "allOf",
                Kind::Choice(key) => key,
                _ => return Some((at, value)),
            };
            let own = ["properties", "required", "additionalProperties", "enum"];
            let bare = !own.iter().any(|own| value.get(own).is_some());
            let parts = kinds::parts(value, key).collect::<Vec<_>>();
            match parts.as_slice() {
                [one] if bare && kinds::says_something(one) => at = format!("{at}/{key}/0"),
                _ => return Some((at, value)),
            }
        }
        None
    }

    /// The kind of what a schema is in the end.
    pub fn kind(&self, pointer: &str) -> Kind<'s> {
        self.settle(pointer)
            .map_or(Kind::Any, |(_, value)| Kind::of(value))
    }

    /// Gathers the properties of an object and of everything in its `allOf`.
    fn members(&mut self, value: &'s Value, pointer: &str, members: &mut Members) {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            return self.reference(reference, pointer, members);
        }
        let elsewhere = members.choice.as_deref() == Some(pointer);
        let choice = matches!(Kind::of(value), Kind::Choice(_) | Kind::Choices(..)) && !elsewhere;
        let object = matches!(Kind::alone(value), Kind::Object | Kind::Base | Kind::Any);
        if choice || !object {
            self.report(
                pointer,
                "a part of `allOf` is no plain object",
                "only objects with properties can be joined",
            );
            return;
        }
        for (index, part) in kinds::parts(value, "allOf").enumerate() {
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
                let found = format!("the other keys have a schema at {first} already");
                self.report(&at, found, "keep one of the two");
            }
        }
    }

    /// A part of `allOf` that stands elsewhere.
    fn reference(&mut self, reference: &str, pointer: &str, members: &mut Members) {
        let Some(target) = target(reference) else {
            return;
        };
        if members.open.contains(&target) {
            let found = format!("`{reference}` is made of itself by `allOf`");
            return self.report(pointer, found, "break the circle");
        }
        if members.open.len() >= MAX_DEPTH {
            let found = format!("more than {MAX_DEPTH} objects are joined one into the next");
            return self.report(pointer, found, "join them in fewer steps");
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
                    let remedy = "give both the same type, or take one out";
                    self.report(&pointer, found, remedy);
                }
            }
        }
    }

    /// Whether the second of two schemas for one property says more than the first, or at least as
    /// much; `None` where they contradict each other.
    fn narrower(&self, first: &str, second: &str) -> Option<bool> {
        let (one, other) = (self.settle(first), self.settle(second));
        let kind = |settled: &Option<(String, &'s Value)>| {
            settled
                .as_ref()
                .map_or(Kind::Any, |(_, value)| Kind::of(value))
        };
        let (one, other) = (kind(&one), kind(&other));
        let structured = |kind: Kind| {
            matches!(
                kind,
                Kind::Object | Kind::Base | Kind::Joined | Kind::Choice(_) | Kind::Choices(..)
            )
        };
        match (one, other) {
            (_, Kind::Any | Kind::Null) => Some(false),
            (Kind::Any | Kind::Null, _) => Some(true),
            (Kind::Texts, Kind::Scalar("string")) => Some(false),
            (Kind::Scalar("string"), Kind::Texts) => Some(true),
            (Kind::Scalar("number"), Kind::Scalar("integer")) => Some(true),
            (Kind::Scalar("integer"), Kind::Scalar("number")) => Some(false),
            (Kind::Choice(_), _) | (_, Kind::Choice(_)) => Some(true),
            (one, other) if structured(one) && structured(other) => {
                Some(self.is_open(first) || !self.is_open(second))
            }
            (Kind::Quantity(one), Kind::Quantity(other)) => (one == other).then_some(true),
            (one, other) => (one == other).then_some(true),
        }
    }

    /// Whether a schema is an object of no known properties.
    fn is_open(&self, pointer: &str) -> bool {
        let settled = self.settle(pointer);
        settled.is_some_and(|(_, value)| {
            Kind::of(value) == Kind::Object
                && value.get("properties").is_none()
                && !matches!(value.get("additionalProperties"), Some(Value::Object(_)))
        })
    }
}

fn is_text(kind: &Kind) -> bool {
    matches!(kind, Kind::Texts | Kind::Scalar("string"))
}
