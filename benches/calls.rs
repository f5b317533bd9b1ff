//! What one call costs beside a hand-written `ureq` client, and what fetching ahead saves.
//!
//! `cargo bench --bench calls` prints three tables. Each measurement takes its turn with the one
//! that it is compared to, so that whatever else the machine does falls on both.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use fitrankings::{Client, MasterToken};
use serde_json::Value;

const ACTIVITY: &str = include_str!("../tests/data/activity.json");
const TOKEN: &str = "a-master-token";
const PAGES: u64 = 50;
const LATENCY: Duration = Duration::from_millis(20);

fn main() {
    let cores = thread::available_parallelism().map_or(0, usize::from);
    println!("`cargo bench --bench calls`, client and server on {cores} cores of one machine");
    println!();
    println!("Median time of one call over loopback:");
    println!();
    println!("| answer | beside | calls | this crate | hand-written | ratio |");
    println!("|---|---|--:|--:|--:|--:|");
    let server = Server::start(Duration::ZERO);
    let ours = server.client();
    let theirs = by_hand::Client::new(&server.base_url, TOKEN, None);
    let timed = by_hand::Client::new(&server.base_url, TOKEN, Some(Duration::from_secs(120)));
    for (name, theirs) in [
        ("the defaults of `ureq`", &theirs),
        ("the same with `timeout_global`", &timed),
    ] {
        compare(
            &format!("one activity | {name}"),
            5000,
            &mut || drop(black_box(ours.get_activity(1).call().unwrap())),
            &mut || drop(black_box(theirs.get_activity(1).unwrap())),
        );
        for (size, calls) in [(20, 3000), (100, 1500)] {
            let request = ours.list_activities().page(1).page_size(size);
            compare(
                &format!("page of {size} | {name}"),
                calls,
                &mut || drop(black_box(request.call().unwrap())),
                &mut || drop(black_box(theirs.list_activities(1, size).unwrap())),
            );
        }
    }

    println!();
    println!("A list of {PAGES} pages of 20, without waiting for the server:");
    println!();
    println!("| | times | `items()` | `call()` for each page | ratio |");
    println!("|---|--:|--:|--:|--:|");
    let request = || ours.list_activities().page_size(20);
    compare(
        "the pager",
        100,
        &mut || assert!(black_box(request().items().map(Result::unwrap)).count() > 0),
        &mut || {
            let mut pages = (1..).map(|page| request().page(page).call().unwrap());
            assert!(pages.any(|page| black_box(page).is_empty()));
        },
    );
    drop(server);

    println!();
    println!(
        "A list of {PAGES} pages of 20, {} ms per request, median of 5:",
        LATENCY.as_millis()
    );
    println!();
    println!("| `items()` | `items().prefetch(8)` | ratio |");
    println!("|--:|--:|--:|");
    let server = Server::start(LATENCY);
    let client = server.client();
    let list = |ahead| {
        let items = client.list_activities().page_size(20).items();
        let ids = items.prefetch(ahead).map(|activity| activity.unwrap().id);
        assert!(ids.eq(1..20 * i64::try_from(PAGES).unwrap()));
    };
    let [one, ahead] = medians(5, [&mut || list(0), &mut || list(8)]);
    println!(
        "| {:.0} ms | {:.0} ms | {:.3} |",
        one.as_secs_f64() * 1e3,
        ahead.as_secs_f64() * 1e3,
        ahead.as_secs_f64() / one.as_secs_f64()
    );
}

fn compare(what: &str, calls: usize, ours: &mut dyn FnMut(), theirs: &mut dyn FnMut()) {
    let [ours, theirs] = medians(calls, [ours, theirs]).map(|time| time.as_secs_f64() * 1e6);
    println!(
        "| {what} | {calls} | {ours:.1} µs | {theirs:.1} µs | {:.3} |",
        ours / theirs
    );
}

/// The median time of each, after a tenth as many runs to warm up. They take turns, A B B A, so
/// that each comes as often after itself as after the other.
fn medians(runs: usize, work: [&mut dyn FnMut(); 2]) -> [Duration; 2] {
    let mut times = [const { Vec::new() }; 2];
    let warm_up = runs.div_ceil(10);
    for run in 0..warm_up + runs {
        for turn in 0..2 {
            let place = (run + turn) % 2;
            let start = Instant::now();
            work[place]();
            let time = start.elapsed();
            if run >= warm_up {
                times[place].push(time);
            }
        }
    }
    times.map(|mut times: Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    })
}

/// Answers with JSON that was made before, over connections that stay open.
struct Server {
    base_url: String,
}

impl Server {
    fn start(latency: Duration) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let base_url = format!("http://{}/iq", listener.local_addr().unwrap());
        let bodies = Arc::new(Bodies::new());
        // It ends with the process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let bodies = Arc::clone(&bodies);
                thread::spawn(move || serve(&stream, &bodies, latency));
            }
        });
        Self { base_url }
    }

    fn client(&self) -> Client<MasterToken> {
        let token = MasterToken::new(TOKEN).unwrap();
        let builder = Client::builder().base_url(self.base_url.as_str());
        builder.build(token).unwrap()
    }
}

