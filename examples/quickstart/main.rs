//! A tour of the API: credentials, lists, user authorization, summaries, and failed requests.
//!
//! By default it runs against the sandbox:
//!
//! ```text
//! cargo run --example quickstart
//! ```
//!
//! If `FITRANKINGS_CLIENT_ID` and `FITRANKINGS_CLIENT_SECRET` are set, it runs against the live
//! service, or against the service at `FITRANKINGS_BASE_URL`. You then grant access in a browser,
//! and paste the address to which the browser is redirected.

#[path = "../common/mod.rs"]
mod common;
mod resilience;
mod service;

use std::cmp::Reverse;
use std::io::{self, Write};
use std::process::ExitCode;

use common::{day, kilometres, shown};
use fitrankings::jiff::ToSpan;
use fitrankings::jiff::civil::Date;
use fitrankings::types::{Activity, Provider};
use fitrankings::units::{MetMinutes, Seconds};
use fitrankings::{Client, Credentials, Error, MasterToken, Period, UserToken};
use service::Service;

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;
type Out<'a> = &'a mut dyn Write;

/// The maximum number of activities to fetch.
const MAX_ACTIVITIES: usize = 10_000;

const NEXT: &str = "\
cargo run --example sandbox
    runs the sandbox, and prints the environment variables for your script
cargo run --example sandbox -- cargo run --example activities
    runs the shortest example against the sandbox
cargo run --example weekly -- 2016
    prints a user's kilometres in each week of a year
cargo run --example mirror -- activities.csv
    keeps a copy of all activities in a file up to date
cargo doc --all-features --no-deps --open
    opens the documentation; README.md has a script to begin with";

fn main() -> ExitCode {
    common::run("quickstart", tour)
}

fn tour(out: Out) -> Result<()> {
    let service = Service::find(out)?;
    writeln!(out, "The service is at {}.", service.base_url)?;

    heading(out, "Credentials are exchanged for the master token")?;
    let credentials = Credentials::new(&*service.client_id, &*service.client_secret);
    let master = Client::builder()
        .base_url(&service.base_url)
        .login(credentials)?;
    writeln!(out, "Got {:?}: a token is never shown.", master.token())?;

    heading(
        out,
        "The master token gives access to the data of all users",
    )?;
    let newest = list(out, &master)?;

    heading(out, "A user authorizes the application")?;
    let user = service.authorize(out)?;
    writeln!(out, "User {} granted {:?}.", user.user_id, user.token)?;

    heading(out, "A user's token gives access to the data of that user")?;
    let user = master.with_token(user.token);
    for user in user.list_users().call()? {
        let name = [shown(user.first_name), shown(user.last_name)].join(" ");
        writeln!(out, "{name} <{}>", shown(user.email))?;
    }

    heading(out, "Summaries, of the user and of the group")?;
    summaries(out, &user, &master, newest)?;

    heading(out, "The group's effort, week by week")?;
    chart(out, &master, newest)?;

    heading(out, "An error says what happened and what to do")?;
    failures(out, &user)?;

    resilience::tour(out)?;

    heading(out, "What to try next")?;
    writeln!(out, "{NEXT}")?;
    Ok(())
}

fn heading(out: Out, text: &str) -> io::Result<()> {
    writeln!(out, "\n{text}\n{}", "-".repeat(text.len()))
}

/// Prints the newest activities, and returns the day of the newest.
fn list(out: Out, client: &Client<MasterToken>) -> Result<Date> {
    let users = client.list_users().items();
    let users = users.collect::<Result<Vec<_>, Error>>()?;
    let mut activities = activities(out, client)?;
    writeln!(
        out,
        "{} users, {} activities. The newest five:\n",
        users.len(),
        activities.len()
    )?;
    // The order of the list is not documented.
    activities.sort_by_key(|activity| Reverse(activity.action_date));
    let heads = ["date", "provider", "distance km", "duration", "MET-min"];
    let [date, provider, distance, duration, effort] = heads;
    writeln!(
        out,
        "{date:<10}  {provider:<14}  {distance:>11}  {duration:>11}  {effort:>8}"
    )?;
    for activity in activities.iter().take(5) {
        let provider: Option<&Provider> = activity.provider_key.as_ref();
        writeln!(
            out,
            "{:<10}  {:<14}  {:>11}  {:>11}  {:>8}",
            shown(day(activity.action_date)),
            provider.map_or("by hand", Provider::as_str),
            kilometres(activity.distance),
            time(activity.duration),
            whole(activity.met_minutes),
        )?;
    }
    let newest = activities.first().and_then(|it| day(it.action_date));
    Ok(newest.ok_or("no activity has a date to sum up from")?)
}

