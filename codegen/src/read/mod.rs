//! Operations: from the checked document to the model, by way of `openapiv3`.

mod content;
mod context;
mod direction;
mod form_fields;
pub mod operations;
mod parameters;
mod path;
mod security;
