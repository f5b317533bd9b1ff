//! Prints twenty activities.
//!
//! This is the shortest example. The token comes from the environment variables that
//! `Client::from_env` documents. To try it without a token, run it against the sandbox:
//!
//! ```text
//! cargo run --example sandbox -- cargo run --example activities
//! ```

mod common;

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use common::{day, kilometres, note, shown};
use fitrankings::Client;

fn main() -> ExitCode {
    common::run("activities", print)
}

fn print(out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let client = Client::from_env()?;
    writeln!(out, "{:<10}  {:>11}", "date", "distance km")?;
    // The order of the list is not documented, so these may not be the newest activities.
    for activity in client.list_activities().items().take(20) {
        match activity {
            Ok(activity) => writeln!(
                out,
                "{:<10}  {:>11}",
                shown(day(activity.action_date)),
                kilometres(activity.distance),
            )?,
            // One record does not decode. The list continues after it.
            Err(error) if error.raw_record().is_some() => note(&format!("skipped: {error}")),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
