//! Generates the Rust source of the FitRankings client from an OpenAPI 3.0 document.
//!
//! The client's `build.rs` runs a [`BuildScript`]. [`generate`] gives the source to any other program.
//! [`compare`] tells what a change of the document does to callers. All of them fail with
//! [`Diagnostics`]: everything that is wrong with a document at once, with files, lines, JSON pointers
//! and remedies.
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
//! | `model` | | what a document says, in plain words |
//! | `write` | the model, by way of `typify` | Rust |
//! | `compare` | the models of two documents | what the change does to callers |
//!
//! Below all of them is `text`: messages, names, JSON pointers, media types. Above them, `lenient`
//! reads a document again and again without the operations that are in the way, `generate` runs the
//! stages down to Rust, and `build_script` runs them for cargo. `compare` takes a few words from `write`,
//! so that it says what is generated, and from `generate` how a document is read.

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
