//! Forms that the document of the other tests does not call for.

use crate::{FORMS, edited, says_of};

/// Checks what is said of a change of that document, and of taking it back.
#[track_caller]
fn says(edits: &[(&str, &str)], forward: &str, backward: &str) {
    says_of([FORMS, &edited(FORMS, edits)], forward, backward);
}

/// The same of a change of what that document is after a first one.
#[track_caller]
fn says_after(first: &[(&str, &str)], edits: &[(&str, &str)], forward: &str, backward: &str) {
    let old = edited(FORMS, first);
    says_of([&old, &edited(&old, edits)], forward, backward);
}

#[test]
fn a_server_of_one_operation() {
    says(
        &[(
            "      servers: [{ url: \"https://pets.example.com\" }]\n",
            "",
        )],
        "create_pet is sent to the client's server instead of https://pets.example.com: compatible
         patch",
        "create_pet is sent to https://pets.example.com instead of the client's server: compatible
         patch",
    );
}

#[test]
fn styles_and_places() {
    says(
        &[("style: deepObject", "style: form")],
        "create_pet.filter() is sent in the style `form` (exploded) instead of in the style `deep` (exploded): compatible
         patch",
        "create_pet.filter() is sent in the style `deep` (exploded) instead of in the style `form` (exploded): compatible
         patch",
    );
    says(
        &[("explode: true", "explode: false")],
        "create_pet.filter() is sent in the style `deep` instead of in the style `deep` (exploded): compatible
         patch",
        "create_pet.filter() is sent in the style `deep` (exploded) instead of in the style `deep`: compatible
         patch",
    );
    says_after(
        &[("style: deepObject", "style: form")],
        &[("{ name: filter, in: query", "{ name: filter, in: cookie")],
        "create_pet.filter() is sent as a cookie instead of in the query: compatible
         patch",
        "create_pet.filter() is sent in the query instead of as a cookie: compatible
         patch",
    );
    says(
        &[("{ name: session", "{ name: Session")],
        "create_pet.session() is sent as `Session` instead of `session`: compatible
         patch",
        "create_pet.session() is sent as `session` instead of `Session`: compatible
         patch",
    );
}

#[test]
fn media_types() {
    says(
        &[("application/vnd.pets+json", "application/x-www-form-urlencoded")],
        "create_pet, argument body, is sent as a form instead of application/vnd.pets+json: compatible
         patch",
        "create_pet, argument body, is sent as application/vnd.pets+json instead of a form: compatible
         patch",
    );
    says(
        &[("application/vnd.pets+json", "application/json")],
        "create_pet, argument body, is sent as JSON instead of application/vnd.pets+json: compatible
         patch",
        "create_pet, argument body, is sent as application/vnd.pets+json instead of JSON: compatible
         patch",
    );
    says(
        &[(
            "        \"203\": { description: A copy., content: { text/csv: { schema: { type: string } } } }\n",
            "",
        )],
        "create_pet returns Option<Pet> instead of CreatePetResponse: breaking
         the enum of responses CreatePetResponse is gone: breaking
         create_pet asks for JSON instead of application/json, text/csv: compatible
         create_pet: `.call_raw()` is new: compatible
         major",
        "create_pet returns CreatePetResponse instead of Option<Pet>: breaking
         create_pet: `.call_raw()` is gone: breaking
         create_pet asks for application/json, text/csv instead of JSON: compatible
         the enum of responses CreatePetResponse is new: compatible
         major",
    );
}

#[test]
fn forms_and_their_parts() {
    says(
        &[(
            "            encoding: { photo: { contentType: image/png } }\n",
            "",
        )],
        "add_photo, argument photo, is sent plainly instead of as `image/png`: compatible
         patch",
        "add_photo, argument photo, is sent as `image/png` instead of plainly: compatible
         patch",
    );
    says(
        &[
            ("required: [photo]", "required: [Photo]"),
            ("properties: { photo:", "properties: { Photo:"),
            ("encoding: { photo:", "encoding: { Photo:"),
        ],
        "add_photo, argument photo, is sent as `Photo` instead of `photo`: compatible
         patch",
        "add_photo, argument photo, is sent as `photo` instead of `Photo`: compatible
         patch",
    );
    says(
        &[(
            "multipart/form-data: {",
            "application/x-www-form-urlencoded: {",
        )],
        "write_note.text() is sent in the style `form` (exploded) instead of plainly: compatible
         write_note no longer sends a multipart form: compatible
         patch",
        "write_note.text() is sent plainly instead of in the style `form` (exploded): compatible
         write_note sends a multipart form: compatible
         patch",
    );
}

