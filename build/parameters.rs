//! The parameters of an operation, its own and those of its path.

use openapiv3::{Parameter as Described, ParameterData};
use serde_json::Value;

use super::doc;
use super::model::{List, Parameter, Place, Schema};
use super::names::{self, Scope};
use super::read::Reader;
use super::refs;
use super::schema::SECRET;
use super::source::join;

/// Names that a request builder has already.
const BUILDER: [&str; 9] = [
    "new", "call", "client", "clone", "body", "period", "items", "pages", "request",
];

/// Headers that the client sets by itself: OpenAPI has parameters of these names ignored.
const OWN_HEADERS: [&str; 3] = ["accept", "content-type", "authorization"];

pub fn read(
    reader: &mut Reader<'_>,
    path: &str,
    item: &str,
    operation: &str,
    type_name: &str,
) -> Vec<Parameter> {
    let (mut parameters, complete) = gather(reader, [operation, item], type_name);
    let parts = parts(reader, path, item);
    check_unknown(reader, path, &parts, &parameters);
    // One that is faulty may be the one that is missing.
    if complete {
        check_missing(reader, operation, &parts, &parameters);
    }
    // Those of the path come first, as they stand there.
    parameters.sort_by_key(|(_, parameter)| match parameter.place {
        Place::Path => parts.iter().position(|part| *part == parameter.wire),
        _ => Some(parts.len()),
    });
    let mut scope = Scope::with(&BUILDER);
    let named = parameters.into_iter().map(|(_, parameter)| Parameter {
        name: scope.take(names::snake(&parameter.wire)),
        ..parameter
    });
    named.collect()
}

/// The parameters of an operation and of its path, with their pointers, and whether none is faulty.
fn gather(
    reader: &mut Reader<'_>,
    owners: [&str; 2],
    type_name: &str,
) -> (Vec<(String, Parameter)>, bool) {
    let mut parameters: Vec<(String, Parameter)> = Vec::new();
    let mut complete = true;
    // The operation's own stand first, so that those of the path with the same name give way.
    for owner in owners {
        let list = join(owner, "parameters");
        complete &= !reader.schemas.found.is_damaged(&list);
        let items = reader.source.at(&list).and_then(Value::as_array);
        for index in 0..items.map_or(0, Vec::len) {
            let at = join(&list, index);
            let parameter = match parameter(reader, &at, type_name) {
                Read::Parameter(parameter) => parameter,
                Read::Ignored => continue,
                Read::Faulty => {
                    complete = false;
                    continue;
                }
            };
            match parameters.iter().find(|(_, known)| same(known, &parameter)) {
                Some((first, _)) if first.starts_with(&list) => {
                    let found = format!("the parameter `{}` stands twice", parameter.wire);
                    reader.report(&at, found, format!("keep one; the first is #{first}"));
                }
                Some(_) => {}
                None => parameters.push((at, parameter)),
            }
        }
    }
    (parameters, complete)
}

fn same(one: &Parameter, other: &Parameter) -> bool {
    one.place == other.place
        && match one.place {
            Place::Header => one.wire.eq_ignore_ascii_case(&other.wire),
            Place::Path | Place::Query => one.wire == other.wire,
        }
}

enum Read {
    Parameter(Parameter),
    /// One that has no effect.
    Ignored,
    /// What is wrong with it was reported.
    Faulty,
}

