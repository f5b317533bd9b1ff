//! The document as raw values: its text, its files, and where its references lead.

pub mod bundle;
pub mod findings;
mod json;
pub mod openapi_objects;
pub mod references;
pub mod source;
mod value_builder;
mod yaml;
