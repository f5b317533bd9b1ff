//! Tells in Rust terms what a change of an OpenAPI document does to callers.
//!
//! ```text
//! cargo run --example spec-diff -- OLD NEW
//! ```
//!
//! It generates the client for both documents and compares what callers see of the code, and what
//! the code does for them. Each line is a change, and the last one the part of the version to raise:
//!
//! | the change | for callers | raises |
//! |---|---|---|
//! | gone, called otherwise, or of another type; an argument more | breaking | major |
//! | taken before and refused now: narrower bounds, fewer tokens, a key that has to be there | breaking | major |
//! | new, or refused before and taken now | compatible | minor |
//! | deprecated | compatible | minor |
//! | the same call does something else: where it is sent, under which name, how it is read | compatible | patch |
//! | deprecated no longer | compatible | patch |
//! | words | docs | patch |
//!
//! A wider choice of tokens is compatible for whoever has a client of one kind. Code that is generic
//! over a trait of `access` may have to name another.
//!
//! Both documents are read as the build reads one: with `FITRANKINGS_SPEC_LENIENT=1`, an operation
//! that is left out counts as one that is not there.
//!
//! The exit status is 0 for `patch`, 1 for `minor`, 2 for `major`, and 3 where the documents could
//! not be compared.

mod access;
mod argument;
mod call;
mod command;
mod field;
mod notes;
mod operation;
mod paging;
mod parameter;
mod piece;
mod rename;
mod report;
mod spelling;
mod step;
mod surface;
mod types;
mod variant;
mod words;

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let said = command::run(std::env::args_os().skip(1)).and_then(|report| {
        // What is printed is not heard if nobody listens, and then the status says nothing either.
        write!(std::io::stdout(), "{report}")
            .map_err(|error| format!("the report cannot be written: {error}"))?;
        Ok(report.verdict())
    });
    match said {
        Ok(verdict) => verdict.status().into(),
        Err(problem) => {
            // There is nowhere left to say that this failed.
            let _ = writeln!(std::io::stderr(), "{problem}");
            command::FAILED.into()
        }
    }
}
