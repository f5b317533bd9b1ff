//! The examples as programs: what they print, and how they end.
#![allow(clippy::panic, clippy::unwrap_used)]

#[path = "support/cargo.rs"]
mod cargo;

use std::collections::HashMap;
use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use fitrankings::sandbox::Sandbox;
use fitrankings::{Client, MasterToken};

/// The variables that `Client::from_env` reads.
const VARIABLES: [&str; 5] = [
    "FITRANKINGS_BASE_URL",
    "FITRANKINGS_CLIENT_ID",
    "FITRANKINGS_CLIENT_SECRET",
    "FITRANKINGS_MASTER_TOKEN",
    "FITRANKINGS_USER_TOKEN",
];

/// An example, without a token in its environment.
fn example(name: &str) -> Command {
    static BUILT: OnceLock<HashMap<String, PathBuf>> = OnceLock::new();
    let mut command = Command::new(&BUILT.get_or_init(build)[name]);
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    command.stdin(Stdio::null());
    command
}

/// Where the examples are. They are built with the features of this test, so that mostly they are
/// there already.
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

/// What an example prints that has to succeed.
fn printed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output)
}

#[test]
fn a_closed_pipe_ends_every_example_quietly() {
    let sandbox = Sandbox::builder().users(2).activities(9).start().unwrap();
    for name in ["activities", "csv", "quickstart", "sandbox", "weekly"] {
        let mut command = example(name);
        command.env("FITRANKINGS_BASE_URL", sandbox.base_url());
        command.env("FITRANKINGS_MASTER_TOKEN", sandbox.master_token());
        // As `| head -1` does, but before the first line.
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
            let source = format!("examples/{}.rs", pair[1]);
            assert!(Path::new(&source).is_file(), "{line}");
        }
        commands += 1;
    }
    assert!(commands > 1, "{next}");
}

/// The variables that a shell has after it evaluated the lines.
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

#[cfg(unix)]
#[test]
fn a_shell_takes_what_the_sandbox_prints_and_finds_it_there_until_its_input_ends() {
    let mut command = example("sandbox");
    command.args(["--users", "3", "--activities", "7", "--seed", "5"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    while !lines.contains("CLIENT_SECRET") {
        assert!(out.read_line(&mut lines).unwrap() > 0, "{lines}");
    }
    let set = evaluated(&lines);
    let base_url = &set["FITRANKINGS_BASE_URL"];
    let token = MasterToken::new(&*set["FITRANKINGS_MASTER_TOKEN"]).unwrap();
    let client = Client::builder().base_url(base_url).build(token).unwrap();
    assert_eq!(client.list_users().call().unwrap().len(), 3);
    assert_eq!(client.list_activities().call().unwrap().len(), 7);
    // The lines in comments are for the other kinds of token.
    let others: Vec<_> = lines
        .lines()
        .filter_map(|line| line.strip_prefix("# export "))
        .map(|line| evaluated(&format!("export {line}")))
        .collect();
    assert_eq!(others.len(), 2, "{lines}");
    for mut other in others {
        other.insert("FITRANKINGS_BASE_URL".to_owned(), base_url.clone());
        printed(example("activities").envs(other));
    }

    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    let mut said = String::new();
    child.stderr.unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("input has ended"), "{said}");
    let error = client.list_users().call().unwrap_err();
    assert!(error.is_connect(), "{error}");
}

#[test]
fn the_sandbox_runs_a_command_that_finds_it_and_ends_as_the_command_does() {
    let activities = example("activities").get_program().to_owned();
    let count = |activities: &Command, options: [&str; 2]| {
        let mut sandbox = example("sandbox");
        sandbox.args(options).arg(activities.get_program());
        // Another service's: the command is given none of it.
        sandbox.env("FITRANKINGS_USER_TOKEN", "of-another-service");
        printed(&mut sandbox).lines().count()
    };
    let command = Command::new(&activities);
    assert_eq!(count(&command, ["--activities", "7"]), 8);
    assert_eq!(count(&command, ["--activities", "0"]), 1);

    let failed = |arguments: &[&str]| {
        let output = example("sandbox").args(arguments).output().unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        stderr(&output)
    };
    let no_command = "no-such-command cannot be started";
    assert!(failed(&["no-such-command"]).contains(no_command));
    assert!(failed(&["--users", "2", "--", "no-such-command"]).contains(no_command));
    assert!(failed(&["--user", "2"]).contains("there is no option --user"));
    assert!(failed(&["--users", "two"]).contains("--users wants a number"));
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
fn no_example_uses_a_macro_that_panics_where_nobody_reads() {
    for file in [
        "activities",
        "quickstart",
        "sandbox",
        "weekly",
        "common/mod",
    ] {
        let source = fs::read_to_string(format!("examples/{file}.rs")).unwrap();
        let code = source.lines().filter(|line| !line.trim().starts_with("//"));
        for line in code {
            assert!(!line.contains("println!"), "{file}: {line}");
        }
    }
}
