//! Runs cargo inside of a test, which is run by cargo itself.
#![allow(dead_code, reason = "no test file uses all of it")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// Returns cargo without the variables that the outer cargo sets for its own package.
///
/// `ring` is compiled again if they differ, with all that depends on it: once for the inner cargo,
/// and then once more for the outer one.
pub fn cargo() -> Command {
    const OF_PACKAGE: [&str; 3] = ["CARGO_PKG_", "CARGO_MANIFEST_", "OUT_DIR"];
    let mut cargo = Command::new(env!("CARGO"));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if OF_PACKAGE.iter().any(|start| text.starts_with(start)) {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// Returns cargo for a package that a test has written. Programs and documentation go to `target`.
///
/// The folder for intermediate results is that of the outer cargo, which has compiled the
/// dependencies of the crate already.
pub fn cargo_in(package: &Path, target: &Path) -> Command {
    let build = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
    let mut cargo = cargo();
    cargo
        .current_dir(package)
        .env("CARGO_BUILD_BUILD_DIR", build.unwrap())
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_TERM_COLOR", "never")
        .env("CARGO_NET_OFFLINE", "true")
        .env_remove("FITRANKINGS_SPEC")
        .env_remove("FITRANKINGS_SPEC_LENIENT")
        .env_remove("RUSTDOCFLAGS");
    cargo
}

/// Writes a file unless it has these bytes already: cargo goes by the time of a file.
pub fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    let bytes = bytes.as_ref();
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return;
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}
