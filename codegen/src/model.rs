//! The model of an API: the checked contents of a document, independent of OpenAPI. Rust is written
//! from it alone.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::text::names::last;

/// The type of `format: password`.
pub const SECRET: &str = "crate::Secret";
/// The type of `format: date-time`.
pub const INSTANT: &str = "jiff::Timestamp";
/// The type of a file.
pub const FILE: &str = "crate::runtime::File";

/// A whole API.
pub struct Api {
    pub title: String,
    pub version: String,
    pub doc: String,
    /// The URL of the first server, if it can be a base URL.
    pub base_url: Option<String>,
    pub operations: Vec<Operation>,
    /// Security schemes that the crate has no token type for, by the name of theirs.
    pub schemes: BTreeMap<String, Scheme>,
    /// The names of the traits that tokens have, for each choice of tokens.
    pub token_traits: BTreeMap<Security, String>,
    pub records: BTreeMap<String, Record>,
    pub enums: BTreeMap<String, Enum>,
    pub unions: BTreeMap<String, Union>,
    /// Parts of the document that are ignored, with their places.
    pub notes: Vec<String>,
    /// Operations that could not be generated, and why.
    pub left_out: Vec<String>,
}

/// One method on one path.
pub struct Operation {
    /// The method of the client.
    pub name: String,
    /// The request builder.
    pub type_name: String,
    pub method: &'static str,
    pub path: String,
    /// The server of the operation, if it is not the client's.
    pub server: Option<String>,
    pub doc: String,
    pub deprecated: bool,
    pub security: Security,
    pub parameters: Vec<Parameter>,
    pub period: Option<Period>,
    pub paging: Option<Paging>,
    pub body: Option<Body>,
    /// Whether its body is a multipart form.
    pub multipart: bool,
    pub response: Response,
    /// The value of `Accept`, if it is not `application/json`.
    pub accept: Option<String>,
    pub error_responses: Vec<ErrorResponse>,
    /// Keys whose values are secret, in the request or the response.
    pub secrets: Vec<String>,
}

impl Operation {
    /// Returns the schemas of the parameters and of the body.
    pub fn request_schemas(&self) -> impl Iterator<Item = &Schema> {
        let parameters = self.parameters.iter().map(|parameter| &parameter.schema);
        parameters.chain(self.body.iter().map(|body| &body.schema))
    }

    /// Returns the schemas of the request and of the successful responses.
    pub fn schemas(&self) -> impl Iterator<Item = &Schema> {
        self.request_schemas().chain(self.response.schemas())
    }
}

/// Who may call an operation.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Security {
    /// No token is sent.
    Open,
    /// Any one of these, each a token type or several at once.
    AnyOf {
        alternatives: Vec<Vec<String>>,
        /// Whether it may be called without a token, too.
        optional: bool,
    },
}

impl Security {
    /// The name of the trait for a choice of tokens.
    pub fn trait_name(&self) -> String {
        let Self::AnyOf {
            alternatives,
            optional,
        } = self
        else {
            return String::new();
        };
        let together = alternatives.iter().map(|tokens| {
            let names: Vec<&str> = tokens.iter().map(|token| last(token)).collect();
            names.join("With")
        });
        let together: Vec<String> = together.collect();
        match (together.as_slice(), optional) {
            ([only], false) => format!("{only}Only"),
            (several, false) => several.join("Or"),
            (several, true) => format!("{}OrNone", several.join("Or")),
        }
    }
}

/// A security scheme: how a token is sent.
pub struct Scheme {
    /// As the document calls it.
    pub wire: String,
    pub doc: String,
    pub kind: SchemeKind,
}

#[derive(PartialEq, Eq)]
pub enum SchemeKind {
    Bearer,
    Basic,
    /// A key in a header, the query or a cookie of this name.
    Key(ParameterLocation, String),
}

/// Where a parameter is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterLocation {
    Path,
    Query,
    Header,
    Cookie,
    /// A field of a form.
    Form,
    /// A part of a multipart form.
    Part,
}

pub struct Parameter {
    /// As it is sent.
    pub wire: String,
    /// As it is in Rust.
    pub name: String,
    pub location: ParameterLocation,
    pub required: bool,
    pub doc: String,
    /// What the docs say of its values: unit, bounds, default and example.
    pub facts: String,
    pub deprecated: bool,
    pub schema: Schema,
    pub written: Written,
    /// The media type of a part, where the document gives one.
    pub media_type: Option<String>,
    /// The bounds of a whole number, if they are narrower than its type.
    pub minimum: Option<i128>,
    pub maximum: Option<i128>,
    /// The default of a whole number.
    pub default: Option<u64>,
}

