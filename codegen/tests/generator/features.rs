//! The code for each supported feature. That all of it compiles is tested in `compiled`.

use std::path::{Path, PathBuf};

use crate::generator::Mode;
use crate::{ROOT, code, document, generator, with_parameter, with_response};

/// Checks that generated code has these lines, one after the other, wherever they are indented.
#[track_caller]
fn has(code: &str, expected: &str) {
    let flat = |text: &str| -> String {
        let lines = text.lines().map(|line| line.trim().to_owned() + "\n");
        lines.collect()
    };
    let expected = flat(expected.trim());
    assert!(
        flat(code).contains(&expected),
        "no such lines:\n{expected}\nin:\n{code}"
    );
}

#[track_caller]
fn lacks(code: &str, unexpected: &str) {
    assert!(!code.contains(unexpected), "{unexpected}\nin:\n{code}");
}

/// The code for a response of this schema, which may refer to `#/components/schemas`.
fn of(schema: &str, components: &str) -> String {
    code(&(with_response(schema) + &format!("components: {{ schemas: {{ {components} }} }}\n")))
}

/// The type of a field of this schema, with its serde attributes.
fn field(schema: &str, required: bool) -> String {
    let required = if required { "required: [f], " } else { "" };
    let schema = format!("{{ type: object, {required}properties: {{ f: {schema} }} }}");
    let code = of(
        &schema,
        "Thing: { type: object, properties: { a: {} } }, Colour: { type: string, enum: [red] }",
    );
    let lines: Vec<&str> = code
        .lines()
        .skip_while(|line| !line.contains("pub struct GetAResponse {"))
        .skip(1)
        .take_while(|line| line.trim() != "}")
        .map(str::trim)
        .filter(|line| !line.starts_with("///"))
        .collect();
    // An attribute may be too long for one line.
    let text = lines.join(" ");
    text.replace("#[serde( ", "#[serde(").replace(" )]", ")]")
}

/// Schemas of required fields, and the type of each in Rust.
const FIELDS: &[(&str, &str)] = &[
    ("{ type: string }", "String"),
    ("{ type: string, format: unknown }", "String"),
    ("{ type: string, pattern: \"^a\" }", "String"),
    ("{ type: string, format: date }", "jiff::civil::Date"),
    ("{ type: string, format: time }", "jiff::civil::Time"),
    ("{ type: string, format: decimal }", "String"),
    ("{ type: string, format: password }", "crate::Secret"),
    (
        "{ type: string, format: decimal, x-unit: metre }",
        "crate::units::Metres",
    ),
    (
        "{ type: number, x-unit: kilocalorie }",
        "crate::units::Kilocalories<f64>",
    ),
    ("{ type: integer }", "i64"),
    ("{ type: integer, format: int32 }", "i32"),
    ("{ type: integer, minimum: 0 }", "u64"),
    ("{ type: integer, minimum: -1 }", "i64"),
    ("{ type: integer, format: uint64 }", "u64"),
    ("{ type: number }", "f64"),
    ("{ type: number, format: float }", "f32"),
    ("{ type: boolean }", "bool"),
    ("{}", "serde_json::Value"),
    (
        "{ type: object }",
        "serde_json::Map<String, serde_json::Value>",
    ),
    (
        "{ type: object, additionalProperties: false }",
        "serde_json::Map<String, serde_json::Value>",
    ),
    (
        "{ additionalProperties: { type: integer } }",
        "std::collections::BTreeMap<String, i64>",
    ),
    ("{ type: array, items: { type: string } }", "Vec<String>"),
    ("{ items: {} }", "Vec<serde_json::Value>"),
    ("{ $ref: \"#/components/schemas/Thing\" }", "Thing"),
    (
        "{ allOf: [{ $ref: \"#/components/schemas/Thing\" }] }",
        "Thing",
    ),
    (
        "{ oneOf: [{ $ref: \"#/components/schemas/Colour\" }] }",
        "Colour",
    ),
    ("{ type: object, properties: { a: {} } }", "GetAResponseF"),
    ("{ type: string, enum: [a] }", "GetAResponseF"),
    (
        "{ type: array, items: { type: string, enum: [a] } }",
        "Vec<GetAResponseFItem>",
    ),
];

#[test]
fn types_of_fields() {
    for (schema, rust) in FIELDS {
        assert_eq!(field(schema, true), format!("pub f: {rust},"), "{schema}");
    }
}

/// Instants are read in a way of ours, wherever they are.
#[test]
fn instants() {
    const INSTANT: &str = "type: string, format: date-time";
    let read =
        |list| format!("deserialize_with = \"crate::runtime::deserialize_with::instants{list}\"");
    assert_eq!(
        field(&format!("{{ {INSTANT} }}"), true),
        format!("#[serde({})] pub f: jiff::Timestamp,", read(""))
    );
    assert_eq!(
        field(&format!("{{ {INSTANT} }}"), false),
        format!(
            "#[serde(default, {}, skip_serializing_if = \"Option::is_none\")] \
             pub f: Option<jiff::Timestamp>,",
            read("")
        )
    );
    assert_eq!(
        field(&format!("{{ type: array, items: {{ {INSTANT} }} }}"), false),
        format!(
            "#[serde(default, {}, skip_serializing_if = \"Vec::is_empty\")] \
             pub f: Vec<jiff::Timestamp>,",
            read("_or_empty")
        )
    );
}

