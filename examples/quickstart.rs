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

mod common;

use std::cmp::Reverse;
use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

use common::{day, kilometres, shown};
use fitrankings::authorization::{Authorization, OneTimeValue, UserAuthorization};
use fitrankings::jiff::ToSpan;
use fitrankings::jiff::civil::Date;
use fitrankings::sandbox::Sandbox;
use fitrankings::types::{Activity, Provider};
use fitrankings::units::{MetMinutes, Seconds};
use fitrankings::{BASE_URL, Client, Credentials, Error, MasterToken, Period, UserToken};

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;
type Out<'a> = &'a mut dyn Write;

/// Where the browser is sent back to. Nothing listens there: the address alone tells enough.
const CALLBACK: &str = "http://127.0.0.1:8080/done";

/// The most activities that are fetched, however many there are.
const MOST: usize = 10_000;

const NEXT: &str = "\
cargo run --example sandbox
    runs the sandbox, and prints what to export for a script of your own
cargo run --example sandbox -- cargo run --example activities
    runs the shortest example against the sandbox
cargo run --example weekly -- 2016
    prints a user's kilometres in each week of a year
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
        .exchange(credentials)?;
    writeln!(out, "Got {:?}: a token is never shown.", master.token())?;

    heading(out, "The master token opens what all users have")?;
    let newest = list(out, &master)?;

    heading(out, "A user authorizes the application")?;
    let user = service.authorize(out)?;
    writeln!(out, "User {} granted {:?}.", user.user_id, user.token)?;

    heading(out, "The user's token opens what that user has")?;
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

    heading(out, "What to try next")?;
    writeln!(out, "{NEXT}")?;
    Ok(())
}

fn heading(out: Out, text: &str) -> io::Result<()> {
    writeln!(out, "\n{text}\n{}", "-".repeat(text.len()))
}

/// Shows the newest activities, and gives the day of the newest.
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
    // The API documents no direction of its order.
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

/// All activities, less those in an undocumented form.
fn activities(out: Out, client: &Client<MasterToken>) -> Result<Vec<Activity>> {
    let mut activities = Vec::new();
    let list = client.list_activities().page_size(100).items();
    for activity in list.prefetch(4).take(MOST) {
        match activity {
            Ok(activity) => activities.push(activity),
            Err(error) if error.raw_record().is_some() => {
                writeln!(out, "Left out:\n{}", wrapped(&error.to_string()))?;
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

/// Formats an effort without its unit, which is in the heading of the column.
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

/// Two calls that cannot succeed, to see what their errors look like.
fn failures(out: Out, user: &Client<UserToken>) -> Result<()> {
    let wrong = user.with_token(UserToken::new("not-a-token")?);
    if let Err(error) = wrong.list_activities().call() {
        writeln!(out, "A wrong token:\n{}", wrapped(&error.to_string()))?;
    }
    // The compiler refuses the group's summary to a user's token, so this one claims to be a
    // master token.
    let posing = user.with_token(MasterToken::new(user.token().expose())?);
    if let Err(error) = posing.get_group_stat_summary().call() {
        writeln!(
            out,
            "A user's token where the master token is needed:\n{}",
            wrapped(&error.to_string())
        )?;
    }
    Ok(())
}

/// Breaks a text into indented lines of at most 80 characters, between words.
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

/// The service to talk to: the one that the environment names, or a sandbox.
struct Service {
    base_url: String,
    client_id: String,
    client_secret: String,
    sandbox: Option<Sandbox>,
}

impl Service {
    fn find(out: Out) -> io::Result<Self> {
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
        writeln!(
            out,
            "The environment holds no credentials, so this runs against a sandbox."
        )?;
        let sandbox = Sandbox::start()?;
        Ok(Self {
            base_url: sandbox.base_url().to_owned(),
            client_id: sandbox.client_id().to_owned(),
            client_secret: sandbox.client_secret().to_owned(),
            sandbox: Some(sandbox),
        })
    }

    /// Sends the user to the authorization page, and reads what comes back.
    fn authorize(&self, out: Out) -> Result<UserAuthorization> {
        let value = OneTimeValue::new()?;
        let request = Authorization::new(&*self.client_id)?
            .base_url(&self.base_url)?
            .callback_uri(CALLBACK)?
            .one_time_value(&value)?;
        let callback = match &self.sandbox {
            Some(sandbox) => {
                writeln!(out, "The sandbox presses `Allow` for its first user.")?;
                let users = sandbox.user_ids();
                let user = users.first().ok_or("the sandbox has no users")?;
                // As text: a connection that breaks here is no closed pipe of the output.
                let granted = sandbox.grant(&request.url(), *user);
                granted.map_err(|error| error.to_string())?
            }
            None => {
                writeln!(out, "Open this in a browser:\n  {}", request.url())?;
                writeln!(out, "and paste the address that the browser ends on:")?;
                out.flush()?;
                let mut line = String::new();
                io::stdin().read_line(&mut line)?;
                line
            }
        };
        Ok(UserAuthorization::from_callback(callback.trim(), &value)?)
    }
}
