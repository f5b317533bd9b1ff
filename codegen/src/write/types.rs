//! The types of bodies: structs, enums, unions, and responses by status.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::doc_comments::{about, docs, or};
use super::rust_types::Types;
use super::tokens::{Argument, ident};
use crate::model::{
    Alternative, Api, Content, Enum, Field, Operation, Record, Schema, Success, Union,
};
use crate::text::markdown;
use crate::text::reserved_names::REST;

pub fn record(name: &str, record: &Record, api: &Api, types: &Types) -> TokenStream {
    let doc = docs(&about(&record.doc, name, record.deprecated));
    let ident_ = ident(name);
    let fields = record.fields.iter().map(|field| {
        let doc = docs(&about(&field.doc, &field.wire, field.deprecated));
        let serde = serde(field);
        let rust = types.field(name, &field.name);
        let field = ident(&field.name);
        quote!(#doc #serde pub #field: #rust)
    });
    let rest = record.rest.as_ref().map(|rest| {
        let rust = types.field(name, REST);
        let with = rest
            .has_instants()
            .then(|| quote!(, deserialize_with = "crate::runtime::deserialize_with::instants"));
        quote! {
            /// All other keys.
            #[serde(flatten #with)]
            pub rest: std::collections::BTreeMap<String, #rust>,
        }
    });
    // A new optional field of a request must not break callers, so a constructor takes the others.
    let new = record.has_new().then(|| new(name, record, types));
    let default = record.has_default().then(|| quote!(Default,));
    let row = record.row.then(|| row(name, record, api));
    quote! {
        #doc
        #[derive(Clone, Debug, #default PartialEq, serde::Deserialize, serde::Serialize)]
        #[non_exhaustive]
        pub struct #ident_ {
            #(#fields,)*
            #rest
        }
        #new
        #row
    }
}

