//! What every reader of an operation needs: the document, and where to report.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::document::{Findings, Source, references};
use crate::schema::reader::SchemaReader;
use crate::text::{join, names};

pub struct Context<'s> {
    pub source: &'s Source,
    pub schemas: SchemaReader<'s>,
}

impl<'s> Context<'s> {
    pub fn new(findings: Findings<'s>) -> Self {
        Self {
            source: findings.source,
            schemas: SchemaReader::new(findings),
        }
    }

    pub fn findings(&mut self) -> &mut Findings<'s> {
        &mut self.schemas.registry.findings
    }

    pub fn report(&mut self, pointer: &str, found: impl Into<String>, remedy: impl Into<String>) {
        self.findings().report(pointer, found, remedy);
    }

    /// Whether there can be a header of this name, which stands in the object at a pointer; reports
    /// one that there cannot be.
    pub fn check_header(&mut self, pointer: &str, name: &str) -> bool {
        let fits = names::is_header(name);
        if !fits {
            let found = format!("no header can be called `{name}`");
            self.report(&join(pointer, "name"), found, "use letters, digits and `-`");
        }
        fits
    }

    pub fn note(&mut self, pointer: &str, found: &str) {
        self.findings().note(pointer, found);
    }

    /// The keys of the object at a pointer, without extensions.
    pub fn keys_at(&self, pointer: &str) -> Vec<String> {
        let members = self.source.at(pointer).and_then(Value::as_object);
        let keys = members.into_iter().flat_map(|members| members.keys());
        keys.filter(|key| !key.starts_with("x-")).cloned().collect()
    }

    /// The part of the document at a pointer, or where its `$ref` leads, with its own pointer.
    pub fn resolve<T: DeserializeOwned>(&mut self, pointer: &str) -> Option<(T, String)> {
        self.resolve_with(pointer, |_| ())
    }

    /// The same, with what `openapiv3` would refuse without a reason taken out before.
    pub fn resolve_with<T: DeserializeOwned>(
        &mut self,
        pointer: &str,
        prepare: impl FnOnce(&mut Map<String, Value>),
    ) -> Option<(T, String)> {
        // A reference that leads nowhere was reported by the pass over all of them.
        let pointer = references::resolve(self.source, pointer)?;
        let mut value = frame(self.source.at(&pointer)?);
        if let Value::Object(members) = &mut value {
            prepare(members);
        }
        Some((self.parse_value(value, &pointer)?, pointer))
    }

    /// `openapiv3`'s view of the part of the document at a pointer.
    pub fn parse<T: DeserializeOwned>(&mut self, pointer: &str) -> Option<T> {
        let value = frame(self.source.at(pointer)?);
        self.parse_value(value, pointer)
    }

    fn parse_value<T: DeserializeOwned>(&mut self, value: Value, pointer: &str) -> Option<T> {
        match serde_json::from_value(value) {
            Ok(parsed) => Some(parsed),
            // The pass over the shape has said it better.
            Err(_) if self.findings().is_damaged(pointer) => None,
            Err(error) => {
                self.report(
                    pointer,
                    format!("this cannot be read: {error}"),
                    "mend it as the OpenAPI specification has it",
                );
                None
            }
        }
    }
}

/// A part of the document without what has a reader of its own, or means nothing to a client.
///
/// So a fault is told of the part that has it, and not of all that is around it. Schemas are read
/// raw, with their pointers. Examples, links and callbacks make no Rust, and `openapiv3` refuses
/// some that are valid.
fn frame(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(key, _)| {
                !matches!(
                    key.as_str(),
                    "example"
                        | "examples"
                        | "links"
                        | "callbacks"
                        | "headers"
                        | "parameters"
                        | "requestBody"
                        | "encoding"
                        | "externalDocs"
                        | "servers"
                        | "tags"
                )
            })
            .map(|(key, value)| match key.as_str() {
                "schema" | "responses" => (key.clone(), Value::Object(Default::default())),
                _ => (key.clone(), frame(value)),
            })
            .collect(),
        Value::Array(items) => items.iter().map(frame).collect(),
        scalar => scalar.clone(),
    }
}
