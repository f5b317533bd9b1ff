//! Reads schemas into the model. All recursion is here: the other files of this folder look at a
//! single schema.

use std::collections::{HashSet, VecDeque};

use serde_json::Value;

use super::all_of::{Joined, Members};
use super::formats::scalar;
use super::registry::Registry;
use super::schema_kind::{self, SchemaKind, flag};
use super::{description, inline_names, literals};
use crate::document::Findings;
use crate::extensions::{open_enum, unit};
use crate::model::{Alternative, Direction, Enum, Field, Record, Schema, Union, Variant};
use crate::text::names::{self, Scope};
use crate::text::reserved_names::{OTHER, REST, UNKNOWN};
use crate::text::{MAX_DEPTH, join, show, target, type_of};

type Pending<'s> = Box<dyn FnOnce(&mut SchemaReader<'s>) + 's>;

/// Reads schemas as they are asked for.
pub struct SchemaReader<'s> {
    pub registry: Registry<'s>,
    /// Pointers that are being read: one that comes up again is a circle without an object.
    open: Vec<String>,
    /// Reads the parts of objects and unions that have only a name so far. Reading them at once
    /// would recurse as deep as the document's references go.
    pending: VecDeque<Pending<'s>>,
}

impl<'s> SchemaReader<'s> {
    pub fn new(findings: Findings<'s>) -> Self {
        Self {
            registry: Registry::new(findings),
            open: Vec::new(),
            pending: VecDeque::new(),
        }
    }

    /// Reads the schema at a pointer; `name` is for a type that has none in the document.
    ///
    /// Reports faults. A schema that cannot be read becomes [`Schema::Any`].
    pub fn read(&mut self, pointer: &str, name: &str) -> Schema {
        if let Some(schema) = self.registry.named.get(pointer) {
            return schema.clone();
        }
        if self.open.iter().any(|open| open == pointer) {
            self.registry.report_circle(pointer);
            return Schema::Any;
        }
        if self.open.len() >= MAX_DEPTH {
            let found = format!("more than {MAX_DEPTH} schemas are nested here");
            let remedy = "put an object in between, or remove levels";
            self.registry.report(pointer, found, remedy);
            return Schema::Any;
        }
        self.open.push(pointer.to_owned());
        let schema = match self.registry.source.at(pointer) {
            Some(value) => self.value(value, pointer, name),
            None => Schema::Any,
        };
        self.open.pop();
        schema
    }

    /// Reads the parts of all objects and unions found so far.
    pub fn finish(&mut self) {
        while let Some(read) = self.pending.pop_front() {
            read(self);
        }
        self.registry.check_unions();
    }

