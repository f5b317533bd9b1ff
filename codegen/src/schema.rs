//! Schemas of the document, checked and brought into the few forms of the model.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use serde_json::Value;

use crate::builder::MAX_DEPTH;
use crate::doc;
use crate::kinds::Kind;
use crate::model::{Enum, Field, Only, Record, Schema, Union, Variant};
use crate::names::{self, Scope};
use crate::object::Members;
use crate::problem::{Found, Problems};
use crate::shape::{kind, show};
use crate::source::{Source, join, target};
use crate::union::Waiting as WaitingUnion;
use crate::{place, values};

/// `x-unit`: its name, the Rust type, and the plural for the docs.
pub const UNITS: [(&str, &str, &str); 4] = [
    ("metre", "crate::units::Metres", "metres"),
    ("second", "crate::units::Seconds", "seconds"),
    ("kilocalorie", "crate::units::Kilocalories", "kilocalories"),
    ("met-minute", "crate::units::MetMinutes", "MET-minutes"),
];

/// What `format: password` becomes.
pub const SECRET: &str = "crate::Secret";

/// What `format: date-time` becomes.
pub const INSTANT: &str = "jiff::Timestamp";

/// Formats of `type: string` that have a Rust type of their own. A `decimal` without a unit has
/// none: as a text it keeps its exact value, which `rust_decimal` by itself can lose.
const TEXTS: [(&str, &str); 4] = [
    ("date-time", INSTANT),
    ("date", "jiff::civil::Date"),
    ("time", "jiff::civil::Time"),
    ("password", SECRET),
];

pub const COMPONENTS: &str = "/components/schemas";
pub const OPEN_ENUM: &str = "x-extensible-enum";

/// The schemas that have been asked for so far, and what is wrong with them.
pub struct Schemas<'s> {
    pub source: &'s Source,
    pub records: BTreeMap<String, Record>,
    pub enums: BTreeMap<String, Enum>,
    pub unions: BTreeMap<String, Union>,
    pub found: Found,
    /// What is passed over, in words.
    pub notes: Vec<String>,
    /// Names of the components, given out before any other.
    pub names: HashMap<String, String>,
    scope: Scope,
    /// What stands at a pointer, where it has a name of its own.
    named: HashMap<String, Schema>,
    /// Where each name comes from.
    pub places: HashMap<String, String>,
    /// The components that join another one by `allOf`, by the pointer of that.
    pub heirs: HashMap<String, Vec<String>>,
    /// Pointers that are being read: one that comes up again is a circle without an object.
    open: Vec<String>,
    /// Objects and unions whose parts are still to be read. Reading them where they come up would
    /// recurse as far as the document refers.
    waiting: VecDeque<Waiting<'s>>,
}

pub enum Waiting<'s> {
    Record {
        name: String,
        value: &'s Value,
        members: Members,
    },
    Union(WaitingUnion),
}

