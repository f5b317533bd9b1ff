//! Prints the first 20 activities, in the order of the service.
//!
//! ```text
//! FITRANKINGS_USER_TOKEN=… cargo run --example activities
//! ```

use fitrankings::{Client, Error};

fn main() -> Result<(), Error> {
    let client = Client::from_env()?;
    for activity in client.list_activities().items().limit(20) {
        let activity = activity?;
        // A value that the service leaves out is `None`.
        let date = activity.action_date.map(|date| date.to_string());
        println!(
            "{:<20}  {:>9.1}  {:.0}",
            date.as_deref().unwrap_or("-"),
            activity.distance.unwrap_or_default(),
            activity.duration.unwrap_or_default()
        );
    }
    Ok(())
}
