//! The modules of a source tree, and what each name in them stands for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, mem};

use syn::Item;
use syn::visit::{self, Visit};

use crate::syntax::{self, Import};

/// A tree of source files.
pub struct Tree {
    root: PathBuf,
    /// Paths below the root, with `/`.
    pub files: Vec<String>,
    pub modules: Vec<Module>,
    /// Files that only tests are built from.
    pub tests: BTreeSet<String>,
    includes: &'static [(&'static str, &'static str)],
}

/// A module, in a file or in braces.
pub struct Module {
    pub file: usize,
    parent: Option<usize>,
    pub items: Vec<Item>,
    names: BTreeMap<String, Vec<Definition>>,
    globs: Vec<Vec<String>>,
    /// Whether some of its items are made by macros: their names are not known.
    has_macros: bool,
}

enum Definition {
    Item,
    Module(usize),
    Import(Vec<String>),
}

/// The names that are being resolved.
type Seen = BTreeSet<(usize, String)>;

/// What a path leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// Something that is defined in this file.
    Item {
        file: usize,
    },
    Module(usize),
}

/// Where the files of the modules that a file declares are.
struct Place {
    file: PathBuf,
    /// The folder of modules without a path of their own.
    folder: PathBuf,
}

impl Tree {
    /// Reads the tree of a crate whose root is `lib.rs` in a folder. `includes` has the files that
    /// stand in for generated code, by the file that includes it.
    pub fn read(root: &Path, includes: &'static [(&'static str, &'static str)]) -> Self {
        let mut tree = Self {
            root: root.to_owned(),
            files: Vec::new(),
            modules: Vec::new(),
            tests: BTreeSet::new(),
            includes,
        };
        let place = Place {
            file: root.join("lib.rs"),
            folder: root.to_owned(),
        };
        tree.file(&place, None);
        tree
    }

    /// Returns the files of the folder that no module is in.
    pub fn unread(&self) -> Vec<String> {
        let files = syntax::files_below(&self.root).into_iter();
        let files = files.map(|file| self.name(&file));
        files
            .filter(|file| !self.files.contains(file) && !self.tests.contains(file))
            .collect()
    }

    fn name(&self, file: &Path) -> String {
        let below = file.strip_prefix(&self.root).unwrap_or(file);
        below.to_string_lossy().replace('\\', "/")
    }

    fn file(&mut self, place: &Place, parent: Option<usize>) -> usize {
        let name = self.name(&place.file);
        let mut items = parse(&place.file);
        for (file, included) in self.includes {
            if *file == name {
                items.extend(parse(&self.root.join(included)));
            }
        }
        self.files.push(name);
        self.module(self.files.len() - 1, parent, items, place)
    }

    fn module(
        &mut self,
        file: usize,
        parent: Option<usize>,
        items: Vec<Item>,
        place: &Place,
    ) -> usize {
        let this = self.modules.len();
        self.modules.push(Module {
            file,
            parent,
            items: Vec::new(),
            names: BTreeMap::new(),
            globs: Vec::new(),
            has_macros: items.iter().any(syntax::is_macro_call),
        });
        for item in &items {
            match item {
                Item::Mod(module) if syntax::is_for_tests(&module.attrs) => {
                    self.skip(module, place);
                }
                Item::Mod(module) => {
                    let is_known = !syntax::has_macro_use(&module.attrs);
                    assert!(is_known, "macro_use of {} is not understood", module.ident);
                    let child = self.child(file, this, module, place);
                    self.define(this, module.ident.to_string(), Definition::Module(child));
                }
                item => self.item(this, item),
            }
        }
        self.imports(this, &items);
        self.modules[this].items = items;
        this
    }

    fn child(&mut self, file: usize, this: usize, module: &syn::ItemMod, place: &Place) -> usize {
        match &module.content {
            Some((_, items)) => {
                let inner = Place {
                    file: place.file.clone(),
                    folder: place.folder.join(module.ident.to_string()),
                };
                self.module(file, Some(this), items.clone(), &inner)
            }
            None => self.file(&place.of(module), Some(this)),
        }
    }

