//! What the examples share: a client, and their output.

#![allow(dead_code, reason = "each example uses a part of it")]

use std::env;
use std::error::Error;
use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use fitrankings::jiff::civil::Date;
use fitrankings::jiff::{Timestamp, tz::TimeZone};
use fitrankings::sandbox::Sandbox;
use fitrankings::units::{Metres, Number};
use fitrankings::{AnyToken, Client, UserToken};

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

/// A client with the token of the environment, or one of the sandbox's first user where no token is
/// set. The sandbox runs until it is dropped.
pub fn client() -> Result<(Client<AnyToken>, Option<Sandbox>), Box<dyn Error>> {
    if has_token() {
        return Ok((Client::from_env()?, None));
    }
    note("No token is set, so this runs against the sandbox.");
    let sandbox = Sandbox::start()?;
    let users = sandbox.user_ids();
    let token = users.first().and_then(|user| sandbox.user_token(*user));
    let token = UserToken::new(token.ok_or("the sandbox has no users")?)?;
    let builder = Client::builder().base_url(sandbox.base_url());
    Ok((builder.build(token.into())?, Some(sandbox)))
}

/// Whether the environment holds something that `Client::from_env` makes a client of.
fn has_token() -> bool {
    [
        "FITRANKINGS_MASTER_TOKEN",
        "FITRANKINGS_USER_TOKEN",
        "FITRANKINGS_CLIENT_ID",
    ]
    .iter()
    .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
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
