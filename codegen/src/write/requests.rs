//! The methods of the client, and the request builders.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::call::call;
use super::doc_comments::{docs, operation_doc, or, parameter_doc};
use super::rust_types::Types;
use super::tokens::{deprecated, ident, taken};
use crate::model::{
    Api, Body, BodyForm, Operation, Paging, Parameter, ParameterLocation, Response, Schema,
    Security, Written,
};
use crate::text::markdown;

/// Returns the module of the request builders.
pub fn requests(api: &Api, types: &Types) -> TokenStream {
    let builders: TokenStream = api
        .operations
        .iter()
        .map(|operation| builder(operation, types))
        .collect();
    let paged: Vec<TokenStream> = api
        .operations
        .iter()
        .filter_map(|operation| paged(operation, operation.paging.as_ref()?, api, types))
        .collect();
    let imports = imports(api, !paged.is_empty());
    quote! {
        /// Request builders: one type for each operation.
        pub mod requests {
            #imports
            #builders
            #(#paged)*
        }
    }
}

/// Imports only what is used: an unused import would be a warning.
fn imports(api: &Api, paged: bool) -> TokenStream {
    let operations = || api.operations.iter();
    let named = |schema: &Schema| schema.parts().any(|part| matches!(part, Schema::Named(_)));
    let by_status = |operation: &Operation| matches!(operation.response, Response::ByStatus(..));
    let styled = |parameter: &Parameter| {
        matches!(parameter.written, Written::Styled(..))
            && parameter.location != ParameterLocation::Part
    };
    let named = operations().flat_map(Operation::schemas).any(named);
    let types = (named || operations().any(by_status)).then(|| {
        quote!(
            use super::types;
        )
    });
    let pages = paged.then(|| {
        quote!(
            use crate::runtime::{Items, PageRequest, Paged, Pages};
        )
    });
    let runtime = operations().next().map(|_| {
        quote! {
            use crate::runtime::{Method, Operation, Request};
            use crate::{Client, Error};
        }
    });
    let mut parameters = operations().flat_map(|operation| &operation.parameters);
    let styles = parameters.any(styled).then(|| {
        quote!(
            use crate::runtime::{ParameterLocation, Style};
        )
    });
    let files = sends_files(api).then(|| {
        quote!(
            pub use crate::runtime::File;
        )
    });
    quote!(#files #types #pages #runtime #styles)
}

/// Whether a request sends files.
pub fn sends_files(api: &Api) -> bool {
    let parameters = api
        .operations
        .iter()
        .flat_map(|operation| &operation.parameters);
    parameters
        .into_iter()
        .any(|parameter| parameter.schema.is_file())
}

/// The method of the client that begins a request.
pub fn method(operation: &Operation, api: &Api, types: &Types) -> TokenStream {
    let doc = docs(&operation_doc(operation));
    let deprecated = deprecated(operation.deprecated);
    let name = ident(&operation.name);
    let builder = ident(&operation.type_name);
    let arguments = Arguments::new(operation, types);
    let (declared, names) = (&arguments.declared, &arguments.names);
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

/// What an operation cannot do without.
struct Arguments {
    declared: Vec<TokenStream>,
    names: Vec<Ident>,
    /// The fields of the builder, as the arguments become them.
    fields: Vec<TokenStream>,
}

impl Arguments {
    fn new(operation: &Operation, types: &Types) -> Self {
        let mut arguments = Self {
            declared: Vec::new(),
            names: Vec::new(),
            fields: Vec::new(),
        };
        for parameter in operation
            .parameters
            .iter()
            .filter(|parameter| parameter.required)
        {
            arguments.push(ident(&parameter.name), types.of(&parameter.schema));
        }
        if let Some(body) = operation.body.as_ref().filter(|body| body.required) {
            arguments.push(format_ident!("body"), body_type(body, types));
        }
        arguments
    }

    fn push(&mut self, name: Ident, rust: TokenStream) {
        let (taken, value) = taken(&name, &rust);
        self.declared.push(quote!(#name: #taken));
        self.fields.push(if name == value.to_string() {
            quote!(#name)
        } else {
            quote!(#name: #value)
        });
        self.names.push(name);
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
    let optional: Vec<&Parameter> = operation
        .parameters
        .iter()
        .filter(|parameter| !parameter.required)
        .collect();
    let fields = fields(operation, types);
    let constructor = constructor(operation, &optional, types);
    let setters = optional.iter().map(|parameter| setter(parameter, types));
    let period = operation.period.as_ref().map(|_| period_setter());
    let body = operation.body.as_ref().filter(|body| !body.required);
    let body = body.map(|body| body_setter(body, types));
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
        }

        impl<T: crate::Token> #name<T> {
            #constant
            #constructor
            #(#setters)*
            #period
            #body
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
fn paged(operation: &Operation, paging: &Paging, api: &Api, types: &Types) -> Option<TokenStream> {
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

fn fields(operation: &Operation, types: &Types) -> Vec<TokenStream> {
    let mut fields = Vec::new();
    for parameter in &operation.parameters {
        let (name, rust) = (ident(&parameter.name), types.of(&parameter.schema));
        fields.push(if parameter.required {
            quote!(#name: #rust)
        } else {
            quote!(#name: Option<#rust>)
        });
    }
    if operation.period.is_some() {
        fields.push(quote!(period: crate::Period));
    }
    if let Some(body) = &operation.body {
        let rust = body_type(body, types);
        fields.push(if body.required {
            quote!(body: #rust)
        } else {
            quote!(body: Option<#rust>)
        });
    }
    fields
}

fn constructor(operation: &Operation, optional: &[&Parameter], types: &Types) -> TokenStream {
    let Arguments {
        declared, fields, ..
    } = Arguments::new(operation, types);
    let unset = optional.iter().map(|parameter| ident(&parameter.name));
    let period = operation
        .period
        .as_ref()
        .map(|_| quote!(period: crate::Period::all_time(),));
    let body = operation
        .body
        .as_ref()
        .filter(|body| !body.required)
        .map(|_| quote!(body: None,));
    quote! {
        pub(super) fn new(client: Client<T>, #(#declared),*) -> Self {
            Self { client, #(#fields,)* #(#unset: None,)* #period #body }
        }
    }
}

fn setter(parameter: &Parameter, types: &Types) -> TokenStream {
    let name = ident(&parameter.name);
    let (taken, value) = taken(&name, &types.of(&parameter.schema));
    let sets = format!("Sets {}.", markdown::span_of(&parameter.wire));
    let doc = docs(&or(&parameter_doc(parameter), &sets));
    let deprecated = deprecated(parameter.deprecated);
    quote! {
        #doc
        #deprecated
        pub fn #name(mut self, #name: #taken) -> Self {
            self.#name = Some(#value);
            self
        }
    }
}

fn body_setter(body: &Body, types: &Types) -> TokenStream {
    let doc = docs(&or(&body.doc, "Sets the request body."));
    let (taken, value) = taken(&format_ident!("body"), &body_type(body, types));
    quote! {
        #doc
        pub fn body(mut self, body: #taken) -> Self {
            self.body = Some(#value);
            self
        }
    }
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
    let server = match &operation.server {
        Some(url) => quote!(Some(#url)),
        None => quote!(None),
    };
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
