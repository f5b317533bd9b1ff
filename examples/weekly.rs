//! Prints a user's kilometres in each week of a year.
//!
//! ```text
//! cargo run --example weekly -- 2017
//! ```
//!
//! The token comes from the environment variables that `Client::from_env` documents. If none is
//! set, the example runs against the sandbox. The service does not document whose summary it sends
//! for the master token.

mod common;

use std::env;
use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use common::kilometres;
use fitrankings::{AnyToken, Client, Period};

fn main() -> ExitCode {
    common::run("weekly", print)
}

fn print(out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let year = match env::args().nth(1) {
        Some(year) => year.parse().map_err(|_| format!("{year} is not a year"))?,
        None => 2017,
    };
    // The sandbox runs as long as this variable lives.
    let (client, _sandbox) = common::user_client()?;
    weeks(out, &client, year)
}

fn weeks(out: &mut dyn Write, client: &Client<AnyToken>, year: i16) -> Result<(), Box<dyn Error>> {
    // Without this check, the loop would treat the error of an invalid year as the end of the year.
    Period::year(year)?;
    writeln!(out, "{:<8}  {:>11}", "week", "distance km")?;
    for week in 1..=53 {
        // Most years have 52 weeks, so week 53 is an error.
        let Ok(period) = Period::week(year, week) else {
            break;
        };
        let summary = client.get_user_stat_summary().period(period).call()?;
        let distance = kilometres(summary.distance);
        writeln!(out, "{year}-W{week:02}  {distance:>11}")?;
    }
    Ok(())
}
