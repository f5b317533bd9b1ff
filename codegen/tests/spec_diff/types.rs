//! Structs and enums.

use crate::says;

#[test]
fn a_field_is_added_or_gone() {
    says(
        &[("        steps: { type: integer }\n", "")],
        "User loses steps: breaking
         major",
        "User gains steps: Option<i64>: compatible
         minor",
    );
}

#[test]
fn a_field_has_another_type() {
    says(
        &[(
            "        steps: { type: integer }\n",
            "        steps: { type: string, format: date-time }\n",
        )],
        "User.steps: Option<i64> → Option<jiff::Timestamp>: breaking
         major",
        "User.steps: Option<jiff::Timestamp> → Option<i64>: breaking
         major",
    );
    says(
        &[(
            "        steps: { type: integer }\n",
            "        steps: { type: integer, format: int32 }\n",
        )],
        "User.steps: Option<i64> → Option<i32>: breaking
         major",
        "User.steps: Option<i32> → Option<i64>: breaking
         major",
    );
}

/// A list that may be missing is an empty one: its type says nothing of it.
#[test]
fn a_field_becomes_optional() {
    says(
        &[(
            "required: [id, name, roles]",
            "required: [id, name, roles, steps]",
        )],
        "User.steps: Option<i64> → i64: breaking
         major",
        "User.steps: i64 → Option<i64>: breaking
         major",
    );
    says(
        &[("required: [id, name, roles]", "required: [id, name]")],
        "User.roles may be missing from JSON: compatible
         User.roles is not written where it is empty: compatible
         patch",
        "User.roles may no longer be missing from JSON: breaking
         User.roles is written where it is empty too: compatible
         major",
    );
}

#[test]
fn a_field_has_another_key_in_json() {
    says(
        &[(
            "        steps: { type: integer }\n",
            "        Steps: { type: integer }\n",
        )],
        "User.steps is `Steps` in JSON instead of `steps`: compatible
         patch",
        "User.steps is `steps` in JSON instead of `Steps`: compatible
         patch",
    );
}

/// The second of two that would have one name gets another.
#[test]
fn a_field_of_the_same_key_has_another_name() {
    says(
        &[(
            "        steps: { type: integer }\n",
            "        Steps: { type: number }\n        steps: { type: integer }\n",
        )],
        "User.steps is called steps2 now: breaking
         User gains steps: Option<f64>: compatible
         major",
        "User loses what was steps, `Steps` in JSON: breaking
         User.steps2 is called steps now: breaking
         major",
    );
}

#[test]
fn a_field_is_deprecated() {
    says(
        &[(
            "        steps: { type: integer }\n",
            "        steps: { type: integer, deprecated: true }\n",
        )],
        "User.steps is deprecated: compatible
         minor",
        "User.steps is no longer deprecated: compatible
         patch",
    );
}

#[test]
fn fields_in_another_order() {
    says(
        &[(
            "        id: { type: integer }\n        name: { type: string, description: What to say. }",
            "        name: { type: string, description: What to say. }\n        id: { type: integer }",
        )],
        "User has its fields in another order, in JSON as well: compatible
         patch",
        "User has its fields in another order, in JSON as well: compatible
         patch",
    );
}

#[test]
fn other_keys_are_kept_or_not() {
    says(
        &[("      additionalProperties: { type: integer }\n", "")],
        "Group loses rest: breaking
         major",
        "Group gains rest: BTreeMap<String, i64>, which holds all other keys: compatible
         minor",
    );
    says(
        &[(
            "additionalProperties: { type: integer }",
            "additionalProperties: { type: string }",
        )],
        "Group.rest: BTreeMap<String, i64> → BTreeMap<String, String>: breaking
         major",
        "Group.rest: BTreeMap<String, String> → BTreeMap<String, i64>: breaking
         major",
    );
}

