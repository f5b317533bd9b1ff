//! The parameters of an operation, its own and those of its path.

use openapiv3::{Parameter as Described, ParameterData};
use serde_json::Value;

use super::context::Context;
use super::path;
use crate::document::references;
use crate::extensions::unit;
use crate::model::{Parameter, ParameterLocation, Schema, Style, Written};
use crate::schema::inline_names;
use crate::text::media_type::{essence, is_json};
use crate::text::names::{self, Scope};
use crate::text::reserved_names::{HEADERS, REQUEST_METHODS};
use crate::text::{join, markdown};

/// The parameters of an operation, without names in Rust.
pub fn read(
    context: &mut Context<'_>,
    path: &str,
    item: &str,
    operation: &str,
    type_name: &str,
) -> Vec<Parameter> {
    let (mut parameters, complete) = gather(context, [operation, item], path, type_name);
    let parts = path::parts(context, path, item);
    // A faulty parameter may be the one that is missing.
    if complete {
        path::fit(context, operation, path, &parts, &mut parameters);
    }
    // Parameters of the path come first, in its order.
    parameters.sort_by_key(|(_, parameter)| match parameter.location {
        ParameterLocation::Path => parts.iter().position(|part| *part == parameter.wire),
        _ => Some(parts.len()),
    });
    parameters
        .into_iter()
        .map(|(_, parameter)| parameter)
        .collect()
}

/// Gives each parameter its name in Rust.
pub fn name(parameters: &mut [Parameter]) {
    let mut scope = Scope::with(&REQUEST_METHODS);
    for parameter in parameters {
        parameter.name = scope.take(names::snake(&parameter.wire));
    }
}

/// The parameters of an operation and of its path, with their pointers, and whether none is faulty.
fn gather(
    context: &mut Context<'_>,
    [operation, item]: [&str; 2],
    path: &str,
    type_name: &str,
) -> (Vec<(String, Parameter)>, bool) {
    let mut parameters: Vec<(String, Parameter)> = Vec::new();
    let mut complete = true;
    // The operation's own stand first, so that those of the path with the same name give way.
    let of_path = names::pascal(&inline_names::path_words(path));
    for (owner, stem) in [(operation, type_name), (item, &of_path)] {
        let list = join(owner, "parameters");
        complete &= !context.findings().is_damaged(&list);
        let items = context.source.at(&list).and_then(Value::as_array);
        for index in 0..items.map_or(0, Vec::len) {
            let at = join(&list, index);
            let read = parameter(context, &at, stem);
            complete &= read.is_some();
            let Some(parameter) = read.flatten() else {
                continue;
            };
            match parameters.iter().find(|(_, known)| same(known, &parameter)) {
                Some((first, _)) if first.starts_with(&list) => {
                    let found = format!("duplicate parameter `{}`", parameter.wire);
                    let first = context.source.shown(&format!("#{first}"));
                    context.report(&at, found, format!("keep one; the first is at {first}"));
                }
                Some(_) => {}
                None => parameters.push((at, parameter)),
            }
        }
    }
    (parameters, complete)
}

fn same(one: &Parameter, other: &Parameter) -> bool {
    one.location == other.location
        && match one.location {
            ParameterLocation::Header => one.wire.eq_ignore_ascii_case(&other.wire),
            _ => one.wire == other.wire,
        }
}

/// Reads one parameter. `Some(None)` is a parameter without effect, `None` a faulty one.
fn parameter(context: &mut Context<'_>, at: &str, stem: &str) -> Option<Option<Parameter>> {
    let pointer = references::resolve(context.source, at)?;
    // `openapiv3` requires a schema, and refuses styles that belong to another location.
    let (described, _) = context.resolve_with::<Described>(&pointer, |value| {
        value.remove("style");
        value.remove("content");
        value.insert("schema".to_owned(), Value::Object(Default::default()));
    })?;
    let (location, data) = match described {
        Described::Path { parameter_data, .. } => (ParameterLocation::Path, parameter_data),
        Described::Header { parameter_data, .. } => (ParameterLocation::Header, parameter_data),
        Described::Query { parameter_data, .. } => (ParameterLocation::Query, parameter_data),
        Described::Cookie { parameter_data, .. } => (ParameterLocation::Cookie, parameter_data),
    };
    if location == ParameterLocation::Header
        && HEADERS.contains(&data.name.to_ascii_lowercase().as_str())
    {
        return Some(None);
    }
    if location == ParameterLocation::Header {
        context.check_header(&pointer, &data.name);
    }
    let hint = if at == pointer {
        format!("{stem}{}", names::pascal(&data.name))
    } else {
        // A shared parameter is named by its pointer.
        inline_names::name(context.source, &pointer).unwrap_or_default()
    };
    value(context, location, &data, &pointer, &hint).map(Some)
}

