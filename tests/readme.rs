//! README.md as its readers use it: they copy a block into a project of their own.
//!
//! The blocks of TOML, YAML and Rust are put into one project, as README says where: its manifest
//! has the dependencies that README names and no other, its document the endpoint that README adds.
#![allow(clippy::panic, clippy::unwrap_used)]

#[path = "support/cargo.rs"]
mod cargo;
mod support;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use cargo::write;
use fitrankings::sandbox::Sandbox;
use support::{Reply, Server};

/// A fenced block: what stands after the fence, its lines, and the line that it begins on.
#[derive(Clone)]
struct Block {
    language: String,
    text: String,
    line: usize,
}

fn blocks(file: &str) -> Vec<Block> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => {
                open = Some(Block {
                    language: language.to_owned(),
                    text: String::new(),
                    line: index + 1,
                });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => block.text += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "{file}: a block has no end");
    blocks
}

fn readme(language: &str) -> Vec<Block> {
    let mut blocks = blocks("README.md");
    blocks.retain(|block| block.language == language);
    blocks
}

/// The only block of a language that has these words.
fn readme_with(language: &str, words: &str) -> Block {
    let mut blocks = readme(language);
    blocks.retain(|block| block.text.contains(words));
    assert_eq!(blocks.len(), 1, "README's `{language}` with `{words}`");
    blocks.remove(0)
}

impl Block {
    fn is_run(&self) -> bool {
        !self.language.contains("no_run")
    }

    fn wants_sandbox(&self) -> bool {
        self.text.contains("fitrankings::sandbox")
    }

    fn name(&self) -> String {
        format!("line_{}", self.line)
    }

    /// Where the program that is made of it lies, below the folder of what is built.
    fn program(&self) -> PathBuf {
        let folder = if self.wants_sandbox() { "examples" } else { "" };
        let name = self.name() + std::env::consts::EXE_SUFFIX;
        Path::new(folder).join(name)
    }
}

fn rust_blocks() -> Vec<Block> {
    [readme("rust"), readme("rust,no_run")].concat()
}

/// Why a block is not what a reader can copy; nothing if it is.
fn fault(block: &Block) -> Option<&'static str> {
    let hidden = |line: &str| line.trim_start() == "#" || line.trim_start().starts_with("# ");
    if block.text.lines().any(hidden) {
        return Some("has a hidden line, which GitHub and crates.io show");
    }
    if !block.text.contains("\nfn main() ") {
        return Some("has no `fn main()`, and so is no program");
    }
    None
}

#[test]
fn every_block_of_rust_is_a_whole_program_without_hidden_lines() {
    let all = blocks("README.md");
    let known = ["rust", "rust,no_run", "toml", "yaml", "sh", "text"];
    for block in &all {
        let known = known.contains(&&*block.language);
        assert!(known, "line {}: {}", block.line, block.language);
    }
    for block in rust_blocks() {
        let (line, fault) = (block.line, fault(&block));
        assert_eq!(fault, None, "README.md, line {line}");
    }
    let faulty = |text: &str| {
        fault(&Block {
            language: "rust".into(),
            text: text.into(),
            line: 1,
        })
    };
    assert!(faulty("use a::b;\n\n# fn main() {\nb();\n# }\n").is_some());
    assert!(faulty("use a::b;\n\nfn main() {\n    #\n}\n").is_some());
    assert!(faulty("let a = 1;\n").is_some());
    assert!(faulty("#![allow(unused)]\n\nfn main() {\n    #[rustfmt::skip]\n}\n").is_none());
}

/// The project of a reader, built once.
struct Project {
    programs: PathBuf,
}

/// The call that README promises after the endpoint was added.
const ADDED: &str = "client.list_challenges().active(true).call()?";

impl Project {
    fn built() -> &'static Self {
        static PROJECT: OnceLock<Project> = OnceLock::new();
        PROJECT.get_or_init(Self::build)
    }

    fn build() -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
        // What an older README had must not be compiled.
        for folder in ["src/bin", "examples"] {
            remove_others(&root.join(folder));
        }
        write(&root.join("Cargo.toml"), manifest());
        let lock = fs::read_to_string("Cargo.lock").unwrap();
        write(&root.join("Cargo.lock"), &lock);
        let config = readme_with("toml", "FITRANKINGS_SPEC");
        write(&root.join(".cargo/config.toml"), &config.text);
        write(&root.join(value(&config.text)), document());
        for block in rust_blocks() {
            let folder = if block.wants_sandbox() {
                "examples"
            } else {
                "src/bin"
            };
            let file = root.join(folder).join(block.name() + ".rs");
            write(&file, &block.text);
        }
        write(&root.join("src/main.rs"), caller_of_the_added_endpoint());
        cargo_build(&root);
        Self {
            programs: root.join("target/debug"),
        }
    }

    /// Runs a block's program where the environment names a service.
    fn command(&self, block: &Block, base_url: &str, token: &str) -> Command {
        let mut command = Command::new(self.programs.join(block.program()));
        command
            .stdin(Stdio::null())
            .env("FITRANKINGS_BASE_URL", base_url)
            .env("FITRANKINGS_MASTER_TOKEN", token);
        command
    }
}

