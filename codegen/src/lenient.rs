//! Leaves out the operations that cannot be generated, and reads the rest.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;

use crate::document::bundle::BESIDE;
use crate::document::{Source, openapi_objects, references};
use crate::model::Api;
use crate::read::operations as reader;
use crate::text::{Diagnostic, Diagnostics, join, one_line, target, target_of, unescape};

/// Reads the document without the operations that have faults.
///
/// # Errors
///
/// Fails with the faults that belong to no operation.
pub fn read(source: &Source) -> Result<Api, Diagnostics> {
    let mut source = source.clone();
    write_paths_out(&mut source);
    let mut left_out = Vec::new();
    let mut unused = Vec::new();
    let mut removed = HashSet::new();
    loop {
        let mut tried = source.clone();
        let diagnostics = match reader::read(&mut tried) {
            Ok(mut api) => {
                api.notes.extend(unused);
                api.left_out = left_out;
                return Ok(api);
            }
            Err(diagnostics) => diagnostics,
        };
        let faults = Faults::new(&source, &diagnostics);
        if !faults.elsewhere.is_empty() {
            return Err(faults.elsewhere.into_iter().collect());
        }
        let before = removed.len();
        for (pointer, diagnostics) in faults.operations {
            source.remove(&pointer);
            if removed.insert(pointer.clone()) {
                left_out.push(line(&pointer, &diagnostics));
            }
        }
        // A fault in a component that no operation uses does no harm.
        for (pointer, diagnostic) in faults.components {
            source.remove(&pointer);
            removed.insert(pointer);
            unused.push(format!("{diagnostic}; nothing uses it: ignored"));
        }
        source.diagnostics = Diagnostics::default();
        if removed.len() == before || operations(&source).is_empty() {
            return Err(diagnostics);
        }
    }
}

/// Copies paths that are references to where they are used, so that an operation can be left out of
/// one path and stay in another.
fn write_paths_out(source: &mut Source) {
    let Some(Value::Object(paths)) = source.at("/paths") else {
        return;
    };
    let elsewhere: Vec<(String, Value)> = paths
        .keys()
        .map(|path| join("/paths", path))
        .filter_map(|pointer| {
            let target =
                references::resolve(source, &pointer).filter(|target| *target != pointer)?;
            Some((pointer, source.at(&target)?.clone()))
        })
        .collect();
    for (pointer, item) in elsewhere {
        if let Some(place) = source.root.pointer_mut(&pointer) {
            *place = item;
        }
    }
}

/// Diagnostics, by the part of the document that they belong to.
struct Faults {
    /// Those of operations, by the pointers of these.
    operations: BTreeMap<String, Vec<Diagnostic>>,
    /// Those of components that no operation uses.
    components: Vec<(String, Diagnostic)>,
    /// All others.
    elsewhere: Vec<Diagnostic>,
}

impl Faults {
    fn new(source: &Source, diagnostics: &Diagnostics) -> Self {
        let mut faults = Self {
            operations: BTreeMap::new(),
            components: Vec::new(),
            elsewhere: Vec::new(),
        };
        let users = Users::of(source);
        for diagnostic in diagnostics.iter() {
            let pointer = diagnostic.pointer();
            let operations = users.of_pointer(pointer);
            for operation in &operations {
                let known = faults.operations.entry(operation.clone()).or_default();
                known.push(diagnostic.clone());
            }
            if operations.is_empty() {
                match component(pointer) {
                    Some(component) => faults.components.push((component, diagnostic.clone())),
                    None => faults.elsewhere.push(diagnostic.clone()),
                }
            }
        }
        faults
    }
}

/// Which operations use which parts of the document.
struct Users {
    /// The pointers of all operations.
    operations: HashSet<String>,
    /// For each part that is referred to, the parts and operations that refer to it.
    of: HashMap<String, Vec<String>>,
}

