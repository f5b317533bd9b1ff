//! Cargo, run by a test that cargo runs.

use std::process::Command;

/// Cargo, without what the outer cargo says of its own package.
///
/// `ring` builds itself anew where that differs, with all that depends on it: once for the inner
/// cargo, and then once more for the outer one.
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
