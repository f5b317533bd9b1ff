//! Compiles what the generator writes against the crate's own runtime, and runs programs that use it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::cargo::{cargo_in, write};
use crate::{EVERYTHING, ROOT, SPEC};

/// A copy of the package, and a program that depends on it. Only one test at a time builds them.
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
        write(&user.join("Cargo.toml"), manifest);
        write(&user.join("src/main.rs"), main);
        let lock = fs::read(Path::new(ROOT).join("Cargo.lock")).unwrap();
        write(&user.join("Cargo.lock"), lock);
        user
    }

    /// Runs cargo, with the document in place of the shipped one.
    fn cargo(&self, package: &Path, arguments: &[&str], spec: Option<&Path>) -> Output {
        let spec = spec.map(|spec| ("FITRANKINGS_SPEC", spec));
        let mut cargo = cargo_in(package, &self.root.join("target"));
        cargo.args(arguments).envs(spec).output().unwrap()
    }

    /// Checks the copy, leaving out the operations of a document that cannot be generated.
    fn check_leniently(&self, spec: &Path) -> Output {
        let mut cargo = cargo_in(&self.copy(), &self.root.join("target"));
        cargo
            .args(["check", "--lib"])
            .env("FITRANKINGS_SPEC", spec)
            .env("FITRANKINGS_SPEC_LENIENT", "1");
        cargo.output().unwrap()
    }

    /// Compiles the copy with another document, without errors and warnings.
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

/// Copies a folder, except for files that are the same already.
fn mirror(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    let names = |folder: &Path| -> Vec<_> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name()).collect()
    };
    let kept = names(from);
    for old in names(to).iter().filter(|name| !kept.contains(name)) {
        let old = to.join(old);
        if old.is_dir() {
            fs::remove_dir_all(old).unwrap();
        } else {
            fs::remove_file(old).unwrap();
        }
    }
    for name in kept {
        let hidden = name.as_encoded_bytes().starts_with(b".");
        let (from, to) = (from.join(&name), to.join(&name));
        if hidden || from.join("CACHEDIR.TAG").exists() {
            continue;
        }
        if from.is_dir() {
            mirror(&from, &to);
        } else {
            write(&to, fs::read(&from).unwrap());
        }
    }
}

#[test]
fn every_feature_compiles() {
    let packages = Packages::new();
    packages.compile(&Path::new(env!("CARGO_MANIFEST_DIR")).join(EVERYTHING));
}

/// Each fixture has one feature that the shipped document does not have.
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

/// With `FITRANKINGS_SPEC_LENIENT`, what cannot be generated is left out with a warning that has the
/// reason, and the rest compiles.
#[test]
fn what_is_left_of_a_document_compiles() {
    let packages = Packages::new();
    let fixture =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generator/fixtures/lenient.yaml");
    let strict = packages.cargo(&packages.copy(), &["check", "--lib"], Some(&fixture));
    assert!(!strict.status.success());
    let output = packages.check_leniently(&fixture);
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
        let mut named = warnings.iter().filter(|line| line.contains(operation));
        assert!(
            named.any(|line| line.contains(place)),
            "{operation}: {said}"
        );
    }
}

/// The generated code sends requests, and reads responses, as the document says.
#[test]
fn requests_and_responses_are_as_the_document_says() {
    let packages = Packages::new();
    for (name, main) in [
        ("bodies", include_str!("consumers/bodies.rs")),
        ("parameters", include_str!("consumers/parameters.rs")),
        ("responses", include_str!("consumers/responses.rs")),
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

/// An operation, put in front of `components`.
const TOURNAMENTS: &str = r##"
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

/// The schema of what it lists.
const TOURNAMENT: &str = "
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

/// A program that calls it.
const LISTS_TOURNAMENTS: &str = r##"
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

/// A new operation needs a change of the document and of nothing else.
#[test]
fn a_new_endpoint_is_there_to_call() {
    let spec = fs::read_to_string(SPEC).unwrap();
    let longer =
        spec.replacen("\ncomponents:\n", TOURNAMENTS, 1)
            .replacen("\n  schemas:\n", TOURNAMENT, 1);
    let packages = Packages::new();
    let new = packages.root.join("tournaments.yaml");
    write(&new, longer);
    packages.compile(&new);
    let user = packages.user(LISTS_TOURNAMENTS);
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

/// Each problem is one line of an error of cargo, and is reported once.
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
    write(&broken, spec);
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

/// The build script runs again if the document, the generator or the variable has changed, and
/// only then.
#[test]
fn the_build_follows_what_it_is_made_of() {
    let packages = Packages::new();
    let spec = packages.root.join("followed.yaml");
    let text = fs::read_to_string(SPEC).unwrap();
    write(&spec, &text);
    let runs = |spec: &Path| {
        let output = packages.cargo(&packages.copy(), &["check", "--lib", "-v"], Some(spec));
        assert!(output.status.success(), "{}", said(&output));
        said(&output).contains("/build-script-build`")
    };
    runs(&spec);
    assert!(!runs(&spec), "nothing has changed");
    for other in ["README.md", "src/lib.rs"] {
        touch(&packages.copy().join(other));
        assert!(!runs(&spec), "{other} is no part of it");
    }
    for own in ["codegen/src/write/mod.rs", "build.rs"] {
        touch(&packages.copy().join(own));
        assert!(runs(&spec), "{own} is part of it");
    }
    write(&spec, text + "# A comment.\n");
    assert!(runs(&spec), "the document has changed");
    let moved = packages.root.join("moved.yaml");
    fs::copy(&spec, &moved).unwrap();
    assert!(runs(&moved), "the variable has changed");
    assert!(!runs(&moved), "nothing has changed");
}

/// Sets the time of a file, so that cargo takes it for changed.
fn touch(path: &Path) {
    let file = fs::File::options()
        .append(true)
        .create(true)
        .open(path)
        .unwrap();
    file.set_modified(std::time::SystemTime::now()).unwrap();
}

/// rustdoc has no warning for the docs that descriptions become.
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
