//! Who may call: the traits and the token types of `access`.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit_mut::{self, VisitMut};
use syn::{ExprCall, Item, ItemImpl, ItemMacro};

use super::notes::{self, Notes};
use super::piece::{self, Piece, Pieces};
use super::report::Report;
use super::spelling;

/// The module `access`.
#[derive(Debug, Default)]
pub struct Access {
    traits: BTreeMap<String, Choice>,
    tokens: BTreeMap<String, Token>,
    pieces: Pieces,
}

/// A trait, and the tokens that have it.
#[derive(Debug, Default)]
struct Choice {
    tokens: BTreeSet<String>,
    notes: Notes,
    header: Pieces,
}

/// A token type that the document makes.
#[derive(Debug, Default)]
struct Token {
    /// `key`, `bearer` or `basic`.
    kind: Option<String>,
    /// Where a key is sent, and under which name.
    place: Vec<String>,
    notes: Notes,
    declared: Pieces,
}

impl Access {
    pub fn read(items: &[Item]) -> Self {
        let mut access = Self::default();
        for item in items {
            match item {
                Item::Trait(item) => {
                    let choice = access.traits.entry(item.ident.to_string()).or_default();
                    choice.notes = Notes::of(&item.attrs);
                    let mut plain = item.clone();
                    plain.attrs.clear();
                    let header = Piece::seen(plain);
                    choice.header.insert("trait".to_owned(), header);
                }
                Item::Struct(item) => {
                    let token = access.tokens.entry(item.ident.to_string()).or_default();
                    token.notes = Notes::of(&item.attrs);
                    let mut plain = item.clone();
                    plain.attrs.clear();
                    token
                        .declared
                        .insert("struct".to_owned(), Piece::seen(plain));
                }
                Item::Use(item) if !piece::is_public(&item.vis) => {}
                _ => {}
            }
        }
        for item in items {
            access.add(item);
        }
        access
    }

    /// Adds what belongs to a trait or to a token type.
    fn add(&mut self, item: &Item) {
        let known = match item {
            Item::Trait(_) | Item::Struct(_) => true,
            Item::Use(item) => !piece::is_public(&item.vis),
            Item::Impl(item) => self.implementation(item),
            Item::Macro(item) => self.is_token(item),
            _ => false,
        };
        if !known {
            self.pieces.extend([Piece::item(item)]);
        }
    }

    fn implementation(&mut self, item: &ItemImpl) -> bool {
        let Some((path, ..)) = &item.trait_ else {
            let token = self.tokens.get_mut(&spelling::text(&item.self_ty));
            return token.is_some_and(|token| token.constructor(item));
        };
        let choice = self.traits.get_mut(&spelling::text(path));
        match choice.filter(|_| item.items.is_empty() && item.generics.params.is_empty()) {
            Some(choice) => choice
                .tokens
                .insert(spelling::short(&spelling::text(&item.self_ty))),
            None => false,
        }
    }

    /// Whether a macro makes a token of a type that is known.
    fn is_token(&self, item: &ItemMacro) -> bool {
        let path = spelling::text(&item.mac.path);
        let name = spelling::text(&item.mac.tokens);
        path == "crate::token" && self.tokens.contains_key(&name)
    }

    /// Tells what is different about the module itself.
    pub fn compare(&self, new: &Self, report: &mut Report) {
        self.compare_traits(new, report);
        for (name, old) in &self.tokens {
            match new.tokens.get(name) {
                Some(new) => old.compare(new, &format!("access::{name}"), report),
                None => report.breaking(format!("access::{name} is gone")),
            }
        }
        for name in new
            .tokens
            .keys()
            .filter(|name| !self.tokens.contains_key(*name))
        {
            report.added(format!("access::{name} is a new token type"));
        }
        piece::compare(&self.pieces, &new.pieces, "access", report);
    }

    fn compare_traits(&self, new: &Self, report: &mut Report) {
        let only = |here: &Self, there: &Self| -> Vec<String> {
            let names = here
                .traits
                .keys()
                .filter(|name| !there.traits.contains_key(*name));
            names.cloned().collect()
        };
        let mut gained = only(new, self);
        for lost in only(self, new) {
            let same = gained
                .iter()
                .position(|name| self.holders(&lost) == new.holders(name));
            match same.map(|at| gained.remove(at)) {
                Some(name) => report.breaking(format!("access::{lost} is called {name} now")),
                None => report.breaking(format!("access::{lost} is gone, which a bound may name")),
            }
        }
        for name in gained {
            report.added(format!("access::{name} is new, which a bound may name"));
        }
        for (name, old) in &self.traits {
            let Some(new) = new.traits.get(name) else {
                continue;
            };
            let subject = format!("access::{name}");
            // Their words and the compiler's messages follow from the tokens.
            let said = report.says(|report| {
                for lost in old.tokens.difference(&new.tokens) {
                    report.breaking(format!("{subject} loses {lost}"));
                }
                for gained in new.tokens.difference(&old.tokens) {
                    report.added(format!("{subject} gains {gained}"));
                }
            });
            if !said && (old.notes.others != new.notes.others || old.notes.docs != new.notes.docs) {
                report.docs(notes::reworded(&subject));
            }
            piece::compare(&old.header, &new.header, &subject, report);
        }
    }

