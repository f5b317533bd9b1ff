//! The Rust type of every schema, by way of `typify`.
//!
//! `typify` decides what a schema becomes: what is optional, what a list or a map, what has to be
//! boxed to end a recursion. It sees numbered records and fields in place of the names, which it
//! would change. What a struct looks like around its types is written in `write`.

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::{Span, TokenStream};
use quote::quote;
use schemars::schema::{Schema as JsonSchema, SchemaObject};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use syn::visit_mut::{self, VisitMut};
use typify::{TypeDetails, TypeId, TypeSpace, TypeSpaceSettings};

use crate::model::{Api, Content, Operation, Record, Response, Schema};
use crate::text::reserved_names::REST;

/// Begins the format of a text that stands for a Rust type.
const CONVERSION: &str = "rust:";

/// Paths that everybody knows by their last part.
const PRELUDE: [&str; 4] = [
    "std::option::Option",
    "std::vec::Vec",
    "std::string::String",
    "std::boxed::Box",
];

/// The types of a model's schemas.
pub struct Types {
    outside: HashMap<Schema, TokenStream>,
    fields: HashMap<(String, String), TokenStream>,
}

impl Types {
    /// Works the types out; the message of an error is `typify`'s.
    pub fn new(api: &Api) -> Result<Self, String> {
        // Its panics are errors of a document to us, whatever they are to it.
        catch_unwind(AssertUnwindSafe(|| Space::new(api)?.types(api))).unwrap_or_else(|panic| {
            let message = panic.downcast_ref::<String>().map(String::as_str);
            let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
            Err(message.unwrap_or("it gave no reason").to_owned())
        })
    }

    /// The type of a parameter, a body or a response, as the request builders name it.
    pub fn of(&self, schema: &Schema) -> TokenStream {
        let known = self.outside.get(schema).cloned();
        known.unwrap_or_else(|| quote!(serde_json::Value))
    }

    /// The type of a record's field or of what a variant holds, as the record or the enum names it.
    pub fn field(&self, record: &str, field: &str) -> TokenStream {
        let key = (record.to_owned(), field.to_owned());
        let known = self.fields.get(&key).cloned();
        known.unwrap_or_else(|| quote!(serde_json::Value))
    }
}

/// Every schema outside of a record.
fn outside(api: &Api) -> impl Iterator<Item = &Schema> {
    api.operations.iter().flat_map(Operation::schemas)
}

/// The types that `typify` has no part in.
fn opaque(api: &Api) -> impl Iterator<Item = &String> {
    api.enums.keys().chain(api.unions.keys())
}

/// The schemas in enums and in the rests of records, by the names of type and variant or field.
fn held(api: &Api) -> impl Iterator<Item = (&String, &str, &Schema)> {
    let rests = api.records.iter();
    let rests = rests.filter_map(|(owner, record)| Some((owner, REST, record.rest.as_ref()?)));
    let unions = api.unions.iter().flat_map(|(owner, union)| {
        let alternatives = union.alternatives.iter();
        alternatives.map(move |known| (owner, known.name.as_str(), &known.schema))
    });
    let by_status = api.operations.iter().flat_map(|operation| {
        let (owner, successes) = match &operation.response {
            Response::ByStatus(name, successes) => (Some(name), successes.as_slice()),
            _ => (None, [].as_slice()),
        };
        successes
            .iter()
            .filter_map(move |success| match &success.content {
                Content::Json(schema) => Some((owner?, success.name.as_str(), schema)),
                _ => None,
            })
    });
    rests.chain(unions).chain(by_status)
}

/// `typify`'s types, with the numbers that it knows our names by.
struct Space<'a> {
    types: TypeSpace,
    numbers: HashMap<&'a str, String>,
    names: HashMap<String, &'a str>,
}

