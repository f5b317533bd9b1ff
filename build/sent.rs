//! What an operation sends and gets back, down to the last record.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::model::{Answer, Operation, Record, Schema};
use super::schema;

/// Marks the records that requests send.
pub fn mark(operations: &[Operation], records: &mut BTreeMap<String, Record>) {
    let mut names = BTreeSet::new();
    for body in operations
        .iter()
        .filter_map(|operation| operation.body.as_ref())
    {
        reach(&body.schema, records, &mut names);
    }
    for name in names {
        if let Some(record) = records.get_mut(&name) {
            record.sent = true;
        }
    }
}

/// The keys whose values are secret, in what the operation sends or gets back.
pub fn secrets(operation: &Operation, records: &BTreeMap<String, Record>) -> Vec<String> {
    let body = operation.body.as_ref().map(|body| &body.schema);
    let answer = match &operation.answer {
        Answer::Json(schema) => Some(schema),
        Answer::Empty => None,
    };
    let mut names = BTreeSet::new();
    for schema in [body, answer].into_iter().flatten() {
        reach(schema, records, &mut names);
    }
    let records = names.iter().filter_map(|name| records.get(name));
    let fields = records.flat_map(|record| &record.fields);
    let secret = fields.filter(|field| schema::is_secret(&field.schema));
    secret
        .map(|field| field.wire.clone())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

/// The records that a schema leads to.
fn reach(
    Schema(schema): &Schema,
    records: &BTreeMap<String, Record>,
    names: &mut BTreeSet<String>,
) {
    let mut open = vec![schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => open.extend(members.values()),
            Value::Array(items) => open.extend(items),
            Value::String(text) => {
                let name = text.strip_prefix("#/definitions/").unwrap_or_default();
                if let Some(record) = records.get(name)
                    && names.insert(name.to_owned())
                {
                    open.extend(record.fields.iter().map(|field| &field.schema.0));
                    open.extend(record.rest.iter().map(|rest| &rest.0));
                }
            }
            _ => {}
        }
    }
}
