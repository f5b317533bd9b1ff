//! From the model to Rust. Nothing here can fail, and nothing here knows OpenAPI.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use super::doc;
use super::model::{
    Access, Answer, Api, Enum, Field, List, Operation, Paging, Parameter, Period, Place, Record,
    Schema,
};
use super::types::{REST, Types};

/// The whole of `api.rs`, as tokens.
pub fn file(api: &Api, types: &Types) -> TokenStream {
    let server = match &api.base_url {
        Some(url) => quote!(Some(#url)),
        None => quote!(None),
    };
    let (title, version) = (&api.title, &api.version);
    let heading = doc::line(&format!("{title} {version}"));
    let about = docs(&format!(
        "The first server that the document of {heading} names, if it is one for `https`."
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
        format!("# {heading}"),
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
    let paged: Vec<TokenStream> = api
        .operations
        .iter()
        .filter_map(|operation| paged(operation, operation.paging.as_ref()?, api, types))
        .collect();
    let pages = (!paged.is_empty()).then(|| {
        quote!(
            use crate::pages::{Items, PageRequest, Paged, Pages};
        )
    });
    let named = |schema: &Schema| schema.parts().any(|part| matches!(part, Schema::Named(_)));
    let types = api
        .operations
        .iter()
        .flat_map(Operation::schemas)
        .any(named)
        .then(|| {
            quote!(
                use super::types;
            )
        });
    quote! {
        /// Requests that wait to be sent: one type for each operation.
        pub mod requests {
            #types
            #pages
            #runtime
            #builders
            #(#paged)*
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
    let easy = matches!(text.as_str(), "String" | "crate :: Secret") || text.starts_with("Vec <");
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

/// The ways to the whole of a list.
fn lists() -> TokenStream {
    quote! {
        /// All records, from the page that is asked for to the last, fetched as they are needed.
        pub fn items(self) -> Items<Self> {
            Items::new(self)
        }

        /// All pages, from the one that is asked for to the last, fetched as they are needed.
        pub fn pages(self) -> Pages<Self> {
            Pages::new(self)
        }
    }
}

/// What the runtime has to know of a list to walk over it.
fn paged(operation: &Operation, paging: &Paging, api: &Api, types: &Types) -> Option<TokenStream> {
    let key = paging.field(api.records.get(&paging.record)?)?;
    let copied = matches!(key.schema, Schema::Integer(_));
    let clone = (!copied).then(|| quote!(.clone()));
    let (field, wire) = (ident(&key.name), &key.wire);
    let key = types.field(&paging.record, &key.name);
    let name = ident(&operation.type_name);
    let (page, record) = (ident(&paging.page), ident(&paging.record));
    let first = Literal::u64_unsuffixed(paging.first);
    Some(quote! {
        impl<T: crate::Token> Paged for #name<T> {
            type Record = types::#record;
            type Key = #key;

            const FIRST: u64 = #first;
            const KEY: &'static str = #wire;

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
        pub(super) fn new(client: Client<T>, #(#declared),*) -> Self {
            Self { client, #(#fields,)* #(#unset: None,)* #period #body }
        }
    }
}

fn setter(parameter: &Parameter, types: &Types) -> TokenStream {
    let name = ident(&parameter.name);
    let (taken, value) = taken(&name, &types.of(&parameter.schema));
    let sends = format!("Sends {}.", doc::span_of(&parameter.wire));
    let doc = docs(&or(&parameter.doc, &sends));
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
            server: None,
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
    let page = operation.paging.as_ref().map(|_| {
        docs("\nThat is one page: [`items`](Self::items) and [`pages`](Self::pages) give the whole list.")
    });
    quote! {
        /// Sends the request and waits for the answer.
        #page
        ///
        /// # Errors
        ///
        /// Whatever went wrong, from the connection to the answer: see [`Error`].
        pub fn call(&self) -> Result<#rust, Error> {
            self.request()#send
        }

        fn request(&self) -> Request {
            Request::new(&self.client, &Self::OPERATION)
                #(#steps)*
                #period
                #body
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
    let check = bounds(parameter).map(|range| {
        let values = match parameter.required {
            true => quote!(&[self.#name]),
            false => quote!(&self.#name),
        };
        quote!(.within(#wire, #values, #range))
    });
    quote!(#check #send)
}

/// The range that the document gives a whole number, where its type does not say it already.
fn bounds(parameter: &Parameter) -> Option<TokenStream> {
    let minimum = parameter.minimum.map(Literal::i128_unsuffixed);
    match (minimum, parameter.maximum.map(Literal::i128_unsuffixed)) {
        (None, None) => None,
        (Some(minimum), None) => Some(quote!(#minimum..)),
        (minimum, Some(maximum)) => Some(quote!(#minimum..=#maximum)),
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
    let message = format!("this operation takes a `{list}`, and the client's token is `{{Self}}`");
    let label = format!("wants a `Client<{}>`", tokens.join(">` or `Client<"));
    let note = format!(
        "`client.with_token(token)` makes such a client of the one at hand, over the same connections, where `token` is a `{list}`; a client from the environment becomes one with `into_master()` or `into_user()`"
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
    let doc = docs(&about(&record.doc, name, record.deprecated));
    let ident_ = ident(name);
    let fields = record.fields.iter().map(|field| {
        let doc = docs(&about(&field.doc, &field.wire, field.deprecated));
        let serde = serde(field);
        let rust = types.field(name, &field.name);
        let field = ident(&field.name);
        quote!(#doc #serde pub #field: #rust)
    });
    let rest = record.rest.as_ref().map(|_| {
        let rust = types.field(name, REST);
        quote! {
            /// Whatever other keys there are.
            #[serde(flatten)]
            pub rest: std::collections::BTreeMap<String, #rust>,
        }
    });
    // A record that callers send has a way to make one, which a new optional field leaves alone.
    let optional = record.fields.iter().all(Field::may_be_missing);
    let new = (record.sent && !optional).then(|| new(name, record, types));
    let default = (record.sent && optional).then(|| quote!(Default,));
    quote! {
        #doc
        #[derive(Clone, Debug, #default PartialEq, serde::Deserialize, serde::Serialize)]
        #[non_exhaustive]
        pub struct #ident_ {
            #(#fields,)*
            #rest
        }
        #new
    }
}

/// Names and omissions that serde has to know of.
fn serde(field: &Field) -> TokenStream {
    let rename = (field.wire != field.name).then(|| {
        let wire = &field.wire;
        quote!(rename = #wire)
    });
    let skip = match &field.schema {
        _ if field.required => None,
        Schema::List(_) => Some("Vec::is_empty"),
        Schema::Map(values) if **values == Schema::Any => Some("serde_json::Map::is_empty"),
        Schema::Map(_) => Some("std::collections::BTreeMap::is_empty"),
        _ => Some("Option::is_none"),
    };
    let skip = skip.map(|empty| quote!(skip_serializing_if = #empty));
    let default = field.may_be_missing().then(|| quote!(default));
    let all: Vec<TokenStream> = [rename, default, skip].into_iter().flatten().collect();
    match all.is_empty() {
        true => quote!(),
        false => quote!(#[serde(#(#all),*)]),
    }
}

/// The constructor of a record, of what it cannot do without.
fn new(name: &str, record: &Record, types: &Types) -> TokenStream {
    let ident_ = ident(name);
    let optional = record.rest.is_some() || record.fields.iter().any(Field::may_be_missing);
    let about = docs(&match optional {
        true => format!("`{name}` with what is required; set the other fields as you need them."),
        false => format!("`{name}` with all that it holds."),
    });
    let mut declared = Vec::new();
    let mut set = Vec::new();
    for field in &record.fields {
        let (name, rust) = (ident(&field.name), types.field(name, &field.name));
        if field.may_be_missing() {
            set.push(quote!(#name: Default::default()));
            continue;
        }
        let (taken, value) = taken(&name, &rust);
        declared.push(quote!(#name: #taken));
        set.push(if name == value.to_string() {
            quote!(#name)
        } else {
            quote!(#name: #value)
        });
    }
    if record.rest.is_some() {
        set.push(quote!(rest: Default::default()));
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
    let doc = docs(&about(&item.doc, name, item.deprecated));
    let name = ident(name);
    let names: Vec<Ident> = item
        .variants
        .iter()
        .map(|variant| ident(&variant.name))
        .collect();
    let abouts = item
        .variants
        .iter()
        .map(|variant| docs(&doc::span_of(&variant.wire)));
    // The texts are written by `layout`.
    quote! {
        #doc
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#abouts #names,)*
            /// A value that the document does not name, as it came.
            Other(String),
        }

        crate::open_enum!(#name);
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
    let line = doc::span_of(&format!("{} {}", operation.method, operation.path));
    doc::paragraphs([
        operation.doc.clone(),
        format!("{line}, {caller}."),
        arguments_doc(operation),
        errors_doc(operation),
    ])
}

/// What the document says of the parameters that are arguments.
fn arguments_doc(operation: &Operation) -> String {
    let parameters = operation.parameters.iter();
    let parameters = parameters
        .filter(|parameter| parameter.required)
        .map(|parameter| (parameter.name.as_str(), &parameter.doc));
    let body = operation.body.iter().filter(|body| body.required);
    let body = body.map(|body| ("body", &body.doc));
    let items = parameters.chain(body).filter(|(_, doc)| !doc.is_empty());
    let items: Vec<String> = items
        .map(|(name, doc)| format!("- `{name}`: {}", doc.replace('\n', "\n  ")))
        .collect();
    section("# Arguments", &items)
}

fn errors_doc(operation: &Operation) -> String {
    let statuses = operation.statuses.iter();
    let errors: Vec<String> = statuses
        .filter(|(status, _)| !status.starts_with('2'))
        .map(|(status, text)| {
            let text = doc::line(text.strip_prefix(&format!("{status}:")).unwrap_or(text));
            format!(
                "- {status}: {}",
                or(&text, "the document says no more of it")
            )
        })
        .collect();
    section("# Errors\n\nStatuses that the document names:", &errors)
}

fn section(head: &str, items: &[String]) -> String {
    match items {
        [] => String::new(),
        items => format!("{head}\n\n{}", items.join("\n")),
    }
}

/// What the document says of a type or a field, if it says anything.
fn about(doc: &str, name: &str, deprecated: bool) -> String {
    let nothing = format!("{}: the document says no more of it.", doc::span_of(name));
    let mark = if deprecated { "**Deprecated.**" } else { "" };
    doc::paragraphs([or(doc, &nothing), mark.to_owned()])
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
