//! Reads the document in `spec/`, or the one that `FITRANKINGS_SPEC` names, and writes the client
//! for it to `OUT_DIR/api.rs`.

#[path = "build/mod.rs"]
mod generator;

use generator::script;

fn main() -> std::io::Result<()> {
    script::run(&script::Environment::read(), &mut std::io::stdout().lock())
}
