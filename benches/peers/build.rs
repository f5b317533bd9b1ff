//! Has progenitor make its client of the project's own document.

fn main() {
    #[cfg(feature = "progenitor")]
    progenitor_client();
}

#[cfg(feature = "progenitor")]
fn progenitor_client() {
    const SPEC: &str = "../../spec/fitrankings.yaml";
    println!("cargo::rerun-if-changed={SPEC}");
    println!("cargo::rerun-if-changed=build.rs");
    let text = std::fs::read_to_string(SPEC).unwrap();
    let mut spec: serde_json::Value = yaml_serde::from_str(&text).unwrap();
    // It takes one form of error for an operation, and the document has two: without them, every
    // refusal is an answer that it did not expect.
    for path in spec["paths"].as_object_mut().unwrap().values_mut() {
        for operation in path.as_object_mut().unwrap().values_mut() {
            let answers = operation["responses"].as_object_mut().unwrap();
            answers.retain(|status, _| status.starts_with('2'));
        }
    }
    let spec: openapiv3::OpenAPI = serde_json::from_value(spec).unwrap();
    let tokens = progenitor::Generator::default()
        .generate_tokens(&spec)
        .unwrap();
    let code = prettyplease::unparse(&syn::parse2(tokens).unwrap());
    let out = std::env::var("OUT_DIR").unwrap();
    std::fs::write(format!("{out}/progenitor.rs"), code).unwrap();
}
