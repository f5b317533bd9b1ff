//! Schemas of the document, checked and brought into the few forms of the model.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use serde_json::{Map, Value, json};

use super::builder::MAX_DEPTH;
use super::doc;
use super::model::{Enum, Field, Record, Schema, Variant};
use super::names::{self, Scope};
use super::problem::{Found, Problems};
use super::shape::{kind, show};
use super::source::{Source, join, target};

/// `x-unit`: its name, the Rust type, and the plural for the docs.
pub const UNITS: [(&str, &str, &str); 4] = [
    ("metre", "crate::units::Metres", "metres"),
    ("second", "crate::units::Seconds", "seconds"),
    ("kilocalorie", "crate::units::Kilocalories", "kilocalories"),
    ("met-minute", "crate::units::MetMinutes", "MET-minutes"),
];

/// What `format: password` becomes.
pub const SECRET: &str = "crate::Secret";

/// Formats of `type: string` that have a Rust type of their own. A `decimal` without a unit has
/// none: as a text it keeps its exact value, which `rust_decimal` by itself can lose.
const TEXTS: [(&str, &str); 4] = [
    ("date-time", "jiff::Timestamp"),
    ("date", "jiff::civil::Date"),
    ("time", "jiff::civil::Time"),
    ("password", SECRET),
];

const COMPONENTS: &str = "/components/schemas";
const OPEN_ENUM: &str = "x-extensible-enum";

/// The schemas that have been asked for so far, and what is wrong with them.
pub struct Schemas<'s> {
    source: &'s Source,
    pub records: BTreeMap<String, Record>,
    pub enums: BTreeMap<String, Enum>,
    pub found: Found,
    /// Names of the components, given out before any other.
    names: HashMap<String, String>,
    scope: Scope,
    /// What stands at a pointer, where it has a name of its own.
    named: HashMap<String, Schema>,
    /// Pointers that are being read: one that comes up again is a circle without an object.
    open: Vec<String>,
    /// Objects whose fields are still to be read. Reading them where they come up would recurse
    /// as far as the document refers.
    waiting: VecDeque<Waiting<'s>>,
}

struct Waiting<'s> {
    name: String,
    value: &'s Value,
    members: Members,
}

impl<'s> Schemas<'s> {
    pub fn new(source: &'s Source, problems: Problems) -> Self {
        let mut scope = Scope::default();
        let mut names = HashMap::new();
        if let Some(Value::Object(components)) = source.at(COMPONENTS) {
            for key in components.keys() {
                let name = scope.take(names::type_name(key));
                names.insert(join(COMPONENTS, key), name);
            }
        }
        Self {
            source,
            records: BTreeMap::new(),
            enums: BTreeMap::new(),
            found: Found::new(problems),
            names,
            scope,
            named: HashMap::new(),
            open: Vec::new(),
            waiting: VecDeque::new(),
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
            return Schema::Any;
        }
        if self.open.len() >= MAX_DEPTH {
            self.report(
                pointer,
                format!("more than {MAX_DEPTH} schemas stand in one another here"),
                "put an object in between, or take steps out",
            );
            return Schema::Any;
        }
        self.open.push(pointer.to_owned());
        let schema = match self.source.at(pointer) {
            Some(value) => self.value(value, pointer, name),
            None => Schema::Any,
        };
        self.open.pop();
        schema
    }

    /// Reads the fields of every object that has come up.
    pub fn finish(&mut self) {
        while let Some(waiting) = self.waiting.pop_front() {
            self.record(waiting);
        }
    }

