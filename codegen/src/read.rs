//! From the document, by way of `openapiv3`, to the model.

use std::collections::{BTreeMap, HashMap};

use openapiv3::Operation as Described;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::access;
use crate::content;
use crate::doc;
use crate::model::{Access, Api, Operation, Parameter, Period, Place, Scheme};
use crate::names::{self, Scope};
use crate::paging;
use crate::parameters;
use crate::path;
use crate::place;
use crate::problem::Problems;
use crate::schema::Schemas;
use crate::shape::{self, show};
use crate::source::{Source, join};
use crate::{refs, sent};

pub const METHODS: [(&str, &str); 8] = [
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
    "request_master_token",
];

/// What the module of request builders has already: its imports, and the builders' parameter.
const TYPES: [&str; 13] = [
    "Client",
    "Error",
    "File",
    "Items",
    "Method",
    "Operation",
    "PageRequest",
    "Paged",
    "Pages",
    "Place",
    "Request",
    "Style",
    "T",
];

/// Checks the document and reads it.
pub fn read(source: &mut Source) -> Result<Api, Problems> {
    let checked = shape::check(source)?;
    let mut problems = std::mem::take(&mut source.problems);
    problems.extend(checked.problems);
    let source = &*source;
    let mut reader = Reader {
        source,
        schemas: Schemas::new(source, problems),
        methods: Scope::with(&CLIENT_METHODS),
        types: Scope::with(&TYPES),
        accesses: Scope::default(),
        tokens: HashMap::new(),
        schemes: BTreeMap::new(),
        ids: HashMap::new(),
        server: server(source, "/servers"),
    };
    reader.schemas.notes = checked.notes;
    let operations = reader.operations();
    reader.schemas.finish();
    for paging in operations.iter().filter_map(|known| known.paging.as_ref()) {
        paging::check_key(&mut reader, paging);
    }
    reader.into_api(operations)
}

/// The first of the servers at a pointer, where a client can start from it: a token goes over https
/// only.
fn server(source: &Source, pointer: &str) -> Option<String> {
    let url = address(source, pointer)?;
    let plain = url.starts_with("https://") && !url.contains(['{', '?', '#', '@']);
    plain.then(|| url.trim_end_matches('/').to_owned())
}

/// The first of the servers at a pointer, its variables filled in.
fn address(source: &Source, pointer: &str) -> Option<String> {
    let server = source.at(&join(pointer, 0))?;
    let mut url = server.get("url")?.as_str()?.to_owned();
    let variables = server.get("variables").and_then(Value::as_object);
    for (name, variable) in variables.into_iter().flatten() {
        let default = variable.get("default").and_then(Value::as_str);
        url = url.replace(&format!("{{{name}}}"), default.unwrap_or_default());
    }
    Some(url)
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
    /// Names of tokens, and of the traits that say who may call.
    pub accesses: Scope,
    /// The types of the tokens of schemes that came up.
    pub tokens: HashMap<String, String>,
    pub schemes: BTreeMap<String, Scheme>,
    /// Where each operationId stood first.
    ids: HashMap<String, String>,
    /// Where the client goes unless told otherwise.
    server: Option<String>,
}

impl<'s> Reader<'s> {
    /// All that was read, where nothing is wrong with it.
    fn into_api(mut self, mut operations: Vec<Operation>) -> Result<Api, Problems> {
        let mut accesses = BTreeMap::new();
        for access in operations.iter().map(|known| &known.access) {
            if *access != Access::Open && !accesses.contains_key(access) {
                let name = self.accesses.take(access::name(access));
                accesses.insert(access.clone(), name);
            }
        }
        let Schemas {
            mut records,
            enums,
            unions,
            found,
            notes,
            ..
        } = self.schemas;
        found.into_result()?;
        sent::mark(&mut operations, &mut records, &unions);
        let info = |key| {
            self.source
                .at("/info")
                .map(|info| text(info, key))
                .unwrap_or_default()
        };
        Ok(Api {
            title: info("title"),
            version: info("version"),
            doc: doc::markdown(&info("description")),
            base_url: self.server,
            operations,
            schemes: self.schemes,
            accesses,
            records,
            enums,
            unions,
            notes,
            left_out: Vec::new(),
        })
    }

