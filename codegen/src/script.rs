//! The build script: generates the client, and tells cargo what it needs to know.

use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::one_line::one_line;
use crate::problem::{Problem, Problems};
use crate::{LENIENT, Mode};

/// The variable that names another document.
const VARIABLE: &str = "FITRANKINGS_SPEC";
/// The generated signatures that the hand-written `src/fitrankings/login.rs` relies on. It is compiled
/// only where the document has all of them.
const LOGIN: [&str; 3] = [
    "create_master_token(types::Credentials) -> types::MasterTokenGrant",
    "Credentials::new(String, crate::Secret)",
    "MasterTokenGrant.token: crate::Secret",
];

/// The environment that cargo and the user give to the build script.
pub struct Environment {
    /// The document that the crate is built from by default.
    pub document: PathBuf,
    /// `FITRANKINGS_SPEC`
    pub spec: Option<OsString>,
    /// Whether `FITRANKINGS_SPEC_LENIENT` is `1`.
    pub mode: Mode,
    /// `OUT_DIR`
    pub out_dir: Option<OsString>,
}

impl Environment {
    /// Reads the environment of this process; `document` is what the crate is built from by default.
    pub fn read(document: impl Into<PathBuf>) -> Self {
        Self {
            document: document.into(),
            spec: std::env::var_os(VARIABLE),
            mode: Mode::from_env(),
            out_dir: std::env::var_os("OUT_DIR"),
        }
    }
}

/// Writes the client to `OUT_DIR/api.rs`, and instructions for cargo to `output`. Whatever is wrong
/// with the document is among the instructions; an error is one of `output`.
pub fn run(environment: &Environment, output: &mut dyn Write) -> io::Result<()> {
    let mut cargo = Cargo { output };
    cargo.tell("rerun-if-env-changed", VARIABLE)?;
    cargo.tell("rerun-if-env-changed", LENIENT)?;
    cargo.tell("rerun-if-changed", "build.rs")?;
    cargo.tell("rustc-check-cfg", "cfg(login)")?;
    match generate(environment, &mut cargo)? {
        Ok(()) => Ok(()),
        // These fail the build. A failure of the script would have them printed twice.
        Err(problems) => problems
            .iter()
            .try_for_each(|problem| cargo.tell("error", problem)),
    }
}

fn generate(environment: &Environment, cargo: &mut Cargo<'_>) -> io::Result<Result<(), Problems>> {
    let spec = match document(environment) {
        Ok(spec) => spec,
        Err(problem) => return Ok(Err(problem.into())),
    };
    cargo.tell("rerun-if-changed", spec.display())?;
    let generated = match crate::generate(&spec, environment.mode) {
        Ok(generated) => generated,
        Err(problems) => return Ok(Err(problems)),
    };
    for file in &generated.files {
        cargo.tell("rerun-if-changed", file.display())?;
    }
    for operation in &generated.left_out {
        cargo.tell("warning", operation)?;
    }
    let has = |line: &&str| generated.signatures.iter().any(|known| known == line);
    if LOGIN.iter().all(has) {
        cargo.tell("rustc-cfg", "login")?;
    }
    Ok(write(environment, &generated.code).map_err(Problems::from))
}

fn write(environment: &Environment, code: &str) -> Result<(), Problem> {
    let Some(folder) = &environment.out_dir else {
        return Err(Problem::new(Path::new("OUT_DIR"), "", "it is not set")
            .remedy("run this build script by way of cargo"));
    };
    let path = Path::new(folder).join("api.rs");
    std::fs::write(&path, code).map_err(|error| {
        Problem::new(&path, "", format!("it cannot be written: {error}"))
            .remedy("see to it that cargo can write to its target folder")
    })
}

/// The path of the document.
fn document(environment: &Environment) -> Result<PathBuf, Problem> {
    let Some(path) = environment.spec.as_ref().filter(|path| !path.is_empty()) else {
        return Ok(environment.document.clone());
    };
    let path = Path::new(path);
    if path.is_absolute() {
        return match std::fs::metadata(path) {
            Ok(_) => Ok(path.to_owned()),
            Err(error) => Err(missing(path, &error)),
        };
    }
    // A file of that name in the folder of the crate would be another one than the user meant:
    // the crate has a spec/ of its own.
    let looked = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let found = format!(
        "{VARIABLE} is a relative path; the build script runs in the folder of the crate \
         fitrankings, so that would be {}",
        looked.display()
    );
    let remedy = format!(
        "write an absolute path, or put `{VARIABLE} = {{ value = {:?}, relative = true }}` below \
         `[env]` in the .cargo/config.toml of your project: then it starts at the folder that \
         .cargo is in",
        path.display().to_string(),
    );
    Err(Problem::new(path, "", found).remedy(remedy))
}

fn missing(path: &Path, error: &io::Error) -> Problem {
    let found = format!("{VARIABLE} names a file that cannot be read: {error}");
    let remedy = "mend the path; one with `relative = true` in a .cargo/config.toml starts at the \
        folder that .cargo is in";
    Problem::new(path, "", found).remedy(remedy)
}

/// Instructions to cargo.
struct Cargo<'o> {
    output: &'o mut dyn Write,
}

impl Cargo<'_> {
    /// Writes one instruction. Nothing else of the generator writes to the build script's output,
    /// so that no line of it begins with text of a document.
    fn tell(&mut self, key: &str, value: impl Display) -> io::Result<()> {
        writeln!(self.output, "cargo::{key}={}", one_line(value))
    }
}