/// What may be missing, what may be null, and what is left out when it is sent.
#[test]
fn missing_and_null() {
    const SKIP: &str = "#[serde(default, skip_serializing_if = \"Option::is_none\")]";
    assert_eq!(
        field("{ type: string }", false),
        format!("{SKIP} pub f: Option<String>,")
    );
    assert_eq!(
        field("{ type: string, nullable: true }", false),
        format!("{SKIP} pub f: Option<String>,")
    );
    assert_eq!(
        field("{ type: string, nullable: true }", true),
        "#[serde(default)] pub f: Option<String>,"
    );
    assert_eq!(
        field(
            "{ nullable: true, allOf: [{ $ref: \"#/components/schemas/Thing\" }] }",
            true
        ),
        "#[serde(default)] pub f: Option<Thing>,"
    );
    assert_eq!(
        field("{ type: string, enum: [a, null], nullable: true }", true),
        "#[serde(default)] pub f: Option<GetAResponseF>,"
    );
    assert_eq!(
        field("{ nullable: true }", true),
        "pub f: serde_json::Value,"
    );
    assert_eq!(
        field(
            "{ type: array, items: { type: string, nullable: true } }",
            false
        ),
        "#[serde(default, deserialize_with = \"crate::runtime::deserialize_with::or_empty\", \
         skip_serializing_if = \"Vec::is_empty\")] pub f: Vec<Option<String>>,"
    );
    assert_eq!(
        field("{ type: array, items: {}, nullable: true }", false),
        format!("{SKIP} pub f: Option<Vec<serde_json::Value>>,")
    );
    assert_eq!(
        field("{ type: object }", false),
        "#[serde(default, deserialize_with = \"crate::runtime::deserialize_with::or_empty\", \
         skip_serializing_if = \"serde_json::Map::is_empty\")] \
         pub f: serde_json::Map<String, serde_json::Value>,"
    );
}

