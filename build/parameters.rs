//! The parameters of an operation, its own and those of its path.

use openapiv3::{Parameter as Described, ParameterData};
use serde_json::Value;

use super::access::is_header;
use super::content::{essence, is_json};
use super::doc;
use super::forms::Form;
use super::model::{Parameter, Place, Schema, Style, Written};
use super::names::{self, Scope};
use super::place;
use super::read::{Reader, sent_path};
use super::refs;
use super::schema::SECRET;
use super::source::join;

/// Names that a request builder has already.
const BUILDER: [&str; 9] = [
    "new", "call", "client", "clone", "body", "period", "items", "pages", "request",
];

/// What holds the bytes of a file.
pub const FILE: &str = "crate::multipart::File";

/// Headers that the client sets by itself: OpenAPI has parameters of these names ignored.
const OWN_HEADERS: [&str; 3] = ["accept", "content-type", "authorization"];

/// The parameters of an operation, without names in Rust.
pub fn read(
    reader: &mut Reader<'_>,
    path: &str,
    item: &str,
    operation: &str,
    type_name: &str,
) -> Vec<Parameter> {
    let (mut parameters, complete) = gather(reader, [operation, item], path, type_name);
    let parts = parts(reader, path, item);
    // One that is faulty may be the one that is missing.
    if complete {
        fit(reader, operation, path, &parts, &mut parameters);
    }
    // Those of the path come first, as they stand there.
    parameters.sort_by_key(|(_, parameter)| match parameter.place {
        Place::Path => parts.iter().position(|part| *part == parameter.wire),
        _ => Some(parts.len()),
    });
    parameters
        .into_iter()
        .map(|(_, parameter)| parameter)
        .collect()
}

/// Gives each its name in Rust.
pub fn name(parameters: &mut [Parameter]) {
    let mut scope = Scope::with(&BUILDER);
    for parameter in parameters {
        parameter.name = scope.take(names::snake(&parameter.wire));
    }
}

