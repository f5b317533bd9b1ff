//! Writes Rust source from the model. Writing cannot fail and does not depend on OpenAPI.

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
use self::token_traits::token_trait;
pub use self::tokens::is_converted;
pub use self::types::{held, payload};
use crate::model::{Api, Response};
use crate::text::markdown;

/// Docs for users who serialize responses.
const SERIALIZATION: &str = "\
# Serialization

These types implement `Serialize` with the keys of the document. The JSON omits keys that were `null` or
missing, empty optional lists and maps, and keys that the document does not define.

- `call_raw()` of a request returns the JSON of the response unchanged.
- [`Row`](crate::Row) returns a record as the cells of a table, with the same columns for every record.
  Use it for CSV: the `csv` crate cannot serialize the nested types of this module.";

/// Returns the tokens of `api.rs`.
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

        /// Traits of the token types that may call an operation, and token types of the document.
        pub mod access {
            #accesses
        }

        #data
    }
}

/// Returns the tokens of `server.rs`.
pub fn server(api: &Api) -> TokenStream {
    let server = tokens::option(api.base_url.as_ref());
    let heading = heading(api);
    let about = docs(&format!(
        "The URL of the first server in the document of {heading}, if it uses `https`."
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
    let traits = api.token_traits.iter();
    let traits = traits.filter_map(|(security, name)| token_trait(security, name, &api.schemes));
    let tokens = api.schemes.iter();
    let tokens = tokens.map(|(name, item)| token_traits::scheme(name, item));
    quote!(#(#tokens)* #(#traits)*)
}

/// The module of the types of bodies. Its docs describe the whole document.
fn data(api: &Api, types: &Types) -> TokenStream {
    let records = api.records.iter();
    let records = records.map(|(name, item)| types::record(name, item, api, types));
    let enums = api.enums.iter();
    let enums = enums.map(|(name, item)| types::open_enum(name, item));
    let unions = api.unions.iter();
    let unions = unions.map(|(name, item)| types::union(name, item, types));
    let operations = api.operations.iter();
    let responses = operations.filter_map(|operation| match &operation.response {
        Response::ByStatus(name, all) => Some(types::response(name, operation, all, types)),
        _ => None,
    });
    let module = docs(&markdown::paragraphs([
        "Types of request and response bodies.".to_owned(),
        SERIALIZATION.to_owned(),
        format!("# {}", heading(api)),
        api.doc.clone(),
        notes_doc(
            "# Left out",
            "Operations that could not be generated, and why:",
            &api.left_out,
        ),
        notes_doc(
            "# Ignored",
            "Parts of the document that have no effect on this module:",
            &api.notes,
        ),
    ]));
    quote! {
        #module
        pub mod types {
            #(#records)*
            #(#enums)*
            #(#unions)*
            #(#responses)*
        }
    }
}
