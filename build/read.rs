//! From the document, by way of `openapiv3`, to the model.

use std::collections::HashMap;

use openapiv3::{Operation as Described, RequestBody, Response, SecurityScheme};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::doc;
use super::model::{Access, Answer, Api, Body, Operation, Parameter, Period, Place, Schema};
use super::names::{self, Scope};
use super::paging;
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
pub const CLIENT_METHODS: [&str; 12] = [
    "new",
    "builder",
    "from_env",
    "clone",
    "with_token",
    "with_cancel",
    "without_token",
    "into_master",
    "into_user",
    "token",
    "base_url",
    "exchange",
];

/// What the module of request builders has already: its imports, and the builders' parameter.
const TYPES: [&str; 10] = [
    "Client",
    "Error",
    "Items",
    "Method",
    "Operation",
    "PageRequest",
    "Paged",
    "Pages",
    "Request",
    "T",
];

/// Security schemes that the crate has a token type for.
const TOKENS: [(&str, &str); 2] = [("masterToken", "MasterToken"), ("userToken", "UserToken")];

/// Checks the document and reads it.
pub fn read(source: &Source) -> Result<Api, Problems> {
    let mut problems = source.problems.clone();
    problems.extend(shape::check(source)?);
    let mut reader = Reader {
        source,
        schemas: Schemas::new(source, problems),
        methods: Scope::with(&CLIENT_METHODS),
        types: Scope::with(&TYPES),
        ids: HashMap::new(),
    };
    let mut operations = reader.operations();
    reader.schemas.finish();
    for paging in operations
        .iter()
        .filter_map(|operation| operation.paging.as_ref())
    {
        paging::check_key(&mut reader, paging);
    }
    let Schemas {
        mut records,
        enums,
        found,
        ..
    } = reader.schemas;
    found.into_result()?;
    sent::mark(&mut operations, &mut records);
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

/// The first server, where a client can start from it: a token goes over https only.
fn server(source: &Source) -> Option<String> {
    let url = source.at("/servers/0/url")?.as_str()?;
    let plain = url.starts_with("https://") && !url.contains(['{', '?', '#', '@']);
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
            self.check_servers(&item_pointer);
            for key in item.as_object().into_iter().flat_map(Map::keys) {
                if let Some((_, method)) = METHODS.iter().find(|(name, _)| name == key) {
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
        self.check_servers(&pointer);
        let id = self.operation_id(&described, path, key, &pointer);
        let type_name = self.types.take(names::type_name(&id));
        let period = self.period(&described, &pointer);
        let mut parameters = parameters::read(self, path, item, &pointer, &type_name);
        let body = self.body(method, &pointer, &type_name);
        let statuses = self.statuses(&pointer);
        let answer = self.answer(method, &pointer, &type_name);
        let paging = paging::read(self, &pointer, &parameters, &answer);
        if let Some(period) = &period {
            self.fold(period, &mut parameters, &pointer);
        }
        Some(Operation {
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
            paging,
            body,
            answer,
            statuses,
            secrets: Vec::new(),
        })
    }

    /// Calls go to the one server of the client.
    fn check_servers(&mut self, pointer: &str) {
        let at = join(pointer, "servers");
        if self.source.at(&at).is_some() {
            self.report(
                &at,
                "servers of a path or an operation are not supported",
                "name the server at the top of the document",
            );
        }
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

    fn body(&mut self, method: &str, pointer: &str, name: &str) -> Option<Body> {
        let at = join(pointer, "requestBody");
        self.source.at(&at)?;
        if method == "HEAD" || method == "TRACE" {
            self.report(&at, format!("`{method}` takes no body"), "leave it out");
        }
        let (body, at): (RequestBody, String) = self.resolve(&at)?;
        let types: Vec<String> = body.content.keys().cloned().collect();
        let schema = self.json_schema(&types, &join(&at, "content"), &format!("{name}Body"))?;
        Some(Body {
            schema,
            required: body.required,
            doc: doc::markdown(body.description.as_deref().unwrap_or_default()),
        })
    }

    fn answer(&mut self, method: &str, pointer: &str, name: &str) -> Answer {
        let at = join(pointer, "responses");
        let Some(status) = self.success(&at) else {
            return Answer::Empty;
        };
        let Some((response, at)) = self.resolve::<Response>(&join(&at, status)) else {
            return Answer::Empty;
        };
        // What `HEAD` describes is what `GET` would answer.
        if response.content.is_empty() || method == "HEAD" {
            return Answer::Empty;
        }
        let types: Vec<String> = response.content.keys().cloned().collect();
        match self.json_schema(&types, &join(&at, "content"), &format!("{name}Answer")) {
            Some(schema) => Answer::Json(schema),
            None => Answer::Empty,
        }
    }

    /// The one status that a success answers with.
    fn success(&mut self, pointer: &str) -> Option<String> {
        let statuses = self.keys_at(pointer);
        let mut success: Vec<&String> = statuses
            .iter()
            .filter(|status| status.starts_with('2'))
            .collect();
        if success.is_empty() {
            success.extend(statuses.iter().find(|status| *status == "default"));
        }
        match success.as_slice() {
            [one] => return Some((*one).clone()),
            [] => self.report(
                pointer,
                "no response of a success is described",
                "add the `2xx` status that the operation answers with",
            ),
            [first, others @ ..] => {
                let others = others.iter().map(|other| format!(", {other}"));
                let found = format!(
                    "{} statuses of success are described: {first}{}",
                    success.len(),
                    others.collect::<String>()
                );
                let remedy = "one is supported; keep the one that is answered";
                self.report(pointer, found, remedy);
            }
        }
        None
    }

    /// The keys of the object at a pointer, without extensions.
    fn keys_at(&self, pointer: &str) -> Vec<String> {
        let members = self.source.at(pointer).and_then(Value::as_object);
        let keys = members.into_iter().flat_map(|members| members.keys());
        keys.filter(|key| !key.starts_with("x-")).cloned().collect()
    }

    /// The schema of the JSON form of a content, the only form that is supported.
    fn json_schema(&mut self, types: &[String], content: &str, name: &str) -> Option<Schema> {
        let Some(json) = types.iter().find(|name| is_json(name)) else {
            let found = match types {
                [] => "there is no content".to_owned(),
                _ => format!("the content is `{}`", types.join("`, `")),
            };
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
    fn statuses(&mut self, pointer: &str) -> Vec<(String, String)> {
        let at = join(pointer, "responses");
        let mut described = Vec::new();
        for status in self.keys_at(&at) {
            if let Some((response, _)) = self.resolve::<Response>(&join(&at, &status)) {
                let line = response.description.trim().lines().next();
                described.push((status, line.unwrap_or_default().to_owned()));
            }
        }
        described
    }

    fn period(&mut self, described: &Described, pointer: &str) -> Option<Period> {
        let at = join(pointer, "x-period");
        let value = described.extensions.get("x-period")?;
        let [mode, value, start, end, week] =
            self.texts(value, &at, ["mode", "value", "start", "end", "week"])?;
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
    pub fn texts<const N: usize>(
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
        // A reference that leads nowhere was reported by the pass over all of them.
        let pointer = refs::resolve(self.source, pointer)?;
        Some((self.parse(&pointer)?, pointer))
    }

    /// `openapiv3`'s view of the part of the document at a pointer.
    fn parse<T: DeserializeOwned>(&mut self, pointer: &str) -> Option<T> {
        let value = frame(self.source.at(pointer)?);
        match serde_json::from_value(value) {
            Ok(parsed) => Some(parsed),
            // The pass over the shape has said it better.
            Err(_) if self.schemas.found.is_damaged(pointer) => None,
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

fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// A part of the document without what has a reader of its own, or means nothing to a client.
///
/// So a fault is told of the part that has it, and not of all that is around it. Schemas are read
/// raw, with their pointers. Examples, links and callbacks make no Rust, and `openapiv3` refuses
/// some that are valid.
fn frame(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(key, _)| {
                !matches!(
                    key.as_str(),
                    "example"
                        | "examples"
                        | "links"
                        | "callbacks"
                        | "headers"
                        | "parameters"
                        | "requestBody"
                )
            })
            .map(|(key, value)| match key.as_str() {
                "schema" | "responses" => (key.clone(), Value::Object(Default::default())),
                _ => (key.clone(), frame(value)),
            })
            .collect(),
        Value::Array(items) => items.iter().map(frame).collect(),
        scalar => scalar.clone(),
    }
}
