//! `oneOf` and `anyOf`, and objects that others inherit from: what can be one of several things.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use crate::doc;
use crate::kinds::{self, Kind};
use crate::model::{Alternative, Schema, Union};
use crate::names::{self, Scope};
use crate::schema::{COMPONENTS, Schemas, Waiting as Part, flag};
use crate::source::{join, target, unescape};

/// A union whose alternatives are still to be read.
pub struct Waiting {
    name: String,
    pointer: String,
    /// The choice itself, whose discriminator counts.
    choice: String,
    /// Pointers of the alternatives.
    alternatives: Vec<String>,
    /// Whether each alternative is joined with what stands beside the choice.
    joined: bool,
}

impl<'s> Schemas<'s> {
    /// `oneOf` or `anyOf`: one type where that serves all of them, otherwise a union.
    pub fn choice(&mut self, value: &'s Value, key: &str, pointer: &str, name: &str) -> Schema {
        let joins = kinds::parts(value, "allOf").any(kinds::says_something);
        let fields = value.get("properties").is_some();
        if joins || fields || matches!(value.get("additionalProperties"), Some(Value::Object(_))) {
            return self.spread(value, pointer, name, pointer);
        }
        let alternatives: Vec<String> = kinds::alternatives(value, key)
            .map(|(index, _)| format!("{pointer}/{key}/{index}"))
            .collect();
        let null = |at: &String| self.kind(at) == Kind::Null;
        let (nulls, alternatives): (Vec<_>, Vec<_>) = alternatives.into_iter().partition(null);
        let nullable = !nulls.is_empty() || alternatives.iter().any(|at| self.may_be_null(at));
        let schema = self.alternatives(alternatives, pointer, name);
        if nullable { schema.nullable() } else { schema }
    }

    /// Whether a schema, or one that it refers to, may be null.
    fn may_be_null(&self, pointer: &str) -> bool {
        let here = self
            .source
            .at(pointer)
            .is_some_and(|value| flag(value, "nullable"));
        here || self
            .settle(pointer)
            .is_some_and(|(_, value)| flag(value, "nullable"))
    }

    fn alternatives(&mut self, alternatives: Vec<String>, pointer: &str, name: &str) -> Schema {
        if let [one] = alternatives.as_slice() {
            return self.read(one, name).not_null();
        }
        if let Some(schema) = self.scalar_for_all(&alternatives, pointer, name) {
            return schema;
        }
        self.later(alternatives, pointer, name, pointer, false)
    }

    /// Gives the union its name, and leaves its alternatives for later.
    fn later(
        &mut self,
        alternatives: Vec<String>,
        pointer: &str,
        name: &str,
        choice: &str,
        joined: bool,
    ) -> Schema {
        let (name, schema) = self.claim(pointer, name);
        self.wait(Part::Union(Waiting {
            name,
            pointer: pointer.to_owned(),
            choice: choice.to_owned(),
            alternatives,
            joined,
        }));
        schema
    }

    /// The one scalar that holds whatever the alternatives hold.
    fn scalar_for_all(
        &mut self,
        alternatives: &[String],
        pointer: &str,
        name: &str,
    ) -> Option<Schema> {
        let kinds: Vec<Kind> = alternatives.iter().map(|at| self.kind(at)).collect();
        if kinds
            .iter()
            .all(|kind| matches!(kind, Kind::Texts | Kind::Scalar("string")))
        {
            return Some(self.text_for_all(alternatives, &kinds, pointer, name));
        }
        if !kinds.iter().all(|kind| matches!(kind, Kind::Scalar(_))) {
            return None;
        }
        let schemas: Vec<Schema> = alternatives
            .iter()
            .map(|at| self.read(at, name).not_null())
            .collect();
        let first = schemas.first()?;
        if schemas.iter().all(|schema| schema == first) {
            return Some(first.clone());
        }
        let number = |schema: &Schema| matches!(schema, Schema::Number(_));
        let whole = |schema: &Schema| matches!(schema, Schema::Integer(_));
        match () {
            () if schemas.iter().all(whole) => Some(Schema::Integer("i64")),
            () if schemas.iter().all(|schema| number(schema) || whole(schema)) => {
                Some(Schema::Number("f64"))
            }
            () => None,
        }
    }

    /// An enum is open, so that it holds any text beside those that it knows.
    fn text_for_all(
        &mut self,
        alternatives: &[String],
        kinds: &[Kind],
        pointer: &str,
        name: &str,
    ) -> Schema {
        let known = alternatives.iter().zip(kinds);
        let known: Vec<&String> = known
            .filter(|(_, kind)| **kind == Kind::Texts)
            .map(|(at, _)| at)
            .collect();
        match known.as_slice() {
            [] => {
                let schemas: Vec<Schema> = alternatives
                    .iter()
                    .map(|at| self.read(at, name).not_null())
                    .collect();
                match schemas.as_slice() {
                    [first, rest @ ..] if rest.iter().all(|schema| schema == first) => {
                        first.clone()
                    }
                    _ => Schema::Text,
                }
            }
            [one] => self.read(one, name).not_null(),
            several => {
                let settled = several.iter().filter_map(|at| Some(self.settle(at)?.0));
                let settled: Vec<String> = settled.collect();
                self.texts(&settled, pointer, name)
            }
        }
    }

