//! The problems of documents that are refused: each has the file, the place, what was found and
//! what to do.

use std::fs;
use std::path::{Path, PathBuf};

use crate::generator::Mode;
use crate::{document, generator, problems, with_parameter, with_response};

/// Checks that a text is refused with these problems and no others: each the pointer of the place,
/// and a part of the message.
#[track_caller]
fn refused(text: &str, expected: &[(&str, &str)]) {
    let problems = problems(text);
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(lines.len(), expected.len(), "{lines:#?}\n{text}");
    for (line, (pointer, gist)) in lines.iter().zip(expected) {
        let (place, message) = line.split_once(": #").unwrap();
        let number = place.strip_prefix("spec.yaml:").unwrap_or_default();
        assert!(number.parse::<usize>().is_ok(), "no line: {line}");
        let message = message
            .strip_prefix(pointer)
            .and_then(|rest| rest.strip_prefix(": "));
        let Some(message) = message else {
            panic!("not at #{pointer}: {line}");
        };
        let (found, remedy) = message.split_once("; ").unwrap_or((message, ""));
        assert!(found.contains(gist), "not {gist:?}: {line}");
        assert!(!remedy.is_empty(), "no remedy: {line}");
    }
}

/// An operation `GET /a` of these lines.
fn operation(lines: &str) -> String {
    let indented: String = lines
        .lines()
        .map(|line| format!("      {line}\n"))
        .collect();
    document(&format!("  /a:\n    get:\n{indented}"))
}

const NO_CONTENT: &str = "{ \"204\": { description: ok } }";

#[test]
fn texts_that_cannot_be_read() {
    refused("a: [b", &[("", "not YAML")]);
    refused("a: b: c", &[("", "not YAML")]);
    refused("{\"a\": ", &[("", "not JSON")]);
    refused("{\"a\": 1} x", &[("", "not JSON")]);
    refused("", &[("", "empty")]);
    refused("# only a comment\n", &[("", "empty")]);
    refused("- a\n- b\n", &[("", "is an array")]);
    refused("just text", &[("", "is a string")]);
    refused(
        "openapi: 3.0.3\n---\nopenapi: 3.0.3\n",
        &[("", "more than one YAML document")],
    );
    refused(
        "x-a: &a { b: 1 }\nx-b:\n  <<: *a\nopenapi: 3.0.3\ninfo: { title: t, version: \"1\" }\npaths: {}\n",
        &[("/x-b/<<", "no merge key")],
    );
    refused("? [a]\n: b\n", &[("", "expected a key")]);
    refused("a: &a b\n*a : c\n", &[("", "expected a key")]);
    refused("a: &a [*a]\n", &[("/a/0", "contains it")]);
    let tagged =
        document("  {}\n") + "x-a: !include other.yaml\nx-b: !!str 1\nx-c: !!binary aGk=\n";
    refused(&tagged, &[("/x-a", "tag"), ("/x-c", "tag")]);
}

#[test]
fn files_that_cannot_be_read() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let refused = |path: &Path, gist: &str| {
        let Err(problems) = generator::generate(path, Mode::Strict) else {
            panic!("accepted: {}", path.display());
        };
        let message = problems.to_string();
        assert!(message.contains(gist), "{message}");
        assert!(
            message.starts_with(&format!("{}: #: ", path.display())),
            "{message}"
        );
        assert!(message.contains("; "), "no remedy: {message}");
    };
    refused(&folder.join("no-such-file.yaml"), "cannot be read");
    refused(folder, "cannot be read");
    let latin = folder.join("latin-1.yaml");
    fs::write(&latin, b"openapi: 3.0.3\ninfo: { title: Gr\xf6\xdfe }\n").unwrap();
    refused(&latin, "not UTF-8");
}

#[test]
fn keys_that_stand_twice() {
    let twice = operation(&format!(
        "operationId: a\nresponses: {NO_CONTENT}\noperationId: b"
    ));
    refused(
        &twice,
        &[(
            "/paths/~1a/get/operationId",
            "duplicate key `operationId`, first in line 6",
        )],
    );
    // What is below a key that stands twice does not stand twice.
    let paths = operation(&format!("responses: {NO_CONTENT}"));
    let twice = paths.clone() + paths.split_once("paths:\n").unwrap().1;
    refused(&twice, &[("/paths/~1a", "duplicate key")]);
    refused(
        "{\"openapi\": \"3.0.3\",\n \"info\": {\"title\": \"t\", \"title\": \"u\", \"version\": \"1\"},\n \"paths\": {}}",
        &[("/info/title", "duplicate key `title`, first in line 2")],
    );
}

#[test]
fn depth_and_size() {
    refused(&"[".repeat(10_000), &[("", "nested too deep")]);
    refused(
        &("- ".repeat(10_000) + "x"),
        &[(&"/0".repeat(100), "nested more than 100 deep")],
    );
    let json = "{\"a\":".repeat(10_000) + "1" + &"}".repeat(10_000);
    refused(&json, &[(&"/a".repeat(100), "nested more than 100 deep")]);
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    let mut tower = "a0: &a0 [x]\n".to_owned();
    for level in 1..200 {
        let below = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb += &format!("a{level}: &a{level} [{below}]\n");
        tower += &format!("a{level}: &a{level} [*a{}]\n", level - 1);
    }
    refused(&bomb, &[("/a5/6", "aliases repeat more than")]);
    refused(&tower, &[("/a99/0", "nested more than 100 deep")]);
}