fn manifest() -> String {
    const PATH: &str = "\"../fitrankings\"";
    let dependencies = readme_with("toml", "[dependencies]").text;
    let for_tests = readme_with("toml", "[dev-dependencies]").text;
    assert!(dependencies.contains(PATH) && for_tests.contains(PATH));
    let manifest = format!(
        "[package]\nname = \"reader\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         {dependencies}\n{for_tests}\n[workspace]\n"
    );
    manifest.replace(PATH, &format!("{:?}", env!("CARGO_MANIFEST_DIR")))
}

/// The path that the block of `.cargo/config.toml` names.
fn value(config: &str) -> String {
    let (_, rest) = config.split_once("value = \"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

/// The shipped document, with README's endpoint where README says that it goes.
fn document() -> String {
    let document = fs::read_to_string("spec/fitrankings.yaml").unwrap();
    let (head, paths) = document.split_once("\npaths:\n").unwrap();
    let added = readme_with("yaml", "/challenges/").text;
    format!("{head}\npaths:\n{added}\n{paths}")
}

fn caller_of_the_added_endpoint() -> String {
    let readme = fs::read_to_string("README.md").unwrap();
    assert!(readme.contains(&format!("`{ADDED}`")));
    format!(
        "use fitrankings::{{Client, Error, UserToken}};\n\n\
         fn main() -> Result<(), Error> {{\n    \
             let client = Client::new(UserToken::new(\"a-user-token\")?);\n    \
             let _: Vec<fitrankings::types::User> = {ADDED};\n    Ok(())\n}}\n"
    )
}

/// Builds what is written, without errors and warnings.
fn cargo_build(root: &Path) {
    let mut cargo = cargo::cargo_in(root, &root.join("target"));
    cargo.args(["build", "--bins", "--examples"]);
    let said = cargo.output().unwrap();
    let text = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "README.md does not compile:\n{text}");
    assert!(!text.contains("warning"), "{text}");
}

/// Removes the programs that are of no block of today's README.
fn remove_others(folder: &Path) {
    let names: Vec<_> = rust_blocks().iter().map(|it| it.name() + ".rs").collect();
    for file in fs::read_dir(folder).into_iter().flatten() {
        let file = file.unwrap();
        if !names.iter().any(|name| **name == *file.file_name()) {
            fs::remove_file(file.path()).unwrap();
        }
    }
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn every_block_compiles_in_a_readers_project_and_runs_unless_it_says_otherwise() {
    let project = Project::built();
    let sandbox = Sandbox::builder().users(3).activities(60).start().unwrap();
    let mut run = 0;
    for block in rust_blocks().iter().filter(|block| block.is_run()) {
        let mut command = project.command(block, sandbox.base_url(), sandbox.master_token());
        let output = command.output().unwrap();
        let said = stderr(&output);
        assert!(output.status.success(), "line {}: {said}", block.line);
        assert!(said.is_empty(), "line {}: {said}", block.line);
        run += 1;
    }
    assert!(run > 1, "README shows programs that run");
    let added = readme("toml").len();
    assert_eq!(added, 3, "a block of TOML that this test puts nowhere");
}

#[test]
fn the_first_script_prints_activities_and_ends_quietly_where_nobody_reads_on() {
    let sandbox = Sandbox::builder().users(3).activities(60).start().unwrap();
    let script = &readme("rust")[0];
    let run = || Project::built().command(script, sandbox.base_url(), sandbox.master_token());
    let output = run().output().unwrap();
    assert_eq!(stdout(&output).lines().count(), 50);

    // As `| head -1` does, but before the first line.
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let output = run().stdout(writer).output().unwrap();
    assert_eq!(stderr(&output), "");
}

#[test]
fn the_first_script_goes_on_after_a_record_that_does_not_decode_and_stops_at_a_refusal() {
    let script = &readme("rust")[0];
    let run = |server: &Server| {
        let mut command = Project::built().command(script, &server.base_url(), "a-master-token");
        command.output().unwrap()
    };
    let documented = fs::read_to_string("tests/data/activity.json").unwrap();
    let drifted = Server::start(move |request| {
        let page = request
            .query()
            .and_then(|query| query.strip_prefix("page="));
        let page = page.and_then(|page| page.split('&').next());
        Reply::json(
            200,
            match page {
                None | Some("1") => format!(r#"[{{"id": null}}, {documented}]"#),
                Some(_) => "[]".to_owned(),
            },
        )
    });
    let output = run(&drifted);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stdout(&output).lines().count(), 1);
    let said = stderr(&output);
    assert!(said.starts_with("left out: list_activities"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");

    let refusal = r#"{"detail": "Invalid token."}"#;
    let output = run(&Server::always(Reply::json(401, refusal)));
    assert!(!output.status.success());
    let said = stderr(&output);
    assert!(said.starts_with("Error: list_activities (GET /activities/): 401"));
}

/// What is wrong with a command of a shell block; nothing if all that it names is there.
fn missing(command: &str) -> Option<String> {
    let mut words = command
        .split_whitespace()
        .skip_while(|word| word.split('=').next().is_some_and(is_variable) && word.contains('='));
    match words.next() {
        Some("export") => return None,
        Some("cargo") => {}
        Some(path) if Path::new(path).is_file() => return None,
        other => return Some(format!("there is no command {other:?}")),
    }
    while let Some(word) = words.next() {
        let named = match word {
            "--example" => words.next().map(|name| of_a_package("examples", name)),
            "--test" => words.next().map(|name| of_a_package("tests", name)),
            _ => continue,
        };
        let named = named?;
        if let Some(filter) = words.clone().next().filter(|_| word == "--test")
            && !filter.starts_with('-')
            && !has_test(&named, filter)
        {
            return Some(format!("{named} has no test with `{filter}` in its name"));
        }
        if !is_target(&named) {
            return Some(format!("there is no {named}"));
        }
    }
    None
}

/// Where a target of a package of the workspace is, without its ending.
fn of_a_package(folder: &str, name: &str) -> String {
    let own = format!("{folder}/{name}");
    let generator = format!("codegen/{own}");
    if is_target(&generator) {
        generator
    } else {
        own
    }
}

fn is_target(path: &str) -> bool {
    Path::new(&format!("{path}.rs")).is_file() || Path::new(path).join("main.rs").is_file()
}

/// Whether a test, or a module of tests, has this in its name.
fn has_test(file: &str, filter: &str) -> bool {
    let source = fs::read_to_string(format!("{file}.rs")).unwrap_or_default();
    let lines: Vec<_> = source.lines().map(str::trim).collect();
    let module = |line: &&str| line.starts_with("mod ") && line.contains(filter);
    let test = |pair: &[&str]| pair[0] == "#[test]" && pair[1].contains(filter);
    lines.iter().any(module) || lines.windows(2).any(test)
}

fn is_variable(word: &str) -> bool {
    let mut bytes = word.bytes();
    bytes.all(|byte| byte == b'_' || byte.is_ascii_uppercase()) && !word.is_empty()
}

/// Whether cargo has a subcommand that a line calls.
fn known_to_cargo(command: &str) -> bool {
    const SUBCOMMANDS: [&str; 5] = ["build", "doc", "fmt", "run", "test"];
    let calls = command.split_whitespace().collect::<Vec<_>>();
    let calls = calls.windows(2).filter(|pair| pair[0] == "cargo");
    let mut known = calls.map(|pair| SUBCOMMANDS.contains(&pair[1]));
    known.all(|known| known)
}

#[test]
fn every_command_names_what_is_there() {
    for file in ["README.md", "CONTRIBUTING.md"] {
        for block in blocks(file).iter().filter(|block| block.language == "sh") {
            for line in block.text.lines() {
                let command = line.split(" # ").next().unwrap().trim();
                assert_eq!(missing(command), None, "{file}: {line}");
                assert!(known_to_cargo(command), "{file}: {line}");
            }
        }
    }
    assert!(missing("cargo run --example nothing").is_some());
    assert!(missing("UPDATE=1 cargo test --test nothing").is_some());
    assert!(missing("cargo test --test client from_nowhere").is_some());
    assert!(missing("spec/nothing").is_some());
    assert!(missing("A_B=1 cargo test --test readme -- --example quickstart").is_none());
    assert!(!known_to_cargo("cargo run --example sandbox -- cargo rnu"));
}