#[test]
fn responses_by_status() {
    says(
        &[("        \"204\": { description: It was known. }\n", "")],
        "CreatePetResponse loses NoContent: breaking
         create_pet reads 204 as an error instead of NoContent: compatible
         major",
        "create_pet reads 204 as NoContent instead of an error: compatible
         CreatePetResponse gains NoContent: compatible
         minor",
    );
    says(
        &[("        \"204\":", "        \"205\":")],
        "CreatePetResponse loses NoContent: breaking
         create_pet reads 204 as an error instead of NoContent: compatible
         create_pet reads 205 as ResetContent instead of an error: compatible
         CreatePetResponse gains ResetContent: compatible
         major",
        "CreatePetResponse loses ResetContent: breaking
         create_pet reads 204 as NoContent instead of an error: compatible
         create_pet reads 205 as an error instead of ResetContent: compatible
         CreatePetResponse gains NoContent: compatible
         major",
    );
    says(
        &[(
            "The pet., content: { application/json: { schema: { $ref: \"#/components/schemas/Pet\"",
            "The pet., content: { application/json: { schema: { $ref: \"#/components/schemas/Cat\"",
        )],
        "CreatePetResponse::Ok holds Cat instead of Pet: breaking
         major",
        "CreatePetResponse::Ok holds Pet instead of Cat: breaking
         major",
    );
    says(
        &[("description: It was known.", "description: It is known.")],
        "CreatePetResponse::NoContent is described in other words: docs
         patch",
        "CreatePetResponse::NoContent is described in other words: docs
         patch",
    );
}

#[test]
fn a_text_becomes_bytes() {
    says(
        &[(
            "type: string, description: Where.",
            "type: string, format: binary",
        )],
        "add_photo returns Vec<u8> instead of String: breaking
         major",
        "add_photo returns String instead of Vec<u8>: breaking
         major",
    );
}

/// Neither is seen in the type of the response.
#[test]
fn a_response_may_be_empty() {
    says(
        &[(
            "security: [{ a: [] }, { bOnly: [] }]\n      responses:\n",
            "security: [{ a: [] }, { bOnly: [] }]\n      responses:\n        \"204\": { description: none }\n",
        )],
        "get_dog: `.call_raw()` returns an `Option` now: breaking
         get_dog reads its response as JSON or nothing instead of JSON: compatible
         major",
        "get_dog: `.call_raw()` no longer returns an `Option`: breaking
         get_dog reads its response as JSON instead of JSON or nothing: compatible
         major",
    );
}

#[test]
fn token_types() {
    says(
        &[("in: header, name: X-API-Key", "in: query, name: key")],
        "access::ApiKey is sent in the query as `key` instead of in the header as `X-API-Key`: compatible
         patch",
        "access::ApiKey is sent in the header as `X-API-Key` instead of in the query as `key`: compatible
         patch",
    );
    says(
        &[("scheme: basic", "scheme: bearer")],
        "access::Login is a bearer token instead of a name and a password: breaking
         major",
        "access::Login is a name and a password instead of a bearer token: breaking
         major",
    );
    says(
        &[(", { oauth2: [], login: [] }]", "]")],
        "create_pet no longer takes (Login, Oauth2): breaking
         access::ApiKeyOrLoginWithOauth2 is gone, which a bound may name: breaking
         access::Login is gone: breaking
         access::Oauth2 is gone: breaking
         major",
        "create_pet takes (Login, Oauth2) as well: compatible
         access::ApiKeyOrLoginWithOauth2 is new, which a bound may name: compatible
         access::Login is a new token type: compatible
         access::Oauth2 is a new token type: compatible
         minor",
    );
    says(
        &[("description: The key.", "description: A key.")],
        "access::ApiKey is described in other words: docs
         patch",
        "access::ApiKey is described in other words: docs
         patch",
    );
}

/// Two choices of tokens can have the same name.
#[test]
fn a_trait_of_the_same_name_has_other_tokens() {
    says(
        &[(
            "security: [{ a: [] }, { bOnly: [] }]",
            "security: [{ aOrB: [] }]",
        )],
        "get_dog no longer takes A or BOnly: breaking
         access::AOrBOnly loses A: breaking
         access::AOrBOnly loses BOnly: breaking
         access::A is gone: breaking
         access::BOnly is gone: breaking
         get_dog takes AOrB as well: compatible
         access::AOrBOnly gains AOrB: compatible
         access::AOrB is a new token type: compatible
         major",
        "get_dog no longer takes AOrB: breaking
         access::AOrBOnly loses AOrB: breaking
         access::AOrB is gone: breaking
         get_dog takes A and BOnly as well: compatible
         access::AOrBOnly gains A: compatible
         access::AOrBOnly gains BOnly: compatible
         access::A is a new token type: compatible
         access::BOnly is a new token type: compatible
         major",
    );
}