/// A parameter with its type, and how it is written.
fn value(
    context: &mut Context<'_>,
    location: ParameterLocation,
    data: &ParameterData,
    pointer: &str,
    hint: &str,
) -> Option<Parameter> {
    let (at, style) = described(context, location, pointer)?;
    let schema = schema(context, &at, hint);
    check_secret(context, &schema, &data.name, &at);
    let explode = data
        .explode
        .unwrap_or(matches!(style, Style::Form | Style::Deep));
    let (minimum, maximum) = bounds(context, &schema, &at);
    let default = context.source.at(&join(&at, "default"));
    let written = written(context, &schema, location, style, explode);
    let [text, facts] = context.schemas.registry.doc_parts(&at);
    Some(Parameter {
        // A path without it would be another path.
        required: data.required || location == ParameterLocation::Path,
        doc: markdown::paragraphs([
            markdown::markdown(data.description.as_deref().unwrap_or_default()),
            text,
        ]),
        facts,
        deprecated: data.deprecated.unwrap_or_default(),
        minimum,
        maximum,
        default: default.and_then(Value::as_u64),
        ..Parameter::new(&data.name, location, schema, written)
    })
}

/// The pointer of a parameter's schema, and its style.
fn described(
    context: &mut Context<'_>,
    location: ParameterLocation,
    pointer: &str,
) -> Option<(String, Style)> {
    let content = join(pointer, "content");
    let schema = join(pointer, "schema");
    if context.source.at(&schema).is_some() || context.source.at(&content).is_none() {
        return Some((schema, style(context, location, pointer)?));
    }
    let types = context.keys_at(&content);
    let json = types.iter().find(|kind| is_json(&essence(kind)));
    let Some(media_type) = json.or(types.first()) else {
        let found = "the parameter has neither a `schema` nor a type in its `content`";
        context.report(&content, found, "give it a `schema`");
        return None;
    };
    let schema = join(&join(&content, media_type), "schema");
    match json {
        Some(_) => Some((schema, Style::Json)),
        None => Some((schema, default_style(location))),
    }
}

fn default_style(location: ParameterLocation) -> Style {
    match location {
        ParameterLocation::Path | ParameterLocation::Header => Style::Simple,
        _ => Style::Form,
    }
}

pub fn style(
    context: &mut Context<'_>,
    location: ParameterLocation,
    pointer: &str,
) -> Option<Style> {
    use ParameterLocation::{Cookie, Form, Header, Path, Query};
    let at = join(pointer, "style");
    let Some(style) = context.source.at(&at).and_then(Value::as_str) else {
        return Some(default_style(location));
    };
    let style = match (location, style) {
        (Path | Header, "simple") => Style::Simple,
        (Path, "label") => Style::Label,
        (Path, "matrix") => Style::Matrix,
        (Query | Cookie | Form, "form") => Style::Form,
        (Query | Form, "spaceDelimited") => Style::Space,
        (Query | Form, "pipeDelimited") => Style::Pipe,
        (Query | Form, "deepObject") => Style::Deep,
        // There is one way to write a header, whatever its style is called.
        (Path | Header, "form") | (Query | Cookie, "simple") => {
            context.note(
                &at,
                &format!("the style `{style}` has no meaning here: ignored"),
            );
            default_style(location)
        }
        (_, style) => {
            let found = format!("the style `{style}` is not supported here");
            let known = match location {
                Path => "`simple`, `label` and `matrix`",
                Header => "`simple`",
                Cookie => "`form`",
                _ => "`form`, `spaceDelimited`, `pipeDelimited` and `deepObject`",
            };
            context.report(&at, found, format!("leave it out; {known} are"));
            return None;
        }
    };
    Some(style)
}

