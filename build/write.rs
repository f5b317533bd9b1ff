//! From the model to Rust. Nothing here can fail, and nothing here knows OpenAPI.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use super::doc;
use super::model::{
    Access, Answer, Api, Body, BodyForm, Content, Enum, Field, Operation, Paging, Parameter,
    Period, Place, Record, Refusal, Schema, Scheme, SchemeKind, Style, Success, Union, Written,
};
use super::parameters::FILE;
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
    let tokens = api.schemes.iter().map(|(name, item)| scheme(name, item));
    let records = api
        .records
        .iter()
        .map(|(name, item)| record(name, item, types));
    let enums = api.enums.iter().map(|(name, item)| open_enum(name, item));
    let unions = api
        .unions
        .iter()
        .map(|(name, item)| union(name, item, types));
    let answers = api
        .operations
        .iter()
        .filter_map(|operation| match &operation.answer {
            Answer::ByStatus(name, successes) => Some(answer(name, operation, successes, types)),
            _ => None,
        });
    let files = sends_files(api).then(|| {
        quote!(
            pub use crate::multipart::File;
        )
    });
    let module = docs(&doc::paragraphs([
        "What the service answers with, and what it is sent.".to_owned(),
        format!("# {heading}"),
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
        #about
        pub const SERVER: Option<&str> = #server;

        impl<T: crate::Token> crate::Client<T> {
            #(#methods)*
        }

        #requests

        /// Who may call what: a trait for every choice of tokens that the document makes.
        pub mod access {
            #(#tokens)*
            #(#accesses)*
        }

        #module
        pub mod types {
            #files
            #(#records)*
            #(#enums)*
            #(#unions)*
            #(#answers)*
        }
    }
}

fn notes_doc(head: &str, about: &str, notes: &[String]) -> String {
    let items: Vec<String> = notes
        .iter()
        .map(|note| format!("- {}", doc::span_of(note)))
        .collect();
    section(&format!("{head}\n\n{about}"), &items)
}

/// Whether a request sends files, whose type is the runtime's.
fn sends_files(api: &Api) -> bool {
    let parameters = api
        .operations
        .iter()
        .flat_map(|operation| &operation.parameters);
    parameters
        .into_iter()
        .any(|parameter| is_file(&parameter.schema))
}

fn is_file(schema: &Schema) -> bool {
    schema
        .parts()
        .any(|part| matches!(part, Schema::Rust(rust) if rust == FILE))
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
    let named = api
        .operations
        .iter()
        .flat_map(Operation::schemas)
        .any(named);
    let by_status = |operation: &Operation| matches!(operation.answer, Answer::ByStatus(..));
    let types = (named || api.operations.iter().any(by_status)).then(|| {
        quote!(
            use super::types;
        )
    });
    let styled = |parameter: &Parameter| {
        matches!(parameter.written, Written::Styled(..)) && parameter.place != Place::Part
    };
    let mut parameters = api
        .operations
        .iter()
        .flat_map(|operation| &operation.parameters);
    let styles = parameters.any(styled).then(|| {
        quote!(
            use crate::style::{Place, Style};
        )
    });
    quote! {
        /// Requests that wait to be sent: one type for each operation.
        pub mod requests {
            #types
            #pages
            #runtime
            #styles
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
        access => {
            let name = ident(&access_name(access));
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

/// The type of a body, as it is taken from a caller.
fn body_type(body: &Body, types: &Types) -> TokenStream {
    match body.form {
        BodyForm::Json | BodyForm::Form => types.of(&body.schema),
        BodyForm::Text => quote!(String),
        BodyForm::Bytes => quote!(Vec<u8>),
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

/// How a value of a type is taken from a caller: whatever easily becomes it.
fn taken(name: &Ident, rust: &TokenStream) -> (TokenStream, TokenStream) {
    let text = rust.to_string();
    let easy = matches!(
        text.as_str(),
        "String" | "crate :: Secret" | "crate :: multipart :: File"
    ) || text.starts_with("Vec <");
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
            let doc = docs(&or(&body.doc, "The body."));
            let (taken, value) = taken(&format_ident!("body"), &body_type(body, types));
            quote! {
                #doc
                pub fn body(mut self, body: #taken) -> Self {
                    self.body = Some(#value);
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

/// The function that hands the request to the one send path.
fn call(operation: &Operation, types: &Types) -> TokenStream {
    let steps = operation.parameters.iter().map(step);
    let period = operation.period.as_ref().map(period_step);
    let body = operation.body.as_ref().map(body_step);
    let multipart = operation.multipart.then(|| quote!(.multipart()));
    let accept = operation
        .accept
        .as_ref()
        .map(|kinds| quote!(.accept(#kinds)));
    let (rust, send) = send(&operation.answer, types);
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
                #accept
                #multipart
                #(#steps)*
                #period
                #body
        }
    }
}

/// What an operation answers with, and the step that gets it.
fn send(answer: &Answer, types: &Types) -> (TokenStream, TokenStream) {
    match answer {
        Answer::Always(Content::Json(schema)) => (types.of(schema), quote!(.json())),
        Answer::Always(Content::Text) => (quote!(String), quote!(.text())),
        Answer::Always(Content::Bytes) => (quote!(Vec<u8>), quote!(.bytes())),
        Answer::Always(Content::Empty) => (quote!(()), quote!(.empty())),
        Answer::Maybe(schema) => {
            let rust = types.of(&schema.clone().not_null());
            (quote!(Option<#rust>), quote!(.maybe_json()))
        }
        Answer::ByStatus(name, successes) => {
            let name = ident(name);
            let mut arms: Vec<TokenStream> = successes
                .iter()
                .map(|success| arm(&name, success))
                .collect();
            if !successes.iter().any(|success| success.status == "default") {
                arms.push(quote!(_ => answer.unexpected()));
            }
            let send = quote!(.by_status(|answer| match answer.status() { #(#arms,)* }));
            (quote!(types::#name), send)
        }
    }
}

/// What becomes of the answer with one status.
fn arm(name: &Ident, success: &Success) -> TokenStream {
    let status = match success.status.parse::<u16>() {
        Ok(status) => {
            let status = Literal::u16_unsuffixed(status);
            quote!(#status)
        }
        Err(_) if success.status == "default" => quote!(_),
        Err(_) => quote!(200..=299),
    };
    let variant = ident(&success.name);
    let value = match &success.content {
        Content::Json(_) => quote!(answer.json().map(types::#name::#variant)),
        Content::Text => quote!(answer.text().map(types::#name::#variant)),
        Content::Bytes => quote!(answer.bytes().map(types::#name::#variant)),
        Content::Empty => quote!(Ok(types::#name::#variant)),
    };
    quote!(#status => #value)
}

fn body_step(body: &Body) -> TokenStream {
    let media_type = &body.media_type;
    let whole = match body.required {
        true => quote!(Some(&self.body)),
        false => quote!(self.body.as_ref()),
    };
    let part = match body.required {
        true => quote!(Some(&self.body)),
        false => quote!(self.body.as_deref()),
    };
    match body.form {
        BodyForm::Json if doc::is_plain_json(media_type) => quote!(.body(#whole)),
        BodyForm::Json => quote!(.json_body(#media_type, #whole)),
        BodyForm::Form => quote!(.form_body(#whole)),
        BodyForm::Text => quote!(.text_body(#media_type, #part)),
        BodyForm::Bytes => quote!(.bytes_body(#media_type, #part)),
    }
}

/// One parameter on its way into the request. An option and a list are both iterated over.
fn step(parameter: &Parameter) -> TokenStream {
    let (wire, name) = (&parameter.wire, ident(&parameter.name));
    if let Written::Styled(style, explode) = parameter.written {
        return styled_step(parameter, style, explode);
    }
    let list = parameter.written != Written::Plain;
    let values = match (parameter.required, list) {
        (true, true) | (false, false) => quote!(&self.#name),
        (true, false) => quote!(&[&self.#name]),
        (false, true) => quote!(self.#name.as_deref().unwrap_or_default()),
    };
    let send = match (parameter.place, parameter.written) {
        (Place::Path, _) => quote!(.path(#wire, #values)),
        (Place::Header, _) => quote!(.header(#wire, #values)),
        (Place::Cookie, _) => quote!(.cookie(#wire, #values)),
        (_, Written::Joined(sign)) => quote!(.query_joined(#wire, #sign, #values)),
        _ => quote!(.query(#wire, #values)),
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

/// A parameter that is more than a text or a list of them, or part of a form.
fn styled_step(parameter: &Parameter, style: Style, explode: bool) -> TokenStream {
    let (wire, name) = (&parameter.wire, ident(&parameter.name));
    let value = match parameter.required {
        true => quote!(Some(&self.#name)),
        false => quote!(self.#name.as_ref()),
    };
    let media_type = match &parameter.media_type {
        Some(kind) => quote!(Some(#kind)),
        None => quote!(None),
    };
    if is_file(&parameter.schema) {
        let list = matches!(parameter.schema, Schema::List(_));
        let files = match (parameter.required, list) {
            (true, true) | (false, false) => quote!(&self.#name),
            (true, false) => quote!(&[self.#name.clone()]),
            (false, true) => quote!(self.#name.as_deref().unwrap_or_default()),
        };
        return quote!(.files(#wire, #media_type, #files));
    }
    if parameter.place == Place::Part {
        return quote!(.part(#wire, #media_type, #value));
    }
    let place = ident(&format!("{:?}", parameter.place));
    let style = ident(&format!("{style:?}"));
    quote!(.value(Place::#place, #wire, Style::#style, #explode, #value))
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
    let Access::AnyOf {
        alternatives,
        optional,
    } = access
    else {
        return None;
    };
    let name = ident(&access_name(access));
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
    let holders = alternatives
        .iter()
        .map(|tokens| holder(tokens))
        .chain(either(alternatives));
    let nobody = optional.then(|| quote!(impl #name for crate::NoToken {}));
    Some(quote! {
        #about
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
        pub trait #name: crate::Token {}
        #(impl #name for #holders {})*
        #nobody
    })
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

fn access_name(access: &Access) -> String {
    let Access::AnyOf {
        alternatives,
        optional,
    } = access
    else {
        return String::new();
    };
    let together = alternatives.iter().map(|tokens| {
        let names: Vec<&str> = tokens.iter().map(|token| last(token)).collect();
        names.join("With")
    });
    let together: Vec<String> = together.collect();
    match (together.as_slice(), optional) {
        ([only], false) => format!("{only}Only"),
        (several, false) => several.join("Or"),
        (several, true) => format!("{}OrNone", several.join("Or")),
    }
}

/// The name at the end of a path.
fn last(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
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
fn scheme(name: &str, scheme: &Scheme) -> TokenStream {
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
        pub struct #ident_(crate::token::Credential);
        #call
    }
}

/// One of several things, and what fits none of them.
fn union(name: &str, union: &Union, types: &Types) -> TokenStream {
    let doc = docs(&about(&union.doc, name, union.deprecated));
    let ident_ = ident(name);
    let payloads: Vec<TokenStream> = union
        .alternatives
        .iter()
        .map(|known| {
            let rust = types.field(name, &known.name);
            // So that a union can hold what holds it, and is no larger than it has to be.
            match known.schema {
                Schema::Named(_) => quote!(Box<#rust>),
                _ => rust,
            }
        })
        .collect();
    let names: Vec<Ident> = union
        .alternatives
        .iter()
        .map(|known| ident(&known.name))
        .collect();
    let abouts = union
        .alternatives
        .iter()
        .map(|known| docs(&or(&known.doc, &alternative(known))));
    let call = match &union.tag {
        None => quote!(crate::union!(#ident_ { #(#names(#payloads)),* });),
        Some(tag) => {
            let tags = union.alternatives.iter().map(|known| {
                let tags = &known.tags;
                quote!(#(#tags)|*)
            });
            quote!(crate::union!(#ident_, #tag { #(#names(#payloads) = #tags),* });)
        }
    };
    quote! {
        #doc
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #ident_ {
            #(#abouts #names(#payloads),)*
            /// What fits none of these, as it came.
            Other(serde_json::Value),
        }
        #call
    }
}

/// What is said of an alternative that the document says nothing of.
fn alternative(known: &super::model::Alternative) -> String {
    match (&known.schema, known.tags.first()) {
        (_, Some(tag)) => format!("With the tag {}.", doc::span_of(tag)),
        (Schema::Named(name), None) => format!("A [`{name}`]."),
        (Schema::List(_), None) => "A list.".to_owned(),
        (Schema::Map(_), None) => "An object.".to_owned(),
        (Schema::Text, None) => "A text.".to_owned(),
        (Schema::Integer(_) | Schema::Number(_), None) => "A number.".to_owned(),
        (Schema::Boolean, None) => "`true` or `false`.".to_owned(),
        _ => "One of them.".to_owned(),
    }
}

/// What an operation answers with, by its status.
fn answer(name: &str, operation: &Operation, successes: &[Success], types: &Types) -> TokenStream {
    let link = format!("[`{0}`](crate::Client::{0})", operation.name);
    let doc = docs(&format!("What {link} answers with, by its status."));
    let ident_ = ident(name);
    let variants = successes.iter().map(|success| {
        let status = match success.status.as_str() {
            "default" => "Any other success".to_owned(),
            status => status.to_owned(),
        };
        let text = doc::line(&success.doc);
        let doc = docs(&match text.is_empty() {
            true => format!("{status}."),
            false => format!("{status}: {text}"),
        });
        let variant = ident(&success.name);
        let held = match &success.content {
            Content::Json(_) => {
                let rust = types.field(name, &success.name);
                Some(quote!((#rust)))
            }
            Content::Text => Some(quote!((String))),
            Content::Bytes => Some(quote!((Vec<u8>))),
            Content::Empty => None,
        };
        quote!(#doc #variant #held)
    });
    quote! {
        #doc
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        #[allow(clippy::large_enum_variant, reason = "it is taken apart at once")]
        pub enum #ident_ {
            #(#variants,)*
        }
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
    let texts = item.variants.iter().map(|variant| &variant.wire);
    let lists: Vec<TokenStream> = names
        .iter()
        .zip(texts)
        .map(|(variant, text)| quote!(#variant = #text))
        .collect();
    quote! {
        #doc
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#abouts #names,)*
            /// A value that the document does not name, as it came.
            Other(String),
        }

        crate::open_enum!(#name { #(#lists),* });
    }
}

fn operation_doc(operation: &Operation) -> String {
    let caller = match &operation.access {
        Access::Open => "without a token".to_owned(),
        Access::AnyOf {
            alternatives,
            optional,
        } => {
            let links: Vec<String> = alternatives
                .iter()
                .map(|tokens| {
                    let links = tokens.iter().map(|token| token_link(token));
                    links.collect::<Vec<_>>().join(" and a ")
                })
                .collect();
            let none = if *optional { ", or without one" } else { "" };
            format!("with a {}{none}", links.join(" or a "))
        }
    };
    let line = doc::span_of(&format!("{} {}", operation.method, operation.path));
    doc::paragraphs([
        operation.doc.clone(),
        format!("{line}, {caller}."),
        server_doc(operation),
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

fn token_link(token: &str) -> String {
    let name = last(token);
    match token.starts_with("crate::") {
        true => format!("[`{name}`](crate::{name})"),
        false => format!("[`{name}`](crate::access::{name})"),
    }
}

fn server_doc(operation: &Operation) -> String {
    match &operation.server {
        Some(url) => format!(
            "It is served at <{url}>: [make a client](crate::ClientBuilder::base_url) for that."
        ),
        None => String::new(),
    }
}

fn errors_doc(operation: &Operation) -> String {
    let errors: Vec<String> = operation.refusals.iter().map(refusal_doc).collect();
    doc::paragraphs([
        section("# Errors\n\nStatuses that the document names:", &errors),
        bodies_doc(&operation.refusals),
    ])
}

/// What the bodies of refusals are, each type with the statuses that have it.
fn bodies_doc(refusals: &[Refusal]) -> String {
    let mut types: Vec<(&str, Vec<&str>)> = Vec::new();
    for refusal in refusals {
        let Some(Schema::Named(name)) = &refusal.schema else {
            continue;
        };
        let status = status_words(&refusal.status);
        match types.iter_mut().find(|(known, _)| known == name) {
            Some((_, statuses)) => statuses.push(status),
            None => types.push((name, vec![status])),
        }
    }
    let bodies: Vec<String> = types
        .iter()
        .map(|(name, statuses)| format!("[`{name}`](types::{name}) for {}", statuses.join(", ")))
        .collect();
    match bodies.as_slice() {
        [] => String::new(),
        bodies => format!(
            "[`Error::body_as`](crate::Error::body_as) gives the body: {}.",
            bodies.join("; ")
        ),
    }
}

fn status_words(status: &str) -> &str {
    match status {
        "default" => "any other",
        status => status,
    }
}

fn refusal_doc(refusal: &Refusal) -> String {
    let Refusal { status, doc, .. } = refusal;
    let text = doc::line(doc.strip_prefix(&format!("{status}:")).unwrap_or(doc));
    let text = or(&text, "the document says no more of it");
    format!("- {}: {text}", status_words(status))
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
