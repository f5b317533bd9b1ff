//! The forms that generated code has for documents of other kinds, and what nobody has words for.

use crate::{edited, says_of_code};

/// Such code, written by hand.
const FORMS: &str = include_str!("forms.rs");

/// Checks what is said of a change of that code, and of taking it back.
#[track_caller]
fn says(edits: &[(&str, &str)], forward: &str, backward: &str) {
    says_of_code([FORMS, &edited(FORMS, edits)], forward, backward);
}

#[test]
fn a_server_of_one_operation() {
    says(
        &[("Some(\"https://pets.example.com\"),", "None,")],
        "create_pet is sent to the client's server instead of https://pets.example.com: compatible
         patch",
        "create_pet is sent to https://pets.example.com instead of the client's server: compatible
         patch",
    );
}

#[test]
fn styles_and_places() {
    says(
        &[("Style::Deep, true", "Style::Form, true")],
        "create_pet.filter() is sent in the style `form` (exploded) instead of in the style `deep` (exploded): compatible
         patch",
        "create_pet.filter() is sent in the style `deep` (exploded) instead of in the style `form` (exploded): compatible
         patch",
    );
    says(
        &[("Style::Deep, true", "Style::Deep, false")],
        "create_pet.filter() is sent in the style `deep` instead of in the style `deep` (exploded): compatible
         patch",
        "create_pet.filter() is sent in the style `deep` (exploded) instead of in the style `deep`: compatible
         patch",
    );
    says(
        &[(
            "ParameterLocation::Query, \"filter\"",
            "ParameterLocation::Cookie, \"filter\"",
        )],
        "create_pet.filter() is sent as a cookie instead of in the query: compatible
         patch",
        "create_pet.filter() is sent in the query instead of as a cookie: compatible
         patch",
    );
    says(
        &[(".cookie(\"session\"", ".cookie(\"sid\"")],
        "create_pet.session() is sent as `sid` instead of `session`: compatible
         patch",
        "create_pet.session() is sent as `session` instead of `sid`: compatible
         patch",
    );
}

#[test]
fn media_types() {
    says(
        &[(".json_body(\"application/vnd.pets+json\", Some(&self.body))", ".form_body(Some(&self.body))")],
        "create_pet, argument body, is sent as a form instead of application/vnd.pets+json: compatible
         patch",
        "create_pet, argument body, is sent as application/vnd.pets+json instead of a form: compatible
         patch",
    );
    says(
        &[(".json_body(\"application/vnd.pets+json\", Some(&self.body))", ".body(Some(&self.body))")],
        "create_pet, argument body, is sent as JSON instead of application/vnd.pets+json: compatible
         patch",
        "create_pet, argument body, is sent as application/vnd.pets+json instead of JSON: compatible
         patch",
    );
    says(
        &[(
            "                .accept(\"application/json, text/csv\")\n",
            "",
        )],
        "create_pet asks for JSON instead of application/json, text/csv: compatible
         patch",
        "create_pet asks for application/json, text/csv instead of JSON: compatible
         patch",
    );
    says(
        &[("Some(\"image/png\")", "None")],
        "add_photo, argument photo, is sent plainly instead of as `image/png`: compatible
         patch",
        "add_photo, argument photo, is sent as `image/png` instead of plainly: compatible
         patch",
    );
    says(
        &[(".files(\"photo\"", ".files(\"picture\"")],
        "add_photo, argument photo, is sent as `picture` instead of `photo`: compatible
         patch",
        "add_photo, argument photo, is sent as `photo` instead of `picture`: compatible
         patch",
    );
    says(
        &[("                .multipart()\n", "")],
        "add_photo no longer sends a multipart form: compatible
         patch",
        "add_photo sends a multipart form: compatible
         patch",
    );
}

#[test]
fn answers_by_status() {
    says(
        &[
            (
                "                    204 => Ok(types::CreatePetResponse::NoContent),\n",
                "",
            ),
            ("        /// 204: It was known.\n        NoContent,\n", ""),
        ],
        "CreatePetResponse loses NoContent: breaking
         create_pet reads 204 as an error instead of NoContent: compatible
         major",
        "create_pet reads 204 as NoContent instead of an error: compatible
         CreatePetResponse gains NoContent: compatible
         minor",
    );
    says(
        &[("                    204 =>", "                    205 =>")],
        "create_pet reads 204 as an error instead of NoContent: compatible
         create_pet reads 205 as NoContent instead of an error: compatible
         patch",
        "create_pet reads 204 as NoContent instead of an error: compatible
         create_pet reads 205 as an error instead of NoContent: compatible
         patch",
    );
    says(
        &[("        Ok(Pet),", "        Ok(Cat),")],
        "CreatePetResponse::Ok holds Cat instead of Pet: breaking
         major",
        "CreatePetResponse::Ok holds Pet instead of Cat: breaking
         major",
    );
    says(
        &[(
            "    #[non_exhaustive]\n    pub enum CreatePetResponse",
            "    pub enum CreatePetResponse",
        )],
        "CreatePetResponse loses `#[non_exhaustive]`: compatible
         minor",
        "CreatePetResponse gains `#[non_exhaustive]`: breaking
         major",
    );
    says(
        &[
            ("self.request().text()", "self.request().bytes()"),
            ("Result<String, Error>", "Result<Vec<u8>, Error>"),
        ],
        "add_photo answers Vec<u8> instead of String: breaking
         major",
        "add_photo answers String instead of Vec<u8>: breaking
         major",
    );
}

