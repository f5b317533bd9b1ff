//! Writes all activities as CSV, with the same columns for each.
//!
//! ```text
//! FITRANKINGS_USER_TOKEN=… cargo run --example csv > activities.csv
//! ```
//!
//! Without a token it runs against the sandbox.

use std::io::{self, ErrorKind};

use fitrankings::sandbox::Sandbox;
use fitrankings::{Client, MasterToken, Row, Token, UserToken, access, types::Activity};

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

fn main() -> Result<()> {
    if let Ok(token) = std::env::var("FITRANKINGS_USER_TOKEN") {
        return write(&Client::new(UserToken::new(token)?));
    }
    let sandbox = Sandbox::builder().activities(200).start()?;
    let token = MasterToken::new(sandbox.master_token())?;
    write(
        &Client::builder()
            .base_url(sandbox.base_url())
            .build(token)?,
    )
}

fn write<T: Token + access::MasterTokenOrUserToken>(client: &Client<T>) -> Result<()> {
    let mut csv = csv::Writer::from_writer(io::stdout());
    csv.write_record(Activity::columns())?;
    for activity in client.list_activities().page_size(100).items() {
        let activity = match activity {
            Ok(activity) => activity,
            // A record of another form has no row; the others still come.
            Err(error) if error.raw_record().is_some() => {
                eprintln!("left out: {error}");
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let written = csv.write_record(activity.cells()?);
        match written.and_then(|()| Ok(csv.flush()?)) {
            // `| head` has seen enough.
            Err(error) if is_closed(&error) => return Ok(()),
            written => written?,
        }
    }
    Ok(())
}

fn is_closed(error: &csv::Error) -> bool {
    matches!(error.kind(), csv::ErrorKind::Io(error) if error.kind() == ErrorKind::BrokenPipe)
}