/// The schema of a value that is written as a text. Without a type, it is a text.
pub fn schema(context: &mut Context<'_>, pointer: &str, hint: &str) -> Schema {
    if context.source.at(pointer).is_none() {
        return Schema::Text;
    }
    // There is no way to write `null` into a URL or a header.
    match context.schemas.read(pointer, hint).not_null() {
        Schema::Any => Schema::Text,
        Schema::List(item) => Schema::List(Box::new(match item.not_null() {
            Schema::Any => Schema::Text,
            item => item,
        })),
        schema => schema,
    }
}

/// How a value is written: scalars and lists of scalars plainly, any other by its style.
fn written(
    context: &Context<'_>,
    schema: &Schema,
    location: ParameterLocation,
    style: Style,
    explode: bool,
) -> Written {
    let plain = |schema: &Schema| match schema {
        Schema::Boolean | Schema::Integer(_) | Schema::Number(_) | Schema::Text => true,
        Schema::Rust(rust) => rust.starts_with("jiff::"),
        Schema::Named(name) => context.schemas.registry.enums.contains_key(name),
        _ => false,
    };
    let in_form = matches!(location, ParameterLocation::Form | ParameterLocation::Part);
    match (schema, style) {
        _ if in_form => Written::Styled(style, explode),
        (Schema::List(item), _) if !plain(item) => Written::Styled(style, explode),
        (Schema::List(_), Style::Form) if location == ParameterLocation::Query && explode => {
            Written::Repeated
        }
        (Schema::List(_), Style::Space | Style::Pipe) if explode => Written::Repeated,
        (Schema::List(_), Style::Space) => Written::Joined(' '),
        (Schema::List(_), Style::Pipe) => Written::Joined('|'),
        (Schema::List(_), Style::Simple | Style::Form) => Written::Joined(','),
        (schema, Style::Simple | Style::Form | Style::Space | Style::Pipe | Style::Deep)
            if plain(schema) =>
        {
            Written::Plain
        }
        _ => Written::Styled(style, explode),
    }
}

/// Reports secrets and quantities. A secret in a URL or a header would show in logs.
fn check_secret(context: &mut Context<'_>, schema: &Schema, name: &str, pointer: &str) {
    let (found, remedy) = match schema.clone().not_null() {
        Schema::List(_) | Schema::Map(_) => return,
        schema if schema.is_secret() => (
            "a password, which would show in URLs and logs",
            "send it in a body, or leave the format out",
        ),
        schema if unit::is_quantity(&schema) => (
            "a quantity with a unit, which is not supported here",
            "leave `x-unit` out, and name the unit in the description",
        ),
        _ => return,
    };
    context.report(
        pointer,
        format!("the parameter `{name}` is {found}"),
        remedy,
    );
}

/// The bounds of a whole number, if they are narrower than its type.
fn bounds(
    context: &mut Context<'_>,
    schema: &Schema,
    pointer: &str,
) -> (Option<i128>, Option<i128>) {
    let Some((least, most)) = schema.limits() else {
        return (None, None);
    };
    let value = references::resolve(context.source, pointer).and_then(|at| context.source.at(&at));
    let Some(value) = value else {
        return (None, None);
    };
    let bound = |key, exclusive, inward| {
        let exclusive = value.get(exclusive) == Some(&Value::Bool(true));
        whole(value.get(key)?, exclusive, inward)
    };
    let minimum = bound("minimum", "exclusiveMinimum", 1);
    let maximum = bound("maximum", "exclusiveMaximum", -1);
    let (low, high) = (minimum.unwrap_or(least), maximum.unwrap_or(most));
    if low > high || low > most || high < least {
        let found = "no value of the type is within both bounds";
        context.report(pointer, found, "fix `minimum` or `maximum`");
        return (None, None);
    }
    (
        minimum.filter(|bound| *bound > least),
        maximum.filter(|bound| *bound < most),
    )
}

/// The nearest whole number within a bound; `inward` is 1 or -1.
fn whole(bound: &Value, exclusive: bool, inward: i128) -> Option<i128> {
    let exact = bound.as_i64().map(i128::from);
    let exact = exact.or_else(|| bound.as_u64().map(i128::from));
    let float = bound.as_f64()?;
    // A cast of a float saturates.
    let whole = exact.unwrap_or(float.trunc() as i128);
    let outside = if inward > 0 {
        float > whole as f64
    } else {
        float < whole as f64
    };
    let step = exact.is_none() && outside || exclusive && float.fract() == 0.0;
    Some(if step {
        whole.saturating_add(inward)
    } else {
        whole
    })
}
