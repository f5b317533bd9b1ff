//! Reports how a change of an OpenAPI document affects callers, in terms of the generated Rust.
//!
//! ```text
//! cargo run --example spec-diff -- OLD NEW
//! ```
//!
//! Each line is a change, and the last one is the part of the version to raise. The documents are
//! read as in a build: with `FITRANKINGS_SPEC_LENIENT=1`, an operation that is left out counts as
//! missing.
//!
//! The exit status is 0 for `patch`, 1 for `minor`, 2 for `major`, and 3 if the documents could
//! not be compared.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use fitrankings_codegen::{Mode, Report, compare};

const USAGE: &str = "usage: spec-diff OLD NEW, two OpenAPI documents in YAML or JSON";

/// The exit status if the documents could not be compared.
pub const FAILED: u8 = 3;

fn main() -> ExitCode {
    let said = run(std::env::args_os().skip(1)).and_then(|report| {
        // Without the report, the exit status alone would mislead.
        write!(std::io::stdout(), "{report}")
            .map_err(|error| format!("the report cannot be written: {error}"))?;
        Ok(report.verdict())
    });
    match said {
        Ok(verdict) => verdict.status().into(),
        Err(problem) => {
            // A failure to write to stderr cannot be reported.
            let _ = writeln!(std::io::stderr(), "{problem}");
            FAILED.into()
        }
    }
}

/// Compares the two documents named by the arguments.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<Report, String> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let [old, new] = arguments.as_slice() else {
        return Err(USAGE.to_owned());
    };
    let mode = Mode::from_env().map_err(|problem| problem.to_string())?;
    compare(Path::new(old), Path::new(new), mode).map_err(|problems| problems.to_string())
}
