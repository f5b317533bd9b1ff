//! `spec-diff OLD NEW`: what it says, and its exit status.

use std::ffi::OsString;
use std::path::Path;

use super::report::Report;
use super::surface::Surface;
use fitrankings_codegen::{self as generator, Mode};

/// What the command has to say of its own use.
const USAGE: &str = "usage: spec-diff OLD NEW, two OpenAPI documents in YAML or JSON";

/// The exit status where the documents could not be compared.
pub const FAILED: u8 = 3;

/// Compares the documents that the arguments name, or tells why that cannot be.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<Report, String> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let [old, new] = arguments.as_slice() else {
        return Err(USAGE.to_owned());
    };
    match [code(Path::new(old)), code(Path::new(new))] {
        [Ok(old), Ok(new)] => compare(&old, &new),
        // What is wrong with both is told at once.
        [old, new] => {
            let problems: Vec<String> = [old, new].into_iter().filter_map(Result::err).collect();
            Err(problems.join("\n"))
        }
    }
}

/// Compares what the generator wrote for two documents.
pub fn compare(old: &str, new: &str) -> Result<Report, String> {
    let read = |which: &str, code: &str| {
        let unread = |error| format!("the code of the {which} document cannot be read: {error}");
        Surface::read(code).map_err(unread)
    };
    Ok(read("old", old)?.compare(read("new", new)?))
}

fn code(path: &Path) -> Result<String, String> {
    // As the build would read it.
    let mode = Mode::from_env().map_err(|problem| problem.to_string())?;
    let generated = generator::generate(path, mode).map_err(|problems| problems.to_string())?;
    Ok(generated.server + &generated.code)
}