/// Aliases of few values can be many bytes: to a long text, to a long key, and to a list of them.
#[test]
fn aliases_to_long_texts() {
    let megabyte = "x".repeat(1024 * 1024);
    let aliases = |count| vec!["*a"; count].join(", ");
    let bomb = |anchored: &str| format!("x-a: &a {anchored}\nx-b: [{}]\n", aliases(40));
    const GIST: &str = "aliases repeat more than 16 MiB of text";
    refused(&bomb(&format!("\"{megabyte}\"")), &[("/x-b/15", GIST)]);
    let keyed = format!("\n  ? {megabyte}\n  : 1");
    refused(&bomb(&keyed), &[("/x-b/15", GIST)]);
    let half = format!("[{0}, {0}]", "x".repeat(512 * 1024));
    refused(&bomb(&half), &[("/x-b/15", GIST)]);
    // Some repeat what is long, and that is no bomb.
    let text = document("  {}\n");
    crate::code(&(text + &format!("x-a: &a {megabyte}\nx-b: [{}]\n", aliases(10))));
}

/// References lead far, and nothing recurses after them.
#[test]
fn long_ways() {
    let chain = |schema: fn(usize) -> String| {
        let mut text =
            with_response("{ $ref: \"#/components/schemas/A0\" }") + "components:\n  schemas:\n";
        for number in 0..5_000 {
            text += &format!("    A{number}: {}\n", schema(number + 1));
        }
        text + "    A5000: { type: string }\n"
    };
    let objects = |next| {
        format!(
            "{{ type: object, properties: {{ a: {{ $ref: \"#/components/schemas/A{next}\" }} }} }}"
        )
    };
    assert!(crate::code(&chain(objects)).contains("pub struct A4999 {"));
    let arrays =
        |next| format!("{{ type: array, items: {{ $ref: \"#/components/schemas/A{next}\" }} }}");
    refused(
        &chain(arrays),
        &[(
            "/components/schemas/A49/items",
            "more than 100 schemas are nested",
        )],
    );
    let joined = |next| {
        format!("{{ allOf: [{{ $ref: \"#/components/schemas/A{next}\" }}, {{ type: object }}] }}")
    };
    refused(
        &chain(joined),
        &[(
            "/components/schemas/A99/allOf/0",
            "more than 100 objects are joined",
        )],
    );
    let references = |next| format!("{{ $ref: \"#/components/schemas/A{next}\" }}");
    let problems = problems(&chain(references));
    assert!(
        problems
            .to_string()
            .contains("more than 100 references form a chain"),
        "{problems}"
    );
}

#[test]
fn versions() {
    let with = |version: &str| document("  {}\n").replacen("openapi: 3.0.3", version, 1);
    refused(&with("openapi: 3.1.0"), &[("/openapi", "\"3.1.0\"")]);
    refused(&with("openapi: 3.0"), &[("/openapi", "`3.0`")]);
    refused(
        &with("swagger: \"2.0\""),
        &[("/swagger", "Swagger document, version `\"2.0\"`")],
    );
    refused(&with("asyncapi: 2.0.0"), &[("", "`openapi` is missing")]);
}

#[test]
fn keys_that_an_object_does_not_have() {
    let responses = format!("responses: {NO_CONTENT}");
    refused(
        &operation(&format!("operationID: a\n{responses}")),
        &[(
            "/paths/~1a/get/operationID",
            "`operationID` is not a key of an Operation Object",
        )],
    );
    refused(
        &with_response("{ type: object, requierd: [a], properties: { a: { type: string } } }"),
        &[(
            "/paths/~1a/get/responses/200/content/application~1json/schema/requierd",
            "`requierd` is not a key of a Schema Object",
        )],
    );
    // A missing success response is not reported beside a misspelt status.
    refused(
        &operation("responses: { 20: { description: a } }"),
        &[(
            "/paths/~1a/get/responses/20",
            "`20` is not a key of a Responses Object",
        )],
    );
    refused(
        &document("  a: {}\n"),
        &[("/paths/a", "`a` is not a key of the Paths Object")],
    );
}

/// Ignoring a key that has a meaning in another version, or elsewhere, would lose that meaning.
#[test]
fn keys_of_other_versions() {
    for (key, value) in [
        ("const", "a"),
        ("prefixItems", "[]"),
        ("collectionFormat", "csv"),
        ("schema", "{}"),
    ] {
        refused(
            &with_response(&format!("{{ {key}: {value} }}")),
            &[(
                &in_schema(&format!("/{key}")),
                "is not a key of a Schema Object",
            )],
        );
    }
}

#[test]
fn values_of_the_wrong_type() {
    let responses = format!("responses: {NO_CONTENT}");
    refused(
        &with_response("{ type: integr }"),
        &[(
            "/paths/~1a/get/responses/200/content/application~1json/schema/type",
            "found `\"integr\"`, expected one of",
        )],
    );
    refused(
        &operation(&format!("deprecated: \"yes\"\n{responses}")),
        &[(
            "/paths/~1a/get/deprecated",
            "found `\"yes\"`, expected `true` or `false`",
        )],
    );
    refused(
        &operation(&format!("security: one\nparameters: {{}}\n{responses}")),
        &[
            ("/paths/~1a/get/security", ", expected an array"),
            (
                "/paths/~1a/get/parameters",
                "found an object, expected an array",
            ),
        ],
    );
    refused(
        "openapi: 3.0.3\npaths: []\n",
        &[
            ("", "`info` is missing"),
            ("/paths", "found an array, expected the Paths Object"),
        ],
    );
}

