//! Files beside the document that it refers to, joined to it.
//!
//! Each is put below a key of the document that nobody looks at by itself, and every `$ref` into it
//! is made one that leads there. So nothing after this knows that there was more than one file.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use serde_json::{Map, Value};

use super::source::{Source, join};

/// Where the files stand in the document, by their numbers.
pub const BESIDE: &str = "x-files-beside";

/// Reads the files that the document refers to, and those that they refer to.
///
/// One that cannot be read is told of where somebody follows the reference: it may be an example.
pub fn gather(source: &mut Source) {
    let mut files = Files {
        numbers: HashMap::from([(plain(&source.path), None)]),
        open: Vec::new(),
        unread: HashMap::new(),
    };
    let folder = source.path.clone();
    files.rewrite(&mut source.root, "", &folder, "");
    let mut roots = Map::new();
    while let Some((number, path)) = files.open.pop() {
        match Source::one(&path) {
            Ok(mut file) => {
                let prefix = join(&join("", BESIDE), number);
                files.rewrite(&mut file.root, &prefix, &path, "");
                roots.insert(number.to_string(), file.root);
                source.add(prefix, path, file.lines, file.problems);
            }
            Err(problems) => source.problems.extend(problems),
        }
    }
    source.unread = files.unread;
    if let Value::Object(members) = &mut source.root
        && !roots.is_empty()
    {
        members.insert(BESIDE.to_owned(), Value::Object(roots));
    }
}

struct Files {
    /// Every file that was met; `None` for the document itself.
    numbers: HashMap<PathBuf, Option<usize>>,
    /// Files that are still to be read.
    open: Vec<(usize, PathBuf)>,
    /// Why a reference was left as it is.
    unread: HashMap<String, String>,
}

impl Files {
    /// Makes every reference one into the joined document; `prefix` is where this part of it is.
    fn rewrite(&mut self, value: &mut Value, prefix: &str, file: &Path, key: &str) {
        match value {
            Value::Array(items) => {
                for item in items {
                    self.rewrite(item, prefix, file, "");
                }
            }
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get_mut("$ref") {
                    self.reference(reference, prefix, file);
                }
                for (name, member) in members {
                    // What stands in an example is no reference, unless it is a property's name.
                    if key == "properties" || !matches!(name.as_str(), "example" | "examples") {
                        self.rewrite(member, prefix, file, name);
                    }
                }
            }
            _ => {}
        }
    }

    fn reference(&mut self, reference: &mut String, prefix: &str, file: &Path) {
        let (name, fragment) = reference
            .split_once('#')
            .unwrap_or((reference.as_str(), ""));
        if name.is_empty() {
            if !prefix.is_empty() {
                *reference = format!("#{prefix}{fragment}");
            }
            return;
        }
        if name.contains("://") || Path::new(name).is_absolute() {
            return;
        }
        let path = plain(&file.with_file_name("").join(name));
        let known = self.numbers.get(&path).copied();
        let number = match known {
            Some(number) => number,
            None if path.is_file() => {
                let number = self.numbers.len();
                self.open.push((number, path.clone()));
                self.numbers.insert(path, Some(number));
                Some(number)
            }
            None => {
                let why = format!("there is no file {}", path.display());
                self.unread.insert(reference.clone(), why);
                return;
            }
        };
        let place = match number {
            Some(number) => join(&join("", BESIDE), number),
            None => String::new(),
        };
        *reference = format!("#{place}{fragment}");
    }
}

/// A path without `.` and `..`, as far as its text tells.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(plain.components().next_back(), Some(Component::Normal(_))) =>
            {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}
