//! Reads the document in `spec/`, or the one that `FITRANKINGS_SPEC` names, and writes the client
//! for it to `OUT_DIR/api.rs`.

use fitrankings_codegen::script;

fn main() -> std::io::Result<()> {
    script::run(
        &script::Environment::read("spec/fitrankings.yaml"),
        &mut std::io::stdout().lock(),
    )
}
