//! The shape that OpenAPI 3.0 gives each of its objects: a pass over the raw document.
//!
//! `openapiv3` ignores a key that it does not know, and says nothing of where it stopped. So
//! every key and every kind of value is checked here first, against the tables in `openapi`, and
//! every `$ref` for what it leads to. What is wrong and can only mean one thing is mended: see
//! `Mend`, and the table in `spec/README.md`.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::{Map, Value};

use crate::openapi::{
    COMPONENTS, DOCUMENT, INFO, MEDIA_TYPE, OPERATION, PARAMETER, PATH_ITEM, PATHS, REQUEST_BODY,
    RESPONSE, RESPONSES, SCHEMA,
};
use crate::problem::Problems;
use crate::refs;
use crate::source::{Source, join};

/// What the pass over a document came to.
pub struct Checked {
    /// Whatever has another shape than OpenAPI 3.0 gives it.
    pub problems: Problems,
    /// What was passed over, in words.
    pub notes: Vec<String>,
}

/// Checks the shape of a document, and mends it where that is safe; an error where it is no
/// OpenAPI document at all.
pub fn check(source: &mut Source) -> Result<Checked, Problems> {
    version(source)?;
    let mut walk = Walk {
        source,
        problems: Problems::default(),
        notes: Vec::new(),
        mends: Vec::new(),
        references: VecDeque::new(),
        seen: HashMap::new(),
    };
    walk.object(&source.root, "", &DOCUMENT);
    walk.follow();
    let Walk {
        problems,
        notes,
        mends,
        ..
    } = walk;
    // From behind, so that an item that is taken out of a list moves none that is still to come.
    for (pointer, mend) in mends.into_iter().rev() {
        mend.apply(source, &pointer);
    }
    Ok(Checked { problems, notes })
}

