//! From the model to Rust. Nothing here can fail, and nothing here knows OpenAPI.

mod call;
mod doc_comments;
pub mod format;
mod requests;
pub mod rust_types;
mod token_traits;
mod tokens;
mod types;

use proc_macro2::TokenStream;
use quote::quote;

pub use self::call::{raw_may_be_empty, send};
use self::doc_comments::{docs, notes_doc};
pub use self::requests::{body_type, sends_files};
use self::rust_types::Types;
pub use self::token_traits::holders;
pub use self::tokens::is_converted;
pub use self::types::{held, payload};
use crate::model::{Api, Response};
use crate::text::markdown;

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
    let operations = api.operations.iter();
    let methods = operations.map(|operation| requests::method(operation, api, types));
    let requests = requests::requests(api, types);
    let accesses = accesses(api);
    let data = data(api, types);
    quote! {
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

/// The whole of `server.rs`, as tokens.
pub fn server(api: &Api) -> TokenStream {
    let server = match &api.base_url {
        Some(url) => quote!(Some(#url)),
        None => quote!(None),
    };
    let heading = heading(api);
    let about = docs(&format!(
        "The first server that the document of {heading} names, if it is one for `https`."
    ));
    quote! {
        #about
        pub const SERVER: Option<&str> = #server;
    }
}

fn heading(api: &Api) -> String {
    markdown::line(&format!("{} {}", api.title, api.version))
}

fn accesses(api: &Api) -> TokenStream {
    let accesses = api.token_traits.iter();
    let accesses = accesses
        .filter_map(|(security, name)| token_traits::token_trait(security, name, &api.schemes));
    let tokens = api
        .schemes
        .iter()
        .map(|(name, item)| token_traits::scheme(name, item));
    quote!(#(#tokens)* #(#accesses)*)
}

/// The module of what is sent and answered, whose docs tell of the whole document.
fn data(api: &Api, types: &Types) -> TokenStream {
    let records = api.records.iter();
    let records = records.map(|(name, item)| types::record(name, item, api, types));
    let enums = api.enums.iter();
    let enums = enums.map(|(name, item)| types::open_enum(name, item));
    let unions = api.unions.iter();
    let unions = unions.map(|(name, item)| types::union(name, item, types));
    let operations = api.operations.iter();
    let answers = operations.filter_map(|operation| match &operation.response {
        Response::ByStatus(name, all) => Some(types::answer(name, operation, all, types)),
        _ => None,
    });
    let module = docs(&markdown::paragraphs([
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
