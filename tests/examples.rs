//! Runs the examples as programs and checks their output and exit status.
#![allow(clippy::panic, clippy::unwrap_used)]

#[path = "support/cargo.rs"]
mod cargo;

use std::collections::HashMap;
use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use fitrankings::sandbox::{Fault, Sandbox};
use fitrankings::{Client, MasterToken, RetryPolicy};

/// The variables that `Client::from_env` reads.
const VARIABLES: [&str; 5] = [
    "FITRANKINGS_BASE_URL",
    "FITRANKINGS_CLIENT_ID",
    "FITRANKINGS_CLIENT_SECRET",
    "FITRANKINGS_MASTER_TOKEN",
    "FITRANKINGS_USER_TOKEN",
];

/// Returns the command of an example, without a token in its environment.
fn example(name: &str) -> Command {
    static BUILT: OnceLock<HashMap<String, PathBuf>> = OnceLock::new();
    let mut command = Command::new(&BUILT.get_or_init(build)[name]);
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    command.stdin(Stdio::null());
    command
}

/// Builds the examples and returns their paths. The features are those of this test, so that cargo
/// has usually built the examples already.
fn build() -> HashMap<String, PathBuf> {
    let features = [
        ("gzip", cfg!(feature = "gzip")),
        ("platform-verifier", cfg!(feature = "platform-verifier")),
        ("sandbox", cfg!(feature = "sandbox")),
    ];
    let features = features.iter().filter(|(_, on)| *on);
    let features: Vec<_> = features.map(|(name, _)| *name).collect();
    let mut cargo = cargo::cargo();
    cargo
        .args(["build", "--offline", "--examples", "--message-format=json"])
        .args(["--no-default-features", "--features", &features.join(" ")]);
    let output = cargo.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let messages = String::from_utf8(output.stdout).unwrap();
    let messages = messages.lines().map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).unwrap();
        let name = message["target"]["name"].as_str()?.to_owned();
        Some((name, PathBuf::from(message["executable"].as_str()?)))
    });
    messages.flatten().collect()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Returns the file with the `main` of an example.
fn source(name: &str) -> PathBuf {
    let file = PathBuf::from(format!("examples/{name}.rs"));
    if file.is_file() {
        file
    } else {
        Path::new("examples").join(name).join("main.rs")
    }
}

/// A temporary folder, which is removed when dropped.
struct Temporary(PathBuf);

fn temporary(name: &str) -> Temporary {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("examples-{name}"));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    Temporary(path)
}

impl Temporary {
    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs an example that must succeed, and returns its output.
fn printed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output)
}

#[test]
fn a_closed_pipe_ends_every_example_quietly() {
    let sandbox = Sandbox::builder().users(2).activities(9).start().unwrap();
    for name in [
        "activities",
        "csv",
        "mirror",
        "quickstart",
        "sandbox",
        "weekly",
    ] {
        let mut command = example(name);
        let folder = temporary(name);
        command.current_dir(folder.path());
        command.env("FITRANKINGS_BASE_URL", sandbox.base_url());
        command.env("FITRANKINGS_MASTER_TOKEN", sandbox.master_token());
        // Like `| head -1`, but closed before the first line.
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let output = command.stdout(writer).output().unwrap();
        assert_eq!(stderr(&output), "", "{name}");
        assert!(output.status.success(), "{name}");
    }
}