fn parameter(reader: &mut Reader<'_>, at: &str, type_name: &str) -> Read {
    let Some(pointer) = refs::resolve(reader.source, at).filter(|at| check_form(reader, at)) else {
        return Read::Faulty;
    };
    let Some((described, pointer)) = reader.resolve::<Described>(&pointer) else {
        return Read::Faulty;
    };
    let (place, data) = match described {
        Described::Path { parameter_data, .. } => (Place::Path, parameter_data),
        Described::Header { parameter_data, .. } => (Place::Header, parameter_data),
        Described::Query { parameter_data, .. } => (Place::Query, parameter_data),
        Described::Cookie { parameter_data, .. } => {
            let name = parameter_data.name;
            let found = format!("`{name}` is a cookie, which is not supported");
            reader.report(&pointer, found, "use a header or a query parameter");
            return Read::Faulty;
        }
    };
    if place == Place::Header && OWN_HEADERS.contains(&data.name.to_ascii_lowercase().as_str()) {
        return Read::Ignored;
    }
    check_data(reader, place, &data, &pointer);
    let at = join(&pointer, "schema");
    let hint = format!("{type_name}{}", names::pascal(&data.name));
    // There is no way to write `null` into a URL or a header.
    let schema = match reader.schemas.read(&at, &hint).not_null() {
        Schema::List(item) => Schema::List(Box::new(item.not_null())),
        schema => schema,
    };
    check_scalar(reader, &schema, &data.name, &at);
    let (minimum, maximum) = bounds(reader, &schema, &at);
    let default = reader
        .source
        .at(&join(&at, "default"))
        .and_then(Value::as_u64);
    Read::Parameter(Parameter {
        name: String::new(),
        place,
        required: data.required,
        doc: doc::paragraphs([
            doc::markdown(data.description.as_deref().unwrap_or_default()),
            reader.schemas.doc(&at),
        ]),
        deprecated: data.deprecated.unwrap_or_default(),
        list: list(reader, &schema, place, &pointer, data.explode),
        schema,
        minimum,
        maximum,
        default,
        wire: data.name,
    })
}

/// Whether a parameter has a form that is supported. This comes before `openapiv3`, which says too
/// little of one that is not.
fn check_form(reader: &mut Reader<'_>, pointer: &str) -> bool {
    let has = |key| reader.source.at(&join(pointer, key)).is_some();
    let (schema, content) = (has("schema"), has("content"));
    if content {
        reader.report(
            &join(pointer, "content"),
            "a parameter with `content` is not supported",
            "give it a `schema`",
        );
    } else if !schema {
        reader.report(pointer, "the parameter has no `schema`", "add one");
    }
    check_style(reader, pointer) && schema && !content
}

/// An array is written in one of three styles, and anything else in one.
fn check_style(reader: &mut Reader<'_>, pointer: &str) -> bool {
    let text = |key| {
        reader
            .source
            .at(&join(pointer, key))
            .and_then(Value::as_str)
    };
    let known: &[&str] = match text("in") {
        Some("query") => &["form", "spaceDelimited", "pipeDelimited"],
        Some("path" | "header") => &["simple"],
        _ => return true,
    };
    let Some(style) = text("style").filter(|style| !known.contains(style)) else {
        return true;
    };
    let found = format!("the style `{style}` is not supported here");
    let remedy = format!("leave it out, or write one of `{}`", known.join("`, `"));
    reader.report(&join(pointer, "style"), found, remedy);
    false
}

fn check_data(reader: &mut Reader<'_>, place: Place, data: &ParameterData, pointer: &str) {
    if place == Place::Path && !data.required {
        reader.report(
            pointer,
            format!("the path parameter `{}` is not required", data.name),
            "add `required: true`, which a part of a path always is",
        );
    }
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let token = !data.name.is_empty() && data.name.bytes().all(sign);
    if place == Place::Header && !token {
        reader.report(
            &join(pointer, "name"),
            format!("no header can be called `{}`", data.name),
            "use letters, digits and `-`",
        );
    }
}

/// How an array is written, as `style` and `explode` have it.
fn list(
    reader: &Reader<'_>,
    schema: &Schema,
    place: Place,
    pointer: &str,
    explode: Option<bool>,
) -> Option<List> {
    if !matches!(schema, Schema::List(_)) {
        return None;
    }
    let style = reader
        .source
        .at(&join(pointer, "style"))
        .and_then(Value::as_str);
    // `form`, the default in a query, is the one style that repeats the name unless told not to.
    let form = style.is_none_or(|style| style == "form");
    Some(match (style, explode) {
        _ if place != Place::Query => List::Joined(','),
        (_, explode) if explode.unwrap_or(form) => List::Repeated,
        (Some("spaceDelimited"), _) => List::Joined(' '),
        (Some("pipeDelimited"), _) => List::Joined('|'),
        _ => List::Joined(','),
    })
}

