//! The whole way through the API, from credentials to a bar chart.
//!
//! Without any setting it starts the sandbox, and needs nothing else:
//!
//! ```text
//! cargo run --example quickstart
//! ```
//!
//! Where the environment holds `FITRANKINGS_CLIENT_ID` and `FITRANKINGS_CLIENT_SECRET`, it talks to
//! the real service, or to the one at `FITRANKINGS_BASE_URL`; the user then authorizes in a
//! browser, and you paste the address of the page that the browser ends on.

use std::env;
use std::io;

use fitrankings::authorization::{Authorization, OneTimeValue, UserAuthorization};
use fitrankings::sandbox::Sandbox;
use fitrankings::{BASE_URL, Client, Credentials, Error, MasterToken, Period, UserToken};
use jiff::civil::Date;
use jiff::{ToSpan, tz::TimeZone};

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

/// Where the browser is sent back to. Nobody listens there: the address alone tells enough.
const CALLBACK: &str = "http://127.0.0.1:8080/done";

fn main() {
    if let Err(error) = run() {
        eprintln!("\nquickstart: {error}");
        std::process::exit(1);
    }
}

fn run() -> Result<()> {
    let service = Service::find()?;
    println!("The service is at {}.", service.base_url);

    heading("Credentials are exchanged for the master token");
    let credentials = Credentials::new(&*service.client_id, &*service.client_secret);
    let master = Client::builder()
        .base_url(&service.base_url)
        .exchange(credentials)?;
    println!("got {:?}: a token never shows", master.token());

    heading("With the master token: everybody");
    let newest = list(&master)?;

    heading("A user authorizes the application");
    let user = service.authorize()?;
    println!("user {} granted {:?}", user.user_id, user.token);

    heading("With the user's token: that user alone");
    let user = master.with_token(user.token);
    for user in user.list_users().call()? {
        let [first, last, email] = [user.first_name, user.last_name, user.email]
            .map(|text| text.unwrap_or_else(|| "-".to_owned()));
        println!("{first} {last} <{email}>");
    }

    heading("Summaries: the user's, and the group's");
    summaries(&user, &master, newest)?;

    heading("The group's MET-minutes, week by week");
    chart(&master, newest)?;

    heading("What goes wrong says so");
    failures(&user)?;
    Ok(())
}

fn heading(text: &str) {
    println!("\n{text}\n{}", "-".repeat(text.len()));
}

/// Shows the users and the first activities; gives the day of the first. The order of the service
/// is not known: here, in the sandbox, it is the newest.
fn list(client: &Client<MasterToken>) -> Result<Date> {
    let users = client
        .list_users()
        .items()
        .collect::<Result<Vec<_>, Error>>()?;
    let count = client
        .list_activities()
        .page_size(100)
        .items()
        .prefetch(4)
        .limit(10_000)
        .count();
    println!(
        "{} users, {count} activities; the first of them:",
        users.len()
    );

    let activities = client.list_activities().page_size(5).call()?;
    for activity in &activities {
        let provider = activity.provider_key.as_ref();
        println!(
            "{}  {:<14} {:>10.1} {:>8.0} {:>12.1}",
            activity
                .action_date
                .map_or("-".to_owned(), |date| day(date).to_string()),
            provider.map_or("by hand", |key| key.as_str()),
            activity.distance.unwrap_or_default(),
            activity.duration.unwrap_or_default(),
            activity.met_minutes.unwrap_or_default(),
        );
    }
    let first = activities
        .first()
        .ok_or("there are no activities to sum up")?;
    let one = client.get_activity(first.id).call()?;
    let profile = one.user.and_then(|user| user.profile);
    let name = profile.and_then(|profile| profile.display_name);
    println!("the first is by {}", name.as_deref().unwrap_or("somebody"));
    let date = one.action_date.ok_or("the first activity has no date")?;
    Ok(day(date))
}

fn day(instant: jiff::Timestamp) -> Date {
    instant.to_zoned_datetime(TimeZone::UTC).date()
}