#[test]
fn a_failure_is_one_line_with_the_name_of_the_example() {
    let token = ("FITRANKINGS_MASTER_TOKEN", "a-token");
    for (url, told) in [
        (
            "nowhere",
            "FITRANKINGS_BASE_URL: the base URL has no scheme",
        ),
        ("http://127.0.0.1:1", "refused"),
    ] {
        let mut command = example("activities");
        let output = command.envs([token, ("FITRANKINGS_BASE_URL", url)]);
        let output = output.output().unwrap();
        let said = stderr(&output);
        assert!(!output.status.success());
        assert!(
            said.starts_with("activities: ") && said.contains(told),
            "{said}"
        );
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
fn the_quickstart_fits_a_narrow_terminal_and_ends_with_commands_that_are_there() {
    let printed = printed(&mut example("quickstart"));
    for line in printed.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert!(printed.contains("date        provider "), "{printed}");
    let (_, next) = printed.split_once("What to try next\n").unwrap();
    let mut commands = 0;
    for line in next.lines().filter(|line| line.starts_with("cargo ")) {
        let words: Vec<_> = line.split_whitespace().collect();
        for pair in words.windows(2).filter(|pair| pair[0] == "--example") {
            assert!(source(pair[1]).is_file(), "{line}");
        }
        commands += 1;
    }
    assert!(commands > 1, "{next}");
}

/// Returns the variables of a shell after it has evaluated the lines.
fn evaluated(lines: &str) -> HashMap<String, String> {
    let mut shell = Command::new("sh");
    shell.args(["-c", "eval \"$1\"; env", "sh", lines]);
    for variable in VARIABLES {
        shell.env_remove(variable);
    }
    let printed = printed(&mut shell);
    let pairs = printed.lines().filter_map(|line| line.split_once('='));
    let ours = pairs.filter(|(name, _)| name.starts_with("FITRANKINGS_"));
    ours.map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// A running example `sandbox`, which is killed when dropped.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    /// The lines that it printed when it started.
    lines: String,
}

impl Running {
    fn start(arguments: &[&str], input: Stdio) -> Self {
        let mut command = example("sandbox");
        command.args(arguments).stdin(input).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        while !lines.contains("CLIENT_SECRET") {
            assert!(out.read_line(&mut lines).unwrap() > 0, "{lines}");
        }
        Self { child, out, lines }
    }

    fn client(&self) -> Client<MasterToken> {
        let set = evaluated(&self.lines);
        let token = MasterToken::new(&*set["FITRANKINGS_MASTER_TOKEN"]).unwrap();
        let builder = Client::builder().base_url(&set["FITRANKINGS_BASE_URL"]);
        builder.retry(RetryPolicy::none()).build(token).unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const SMALL: [&str; 6] = ["--users", "3", "--activities", "7", "--seed", "5"];

#[cfg(unix)]
#[test]
fn a_shell_takes_what_the_sandbox_prints_and_finds_it_there() {
    let sandbox = Running::start(&SMALL, Stdio::null());
    let client = sandbox.client();
    assert_eq!(client.list_users().call().unwrap().len(), 3);
    assert_eq!(client.list_activities().call().unwrap().len(), 7);
    // The lines in comments are for other tokens.
    let others: Vec<_> = sandbox
        .lines
        .lines()
        .filter_map(|line| line.strip_prefix("# export "))
        .map(|line| evaluated(&format!("export {line}")))
        .collect();
    assert_eq!(others.len(), 2, "{}", sandbox.lines);
    let base_url = &evaluated(&sandbox.lines)["FITRANKINGS_BASE_URL"];
    for mut other in others {
        other.insert("FITRANKINGS_BASE_URL".to_owned(), base_url.clone());
        printed(example("activities").envs(other));
    }
}

#[cfg(unix)]
#[test]
fn the_sandbox_runs_without_an_input_until_it_is_killed() {
    let mut sandbox = Running::start(&SMALL, Stdio::null());
    std::thread::sleep(Duration::from_millis(300));
    assert!(sandbox.child.try_wait().unwrap().is_none());
    assert!(sandbox.client().list_users().call().is_ok());
}

#[cfg(unix)]
#[test]
fn the_sandbox_ends_with_its_input_where_it_is_asked_to() {
    let arguments = [&SMALL[..], &["--until-eof"]].concat();
    let mut sandbox = Running::start(&arguments, Stdio::piped());
    let client = sandbox.client();
    assert_eq!(client.list_users().call().unwrap().len(), 3);
    drop(sandbox.child.stdin.take());
    assert!(sandbox.child.wait().unwrap().success());
    let mut said = String::new();
    let mut stderr = sandbox.child.stderr.take().unwrap();
    stderr.read_to_string(&mut said).unwrap();
    assert!(said.contains("input has ended"), "{said}");
    assert_eq!(sandbox.out.read_line(&mut said).unwrap(), 0);
    let error = client.list_users().call().unwrap_err();
    assert!(error.is_connect(), "{error}");
}

#[cfg(unix)]
#[test]
fn the_sandbox_has_the_port_the_token_and_the_faults_that_it_is_given() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port().to_string();
    drop(free);
    let token = r#"it's&"$HOME"\"#;
    let faults = ["--fault", "503,times=2", "--fault", "odd-record,page=2"];
    let chosen = ["--port", &port, "--token", token, "--latency", "30"];
    let arguments = [&chosen[..], &faults[..]].concat();
    let sandbox = Running::start(&arguments, Stdio::null());
    let set = evaluated(&sandbox.lines);
    assert_eq!(set["FITRANKINGS_MASTER_TOKEN"], token);
    let expected = format!("http://127.0.0.1:{port}/iq");
    assert_eq!(set["FITRANKINGS_BASE_URL"], expected);
    let client = sandbox.client();
    let begun = Instant::now();
    for _ in 0..2 {
        let error = client.list_users().call().unwrap_err();
        assert_eq!(error.status(), Some(503), "{error}");
    }
    assert!(begun.elapsed() >= Duration::from_millis(60));
    assert!(client.list_activities().page(1).call().is_ok());
    let error = client.list_activities().page(2).call().unwrap_err();
    assert!(error.is_decode(), "{error}");
}

/// Returns the error of the sandbox for invalid arguments.
fn refused(arguments: &[&str]) -> String {
    let output = example("sandbox").args(arguments).output().unwrap();
    assert!(!output.status.success(), "{arguments:?}");
    stderr(&output)
}

#[test]
fn the_sandbox_runs_a_command_that_finds_it_and_ends_as_the_command_does() {
    let activities = example("activities").get_program().to_owned();
    let count = |activities: &Command, options: [&str; 2]| {
        let mut sandbox = example("sandbox");
        sandbox.args(options).arg(activities.get_program());
        // A token of another service, which the command must not get.
        sandbox.env("FITRANKINGS_USER_TOKEN", "of-another-service");
        printed(&mut sandbox).lines().count()
    };
    let command = Command::new(&activities);
    assert_eq!(count(&command, ["--activities", "7"]), 8);
    assert_eq!(count(&command, ["--activities", "0"]), 1);

    let no_command = "no-such-command cannot be started";
    assert!(refused(&["no-such-command"]).contains(no_command));
    assert!(refused(&["--users", "2", "--", "no-such-command"]).contains(no_command));
}

#[test]
fn the_sandbox_names_an_invalid_argument() {
    assert!(refused(&["--user", "2"]).contains("there is no option --user"));
    assert!(refused(&["--users", "two"]).contains("--users wants a number"));
    assert!(refused(&["--port"]).contains("--port wants a number"));
    assert!(refused(&["--token"]).contains("--token wants a token"));
    assert!(refused(&["--token", "a b"]).contains("the master token is"));
    for wrong in ["nonsense", "99", "1000", "html=1", "503=1", "redirect"] {
        let told = format!("there is no fault {wrong}");
        assert!(refused(&["--fault", wrong]).contains(&told), "{wrong}");
    }
    assert!(refused(&["--fault", "503,twice"]).contains("there is no twice"));
    assert!(refused(&["--fault", "503,page=x"]).contains("page wants a number"));
    assert!(refused(&["--fault", "stall"]).contains("stall wants a number"));
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = busy.local_addr().unwrap().port().to_string();
    assert!(refused(&["--port", &port]).contains(&format!("port {port}")));
}

#[test]
fn the_quickstart_says_why_it_uses_a_sandbox() {
    let not_set = "FITRANKINGS_CLIENT_ID and FITRANKINGS_CLIENT_SECRET are not set";
    let said = printed(&mut example("quickstart"));
    assert!(said.contains(not_set) && !said.contains("is not used"));
    let token = ("FITRANKINGS_MASTER_TOKEN", "x");
    let said = printed(example("quickstart").envs([token]));
    assert!(said.contains(not_set), "{said}");
    assert!(
        said.contains("FITRANKINGS_MASTER_TOKEN is not used"),
        "{said}"
    );
    let half = ("FITRANKINGS_CLIENT_ID", "x");
    let output = example("quickstart").envs([half]).output().unwrap();
    assert!(!output.status.success());
    assert!(stderr(&output).contains("only one of FITRANKINGS_CLIENT_ID"));
}

#[test]
fn a_token_is_sent_to_the_service_that_the_environment_names() {
    let sandbox = Sandbox::builder().users(2).activities(9).start().unwrap();
    let user = sandbox.user_ids()[0];
    let token = sandbox.user_token(user).unwrap();
    for (name, asked) in [
        ("csv", "/iq/activities/"),
        ("weekly", "/iq/users/stat-summary/"),
    ] {
        let mut command = example(name);
        command.env("FITRANKINGS_BASE_URL", sandbox.base_url());
        printed(command.env("FITRANKINGS_USER_TOKEN", &token));
        let requests = sandbox.requests();
        assert!(
            requests.iter().any(|request| request.path == asked),
            "{name}"
        );
    }
}

#[test]
fn no_example_uses_println() {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![PathBuf::from("examples")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    assert!(files.len() > 10, "{files:?}");
    for file in files {
        let source = fs::read_to_string(&file).unwrap();
        let code = source.lines().filter(|line| !line.trim().starts_with("//"));
        for line in code {
            assert!(!line.contains("println!"), "{}: {line}", file.display());
        }
    }
}

/// Runs the example `mirror` on one file.
struct Mirror<'s> {
    sandbox: &'s Sandbox,
    folder: Temporary,
}

impl Mirror<'_> {
    fn run(&self) -> Output {
        let mut command = example("mirror");
        command.env("FITRANKINGS_BASE_URL", self.sandbox.base_url());
        command.env("FITRANKINGS_MASTER_TOKEN", self.sandbox.master_token());
        command.current_dir(self.folder.path()).output().unwrap()
    }

    fn succeed(&self) {
        let output = self.run();
        assert!(output.status.success(), "{}", stderr(&output));
    }

    /// Returns the ids of the rows, in order.
    fn ids(&self) -> Vec<i64> {
        let path = self.folder.path().join("activities.csv");
        let mut csv = csv::Reader::from_path(path).unwrap();
        let ids = csv.records().map(|row| row.unwrap()[0].parse().unwrap());
        ids.collect()
    }

    fn has_bookmark(&self) -> bool {
        self.folder.path().join("activities.csv.bookmark").exists()
    }
}

fn sorted(mut ids: Vec<i64>) -> Vec<i64> {
    ids.sort_unstable();
    ids
}

fn mirrored(name: &str) -> (&'static Sandbox, Mirror<'static>) {
    let sandbox = Sandbox::builder().users(2).activities(250).start();
    let sandbox = Box::leak(Box::new(sandbox.unwrap()));
    let folder = temporary(name);
    (sandbox, Mirror { sandbox, folder })
}

#[test]
fn the_mirror_adds_what_is_new_and_deletes_what_is_gone() {
    let (sandbox, mirror) = mirrored("mirror-follows");
    mirror.succeed();
    assert_eq!(mirror.ids(), sorted(sandbox.activity_ids()));
    sandbox.add_activity(sandbox.user_ids()[1]).unwrap();
    for index in [0, 99, 200] {
        assert!(sandbox.remove_activity(sandbox.activity_ids()[index]));
    }
    mirror.succeed();
    assert_eq!(mirror.ids(), sorted(sandbox.activity_ids()));
    assert!(!mirror.has_bookmark());
}

#[test]
fn the_mirror_continues_after_an_error_and_deletes_with_the_next_whole_list() {
    let (sandbox, mirror) = mirrored("mirror-continues");
    mirror.succeed();
    let all = mirror.ids();
    let gone = sandbox.activity_ids()[249];
    assert!(sandbox.remove_activity(gone));
    sandbox.fault(Fault::Html.on_page(2));
    let output = mirror.run();
    assert!(!output.status.success());
    assert!(stderr(&output).contains("HTML"), "{}", stderr(&output));
    assert!(mirror.has_bookmark());
    assert_eq!(mirror.ids(), all);

    let before = sandbox.requests().len();
    mirror.succeed();
    assert!(!mirror.has_bookmark());
    let first = &sandbox.requests()[before];
    assert!(first.query.as_deref().unwrap().contains("page=2"));
    // This run has not read page 1, which may have the missing activity.
    assert_eq!(mirror.ids(), all);

    mirror.succeed();
    assert_eq!(mirror.ids(), sorted(sandbox.activity_ids()));
    assert!(!mirror.ids().contains(&gone));
}

#[test]
fn the_mirror_starts_again_if_its_file_is_missing() {
    let (sandbox, mirror) = mirrored("mirror-anew");
    sandbox.fault(Fault::Html.on_page(2));
    assert!(!mirror.run().status.success());
    assert!(mirror.has_bookmark());
    fs::remove_file(mirror.folder.path().join("activities.csv")).unwrap();
    mirror.succeed();
    assert_eq!(mirror.ids(), sorted(sandbox.activity_ids()));
}

#[test]
fn the_mirror_keeps_the_rows_of_records_that_do_not_decode() {
    let (sandbox, mirror) = mirrored("mirror-keeps");
    mirror.succeed();
    let all = mirror.ids();
    sandbox.fault(Fault::OddRecord.on_page(1));
    sandbox.fault(Fault::OddRecord.on_page(3));
    let output = mirror.run();
    assert!(output.status.success(), "{}", stderr(&output));
    let said = stderr(&output);
    assert_eq!(said.matches("not updated").count(), 2, "{said}");
    assert!(!said.contains("deleted"), "{said}");
    assert_eq!(mirror.ids(), all);
}

#[test]
fn the_mirror_does_not_touch_a_file_with_other_columns() {
    let (_, mirror) = mirrored("mirror-refuses");
    let path = mirror.folder.path().join("activities.csv");
    fs::write(&path, "a,b\n1,2\n").unwrap();
    let output = mirror.run();
    assert!(!output.status.success());
    assert!(stderr(&output).contains("has other columns"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "a,b\n1,2\n");
}
