//! Schemas: from JSON Schema as OpenAPI 3.0 has it, down to the few forms of the model.

pub mod all_of;
pub mod description;
mod formats;
pub mod inline_names;
mod literals;
mod one_of;
pub mod reader;
pub mod registry;
pub mod schema_kind;
