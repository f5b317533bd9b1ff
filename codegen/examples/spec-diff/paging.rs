//! How a list is walked over: `impl Paged`.

use syn::{ImplItem, ItemImpl};

use super::piece::{self, Piece, Pieces};
use super::report::Report;
use super::spelling;
use super::surface::Names;

/// What the runtime knows of a list.
#[derive(Clone, Debug, Default)]
pub struct Paging {
    record: String,
    key: String,
    first: String,
    wire: String,
    /// The parameter that counts the pages.
    page: Option<String>,
    /// What follows from these.
    derived: Pieces,
    pieces: Pieces,
}

impl Paging {
    pub fn new(item: &ItemImpl, names: &Names) -> Self {
        let mut paging = Self::default();
        for item in &item.items {
            match item {
                ImplItem::Type(item) if item.ident == "Record" => {
                    paging.record = names.rust(&item.ty)
                }
                ImplItem::Type(item) if item.ident == "Key" => paging.key = names.rust(&item.ty),
                ImplItem::Const(item) if item.ident == "FIRST" => {
                    paging.first = spelling::text(&item.expr);
                }
                ImplItem::Const(item) if item.ident == "KEY" => {
                    paging.wire = spelling::text(&item.expr);
                }
                ImplItem::Fn(item) => paging.function(item),
                other => {
                    let text = spelling::text(other);
                    paging.pieces.insert(text.clone(), Piece::hidden(other));
                }
            }
        }
        paging
    }

    fn function(&mut self, function: &syn::ImplItemFn) {
        let name = function.sig.ident.to_string();
        if name == "page_asked" {
            let text = spelling::text(&function.block);
            let page = text
                .strip_prefix("{ self.")
                .and_then(|text| text.strip_suffix(" }"));
            self.page = page.map(str::to_owned);
        }
        let derived = matches!(name.as_str(), "page_asked" | "page_request" | "key");
        let pieces = if derived {
            &mut self.derived
        } else {
            &mut self.pieces
        };
        pieces.insert(name, Piece::hidden(function));
    }

    /// Tells what is different; `record` is whether the records have another type, which was told.
    pub fn compare(&self, new: &Self, subject: &str, retyped: bool, report: &mut Report) {
        let said = report.says(|report| {
            if self.record != new.record && !retyped {
                let records = spelling::arrow(&self.record, &new.record);
                report.breaking(format!("{subject} walks over other records: {records}"));
            }
            if self.first != new.first {
                report.behaviour(format!(
                    "{subject} counts pages from {} instead of {}",
                    new.first, self.first
                ));
            }
            if self.wire != new.wire {
                report.behaviour(format!(
                    "{subject} tells records apart by {} instead of {}",
                    new.wire, self.wire
                ));
            } else if self.key != new.key {
                let keys = spelling::arrow(&self.key, &new.key);
                report.behaviour(format!(
                    "{subject} tells records apart by another type: {keys}"
                ));
            }
            if let ([Some(old), Some(new)], true) = ([&self.page, &new.page], self.page != new.page)
            {
                report.behaviour(format!(
                    "{subject} asks for a page by .{new}() instead of .{old}()"
                ));
            }
        });
        if !said && !retyped {
            piece::compare(&self.derived, &new.derived, subject, report);
        }
        piece::compare(&self.pieces, &new.pieces, subject, report);
    }

    /// The code that it holds as text.
    pub fn pieces(&mut self) -> [&mut Pieces; 2] {
        [&mut self.derived, &mut self.pieces]
    }

    /// The types that it names.
    pub fn types(&mut self) -> [&mut String; 2] {
        [&mut self.record, &mut self.key]
    }
}
