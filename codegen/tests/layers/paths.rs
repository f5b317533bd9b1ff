//! Every path that the code of a module names.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, Meta};

use crate::syntax::{self, Import};

/// Macros whose tokens are the code of another crate.
const QUOTES: [&str; 3] = ["quote", "quote_spanned", "parse_quote"];

/// What a module names.
#[derive(Default)]
pub struct Named {
    pub imports: Vec<Import>,
    /// Paths in code, in the tokens of macros, and in attributes such as serde's.
    pub paths: Vec<Vec<String>>,
    /// Macros that are called by their name alone: a module above may define them.
    pub macros: Vec<String>,
}

/// Returns what a module names, tests left out.
pub fn named(items: &[Item]) -> Named {
    let mut named = Named::default();
    for item in items {
        named.visit_item(item);
    }
    named
}

impl<'ast> Visit<'ast> for Named {
    fn visit_item(&mut self, item: &'ast Item) {
        if syntax::is_for_tests(syntax::item_attributes(item)) {
            return;
        }
        match item {
            // Its own module.
            Item::Mod(_) => {}
            // What it expands to stands elsewhere, so only paths from a root are known.
            Item::Macro(it) if it.ident.is_some() => scan(&it.mac.tokens, &[], &mut |path| {
                if path[0] == "crate" {
                    self.paths.push(path);
                }
            }),
            _ => visit::visit_item(self, item),
        }
    }

    fn visit_impl_item(&mut self, item: &'ast syn::ImplItem) {
        if !syntax::is_for_tests(syntax::impl_item_attributes(item)) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_trait_item(&mut self, item: &'ast syn::TraitItem) {
        if !syntax::is_for_tests(syntax::trait_item_attributes(item)) {
            visit::visit_trait_item(self, item);
        }
    }

    fn visit_stmt(&mut self, statement: &'ast syn::Stmt) {
        if !syntax::is_for_tests(syntax::statement_attributes(statement)) {
            visit::visit_stmt(self, statement);
        }
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        if !syntax::is_for_tests(&field.attrs) {
            visit::visit_field(self, field);
        }
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        if !syntax::is_for_tests(&variant.attrs) {
            visit::visit_variant(self, variant);
        }
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if !syntax::is_for_tests(&arm.attrs) {
            visit::visit_arm(self, arm);
        }
    }

    fn visit_field_value(&mut self, value: &'ast syn::FieldValue) {
        if !syntax::is_for_tests(&value.attrs) {
            visit::visit_field_value(self, value);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.imports.append(&mut syntax::imports(item));
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            let segments = path.segments.iter();
            self.paths
                .push(segments.map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, it: &'ast syn::Macro) {
        self.visit_path(&it.path);
        self.macros
            .extend(it.path.get_ident().map(ToString::to_string));
        let name = it.path.segments.last();
        if name.is_some_and(|name| QUOTES.iter().any(|quote| name.ident == *quote)) {
            return;
        }
        scan(&it.tokens, &[], &mut |path| self.paths.push(path));
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.strings(list.tokens.clone());
        }
    }
}

impl Named {
    /// Takes the paths in strings, as serde's `with = "crate::a"` has them.
    fn strings(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.strings(group.stream()),
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    let path = syn::parse_str::<syn::Path>(text.trim_matches('"'));
                    if let Ok(path) = path
                        && path.segments.len() > 1
                    {
                        self.visit_path(&path);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Calls `take` with each path in the tokens of a macro. `before` is what stands before a group:
/// `use a::{b, c}` can be in there.
fn scan(tokens: &TokenStream, before: &[String], take: &mut impl FnMut(Vec<String>)) {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Ident(_) if !follows_dot_or_colons(&tokens[..at]) => {
                let (path, next) = path_at(&tokens, at);
                let path = [before, &path].concat();
                at = next;
                match tokens.get(at) {
                    Some(TokenTree::Group(group))
                        if group.delimiter() == Delimiter::Brace && is_colons(&tokens[..at]) =>
                    {
                        scan(&group.stream(), &path, take);
                        at += 1;
                    }
                    _ => take(path),
                }
            }
            TokenTree::Group(group) => {
                scan(&group.stream(), &[], take);
                at += 1;
            }
            _ => at += 1,
        }
    }
}

/// Returns the path that begins with an identifier, and where it ends: after a `::` if something
/// else than an identifier follows.
fn path_at(tokens: &[TokenTree], start: usize) -> (Vec<String>, usize) {
    let mut path = Vec::new();
    let mut at = start;
    while let Some(TokenTree::Ident(name)) = tokens.get(at) {
        path.push(name.to_string());
        at += 1;
        if !is_colons(&tokens[..tokens.len().min(at + 2)]) {
            break;
        }
        at += 2;
    }
    (path, at)
}

/// Whether tokens end in `::`.
fn is_colons(tokens: &[TokenTree]) -> bool {
    let is_colon = |token: &TokenTree| matches!(token, TokenTree::Punct(it) if it.as_char() == ':');
    tokens.len() >= 2 && tokens[tokens.len() - 2..].iter().all(is_colon)
}

/// Whether the next identifier is a field, a method, or in another crate.
fn follows_dot_or_colons(tokens: &[TokenTree]) -> bool {
    let is_dot = |token: &TokenTree| matches!(token, TokenTree::Punct(it) if it.as_char() == '.');
    tokens.last().is_some_and(is_dot) || is_colons(tokens)
}
