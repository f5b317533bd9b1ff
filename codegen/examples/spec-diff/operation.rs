//! An operation as callers see it: a method of the client, and the request that it begins.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{
    Block, Expr, ExprStruct, FnArg, ImplItem, ImplItemConst, ImplItemFn, ItemImpl, ItemStruct, Lit,
    ReturnType, Signature, Stmt, Type, WherePredicate,
};

use super::argument::Argument;
use super::notes::Notes;
use super::paging::Paging;
use super::parameter;
use super::piece::{self, Piece, Pieces};
use super::spelling;
use super::step::Step;
use super::surface::Names;

/// One operation.
#[derive(Debug)]
pub struct Operation {
    pub name: String,
    pub notes: Notes,
    pub arguments: Vec<Argument>,
    /// The trait that the client's token has to have.
    pub bound: Option<String>,
    /// The type of the request.
    pub request: String,
    pub setters: Vec<Setter>,
    pub answer: String,
    /// What `OPERATION` says, texts without their quotes.
    pub constant: BTreeMap<String, String>,
    /// How the request is put together, and how its answer is read.
    pub steps: Vec<Step>,
    pub reading: Vec<Step>,
    pub paging: Option<Paging>,
    /// What stands above the request's type, and above `call`.
    pub declared: Notes,
    pub called: Notes,
    /// `items` and `pages`.
    pub walks: Pieces,
    /// What follows from arguments and setters.
    pub derived: Pieces,
    pub pieces: Pieces,
}

/// A method of a request that takes what is optional.
#[derive(Debug)]
pub struct Setter {
    pub name: String,
    pub takes: Vec<Argument>,
    pub notes: Notes,
    pub pieces: Pieces,
}

/// The items of a request's type.
#[derive(Default)]
pub struct Parts {
    pub declared: Option<ItemStruct>,
    pub impls: Vec<ItemImpl>,
}

impl Operation {
    /// The type of the request that a method begins, if it is such a method.
    pub fn request_of(method: &ImplItemFn) -> Option<String> {
        let ReturnType::Type(_, rust) = &method.sig.output else {
            return None;
        };
        let Type::Path(rust) = &**rust else {
            return None;
        };
        let mut segments = rust.path.segments.iter();
        let (module, name) = (segments.next()?, segments.next()?);
        (module.ident == "requests").then(|| name.ident.to_string())
    }

    pub fn new(method: &ImplItemFn, request: String, parts: Parts, names: &Names) -> Self {
        let mut operation = Self {
            name: method.sig.ident.to_string(),
            notes: Notes::of(&method.attrs),
            arguments: Argument::all(&method.sig, names),
            bound: bound(&method.sig),
            request,
            setters: Vec::new(),
            answer: String::new(),
            constant: BTreeMap::new(),
            steps: Vec::new(),
            reading: Vec::new(),
            paging: None,
            declared: Notes::default(),
            called: Notes::default(),
            walks: Pieces::new(),
            derived: Pieces::new(),
            pieces: Pieces::new(),
        };
        operation.head(method);
        if let Some(item) = parts.declared {
            operation.declaration(&item);
        }
        for item in &parts.impls {
            operation.implementation(item, names);
        }
        operation.anonymous();
        operation
    }

    /// Where it is sent, for readers.
    pub fn line(&self) -> String {
        format!("{} {}", self.fact("method"), self.fact("path"))
    }

    /// The same without the names of parameters: what tells it from all other operations.
    pub fn identity(&self) -> String {
        parameter::blank(&self.line())
    }

    pub fn fact(&self, name: &str) -> &str {
        self.constant.get(name).map_or("", |value| value)
    }

    /// The types that its signatures name.
    pub fn types(&mut self) -> Vec<(String, &mut String)> {
        let mut types = vec![("answer".to_owned(), &mut self.answer)];
        for argument in &mut self.arguments {
            types.push((argument.name.clone(), &mut argument.rust));
        }
        for setter in &mut self.setters {
            for argument in &mut setter.takes {
                types.push((setter.name.clone(), &mut argument.rust));
            }
        }
        if let Some(paging) = &mut self.paging {
            types.extend(paging.types().map(|rust| ("paging".to_owned(), rust)));
        }
        types
    }

    /// Gives a type another name in all code that no other part holds.
    pub fn rename(&mut self, from: &str, to: &str) {
        let paging = self.paging.as_mut().map(Paging::pieces);
        let own = [&mut self.pieces, &mut self.derived];
        for pieces in own.into_iter().chain(paging.into_iter().flatten()) {
            piece::rename(pieces, from, to);
        }
    }

    /// The method of the client, but for its name, its arguments and who may call it.
    fn head(&mut self, method: &ImplItemFn) {
        let mut plain = method.sig.clone();
        plain.ident = syn::Ident::new("method", plain.ident.span());
        plain.inputs = plain
            .inputs
            .into_iter()
            .filter(|input| matches!(input, FnArg::Receiver(_)))
            .collect();
        if let Some(clause) = &mut plain.generics.where_clause {
            let predicates = std::mem::take(&mut clause.predicates).into_iter();
            clause.predicates = predicates.filter(|one| access(one).is_none()).collect();
        }
        plain.generics.where_clause = plain
            .generics
            .where_clause
            .filter(|clause| !clause.predicates.is_empty());
        self.pieces.insert("method".to_owned(), Piece::seen(plain));
        self.derived
            .insert("method".to_owned(), Piece::hidden(&method.block));
    }