impl Users {
    fn of(source: &Source) -> Self {
        let mut open = operations(source);
        let mut users = Self {
            operations: open.iter().cloned().collect(),
            of: HashMap::new(),
        };
        let mut seen = users.operations.clone();
        while let Some(next) = open.pop() {
            let mut leads = references(source, &next);
            if users.operations.contains(&next) {
                let (item, _) = next.rsplit_once('/').unwrap_or_default();
                leads.push(join(item, "parameters"));
            }
            for part in leads {
                if seen.insert(part.clone()) {
                    open.push(part.clone());
                }
                users.of.entry(part).or_default().push(next.clone());
            }
        }
        users
    }

    /// Returns the operations that use the value at a pointer, or a value around it.
    fn of_pointer(&self, pointer: &str) -> BTreeSet<String> {
        let mut open = Vec::new();
        let mut near = pointer;
        loop {
            open.push(near);
            match near.rsplit_once('/') {
                Some((above, _)) => near = above,
                None => break,
            }
        }
        let mut seen = HashSet::new();
        let mut found = BTreeSet::new();
        while let Some(next) = open.pop() {
            if !seen.insert(next) {
                continue;
            }
            if self.operations.contains(next) {
                found.insert(next.to_owned());
            }
            open.extend(self.of.get(next).into_iter().flatten().map(String::as_str));
        }
        // A fault of a path is one of all its operations.
        if found.is_empty() && pointer.starts_with("/paths/") {
            let below = |operation: &&String| {
                let rest = operation.strip_prefix(pointer);
                rest.is_some_and(|rest| rest.starts_with('/'))
            };
            found.extend(self.operations.iter().filter(below).cloned());
        }
        found
    }
}

/// The pointers of all operations.
fn operations(source: &Source) -> Vec<String> {
    let Some(Value::Object(paths)) = source.at("/paths") else {
        return Vec::new();
    };
    let mut operations = Vec::new();
    for path in paths.keys() {
        let own = join("/paths", path);
        let members = source.at(&own).and_then(Value::as_object);
        for key in members.into_iter().flat_map(|members| members.keys()) {
            if openapi_objects::method(key).is_some() {
                operations.push(join(&own, key));
            }
        }
    }
    operations
}

/// The targets of the references in a part of the document, and the security schemes that it names.
fn references(source: &Source, pointer: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Vec<&Value> = source.at(pointer).into_iter().collect();
    let security = match source.at(&join(pointer, "security")) {
        Some(own) => Some(own),
        None if pointer.starts_with("/paths/") => source.at("/security"),
        None => None,
    };
    for requirement in security.and_then(Value::as_array).into_iter().flatten() {
        let schemes = requirement.as_object().into_iter().flatten();
        found.extend(schemes.map(|(name, _)| join("/components/securitySchemes", name)));
    }
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(members) => {
                found.extend(target_of(value));
                // A discriminator names schemas, too.
                let mapping = members.get("mapping").and_then(Value::as_object);
                let mapped = mapping.into_iter().flatten();
                found.extend(mapped.filter_map(|(_, to)| target(to.as_str()?)));
                open.extend(members.values());
            }
            _ => {}
        }
    }
    found
}

/// The component that a pointer leads into. A path that stands among the components by mistake is
/// none: it would be left out in silence.
fn component(pointer: &str) -> Option<String> {
    let mut tokens = pointer.split('/').skip(1);
    let mut start = String::new();
    let mut first = tokens.next()?;
    if first == BESIDE {
        start = format!("/{first}/{}", tokens.next()?);
        first = tokens.next()?;
    }
    let (section, name) = (tokens.next()?, tokens.next()?);
    let is_path = name.starts_with("~1");
    (first == "components" && !is_path).then(|| format!("{start}/components/{section}/{name}"))
}

/// The line that reports that an operation is left out, and why.
fn line(pointer: &str, diagnostics: &[Diagnostic]) -> String {
    let (item, method) = pointer.rsplit_once('/').unwrap_or_default();
    let path = unescape(item.strip_prefix("/paths/").unwrap_or(item));
    let operation = one_line(format!("{} {path}", method.to_ascii_uppercase()));
    let why = match diagnostics {
        [first] => first.to_string(),
        [first, rest @ ..] => format!("{first} (and {} more)", rest.len()),
        [] => "it cannot be generated".to_owned(),
    };
    format!("{operation} is left out: {why}")
}
