//! What the same call sends, and where.

use crate::says;

#[test]
fn narrower_bounds_are_breaking_and_wider_ones_are_not() {
    says(
        &[("minimum: 1, maximum: 100", "minimum: 1, maximum: 50")],
        "list_users.size() takes 1..=50 instead of 1..=100: breaking
         major",
        "list_users.size() takes 1..=100 instead of 1..=50: compatible
         minor",
    );
    says(
        &[("minimum: 1, maximum: 100", "minimum: 1")],
        "list_users.size() takes 1.. instead of 1..=100: compatible
         minor",
        "list_users.size() takes 1..=100 instead of 1..: breaking
         major",
    );
    says(
        &[("minimum: 1, maximum: 100", "minimum: 0")],
        "list_users.size() takes any value instead of 1..=100: compatible
         minor",
        "list_users.size() takes 1..=100 instead of any value: breaking
         major",
    );
    says(
        &[("minimum: 1, maximum: 100", "minimum: 10, maximum: 1000")],
        "list_users.size() takes 10..=1000 instead of 1..=100: breaking
         major",
        "list_users.size() takes 1..=100 instead of 10..=1000: breaking
         major",
    );
}

#[test]
fn bounds_that_are_the_types_own_are_none() {
    says(
        &[(
            "minimum: 1, maximum: 100",
            "minimum: 0, maximum: 18446744073709551615",
        )],
        "list_users.size() takes any value instead of 1..=100: compatible
         minor",
        "list_users.size() takes 1..=100 instead of any value: breaking
         major",
    );
}

#[test]
fn another_name_in_the_request() {
    says(
        &[("{ name: sortBy, in", "{ name: sort_by, in")],
        "list_users.sort_by() is sent as `sort_by` instead of `sortBy`: compatible
         patch",
        "list_users.sort_by() is sent as `sortBy` instead of `sort_by`: compatible
         patch",
    );
    says(
        &[("{ name: X-Trace, in", "{ name: x-trace, in")],
        "list_users.x_trace() is sent as `x-trace` instead of `X-Trace`: compatible
         patch",
        "list_users.x_trace() is sent as `X-Trace` instead of `x-trace`: compatible
         patch",
    );
}

#[test]
fn another_place_in_the_request() {
    says(
        &[("{ name: tags, in: query", "{ name: tags, in: header")],
        "list_users.tags() is sent as a header instead of in the query: compatible
         patch",
        "list_users.tags() is sent in the query instead of as a header: compatible
         patch",
    );
    says(
        &[(
            "{ name: tags, in: query, schema: { type: array, items: { type: string } } }",
            "{ name: tags, in: query, explode: false, schema: { type: array, items: { type: string } } }",
        )],
        "list_users.tags() is sent joined by ',' instead of once for each value: compatible
         patch",
        "list_users.tags() is sent once for each value instead of joined by ',': compatible
         patch",
    );
}

#[test]
fn the_query_in_another_order() {
    says(
        &[("        - { name: tags, in: query, schema: { type: array, items: { type: string } } }\n", ""), ("        - { name: size, in", "        - { name: tags, in: query, schema: { type: array, items: { type: string } } }\n        - { name: size, in")],
        "list_users sends its query in the order page, tags, size, sort_by instead of page, size, sort_by, tags: compatible
         patch",
        "list_users sends its query in the order page, size, sort_by, tags instead of page, tags, size, sort_by: compatible
         patch",
    );
}

#[test]
fn a_period_is_written_otherwise() {
    says(
        &[("week: \"YYYY-WW\"", "week: \"YYYY-WWW\"")],
        "get_summary.period() writes weeks in the form Iso instead of Plain: compatible
         patch",
        "get_summary.period() writes weeks in the form Plain instead of Iso: compatible
         patch",
    );
    says(
        &[
            ("mode: mode, value", "mode: kind, value"),
            ("{ name: mode, in", "{ name: kind, in"),
        ],
        "get_summary.period() sends its mode as `kind` instead of `mode`: compatible
         patch",
        "get_summary.period() sends its mode as `mode` instead of `kind`: compatible
         patch",
    );
}

#[test]
fn secrets_are_kept_out_of_errors() {
    says(
        &[(
            "secret: { type: string, format: password }",
            "secret: { type: string }",
        )],
        "NewUser.secret: Option<Secret> → Option<String>: breaking
         create_user no longer keeps `secret` out of its errors: compatible
         create_user: `.call_raw()` is new: compatible
         major",
        "create_user: `.call_raw()` is gone: breaking
         NewUser.secret: Option<String> → Option<Secret>: breaking
         create_user keeps `secret` out of its errors: compatible
         major",
    );
}

#[test]
fn the_server_of_all_operations() {
    says(
        &[("https://api.example.com", "https://shop.example.com")],
        "BASE_URL is https://shop.example.com instead of https://api.example.com: compatible
         patch",
        "BASE_URL is https://api.example.com instead of https://shop.example.com: compatible
         patch",
    );
    says(
        &[("servers: [{ url: \"https://api.example.com\" }]\n", "")],
        "BASE_URL is empty, and was https://api.example.com: each client has to be given one: breaking
         major",
        "BASE_URL is https://api.example.com, and was empty: compatible
         patch",
    );
}

/// The second of two that would have one name gets another.
#[test]
fn a_parameter_of_the_same_place_and_name_has_another_name_in_rust() {
    says(
        &[(
            "        - { name: sortBy, in",
            "        - { name: sort_by, in: query, schema: { type: integer } }\n        - { name: sortBy, in",
        )],
        "list_users.sort_by() is called .sort_by2() now: breaking
         list_users gains .sort_by(): compatible
         major",
        "list_users loses what was .sort_by(): breaking
         list_users.sort_by2() is called .sort_by() now: breaking
         major",
    );
}

#[test]
fn methods_in_another_order() {
    says(
        &[
            (
                "        - { name: X-Trace, in: header, schema: { type: string, format: date } }\n",
                "",
            ),
            (
                "        - { name: size, in",
                "        - { name: X-Trace, in: header, schema: { type: string, format: date } }\n        - { name: size, in",
            ),
        ],
        "requests::ListUsers has its methods in another order: docs
         patch",
        "requests::ListUsers has its methods in another order: docs
         patch",
    );
}
