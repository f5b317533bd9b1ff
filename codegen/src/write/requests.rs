//! The methods of the client, and the request builders.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::call::call;
use super::doc_comments::{docs, operation_doc, or, parameter_doc};
use super::rust_types::Types;
use super::tokens::{Argument, deprecated, ident, option};
use crate::model::{
    Api, Body, BodyForm, Operation, Parameter, ParameterLocation, Response, Schema, Security,
    Written,
};
use crate::text::markdown;

/// Returns the module of the request builders.
pub fn requests(api: &Api, types: &Types) -> TokenStream {
    let operations = || api.operations.iter();
    let builders = operations().map(|operation| builder(operation, types));
    let paged = |operation| paged(operation, api, types);
    let paged: Vec<TokenStream> = operations().filter_map(paged).collect();
    let imports = imports(api, !paged.is_empty());
    quote! {
        /// Request builders: one type for each operation.
        pub mod requests {
            #imports
            #(#builders)*
            #(#paged)*
        }
    }
}

/// Imports only what is used: an unused import would be a warning.
fn imports(api: &Api, paged: bool) -> TokenStream {
    let operations = || api.operations.iter();
    let named = |schema: &Schema| schema.names().next().is_some();
    let by_status = |operation: &Operation| matches!(operation.response, Response::ByStatus(..));
    let styled = |parameter: &Parameter| {
        matches!(parameter.written, Written::Styled(..))
            && parameter.location != ParameterLocation::Part
    };
    let named = operations().flat_map(Operation::schemas).any(named);
    let styled = operations().flat_map(|it| &it.parameters).any(styled);
    let types = (named || operations().any(by_status)).then(|| quote! { use super::types; });
    let pages = paged.then(|| quote! { use crate::runtime::{Items, PageRequest, Paged, Pages}; });
    let runtime = operations().next().map(|_| {
        quote! {
            use crate::runtime::{Method, Operation, Request};
            use crate::{Client, Error};
        }
    });
    let styles = styled.then(|| quote! { use crate::runtime::{ParameterLocation, Style}; });
    let files = sends_files(api).then(|| quote! { pub use crate::runtime::File; });
    quote!(#files #types #pages #runtime #styles)
}

/// Whether a request sends files.
pub fn sends_files(api: &Api) -> bool {
    let mut parameters = api.operations.iter().flat_map(|it| &it.parameters);
    parameters.any(|parameter| parameter.schema.is_file())
}

/// The method of the client that begins a request.
pub fn method(operation: &Operation, api: &Api, types: &Types) -> TokenStream {
    let doc = docs(&operation_doc(operation));
    let deprecated = deprecated(operation.deprecated);
    let name = ident(&operation.name);
    let builder = ident(&operation.type_name);
    let inputs = Input::all(operation, types);
    let required = || inputs.iter().filter(|input| input.required);
    let declared = required().map(|input| input.argument().declared);
    let names = required().map(|input| &input.name);
    let bound = api.token_traits.get(&operation.security).map(|name| {
        let name = ident(name);
        quote!(where T: access::#name)
    });
    quote! {
        #doc
        #deprecated
        pub fn #name(&self, #(#declared),*) -> requests::#builder<T> #bound {
            requests::#builder::new(self.clone(), #(#names),*)
        }
    }
}

/// What a request builder holds for a parameter or for the body.
struct Input {
    name: Ident,
    rust: TokenStream,
    /// Required inputs are arguments of the constructor, optional ones have a setter.
    required: bool,
    doc: String,
    deprecated: bool,
}

impl Input {
    fn all(operation: &Operation, types: &Types) -> Vec<Self> {
        let parameters = operation.parameters.iter().map(|parameter| {
            let sets = format!("Sets {}.", markdown::span_of(&parameter.wire));
            Self {
                name: ident(&parameter.name),
                rust: types.of(&parameter.schema),
                required: parameter.required,
                doc: or(&parameter_doc(parameter), &sets),
                deprecated: parameter.deprecated,
            }
        });
        let body = operation.body.iter().map(|body| Self {
            name: ident("body"),
            rust: body_type(body, types),
            required: body.required,
            doc: or(&body.doc, "Sets the request body."),
            deprecated: false,
        });
        parameters.chain(body).collect()
    }

    fn argument(&self) -> Argument {
        Argument::new(&self.name, &self.rust)
    }

    fn field(&self) -> TokenStream {
        let Self { name, rust, .. } = self;
        if self.required {
            quote!(#name: #rust)
        } else {
            quote!(#name: Option<#rust>)
        }
    }

    fn initial(&self) -> TokenStream {
        let name = &self.name;
        if self.required {
            self.argument().field
        } else {
            quote!(#name: None)
        }
    }

    fn setter(&self) -> TokenStream {
        let name = &self.name;
        let doc = docs(&self.doc);
        let deprecated = deprecated(self.deprecated);
        let Argument {
            declared, value, ..
        } = self.argument();
        quote! {
            #doc
            #deprecated
            pub fn #name(mut self, #declared) -> Self {
                self.#name = Some(#value);
                self
            }
        }
    }
}

/// The type of a body, as it is taken from a caller.
pub fn body_type(body: &Body, types: &Types) -> TokenStream {
    match body.form {
        BodyForm::Json | BodyForm::Form => types.of(&body.schema),
        BodyForm::Text => quote!(String),
        BodyForm::Bytes => quote!(Vec<u8>),
    }
}

/// The request builder of an operation.
fn builder(operation: &Operation, types: &Types) -> TokenStream {
    let name = ident(&operation.type_name);
    let about = docs(&format!(
        "A request for [`{0}`](Client::{0}). [`call`](Self::call) sends it.",
        operation.name
    ));
    let inputs = Input::all(operation, types);
    let fields = inputs.iter().map(Input::field);
    let initial = inputs.iter().map(Input::initial);
    let (required, optional): (Vec<_>, Vec<_>) = inputs.iter().partition(|input| input.required);
    let declared = required.iter().map(|input| input.argument().declared);
    let setters = optional.iter().map(|input| input.setter());
    let period = operation.period.is_some();
    let period_field = period.then(|| quote!(period: crate::Period,));
    let all_time = period.then(|| quote!(period: crate::Period::all_time(),));
    let period = period.then(period_setter);
    let constant = constant(operation);
    let call = call(operation, types);
    let lists = operation.paging.as_ref().map(|_| lists());
    quote! {
        #about
        #[derive(Clone, Debug)]
        #[must_use = "a request does nothing until it is sent"]
        pub struct #name<T> {
            client: Client<T>,
            #(#fields,)*
            #period_field
        }

        impl<T: crate::Token> #name<T> {
            #constant

            pub(super) fn new(client: Client<T>, #(#declared),*) -> Self {
                Self { client, #(#initial,)* #all_time }
            }

            #(#setters)*
            #period
            #call
            #lists
        }
    }
}

/// The methods that iterate over a paged list.
fn lists() -> TokenStream {
    quote! {
        /// Returns an iterator over all records, from the requested page (default: the first) to the
        /// last. Pages are fetched as needed.
        pub fn items(self) -> Items<Self> {
            Items::new(self)
        }

        /// Returns an iterator over all pages, from the requested page (default: the first) to the
        /// last. Pages are fetched as needed.
        pub fn pages(self) -> Pages<Self> {
            Pages::new(self)
        }
    }
}

/// The implementation of `Paged`, by which the runtime reads a list.
fn paged(operation: &Operation, api: &Api, types: &Types) -> Option<TokenStream> {
    let paging = operation.paging.as_ref()?;
    let key = paging.field(api.records.get(&paging.record)?)?;
    let copied = matches!(key.schema, Schema::Integer(_));
    let clone = (!copied).then(|| quote!(.clone()));
    let (field, wire) = (ident(&key.name), &key.wire);
    let key = types.field(&paging.record, &key.name);
    let name = ident(&operation.type_name);
    let (page, record) = (ident(&paging.page), ident(&paging.record));
    let first = Literal::u64_unsuffixed(paging.first);
    let end = paging.end.as_ref().map(|end| {
        quote!(
            const END: Option<&'static str> = Some(#end);
        )
    });
    Some(quote! {
        impl<T: crate::Token> crate::runtime::Sealed for #name<T> {}

        impl<T: crate::Token> Paged for #name<T> {
            type Record = types::#record;
            type Key = #key;

            const FIRST: u64 = #first;
            const KEY: &'static str = #wire;
            #end

            fn key(record: &types::#record) -> Option<#key> {
                Some(record.#field #clone)
            }

            fn page_asked(&self) -> Option<u64> {
                self.#page
            }

            fn page_request(&self, page: u64) -> PageRequest {
                PageRequest(self.clone().#page(page).request())
            }
        }
    })
}

fn period_setter() -> TokenStream {
    quote! {
        /// Sets the period to query. Default: all time.
        pub fn period(mut self, period: crate::Period) -> Self {
            self.period = period;
            self
        }
    }
}

fn constant(operation: &Operation) -> TokenStream {
    let (name, path) = (&operation.name, &operation.path);
    let method = ident(operation.method);
    let token = operation.security != Security::Open;
    let secrets = &operation.secrets;
    let server = option(operation.server.as_ref());
    quote! {
        const OPERATION: Operation = Operation {
            name: #name,
            method: Method::#method,
            path: #path,
            server: #server,
            token: #token,
            secrets: &[#(#secrets),*],
        };
    }
}
