//! Operations: their names, parameters, responses and tokens.

use crate::says;

#[test]
fn an_operation_is_added_or_gone() {
    says(
        &[(
            "  /status/:\n    get: { operationId: get_status, security: [], responses: { \"204\": { description: ok } } }\n",
            "",
        )],
        "get_status is gone, GET /status/: breaking
         major",
        "get_status is new, GET /status/: compatible
         minor",
    );
}

#[test]
fn an_operation_on_the_same_path_is_the_same_under_another_name() {
    says(
        &[("operationId: list_users", "operationId: all_users")],
        "list_users is called all_users now: breaking
         major",
        "all_users is called list_users now: breaking
         major",
    );
}

#[test]
fn an_operation_of_the_same_name_is_sent_elsewhere() {
    says(
        &[("  /users/:", "  /people/:")],
        "list_users is sent to /people/ instead of /users/: compatible
         create_user is sent to /people/ instead of /users/: compatible
         patch",
        "list_users is sent to /users/ instead of /people/: compatible
         create_user is sent to /users/ instead of /people/: compatible
         patch",
    );
    says(
        &[(
            "    delete:\n      operationId: delete_group",
            "    put:\n      operationId: delete_group",
        )],
        "delete_group is sent by PUT instead of DELETE: compatible
         patch",
        "delete_group is sent by DELETE instead of PUT: compatible
         patch",
    );
}

#[test]
fn an_argument_is_added_or_gone() {
    says(
        &[(
            "        - { name: zone, in: query, required: true, schema: { type: string } }\n",
            "",
        )],
        "get_user no longer takes zone: impl Into<String>: breaking
         major",
        "get_user takes zone: impl Into<String> as well: breaking
         major",
    );
}

#[test]
fn an_argument_has_another_type() {
    says(
        &[(
            "{ name: day, in: query, required: true, schema: { type: string, format: date } }",
            "{ name: day, in: query, required: true, schema: { type: string } }",
        )],
        "get_user, argument day: jiff::civil::Date → impl Into<String>: breaking
         major",
        "get_user, argument day: impl Into<String> → jiff::civil::Date: breaking
         major",
    );
    says(
        &[(
            "{ name: user, in: path, required: true, schema: { type: integer } }",
            "{ name: user, in: path, required: true, schema: { type: integer, minimum: 0 } }",
        )],
        "get_user, argument user: i64 → u64: breaking
         major",
        "get_user, argument user: u64 → i64: breaking
         major",
    );
}

#[test]
fn an_argument_becomes_a_setter() {
    says(
        &[(
            "{ name: day, in: query, required: true, schema: { type: string, format: date } }",
            "{ name: day, in: query, schema: { type: string, format: date } }",
        )],
        "get_user takes day by .day(jiff::civil::Date), and no longer as an argument: breaking
         major",
        "get_user takes day: jiff::civil::Date as an argument, and no longer by .day(): breaking
         major",
    );
    says(
        &[("requestBody: { required: true, ", "requestBody: { ")],
        "create_user takes body by .body(NewUser), and no longer as an argument: breaking
         major",
        "create_user takes body: NewUser as an argument, and no longer by .body(): breaking
         major",
    );
}

/// Where the types are the same the compiler says nothing.
#[test]
fn arguments_change_places() {
    says(
        &[("        - { name: day, in: query, required: true, schema: { type: string, format: date } }\n        - { name: zone, in: query, required: true, schema: { type: string } }\n", "        - { name: zone, in: query, required: true, schema: { type: string } }\n        - { name: day, in: query, required: true, schema: { type: string, format: date } }\n")],
        "get_user takes (shop, user, zone, day) in place of (shop, user, day, zone): breaking
         get_user sends its query in the order zone, day, view instead of day, zone, view: compatible
         major",
        "get_user takes (shop, user, day, zone) in place of (shop, user, zone, day): breaking
         get_user sends its query in the order day, zone, view instead of zone, day, view: compatible
         major",
    );
    says(
        &[("  /shops/{shop}/users/{user}/:", "  /users/{user}/shops/{shop}/:")],
        "get_user takes (user, shop, day, zone) in place of (shop, user, day, zone), which the compiler does not notice: breaking
         get_user is sent to /users/{user}/shops/{shop}/ instead of /shops/{shop}/users/{user}/: compatible
         major",
        "get_user takes (shop, user, day, zone) in place of (user, shop, day, zone), which the compiler does not notice: breaking
         get_user is sent to /shops/{shop}/users/{user}/ instead of /users/{user}/shops/{shop}/: compatible
         major",
    );
}