    /// Notes the files of a module that only tests are built from.
    fn skip(&mut self, module: &syn::ItemMod, place: &Place) {
        if module.content.is_some() {
            return;
        }
        let inner = place.of(module);
        self.tests.insert(self.name(&inner.file));
        for item in parse(&inner.file) {
            if let Item::Mod(module) = item {
                self.skip(&module, &inner);
            }
        }
    }

    fn define(&mut self, module: usize, name: String, definition: Definition) {
        let names = &mut self.modules[module].names;
        names.entry(name).or_default().push(definition);
    }

    fn item(&mut self, module: usize, item: &Item) {
        if syntax::is_for_tests(syntax::item_attributes(item)) {
            return;
        }
        let Some(name) = syntax::item_name(item) else {
            return;
        };
        if syntax::is_exported_macro(item) && module != 0 {
            let path = [self.path(module), vec![name.clone()]].concat();
            self.define(0, name.clone(), Definition::Import(path));
        }
        self.define(module, name, Definition::Item);
    }

    /// The imports of a module, also those inside of its functions.
    fn imports(&mut self, module: usize, items: &[Item]) {
        let mut imports = Imports::default();
        for item in items {
            imports.visit_item(item);
        }
        for import in imports.0 {
            match import.name {
                Some(name) => self.define(module, name, Definition::Import(import.path)),
                None => self.modules[module].globs.push(import.path),
            }
        }
    }

    fn path(&self, module: usize) -> Vec<String> {
        let Some(parent) = self.modules[module].parent else {
            return vec!["crate".to_owned()];
        };
        let mut path = self.path(parent);
        let names = self.modules[parent].names.iter();
        let mut names = names.filter(|(_, definitions)| {
            let is_this = |it: &Definition| matches!(it, Definition::Module(it) if *it == module);
            definitions.iter().any(is_this)
        });
        path.extend(names.next().map(|(name, _)| name.clone()));
        path
    }

    /// Returns what a path leads to that stands in a module; nothing if that is in another crate.
    pub fn resolve(&self, module: usize, path: &[String]) -> Vec<Target> {
        self.resolve_all(module, path, &mut BTreeSet::new())
    }

    /// Like [`Tree::resolve_but`]; what is not known in a module with macros is made by these.
    fn resolve_all(&self, module: usize, path: &[String], seen: &mut Seen) -> Vec<Target> {
        let found = self.resolve_but(module, path, seen);
        if !found.is_empty() || path.len() < 2 {
            return found;
        }
        let above = self.resolve_all(module, &path[..path.len() - 1], seen);
        let files = above.into_iter().filter_map(|target| match target {
            Target::Module(above) => {
                let above = &self.modules[above];
                above
                    .has_macros
                    .then_some(Target::Item { file: above.file })
            }
            item @ Target::Item { .. } => Some(item),
        });
        files.collect()
    }

    /// `seen` has the names that are being resolved, so that no circle of imports goes on for ever.
    fn resolve_but(&self, module: usize, path: &[String], seen: &mut Seen) -> Vec<Target> {
        let Some(first) = path.first() else {
            return Vec::new();
        };
        match first.as_str() {
            "crate" => self.look_up(0, &path[1..], seen),
            "self" => self.look_up(module, &path[1..], seen),
            "super" => match self.modules[module].parent {
                Some(parent) if path.get(1).is_some_and(|next| next == "super") => {
                    self.resolve_but(parent, &path[1..], seen)
                }
                Some(parent) => self.look_up(parent, &path[1..], seen),
                None => Vec::new(),
            },
            _ => self.look_up(module, path, seen),
        }
    }

