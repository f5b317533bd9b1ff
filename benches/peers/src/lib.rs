//! What the programs of all clients share: the work that is asked of them, and how it is counted.

#[cfg(feature = "types")]
pub mod types;

use std::collections::HashMap;
use std::io::BufRead;
use std::time::{Duration, Instant};

pub const TOKEN: &str = "a-master-token";

/// A client, brought to the form that is measured. Each answer is decoded, and dropped.
pub trait Peer: Sync {
    /// How a client is made, with the token and limits that it has to have.
    fn new(base_url: &str) -> Self;
    fn one(&self);
    /// The number of records, so that nothing is left out.
    fn page(&self, page: u64, size: u64) -> usize;

    /// All records; `ahead` is for who can fetch ahead.
    fn list(&self, size: u64, _ahead: usize) -> usize {
        let pages = (1..).map(|page| self.page(page, size));
        pages.take_while(|records| *records > 0).sum()
    }
}

/// `PROGRAM BASE_URL SITUATION WORK CALLS` does it once and says what it took of memory, for
/// whoever counts from outside. `PROGRAM BASE_URL` takes `SITUATION WORK CALLS` from its standard
/// input, line by line, and answers each with nanoseconds: on the clock, and of CPU time.
pub fn main<P: Peer>() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (base_url, work) = arguments.split_first().expect("the URL of the server");
    if !work.is_empty() {
        let mut clients = HashMap::new();
        perform::<P>(base_url, &mut clients, &work.join(" "));
        println!("{}", peak());
        return;
    }
    let mut clients = HashMap::new();
    for line in std::io::stdin().lock().lines() {
        let (clock, cpu) = (Instant::now(), cpu_time());
        perform::<P>(base_url, &mut clients, &line.unwrap());
        let (clock, cpu) = (clock.elapsed(), cpu_time() - cpu);
        println!("{} {}", clock.as_nanos(), cpu.as_nanos());
    }
}

fn perform<P: Peer>(base_url: &str, clients: &mut HashMap<String, P>, line: &str) {
    let words: Vec<&str> = line.split(' ').collect();
    let [situation, work, calls] = *words.as_slice() else {
        panic!("not SITUATION WORK CALLS: {line}");
    };
    let calls: usize = calls.parse().unwrap();
    if calls == 0 {
        return;
    }
    let (work, number) = work.split_once(':').unwrap_or((work, "0"));
    let number: u64 = number.parse().unwrap();
    let new = || P::new(&format!("{base_url}/{situation}"));
    let client = clients.entry(situation.to_owned()).or_insert_with(new);
    for _ in 0..calls {
        match work {
            "one" => client.one(),
            "page" => assert_eq!(client.page(1, number), number as usize),
            "threads" => std::thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| (0..number).for_each(|_| client.one()));
                }
            }),
            "list" => assert_eq!(client.list(number, 0), total(situation)),
            "ahead" => assert_eq!(client.list(20, number as usize), total(situation)),
            "start" => P::new(&format!("{base_url}/{situation}")).one(),
            _ => panic!("no such work: {work}"),
        }
    }
}

/// A situation ends with the number of records that there are.
fn total(situation: &str) -> usize {
    situation.rsplit('/').next().unwrap().parse().unwrap()
}

/// Of all threads of this process, those that are over included.
fn cpu_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: it writes to the one place that it is given.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// The most memory that was in use, in KiB; 0 where the system does not say.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number
        .and_then(|number| number.parse().ok())
        .unwrap_or_default()
}