/// How a value is brought into the form that it can only mean.
enum Mend {
    Replace(Value),
    /// Adds a member to an object.
    Add(&'static str, Value),
    Remove,
}

impl Mend {
    fn apply(self, source: &mut Source, pointer: &str) {
        match self {
            Self::Replace(value) => {
                if let Some(place) = source.root.pointer_mut(pointer) {
                    *place = value;
                }
            }
            Self::Add(key, value) => {
                if let Some(Value::Object(members)) = source.root.pointer_mut(pointer) {
                    members.insert(key.to_owned(), value);
                }
            }
            Self::Remove => source.remove(pointer),
        }
    }
}

/// A wrong version is told alone: all that follows from it would only hide it.
fn version(source: &Source) -> Result<(), Problems> {
    const SUPPORTED: &str = "this generator reads OpenAPI 3.0.x";
    let Value::Object(members) = &source.root else {
        let found = format!("the document is {}, not an object", kind(&source.root));
        return Err(source.problem("", found).remedy(SUPPORTED).into());
    };
    if let Some(version) = members.get("swagger") {
        let found = format!("this is a Swagger document, version {}", show(version));
        let remedy = format!("{SUPPORTED}; convert the document first");
        return Err(source.problem("/swagger", found).remedy(remedy).into());
    }
    match members.get("openapi") {
        Some(Value::String(version)) if version.starts_with("3.0.") => Ok(()),
        Some(version) => {
            let found = format!("the version is {}", show(version));
            let remedy = format!("{SUPPORTED}; write `openapi: 3.0.3` and its forms");
            Err(source.problem("/openapi", found).remedy(remedy).into())
        }
        None => {
            let found = "the key `openapi` is missing, so this is not an OpenAPI document";
            Err(source.problem("", found).remedy(SUPPORTED).into())
        }
    }
}

/// What a value has to be.
pub enum Shape {
    Any,
    Text,
    Flag,
    Count,
    Number,
    OneOf(&'static [&'static str]),
    Object(&'static Object),
    /// The object itself, or a Reference Object in its place.
    OrRef(&'static Object),
    List(&'static Shape),
    Map(&'static Shape),
    /// The same, whose keys are the names of components.
    Components(&'static Shape),
    /// A schema, or a boolean in its place.
    SchemaOrFlag,
    /// The names of required properties, or a boolean as older forms have it.
    Required,
    /// The values of an enum.
    Values,
}

/// One of OpenAPI's objects: its name in the specification, and its keys.
pub struct Object {
    pub name: &'static str,
    pub required: &'static [&'static str],
    pub keys: &'static [(&'static str, Shape)],
    /// Keys that are not fixed: paths, statuses.
    pub others: Option<Others>,
}

pub type Others = (fn(&str) -> bool, Shape);

struct Walk<'s> {
    source: &'s Source,
    problems: Problems,
    notes: Vec<String>,
    /// Each with the pointer where it belongs.
    mends: Vec<(String, Mend)>,
    /// Pointers of `$ref`s, with what is expected where they lead.
    references: VecDeque<(String, &'static Object)>,
    /// What stands at a pointer, where it is an object that may be referred to.
    seen: HashMap<String, &'static str>,
}

impl Walk<'_> {
    fn report(&mut self, pointer: &str, found: String, remedy: impl Into<String>) {
        self.problems
            .push(self.source.problem(pointer, found).remedy(remedy));
    }

    /// Says in words what is passed over.
    fn note(&mut self, pointer: &str, found: &str) {
        self.notes
            .push(self.source.problem(pointer, found).to_string());
    }

    fn mend(&mut self, pointer: &str, mend: Mend) {
        self.mends.push((pointer.to_owned(), mend));
    }

    fn value(&mut self, value: &Value, pointer: &str, shape: &Shape) {
        let fits = match shape {
            Shape::Any => true,
            Shape::Text => self.text(value, pointer),
            Shape::Required if value.is_boolean() => {
                self.note(pointer, "`required` is a list of names in OpenAPI 3, and stands on the object: passed over");
                return self.mend(pointer, Mend::Remove);
            }
            Shape::Required => return self.list(value, pointer, &Shape::Text),
            Shape::Values => return self.values(value, pointer),
            Shape::Flag => value.is_boolean(),
            Shape::Count => value.is_u64(),
            Shape::Number => value.is_number(),
            Shape::OneOf(words) => value.as_str().is_some_and(|word| words.contains(&word)),
            Shape::Object(object) => return self.object(value, pointer, object),
            Shape::OrRef(object) => return self.or_ref(value, pointer, object),
            Shape::List(item) => return self.list(value, pointer, item),
            Shape::Map(member) => return self.map(value, pointer, member),
            Shape::Components(Shape::Any) if !value.is_object() => true,
            Shape::Components(member) => return self.components(value, pointer, member),
            Shape::SchemaOrFlag if value.is_boolean() => true,
            Shape::SchemaOrFlag => return self.or_ref(value, pointer, &SCHEMA),
        };
        if !fits {
            let found = format!(
                "{} stands where {} is expected",
                show(value),
                shape.wanted()
            );
            self.report(pointer, found, shape.remedy(value));
        }
    }

    /// A number or a boolean that stands for a text can only be that text.
    fn text(&mut self, value: &Value, pointer: &str) -> bool {
        if matches!(value, Value::Number(_) | Value::Bool(_)) {
            self.mend(pointer, Mend::Replace(Value::from(value.to_string())));
            return true;
        }
        value.is_string()
    }

    /// An enum without a value says nothing, and one that stands twice no more than once.
    fn values(&mut self, value: &Value, pointer: &str) {
        let Value::Array(values) = value else {
            return self.list(value, pointer, &Shape::Any);
        };
        if values.is_empty() {
            self.note(pointer, "an enum without a value: passed over");
            return self.mend(pointer, Mend::Remove);
        }
        let above = pointer.rsplit_once('/').unwrap_or_default().0;
        let of_texts = self.source.at(&join(above, "type")) == Some(&Value::from("string"));
        let mut seen = HashSet::new();
        for (index, value) in values.iter().enumerate() {
            let at = join(pointer, index);
            if !seen.insert(value.to_string()) {
                self.note(
                    &at,
                    &format!("{} stands twice in the enum: passed over", show(value)),
                );
                self.mend(&at, Mend::Remove);
            } else if of_texts && matches!(value, Value::Number(_) | Value::Bool(_)) {
                self.mend(&at, Mend::Replace(Value::from(value.to_string())));
            }
        }
    }

    fn or_ref(&mut self, value: &Value, pointer: &str, object: &'static Object) {
        let Some(reference) = value.get("$ref") else {
            self.seen.insert(pointer.to_owned(), object.name);
            return self.object(value, pointer, object);
        };
        let at = join(pointer, "$ref");
        if reference.is_string() {
            self.references.push_back((at, object));
        } else {
            let found = format!("`$ref` is {}", show(reference));
            self.report(&at, found, "a reference is a text such as `#/components/…`");
        }
    }

    /// Sees to it that every reference leads to an object of the kind that is expected there.
    fn follow(&mut self) {
        while let Some((at, object)) = self.references.pop_front() {
            let target = match refs::follow(self.source, &at) {
                Ok(target) => target,
                Err(problem) => {
                    self.problems.push(problem);
                    continue;
                }
            };
            match self.seen.get(&target) {
                Some(name) if *name == object.name => {}
                Some(name) => {
                    let found = format!("this leads to {name}, where {} is expected", object.name);
                    self.report(&at, found, "name another part of the document");
                }
                // An extension or an example, say, which nothing has looked at so far.
                None => {
                    let value = self.source.at(&target).unwrap_or(&Value::Null);
                    self.seen.insert(target.clone(), object.name);
                    self.object(value, &target, object);
                }
            }
        }
    }

    fn list(&mut self, value: &Value, pointer: &str, item: &'static Shape) {
        let Value::Array(items) = value else {
            let found = format!("{} stands where a list is expected", show(value));
            return self.report(pointer, found, "write a list");
        };
        for (index, value) in items.iter().enumerate() {
            self.value(value, &join(pointer, index), item);
        }
    }

    fn map(&mut self, value: &Value, pointer: &str, member: &'static Shape) {
        let Value::Object(members) = value else {
            let found = format!("{} stands where an object is expected", show(value));
            return self.report(pointer, found, "write an object");
        };
        for (key, value) in members {
            self.value(value, &join(pointer, key), member);
        }
    }

    fn components(&mut self, value: &Value, pointer: &str, member: &'static Shape) {
        let sign = |sign: char| sign.is_ascii_alphanumeric() || "._-".contains(sign);
        let Value::Object(members) = value else {
            return self.map(value, pointer, member);
        };
        for (key, value) in members {
            let pointer = join(pointer, key);
            let found = format!("`{key}` cannot be the name of a component");
            if let Some(remedy) = misplaced_path(key) {
                self.report(&pointer, found, remedy);
                continue;
            }
            if key.is_empty() || !key.chars().all(sign) {
                let remedy = "rename it: letters, digits, `.`, `_` and `-` may be in it";
                self.report(&pointer, found, remedy);
            }
            self.value(value, &pointer, member);
        }
    }

    fn object(&mut self, value: &Value, pointer: &str, object: &'static Object) {
        let Value::Object(members) = value else {
            let found = format!("{} stands where {} is expected", show(value), object.name);
            return self.report(pointer, found, "write an object");
        };
        self.required(members, pointer, object);
        for (key, value) in members {
            let pointer = join(pointer, key);
            if let Some((_, shape)) = object.keys.iter().find(|(name, _)| name == key) {
                self.value(value, &pointer, shape);
            } else if let Some((_, shape)) = object.others.as_ref().filter(|(fits, _)| fits(key)) {
                self.value(value, &pointer, shape);
            } else if !key.starts_with("x-") {
                self.unknown(key, &pointer, object);
            }
        }
        if std::ptr::eq(object, &SCHEMA) {
            self.schema(members, pointer);
        }
    }

    /// A key that may be a misspelt one, or that means something elsewhere, is a fault: what it was
    /// to say would be lost. Any other is a remark of some other tool's.
    fn unknown(&mut self, key: &str, pointer: &str, object: &Object) {
        let found = format!("`{key}` is no key of {}", object.name);
        let about_types = [
            &SCHEMA,
            &PARAMETER,
            &MEDIA_TYPE,
            &RESPONSE,
            &REQUEST_BODY,
            &OPERATION,
            &PATH_ITEM,
            &COMPONENTS,
            &DOCUMENT,
        ];
        let about_types = about_types.iter().any(|known| std::ptr::eq(*known, object));
        let elsewhere = [
            &SCHEMA,
            &PARAMETER,
            &OPERATION,
            &MEDIA_TYPE,
            &RESPONSE,
            &COMPONENTS,
        ];
        let means = about_types
            && (FOREIGN.contains(&key)
                || elsewhere
                    .iter()
                    .any(|other| other.keys.iter().any(|(name, _)| *name == key)));
        // Where the keys are paths or statuses, any other is one of those with a slip in it.
        let fixed = object.others.is_none();
        if let Some(remedy) = misplaced_path(key) {
            self.report(pointer, found, remedy);
        } else if fixed && (REMARKS.contains(&key) || object.near(key).is_none() && !means) {
            self.note(pointer, &format!("{found}: passed over"));
        } else {
            self.report(pointer, found, object.remedy(key));
        }
    }

    fn schema(&mut self, members: &Map<String, Value>, pointer: &str) {
        let kind = members.get("type").and_then(Value::as_str);
        if let Some(default) = members.get("default") {
            let at = join(pointer, "default");
            match (kind, default) {
                // Which is how some tools write that there is none.
                (_, Value::Null) => self.mend(&at, Mend::Remove),
                (Some("boolean" | "integer" | "number"), Value::String(text)) => {
                    if let Ok(value @ (Value::Bool(_) | Value::Number(_))) = text.parse() {
                        self.mend(&at, Mend::Replace(value));
                    }
                }
                (Some("string"), Value::Number(_) | Value::Bool(_)) => {
                    self.mend(&at, Mend::Replace(Value::from(default.to_string())));
                }
                _ => {}
            }
        }
        if members.get("type") == Some(&Value::from("array")) && !members.contains_key("items") {
            self.note(pointer, "an array has no `items`: they may be anything");
            self.mend(pointer, Mend::Add("items", Value::Object(Map::new())));
        }
    }

    fn required(&mut self, members: &Map<String, Value>, pointer: &str, object: &Object) {
        for key in object
            .required
            .iter()
            .filter(|key| !members.contains_key(**key))
        {
            // These are for readers alone, and often left out.
            if std::ptr::eq(object, &RESPONSE) || std::ptr::eq(object, &INFO) {
                self.mend(pointer, Mend::Add(key, Value::from("")));
                continue;
            }
            if std::ptr::eq(object, &OPERATION) {
                self.note(
                    pointer,
                    "no responses are described: whatever comes is let go",
                );
                self.mend(pointer, Mend::Add(key, Value::Object(Map::new())));
                continue;
            }
            let found = format!("`{key}` is missing from {}", object.name);
            self.report(pointer, found, "add it");
        }
    }
}

impl Shape {
    fn wanted(&self) -> String {
        match self {
            Shape::Text => "a text".into(),
            Shape::Flag => "`true` or `false`".into(),
            Shape::Count => "a whole number from 0".into(),
            Shape::Number => "a number".into(),
            Shape::OneOf(words) => format!("one of `{}`", words.join("`, `")),
            _ => "something else".into(),
        }
    }

