//! Generates clients for documents of other APIs, and compiles them.
//!
//! ```text
//! cargo run --release --example corpus -- FOLDER
//! cargo run --release --example corpus -- --no-compile petstore.yaml
//! ```
//!
//! Each document has one of three outcomes, which begins its line:
//!
//! - (a) it is generated into code that compiles against this crate without a warning;
//! - (b) it is refused with problems that point at places in it: the first of them is shown;
//! - (c) with `FITRANKINGS_SPEC_LENIENT=1`, operations are left out, and the rest is as in (a).
//!
//! Any other outcome is printed as a `FAULT`, and makes the exit status 1.

use std::collections::HashMap;
use std::env;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf, absolute};
use std::process::{Command, ExitCode, Output, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use fitrankings_codegen as generator;

type Failure = Box<dyn std::error::Error>;

const USAGE: &str = "usage: corpus [--no-compile] FOLDER|FILE…";
/// One document is generated in a process of its own: it may hang, or use up its stack.
const LIMIT: Duration = Duration::from_secs(120);
/// Lines of what went wrong that are shown.
const SHOWN: usize = 12;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--one", path] => one(Path::new(path)).map(|()| true),
        ["--no-compile", ref places @ ..] => all(places, false),
        ref places => all(places, true),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("corpus: {failure}");
            ExitCode::from(2)
        }
    }
}

/// Returns `Ok(true)` if no document was a fault.
fn all(places: &[&str], compile: bool) -> Result<bool, Failure> {
    let documents = documents(places)?;
    if compile {
        // What is wrong with the crate or the machine is no fault of a document.
        check(None).map_err(|said| format!("the crate itself does not compile:\n{said}"))?;
    }
    let start = Instant::now();
    let mut counts = Counts::default();
    for document in &documents {
        let outcome = outcome(document, compile);
        let name = document.file_name().unwrap_or_default().to_string_lossy();
        println!("{name}: {}", counts.add(&outcome));
    }
    println!(
        "\n{} documents in {:.0?}: {}",
        documents.len(),
        start.elapsed(),
        counts.told(compile)
    );
    Ok(counts.faults == 0)
}

/// The files named, and those in the folders named, by name. What else stands there is none.
fn documents(places: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for place in places {
        let place = absolute(place)?;
        if !place.is_dir() {
            fs::metadata(&place).map_err(|error| format!("{}: {error}", place.display()))?;
            found.push(place);
            continue;
        }
        let mut inside = Vec::new();
        for entry in fs::read_dir(&place)? {
            let path = entry?.path();
            let extension = path.extension().unwrap_or_default();
            if path.is_file()
                && ["json", "yaml", "yml"]
                    .iter()
                    .any(|known| extension == *known)
            {
                inside.push(path);
            }
        }
        inside.sort();
        found.append(&mut inside);
    }
    // Nothing at all would be a run without a fault.
    match found.is_empty() {
        true => Err(format!("no document to be found\n{USAGE}").into()),
        false => Ok(found),
    }
}

enum Outcome {
    /// It was generated, and compiled if that was asked for.
    Good(Report),
    Refused(Report),
    Fault(String),
}

fn outcome(document: &Path, compile: bool) -> Outcome {
    let report = match generate_apart(document) {
        Ok(report) => report,
        Err(fault) => return Outcome::Fault(fault),
    };
    if let Some(fault) = report.fault {
        return Outcome::Fault(fault);
    }
    if report.problems > 0 {
        return Outcome::Refused(report);
    }
    if compile && let Err(said) = check(Some(document)) {
        return Outcome::Fault(format!("what was generated does not pass:\n{said}"));
    }
    Outcome::Good(report)
}

#[derive(Default)]
struct Counts {
    whole: usize,
    in_part: usize,
    refused: usize,
    faults: usize,
}

impl Counts {
    /// Counts an outcome, and returns its line.
    fn add(&mut self, outcome: &Outcome) -> String {
        match outcome {
            Outcome::Good(report) => {
                let Report {
                    took,
                    operations,
                    left_out,
                    lines,
                    ..
                } = report;
                let (kind, letter) = match left_out {
                    0 => (&mut self.whole, 'a'),
                    _ => (&mut self.in_part, 'c'),
                };
                *kind += 1;
                let first = match &report.first {
                    Some(first) => format!("; first {first}"),
                    None => String::new(),
                };
                format!(
                    "({letter}) {operations} operations in {lines} lines, {left_out} left out, \
                     {took:.1?}{first}"
                )
            }
            Outcome::Refused(report) => {
                let Report { took, problems, .. } = report;
                self.refused += 1;
                let first = report.first.as_deref().unwrap_or_default();
                format!("(b) {problems} problems, {took:.1?}; first {first}")
            }
            Outcome::Fault(what) => {
                self.faults += 1;
                format!("FAULT: {}", excerpt(what))
            }
        }
    }

