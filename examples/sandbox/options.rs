//! The command line of the sandbox.

use std::error::Error;
use std::str::FromStr;
use std::time::Duration;

use fitrankings::sandbox::{Fault, FaultRule, Sandbox, SandboxBuilder};

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

pub const HELP: &str = "\
Runs the sandbox, and prints the environment variables for scripts that use it.
It runs until Ctrl-C or a signal.

    cargo run --example sandbox -- [OPTIONS] [COMMAND…]

    --port N         the port (default: a free port)
    --token TOKEN    the master token (default: generated from the seed)
    --users N        the number of users (default: 12)
    --activities N   the number of activities of all users (default: 3000)
    --seed N         the seed of the data: the same seed gives the same data
                     (default: 0)
    --latency MS     the delay of every response in milliseconds (default: 0)
    --fault FAULT    injects a fault into the next request; may be repeated
    --until-eof      stops when the standard input ends as well
    COMMAND…         runs a program with the variables set, and stops the sandbox
                     when the program ends

FAULT is one of these:

    503              a response with this status, from 200 to 999
    retry-after=S    a 429 with this number of seconds in Retry-After
    stall=MS         a delay of the response in milliseconds
    redirect=URL     a 301 to this URL
    html, empty, garbage, invalid-utf8
                     a 200 with this body instead of the JSON
    odd-record       a list with a record that does not decode
    truncated        a connection that closes in the middle of the response
    close            a connection that closes without a response

with any of these after it:

    ,page=N          only requests for this page of a list
    ,times=N         the number of requests (default: 1)
    ,always          all requests

Example: a server in the background that always fails on page 2 of a list

    cargo run --example sandbox -- --port 8080 --fault 503,page=2,always &";

#[derive(Debug)]
pub struct Options {
    pub help: bool,
    pub sandbox: SandboxBuilder,
    pub faults: Vec<FaultRule>,
    pub until_eof: bool,
    /// A program and its arguments, or empty.
    pub command: Vec<String>,
}

impl Options {
    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self {
            help: false,
            sandbox: Sandbox::builder(),
            faults: Vec::new(),
            until_eof: false,
            command: Vec::new(),
        };
        let mut arguments = arguments.peekable();
        while let Some(option) = arguments.next_if(|argument| argument.starts_with('-')) {
            match option.as_str() {
                "--" => break,
                "--help" => options.help = true,
                "--until-eof" => options.until_eof = true,
                "--fault" => {
                    let fault = arguments.next().ok_or("--fault wants a fault")?;
                    options.faults.push(parse_fault(&fault)?);
                }
                _ => options.sandbox = set(options.sandbox, &option, arguments.next())?,
            }
        }
        options.command = arguments.collect();
        Ok(options)
    }
}

fn set(sandbox: SandboxBuilder, option: &str, value: Option<String>) -> Result<SandboxBuilder> {
    let value = value.as_deref();
    Ok(match option {
        "--port" => sandbox.port(number(option, value)?),
        "--token" => sandbox.master_token(value.ok_or("--token wants a token")?),
        "--users" => sandbox.users(number(option, value)?),
        "--activities" => sandbox.activities(number(option, value)?),
        "--seed" => sandbox.seed(number(option, value)?),
        "--latency" => sandbox.latency(Duration::from_millis(number(option, value)?)),
        _ => return Err(format!("there is no option {option}; --help lists them").into()),
    })
}

fn parse_fault(text: &str) -> Result<FaultRule> {
    let mut parts = text.split(',');
    let mut rule = FaultRule::from(parse_kind(parts.next().unwrap_or_default())?);
    for part in parts {
        rule = match part.split_once('=') {
            Some(("page", page)) => rule.on_page(number("page", Some(page))?),
            Some(("times", times)) => rule.times(number("times", Some(times))?),
            None if part == "always" => rule.always(),
            _ => return Err(format!("{text}: there is no {part}; --help lists all").into()),
        };
    }
    Ok(rule)
}

fn parse_kind(text: &str) -> Result<Fault> {
    let unknown = || format!("there is no fault {text}; --help lists them");
    let (kind, value) = text
        .split_once('=')
        .map_or((text, None), |(kind, value)| (kind, Some(value)));
    Ok(match (kind, value) {
        ("retry-after", value) => Fault::RetryAfter(number(kind, value)?),
        ("stall", value) => Fault::Stall(Duration::from_millis(number(kind, value)?)),
        ("redirect", Some(url)) => Fault::Redirect(url.to_owned()),
        ("html", None) => Fault::Html,
        ("empty", None) => Fault::Empty,
        ("garbage", None) => Fault::Garbage,
        ("invalid-utf8", None) => Fault::InvalidUtf8,
        ("odd-record", None) => Fault::OddRecord,
        ("truncated", None) => Fault::Truncated,
        ("close", None) => Fault::Close,
        (status, None) => match status.parse() {
            Ok(status @ 200..=999) => Fault::Status(status),
            _ => return Err(unknown().into()),
        },
        _ => return Err(unknown().into()),
    })
}

fn number<T: FromStr>(option: &str, value: Option<&str>) -> Result<T> {
    let number = value.and_then(|value| value.parse().ok());
    number.ok_or_else(|| format!("{option} wants a number").into())
}
