//! Who may call what: a trait for each choice of tokens, and the tokens that the crate has none for.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::docs;
use super::ident;
use crate::access::last;
use crate::doc;
use crate::model::{Access, Place, Scheme, SchemeKind};

/// The trait of the token types that may call an operation.
pub fn access(access: &Access, name: &str) -> Option<TokenStream> {
    let Access::AnyOf {
        alternatives,
        optional: _,
    } = access
    else {
        return None;
    };
    let name = ident(name);
    let words: Vec<String> = alternatives.iter().map(|tokens| together(tokens)).collect();
    let list = words.join(" or ");
    let clients = alternatives
        .iter()
        .map(|tokens| format!("`Client<{}>`", client(tokens)));
    let clients: Vec<String> = clients.collect();
    let about = docs(&format!("Tokens for operations that take {list}."));
    let message = format!("this operation takes {list}, and the client's token is `{{Self}}`");
    let label = format!("wants a {}", clients.join(" or "));
    let ours = alternatives
        .iter()
        .flatten()
        .any(|token| token.starts_with("crate::"));
    let environment = match ours {
        true => "; a client from the environment becomes one with `into_master()` or `into_user()`",
        false => "",
    };
    let note = format!(
        "`client.with_token(token)` makes such a client of the one at hand, over the same connections, where `token` is {list}{environment}"
    );
    let holders = holders(access);
    Some(quote! {
        #about
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
        pub trait #name: crate::Token {}
        #(impl #name for #holders {})*
    })
}

/// The token types that may call an operation; none where it takes no token.
pub fn holders(access: &Access) -> Vec<TokenStream> {
    let Access::AnyOf {
        alternatives,
        optional,
    } = access
    else {
        return Vec::new();
    };
    alternatives
        .iter()
        .map(|tokens| holder(tokens))
        .chain(either(alternatives))
        .chain(optional.then(|| quote!(crate::NoToken)))
        .collect()
}

/// Tokens that go together, in words.
fn together(tokens: &[String]) -> String {
    let names: Vec<String> = tokens.iter().map(|token| article(last(token))).collect();
    names.join(" with ")
}

/// A name with the article that goes before it.
fn article(name: &str) -> String {
    let vowel = name.starts_with(['A', 'E', 'I', 'O']);
    format!("{} `{name}`", if vowel { "an" } else { "a" })
}

/// The same as the parameter of a client.
fn client(tokens: &[String]) -> String {
    let names: Vec<&str> = tokens.iter().map(|token| last(token)).collect();
    match names.as_slice() {
        [one] => (*one).to_owned(),
        several => format!("({})", several.join(", ")),
    }
}

/// The same as a type.
fn holder(tokens: &[String]) -> TokenStream {
    let paths = tokens.iter().map(|token| path(token));
    match tokens.len() {
        1 => quote!(#(#paths)*),
        _ => quote!((#(#paths),*)),
    }
}

/// `AnyToken` is one of the two, and which one is not known before the program runs.
fn either(alternatives: &[Vec<String>]) -> Option<TokenStream> {
    let both = ["crate::MasterToken", "crate::UserToken"]
        .iter()
        .all(|token| {
            alternatives
                .iter()
                .any(|known| known.as_slice() == [*token])
        });
    both.then(|| quote!(crate::AnyToken))
}

fn path(path: &str) -> TokenStream {
    let parts = path.split("::").map(|part| match part {
        "crate" => quote!(crate),
        name => {
            let name = ident(name);
            quote!(#name)
        }
    });
    quote!(#(#parts)::*)
}

/// The token of a security scheme; what it can do is written by the macros of the runtime.
pub fn scheme(name: &str, scheme: &Scheme) -> TokenStream {
    let ident_ = ident(name);
    let wire = doc::span_of(&scheme.wire);
    let (what, sent, call) = match &scheme.kind {
        SchemeKind::Bearer => (
            "The bearer token",
            String::new(),
            quote!(crate::bearer!(#ident_);),
        ),
        SchemeKind::Basic => (
            "The user name and password",
            String::new(),
            quote!(crate::basic!(#ident_);),
        ),
        SchemeKind::Key(place, key) => {
            let word = match place {
                Place::Query => "query parameter",
                Place::Cookie => "cookie",
                _ => "header",
            };
            let place = ident(&format!("{place:?}"));
            let sent = format!(" It is sent as the {word} {}.", doc::span_of(key));
            ("The key", sent, quote!(crate::key!(#ident_, #place, #key);))
        }
    };
    let about = docs(&doc::paragraphs([
        format!("{what} that the document calls {wire}.{sent}"),
        scheme.doc.clone(),
    ]));
    quote! {
        #about
        #[derive(Clone)]
        pub struct #ident_(crate::runtime::Credential);
        #call
    }
}
