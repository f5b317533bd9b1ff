//! What an operation sends and gets back, down to the last record.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::model::{Answer, Operation, Record, Schema};
use super::schema;

/// Marks the records that requests send, and the keys whose values are secret.
pub fn mark(operations: &mut [Operation], records: &mut BTreeMap<String, Record>) {
    let bodies = operations
        .iter()
        .filter_map(|operation| operation.body.as_ref());
    let sent = bodies.flat_map(|body| names(&body.schema));
    let inner: HashMap<&str, Vec<&str>> = records
        .iter()
        .map(|(name, record)| (name.as_str(), inside(record).collect()))
        .collect();
    let sent: Vec<String> = reach(sent, &inner).into_iter().map(str::to_owned).collect();
    let secrets = secrets(records, &inner);
    for operation in operations {
        operation.secrets = of_operation(operation, &secrets);
    }
    for name in sent {
        if let Some(record) = records.get_mut(&name) {
            record.sent = true;
        }
    }
}

/// The secret keys of every record and of what is inside of it.
fn secrets(
    records: &BTreeMap<String, Record>,
    inner: &HashMap<&str, Vec<&str>>,
) -> HashMap<String, BTreeSet<String>> {
    let mut outer: HashMap<&str, Vec<&str>> = HashMap::new();
    for (name, inside) in inner {
        for inside in inside {
            outer.entry(inside).or_default().push(name);
        }
    }
    // From each key up to whatever holds it: there are few, and most documents have none.
    let mut holders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, record) in records {
        for field in &record.fields {
            if schema::is_secret(&field.schema) {
                holders.entry(&field.wire).or_default().push(name);
            }
        }
    }
    let mut secrets: HashMap<String, BTreeSet<String>> = HashMap::new();
    for (key, holders) in holders {
        for name in reach(holders, &outer) {
            secrets
                .entry(name.to_owned())
                .or_default()
                .insert(key.to_owned());
        }
    }
    secrets
}

fn of_operation(operation: &Operation, secrets: &HashMap<String, BTreeSet<String>>) -> Vec<String> {
    let body = operation.body.as_ref().map(|body| &body.schema);
    let answer = match &operation.answer {
        Answer::Json(schema) => Some(schema),
        Answer::Empty => None,
    };
    let names = [body, answer].into_iter().flatten().flat_map(names);
    let keys: BTreeSet<&String> = names
        .filter_map(|name| secrets.get(name))
        .flatten()
        .collect();
    keys.into_iter().cloned().collect()
}

/// The records and enums that a schema names.
fn names(schema: &Schema) -> impl Iterator<Item = &str> {
    schema.parts().filter_map(|part| match part {
        Schema::Named(name) => Some(name.as_str()),
        _ => None,
    })
}

fn inside(record: &Record) -> impl Iterator<Item = &str> {
    let fields = record.fields.iter().map(|field| &field.schema);
    fields.chain(&record.rest).flat_map(names)
}

/// Everything that can be come to from a few names.
fn reach<'a>(
    from: impl IntoIterator<Item = &'a str>,
    ways: &HashMap<&'a str, Vec<&'a str>>,
) -> HashSet<&'a str> {
    let mut open: Vec<&str> = from.into_iter().collect();
    let mut seen = HashSet::new();
    while let Some(name) = open.pop() {
        if seen.insert(name) {
            open.extend(ways.get(name).into_iter().flatten());
        }
    }
    seen
}
