//! From the model to Rust. Nothing here can fail, and nothing here knows OpenAPI.

mod access;
mod data;
mod docs;
mod request;
mod step;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

pub use self::access::holders;
pub use self::data::{held, payload};
use self::docs::{docs, notes_doc};
pub use self::request::{body_type, is_converted, sends_files};
pub use self::step::{raw_may_be_empty, send};
use crate::doc;
use crate::fields::FILE;
use crate::model::{Answer, Api, Schema};
use crate::types::Types;

/// What a user has to know who writes an answer to a file.
const SERIALISING: &str = "\
# What serialising gives

These types implement `Serialize` with the keys of the document. What is not in a value is not in its
JSON: a key that was `null` or missing, an empty optional list or map, and a key that the document does
not name.

- `call_raw()` of a request gives the JSON of the answer as it came.
- [`Row`](crate::Row) gives a record as the cells of a table, with the same columns for each record:
  the nested types here are nothing that the `csv` crate can serialise.";

/// The whole of `api.rs`, as tokens.
pub fn file(api: &Api, types: &Types) -> TokenStream {
    let server = match &api.base_url {
        Some(url) => quote!(Some(#url)),
        None => quote!(None),
    };
    let heading = heading(api);
    let about = docs(&format!(
        "The first server that the document of {heading} names, if it is one for `https`."
    ));
    let operations = api.operations.iter();
    let methods = operations.map(|operation| request::method(operation, api, types));
    let requests = request::requests(api, types);
    let accesses = accesses(api);
    let data = data(api, types);
    quote! {
        #about
        pub const SERVER: Option<&str> = #server;

        impl<T: crate::Token> crate::Client<T> {
            #(#methods)*
        }

        #requests

        /// Who may call what: a trait for every choice of tokens that the document makes.
        pub mod access {
            #accesses
        }

        #data
    }
}

fn heading(api: &Api) -> String {
    doc::line(&format!("{} {}", api.title, api.version))
}

fn accesses(api: &Api) -> TokenStream {
    let accesses = api.accesses.iter();
    let accesses = accesses.filter_map(|(access, name)| access::access(access, name));
    let tokens = api
        .schemes
        .iter()
        .map(|(name, item)| access::scheme(name, item));
    quote!(#(#tokens)* #(#accesses)*)
}

/// The module of what is sent and answered, whose docs tell of the whole document.
fn data(api: &Api, types: &Types) -> TokenStream {
    let records = api.records.iter();
    let records = records.map(|(name, item)| data::record(name, item, api, types));
    let enums = api.enums.iter();
    let enums = enums.map(|(name, item)| data::open_enum(name, item));
    let unions = api.unions.iter();
    let unions = unions.map(|(name, item)| data::union(name, item, types));
    let operations = api.operations.iter();
    let answers = operations.filter_map(|operation| match &operation.answer {
        Answer::ByStatus(name, all) => Some(data::answer(name, operation, all, types)),
        _ => None,
    });
    let module = docs(&doc::paragraphs([
        "What the service answers with, and what it is sent.".to_owned(),
        SERIALISING.to_owned(),
        format!("# {}", heading(api)),
        api.doc.clone(),
        notes_doc(
            "# Left out",
            "Operations that the generator has no form for, and why:",
            &api.left_out,
        ),
        notes_doc(
            "# Passed over",
            "What the document says and is not in this module:",
            &api.notes,
        ),
    ]));
    quote! {
        #module
        pub mod types {
            #(#records)*
            #(#enums)*
            #(#unions)*
            #(#answers)*
        }
    }
}

pub fn is_file(schema: &Schema) -> bool {
    schema
        .parts()
        .any(|part| matches!(part, Schema::Rust(rust) if rust == FILE))
}

fn deprecated(is: bool) -> Option<TokenStream> {
    is.then(|| quote!(#[deprecated]))
}

/// An identifier of the model, which are all valid.
fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}