#[test]
fn an_argument_is_another_one_of_the_same_type() {
    says(
        &[("{ name: zone, in: query, required: true", "{ name: town, in: query, required: true")],
        "get_user takes town: impl Into<String> in place of zone, which the compiler does not notice: breaking
         major",
        "get_user takes zone: impl Into<String> in place of town, which the compiler does not notice: breaking
         major",
    );
}

#[test]
fn a_part_of_the_path_has_another_name_which_is_not_sent() {
    says(
        &[
            (
                "  /shops/{shop}/users/{user}/:",
                "  /shops/{shop}/users/{id}/:",
            ),
            ("{ name: user, in: path", "{ name: id, in: path"),
        ],
        "get_user calls its argument user id now: docs
         patch",
        "get_user calls its argument id user now: docs
         patch",
    );
}

#[test]
fn a_setter_is_added_or_gone() {
    says(
        &[(
            "        - { name: tags, in: query, schema: { type: array, items: { type: string } } }\n",
            "",
        )],
        "list_users loses .tags(): breaking
         major",
        "list_users gains .tags(): compatible
         minor",
    );
}

#[test]
fn a_setter_has_another_type() {
    says(
        &[(
            "{ name: tags, in: query, schema: { type: array, items: { type: string } } }",
            "{ name: tags, in: query, schema: { type: array, items: { type: integer } } }",
        )],
        "list_users.tags(): impl Into<Vec<String>> → impl Into<Vec<i64>>: breaking
         major",
        "list_users.tags(): impl Into<Vec<i64>> → impl Into<Vec<String>>: breaking
         major",
    );
}

#[test]
fn another_response() {
    says(
        &[(
            "\"201\": { description: ok, content: { application/json: { schema: { $ref: \"#/components/schemas/User\" } } } }",
            "\"201\": { description: ok }",
        )],
        "create_user returns () instead of User: breaking
         major",
        "create_user returns User instead of (): breaking
         major",
    );
    says(
        &[
            (
                "schema: { type: array, items: { $ref: \"#/components/schemas/User\" } }",
                "schema: { type: array, items: { $ref: \"#/components/schemas/Group\" } }",
            ),
            ("      x-paging: { page: page, size: size, key: id }\n", ""),
        ],
        "list_users returns Vec<Group> instead of Vec<User>: breaking
         list_users loses .items() and .pages(): breaking
         major",
        "list_users returns Vec<User> instead of Vec<Group>: breaking
         list_users gains .items() and .pages(), for the whole list: compatible
         major",
    );
}

#[test]
fn fewer_tokens_are_breaking_and_more_are_not() {
    says(
        &[(
            "operationId: get_group\n      security: [{ masterToken: [] }]",
            "operationId: get_group\n      security: [{ masterToken: [] }, { userToken: [] }]",
        )],
        "get_group takes AnyToken and UserToken as well: compatible
         minor",
        "get_group no longer takes AnyToken or UserToken: breaking
         major",
    );
    says(
        &[(
            "operationId: get_status, security: []",
            "operationId: get_status",
        )],
        "get_status wants AnyToken, MasterToken or UserToken, and took any client before: breaking
         major",
        "get_status takes any client, one without a token too: compatible
         minor",
    );
}

#[test]
fn a_choice_of_tokens_that_nobody_takes_any_more_is_a_trait_less() {
    says(
        &[
            (
                "operationId: get_group\n      security: [{ masterToken: [] }]",
                "operationId: get_group",
            ),
            (
                "operationId: delete_group\n      security: [{ masterToken: [] }]",
                "operationId: delete_group",
            ),
        ],
        "access::MasterTokenOnly is gone, which a bound may name: breaking
         get_group takes AnyToken and UserToken as well: compatible
         delete_group takes AnyToken and UserToken as well: compatible
         major",
        "get_group no longer takes AnyToken or UserToken: breaking
         delete_group no longer takes AnyToken or UserToken: breaking
         access::MasterTokenOnly is new, which a bound may name: compatible
         major",
    );
}

