//! Has all clients do the same, counts, and prints the tables: see `run`.
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The client that the others are compared to.
const HAND: &str = "hand";
const OURS: &str = "ours";
/// It reads no other body than one with a length, and has no list and no threads of its own.
const SOCKET: &str = "socket";

/// What is asked for: SITUATION, WORK, and how many calls are counted, and timed in one turn.
struct Row {
    name: &'static str,
    situation: &'static str,
    work: &'static str,
    counted: usize,
    timed: usize,
}

const fn row(
    name: &'static str,
    situation: &'static str,
    work: &'static str,
    counted: usize,
    timed: usize,
) -> Row {
    Row {
        name,
        situation,
        work,
        counted,
        timed,
    }
}

const ROWS: [Row; 9] = [
    row("one activity", "length/2000", "one", 200, 300),
    row("page of 20", "length/2000", "page:20", 50, 100),
    row("page of 100", "length/2000", "page:100", 20, 30),
    row("page of 1000", "length/2000", "page:1000", 4, 4),
    row("one activity, chunked", "chunked/2000", "one", 100, 300),
    row("page of 100, chunked", "chunked/2000", "page:100", 8, 15),
    row("page of 1000, chunked", "chunked/2000", "page:1000", 2, 2),
    row("page of 20, gzip", "gzip/2000", "page:20", 20, 60),
    row("page of 100, gzip", "gzip/2000", "page:100", 8, 15),
];

/// Where the server writes its certificate.
const CERTIFICATE: &str = "server.pem";
/// How often the clients take turns.
const TURNS: usize = 15;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let peers = arguments
        .iter()
        .skip_while(|argument| *argument != "--")
        .skip(1);
    let peers: Vec<&str> = peers.map(String::as_str).collect();
    let bench = Bench::new(&peers, None);
    println!(
        "Ratios to the client by hand, less is better; in brackets what it is for one call.\n"
    );
    if has("valgrind") {
        bench.table("Instructions", |row, peer| {
            bench.instructions(peer, row.situation, row.work, row.counted)
        });
        bench.start();
        bench.allocations();
    } else {
        println!("There is no valgrind here, so instructions and allocations were not counted.\n");
    }
    if has("strace") {
        bench.system_calls();
    } else {
        println!("There is no strace here, so system calls were not counted.\n");
    }
    if !quick {
        let [wall, cpu] = bench.times();
        println!("### Time on the clock, µs\n\n{wall}");
        println!("### CPU time, µs\n\n{cpu}");
        bench.lists();
    }
}

struct Bench<'p> {
    peers: &'p [&'p str],
    server: Child,
    port: u16,
}