/// The word that was meant is named.
#[test]
fn suggestions() {
    let remedy = |text: &str| {
        let message = problems(text).to_string();
        message.split_once("; ").unwrap().1.to_owned()
    };
    assert!(remedy(&with_response("{ type: integr }")).contains("`integer`"));
    assert!(remedy(&with_response("{ typ: integer }")).contains("`type`"));
    assert!(remedy(&with_response("{ decription: a }")).contains("`description`"));
    assert!(remedy(&with_response("{ requiredd: a }")).contains("begin with `x-`"));
    assert!(remedy(&with_response("{ type: [string, \"null\"] }")).contains("`nullable: true`"));
    assert!(
        remedy(&with_response(
            "{ type: integer, minimum: 1, exclusiveMinimum: 0 }"
        ))
        .contains("3.1")
    );
    let known = "components: { schemas: { Thing: {}, Other: {} } }\n";
    let thang = with_response("{ $ref: \"#/components/schemas/Thang\" }") + known;
    assert!(remedy(&thang).contains("did you mean `Thing`?"));
    let unknown = with_response("{ $ref: \"#/components/schemas/Whatever\" }") + known;
    assert!(remedy(&unknown).contains("#/components/schemas has `Thing`, `Other`"));
}

const SCHEMA: &str = "/paths/~1a/get/responses/200/content/application~1json/schema";

fn in_schema(rest: &str) -> String {
    format!("{SCHEMA}{rest}")
}

#[test]
fn references_to_nothing() {
    let dangling = with_response("{ $ref: \"#/components/schemas/None\" }");
    refused(&dangling, &[(&in_schema("/$ref"), "does not exist")]);
    // Only a typed walk finds these: the default response, and a schema called `default`.
    let hidden =
        operation("responses: { \"204\": { description: ok }, default: { $ref: \"#/nowhere\" } }");
    refused(
        &hidden,
        &[("/paths/~1a/get/responses/default/$ref", "does not exist")],
    );
    let hidden =
        document("  {}\n") + "components: { schemas: { default: { $ref: \"#/nowhere\" } } }\n";
    refused(
        &hidden,
        &[("/components/schemas/default/$ref", "does not exist")],
    );
    let item = document("  /a: { $ref: \"#/paths/~1b\" }\n");
    refused(&item, &[("/paths/~1a/$ref", "does not exist")]);
    // An example may hold a key of that name.
    let data =
        with_response("{ type: object, example: { $ref: nowhere }, default: { $ref: nowhere } }");
    crate::code(&data.replace(", default: { $ref: nowhere }", ""));
}

#[test]
fn references_that_are_no_pointer_or_file() {
    for (other, gist) in [
        (
            "other.yaml#/Thing",
            "refers to a file that cannot be read: there is no file other.yaml",
        ),
        (
            "https://example.com/spec.yaml",
            "does not refer to a file in this folder",
        ),
        ("Thing", "there is no file Thing"),
        ("#Thing", "does not refer to a file"),
    ] {
        let text = with_response(&format!("{{ $ref: \"{other}\" }}"));
        refused(&text, &[(&in_schema("/$ref"), gist)]);
    }
    refused(
        &with_response("{ $ref: 5 }"),
        &[(&in_schema("/$ref"), "`$ref` is `5`")],
    );
}

#[test]
fn references_to_the_wrong_kind_of_object() {
    let wrong = with_response("{ $ref: \"#/components/responses/Ok\" }")
        + "components: { responses: { Ok: { description: ok } } }\n";
    refused(
        &wrong,
        &[(
            &in_schema("/$ref"),
            "refers to a Response Object, expected a Schema Object",
        )],
    );
    // The target of a reference is checked even if it is inside an extension.
    let extension =
        with_response("{ $ref: \"#/x-schemas/A\" }") + "x-schemas: { A: { type: strin } }\n";
    refused(
        &extension,
        &[("/x-schemas/A/type", "found `\"strin\"`, expected one of")],
    );
}