#[test]
fn token_types() {
    says(
        &[("Header, \"X-API-Key\"", "Query, \"key\"")],
        "access::ApiKey is sent in the query as `key` instead of in the header as `X-API-Key`: compatible
         patch",
        "access::ApiKey is sent in the header as `X-API-Key` instead of in the query as `key`: compatible
         patch",
    );
    says(
        &[(
            "AuthSecret::basic(user_name, password)",
            "AuthSecret::bearer(user_name)",
        )],
        "access::Login is a bearer token instead of a name and a password: breaking
         major",
        "access::Login is a name and a password instead of a bearer token: breaking
         major",
    );
    says(
        &[(
            "    impl ApiKeyOrOAuth2WithLogin for (OAuth2, Login) {}\n",
            "",
        )],
        "create_pet no longer takes (OAuth2, Login): breaking
         access::ApiKeyOrOAuth2WithLogin loses (OAuth2, Login): breaking
         major",
        "create_pet takes (OAuth2, Login) as well: compatible
         access::ApiKeyOrOAuth2WithLogin gains (OAuth2, Login): compatible
         minor",
    );
    says(
        &[(
            "    #[derive(Clone)]\n    pub struct Login(crate::runtime::AuthSecret);\n\n    impl Login {\n        pub fn new(\n            user_name: impl Into<String>,\n            password: impl Into<String>,\n        ) -> Result<Self, crate::Error> {\n            crate::runtime::AuthSecret::basic(user_name, password).map(Self)\n        }\n    }\n\n    crate::token!(Login);\n\n",
            "",
        )],
        "access::Login is gone: breaking
         major",
        "access::Login is a new token type: compatible
         minor",
    );
}

#[test]
fn a_trait_with_the_same_tokens_is_the_same_under_another_name() {
    says(
        &[
            ("T: access::ApiKeyOnly", "T: access::KeyOnly"),
            ("pub trait ApiKeyOnly", "pub trait KeyOnly"),
            ("impl ApiKeyOnly for", "impl KeyOnly for"),
        ],
        "access::ApiKeyOnly is called KeyOnly now: breaking
         major",
        "access::KeyOnly is called ApiKeyOnly now: breaking
         major",
    );
}

#[test]
fn unions() {
    says(
        &[("\"petType\"", "\"kind\"")],
        "Pet tells its variants apart by `kind` instead of by `petType`: compatible
         patch",
        "Pet tells its variants apart by `petType` instead of by `kind`: compatible
         patch",
    );
    says(
        &[(
            "Pet, \"petType\" { Cat(Box<Cat>) = \"cat\" | \"kitten\", Dog(Box<Dog>) = \"dog\" }",
            "Pet { Cat(Box<Cat>), Dog(Box<Dog>) }",
        )],
        "Pet tells its variants apart by trying them instead of by `petType`: compatible
         patch",
        "Pet tells its variants apart by `petType` instead of by trying them: compatible
         patch",
    );
    says(
        &[("\"cat\" | \"kitten\"", "\"cat\"")],
        "Pet::Cat stands for `cat` instead of `cat` and `kitten`: compatible
         patch",
        "Pet::Cat stands for `cat` and `kitten` instead of `cat`: compatible
         patch",
    );
    says(
        &[
            (
                "    crate::union!(Size { Number(f64), Text(String) });",
                "    crate::union!(Size { Text(String), Number(f64) });",
            ),
            (
                "        Number(f64),\n        Text(String),\n",
                "        Text(String),\n        Number(f64),\n",
            ),
        ],
        "Size tries its variants in another order: compatible
         patch",
        "Size tries its variants in another order: compatible
         patch",
    );
    says(
        &[
            (
                "        /// With the tag `dog`.\n        Dog(Box<Dog>),\n",
                "",
            ),
            (", Dog(Box<Dog>) = \"dog\"", ""),
        ],
        "Pet loses Dog: breaking
         major",
        "Pet gains Dog(Box<Dog>), for `dog`: compatible
         minor",
    );
    says(
        &[
            ("        Number(f64),", "        Number(i64),"),
            ("{ Number(f64), Text", "{ Number(i64), Text"),
        ],
        "Size::Number holds i64 instead of f64: breaking
         major",
        "Size::Number holds f64 instead of i64: breaking
         major",
    );
}