    fn remedy(&self, value: &Value) -> String {
        let near = match (self, value) {
            (Shape::OneOf(words), Value::String(word)) => near(word, words.iter().copied()),
            (Shape::OneOf(_), Value::Array(_)) => {
                return "OpenAPI 3.0 has one type at a time; write `nullable: true` for \"null\""
                    .into();
            }
            (Shape::Flag, Value::Number(_)) => {
                return "that is the form of OpenAPI 3.1; write the bound without `exclusive…`, and `true` here".into();
            }
            _ => None,
        };
        match near {
            Some(word) => format!("is it `{word}`?"),
            None => "write what is expected".into(),
        }
    }
}

/// What means something in JSON Schema, in Swagger 2.0 or in OpenAPI 3.1, and nothing in 3.0.
const FOREIGN: [&str; 27] = [
    "$defs",
    "additionalItems",
    "basePath",
    "collectionFormat",
    "const",
    "consumes",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "definitions",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "host",
    "if",
    "patternProperties",
    "prefixItems",
    "produces",
    "propertyNames",
    "schemes",
    "securityDefinitions",
    "then",
    "type",
    "unevaluatedItems",
    "unevaluatedProperties",
    "webhooks",
];

/// What is for readers only, wherever it stands.
const REMARKS: [&str; 10] = [
    "deprecated",
    "description",
    "example",
    "examples",
    "externalDocs",
    "name",
    "summary",
    "tags",
    "title",
    "xml",
];

impl Object {
    fn near(&self, key: &str) -> Option<&'static str> {
        near(key, self.keys.iter().map(|(name, _)| *name))
    }

