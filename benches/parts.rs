//! What the parts of a call cost, without a network.
//!
//! `cargo bench --bench parts` prints a table.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use fitrankings::types::Activity;
use fitrankings::{Client, MasterToken};
use serde_json::Value;

const ACTIVITY: &str = include_str!("../tests/data/activity.json");

fn main() {
    println!("`cargo bench --bench parts`, medians\n");
    println!("| a part of a call | µs |");
    println!("|---|--:|");
    let client = Client::new(MasterToken::new("a-master-token").unwrap());
    row("a request with two parameters", 20_000, || {
        client.list_activities().page(1).page_size(100)
    });
    // It goes as far as a request can without being sent, and takes an error along.
    row("the same, refused before it is sent", 20_000, || {
        client
            .list_activities()
            .page(1)
            .page_size(0)
            .call()
            .unwrap_err()
    });
    for size in [1, 20, 100, 1000] {
        let page = page(size);
        let decode = || serde_json::from_str::<Vec<Activity>>(&page).unwrap();
        row(&format!("a page of {size}, decoded"), 20_000 / size, decode);
        let slice = || serde_json::from_slice::<Vec<Activity>>(page.as_bytes()).unwrap();
        row("… from bytes instead of text", 20_000 / size, slice);
        let values = || serde_json::from_str::<Value>(&page).unwrap();
        row("… to values without types", 20_000 / size, values);
    }
}

fn page(size: usize) -> String {
    let activity = |id: usize| {
        let mut activity: Value = serde_json::from_str(ACTIVITY).unwrap();
        activity["id"] = id.into();
        activity
    };
    (1..=size).map(activity).collect::<Value>().to_string()
}

fn row<R>(what: &str, runs: usize, work: impl FnMut() -> R) {
    let time = median(runs, work).as_secs_f64() * 1e6;
    println!("| {what} | {time:.2} |");
}

/// After a tenth as many runs to warm up. Dropping what comes of a run belongs to it.
fn median<R>(runs: usize, mut work: impl FnMut() -> R) -> Duration {
    let warm_up = runs.div_ceil(10);
    let mut times = Vec::with_capacity(runs);
    for run in 0..warm_up + runs {
        let start = Instant::now();
        drop(black_box(work()));
        let time = start.elapsed();
        if run >= warm_up {
            times.push(time);
        }
    }
    times.sort_unstable();
    times[times.len() / 2]
}
