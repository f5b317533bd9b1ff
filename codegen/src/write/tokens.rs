//! Tokens that every part of generated code needs.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// An identifier of the model, which are all valid.
pub fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

pub fn deprecated(is: bool) -> Option<TokenStream> {
    is.then(|| quote!(#[deprecated]))
}
