//! `x-paging`: how to ask for the rest of a list.

use serde_json::Value;

use crate::model::{Answer, Content, Paging, Parameter, Place, Schema};
use crate::read::Reader;
use crate::source::join;

/// The paging of the operation at `pointer`, where it has any.
pub fn read(
    reader: &mut Reader<'_>,
    pointer: &str,
    parameters: &[Parameter],
    answer: &Answer,
) -> Option<Paging> {
    let at = join(pointer, "x-paging");
    let value = reader.source.at(&at)?;
    let [page, size, key] = reader.texts(value, &at, ["page", "size", "key"], &["end"])?;
    let end = value.get("end").and_then(Value::as_str).map(str::to_owned);
    let page = parameter(reader, &at, parameters, &page);
    parameter(reader, &at, parameters, &size);
    let page = page?;
    if page.required || page.schema != Schema::Integer("u64") {
        let found = format!("`{}` cannot count pages", page.wire);
        let remedy = "it has to be optional, of `type: integer` and `minimum: 1`";
        reader.report(&join(&at, "page"), found, remedy);
    }
    let record = match answer {
        Answer::Always(Content::Json(Schema::List(item))) => match item.as_ref() {
            Schema::Named(name) => Some(name.clone()),
            _ => None,
        },
        _ => None,
    };
    let Some(record) = record else {
        reader.report(
            &at,
            "the answer is no array of objects, so there is nothing to page through",
            "take the key away, or describe the answer as an array",
        );
        return None;
    };
    Some(Paging {
        page: page.name.clone(),
        first: page.default.unwrap_or(1),
        record,
        key,
        end,
        pointer: at,
    })
}

fn parameter<'p>(
    reader: &mut Reader<'_>,
    pointer: &str,
    parameters: &'p [Parameter],
    name: &str,
) -> Option<&'p Parameter> {
    let known = parameters
        .iter()
        .find(|known| known.wire == name && known.place == Place::Query);
    if known.is_none() {
        reader.report(
            pointer,
            format!("`{name}` is no query parameter of this operation"),
            "name one of its query parameters",
        );
    }
    known
}

/// What is paged through has to be told apart by its key; its fields are known in the end only.
pub fn check_key(reader: &mut Reader<'_>, paging: &Paging) {
    let record = reader.schemas.records.get(&paging.record);
    let field = record.and_then(|record| paging.field(record));
    let fits = field.is_some_and(|field| {
        field.required && matches!(field.schema, Schema::Integer(_) | Schema::Text)
    });
    if !fits {
        reader.report(
            &join(&paging.pointer, "key"),
            format!(
                "the records of the answer have no required `{}`, a whole number or a text",
                paging.key
            ),
            "name the field that tells one from the others",
        );
    }
}
