//! What the build script tells cargo. Cargo takes each line that begins with `cargo:` for an
//! instruction, whoever wrote it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::generator::{BuildScript, Environment, Mode};
use crate::{SPEC, document};

/// An instruction that would give a program another linker.
const INSTRUCTION: &str = "cargo::rustc-link-arg=-fuse-ld=/tmp/evil";

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("build_script")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The output of the build script for this document.
fn output(spec: impl Into<OsString>, mode: Mode, folder: &Path) -> String {
    let lenient = if mode == Mode::Lenient { "1" } else { "" };
    output_in(spec, lenient, folder)
}

/// The same for a value of `FITRANKINGS_SPEC_LENIENT`.
fn output_in(spec: impl Into<OsString>, lenient: &str, folder: &Path) -> String {
    let environment = Environment {
        spec: Some(spec.into()),
        lenient: Some(lenient.into()),
        out_dir: Some(folder.into()),
    };
    let script = BuildScript::new(SPEC)
        .cfg(
            "part",
            &["create_master_token(types::Credentials) -> types::MasterTokenGrant"],
        )
        .cfg(
            "missing",
            &[
                "Credentials::new(String, crate::Secret)",
                "no_such_operation() -> ()",
            ],
        );
    let mut output = Vec::new();
    script.run_in(&environment, &mut output).unwrap();
    String::from_utf8(output).unwrap()
}

/// Checks that nothing but the generator's own instructions begins a line.
#[track_caller]
fn is_ours(output: &str) {
    const OURS: [&str; 7] = [
        "rerun-if-env-changed=FITRANKINGS_SPEC",
        "rerun-if-changed=",
        "rustc-check-cfg=cfg(part)",
        "rustc-check-cfg=cfg(missing)",
        "rustc-cfg=part",
        "warning=",
        "error=",
    ];
    for line in output.split(['\n', '\r']).filter(|line| !line.is_empty()) {
        let instruction = line.strip_prefix("cargo::");
        let ours = instruction.is_some_and(|line| OURS.iter().any(|own| line.starts_with(own)));
        assert!(ours, "{line:?} in:\n{output}");
    }
}

#[test]
fn no_text_of_a_document_begins_a_line() {
    let folder = folder("document");
    let name = format!("a\\n{INSTRUCTION}\\r{INSTRUCTION}");
    let operation = "{ get: { responses: { \"204\": { description: ok } } } }";
    let texts = [
        // A path, which is named in the warning that its operation is left out.
        document(&format!(
            "  /good: {operation}\n  \"/{name}\": {operation}\n"
        )),
        // An operation's id, and a key that is none.
        document(&format!(
            "  /good: {operation}\n  /b: {{ get: {{ operationId: \"{name}\", \"{name}\": 1, \
             responses: {{ abc: {{}} }} }} }}\n"
        )),
        // A reference, and the name of a component.
        document(&format!(
            "  /good: {operation}\n  /b: {{ $ref: \"{name}\" }}\n  /c: {{ $ref: \"#/{name}\" }}\n"
        )) + &format!("components: {{ schemas: {{ \"{name}\": 1 }} }}\n"),
        // A tag of YAML, a version.
        format!("openapi: \"{name}\"\n"),
        format!("a: !<{name}> b\n"),
    ];
    for text in texts {
        let spec = folder.join("spec.yaml");
        fs::write(&spec, &text).unwrap();
        for mode in [Mode::Strict, Mode::Lenient] {
            let output = output(&spec, mode, &folder);
            is_ours(&output);
            let said = output.contains("cargo::error=") || output.contains("cargo::warning=");
            assert!(said, "{text}\n{output}");
        }
    }
}

/// The name of a file is text of whoever made it.
#[cfg(unix)]
#[test]
fn no_name_of_a_file_begins_a_line() {
    let folder = folder("names");
    let name = format!("a\n{}", INSTRUCTION.replace('/', "_"));
    let good = document("  /a: { get: { responses: { \"204\": { description: ok } } } }\n");
    // The document's own, whether it is there or not.
    fs::write(folder.join(&name), &good).unwrap();
    for (path, gist) in [
        (
            folder.join(&name),
            "has a line break or another control character; rename the file",
        ),
        (folder.join("none").join(&name), "cannot be read"),
    ] {
        let output = output(path, Mode::Strict, &folder);
        is_ours(&output);
        assert!(output.contains(gist), "{output}");
    }
    // That of a file beside it.
    let shown = name.replace('\n', "\\n");
    let reference = format!("\"{shown}#/paths/~1a\"");
    let text = document(&format!("  /b: {{ $ref: {reference} }}\n"));
    let spec = folder.join("spec.yaml");
    fs::write(&spec, text).unwrap();
    let output = output(&spec, Mode::Strict, &folder);
    is_ours(&output);
    assert!(
        output.contains("has a line break or another control character; fix"),
        "{output}"
    );
}