    fn value(&mut self, value: &'s Value, pointer: &str, name: &str) -> Schema {
        let source = self.registry.source;
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            // The validation has reported references that lead nowhere.
            let Some(target) = target(reference) else {
                return Schema::Any;
            };
            let name = inline_names::name(source, &target).unwrap_or_else(|| name.to_owned());
            return self.read(&target, &name);
        }
        for diagnostic in literals::check(source, value, pointer) {
            self.registry.findings.push(diagnostic);
        }
        let null = flag(value, "nullable")
            || matches!(value.get("enum"), Some(Value::Array(values)) if values.contains(&Value::Null));
        match self.not_null(value, pointer, name) {
            schema if null => schema.nullable(),
            schema => schema,
        }
    }

    /// Reads a schema without regard to `nullable`.
    fn not_null(&mut self, value: &'s Value, pointer: &str, name: &str) -> Schema {
        match SchemaKind::of(value) {
            SchemaKind::Choice(_) => self.choice(value, pointer, name),
            SchemaKind::Choices(first, second) => {
                let found = format!("`{second}` beside `{first}` is not supported");
                let at = join(pointer, second);
                self.registry.report(&at, found, "keep one of them");
                Schema::Any
            }
            SchemaKind::Joined => match self.registry.joined(value, pointer) {
                Joined::SameAs(part) => self.read(&part, name),
                Joined::Texts => self.texts(&[pointer.to_owned()], pointer, name),
                Joined::Object => self.object(value, pointer, name),
                Joined::Choice(choice) => self.spread(pointer, name, &choice),
            },
            SchemaKind::Base if self.registry.subtypes.contains_key(pointer) => {
                let subtypes = self.registry.subtypes(pointer);
                self.later(subtypes, pointer, name, pointer, false)
            }
            SchemaKind::Base | SchemaKind::Object => self.object(value, pointer, name),
            SchemaKind::Quantity(_) => {
                unit::schema(&mut self.registry.findings, value, pointer).unwrap_or(Schema::Any)
            }
            SchemaKind::Texts => self.texts(&[pointer.to_owned()], pointer, name),
            SchemaKind::List => {
                let item = self.read(&join(pointer, "items"), &format!("{name}Item"));
                Schema::List(Box::new(item))
            }
            SchemaKind::Scalar(scalar) => self::scalar(value, scalar),
            SchemaKind::Null | SchemaKind::Any => Schema::Any,
        }
    }

    /// An enum of strings, whose values can come from several schemas.
    fn texts(&mut self, pointers: &[String], pointer: &str, name: &str) -> Schema {
        let source = self.registry.source;
        let mut scope = Scope::with(&UNKNOWN);
        let mut seen = HashSet::new();
        let mut variants = Vec::new();
        for from in pointers {
            open_enum::check(&mut self.registry.findings, from);
        }
        for from in pointers {
            let listed = source.at(from).and_then(open_enum::values);
            let listed = listed.into_iter().flat_map(|(key, values)| {
                let values = values.iter().enumerate();
                values.map(move |(index, value)| (format!("{from}/{key}/{index}"), value))
            });
            for (at, text) in listed {
                match text {
                    Value::String(text) if seen.insert(text) => variants.push(Variant {
                        name: scope.take(names::pascal(text)),
                        wire: text.clone(),
                    }),
                    Value::String(_) | Value::Null => {}
                    other => {
                        let (shown, of_type) = (show(other), type_of(other));
                        let found = format!("{shown} is {of_type}, in an enum of strings");
                        let remedy = "quote it, or give the enum its `type`";
                        self.registry.report(&at, found, remedy);
                    }
                }
            }
        }
        let value = source.at(pointer).unwrap_or(&Value::Null);
        let (name, schema) = self.registry.claim(pointer, name);
        let item = Enum {
            doc: description::of_schema(value),
            deprecated: flag(value, "deprecated"),
            variants,
        };
        self.registry.enums.insert(name, item);
        schema
    }

    /// An object, with everything in its `allOf`.
    fn object(&mut self, value: &'s Value, pointer: &str, name: &str) -> Schema {
        let members = self.registry.gather(&[(value, pointer)], None);
        if members.properties.is_empty() {
            let values = match &members.rest {
                Some(rest) => self.read(rest, &format!("{name}Value")),
                None => Schema::Any,
            };
            return Schema::Map(Box::new(values));
        }
        self.record_later(value, pointer, name, members)
    }

    /// Gives a record its name before its fields are read, so that they may refer to it.
    fn record_later(
        &mut self,
        value: &'s Value,
        pointer: &str,
        name: &str,
        members: Members,
    ) -> Schema {
        let (name, schema) = self.registry.claim(pointer, name);
        let read = move |reader: &mut Self| reader.record(name, value, members);
        self.pending.push_back(Box::new(read));
        schema
    }

    fn record(&mut self, name: String, value: &'s Value, members: Members) {
        let rest = members
            .rest
            .map(|rest| self.read(&rest, &format!("{name}Value")));
        let mut scope = match rest {
            Some(_) => Scope::with(&[REST]),
            None => Scope::default(),
        };
        let mut fields = Vec::new();
        for (wire, pointer) in members.properties {
            let required = members.required.contains(&wire);
            fields.push(self.field(wire, &pointer, required, &name, &mut scope));
        }
        let record = Record {
            doc: description::text(value),
            deprecated: flag(value, "deprecated"),
            fields,
            in_request: false,
            row: false,
            rest,
        };
        self.registry.records.insert(name, record);
    }

    fn field(
        &mut self,
        wire: String,
        pointer: &str,
        required: bool,
        owner: &str,
        scope: &mut Scope,
    ) -> Field {
        let value = self.registry.source.at(pointer).unwrap_or(&Value::Null);
        let hint = format!("{owner}{}", names::pascal(&wire));
        let only = match (flag(value, "readOnly"), flag(value, "writeOnly")) {
            (true, false) => Some(Direction::Response),
            (false, true) => Some(Direction::Request),
            _ => None,
        };
        Field {
            schema: self.read(pointer, &hint),
            name: scope.take(names::snake(&wire)),
            doc: self.registry.doc(pointer),
            deprecated: flag(value, "deprecated"),
            required,
            only,
            wire,
        }
    }

    /// `oneOf` or `anyOf`: a single type if that holds all alternatives, otherwise a union.
    fn choice(&mut self, value: &'s Value, pointer: &str, name: &str) -> Schema {
        let joins = schema_kind::parts(value, "allOf").any(schema_kind::says_something);
        let fields = value.get("properties").is_some();
        if joins || fields || matches!(value.get("additionalProperties"), Some(Value::Object(_))) {
            return self.spread(pointer, name, pointer);
        }
        let registry = &self.registry;
        let alternatives = registry.alternatives(pointer).unwrap_or_default();
        let null = |at: &String| registry.kind(at) == SchemaKind::Null;
        let (nulls, alternatives): (Vec<_>, Vec<_>) = alternatives.into_iter().partition(null);
        let may_be_null = |at: &String| registry.may_be_null(at);
        let nullable = !nulls.is_empty() || alternatives.iter().any(may_be_null);
        let schema = match alternatives.as_slice() {
            // Nothing but `null`, which has no type of its own.
            [] => Schema::Text,
            [one] => self.read(one, name).not_null(),
            several => match self.scalar_for_all(several, pointer, name) {
                Some(schema) => schema,
                None => self.later(alternatives, pointer, name, pointer, false),
            },
        };
        if nullable { schema.nullable() } else { schema }
    }

    /// The one scalar type that holds the values of all alternatives, if there is one.
    fn scalar_for_all(
        &mut self,
        alternatives: &[String],
        pointer: &str,
        name: &str,
    ) -> Option<Schema> {
        let kinds: Vec<SchemaKind> = alternatives
            .iter()
            .map(|at| self.registry.kind(at))
            .collect();
        let text = |kind: &SchemaKind| *kind == SchemaKind::Scalar("string");
        let texts = |kind: &SchemaKind| *kind == SchemaKind::Texts;
        // An enum is open: it holds any text beside the known ones.
        if kinds.iter().any(texts) && kinds.iter().all(|kind| text(kind) || texts(kind)) {
            let known = alternatives.iter().zip(&kinds);
            let known: Vec<&String> = known
                .filter_map(|(at, kind)| texts(kind).then_some(at))
                .collect();
            if let [one] = known.as_slice() {
                return Some(self.read(one, name).not_null());
            }
            let settled = known.iter().filter_map(|at| self.registry.settle(at));
            let settled: Vec<String> = settled.map(|(at, _)| at).collect();
            return Some(self.texts(&settled, pointer, name));
        }
        if !kinds
            .iter()
            .all(|kind| matches!(kind, SchemaKind::Scalar(_)))
        {
            return None;
        }
        let schemas: Vec<Schema> = alternatives
            .iter()
            .map(|at| self.read(at, name).not_null())
            .collect();
        let first = schemas.first()?;
        let whole = |schema: &Schema| matches!(schema, Schema::Integer(_));
        let number = |schema: &Schema| matches!(schema, Schema::Number(_)) || whole(schema);
        if schemas.iter().all(|schema| schema == first) {
            Some(first.clone())
        } else if kinds.iter().all(text) {
            Some(Schema::Text)
        } else if schemas.iter().all(whole) {
            Some(Schema::Integer("i64"))
        } else {
            schemas.iter().all(number).then_some(Schema::Number("f64"))
        }
    }

    /// A choice beside properties, or joined with objects: each alternative is an object with all
    /// of them.
    fn spread(&mut self, pointer: &str, name: &str, choice: &str) -> Schema {
        if let Some(alternatives) = self.registry.alternatives(choice) {
            return self.later(alternatives, pointer, name, choice, true);
        }
        let found = "`oneOf` and `anyOf` together are not supported";
        self.registry.report(choice, found, "keep one of them");
        Schema::Any
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
        let (name, schema) = self.registry.claim(pointer, name);
        let [at, choice] = [pointer, choice].map(str::to_owned);
        let read = move |reader: &mut Self| reader.union(name, &at, &choice, &alternatives, joined);
        self.pending.push_back(Box::new(read));
        schema
    }

    /// Reads the alternatives of a union. If they are `joined`, each is an object together with the
    /// schema around the choice.
    fn union(
        &mut self,
        name: String,
        pointer: &str,
        choice: &str,
        alternatives: &[String],
        joined: bool,
    ) {
        let discriminator = self.registry.discriminator(choice, alternatives);
        let mut scope = Scope::with(&OTHER);
        let mut read: Vec<Alternative> = Vec::new();
        let mut known_tags = HashSet::new();
        for (index, at) in alternatives.iter().enumerate() {
            let tags = discriminator.iter();
            let tags = tags.flat_map(|discriminator| self.registry.tags(at, discriminator));
            let tags = tags.filter(|text| known_tags.insert(text.clone()));
            let tags: Vec<String> = tags.collect();
            let stem = self.registry.stem(at, tags.first());
            let hint = format!("{name}{stem}");
            let schema = if joined {
                self.join_alternative(pointer, choice, at, index, &hint)
            } else {
                self.read(at, &hint).not_null()
            };
            if let Some(same) = read.iter_mut().find(|known| known.schema == schema) {
                same.tags.extend(tags);
                continue;
            }
            read.push(Alternative {
                name: scope.take(stem),
                doc: self.registry.doc(at),
                schema,
                tags,
            });
        }
        // The discriminator has to tell all alternatives apart.
        let told = |known: &Alternative| {
            !known.tags.is_empty() && matches!(known.schema, Schema::Named(_) | Schema::Map(_))
        };
        let tag = discriminator.map(|discriminator| discriminator.property);
        let value = self.registry.source.at(pointer).unwrap_or(&Value::Null);
        let union = Union {
            doc: description::of_schema(value),
            deprecated: flag(value, "deprecated"),
            tag: tag.filter(|_| read.iter().all(told)),
            alternatives: read,
        };
        self.registry.unions.insert(name, union);
    }

    /// One alternative, joined with the schema around the choice.
    fn join_alternative(
        &mut self,
        pointer: &str,
        choice: &str,
        alternative: &str,
        index: usize,
        name: &str,
    ) -> Schema {
        let source = self.registry.source;
        let (Some(base), Some(value)) = (source.at(pointer), source.at(alternative)) else {
            return Schema::Any;
        };
        let parts = [(base, pointer), (value, alternative)];
        let members = self.registry.gather(&parts, Some(choice.to_owned()));
        self.record_later(value, &format!("{pointer}#{index}"), name, members)
    }
}
