//! The fields of a form: parameters like any other.

use serde_json::Value;

use crate::kinds::Kind;
use crate::model::{Parameter, Place, Schema, Style, Written};
use crate::names;
use crate::parameters;
use crate::place;
use crate::read::Reader;
use crate::schema::flag;
use crate::source::join;

/// What holds the bytes of a file.
pub const FILE: &str = "crate::runtime::File";

/// The fields of a form, where its schema is an object that names them.
pub fn read(
    reader: &mut Reader<'_>,
    media: &str,
    name: &str,
    required: bool,
    multipart: bool,
) -> Option<Vec<Parameter>> {
    let pointer = join(media, "schema");
    let (at, value) = reader.schemas.settle(&pointer)?;
    if !matches!(Kind::of(value), Kind::Object | Kind::Base | Kind::Joined) {
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
        let field = field(reader, place, wire, [pointer, &encoding], &hint)?;
        fields.push(Parameter { required, ..field });
    }
    if let Some(rest) = &members.rest {
        let values = reader.schemas.read(rest, &format!("{stem}Value"));
        let schema = Schema::Map(Box::new(values));
        let written = Written::Styled(Style::Form, true);
        let doc = "Whatever other fields there are.".to_owned();
        fields.push(untold(crate::types::REST, place, schema, written, doc));
    }
    Some(fields)
}

/// A field of a form, or a part of a multipart one.
fn field(
    reader: &mut Reader<'_>,
    place: Place,
    wire: &str,
    [pointer, encoding]: [&str; 2],
    hint: &str,
) -> Option<Parameter> {
    let at = |key| reader.source.at(&join(encoding, key));
    let explode = at("explode").and_then(Value::as_bool).unwrap_or(true);
    // One of several types, or a range, is no type that could be sent.
    let media_type = at("contentType")
        .and_then(Value::as_str)
        .filter(|kind| place == Place::Part && !kind.contains([',', '*']))
        .map(str::to_owned);
    let style = match place {
        Place::Form => parameters::style(reader, place, encoding)?,
        _ => Style::Form,
    };
    let schema = match files(reader, place, pointer) {
        Some(files) => files,
        None => parameters::schema(reader, pointer, hint),
    };
    let value = reader.source.at(pointer).unwrap_or(&Value::Null);
    let doc = reader.schemas.doc(pointer);
    let written = Written::Styled(style, explode);
    Some(Parameter {
        deprecated: flag(value, "deprecated"),
        media_type,
        ..untold(wire, place, schema, written, doc)
    })
}

/// A file, or a list of them, where a part is one.
fn files(reader: &Reader<'_>, place: Place, pointer: &str) -> Option<Schema> {
    let binary = |at: &str| {
        let value = reader.schemas.settle(at).map(|(_, value)| value);
        value.is_some_and(|value| value.get("format") == Some(&Value::from("binary")))
    };
    let file = Schema::Rust(FILE.to_owned());
    match place {
        Place::Part if binary(pointer) => Some(file),
        Place::Part if binary(&join(pointer, "items")) => Some(Schema::List(Box::new(file))),
        _ => None,
    }
}

/// A parameter of which nothing else is said.
pub fn untold(
    wire: &str,
    place: Place,
    schema: Schema,
    written: Written,
    doc: String,
) -> Parameter {
    Parameter {
        wire: wire.to_owned(),
        name: String::new(),
        place,
        required: false,
        doc,
        facts: String::new(),
        deprecated: false,
        schema,
        written,
        media_type: None,
        minimum: None,
        maximum: None,
        default: None,
    }
}
