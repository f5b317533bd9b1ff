//! Schemas of the document, checked and brought into the few forms that the type writer takes.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value, json};

use super::doc;
use super::model::{Enum, Field, Record, Schema, Variant};
use super::names::{self, Scope};
use super::problem::Problems;
use super::shape::{kind, show};
use super::source::{Source, join};

/// `x-unit`: its name, the Rust type, and the plural for the docs.
pub const UNITS: [(&str, &str, &str); 4] = [
    ("metre", "crate::units::Metres", "metres"),
    ("second", "crate::units::Seconds", "seconds"),
    ("kilocalorie", "crate::units::Kilocalories", "kilocalories"),
    ("met-minute", "crate::units::MetMinutes", "MET-minutes"),
];

/// Formats of `type: string` that have a Rust type of their own. A `decimal` without a unit stays
/// text, which keeps its exact value.
const TEXTS: [(&str, &str); 4] = [
    ("date-time", "::jiff::Timestamp"),
    ("date", "::jiff::civil::Date"),
    ("time", "::jiff::civil::Time"),
    ("password", "crate::Secret"),
];

const COMPONENTS: &str = "/components/schemas";

/// The schemas that have been asked for so far, and what is wrong with them.
pub struct Schemas<'s> {
    source: &'s Source,
    pub records: BTreeMap<String, Record>,
    pub enums: BTreeMap<String, Enum>,
    pub problems: Problems,
    /// Names of the components, given out before any other.
    names: HashMap<String, String>,
    scope: Scope,
    /// What stands at a pointer, where it has a name of its own.
    named: HashMap<String, Schema>,
    /// Pointers that are being read: one that comes up again is a circle without an object.
    open: Vec<String>,
}

impl<'s> Schemas<'s> {
    pub fn new(source: &'s Source) -> Self {
        let mut scope = Scope::default();
        let mut names = HashMap::new();
        if let Some(Value::Object(components)) = source.at(COMPONENTS) {
            for key in components.keys() {
                let name = scope.take(names::pascal(key));
                names.insert(join(COMPONENTS, key), name);
            }
        }
        Self {
            source,
            records: BTreeMap::new(),
            enums: BTreeMap::new(),
            problems: Problems::default(),
            names,
            scope,
            named: HashMap::new(),
            open: Vec::new(),
        }
    }

    /// The schema at a pointer; `name` is for a type that has none in the document.
    ///
    /// A problem is kept, and any JSON value stands in for what could not be read.
    pub fn read(&mut self, pointer: &str, name: &str) -> Schema {
        if let Some(schema) = self.named.get(pointer) {
            return schema.clone();
        }
        if self.open.iter().any(|open| open == pointer) {
            self.report(
                pointer,
                "the schema is made of itself, with no object in between",
                "put one of the steps of the circle into a property of an object",
            );
            return any();
        }
        self.open.push(pointer.to_owned());
        let schema = match self.source.at(pointer) {
            Some(value) => self.value(value, pointer, name),
            None => any(),
        };
        self.open.pop();
        schema
    }

