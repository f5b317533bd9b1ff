//! What the generator writes, compiled against the crate's own runtime.
//!
//! A copy of the package is built in the folder that the outer cargo built in, so that what the
//! crate depends on is there already.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{EVERYTHING, ROOT, SPEC};

/// A copy of the package, and one that depends on it. Nobody else may build them meanwhile.
pub struct Packages {
    pub root: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

impl Packages {
    pub fn new() -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("generator");
        let packages = Self { root, _turn: turn };
        mirror(Path::new(ROOT), &packages.copy());
        packages
    }

    fn copy(&self) -> PathBuf {
        self.root.join("fitrankings")
    }

    /// A program that depends on the copy.
    fn user(&self, main: &str) -> PathBuf {
        let user = self.root.join("user");
        let manifest = "[package]\nname = \"user\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                        [dependencies]\nfitrankings = { path = \"../fitrankings\" }\nserde_json = \"1\"\n\n[workspace]\n";
        write(&user.join("Cargo.toml"), manifest.as_bytes());
        write(&user.join("src/main.rs"), main.as_bytes());
        let lock = fs::read(Path::new(ROOT).join("Cargo.lock")).unwrap();
        write(&user.join("Cargo.lock"), &lock);
        user
    }

    fn cargo(&self, package: &Path, arguments: &[&str], spec: Option<&Path>) -> Output {
        let spec = spec.map(|spec| ("FITRANKINGS_SPEC", spec.as_os_str()));
        self.cargo_with(package, arguments, spec.as_slice())
    }

    fn cargo_with(
        &self,
        package: &Path,
        arguments: &[&str],
        variables: &[(&str, &OsStr)],
    ) -> Output {
        // What is compiled goes where the outer cargo's is; documentation does not.
        let build = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args(arguments)
            .arg("--offline")
            .current_dir(package)
            .env("CARGO_BUILD_BUILD_DIR", build)
            .env("CARGO_TARGET_DIR", self.root.join("target"))
            .env("CARGO_TERM_COLOR", "never")
            .env_remove("FITRANKINGS_SPEC")
            .env_remove("FITRANKINGS_SPEC_LENIENT")
            .env_remove("RUSTDOCFLAGS")
            .envs(variables.iter().copied());
        cargo.output().unwrap()
    }

    /// Compiles the copy with a document in place of its own: without an error, nor a warning.
    pub fn compile(&self, spec: &Path) {
        let output = self.cargo(&self.copy(), &["check", "--lib"], Some(spec));
        let said = said(&output);
        assert!(output.status.success(), "{}:\n{said}", spec.display());
        assert!(!said.contains("warning"), "{}:\n{said}", spec.display());
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Copies a folder, and leaves alone what is the same already: cargo goes by the time of a file.
fn mirror(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    let names = |folder: &Path| -> Vec<_> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name()).collect()
    };
    let kept = names(from);
    for old in names(to).iter().filter(|name| !kept.contains(name)) {
        let old = to.join(old);
        match old.is_dir() {
            true => fs::remove_dir_all(old).unwrap(),
            false => fs::remove_file(old).unwrap(),
        }
    }
    for name in kept {
        let hidden = name.as_encoded_bytes().starts_with(b".");
        let (from, to) = (from.join(&name), to.join(&name));
        if hidden || from.join("CACHEDIR.TAG").exists() {
            continue;
        }
        match from.is_dir() {
            true => mirror(&from, &to),
            false => write(&to, &fs::read(&from).unwrap()),
        }
    }
}

