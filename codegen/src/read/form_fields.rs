//! The fields of a form: parameters like any other.

use serde_json::Value;

use super::context::Context;
use super::parameters;
use crate::model::{FILE, Parameter, ParameterLocation, Schema, Style, Written};
use crate::schema::inline_names;
use crate::schema::schema_kind::{SchemaKind, flag};
use crate::text::reserved_names::REST;
use crate::text::{join, names};

/// Returns the fields of a form, if its schema is an object that names them.
pub fn read(
    context: &mut Context<'_>,
    media: &str,
    name: &str,
    required: bool,
    multipart: bool,
) -> Option<Vec<Parameter>> {
    let pointer = join(media, "schema");
    let (at, value) = context.schemas.registry.settle(&pointer)?;
    if !SchemaKind::of(value).is_plain_object() {
        return None;
    }
    let members = context.schemas.registry.gather(&[(value, &at)], None);
    if members.properties.is_empty() {
        return None;
    }
    // A component has a name of its own.
    let component = inline_names::component(&at).filter(|_| at != pointer);
    let stem = component.map_or_else(|| name.to_owned(), |key| names::type_name(&key));
    let location = if multipart {
        ParameterLocation::Part
    } else {
        ParameterLocation::Form
    };
    let mut fields = Vec::new();
    for (wire, pointer) in &members.properties {
        let encoding = join(&join(media, "encoding"), wire);
        let hint = format!("{stem}{}", names::pascal(wire));
        let required = required && members.required.contains(wire);
        let field = field(context, location, wire, [pointer, &encoding], &hint)?;
        fields.push(Parameter { required, ..field });
    }
    if let Some(rest) = &members.rest {
        let values = context.schemas.read(rest, &format!("{stem}Value"));
        let schema = Schema::Map(Box::new(values));
        let written = Written::Styled(Style::Form, true);
        fields.push(Parameter {
            doc: "Sets all other fields.".to_owned(),
            ..Parameter::new(REST, location, schema, written)
        });
    }
    Some(fields)
}

/// A field of a form, or a part of a multipart one.
fn field(
    context: &mut Context<'_>,
    location: ParameterLocation,
    wire: &str,
    [pointer, encoding]: [&str; 2],
    hint: &str,
) -> Option<Parameter> {
    let at = |key| context.source.at(&join(encoding, key));
    let explode = at("explode").and_then(Value::as_bool).unwrap_or(true);
    // A list or a range of types cannot be sent as a type.
    let media_type = at("contentType")
        .and_then(Value::as_str)
        .filter(|kind| location == ParameterLocation::Part && !kind.contains([',', '*']))
        .map(str::to_owned);
    let style = match location {
        ParameterLocation::Form => parameters::style(context, location, encoding)?,
        _ => Style::Form,
    };
    let schema = match files(context, location, pointer) {
        Some(files) => files,
        None => parameters::schema(context, pointer, hint),
    };
    let value = context.source.at(pointer).unwrap_or(&Value::Null);
    let written = Written::Styled(style, explode);
    let [doc, facts] = context.schemas.registry.doc_parts(pointer);
    Some(Parameter {
        doc,
        facts,
        deprecated: flag(value, "deprecated"),
        media_type,
        ..Parameter::new(wire, location, schema, written)
    })
}

/// A file, or a list of them, where a part is one.
fn files(context: &Context<'_>, location: ParameterLocation, pointer: &str) -> Option<Schema> {
    let binary = |at: &str| context.schemas.registry.is_binary(at);
    let file = Schema::Rust(FILE.to_owned());
    match location {
        ParameterLocation::Part if binary(pointer) => Some(file),
        ParameterLocation::Part if binary(&join(pointer, "items")) => {
            Some(Schema::List(Box::new(file)))
        }
        _ => None,
    }
}
