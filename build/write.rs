//! From the model to Rust. Nothing here can fail, and nothing here knows OpenAPI.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use super::doc;
use super::model::{Access, Answer, Api, Enum, List, Operation, Parameter, Period, Place, Record};
use super::types::{REST, Types};

/// The whole of `api.rs`, as tokens.
pub fn file(api: &Api, types: &Types) -> TokenStream {
    let server = match &api.base_url {
        Some(url) => quote!(Some(#url)),
        None => quote!(None),
    };
    let (title, version) = (&api.title, &api.version);
    let about = docs(&format!(
        "The first server that the document of {title} {version} names."
    ));
    let methods = api
        .operations
        .iter()
        .map(|operation| method(operation, types));
    let requests = requests(api, types);
    let accesses: BTreeSet<&Access> = api
        .operations
        .iter()
        .map(|operation| &operation.access)
        .collect();
    let accesses = accesses.into_iter().filter_map(access);
    let records = api
        .records
        .iter()
        .map(|(name, item)| record(name, item, types));
    let enums = api.enums.iter().map(|(name, item)| open_enum(name, item));
    let module = docs(&doc::paragraphs([
        "What the service answers with, and what it is sent.".to_owned(),
        format!("# {title} {version}"),
        api.doc.clone(),
    ]));
    quote! {
        #about
        pub const SERVER: Option<&str> = #server;

        impl<T: crate::Token> crate::Client<T> {
            #(#methods)*
        }

        #requests

        /// Who may call what: a trait for every choice of tokens that the document makes.
        pub mod access {
            #(#accesses)*
        }

        #module
        pub mod types {
            #(#records)*
            #(#enums)*
        }
    }
}

/// The module of the types that hold a request until it is sent.
fn requests(api: &Api, types: &Types) -> TokenStream {
    let builders: TokenStream = api
        .operations
        .iter()
        .map(|operation| builder(operation, types))
        .collect();
    // What is imported and not used would be a warning.
    let runtime = (!api.operations.is_empty()).then(|| {
        quote! {
            use crate::request::{Method, Operation, Request};
            use crate::{Client, Error};
        }
    });
    let types = builders.to_string().contains("types ::").then(|| {
        quote!(
            use super::types;
        )
    });
    quote! {
        /// Requests that wait to be sent: one type for each operation.
        pub mod requests {
            #types
            #runtime
            #builders
        }
    }
}

/// The method of the client that begins a request.
fn method(operation: &Operation, types: &Types) -> TokenStream {
    let doc = docs(&operation_doc(operation));
    let deprecated = deprecated(operation.deprecated);
    let name = ident(&operation.name);
    let builder = ident(&operation.type_name);
    let arguments = Arguments::new(operation, types);
    let (declared, names) = (&arguments.declared, &arguments.names);
    let bound = match &operation.access {
        Access::Open => quote!(),
        Access::AnyOf(tokens) => {
            let name = access_name(tokens);
            quote!(where T: access::#name)
        }
    };
    quote! {
        #doc
        #deprecated
        pub fn #name(&self, #(#declared),*) -> requests::#builder<'_, T> #bound {
            requests::#builder::new(self, #(#names),*)
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
            arguments.push(format_ident!("body"), types.of(&body.schema));
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

/// How a value of a type is taken from a caller: whatever easily becomes it.
fn taken(name: &Ident, rust: &TokenStream) -> (TokenStream, TokenStream) {
    let text = rust.to_string();
    let easy = text == "String" || text.starts_with("Vec <");
    if easy {
        (quote!(impl Into<#rust>), quote!(#name.into()))
    } else {
        (quote!(#rust), quote!(#name))
    }
}

/// The type that holds what a request is made of, and sends it.
fn builder(operation: &Operation, types: &Types) -> TokenStream {
    let name = ident(&operation.type_name);
    let about = docs(&format!(
        "A request to [`{0}`](Client::{0}), sent by [`call`](Self::call).",
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
    let body = operation
        .body
        .as_ref()
        .filter(|body| !body.required)
        .map(|body| {
            let (doc, rust) = (docs(&or(&body.doc, "The body.")), types.of(&body.schema));
            quote! {
                #doc
                pub fn body(mut self, body: #rust) -> Self {
                    self.body = Some(body);
                    self
                }
            }
        });
    let constant = constant(operation);
    let call = call(operation, types);
    quote! {
        #about
        #[derive(Clone, Debug)]
        #[must_use = "a request does nothing until `call` sends it"]
        pub struct #name<'c, T> {
            client: &'c Client<T>,
            #(#fields,)*
        }

        impl<'c, T: crate::Token> #name<'c, T> {
            #constant
            #constructor
            #(#setters)*
            #period
            #body
            #call
        }
    }
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
        let rust = types.of(&body.schema);
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
        pub(super) fn new(client: &'c Client<T>, #(#declared),*) -> Self {
            Self { client, #(#fields,)* #(#unset: None,)* #period #body }
        }
    }
}

fn setter(parameter: &Parameter, types: &Types) -> TokenStream {
    let name = ident(&parameter.name);
    let (taken, value) = taken(&name, &types.of(&parameter.schema));
    let doc = docs(&or(&parameter.doc, &format!("Sends `{}`.", parameter.wire)));
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

fn period_setter() -> TokenStream {
    quote! {
        /// The period to look at. Default: all time.
        pub fn period(mut self, period: crate::Period) -> Self {
            self.period = period;
            self
        }
    }
}

fn constant(operation: &Operation) -> TokenStream {
    let (name, path) = (&operation.name, &operation.path);
    let method = ident(operation.method);
    let token = operation.access != Access::Open;
    let secrets = &operation.secrets;
    quote! {
        const OPERATION: Operation = Operation {
            name: #name,
            method: Method::#method,
            path: #path,
            token: #token,
            secrets: &[#(#secrets),*],
        };
    }
}

/// The function that hands the request to the one send path.
fn call(operation: &Operation, types: &Types) -> TokenStream {
    let steps = operation.parameters.iter().map(step);
    let period = operation.period.as_ref().map(period_step);
    let body = operation.body.as_ref().map(|body| {
        if body.required {
            quote!(.body(Some(&self.body)))
        } else {
            quote!(.body(self.body.as_ref()))
        }
    });
    let (rust, send) = match &operation.answer {
        Answer::Json(schema) => (types.of(schema), quote!(.json())),
        Answer::Empty => (quote!(()), quote!(.empty())),
    };
    quote! {
        /// Sends the request and waits for the answer.
        ///
        /// # Errors
        ///
        /// Whatever went wrong, from the connection to the answer: see [`Error`].
        pub fn call(&self) -> Result<#rust, Error> {
            Request::new(self.client, &Self::OPERATION)
                #(#steps)*
                #period
                #body
                #send
        }
    }
}

/// One parameter on its way into the request. An option and a list are both iterated over.
fn step(parameter: &Parameter) -> TokenStream {
    let (wire, name) = (&parameter.wire, ident(&parameter.name));
    let values = match (parameter.required, parameter.list.is_some()) {
        (true, true) | (false, false) => quote!(&self.#name),
        (true, false) => quote!(&[&self.#name]),
        (false, true) => quote!(self.#name.as_deref().unwrap_or_default()),
    };
    let send = match (parameter.place, parameter.list) {
        (Place::Path, _) => quote!(.path(#wire, #values)),
        (Place::Header, _) => quote!(.header(#wire, #values)),
        (Place::Query, None | Some(List::Repeated)) => quote!(.query(#wire, #values)),
        (Place::Query, Some(List::Joined(sign))) => quote!(.query_joined(#wire, #sign, #values)),
    };
    let check = bounds(parameter).map(|range| quote!(.within(#wire, #values, #range)));
    quote!(#check #send)
}

/// The range that the document gives a number, where its type does not say it already.
fn bounds(parameter: &Parameter) -> Option<TokenStream> {
    let number = parameter
        .schema
        .0
        .get("type")
        .is_some_and(|kind| kind == "integer");
    let literal = Literal::i64_unsuffixed;
    let minimum = parameter
        .minimum
        .filter(|minimum| *minimum != 0)
        .map(literal);
    let maximum = parameter.maximum.map(literal);
    match (number, minimum, maximum) {
        (false, ..) | (_, None, None) => None,
        (_, Some(minimum), None) => Some(quote!(#minimum..)),
        (_, minimum, Some(maximum)) => Some(quote!(#minimum..=#maximum)),
    }
}

fn period_step(period: &Period) -> TokenStream {
    let Period {
        mode,
        value,
        start,
        end,
        iso_week,
    } = period;
    let week = if *iso_week {
        quote!(Iso)
    } else {
        quote!(Plain)
    };
    quote! {
        .period(&self.period, &crate::period::PeriodParameters {
            mode: #mode,
            value: #value,
            start: #start,
            end: #end,
            week: crate::period::WeekFormat::#week,
        })
    }
}

/// The trait of the token types that may call an operation.
fn access(access: &Access) -> Option<TokenStream> {
    let Access::AnyOf(tokens) = access else {
        return None;
    };
    let name = access_name(tokens);
    let list = tokens.join("` or a `");
    let about = docs(&format!("Tokens for operations that take a `{list}`."));
    let message = format!("this operation takes a `{list}`, and the client holds a `{{Self}}`");
    let label = format!("wants a `Client<{}>`", tokens.join(">` or `Client<"));
    let note = format!(
        "`client.with_token(token)` makes such a client of the one at hand, over the same connections, where `token` is a `{list}`"
    );
    let tokens = tokens
        .iter()
        .map(|token| ident(token))
        .chain(either(tokens));
    Some(quote! {
        #about
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
        pub trait #name: crate::Token {}
        #(impl #name for crate::#tokens {})*
    })
}

/// `AnyToken` is one of the two, and which one is not known before the program runs.
fn either(tokens: &[String]) -> Option<Ident> {
    let both = ["MasterToken", "UserToken"]
        .iter()
        .all(|token| tokens.iter().any(|known| known == token));
    both.then(|| format_ident!("AnyToken"))
}

fn access_name(tokens: &[String]) -> Ident {
    match tokens {
        [only] => format_ident!("{only}Only"),
        several => ident(&several.join("Or")),
    }
}

fn record(name: &str, record: &Record, types: &Types) -> TokenStream {
    let doc = docs(&with_deprecation(&record.doc, record.deprecated));
    let ident_ = ident(name);
    let fields = record.fields.iter().map(|field| {
        let doc = docs(&with_deprecation(&field.doc, field.deprecated));
        let rust = types.field(name, &field.name);
        let serde = serde(&field.wire, &field.name, field.required, &rust);
        let field = ident(&field.name);
        quote!(#doc #serde pub #field: #rust)
    });
    let rest = record.rest.as_ref().map(|_| {
        let rust = types.field(name, REST);
        quote! {
            /// Whatever other keys there are.
            #[serde(flatten)]
            pub rest: ::std::collections::BTreeMap<String, #rust>,
        }
    });
    let new = record.sent.then(|| new(name, record, types));
    quote! {
        #doc
        #[derive(Clone, Debug, PartialEq, ::serde::Deserialize, ::serde::Serialize)]
        #[non_exhaustive]
        pub struct #ident_ {
            #(#fields,)*
            #rest
        }
        #new
    }
}

/// Names and omissions that serde has to know of.
fn serde(wire: &str, name: &str, required: bool, rust: &TokenStream) -> TokenStream {
    let rename = (wire != name).then(|| quote!(rename = #wire));
    let text = rust.to_string();
    let optional = if text.starts_with("Option <") {
        Some(quote!(default, skip_serializing_if = "Option::is_none"))
    } else {
        (!required).then(|| quote!(default))
    };
    match (rename, optional) {
        (None, None) => quote!(),
        (Some(one), None) | (None, Some(one)) => quote!(#[serde(#one)]),
        (Some(rename), Some(optional)) => quote!(#[serde(#rename, #optional)]),
    }
}

/// A record that callers send has a constructor: a new optional field must not break them.
fn new(name: &str, record: &Record, types: &Types) -> TokenStream {
    let ident_ = ident(name);
    let about = docs(&format!("A `{name}` with what it cannot do without."));
    let mut declared = Vec::new();
    let mut set = Vec::new();
    for field in &record.fields {
        let (name, rust) = (ident(&field.name), types.field(name, &field.name));
        if !field.required || rust.to_string().starts_with("Option <") {
            set.push(quote!(#name: ::std::default::Default::default()));
            continue;
        }
        let easy = rust.to_string() == "String" || rust.to_string() == "crate :: Secret";
        declared.push(if easy {
            quote!(#name: impl Into<#rust>)
        } else {
            quote!(#name: #rust)
        });
        set.push(if easy {
            quote!(#name: #name.into())
        } else {
            quote!(#name)
        });
    }
    if record.rest.is_some() {
        set.push(quote!(rest: ::std::default::Default::default()));
    }
    quote! {
        impl #ident_ {
            #about
            pub fn new(#(#declared),*) -> Self {
                Self { #(#set),* }
            }
        }
    }
}

/// An enum of texts that keeps a text it does not know.
fn open_enum(name: &str, item: &Enum) -> TokenStream {
    let doc = docs(&with_deprecation(&item.doc, item.deprecated));
    let name = ident(name);
    let names: Vec<Ident> = item
        .variants
        .iter()
        .map(|variant| ident(&variant.name))
        .collect();
    let texts: Vec<&str> = item
        .variants
        .iter()
        .map(|variant| variant.wire.as_str())
        .collect();
    let abouts = texts
        .iter()
        .map(|text| docs(&format!("`{}`", text.replace('`', "'"))));
    quote! {
        #doc
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#abouts #names,)*
            /// A value that the document does not name, as it came.
            Other(String),
        }

        crate::open_enum!(#name { #(#names = #texts),* });
    }
}

fn operation_doc(operation: &Operation) -> String {
    let caller = match &operation.access {
        Access::Open => "without a token".to_owned(),
        Access::AnyOf(tokens) => {
            let links: Vec<String> = tokens
                .iter()
                .map(|token| format!("[`{token}`](crate::{token})"))
                .collect();
            format!("with a {}", links.join(" or a "))
        }
    };
    let line = format!("`{} {}`, {caller}.", operation.method, operation.path);
    let statuses = operation
        .statuses
        .iter()
        .filter(|(status, _)| !status.starts_with('2'));
    let errors: Vec<String> = statuses
        .map(
            |(status, text)| match text.strip_prefix(&format!("{status}:")) {
                Some(rest) => format!("- {status}:{rest}"),
                None => format!("- {status}: {text}"),
            },
        )
        .collect();
    let errors = match errors.is_empty() {
        true => String::new(),
        false => format!(
            "# Errors\n\nStatuses that the document names:\n\n{}",
            errors.join("\n")
        ),
    };
    doc::paragraphs([operation.doc.clone(), line, errors])
}

fn with_deprecation(doc: &str, deprecated: bool) -> String {
    let mark = if deprecated { "**Deprecated.**" } else { "" };
    doc::paragraphs([doc.to_owned(), mark.to_owned()])
}

fn or(doc: &str, otherwise: &str) -> String {
    if doc.is_empty() {
        otherwise.to_owned()
    } else {
        doc.to_owned()
    }
}

/// Doc comments, a line each.
fn docs(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| {
        if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        }
    });
    quote!(#(#[doc = #lines])*)
}

fn deprecated(is: bool) -> Option<TokenStream> {
    is.then(|| quote!(#[deprecated]))
}

/// An identifier of the model, which are all valid.
fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}
