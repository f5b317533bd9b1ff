//! The methods that send a request: a step for each parameter and the body, then the response.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::doc_comments::docs;
use super::rust_types::Types;
use super::tokens::{self, ident};
use crate::model::{
    Body, BodyForm, Content, Operation, Parameter, ParameterLocation, Period, Response, Schema,
    Style, Success, Written,
};
use crate::text::media_type::is_plain_json;

/// The methods of a builder that build the request and send it.
pub fn call(operation: &Operation, types: &Types) -> TokenStream {
    let steps = operation.parameters.iter().map(step);
    let period = operation.period.as_ref().map(period_step);
    let body = operation.body.as_ref().map(body_step);
    let multipart = operation.multipart.then(|| quote!(.multipart()));
    let accept = operation.accept.iter().map(|kinds| quote!(.accept(#kinds)));
    let (rust, send) = send(operation, types);
    let raw = raw(operation);
    let page = operation.paging.as_ref().map(|_| {
        docs("\nReturns one page. [`items`](Self::items) and [`pages`](Self::pages) return the whole list.")
    });
    quote! {
        /// Sends the request and returns the response.
        #page
        ///
        /// # Errors
        ///
        /// Returns an [`Error`] if the request is not valid, if it cannot be sent, if the response has an
        /// error status, or if its body cannot be decoded.
        pub fn call(&self) -> Result<#rust, Error> {
            self.request()#send
        }

        #raw

        fn request(&self) -> Request {
            Request::new(&self.client.session, &Self::OPERATION)
                #(#accept)*
                #multipart
                #(#steps)*
                #period
                #body
        }
    }
}

/// The method that returns the JSON of a response. It would expose a secret in the response.
fn raw(operation: &Operation) -> Option<TokenStream> {
    let may_be_empty = raw_may_be_empty(operation)?;
    let json = quote!(Box<serde_json::value::RawValue>);
    let (rust, send) = if may_be_empty {
        (quote!(Option<#json>), quote!(.maybe_json()))
    } else {
        (json, quote!(.json()))
    };
    let nothing = may_be_empty.then(|| docs("Returns `None` if the body is empty."));
    Some(quote! {
        /// Sends the request and returns the JSON of a successful response unchanged.
        ///
        /// It includes keys that [`types`](crate::types) do not define, and JSON that
        /// [`call`](Self::call) cannot decode.
        #nothing
        ///
        /// # Errors
        ///
        /// The same as [`call`](Self::call), but any valid JSON is accepted.
        pub fn call_raw(&self) -> Result<#rust, Error> {
            self.request()#send
        }
    })
}

/// Whether the JSON of a response may be missing; `None` where the operation has no `call_raw`.
pub fn raw_may_be_empty(operation: &Operation) -> Option<bool> {
    let any = |is: fn(&Content) -> bool| operation.response.contents().any(is);
    let maybe = matches!(operation.response, Response::Maybe(_));
    let json = maybe || any(|content| matches!(content, Content::Json(_)));
    let empty = maybe || any(|content| *content == Content::Empty);
    let other = any(|content| matches!(content, Content::Text | Content::Bytes));
    (json && !other && operation.secrets.is_empty()).then_some(empty)
}

/// Returns the type of a response, and the step that sends the request and decodes it.
pub fn send(operation: &Operation, types: &Types) -> (TokenStream, TokenStream) {
    match &operation.response {
        Response::Always(Content::Json(schema)) if operation.paging.is_some() => {
            (types.of(schema), quote!(.page(<Self as Paged>::KEY)))
        }
        Response::Always(Content::Json(schema)) if schema.has_instants() => {
            let send = quote!(.json::<crate::runtime::deserialize_with::Saturated<_>>().map(|response| response.0));
            (types.of(schema), send)
        }
        Response::Always(Content::Json(schema)) => (types.of(schema), quote!(.json())),
        Response::Always(Content::Text) => (quote!(String), quote!(.text())),
        Response::Always(Content::Bytes) => (quote!(Vec<u8>), quote!(.bytes())),
        Response::Always(Content::Empty) => (quote!(()), quote!(.empty())),
        Response::Maybe(schema) => {
            let rust = types.of(&schema.clone().not_null());
            let send = if schema.has_instants() {
                quote! {
                    .maybe_json::<crate::runtime::deserialize_with::Saturated<_>>()
                    .map(|response| response.map(|response| response.0))
                }
            } else {
                quote!(.maybe_json())
            };
            (quote!(Option<#rust>), send)
        }
        Response::ByStatus(name, successes) => {
            let name = ident(name);
            let mut arms: Vec<TokenStream> = successes
                .iter()
                .map(|success| arm(&name, success))
                .collect();
            if !successes.iter().any(|success| success.status == "default") {
                arms.push(quote!(_ => response.unexpected()));
            }
            let send = quote!(.by_status(|response| match response.status() { #(#arms,)* }));
            (quote!(types::#name), send)
        }
    }
}

/// The match arm for a status.
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
        Content::Json(schema) if schema.has_instants() => quote! {
            response
                .json::<crate::runtime::deserialize_with::Saturated<_>>()
                .map(|response| types::#name::#variant(response.0))
        },
        Content::Json(_) => quote!(response.json().map(types::#name::#variant)),
        Content::Text => quote!(response.text().map(types::#name::#variant)),
        Content::Bytes => quote!(response.bytes().map(types::#name::#variant)),
        Content::Empty => quote!(Ok(types::#name::#variant)),
    };
    quote!(#status => #value)
}

fn body_step(body: &Body) -> TokenStream {
    let media_type = &body.media_type;
    let name = ident("body");
    let whole = optional(&name, body.required, "as_ref");
    let part = optional(&name, body.required, "as_deref");
    match body.form {
        BodyForm::Json if is_plain_json(media_type) => quote!(.body(#whole)),
        BodyForm::Json => quote!(.json_body(#media_type, #whole)),
        BodyForm::Form => quote!(.form_body(#whole)),
        BodyForm::Text => quote!(.text_body(#media_type, #part)),
        BodyForm::Bytes => quote!(.bytes_body(#media_type, #part)),
    }
}

/// The step for a parameter. Options and lists are passed as iterators.
fn step(parameter: &Parameter) -> TokenStream {
    let (wire, name) = (&parameter.wire, ident(&parameter.name));
    if let Written::Styled(style, explode) = parameter.written {
        return styled_step(parameter, style, explode);
    }
    let list = parameter.written != Written::Plain;
    let values = values(parameter, list, quote!(&[&self.#name]));
    let send = match (parameter.location, parameter.written) {
        (ParameterLocation::Path, _) => quote!(.path(#wire, #values)),
        (ParameterLocation::Header, _) => quote!(.header(#wire, #values)),
        (ParameterLocation::Cookie, _) => quote!(.cookie(#wire, #values)),
        (_, Written::Joined(sign)) => quote!(.query_joined(#wire, #sign, #values)),
        _ => quote!(.query(#wire, #values)),
    };
    let check = bounds(parameter).map(|range| {
        let values = self::values(parameter, false, quote!(&[self.#name]));
        quote!(.within(#wire, #values, #range))
    });
    quote!(#check #send)
}

/// A field of the builder as an `Option` of a reference, by this method if it is optional.
fn optional(name: &Ident, required: bool, method: &str) -> TokenStream {
    if required {
        quote!(Some(&self.#name))
    } else {
        let method = ident(method);
        quote!(self.#name.#method())
    }
}

/// A parameter as an iterator over its values; `one` is a single required value.
fn values(parameter: &Parameter, list: bool, one: TokenStream) -> TokenStream {
    let name = ident(&parameter.name);
    match (parameter.required, list) {
        (true, true) | (false, false) => quote!(&self.#name),
        (true, false) => one,
        (false, true) => quote!(self.#name.as_deref().unwrap_or_default()),
    }
}

/// The step for a structured parameter, or a field of a form.
fn styled_step(parameter: &Parameter, style: Style, explode: bool) -> TokenStream {
    let (wire, name) = (&parameter.wire, ident(&parameter.name));
    let value = optional(&name, parameter.required, "as_ref");
    let media_type = tokens::option(parameter.media_type.as_ref());
    if parameter.schema.is_file() {
        let list = matches!(parameter.schema, Schema::List(_));
        let files = values(parameter, list, quote!(&[self.#name.clone()]));
        return quote!(.files(#wire, #media_type, #files));
    }
    if parameter.location == ParameterLocation::Part {
        return quote!(.part(#wire, #media_type, #value));
    }
    let location = ident(&format!("{:?}", parameter.location));
    let style = ident(&format!("{style:?}"));
    quote!(.value(ParameterLocation::#location, #wire, Style::#style, #explode, #value))
}

/// The range of an integer, if it is narrower than its type.
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
        .pairs(self.period.parameters(&crate::runtime::PeriodParameters {
            mode: #mode,
            value: #value,
            start: #start,
            end: #end,
            week: crate::runtime::WeekFormat::#week,
        }))
    }
}
