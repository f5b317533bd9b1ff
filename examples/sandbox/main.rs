//! Runs the sandbox, and prints the environment variables for scripts that use it.
//!
//! ```sh
//! # In one terminal:
//! cargo run --example sandbox
//! # In another terminal, the lines that it prints:
//! export FITRANKINGS_BASE_URL=… FITRANKINGS_MASTER_TOKEN=…
//!
//! # Or run a command with these variables:
//! cargo run --example sandbox -- cargo run --example activities
//! ```
//!
//! It runs until the command ends, or else until Ctrl-C or a signal. It also runs in the background
//! and without a terminal. `--help` lists the options.

#[path = "../common/mod.rs"]
mod common;
mod options;

use std::error::Error;
use std::io::{self, Write};
use std::process::{Command, ExitCode};
use std::thread;

use fitrankings::sandbox::Sandbox;
use options::Options;

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

fn main() -> ExitCode {
    let mut status = ExitCode::SUCCESS;
    let ended = common::run("sandbox", |out| {
        status = sandbox(out)?;
        Ok(())
    });
    if ended == ExitCode::SUCCESS {
        status
    } else {
        ended
    }
}

fn sandbox(out: &mut dyn Write) -> Result<ExitCode> {
    let options = Options::parse(std::env::args().skip(1))?;
    if options.help {
        writeln!(out, "{}", options::HELP)?;
        return Ok(ExitCode::SUCCESS);
    }
    let sandbox = options.sandbox.start()?;
    for fault in options.faults {
        sandbox.fault(fault);
    }
    if let [program, arguments @ ..] = options.command.as_slice() {
        return run(Command::new(program).args(arguments), &sandbox);
    }
    announce(out, &sandbox)?;
    if options.until_eof {
        // An input that cannot be read counts as ended.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        common::note("The sandbox stops because its input has ended.");
        return Ok(ExitCode::SUCCESS);
    }
    loop {
        thread::park();
    }
}

/// Runs a command with the sandbox's address and master token in its environment.
fn run(command: &mut Command, sandbox: &Sandbox) -> Result<ExitCode> {
    // Credentials of another service must not be sent to the sandbox.
    for other in common::CREDENTIALS {
        command.env_remove(other);
    }
    command
        .env("FITRANKINGS_BASE_URL", sandbox.base_url())
        .env("FITRANKINGS_MASTER_TOKEN", sandbox.master_token());
    let status = command.status().map_err(|error| {
        let program = command.get_program().display();
        format!("{program} cannot be started: {error}")
    })?;
    // `code` returns `None` if a signal ended the command.
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Prints the variables as lines for a shell.
fn announce(out: &mut dyn Write, sandbox: &Sandbox) -> Result<()> {
    let users = sandbox.user_ids();
    writeln!(
        out,
        "# A sandbox with {} users and {} activities. It stops at Ctrl-C.\n\
         # Copy the next two lines into another terminal, and run your script there.\n\
         export FITRANKINGS_BASE_URL={}\n\
         export FITRANKINGS_MASTER_TOKEN={}",
        users.len(),
        sandbox.activity_count(),
        sandbox.base_url(),
        quoted(sandbox.master_token()),
    )?;
    if let Some(user) = users.first()
        && let Some(token) = sandbox.user_token(*user)
    {
        writeln!(
            out,
            "# To use the token of user {user} instead of the master token:\n\
             # export FITRANKINGS_MASTER_TOKEN= FITRANKINGS_USER_TOKEN={token}"
        )?;
    }
    writeln!(
        out,
        "# To use the credentials, which are exchanged for the master token:\n\
         # export FITRANKINGS_MASTER_TOKEN= FITRANKINGS_CLIENT_ID={} FITRANKINGS_CLIENT_SECRET={}",
        sandbox.client_id(),
        sandbox.client_secret(),
    )?;
    out.flush()?;
    Ok(())
}

/// Quotes a value for a shell, if it needs quotes.
fn quoted(value: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if value.bytes().all(is_plain) {
        value.to_owned()
    } else {
        format!("'{}'", value.replace('\'', r"'\''"))
    }
}