/// The columns of a record: its keys, and the types of nested records.
fn row(name: &str, record: &Record, api: &Api) -> TokenStream {
    let ident_ = ident(name);
    let fields = record.fields.iter().map(|field| {
        let key = &field.wire;
        // The columns of a record that holds itself would have no end.
        match nested(field, api).filter(|inner| !holds(inner, name, api)) {
            Some(inner) => {
                let inner = ident(inner);
                quote!(#key = #inner)
            }
            None => quote!(#key),
        }
    });
    quote!(crate::row!(#ident_ { #(#fields),* });)
}

/// The record type of a field, if it has one.
fn nested<'f>(field: &'f Field, api: &Api) -> Option<&'f str> {
    let schema = match &field.schema {
        Schema::Nullable(inner) => inner,
        schema => schema,
    };
    match schema {
        Schema::Named(name) if api.records.contains_key(name) => Some(name),
        _ => None,
    }
}

/// Whether a record is another one, or contains it in its columns.
fn holds(outer: &str, inner: &str, api: &Api) -> bool {
    let mut open = vec![outer];
    let mut seen = HashSet::new();
    while let Some(name) = open.pop() {
        if name == inner {
            return true;
        }
        if seen.insert(name) {
            let fields = api.records.get(name).map(|record| &record.fields);
            let fields = fields.into_iter().flatten();
            open.extend(fields.filter_map(|field| nested(field, api)));
        }
    }
    false
}

/// The serde attributes of a field.
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
    let with = with(field).map(|read| quote!(deserialize_with = #read));
    let all: Vec<TokenStream> = [rename, default, with, skip]
        .into_iter()
        .flatten()
        .collect();
    if all.is_empty() {
        quote!()
    } else {
        quote!(#[serde(#(#all),*)])
    }
}

/// The function that deserializes a field, where serde's own is too strict.
fn with(field: &Field) -> Option<&'static str> {
    let list = matches!(field.schema, Schema::List(_) | Schema::Map(_));
    match (field.schema.has_instants(), list && !field.required) {
        (true, true) => Some("crate::runtime::deserialize_with::instants_or_empty"),
        (true, false) => Some("crate::runtime::deserialize_with::instants"),
        (false, true) => Some("crate::runtime::deserialize_with::or_empty"),
        (false, false) => None,
    }
}

/// The constructor of a record, which takes the required fields.
fn new(name: &str, record: &Record, types: &Types) -> TokenStream {
    let ident_ = ident(name);
    let optional = record.rest.is_some() || record.fields.iter().any(Field::may_be_missing);
    let about = docs(&if optional {
        format!("Creates a `{name}` from its required fields. The other fields are empty.")
    } else {
        format!("Creates a `{name}` from its fields.")
    });
    let mut declared = Vec::new();
    let mut set = Vec::new();
    for field in &record.fields {
        let (name, rust) = (ident(&field.name), types.field(name, &field.name));
        if field.may_be_missing() {
            set.push(quote!(#name: Default::default()));
            continue;
        }
        let argument = Argument::new(&name, &rust);
        declared.push(argument.declared);
        set.push(argument.field);
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

/// An enum of strings that keeps unknown values.
pub fn open_enum(name: &str, item: &Enum) -> TokenStream {
    let doc = docs(&about(&item.doc, name, item.deprecated));
    let name = ident(name);
    let all = || item.variants.iter();
    let names: Vec<Ident> = all().map(|variant| ident(&variant.name)).collect();
    let abouts = all().map(|variant| docs(&markdown::span_of(&variant.wire)));
    let texts: Vec<&String> = all().map(|variant| &variant.wire).collect();
    quote! {
        #doc
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#abouts #names,)*
            /// A value that the document does not list. [`as_str`](Self::as_str) returns it.
            Unknown(crate::UnknownValue),
        }

        impl #name {
            /// Returns the value as it is spelled in JSON.
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#names => #texts,)*
                    Self::Unknown(text) => text.as_str(),
                }
            }
        }

        crate::open_enum!(#name { #(#names = #texts),* });
    }
}

/// A union, with a variant for values that match no alternative.
pub fn union(name: &str, union: &Union, types: &Types) -> TokenStream {
    let doc = docs(&about(&union.doc, name, union.deprecated));
    let ident_ = ident(name);
    let all = || union.alternatives.iter();
    let payloads: Vec<TokenStream> = all().map(|known| payload(name, known, types)).collect();
    let names: Vec<Ident> = all().map(|known| ident(&known.name)).collect();
    let abouts = all().map(|known| docs(&or(&known.doc, &alternative(known))));
    let call = match &union.tag {
        None => quote!(crate::union!(#ident_ { #(#names(#payloads)),* });),
        Some(tag) => {
            let tags = all().map(|known| {
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
            /// Any other JSON value, unchanged.
            Other(serde_json::Value),
        }
        #call
    }
}

/// Returns the type that the variant for an alternative holds.
pub fn payload(union: &str, known: &Alternative, types: &Types) -> TokenStream {
    let rust = types.field(union, &known.name);
    // A union may contain itself, and should not be as large as its largest record.
    match known.schema {
        Schema::Named(_) => quote!(Box<#rust>),
        _ => rust,
    }
}

/// The docs of an alternative without a description.
fn alternative(known: &Alternative) -> String {
    match (&known.schema, known.tags.first()) {
        (_, Some(tag)) => format!("With the tag {}.", markdown::span_of(tag)),
        (Schema::Named(name), None) => format!("A [`{name}`]."),
        (Schema::List(_), None) => "A list.".to_owned(),
        (Schema::Map(_), None) => "An object.".to_owned(),
        (Schema::Text, None) => "A string.".to_owned(),
        (Schema::Integer(_) | Schema::Number(_), None) => "A number.".to_owned(),
        (Schema::Boolean, None) => "`true` or `false`.".to_owned(),
        _ => "Another value.".to_owned(),
    }
}

/// Returns the type that the variant for a status holds.
pub fn held(response: &str, success: &Success, types: &Types) -> Option<TokenStream> {
    match &success.content {
        Content::Json(_) => Some(types.field(response, &success.name)),
        Content::Text => Some(quote!(String)),
        Content::Bytes => Some(quote!(Vec<u8>)),
        Content::Empty => None,
    }
}

/// Returns the enum of the responses of an operation, by status.
pub fn response(
    name: &str,
    operation: &Operation,
    successes: &[Success],
    types: &Types,
) -> TokenStream {
    let link = format!("[`{0}`](crate::Client::{0})", operation.name);
    let doc = docs(&format!("The response of {link}, by status."));
    let ident_ = ident(name);
    let variants = successes.iter().map(|success| {
        let status = match success.status.as_str() {
            "default" => "Any other success status".to_owned(),
            status => status.to_owned(),
        };
        let text = markdown::line(&success.doc);
        let doc = docs(&if text.is_empty() {
            format!("{status}.")
        } else {
            format!("{status}: {text}")
        });
        let variant = ident(&success.name);
        let held = held(name, success, types).map(|rust| quote!((#rust)));
        quote!(#doc #variant #held)
    });
    quote! {
        #doc
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        #[allow(clippy::large_enum_variant, reason = "it is matched at once")]
        pub enum #ident_ {
            #(#variants,)*
        }
    }
}