impl<'a> Space<'a> {
    fn new(api: &'a Api) -> Result<Self, String> {
        let names: HashMap<String, &str> = api
            .records
            .keys()
            .chain(api.enums.keys())
            .chain(api.unions.keys())
            .enumerate()
            .map(|(number, name)| (format!("T{number}"), name.as_str()))
            .collect();
        let numbers = names
            .iter()
            .map(|(number, name)| (*name, number.clone()))
            .collect();
        let mut space = Self {
            types: TypeSpace::default(),
            numbers,
            names,
        };
        space.types = TypeSpace::new(&space.settings(api)?);
        let records = api
            .records
            .iter()
            .map(|(name, record)| (space.number(name), space.definition(record)));
        // What stands for them is written elsewhere: see the settings.
        let enums = opaque(api).map(|name| (space.number(name), json!({"type": "string"})));
        let definitions: Vec<(String, JsonSchema)> = records
            .chain(enums)
            .map(|(number, schema)| Ok((number, parse(schema)?)))
            .collect::<Result<_, String>>()?;
        space
            .types
            .add_ref_types(definitions)
            .map_err(|error| error.to_string())?;
        Ok(space)
    }

    fn settings(&self, api: &Api) -> Result<TypeSpaceSettings, String> {
        let mut settings = TypeSpaceSettings::default();
        settings.with_map_type("::std::collections::BTreeMap");
        let fields = api.records.values().flat_map(|record| &record.fields);
        let inside = fields.map(|field| &field.schema);
        let held = held(api).map(|(_, _, schema)| schema);
        let schemas = outside(api).chain(inside).chain(held);
        let conversions: BTreeSet<&str> = schemas
            .flat_map(Schema::parts)
            .filter_map(|part| match part {
                Schema::Rust(rust) => Some(rust.as_str()),
                _ => None,
            })
            .collect();
        for rust in conversions {
            let schema: SchemaObject = parse(conversion(rust))?;
            settings.with_conversion(schema, rust, std::iter::empty());
        }
        for name in opaque(api) {
            let number = self.number(name);
            settings.with_replacement(&number, &number, std::iter::empty());
        }
        Ok(settings)
    }

    fn types(mut self, api: &Api) -> Result<Types, String> {
        let mut types = Types {
            outside: HashMap::new(),
            fields: HashMap::new(),
        };
        for schema in outside(api) {
            if !types.outside.contains_key(schema) {
                let id = self.id(schema)?;
                types.outside.insert(schema.clone(), self.ty(&id, true)?);
            }
        }
        for (name, record) in &api.records {
            let id = self.id(&Schema::Named(name.clone()))?;
            let fields = self.fields(&id)?;
            if fields.len() != record.fields.len() {
                return Err(format!("{name} has lost fields"));
            }
            for (field, id) in record.fields.iter().zip(fields) {
                let key = (name.clone(), field.name.clone());
                types.fields.insert(key, self.ty(&id, false)?);
            }
        }
        for (owner, name, schema) in held(api) {
            let id = self.id(schema)?;
            let key = (owner.clone(), name.to_owned());
            types.fields.insert(key, self.ty(&id, false)?);
        }
        Ok(types)
    }

    fn id(&mut self, schema: &Schema) -> Result<TypeId, String> {
        let schema = parse(self.json(schema))?;
        self.types
            .add_type(&schema)
            .map_err(|error| error.to_string())
    }

    /// The types of a record's fields, as they are numbered.
    fn fields(&self, id: &TypeId) -> Result<Vec<TypeId>, String> {
        let record = self.types.get_type(id).map_err(|error| error.to_string())?;
        let TypeDetails::Struct(record) = record.details() else {
            return Err(format!("{} became no struct", record.name()));
        };
        let number = |name: &str| name.strip_prefix('f')?.parse::<usize>().ok();
        let mut fields: Vec<(Option<usize>, TypeId)> = record
            .properties()
            .map(|(name, id)| (number(name), id))
            .collect();
        fields.sort_by_key(|(number, _)| *number);
        Ok(fields.into_iter().map(|(_, id)| id).collect())
    }