    fn value(&mut self, value: &'s Value, pointer: &str, name: &str) -> Schema {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            // A reference that leads nowhere was reported by the pass over all of them.
            return match reference.strip_prefix('#') {
                Some(target) => self.read(target, name),
                None => any(),
            };
        }
        self.check_default(value, pointer);
        let schema = self.plain(value, pointer, name);
        match value.get("nullable") {
            Some(Value::Bool(true)) => nullable(schema),
            _ => schema,
        }
    }

    /// Leaves `nullable` aside.
    fn plain(&mut self, value: &'s Value, pointer: &str, name: &str) -> Schema {
        for key in ["oneOf", "anyOf", "allOf"] {
            if let Some(Value::Array(parts)) = value.get(key) {
                return self.combined(value, key, parts, pointer, name);
            }
        }
        if value.get("not").is_some() {
            self.report(
                &join(pointer, "not"),
                "`not` has no type in Rust",
                "say what the value is, not what it is not",
            );
            return any();
        }
        let known = value.get("enum").or_else(|| value.get("x-extensible-enum"));
        match (value.get("type").and_then(Value::as_str), known) {
            (Some("string") | None, Some(Value::Array(values))) => {
                self.texts(value, values, pointer, name)
            }
            (Some("object"), _) => self.object(value, pointer, name),
            (None, _) if value.get("properties").is_some() => self.object(value, pointer, name),
            (None, _) if value.get("items").is_some() => self.array(pointer, name),
            (Some("array"), _) => self.array(pointer, name),
            (Some(scalar), _) => self.scalar(value, scalar, pointer),
            (None, _) => any(),
        }
    }

    fn combined(
        &mut self,
        value: &'s Value,
        key: &str,
        parts: &'s [Value],
        pointer: &str,
        name: &str,
    ) -> Schema {
        let own = ["properties", "required", "additionalProperties"];
        let alone = !own.iter().any(|own| value.get(own).is_some());
        match parts {
            [_] if alone => self.read(&format!("{pointer}/{key}/0"), name),
            [_, ..] if key == "allOf" => self.object(value, pointer, name),
            _ => {
                self.report(
                    &join(pointer, key),
                    format!("`{key}` with {} schemas is not supported", parts.len()),
                    "use one schema, `allOf`, or an object with optional properties",
                );
                any()
            }
        }
    }

    fn scalar(&mut self, value: &Value, scalar: &str, pointer: &str) -> Schema {
        let format = value.get("format").and_then(Value::as_str);
        if let Some(unit) = value.get("x-unit") {
            return self.quantity(unit, scalar, format, pointer);
        }
        let known = TEXTS.iter().find(|(name, _)| Some(*name) == format);
        Schema(match (scalar, format, known) {
            ("string", _, Some((_, rust))) => conversion(rust),
            ("integer", Some("int32"), _) => json!({"type": "integer", "format": "int32"}),
            ("integer", ..) if unsigned(value) => json!({"type": "integer", "format": "uint64"}),
            ("integer", ..) => json!({"type": "integer", "format": "int64"}),
            ("number", Some("float"), _) => json!({"type": "number", "format": "float"}),
            ("number", ..) => json!({"type": "number", "format": "double"}),
            (other, ..) => json!({"type": other}),
        })
    }

    fn quantity(
        &mut self,
        unit: &Value,
        scalar: &str,
        format: Option<&str>,
        pointer: &str,
    ) -> Schema {
        let known = UNITS.iter().find(|(name, ..)| unit.as_str() == Some(name));
        let amount = match (scalar, format) {
            ("string", Some("decimal")) => "",
            ("number", _) => "<f64>",
            _ => {
                self.report(
                    &join(pointer, "x-unit"),
                    format!("a unit stands on `type: {scalar}`"),
                    "units go with `type: number`, or `type: string` with `format: decimal`",
                );
                return any();
            }
        };
        let Some((_, rust, _)) = known else {
            let names = UNITS.map(|(name, ..)| name).join("`, `");
            self.report(
                &join(pointer, "x-unit"),
                format!("{} is no unit", show(unit)),
                format!("the units are `{names}`"),
            );
            return any();
        };
        Schema(conversion(&format!("{rust}{amount}")))
    }

    fn array(&mut self, pointer: &str, name: &str) -> Schema {
        let items = join(pointer, "items");
        if self.source.at(&items).is_none() {
            self.report(
                pointer,
                "an array has no `items`",
                "add `items`; `{}` stands for anything",
            );
            return any();
        }
        let Schema(items) = self.read(&items, &format!("{name}Item"));
        Schema(json!({"type": "array", "items": items}))
    }

    fn texts(&mut self, value: &Value, values: &[Value], pointer: &str, name: &str) -> Schema {
        let mut scope = Scope::with(&["Other"]);
        let mut variants = Vec::new();
        for (index, text) in values.iter().enumerate() {
            match text {
                Value::String(text)
                    if variants.iter().any(|known: &Variant| known.wire == *text) =>
                {
                    let at = format!("{pointer}/enum/{index}");
                    self.report(
                        &at,
                        format!("{} stands twice", show(&json!(text))),
                        "keep one of them",
                    );
                }
                Value::String(text) => variants.push(Variant {
                    name: scope.take(names::pascal(text)),
                    wire: text.clone(),
                }),
                Value::Null => {}
                other => {
                    let at = format!("{pointer}/enum/{index}");
                    let found = format!("{} is {}, in an enum of texts", show(other), kind(other));
                    self.report(
                        &at,
                        found,
                        "put it between quotes, or give the enum its `type`",
                    );
                }
            }
        }
        let doc = doc::of_schema(value);
        let name = self.claim(pointer, name);
        let deprecated = flag(value, "deprecated");
        self.enums.insert(
            name,
            Enum {
                doc,
                deprecated,
                variants,
            },
        );
        let schema = self.named.get(pointer).cloned().unwrap_or_else(any);
        if values.contains(&Value::Null) {
            nullable(schema)
        } else {
            schema
        }
    }

    fn object(&mut self, value: &'s Value, pointer: &str, name: &str) -> Schema {
        let mut members = Members::default();
        self.members(value, pointer, &mut members);
        let rest = match value.get("additionalProperties") {
            Some(Value::Object(_)) => Some(self.read(
                &join(pointer, "additionalProperties"),
                &format!("{name}Value"),
            )),
            _ => None,
        };
        if members.properties.is_empty() {
            return Schema(match rest {
                Some(Schema(values)) => json!({"type": "object", "additionalProperties": values}),
                None => json!({"type": "object"}),
            });
        }
        // The name stands before the fields are read, so that they may refer to it.
        let name = self.claim(pointer, name);
        let mut scope = match rest {
            Some(_) => Scope::with(&[super::types::REST]),
            None => Scope::default(),
        };
        let mut fields = Vec::new();
        for (wire, pointer) in members.properties {
            let required = members.required.contains(&wire);
            fields.push(self.field(wire, &pointer, required, &name, &mut scope));
        }
        let record = Record {
            doc: doc::text(value),
            deprecated: flag(value, "deprecated"),
            fields,
            sent: false,
            rest,
        };
        self.records.insert(name, record);
        self.named.get(pointer).cloned().unwrap_or_else(any)
    }

    fn field(
        &mut self,
        wire: String,
        pointer: &str,
        required: bool,
        owner: &str,
        scope: &mut Scope,
    ) -> Field {
        let value = self.source.at(pointer).unwrap_or(&Value::Null);
        let own = doc::of_schema(value);
        let doc = match self.target(value) {
            Some(target) if own.is_empty() => doc::of_schema(target),
            _ => own,
        };
        let hint = format!("{owner}{}", names::pascal(&wire));
        Field {
            schema: self.read(pointer, &hint),
            name: scope.take(names::snake(&wire)),
            doc,
            deprecated: flag(value, "deprecated"),
            required,
            wire,
        }
    }

    /// What a property says no more of than that it is another schema.
    fn target(&self, value: &Value) -> Option<&'s Value> {
        let inner = match value.get("allOf") {
            Some(Value::Array(parts)) if parts.len() == 1 => parts.first()?,
            _ => value,
        };
        let reference = inner.get("$ref")?.as_str()?;
        self.source.at(reference.strip_prefix('#')?)
    }

    /// Gathers the properties of an object and of everything in its `allOf`.
    fn members(&mut self, value: &'s Value, pointer: &str, members: &mut Members) {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let Some(target) = reference.strip_prefix('#') else {
                return;
            };
            if members.open.iter().any(|open| open == target) {
                self.report(
                    pointer,
                    format!("`{reference}` is made of itself by `allOf`"),
                    "break the circle",
                );
                return;
            }
            if let Some(value) = self.source.at(target) {
                members.open.push(target.to_owned());
                self.members(value, target, members);
                members.open.pop();
            }
            return;
        }
        let no_object = value.get("type").is_some_and(|kind| kind != "object")
            || ["oneOf", "anyOf", "enum"]
                .iter()
                .any(|key| value.get(key).is_some());
        if no_object {
            self.report(
                pointer,
                "a part of `allOf` is no plain object",
                "only objects with properties can be joined",
            );
            return;
        }
        if let Some(Value::Array(parts)) = value.get("allOf") {
            for (index, part) in parts.iter().enumerate() {
                self.members(part, &format!("{pointer}/allOf/{index}"), members);
            }
        }
        for name in value
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            members.required.extend(name.as_str().map(str::to_owned));
        }
        if let Some(Value::Object(properties)) = value.get("properties") {
            self.properties(properties, &join(pointer, "properties"), members);
        }
    }

    fn properties(
        &mut self,
        properties: &Map<String, Value>,
        pointer: &str,
        members: &mut Members,
    ) {
        for (wire, property) in properties {
            let pointer = join(pointer, wire);
            let known = members.properties.iter().find(|(known, _)| known == wire);
            match known.map(|(_, first)| (self.source.at(first), first.clone())) {
                None => members.properties.push((wire.clone(), pointer)),
                Some((value, _)) if value == Some(property) => {}
                Some((_, first)) => self.report(
                    &pointer,
                    format!("the property `{wire}` has another schema at #{first}"),
                    "give both the same schema, or take one out",
                ),
            }
        }
    }

    /// Gives the type at a pointer its name.
    fn claim(&mut self, pointer: &str, name: &str) -> String {
        let name = match self.names.get(pointer) {
            Some(name) => name.clone(),
            None => self.scope.take(names::pascal(name)),
        };
        let reference = Schema(json!({"$ref": format!("#/definitions/{name}")}));
        self.named.insert(pointer.to_owned(), reference);
        name
    }

    fn check_default(&mut self, value: &Value, pointer: &str) {
        let (Some(default), Some(kind)) = (value.get("default"), value.get("type")) else {
            return;
        };
        let fits = match kind.as_str() {
            Some("string") => default.is_string(),
            Some("boolean") => default.is_boolean(),
            Some("integer") => default.is_i64() || default.is_u64(),
            Some("number") => default.is_number(),
            Some("array") => default.is_array(),
            Some("object") => default.is_object(),
            _ => true,
        };
        let null = default.is_null() && flag(value, "nullable");
        if !fits && !null {
            self.report(
                &join(pointer, "default"),
                format!(
                    "the default {} is not of `type: {}`",
                    show(default),
                    kind.as_str().unwrap_or_default()
                ),
                "give it a default of its type",
            );
        }
    }

    pub fn report(&mut self, pointer: &str, found: impl Into<String>, remedy: impl Into<String>) {
        self.problems
            .push(self.source.problem(pointer, found).remedy(remedy));
    }
}

#[derive(Default)]
struct Members {
    /// Names with the pointers of their schemas, in the order of the document.
    properties: Vec<(String, String)>,
    required: Vec<String>,
    open: Vec<String>,
}

/// Any JSON value.
pub fn any() -> Schema {
    Schema(Value::Object(Map::new()))
}

fn nullable(Schema(schema): Schema) -> Schema {
    // Any value may be null already.
    if schema == any().0 {
        return Schema(schema);
    }
    Schema(json!({"oneOf": [schema, {"type": "null"}]}))
}

/// A schema that stands for a Rust type: see `types::CONVERSION`.
fn conversion(rust: &str) -> Value {
    json!({"type": "string", "format": format!("{}{rust}", super::types::CONVERSION)})
}

fn unsigned(value: &Value) -> bool {
    value.get("minimum").is_some_and(Value::is_u64)
}

fn flag(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or_default()
}

/// Whether a value of this schema, or one inside it, must never be shown.
pub fn is_secret(Schema(schema): &Schema) -> bool {
    schema.to_string().contains("crate::Secret")
}
