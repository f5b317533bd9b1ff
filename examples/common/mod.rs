//! Output that the examples share.

#![allow(dead_code, reason = "each example uses a part of it")]

use std::error::Error;
use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use fitrankings::jiff::civil::Date;
use fitrankings::jiff::{Timestamp, tz::TimeZone};
use fitrankings::units::{Metres, Number};

/// Runs an example with the locked standard output.
///
/// A closed pipe ends it quietly, so that `| head -1` is no failure: `println!` would panic. Any
/// other error is printed with the name of the example.
pub fn run(
    name: &str,
    example: impl FnOnce(&mut dyn Write) -> Result<(), Box<dyn Error>>,
) -> ExitCode {
    match example(&mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_closed_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            note(&format!("{name}: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Prints a line to the standard error. `eprintln!` would panic where that is a closed pipe.
pub fn note(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

fn is_closed_pipe(error: &(dyn Error + 'static)) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

/// Formats a value that may be missing: `shown(activity.steps)`.
pub fn shown<T: Display>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// Formats a distance as kilometres, without the unit, which is in the heading of the column.
pub fn kilometres<N: Number>(distance: Option<Metres<N>>) -> String {
    let kilometres = distance.map(Metres::kilometres);
    shown(kilometres.map(|kilometres| format!("{kilometres:.1}")))
}

/// The day of an instant, in UTC.
pub fn day(instant: Option<Timestamp>) -> Option<Date> {
    Some(instant?.to_zoned_datetime(TimeZone::UTC).date())
}
