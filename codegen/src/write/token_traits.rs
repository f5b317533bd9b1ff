//! The traits of the tokens that operations accept, and the token types of security schemes.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::doc_comments::docs;
use super::tokens::ident;
use crate::model::{ParameterLocation, Scheme, SchemeKind, Security};
use crate::text::markdown;
use crate::text::names::last;

/// The trait of the token types that may call an operation.
pub fn token_trait(
    security: &Security,
    name: &str,
    schemes: &BTreeMap<String, Scheme>,
) -> Option<TokenStream> {
    let Security::AnyOf {
        alternatives,
        optional: _,
    } = security
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
    let label = format!("requires a {}", clients.join(" or "));
    let note = format!(
        "`client.with_token(token)` returns such a client, which shares the connections, where `token` is {list}{}",
        origins(alternatives, schemes)
    );
    let holders = holders(security);
    Some(quote! {
        #about
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
        pub trait #name: crate::Token {}
        #(impl #name for #holders {})*
    })
}

/// Returns the token types that may call an operation. There are none if it takes no token.
pub fn holders(security: &Security) -> Vec<TokenStream> {
    let Security::AnyOf {
        alternatives,
        optional,
    } = security
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

/// How to get the tokens of an operation, as the end of a sentence.
fn origins(alternatives: &[Vec<String>], schemes: &BTreeMap<String, Scheme>) -> String {
    let tokens: BTreeSet<&str> = alternatives.iter().flatten().map(String::as_str).collect();
    let constructors = tokens.iter().filter_map(|name| {
        let arguments = match schemes.get(*name)?.kind {
            SchemeKind::Bearer => "token",
            SchemeKind::Basic => "user_name, password",
            SchemeKind::Key(..) => "key",
        };
        Some(format!("`access::{name}::new({arguments})`"))
    });
    let constructors: Vec<String> = constructors.collect();
    let conversions = [("MasterToken", "into_master"), ("UserToken", "into_user")];
    let conversions = conversions.iter().filter_map(|(token, method)| {
        let alone = [format!("crate::{token}")];
        alternatives
            .iter()
            .any(|tokens| **tokens == alone)
            .then(|| format!("`{method}()`"))
    });
    let conversions: Vec<String> = conversions.collect();
    let mut text = String::new();
    if !constructors.is_empty() {
        text += &format!(", from {}", constructors.join(" and "));
    }
    if !conversions.is_empty() {
        let methods = conversions.join(" or ");
        text += &format!("; convert a client from the environment with {methods}");
    }
    text
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

/// The type parameter of a client that holds these tokens, as text.
fn client(tokens: &[String]) -> String {
    let names: Vec<&str> = tokens.iter().map(|token| last(token)).collect();
    match names.as_slice() {
        [one] => (*one).to_owned(),
        several => format!("({})", several.join(", ")),
    }
}

/// The same as tokens.
fn holder(tokens: &[String]) -> TokenStream {
    let paths = tokens.iter().map(|token| path(token));
    match tokens.len() {
        1 => quote!(#(#paths)*),
        _ => quote!((#(#paths),*)),
    }
}

/// `AnyToken` is one of the two at run time.
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

/// The token of a security scheme.
pub fn scheme(name: &str, scheme: &Scheme) -> TokenStream {
    let ident_ = ident(name);
    let wire = markdown::span_of(&scheme.wire);
    let (what, methods) = match &scheme.kind {
        SchemeKind::Bearer => ("The bearer token", bearer()),
        SchemeKind::Basic => ("The user name and password", basic()),
        SchemeKind::Key(location, name) => ("The key", key(location, name)),
    };
    let about = docs(&markdown::paragraphs([
        format!(
            "{what} of the security scheme {wire}.{}",
            sent(&scheme.kind)
        ),
        scheme.doc.clone(),
    ]));
    quote! {
        #about
        #[derive(Clone)]
        pub struct #ident_(crate::runtime::AuthSecret);

        impl #ident_ {
            #methods
        }

        crate::token!(#ident_);
    }
}

/// Where a key is sent.
fn sent(kind: &SchemeKind) -> String {
    let SchemeKind::Key(location, name) = kind else {
        return String::new();
    };
    let word = match location {
        ParameterLocation::Query => "query parameter",
        ParameterLocation::Cookie => "cookie",
        _ => "header",
    };
    format!(" It is sent as the {word} {}.", markdown::span_of(name))
}

fn bearer() -> TokenStream {
    quote! {
        /// Creates a token from the text that the service issued, without `Bearer`.
        ///
        /// # Errors
        ///
        /// Fails if the token is empty, or contains whitespace, a control character or a character
        /// outside of ASCII. The message does not show the token.
        pub fn new(token: impl Into<String>) -> Result<Self, crate::Error> {
            crate::runtime::AuthSecret::bearer(token).map(Self)
        }

        /// Returns the token as plain text, for example to store it. The text is not redacted.
        pub fn expose(&self) -> &str {
            self.0.expose()
        }
    }
}

fn basic() -> TokenStream {
    quote! {
        /// Creates credentials from a user name and a password.
        ///
        /// Some services take a key as the user name. So errors do not show the user name either,
        /// unless it is shorter than four characters and there is a password.
        ///
        /// # Errors
        ///
        /// Fails if both are empty, if the user name contains a colon, or if one of them contains a
        /// control character. The message shows neither.
        pub fn new(
            user_name: impl Into<String>,
            password: impl Into<String>,
        ) -> Result<Self, crate::Error> {
            crate::runtime::AuthSecret::basic(user_name, password).map(Self)
        }

        /// Returns the user name.
        pub fn user_name(&self) -> &str {
            self.0.user_name()
        }

        /// Returns the password as plain text. The text is not redacted.
        pub fn password(&self) -> &str {
            self.0.password()
        }
    }
}

fn key(location: &ParameterLocation, name: &str) -> TokenStream {
    let location = ident(&format!("{location:?}"));
    quote! {
        /// Creates a key from the text that the service issued.
        ///
        /// # Errors
        ///
        /// Fails if the key is empty, or contains a character that cannot be sent in its location: a
        /// control character or one outside of ASCII. The message does not show the key.
        pub fn new(key: impl Into<String>) -> Result<Self, crate::Error> {
            crate::runtime::AuthSecret::key(crate::runtime::KeyLocation::#location, #name, key)
                .map(Self)
        }

        /// Returns the key as plain text, for example to store it. The text is not redacted.
        pub fn expose(&self) -> &str {
            self.0.expose()
        }
    }
}