impl Drop for Bench<'_> {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl<'p> Bench<'p> {
    /// With a server of its own; `tls` is where its certificate goes.
    fn new(peers: &'p [&'p str], tls: Option<&Path>) -> Self {
        let mut command = pinned(&program("server"));
        let mut server = command.args(tls).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let port = lines.next().unwrap().unwrap().parse().unwrap();
        Self {
            peers,
            server,
            port,
        }
    }

    fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Under a tool that says how much of something there was; the difference between two counts
    /// of calls, for one call.
    fn per_call(&self, calls: usize, total: impl Fn(usize) -> u64) -> f64 {
        let (few, many) = (total(calls), total(calls * 2));
        many.saturating_sub(few) as f64 / calls as f64
    }

    fn instructions(&self, peer: &str, situation: &str, work: &str, calls: usize) -> f64 {
        self.per_call(calls, |calls| {
            callgrind(&program(peer), &self.base_url(), situation, work, calls)
        })
    }

    fn table(&self, title: &str, measure: impl Fn(&Row, &str) -> f64) {
        println!("### {title}\n");
        print!("{}", self.head());
        for row in &ROWS {
            let values: Vec<_> = self
                .peers
                .iter()
                .map(|peer| row.is_for(peer).then(|| measure(row, peer)))
                .collect();
            print!("{}", self.line(row.name, &values));
        }
        println!();
    }

    fn head(&self) -> String {
        format!(
            "| | {} |\n|---|{}\n",
            self.peers.join(" | "),
            "--:|".repeat(self.peers.len())
        )
    }

    fn line(&self, name: &str, values: &[Option<f64>]) -> String {
        let hand = self
            .peers
            .iter()
            .position(|peer| *peer == HAND)
            .and_then(|at| values[at]);
        let mut line = format!("| {name} |");
        for (peer, value) in self.peers.iter().zip(values) {
            let _ = match (value, hand) {
                (Some(value), _) if *peer == HAND => write!(line, " ({}) |", short(*value)),
                (Some(value), Some(hand)) => write!(line, " {:.2} |", value / hand),
                _ => write!(line, " |"),
            };
        }
        line + "\n"
    }

    /// Of making a client and its first call.
    fn start(&self) {
        println!("### From the start to the first answer, instructions\n");
        print!("{}", self.head());
        let start = |program: &Path, url: &str| {
            let count = |calls| callgrind(program, url, "length/1", "start", calls);
            Some(count(1).saturating_sub(count(0)) as f64)
        };
        let url = self.base_url();
        let plain = self.peers.iter().map(|peer| start(&program(peer), &url));
        let plain: Vec<_> = plain.collect();
        print!("{}", self.line("http", &plain));
        let server = Bench::new(&[], Some(&folder().join(CERTIFICATE)));
        let url = format!("https://localhost:{}", server.port);
        let tls = self
            .peers
            .iter()
            .map(|peer| folder().join("../tls").join(peer));
        let tls = tls.map(|program| {
            if program.exists() {
                start(&program, &url)
            } else {
                None
            }
        });
        let tls: Vec<_> = tls.collect();
        println!("{}", self.line("https, the system's certificates", &tls));
    }

    fn allocations(&self) {
        println!("### Allocations for one call\n");
        print!("{}", self.head());
        for (name, work, calls) in [
            ("one activity", "one", 50),
            ("page of 20", "page:20", 20),
            ("page of 100", "page:100", 10),
        ] {
            self.counts(name, |peer| {
                self.per_call(calls, |calls| {
                    let mut command = Command::new("valgrind");
                    command.args([
                        "--tool=memcheck",
                        "--undef-value-errors=no",
                        "--leak-check=no",
                    ]);
                    command
                        .arg(program(peer))
                        .args([&*self.base_url(), "length/2000", work]);
                    let text = errors_of(command.arg(calls.to_string()));
                    number_after(&text, "total heap usage:")
                })
            });
        }
        println!();
    }

    fn counts(&self, name: &str, count: impl Fn(&str) -> f64) {
        let counts = self
            .peers
            .iter()
            .map(|peer| format!(" {} |", short(count(peer))));
        println!("| {name} |{}", counts.collect::<String>());
    }

    /// With a name in the URL, since an address hides that a resolver is asked.
    fn system_calls(&self) {
        println!("### For one call over a connection of the pool, a host name in the URL\n");
        print!("{}", self.head());
        let trace = |peer: &str, calls: usize| {
            let file = folder().join("strace.log");
            let mut command = Command::new("strace");
            command
                .args(["-f", "-qq", "-o"])
                .arg(&file)
                .arg(program(peer));
            command.arg(format!("http://localhost:{}", self.port));
            errors_of(command.args(["length/2000", "one", &calls.to_string()]));
            std::fs::read_to_string(&file).unwrap()
        };
        let traces: Vec<_> = self
            .peers
            .iter()
            .map(|peer| (trace(peer, 100), trace(peer, 200)))
            .collect();
        for (name, is) in [
            ("system calls", (|_| true) as fn(&str) -> bool),
            ("threads started", |line| {
                line.contains(" clone3(") || line.contains(" clone(")
            }),
            ("questions for the name", |line| {
                line.contains("\"/etc/hosts\"") && line.contains("open")
            }),
        ] {
            let lines = |trace: &str| {
                let lines = trace.lines().filter(|line| !line.contains(" resumed>"));
                lines.filter(|line| is(line)).count() as f64
            };
            let counts = traces
                .iter()
                .map(|(few, many)| (lines(many) - lines(few)) / 100.0);
            println!(
                "| {name} |{}",
                counts
                    .map(|count| format!(" {count:.1} |"))
                    .collect::<String>()
            );
        }
        println!();
    }

    /// Clients take turns, forwards and backwards; the ratio is the median of those of each turn.
    fn times(&self) -> [String; 2] {
        let mut running: Vec<_> = self
            .peers
            .iter()
            .map(|peer| Running::start(self, peer))
            .collect();
        let mut tables = [self.head(), self.head()];
        let threads = row(
            "8 threads on one client, 200 calls each",
            "length/2000",
            "threads:200",
            0,
            1,
        );
        for row in ROWS.iter().chain([&threads]) {
            let mut turns: Vec<Vec<Option<[f64; 2]>>> = Vec::new();
            for turn in 0..=TURNS {
                let mut times = vec![None; self.peers.len()];
                for step in 0..self.peers.len() {
                    let at = if turn % 2 == 0 {
                        step
                    } else {
                        self.peers.len() - 1 - step
                    };
                    if row.is_for(self.peers[at]) {
                        times[at] = Some(running[at].time(row.situation, row.work, row.timed));
                    }
                }
                // The first one is to warm up.
                if turn > 0 {
                    turns.push(times);
                }
            }
            let hand = self.peers.iter().position(|peer| *peer == HAND).unwrap();
            for (which, table) in tables.iter_mut().enumerate() {
                let median = |at: usize| {
                    let ratio = |turn: &Vec<Option<[f64; 2]>>| {
                        Some(turn[at]?[which] / if at == hand { 1.0 } else { turn[hand]?[which] })
                    };
                    median(turns.iter().filter_map(ratio).collect())
                };
                let _ = write!(table, "| {} |", row.name);
                for (at, peer) in self.peers.iter().enumerate() {
                    let _ = match median(at) {
                        Some(time) if *peer == HAND => {
                            write!(table, " ({:.1}) |", time / 1e3 / row.timed as f64)
                        }
                        Some(ratio) => write!(table, " {ratio:.2} |"),
                        None => write!(table, " |"),
                    };
                }
                table.push('\n');
            }
        }
        tables
    }

    fn lists(&self) {
        println!("### Lists\n");
        println!("Peak memory in MB, of a list of 100 and of 100,000 records by pages of 100:\n");
        print!("{}", self.head());
        for total in ["100", "100000"] {
            self.counts(total, |peer| {
                let mut command = Command::new(program(peer));
                command.args([
                    &*self.base_url(),
                    &format!("length/{total}"),
                    "list:100",
                    "1",
                ]);
                let answer = command.output().unwrap().stdout;
                let peak: f64 = String::from_utf8(answer).unwrap().trim().parse().unwrap();
                peak / 1024.0
            });
        }
        println!(
            "\n50 pages of 20, the last of them with 19, 20 ms for each, median of 5, with what this crate fetches ahead:\n"
        );
        println!("| ahead | ms | times as fast | connections |\n|--:|--:|--:|--:|");
        let mut one = None;
        for ahead in [0, 2, 4, 8, 16] {
            let mut connections = 0;
            let times = (0..5).map(|_| {
                // A client of its own, so that all connections are counted. The last page is not
                // full, or the end would be asked for twice.
                let mut ours = Running::start(self, OURS);
                let [time, _] = ours.time("slow/999", &format!("ahead:{ahead}"), 1);
                drop(ours);
                connections = self.connections();
                time / 1e6
            });
            let time = median(times.collect()).unwrap();
            let first = *one.get_or_insert(time);
            println!(
                "| {ahead} | {time:.0} | {:.1} | {connections} |",
                first / time
            );
        }
        println!();
    }

    fn connections(&self) -> u64 {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream
            .write_all(b"GET /connections HTTP/1.1\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        stream.read_to_string(&mut answer).unwrap();
        answer.rsplit('\n').next().unwrap().parse().unwrap()
    }
}

