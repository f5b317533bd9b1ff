//! The Rust type of every schema, by way of `typify`.
//!
//! `typify` decides what a schema becomes: what is optional, what a list or a map, what has to be
//! boxed to end a recursion. What a struct looks like around its types is written in `write`.

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::TokenStream;
use quote::quote;
use schemars::schema::SchemaObject;
use serde_json::{Map, Value, json};
use syn::visit_mut::{self, VisitMut};
use typify::{TypeSpace, TypeSpaceSettings};

use super::model::{Answer, Api, Record, Schema};

/// What the format of a text begins with that stands for the Rust type behind it.
pub const CONVERSION: &str = "rust:";

/// The field of a record that takes the keys which the document does not name.
pub const REST: &str = "rest";

/// Paths that everybody knows by their last part.
const PRELUDE: [&str; 4] = [
    "::std::option::Option",
    "::std::vec::Vec",
    "::std::string::String",
    "::std::boxed::Box",
];

/// The types of a model's schemas.
pub struct Types {
    rust: HashMap<String, syn::Type>,
    fields: HashMap<(String, String), syn::Type>,
}

impl Types {
    /// Works the types out; the message of an error is `typify`'s.
    pub fn new(api: &Api) -> Result<Self, String> {
        // Its panics are errors of a document to us, whatever they are to it.
        catch_unwind(AssertUnwindSafe(|| Self::resolve(api))).unwrap_or_else(|panic| {
            let message = panic.downcast_ref::<String>().map(String::as_str);
            let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
            Err(message.unwrap_or("it gave no reason").to_owned())
        })
    }

    fn resolve(api: &Api) -> Result<Self, String> {
        let mut space = TypeSpace::new(&settings(api)?);
        let records = api
            .records
            .iter()
            .map(|(name, record)| (name.clone(), definition(record)));
        let enums = api
            .enums
            .keys()
            .map(|name| (name.clone(), json!({"type": "string"})));
        let definitions: Vec<_> = records
            .chain(enums)
            .map(|(name, schema)| Ok((name, parse(schema)?)))
            .collect::<Result<_, String>>()?;
        space
            .add_ref_types(definitions)
            .map_err(|error| error.to_string())?;
        let mut short = Short::new(api);
        let mut rust = HashMap::new();
        for Schema(schema) in schemas(api) {
            let ident = ident(&mut space, schema)?;
            rust.insert(schema.to_string(), short.ty(ident, true)?);
        }
        let mut fields = fields(space.to_stream(), &mut short)?;
        for (name, record) in &api.records {
            if let Some(Schema(rest)) = &record.rest {
                let ident = ident(&mut space, rest)?;
                fields.insert((name.clone(), REST.to_owned()), short.ty(ident, false)?);
            }
        }
        Ok(Self { rust, fields })
    }

