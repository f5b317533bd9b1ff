//! What the client does when a request fails. Each part starts a sandbox to inject faults.

use std::thread;
use std::time::Duration;

use fitrankings::list::Bookmark;
use fitrankings::sandbox::{Fault, Sandbox};
use fitrankings::{CancelHandle, Client, MasterToken};

use crate::{Out, Result, heading, wrapped};

pub fn tour(out: Out) -> Result<()> {
    heading(out, "A failed request is retried")?;
    retry(out)?;

    heading(out, "A list continues after an error, even in another run")?;
    bookmark(out)?;

    heading(out, "Another thread can cancel a call")?;
    cancel(out)
}

fn sandbox() -> Result<(Sandbox, Client<MasterToken>)> {
    let sandbox = Sandbox::builder().users(2).activities(25).start()?;
    let token = MasterToken::new(sandbox.master_token())?;
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .build(token)?;
    Ok((sandbox, client))
}

fn retry(out: Out) -> Result<()> {
    let (sandbox, client) = sandbox()?;
    sandbox.fault(Fault::Status(503).times(2));
    let users = client.list_users().call()?.len();
    let requests = sandbox.requests().len();
    writeln!(
        out,
        "Two requests failed with a 503. After {requests} requests there are {users} users."
    )?;
    Ok(())
}

fn bookmark(out: Out) -> Result<()> {
    let (sandbox, client) = sandbox()?;
    // HTML instead of the list, which the client does not retry.
    sandbox.fault(Fault::Html.on_page(2));
    let list = || client.list_activities().page_size(10).items();
    let mut items = list();
    let mut count = 0;
    let error = loop {
        match items.next() {
            Some(Ok(_)) => count += 1,
            Some(Err(error)) => break error,
            None => return Err("the list did not fail".into()),
        }
    };
    writeln!(
        out,
        "{count} activities, and then:\n{}",
        wrapped(&error.to_string())
    )?;

    // A real program would keep this text in a file, and continue in its next run.
    let kept = serde_json::to_string(&items.bookmark())?;
    let bookmark: Bookmark = serde_json::from_str(&kept)?;
    let rest = list().start_at(&bookmark);
    let rest = rest.collect::<Result<Vec<_>, _>>()?.len();
    writeln!(
        out,
        "The bookmark gives {rest} more: all {} activities in total.",
        count + rest
    )?;
    Ok(())
}

fn cancel(out: Out) -> Result<()> {
    let (sandbox, client) = sandbox()?;
    sandbox.fault(Fault::Stall(Duration::from_secs(60)));
    let handle = CancelHandle::new();
    let client = client.with_cancel(&handle);
    let other = thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        handle.cancel();
    });
    let result = client.list_users().call();
    other.join().map_err(|_| "the other thread failed")?;
    if let Err(error) = result {
        writeln!(out, "{}", wrapped(&error.to_string()))?;
    }
    Ok(())
}
