//! Runs the sandbox, and prints the variables with which a script finds it.
//!
//! ```text
//! cargo run --example sandbox                                  in one terminal …
//! export FITRANKINGS_BASE_URL=… FITRANKINGS_MASTER_TOKEN=…     … and what it prints in another
//!
//! cargo run --example sandbox -- cargo run --example activities    or both in one
//! ```
//!
//! It stops at Ctrl-C, when its standard input ends, or when the command does. `--help` lists the
//! options.

mod common;

use std::env;
use std::error::Error;
use std::io::{self, Write};
use std::process::{Command, ExitCode};
use std::str::FromStr;

use fitrankings::sandbox::{Sandbox, SandboxBuilder};

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

const HELP: &str = "\
Runs the sandbox until Ctrl-C or the end of the input, and prints what to export.

    cargo run --example sandbox -- [OPTIONS] [COMMAND…]

    --users N        how many users there are (12)
    --activities N   how many activities they have between them (3000)
    --seed N         makes other data: the same seed gives the same data (0)
    COMMAND…         a program with its arguments: runs with the variables set,
                     and the sandbox stops when it ends

Example: cargo run --example sandbox -- --users 3 cargo run --example activities";

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
    let mut arguments = env::args().skip(1);
    let mut builder = Sandbox::builder();
    loop {
        match arguments.next() {
            None => break,
            Some(option) if option == "--help" => {
                writeln!(out, "{HELP}")?;
                return Ok(ExitCode::SUCCESS);
            }
            Some(option) if option.starts_with('-') => {
                builder = set(builder, &option, arguments.next())?;
            }
            Some(program) => {
                let mut command = Command::new(program);
                return serve_to(command.args(arguments), &builder.start()?);
            }
        }
    }
    let sandbox = builder.start()?;
    announce(out, &sandbox)?;
    // Nothing is asked for: this waits for the end. An input that cannot be read has ended, too.
    let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
    common::note("The input has ended, and the sandbox with it.");
    Ok(ExitCode::SUCCESS)
}

fn set(builder: SandboxBuilder, option: &str, value: Option<String>) -> Result<SandboxBuilder> {
    Ok(match option {
        "--users" => builder.users(number(option, value)?),
        "--activities" => builder.activities(number(option, value)?),
        "--seed" => builder.seed(number(option, value)?),
        _ => return Err(format!("there is no option {option}; --help lists them").into()),
    })
}

fn number<T: FromStr>(option: &str, value: Option<String>) -> Result<T> {
    let number = value.and_then(|value| value.parse().ok());
    number.ok_or_else(|| format!("{option} wants a number, such as {option} 3").into())
}

/// Runs a command that finds the sandbox in its environment.
fn serve_to(command: &mut Command, sandbox: &Sandbox) -> Result<ExitCode> {
    // Those of another service would be sent to the sandbox.
    for other in [
        "FITRANKINGS_USER_TOKEN",
        "FITRANKINGS_CLIENT_ID",
        "FITRANKINGS_CLIENT_SECRET",
    ] {
        command.env_remove(other);
    }
    command
        .env("FITRANKINGS_BASE_URL", sandbox.base_url())
        .env("FITRANKINGS_MASTER_TOKEN", sandbox.master_token());
    let status = command.status().map_err(|error| {
        let program = command.get_program().display();
        format!("{program} cannot be started: {error}")
    })?;
    // No code where a signal ended it.
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Prints lines that a shell takes as they are. Their values need no quotes.
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
        sandbox.master_token(),
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