    fn value(&mut self, value: &'s Value, pointer: &str, name: &str) -> Schema {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            // A reference that leads nowhere was reported by the pass over all of them.
            return match target(reference) {
                Some(target) => self.read(&target, name),
                None => Schema::Any,
            };
        }
        self.check_values(value, pointer);
        let null = flag(value, "nullable")
            || matches!(value.get("enum"), Some(Value::Array(values)) if values.contains(&Value::Null));
        match self.plain(value, pointer, name) {
            schema if null => schema.nullable(),
            schema => schema,
        }
    }

    /// Leaves `nullable` aside.
    fn plain(&mut self, value: &'s Value, pointer: &str, name: &str) -> Schema {
        if value.get("not").is_some() {
            self.report(
                &join(pointer, "not"),
                "`not` has no type in Rust",
                "say what the value is, not what it is not",
            );
            return Schema::Any;
        }
        let several = ["oneOf", "anyOf", "allOf"]
            .into_iter()
            .filter(|key| value.get(key).is_some());
        match several.collect::<Vec<_>>().as_slice() {
            [] => {}
            [key] => return self.combined(value, key, pointer, name),
            [first, second, ..] => {
                self.report(
                    &join(pointer, second),
                    format!("`{second}` stands beside `{first}`, which is not supported"),
                    "keep one of them",
                );
                return Schema::Any;
            }
        }
        if let Some(unit) = value.get("x-unit") {
            return self.quantity(unit, value, pointer);
        }
        let texts = [("enum"), (OPEN_ENUM)]
            .into_iter()
            .find_map(|key| Some((key, value.get(key)?)));
        match (value.get("type").and_then(Value::as_str), texts) {
            (Some("string") | None, Some((key, texts))) => {
                self.texts(value, key, texts, pointer, name)
            }
            (Some("object"), _) => self.object(value, pointer, name),
            (Some("array"), _) => self.array(pointer, name),
            (Some(scalar), _) => self.scalar(value, scalar),
            (None, _) if value.get("items").is_some() => self.array(pointer, name),
            (None, _)
                if ["properties", "additionalProperties"]
                    .iter()
                    .any(|key| value.get(key).is_some()) =>
            {
                self.object(value, pointer, name)
            }
            (None, _) => Schema::Any,
        }
    }

    fn combined(&mut self, value: &'s Value, key: &str, pointer: &str, name: &str) -> Schema {
        let parts = value.get(key).and_then(Value::as_array);
        let parts = parts.map(Vec::as_slice).unwrap_or_default();
        let own = ["properties", "required", "additionalProperties"];
        let alone = !own.iter().any(|own| value.get(own).is_some());
        match parts {
            [_] if alone => self.read(&format!("{pointer}/{key}/0"), name),
            [_, ..] if key == "allOf" => self.object(value, pointer, name),
            _ => {
                let found = match parts.len() {
                    0 => format!("`{key}` without a schema means nothing"),
                    1 => format!("`{key}` beside properties is not supported"),
                    many => format!("`{key}` with {many} schemas is not supported"),
                };
                self.report(
                    &join(pointer, key),
                    found,
                    "use one schema, `allOf`, or an object with optional properties",
                );
                Schema::Any
            }
        }
    }

    fn scalar(&self, value: &Value, scalar: &str) -> Schema {
        let format = value.get("format").and_then(Value::as_str);
        let unsigned = value.get("minimum").is_some_and(Value::is_u64);
        match (scalar, format) {
            ("string", format) => match TEXTS.iter().find(|(name, _)| Some(*name) == format) {
                Some((_, rust)) => Schema::Rust((*rust).to_owned()),
                None => Schema::Text,
            },
            ("boolean", _) => Schema::Boolean,
            ("integer", Some("int32")) => Schema::Integer("i32"),
            ("integer", Some("uint64")) => Schema::Integer("u64"),
            ("integer", _) if unsigned => Schema::Integer("u64"),
            ("integer", _) => Schema::Integer("i64"),
            ("number", Some("float")) => Schema::Number("f32"),
            ("number", _) => Schema::Number("f64"),
            // Any other was reported by the pass over the shape.
            _ => Schema::Any,
        }
    }

    fn quantity(&mut self, unit: &Value, value: &Value, pointer: &str) -> Schema {
        let at = join(pointer, "x-unit");
        let text = |key| value.get(key).and_then(Value::as_str);
        let amount = match (text("type"), text("format")) {
            (Some("string"), Some("decimal")) => "",
            (Some("number"), _) => "<f64>",
            (kind, _) => {
                let found = match kind {
                    Some(kind) => format!("a unit stands on `type: {kind}`"),
                    None => "a unit stands on a value of no type".to_owned(),
                };
                let remedy =
                    "units go with `type: number`, or `type: string` with `format: decimal`";
                self.report(&at, found, remedy);
                return Schema::Any;
            }
        };
        let Some((_, rust, _)) = UNITS.iter().find(|(name, ..)| unit.as_str() == Some(name)) else {
            let names = UNITS.map(|(name, ..)| name).join("`, `");
            let found = format!("{} is no unit", show(unit));
            self.report(&at, found, format!("the units are `{names}`"));
            return Schema::Any;
        };
        Schema::Rust(format!("{rust}{amount}"))
    }

    fn array(&mut self, pointer: &str, name: &str) -> Schema {
        let items = join(pointer, "items");
        if self.source.at(&items).is_none() {
            self.report(
                pointer,
                "an array has no `items`",
                "add `items`; `{}` stands for anything",
            );
            return Schema::Any;
        }
        Schema::List(Box::new(self.read(&items, &format!("{name}Item"))))
    }

    fn texts(
        &mut self,
        value: &Value,
        key: &str,
        texts: &Value,
        pointer: &str,
        name: &str,
    ) -> Schema {
        let at = join(pointer, key);
        let texts = match texts {
            Value::Array(texts) if !texts.is_empty() => texts.as_slice(),
            other => {
                let found = format!("`{key}` is {}, not a list of texts", empty_or_kind(other));
                self.report(&at, found, "list the texts, or leave it out");
                &[]
            }
        };
        let mut scope = Scope::with(&["Other"]);
        let mut seen = HashSet::new();
        let mut variants = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            match text {
                Value::String(text) if seen.insert(text) => variants.push(Variant {
                    name: scope.take(names::pascal(text)),
                    wire: text.clone(),
                }),
                Value::String(text) => self.report(
                    &join(&at, index),
                    format!("{} stands twice", show(&json!(text))),
                    "keep one of them",
                ),
                Value::Null => {}
                other => self.report(
                    &join(&at, index),
                    format!("{} is {}, in an enum of texts", show(other), kind(other)),
                    match value.get("type") {
                        Some(_) => "put it between quotes",
                        None => "put it between quotes, or give the enum its `type`",
                    },
                ),
            }
        }
        let (name, schema) = self.claim(pointer, name);
        let item = Enum {
            doc: doc::of_schema(value),
            deprecated: flag(value, "deprecated"),
            variants,
        };
        self.enums.insert(name, item);
        schema
    }

    fn object(&mut self, value: &'s Value, pointer: &str, name: &str) -> Schema {
        let mut members = Members {
            open: vec![pointer.to_owned()],
            ..Members::default()
        };
        self.members(value, pointer, &mut members);
        if members.properties.is_empty() {
            let values = match &members.rest {
                Some(rest) => self.read(rest, &format!("{name}Value")),
                None => Schema::Any,
            };
            return Schema::Map(Box::new(values));
        }
        // The name stands before the fields are read, so that they may refer to it.
        let (name, schema) = self.claim(pointer, name);
        self.waiting.push_back(Waiting {
            name,
            value,
            members,
        });
        schema
    }

    fn record(&mut self, waiting: Waiting<'s>) {
        let Waiting {
            name,
            value,
            members,
        } = waiting;
        let rest = members
            .rest
            .map(|rest| self.read(&rest, &format!("{name}Value")));
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
        let hint = format!("{owner}{}", names::pascal(&wire));
        Field {
            schema: self.read(pointer, &hint),
            name: scope.take(names::snake(&wire)),
            doc: self.doc(pointer),
            deprecated: flag(value, "deprecated"),
            required,
            wire,
        }
    }

    /// What is said of a schema, or else of the one that it is by a reference.
    pub fn doc(&self, pointer: &str) -> String {
        let mut value = self.source.at(pointer);
        for _ in 0..MAX_DEPTH {
            let Some(schema) = value else { break };
            let own = doc::of_schema(schema);
            if !own.is_empty() {
                return own;
            }
            value = self.target(schema);
        }
        String::new()
    }

    /// What a schema says no more of than that it is another one.
    fn target(&self, value: &Value) -> Option<&'s Value> {
        let inner = match value.get("allOf") {
            Some(Value::Array(parts)) if parts.len() == 1 => parts.first()?,
            _ => value,
        };
        self.source.at(&target(inner.get("$ref")?.as_str()?)?)
    }

    /// Gathers the properties of an object and of everything in its `allOf`.
    fn members(&mut self, value: &'s Value, pointer: &str, members: &mut Members) {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            return self.joined(reference, pointer, members);
        }
        let no_object = value.get("type").is_some_and(|kind| kind != "object")
            || ["oneOf", "anyOf", "not", "enum"]
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
        if let Some(Value::Array(names)) = value.get("required") {
            let names = names.iter().filter_map(Value::as_str);
            members.required.extend(names.map(str::to_owned));
        }
        if let Some(Value::Object(properties)) = value.get("properties") {
            self.properties(properties, &join(pointer, "properties"), members);
        }
        if let Some(Value::Object(_)) = value.get("additionalProperties") {
            let at = join(pointer, "additionalProperties");
            if let Some(first) = members.rest.replace(at.clone()) {
                let found = format!("the other keys have a schema at #{first} already");
                self.report(&at, found, "keep one of the two");
            }
        }
    }

    /// A part of `allOf` that stands elsewhere.
    fn joined(&mut self, reference: &str, pointer: &str, members: &mut Members) {
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
        for (wire, property) in properties {
            let pointer = join(pointer, wire);
            match members.first.get(wire) {
                None => {
                    members.first.insert(wire.clone(), pointer.clone());
                    members.properties.push((wire.clone(), pointer));
                }
                Some(first) if self.source.at(first) == Some(property) => {}
                Some(first) => {
                    let found = format!("the property `{wire}` has another schema at #{first}");
                    let remedy = "give both the same schema, or take one out";
                    self.report(&pointer, found, remedy);
                }
            }
        }
    }

    /// Gives the type at a pointer its name.
    fn claim(&mut self, pointer: &str, name: &str) -> (String, Schema) {
        let name = match self.names.get(pointer) {
            Some(name) => name.clone(),
            None => self.scope.take(names::type_name(name)),
        };
        let schema = Schema::Named(name.clone());
        self.named.insert(pointer.to_owned(), schema.clone());
        (name, schema)
    }

    /// The default and the enum of a schema are of its type.
    fn check_values(&mut self, value: &Value, pointer: &str) {
        let Some(kind) = value.get("type").and_then(Value::as_str) else {
            return;
        };
        if let Some(default) = value.get("default")
            && !fits(default, kind)
            && !(default.is_null() && flag(value, "nullable"))
        {
            self.report(
                &join(pointer, "default"),
                format!("the default is {}, and the type `{kind}`", show(default)),
                "give it a default of its type",
            );
        }
        let Some(Value::Array(values)) = value.get("enum").filter(|_| kind != "string") else {
            return;
        };
        for (index, item) in values.iter().enumerate() {
            if !fits(item, kind) && !item.is_null() {
                self.report(
                    &format!("{pointer}/enum/{index}"),
                    format!("the value is {}, and the type `{kind}`", show(item)),
                    "give it a value of that type",
                );
            }
        }
    }

    pub fn report(&mut self, pointer: &str, found: impl Into<String>, remedy: impl Into<String>) {
        self.found
            .push(self.source.problem(pointer, found).remedy(remedy));
    }
}

#[derive(Default)]
struct Members {
    /// Names with the pointers of their schemas, in the order of the document.
    properties: Vec<(String, String)>,
    first: HashMap<String, String>,
    required: HashSet<String>,
    /// The schema of all other keys.
    rest: Option<String>,
    /// References that are being joined, and all that have been.
    open: Vec<String>,
    seen: HashSet<String>,
}

fn fits(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => {
            value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|it| it.fract() == 0.0)
        }
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

fn empty_or_kind(value: &Value) -> &'static str {
    match value {
        Value::Array(_) => "empty",
        other => kind(other),
    }
}

fn flag(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or_default()
}

/// Whether a value of this schema, or one inside it, must never be shown.
pub fn is_secret(schema: &Schema) -> bool {
    schema
        .parts()
        .any(|part| matches!(part, Schema::Rust(rust) if rust == SECRET))
}
