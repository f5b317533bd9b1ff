//! Functions that the examples share: clients and output.

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
use fitrankings::{AnyToken, Client, MasterToken, UserToken};

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

/// Runs an example with the locked standard output.
///
/// A closed pipe, such as that of `| head -1`, ends the example successfully. `println!` would
/// panic. Any other error is printed with the name of the example.
pub fn run(name: &str, example: impl FnOnce(&mut dyn Write) -> Result<()>) -> ExitCode {
    match example(&mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_closed_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            note(&format!("{name}: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Prints a line to the standard error. `eprintln!` would panic if that is a closed pipe.
pub fn note(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

fn is_closed_pipe(error: &(dyn Error + 'static)) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

/// Converts a CSV error so that [`run`] recognizes a closed pipe.
pub fn csv_error(error: csv::Error) -> Box<dyn Error> {
    let text = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        _ => text.into(),
    }
}

/// Returns a client with the token from the environment, or with the master token of a sandbox if
/// no token is set. The sandbox stops when dropped.
pub fn client() -> Result<(Client<AnyToken>, Option<Sandbox>)> {
    client_or(|sandbox| Ok(MasterToken::new(sandbox.master_token())?.into()))
}

/// Returns a client with the token from the environment, or with the token of a sandbox's first
/// user if no token is set. The sandbox stops when dropped.
pub fn user_client() -> Result<(Client<AnyToken>, Option<Sandbox>)> {
    client_or(|sandbox| {
        let users = sandbox.user_ids();
        let token = users.first().and_then(|user| sandbox.user_token(*user));
        Ok(UserToken::new(token.ok_or("the sandbox has no users")?)?.into())
    })
}

fn client_or(
    token: impl FnOnce(&Sandbox) -> Result<AnyToken>,
) -> Result<(Client<AnyToken>, Option<Sandbox>)> {
    if CREDENTIALS.into_iter().any(is_set) {
        return Ok((Client::from_env()?, None));
    }
    note("No token is set, so this runs against the sandbox.");
    let sandbox = Sandbox::start()?;
    let builder = Client::builder().base_url(sandbox.base_url());
    Ok((builder.build(token(&sandbox)?)?, Some(sandbox)))
}

/// The environment variables from which `Client::from_env` takes the token.
pub const CREDENTIALS: [&str; 4] = [
    "FITRANKINGS_MASTER_TOKEN",
    "FITRANKINGS_USER_TOKEN",
    "FITRANKINGS_CLIENT_ID",
    "FITRANKINGS_CLIENT_SECRET",
];

/// Returns whether an environment variable is set and not empty.
pub fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// Formats an optional value, with `-` for `None`: `shown(activity.steps)`.
pub fn shown<T: Display>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// Formats a distance in kilometres, without the unit.
pub fn kilometres<N: Number>(distance: Option<Metres<N>>) -> String {
    let kilometres = distance.map(Metres::kilometres);
    shown(kilometres.map(|kilometres| format!("{kilometres:.1}")))
}

/// Returns the day of an instant, in UTC.
pub fn day(instant: Option<Timestamp>) -> Option<Date> {
    Some(instant?.to_zoned_datetime(TimeZone::UTC).date())
}