/// A parameter is a text in the end: objects and lists of lists have no such form.
fn check_scalar(reader: &mut Reader<'_>, schema: &Schema, name: &str, pointer: &str) {
    let value = match schema {
        Schema::List(item) => item,
        other => other,
    };
    let (found, remedy) = match value {
        Schema::Any => ("of no type", "give it a scalar type, or an array of one"),
        Schema::List(_) => ("a list of lists", "make it a list of scalars"),
        Schema::Map(_) | Schema::Nullable(_) => {
            ("an object", "give it a scalar type, or an array of one")
        }
        Schema::Named(name) if !reader.schemas.enums.contains_key(name) => {
            ("an object", "give it a scalar type, or an array of one")
        }
        Schema::Rust(rust) if rust == SECRET => (
            "a password, which would show in URLs and logs",
            "send it in a body, or leave the format out",
        ),
        Schema::Rust(rust) if rust.starts_with("crate::units::") => (
            "a quantity with a unit, which is not supported here",
            "leave `x-unit` out, and say the unit in the description",
        ),
        _ => return,
    };
    reader.report(
        pointer,
        format!("the parameter `{name}` is {found}"),
        remedy,
    );
}

/// The bounds of a whole number, where its type does not say them already.
fn bounds(reader: &mut Reader<'_>, schema: &Schema, pointer: &str) -> (Option<i128>, Option<i128>) {
    let (least, most) = match schema {
        Schema::Integer("i32") => (i32::MIN.into(), i32::MAX.into()),
        Schema::Integer("u64") => (0, u64::MAX.into()),
        Schema::Integer(_) => (i64::MIN.into(), i64::MAX.into()),
        _ => return (None, None),
    };
    let value = refs::resolve(reader.source, pointer).and_then(|at| reader.source.at(&at));
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
        let found = "no number is within both bounds, and one that the type holds";
        reader.report(pointer, found, "mend `minimum` or `maximum`");
        return (None, None);
    }
    (
        minimum.filter(|bound| *bound > least),
        maximum.filter(|bound| *bound < most),
    )
}

/// The nearest whole number within a bound, where `inward` is the way to those.
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

/// Parameters that the path has no place for.
fn check_unknown(
    reader: &mut Reader<'_>,
    path: &str,
    parts: &[&str],
    parameters: &[(String, Parameter)],
) {
    for (pointer, parameter) in parameters {
        if parameter.place == Place::Path && !parts.contains(&parameter.wire.as_str()) {
            let found = format!("the path `{path}` has no `{{{}}}`", parameter.wire);
            reader.report(pointer, found, "mend the name, or the path");
        }
    }
}

/// Places of the path that have no parameter.
fn check_missing(
    reader: &mut Reader<'_>,
    operation: &str,
    parts: &[&str],
    parameters: &[(String, Parameter)],
) {
    for name in parts {
        let known =
            |(_, known): &(String, Parameter)| known.place == Place::Path && known.wire == *name;
        if !parameters.iter().any(known) {
            reader.report(
                operation,
                format!("`{{{name}}}` of the path has no parameter"),
                format!("add one with `name: {name}` and `in: path`"),
            );
        }
    }
}

/// The names between the braces of a path.
fn parts<'p>(reader: &mut Reader<'_>, path: &'p str, item: &str) -> Vec<&'p str> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        plain.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or_default();
        if name.is_empty() || name.contains('{') {
            let found = "a brace of the path has no partner, or no name inside";
            reader.report(item, found, "write a part as `{name}`");
            return parts;
        }
        if parts.contains(&name) {
            let found = format!("`{{{name}}}` stands twice in the path");
            reader.report(item, found, "every part wants a name of its own");
        }
        parts.push(name);
        rest = after;
    }
    plain.push_str(rest);
    // RFC 3986's signs of a path, and `%` where something is escaped already.
    let sign = |sign: char| sign.is_ascii_alphanumeric() || "/-._~!$&'()*+,;=:@%".contains(sign);
    if let Some(other) = plain.chars().find(|other| !sign(*other)) {
        let found = format!("`{other}` cannot stand in a path");
        let remedy = "escape it as `%` and its code; what follows a `?` are query parameters";
        reader.report(item, found, remedy);
    }
    parts
}
