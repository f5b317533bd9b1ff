//! Joins the files that a document refers to into one document.
//!
//! Each file is put below one key of the document, and every `$ref` into it is rewritten to lead
//! there. The later stages see a single document.
//!
//! Only files in the folder of the document are read, or in folders below it. Messages of the build
//! end up in logs, so they show nothing of a file unless it is part of an OpenAPI document.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use serde_json::{Map, Value};

use super::openapi_objects;
use super::source::{Source, Unread};
use crate::text::{Diagnostics, join, target};

/// The key below which the files stand, by their numbers.
pub const BESIDE: &str = "x-files-beside";

/// Reads the document at `path`, and the files beside it that it refers to.
pub fn read(path: &Path) -> Result<Source, Diagnostics> {
    Ok(gather(Source::read(path)?))
}

/// Parses a text as if it stood at `path`, and reads the files beside it that it refers to.
pub fn parse(path: &Path, text: &str) -> Result<Source, Diagnostics> {
    Ok(gather(Source::parse(path, text)?))
}

/// Reads the files that the document refers to, and those that they refer to.
///
/// A file that cannot be read is reported only where a reference into it is followed: it may be
/// part of an example.
fn gather(mut source: Source) -> Source {
    let mut files = Files {
        folder: folder(&source.path),
        numbers: HashMap::from([(plain(&source.path), None)]),
        open: Vec::new(),
        unread: HashMap::new(),
        targets: HashMap::new(),
    };
    let path = source.path.clone();
    files.rewrite(&mut source.root, "", &path, "");
    let mut read = Vec::new();
    while let Some((number, path)) = files.open.pop() {
        let prefix = join(&join("", BESIDE), number);
        match Source::read(&path) {
            Ok(mut file) => {
                files.rewrite(&mut file.root, &prefix, &path, "");
                read.push((number, prefix, path, file));
            }
            Err(diagnostics) => {
                let why = diagnostics
                    .iter()
                    .find_map(|diagnostic| diagnostic.unquoted());
                let why = why.unwrap_or_else(|| NO_PART.to_owned());
                source.close(prefix, path, Unread::new(why, "fix that file"));
            }
        }
    }
    let mut roots = Map::new();
    for (number, prefix, path, file) in read {
        if files.is_part(number, &file.root) {
            roots.insert(number.to_string(), file.root);
            source.add(prefix, path, file.lines, file.diagnostics);
        } else {
            let remedy = "refer to an OpenAPI object in a YAML or JSON file";
            source.close(prefix, path, Unread::new(NO_PART, remedy));
        }
    }
    source.unread = files.unread;
    if let Value::Object(members) = &mut source.root
        && !roots.is_empty()
    {
        members.insert(BESIDE.to_owned(), Value::Object(roots));
    }
    source
}

const NO_PART: &str = "no reference leads to an OpenAPI object in it, so its content is not shown";

struct Files {
    /// The folder of the document.
    folder: PathBuf,
    /// The numbers of all files so far; `None` is the document itself.
    numbers: HashMap<PathBuf, Option<usize>>,
    /// Files that are still to be read.
    open: Vec<(usize, PathBuf)>,
    /// References that were not rewritten, and why.
    unread: HashMap<String, Unread>,
    /// The fragments of the references into each file.
    targets: HashMap<usize, Vec<String>>,
}

impl Files {
    /// Rewrites every reference of a file, which stands at `prefix` in the joined document.
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
                    // A `$ref` in an example is text, unless `example` is the name of a property.
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
        if name.contains("://") {
            return;
        }
        let path = plain(&file.with_file_name("").join(name));
        let number = match self.number(path) {
            Ok(number) => number,
            Err(unread) => {
                self.unread.insert(reference.clone(), unread);
                return;
            }
        };
        let place = match number {
            Some(number) => {
                let target = target(&format!("#{fragment}")).unwrap_or_default();
                self.targets.entry(number).or_default().push(target);
                join(&join("", BESIDE), number)
            }
            None => String::new(),
        };
        *reference = format!("#{place}{fragment}");
    }

    /// Returns the number of the file at a path, and has a new one read.
    fn number(&mut self, path: PathBuf) -> Result<Option<usize>, Unread> {
        if let Some(known) = self.numbers.get(&path) {
            return Ok(*known);
        }
        self.check(&path)?;
        let number = self.numbers.len();
        self.open.push((number, path.clone()));
        self.numbers.insert(path, Some(number));
        Ok(Some(number))
    }

    /// Refuses a path that leaves the folder of the document, by its text or by a symbolic link.
    fn check(&self, path: &Path) -> Result<(), Unread> {
        const INSIDE: &str = "keep all files of a document in one folder, with the document at its \
            top: move the document up, or copy the file down; a tool that bundles a document into \
            one file does as well";
        let below = path.strip_prefix(&self.folder).ok();
        let is_below = |part| matches!(part, Component::Normal(_));
        if !below.is_some_and(|rest| rest.components().all(is_below)) {
            let why = "it is not in the folder of the document, nor below it";
            return Err(Unread::new(why, INSIDE));
        }
        if !path.is_file() {
            let why = format!("there is no file {}", path.display());
            let remedy = "put the file there, or fix the reference; a relative one starts at the \
                file that it stands in";
            return Err(Unread::new(why, remedy));
        }
        let here = Path::new(".");
        let named = self.folder.as_os_str();
        let folder = if named.is_empty() { here } else { &self.folder };
        let is_inside = match (folder.canonicalize(), path.canonicalize()) {
            (Ok(folder), Ok(file)) => file.starts_with(folder),
            _ => false,
        };
        if !is_inside {
            let why = "a symbolic link leads out of the folder of the document";
            return Err(Unread::new(why, INSIDE));
        }
        Ok(())
    }

    /// Whether a file has a part of an OpenAPI document where a reference into it leads.
    fn is_part(&self, number: usize, root: &Value) -> bool {
        let targets = self.targets.get(&number).into_iter().flatten();
        let mut objects = targets.filter_map(|target| root.pointer(target)?.as_object());
        root.is_object() && objects.any(openapi_objects::is_likely)
    }
}

/// The folder of a file, by the text of its path.
fn folder(path: &Path) -> PathBuf {
    let mut folder = plain(path);
    folder.pop();
    folder
}

/// A path without `.` and `..`, by its text.
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