    /// The type of the request: its fields are private, and follow from arguments and setters.
    fn declaration(&mut self, item: &ItemStruct) {
        self.declared = Notes::of(&item.attrs);
        let fields = in_order(item.fields.iter());
        self.derived
            .insert("fields".to_owned(), Piece::hidden(fields));
        self.pieces
            .insert("type parameters".to_owned(), Piece::seen(&item.generics));
    }

    fn implementation(&mut self, item: &ItemImpl, names: &Names) {
        if let Some((path, ..)) = &item.trait_ {
            if path.is_ident("Paged") {
                self.paging = Some(Paging::new(item, names));
            } else {
                self.pieces
                    .extend([Piece::item(&syn::Item::Impl(item.clone()))]);
            }
            return;
        }
        let header = Piece::seen(&item.generics);
        self.pieces
            .insert("type parameters of methods".to_owned(), header);
        for item in &item.items {
            match item {
                ImplItem::Const(item) if item.ident == "OPERATION" => self.constant(item),
                ImplItem::Fn(item) => self.function(item, names),
                other => {
                    let text = spelling::text(other);
                    self.pieces.insert(text, Piece::seen(other));
                }
            }
        }
    }

    fn constant(&mut self, item: &ImplItemConst) {
        match &item.expr {
            Expr::Struct(ExprStruct {
                fields, rest: None, ..
            }) => {
                for field in fields {
                    self.constant
                        .insert(spelling::text(&field.member), value(&field.expr));
                }
            }
            other => {
                self.pieces
                    .insert("OPERATION".to_owned(), Piece::hidden(other));
            }
        }
    }

    fn function(&mut self, function: &ImplItemFn, names: &Names) {
        let name = function.sig.ident.to_string();
        let arguments = Argument::all(&function.sig, names);
        let notes = Notes::of(&function.attrs);
        match name.as_str() {
            "new" => {
                let made = match function.block.stmts.as_slice() {
                    [Stmt::Expr(Expr::Struct(made), None)] => in_order(made.fields.iter()),
                    _ => function.block.to_token_stream(),
                };
                self.derived.insert("new".to_owned(), Piece::hidden(made));
            }
            "call" if arguments.is_empty() => {
                self.answer = answer(&function.sig, names);
                let mut plain = function.sig.clone();
                plain.output = ReturnType::Default;
                self.pieces.insert(".call()".to_owned(), Piece::seen(plain));
                self.reading = self.chain("call", &function.block);
                self.called = notes;
            }
            "items" | "pages" if arguments.is_empty() => {
                self.walks
                    .insert(format!(".{name}()"), Piece::function(function));
            }
            "request" if arguments.is_empty() => {
                self.steps = self.chain("request", &function.block);
            }
            _ if is_setter(&function.sig) && piece::is_public(&function.vis) => {
                let mut pieces = Pieces::new();
                pieces.insert(format!(".{name}()"), Piece::hidden(&function.block));
                self.setters.push(Setter {
                    name,
                    takes: arguments,
                    notes,
                    pieces,
                });
            }
            _ => {
                self.pieces
                    .insert(format!(".{name}()"), Piece::function(function));
            }
        }
    }

    /// The calls of a function's body; all of it as text, if it is no chain of calls.
    fn chain(&mut self, name: &str, block: &Block) -> Vec<Step> {
        let (base, steps) = Step::chain(block);
        let piece = Piece::hidden(base);
        self.pieces.insert(format!("the body of {name}"), piece);
        steps
    }

    /// Takes the operation's own name out of its code, so that another name is one change.
    fn anonymous(&mut self) {
        let module = format!("requests::{}", self.request);
        for pieces in [&mut self.pieces, &mut self.derived] {
            piece::rename(pieces, &module, "requests::Request");
            piece::rename(pieces, &self.request, "Request");
        }
        for line in &mut self.declared.docs {
            *line = line.replace(&format!("[`{0}`](Client::{0})", self.name), "[client]");
        }
    }
}

/// `access::X` of a bound on the client's token.
fn access(predicate: &WherePredicate) -> Option<String> {
    let text = spelling::text(predicate);
    text.strip_prefix("T: access::").map(str::to_owned)
}

fn bound(signature: &Signature) -> Option<String> {
    let clause = signature.generics.where_clause.as_ref()?;
    clause.predicates.iter().find_map(access)
}

/// `Result<R, Error>` without the rest; any other type as it is.
fn answer(signature: &Signature, names: &Names) -> String {
    let ReturnType::Type(_, rust) = &signature.output else {
        return "()".to_owned();
    };
    let text = names.rust(rust);
    let inner = text
        .strip_prefix("Result<")
        .and_then(|text| text.strip_suffix(", Error>"));
    inner.unwrap_or(&text).to_owned()
}

/// Code of which the order says nothing.
fn in_order(code: impl Iterator<Item = impl ToTokens>) -> TokenStream {
    let mut parts: Vec<TokenStream> = code.map(|one| one.to_token_stream()).collect();
    parts.sort_by_key(|part| spelling::text(part));
    parts.into_iter().collect()
}

fn is_setter(signature: &Signature) -> bool {
    let mut inputs = signature.inputs.iter();
    let takes = inputs
        .next()
        .is_some_and(|first| spelling::text(first) == "mut self");
    takes && spelling::text(&signature.output) == "-> Self"
}

/// A text without its quotes, a constant without its type, anything else as it is.
fn value(expression: &Expr) -> String {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => text.value(),
            other => spelling::text(other),
        },
        other => {
            let text = spelling::text(other);
            text.strip_prefix("Method::").unwrap_or(&text).to_owned()
        }
    }
}