impl Parameter {
    /// Makes an optional parameter of which nothing else is known.
    pub fn new(wire: &str, location: ParameterLocation, schema: Schema, written: Written) -> Self {
        Self {
            wire: wire.to_owned(),
            name: String::new(),
            location,
            required: false,
            doc: String::new(),
            facts: String::new(),
            deprecated: false,
            schema,
            written,
            media_type: None,
            minimum: None,
            maximum: None,
            default: None,
        }
    }
}

/// How the value of a parameter is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// As a text.
    Plain,
    /// An array: `name=a&name=b`.
    Repeated,
    /// An array: `name=a,b`, with this sign between the values.
    Joined(char),
    /// Any value, in a style of OpenAPI, with `explode`.
    Styled(Style, bool),
}

/// The styles of OpenAPI, and JSON for a parameter that is described by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Simple,
    Label,
    Matrix,
    Form,
    Space,
    Pipe,
    Deep,
    Json,
}

/// Four query parameters that together are one period: `x-period`.
pub struct Period {
    pub mode: String,
    pub value: String,
    pub start: String,
    pub end: String,
    /// `true` for `YYYY-WWW` (ISO 8601), `false` for `YYYY-WW`.
    pub iso_week: bool,
}

/// A list in pages: `x-paging`.
pub struct Paging {
    /// The parameter that counts the pages, by its name in Rust.
    pub page: String,
    pub first: u64,
    /// The type of a record.
    pub record: String,
    /// The key in JSON that identifies a record.
    pub key: String,
    /// The `detail` of the 404 that ends the list, where it is not the framework's.
    pub end: Option<String>,
    pub pointer: String,
}

impl Paging {
    /// Returns the field that identifies a record.
    pub fn field<'r>(&self, record: &'r Record) -> Option<&'r Field> {
        record.fields.iter().find(|field| field.wire == self.key)
    }
}

pub struct Body {
    pub form: BodyForm,
    pub media_type: String,
    pub schema: Schema,
    pub required: bool,
    pub doc: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum BodyForm {
    Json,
    /// A form whose fields the document does not name.
    Form,
    Text,
    Bytes,
}

/// The response of a success.
#[derive(Clone)]
pub enum Response {
    /// The same for all statuses.
    Always(Content),
    /// Some successes have this JSON body, the others none.
    Maybe(Schema),
    /// One for each status; the enum has this name.
    ByStatus(String, Vec<Success>),
}

#[derive(Clone, PartialEq, Eq)]
pub enum Content {
    Json(Schema),
    Text,
    Bytes,
    Empty,
}

#[derive(Clone)]
pub struct Success {
    /// `200`, `2XX` or `default`.
    pub status: String,
    /// The variant.
    pub name: String,
    pub doc: String,
    pub content: Content,
}

impl Response {
    pub fn contents(&self) -> impl Iterator<Item = &Content> {
        let (one, several): (_, &[Success]) = match self {
            Self::Always(content) => (Some(content), &[]),
            Self::Maybe(_) => (None, &[]),
            Self::ByStatus(_, several) => (None, several),
        };
        one.into_iter()
            .chain(several.iter().map(|success| &success.content))
    }