fn summaries(
    user: &Client<UserToken>,
    group: &Client<MasterToken>,
    newest: Date,
) -> Result<(), Error> {
    let month = newest.first_of_month();
    for period in [
        Period::all_time(),
        Period::year(newest.year())?,
        Period::month(newest.year(), newest.month())?,
        Period::week_of(newest)?,
        Period::day(newest)?,
        Period::range(month.at(0, 0, 0, 0), newest.at(23, 59, 59, 0))?,
    ] {
        let user = user.get_user_stat_summary().period(period.clone()).call()?;
        let group = group
            .get_group_stat_summary()
            .period(period.clone())
            .call()?;
        println!(
            "{:<42} {:>9.1} km {:>9.1} km by {} users",
            period.to_string(),
            user.distance.unwrap_or_default().kilometres(),
            group.distance.unwrap_or_default().kilometres(),
            group.user_count.unwrap_or_default(),
        );
    }
    Ok(())
}

fn chart(client: &Client<MasterToken>, newest: Date) -> Result<()> {
    let first = newest.checked_sub(11.weeks())?;
    let mut weeks = Vec::new();
    for week in first.series(1.week()).take(12) {
        let summary = client
            .get_group_stat_summary()
            .period(Period::week_of(week)?)
            .call()?;
        weeks.push((
            week.iso_week_date(),
            summary.met_minutes.unwrap_or_default().to_f64(),
        ));
    }
    let most = weeks.iter().map(|(_, sum)| *sum).fold(1.0, f64::max);
    for (week, sum) in weeks {
        let bar = "#".repeat((sum / most * 48.0).round() as usize);
        println!("{}-W{:02} {bar} {sum:.0}", week.year(), week.week());
    }
    Ok(())
}

/// Two calls that cannot succeed, to see what their errors look like.
fn failures(user: &Client<UserToken>) -> Result<(), Error> {
    let wrong = user.with_token(UserToken::new("not-a-token")?);
    if let Err(error) = wrong.list_activities().call() {
        println!("a wrong token:   {error}");
    }
    // A user's client has no group summary: the compiler sees to that. This one only poses.
    let posing = user.with_token(MasterToken::new(user.token().expose())?);
    if let Err(error) = posing.get_group_stat_summary().call() {
        println!("a forbidden one: {error}");
    }
    Ok(())
}

/// The service to talk to: the one that the environment names, or a sandbox.
struct Service {
    base_url: String,
    client_id: String,
    client_secret: String,
    sandbox: Option<Sandbox>,
}

impl Service {
    fn find() -> io::Result<Self> {
        let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let id = variable("FITRANKINGS_CLIENT_ID");
        if let (Some(client_id), Some(client_secret)) = (id, variable("FITRANKINGS_CLIENT_SECRET"))
        {
            return Ok(Self {
                base_url: variable("FITRANKINGS_BASE_URL").unwrap_or_else(|| BASE_URL.to_owned()),
                client_id,
                client_secret,
                sandbox: None,
            });
        }
        println!("The environment names no credentials, so this runs against a sandbox.");
        let sandbox = Sandbox::start()?;
        Ok(Self {
            base_url: sandbox.base_url().to_owned(),
            client_id: sandbox.client_id().to_owned(),
            client_secret: sandbox.client_secret().to_owned(),
            sandbox: Some(sandbox),
        })
    }

    /// Sends the user to the authorization page, and reads what comes back.
    fn authorize(&self) -> Result<UserAuthorization> {
        let value = OneTimeValue::new()?;
        let request = Authorization::new(&*self.client_id)?
            .base_url(&self.base_url)?
            .callback_uri(CALLBACK)?
            .one_time_value(&value)?;
        let callback = match &self.sandbox {
            Some(sandbox) => {
                println!("the sandbox presses `Allow` for its first user");
                let users = sandbox.user_ids();
                let user = users.first().ok_or("the sandbox has no users")?;
                sandbox.grant(&request.url(), *user)?
            }
            None => {
                println!("open this in a browser:\n  {}", request.url());
                println!("and paste the address that the browser ends on:");
                let mut line = String::new();
                io::stdin().read_line(&mut line)?;
                line
            }
        };
        Ok(UserAuthorization::from_callback(callback.trim(), &value)?)
    }
}
