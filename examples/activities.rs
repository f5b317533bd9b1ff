//! Prints the newest activities.
//!
//! ```text
//! FITRANKINGS_USER_TOKEN=… cargo run --example activities
//! ```

use fitrankings::{Client, Error};

fn main() -> Result<(), Error> {
    let client = Client::from_env()?;
    for activity in client.list_activities().items().limit(20) {
        let activity = activity?;
        println!(
            "{}  {:>9.1}  {:.0}",
            activity.action_date, activity.distance, activity.duration
        );
    }
    Ok(())
}
