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
    /// Security schemes that the crate has no token type for, by the name of theirs.
    pub schemes: BTreeMap<String, Scheme>,
    /// The names of the traits of who may call.
    pub accesses: BTreeMap<Access, String>,
    pub records: BTreeMap<String, Record>,
    pub enums: BTreeMap<String, Enum>,
    pub unions: BTreeMap<String, Union>,
    /// What the document says and the generator passes over, with its place.
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
    /// Where it is served, if that is elsewhere than the rest.
    pub server: Option<String>,
    pub doc: String,
    pub deprecated: bool,
    pub access: Access,
    pub parameters: Vec<Parameter>,
    pub period: Option<Period>,
    pub paging: Option<Paging>,
    pub body: Option<Body>,
    /// Whether its body is a multipart form, whatever parts are given.
    pub multipart: bool,
    pub answer: Answer,
    /// What the answer may be asked for as, where that is not `application/json` alone.
    pub accept: Option<String>,
    pub refusals: Vec<Refusal>,
    /// Keys whose values are secret, in the body that is sent or the one that comes back.
    pub secrets: Vec<String>,
}

impl Operation {
    /// The schemas of what it sends and answers.
    pub fn schemas(&self) -> impl Iterator<Item = &Schema> {
        let parameters = self.parameters.iter().map(|parameter| &parameter.schema);
        let body = self.body.iter().map(|body| &body.schema);
        parameters.chain(body).chain(self.answer.schemas())
    }
}

/// Who may call an operation.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Nobody needs a token, and none is sent.
    Open,
    /// Any one of these, each a token type or several at once.
    AnyOf {
        alternatives: Vec<Vec<String>>,
        /// Whether it may be called without any, too.
        optional: bool,
    },
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
    Key(Place, String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
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
    pub place: Place,
    pub required: bool,
    pub doc: String,
    /// What the docs say of its values: unit, bounds, default and example.
    pub facts: String,
    pub deprecated: bool,
    pub schema: Schema,
    pub written: Written,
    /// The media type of a part, where the document gives one.
    pub media_type: Option<String>,
    /// The bounds of a whole number, where its type does not say them already.
    pub minimum: Option<i128>,
    pub maximum: Option<i128>,
    /// The default of a whole number.
    pub default: Option<u64>,
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
    /// Whatever it is, in a style of OpenAPI, with `explode`.
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
    /// The key of a record that tells it from the others, as it is sent.
    pub key: String,
    /// The `detail` of the 404 that ends the list, where it is not the framework's.
    pub end: Option<String>,
    pub pointer: String,
}

impl Paging {
    /// The field that tells a record from the others.
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

/// What a success answers with.
#[derive(Clone)]
pub enum Answer {
    /// The same, whatever its status.
    Always(Content),
    /// Some successes have this in JSON, the others nothing.
    Maybe(Schema),
    /// It is up to the status; the enum has this name.
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

impl Answer {
    pub fn contents(&self) -> impl Iterator<Item = &Content> {
        let (one, several): (_, &[Success]) = match self {
            Self::Always(content) => (Some(content), &[]),
            Self::Maybe(_) => (None, &[]),
            Self::ByStatus(_, several) => (None, several),
        };
        one.into_iter()
            .chain(several.iter().map(|success| &success.content))
    }

    /// The schemas of what comes in JSON.
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

/// A status that is no success.
#[derive(PartialEq, Eq)]
pub struct Refusal {
    pub status: String,
    pub doc: String,
    /// What its body is, in JSON.
    pub schema: Option<Schema>,
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
    /// Whether it is answered and holds no secret, so that it can be shown as a row of a table.
    pub row: bool,
    /// The values of whatever other keys it has.
    pub rest: Option<Schema>,
}

impl Record {
    /// Whether callers make one with `default()`.
    pub fn has_default(&self) -> bool {
        self.sent && self.fields.iter().all(Field::may_be_missing)
    }

    /// Whether callers make one with `new()`, which takes the fields that it cannot do without.
    pub fn has_new(&self) -> bool {
        self.sent && !self.fields.iter().all(Field::may_be_missing)
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
    pub only: Option<Only>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Only {
    Read,
    Write,
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

/// One of several things.
pub struct Union {
    pub doc: String,
    pub deprecated: bool,
    /// The member whose text tells which one it is.
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
