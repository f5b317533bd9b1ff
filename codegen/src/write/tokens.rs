//! Tokens that every part of generated code needs.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::model::{FILE, SECRET};

/// An identifier of the model, which are all valid.
pub fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

pub fn deprecated(is: bool) -> Option<TokenStream> {
    is.then(|| quote!(#[deprecated]))
}

/// How a value of a type is taken from a caller, and made the type: what easily becomes it will do.
pub fn taken(name: &Ident, rust: &TokenStream) -> (TokenStream, TokenStream) {
    if is_converted(rust) {
        (quote!(impl Into<#rust>), quote!(#name.into()))
    } else {
        (quote!(#rust), quote!(#name))
    }
}

/// Whether a caller may give what easily becomes a value of the type, in place of the value.
pub fn is_converted(rust: &TokenStream) -> bool {
    let text = rust.to_string().replace(' ', "");
    ["String", SECRET, FILE].contains(&text.as_str()) || text.starts_with("Vec<")
}