pub fn write(path: &Path, bytes: &[u8]) {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return;
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn every_feature_compiles() {
    let packages = Packages::new();
    packages.compile(&Path::new(env!("CARGO_MANIFEST_DIR")).join(EVERYTHING));
}

/// One document for each thing that others ask of a generator.
#[test]
fn every_fixture_compiles() {
    let packages = Packages::new();
    let mut count = 0;
    for fixture in fixtures() {
        if !fixture.ends_with("lenient.yaml") {
            packages.compile(&fixture);
            count += 1;
        }
    }
    assert!(count >= 8, "{count} fixtures");
}

/// Where that is asked for, what cannot be generated is left out, each with a warning and its
/// reason, and what is left compiles.
#[test]
fn what_is_left_of_a_document_compiles() {
    let packages = Packages::new();
    let fixture =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generator/fixtures/lenient.yaml");
    let strict = packages.cargo(&packages.copy(), &["check", "--lib"], Some(&fixture));
    assert!(!strict.status.success());
    let output = packages.cargo_with(
        &packages.copy(),
        &["check", "--lib"],
        &[
            ("FITRANKINGS_SPEC", fixture.as_os_str()),
            ("FITRANKINGS_SPEC_LENIENT", "1".as_ref()),
        ],
    );
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    let warnings: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("warning"))
        .collect();
    assert_eq!(warnings.len(), 3, "{said}");
    for (operation, place) in [
        ("GET /bad", "#/components/schemas/Bad/properties/a/const"),
        (
            "GET /indirect",
            "#/components/schemas/Bad/properties/a/const",
        ),
        ("POST /worse", "#/paths/~1worse/post/requestBody/content"),
    ] {
        let told = |line: &&&str| line.contains(operation) && line.contains(place);
        assert!(
            warnings.iter().any(|line| told(&line)),
            "{operation}: {said}"
        );
    }
}

/// What is generated is not only Rust: it sends what the document says, and reads what comes.
#[test]
fn requests_and_answers_are_as_the_document_says() {
    let packages = Packages::new();
    for (name, main) in [
        ("bodies", include_str!("consumers/bodies.rs")),
        ("parameters", include_str!("consumers/parameters.rs")),
        ("answers", include_str!("consumers/answers.rs")),
        ("unions", include_str!("consumers/unions.rs")),
        ("security", include_str!("consumers/security.rs")),
        ("instants", include_str!("consumers/instants.rs")),
    ] {
        let fixture = format!("tests/generator/fixtures/{name}.yaml");
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join(fixture);
        let server = include_str!("consumers/server.rs");
        let user = packages.user(&format!("{main}\n{server}"));
        let output = packages.cargo(&user, &["run", "--quiet"], Some(&fixture));
        assert!(output.status.success(), "{name}: {}", said(&output));
    }
}

/// The documents in the folder of fixtures.
fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generator/fixtures");
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    paths.sort();
    paths
}

/// Nothing but a document is touched, and what it describes can be called.
#[test]
fn a_new_endpoint_is_there_to_call() {
    const PATH: &str = r##"
  /tournaments/:
    get:
      operationId: list_tournaments
      summary: Lists tournaments.
      security:
        - masterToken: []
      parameters:
        - name: season
          in: query
          required: true
          description: Which season they belong to.
          schema: { type: string, enum: [spring, autumn] }
        - { name: page_size, in: query, schema: { type: integer, minimum: 1 } }
      responses:
        "200":
          description: The tournaments.
          content:
            application/json:
              schema: { type: array, items: { $ref: "#/components/schemas/Tournament" } }

components:
"##;
    const SCHEMA: &str = "
  schemas:
    Tournament:
      description: Something to take part in.
      type: object
      required: [id, distance]
      properties:
        id: { type: integer, format: int64 }
        distance: { type: string, format: decimal, x-unit: metre }
        starts_on: { type: string, format: date, nullable: true }
";
    const MAIN: &str = r##"
use fitrankings::types::{Tournament, ListTournamentsSeason};
use fitrankings::{Client, Error, MasterToken};

fn main() -> Result<(), Error> {
    let client = Client::new(MasterToken::new("token")?);
    let request = client.list_tournaments(ListTournamentsSeason::Spring).page_size(20);
    let tournaments: Vec<Tournament> = request.call()?;
    for tournament in tournaments {
        println!("{} {} {:?}", tournament.id, tournament.distance, tournament.starts_on);
    }
    Ok(())
}
"##;
    let spec = fs::read_to_string(SPEC).unwrap();
    let longer = spec
        .replacen("\ncomponents:\n", PATH, 1)
        .replacen("\n  schemas:\n", SCHEMA, 1);
    let packages = Packages::new();
    let new = packages.root.join("tournaments.yaml");
    write(&new, longer.as_bytes());
    packages.compile(&new);
    let user = packages.user(MAIN);
    let output = packages.cargo(&user, &["check"], Some(&new));
    assert!(output.status.success(), "{}", said(&output));
    // The same program does not compile with the document as it was.
    let output = packages.cargo(&user, &["check"], None);
    assert!(
        said(&output).contains("list_tournaments"),
        "{}",
        said(&output)
    );
}