    fn ty(&self, id: &TypeId, outside: bool) -> Result<TokenStream, String> {
        let ty = self.types.get_type(id).map_err(|error| error.to_string())?;
        let mut ty = syn::parse2(ty.ident()).map_err(|error| error.to_string())?;
        let names = &self.names;
        Short { names, outside }.visit_type_mut(&mut ty);
        Ok(quote!(#ty))
    }

    fn number(&self, name: &str) -> String {
        self.numbers.get(name).cloned().unwrap_or_default()
    }

    /// A record, its fields numbered as they stand.
    fn definition(&self, record: &Record) -> Value {
        let fields = || record.fields.iter().enumerate();
        let properties: Map<String, Value> = fields()
            .map(|(number, field)| (format!("f{number}"), self.json(&field.schema)))
            .collect();
        let required: Vec<String> = fields()
            .filter(|(_, field)| field.required)
            .map(|(number, _)| format!("f{number}"))
            .collect();
        json!({"type": "object", "properties": properties, "required": required})
    }

    /// A schema as `typify` takes it.
    fn json(&self, schema: &Schema) -> Value {
        match schema {
            Schema::Any => json!({}),
            Schema::Boolean => json!({"type": "boolean"}),
            Schema::Integer("i32") => json!({"type": "integer", "format": "int32"}),
            Schema::Integer("u64") => json!({"type": "integer", "format": "uint64"}),
            Schema::Integer(_) => json!({"type": "integer", "format": "int64"}),
            Schema::Number("f32") => json!({"type": "number", "format": "float"}),
            Schema::Number(_) => json!({"type": "number", "format": "double"}),
            Schema::Text => json!({"type": "string"}),
            Schema::Rust(rust) => conversion(rust),
            Schema::Named(name) => json!({"$ref": format!("#/definitions/{}", self.number(name))}),
            Schema::List(items) => json!({"type": "array", "items": self.json(items)}),
            Schema::Map(values) if **values == Schema::Any => json!({"type": "object"}),
            Schema::Map(values) => {
                json!({"type": "object", "additionalProperties": self.json(values)})
            }
            Schema::Nullable(inner) => json!({"oneOf": [self.json(inner), {"type": "null"}]}),
        }
    }
}

/// A schema that `typify` makes this Rust type of.
fn conversion(rust: &str) -> Value {
    json!({"type": "string", "format": format!("{CONVERSION}{rust}")})
}

fn parse<T: DeserializeOwned>(schema: Value) -> Result<T, String> {
    serde_json::from_value(schema).map_err(|error| error.to_string())
}

/// Writes types as a person would: our names in place of numbers, what the prelude has by its last
/// part alone, and no colons in front.
struct Short<'a> {
    names: &'a HashMap<String, &'a str>,
    /// Outside of the module of types, they are named with it.
    outside: bool,
}

impl VisitMut for Short<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        visit_mut::visit_path_mut(self, path);
        path.leading_colon = None;
        let segments: Vec<String> = path
            .segments
            .iter()
            .map(|part| part.ident.to_string())
            .collect();
        let ident = |name: &str| syn::Ident::new(name, Span::call_site());
        if PRELUDE.contains(&segments.join("::").as_str()) {
            let last = path.segments.iter().next_back().cloned();
            path.segments = last.into_iter().collect();
            swap(path);
        } else if let [number] = segments.as_slice()
            && let Some(name) = self.names.get(number)
        {
            let types = self.outside.then(|| ident("types"));
            path.segments = types
                .into_iter()
                .chain([ident(name)])
                .map(syn::PathSegment::from)
                .collect();
        }
    }
}

/// `Box<Option<T>>`, as `typify` ends a recursion, is `Option<Box<T>>` to everybody else.
fn swap(path: &mut syn::Path) {
    let outer = path.segments.first_mut();
    let Some((outer, inner)) =
        outer.and_then(|outer| Some((&mut outer.ident, only(&mut outer.arguments)?)))
    else {
        return;
    };
    let inner = inner
        .path
        .segments
        .first_mut()
        .map(|inner| &mut inner.ident);
    if let Some(inner) = inner.filter(|inner| *outer == "Box" && **inner == "Option") {
        std::mem::swap(outer, inner);
    }
}

/// The one type between the angle brackets, if it is a path.
fn only(arguments: &mut syn::PathArguments) -> Option<&mut syn::TypePath> {
    match arguments {
        syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first_mut()? {
            syn::GenericArgument::Type(syn::Type::Path(path)) => Some(path),
            _ => None,
        },
        _ => None,
    }
}