#[test]
fn a_constructor_takes_what_is_required() {
    says(
        &[("required: [name, age]", "required: [name, age, note]")],
        "NewUser.note: Option<String> → String: breaking
         NewUser::new takes note: impl Into<String> as well: breaking
         major",
        "NewUser.note: String → Option<String>: breaking
         NewUser::new no longer takes note: impl Into<String>: breaking
         major",
    );
    says(
        &[
            (
                "        age: { type: integer }\n",
                "        age: { type: integer }\n        zip: { type: string }\n",
            ),
            ("required: [name, age]", "required: [name, age, zip]"),
        ],
        "NewUser::new takes zip: impl Into<String> as well: breaking
         NewUser gains zip: String: compatible
         major",
        "NewUser loses zip: breaking
         NewUser::new no longer takes zip: impl Into<String>: breaking
         major",
    );
    says(
        &[(
            "        name: { type: string, description: A name. }\n        age: { type: integer }\n",
            "        age: { type: integer }\n        name: { type: string, description: A name. }\n",
        )],
        "NewUser::new takes (age, name) in place of (name, age): breaking
         NewUser has its fields in another order, in JSON as well: compatible
         major",
        "NewUser::new takes (name, age) in place of (age, name): breaking
         NewUser has its fields in another order, in JSON as well: compatible
         major",
    );
}

#[test]
fn what_is_sent_has_a_default_or_a_constructor() {
    says(
        &[(
            "        level: { type: integer }\n",
            "        level: { type: integer }\n      required: [level]\n",
        )],
        "Options loses Default: breaking
         Options.level: Option<i64> → i64: breaking
         Options gains new(level: i64): compatible
         major",
        "Options.level: i64 → Option<i64>: breaking
         Options loses new(): breaking
         Options gains Default: compatible
         major",
    );
    says(
        &[(
            "requestBody: { required: true, description: The new one., content: { application/json: { schema: { $ref: \"#/components/schemas/NewUser\" } } } }",
            "requestBody: { required: true, description: The new one., content: { application/json: { schema: { $ref: \"#/components/schemas/User\" } } } }",
        )],
        "create_user, argument body: NewUser → User: breaking
         the struct NewUser is gone: breaking
         the struct Options is gone: breaking
         create_user no longer keeps `secret` out of its errors: compatible
         create_user: `.call_raw()` is new: compatible
         Place gains Default: compatible
         PlaceSpot gains Default: compatible
         User gains new(id: i64, name: impl Into<String>, roles: impl Into<Vec<String>>): compatible
         major",
        "create_user, argument body: User → NewUser: breaking
         create_user: `.call_raw()` is gone: breaking
         Place loses Default: breaking
         PlaceSpot loses Default: breaking
         User loses new(): breaking
         create_user keeps `secret` out of its errors: compatible
         the struct NewUser is new: compatible
         the struct Options is new: compatible
         major",
    );
}

#[test]
fn a_type_is_added_or_gone() {
    says(
        &[(
            "        colour: { $ref: \"#/components/schemas/Colour\" }\n",
            "",
        )],
        "the enum Colour is gone: breaking
         User loses colour: breaking
         major",
        "User gains colour: Option<Colour>: compatible
         the enum Colour is new: compatible
         minor",
    );
}

#[test]
fn a_type_that_stands_where_another_stood_is_that_one() {
    says(
        &[
            ("    Place:\n", "    Site:\n"),
            (
                "home: { $ref: \"#/components/schemas/Place\" }",
                "home: { $ref: \"#/components/schemas/Site\" }",
            ),
            (
                "seat: { $ref: \"#/components/schemas/Place\" }",
                "seat: { $ref: \"#/components/schemas/Site\" }",
            ),
        ],
        "Place is called Site now: breaking
         PlaceSpot is called SiteSpot now: breaking
         major",
        "Site is called Place now: breaking
         SiteSpot is called PlaceSpot now: breaking
         major",
    );
}