/// A folder with these files, made anew.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("references")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The problems of the document in the file at a path, each a line.
#[track_caller]
fn problems_at(path: &Path) -> Vec<String> {
    match generator::generate(path, Mode::Strict) {
        Ok(_) => panic!("accepted: {}", path.display()),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

const SECRET: &str = "hunter2";

/// A build reads nothing outside of the folder of its document, and says nothing of what is there.
#[test]
fn references_that_leave_the_folder() {
    let thing = format!("Thing: {{ type: {SECRET} }}\n");
    let refused = |document: &Path, gist: &str| {
        let problems = problems_at(document);
        let [problem] = problems.as_slice() else {
            panic!("{problems:#?}");
        };
        assert!(problem.contains(gist), "{problem}");
        assert!(
            problem.contains("; keep all files of a document in one folder"),
            "{problem}"
        );
        assert!(!problem.contains(SECRET), "{problem}");
    };
    for reference in [
        "../other.yaml#/Thing",
        "../../other.yaml#/Thing",
        "../../../../../../../../../../../../etc/passwd",
        "/etc/passwd",
        "sub/../../other.yaml#/Thing",
        "../inner/../other.yaml",
    ] {
        let text = with_response(&format!("{{ $ref: \"{reference}\" }}"));
        let folder = folder(
            "left",
            &[("inner/spec.yaml", &text), ("other.yaml", &thing)],
        );
        refused(
            &folder.join("inner/spec.yaml"),
            "it is not in the folder of the document, nor below it",
        );
    }
    // By way of a file that is in it.
    let text = with_response("{ $ref: \"parts.yaml#/Part\" }");
    let part = "Part: { type: object, properties: { a: { $ref: \"../other.yaml#/Thing\" } } }\n";
    let files = [
        ("inner/spec.yaml", text.as_str()),
        ("inner/parts.yaml", part),
        ("other.yaml", &thing),
    ];
    let folder = folder("left-by-a-part", &files);
    refused(
        &folder.join("inner/spec.yaml"),
        "parts.yaml:1: #/Part/properties/a/$ref: `../other.yaml#/Thing` refers to a file that \
         cannot be read: it is not in the folder of the document, nor below it",
    );
}

#[cfg(unix)]
#[test]
fn symbolic_links_that_leave_the_folder() {
    use std::os::unix::fs::symlink;

    let text = with_response("{ $ref: \"parts.yaml#/Thing\" }");
    let beyond = with_response("{ $ref: \"linked/other.yaml#/Thing\" }");
    let files = [
        ("inner/spec.yaml", text.as_str()),
        ("inner/beyond.yaml", &beyond),
        ("inner/sub/within.yaml", "Thing: { type: string }\n"),
        ("other.yaml", "Thing: { type: hunter2 }\n"),
    ];
    let folder = folder("linked", &files);
    let inner = folder.join("inner");
    symlink("../other.yaml", inner.join("parts.yaml")).unwrap();
    symlink("..", inner.join("linked")).unwrap();
    for name in ["spec.yaml", "beyond.yaml"] {
        let problems = problems_at(&inner.join(name)).join("\n");
        assert!(
            problems.contains("a symbolic link leads out of the folder of the document; keep all"),
            "{problems}"
        );
        assert!(!problems.contains(SECRET), "{problems}");
    }
    // One that stays in the folder is a file like any other, and so is the folder's own name.
    fs::remove_file(inner.join("parts.yaml")).unwrap();
    symlink("sub/within.yaml", inner.join("parts.yaml")).unwrap();
    symlink("inner", folder.join("alias")).unwrap();
    for path in [inner.join("spec.yaml"), folder.join("alias/spec.yaml")] {
        assert!(generator::generate(&path, Mode::Strict).is_ok());
    }
}

/// Parts of the folder refer to one another, wherever they are in it.
#[test]
fn references_within_the_folder() {
    let text = with_response("{ $ref: \"services/a.yaml#/Thing\" }");
    let files = [
        ("spec.yaml", text.as_str()),
        (
            "services/a.yaml",
            "Thing: { type: object, properties: { b: { $ref: \"../common/b.yaml\" } } }\n",
        ),
        (
            "common/b.yaml",
            "type: object\nproperties: { in_b: { $ref: \"../services/a.yaml#/Thing\" } }\n",
        ),
    ];
    let folder = folder("within", &files);
    let generated = generator::generate(&folder.join("spec.yaml"), Mode::Strict).unwrap();
    assert!(generated.code.contains("pub in_b:"), "{}", generated.code);
}

/// The log of a build shows nothing of a file that is no part of an OpenAPI document.
#[test]
fn files_that_are_no_parts_are_not_shown() {
    for (name, content) in [
        ("passwd", "root:hunter2:0:0:root:/root:/bin/bash\n"),
        (
            "settings.yaml",
            "database: { password: hunter2, port: 5432 }\n",
        ),
        ("scalar.yaml", "hunter2\n"),
        ("list.yaml", "- hunter2\n- type: hunter2\n"),
        (
            "account.json",
            "{ \"type\": \"hunter2\", \"id\": 1, \"hunter2\": 2 }",
        ),
        ("twice.yaml", "hunter2: 1\nhunter2: 2\n"),
        ("twice.json", "{ \"hunter2\": 1, \"hunter2\": 2, }"),
        ("tagged.yaml", "!hunter2 a: !hunter2 b\n"),
        ("broken.yaml", "hunter2: [hunter2\n"),
        ("broken.json", "{ \"hunter2\": hunter2 }"),
        ("deep.yaml", &format!("hunter2: {}", "[".repeat(200))),
        ("merged.yaml", "hunter2: &a { b: 1 }\nc: { <<: *a }\n"),
    ] {
        for fragment in ["", "#/", "#/nothing", "#/database", "#/type"] {
            let text = with_response(&format!("{{ $ref: \"{name}{fragment}\" }}"));
            let folder = folder("no-part", &[("spec.yaml", &text), (name, content)]);
            for mode in [Mode::Strict, Mode::Lenient] {
                let problems = match generator::generate(&folder.join("spec.yaml"), mode) {
                    Ok(_) => panic!("accepted: {name}{fragment}"),
                    Err(problems) => problems.to_string(),
                };
                assert!(!problems.contains(SECRET), "{problems}");
                assert_eq!(problems.lines().count(), 1, "{problems}");
                let gist = "refers to a file that cannot be read: ";
                assert!(problems.contains(gist), "{problems}");
            }
        }
    }
}

/// The problems of a part name the file of the part.
#[test]
fn faults_of_parts() {
    let with = |fragment: &str, part: &str| {
        let text = with_response(&format!("{{ $ref: \"parts.yaml{fragment}\" }}"));
        let folder = folder("faulty", &[("spec.yaml", &text), ("parts.yaml", part)]);
        let problems = problems_at(&folder.join("spec.yaml")).join("\n");
        problems.replace(&format!("{}/", folder.display()), "")
    };
    let part = "Thing:\n  type: object\n  requierd: [a]\nOther: { $ref: \"#/Thang\" }\n";
    assert_eq!(
        with("#/Thing", part),
        "parts.yaml:3: #/Thing/requierd: `requierd` is not a key of a Schema Object; did you mean \
         `required`? Keys of your own begin with `x-`"
    );
    let thang = with("#/Other", part);
    assert!(
        thang.contains("`parts.yaml#/Thang` does not exist; did you mean `Thing`?"),
        "{thang}"
    );
    let broken = with("#/Thing", "Thing: [\n");
    assert!(
        broken.contains(
            "`parts.yaml#/Thing` refers to a file that cannot be read: the file is not YAML: "
        ),
        "{broken}"
    );
    assert!(broken.contains(" in line 2; fix that file"), "{broken}");
    let nothing = with("#/Thing", "Thong: { type: string }\n");
    assert!(
        nothing.contains(
            "no reference leads to an OpenAPI object in it, so its content is not shown; "
        ),
        "{nothing}"
    );
}

/// A document that answers with the schema `A` of these.
fn with_schemas(schemas: &str) -> String {
    with_response("{ $ref: \"#/components/schemas/A\" }")
        + &format!("components: {{ schemas: {schemas} }}\n")
}

#[test]
fn circles_of_references() {
    let itself = with_schemas("{ A: { $ref: \"#/components/schemas/A\" } }");
    refused(
        &itself,
        &[
            (&in_schema("/$ref"), "reference is circular"),
            (
                "/components/schemas/A/$ref",
                "reference is circular: #/components/schemas/A",
            ),
        ],
    );
    let two = with_schemas(
        "{ A: { $ref: \"#/components/schemas/B\" }, B: { $ref: \"#/components/schemas/A\" } }",
    );
    refused(
        &two,
        &[
            (&in_schema("/$ref"), "reference is circular"),
            ("/components/schemas/A/$ref", "reference is circular"),
            ("/components/schemas/B/$ref", "reference is circular"),
        ],
    );
}

#[test]
fn circles_of_schemas() {
    for schema in [
        "{ type: array, items: { $ref: \"#/components/schemas/A\" } }",
        "{ type: object, additionalProperties: { $ref: \"#/components/schemas/A\" } }",
        "{ allOf: [{ $ref: \"#/components/schemas/A\" }] }",
    ] {
        refused(
            &with_schemas(&format!("{{ A: {schema} }}")),
            &[(
                "/components/schemas/A",
                "contains itself, with no object in between",
            )],
        );
    }
    let joined = with_schemas(
        "{ A: { allOf: [{ $ref: \"#/components/schemas/B\" }, { type: object }] }, \
         B: { allOf: [{ $ref: \"#/components/schemas/A\" }, { type: object }] } }",
    );
    refused(
        &joined,
        &[(
            "/components/schemas/B/allOf/0",
            "includes itself by `allOf`",
        )],
    );
}

#[test]
fn operations() {
    let twice = document(&format!(
        "  /a: {{ get: {{ operationId: one, responses: {NO_CONTENT} }} }}\n  \
         /b: {{ get: {{ operationId: one, responses: {NO_CONTENT} }} }}\n"
    ));
    refused(
        &twice,
        &[(
            "/paths/~1b/get/operationId",
            "the operationId `one` is already used at #/paths/~1a/get/operationId",
        )],
    );
}

#[test]
fn contents() {
    let body = |content: &str| {
        operation(&format!(
            "requestBody: {{ content: {content} }}\nresponses: {NO_CONTENT}"
        ))
        .replace("get:", "post:")
    };
    refused(
        &body("{ multipart/related: { schema: { type: object } } }"),
        &[(
            "/paths/~1a/post/requestBody/content",
            "the body is `multipart/related`",
        )],
    );
    refused(
        &body("{ multipart/form-data: { schema: { type: object } } }"),
        &[(
            "/paths/~1a/post/requestBody/content/multipart~1form-data",
            "whose parts are not named",
        )],
    );
    let trace = body("{ application/json: { schema: {} } }").replace("post:", "trace:");
    refused(
        &trace,
        &[("/paths/~1a/trace/requestBody", "`TRACE` takes no body")],
    );
}

/// A document with this path, whose operation has these parameters.
fn at_path(path: &str, parameters: &str) -> String {
    document(&format!(
        "  {path}: {{ get: {{ parameters: {parameters}, responses: {NO_CONTENT} }} }}\n"
    ))
}

#[test]
fn parameters_of_paths() {
    const ID: &str = "[{ name: id, in: path, required: true, schema: { type: string } }]";
    // One may be the other with its name misspelt.
    refused(
        &at_path("/a/{ident}", ID),
        &[
            (
                "/paths/~1a~1{ident}/get/parameters/0",
                "the path `/a/{ident}` has no `{id}`",
            ),
            (
                "/paths/~1a~1{ident}/get",
                "`{ident}` of the path has no parameter",
            ),
        ],
    );
    refused(
        &at_path("/a/{id}/{id}", ID),
        &[("/paths/~1a~1{id}~1{id}", "`{id}` appears twice")],
    );
    // A parameter that is wrong in itself is not missing as well.
    refused(
        &at_path(
            "/a/{id}",
            "[{ name: id, in: path, requird: true, schema: { type: string } }]",
        ),
        &[(
            "/paths/~1a~1{id}/get/parameters/0/requird",
            "`requird` is not a key",
        )],
    );
}

#[test]
fn characters_of_paths() {
    for (path, pointer, gist) in [
        ("\"/a/{id\"", "/paths/~1a~1{id", "is not closed"),
        ("\"/a/{}\"", "/paths/~1a~1{}", "no name inside"),
        (
            "\"/a/id}\"",
            "/paths/~1a~1id}",
            "`}` is not allowed in a path",
        ),
        ("/a?b=c", "/paths/~1a?b=c", "`?` is not allowed in a path"),
        ("/größe", "/paths/~1größe", "`ö` is not allowed in a path"),
    ] {
        refused(&at_path(path, "[]"), &[(pointer, gist)]);
    }
}

#[test]
fn parameters_that_stand_twice() {
    const AT: &str = "/paths/~1a/get/parameters/1";
    let twice = "{ name: b, in: query, schema: { type: string } }";
    refused(
        &with_parameter(&format!("{twice}, {twice}")),
        &[(AT, "duplicate parameter `b`")],
    );
    let header = |name: &str| format!("{{ name: {name}, in: header, schema: {{ type: string }} }}");
    refused(
        &with_parameter(&format!("{}, {}", header("X-A"), header("x-a"))),
        &[(AT, "duplicate parameter `x-a`")],
    );
}

/// Parameters that are refused, where inside of them, and a part of the message.
const PARAMETERS: &[(&str, &str, &str)] = &[
    (
        "{ name: \"X A\", in: header, schema: { type: string } }",
        "/name",
        "`X A` is not a valid header name",
    ),
    (
        "{ name: b, in: body, schema: {} }",
        "/in",
        "found `\"body\"`, expected",
    ),
    (
        "{ name: b, in: query, schema: { type: string, format: password } }",
        "/schema",
        "is a password",
    ),
    (
        "{ name: b, in: query, schema: { type: number, x-unit: metre } }",
        "/schema",
        "is a quantity",
    ),
    (
        "{ name: b, in: header, style: matrix, schema: { type: string } }",
        "/style",
        "`matrix` is not supported",
    ),
    (
        "{ name: b, in: query, content: {} }",
        "/content",
        "neither a `schema` nor a type",
    ),
    (
        "{ name: b, in: query, schema: { type: integer, minimum: 5, maximum: 4 } }",
        "/schema",
        "no value of the type is within both bounds",
    ),
    (
        "{ name: b, in: query, schema: { type: integer, format: int32, minimum: 3000000000 } }",
        "/schema",
        "no value of the type is within both bounds",
    ),
];

#[test]
fn parameters() {
    for (parameter, below, gist) in PARAMETERS {
        let pointer = format!("/paths/~1a/get/parameters/0{below}");
        refused(&with_parameter(parameter), &[(&pointer, gist)]);
    }
}

/// A path that is pasted in a wrong place would be no operation, without a word.
#[test]
fn names_of_components() {
    let sections = [
        "schemas",
        "responses",
        "parameters",
        "examples",
        "requestBodies",
        "headers",
        "securitySchemes",
        "links",
        "callbacks",
    ];
    for section in sections {
        let with = |name: &str| {
            let value = match section {
                "responses" => "{ description: a }",
                "parameters" => "{ name: a, in: query, schema: {} }",
                "requestBodies" => "{ content: {} }",
                "securitySchemes" => "{ type: http, scheme: basic }",
                _ => "{}",
            };
            let operation = operation(&format!("responses: {NO_CONTENT}"));
            operation + &format!("components: {{ {section}: {{ {name}: {value} }} }}\n")
        };
        for name in ["Aa0._-", "a", "x-a", "200"] {
            crate::code(&with(name));
        }
        for name in ["a b", "größe", "a/b", "List«User»", "a\\nb", ""] {
            let shown = name
                .replace('/', "~1")
                .replace("\\n", "\n")
                .escape_debug()
                .to_string();
            let shown = shown.replace("\\u{f6}", "ö");
            let problems = problems(&with(&format!("\"{name}\""))).to_string();
            let place = format!("#/components/{section}/{shown}: `");
            assert!(problems.contains(&place), "{place}: {problems}");
            assert!(
                problems.contains("cannot be the name of a component; rename it: letters, digits"),
                "{problems}"
            );
        }
    }
}

#[test]
fn paths_in_wrong_places() {
    const PATH: &str = "/b/: { get: { responses: { \"204\": { description: ok } } } }";
    const REMEDY: &str =
        "; this looks like a path: move it under `paths`, with the same indent as the other paths";
    let document = operation(&format!("responses: {NO_CONTENT}"));
    for (before, pointer, gist) in [
        ("", "", "not a key of the OpenAPI Object"),
        (
            "components:\n  ",
            "/components",
            "not a key of the Components Object",
        ),
        (
            "components:\n  examples:\n    ",
            "/components/examples",
            "cannot be the name of a component",
        ),
        (
            "components:\n  schemas:\n    ",
            "/components/schemas",
            "cannot be the name of a component",
        ),
        ("    ", "/paths/~1a", "not a key of a Path Item Object"),
        (
            "      ",
            "/paths/~1a/get",
            "not a key of an Operation Object",
        ),
    ] {
        let text = format!("{document}{before}{PATH}\n");
        let pointer = format!("{pointer}/~1b~1");
        refused(&text, &[(&pointer, gist)]);
        assert!(problems(&text).to_string().ends_with(REMEDY), "{text}");
        // It would be lost in the lenient way, too, if it were passed over as a part that is unused.
        let lenient = generator::generate_from(Path::new("spec.yaml"), &text, Mode::Lenient);
        assert!(lenient.is_err(), "{text}");
    }
}

/// A document with one operation that has these security requirements, and these schemes.
fn secured(security: &str, schemes: &str) -> String {
    operation(&format!("security: {security}\nresponses: {NO_CONTENT}"))
        + &format!("components: {{ securitySchemes: {schemes} }}\n")
}

#[test]
fn security_requirements() {
    const OURS: &str = "{ masterToken: { type: http, scheme: bearer }, userToken: { type: http, scheme: bearer } }";
    refused(
        &secured("[{ adminToken: [] }]", OURS),
        &[(
            "/paths/~1a/get/security/0",
            "the security scheme `adminToken` is not declared",
        )],
    );
    let global = operation(&format!("responses: {NO_CONTENT}")) + "security: [{ other: [] }]\n";
    refused(
        &global,
        &[("/security/0", "the security scheme `other` is not declared")],
    );
    let five = ["a", "b", "c", "d", "e"].map(|it| format!("{it}: {{ type: http, scheme: basic }}"));
    refused(
        &secured(
            "[{ a: [], b: [], c: [], d: [], e: [] }]",
            &format!("{{ {} }}", five.join(", ")),
        ),
        &[("/paths/~1a/get/security/0", "5 schemes at once")],
    );
}

#[test]
fn security_schemes() {
    for (scheme, key, gist) in [
        (
            "{ type: http, scheme: digest }",
            "scheme",
            "the scheme `digest` is not supported",
        ),
        (
            "{ type: apiKey, in: header, name: \"a b\" }",
            "name",
            "`a b` is not a valid header name",
        ),
        ("{ type: magic }", "type", "found `\"magic\"`, expected"),
    ] {
        refused(
            &secured("[{ other: [] }]", &format!("{{ other: {scheme} }}")),
            &[(&format!("/components/securitySchemes/other/{key}"), gist)],
        );
    }
}

#[test]
fn schemas() {
    let refused_at = |schema: &str, below: &str, gist: &str| {
        refused(&with_response(schema), &[(&in_schema(below), gist)]);
    };
    refused_at(
        "{ oneOf: [{ type: string }], anyOf: [{ type: integer }] }",
        "/anyOf",
        "`anyOf` beside `oneOf` is not supported",
    );
    refused_at(
        "{ oneOf: [{ type: string }], properties: { a: {} } }",
        "/oneOf/0",
        "not a plain object",
    );
    refused_at(
        "{ allOf: [{ type: object, properties: { a: { type: string } } }, { type: string }] }",
        "/allOf/1",
        "not a plain object",
    );
    refused_at(
        "{ allOf: [{ properties: { a: { type: string } } }, { properties: { a: { type: integer } } }] }",
        "/allOf/1/properties/a",
        "the property `a` has another type at #",
    );
    refused_at(
        "{ allOf: [{ additionalProperties: { type: string } }], additionalProperties: { type: integer } }",
        "/additionalProperties",
        "`additionalProperties` already has a schema",
    );
    let twice = "{ oneOf: [{ $ref: \"#/components/schemas/A\" }, { type: array, items: {} }] }";
    refused(
        &(with_response("{ $ref: \"#/components/schemas/A\" }")
            + &format!("components: {{ schemas: {{ A: {twice} }} }}\n")),
        &[(
            "/components/schemas/A",
            "contains itself, with no object in between",
        )],
    );
}

#[test]
fn values() {
    let refused_at = |schema: &str, below: &str, gist: &str| {
        refused(&with_response(schema), &[(&in_schema(below), gist)]);
    };
    refused_at(
        "{ type: integer, enum: [1, b] }",
        "/enum/1",
        "the value is `\"b\"`",
    );
    refused_at(
        "{ type: string, x-extensible-enum: fitbit }",
        "/x-extensible-enum",
        "is a string, not an array",
    );
    for (kind, default) in [
        ("integer", "1.5"),
        ("integer", "\"many\""),
        ("number", "many"),
        ("boolean", "1"),
        ("string", "[5]"),
        ("array", "{}"),
        ("object", "[]"),
    ] {
        let items = if kind == "array" { ", items: {}" } else { "" };
        refused_at(
            &format!("{{ type: {kind}, default: {default}{items} }}"),
            "/default",
            "the default is",
        );
    }
    crate::code(&with_response(
        "{ type: integer, nullable: true, default: null }",
    ));
    crate::code(&with_response("{ type: integer, default: 20.0 }"));
    // A number between quotes can only be that number, and a text without them that text.
    crate::code(&with_response("{ type: integer, default: \"20\" }"));
    crate::code(&with_response("{ type: boolean, default: \"false\" }"));
    crate::code(&with_response("{ type: string, default: 5 }"));
    crate::code(&with_response("{ type: string, default: null }"));
}

const LIST: &str = "{ type: array, items: { type: object, required: [id], properties: { id: { type: integer } } } }";

/// A document with one operation that has this extension and responds with this schema.
fn extended(extension: &str, schema: &str) -> String {
    operation(&format!(
        "{extension}\n\
         parameters:\n\
         - {{ name: page, in: query, schema: {{ type: integer, minimum: 1 }} }}\n\
         - {{ name: size, in: query, schema: {{ type: integer }} }}\n\
         - {{ name: start, in: query, schema: {{ type: string }} }}\n\
         - {{ name: end, in: query, schema: {{ type: string }} }}\n\
         responses:\n  \"200\":\n    description: ok\n    content: {{ application/json: {{ schema: {schema} }} }}\n"
    ))
}

/// Values of `x-paging` that are refused, and of each problem where it is and a part of the
/// message.
const PAGING: &[(&str, &[(&str, &str)])] = &[
    ("true", &[("", "`true` does not fit")]),
    ("{ page: page, size: size }", &[("", "does not fit")]),
    (
        "{ page: page, size: size, key: id, more: x }",
        &[("", "does not fit")],
    ),
    (
        "{ page: page, size: size, key: 5 }",
        &[("", "does not fit")],
    ),
    (
        "{ page: page, size: size, key: id, end: 404 }",
        &[("", "does not fit")],
    ),
    (
        "{ page: page, size: size, end: gone }",
        &[("", "does not fit")],
    ),
    (
        "{ page: pag, size: siz, key: id }",
        &[
            ("", "`pag` is not a query parameter"),
            ("", "`siz` is not a query parameter"),
        ],
    ),
    (
        "{ page: page, size: size, key: name }",
        &[("/key", "have no required `name`")],
    ),
    (
        "{ page: size, size: page, key: id }",
        &[("/page", "`size` cannot be the page number")],
    ),
];

const AT_PAGING: &str = "/paths/~1a/get/x-paging";

#[test]
fn paging() {
    let good = "x-paging: { page: page, size: size, key: id }";
    crate::code(&extended(good, LIST));
    let ended = "x-paging: { page: page, size: size, key: id, end: \"No more.\" }";
    assert!(
        crate::code(&extended(ended, LIST))
            .contains("const END: Option<&'static str> = Some(\"No more.\");")
    );
    for (paging, expected) in PAGING {
        let pointers = expected
            .iter()
            .map(|(below, _)| format!("{AT_PAGING}{below}"));
        let pointers: Vec<String> = pointers.collect();
        let expected: Vec<(&str, &str)> = pointers
            .iter()
            .zip(*expected)
            .map(|(pointer, (_, gist))| (&**pointer, *gist))
            .collect();
        refused(&extended(&format!("x-paging: {paging}"), LIST), &expected);
    }
    refused(
        &extended(good, "{ type: object }"),
        &[(AT_PAGING, "the response is not an array of objects")],
    );
}

#[test]
fn periods() {
    for (period, below, gist) in [
        ("{}", "", "does not fit"),
        (
            "{ mode: mode, value: page, start: start, end: end, week: YYYY-WW }",
            "",
            "`mode` is not a query parameter",
        ),
        (
            "{ mode: page, value: size, start: start, end: end, week: YYYYWW }",
            "/week",
            "`YYYYWW` is not a format of a week",
        ),
    ] {
        refused(
            &extended(&format!("x-period: {period}"), LIST),
            &[(&format!("/paths/~1a/get/x-period{below}"), gist)],
        );
    }
}

#[test]
fn units() {
    for (schema, gist) in [
        ("{ type: number, x-unit: mile }", "`\"mile\"` is not a unit"),
        (
            "{ type: string, x-unit: metre }",
            "`x-unit` is not supported with `type: string`",
        ),
        (
            "{ type: object, x-unit: metre }",
            "`x-unit` is not supported with `type: object`",
        ),
        (
            "{ x-unit: metre }",
            "`x-unit` is not supported without a `type`",
        ),
    ] {
        refused(&with_response(schema), &[(&in_schema("/x-unit"), gist)]);
    }
}

/// A document with a fault for every pass.
const FAULTY: &str = "\
openapi: 3.0.3
info: { title: Test, version: [1] }
paths:
  /a/{id}:
    get:
      operationId: one
      parameters: [{ name: ident, in: path }]
      requestBody: { content: { multipart/mixed: {} } }
      responses: { \"204\": { description: ok } }
  /b:
    get:
      operationId: one
      security: [{ nobody: [] }]
      responses:
        \"200\":
          description: ok
          content: { application/json: { schema: { $ref: \"#/components/schemas/A\" } } }
        default: { $ref: \"#/nowhere\" }
components:
  schemas:
    A:
      type: object
      properties:
        b: { typ: string }
        b: { type: string }
        c: { oneOf: [{ type: string }], anyOf: [{ type: integer }] }
";

/// The problems of [`FAULTY`].
const FAULTS: &[(&str, &str)] = &[
    ("/info/version", "expected a string"),
    ("/paths/~1a~1{id}/get", "has no parameter"),
    ("/paths/~1a~1{id}/get/parameters/0", "has no `{id"),
    (
        "/paths/~1a~1{id}/get/requestBody/content",
        "multipart/mixed",
    ),
    ("/paths/~1b/get/operationId", "is already used at"),
    ("/paths/~1b/get/security/0", "not declared"),
    ("/paths/~1b/get/responses/default/$ref", "does not exist"),
    ("/components/schemas/A/properties/b", "duplicate key"),
    ("/components/schemas/A/properties/c/anyOf", "beside `oneOf`"),
];

/// The faults that all passes find are reported together, in the order of the text.
#[test]
fn all_at_once() {
    refused(FAULTY, FAULTS);
    let line = |text: &str| -> usize { text.split(':').nth(1).unwrap().parse().unwrap() };
    let lines: Vec<usize> = problems(FAULTY)
        .iter()
        .map(|problem| line(&problem.to_string()))
        .collect();
    assert!(lines.is_sorted(), "{lines:?}");
}

/// A document in JSON has lines as well.
#[test]
fn lines_of_json() {
    let text = "{\n  \"openapi\": \"3.0.3\",\n  \"info\": {\n    \"title\": \"t\",\n    \"version\": null\n  },\n  \
                \"paths\": {\n    \"a\": {}\n  },\n  \"security\": [\n    1\n  ]\n}\n";
    let lines: Vec<String> = problems(text)
        .iter()
        .map(|problem| {
            let problem = problem.to_string();
            let mut parts = problem.split(": ");
            [parts.next().unwrap(), parts.next().unwrap()].join(": ")
        })
        .collect();
    assert_eq!(
        lines,
        [
            "spec.yaml:5: #/info/version",
            "spec.yaml:8: #/paths/a",
            "spec.yaml:11: #/security/0"
        ]
    );
}

/// One problem is one line, even if a name of the document has line breaks.
#[test]
fn one_line_each() {
    let text = document("  {}\n") + "\"paths\\n\\u0007\": 1\n";
    let message = problems(&text).to_string();
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(
        message.contains("#/paths\\n\\u{7}: `paths\\n\\u{7}` is not a key"),
        "{message}"
    );
}
