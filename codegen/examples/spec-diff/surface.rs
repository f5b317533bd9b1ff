//! All that generated code offers to callers, and what it does for them.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit_mut::{self, VisitMut};
use syn::{ImplItem, Item, ItemImpl, ItemMod, TypePath};

use super::access::Access;
use super::call::Call;
use super::notes::{self, Notes};
use super::operation::{Operation, Parts};
use super::piece::{self, Piece, Pieces};
use super::rename;
use super::report::Report;
use super::spelling;
use super::types::{self, Type};

/// The surface of one document's code.
#[derive(Debug, Default)]
pub struct Surface {
    server: Option<String>,
    /// What the document says of itself.
    notes: Vec<Notes>,
    pub operations: Vec<Operation>,
    pub types: BTreeMap<String, Type>,
    access: Access,
    pieces: Pieces,
    /// All of the code but its docs.
    text: String,
}

impl Surface {
    /// Reads what the generator wrote.
    pub fn read(code: &str) -> syn::Result<Self> {
        let file = syn::parse_file(code)?;
        let mut surface = Self::default();
        let names = Names::of(module(&file.items, "types"));
        let mut methods = Vec::new();
        for item in &file.items {
            match item {
                Item::Const(item) if item.ident == "SERVER" => {
                    surface.server = Some(spelling::text(&item.expr));
                    surface.notes.push(Notes::of(&item.attrs));
                }
                Item::Impl(item) if is_client(item) => {
                    surface
                        .pieces
                        .insert("client".to_owned(), Piece::seen(&item.generics));
                    methods.extend(item.items.iter());
                }
                Item::Mod(item) if item.content.is_some() => surface.module(item, &names),
                Item::Use(item) if !piece::is_public(&item.vis) => {}
                other => surface.pieces.extend([Piece::item(other)]),
            }
        }
        surface.requests(methods, module(&file.items, "requests"), &names);
        surface.text = piece::undocumented(&file);
        Ok(surface)
    }

    fn module(&mut self, item: &ItemMod, names: &Names) {
        let items = item.content.iter().flat_map(|(_, items)| items.as_slice());
        let items: Vec<Item> = items.cloned().collect();
        match item.ident.to_string().as_str() {
            "requests" => {}
            "access" => self.access = Access::read(&items),
            "types" => {
                let (types, pieces) = types::read(&items, names);
                self.types = types;
                self.pieces.extend(pieces);
            }
            _ => self.pieces.extend([Piece::item(&Item::Mod(item.clone()))]),
        }
        self.notes.push(Notes::of(&item.attrs));
    }

    /// Puts the methods of the client together with the requests that they begin.
    fn requests(&mut self, methods: Vec<&ImplItem>, items: &[Item], names: &Names) {
        let mut parts: BTreeMap<String, Parts> = BTreeMap::new();
        let mut others = Vec::new();
        for item in items {
            match item {
                Item::Struct(item) => {
                    parts.entry(item.ident.to_string()).or_default().declared = Some(item.clone());
                }
                Item::Impl(item) => {
                    let of = spelling::text(&item.self_ty);
                    let of = of.split('<').next().unwrap_or(&of).to_owned();
                    parts.entry(of).or_default().impls.push(item.clone());
                }
                Item::Use(item) if !piece::is_public(&item.vis) => {}
                other => others.push(other.clone()),
            }
        }
        for method in methods {
            let ImplItem::Fn(method) = method else {
                let name = spelling::text(method);
                self.pieces.insert(name, Piece::seen(method));
                continue;
            };
            let request = Operation::request_of(method);
            match request.and_then(|request| Some((parts.remove(&request)?, request))) {
                Some((parts, request)) => {
                    self.operations
                        .push(Operation::new(method, request, parts, names));
                }
                None => {
                    let name = format!("client.{}()", method.sig.ident);
                    self.pieces.insert(name, Piece::function(method));
                }
            }
        }
        // What no method begins.
        for parts in parts.into_values() {
            let declared = parts.declared.into_iter().map(Item::Struct);
            others.extend(declared.chain(parts.impls.into_iter().map(Item::Impl)));
        }
        self.pieces.extend(others.iter().map(Piece::item));
    }

    /// What the change from this surface to another does to callers.
    pub fn compare(mut self, mut new: Self) -> Report {
        let mut report = Report::default();
        let pairs = self.pairs(&new);
        rename::types(&mut self, &mut new, &pairs, &mut report);
        self.compare_operations(&new, &pairs, &mut report);
        for (name, old) in &self.types {
            match new.types.get(name) {
                Some(new) => old.compare(new, name, &mut report),
                None => report.breaking(format!("the {} {name} is gone", old.word())),
            }
        }
        for (name, added) in &new.types {
            if !self.types.contains_key(name) {
                report.added(format!("the {} {name} is new", added.word()));
            }
        }
        self.access.compare(&new.access, &mut report);
        self.compare_server(&new, &mut report);
        piece::compare(&self.pieces, &new.pieces, "", &mut report);
        let docs = |notes: &[Notes]| notes.iter().map(|one| one.docs.clone()).collect::<Vec<_>>();
        if docs(&self.notes) != docs(&new.notes) {
            report.docs(notes::reworded("the API as a whole"));
        }
        // What is told nowhere else is told here, so that nothing is lost in silence.
        if report.is_empty() && self.text != new.text {
            let text = spelling::difference(&self.text, &new.text);
            report.behaviour(format!("something is changed that no part shows, {text}"));
        }
        report
    }