#[test]
fn parameters_in_path_query_and_header() {
    let text = document(
        "  /a/{id}/{colour}:\n    parameters:\n      \
         - { name: colour, in: path, required: true, schema: { $ref: \"#/components/schemas/Colour\" } }\n      \
         - { name: shared, in: query, schema: { type: string } }\n      \
         - { name: over, in: query, schema: { type: string } }\n    \
         get:\n      operationId: get_a\n      parameters:\n        \
         - { name: X-Trace, in: header, schema: { type: string } }\n        \
         - { name: over, in: query, required: true, schema: { type: integer } }\n        \
         - { $ref: \"#/components/parameters/Day\" }\n        \
         - { name: id, in: path, required: true, schema: { type: integer, minimum: 1 } }\n        \
         - { name: Authorization, in: header, schema: { type: string } }\n      \
         responses: { \"204\": { description: ok } }\n\
         components:\n  \
         parameters: { Day: { name: day, in: query, schema: { type: string, format: date } } }\n  \
         schemas: { Colour: { type: string, enum: [red] } }\n",
    );
    let code = code(&text);
    has(
        &code,
        "pub fn get_a(&self, id: u64, colour: types::Colour, over: i64) -> requests::GetA<T> {",
    );
    has(
        &code,
        "id: u64,
        colour: types::Colour,
        x_trace: Option<String>,
        over: i64,
        day: Option<jiff::civil::Date>,
        shared: Option<String>,",
    );
    has(
        &code,
        "Request::new(&self.client.session, &Self::OPERATION)
            .within(\"id\", &[self.id], 1..)
            .path(\"id\", &[&self.id])
            .path(\"colour\", &[&self.colour])
            .header(\"X-Trace\", &self.x_trace)
            .query(\"over\", &[&self.over])
            .query(\"day\", &self.day)
            .query(\"shared\", &self.shared)",
    );
    lacks(&code, "authorization:");
}

#[test]
fn arrays_as_parameters() {
    const OPTIONAL: &str = "self.b.as_deref().unwrap_or_default()";
    for (more, sent) in [
        ("in: query", format!(".query(\"b\", {OPTIONAL})")),
        (
            "in: query, required: true",
            ".query(\"b\", &self.b)".to_owned(),
        ),
        (
            "in: query, style: form",
            format!(".query(\"b\", {OPTIONAL})"),
        ),
        (
            "in: query, style: spaceDelimited, explode: true",
            format!(".query(\"b\", {OPTIONAL})"),
        ),
        (
            "in: query, explode: false",
            format!(".query_joined(\"b\", ',', {OPTIONAL})"),
        ),
        (
            "in: query, style: spaceDelimited",
            format!(".query_joined(\"b\", ' ', {OPTIONAL})"),
        ),
        (
            "in: query, style: pipeDelimited",
            format!(".query_joined(\"b\", '|', {OPTIONAL})"),
        ),
        ("in: header", format!(".header(\"b\", {OPTIONAL})")),
        (
            "in: header, required: true, explode: true",
            ".header(\"b\", &self.b)".to_owned(),
        ),
    ] {
        let schema = "schema: { type: array, items: { type: string } }";
        let code = code(&with_parameter(&format!("{{ name: b, {more}, {schema} }}")));
        assert!(code.contains(&sent), "{more}: {sent}\n{code}");
    }
}

#[test]
fn bounds_of_parameters() {
    let range = |schema: &str| {
        let code = code(&with_parameter(&format!(
            "{{ name: b, in: query, schema: {{ {schema} }} }}"
        )));
        let (_, range) = code.split_once(".within(\"b\", &self.b, ")?;
        Some(range.split_once(')')?.0.to_owned())
    };
    for (schema, expected) in [
        ("type: integer", None),
        ("type: integer, minimum: 0", None),
        ("type: integer, minimum: 1", Some("1..")),
        ("type: integer, minimum: -5, maximum: 5", Some("-5..=5")),
        ("type: integer, maximum: -1", Some("..=-1")),
        (
            "type: integer, minimum: 0, exclusiveMinimum: true",
            Some("1.."),
        ),
        (
            "type: integer, maximum: 10, exclusiveMaximum: true",
            Some("..=9"),
        ),
        ("type: integer, minimum: 0.5, maximum: 9.5", Some("1..=9")),
        (
            "type: integer, minimum: 0.5, exclusiveMinimum: true",
            Some("1.."),
        ),
        ("type: integer, minimum: -9223372036854775808", None),
        (
            "type: integer, minimum: 0, maximum: 18446744073709551615",
            None,
        ),
        (
            "type: integer, minimum: 9223372036854775808",
            Some("9223372036854775808.."),
        ),
        ("type: integer, format: int32, maximum: 3000000000", None),
        ("type: integer, maximum: 1.0e+300", None),
        ("type: number, minimum: 1", None),
    ] {
        assert_eq!(range(schema).as_deref(), expected, "{schema}");
    }
}

#[test]
fn names_for_operations_without_one() {
    let code = code(&document(
        "  /things/{id}/sub-things/:\n    get:\n      \
         parameters: [{ name: id, in: path, required: true, schema: { type: string } }]\n      \
         responses: { \"204\": { description: ok } }\n  \
         /: { put: { responses: { \"204\": { description: ok } } } }\n",
    ));
    has(&code, "pub fn get_things_id_sub_things(");
    has(&code, "pub struct GetThingsIdSubThings<T> {");
    has(&code, "pub fn put(&self) -> requests::Put<T> {");
}

/// The names that build.rs passes to cargo, for modules that are written for one operation.
#[test]
fn operations_are_named_in_order() {
    let text = document(
        "  /b: { put: { operationId: zeta, responses: { \"204\": { description: ok } } }, \
         get: { operationId: allActivities, responses: { \"204\": { description: ok } } } }\n  \
         /a: { get: { operationId: type, responses: { \"204\": { description: ok } } } }\n",
    );
    let generated = generator::generate_from(Path::new("spec.yaml"), &text, Mode::Strict);
    assert_eq!(
        generated.ok().unwrap().operations,
        ["zeta", "all_activities", "type_"]
    );
}

#[test]
fn names_that_collide() {
    let code = of(
        "{ $ref: \"#/components/schemas/All\" }",
        "All: { type: object, properties: { fooBar: { $ref: \"#/components/schemas/thing\" }, \
         foo_bar: { $ref: \"#/components/schemas/Thing\" }, foo-bar: { $ref: \"#/components/schemas/Option\" }, \
         gen: {}, self: {}, 1st: {}, \"$\": {}, \"+1\": {} } }, \
         thing: { type: string, enum: [run, Run, \"+\", \"-\", \"\", unknown] }, \
         Thing: { type: object, properties: { a: {} } }, \
         Option: { type: object, properties: { a: {} } }",
    );
    has(
        &code,
        "#[serde(rename = \"fooBar\", default, skip_serializing_if = \"Option::is_none\")]
                pub foo_bar: Option<Thing>,",
    );
    has(&code, "pub foo_bar2: Option<Thing2>,");
    has(&code, "pub foo_bar3: Option<Option_>,");
    for name in ["gen_", "self_", "field_1st", "field", "plus_1"] {
        has(&code, &format!("pub {name}: Option<serde_json::Value>,"));
    }
    has(
        &code,
        "crate::open_enum!(Thing {
            Run = \"run\",
            Run2 = \"Run\",
            Plus = \"+\",
            Minus = \"-\",
            Value = \"\",
            Unknown2 = \"unknown\",
        });",
    );
}

/// The files of Rust in a folder and in the folders below it.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let below = paths.flat_map(|path| {
        if path.is_dir() {
            sources(&path)
        } else {
            vec![path]
        }
    });
    below
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .collect()
}

/// The methods of `Client` that a file has.
fn methods_of_the_client(path: &Path) -> Vec<String> {
    let file = syn::parse_file(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut methods = Vec::new();
    for item in file.items {
        let syn::Item::Impl(item) = item else {
            continue;
        };
        let syn::Type::Path(ty) = *item.self_ty else {
            continue;
        };
        if item.trait_.is_some() || ty.path.segments.last().unwrap().ident != "Client" {
            continue;
        }
        methods.extend(item.items.iter().filter_map(|item| match item {
            syn::ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
            _ => None,
        }));
    }
    methods
}

/// A method that is written by hand and one that is generated would be two of one name.
#[test]
fn names_of_the_client() {
    let mut files = sources(&Path::new(ROOT).join("src"));
    // The sandbox has a `Client` of its own.
    files.retain(|file| !file.iter().any(|folder| folder == "sandbox"));
    let known: Vec<String> = files
        .iter()
        .flat_map(|file| methods_of_the_client(file))
        .collect();
    assert!(known.contains(&"with_token".to_owned()), "{known:?}");
    for name in known {
        let text = document(&format!(
            "  /a: {{ get: {{ operationId: {name}, responses: {{ \"204\": {{ description: ok }} }} }} }}\n"
        ));
        has(
            &code(&text),
            &format!("requests::{}::new(self.clone())", pascal(&name)),
        );
        lacks(&code(&text), &format!("pub fn {name}(&self)"));
    }
}

fn pascal(snake: &str) -> String {
    let upper = |word: &str| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    };
    snake.split('_').map(upper).collect()
}

#[test]
fn objects_joined() {
    let code = of(
        "{ $ref: \"#/components/schemas/Derived\" }",
        "Base: { type: object, required: [id], properties: { id: { type: integer }, name: { type: string } } }, \
         Derived: { description: Both., allOf: [{ $ref: \"#/components/schemas/Base\" }, \
         { type: object, required: [name], properties: { extra: { type: string } } }], \
         properties: { own: { type: boolean } } }",
    );
    has(
        &code,
        "/// Both.
        #[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
        #[non_exhaustive]
        pub struct Derived {
        /// `id`: not described in the document.
        pub id: i64,
        /// `name`: not described in the document.
        pub name: String,
        /// `extra`: not described in the document.
        #[serde(default, skip_serializing_if = \"Option::is_none\")]
        pub extra: Option<String>,
        /// `own`: not described in the document.
        #[serde(default, skip_serializing_if = \"Option::is_none\")]
        pub own: Option<bool>,
        }",
    );
    // Joined twice over, at no cost.
    let mut towers = "A0: { type: object, properties: { a: {} } }".to_owned();
    for level in 1..60 {
        let below = format!("{{ $ref: \"#/components/schemas/A{}\" }}", level - 1);
        towers += &format!(", A{level}: {{ allOf: [{below}, {below}] }}");
    }
    has(
        &of("{ $ref: \"#/components/schemas/A59\" }", &towers),
        "pub struct A59 {",
    );
    // What other keys hold is told by any of the parts.
    let rest = of(
        "{ $ref: \"#/components/schemas/Open\" }",
        "Open: { allOf: [{ additionalProperties: { type: integer } }, { properties: { rest: { type: string } } }] }",
    );
    has(
        &rest,
        "pub rest2: Option<String>,
        /// All other keys.
        #[serde(flatten)]
        pub rest: std::collections::BTreeMap<String, i64>,",
    );
}

#[test]
fn recursion() {
    let code = of(
        "{ $ref: \"#/components/schemas/Node\" }",
        "Node: { type: object, required: [must], properties: { \
         next: { $ref: \"#/components/schemas/Node\" }, \
         must: { $ref: \"#/components/schemas/Other\" }, \
         all: { type: array, items: { $ref: \"#/components/schemas/Node\" } }, \
         by_name: { type: object, additionalProperties: { $ref: \"#/components/schemas/Node\" } } } }, \
         Other: { type: object, properties: { node: { $ref: \"#/components/schemas/Node\" } } }",
    );
    has(&code, "pub next: Option<Box<Node>>,");
    has(&code, "pub all: Vec<Node>,");
    has(
        &code,
        "pub by_name: std::collections::BTreeMap<String, Node>,",
    );
    // One of the two is boxed.
    let boxed = |field: &str| code.contains(field);
    assert!(
        boxed("pub must: Box<Other>,") != boxed("pub node: Option<Box<Node>>,"),
        "{code}"
    );
}

#[test]
fn references_into_any_part() {
    let code = code(&document(
        "  \"/b/{id}\":\n    get:\n      operationId: get_b\n      \
         parameters: [{ name: id, in: path, required: true, schema: { type: string, format: date } }]\n      \
         responses: { \"200\": { description: ok, content: { application/json: { schema: \
         { type: array, items: { type: object, properties: { inner: { type: boolean } } } } } } } }\n  \
         /c/{id}:\n    get:\n      operationId: get_c\n      \
         parameters: [{ $ref: \"#/paths/~1b~1%7Bid%7D/get/parameters/0\" }]\n      \
         responses: { \"200\": { $ref: \"#/paths/~1b~1{id}/get/responses/200\" } }\n  \
         /d:\n    get:\n      operationId: get_d\n      \
         responses: { \"200\": { description: ok, content: { application/json: { schema: \
         { $ref: \"#/paths/~1b~1%7Bid%7D/get/responses/200/content/application~1json/schema/items/properties/inner\" } } } } }\n",
    ));
    has(
        &code,
        "pub fn get_c(&self, id: jiff::civil::Date) -> requests::GetC<T> {",
    );
    assert_eq!(
        code.matches("-> Result<Vec<types::GetBResponseItem>, Error> {")
            .count(),
        2,
        "{code}"
    );
    has(&code, "pub fn call(&self) -> Result<bool, Error> {");
}

#[test]
fn security() {
    let text = |own: &str, global: &str| {
        document(&format!(
            "  /a: {{ get: {{ operationId: get_a, {own}responses: {{ \"204\": {{ description: ok }} }} }} }}\n"
        )) + global
            + "components: { securitySchemes: { masterToken: { type: http, scheme: bearer }, \
               userToken: { type: http, scheme: BEARER } } }\n"
    };
    const BOTH: &str = "security: [{ userToken: [] }, { masterToken: [] }]\n";
    let open = code(&text("", ""));
    has(&open, "pub fn get_a(&self) -> requests::GetA<T> {");
    has(&open, "token: false,");
    has(&open, "/// `GET /a`, without a token.");
    let either = code(&text("", BOTH));
    has(
        &either,
        "pub fn get_a(&self) -> requests::GetA<T>\nwhere\nT: access::MasterTokenOrUserToken,",
    );
    has(&either, "token: true,");
    has(
        &either,
        "pub trait MasterTokenOrUserToken: crate::Token {}

        impl MasterTokenOrUserToken for crate::MasterToken {}
        impl MasterTokenOrUserToken for crate::UserToken {}
        impl MasterTokenOrUserToken for crate::AnyToken {}",
    );
    let one = code(&text("security: [{ masterToken: [] }], ", BOTH));
    has(&one, "T: access::MasterTokenOnly,");
    has(
        &one,
        "message = \"this operation takes a `MasterToken`, and the client's token is `{Self}`\",",
    );
    lacks(&one, "UserToken {}");
    let none = code(&text("security: [], ", BOTH));
    has(&none, "token: false,");
    lacks(&none, "where");
    has(
        &one,
        "convert a client from the environment with `into_master()`\"",
    );
    has(
        &either,
        "convert a client from the environment with `into_master()` or `into_user()`\"",
    );
}

/// The module of requests imports `ParameterLocation`.
#[test]
fn a_request_does_not_have_the_name_of_an_import() {
    let code = code(&document(
        "  /a: { get: { operationId: parameterLocation, parameters: [{ name: a, in: query, \
         style: deepObject, schema: { type: object, properties: { b: { type: string } } } }], \
         responses: { \"204\": { description: ok } } } }\n",
    ));
    has(&code, "use crate::runtime::{ParameterLocation, Style};");
    has(&code, "pub struct ParameterLocation2<T> {");
}

/// What the compiler says of a wrong token has to be possible with the tokens of the document.
#[test]
fn the_note_on_a_wrong_token_says_where_the_right_one_comes_from() {
    const SCHEMES: &str = "components: { securitySchemes: { apiKey: { type: apiKey, in: query, name: k }, \
                           login: { type: http, scheme: basic }, oauth: { type: http, scheme: bearer }, \
                           masterToken: { type: http, scheme: bearer } } }\n";
    let note = |security: &str| {
        let text = document(
            "  /a: { get: { operationId: get_a, responses: { \"204\": { description: ok } } } }\n",
        );
        let code = code(&format!("{text}security: {security}\n{SCHEMES}"));
        let note = code.split_once("note = \"").unwrap().1;
        let note = note.split_once('"').unwrap().0;
        note.split_once("where `token` is ").unwrap().1.to_owned()
    };
    assert_eq!(
        note("[{ apiKey: [] }]"),
        "an `ApiKey`, from `access::ApiKey::new(key)`"
    );
    assert_eq!(
        note("[{ login: [], oauth: [] }]"),
        "a `Login` with an `Oauth`, from `access::Login::new(user_name, password)` and \
         `access::Oauth::new(token)`"
    );
    assert_eq!(
        note("[{ masterToken: [] }, { apiKey: [] }]"),
        "an `ApiKey` or a `MasterToken`, from `access::ApiKey::new(key)`; convert a client from \
         the environment with `into_master()`"
    );
    // No client from the environment holds two tokens.
    assert_eq!(
        note("[{ masterToken: [], apiKey: [] }]"),
        "an `ApiKey` with a `MasterToken`, from `access::ApiKey::new(key)`"
    );
}

#[test]
fn bodies() {
    let with = |required: &str, schema: &str| {
        code(&document(&format!(
            "  /a: {{ post: {{ operationId: make, requestBody: {{ {required} description: What to make., \
             content: {{ application/json: {{ schema: {schema} }} }} }}, \
             responses: {{ \"201\": {{ description: ok }} }} }} }}\n"
        )))
    };
    const OBJECT: &str = "{ type: object, required: [name, at], properties: { name: { type: string }, \
                          at: { type: string, format: date-time }, note: { type: string }, \
                          secret: { type: string, format: password } } }";
    let required = with("required: true,", OBJECT);
    has(
        &required,
        "/// # Arguments
        ///
        /// - `body`: What to make.
        pub fn make(&self, body: types::MakeBody) -> requests::Make<T> {",
    );
    has(&required, "self.request().empty()");
    has(&required, ".body(Some(&self.body))");
    has(&required, "secrets: &[\"secret\"],");
    has(
        &required,
        "pub fn new(name: impl Into<String>, at: jiff::Timestamp) -> Self {
        Self {
        name: name.into(),
        at,
        note: Default::default(),
        secret: Default::default(),
        }
        }",
    );
    let optional = with("", OBJECT);
    has(&optional, "pub fn make(&self) -> requests::Make<T> {");
    has(
        &optional,
        "/// What to make.
        pub fn body(mut self, body: types::MakeBody) -> Self {
        self.body = Some(body);
        self
        }",
    );
    has(&optional, ".body(self.body.as_ref())");
    let free = with("required: true,", "{ type: object, properties: { a: {} } }");
    has(
        &free,
        "#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]",
    );
}

#[test]
fn responses_of_every_kind() {
    let call = |responses: &str| {
        let code = code(&document(&format!(
            "  /a: {{ get: {{ operationId: get_a, responses: {{ {responses} }} }} }}\n"
        )));
        let line = code
            .lines()
            .find(|line| line.contains("pub fn call(&self)"))
            .unwrap();
        line.trim().to_owned()
    };
    let is = |rust: &str| format!("pub fn call(&self) -> Result<{rust}, Error> {{");
    let json = |schema: &str| {
        format!("{{ description: ok, content: {{ application/json: {{ schema: {schema} }} }} }}")
    };
    assert_eq!(call("\"204\": { description: ok }"), is("()"));
    assert_eq!(call("2XX: { description: ok }"), is("()"));
    assert_eq!(
        call(&format!("default: {}", json("{ type: string }"))),
        is("String")
    );
    assert_eq!(
        call(&format!(
            "\"200\": {}, default: {{ description: error }}",
            json("{ type: integer }")
        )),
        is("i64")
    );
    assert_eq!(
        call(
            "\"200\": { description: ok, content: { application/JSON;charset=utf-8: { schema: { type: array, items: {} } } } }"
        ),
        is("Vec<serde_json::Value>")
    );
}

/// Summaries and descriptions become docs, followed by the constraints of the schema.
#[test]
fn documentation() {
    let parameter = with_parameter(
        "{ name: size, in: query, deprecated: true, description: How many., \
         schema: { $ref: \"#/components/schemas/Size\" } }",
    );
    let text = parameter.replace(
        "operationId",
        "deprecated: true, summary: Gets it., description: All of it., operationId",
    ) + "components: { schemas: { Size: { type: integer, description: A size., \
          minimum: 1, maximum: 100, default: 20, example: 50 } } }\n";
    let code = code(&text);
    has(
        &code,
        "/// Gets it.
        ///
        /// All of it.
        ///
        /// `GET /a`, without a token.
        #[deprecated]
        pub fn get_a(&self) -> requests::GetA<T> {",
    );
    has(
        &code,
        "/// How many.
        ///
        /// A size.
        ///
        /// At least 1. At most 100. Default: `20`. Example: `50`.
        #[deprecated]
        pub fn size(mut self, size: u64) -> Self {",
    );
}

/// The docs of an optional field of this schema, without the slashes.
fn docs_of_field(schema: &str) -> Vec<String> {
    let schema = format!("{{ type: object, properties: {{ f: {schema} }} }}");
    let code = of(&schema, "");
    let (_, fields) = code.split_once("pub struct GetAResponse {\n").unwrap();
    let lines = fields.lines().map(str::trim);
    lines
        .map_while(|line| line.strip_prefix("///").map(str::to_owned))
        .collect()
}

/// What a schema says of its values is in the docs, unless the description has it already.
#[test]
fn facts_in_documentation() {
    for (schema, docs) in [
        ("{ type: number, x-unit: second }", "In seconds."),
        (
            "{ type: number, x-unit: second, description: Time in seconds. }",
            "Time in seconds.",
        ),
        ("{ type: integer, enum: [1, 2] }", "One of `1`, `2`."),
        (
            "{ type: string, minLength: 1, maxLength: 9 }",
            "At least 1 character. At most 9 characters.",
        ),
        (
            "{ type: number, minimum: 0, exclusiveMinimum: true }",
            "More than 0.",
        ),
        (
            "{ type: string, default: \"a `b`\" }",
            "Default: `\"a 'b'\"`.",
        ),
        ("{ type: string, title: A title }", "A title"),
        (
            "{ type: string, example: null }",
            "`f`: not described in the document.",
        ),
    ] {
        let first = docs_of_field(schema).remove(0);
        assert_eq!(first, format!(" {docs}"), "{schema}");
    }
}

/// Descriptions, and the docs that are written for them.
const DESCRIPTIONS: &[(&str, &str)] = &[
    (
        "plain `code [x]` and **bold**",
        " plain `code [x]` and **bold**\n",
    ),
    (
        "see [this] and [`That`]",
        " see \\[this\\] and \\[`That`\\]\n",
    ),
    (
        "[a](https://example.com/x) [b](crate::B)",
        " [a](https://example.com/x) \\[b\\](crate::B)\n",
    ),
    (
        "at https://example.com/a.",
        " at <https://example.com/a>.\n",
    ),
    (
        "at <https://example.com/a>, (https://b.example)",
        " at <https://example.com/a>, (<https://b.example>)\n",
    ),
    (
        "an <id>, a < b, <br/> and <!-- this -->",
        " an \\<id>, a < b, \\<br/> and \\<!-- this -->\n",
    ),
    ("`a [b]\nc` and [d]", " `a [b]\n c` and \\[d\\]\n"),
    ("a ` alone [b]", " a ` alone \\[b\\]\n"),
    ("kept \\[as is\\]", " kept \\[as is\\]\n"),
    ("```rust\npanic!()\n```", " ```text\n panic!()\n ```\n"),
    ("~~~\nx\n~~~\n[y]", " ~~~text\n x\n ~~~\n \\[y\\]\n"),
    ("````\n```\n[x]\n````", " ````text\n ```\n [x]\n ````\n"),
    ("```\nnever closed", " ```text\n never closed\n ```\n"),
    ("```inline``` [x]", " ```inline``` \\[x\\]\n"),
    ("a\n\n        indented", " a\n\n    indented\n"),
    ("> ```\n> x\n> ```", " > ```text\n > x\n > ```\n"),
    ("- ```\n  x\n  ```", " - ```text\n   x\n   ```\n"),
    (">     x", " >   x\n"),
    ("- a\n    - b", " - a\n     - b\n"),
    (
        "*/ a \u{7}bell\u{202e} and a\r\nbreak",
        " */ a bell and a\n break\n",
    ),
];

/// A description holds no code to test, no link to Rust, no HTML and no end of a comment.
#[test]
fn descriptions() {
    for (description, expected) in DESCRIPTIONS {
        let text = serde_json::json!(description).to_string();
        let docs: String = docs_of_field(&format!("{{ description: {text} }}"))
            .iter()
            .map(|line| format!("{line}\n"))
            .collect();
        assert_eq!(docs, *expected, "{description:?}");
    }
}

/// What easily becomes the type of an argument is taken as it is.
#[test]
fn arguments_are_taken_as_they_come() {
    let text = document(
        "  /a: { post: { operationId: make, parameters: [{ name: q, in: query, required: true }], \
         requestBody: { required: true, content: { multipart/form-data: { schema: { type: object, \
         required: [file, secret], properties: { file: { type: string, format: binary }, \
         secret: { type: string, format: password } } } } } }, \
         responses: { \"204\": { description: ok } } } }\n",
    );
    let code = code(&text);
    for argument in [
        "q: impl Into<String>,",
        "file: impl Into<crate::runtime::File>,",
        "secret: impl Into<crate::Secret>,",
    ] {
        assert!(code.contains(argument), "{argument}\n{code}");
    }
}

#[test]
fn servers() {
    let server = |servers: &str| {
        let code = crate::generated(&(document("  {}\n") + servers)).server;
        let line = code
            .lines()
            .find(|line| line.contains("pub const SERVER"))
            .unwrap();
        line.split_once("= ").unwrap().1.to_owned()
    };
    assert_eq!(server(""), "None;");
    assert_eq!(
        server("servers: [{ url: \"https://a.example/b/\" }, { url: \"https://c.example\" }]\n"),
        "Some(\"https://a.example/b\");"
    );
    // A token goes over https only, and variables have no value.
    for url in [
        "http://a.example",
        "/relative",
        "https://{host}/",
        "https://a.example/?b=c",
    ] {
        assert_eq!(
            server(&format!("servers: [{{ url: \"{url}\" }}]\n")),
            "None;",
            "{url}"
        );
    }
}

/// A document without operations makes a crate without any, and without unused imports.
#[test]
fn nothing_at_all() {
    let code = code(&document("  {}\n"));
    has(&code, "impl<T: crate::Token> crate::Client<T> {}");
    has(&code, "pub mod requests {}");
    lacks(&code, "use ");
}

/// YAML and JSON are two spellings of one document.
#[test]
fn json_is_the_same() {
    let yaml = std::fs::read_to_string(crate::EVERYTHING).unwrap();
    let value = generator::value(Path::new("spec.yaml"), &yaml)
        .ok()
        .unwrap();
    assert_eq!(code(&yaml), code(&value.to_string()));
}

/// What YAML's core schema makes of a plain text.
#[test]
fn yaml_scalars() {
    let value = |text: &str| {
        let schema = format!("{{ type: object, properties: {{ f: {{ example: {text} }} }} }}");
        let code = of(&schema, "");
        let line = code
            .lines()
            .find_map(|line| line.trim().strip_prefix("/// Example: "));
        line.unwrap_or("nothing").to_owned()
    };
    for (text, expected) in [
        ("1", "`1`."),
        ("0o17", "`15`."),
        ("0xff", "`255`."),
        ("-1.50", "`-1.5`."),
        (".5", "`0.5`."),
        ("1e3", "`1000.0`."),
        ("18446744073709551615", "`18446744073709551615`."),
        ("1_000", "`\"1_000\"`."),
        ("0b1", "`\"0b1\"`."),
        ("yes", "`\"yes\"`."),
        ("True", "`true`."),
        ("2017-08-01", "`\"2017-08-01\"`."),
        ("\"1\"", "`\"1\"`."),
        ("!!str 1", "`\"1\"`."),
        ("~", "nothing"),
        (".inf", "`\".inf\"`."),
        ("1.2.3", "`\"1.2.3\"`."),
        ("+1", "`1`."),
    ] {
        assert_eq!(value(text), expected, "{text}");
    }
}

/// Every fixture, and the document with everything.
fn documents() -> Vec<(String, serde_json::Value)> {
    let folder = Path::new("tests/generator/fixtures");
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut documents: Vec<(String, serde_json::Value)> = paths
        .filter(|path| path.extension().is_some_and(|kind| kind == "yaml"))
        .filter(|path| !path.ends_with("lenient.yaml"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let value = generator::value(&path, &text).unwrap();
            (path.display().to_string(), value)
        })
        .collect();
    documents.sort_by(|one, other| one.0.cmp(&other.0));
    documents
}

fn code_at(path: &str, document: &serde_json::Value) -> String {
    let text = document.to_string();
    match generator::generate_from(Path::new(path), &text, Mode::Strict) {
        Ok(generated) => generated.code,
        Err(problems) => panic!("refused:\n{problems}"),
    }
}

/// Hashing has another order every time, and must not show.
#[test]
fn the_same_document_gives_the_same_code() {
    for (path, document) in documents() {
        let code = code_at(&path, &document);
        for _ in 0..3 {
            assert_eq!(code_at(&path, &document), code, "{path}");
        }
    }
}

/// An operation in front of all others, and a field in front of those of every object, change the
/// name of nothing else.
#[test]
fn what_is_added_changes_no_other_name() {
    for (path, document) in documents() {
        let before = code_at(&path, &document);
        let mut longer = document;
        let new = serde_json::json!({ "get": { "operationId": "brand_new", "responses": { "200": {
            "description": "a",
            "content": { "application/json": { "schema": {
                "type": "object",
                "properties": { "inner": { "type": "object", "properties": { "a": {} } } }
            } } }
        } } } });
        put_first(&mut longer["paths"], "/brand-new", new);
        let schemas = longer.pointer_mut("/components/schemas");
        let schemas = schemas.and_then(serde_json::Value::as_object_mut);
        for (_, schema) in schemas.into_iter().flatten() {
            if schema.get("properties").is_some() {
                let field = serde_json::json!({ "type": "string", "enum": ["a"] });
                put_first(&mut schema["properties"], "brandNew", field);
            }
        }
        let after = code_at(&path, &longer);
        let names = |code: &str| -> std::collections::BTreeSet<String> {
            let lines = code.lines().map(str::trim);
            let lines = lines.filter(|line| line.starts_with("pub "));
            lines
                .map(|line| {
                    line.split(['(', '{', '<'])
                        .next()
                        .unwrap()
                        .trim()
                        .to_owned()
                })
                .collect()
        };
        let lost: Vec<String> = names(&before).difference(&names(&after)).cloned().collect();
        assert_eq!(lost, Vec::<String>::new(), "{path}");
    }
}

fn put_first(object: &mut serde_json::Value, key: &str, value: serde_json::Value) {
    let old = std::mem::take(object);
    let mut new = serde_json::Map::new();
    new.insert(key.to_owned(), value);
    if let serde_json::Value::Object(members) = old {
        new.extend(members);
    }
    *object = new.into();
}

/// The docs of the module list what is passed over.
#[test]
fn what_is_passed_over_is_said() {
    let (path, document) = documents()
        .into_iter()
        .find(|(path, _)| path.ends_with("repaired.yaml"))
        .unwrap();
    let code = code_at(&path, &document);
    let listed: Vec<&str> = code
        .lines()
        .skip_while(|line| !line.starts_with("/// # Ignored"))
        .take_while(|line| line.starts_with("///"))
        .filter(|line| line.starts_with("/// - "))
        .collect();
    for gist in [
        "the style 'form' has no meaning here",
        "'{other}' of the path has no parameter: treated as a string",
        "the path '/b' has no '{id}'",
        "'$comment' is not a key of a Schema Object",
        "'required' is a list of names",
        "appears twice in the enum",
        "an enum without a value",
        "no responses are described",
        "an array has no 'items'",
    ] {
        assert!(
            listed.iter().any(|line| line.contains(gist)),
            "{gist}: {listed:#?}"
        );
    }
}

/// The lenient way leaves out what it must, in words, and nothing else.
#[test]
fn what_cannot_be_generated_is_left_out_where_that_is_asked_for() {
    let path = Path::new("tests/generator/fixtures/lenient.yaml");
    assert!(generator::generate(path, Mode::Strict).is_err());
    let generated = generator::generate(path, Mode::Lenient).unwrap();
    assert_eq!(generated.operations, ["get_good", "post_good"]);
    assert_eq!(generated.left_out.len(), 3, "{:#?}", generated.left_out);
    for line in &generated.left_out {
        let shown = line.replace('`', "'");
        assert!(
            generated.code.contains(&shown),
            "{shown}\n{}",
            generated.code
        );
    }
    // A document that is wrong as a whole is refused all the same.
    let wrong = "openapi: 3.0.3\ninfo: { title: t, version: \"1\" }\nservers: [5]\npaths: {}\n";
    assert!(generator::generate_from(Path::new("spec.yaml"), wrong, Mode::Lenient).is_err());
    // Nor is there a client without an operation.
    let nothing = document("  /a: { get: { responses: { abc: {} } } }\n");
    assert!(generator::generate_from(Path::new("spec.yaml"), &nothing, Mode::Lenient).is_err());
}
