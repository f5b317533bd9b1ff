//! Writes all activities as CSV, with the same columns for each.
//!
//! ```text
//! cargo run --example csv > activities.csv
//! ```
//!
//! It takes the token from the environment, as `Client::from_env` documents, and runs against the
//! sandbox where none is set.

mod common;

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use common::{csv_error, note};
use fitrankings::{Row, types::Activity};

fn main() -> ExitCode {
    common::run("csv", print)
}

fn print(out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    // The sandbox runs as long as this variable lives.
    let (client, _sandbox) = common::client()?;
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(Activity::columns()).map_err(csv_error)?;
    for activity in client.list_activities().page_size(100).items() {
        match activity {
            Ok(activity) => csv.write_record(activity.cells()?).map_err(csv_error)?,
            // A record in an undocumented form has no row. The list continues after it.
            Err(error) if error.raw_record().is_some() => note(&format!("left out: {error}")),
            Err(error) => return Err(error.into()),
        }
    }
    csv.flush()?;
    Ok(())
}