    /// Returns the schemas of JSON bodies.
    pub fn schemas(&self) -> impl Iterator<Item = &Schema> {
        let maybe = match self {
            Self::Maybe(schema) => Some(schema),
            _ => None,
        };
        let contents = self.contents().filter_map(|content| match content {
            Content::Json(schema) => Some(schema),
            _ => None,
        });
        maybe.into_iter().chain(contents)
    }
}

/// A response whose status is an error.
#[derive(PartialEq, Eq)]
pub struct ErrorResponse {
    pub status: String,
    pub doc: String,
    /// The schema of its JSON body.
    pub schema: Option<Schema>,
}

/// The type of a value, in the few forms that schemas are brought to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Schema {
    /// Any JSON value.
    Any,
    Boolean,
    /// A whole number, as this type of Rust.
    Integer(&'static str),
    /// A number, as this type of Rust.
    Number(&'static str),
    Text,
    /// A text of a format, or a quantity, as this type of Rust.
    Rust(String),
    /// A record, an enum or a union of the model.
    Named(String),
    List(Box<Schema>),
    /// An object whose keys the document does not name.
    Map(Box<Schema>),
    Nullable(Box<Schema>),
}

impl Schema {
    pub fn nullable(self) -> Self {
        match self {
            // Any value may be null already.
            Self::Any | Self::Nullable(_) => self,
            other => Self::Nullable(Box::new(other)),
        }
    }

    /// Returns the schema without `null`.
    pub fn not_null(self) -> Self {
        match self {
            Self::Nullable(inner) => *inner,
            other => other,
        }
    }

    /// Returns the least and the greatest value of a whole number's type.
    pub fn limits(&self) -> Option<(i128, i128)> {
        match self {
            Self::Integer("i32") => Some((i32::MIN.into(), i32::MAX.into())),
            Self::Integer("u64") => Some((0, u64::MAX.into())),
            Self::Integer(_) => Some((i64::MIN.into(), i64::MAX.into())),
            _ => None,
        }
    }

    /// Whether a value, or one inside it, must never be shown.
    pub fn is_secret(&self) -> bool {
        self.holds(SECRET)
    }

    /// Whether a value is an instant, or holds some.
    pub fn has_instants(&self) -> bool {
        self.holds(INSTANT)
    }

    /// Whether a value is a file, or holds some.
    pub fn is_file(&self) -> bool {
        self.holds(FILE)
    }

    fn holds(&self, name: &str) -> bool {
        self.parts()
            .any(|part| matches!(part, Self::Rust(rust) if rust == name))
    }

    /// Returns the names of the records, enums and unions in it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts().filter_map(|part| match part {
            Self::Named(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Returns this schema and those inside it.
    pub fn parts(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |schema| match schema {
            Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) => Some(&**inner),
            _ => None,
        })
    }
}

/// Returns every type that can be reached from some, given the types inside each.
pub fn reach<'a>(
    from: impl IntoIterator<Item = &'a str>,
    inside: &HashMap<&'a str, Vec<&'a str>>,
) -> HashSet<&'a str> {
    let mut open: Vec<&str> = from.into_iter().collect();
    let mut seen = HashSet::new();
    while let Some(name) = open.pop() {
        if seen.insert(name) {
            open.extend(inside.get(name).into_iter().flatten());
        }
    }
    seen
}

/// An object with properties: a struct.
pub struct Record {
    pub doc: String,
    pub deprecated: bool,
    pub fields: Vec<Field>,
    /// Whether requests have it, so that callers make one.
    pub in_request: bool,
    /// Whether responses have it and it holds no secret, so that it can be a row of a table.
    pub row: bool,
    /// The schema of all other keys.
    pub rest: Option<Schema>,
}

impl Record {
    /// Whether callers make one with `default()`.
    pub fn has_default(&self) -> bool {
        self.in_request && self.fields.iter().all(Field::may_be_missing)
    }

    /// Whether callers make one with `new()`, which takes the required fields.
    pub fn has_new(&self) -> bool {
        self.in_request && !self.fields.iter().all(Field::may_be_missing)
    }
}

pub struct Field {
    pub wire: String,
    pub name: String,
    pub doc: String,
    pub deprecated: bool,
    pub required: bool,
    pub schema: Schema,
    /// `readOnly` or `writeOnly`, which make it optional in the other direction.
    pub only: Option<Direction>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Request,
    Response,
}

impl Field {
    /// Whether a record without it is valid.
    pub fn may_be_missing(&self) -> bool {
        !self.required || matches!(self.schema, Schema::Nullable(_))
    }
}

/// An open enum of strings.
pub struct Enum {
    pub doc: String,
    pub deprecated: bool,
    pub variants: Vec<Variant>,
}

pub struct Variant {
    pub wire: String,
    pub name: String,
}

/// A union.
pub struct Union {
    pub doc: String,
    pub deprecated: bool,
    /// The property whose value identifies the alternative.
    pub tag: Option<String>,
    pub alternatives: Vec<Alternative>,
}

pub struct Alternative {
    pub name: String,
    pub doc: String,
    pub schema: Schema,
    /// The texts of the tag, the one to write first.
    pub tags: Vec<String>,
}