/// A trait has another name where a token type has its own.
#[test]
fn a_trait_with_the_same_tokens_is_the_same_under_another_name() {
    says_after(
        &[(
            "operationId: write_note\n      security: []",
            "operationId: write_note\n      security: [{ ApiKeyOnly: [] }]",
        )],
        &[("security: [{ ApiKeyOnly: [] }]", "security: []")],
        "access::ApiKeyOnly2 is called ApiKeyOnly now: breaking
         access::ApiKeyOnlyOnly is gone, which a bound may name: breaking
         access::ApiKeyOnly is gone: breaking
         write_note takes any client, one without a token too: compatible
         major",
        "write_note wants ApiKeyOnly, and took any client before: breaking
         access::ApiKeyOnly is called ApiKeyOnly2 now: breaking
         access::ApiKeyOnlyOnly is new, which a bound may name: compatible
         access::ApiKeyOnly is a new token type: compatible
         major",
    );
}

#[test]
fn how_the_variants_of_a_union_are_told_apart() {
    says(
        &[("propertyName: petType", "propertyName: kind")],
        "Pet tells its variants apart by `kind` instead of by `petType`: compatible
         patch",
        "Pet tells its variants apart by `petType` instead of by `kind`: compatible
         patch",
    );
    says(
        &[(
            "      discriminator: { propertyName: petType, mapping: { cat: Cat, kitten: Cat, bird: Bird, dog: Dog } }\n",
            "",
        )],
        "Pet tells its variants apart by trying them instead of by `petType`: compatible
         patch",
        "Pet tells its variants apart by `petType` instead of by trying them: compatible
         patch",
    );
    says(
        &[(", kitten: Cat", "")],
        "Pet::Cat stands for `cat` instead of `cat` and `kitten`: compatible
         patch",
        "Pet::Cat stands for `cat` and `kitten` instead of `cat`: compatible
         patch",
    );
    says(
        &[(
            "oneOf: [{ type: number }, { type: string }]",
            "oneOf: [{ type: string }, { type: number }]",
        )],
        "Size tries its variants in another order: compatible
         patch",
        "Size tries its variants in another order: compatible
         patch",
    );
}

#[test]
fn a_union_has_other_variants() {
    says(
        &[
            (", { $ref: \"#/components/schemas/Dog\" }]\n", "]\n"),
            (", dog: Dog", ""),
        ],
        "Pet loses Dog: breaking
         major",
        "Pet gains Dog(Box<Dog>), for `dog`: compatible
         minor",
    );
    says(
        &[("{ type: number }", "{ type: number, format: float }")],
        "Size::Number holds f32 instead of f64: breaking
         major",
        "Size::Number holds f64 instead of f32: breaking
         major",
    );
}

/// One alternative without a text of its own, and no tag tells them apart.
#[test]
fn texts_of_a_tag_that_is_not_there() {
    says(
        &[(", { $ref: \"#/components/schemas/Dog\" }]\n", ", {}]\n")],
        "Pet loses Dog: breaking
         Pet tells its variants apart by trying them instead of by `petType`: compatible
         Pet gains PetOneOf2(serde_json::Value): compatible
         major",
        "Pet loses PetOneOf2: breaking
         Pet tells its variants apart by `petType` instead of by trying them: compatible
         Pet gains Dog(Box<Dog>), for `dog`: compatible
         major",
    );
}

#[test]
fn a_union_becomes_a_struct() {
    says(
        &[(
            "      oneOf: [{ type: number }, { type: string }]",
            "      { type: object, properties: { number: { type: number } } }",
        )],
        "Size is a struct instead of a union: breaking
         major",
        "Size is a union instead of a struct: breaking
         major",
    );
}

/// A type that only errors have has no place in a signature.
#[test]
fn the_body_of_an_error_has_another_name() {
    says(
        &[
            ("schemas/Refusal\"", "schemas/Reason\""),
            ("    Refusal: {", "    Reason: {"),
        ],
        "Refusal is called Reason now: breaking
         major",
        "Reason is called Refusal now: breaking
         major",
    );
}

/// The bounds in the docs of a field follow from its schema.
#[test]
fn a_field_of_a_form_has_another_type() {
    says(
        &[(
            "properties: { text: { type: string } }",
            "properties: { text: { type: integer, minimum: 1 } }",
        )],
        "write_note.text(): impl Into<String> → u64: breaking
         major",
        "write_note.text(): u64 → impl Into<String>: breaking
         major",
    );
}

#[test]
fn files_are_a_type_of_the_requests() {
    says(
        &[(
            "photo: { type: string, format: binary }",
            "photo: { type: string }",
        )],
        "add_photo, argument photo: impl Into<File> → impl Into<String>: breaking
         `pub use File;` is gone: breaking
         major",
        "add_photo, argument photo: impl Into<String> → impl Into<File>: breaking
         `pub use File;` is new: compatible
         major",
    );
}