    fn remedy(&self, key: &str) -> String {
        if std::ptr::eq(self, &PATHS) {
            return "a path begins with `/`; keys of your own begin with `x-`".into();
        }
        if std::ptr::eq(self, &RESPONSES) {
            return "a status is written `404`, a range `4XX`, and the rest `default`".into();
        }
        match self.near(key) {
            Some(name) => format!("is it `{name}`? Keys of your own begin with `x-`"),
            None => "mend or delete it; keys of your own begin with `x-`".into(),
        }
    }
}

/// What to do about a path that was written in another place, where nothing would come of it.
fn misplaced_path(key: &str) -> Option<&'static str> {
    let is_path = key.starts_with('/');
    is_path.then_some("it looks like a path: move it under `paths`, indented like the paths there")
}

/// The word that was meant, where all but a letter or two are the same.
pub fn near<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    known.into_iter().find(|known| {
        let same = |(a, b): &(char, char)| a.eq_ignore_ascii_case(b);
        let front = word.chars().zip(known.chars()).take_while(same).count();
        let shorter = word.chars().count().min(known.chars().count());
        let longer = word.chars().count().max(known.chars().count());
        let ends = word.chars().rev().zip(known.chars().rev());
        let back = ends.take(shorter - front).take_while(same).count();
        let other = longer - front - back;
        other <= 2 && other < shorter
    })
}

/// What kind of value this is, for a message.
pub fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A value as a message shows it: scalars as they are, cut; collections by their kind.
pub fn show(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::Object(_) => kind(value).to_owned(),
        scalar => {
            let text = scalar.to_string();
            match text.char_indices().nth(60) {
                Some((cut, _)) => format!("`{}…`", text.get(..cut).unwrap_or_default()),
                None => format!("`{text}`"),
            }
        }
    }
}
