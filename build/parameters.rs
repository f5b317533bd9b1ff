//! The parameters of an operation, its own and those of its path.

use openapiv3::{
    HeaderStyle, Parameter as Described, ParameterSchemaOrContent, PathStyle, QueryStyle,
};
use serde_json::{Value, json};

use super::doc;
use super::model::{List, Parameter, Place, Schema};
use super::names::{self, Scope};
use super::read::Reader;
use super::source::join;

/// Names that a request builder has already.
const BUILDER: [&str; 4] = ["call", "client", "clone", "period"];

/// Headers that the client sets by itself: OpenAPI has parameters of these names ignored.
const OWN_HEADERS: [&str; 3] = ["accept", "content-type", "authorization"];

pub fn read(
    reader: &mut Reader<'_>,
    path: &str,
    item: &str,
    operation: &str,
    type_name: &str,
) -> Vec<Parameter> {
    let mut scope = Scope::with(&BUILDER);
    let mut parameters: Vec<(String, Parameter)> = Vec::new();
    // The operation's own stand first, so that those of the path with the same name give way.
    for owner in [operation, item] {
        let list = join(owner, "parameters");
        let count = reader
            .source
            .at(&list)
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        for index in 0..count {
            let at = join(&list, index);
            let Some((described, pointer)) = reader.resolve::<Described>(&at) else {
                continue;
            };
            let Some(parameter) = parameter(reader, described, &pointer, type_name) else {
                continue;
            };
            let same = |(_, known): &&(String, Parameter)| {
                known.wire == parameter.wire && known.place == parameter.place
            };
            match parameters.iter().find(same) {
                Some((first, _)) if first.starts_with(&list) => {
                    let found = format!("the parameter `{}` stands twice", parameter.wire);
                    reader.report(&at, found, format!("keep one; the first is #{first}"));
                }
                Some(_) => {}
                None => parameters.push((at, parameter)),
            }
        }
    }
    check_path(reader, path, operation, &parameters);
    let mut parameters: Vec<Parameter> = parameters
        .into_iter()
        .map(|(_, parameter)| parameter)
        .collect();
    for parameter in &mut parameters {
        parameter.name = scope.take(names::snake(&parameter.wire));
    }
    parameters
}

fn parameter(
    reader: &mut Reader<'_>,
    described: Described,
    pointer: &str,
    type_name: &str,
) -> Option<Parameter> {
    let (place, style, data) = match described {
        Described::Path {
            parameter_data,
            style,
        } => (Place::Path, style == PathStyle::Simple, parameter_data),
        Described::Header {
            parameter_data,
            style,
        } => (Place::Header, style == HeaderStyle::Simple, parameter_data),
        Described::Query {
            parameter_data,
            style,
            ..
        } => {
            let simple = !matches!(style, QueryStyle::DeepObject);
            (Place::Query, simple, parameter_data)
        }
        Described::Cookie { parameter_data, .. } => {
            let found = format!(
                "`{}` is a cookie, which is not supported",
                parameter_data.name
            );
            reader.report(pointer, found, "use a header or a query parameter");
            return None;
        }
    };
    if place == Place::Header && OWN_HEADERS.contains(&data.name.to_ascii_lowercase().as_str()) {
        return None;
    }
    if !style {
        reader.report(
            &join(pointer, "style"),
            "this style is not supported here",
            "leave `style` out",
        );
        return None;
    }
    if matches!(data.format, ParameterSchemaOrContent::Content(_)) {
        reader.report(
            &join(pointer, "content"),
            "a parameter with `content` is not supported",
            "give it a `schema`",
        );
        return None;
    }
    if place == Place::Path && !data.required {
        reader.report(
            pointer,
            format!("the path parameter `{}` is not required", data.name),
            "add `required: true`, which a part of a path always is",
        );
    }
    let at = join(pointer, "schema");
    let raw = reader.source.at(&at).cloned().unwrap_or_default();
    let schema = reader
        .schemas
        .read(&at, &format!("{type_name}{}", names::pascal(&data.name)));
    let list = list(&schema, place, pointer, data.explode, reader);
    check_scalar(reader, &schema, list.is_some(), &data.name, &at);
    Some(Parameter {
        name: names::snake(&data.name),
        place,
        required: data.required,
        doc: doc::paragraphs([
            doc::markdown(data.description.as_deref().unwrap_or_default()),
            doc::of_schema(&raw),
        ]),
        deprecated: data.deprecated.unwrap_or_default(),
        schema,
        list,
        minimum: raw.get("minimum").and_then(Value::as_i64),
        maximum: raw.get("maximum").and_then(Value::as_i64),
        wire: data.name,
    })
}

