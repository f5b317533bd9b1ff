//! The objects of OpenAPI 3.0, as tables of their keys.

use serde_json::{Map, Value};

use self::Shape::{Any, Components, Count, Flag, List, OneOf, OrRef, SchemaOrFlag, Text};

/// The form that a value has to have.
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

/// The methods of HTTP that a path can have operations for.
const METHODS: [&str; 8] = [
    "GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE",
];

/// Returns the method of the operation that stands below this key of a Path Item Object, if one
/// does.
pub fn method(key: &str) -> Option<&'static str> {
    METHODS
        .into_iter()
        .find(|method| method.to_ascii_lowercase() == key)
}

/// Whether an object looks like one of OpenAPI's: at least half of its keys are known, so that some
/// may be misspelt.
pub fn is_likely(members: &Map<String, Value>) -> bool {
    let objects = [
        &SCHEMA,
        &RESPONSE,
        &PARAMETER,
        &REQUEST_BODY,
        &PATH_ITEM,
        &SECURITY_SCHEME,
    ];
    objects.iter().any(|object| {
        let known = members.keys().filter(|key| {
            let has = object.keys.iter().any(|(name, _)| name == key);
            has || *key == "$ref" || key.starts_with("x-")
        });
        2 * known.count() >= members.len()
    })
}

const fn object(
    name: &'static str,
    required: &'static [&'static str],
    keys: &'static [(&'static str, Shape)],
) -> Object {
    Object {
        name,
        required,
        keys,
        others: None,
    }
}

pub static DOCUMENT: Object = object(
    "the OpenAPI Object",
    &["openapi", "info", "paths"],
    &[
        ("openapi", Text),
        ("info", Shape::Object(&INFO)),
        ("servers", List(&Shape::Object(&SERVER))),
        ("paths", Shape::Object(&PATHS)),
        ("components", Shape::Object(&COMPONENTS)),
        ("security", SECURITY),
        ("tags", Any),
        ("externalDocs", Any),
    ],
);

pub static INFO: Object = object(
    "the Info Object",
    &["title", "version"],
    &[
        ("title", Text),
        ("description", Text),
        ("termsOfService", Text),
        ("contact", Any),
        ("license", Any),
        ("version", Text),
    ],
);

pub static SERVER: Object = object(
    "a Server Object",
    &["url"],
    &[
        ("url", Text),
        ("description", Text),
        ("variables", Shape::Map(&Shape::Object(&SERVER_VARIABLE))),
    ],
);

pub static SERVER_VARIABLE: Object = object(
    "a Server Variable Object",
    &["default"],
    &[
        ("enum", List(&Text)),
        ("default", Text),
        ("description", Text),
    ],
);

pub static PATHS: Object = Object {
    name: "the Paths Object",
    required: &[],
    keys: &[],
    others: Some((|key| key.starts_with('/'), OrRef(&PATH_ITEM))),
};

pub static PATH_ITEM: Object = object(
    "a Path Item Object",
    &[],
    &[
        ("summary", Text),
        ("description", Text),
        ("get", Shape::Object(&OPERATION)),
        ("put", Shape::Object(&OPERATION)),
        ("post", Shape::Object(&OPERATION)),
        ("delete", Shape::Object(&OPERATION)),
        ("options", Shape::Object(&OPERATION)),
        ("head", Shape::Object(&OPERATION)),
        ("patch", Shape::Object(&OPERATION)),
        ("trace", Shape::Object(&OPERATION)),
        ("servers", List(&Shape::Object(&SERVER))),
        ("parameters", List(&OrRef(&PARAMETER))),
    ],
);

pub static OPERATION: Object = object(
    "an Operation Object",
    &["responses"],
    &[
        ("tags", Any),
        ("summary", Text),
        ("description", Text),
        ("externalDocs", Any),
        ("operationId", Text),
        ("parameters", List(&OrRef(&PARAMETER))),
        ("requestBody", OrRef(&REQUEST_BODY)),
        ("responses", Shape::Object(&RESPONSES)),
        ("callbacks", Any),
        ("deprecated", Flag),
        ("security", SECURITY),
        ("servers", List(&Shape::Object(&SERVER))),
    ],
);

const SECURITY: Shape = List(&Shape::Map(&List(&Text)));

pub static PARAMETER: Object = object(
    "a Parameter Object",
    &["name", "in"],
    &[
        ("name", Text),
        ("in", OneOf(&["query", "header", "path", "cookie"])),
        ("description", Text),
        ("required", Flag),
        ("deprecated", Flag),
        ("allowEmptyValue", Flag),
        (
            "style",
            OneOf(&[
                "matrix",
                "label",
                "form",
                "simple",
                "spaceDelimited",
                "pipeDelimited",
                "deepObject",
            ]),
        ),
        ("explode", Flag),
        ("allowReserved", Flag),
        ("schema", OrRef(&SCHEMA)),
        ("example", Any),
        ("examples", Any),
        ("content", Shape::Map(&Shape::Object(&MEDIA_TYPE))),
    ],
);

