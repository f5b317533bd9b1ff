//! The generator: an OpenAPI document in, Rust source out.
//!
//! ```text
//! source  text → values with their lines, by way of `yaml` or `json`, and `builder`
//! files   files beside it, joined to it
//! shape   is every key one that `openapi` has, with a value of the right kind, every `$ref` too?
//! read    operations, by way of `openapiv3`: `parameters`, `content`, `access`  ─┐
//! schema  schemas: `kinds`, `object`, `union`, down to a few plain forms        ─┴→ model
//! types   model → Rust types, by way of `typify`
//! write   model and types → tokens
//! layout  tokens → text
//! lenient the same again and again, without what is in the way
//! script  what build.rs does with all this, and tells cargo
//! compare what a change from one document to another does to callers
//! ```

mod access;
mod builder;
mod compare;
mod content;
mod doc;
mod fields;
mod files;

mod json;
mod kinds;
mod layout;
mod lenient;
mod model;
mod names;
mod object;
mod one_line;
mod openapi;

mod paging;
mod parameters;
mod path;
mod place;
mod problem;
mod read;
mod refs;
mod schema;
pub mod script;
mod sent;
mod shape;
mod signature;
mod source;
mod types;
mod union;
mod values;
mod write;
mod yaml;

use std::path::{Path, PathBuf};

pub use compare::{Report, Verdict};
use lenient::LeftOut;
use model::Api;
use one_line::one_line;
use problem::Problem;
pub use problem::Problems;
use source::Source;

/// What the generator makes of a document.
pub struct Generated {
    /// Rust source, formatted.
    pub code: String,
    /// The methods of the client, in the order of the document.
    pub operations: Vec<String>,
    /// What callers see, for code by hand that is written for a part of it.
    pub signatures: Vec<String>,
    /// Operations that could not be generated, each in a line that says where and why; there are
    /// none unless the generator was to be lenient.
    pub left_out: Vec<String>,
    /// Every file that it was made of.
    pub files: Vec<PathBuf>,
}

/// What becomes of operations that cannot be generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// They are told of, and nothing is generated.
    Strict,
    /// They are left out, and told of.
    Lenient,
}

impl Mode {
    /// As `FITRANKINGS_SPEC_LENIENT` has it: lenient where it is `1`.
    pub fn from_env() -> Self {
        match std::env::var_os(LENIENT).is_some_and(|value| value == "1") {
            true => Self::Lenient,
            false => Self::Strict,
        }
    }
}

/// The variable that makes the generator lenient.
pub const LENIENT: &str = "FITRANKINGS_SPEC_LENIENT";

/// Generates the client for the document at `path`, or tells everything that is in the way.
pub fn generate(path: &Path, mode: Mode) -> Result<Generated, Problems> {
    with_room(path, || from_source(Source::read(path)?, mode))
}

/// The same for a text, as if it stood at `path`.
pub fn generate_from(path: &Path, text: &str, mode: Mode) -> Result<Generated, Problems> {
    let mut source = Source::parse(path, text)?;
    files::gather(&mut source);
    with_room(path, || from_source(source, mode))
}

/// Compares two documents, or tells everything that is in the way of reading them.
///
/// Each change is a line in terms of the Rust that is generated; the verdict of the [`Report`] says
/// which part of the version it raises. In the lenient mode, an operation that is left out counts as
/// one that is not there.
pub fn compare(old: &Path, new: &Path, mode: Mode) -> Result<Report, Problems> {
    with_room(new, || {
        let read = |path| read_model(&Source::read(path)?, mode);
        compare_models(old, [read(old), read(new)])
    })
}

/// Compares two texts, as if each stood at its path.
pub fn compare_from([old, new]: [(&Path, &str); 2], mode: Mode) -> Result<Report, Problems> {
    with_room(new.0, || {
        let read = |(path, text)| {
            let mut source = Source::parse(path, text)?;
            files::gather(&mut source);
            read_model(&source, mode)
        };
        compare_models(old.0, [read(old), read(new)])
    })
}

fn compare_models(path: &Path, models: [Result<Api, Problems>; 2]) -> Result<Report, Problems> {
    match models {
        [Ok(old), Ok(new)] => {
            compare::models(old, new).map_err(|message| unwritten(Problem::new(path, "", message)))
        }
        // What is wrong with both documents is told at once.
        models => {
            let problems = models.into_iter().filter_map(Result::err);
            let each = problems.flat_map(|problems| problems.iter().cloned().collect::<Vec<_>>());
            Err(each.collect())
        }
    }
}

/// The values of a text, whatever they say.
pub fn value(path: &Path, text: &str) -> Result<serde_json::Value, Problems> {
    Ok(Source::parse(path, text)?.root)
}

/// Schemas may be nested in one another as deep as is permitted, and every level takes some stack,
/// the more so where nothing is optimized.
fn with_room<T: Send>(
    path: &Path,
    work: impl FnOnce() -> Result<T, Problems> + Send,
) -> Result<T, Problems> {
    const ROOM: usize = 256 * 1024 * 1024;
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(ROOM);
        match thread.spawn_scoped(scope, work).map(|thread| thread.join()) {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => {
                let found = format!("the system gives the generator no thread: {error}");
                Err(Problem::new(path, "", found).remedy("try again").into())
            }
        }
    })
}

fn from_source(source: Source, mode: Mode) -> Result<Generated, Problems> {
    let api = read_model(&source, mode)?;
    let (code, signatures) = code(&source, &api)?;
    Ok(Generated {
        code,
        signatures,
        operations: api
            .operations
            .into_iter()
            .map(|operation| operation.name)
            .collect(),
        left_out: api.left_out,
        files: source.files().map(Path::to_owned).collect(),
    })
}

fn read_model(source: &Source, mode: Mode) -> Result<Api, Problems> {
    let (mut api, left_out) = match mode {
        Mode::Strict => (read::read(&mut source.clone())?, Vec::new()),
        Mode::Lenient => lenient::read(source)?,
    };
    api.left_out = left_out.iter().map(LeftOut::to_string).collect();
    Ok(api)
}

fn unwritten(problem: Problem) -> Problems {
    let remedy = "this is a fault of the generator; please report it with the document";
    problem.remedy(remedy).into()
}

fn code(source: &Source, api: &Api) -> Result<(String, Vec<String>), Problems> {
    let failed = |stage: &str, message: String| {
        unwritten(source.problem("", format!("{stage} could not be written: {message}")))
    };
    let types = types::Types::new(api).map_err(|message| failed("types", message))?;
    let tokens = write::file(api, &types);
    let file = syn::parse2(tokens).map_err(|error| failed("code", error.to_string()))?;
    let name = source.path.file_name().unwrap_or_default();
    let name = one_line(name.to_string_lossy());
    let code = format!(
        "// Generated by build.rs from {name}. Change the document, not this.\n\n{}",
        layout::text(&file),
    );
    Ok((code, signature::all(api, &types)))
}
