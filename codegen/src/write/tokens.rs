//! Tokens that every part of generated code needs.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::model::{FILE, SECRET};

/// Returns an identifier. All names of the model are valid identifiers.
pub fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

pub fn deprecated(is: bool) -> Option<TokenStream> {
    is.then(|| quote!(#[deprecated]))
}

/// Returns the type of an argument, and the expression that converts it to `rust`.
pub fn taken(name: &Ident, rust: &TokenStream) -> (TokenStream, TokenStream) {
    if is_converted(rust) {
        (quote!(impl Into<#rust>), quote!(#name.into()))
    } else {
        (quote!(#rust), quote!(#name))
    }
}

/// Whether an argument of the type is taken as `impl Into`.
pub fn is_converted(rust: &TokenStream) -> bool {
    let text = rust.to_string().replace(' ', "");
    ["String", SECRET, FILE].contains(&text.as_str()) || text.starts_with("Vec<")
}
