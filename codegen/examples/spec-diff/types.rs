//! The types of the module `types`: structs, enums of texts, unions, and enums of answers.

use std::collections::BTreeMap;

use syn::{ImplItem, Item, ItemEnum, ItemImpl, ItemStruct, Macro, Visibility};

use super::argument::{self, Argument};
use super::field::{self, Field};
use super::notes::Notes;
use super::piece::{self, Piece, Pieces};
use super::report::Report;
use super::spelling;
use super::surface::Names;
use super::variant::{Texts, Variant};

/// A type that the document makes.
#[derive(Debug, Default)]
pub struct Type {
    pub kind: Kind,
    notes: Notes,
    /// What `new` takes.
    constructor: Option<Vec<Argument>>,
    /// What follows from the fields.
    derived: Pieces,
    pieces: Pieces,
}

/// What a type is made of.
#[derive(Debug, Default)]
pub enum Kind {
    #[default]
    Unknown,
    Struct(Vec<Field>),
    Enum {
        variants: Vec<Variant>,
        /// The macro that reads and writes it, and the key that tells the variants apart.
        by: Option<String>,
        tag: Option<String>,
    },
}

/// The types of a module, and the items that belong to none.
pub fn read(items: &[Item], names: &Names) -> (BTreeMap<String, Type>, Pieces) {
    let mut types: BTreeMap<String, Type> = BTreeMap::new();
    for item in items {
        match item {
            Item::Struct(item) => {
                types.insert(item.ident.to_string(), Type::of_struct(item, names));
            }
            Item::Enum(item) => {
                types.insert(item.ident.to_string(), Type::of_enum(item, names));
            }
            _ => {}
        }
    }
    let mut pieces = Pieces::new();
    for item in items {
        let known = match item {
            Item::Struct(_) | Item::Enum(_) => true,
            Item::Use(item) => !piece::is_public(&item.vis),
            Item::Impl(item) => {
                let of = spelling::text(&item.self_ty);
                let known = types
                    .get_mut(&of)
                    .map(|known| known.implementation(item, names));
                known.is_some()
            }
            Item::Macro(item) => match (row(&item.mac), Texts::read(&item.mac)) {
                (Some(name), _) => types.get_mut(&name).map(Type::row).is_some(),
                (None, Some(texts)) => types
                    .get_mut(&texts.name)
                    .is_some_and(|known| known.texts(texts)),
                (None, None) => false,
            },
            _ => false,
        };
        if !known {
            pieces.extend([Piece::item(item)]);
        }
    }
    (types, pieces)
}

/// The type that a macro makes rows of.
fn row(call: &Macro) -> Option<String> {
    if call.path.segments.last()?.ident != "row" {
        return None;
    }
    let name = call.tokens.clone().into_iter().next()?;
    Some(name.to_string())
}

impl Type {
    /// The columns follow from the fields: what is left to tell is whether there are any.
    fn row(&mut self) {
        let row: syn::Ident = syn::parse_quote!(Row);
        self.pieces.insert("Row".to_owned(), Piece::seen(&row));
    }

    fn of_struct(item: &ItemStruct, names: &Names) -> Self {
        let mut pieces = Pieces::new();
        pieces.insert("type parameters".to_owned(), Piece::seen(&item.generics));
        Self {
            kind: Kind::Struct(Field::all(&item.fields, names)),
            notes: Notes::of(&item.attrs),
            pieces,
            ..Self::default()
        }
        .declared(&item.vis)
    }

    fn of_enum(item: &ItemEnum, names: &Names) -> Self {
        let mut pieces = Pieces::new();
        pieces.insert("type parameters".to_owned(), Piece::seen(&item.generics));
        let variants = item.variants.iter().map(|item| Variant::new(item, names));
        Self {
            kind: Kind::Enum {
                variants: variants.collect(),
                by: None,
                tag: None,
            },
            notes: Notes::of(&item.attrs),
            pieces,
            ..Self::default()
        }
        .declared(&item.vis)
    }

    fn declared(mut self, visibility: &Visibility) -> Self {
        self.pieces
            .insert("visibility".to_owned(), Piece::seen(visibility));
        self
    }