    /// The operations that are in both: by their names, or else by method and path.
    fn pairs(&self, new: &Self) -> Vec<(usize, usize)> {
        let by = |is: &dyn Fn(&Operation) -> bool, operations: &[Operation]| {
            operations.iter().position(is)
        };
        let mut pairs = Vec::new();
        for (place, old) in self.operations.iter().enumerate() {
            let same = by(&|new| new.name == old.name, &new.operations);
            let moved = || {
                let is_new = |name: &str| self.operations.iter().all(|old| old.name != name);
                let same = |new: &Operation| new.identity() == old.identity() && is_new(&new.name);
                by(&same, &new.operations)
            };
            pairs.extend(same.or_else(moved).map(|other| (place, other)));
        }
        pairs
    }

    fn compare_operations(&self, new: &Self, pairs: &[(usize, usize)], report: &mut Report) {
        let access = [&self.access, &new.access];
        for (place, old) in self.operations.iter().enumerate() {
            let other = pairs.iter().find(|(own, _)| *own == place);
            match other.and_then(|(_, other)| new.operations.get(*other)) {
                Some(new) => Call::new(old, new).compare(access, report),
                None => report.breaking(format!("{} is gone, {}", old.name, old.line())),
            }
        }
        for (place, operation) in new.operations.iter().enumerate() {
            if pairs.iter().all(|(_, other)| *other != place) {
                report.added(format!("{} is new, {}", operation.name, operation.line()));
            }
        }
        if !pairs.is_sorted_by_key(|(_, other)| other) {
            report.docs("the operations stand in another order");
        }
    }

    fn compare_server(&self, new: &Self, report: &mut Report) {
        if self.server == new.server {
            return;
        }
        let shown = |server: &Option<String>| {
            let url = server
                .as_deref()?
                .strip_prefix("Some(")?
                .strip_suffix(')')?;
            Some(url.trim_matches('"').to_owned())
        };
        match [shown(&self.server), shown(&new.server)] {
            // A client refuses to send, unless it is told where.
            [Some(old), None] => report.breaking(format!(
                "BASE_URL is empty, and was {old}: each client has to be given one"
            )),
            [None, Some(new)] => report.behaviour(format!("BASE_URL is {new}, and was empty")),
            [Some(old), Some(new)] => {
                report.behaviour(format!("BASE_URL is {new} instead of {old}"));
            }
            [None, None] => {}
        }
    }
}

/// The names that the document gives to types.
#[derive(Debug, Default)]
pub struct Names(BTreeSet<String>);

impl Names {
    fn of(items: &[Item]) -> Self {
        let names = items.iter().filter_map(|item| match item {
            Item::Struct(item) => Some(item.ident.to_string()),
            Item::Enum(item) => Some(item.ident.to_string()),
            Item::Type(item) => Some(item.ident.to_string()),
            _ => None,
        });
        Self(names.collect())
    }

    /// A type in full: `types::Activity`, wherever it is named.
    pub fn rust(&self, rust: &syn::Type) -> String {
        let mut rust = rust.clone();
        self.qualify(&mut rust);
        spelling::text(rust)
    }

    pub fn qualify(&self, rust: &mut syn::Type) {
        Qualify(self).visit_type_mut(rust);
    }
}

struct Qualify<'n>(&'n Names);

impl VisitMut for Qualify<'_> {
    fn visit_type_path_mut(&mut self, rust: &mut TypePath) {
        let own = rust
            .path
            .get_ident()
            .filter(|name| self.0.0.contains(&name.to_string()));
        if let Some(name) = own {
            let module = syn::Ident::new("types", name.span());
            rust.path.segments.insert(0, module.into());
        }
        visit_mut::visit_type_path_mut(self, rust);
    }
}

fn module<'i>(items: &'i [Item], name: &str) -> &'i [Item] {
    let found = items.iter().find_map(|item| match item {
        Item::Mod(item) if item.ident == name => item.content.as_ref(),
        _ => None,
    });
    found.map_or(&[], |(_, items)| items.as_slice())
}

fn is_client(item: &ItemImpl) -> bool {
    item.trait_.is_none() && spelling::text(&item.self_ty).starts_with("crate::Client<")
}