    fn told(&self, compile: bool) -> String {
        let Self {
            whole,
            in_part,
            refused,
            faults,
        } = self;
        let done = match compile {
            true => "compiled",
            false => "generated",
        };
        format!(
            "{whole} {done} whole (a), {refused} refused (b), {in_part} {done} in part (c), {faults} faults"
        )
    }
}

/// The beginning of a text, what follows the first line indented.
fn excerpt(text: &str) -> String {
    let mut lines: Vec<&str> = text.trim_end().lines().collect();
    let more = lines.len().saturating_sub(SHOWN);
    lines.truncate(SHOWN);
    let mut shown = lines.join("\n    ");
    if more > 0 {
        shown += &format!("\n    … and {more} lines more");
    }
    shown
}

/// The report of a process with `--one`.
#[derive(Default, Serialize, Deserialize)]
struct Report {
    took: Duration,
    operations: usize,
    lines: usize,
    left_out: usize,
    problems: usize,
    first: Option<String>,
    fault: Option<String>,
}

/// Generates one document, and prints its [`Report`].
fn one(document: &Path) -> Result<(), Failure> {
    let start = Instant::now();
    let generated = generator::generate(document, generator::Mode::from_env()?);
    let took = start.elapsed();
    let report = match generated {
        Ok(generated) => Report {
            took,
            operations: generated.operations.len(),
            lines: generated.code.lines().count(),
            left_out: generated.left_out.len(),
            first: generated.left_out.first().cloned(),
            ..Report::default()
        },
        Err(problems) => Report {
            took,
            ..refusal(&problems)
        },
    };
    println!("{}", serde_json::to_string(&report)?);
    Ok(())
}

fn refusal(problems: &generator::Diagnostics) -> Report {
    let mut report = Report::default();
    let mut files = HashMap::new();
    for problem in problems.iter() {
        report.problems += 1;
        let told = problem.to_string();
        if told.contains("fault of the generator") {
            report.fault.get_or_insert_with(|| told.clone());
        } else if !stands(&mut files, problem.location()) {
            let fault = || format!("points at nothing: {told}");
            report.fault.get_or_insert_with(fault);
        }
        report.first.get_or_insert(told);
    }
    if report.problems == 0 {
        report.fault = Some("refused without a problem".into());
    }
    report
}

/// Whether there is a value at a pointer. A text that cannot be read is one place.
fn stands(
    files: &mut HashMap<PathBuf, Option<serde_json::Value>>,
    (path, pointer): (&Path, &str),
) -> bool {
    let value = files.entry(path.to_owned()).or_insert_with(|| {
        let text = fs::read_to_string(path).ok()?;
        generator::value(path, &text).ok()
    });
    match value {
        Some(value) => value.pointer(pointer).is_some(),
        None => pointer.is_empty(),
    }
}

/// Has this program generate one document in a process of its own.
fn generate_apart(document: &Path) -> Result<Report, String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    command
        .arg("--one")
        .arg(document)
        .env("RUST_BACKTRACE", "0");
    let output = within_limit(command).map_err(|error| error.to_string())?;
    let output = output.ok_or_else(|| format!("no end after {LIMIT:?}"))?;
    serde_json::from_slice(&output.stdout).map_err(|_| {
        let said = String::from_utf8_lossy(&output.stderr);
        format!(
            "the generator ended with {}\n{}",
            output.status,
            said.trim()
        )
    })
}

/// Runs a command. Returns `None` if it was ended at the time limit.
fn within_limit(mut command: Command) -> std::io::Result<Option<Output>> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let stdout = child.stdout.take().map(drain);
    let stderr = child.stderr.take().map(drain);
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if start.elapsed() > LIMIT {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(5));
    };
    let read = |pipe: Option<JoinHandle<Vec<u8>>>| {
        pipe.and_then(|pipe| pipe.join().ok()).unwrap_or_default()
    };
    Ok(Some(Output {
        status,
        stdout: read(stdout),
        stderr: read(stderr),
    }))
}

/// Reads a pipe to its end, lest its writer wait.
fn drain(mut pipe: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What could be read until then says enough.
        let _ = pipe.read_to_end(&mut bytes);
        bytes
    })
}

/// Compiles this package with a document in place of its own, just as a user does. Returns
/// the output of the compiler if there was an error or a warning.
fn check(document: Option<&Path>) -> Result<(), String> {
    let package = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["check", "--lib", "--quiet", "--offline", "--manifest-path"])
        .arg(package.join("Cargo.toml"))
        .current_dir(package)
        .env("CARGO_TARGET_DIR", package.join("target/corpus"))
        .env("CARGO_TERM_COLOR", "never")
        .env_remove("FITRANKINGS_SPEC");
    if let Some(document) = document {
        cargo.env("FITRANKINGS_SPEC", document);
    }
    let output = cargo.output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    match output.status.success() && !said.lines().any(is_warning) {
        true => Ok(()),
        false => Err(said.into_owned()),
    }
}

/// The build script's own warnings tell what was left out.
fn is_warning(line: &str) -> bool {
    line.starts_with("warning") && !line.starts_with("warning: fitrankings@")
}
