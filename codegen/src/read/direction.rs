//! In which direction records go: into requests, out of responses, or both.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::model::{Direction, Operation, Record, Schema, Union, reach};

/// Marks the records that requests send, those that can be rows, and the keys whose values are
/// secret.
pub fn mark(
    operations: &mut [Operation],
    records: &mut BTreeMap<String, Record>,
    unions: &BTreeMap<String, Union>,
) {
    let of_records = records
        .iter()
        .map(|(name, record)| (name.as_str(), inside(record).collect()));
    let of_unions = unions.iter().map(|(name, union)| {
        let alternatives = union.alternatives.iter();
        let inside = alternatives.flat_map(|known| known.schema.names());
        (name.as_str(), inside.collect())
    });
    let inner: HashMap<&str, Vec<&str>> = of_records.chain(of_unions).collect();
    let owned = |names: HashSet<&str>| -> HashSet<String> {
        names.into_iter().map(str::to_owned).collect()
    };
    let requested = owned(reach(operations.iter().flat_map(requested), &inner));
    let responded = owned(reach(operations.iter().flat_map(responded), &inner));
    let secrets = secrets(records, &inner);
    for operation in operations {
        operation.secrets = of_operation(operation, &secrets);
    }
    for (name, record) in records {
        record.in_request = requested.contains(name);
        record.row = responded.contains(name) && !secrets.contains_key(name);
        for field in &mut record.fields {
            // A field of one direction is missing in the other.
            field.required &= match field.only {
                Some(Direction::Response) => !record.in_request,
                Some(Direction::Request) => !responded.contains(name),
                None => true,
            };
        }
    }
}

/// The records and enums that a request is made of.
fn requested(operation: &Operation) -> impl Iterator<Item = &str> {
    operation.request_schemas().flat_map(Schema::names)
}

/// The records and enums that a response is made of.
fn responded(operation: &Operation) -> impl Iterator<Item = &str> {
    let errors = operation.error_responses.iter();
    let errors = errors.filter_map(|known| known.schema.as_ref());
    operation
        .response
        .schemas()
        .chain(errors)
        .flat_map(Schema::names)
}

/// The secret keys of every record, those of records in it included.
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
    // From each key up to the records that hold it: there are few such keys.
    let mut holders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, record) in records {
        for field in &record.fields {
            if field.schema.is_secret() {
                holders.entry(&field.wire).or_default().push(name);
            }
        }
    }
    let mut secrets: HashMap<String, BTreeSet<String>> = HashMap::new();
    for (key, holders) in holders {
        for name in reach(holders, &outer) {
            let known = secrets.entry(name.to_owned()).or_default();
            known.insert(key.to_owned());
        }
    }
    secrets
}

fn of_operation(operation: &Operation, secrets: &HashMap<String, BTreeSet<String>>) -> Vec<String> {
    let names = requested(operation).chain(responded(operation));
    let inside = names.filter_map(|name| secrets.get(name)).flatten();
    let own = operation.parameters.iter();
    let own = own.filter(|known| known.schema.is_secret());
    let keys: BTreeSet<&String> = inside.chain(own.map(|known| &known.wire)).collect();
    keys.into_iter().cloned().collect()
}

fn inside(record: &Record) -> impl Iterator<Item = &str> {
    let fields = record.fields.iter().map(|field| &field.schema);
    fields.chain(&record.rest).flat_map(Schema::names)
}
