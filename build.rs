//! Reads the document in `spec/`, or the one that `FITRANKINGS_SPEC` names, and writes the client
//! for it to `OUT_DIR/api.rs`.

#[path = "build/mod.rs"]
mod generator;

use std::path::{Path, PathBuf};

const SPEC: &str = "spec/fitrankings.yaml";
/// What the exchange of credentials, by hand, is written for: it is left out where a document has
/// something else.
const EXCHANGE: [&str; 3] = [
    "create_master_token(types::Credentials) -> types::MasterTokenGrant",
    "Credentials::new(String, crate::Secret)",
    "MasterTokenGrant.token: crate::Secret",
];
const VARIABLE: &str = "FITRANKINGS_SPEC";

fn main() {
    println!("cargo::rerun-if-env-changed={VARIABLE}");
    println!("cargo::rerun-if-env-changed={}", generator::LENIENT);
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    let spec = std::env::var_os(VARIABLE).filter(|path| !path.is_empty());
    let spec = PathBuf::from(spec.unwrap_or_else(|| SPEC.into()));
    println!("cargo::rerun-if-changed={}", spec.display());
    if let Err(errors) = write(&spec) {
        // These fail the build. A failure of the script would have them printed twice.
        for line in errors.lines() {
            println!("cargo::error={line}");
        }
    }
}

fn write(spec: &Path) -> Result<(), String> {
    let generated = generator::generate(spec, generator::Mode::from_env())
        .map_err(|problems| problems.to_string())?;
    for file in &generated.files {
        println!("cargo::rerun-if-changed={}", file.display());
    }
    for operation in &generated.left_out {
        println!("cargo::warning={operation}");
    }
    println!("cargo::rustc-check-cfg=cfg(exchange)");
    if EXCHANGE
        .iter()
        .all(|line| generated.signatures.iter().any(|known| known == line))
    {
        println!("cargo::rustc-cfg=exchange");
    }
    let out = std::env::var_os("OUT_DIR").ok_or("cargo sets no OUT_DIR")?;
    let out = Path::new(&out).join("api.rs");
    std::fs::write(&out, generated.code).map_err(|error| format!("{}: {error}", out.display()))
}