    fn holders(&self, name: &str) -> Option<&BTreeSet<String>> {
        self.traits.get(name).map(|choice| &choice.tokens)
    }

    /// Tells who may call an operation, by the traits that its client's token has to have.
    pub fn compare_callers(
        [old, new]: [&Self; 2],
        [from, to]: [&Option<String>; 2],
        subject: &str,
        report: &mut Report,
    ) {
        let holders = |access: &Self, bound: &str| -> BTreeSet<String> {
            // A trait that is not here has to be told by its name.
            let unknown = || BTreeSet::from([bound.to_owned()]);
            access.holders(bound).cloned().unwrap_or_else(unknown)
        };
        let list = |tokens: &BTreeSet<String>, word| {
            spelling::list(&tokens.iter().cloned().collect::<Vec<_>>(), word)
        };
        match (from, to) {
            (None, None) => {}
            (None, Some(to)) => report.breaking(format!(
                "{subject} wants {}, and took any client before",
                list(&holders(new, to), "or")
            )),
            (Some(_), None) => {
                report.added(format!(
                    "{subject} takes any client, one without a token too"
                ));
            }
            (Some(from), Some(to)) => {
                let (from, to) = (holders(old, from), holders(new, to));
                let lost: BTreeSet<String> = from.difference(&to).cloned().collect();
                let gained: BTreeSet<String> = to.difference(&from).cloned().collect();
                if !lost.is_empty() {
                    report.breaking(format!("{subject} no longer takes {}", list(&lost, "or")));
                }
                if !gained.is_empty() {
                    report.added(format!("{subject} takes {} as well", list(&gained, "and")));
                }
            }
        }
    }
}

impl Token {
    /// Takes from the methods which secret the type holds. What else they are follows from it.
    fn constructor(&mut self, item: &ItemImpl) -> bool {
        let mut made = Made::default();
        made.visit_item_impl_mut(&mut item.clone());
        if self.kind.is_some() || made.kind.is_none() {
            return false;
        }
        self.kind = made.kind;
        self.place = made.place;
        true
    }

    fn compare(&self, new: &Self, subject: &str, report: &mut Report) {
        self.notes.compare(&new.notes, subject, report);
        let kind = |token: &Self| match token.kind.as_deref() {
            Some("key") => "a key".to_owned(),
            Some("bearer") => "a bearer token".to_owned(),
            Some("basic") => "a name and a password".to_owned(),
            Some(other) => format!("made by `{other}!`"),
            None => "a type by itself".to_owned(),
        };
        if self.kind != new.kind {
            report.breaking(format!(
                "{subject} is {} instead of {}",
                kind(new),
                kind(self)
            ));
        } else if self.place != new.place {
            report.behaviour(format!(
                "{subject} is sent {} instead of {}",
                self::place(&new.place),
                self::place(&self.place)
            ));
        }
        piece::compare(&self.declared, &new.declared, subject, report);
    }
}

/// The call of `AuthSecret::key`, `bearer` or `basic` that makes a token.
#[derive(Default)]
struct Made {
    kind: Option<String>,
    place: Vec<String>,
}

impl VisitMut for Made {
    fn visit_expr_call_mut(&mut self, call: &mut ExprCall) {
        let path = spelling::text(&call.func);
        if let Some((_, kind)) = path.split_once("AuthSecret::") {
            self.kind = Some(kind.to_owned());
            if kind == "key" {
                let words = call.args.iter().take(2).map(spelling::text);
                self.place = words
                    .map(|word| word.rsplit("::").next().unwrap_or(&word).to_owned())
                    .collect();
            }
        }
        visit_mut::visit_expr_call_mut(self, call);
    }
}

fn place(words: &[String]) -> String {
    match words {
        [place, name] => format!(
            "in the {} as `{}`",
            place.to_lowercase(),
            name.trim_matches('"')
        ),
        other => other.join(", "),
    }
}
