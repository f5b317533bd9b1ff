//! Prints a user's kilometres in each week of a year.
//!
//! ```text
//! cargo run --example weekly -- 2017
//! ```
//!
//! It takes the token from the environment, as `Client::from_env` documents, and runs against the
//! sandbox where none is set. With the master token it prints what the service answers to that
//! token, which is not documented.

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
        Some(year) => year.parse().map_err(|_| format!("{year} is no year"))?,
        None => 2017,
    };
    // The sandbox runs as long as this variable lives.
    let (client, _sandbox) = common::user_client()?;
    weeks(out, &client, year)
}

fn weeks(out: &mut dyn Write, client: &Client<AnyToken>, year: i16) -> Result<(), Box<dyn Error>> {
    // An error of the year itself, which the weeks below would take for the end of the year.
    Period::year(year)?;
    writeln!(out, "{:<8}  {:>11}", "week", "distance km")?;
    for week in 1..=53 {
        // Most years have 52 weeks: the 53rd of those is an error, and ends the year.
        let Ok(period) = Period::week(year, week) else {
            break;
        };
        let summary = client.get_user_stat_summary().period(period).call()?;
        let distance = kilometres(summary.distance);
        writeln!(out, "{year}-W{week:02}  {distance:>11}")?;
    }
    Ok(())
}
