//! Generates the Rust source of the FitRankings client from an OpenAPI 3.0 document.
//!
//! The client's `build.rs` runs a [`BuildScript`]. [`generate`] returns the source to any other program.
//! [`compare`] reports how a change of the document affects callers. All of them fail with
//! [`Diagnostics`]: all faults of a document, each with its file, line, JSON pointer and remedy.
//!
//! # Stages
//!
//! A document passes through these folders, and no file imports one of a later stage.
//!
//! | stage | from | to |
//! |---|---|---|
//! | `document` | files in YAML or JSON | raw values with their lines, all files joined into one |
//! | `validate` | raw values | the same, checked against OpenAPI's objects and repaired |
//! | `schema`, `extensions` | schemas, `x-` keys | the few forms of the model |
//! | `read` | operations, by way of `openapiv3` | the model |
//! | `model` | | the contents of a document, independent of OpenAPI |
//! | `write` | the model, by way of `typify` | Rust |
//! | `compare` | the models of two documents | what the change does to callers |
//!
//! Below all of them is `text`: messages, names, JSON pointers, media types. Above them, `lenient`
//! rereads a document without the operations that have faults, `generate` runs all stages, and
//! `build_script` runs them for cargo. `compare` shows types as `write` generates them, and reads
//! documents by way of `generate`.

mod build_script;
mod compare;
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
pub use compare::{Report, Verdict, compare, compare_from};
pub use generate::{Generated, Mode, generate, generate_from, value};
pub use text::{Diagnostic, Diagnostics};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