    fn operations(&mut self) -> Vec<Operation> {
        let Some(Value::Object(paths)) = self.source.at("/paths") else {
            return Vec::new();
        };
        let mut operations = Vec::new();
        for path in paths.keys().filter(|path| path.starts_with('/')) {
            let Some(pointer) = refs::resolve(self.source, &join("/paths", path)) else {
                // Where the reference leads was looked at before.
                continue;
            };
            let item = self.source.at(&pointer).and_then(Value::as_object);
            for key in item.into_iter().flat_map(Map::keys) {
                if let Some((_, method)) = METHODS.iter().find(|(name, _)| name == key) {
                    operations.extend(self.operation(path, &pointer, key, method));
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
        let type_name = self.types.take(names::type_name(&id));
        let period = self.period(&described, &pointer);
        let mut parameters = parameters::read(self, path, item, &pointer, &type_name);
        let sent = content::body(self, method, &pointer, &type_name);
        let refusals = content::refusals(self, &pointer, &type_name);
        let (answer, accept) = content::answer(self, method, &pointer, &type_name);
        parameters.extend(sent.fields);
        parameters::name(&mut parameters);
        let paging = paging::read(self, &pointer, &parameters, &answer);
        if let Some(period) = &period {
            self.fold(period, &mut parameters, &pointer);
        }
        Some(Operation {
            name: self.methods.take(names::snake(&id)),
            type_name,
            method,
            path: path::sent(path).to_owned(),
            server: self.own_server(item, &pointer),
            doc: doc::paragraphs([
                doc::markdown(described.summary.as_deref().unwrap_or_default()),
                doc::markdown(described.description.as_deref().unwrap_or_default()),
            ]),
            deprecated: described.deprecated,
            access: self.access(&pointer),
            parameters,
            period,
            paging,
            body: sent.body,
            multipart: sent.multipart,
            answer,
            accept,
            refusals,
            secrets: Vec::new(),
        })
    }

    fn access(&mut self, pointer: &str) -> Access {
        access::read(self, pointer)
    }

    /// The server of an operation or of its path, where that is not the one of the client.
    fn own_server(&mut self, item: &str, pointer: &str) -> Option<String> {
        let owner = [pointer, item]
            .map(|owner| join(owner, "servers"))
            .into_iter()
            .find(|at| self.source.at(&join(at, 0)).is_some())?;
        let url = address(self.source, &owner)?;
        // A relative one starts at the host of the client's server.
        let url = match (&self.server, url.contains("://")) {
            (_, true) => url,
            (Some(base), false) => {
                let host = base
                    .match_indices('/')
                    .nth(2)
                    .map_or(base.len(), |(end, _)| end);
                let path = url.trim_start_matches('/');
                format!("{}/{path}", base.get(..host).unwrap_or_default())
            }
            (None, false) => {
                self.note(&owner, "a server without a host: passed over");
                return None;
            }
        };
        let url = url.trim_end_matches('/').to_owned();
        Some(url).filter(|url| Some(url) != self.server.as_ref())
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
            return format!("{key} {}", place::path_words(path));
        };
        let at = join(pointer, "operationId");
        if let Some(first) = self.ids.insert(id.clone(), at.clone()) {
            let first = self.source.shown(&format!("#{first}"));
            let found = format!("the operationId `{id}` stands at {first} already");
            self.report(&at, found, "every operation wants an id of its own");
        }
        id
    }

    /// The keys of the object at a pointer, without extensions.
    pub fn keys_at(&self, pointer: &str) -> Vec<String> {
        let members = self.source.at(pointer).and_then(Value::as_object);
        let keys = members.into_iter().flat_map(|members| members.keys());
        keys.filter(|key| !key.starts_with("x-")).cloned().collect()
    }

    fn period(&mut self, described: &Described, pointer: &str) -> Option<Period> {
        let at = join(pointer, "x-period");
        let value = described.extensions.get("x-period")?;
        let [mode, value, start, end, week] =
            self.texts(value, &at, ["mode", "value", "start", "end", "week"], &[])?;
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
        optional: &[&str],
    ) -> Option<[String; N]> {
        let members = value.as_object().cloned().unwrap_or_default();
        let known = |name: &str| names.contains(&name) || optional.contains(&name);
        let fits = names.iter().all(|name| members.contains_key(*name))
            && members
                .iter()
                .all(|(name, value)| known(name) && value.is_string());
        if !fits {
            let mut remedy = format!(
                "it wants the keys `{}`, each with a text",
                names.join("`, `")
            );
            for name in optional {
                remedy.push_str(&format!("; `{name}` is optional"));
            }
            self.report(pointer, format!("{} does not fit", show(value)), remedy);
            return None;
        }
        Some(names.map(|name| text(value, name)))
    }

    /// The part of the document at a pointer, or where its `$ref` leads, with its own pointer.
    pub fn resolve<T: DeserializeOwned>(&mut self, pointer: &str) -> Option<(T, String)> {
        self.resolve_with(pointer, |_| ())
    }

    /// The same, with what `openapiv3` would refuse without a reason taken out before.
    pub fn resolve_with<T: DeserializeOwned>(
        &mut self,
        pointer: &str,
        prepare: impl FnOnce(&mut Map<String, Value>),
    ) -> Option<(T, String)> {
        // A reference that leads nowhere was reported by the pass over all of them.
        let pointer = refs::resolve(self.source, pointer)?;
        let mut value = frame(self.source.at(&pointer)?);
        if let Value::Object(members) = &mut value {
            prepare(members);
        }
        Some((self.parse_value(value, &pointer)?, pointer))
    }

    /// `openapiv3`'s view of the part of the document at a pointer.
    fn parse<T: DeserializeOwned>(&mut self, pointer: &str) -> Option<T> {
        let value = frame(self.source.at(pointer)?);
        self.parse_value(value, pointer)
    }

    fn parse_value<T: DeserializeOwned>(&mut self, value: Value, pointer: &str) -> Option<T> {
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

    /// Says in words what is passed over.
    pub fn note(&mut self, pointer: &str, found: &str) {
        let note = self.source.problem(pointer, found).to_string();
        self.schemas.notes.push(note);
    }

    pub fn report(&mut self, pointer: &str, found: impl Into<String>, remedy: impl Into<String>) {
        self.schemas.report(pointer, found, remedy);
    }
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
                        | "encoding"
                        | "externalDocs"
                        | "servers"
                        | "tags"
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
