//! What the graph has to know of Rust's syntax.

use std::fs;
use std::path::{Path, PathBuf};

use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Item, Meta, Stmt, Token, UseTree, Visibility};

/// One name that a `use` brings into a module.
pub struct Import {
    pub path: Vec<String>,
    /// `None` for all names of a module.
    pub name: Option<String>,
    /// Whether other modules can see it.
    pub is_public: bool,
}

/// Returns the names that a `use` brings into a module; none for another crate's with a leading
/// `::`.
pub fn imports(item: &syn::ItemUse) -> Vec<Import> {
    let mut imports = Vec::new();
    if item.leading_colon.is_none() {
        let is_public = !matches!(item.vis, Visibility::Inherited);
        flatten(&item.tree, &[], is_public, &mut imports);
    }
    imports
}

fn flatten(tree: &UseTree, before: &[String], is_public: bool, imports: &mut Vec<Import>) {
    let mut add = |path: Vec<String>, name: Option<String>| {
        imports.push(Import {
            path,
            name,
            is_public,
        });
    };
    let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
    match tree {
        UseTree::Path(path) => flatten(&path.tree, &with(&path.ident), is_public, imports),
        UseTree::Name(name) if name.ident == "self" => {
            add(before.to_vec(), before.last().cloned());
        }
        UseTree::Name(name) => add(with(&name.ident), Some(name.ident.to_string())),
        UseTree::Rename(name) if name.ident == "self" => {
            add(before.to_vec(), Some(name.rename.to_string()));
        }
        UseTree::Rename(name) => add(with(&name.ident), Some(name.rename.to_string())),
        UseTree::Glob(_) => add(before.to_vec(), None),
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, before, is_public, imports);
            }
        }
    }
}

/// Whether something is built for tests alone.
pub fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<Meta>()
                .is_ok_and(|predicate| needs_test(&predicate))
    })
}

fn needs_test(predicate: &Meta) -> bool {
    match predicate {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("all") => {
            let parser = Punctuated::<Meta, Token![,]>::parse_terminated;
            list.parse_args_with(parser)
                .is_ok_and(|all| all.iter().any(needs_test))
        }
        _ => false,
    }
}

/// Returns the value of `#[path = "…"]`.
pub fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    attributes
        .iter()
        .find_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
                Expr::Lit(value) => match &value.lit {
                    syn::Lit::Str(text) => Some(text.value()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        })
}

macro_rules! attributes {
    ($value:expr, $kind:ident: $($variant:ident)*) => {
        match $value {
            $(syn::$kind::$variant(it) => &it.attrs,)*
            _ => &[],
        }
    };
}

pub fn item_attributes(item: &Item) -> &[Attribute] {
    attributes!(item, Item: Const Enum ExternCrate Fn ForeignMod Impl Macro Mod Static Struct Trait
        TraitAlias Type Union Use)
}

pub fn impl_item_attributes(item: &syn::ImplItem) -> &[Attribute] {
    attributes!(item, ImplItem: Const Fn Type Macro)
}

pub fn trait_item_attributes(item: &syn::TraitItem) -> &[Attribute] {
    attributes!(item, TraitItem: Const Fn Type Macro)
}

pub fn statement_attributes(statement: &Stmt) -> &[Attribute] {
    match statement {
        Stmt::Local(it) => &it.attrs,
        Stmt::Macro(it) => &it.attrs,
        Stmt::Item(item) => item_attributes(item),
        Stmt::Expr(expression, _) => attributes!(expression, Expr: Assign Binary Block Break Call
            Closure Continue ForLoop If Loop Macro Match MethodCall Path Return Struct Tuple Try
            Unary Unsafe While),
    }
}

/// Returns the name under which an item can be imported.
pub fn item_name(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(it) => &it.ident,
        Item::Enum(it) => &it.ident,
        Item::Fn(it) => &it.sig.ident,
        Item::Macro(it) => it.ident.as_ref()?,
        Item::Static(it) => &it.ident,
        Item::Struct(it) => &it.ident,
        Item::Trait(it) => &it.ident,
        Item::Type(it) => &it.ident,
        Item::Union(it) => &it.ident,
        _ => return None,
    };
    Some(name.to_string())
}

pub fn is_exported_macro(item: &Item) -> bool {
    let attributes = item_attributes(item);
    matches!(item, Item::Macro(_))
        && attributes
            .iter()
            .any(|it| it.path().is_ident("macro_export"))
}

pub fn has_macro_use(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|it| it.path().is_ident("macro_use"))
}

/// Whether an item calls a macro that makes other items.
pub fn is_macro_call(item: &Item) -> bool {
    matches!(item, Item::Macro(it) if it.ident.is_none())
}

/// Returns all Rust files in a folder and below it, in order.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
