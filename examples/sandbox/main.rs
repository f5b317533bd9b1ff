//! Runs the sandbox, and prints the variables with which a script finds it.
//!
//! ```text
//! cargo run --example sandbox                                  in one terminal …
//! export FITRANKINGS_BASE_URL=… FITRANKINGS_MASTER_TOKEN=…     … and what it prints in another
//!
//! cargo run --example sandbox -- cargo run --example activities    or both in one
//! ```
//!
//! It runs until Ctrl-C or until it is killed, in the background and without a terminal as well, or
//! until the command ends. `--help` lists the options.

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
        // An input that cannot be read has ended, too.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        common::note("The input has ended, and the sandbox with it.");
        return Ok(ExitCode::SUCCESS);
    }
    loop {
        thread::park();
    }
}

/// Runs a command that finds the sandbox in its environment.
fn run(command: &mut Command, sandbox: &Sandbox) -> Result<ExitCode> {
    // Those of another service would be sent to the sandbox.
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
    // There is no code if a signal ended the command.
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Prints lines for a shell to evaluate.
fn announce(out: &mut dyn Write, sandbox: &Sandbox) -> Result<()> {
    let users = sandbox.user_ids();
    writeln!(
        out,
        "# A sandbox with {} users and {} activities. It stops at Ctrl-C.\n\
         # Copy the next two lines into another terminal, and start your script there.\n\
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
            "# In place of the master token, the token of user {user}:\n\
             # export FITRANKINGS_MASTER_TOKEN= FITRANKINGS_USER_TOKEN={token}"
        )?;
    }
    writeln!(
        out,
        "# Or the credentials that the master token is exchanged for:\n\
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
