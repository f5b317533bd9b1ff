//! How a request is put together: what is sent, where, and under which name.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ExprField, ExprMatch, ExprStruct, Lit, Member, Stmt, Token};

use super::spelling;

/// One call in the chain that makes a request, such as `.query("page", &self.page)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub call: String,
    /// The field of the request that is sent.
    pub field: Option<String>,
    /// The first text among the arguments, which is the name on the wire, or a media type.
    pub wire: Option<String>,
    /// The arguments but for the text and what holds the field.
    pub rest: Vec<String>,
    /// The fields of a struct among the arguments, such as the names of a period's parameters, or
    /// the arms of a `match`, such as what an answer becomes by its status.
    pub names: BTreeMap<String, String>,
    /// All of it.
    pub text: String,
}

impl Step {
    /// What the chain of a function's body begins with, and its calls: all of the body and no
    /// calls, if it is no chain.
    pub fn chain(block: &Block) -> (TokenStream, Vec<Self>) {
        let [Stmt::Expr(expression, None)] = block.stmts.as_slice() else {
            return (block.to_token_stream(), Vec::new());
        };
        let mut steps = Vec::new();
        let mut expression = expression;
        while let Expr::MethodCall(call) = expression {
            steps.push(Self::new(&call.method.to_string(), &call.args));
            expression = &call.receiver;
        }
        steps.reverse();
        (expression.to_token_stream(), steps)
    }

    fn new(call: &str, arguments: &Punctuated<Expr, Token![,]>) -> Self {
        let mut step = Self {
            call: call.to_owned(),
            field: None,
            wire: None,
            rest: Vec::new(),
            names: BTreeMap::new(),
            text: String::new(),
        };
        let mut texts = Vec::new();
        for argument in arguments {
            texts.push(spelling::text(argument));
            let mut found = Found::default();
            found.visit_expr_mut(&mut argument.clone());
            if !found.names.is_empty() {
                step.names = found.names.clone();
            }
            match (text(argument), found.field) {
                (Some(wire), _) if step.wire.is_none() => step.wire = Some(wire),
                (None, Some(field)) => step.field = Some(field),
                _ if !found.names.is_empty() => {}
                _ => step.rest.push(spelling::text(argument)),
            }
        }
        step.text = format!(".{call}({})", texts.join(", "));
        step
    }

    /// All of it without the name of the field, nor that of a part of the path, which is not sent.
    pub fn anonymous(&self) -> String {
        let field = self.field.as_deref().unwrap_or_default();
        let text = spelling::replace(&self.text, &format!("self.{field}"), "self");
        match (self.call.as_str(), &self.wire) {
            ("path" | "within", Some(wire)) => text.replace(&format!("{wire:?}"), "_"),
            _ => text,
        }
    }

    /// Where a parameter is sent, if it is one.
    pub fn place(&self) -> Option<String> {
        let call = self.call.as_str();
        let named = self
            .rest
            .iter()
            .find_map(|text| text.strip_prefix("ParameterLocation::"));
        if let Some(named) = named {
            return Some(named.to_lowercase());
        }
        match call {
            "path" | "header" | "cookie" | "query" => Some(call.to_owned()),
            "part" | "files" | "file" => Some("form".to_owned()),
            _ => call.strip_prefix("query_").map(|_| "query".to_owned()),
        }
    }

    /// How the values of a parameter are written.
    pub fn style(&self) -> String {
        let rest: Vec<&String> = self
            .rest
            .iter()
            .filter(|text| !text.starts_with("ParameterLocation::"))
            .collect();
        match (self.call.as_str(), rest.as_slice()) {
            ("query", []) => "once for each value".to_owned(),
            ("path" | "header" | "cookie", []) => "plainly".to_owned(),
            ("part" | "files", [kind]) => match kind.strip_prefix("Some(") {
                Some(kind) => format!("as `{}`", kind.trim_end_matches(')').trim_matches('"')),
                None => "plainly".to_owned(),
            },
            ("query_joined", [sign]) => format!("joined by {sign}"),
            ("value", [style, explode]) if style.starts_with("Style::") => {
                let style = style.trim_start_matches("Style::").to_lowercase();
                match explode.as_str() {
                    "true" => format!("in the style `{style}` (exploded)"),
                    _ => format!("in the style `{style}`"),
                }
            }
            (call, []) => format!("by .{call}()"),
            (call, _) => format!("by .{call}({})", self.rest.join(", ")),
        }
    }

    /// What a body is written as, if it is one.
    pub fn media(&self) -> Option<String> {
        match (self.call.as_str(), &self.wire) {
            ("body", None) => Some("JSON".to_owned()),
            ("form_body", None) => Some("a form".to_owned()),
            (call, Some(media)) if call.ends_with("body") => Some(media.clone()),
            (call, None) if call.ends_with("body") => Some(format!(".{call}()")),
            _ => None,
        }
    }
}

fn text(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// What an argument is made of.
#[derive(Default)]
struct Found {
    field: Option<String>,
    names: BTreeMap<String, String>,
}

impl VisitMut for Found {
    fn visit_expr_field_mut(&mut self, expression: &mut ExprField) {
        if let (Expr::Path(base), Member::Named(name)) = (&*expression.base, &expression.member)
            && base.path.is_ident("self")
        {
            self.field.get_or_insert_with(|| name.to_string());
        }
        visit_mut::visit_expr_field_mut(self, expression);
    }

    fn visit_expr_struct_mut(&mut self, expression: &mut ExprStruct) {
        for field in &expression.fields {
            let name = spelling::text(&field.member);
            let value = text(&field.expr).unwrap_or_else(|| spelling::text(&field.expr));
            self.names.insert(name, value);
        }
    }

    fn visit_expr_match_mut(&mut self, expression: &mut ExprMatch) {
        for arm in &expression.arms {
            let value = spelling::text(&arm.body);
            let name = |value: &str| {
                Some(
                    value
                        .split_once("types::")?
                        .1
                        .split_once("::")?
                        .1
                        .to_owned(),
                )
            };
            let name = name(&value).unwrap_or(value);
            self.names.insert(
                spelling::text(&arm.pat),
                name.trim_end_matches(')').to_owned(),
            );
        }
    }
}