    /// The type of a parameter, a body or an answer, as the request builders name it.
    pub fn of(&self, schema: &Schema) -> TokenStream {
        match self.rust.get(&schema.0.to_string()) {
            Some(ty) => quote!(#ty),
            None => quote!(::serde_json::Value),
        }
    }

    /// The type of a record's field, as the record names it.
    pub fn field(&self, record: &str, field: &str) -> TokenStream {
        match self.fields.get(&(record.to_owned(), field.to_owned())) {
            Some(ty) => quote!(#ty),
            None => quote!(::serde_json::Value),
        }
    }
}

/// Every schema outside of a record.
fn schemas(api: &Api) -> impl Iterator<Item = &Schema> {
    api.operations.iter().flat_map(|operation| {
        let parameters = operation
            .parameters
            .iter()
            .map(|parameter| &parameter.schema);
        let body = operation.body.iter().map(|body| &body.schema);
        let answer = match &operation.answer {
            Answer::Json(schema) => Some(schema),
            Answer::Empty => None,
        };
        parameters.chain(body).chain(answer)
    })
}

fn ident(space: &mut TypeSpace, schema: &Value) -> Result<TokenStream, String> {
    let id = space
        .add_type(&parse(schema.clone())?)
        .map_err(|error| error.to_string())?;
    Ok(space
        .get_type(&id)
        .map_err(|error| error.to_string())?
        .ident())
}

fn settings(api: &Api) -> Result<TypeSpaceSettings, String> {
    let mut settings = TypeSpaceSettings::default();
    settings.with_map_type("::std::collections::BTreeMap");
    let mut conversions = BTreeSet::new();
    let fields = api.records.values().flat_map(|record| &record.fields);
    let rests = api
        .records
        .values()
        .filter_map(|record| record.rest.as_ref());
    for Schema(schema) in schemas(api)
        .chain(fields.map(|field| &field.schema))
        .chain(rests)
    {
        collect(schema, &mut conversions);
    }
    for format in conversions {
        let schema: SchemaObject = from(json!({"type": "string", "format": format}))?;
        let rust = format.trim_start_matches(CONVERSION).to_owned();
        settings.with_conversion(schema, rust, std::iter::empty());
    }
    for name in api.enums.keys() {
        settings.with_replacement(name, name, std::iter::empty());
    }
    Ok(settings)
}

fn collect(schema: &Value, conversions: &mut BTreeSet<String>) {
    match schema {
        Value::String(text) if text.starts_with(CONVERSION) => {
            conversions.insert(text.clone());
        }
        Value::Object(members) => members
            .values()
            .for_each(|value| collect(value, conversions)),
        Value::Array(items) => items.iter().for_each(|value| collect(value, conversions)),
        _ => {}
    }
}

/// A record with its fields under their Rust names, which `typify` then leaves as they are.
fn definition(record: &Record) -> Value {
    let properties: Map<String, Value> = record
        .fields
        .iter()
        .map(|field| (field.name.clone(), field.schema.0.clone()))
        .collect();
    let required: Vec<&str> = record
        .fields
        .iter()
        .filter(|field| field.required)
        .map(|field| field.name.as_str())
        .collect();
    json!({"type": "object", "properties": properties, "required": required})
}

fn parse(schema: Value) -> Result<schemars::schema::Schema, String> {
    from(schema)
}

fn from<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

/// The fields of the structs that `typify` wrote.
fn fields(
    stream: TokenStream,
    short: &mut Short,
) -> Result<HashMap<(String, String), syn::Type>, String> {
    let file: syn::File = syn::parse2(stream).map_err(|error| error.to_string())?;
    let mut fields = HashMap::new();
    for item in file.items {
        let syn::Item::Struct(item) = item else {
            continue;
        };
        for field in item.fields {
            let Some(ident) = &field.ident else { continue };
            let name = ident.to_string();
            let ty = field.ty;
            fields.insert(
                (item.ident.to_string(), name),
                short.ty(quote!(#ty), false)?,
            );
        }
    }
    Ok(fields)
}

/// Writes types as a person would: what the prelude has by its name alone.
struct Short {
    names: BTreeSet<String>,
    taken: BTreeSet<String>,
    outside: bool,
}

impl Short {
    fn new(api: &Api) -> Self {
        let names: BTreeSet<String> = api
            .records
            .keys()
            .chain(api.enums.keys())
            .cloned()
            .collect();
        let builders = api
            .operations
            .iter()
            .map(|operation| operation.type_name.clone());
        Self {
            taken: names.iter().cloned().chain(builders).collect(),
            names,
            outside: false,
        }
    }

    /// `outside` of the module of types, they are named with it.
    fn ty(&mut self, tokens: TokenStream, outside: bool) -> Result<syn::Type, String> {
        self.outside = outside;
        let mut ty: syn::Type = syn::parse2(tokens).map_err(|error| error.to_string())?;
        self.visit_type_mut(&mut ty);
        Ok(ty)
    }
}

impl VisitMut for Short {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        visit_mut::visit_path_mut(self, path);
        let segments: Vec<String> = path
            .segments
            .iter()
            .map(|part| part.ident.to_string())
            .collect();
        let Some(last) = segments.last() else { return };
        let full = format!("::{}", segments.join("::"));
        if path.leading_colon.is_some()
            && PRELUDE.contains(&full.as_str())
            && !self.taken.contains(last)
        {
            path.leading_colon = None;
            path.segments = path
                .segments
                .iter()
                .next_back()
                .cloned()
                .into_iter()
                .collect();
        } else if self.outside
            && segments.len() == 1
            && self.names.contains(last)
            && path.leading_colon.is_none()
        {
            path.segments.insert(
                0,
                syn::PathSegment::from(syn::Ident::new("types", proc_macro2::Span::call_site())),
            );
        }
    }
}
