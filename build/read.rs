//! From the document, by way of `openapiv3`, to the model.

use std::collections::HashMap;

use openapiv3::{Operation as Described, RequestBody, Response, SecurityScheme};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::doc;
use super::model::{Access, Answer, Api, Body, Operation, Parameter, Period, Place, Schema};
use super::names::{self, Scope};
use super::parameters;
use super::problem::Problems;
use super::schema::Schemas;
use super::shape::{self, show};
use super::source::{Source, join};
use super::{refs, sent};

const METHODS: [(&str, &str); 8] = [
    ("get", "GET"),
    ("put", "PUT"),
    ("post", "POST"),
    ("delete", "DELETE"),
    ("options", "OPTIONS"),
    ("head", "HEAD"),
    ("patch", "PATCH"),
    ("trace", "TRACE"),
];

/// Methods of the client that are written by hand: operations of these names get a number.
const CLIENT_METHODS: [&str; 9] = [
    "new",
    "builder",
    "from_env",
    "clone",
    "with_token",
    "without_token",
    "token",
    "base_url",
    "exchange",
];

/// What the module of request builders imports.
const TYPES: [&str; 5] = ["Client", "Error", "Method", "Operation", "Request"];

/// Security schemes that the crate has a token type for.
const TOKENS: [(&str, &str); 2] = [("masterToken", "MasterToken"), ("userToken", "UserToken")];

/// Checks the document and reads it.
pub fn read(source: &Source) -> Result<Api, Problems> {
    shape::check(source)?;
    refs::check(source)?;
    let mut reader = Reader {
        source,
        schemas: Schemas::new(source),
        methods: Scope::with(&CLIENT_METHODS),
        types: Scope::with(&TYPES),
        ids: HashMap::new(),
    };
    let operations = reader.operations();
    let Schemas {
        mut records,
        enums,
        problems,
        ..
    } = reader.schemas;
    problems.into_result()?;
    sent::mark(&operations, &mut records);
    let info = |key| {
        source
            .at("/info")
            .map(|info| text(info, key))
            .unwrap_or_default()
    };
    Ok(Api {
        title: info("title"),
        version: info("version"),
        doc: doc::markdown(&info("description")),
        base_url: server(source),
        operations,
        records,
        enums,
    })
}

/// The first server, where it is a plain URL.
fn server(source: &Source) -> Option<String> {
    let url = source.at("/servers/0/url")?.as_str()?;
    let plain = url.starts_with("http") && !url.contains('{');
    plain.then(|| url.trim_end_matches('/').to_owned())
}

fn text(value: &Value, key: &str) -> String {
    value
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

pub struct Reader<'s> {
    pub source: &'s Source,
    pub schemas: Schemas<'s>,
    methods: Scope,
    types: Scope,
    /// Where each operationId stood first.
    ids: HashMap<String, String>,
}

impl<'s> Reader<'s> {
    fn operations(&mut self) -> Vec<Operation> {
        let Some(Value::Object(paths)) = self.source.at("/paths") else {
            return Vec::new();
        };
        let mut operations = Vec::new();
        for (path, item) in paths.iter().filter(|(path, _)| path.starts_with('/')) {
            let item_pointer = join("/paths", path);
            if item.get("$ref").is_some() {
                self.report(
                    &join(&item_pointer, "$ref"),
                    "a path item by reference is not supported",
                    "write the path's operations out here",
                );
            }
            for (key, method) in METHODS {
                if item.get(key).is_some() {
                    operations.extend(self.operation(path, &item_pointer, key, method));
                }
            }
        }
        operations
    }

    fn operation(
        &mut self,
        path: &str,
        item: &str,
        key: &str,
        method: &'static str,
    ) -> Option<Operation> {
        let pointer = join(item, key);
        let described: Described = self.parse(&pointer)?;
        let id = self.operation_id(&described, path, key, &pointer);
        let type_name = self.types.take(names::pascal(&id));
        let period = self.period(&described, &pointer);
        let mut parameters = parameters::read(self, path, item, &pointer, &type_name);
        let body = self.body(&described, &pointer, &type_name);
        let statuses = self.statuses(&described, &pointer);
        let answer = self.answer(&described, &pointer, &type_name);
        self.check_paging(&described, &pointer, &parameters);
        if let Some(period) = &period {
            self.fold(period, &mut parameters, &pointer);
        }
        let mut operation = Operation {
            name: self.methods.take(names::snake(&id)),
            type_name,
            method,
            path: path.to_owned(),
            doc: doc::paragraphs([
                doc::markdown(described.summary.as_deref().unwrap_or_default()),
                doc::markdown(described.description.as_deref().unwrap_or_default()),
            ]),
            deprecated: described.deprecated,
            access: self.access(&described, &pointer),
            parameters,
            period,
            body,
            answer,
            statuses,
            secrets: Vec::new(),
        };
        operation.secrets = sent::secrets(&operation, &self.schemas.records);
        Some(operation)
    }