    fn look_up(&self, module: usize, path: &[String], seen: &mut Seen) -> Vec<Target> {
        let Some((name, rest)) = path.split_first() else {
            return vec![Target::Module(module)];
        };
        if !seen.insert((module, name.clone())) {
            return Vec::new();
        }
        let Module { file, names, .. } = &self.modules[module];
        let mut found = Vec::new();
        for definition in names.get(name).into_iter().flatten() {
            match definition {
                Definition::Item => found.push(Target::Item { file: *file }),
                Definition::Module(child) => found.extend(self.look_up(*child, rest, seen)),
                Definition::Import(import) => {
                    let targets = self.resolve_all(module, import, seen);
                    found.extend(self.below(targets, rest, seen));
                }
            }
        }
        if found.is_empty() {
            found = self.look_up_in_globs(module, path, seen);
        }
        seen.remove(&(module, name.clone()));
        found
    }

    fn look_up_in_globs(&self, module: usize, path: &[String], seen: &mut Seen) -> Vec<Target> {
        let mut found = Vec::new();
        for glob in &self.modules[module].globs {
            // The names of an enum's variants are not looked up.
            let targets = self.resolve_but(module, glob, seen).into_iter();
            let modules = targets.filter(|target| matches!(target, Target::Module(_)));
            found.extend(self.below(modules.collect(), path, seen));
        }
        found
    }

    /// Returns what the rest of a path leads to.
    fn below(&self, targets: Vec<Target>, rest: &[String], seen: &mut Seen) -> Vec<Target> {
        let mut found = Vec::new();
        for target in targets {
            match target {
                Target::Module(module) => found.extend(self.look_up(module, rest, seen)),
                item @ Target::Item { .. } => found.push(item),
            }
        }
        found
    }

    /// Returns the file of a macro that a module above defines, unless its name is known here.
    pub fn macro_above(&self, module: usize, name: &str) -> Option<usize> {
        if !self.resolve(module, &[name.to_owned()]).is_empty() {
            return None;
        }
        let parent = self.modules[module].parent?;
        let defines = |item: &Item| {
            let is_macro = matches!(item, Item::Macro(_));
            is_macro && syntax::item_name(item).is_some_and(|it| it == name)
        };
        if self.modules[parent].items.iter().any(defines) {
            return Some(self.modules[parent].file);
        }
        self.macro_above(parent, name)
    }

    /// Returns what a name leads to that comes from one glob import of a module.
    pub fn resolve_in(&self, module: usize, glob: &[String], path: &[String]) -> Vec<Target> {
        if self.modules[module].names.contains_key(&path[0]) {
            return Vec::new();
        }
        let mut seen = BTreeSet::new();
        let targets = self.resolve_but(module, glob, &mut seen);
        self.below(targets, path, &mut seen)
    }
}

impl Place {
    fn of(&self, module: &syn::ItemMod) -> Self {
        let name = module.ident.to_string();
        if let Some(path) = syntax::path_attribute(&module.attrs) {
            let folder = self.file.parent().unwrap_or(&self.file);
            let file = folder.join(path);
            let folder = file.parent().unwrap_or(&file).to_owned();
            return Self { file, folder };
        }
        let file = self.folder.join(format!("{name}.rs"));
        let folder = self.folder.join(name);
        if file.exists() {
            Self { file, folder }
        } else {
            Self {
                file: folder.join("mod.rs"),
                folder,
            }
        }
    }
}

#[derive(Default)]
struct Imports(Vec<Import>);

impl<'ast> Visit<'ast> for Imports {
    fn visit_item(&mut self, item: &'ast Item) {
        let is_module = matches!(item, Item::Mod(_));
        if !is_module && !syntax::is_for_tests(syntax::item_attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let mut imports = syntax::imports(item);
        self.0.append(&mut imports);
    }
}

fn parse(file: &Path) -> Vec<Item> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
    let mut parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{file:?}: {error}"));
    mem::take(&mut parsed.items)
}
