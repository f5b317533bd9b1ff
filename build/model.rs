//! What a document says, checked and in plain words: all that the writing of Rust starts from.

use std::collections::BTreeMap;

use serde_json::Value;

/// A whole API.
pub struct Api {
    pub title: String,
    pub version: String,
    pub doc: String,
    /// The first server's URL, where it is a plain one.
    pub base_url: Option<String>,
    pub operations: Vec<Operation>,
    pub records: BTreeMap<String, Record>,
    pub enums: BTreeMap<String, Enum>,
}

/// One method on one path.
pub struct Operation {
    /// The method of the client.
    pub name: String,
    /// The request builder.
    pub type_name: String,
    pub method: &'static str,
    pub path: String,
    pub doc: String,
    pub deprecated: bool,
    pub access: Access,
    pub parameters: Vec<Parameter>,
    pub period: Option<Period>,
    pub body: Option<Body>,
    pub answer: Answer,
    /// Statuses that the document gives, with their descriptions.
    pub statuses: Vec<(String, String)>,
    /// Keys whose values are secret, in the body that is sent or the one that comes back.
    pub secrets: Vec<String>,
}

/// Who may call an operation.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Nobody needs a token, and none is sent.
    Open,
    /// Any one of these token types.
    AnyOf(Vec<String>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Path,
    Query,
    Header,
}

pub struct Parameter {
    /// As it is sent.
    pub wire: String,
    /// As it is in Rust.
    pub name: String,
    pub place: Place,
    pub required: bool,
    pub doc: String,
    pub deprecated: bool,
    pub schema: Schema,
    pub list: Option<List>,
    pub minimum: Option<i64>,
    pub maximum: Option<i64>,
}

/// How an array is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// `name=a&name=b`
    Repeated,
    /// `name=a,b`, with this sign between the values.
    Joined(char),
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

pub struct Body {
    pub schema: Schema,
    pub required: bool,
    pub doc: String,
}

pub enum Answer {
    Json(Schema),
    Empty,
}

/// A schema in the few forms that the type writer takes: references to records and enums of the
/// model, arrays, maps, scalars, and `oneOf` with `null`.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema(pub Value);

/// An object with properties: a struct.
pub struct Record {
    pub doc: String,
    pub deprecated: bool,
    pub fields: Vec<Field>,
    /// Whether a request sends it, so that callers have to make one.
    pub sent: bool,
    /// The values of whatever other keys it has.
    pub rest: Option<Schema>,
}

pub struct Field {
    pub wire: String,
    pub name: String,
    pub doc: String,
    pub deprecated: bool,
    pub required: bool,
    pub schema: Schema,
}

/// A set of texts, known in part.
pub struct Enum {
    pub doc: String,
    pub deprecated: bool,
    pub variants: Vec<Variant>,
}

pub struct Variant {
    pub wire: String,
    pub name: String,
}
