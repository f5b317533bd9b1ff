//! Tokens that every part of generated code needs.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::model::{FILE, SECRET};

/// Returns an identifier. All names of the model are valid identifiers.
pub fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// A constant of type `Option<&str>`.
pub fn option(text: Option<&String>) -> TokenStream {
    text.map_or(quote!(None), |text| quote!(Some(#text)))
}

pub fn deprecated(is: bool) -> Option<TokenStream> {
    is.then(|| quote!(#[deprecated]))
}

/// An argument of a generated function.
pub struct Argument {
    /// With its type: whatever converts to a string, a list, a secret or a file is taken.
    pub declared: TokenStream,
    /// The argument, converted.
    pub value: TokenStream,
    /// The field of the same name in a struct expression.
    pub field: TokenStream,
}

impl Argument {
    pub fn new(name: &Ident, rust: &TokenStream) -> Self {
        if is_converted(rust) {
            Self {
                declared: quote!(#name: impl Into<#rust>),
                value: quote!(#name.into()),
                field: quote!(#name: #name.into()),
            }
        } else {
            Self {
                declared: quote!(#name: #rust),
                value: quote!(#name),
                field: quote!(#name),
            }
        }
    }
}

/// Whether an argument of the type is taken as `impl Into`.
pub fn is_converted(rust: &TokenStream) -> bool {
    let text = rust.to_string().replace(' ', "");
    ["String", SECRET, FILE].contains(&text.as_str()) || text.starts_with("Vec<")
}
