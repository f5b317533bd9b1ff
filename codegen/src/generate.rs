//! From a document to the source of a client.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::document::{Source, bundle};
use crate::lenient;
use crate::model::Api;
use crate::public_signatures;
use crate::read::operations as reader;
use crate::text::{Diagnostic, Diagnostics, one_line};
use crate::write;
use crate::write::format;
use crate::write::rust_types::Types;

/// The code that is generated from a document.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Generated {
    /// The Rust source of the client, formatted.
    pub code: String,
    /// The Rust source of the constant `SERVER`: the first server of the document.
    pub server: String,
    /// The methods of the client, in the order of the document.
    pub operations: Vec<String>,
    /// The signature of each operation, constructor and field, a line each. Handwritten code that
    /// depends on some of them can check for them.
    pub signatures: Vec<String>,
    /// Operations that could not be generated, each in a line with its place and the reason. Empty
    /// in [`Mode::Strict`].
    pub left_out: Vec<String>,
    /// Every file that was read.
    pub files: Vec<PathBuf>,
}

/// How operations that cannot be generated are treated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// They are errors, and nothing is generated.
    #[default]
    Strict,
    /// They are left out and listed, and the rest is generated.
    Lenient,
}

/// The variable that makes the generator lenient.
pub const LENIENT: &str = "FITRANKINGS_SPEC_LENIENT";

impl Mode {
    /// Reads `FITRANKINGS_SPEC_LENIENT`, as a build script does.
    ///
    /// # Errors
    ///
    /// The same as those of [`from_setting`](Self::from_setting).
    pub fn from_env() -> Result<Self, Diagnostic> {
        Self::from_setting(std::env::var_os(LENIENT).as_deref())
    }

    /// Returns the mode for a value of `FITRANKINGS_SPEC_LENIENT`: lenient for `1`, strict for `0`,
    /// an empty value or none.
    ///
    /// # Errors
    ///
    /// Fails for any other value.
    pub fn from_setting(value: Option<&OsStr>) -> Result<Self, Diagnostic> {
        let value = value.unwrap_or_default().to_string_lossy();
        match value.as_ref() {
            "1" => Ok(Self::Lenient),
            "" | "0" => Ok(Self::Strict),
            other => {
                let found = format!("`{other}` is neither `1` nor `0`");
                let remedy =
                    "set it to 1 to leave out operations that cannot be generated, or unset it";
                Err(Diagnostic::new(Path::new(LENIENT), "", found).remedy(remedy))
            }
        }
    }
}

/// Generates the client for the document at `path`, and the files beside it that it refers to.
///
/// # Errors
///
/// Fails with everything that is wrong with the document. In [`Mode::Lenient`], faults of single
/// operations are no errors.
pub fn generate(path: &Path, mode: Mode) -> Result<Generated, Diagnostics> {
    with_stack(path, || from_source(bundle::read(path)?, mode))
}

/// Generates the client for a text, as if it stood at `path`.
///
/// # Errors
///
/// The same as those of [`generate`].
pub fn generate_from(path: &Path, text: &str, mode: Mode) -> Result<Generated, Diagnostics> {
    with_stack(path, || from_source(bundle::parse(path, text)?, mode))
}

/// Parses a text in YAML or JSON, as the generator does; `path` is for messages.
///
/// # Errors
///
/// Fails if the text is neither.
pub fn value(path: &Path, text: &str) -> Result<serde_json::Value, Diagnostics> {
    Ok(Source::parse(path, text)?.root)
}

/// Runs `work` on a thread with a large stack: reading nested schemas recurses, and unoptimized
/// builds use much stack for each level.
pub fn with_stack<T: Send>(
    path: &Path,
    work: impl FnOnce() -> Result<T, Diagnostics> + Send,
) -> Result<T, Diagnostics> {
    const STACK_SIZE: usize = 256 * 1024 * 1024;
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_SIZE);
        match thread.spawn_scoped(scope, work).map(|thread| thread.join()) {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => {
                let found = format!("the generator cannot start a thread: {error}");
                Err(Diagnostic::new(path, "", found).remedy("try again").into())
            }
        }
    })
}

fn from_source(source: Source, mode: Mode) -> Result<Generated, Diagnostics> {
    let api = read_model(&source, mode)?;
    let types = Types::new(&api).map_err(|message| fault(&source, "types", message))?;
    Ok(Generated {
        code: text(&source, write::file(&api, &types))?,
        server: text(&source, write::server(&api))?,
        signatures: public_signatures::all(&api, &types),
        operations: api.operations.into_iter().map(|it| it.name).collect(),
        left_out: api.left_out,
        files: source.files().map(Path::to_owned).collect(),
    })
}

/// Reads the model of a document in a mode.
pub fn read_model(source: &Source, mode: Mode) -> Result<Api, Diagnostics> {
    match mode {
        Mode::Strict => reader::read(&mut source.clone()),
        Mode::Lenient => lenient::read(source),
    }
}

/// Formats generated code, below a line that names its document.
fn text(source: &Source, tokens: proc_macro2::TokenStream) -> Result<String, Diagnostics> {
    let file = syn::parse2(tokens).map_err(|error| fault(source, "code", error))?;
    let name = source.path.file_name().unwrap_or_default();
    let name = one_line(name.to_string_lossy());
    Ok(format!(
        "// Generated by build.rs from {name}. Change the document, not this file.\n\n{}",
        format::text(&file),
    ))
}

/// Reports a failure that no document may cause.
pub fn fault(source: &Source, stage: &str, message: impl fmt::Display) -> Diagnostics {
    let found = format!("{stage} could not be written: {message}");
    let remedy = "this is a bug in the generator; please report it with the document";
    source.diagnostic("", found).remedy(remedy).into()
}