/// Returns the activities that decode, and prints the errors of the others.
fn activities(out: Out, client: &Client<MasterToken>) -> Result<Vec<Activity>> {
    let mut activities = Vec::new();
    let list = client.list_activities().page_size(100).items();
    for activity in list.prefetch(4).take(MAX_ACTIVITIES) {
        match activity {
            Ok(activity) => activities.push(activity),
            Err(error) if error.raw_record().is_some() => {
                writeln!(out, "Skipped:\n{}", wrapped(&error.to_string()))?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(activities)
}

/// Formats a duration as `2 h 40 min`.
fn time(duration: Option<Seconds>) -> String {
    let minutes = |seconds: Seconds| (seconds.to_f64() / 60.0).round() as u64;
    let text = duration.map(minutes).map(|minutes| match minutes {
        0..60 => format!("{minutes} min"),
        _ => format!("{} h {:02} min", minutes / 60, minutes % 60),
    });
    shown(text)
}

/// Formats an effort as a whole number, without the unit.
fn whole(effort: Option<MetMinutes>) -> String {
    let text = effort.map(|effort| format!("{:.0}", effort.to_f64()));
    shown(text)
}

fn summaries(
    out: Out,
    user: &Client<UserToken>,
    group: &Client<MasterToken>,
    newest: Date,
) -> Result<()> {
    let month = newest.first_of_month();
    writeln!(
        out,
        "{:<42}  {:>8}  {:>8}  {:>11}",
        "period", "user km", "group km", "group users"
    )?;
    for period in [
        Period::all_time(),
        Period::year(newest.year())?,
        Period::month(newest.year(), newest.month())?,
        Period::week_of(newest)?,
        Period::day(newest)?,
        Period::range(month.at(0, 0, 0, 0), newest.at(23, 59, 59, 0))?,
    ] {
        let user = user.get_user_stat_summary().period(period.clone());
        let group = group.get_group_stat_summary().period(period.clone());
        let (user, group) = (user.call()?, group.call()?);
        writeln!(
            out,
            "{:<42}  {:>8}  {:>8}  {:>11}",
            period.to_string(),
            kilometres(user.distance),
            kilometres(group.distance),
            shown(group.user_count),
        )?;
    }
    Ok(())
}

fn chart(out: Out, client: &Client<MasterToken>, newest: Date) -> Result<()> {
    let first = newest.checked_sub(11.weeks())?;
    let mut weeks = Vec::new();
    for week in first.series(1.week()).take(12) {
        let period = Period::week_of(week)?;
        let summary = client.get_group_stat_summary().period(period).call()?;
        let effort = summary.met_minutes.unwrap_or_default().to_f64();
        weeks.push((week.iso_week_date(), effort));
    }
    let most = weeks.iter().map(|(_, effort)| *effort).fold(1.0, f64::max);
    writeln!(out, "{:<8}  {:>8}", "week", "MET-min")?;
    for (week, effort) in weeks {
        let bar = "#".repeat((effort / most * 48.0).round() as usize);
        let week = format!("{}-W{:02}", week.year(), week.week());
        writeln!(out, "{week:<8}  {effort:>8.0}  {bar}")?;
    }
    Ok(())
}

/// Makes two calls that cannot succeed, to show their errors.
fn failures(out: Out, user: &Client<UserToken>) -> Result<()> {
    let wrong = user.with_token(UserToken::new("not-a-token")?);
    if let Err(error) = wrong.list_activities().call() {
        writeln!(out, "A wrong token:\n{}", wrapped(&error.to_string()))?;
    }
    // A `Client<UserToken>` has no group summary: this would not compile without a `MasterToken`.
    let wrong = user.with_token(MasterToken::new(user.token().expose())?);
    if let Err(error) = wrong.get_group_stat_summary().call() {
        writeln!(
            out,
            "A user's token where the master token is needed:\n{}",
            wrapped(&error.to_string())
        )?;
    }
    Ok(())
}

/// Wraps a text into indented lines of at most 80 characters.
fn wrapped(text: &str) -> String {
    const INDENT: &str = "    ";
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let width = INDENT.len() + line.chars().count() + 1 + word.chars().count();
        if !line.is_empty() && width > 80 {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    let lines = lines.iter().map(|line| format!("{INDENT}{line}"));
    lines.collect::<Vec<_>>().join("\n")
}
