//! `x-paging`: how to ask for the rest of a list.

use serde_json::Value;

use crate::document::Findings;
use crate::model::{Content, Paging, Parameter, Record, Response, Schema};
use crate::text::join;

const KEY: &str = "x-paging";

/// Returns the paging of the operation at `pointer`, if it has any.
pub fn read(
    findings: &mut Findings<'_>,
    pointer: &str,
    parameters: &[Parameter],
    response: &Response,
) -> Option<Paging> {
    let at = join(pointer, KEY);
    let [page, size, key] = super::texts(findings, &at, ["page", "size", "key"], &["end"])?;
    let end = findings.source.at(&join(&at, "end"));
    let end = end.and_then(Value::as_str).map(str::to_owned);
    let page = super::query_parameter(findings, &at, parameters, &page);
    super::query_parameter(findings, &at, parameters, &size);
    let page = parameters.get(page?)?;
    if page.required || page.schema != Schema::Integer("u64") {
        let found = format!("`{}` cannot be the page number", page.wire);
        let remedy = "make it optional, with `type: integer` and `minimum: 1`";
        findings.report(&join(&at, "page"), found, remedy);
    }
    let Some(record) = record_of(response) else {
        findings.report(
            &at,
            "the response is not an array of objects, so it has no pages",
            "remove the key, or describe the response as an array",
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

/// Returns the type of the items of a response that is a list of objects.
fn record_of(response: &Response) -> Option<String> {
    let Response::Always(Content::Json(Schema::List(item))) = response else {
        return None;
    };
    match item.as_ref() {
        Schema::Named(name) => Some(name.clone()),
        _ => None,
    }
}

/// Reports a key that does not identify records. Their fields are known only after all schemas are read.
pub fn check_key(findings: &mut Findings<'_>, paging: &Paging, record: Option<&Record>) {
    let field = record.and_then(|record| paging.field(record));
    let fits = field.is_some_and(|field| {
        field.required && matches!(field.schema, Schema::Integer(_) | Schema::Text)
    });
    if !fits {
        let found = format!(
            "the records of the response have no required `{}` of type integer or string",
            paging.key
        );
        let remedy = "name the field that identifies a record";
        findings.report(&join(&paging.pointer, "key"), found, remedy);
    }
}