/// A name is a comment in what is generated, where a line break would begin code.
#[test]
fn no_name_of_a_file_becomes_code() {
    let name = Path::new("a\nfn evil() {}\n.yaml");
    let text = document("  {}\n");
    let generated = crate::generator::generate_from(name, &text, Mode::Strict).unwrap();
    assert!(
        generated
            .code
            .starts_with("// Generated by build.rs from a\\nfn evil() {}\\n.yaml."),
        "{}",
        generated.code
    );
}

#[test]
fn cargo_is_told_of_every_file() {
    let folder = folder("files");
    let spec = folder.join("spec.yaml");
    let text = document("  /a: { $ref: \"parts.yaml#/a\" }\n");
    fs::write(&spec, text).unwrap();
    let part = "a: { get: { responses: { \"204\": { description: ok } } } }\n";
    fs::write(folder.join("parts.yaml"), part).unwrap();
    let output = output(&spec, Mode::Strict, &folder);
    is_ours(&output);
    for name in ["spec.yaml", "parts.yaml"] {
        let line = format!("cargo::rerun-if-changed={}\n", folder.join(name).display());
        assert!(output.contains(&line), "{output}");
    }
    assert!(!output.contains("cargo::error"), "{output}");
    assert!(folder.join("api.rs").is_file());
    assert!(folder.join("server.rs").is_file());
}

#[test]
fn a_path_without_a_file_is_told() {
    let folder = folder("missing");
    let path = folder.join("none.yaml");
    let output = output(&path, Mode::Strict, &folder);
    let expected = format!(
        "cargo::error={}: #: FITRANKINGS_SPEC names a file that cannot be read: ",
        path.display()
    );
    assert!(output.contains(&expected), "{output}");
    assert!(output.contains("; fix the path; "), "{output}");
}

/// A relative path would start at the folder of this crate, wherever that is on the machine.
#[test]
fn a_relative_path_is_refused() {
    let folder = folder("relative");
    // One that does exist in the folder of the crate is refused as well: it is another file than
    // the application's.
    for name in ["other.yaml", "spec/fitrankings.yaml"] {
        let output = output(name, Mode::Strict, &folder);
        is_ours(&output);
        let looked = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let expected = format!(
            "cargo::error={name}: #: FITRANKINGS_SPEC is a relative path; the build script runs in \
             the folder of the crate fitrankings, so that would be {}; write an absolute path, or \
             put `FITRANKINGS_SPEC = {{ value = \"{name}\", relative = true }}` below `[env]` in \
             the .cargo/config.toml of your project",
            looked.display()
        );
        assert!(output.contains(&expected), "{expected}\n{output}");
        assert!(!folder.join("api.rs").exists());
    }
    // Nothing is as good as no variable.
    assert!(!output("", Mode::Strict, &folder).contains("cargo::error"));
}

#[test]
fn a_cfg_is_set_if_the_document_has_all_of_its_signatures() {
    let output = output("", Mode::Strict, &folder("cfg"));
    is_ours(&output);
    assert!(output.contains("cargo::rustc-cfg=part\n"), "{output}");
    assert!(!output.contains("cargo::rustc-cfg=missing"), "{output}");
}

#[test]
fn a_setting_that_is_neither_1_nor_0_is_refused() {
    let folder = folder("setting");
    for value in ["yes", "true", "01", " 1"] {
        let output = output_in("", value, &folder);
        is_ours(&output);
        let expected = format!(
            "cargo::error=FITRANKINGS_SPEC_LENIENT: #: `{value}` is neither `1` nor `0`; set it to 1 "
        );
        assert!(output.contains(&expected), "{output}");
        assert!(!folder.join("api.rs").exists());
    }
    let spec = folder.join("spec.yaml");
    let good = "{ get: { responses: { \"204\": { description: ok } } } }";
    fs::write(
        &spec,
        document(&format!("  /a: {good}\n  /b: {{ get: 1 }}\n")),
    )
    .unwrap();
    for (value, said) in [("", "error"), ("0", "error"), ("1", "warning")] {
        let output = output_in(&spec, value, &folder);
        assert!(
            output.contains(&format!("cargo::{said}=")),
            "{value:?}: {output}"
        );
    }
}
