//! Reads the operations below `paths`, and the types that they use.

use std::collections::HashMap;

use openapiv3::Operation as Described;
use serde_json::{Map, Value};

use super::context::Context;
use super::security::SecuritySchemes;
use super::{content, direction, parameters, path};
use crate::document::{Findings, Source, openapi_objects, references};
use crate::extensions::{paging, period};
use crate::model::{Api, Operation};
use crate::schema::inline_names;
use crate::schema::registry::Registry;
use crate::text::names::{self, Scope};
use crate::text::reserved_names::{CLIENT_METHODS, REQUEST_TYPES};
use crate::text::{Diagnostics, join, markdown};
use crate::validate;

/// Checks the document and reads it.
pub fn read(source: &mut Source) -> Result<Api, Diagnostics> {
    let (diagnostics, notes) = validate::check(source)?;
    let source = &*source;
    let mut reader = Reader {
        context: Context::new(Findings::new(source, diagnostics, notes)),
        methods: Scope::with(&CLIENT_METHODS),
        types: Scope::with(&REQUEST_TYPES),
        security: SecuritySchemes::default(),
        ids: HashMap::new(),
        server: server(source, "/servers"),
    };
    let operations = reader.operations();
    reader.context.schemas.finish();
    let Registry {
        findings, records, ..
    } = &mut reader.context.schemas.registry;
    for paging in operations.iter().filter_map(|known| known.paging.as_ref()) {
        paging::check_key(findings, paging, records.get(&paging.record));
    }
    reader.into_api(operations)
}

/// The first of the servers at a pointer, if it can be a base URL: a token goes over https only.
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

struct Reader<'s> {
    context: Context<'s>,
    methods: Scope,
    types: Scope,
    security: SecuritySchemes,
    /// Each operationId, with the pointer where it stood first.
    ids: HashMap<String, String>,
    /// The default base URL of the client.
    server: Option<String>,
}

impl Reader<'_> {
    /// Returns all that was read, if nothing is wrong with it.
    fn into_api(mut self, mut operations: Vec<Operation>) -> Result<Api, Diagnostics> {
        let choices = operations.iter().map(|known| &known.security);
        let token_traits = self.security.traits(choices);
        let Registry {
            findings,
            mut records,
            enums,
            unions,
            ..
        } = self.context.schemas.registry;
        let (diagnostics, notes) = findings.into_parts();
        diagnostics.into_result()?;
        direction::mark(&mut operations, &mut records, &unions);
        let info = |key| {
            let value = self.context.source.at("/info")?.get(key)?;
            value.as_str().map(str::to_owned)
        };
        Ok(Api {
            title: info("title").unwrap_or_default(),
            version: info("version").unwrap_or_default(),
            doc: markdown::markdown(&info("description").unwrap_or_default()),
            base_url: self.server,
            operations,
            schemes: self.security.schemes,
            token_traits,
            records,
            enums,
            unions,
            notes,
            left_out: Vec::new(),
        })
    }

    fn operations(&mut self) -> Vec<Operation> {
        let source = self.context.source;
        let Some(Value::Object(paths)) = source.at("/paths") else {
            return Vec::new();
        };
        let mut operations = Vec::new();
        for path in paths.keys().filter(|path| path.starts_with('/')) {
            let Some(pointer) = references::resolve(source, &join("/paths", path)) else {
                // The validation has reported where the reference leads.
                continue;
            };
            let item = source.at(&pointer).and_then(Value::as_object);
            for key in item.into_iter().flat_map(Map::keys) {
                if let Some(method) = openapi_objects::method(key) {
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
        let (described, _) = self.context.resolve::<Described>(&pointer)?;
        let id = self.operation_id(path, key, &pointer);
        let type_name = self.types.take(names::type_name(&id));
        let context = &mut self.context;
        let mut parameters = parameters::read(context, path, item, &pointer, &type_name);
        let payload = content::body(context, method, &pointer, &type_name).unwrap_or_default();
        let error_responses = content::error_responses(context, &pointer, &type_name);
        let (response, accept) = content::response(context, method, &pointer, &type_name);
        parameters.extend(payload.fields);
        parameters::name(&mut parameters);
        let paging = paging::read(context.findings(), &pointer, &parameters, &response);
        let period = period::take(context.findings(), &pointer, &mut parameters);
        let description = |text: Option<&String>| markdown::markdown(text.map_or("", |text| text));
        Some(Operation {
            name: self.methods.take(names::snake(&id)),
            type_name,
            method,
            path: path::sent(path).to_owned(),
            server: self.own_server(item, &pointer),
            doc: markdown::paragraphs([
                description(described.summary.as_ref()),
                description(described.description.as_ref()),
            ]),
            deprecated: described.deprecated,
            security: self.security.security(&mut self.context, &pointer),
            parameters,
            period,
            paging,
            body: payload.body,
            multipart: payload.multipart,
            response,
            accept,
            error_responses,
            secrets: Vec::new(),
        })
    }

    /// The server of an operation or of its path, if it is not the client's.
    fn own_server(&mut self, item: &str, pointer: &str) -> Option<String> {
        let owner = [pointer, item]
            .map(|owner| join(owner, "servers"))
            .into_iter()
            .find(|at| self.context.source.at(&join(at, 0)).is_some())?;
        let url = address(self.context.source, &owner)?;
        // A relative URL starts at the host of the client's server.
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
                self.context
                    .note(&owner, "a server without a host: ignored");
                return None;
            }
        };
        let url = url.trim_end_matches('/').to_owned();
        Some(url).filter(|url| Some(url) != self.server.as_ref())
    }

    /// The id of an operation. Reports one that another operation has.
    fn operation_id(&mut self, path: &str, key: &str, pointer: &str) -> String {
        let source = self.context.source;
        let at = join(pointer, "operationId");
        let operation = source.at(pointer).unwrap_or(&Value::Null);
        let id = inline_names::operation_id(operation, key, path);
        if source.at(&at).is_some()
            && let Some(first) = self.ids.insert(id.clone(), at.clone())
        {
            let first = source.shown(&format!("#{first}"));
            let found = format!("the operationId `{id}` is already used at {first}");
            self.context
                .report(&at, found, "give every operation a unique id");
        }
        id
    }
}
