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

    /// Whether HTTP permits a header of this name. Reports a name that it does not permit, which
    /// stands in the object at a pointer.
    pub fn check_header(&mut self, pointer: &str, name: &str) -> bool {
        let fits = names::is_header(name);
        if !fits {
            let found = format!("`{name}` is not a valid header name");
            self.report(&join(pointer, "name"), found, "use letters, digits and `-`");
        }
        fits
    }

    pub fn note(&mut self, pointer: &str, found: &str) {
        self.findings().note(pointer, found);
    }

    /// Returns the keys of the object at a pointer, without extensions.
    pub fn keys_at(&self, pointer: &str) -> Vec<String> {
        let members = self.source.at(pointer).and_then(Value::as_object);
        let keys = members.into_iter().flat_map(|members| members.keys());
        keys.filter(|key| !key.starts_with("x-")).cloned().collect()
    }

    /// Parses the object at a pointer, or where its `$ref` leads. Returns it with its own pointer.
    pub fn resolve<T: DeserializeOwned>(&mut self, pointer: &str) -> Option<(T, String)> {
        self.resolve_with(pointer, |_| ())
    }

    /// The same, after `prepare` has removed parts that `openapiv3` refuses although they are valid.
    pub fn resolve_with<T: DeserializeOwned>(
        &mut self,
        pointer: &str,
        prepare: impl FnOnce(&mut Map<String, Value>),
    ) -> Option<(T, String)> {
        // The validation has reported references that lead nowhere.
        let pointer = references::resolve(self.source, pointer)?;
        let mut value = frame(self.source.at(&pointer)?);
        if let Value::Object(members) = &mut value {
            prepare(members);
        }
        match serde_json::from_value(value) {
            Ok(parsed) => Some((parsed, pointer)),
            // The validation has reported it in better words.
            Err(_) if self.findings().is_damaged(&pointer) => None,
            Err(error) => {
                let found = format!("this cannot be read: {error}");
                let remedy = "fix it according to the OpenAPI specification";
                self.report(&pointer, found, remedy);
                None
            }
        }
    }
}

/// An object without its parts that have a reader of their own, or mean nothing to a client.
///
/// So a fault is reported for the part that has it, and not for the object around it. Schemas are
/// read raw, with their pointers. Examples, links and callbacks become no Rust, and `openapiv3`
/// refuses some that are valid.
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
