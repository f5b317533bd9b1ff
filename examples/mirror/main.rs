//! Keeps a copy of all activities in a CSV file up to date.
//!
//! ```text
//! cargo run --example mirror -- activities.csv
//! ```
//!
//! Each run, for example from cron, adds new activities, updates changed ones, and deletes removed
//! ones.
//!
//! - If an error stops the list, the activities so far are written, and a bookmark is kept in
//!   `activities.csv.bookmark`. The next run continues at the bookmark.
//! - A row is deleted only if one run has read the whole list without it, and the service then responds
//!   with a 404 for the activity. The row of a record that does not decode is kept.
//!
//! The token comes from the environment variables that `Client::from_env` documents. If none is
//! set, the example runs against the sandbox. The master token copies the activities of all users,
//! and a user's token those of one user, so use a separate file for each token.

#[path = "../common/mod.rs"]
mod common;
mod files;

use std::collections::HashSet;
use std::env;
use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use common::note;
use files::Rows;
use fitrankings::list::Bookmark;
use fitrankings::types::Activity;
use fitrankings::{AnyToken, Client, Row};

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

fn main() -> ExitCode {
    common::run("mirror", mirror)
}

fn mirror(out: &mut dyn Write) -> Result<()> {
    let path = env::args().nth(1).unwrap_or("activities.csv".to_owned());
    let bookmark_path = format!("{path}.bookmark");
    let mut rows = files::read_rows(&path)?;
    // The sandbox runs as long as this variable lives.
    let (client, _sandbox) = common::client()?;
    let mut items = client.list_activities().page_size(100).items();
    // Without the rows before it, the bookmark is useless.
    let bookmark = files::read_if_there(&bookmark_path)?.filter(|_| !rows.is_empty());
    if let Some(bookmark) = &bookmark {
        items = items.start_at(&serde_json::from_str::<Bookmark>(bookmark)?);
    }

    let mut listed = HashSet::new();
    let ended = update(&mut items, &mut rows, &mut listed);
    // A run that started at a bookmark has not read the pages before it.
    if ended.is_ok() && items.is_complete() && bookmark.is_none() {
        delete_vanished(&client, &mut rows, &listed)?;
    }

    // The bookmark is written last. If the program is killed before, records are read again.
    files::write_rows(&path, &rows)?;
    if ended.is_ok() {
        files::remove_if_there(&bookmark_path)?;
    } else {
        files::replace(&bookmark_path, &serde_json::to_vec(&items.bookmark())?)?;
    }
    writeln!(out, "{path}: {} read, {} in all", listed.len(), rows.len())?;
    ended
}

/// Adds the rows of a list, until its end or an error that stops the list.
fn update(
    items: &mut impl Iterator<Item = Result<Activity, fitrankings::Error>>,
    rows: &mut Rows,
    listed: &mut HashSet<i64>,
) -> Result<()> {
    for activity in items {
        match activity {
            Ok(activity) => {
                rows.insert(activity.id, activity.cells()?);
                listed.insert(activity.id);
            }
            // One record does not decode. Its row, if there is one, is kept.
            Err(error) if error.raw_record().is_some() => {
                note(&format!("not updated: {error}"));
                listed.extend(error.record_id().and_then(|id| id.parse::<i64>().ok()));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Deletes the rows that the list lacks, if the service responds with a 404 for them. A list can
/// lack a record that exists: because others were deleted meanwhile, or because its id did not
/// decode.
fn delete_vanished(
    client: &Client<AnyToken>,
    rows: &mut Rows,
    listed: &HashSet<i64>,
) -> Result<()> {
    let ids = rows.keys().copied();
    let missing: Vec<i64> = ids.filter(|id| !listed.contains(id)).collect();
    for id in missing {
        match client.get_activity(id).call() {
            Err(error) if error.is_not_found() => {
                rows.remove(&id);
                note(&format!("deleted: {id}"));
            }
            Err(error) if error.is_decode() => note(&format!("not updated: {error}")),
            Err(error) => return Err(error.into()),
            Ok(activity) => {
                rows.insert(id, activity.cells()?);
            }
        }
    }
    Ok(())
}
