//! The build script of the client's crate: generates the client, and prints instructions for cargo.

use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::generate::{Generated, LENIENT, Mode, generate};
use crate::text::{Diagnostic, Diagnostics, one_line};

/// The variable that names another document.
const SPEC: &str = "FITRANKINGS_SPEC";

/// A `build.rs` for the client: writes the client to `OUT_DIR/api.rs`, and the address of its server
/// to `OUT_DIR/server.rs`.
///
/// ```no_run
/// fn main() -> std::io::Result<()> {
///     fitrankings_codegen::BuildScript::new("spec/fitrankings.yaml").run()
/// }
/// ```
#[derive(Clone, Debug)]
pub struct BuildScript {
    document: PathBuf,
    /// The names of `cfg`s, each with the signatures that it needs.
    cfgs: Vec<(String, Vec<String>)>,
}

/// The variables that a build script reads.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// `FITRANKINGS_SPEC`: the absolute path of a document to take in place of the crate's own.
    pub spec: Option<OsString>,
    /// `FITRANKINGS_SPEC_LENIENT`: `1` for [`Mode::Lenient`].
    pub lenient: Option<OsString>,
    /// `OUT_DIR`: the folder for generated files.
    pub out_dir: Option<OsString>,
}

impl Environment {
    /// Reads the environment of this process.
    pub fn read() -> Self {
        let [spec, lenient, out_dir] = [SPEC, LENIENT, "OUT_DIR"].map(std::env::var_os);
        Self {
            spec,
            lenient,
            out_dir,
        }
    }
}

impl BuildScript {
    /// Generates the client from the document at this path, relative to the crate's folder, unless
    /// `FITRANKINGS_SPEC` names another.
    pub fn new(document: impl Into<PathBuf>) -> Self {
        Self {
            document: document.into(),
            cfgs: Vec::new(),
        }
    }

    /// Sets a `cfg` of this name for the crate if the generated code has all of these
    /// [signatures](Generated::signatures). Use it for handwritten code that depends on them.
    pub fn cfg(mut self, name: &str, signatures: &[&str]) -> Self {
        let signatures = signatures.iter().map(|known| (*known).to_owned());
        self.cfgs.push((name.to_owned(), signatures.collect()));
        self
    }

    /// Runs in the environment of this process, and writes instructions for cargo to its standard
    /// output.
    ///
    /// # Errors
    ///
    /// Fails if the output cannot be written. Faults of the document are written as `error`
    /// instructions, which fail the build.
    pub fn run(&self) -> io::Result<()> {
        self.run_in(&Environment::read(), &mut io::stdout().lock())
    }

    /// Runs in another environment, and writes to another output.
    ///
    /// # Errors
    ///
    /// The same as those of [`run`](Self::run).
    pub fn run_in(&self, environment: &Environment, output: &mut dyn Write) -> io::Result<()> {
        let mut cargo = Cargo::default();
        cargo.tell("rerun-if-env-changed", SPEC);
        cargo.tell("rerun-if-env-changed", LENIENT);
        cargo.tell("rerun-if-changed", "build.rs");
        for (name, _) in &self.cfgs {
            cargo.tell("rustc-check-cfg", format!("cfg({name})"));
        }
        // These fail the build. A failure of the script would have them printed twice.
        if let Err(diagnostics) = self.generate(environment, &mut cargo) {
            for diagnostic in diagnostics.iter() {
                cargo.tell("error", diagnostic);
            }
        }
        output.write_all(cargo.instructions.as_bytes())
    }

    fn generate(&self, environment: &Environment, cargo: &mut Cargo) -> Result<(), Diagnostics> {
        let spec = document(&self.document, environment.spec.as_deref())?;
        cargo.tell("rerun-if-changed", spec.display());
        let generated = generate(&spec, Mode::from_setting(environment.lenient.as_deref())?)?;
        for file in &generated.files {
            cargo.tell("rerun-if-changed", file.display());
        }
        for operation in &generated.left_out {
            cargo.tell("warning", operation);
        }
        for (name, signatures) in &self.cfgs {
            let known = |signature| generated.signatures.contains(signature);
            if signatures.iter().all(known) {
                cargo.tell("rustc-cfg", name);
            }
        }
        Ok(write(environment.out_dir.as_deref(), &generated)?)
    }
}

fn write(folder: Option<&OsStr>, generated: &Generated) -> Result<(), Diagnostic> {
    let Some(folder) = folder else {
        return Err(Diagnostic::new(Path::new("OUT_DIR"), "", "it is not set")
            .remedy("run this build script with cargo"));
    };
    for (name, code) in [
        ("api.rs", &generated.code),
        ("server.rs", &generated.server),
    ] {
        let path = Path::new(folder).join(name);
        std::fs::write(&path, code).map_err(|error| {
            Diagnostic::new(&path, "", format!("it cannot be written: {error}"))
                .remedy("make sure that cargo can write to its target folder")
        })?;
    }
    Ok(())
}

/// Returns the path of the document: the crate's own, unless the user names another.
fn document(own: &Path, spec: Option<&OsStr>) -> Result<PathBuf, Diagnostic> {
    let Some(path) = spec.filter(|path| !path.is_empty()) else {
        return Ok(own.to_owned());
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
        "{SPEC} is a relative path; the build script runs in the folder of the crate \
         fitrankings, so that would be {}",
        looked.display()
    );
    let remedy = format!(
        "write an absolute path, or put `{SPEC} = {{ value = {:?}, relative = true }}` below \
         `[env]` in the .cargo/config.toml of your project: then it starts at the folder that \
         .cargo is in",
        path.display().to_string(),
    );
    Err(Diagnostic::new(path, "", found).remedy(remedy))
}

fn missing(path: &Path, error: &io::Error) -> Diagnostic {
    let found = format!("{SPEC} names a file that cannot be read: {error}");
    let remedy = "fix the path; one with `relative = true` in a .cargo/config.toml starts at the \
        folder that .cargo is in";
    Diagnostic::new(path, "", found).remedy(remedy)
}

/// Instructions to cargo, a line each.
#[derive(Default)]
struct Cargo {
    instructions: String,
}

impl Cargo {
    /// Adds one instruction. Nothing else is written to the build script's output, so that no line
    /// of it begins with text of a document.
    fn tell(&mut self, key: &str, value: impl Display) {
        self.instructions += &format!("cargo::{key}={}\n", one_line(value));
    }
}
