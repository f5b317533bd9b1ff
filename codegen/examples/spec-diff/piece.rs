//! Code that there are no words for: it is compared as text, so that no change is lost.

use std::collections::BTreeMap;

use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Block, Expr, Item, Visibility};

use super::report::Report;
use super::{notes, spelling};

/// A part of the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    public: bool,
    /// What callers see of it.
    signature: String,
    /// All of it but its docs.
    text: String,
    documented: String,
}

/// Parts by what they are called.
pub type Pieces = BTreeMap<String, Piece>;

impl Piece {
    /// An item of a module.
    pub fn item(item: &Item) -> (String, Self) {
        let public = match item {
            Item::Impl(_) | Item::Macro(_) => true,
            Item::Use(item) => is_public(&item.vis),
            other => spelling::text(other).contains("pub "),
        };
        let mut plain = item.clone();
        Undocumented.visit_item_mut(&mut plain);
        let mut signature = plain.clone();
        Hollow.visit_item_mut(&mut signature);
        let piece = Self {
            public,
            signature: match item {
                Item::Macro(_) => String::new(),
                _ => spelling::text(&signature),
            },
            text: spelling::text(&plain),
            documented: spelling::text(item),
        };
        (name(item), piece)
    }

    /// Something that callers see all of.
    pub fn seen(tokens: impl ToTokens) -> Self {
        let text = spelling::text(tokens);
        Self {
            public: true,
            signature: text.clone(),
            documented: text.clone(),
            text,
        }
    }

    /// Something that callers see nothing of.
    pub fn hidden(tokens: impl ToTokens) -> Self {
        let text = spelling::text(tokens);
        Self {
            public: false,
            signature: String::new(),
            documented: text.clone(),
            text,
        }
    }

    /// A function, and whether callers can call it.
    pub fn function(function: &syn::ImplItemFn) -> Self {
        let mut plain = function.clone();
        Undocumented.visit_impl_item_fn_mut(&mut plain);
        let mut signature = plain.clone();
        Hollow.visit_impl_item_fn_mut(&mut signature);
        Self {
            public: is_public(&function.vis),
            signature: spelling::text(&signature),
            text: spelling::text(&plain),
            documented: spelling::text(function),
        }
    }

    /// The same with another name wherever one stands.
    fn renamed(&self, from: &str, to: &str) -> Self {
        Self {
            public: self.public,
            signature: spelling::replace(&self.signature, from, to),
            text: spelling::replace(&self.text, from, to),
            documented: spelling::replace(&self.documented, from, to),
        }
    }
}

/// Gives something another name wherever it stands in the parts, and in what they are called.
pub fn rename(pieces: &mut Pieces, from: &str, to: &str) {
    let renamed = std::mem::take(pieces).into_iter();
    *pieces = renamed
        .map(|(name, piece)| (spelling::replace(&name, from, to), piece.renamed(from, to)))
        .collect();
}

/// Tells of every part that is not the same.
pub fn compare(old: &Pieces, new: &Pieces, subject: &str, report: &mut Report) {
    for (name, old) in old {
        let of = |name: &str| match subject {
            "" => format!("`{}`", spelling::short(name)),
            subject => format!("{subject}: `{}`", spelling::short(name)),
        };
        match new.get(name) {
            None if old.public => report.breaking(format!("{} is gone", of(name))),
            None => report.behaviour(format!("{} is gone", of(name))),
            Some(new) if old == new => {}
            Some(new) if old.text == new.text => report.docs(notes::reworded(&of(name))),
            Some(new) => {
                let text = spelling::difference(&old.text, &new.text);
                let line = format!("{} is changed, {text}", of(name));
                match old.public && old.signature != new.signature {
                    true => report.breaking(line),
                    false => report.behaviour(line),
                }
            }
        }
    }
    for (name, new) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
        let line = match subject {
            "" => format!("`{}` is new", spelling::short(name)),
            subject => format!("{subject}: `{}` is new", spelling::short(name)),
        };
        match new.public {
            true => report.added(line),
            false => report.behaviour(line),
        }
    }
}

/// What an item is known by.
pub fn name(item: &Item) -> String {
    let named = |kind: &str, name: &dyn ToString| format!("{kind} {}", name.to_string());
    match item {
        Item::Const(item) => named("const", &item.ident),
        Item::Enum(item) => named("enum", &item.ident),
        Item::Fn(item) => named("fn", &item.sig.ident),
        Item::Mod(item) => named("mod", &item.ident),
        Item::Static(item) => named("static", &item.ident),
        Item::Struct(item) => named("struct", &item.ident),
        Item::Trait(item) => named("trait", &item.ident),
        Item::Type(item) => named("type", &item.ident),
        Item::Impl(item) => {
            let of = spelling::text(&item.self_ty);
            match &item.trait_ {
                Some((path, ..)) => format!("impl {} for {of}", spelling::text(path)),
                None => format!("impl {of}"),
            }
        }
        Item::Macro(item) => {
            let tokens = item.mac.tokens.to_token_stream().into_iter();
            let first = tokens.map(|token| token.to_string()).next();
            let path = spelling::text(&item.mac.path);
            format!("{path}!({})", first.unwrap_or_default())
        }
        other => spelling::text(other),
    }
}

/// The code of a file without its docs.
pub fn undocumented(file: &syn::File) -> String {
    let mut plain = file.clone();
    Undocumented.visit_file_mut(&mut plain);
    spelling::text(plain)
}

pub fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Takes docs away.
struct Undocumented;

impl VisitMut for Undocumented {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    }
}

/// Takes away what callers do not see: the bodies of functions, and the values of constants.
struct Hollow;

impl VisitMut for Hollow {
    fn visit_block_mut(&mut self, block: &mut Block) {
        block.stmts.clear();
    }

    fn visit_item_const_mut(&mut self, item: &mut syn::ItemConst) {
        visit_mut::visit_item_const_mut(self, item);
        *item.expr = Expr::PLACEHOLDER;
    }

    fn visit_impl_item_const_mut(&mut self, item: &mut syn::ImplItemConst) {
        visit_mut::visit_impl_item_const_mut(self, item);
        item.expr = Expr::PLACEHOLDER;
    }
}
