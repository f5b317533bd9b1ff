//! Writes all activities as CSV.
//!
//! ```text
//! cargo run --example csv > activities.csv
//! ```
//!
//! The token comes from the environment variables that `Client::from_env` documents. If none is
//! set, the example runs against the sandbox.

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
            // One record does not decode and gets no row. The list continues after it.
            Err(error) if error.raw_record().is_some() => note(&format!("skipped: {error}")),
            Err(error) => return Err(error.into()),
        }
    }
    csv.flush()?;
    Ok(())
}
