//! Types that have another name, where that is certain.

use std::collections::{BTreeMap, BTreeSet};

use super::pairs;
use super::report::Report;
use super::types::Type;
use crate::model::{Api, Content, Operation, Response, Schema};

/// Places that hold a value, each with the type of the document that it names.
type Uses = BTreeMap<String, Option<String>>;

/// The operations that are looked at, by their names, each with a name that both documents know.
type Labels = BTreeMap<String, String>;

/// Finds the types of the old document that have another name in the new one, reports them, and
/// gives them their new names in the old model, so that each is reported once.
///
/// A type that is gone is called otherwise if each place that named it, and that is still there,
/// names the same new type of the same kind.
pub fn apply(old: &mut Api, new: &mut Api, report: &mut Report) {
    let pairs = pairs::operations(&old.operations, &new.operations);
    let labels = pairs
        .both()
        .map(|(old, new)| (old.name.clone(), new.name.clone()));
    let labels = labels.collect();
    let all = new
        .operations
        .iter()
        .map(|one| (one.name.clone(), one.name.clone()));
    let all = all.collect();
    let after = uses(new, &all);
    loop {
        let before = uses(old, &labels);
        let found = find([old, new], &before, &after);
        if found.is_empty() {
            return;
        }
        for (from, to) in found {
            report.breaking(format!("{from} is called {to} now"));
            rename(old, &from, &to);
        }
    }
}

/// Types of the old document, and their names in the new one.
fn find([old, new]: [&Api; 2], before: &Uses, after: &Uses) -> BTreeMap<String, String> {
    let types = [old, new].map(Type::all);
    // What stands now wherever the old document names a type.
    let mut now: BTreeMap<&str, BTreeSet<Option<&str>>> = BTreeMap::new();
    for (place, name) in before {
        if let (Some(name), Some(other)) = (name, after.get(place)) {
            now.entry(name).or_default().insert(other.as_deref());
        }
    }
    let mut taken = BTreeSet::new();
    let mut found = BTreeMap::new();
    for (from, was) in types[0]
        .iter()
        .filter(|(name, _)| !types[1].contains_key(*name))
    {
        let names: Vec<Option<&str>> = now.get(from).into_iter().flatten().copied().collect();
        let [Some(to)] = names.as_slice() else {
            continue;
        };
        let added = types[1].get(to).filter(|_| !types[0].contains_key(to));
        if added.is_some_and(|is| is.word() == was.word()) && taken.insert(*to) {
            found.insert((*from).to_owned(), (*to).to_owned());
        }
    }
    found
}

fn uses(api: &mut Api, labels: &Labels) -> Uses {
    let mut uses = Uses::new();
    each_place(api, labels, &mut |place, name| {
        uses.insert(place, name.cloned());
    });
    uses
}

fn rename(api: &mut Api, from: &str, to: &str) {
    let all = api
        .operations
        .iter()
        .map(|one| (one.name.clone(), String::new()));
    each_place(api, &all.collect(), &mut |_, name| {
        if let Some(name) = name.filter(|name| *name == from) {
            to.clone_into(name);
        }
    });
    let pagings = api
        .operations
        .iter_mut()
        .filter_map(|one| one.paging.as_mut());
    for paging in pagings.filter(|paging| paging.record == from) {
        to.clone_into(&mut paging.record);
    }
    move_key(&mut api.records, from, to);
    move_key(&mut api.enums, from, to);
    move_key(&mut api.unions, from, to);
}

fn move_key<T>(types: &mut BTreeMap<String, T>, from: &str, to: &str) {
    if let Some(renamed) = types.remove(from) {
        types.insert(to.to_owned(), renamed);
    }
}

/// Calls `use_` for each place of the operations that have a label, and of all types.
fn each_place(api: &mut Api, labels: &Labels, use_: &mut dyn FnMut(String, Option<&mut String>)) {
    for operation in &mut api.operations {
        if let Some(label) = labels.get(&operation.name) {
            each_of_operation(operation, label, use_);
        }
    }
    for (owner, record) in &mut api.records {
        for field in &mut record.fields {
            use_(format!("{owner} {}", field.name), named(&mut field.schema));
        }
        if let Some(rest) = &mut record.rest {
            use_(format!("{owner} and all others"), named(rest));
        }
    }
    for (owner, union) in &mut api.unions {
        for known in &mut union.alternatives {
            use_(format!("{owner} {}", known.name), named(&mut known.schema));
        }
    }
}

fn each_of_operation(
    operation: &mut Operation,
    label: &str,
    use_: &mut dyn FnMut(String, Option<&mut String>),
) {
    for known in &mut operation.parameters {
        use_(
            format!("{label}() {}", known.name),
            named(&mut known.schema),
        );
    }
    if let Some(body) = &mut operation.body {
        use_(format!("{label}() body"), named(&mut body.schema));
    }
    for error_response in &mut operation.error_responses {
        let schema = error_response.schema.as_mut();
        use_(
            format!("{label}() {}", error_response.status),
            schema.and_then(named),
        );
    }
    let response = format!("{label}() response");
    match &mut operation.response {
        Response::Always(content) => use_(response, of_content(content)),
        Response::Maybe(schema) => use_(response, named(schema)),
        Response::ByStatus(name, successes) => {
            for success in successes {
                use_(
                    format!("{name} {}", success.name),
                    of_content(&mut success.content),
                );
            }
            use_(response, Some(name));
        }
    }
}

fn of_content(content: &mut Content) -> Option<&mut String> {
    match content {
        Content::Json(schema) => named(schema),
        Content::Text | Content::Bytes | Content::Empty => None,
    }
}

/// The type of the document that a schema names.
fn named(schema: &mut Schema) -> Option<&mut String> {
    match schema {
        Schema::Named(name) => Some(name),
        Schema::List(inner) | Schema::Map(inner) | Schema::Nullable(inner) => named(inner),
        Schema::Any
        | Schema::Boolean
        | Schema::Integer(_)
        | Schema::Number(_)
        | Schema::Text
        | Schema::Rust(_) => None,
    }
}
