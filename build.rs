//! Generates the client from the document in `spec/`, or from the one that `FITRANKINGS_SPEC` names.

fn main() -> std::io::Result<()> {
    fitrankings_codegen::BuildScript::new("spec/fitrankings.yaml")
        // What `src/fitrankings/login.rs` calls. Another document may have no such operation.
        .cfg(
            "login",
            &[
                "create_master_token(types::Credentials) -> types::MasterTokenGrant",
                "Credentials::new(String, crate::Secret)",
                "MasterTokenGrant.token: crate::Secret",
            ],
        )
        .run()
}
