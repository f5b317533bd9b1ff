//! Unions: `oneOf`, `anyOf`, and objects that others inherit from.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::Value;

use super::registry::Registry;
use super::schema_kind::{self, SchemaKind, flag};
use crate::model::{Schema, reach};
use crate::text::{SCHEMAS, join, names, target, target_of, unescape};

/// The property whose value identifies an alternative.
pub struct Discriminator {
    pub property: String,
    /// Values, with the pointers of their schemas.
    mapping: Vec<(String, String)>,
}

impl<'s> Registry<'s> {
    /// Returns the pointers of the alternatives of a choice, or `None` where `oneOf` and `anyOf`
    /// stand together.
    pub fn alternatives(&self, choice: &str) -> Option<Vec<String>> {
        let value = self.source.at(choice)?;
        let SchemaKind::Choice(key) = SchemaKind::of(value) else {
            return None;
        };
        let alternatives = schema_kind::alternatives(value, key);
        Some(
            alternatives
                .map(|(index, _)| format!("{choice}/{key}/{index}"))
                .collect(),
        )
    }

    /// Whether a schema, or one that it refers to, may be null.
    pub fn may_be_null(&self, pointer: &str) -> bool {
        let settled = self.settle(pointer).map(|(_, value)| value);
        let values = self.source.at(pointer).into_iter().chain(settled);
        values.into_iter().any(|value| flag(value, "nullable"))
    }

    /// Returns the pointers of all that inherit from an object with a discriminator.
    pub fn subtypes(&self, pointer: &str) -> Vec<String> {
        let direct = |at: &str| self.subtypes.get(at).into_iter().flatten().cloned();
        let mut open: VecDeque<String> = direct(pointer).collect();
        let mut seen = HashSet::from([pointer.to_owned()]);
        let mut all = Vec::new();
        while let Some(subtype) = open.pop_front() {
            if !seen.insert(subtype.clone()) {
                continue;
            }
            // A subtype that others inherit from in turn is a union of its own.
            let value = self.source.at(&subtype);
            if value.is_some_and(|value| value.get("discriminator").is_none()) {
                open.extend(direct(&subtype));
            }
            all.push(subtype);
        }
        all
    }

    /// The name of an alternative: its schema's, its title, its tag, or its type.
    pub fn stem(&self, pointer: &str, tag: Option<&String>) -> String {
        let value = self.source.at(pointer).unwrap_or(&Value::Null);
        let component = target_of(value);
        if let Some(name) = self.names.get(component.as_deref().unwrap_or(pointer)) {
            return name.clone();
        }
        let settled = self.settle(pointer);
        let title = value.get("title").or_else(|| settled?.1.get("title"));
        let title = title.and_then(Value::as_str);
        if let Some(title) = title.filter(|title| title.len() <= 40) {
            return names::type_name(title);
        }
        if let Some(tag) = tag {
            return names::pascal(tag);
        }
        let word = match self.kind(pointer) {
            SchemaKind::Texts | SchemaKind::Scalar("string") => "Text",
            SchemaKind::Scalar("integer") => "Integer",
            SchemaKind::Scalar("number") | SchemaKind::Quantity(_) => "Number",
            SchemaKind::Scalar(_) => "Boolean",
            SchemaKind::List => "List",
            SchemaKind::Any | SchemaKind::Null => "Any",
            _ => "Object",
        };
        word.to_owned()
    }

    /// Returns the discriminator, or a property that has a different value in each of the
    /// alternatives.
    pub fn discriminator(&self, choice: &str, alternatives: &[String]) -> Option<Discriminator> {
        let value = self.source.at(choice)?;
        let discriminator = value.get("discriminator");
        let property = discriminator.and_then(|known| known.get("propertyName")?.as_str());
        let Some(property) = property else {
            return self.common_property(alternatives);
        };
        let mapping = discriminator.and_then(|known| known.get("mapping")?.as_object());
        let mapping = mapping.into_iter().flatten().filter_map(|(text, to)| {
            let to = to.as_str()?;
            let pointer = if to.contains('#') {
                target(to)?
            } else {
                join(SCHEMAS, to)
            };
            Some((text.clone(), pointer))
        });
        Some(Discriminator {
            property: property.to_owned(),
            mapping: mapping.collect(),
        })
    }

    fn common_property(&self, alternatives: &[String]) -> Option<Discriminator> {
        let (_, first) = self.settle(alternatives.first()?)?;
        let required = first.get("required").and_then(Value::as_array)?;
        let mut names = required.iter().filter_map(Value::as_str);
        let property = names.find(|name| {
            let mut seen = HashSet::new();
            let mut texts = alternatives.iter().map(|at| self.tag_texts(at, name));
            texts.all(|texts| matches!(texts.as_slice(), [one] if seen.insert(one.clone())))
        })?;
        Some(Discriminator {
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

    /// Returns the texts of a discriminator that stand for an alternative.
    pub fn tags(&self, pointer: &str, tag: &Discriminator) -> Vec<String> {
        let value = self.source.at(pointer).unwrap_or(&Value::Null);
        let target = target_of(value).unwrap_or_else(|| pointer.to_owned());
        let mapped = tag.mapping.iter().filter(|(_, to)| *to == target);
        let mapped: Vec<String> = mapped.map(|(text, _)| text.clone()).collect();
        if !mapped.is_empty() {
            return mapped;
        }
        let texts = self.tag_texts(pointer, &tag.property);
        if !texts.is_empty() {
            return texts;
        }
        let key = target
            .strip_prefix(SCHEMAS)
            .and_then(|rest| rest.strip_prefix('/'));
        key.map(unescape).into_iter().collect()
    }

    /// Reports unions that hold themselves with nothing in between: they have no end.
    pub fn check_unions(&mut self) {
        let unions = self.unions.iter();
        let inner: HashMap<&str, Vec<&str>> = unions
            .map(|(name, union)| {
                let held = union.alternatives.iter().map(|known| &known.schema);
                let named = held.filter(|schema| matches!(schema, Schema::Named(_)));
                (name.as_str(), named.flat_map(Schema::names).collect())
            })
            .collect();
        let endless = |name: &str| {
            let held = inner.get(name).into_iter().flatten();
            reach(held.copied(), &inner).contains(name)
        };
        let named = self.named.iter();
        let named = named.filter(|(_, schema)| schema.names().any(endless));
        let mut pointers: Vec<String> = named.map(|(pointer, _)| pointer.clone()).collect();
        pointers.sort();
        for pointer in pointers {
            self.report_circle(&pointer);
        }
    }

    /// Reports a schema that is made of itself.
    pub fn report_circle(&mut self, pointer: &str) {
        let found = "the schema contains itself, with no object in between";
        let remedy = "put one of the references into a property of an object";
        self.report(pointer, found, remedy);
    }
}
