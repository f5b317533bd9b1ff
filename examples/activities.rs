//! Prints twenty activities.
//!
//! It takes the token from the environment, as `Client::from_env` documents. To try it without a
//! token, let the sandbox run it:
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
    // The API documents no direction of its order, so these need not be the newest twenty.
    for activity in client.list_activities().items().take(20) {
        match activity {
            Ok(activity) => writeln!(
                out,
                "{:<10}  {:>11}",
                shown(day(activity.action_date)),
                kilometres(activity.distance),
            )?,
            // One record in an undocumented form: the list goes on after it.
            Err(error) if error.raw_record().is_some() => note(&format!("left out: {error}")),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
