//! The signatures of generated code, a line each, by which handwritten code is left out if the
//! document does not define what it uses.

use crate::model::{Api, Content, Operation, Parameter, Record, Response, Security};
use crate::write::rust_types::Types;

/// Operations, constructors and fields, as `list_users() -> Vec<types::User>`,
/// `Credentials::new(String)` and `User.id: i64`.
pub fn all(api: &Api, types: &Types) -> Vec<String> {
    let operations = api.operations.iter().map(|known| operation(known, types));
    let records = api
        .records
        .iter()
        .flat_map(|(name, known)| record(name, known, types));
    operations.chain(records).collect()
}

fn operation(operation: &Operation, types: &Types) -> String {
    let parameters = operation.parameters.iter().filter(|known| known.required);
    let taken = parameters.map(|Parameter { schema, .. }| schema);
    let body = operation.body.iter().filter(|body| body.required);
    let taken = taken.chain(body.map(|body| &body.schema));
    let taken: Vec<String> = taken.map(|schema| text(&types.of(schema))).collect();
    let response = match &operation.response {
        Response::Always(Content::Json(schema)) => text(&types.of(schema)),
        Response::Always(Content::Empty) => "()".to_owned(),
        _ => "…".to_owned(),
    };
    let token = match operation.security {
        Security::Open => "",
        Security::AnyOf { .. } => " with a token",
    };
    format!(
        "{}({}) -> {response}{token}",
        operation.name,
        taken.join(", ")
    )
}

fn record(name: &str, record: &Record, types: &Types) -> Vec<String> {
    let field = |field: &crate::model::Field| text(&types.field(name, &field.name));
    let mut all: Vec<String> = record
        .fields
        .iter()
        .map(|known| format!("{name}.{}: {}", known.name, field(known)))
        .collect();
    if record.in_request {
        let required = record.fields.iter().filter(|field| !field.may_be_missing());
        let taken: Vec<String> = required.map(field).collect();
        all.push(format!("{name}::new({})", taken.join(", ")));
    }
    all
}

fn text(rust: &proc_macro2::TokenStream) -> String {
    rust.to_string().replace(' ', "")
}
