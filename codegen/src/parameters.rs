//! The parameters of an operation, its own and those of its path.

use openapiv3::{Parameter as Described, ParameterData};
use serde_json::Value;

use crate::access::is_header;
use crate::content::{essence, is_json};
use crate::doc;
use crate::model::{Parameter, Place, Schema, Style, Written};
use crate::names::{self, Scope};
use crate::path;
use crate::place;
use crate::read::Reader;
use crate::refs;
use crate::schema::SECRET;
use crate::source::join;

/// Names that a request builder has already.
const BUILDER: [&str; 10] = [
    "new", "call", "call_raw", "client", "clone", "body", "period", "items", "pages", "request",
];

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
    let parts = path::parts(reader, path, item);
    // One that is faulty may be the one that is missing.
    if complete {
        path::fit(reader, operation, path, &parts, &mut parameters);
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
                    let first = reader.source.shown(&format!("#{first}"));
                    reader.report(&at, found, format!("keep one; the first is {first}"));
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
    let [text, facts] = reader.schemas.doc_parts(&at);
    Some(Parameter {
        name: String::new(),
        place,
        // What is left out of a path makes it another one.
        required: data.required || place == Place::Path,
        doc: doc::paragraphs([
            doc::markdown(data.description.as_deref().unwrap_or_default()),
            text,
        ]),
        facts,
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

pub fn style(reader: &mut Reader<'_>, place: Place, pointer: &str) -> Option<Style> {
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
pub fn schema(reader: &mut Reader<'_>, pointer: &str, hint: &str) -> Schema {
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

/// The bounds of a whole number, where its type does not say them already.
fn bounds(reader: &mut Reader<'_>, schema: &Schema, pointer: &str) -> (Option<i128>, Option<i128>) {
    let Some((least, most)) = limits(schema) else {
        return (None, None);
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

/// The least and the greatest value of a whole number's type.
pub fn limits(schema: &Schema) -> Option<(i128, i128)> {
    match schema {
        Schema::Integer("i32") => Some((i32::MIN.into(), i32::MAX.into())),
        Schema::Integer("u64") => Some((0, u64::MAX.into())),
        Schema::Integer(_) => Some((i64::MIN.into(), i64::MAX.into())),
        _ => None,
    }
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
