//! The document as raw values: its text, its files, and where its references lead.

pub mod bundle;
mod findings;
mod json;
pub mod openapi_objects;
pub mod references;
mod source;
mod value_builder;
mod yaml;

pub use self::findings::Findings;
pub use self::source::Source;
