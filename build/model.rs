//! What a document says, checked and in plain words: all that the writing of Rust starts from.

use std::collections::BTreeMap;

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
    pub paging: Option<Paging>,
    pub body: Option<Body>,
    pub answer: Answer,
    /// Statuses that the document gives, with their descriptions.
    pub statuses: Vec<(String, String)>,
    /// Keys whose values are secret, in the body that is sent or the one that comes back.
    pub secrets: Vec<String>,
}

impl Operation {
    /// The schemas of what it sends and answers.
    pub fn schemas(&self) -> impl Iterator<Item = &Schema> {
        let parameters = self.parameters.iter().map(|parameter| &parameter.schema);
        let body = self.body.iter().map(|body| &body.schema);
        let answer = match &self.answer {
            Answer::Json(schema) => Some(schema),
            Answer::Empty => None,
        };
        parameters.chain(body).chain(answer)
    }
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
    /// The bounds of a whole number, where its type does not say them already.
    pub minimum: Option<i128>,
    pub maximum: Option<i128>,
    /// The default of a whole number.
    pub default: Option<u64>,
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

/// A list in pages: `x-paging`.
pub struct Paging {
    /// The parameter that counts the pages, by its name in Rust.
    pub page: String,
    pub first: u64,
    /// The type of a record.
    pub record: String,
    /// The key of a record that tells it from the others, as it is sent.
    pub key: String,
    pub pointer: String,
}

impl Paging {
    /// The field that tells a record from the others.
    pub fn field<'r>(&self, record: &'r Record) -> Option<&'r Field> {
        record.fields.iter().find(|field| field.wire == self.key)
    }
}

pub struct Body {
    pub schema: Schema,
    pub required: bool,
    pub doc: String,
}

#[derive(Clone)]
pub enum Answer {
    Json(Schema),
    Empty,
}

/// What a value is, in the few forms that are left of a schema.
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
    /// A record or an enum of the model.
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

    /// The same, where `null` has no form.
    pub fn not_null(self) -> Self {
        match self {
            Self::Nullable(inner) => *inner,
            other => other,
        }
    }

    /// This schema and those inside of it.
    pub fn parts(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |schema| match schema {
            Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) => Some(&**inner),
            _ => None,
        })
    }
}

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

impl Field {
    /// Whether a value without it is complete.
    pub fn may_be_missing(&self) -> bool {
        !self.required || matches!(self.schema, Schema::Nullable(_))
    }
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