impl<'s> Schemas<'s> {
    pub fn new(source: &'s Source, problems: Problems) -> Self {
        let mut scope = Scope::default();
        let mut names = HashMap::new();
        let mut heirs: HashMap<String, Vec<String>> = HashMap::new();
        if let Some(Value::Object(components)) = source.at(COMPONENTS) {
            for (key, component) in components {
                let pointer = join(COMPONENTS, key);
                names.insert(pointer.clone(), scope.take(names::type_name(key)));
                let parts = component.get("allOf").and_then(Value::as_array);
                for part in parts.into_iter().flatten() {
                    let reference = part.get("$ref").and_then(Value::as_str);
                    if let Some(target) = reference.and_then(target) {
                        heirs.entry(target).or_default().push(pointer.clone());
                    }
                }
            }
        }
        Self {
            source,
            records: BTreeMap::new(),
            enums: BTreeMap::new(),
            unions: BTreeMap::new(),
            found: Found::new(problems),
            notes: Vec::new(),
            names,
            scope,
            named: HashMap::new(),
            places: HashMap::new(),
            heirs,
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

    /// Reads the parts of every object and union that has come up.
    pub fn finish(&mut self) {
        while let Some(waiting) = self.waiting.pop_front() {
            match waiting {
                Waiting::Record {
                    name,
                    value,
                    members,
                } => self.record(name, value, members),
                Waiting::Union(union) => self.union(union),
            }
        }
        self.check_unions();
    }

    pub fn wait(&mut self, waiting: Waiting<'s>) {
        self.waiting.push_back(waiting);
    }

    fn value(&mut self, value: &'s Value, pointer: &str, name: &str) -> Schema {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            // A reference that leads nowhere was reported by the pass over all of them.
            return match target(reference) {
                Some(target) => {
                    let name = place::name(self.source, &target).unwrap_or_else(|| name.to_owned());
                    self.read(&target, &name)
                }
                None => Schema::Any,
            };
        }
        for problem in values::check(self.source, value, pointer) {
            self.found.push(problem);
        }
        let null = flag(value, "nullable")
            || matches!(value.get("enum"), Some(Value::Array(values)) if values.contains(&Value::Null));
        match self.plain(value, pointer, name) {
            schema if null => schema.nullable(),
            schema => schema,
        }
    }

    /// Leaves `nullable` aside.
    fn plain(&mut self, value: &'s Value, pointer: &str, name: &str) -> Schema {
        match Kind::of(value) {
            Kind::Choice(key) => self.choice(value, key, pointer, name),
            Kind::Choices(first, second) => {
                self.report(
                    &join(pointer, second),
                    format!("`{second}` stands beside `{first}`, which is not supported"),
                    "keep one of them",
                );
                Schema::Any
            }
            Kind::Joined => self.joined(value, pointer, name),
            Kind::Base if self.heirs.contains_key(pointer) => self.base(value, pointer, name),
            Kind::Base | Kind::Object => self.object(value, pointer, name, None),
            Kind::Quantity(unit) => self.quantity(unit, value, pointer),
            Kind::Texts => self.texts(&[pointer.to_owned()], pointer, name),
            Kind::List => self.array(pointer, name),
            Kind::Scalar(scalar) => self.scalar(value, scalar),
            Kind::Null | Kind::Any => Schema::Any,
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
        Schema::List(Box::new(self.read(&items, &format!("{name}Item"))))
    }

    /// An enum of texts, whose values can stand in several schemas.
    pub fn texts(&mut self, pointers: &[String], pointer: &str, name: &str) -> Schema {
        let mut scope = Scope::with(&["Other"]);
        let mut seen = HashSet::new();
        let mut variants = Vec::new();
        for from in pointers {
            self.check_open_enum(from);
        }
        for (at, text) in pointers.iter().flat_map(|from| texts(self.source, from)) {
            match text {
                Value::String(text) if seen.insert(text) => variants.push(Variant {
                    name: scope.take(names::pascal(text)),
                    wire: text.clone(),
                }),
                Value::String(_) | Value::Null => {}
                other => self.report(
                    &at,
                    format!("{} is {}, in an enum of texts", show(other), kind(other)),
                    "put it between quotes, or give the enum its `type`",
                ),
            }
        }
        let value = self.source.at(pointer).unwrap_or(&Value::Null);
        let (name, schema) = self.claim(pointer, name);
        let item = Enum {
            doc: doc::of_schema(value),
            deprecated: flag(value, "deprecated"),
            variants,
        };
        self.enums.insert(name, item);
        schema
    }

    /// The extension is nobody else's to check.
    fn check_open_enum(&mut self, pointer: &str) {
        let at = join(pointer, OPEN_ENUM);
        if let Some(other) = self.source.at(&at).filter(|value| !value.is_array()) {
            let found = format!("`{OPEN_ENUM}` is {}, not a list of texts", kind(other));
            self.report(&at, found, "list the texts, or leave it out");
        }
    }

    fn record(&mut self, name: String, value: &'s Value, members: Members) {
        let rest = members
            .rest
            .map(|rest| self.read(&rest, &format!("{name}Value")));
        let mut scope = match rest {
            Some(_) => Scope::with(&[crate::types::REST]),
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
            row: false,
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
        let only = match (flag(value, "readOnly"), flag(value, "writeOnly")) {
            (true, false) => Some(Only::Read),
            (false, true) => Some(Only::Write),
            _ => None,
        };
        Field {
            schema: self.read(pointer, &hint),
            name: scope.take(names::snake(&wire)),
            doc: self.doc(pointer),
            deprecated: flag(value, "deprecated"),
            required,
            only,
            wire,
        }
    }

    /// What is said of a schema, or else of the one that it is by a reference.
    pub fn doc(&self, pointer: &str) -> String {
        doc::paragraphs(self.doc_parts(pointer))
    }

    /// The same in two parts: the description, and what else is said of its values.
    pub fn doc_parts(&self, pointer: &str) -> [String; 2] {
        let mut value = self.source.at(pointer);
        for _ in 0..MAX_DEPTH {
            let Some(schema) = value else { break };
            let own = doc::parts_of_schema(schema);
            if own.iter().any(|part| !part.is_empty()) {
                return own;
            }
            value = self.target(schema);
        }
        Default::default()
    }

    /// What a schema says no more of than that it is another one.
    fn target(&self, value: &Value) -> Option<&'s Value> {
        let inner = match value.get("allOf") {
            Some(Value::Array(parts)) if parts.len() == 1 => parts.first()?,
            _ => value,
        };
        self.source.at(&target(inner.get("$ref")?.as_str()?)?)
    }

    /// Gives the type at a pointer its name.
    pub fn claim(&mut self, pointer: &str, name: &str) -> (String, Schema) {
        let name = match self.names.get(pointer) {
            Some(name) => name.clone(),
            None => self.scope.take(names::type_name(name)),
        };
        let schema = Schema::Named(name.clone());
        self.named.insert(pointer.to_owned(), schema.clone());
        self.places.insert(name.clone(), pointer.to_owned());
        (name, schema)
    }

    /// A name for a type that stands nowhere in the document.
    pub fn free_name(&mut self, name: &str) -> String {
        self.scope.take(names::type_name(name))
    }

    pub fn report(&mut self, pointer: &str, found: impl Into<String>, remedy: impl Into<String>) {
        self.found
            .push(self.source.problem(pointer, found).remedy(remedy));
    }
}

/// The values of an enum of texts, or of one that is known in part, with their pointers.
fn texts<'s>(source: &'s Source, pointer: &str) -> Vec<(String, &'s Value)> {
    let listed = |key| {
        let at = join(pointer, key);
        let values = source.at(&at)?.as_array()?;
        let items = values.iter().enumerate();
        Some(
            items
                .map(|(index, value)| (join(&at, index), value))
                .collect(),
        )
    };
    listed("enum")
        .or_else(|| listed(OPEN_ENUM))
        .unwrap_or_default()
}

pub fn flag(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or_default()
}

/// Whether a value of this schema, or one inside it, must never be shown.
pub fn is_secret(schema: &Schema) -> bool {
    holds(schema, SECRET)
}

/// Whether a value of the schema is an instant, or holds some.
pub fn has_instants(schema: &Schema) -> bool {
    holds(schema, INSTANT)
}

fn holds(schema: &Schema, name: &str) -> bool {
    schema
        .parts()
        .any(|part| matches!(part, Schema::Rust(rust) if rust == name))
}