    /// A name is made of method and path where the document gives none.
    fn operation_id(
        &mut self,
        described: &Described,
        path: &str,
        key: &str,
        pointer: &str,
    ) -> String {
        let Some(id) = described.operation_id.clone() else {
            return format!("{key} {}", path.replace(['{', '}', '/'], " "));
        };
        let at = join(pointer, "operationId");
        if let Some(first) = self.ids.insert(id.clone(), at.clone()) {
            let found = format!("the operationId `{id}` stands at #{first} already");
            self.report(&at, found, "every operation wants an id of its own");
        }
        id
    }

    fn access(&mut self, described: &Described, pointer: &str) -> Access {
        let (requirements, pointer) = match &described.security {
            Some(own) => (Some(own.clone()), join(pointer, "security")),
            None => {
                let shared = self.source.at("/security").cloned();
                (
                    shared.and_then(|shared| serde_json::from_value(shared).ok()),
                    "/security".into(),
                )
            }
        };
        let mut tokens = Vec::new();
        for (index, requirement) in requirements.unwrap_or_default().iter().enumerate() {
            let at = join(&pointer, index);
            match requirement.keys().collect::<Vec<_>>().as_slice() {
                [scheme] => tokens.extend(self.token(scheme, &at)),
                [] => self.report(
                    &at,
                    "a token that may be left out is not supported",
                    "list the schemes, or write `security: []` where none is needed",
                ),
                _ => self.report(
                    &at,
                    "several schemes at once are not supported",
                    "put each scheme into a requirement of its own, which makes them alternatives",
                ),
            }
        }
        tokens.sort();
        tokens.dedup();
        if tokens.is_empty() {
            Access::Open
        } else {
            Access::AnyOf(tokens)
        }
    }

    fn token(&mut self, scheme: &str, pointer: &str) -> Option<String> {
        let at = join("/components/securitySchemes", scheme);
        if self.source.at(&at).is_none() {
            let found = format!("the security scheme `{scheme}` is not declared");
            self.report(pointer, found, "declare it at #/components/securitySchemes");
            return None;
        }
        let declared: SecurityScheme = self.parse(&at)?;
        let bearer = matches!(&declared, SecurityScheme::HTTP { scheme, .. } if scheme.eq_ignore_ascii_case("bearer"));
        if !bearer {
            self.report(
                &at,
                format!("`{scheme}` is no bearer token"),
                "only `type: http` with `scheme: bearer` is supported",
            );
            return None;
        }
        let known = TOKENS.iter().find(|(name, _)| *name == scheme);
        if known.is_none() {
            let names = TOKENS.map(|(name, _)| name).join("`, `");
            self.report(
                &at,
                format!("there is no token type for `{scheme}`"),
                format!("the schemes are `{names}`"),
            );
        }
        known.map(|(_, token)| (*token).to_owned())
    }

    fn body(&mut self, described: &Described, pointer: &str, name: &str) -> Option<Body> {
        described.request_body.as_ref()?;
        let (body, at): (RequestBody, String) = self.resolve(&join(pointer, "requestBody"))?;
        let content = join(&at, "content");
        let schema = self.json_schema(
            &body.content.keys().cloned().collect::<Vec<_>>(),
            &content,
            &format!("{name}Body"),
        )?;
        Some(Body {
            schema,
            required: body.required,
            doc: doc::markdown(body.description.as_deref().unwrap_or_default()),
        })
    }

    fn answer(&mut self, described: &Described, pointer: &str, name: &str) -> Answer {
        let responses = join(pointer, "responses");
        let success: Vec<String> = described
            .responses
            .responses
            .keys()
            .map(ToString::to_string)
            .filter(|status| status.starts_with('2'))
            .collect();
        let status = match success.as_slice() {
            [one] => one.clone(),
            [] if described.responses.default.is_some() => "default".into(),
            [] => {
                self.report(
                    &responses,
                    "no response of a success is described",
                    "add the `2xx` status that the operation answers with",
                );
                return Answer::Empty;
            }
            several => {
                let found = format!(
                    "{} statuses of success are described: {}",
                    several.len(),
                    several.join(", ")
                );
                self.report(
                    &responses,
                    found,
                    "one is supported; keep the one that is answered",
                );
                return Answer::Empty;
            }
        };
        let Some((response, at)) = self.resolve::<Response>(&join(&responses, status)) else {
            return Answer::Empty;
        };
        if response.content.is_empty() {
            return Answer::Empty;
        }
        let types: Vec<String> = response.content.keys().cloned().collect();
        match self.json_schema(&types, &join(&at, "content"), &format!("{name}Answer")) {
            Some(schema) => Answer::Json(schema),
            None => Answer::Empty,
        }
    }

    /// The schema of the JSON form of a content, the only form that is supported.
    fn json_schema(&mut self, types: &[String], content: &str, name: &str) -> Option<Schema> {
        let Some(json) = types.iter().find(|name| is_json(name)) else {
            let found = format!("the content is `{}`", types.join("`, `"));
            self.report(content, found, "only `application/json` is supported");
            return None;
        };
        let media = join(content, json);
        if self.source.at(&join(&media, "schema")).is_none() {
            self.report(
                &media,
                "the JSON has no `schema`",
                "add one; `{}` stands for anything",
            );
            return None;
        }
        Some(self.schemas.read(&join(&media, "schema"), name))
    }