#[test]
fn a_union_becomes_a_struct() {
    says(
        &[(
            "    pub enum Size {\n        Number(f64),\n        Text(String),\n        Other(serde_json::Value),\n    }\n\n    crate::union!(Size { Number(f64), Text(String) });\n",
            "    pub struct Size {\n        pub number: f64,\n    }\n",
        )],
        "Size is a struct instead of a union: breaking
         major",
        "Size is a union instead of a struct: breaking
         major",
    );
}

#[test]
fn what_becomes_an_argument_is_taken_as_before() {
    says(
        &[(
            "photo: impl Into<crate::runtime::File>) -> requests::AddPhoto<T>",
            "photo: crate::runtime::File) -> requests::AddPhoto<T>",
        )],
        "add_photo, argument photo: impl Into<File> → File: breaking
         major",
        "add_photo, argument photo: File → impl Into<File>: compatible
         minor",
    );
}

#[test]
fn what_there_are_no_words_for_is_shown() {
    says(
        &[("    pub use crate::runtime::File;\n", "")],
        "`pub use File;` is gone: breaking
         major",
        "`pub use File;` is new: compatible
         minor",
    );
    says(
        &[(
            "        pub fn call(&self) -> Result<String, Error> {",
            "        pub fn send(&self) -> Result<String, Error> {",
        )],
        "add_photo: `.call()` is gone: breaking
         add_photo is sent or read otherwise, `.text()` → nothing: compatible
         add_photo: `the body of call` is gone: compatible
         add_photo: `.send()` is new: compatible
         major",
        "add_photo: `.send()` is gone: breaking
         add_photo is sent or read otherwise, nothing → `.text()`: compatible
         add_photo: `.call()` is new: compatible
         add_photo: `the body of call` is new: compatible
         major",
    );
    says(
        &[("            self.title = Some(title.into());", "            self.title = Some(title.into().trim());")],
        "add_photo: `.title()` is changed, `… self.title = Some(title.into()); self }` → `… self.title = Some(title.into().trim()); self }`: compatible
         patch",
        "add_photo: `.title()` is changed, `… self.title = Some(title.into().trim()); self }` → `… self.title = Some(title.into()); self }`: compatible
         patch",
    );
    says(
        &[("    pub trait ApiKeyOnly: crate::Token {}", "    pub trait ApiKeyOnly: crate::Token + Sync {}")],
        "access::ApiKeyOnly: `trait` is changed, `… ApiKeyOnly: Token {}` → `… ApiKeyOnly: Token + Sync {}`: breaking
         major",
        "access::ApiKeyOnly: `trait` is changed, `… ApiKeyOnly: Token + Sync {}` → `… ApiKeyOnly: Token {}`: breaking
         major",
    );
    says(
        &[(
            "        pub lives: Option<u64>,",
            "        #[serde(alias = \"life\")]\n        pub lives: Option<u64>,",
        )],
        r#"Cat.lives is read or written otherwise, `… skip_serializing_if = "Option::is_none"` → `… skip_serializing_if = "Option::is_none", alias = "life"`: compatible
         patch"#,
        r#"Cat.lives is read or written otherwise, `… skip_serializing_if = "Option::is_none", alias = "life"` → `… skip_serializing_if = "Option::is_none"`: compatible
         patch"#,
    );
    says(
        &[(
            "            secrets: &[],\n        };\n\n        pub(super) fn new(client: Client<T>, photo",
            "            secrets: &[],\n            attempts: 3,\n        };\n\n        pub(super) fn new(client: Client<T>, photo",
        )],
        "add_photo has `3` instead of `nothing` for `attempts`: compatible
         patch",
        "add_photo has `nothing` instead of `3` for `attempts`: compatible
         patch",
    );
    says(
        &[("            Self { client, photo: photo.into(), title: None }", "            Self { client, photo: photo.into(), title: Some(String::new()) }")],
        "add_photo: `new` is changed, `… photo.into() title: None` → `… photo.into() title: Some(String::new())`: compatible
         patch",
        "add_photo: `new` is changed, `… photo.into() title: Some(String::new())` → `… photo.into() title: None`: compatible
         patch",
    );
    says(
        &[("    use crate::runtime::{Place, Style};", "    use crate::runtimes::{Place, Style};")],
        "something is changed that no part shows, `… }; use  { Place, …` → `… }; use runtimes:: { Place, …`: compatible
         patch",
        "something is changed that no part shows, `… }; use runtimes:: { Place, …` → `… }; use  { Place, …`: compatible
         patch",
    );
    says(
        &[(
            "    crate::union!(Size { Number(f64), Text(String) });\n",
            "    crate::union!(Size { Number(f64), Text(String) });\n\n    impl std::fmt::Display for Size {\n        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {\n            write!(f, \"size\")\n        }\n    }\n",
        )],
        "Size: `impl std::fmt::Display for Size` is new: compatible
         minor",
        "Size: `impl std::fmt::Display for Size` is gone: breaking
         major",
    );
}
