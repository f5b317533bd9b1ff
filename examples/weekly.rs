//! Prints a user's kilometres in each week of a year.
//!
//! ```text
//! FITRANKINGS_USER_TOKEN=… cargo run --example weekly -- 2017
//! ```
//!
//! Without a token it runs against the sandbox.

use fitrankings::sandbox::Sandbox;
use fitrankings::{Client, Error, Period, UserToken};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let year = std::env::args()
        .nth(1)
        .map_or(Ok(2017), |year| year.parse())?;
    if let Ok(token) = std::env::var("FITRANKINGS_USER_TOKEN") {
        return Ok(print(&Client::new(UserToken::new(token)?), year)?);
    }
    // The same function, and a service that costs nothing to try.
    let sandbox = Sandbox::start()?;
    let users = sandbox.user_ids();
    let token = users.first().and_then(|user| sandbox.user_token(*user));
    let token = UserToken::new(token.unwrap_or_default())?;
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .build(token)?;
    Ok(print(&client, year)?)
}

fn print(client: &Client<UserToken>, year: i16) -> Result<(), Error> {
    for week in 1..=53 {
        // Most years have 52 weeks: the 53rd of those is an error, and ends the year.
        let Ok(period) = Period::week(year, week) else {
            break;
        };
        let summary = client.get_user_stat_summary().period(period).call()?;
        let distance = summary.distance.unwrap_or_default();
        println!("{year}-W{week:02} {:>7.1} km", distance.kilometres());
    }
    Ok(())
}
