//! What an error keeps of a response that repeats the token, and what it shows of people.
#![allow(clippy::unwrap_used)]

mod support;

use fitrankings::{Client, Error, RetryPolicy, UserToken};
use support::{Reply, Server};

const TOKEN: &str = "mQ7xWz2pJk/Vd9rBt4sLf+Hb6nYc3gXw=";

/// Calls a server that answers every request like this.
fn failed(token: &str, reply: Reply) -> Error {
    let server = Server::always(reply);
    let builder = Client::builder()
        .base_url(server.base_url())
        .retry(RetryPolicy::none());
    let client = builder.build(UserToken::new(token).unwrap()).unwrap();
    client.get_activity(7).call().unwrap_err()
}

#[test]
fn a_token_is_blanked_out_in_every_encoding() {
    for echo in [
        "bVE3eFd6MnBKay9WZDlyQnQ0c0xmK0hiNm5ZYzNnWHc9",
        "BEARER MQ7XWZ2PJK/VD9RBT4SLF+HB6NYC3GXW=",
        "mq7xwz2pjk/vd9rbt4slf+hb6nyc3gxw=",
        "mQ7xWz2pJk/Vd9rBt4sLf Hb6nYc3gXw=",
        "mQ7xWz2pJk%252FVd9rBt4sLf%252BHb6nYc3gXw%253D",
        r"mQ7xWz2pJk\\u002fVd9rBt4sLf\\u002bHb6nYc3gXw\\u003d",
        r"mQ7xWz2pJk\u00252FVd9rBt4sLf%2BHb6nYc3gXw%3D",
    ] {
        let told = format!(r#"{{"detail": "({echo})", "other": ["({echo})"]}}"#);
        let error = failed(TOKEN, Reply::json(403, &told));
        let expected = match echo.starts_with("BEARER") {
            true => "(BEARER [secret])",
            false => "([secret])",
        };
        assert_eq!(error.detail(), Some(expected), "{echo}");
        assert_eq!(error.field_errors().next(), Some(("other", expected)));
        assert_eq!(
            error.body().unwrap(),
            told.replace(&format!("({echo})"), expected)
        );
    }
}

#[test]
fn a_token_of_one_letter_leaves_no_garbage() {
    let error = failed(
        "a",
        Reply::json(403, r#"{"detail": "The token a is invalid."}"#),
    );
    assert_eq!(error.detail(), Some("[withheld: it may show a secret]"));
    assert_eq!(error.body(), Some("[withheld: it may show a secret]"));
    let message = error.to_string();
    assert!(
        message.contains("403 Forbidden: [withheld: it may show a secret]; "),
        "{message}"
    );
    let error = failed("a", Reply::json(403, r#"{"detail": "No."}"#));
    assert_eq!(error.detail(), Some("No."));
}

#[test]
fn debug_shows_nothing_of_a_body_but_its_size_and_type() {
    let people = r#"{"id": 7, "user": {"name": "Jane Doe", "address": "1 Main Street"}}"#;
    let size = people.len();
    for (reply, shape) in [
        (
            Reply::json(200, people),
            format!("{size} bytes of application/json"),
        ),
        (
            Reply::html(200, people),
            format!("{size} bytes of text/html"),
        ),
        (Reply::new(200, &[], people), format!("{size} bytes")),
        (
            Reply::json(422, people),
            format!("{size} bytes of application/json"),
        ),
    ] {
        let error = failed(TOKEN, reply);
        let shown = format!("{error:?}");
        assert!(
            !shown.contains("Jane") && !shown.contains("Main"),
            "{shown}"
        );
        assert!(
            shown.ends_with(&format!("\n  body: {shape}, see `Error::body`")),
            "{shown}"
        );
        assert_eq!(error.body(), Some(people));
    }
}

#[test]
fn the_type_of_a_body_shows_no_token() {
    let kind = format!("text/{TOKEN}; charset=utf-8");
    let error = failed(TOKEN, Reply::new(200, &[("Content-Type", &kind)], "no"));
    let shown = format!("{error:?}");
    assert!(
        shown.ends_with("body: 2 bytes of text/[secret], see `Error::body`"),
        "{shown}"
    );
}