/// The parameters of an operation and of its path, with their pointers, and whether none is faulty.
fn gather(
    reader: &mut Reader<'_>,
    [operation, item]: [&str; 2],
    path: &str,
    type_name: &str,
) -> (Vec<(String, Parameter)>, bool) {
    let mut parameters: Vec<(String, Parameter)> = Vec::new();
    let mut complete = true;
    // The operation's own stand first, so that those of the path with the same name give way.
    let of_path = names::pascal(&place::path_words(path));
    for (owner, stem) in [(operation, type_name), (item, &of_path)] {
        let list = join(owner, "parameters");
        complete &= !reader.schemas.found.is_damaged(&list);
        let items = reader.source.at(&list).and_then(Value::as_array);
        for index in 0..items.map_or(0, Vec::len) {
            let at = join(&list, index);
            let parameter = match parameter(reader, &at, stem) {
                Read::Parameter(parameter) => *parameter,
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
            _ => one.wire == other.wire,
        }
}

enum Read {
    Parameter(Box<Parameter>),
    /// One that has no effect.
    Ignored,
    /// What is wrong with it was reported.
    Faulty,
}

fn parameter(reader: &mut Reader<'_>, at: &str, stem: &str) -> Read {
    let Some(pointer) = refs::resolve(reader.source, at) else {
        return Read::Faulty;
    };
    // `openapiv3` wants a form, and knows no style that stands where it does not belong.
    let Some((described, _)) = reader.resolve_with::<Described>(&pointer, |value| {
        value.remove("style");
        value.remove("content");
        value.insert("schema".to_owned(), Value::Object(Default::default()));
    }) else {
        return Read::Faulty;
    };
    let (place, data) = match described {
        Described::Path { parameter_data, .. } => (Place::Path, parameter_data),
        Described::Header { parameter_data, .. } => (Place::Header, parameter_data),
        Described::Query { parameter_data, .. } => (Place::Query, parameter_data),
        Described::Cookie { parameter_data, .. } => (Place::Cookie, parameter_data),
    };
    if place == Place::Header && OWN_HEADERS.contains(&data.name.to_ascii_lowercase().as_str()) {
        return Read::Ignored;
    }
    if place == Place::Header && !is_header(&data.name) {
        let found = format!("no header can be called `{}`", data.name);
        reader.report(
            &join(&pointer, "name"),
            found,
            "use letters, digits and `-`",
        );
    }
    let hint = match at == pointer {
        true => format!("{stem}{}", names::pascal(&data.name)),
        // One that stands in a place of its own is named by that.
        false => place::name(reader.source, &pointer).unwrap_or_default(),
    };
    match value(reader, place, &data, &pointer, &hint) {
        Some(parameter) => Read::Parameter(Box::new(parameter)),
        None => Read::Faulty,
    }
}

/// What a parameter holds, and how that is written.
fn value(
    reader: &mut Reader<'_>,
    place: Place,
    data: &ParameterData,
    pointer: &str,
    hint: &str,
) -> Option<Parameter> {
    let (at, style) = described(reader, place, pointer)?;
    let schema = schema(reader, &at, hint);
    check_secret(reader, &schema, &data.name, &at);
    let explode = data
        .explode
        .unwrap_or(matches!(style, Style::Form | Style::Deep));
    let (minimum, maximum) = bounds(reader, &schema, &at);
    let default = reader
        .source
        .at(&join(&at, "default"))
        .and_then(Value::as_u64);
    Some(Parameter {
        name: String::new(),
        place,
        // What is left out of a path makes it another one.
        required: data.required || place == Place::Path,
        doc: doc::paragraphs([
            doc::markdown(data.description.as_deref().unwrap_or_default()),
            reader.schemas.doc(&at),
        ]),
        deprecated: data.deprecated.unwrap_or_default(),
        written: written(reader, &schema, place, style, explode),
        media_type: None,
        schema,
        minimum,
        maximum,
        default,
        wire: data.name.clone(),
    })
}

/// The pointer of a parameter's schema, and its style.
fn described(reader: &mut Reader<'_>, place: Place, pointer: &str) -> Option<(String, Style)> {
    let content = join(pointer, "content");
    let schema = join(pointer, "schema");
    if reader.source.at(&schema).is_some() || reader.source.at(&content).is_none() {
        return Some((schema, style(reader, place, pointer)?));
    }
    let types = reader.keys_at(&content);
    let json = types.iter().find(|kind| is_json(&essence(kind)));
    let Some(media_type) = json.or(types.first()) else {
        let found = "the parameter has neither a `schema` nor a type in its `content`";
        reader.report(&content, found, "give it a `schema`");
        return None;
    };
    let schema = join(&join(&content, media_type), "schema");
    match json {
        Some(_) => Some((schema, Style::Json)),
        None => Some((schema, default_style(place))),
    }
}

fn default_style(place: Place) -> Style {
    match place {
        Place::Path | Place::Header => Style::Simple,
        _ => Style::Form,
    }
}

fn style(reader: &mut Reader<'_>, place: Place, pointer: &str) -> Option<Style> {
    let at = join(pointer, "style");
    let Some(style) = reader.source.at(&at).and_then(Value::as_str) else {
        return Some(default_style(place));
    };
    let style = match (place, style) {
        (Place::Path | Place::Header, "simple") => Style::Simple,
        (Place::Path, "label") => Style::Label,
        (Place::Path, "matrix") => Style::Matrix,
        (Place::Query | Place::Cookie | Place::Form, "form") => Style::Form,
        (Place::Query | Place::Form, "spaceDelimited") => Style::Space,
        (Place::Query | Place::Form, "pipeDelimited") => Style::Pipe,
        (Place::Query | Place::Form, "deepObject") => Style::Deep,
        // There is one way to write a header, whatever it is called.
        (Place::Path | Place::Header, "form") | (Place::Query | Place::Cookie, "simple") => {
            reader.note(
                &at,
                &format!("the style `{style}` has no meaning here: passed over"),
            );
            default_style(place)
        }
        (_, style) => {
            let found = format!("the style `{style}` is not supported here");
            let known = match place {
                Place::Path => "`simple`, `label` and `matrix`",
                Place::Header => "`simple`",
                Place::Cookie => "`form`",
                _ => "`form`, `spaceDelimited`, `pipeDelimited` and `deepObject`",
            };
            reader.report(&at, found, format!("leave it out; {known} are"));
            return None;
        }
    };
    Some(style)
}

/// The schema of a value that is written as a text: one of no type is a text.
fn schema(reader: &mut Reader<'_>, pointer: &str, hint: &str) -> Schema {
    if reader.source.at(pointer).is_none() {
        return Schema::Text;
    }
    // There is no way to write `null` into a URL or a header.
    match reader.schemas.read(pointer, hint).not_null() {
        Schema::Any => Schema::Text,
        Schema::List(item) => Schema::List(Box::new(match item.not_null() {
            Schema::Any => Schema::Text,
            item => item,
        })),
        schema => schema,
    }
}

/// How a value is written: scalars and lists of them in the plain ways, all else by its style.
fn written(
    reader: &Reader<'_>,
    schema: &Schema,
    place: Place,
    style: Style,
    explode: bool,
) -> Written {
    let plain = |schema: &Schema| match schema {
        Schema::Boolean | Schema::Integer(_) | Schema::Number(_) | Schema::Text => true,
        Schema::Rust(rust) => rust.starts_with("jiff::"),
        Schema::Named(name) => reader.schemas.enums.contains_key(name),
        _ => false,
    };
    let direct = matches!(
        place,
        Place::Path | Place::Query | Place::Header | Place::Cookie
    );
    match (schema, style) {
        _ if !direct => Written::Styled(style, explode),
        (Schema::List(item), _) if !plain(item) => Written::Styled(style, explode),
        (Schema::List(_), Style::Form) if place == Place::Query && explode => Written::Repeated,
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

/// A secret in a URL or a header shows in logs, wherever they are written.
fn check_secret(reader: &mut Reader<'_>, schema: &Schema, name: &str, pointer: &str) {
    let (found, remedy) = match schema.clone().not_null() {
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

/// The fields of a form, where its schema is an object that names them.
pub fn fields(
    reader: &mut Reader<'_>,
    media: &str,
    name: &str,
    required: bool,
    multipart: bool,
) -> Option<Vec<Parameter>> {
    let pointer = join(media, "schema");
    let (at, value) = reader.schemas.settle(&pointer)?;
    if !matches!(Form::of(value), Form::Object | Form::Base | Form::Joined) {
        return None;
    }
    let members = reader.schemas.gather(&[(value, &at)], None);
    if members.properties.is_empty() {
        return None;
    }
    // What has a name of its own is named by it.
    let stem = match at == pointer {
        true => name.to_owned(),
        false => {
            place::component(&at).map_or_else(|| name.to_owned(), |key| names::type_name(&key))
        }
    };
    let place = if multipart { Place::Part } else { Place::Form };
    let mut fields = Vec::new();
    for (wire, pointer) in &members.properties {
        let encoding = join(&join(media, "encoding"), wire);
        let hint = format!("{stem}{}", names::pascal(wire));
        let required = required && members.required.contains(wire);
        fields.push(field(
            reader, place, wire, pointer, &encoding, &hint, required,
        )?);
    }
    if let Some(rest) = &members.rest {
        let values = reader.schemas.read(rest, &format!("{stem}Value"));
        let schema = Schema::Map(Box::new(values));
        let written = Written::Styled(Style::Form, true);
        let doc = "Whatever other fields there are.".to_owned();
        fields.push(of_form(super::types::REST, place, schema, written, doc));
    }
    Some(fields)
}

/// A field of a form, or a part of a multipart one.
fn field(
    reader: &mut Reader<'_>,
    place: Place,
    wire: &str,
    pointer: &str,
    encoding: &str,
    hint: &str,
    required: bool,
) -> Option<Parameter> {
    let settled = |reader: &Reader<'_>, at: &str| {
        let value = reader.schemas.settle(at).map(|(_, value)| value)?;
        value
            .get("format")
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let binary = |format: Option<String>| format.as_deref() == Some("binary");
    let schema = match place {
        Place::Part if binary(settled(reader, pointer)) => Schema::Rust(FILE.to_owned()),
        Place::Part if binary(settled(reader, &join(pointer, "items"))) => {
            Schema::List(Box::new(Schema::Rust(FILE.to_owned())))
        }
        _ => schema(reader, pointer, hint),
    };
    let explode = reader
        .source
        .at(&join(encoding, "explode"))
        .and_then(Value::as_bool);
    let style = match place {
        Place::Form => style(reader, place, encoding)?,
        _ => Style::Form,
    };
    let media_type = reader
        .source
        .at(&join(encoding, "contentType"))
        .and_then(Value::as_str);
    let value = reader.source.at(pointer).unwrap_or(&Value::Null);
    Some(Parameter {
        required,
        deprecated: super::schema::flag(value, "deprecated"),
        // One of several types, or a range, is no type that could be sent.
        media_type: media_type
            .filter(|kind| place == Place::Part && !kind.contains([',', '*']))
            .map(str::to_owned),
        ..of_form(
            wire,
            place,
            schema,
            Written::Styled(style, explode.unwrap_or(true)),
            reader.schemas.doc(pointer),
        )
    })
}

fn of_form(wire: &str, place: Place, schema: Schema, written: Written, doc: String) -> Parameter {
    Parameter {
        wire: wire.to_owned(),
        name: String::new(),
        place,
        required: false,
        doc,
        deprecated: false,
        schema,
        written,
        media_type: None,
        minimum: None,
        maximum: None,
        default: None,
    }
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

/// Brings the parameters of the path and the places in it together.
///
/// A place without a parameter is one of any text, and a parameter without a place has no effect.
/// Where there are both, one may be the other with its name misspelt.
fn fit(
    reader: &mut Reader<'_>,
    operation: &str,
    path: &str,
    parts: &[&str],
    parameters: &mut Vec<(String, Parameter)>,
) {
    let in_path = |(_, known): &(String, Parameter)| known.place == Place::Path;
    let unknown: Vec<(String, String)> = parameters
        .iter()
        .filter(|known| in_path(known) && !parts.contains(&known.1.wire.as_str()))
        .map(|(pointer, known)| (pointer.clone(), known.wire.clone()))
        .collect();
    let missing: Vec<&&str> = parts
        .iter()
        .filter(|part| {
            !parameters
                .iter()
                .any(|known| in_path(known) && known.1.wire == **part)
        })
        .collect();
    let both = !unknown.is_empty() && !missing.is_empty();
    for (pointer, wire) in &unknown {
        let found = format!("the path `{path}` has no `{{{wire}}}`");
        match both {
            true => reader.report(pointer, found, "mend the name, or the path"),
            false => reader.note(pointer, &format!("{found}: passed over")),
        }
    }
    parameters.retain(|(pointer, _)| !unknown.iter().any(|(known, _)| known == pointer));
    for name in missing {
        let found = format!("`{{{name}}}` of the path has no parameter");
        if both {
            let remedy = format!("add one with `name: {name}` and `in: path`");
            reader.report(operation, found, remedy);
            continue;
        }
        reader.note(operation, &format!("{found}: taken for a text"));
        let text = of_form(
            name,
            Place::Path,
            Schema::Text,
            Written::Plain,
            String::new(),
        );
        parameters.push((
            operation.to_owned(),
            Parameter {
                required: true,
                ..text
            },
        ));
    }
}

/// The names between the braces of a path.
fn parts<'p>(reader: &mut Reader<'_>, path: &'p str, item: &str) -> Vec<&'p str> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = sent_path(path);
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