#[test]
fn deprecating_is_minor_and_taking_it_back_is_not() {
    says(
        &[(
            "operationId: get_group",
            "deprecated: true\n      operationId: get_group",
        )],
        "get_group is deprecated: compatible
         minor",
        "get_group is no longer deprecated: compatible
         patch",
    );
    says(
        &[("{ name: sortBy, in", "{ name: sortBy, deprecated: true, in")],
        "list_users.sort_by() is deprecated: compatible
         minor",
        "list_users.sort_by() is no longer deprecated: compatible
         patch",
    );
}

#[test]
fn a_list_comes_and_goes() {
    says(
        &[("      x-paging: { page: page, size: size, key: id }\n", "")],
        "list_users loses .items() and .pages(): breaking
         major",
        "list_users gains .items() and .pages(), for the whole list: compatible
         minor",
    );
}

#[test]
fn a_list_is_walked_over_otherwise() {
    says(
        &[("key: id }", "key: name }")],
        r#"list_users tells records apart by "name" instead of "id": compatible
         patch"#,
        r#"list_users tells records apart by "id" instead of "name": compatible
         patch"#,
    );
    says(
        &[("minimum: 1, default: 1", "minimum: 1, default: 5")],
        "list_users counts pages from 5 instead of 1: compatible
         list_users.page() is described in other words: docs
         patch",
        "list_users counts pages from 1 instead of 5: compatible
         list_users.page() is described in other words: docs
         patch",
    );
    says(
        &[
            ("page: page, size", "page: number, size"),
            ("{ name: page, in: query", "{ name: number, in: query"),
        ],
        "list_users loses .page(): breaking
         list_users gains .number(): compatible
         list_users asks for a page by .number() instead of .page(): compatible
         major",
        "list_users loses .number(): breaking
         list_users gains .page(): compatible
         list_users asks for a page by .page() instead of .number(): compatible
         major",
    );
}

#[test]
fn a_period_comes_and_goes() {
    says(
        &[(
            "      x-period: { mode: mode, value: value, start: start, end: end, week: \"YYYY-WW\" }\n",
            "",
        )],
        "get_summary loses .period(): breaking
         get_summary gains .mode(): compatible
         get_summary gains .value(): compatible
         get_summary gains .start(): compatible
         get_summary gains .end(): compatible
         major",
        "get_summary loses .mode(): breaking
         get_summary loses .value(): breaking
         get_summary loses .start(): breaking
         get_summary loses .end(): breaking
         get_summary gains .period(): compatible
         major",
    );
}

#[test]
fn words_of_an_operation() {
    says(
        &[("summary: Lists users.", "summary: Lists all users.")],
        "list_users is described in other words: docs
         patch",
        "list_users is described in other words: docs
         patch",
    );
    says(
        &[("description: Which shop.", "description: The shop.")],
        "get_user is described in other words: docs
         patch",
        "get_user is described in other words: docs
         patch",
    );
    says(
        &[(
            "\"404\": { description: There are none. }",
            "\"404\": { description: Nobody. }",
        )],
        "list_users documents its errors in other words: docs
         patch",
        "list_users documents its errors in other words: docs
         patch",
    );
    says(
        &[(
            "description: The order.",
            "description: The order in which.",
        )],
        "list_users.sort_by() is described in other words: docs
         patch",
        "list_users.sort_by() is described in other words: docs
         patch",
    );
}

#[test]
fn operations_in_another_order() {
    says(
        &[
            (
                "  /status/:\n    get: { operationId: get_status, security: [], responses: { \"204\": { description: ok } } }\n",
                "",
            ),
            (
                "components:\n  securitySchemes",
                "  /status/:\n    get: { operationId: get_status, security: [], responses: { \"204\": { description: ok } } }\ncomponents:\n  securitySchemes",
            ),
        ],
        "the operations stand in another order: docs
         patch",
        "the operations stand in another order: docs
         patch",
    );
}
