//! The types that schemas have become so far, and their names.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::description;
use super::schema_kind::{self, SchemaKind};
use crate::document::{Findings, Source};
use crate::model::{Enum, Record, Schema, Union};
use crate::text::names::{self, Scope};
use crate::text::{MAX_DEPTH, SCHEMAS, join, markdown, target, target_of};

/// The types of a document as they are read, and lookups of its schemas.
pub struct Registry<'s> {
    pub source: &'s Source,
    pub findings: Findings<'s>,
    pub records: BTreeMap<String, Record>,
    pub enums: BTreeMap<String, Enum>,
    pub unions: BTreeMap<String, Union>,
    /// Names of the components, given out before any other.
    pub names: HashMap<String, String>,
    scope: Scope,
    /// The types that have a name, by the pointers of their schemas.
    pub named: HashMap<String, Schema>,
    /// The components that join another one by `allOf`, by the pointer of that.
    pub subtypes: HashMap<String, Vec<String>>,
}

impl<'s> Registry<'s> {
    pub fn new(findings: Findings<'s>) -> Self {
        let source = findings.source;
        let mut scope = Scope::default();
        let mut names = HashMap::new();
        let mut subtypes: HashMap<String, Vec<String>> = HashMap::new();
        let components = source.at(SCHEMAS).and_then(Value::as_object);
        for (key, component) in components.into_iter().flatten() {
            let pointer = join(SCHEMAS, key);
            names.insert(pointer.clone(), scope.take(names::type_name(key)));
            for part in schema_kind::parts(component, "allOf") {
                if let Some(target) = target_of(part) {
                    subtypes.entry(target).or_default().push(pointer.clone());
                }
            }
        }
        Self {
            source,
            findings,
            records: BTreeMap::new(),
            enums: BTreeMap::new(),
            unions: BTreeMap::new(),
            names,
            scope,
            named: HashMap::new(),
            subtypes,
        }
    }

    /// Gives the type at a pointer its name.
    pub fn claim(&mut self, pointer: &str, name: &str) -> (String, Schema) {
        let name = match self.names.get(pointer) {
            Some(name) => name.clone(),
            None => self.free_name(name),
        };
        let schema = Schema::Named(name.clone());
        self.named.insert(pointer.to_owned(), schema.clone());
        (name, schema)
    }

    /// Returns a name for a type that is not in the document.
    pub fn free_name(&mut self, name: &str) -> String {
        self.scope.take(names::type_name(name))
    }

    pub fn report(&mut self, pointer: &str, found: impl Into<String>, remedy: impl Into<String>) {
        self.findings.report(pointer, found, remedy);
    }

    /// Returns the schema itself, past references and an `allOf`, `oneOf` or `anyOf` of one part.
    pub fn settle(&self, pointer: &str) -> Option<(String, &'s Value)> {
        let mut at = pointer.to_owned();
        for _ in 0..MAX_DEPTH {
            let value = self.source.at(&at)?;
            if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
                at = target(reference)?;
                continue;
            }
            let key = match SchemaKind::of(value) {
                SchemaKind::Joined => "allOf",
                SchemaKind::Choice(key) => key,
                _ => return Some((at, value)),
            };
            let parts: Vec<&Value> = schema_kind::parts(value, key).collect();
            match parts.as_slice() {
                [one] if schema_kind::is_bare(value) && schema_kind::says_something(one) => {
                    at = format!("{at}/{key}/0");
                }
                _ => return Some((at, value)),
            }
        }
        None
    }

    /// Returns the kind of the settled schema.
    pub fn kind(&self, pointer: &str) -> SchemaKind<'s> {
        let settled = self.settle(pointer);
        settled.map_or(SchemaKind::Any, |(_, value)| SchemaKind::of(value))
    }

    /// Whether a schema has `format: binary`.
    pub fn is_binary(&self, pointer: &str) -> bool {
        let settled = self.settle(pointer);
        settled.is_some_and(|(_, value)| value.get("format") == Some(&Value::from("binary")))
    }

    /// Returns the description of a schema, or else of the one that it is by a reference.
    pub fn doc(&self, pointer: &str) -> String {
        markdown::paragraphs(self.doc_parts(pointer))
    }

    /// Returns the same in two parts: the text, and the facts that the type does not show.
    pub fn doc_parts(&self, pointer: &str) -> [String; 2] {
        let mut value = self.source.at(pointer);
        for _ in 0..MAX_DEPTH {
            let Some(schema) = value else { break };
            let own = description::parts_of_schema(schema);
            if own.iter().any(|part| !part.is_empty()) {
                return own;
            }
            value = self.same_as(schema);
        }
        Default::default()
    }

    /// Returns the schema to which this one only refers.
    fn same_as(&self, value: &Value) -> Option<&'s Value> {
        let inner = match value.get("allOf") {
            Some(Value::Array(parts)) if parts.len() == 1 => parts.first()?,
            _ => value,
        };
        self.source.at(&target_of(inner)?)
    }
}