impl Row {
    fn is_for(&self, peer: &str) -> bool {
        peer != SOCKET || self.situation.starts_with("length") && !self.work.starts_with("threads")
    }
}

/// A client that waits for work.
struct Running {
    child: Child,
    work: Option<ChildStdin>,
    times: Lines<BufReader<ChildStdout>>,
}

impl Running {
    fn start(bench: &Bench<'_>, peer: &str) -> Self {
        let mut command = pinned(&program(peer));
        command
            .arg(bench.base_url())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let work = child.stdin.take();
        let times = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, work, times }
    }

    /// On the clock, and of CPU time.
    fn time(&mut self, situation: &str, work: &str, calls: usize) -> [f64; 2] {
        let stdin = self.work.as_mut().unwrap();
        writeln!(stdin, "{situation} {work} {calls}").unwrap();
        let line = self.times.next().unwrap().unwrap();
        let (wall, cpu) = line.split_once(' ').unwrap();
        [wall.parse().unwrap(), cpu.parse().unwrap()]
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.work = None;
        let _ = self.child.wait();
    }
}

/// Client and server share a core: on two, a small call takes 4 or 30 µs of the system by chance.
fn pinned(program: &Path) -> Command {
    if has("taskset") {
        let mut command = Command::new("taskset");
        command.args(["-c", "0"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

/// Where all programs are.
fn folder() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    program.parent().unwrap().to_owned()
}

fn program(peer: &str) -> PathBuf {
    folder().join(peer)
}

fn has(tool: &str) -> bool {
    let mut command = Command::new(tool);
    let command = command
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn callgrind(program: &Path, url: &str, situation: &str, work: &str, calls: usize) -> u64 {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    command
        .arg(program)
        .args([url, situation, work, &calls.to_string()]);
    if url.starts_with("https") {
        // The server's certificate becomes the only one of the system.
        command.env("SSL_CERT_FILE", folder().join(CERTIFICATE));
    }
    number_after(&errors_of(&mut command), "Collected :")
}

fn errors_of(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {text}");
    text
}

fn number_after(text: &str, label: &str) -> u64 {
    let (_, rest) = text.rsplit_once(label).expect("the tool's count");
    let number = rest.split_whitespace().next().unwrap();
    number.replace(',', "").parse().unwrap()
}

fn median(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied()
}

fn short(number: f64) -> String {
    match number {
        1e6.. => format!("{:.2} M", number / 1e6),
        1e4.. => format!("{:.1} k", number / 1e3),
        100.0.. => format!("{number:.0}"),
        _ => format!("{number:.1}"),
    }
}