fn serve(mut stream: &TcpStream, bodies: &Bodies, latency: Duration) {
    stream.set_nodelay(true).unwrap();
    let mut lines = BufReader::new(stream);
    let mut target = String::new();
    let mut line = String::new();
    loop {
        line.clear();
        match lines.read_line(&mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) if line == "\r\n" => {
                if !latency.is_zero() {
                    thread::sleep(latency);
                }
                if stream.write_all(bodies.answer(&target)).is_err() {
                    return;
                }
                target.clear();
            }
            Ok(_) if target.is_empty() => target.push_str(line.split(' ').nth(1).unwrap()),
            Ok(_) => {}
        }
    }
}

/// Whole answers, headers and all.
struct Bodies {
    one: Vec<u8>,
    twenties: Vec<Vec<u8>>,
    hundred: Vec<u8>,
    empty: Vec<u8>,
}

impl Bodies {
    fn new() -> Self {
        let size = 20;
        // The last page is short, as most are: after a full one, the end would be asked for twice.
        let count = |page: u64| if page + 1 == PAGES { size - 1 } else { size };
        let page = |page: u64| list(1 + page * size, count(page));
        Self {
            one: answer(&serde_json::from_str(ACTIVITY).unwrap()),
            twenties: (0..PAGES).map(page).collect(),
            hundred: list(1, 100),
            empty: list(1, 0),
        }
    }

    fn answer(&self, target: &str) -> &[u8] {
        let Some((_, query)) = target.split_once('?') else {
            return &self.one;
        };
        let value = |name: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let mut values = pairs.filter(|(key, _)| *key == name);
            values.next().map(|(_, value)| value.parse().unwrap())
        };
        let page: usize = value("page").unwrap_or(1);
        match value("page_size") {
            Some(100) => &self.hundred,
            _ => self.twenties.get(page - 1).unwrap_or(&self.empty),
        }
    }
}

fn list(first: u64, count: u64) -> Vec<u8> {
    let activity = |id: u64| {
        let mut activity: Value = serde_json::from_str(ACTIVITY).unwrap();
        activity["id"] = id.into();
        activity
    };
    answer(&(first..first + count).map(activity).collect())
}

fn answer(body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\nDate: Tue, 08 Aug 2017 17:08:24 GMT\r\nServer: bench\r\n\
         Content-Type: application/json\r\nVary: Accept\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// The client that somebody writes in an afternoon, with the same types in the same fields.
mod by_hand {
    #![allow(
        dead_code,
        reason = "what is decoded is the point, not what is read of it"
    )]

    use std::error::Error;
    use std::time::Duration;

    use fitrankings::units::{Kilocalories, MetMinutes, Metres, Seconds};
    use jiff::Timestamp;
    use serde::Deserialize;
    use serde::de::DeserializeOwned;
    use serde_json::Value;
    use ureq::Agent;

    #[derive(Deserialize)]
    pub struct Activity {
        pub id: i64,
        pub title: Option<String>,
        pub description: Option<String>,
        pub met_minutes: MetMinutes,
        pub distance: Metres,
        pub duration: Seconds,
        pub steps: i64,
        pub calories: Kilocalories,
        pub provider_image_url: Option<String>,
        pub provider_key: Option<String>,
        pub provider_activity_id: Option<String>,
        pub activity_type: String,
        pub fitness_type: String,
        pub action_date: Timestamp,
        pub is_locked: bool,
        pub is_edited: bool,
        pub is_manual_entry: bool,
        pub is_deleted: bool,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
        pub user: User,
        pub current_user_reacted_with_type: Option<i64>,
        pub like_count: i64,
        pub comment_count: i64,
        pub comments: Vec<Value>,
    }

    #[derive(Deserialize)]
    pub struct User {
        pub id: i64,
        pub email: String,
        pub first_name: String,
        pub last_name: String,
        pub date_joined: Timestamp,
        pub handle: Option<String>,
        pub profile: Profile,
    }

    #[derive(Deserialize)]
    pub struct Profile {
        pub id: i64,
        pub display_name: String,
        pub display_name_format: String,
        pub image_profile_url: Option<String>,
        pub is_private: bool,
        pub follower_count: i64,
        pub following_count: i64,
        pub bio: Option<String>,
    }

    pub struct Client {
        agent: Agent,
        base_url: String,
        authorization: String,
    }

    impl Client {
        pub fn new(base_url: &str, token: &str, timeout: Option<Duration>) -> Self {
            let config = Agent::config_builder().timeout_global(timeout);
            Self {
                agent: config.build().into(),
                base_url: base_url.to_owned(),
                authorization: format!("Bearer {token}"),
            }
        }

        pub fn get_activity(&self, id: i64) -> Result<Activity, Box<dyn Error>> {
            self.get(&format!("{}/activities/{id}/", self.base_url))
        }

        pub fn list_activities(
            &self,
            page: u64,
            size: u64,
        ) -> Result<Vec<Activity>, Box<dyn Error>> {
            let base = &self.base_url;
            self.get(&format!("{base}/activities/?page={page}&page_size={size}"))
        }

        fn get<R: DeserializeOwned>(&self, url: &str) -> Result<R, Box<dyn Error>> {
            let request = self.agent.get(url);
            let request = request
                .header("Authorization", &self.authorization)
                .header("Accept", "application/json");
            // What `read_json` of `ureq` does; its feature is not turned on here, since that
            // would turn it on for the crate, too.
            let body = request.call()?.body_mut().read_to_vec()?;
            Ok(serde_json::from_slice(&body)?)
        }
    }
}