    /// A choice beside properties, or joined with objects: each alternative is an object with all
    /// of them.
    pub fn spread(&mut self, value: &'s Value, pointer: &str, name: &str, choice: &str) -> Schema {
        let place = match self.source.at(choice).map(Kind::of) {
            Some(Kind::Choice(key)) => Some(key),
            _ => None,
        };
        let Some(key) = place else {
            self.report(
                choice,
                "`oneOf` and `anyOf` together are not supported",
                "keep one of them",
            );
            return Schema::Any;
        };
        let choices = self.source.at(choice).unwrap_or(value);
        let alternatives: Vec<String> = kinds::alternatives(choices, key)
            .map(|(index, _)| format!("{choice}/{key}/{index}"))
            .collect();
        self.later(alternatives, pointer, name, choice, true)
    }

    /// An object with a discriminator: one of those that join it by `allOf`.
    pub fn base(&mut self, _: &'s Value, pointer: &str, name: &str) -> Schema {
        let heirs = self.heirs.get(pointer).cloned().unwrap_or_default();
        let mut seen = HashSet::from([pointer.to_owned()]);
        let mut open = heirs;
        let mut all = Vec::new();
        while !open.is_empty() {
            let heir = open.remove(0);
            if !seen.insert(heir.clone()) {
                continue;
            }
            // One that others inherit from in turn is a union of its own.
            let union = self
                .source
                .at(&heir)
                .is_some_and(|value| value.get("discriminator").is_some());
            if !union {
                open.extend(self.heirs.get(&heir).cloned().unwrap_or_default());
            }
            all.push(heir);
        }
        self.later(all, pointer, name, pointer, false)
    }

    /// Reads the alternatives of a union.
    pub fn union(&mut self, waiting: Waiting) {
        let Waiting {
            name,
            pointer,
            choice,
            alternatives,
            joined,
        } = waiting;
        let value = self.source.at(&pointer).unwrap_or(&Value::Null);
        let tag = self.tag(&choice, &alternatives);
        let mut scope = Scope::with(&["Other"]);
        let mut read: Vec<Alternative> = Vec::new();
        let mut known_tags = HashSet::new();
        for (index, at) in alternatives.iter().enumerate() {
            let mut tags = tag.as_ref().map_or_else(Vec::new, |tag| self.tags(at, tag));
            tags.retain(|text| known_tags.insert(text.clone()));
            let stem = self.stem(at, tags.first());
            let hint = format!("{name}{stem}");
            let schema = match joined {
                true => self.join_alternative(&pointer, &choice, at, index, &hint),
                false => self.read(at, &hint).not_null(),
            };
            if let Some(same) = read.iter_mut().find(|known| known.schema == schema) {
                same.tags.extend(tags);
                continue;
            }
            read.push(Alternative {
                name: scope.take(stem),
                doc: self.doc(at),
                schema,
                tags,
            });
        }
        // A tag that says nothing of one of them is no help.
        let tag = tag.map(|tag| tag.property).filter(|_| {
            let told = |known: &Alternative| {
                !known.tags.is_empty() && matches!(known.schema, Schema::Named(_) | Schema::Map(_))
            };
            read.iter().all(told)
        });
        let union = Union {
            doc: doc::of_schema(value),
            deprecated: flag(value, "deprecated"),
            tag,
            alternatives: read,
        };
        self.unions.insert(name, union);
    }

    /// One alternative, with what stands beside the choice.
    fn join_alternative(
        &mut self,
        pointer: &str,
        choice: &str,
        alternative: &str,
        index: usize,
        name: &str,
    ) -> Schema {
        let (Some(base), Some(value)) = (self.source.at(pointer), self.source.at(alternative))
        else {
            return Schema::Any;
        };
        let members = self.gather(
            &[(base, pointer), (value, alternative)],
            Some(choice.to_owned()),
        );
        let (name, schema) = self.claim(&format!("{pointer}#{index}"), name);
        self.wait(Part::Record {
            name,
            value,
            members,
        });
        schema
    }