pub static REQUEST_BODY: Object = object(
    "a Request Body Object",
    &["content"],
    &[
        ("description", Text),
        ("content", Shape::Map(&Shape::Object(&MEDIA_TYPE))),
        ("required", Flag),
    ],
);

pub static MEDIA_TYPE: Object = object(
    "a Media Type Object",
    &[],
    &[
        ("schema", OrRef(&SCHEMA)),
        ("example", Any),
        ("examples", Any),
        ("encoding", Shape::Map(&Shape::Object(&ENCODING))),
    ],
);

pub static ENCODING: Object = object(
    "an Encoding Object",
    &[],
    &[
        ("contentType", Text),
        ("headers", Any),
        (
            "style",
            OneOf(&["form", "spaceDelimited", "pipeDelimited", "deepObject"]),
        ),
        ("explode", Flag),
        ("allowReserved", Flag),
    ],
);

pub static RESPONSES: Object = Object {
    name: "a Responses Object",
    required: &[],
    keys: &[("default", OrRef(&RESPONSE))],
    others: Some((is_status, OrRef(&RESPONSE))),
};

/// `200`, or a range such as `4XX`.
fn is_status(key: &str) -> bool {
    let rest = key
        .strip_prefix(['1', '2', '3', '4', '5'])
        .unwrap_or_default();
    let digits = || rest.len() == 2 && rest.bytes().all(|byte| byte.is_ascii_digit());
    rest.eq_ignore_ascii_case("xx") || digits()
}

pub static RESPONSE: Object = object(
    "a Response Object",
    &["description"],
    &[
        ("description", Text),
        ("headers", Any),
        ("content", Shape::Map(&Shape::Object(&MEDIA_TYPE))),
        ("links", Any),
    ],
);

pub static COMPONENTS: Object = object(
    "the Components Object",
    &[],
    &[
        ("schemas", Components(&OrRef(&SCHEMA))),
        ("responses", Components(&OrRef(&RESPONSE))),
        ("parameters", Components(&OrRef(&PARAMETER))),
        ("examples", Components(&Any)),
        ("requestBodies", Components(&OrRef(&REQUEST_BODY))),
        ("headers", Components(&Any)),
        ("securitySchemes", Components(&OrRef(&SECURITY_SCHEME))),
        ("links", Components(&Any)),
        ("callbacks", Components(&Any)),
    ],
);

pub static SECURITY_SCHEME: Object = object(
    "a Security Scheme Object",
    &["type"],
    &[
        (
            "type",
            OneOf(&["apiKey", "http", "oauth2", "openIdConnect"]),
        ),
        ("description", Text),
        ("name", Text),
        ("in", OneOf(&["query", "header", "cookie"])),
        ("scheme", Text),
        ("bearerFormat", Text),
        ("flows", Shape::Object(&FLOWS)),
        ("openIdConnectUrl", Text),
    ],
);

pub static FLOWS: Object = object(
    "an OAuth Flows Object",
    &[],
    &[
        ("implicit", Shape::Object(&FLOW)),
        ("password", Shape::Object(&FLOW)),
        ("clientCredentials", Shape::Object(&FLOW)),
        ("authorizationCode", Shape::Object(&FLOW)),
    ],
);

pub static FLOW: Object = object(
    "an OAuth Flow Object",
    &["scopes"],
    &[
        ("authorizationUrl", Text),
        ("tokenUrl", Text),
        ("refreshUrl", Text),
        ("scopes", Shape::Map(&Text)),
    ],
);

pub static SCHEMA: Object = object(
    "a Schema Object",
    &[],
    &[
        ("title", Text),
        ("multipleOf", Shape::Number),
        ("maximum", Shape::Number),
        ("exclusiveMaximum", Flag),
        ("minimum", Shape::Number),
        ("exclusiveMinimum", Flag),
        ("maxLength", Count),
        ("minLength", Count),
        ("pattern", Text),
        ("maxItems", Count),
        ("minItems", Count),
        ("uniqueItems", Flag),
        ("maxProperties", Count),
        ("minProperties", Count),
        ("required", Shape::Required),
        ("enum", Shape::Values),
        (
            "type",
            OneOf(&["array", "boolean", "integer", "number", "object", "string"]),
        ),
        ("not", OrRef(&SCHEMA)),
        ("allOf", List(&OrRef(&SCHEMA))),
        ("oneOf", List(&OrRef(&SCHEMA))),
        ("anyOf", List(&OrRef(&SCHEMA))),
        ("items", OrRef(&SCHEMA)),
        ("properties", Shape::Map(&OrRef(&SCHEMA))),
        ("additionalProperties", SchemaOrFlag),
        ("description", Text),
        ("format", Text),
        ("default", Any),
        ("nullable", Flag),
        ("discriminator", Shape::Object(&DISCRIMINATOR)),
        ("readOnly", Flag),
        ("writeOnly", Flag),
        ("xml", Any),
        ("externalDocs", Any),
        ("example", Any),
        ("deprecated", Flag),
    ],
);

pub static DISCRIMINATOR: Object = object(
    "a Discriminator Object",
    &["propertyName"],
    &[("propertyName", Text), ("mapping", Shape::Map(&Text))],
);
