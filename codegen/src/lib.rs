//! Generates the Rust source of the FitRankings client from an OpenAPI 3.0 document.

mod build_script;
mod document;
mod extensions;
mod generate;
mod lenient;
mod model;
mod public_signatures;
mod read;
mod schema;
mod text;
mod validate;
mod write;

pub use build_script::{BuildScript, Environment};
pub use generate::{Generated, Mode, generate, generate_from, value};
pub use text::{Diagnostic, Diagnostics};