#[test]
fn a_type_that_stands_in_some_of_the_places_is_another_one() {
    says(
        &[
            ("    Place:\n", "    Site:\n"),
            (
                "home: { $ref: \"#/components/schemas/Place\" }",
                "home: { $ref: \"#/components/schemas/Site\" }",
            ),
            (
                "seat: { $ref: \"#/components/schemas/Place\" }",
                "seat: { type: string }",
            ),
        ],
        "Group.seat: Option<Place> → Option<String>: breaking
         the struct Place is gone: breaking
         the struct PlaceSpot is gone: breaking
         User.home: Option<Place> → Option<Site>: breaking
         the struct Site is new: compatible
         the struct SiteSpot is new: compatible
         major",
        "Site is called Place now: breaking
         SiteSpot is called PlaceSpot now: breaking
         Group.seat: Option<String> → Option<Place>: breaking
         major",
    );
}

#[test]
fn a_type_that_another_one_replaces_in_one_place_is_not_gone() {
    says(
        &[
            (
                "    Colour: {",
                "    Paint: { type: string, enum: [red, green] }\n    Colour: {",
            ),
            (
                "colour: { $ref: \"#/components/schemas/Colour\" }",
                "colour: { $ref: \"#/components/schemas/Paint\" }",
            ),
            (
                "        quiet: { type: boolean }\n",
                "        quiet: { $ref: \"#/components/schemas/Colour\" }\n",
            ),
        ],
        "Options.quiet: Option<bool> → Option<Colour>: breaking
         User.colour: Option<Colour> → Option<Paint>: breaking
         the enum Paint is new: compatible
         Options.quiet is described in other words: docs
         User.colour is described in other words: docs
         major",
        "Options.quiet: Option<Colour> → Option<bool>: breaking
         the enum Paint is gone: breaking
         User.colour: Option<Paint> → Option<Colour>: breaking
         Options.quiet is described in other words: docs
         User.colour is described in other words: docs
         major",
    );
}

#[test]
fn a_type_is_of_another_kind() {
    says(
        &[(
            "    Colour: { type: string, description: A colour., enum: [red, green] }",
            "    Colour: { type: object, description: A colour., properties: { red: { type: string } } }",
        )],
        "Colour is a struct instead of an enum: breaking
         major",
        "Colour is an enum instead of a struct: breaking
         major",
    );
}

#[test]
fn an_enum_gains_and_loses_values() {
    says(
        &[("enum: [red, green]", "enum: [red, green, blue]")],
        "Colour gains Blue, for `blue`: compatible
         minor",
        "Colour loses Blue: breaking
         major",
    );
    says(
        &[("enum: [red, green]", "enum: [RED, green]")],
        "Colour::Red stands for `RED` instead of `red`: compatible
         patch",
        "Colour::Red stands for `red` instead of `RED`: compatible
         patch",
    );
    says(
        &[("enum: [red, green]", "enum: [Red, red, green]")],
        "Colour::Red is called Red2 now: breaking
         Colour gains Red, for `Red`: compatible
         major",
        "Colour loses what was Red, for `Red`: breaking
         Colour::Red2 is called Red now: breaking
         major",
    );
    says(
        &[("enum: [red, green]", "enum: [green, red]")],
        "Colour has its variants in another order: docs
         patch",
        "Colour has its variants in another order: docs
         patch",
    );
}

#[test]
fn words_of_types() {
    says(
        &[("description: A user.", "description: Somebody.")],
        "User is described in other words: docs
         patch",
        "User is described in other words: docs
         patch",
    );
    says(
        &[("description: What to say.", "description: The name.")],
        "User.name is described in other words: docs
         patch",
        "User.name is described in other words: docs
         patch",
    );
    says(
        &[("title: Shop", "title: Store")],
        "the API as a whole is described in other words: docs
         patch",
        "the API as a whole is described in other words: docs
         patch",
    );
}