/// How an array is written, as `style` and `explode` have it.
fn list(
    schema: &Schema,
    place: Place,
    pointer: &str,
    explode: Option<bool>,
    reader: &Reader<'_>,
) -> Option<List> {
    if schema.0.get("type") != Some(&json!("array")) {
        return None;
    }
    let style = reader
        .source
        .at(&join(pointer, "style"))
        .and_then(Value::as_str);
    // `form`, the default in a query, is the one style that repeats the name unless told not to.
    let form = place == Place::Query && style.is_none_or(|style| style == "form");
    Some(match (style, explode) {
        (_, explode) if form && explode.unwrap_or(true) => List::Repeated,
        (_, Some(true)) if place == Place::Query => List::Repeated,
        (Some("spaceDelimited"), _) => List::Joined(' '),
        (Some("pipeDelimited"), _) => List::Joined('|'),
        _ => List::Joined(','),
    })
}

/// A parameter is a text in the end: objects and lists of lists have no such form.
fn check_scalar(reader: &mut Reader<'_>, schema: &Schema, list: bool, name: &str, pointer: &str) {
    let value = if list {
        schema.0.get("items")
    } else {
        Some(&schema.0)
    };
    let value = match value.and_then(|value| value.get("oneOf")) {
        Some(parts) => parts.get(0),
        None => value,
    };
    let scalar = value.is_some_and(|value| match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => {
            let name = reference.rsplit('/').next().unwrap_or_default();
            reader.schemas.enums.contains_key(name)
        }
        None => value
            .get("type")
            .is_some_and(|kind| kind != "array" && kind != "object"),
    });
    if !scalar {
        reader.report(
            pointer,
            format!("the parameter `{name}` is an object, a list of lists, or of no type"),
            "give it a scalar type, or an array of one",
        );
    }
}

/// The path and its parameters have to name the same parts.
fn check_path(
    reader: &mut Reader<'_>,
    path: &str,
    operation: &str,
    parameters: &[(String, Parameter)],
) {
    let at = operation
        .rsplit_once('/')
        .map_or("", |(item, _)| item)
        .to_owned();
    let mut parts = Vec::new();
    for piece in path.split('{').skip(1) {
        match piece.split_once('}') {
            Some((name, _)) if !name.is_empty() => parts.push(name),
            _ => reader.report(
                &at,
                "a brace of the path has no partner",
                "write a part as `{name}`",
            ),
        }
    }
    for name in &parts {
        if parts.iter().filter(|other| other == &name).count() > 1 {
            reader.report(
                &at,
                format!("`{{{name}}}` stands twice in the path"),
                "every part wants a name of its own",
            );
        }
        if !parameters
            .iter()
            .any(|(_, known)| known.place == Place::Path && known.wire == *name)
        {
            reader.report(
                operation,
                format!("`{{{name}}}` of the path has no parameter"),
                format!("add one with `name: {name}` and `in: path`"),
            );
        }
    }
    for (pointer, parameter) in parameters
        .iter()
        .filter(|(_, known)| known.place == Place::Path)
    {
        if !parts.contains(&parameter.wire.as_str()) {
            let found = format!("the path `{path}` has no `{{{}}}`", parameter.wire);
            reader.report(pointer, found, "mend the name, or the path");
        }
    }
}