/// What is wrong is told once, a line each, with what cargo puts in front.
#[test]
fn a_broken_document_fails_the_build() {
    let packages = Packages::new();
    let broken = packages.root.join("broken.yaml");
    let spec = fs::read_to_string(SPEC).unwrap();
    let spec = spec.replacen("operationId: list_users", "operationID: list_users", 1);
    let line = 1 + spec
        .lines()
        .position(|line| line.contains("operationID"))
        .unwrap();
    write(&broken, spec.as_bytes());
    let output = packages.cargo(&packages.copy(), &["check", "--lib"], Some(&broken));
    assert!(!output.status.success());
    let said = said(&output);
    let expected = format!(
        "error: fitrankings@{}: {}:{line}: #/paths/~1users~1/get/operationID: `operationID` is not a \
         key of an Operation Object; did you mean `operationId`? Keys of your own begin with `x-`\n",
        env!("CARGO_PKG_VERSION"),
        broken.display(),
    );
    assert_eq!(said.matches(&expected).count(), 1, "{said}");
    assert_eq!(
        said.matches("operationID` is not a key").count(),
        1,
        "{said}"
    );
}

/// The build script runs again when the document, the generator or the variable has changed, and
/// otherwise not.
#[test]
fn the_build_follows_what_it_is_made_of() {
    let packages = Packages::new();
    let spec = packages.root.join("followed.yaml");
    let text = fs::read_to_string(SPEC).unwrap();
    write(&spec, text.as_bytes());
    let runs = |spec: &Path| {
        let output = packages.cargo(&packages.copy(), &["check", "--lib", "-v"], Some(spec));
        assert!(output.status.success(), "{}", said(&output));
        said(&output).contains("/build-script-build`")
    };
    runs(&spec);
    assert!(!runs(&spec), "nothing has changed");
    for other in ["README.md", "src/lib.rs"] {
        touch(&packages.copy().join(other));
        assert!(!runs(&spec), "{other} is none of its business");
    }
    for own in ["codegen/src/write/mod.rs", "build.rs"] {
        touch(&packages.copy().join(own));
        assert!(runs(&spec), "{own} is part of it");
    }
    write(&spec, (text + "# A comment.\n").as_bytes());
    assert!(runs(&spec), "the document has changed");
    let moved = packages.root.join("moved.yaml");
    fs::copy(&spec, &moved).unwrap();
    assert!(runs(&moved), "the variable has changed");
    assert!(!runs(&moved), "nothing has changed");
}

/// Makes cargo take a file for changed.
fn touch(path: &Path) {
    let file = fs::File::options()
        .append(true)
        .create(true)
        .open(path)
        .unwrap();
    file.set_modified(std::time::SystemTime::now()).unwrap();
}

/// Descriptions hold whatever their writers thought of, and rustdoc has no complaint.
#[test]
fn every_description_is_fit_for_rustdoc() {
    let packages = Packages::new();
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join(EVERYTHING);
    let output = packages.cargo(
        &packages.copy(),
        &["doc", "--no-deps", "--lib"],
        Some(&spec),
    );
    assert!(output.status.success(), "{}", said(&output));
    // The crate's own pages refer to operations that this document does not have.
    let said = said(&output);
    let generated: Vec<&str> = said
        .split("\n\n")
        .filter(|message| message.contains("/out/"))
        .collect();
    assert!(generated.is_empty(), "{}", generated.join("\n\n"));
}