    /// Every status with the first line of what is said of it.
    fn statuses(&mut self, described: &Described, pointer: &str) -> Vec<(String, String)> {
        let statuses: Vec<String> = described
            .responses
            .responses
            .keys()
            .map(ToString::to_string)
            .collect();
        let mut described = Vec::new();
        for status in statuses {
            let at = format!("{pointer}/responses/{status}");
            if let Some((response, _)) = self.resolve::<Response>(&at) {
                let line = response
                    .description
                    .trim()
                    .lines()
                    .next()
                    .unwrap_or_default();
                described.push((status, line.to_owned()));
            }
        }
        described
    }

    fn check_paging(&mut self, described: &Described, pointer: &str, parameters: &[Parameter]) {
        let Some(value) = described.extensions.get("x-paging") else {
            return;
        };
        let at = join(pointer, "x-paging");
        let Some([page, size, _key]) = self.keys(value, &at, ["page", "size", "key"]) else {
            return;
        };
        for name in [page, size] {
            let known = |known: &Parameter| known.wire == name && known.place == Place::Query;
            if !parameters.iter().any(known) {
                self.report(
                    &at,
                    format!("`{name}` is no query parameter of this operation"),
                    "name one of its query parameters",
                );
            }
        }
    }

    fn period(&mut self, described: &Described, pointer: &str) -> Option<Period> {
        let at = join(pointer, "x-period");
        let value = described.extensions.get("x-period")?;
        let [mode, value, start, end, week] =
            self.keys(value, &at, ["mode", "value", "start", "end", "week"])?;
        let iso_week = match week.as_str() {
            "YYYY-WWW" => true,
            "YYYY-WW" => false,
            other => {
                self.report(
                    &join(&at, "week"),
                    format!("`{other}` is no form of a week"),
                    "it is `YYYY-WW` or `YYYY-WWW`",
                );
                return None;
            }
        };
        Some(Period {
            mode,
            value,
            start,
            end,
            iso_week,
        })
    }

    /// Takes the four parameters of a period out of the others.
    fn fold(&mut self, period: &Period, parameters: &mut Vec<Parameter>, pointer: &str) {
        for name in [&period.mode, &period.value, &period.start, &period.end] {
            let known = parameters
                .iter()
                .position(|known| known.wire == *name && known.place == Place::Query);
            match known {
                Some(index) => drop(parameters.remove(index)),
                None => self.report(
                    &join(pointer, "x-period"),
                    format!("`{name}` is no query parameter of this operation"),
                    "name one of its query parameters",
                ),
            }
        }
    }

    /// The texts below an `x-` key of a fixed form.
    fn keys<const N: usize>(
        &mut self,
        value: &Value,
        pointer: &str,
        names: [&str; N],
    ) -> Option<[String; N]> {
        let members = value.as_object().cloned().unwrap_or_default();
        let fits = members.len() == N
            && names
                .iter()
                .all(|name| members.get(*name).is_some_and(Value::is_string));
        if !fits {
            let remedy = format!(
                "it wants the keys `{}`, each with a text",
                names.join("`, `")
            );
            self.report(pointer, format!("{} does not fit", show(value)), remedy);
            return None;
        }
        Some(names.map(|name| text(value, name)))
    }

    /// The part of the document at a pointer, or where its `$ref` leads, with its own pointer.
    pub fn resolve<T: DeserializeOwned>(&mut self, pointer: &str) -> Option<(T, String)> {
        let mut pointer = pointer.to_owned();
        // References in a circle were reported before: this ends.
        while let Some(reference) = self.source.at(&pointer)?.get("$ref") {
            pointer = reference.as_str()?.strip_prefix('#')?.to_owned();
        }
        Some((self.parse(&pointer)?, pointer))
    }

    /// `openapiv3`'s view of the part of the document at a pointer.
    fn parse<T: DeserializeOwned>(&mut self, pointer: &str) -> Option<T> {
        let value = frame(self.source.at(pointer)?);
        match serde_json::from_value(value) {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                self.report(
                    pointer,
                    format!("this cannot be read: {error}"),
                    "mend it as the OpenAPI specification has it",
                );
                None
            }
        }
    }

    pub fn report(&mut self, pointer: &str, found: impl Into<String>, remedy: impl Into<String>) {
        self.schemas.report(pointer, found, remedy);
    }
}

pub fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// A part of the document without what has a reader of its own, or means nothing to a client.
///
/// Schemas are read raw, with their pointers. Examples, links and callbacks make no Rust, and
/// `openapiv3` refuses some that are valid.
fn frame(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(key, _)| {
                !matches!(
                    key.as_str(),
                    "example" | "examples" | "links" | "callbacks" | "headers"
                )
            })
            .map(|(key, value)| match key.as_str() {
                "schema" => (key.clone(), Value::Object(Default::default())),
                _ => (key.clone(), frame(value)),
            })
            .collect(),
        Value::Array(items) => items.iter().map(frame).collect(),
        scalar => scalar.clone(),
    }
}