    fn implementation(&mut self, item: &ItemImpl, names: &Names) {
        if item.trait_.is_some() {
            self.pieces.extend([Piece::item(&Item::Impl(item.clone()))]);
            return;
        }
        for item in &item.items {
            match item {
                ImplItem::Fn(item) if item.sig.ident == "new" && self.constructor.is_none() => {
                    self.constructor = Some(Argument::all(&item.sig, names));
                    self.derived.insert("new".to_owned(), Piece::function(item));
                }
                // It follows from the texts of the variants.
                ImplItem::Fn(item) if item.sig.ident == "as_str" => {
                    self.derived
                        .insert("as_str()".to_owned(), Piece::function(item));
                }
                ImplItem::Fn(item) => {
                    let name = format!("{}()", item.sig.ident);
                    self.pieces.insert(name, Piece::function(item));
                }
                other => {
                    self.pieces
                        .insert(spelling::text(other), Piece::seen(other));
                }
            }
        }
    }

    /// Takes what a macro says of the variants; `false` if it does not fit.
    fn texts(&mut self, texts: Texts) -> bool {
        let Kind::Enum { variants, by, tag } = &mut self.kind else {
            return false;
        };
        if by.is_some() {
            return false;
        }
        for variant in variants.iter_mut() {
            variant.texts = texts.of(&variant.name);
        }
        *by = Some(texts.by);
        *tag = texts.tag;
        true
    }

    /// What it is, in a word.
    pub fn word(&self) -> &str {
        match &self.kind {
            Kind::Unknown => "type",
            Kind::Struct(_) => "struct",
            Kind::Enum { by: None, .. } => "enum of answers",
            Kind::Enum { by: Some(by), .. } => match by.as_str() {
                "open_enum" => "enum",
                other => other,
            },
        }
    }

    /// The types that it names, by where.
    pub fn types(&mut self) -> Vec<(String, &mut String)> {
        let mut types = match &mut self.kind {
            Kind::Unknown => Vec::new(),
            Kind::Struct(fields) => field::types(fields),
            Kind::Enum { variants, .. } => {
                let named = variants.iter_mut();
                named
                    .map(|one| (one.name.clone(), &mut one.payload))
                    .collect()
            }
        };
        for argument in self.constructor.iter_mut().flatten() {
            types.push((format!("new {}", argument.name), &mut argument.rust));
        }
        types
    }

    /// Takes another name, which its code has too.
    pub fn rename(&mut self, from: &str, to: &str) {
        for pieces in [&mut self.pieces, &mut self.derived] {
            piece::rename(pieces, from, to);
        }
    }

    /// Tells all that is different.
    pub fn compare(&self, new: &Self, subject: &str, report: &mut Report) {
        if self.word() != new.word() {
            let (old, new) = (self.word(), new.word());
            report.breaking(format!("{subject} is {} instead of {}", a(new), a(old)));
            return;
        }
        self.notes.compare(&new.notes, subject, report);
        let made = report.says(|report| {
            self.compare_kind(new, subject, report);
            self.compare_constructor(new, subject, report);
        });
        if !made {
            piece::compare(&self.derived, &new.derived, subject, report);
        }
        piece::compare(&self.pieces, &new.pieces, subject, report);
    }

    fn compare_kind(&self, new: &Self, subject: &str, report: &mut Report) {
        let closed = self.notes.is_closed();
        match (&self.kind, &new.kind) {
            (Kind::Struct(old), Kind::Struct(new)) => {
                field::compare([old, new], closed, subject, report);
            }
            (
                Kind::Enum {
                    variants: old,
                    tag: from,
                    ..
                },
                Kind::Enum {
                    variants: new,
                    tag: to,
                    by,
                },
            ) => {
                if from != to {
                    let told = |tag: &Option<String>| match tag {
                        Some(tag) => format!("by `{tag}`"),
                        None => "by trying them".to_owned(),
                    };
                    let (from, to) = (told(from), told(to));
                    report.behaviour(format!(
                        "{subject} tells its variants apart {to} instead of {from}"
                    ));
                }
                // Where no key tells the variants apart, the first one that fits is taken.
                let tried = by.as_deref() == Some("union") && to.is_none();
                Variant::compare_all([old, new], closed, tried, subject, report);
            }
            _ => {}
        }
    }

    fn compare_constructor(&self, new: &Self, subject: &str, report: &mut Report) {
        match (&self.constructor, &new.constructor) {
            (None, None) => {}
            (None, Some(new)) => {
                report.added(format!("{subject} gains new({})", argument::list(new)));
            }
            (Some(_), None) => report.breaking(format!("{subject} loses new()")),
            (Some(old), Some(new)) => {
                let subject = format!("{subject}::new");
                argument::compare(&subject, [old, new], &BTreeMap::new(), &|_| false, report);
            }
        }
    }
}

fn a(word: &str) -> String {
    let article = if word.starts_with(['a', 'e', 'i', 'o']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {word}")
}
