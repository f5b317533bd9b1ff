//! Which file imports what from which other.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use crate::modules::{Target, Tree};
use crate::paths;

/// How many names of an import are printed.
const MOST_NAMES: usize = 4;

/// The imports between the files of a tree.
pub struct Graph {
    /// The names that are imported, by the importing file and the file that has them.
    pub imports: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
    pub files: Vec<String>,
    /// Files below the root that are no module of the crate.
    pub unread: Vec<String>,
}

impl Graph {
    /// Reads the crate whose root is `lib.rs` in a folder. See [`Tree::read`].
    pub fn of(root: &Path, includes: &'static [(&'static str, &'static str)]) -> Self {
        let tree = Tree::read(root, includes);
        let mut graph = Self {
            imports: BTreeMap::new(),
            files: tree.files.clone(),
            unread: tree.unread(),
        };
        for module in 0..tree.modules.len() {
            graph.add_module(&tree, module);
        }
        graph
    }

    fn add_module(&mut self, tree: &Tree, module: usize) {
        let named = paths::named(&tree.modules[module].items);
        for path in &named.paths {
            for target in tree.resolve(module, path) {
                if let Target::Item { file } = target {
                    self.add(tree, module, file, path);
                }
            }
        }
        for name in &named.macros {
            if let Some(file) = tree.macro_above(module, name) {
                self.add(tree, module, file, &[format!("{name}!")]);
            }
        }
        for import in &named.imports {
            if import.name.is_none() {
                self.add_glob(tree, module, &import.path, &named.paths, import.is_public);
                continue;
            }
            for target in tree.resolve(module, &import.path) {
                match target {
                    Target::Item { file } => self.add(tree, module, file, &import.path),
                    // What is used of a module is seen where it is used.
                    Target::Module(_) if !import.is_public => {}
                    Target::Module(target) => {
                        self.add(tree, module, tree.modules[target].file, &import.path);
                    }
                }
            }
        }
    }

    /// A glob imports what is used of it; the whole module, if that is unknown.
    fn add_glob(
        &mut self,
        tree: &Tree,
        module: usize,
        glob: &[String],
        used: &[Vec<String>],
        is_public: bool,
    ) {
        let mut is_used = false;
        for path in used {
            let targets = tree.resolve_in(module, glob, path);
            is_used |= targets.iter().any(|it| matches!(it, Target::Item { .. }));
        }
        for target in tree.resolve(module, glob) {
            match target {
                Target::Item { file } => self.add(tree, module, file, glob),
                Target::Module(target) if is_public || !is_used => {
                    let glob = [glob, &["*".to_owned()]].concat();
                    self.add(tree, module, tree.modules[target].file, &glob);
                }
                Target::Module(_) => {}
            }
        }
    }

    fn add(&mut self, tree: &Tree, module: usize, to: usize, path: &[String]) {
        let from = tree.modules[module].file;
        if from != to {
            let imports = self.imports.entry(tree.files[from].clone()).or_default();
            let names = imports.entry(tree.files[to].clone()).or_default();
            let roots = ["crate", "self", "super"];
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            let named = path.iter().filter(|name| !roots.contains(name));
            names.insert(named.copied().collect::<Vec<_>>().join("::"));
        }
    }

    /// Returns circles of imports, as few as have to be undone, each on a line.
    pub fn circles(&self) -> Vec<String> {
        let mut imports = self.imports.clone();
        let mut circles = Vec::new();
        while let Some(circle) = shortest_circle(&imports) {
            let mut line = String::new();
            let mut weakest: Option<(usize, &String, &String)> = None;
            for (from, to) in circle.iter().zip(circle.iter().cycle().skip(1)) {
                let names = &imports[from][to];
                line.push_str(&format!("{from} -> ({}) ", listed(names)));
                if weakest.is_none_or(|(count, ..)| names.len() < count) {
                    weakest = Some((names.len(), from, to));
                }
            }
            line.push_str(&format!("-> {}", circle[0]));
            circles.push(line);
            // Without one of its imports it is no circle: the next one is another.
            if let Some((_, from, to)) = weakest {
                imports.get_mut(from).and_then(|imports| imports.remove(to));
            }
        }
        circles
    }

    /// Returns the imports that run upward, where the layers are listed from the bottom. A layer
    /// is a list of files without `.rs`, and of folders.
    pub fn upward(&self, layers: &[&[&str]]) -> Vec<String> {
        let mut problems = Vec::new();
        for file in &self.files {
            if layer(layers, file).is_none() {
                problems.push(format!("{file} is in no layer of the table"));
            }
        }
        for name in layers.iter().copied().flatten() {
            if !self.files.iter().any(|file| is_in(file, name)) {
                problems.push(format!(
                    "the table has {name}, which is no file and no folder"
                ));
            }
        }
        for (from, imports) in &self.imports {
            for (to, names) in imports {
                let (below, above) = (layer(layers, from), layer(layers, to));
                if below < above && below.is_some() {
                    let names = listed(names);
                    problems.push(format!("{from} imports {names} of {to}, which is above it"));
                }
            }
        }
        problems
    }
}

fn listed(names: &BTreeSet<String>) -> String {
    let mut listed: Vec<&str> = names.iter().take(MOST_NAMES).map(String::as_str).collect();
    if names.len() > MOST_NAMES {
        listed.push("…");
    }
    listed.join(", ")
}

/// Returns the layer of a file: that of the longest path in the table which it is at or below.
fn layer(layers: &[&[&str]], file: &str) -> Option<usize> {
    let layers = layers.iter().enumerate();
    let names = layers.flat_map(|(layer, names)| names.iter().map(move |name| (layer, *name)));
    let names = names.filter(|(_, name)| is_in(file, name));
    names
        .max_by_key(|(_, name)| name.len())
        .map(|(layer, _)| layer)
}

/// Whether a file is the one of this name, without its ending, or in the folder of this name.
fn is_in(file: &str, name: &str) -> bool {
    let path = file.trim_end_matches(".rs").trim_end_matches("/mod");
    let rest = path.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

type Imports = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

fn shortest_circle(imports: &Imports) -> Option<Vec<String>> {
    let circles = imports
        .keys()
        .filter_map(|file| circle_through(imports, file));
    circles.min_by_key(Vec::len)
}

/// Returns the shortest circle through a file, which it begins with.
fn circle_through(imports: &Imports, file: &str) -> Option<Vec<String>> {
    let mut before: BTreeMap<&str, &str> = BTreeMap::new();
    let mut queue = VecDeque::from([file]);
    while let Some(from) = queue.pop_front() {
        for to in imports.get(from).into_iter().flat_map(BTreeMap::keys) {
            if to == file {
                let mut circle = vec![from.to_owned()];
                let mut at = from;
                while let Some(previous) = before.get(at) {
                    circle.push((*previous).to_owned());
                    at = previous;
                }
                circle.reverse();
                return Some(circle);
            }
            if !before.contains_key(to.as_str()) {
                before.insert(to, from);
                queue.push_back(to);
            }
        }
    }
    None
}