    /// The name of an alternative: its schema's, its title, its tag, or its type.
    fn stem(&self, pointer: &str, tag: Option<&String>) -> String {
        let value = self.source.at(pointer).unwrap_or(&Value::Null);
        let reference = value.get("$ref").and_then(Value::as_str).and_then(target);
        let component = reference.as_deref().or(Some(pointer));
        if let Some(name) = component.and_then(|at| self.names.get(at)) {
            return name.clone();
        }
        let settled = self.settle(pointer);
        let title = value
            .get("title")
            .or_else(|| settled.as_ref()?.1.get("title"));
        if let Some(title) = title
            .and_then(Value::as_str)
            .filter(|title| title.len() <= 40)
        {
            return names::type_name(title);
        }
        if let Some(tag) = tag {
            return names::pascal(tag);
        }
        let word = match self.kind(pointer) {
            Kind::Texts | Kind::Scalar("string") => "Text",
            Kind::Scalar("integer") => "Integer",
            Kind::Scalar("number") | Kind::Quantity(_) => "Number",
            Kind::Scalar(_) => "Boolean",
            Kind::List => "List",
            Kind::Any | Kind::Null => "Any",
            _ => "Object",
        };
        word.to_owned()
    }

    /// What tells the alternatives apart: the discriminator, or a property that has one text of its
    /// own in each of them.
    fn tag(&self, choice: &str, alternatives: &[String]) -> Option<Tag> {
        let value = self.source.at(choice)?;
        let property = value
            .pointer("/discriminator/propertyName")
            .and_then(Value::as_str);
        let Some(property) = property else {
            return self.common_tag(alternatives);
        };
        let mapping = value
            .pointer("/discriminator/mapping")
            .and_then(Value::as_object);
        let mapping = mapping.into_iter().flatten().filter_map(|(text, to)| {
            let to = to.as_str()?;
            let pointer = match to.contains('#') {
                true => target(to)?,
                false => join(COMPONENTS, to),
            };
            Some((text.clone(), pointer))
        });
        Some(Tag {
            property: property.to_owned(),
            mapping: mapping.collect(),
        })
    }

    fn common_tag(&self, alternatives: &[String]) -> Option<Tag> {
        let (_, first) = self.settle(alternatives.first()?)?;
        let required = first.get("required").and_then(Value::as_array)?;
        let mut names = required.iter().filter_map(Value::as_str);
        let property = names.find(|name| {
            let mut seen = HashSet::new();
            alternatives
                .iter()
                .all(|at| match self.tag_texts(at, name).as_slice() {
                    [one] => seen.insert(one.clone()),
                    _ => false,
                })
        })?;
        Some(Tag {
            property: property.to_owned(),
            mapping: Vec::new(),
        })
    }

    /// The texts that a property of an object can be.
    fn tag_texts(&self, pointer: &str, property: &str) -> Vec<String> {
        let texts = || {
            let (at, _) = self.settle(pointer)?;
            let (_, value) = self.settle(&join(&join(&at, "properties"), property))?;
            let texts = value.get("enum")?.as_array()?.iter();
            Some(texts.filter_map(Value::as_str).map(str::to_owned).collect())
        };
        texts().unwrap_or_default()
    }

    /// The texts of the tag that stand for an alternative.
    fn tags(&self, pointer: &str, tag: &Tag) -> Vec<String> {
        let value = self.source.at(pointer).unwrap_or(&Value::Null);
        let reference = value.get("$ref").and_then(Value::as_str).and_then(target);
        let target = reference.unwrap_or_else(|| pointer.to_owned());
        let mapped: Vec<String> = tag
            .mapping
            .iter()
            .filter(|(_, to)| *to == target)
            .map(|(text, _)| text.clone())
            .collect();
        if !mapped.is_empty() {
            return mapped;
        }
        let texts = self.tag_texts(pointer, &tag.property);
        if !texts.is_empty() {
            return texts;
        }
        let key = target
            .strip_prefix(COMPONENTS)
            .and_then(|rest| rest.strip_prefix('/'));
        key.map(unescape).into_iter().collect()
    }

    /// A union that holds itself, with nothing in between, has no end.
    pub fn check_unions(&mut self) {
        let inner: BTreeMap<String, Vec<String>> = self
            .unions
            .iter()
            .map(|(name, union)| {
                let names = union
                    .alternatives
                    .iter()
                    .filter_map(|known| match &known.schema {
                        Schema::Named(inner) if self.unions.contains_key(inner) => {
                            Some(inner.clone())
                        }
                        _ => None,
                    });
                (name.clone(), names.collect())
            })
            .collect();
        for name in inner.keys() {
            let mut open: Vec<&String> = inner.get(name).into_iter().flatten().collect();
            let mut seen = HashSet::new();
            while let Some(next) = open.pop() {
                if next == name {
                    let pointer = self.places.get(name).cloned().unwrap_or_default();
                    self.report(
                        &pointer,
                        "the schema is made of itself, with no object in between",
                        "put one of the steps of the circle into a property of an object",
                    );
                    break;
                }
                if seen.insert(next) {
                    open.extend(inner.get(next).into_iter().flatten());
                }
            }
        }
    }
}

/// The member of an object that tells what it is.
struct Tag {
    property: String,
    /// Texts, with the pointers that they stand for.
    mapping: Vec<(String, String)>,
}
