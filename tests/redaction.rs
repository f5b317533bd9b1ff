//! What an error keeps of a response that repeats the token, and what it shows of people.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::{Duration, Instant};

use fitrankings::{Client, Error, RetryPolicy, UserToken};
use support::{Reply, Server};

const TOKEN: &str = "mQ7xWz2pJk/Vd9rBt4sLf+Hb6nYc3gXw=";

/// Returns the error of a call to a server with this response.
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
        let expected = if echo.starts_with("BEARER") {
            "(BEARER [secret])"
        } else {
            "([secret])"
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

/// A token without a letter that is ever escaped.
const PLAIN_TOKEN: &str = "mQ7xWz2pJkVd9rBt4sLfHb6nYc3gXw";

/// Everything that an error of such a response shows.
fn everything_shown(error: &Error) -> String {
    let body: Option<serde_json::Value> = error.body_as();
    format!(
        "{error} {error:?} {:?} {:?} {:?} {:?} {:?} {body:?} {:?}",
        error.detail(),
        error.field_errors().collect::<Vec<_>>(),
        error.body(),
        error.raw_record(),
        error.location(),
        error.record_id(),
    )
}

/// Asserts that no eight letters of the token in a row are shown.
#[track_caller]
fn check_nothing_is_shown(token: &str, error: &Error) {
    let shown = everything_shown(error);
    assert!(shown.contains("[secret]"), "{shown}");
    for start in 0..=token.len() - 8 {
        let piece = &token[start..start + 8];
        assert!(!shown.contains(piece), "{piece} is shown in {shown}");
    }
}

#[test]
fn a_token_that_the_server_shortened_is_blanked_out() {
    let first = &PLAIN_TOKEN[..20];
    for echo in [
        format!("Bearer {first}"),
        format!("Bearer {first}..."),
        format!("Bearer {first}…"),
        format!("Bearer {first}%E2%80%A6 of yours"),
        format!("…{}", &PLAIN_TOKEN[10..]),
        format!("{}****{}", &PLAIN_TOKEN[..10], &PLAIN_TOKEN[20..]),
        format!("…{}…", &PLAIN_TOKEN[7..19]),
    ] {
        let detail = format!(r#"{{"detail": "Invalid token: {echo}"}}"#);
        check_nothing_is_shown(PLAIN_TOKEN, &failed(PLAIN_TOKEN, Reply::json(401, &detail)));
        let record = format!(r#"{{"id": 7, "title": "{echo}", "steps": "no"}}"#);
        check_nothing_is_shown(PLAIN_TOKEN, &failed(PLAIN_TOKEN, Reply::json(200, &record)));
        let page = format!("<html><p>Authorization: {echo}</p></html>");
        check_nothing_is_shown(PLAIN_TOKEN, &failed(PLAIN_TOKEN, Reply::html(401, &page)));
    }
    let location = format!("/login/{first}/again");
    let redirect = Reply::new(302, &[("Location", &location)], "");
    let error = failed(PLAIN_TOKEN, redirect);
    assert_eq!(error.location(), Some("/login/[secret]/again"));
}

#[test]
fn a_token_with_something_between_its_letters_is_blanked_out() {
    let (first, last) = PLAIN_TOKEN.split_at(15);
    let after_each = |mark: &str| -> String {
        let letters = PLAIN_TOKEN.chars();
        letters.map(|letter| format!("{letter}{mark}")).collect()
    };
    for echo in [
        format!("{first}\\n{last}"),
        format!("{first}\\r\\n    {last}"),
        format!("{first}<wbr>{last}"),
        format!("{first}<br />\\n{last}"),
        format!("{first}</span><span class='b'>{last}"),
        format!("{first}&lt;wbr&gt;{last}"),
        format!("{first}&shy;{last}"),
        format!("{first}=\\r\\n{last}"),
        after_each("\u{200b}"),
        after_each("&#8203;"),
        after_each("\\u200b"),
        after_each("\\u0000"),
        after_each("<b></b>"),
    ] {
        let body = format!(r#"{{"detail": "Not known: «{echo}»"}}"#);
        let error = failed(PLAIN_TOKEN, Reply::json(401, &body));
        check_nothing_is_shown(PLAIN_TOKEN, &error);
        let letters = error.detail().unwrap().chars();
        let rest: String = letters.filter(|letter| letter.is_ascii_graphic()).collect();
        assert!(rest.starts_with("Notknown:[secret]"), "{rest}");
    }
    let sixteen_bits: Vec<u8> = PLAIN_TOKEN.bytes().flat_map(|byte| [byte, 0]).collect();
    let text = String::from_utf8(sixteen_bits).unwrap();
    let error = failed(PLAIN_TOKEN, Reply::new(401, &[], &text));
    assert_eq!(error.body(), Some("[secret]\0"));
}

#[test]
fn a_token_is_blanked_out_in_the_escapes_of_scripts_pages_and_mails() {
    const TOKEN: &str = "ab-cd_ef.gh=ij~kl/mn+op";
    let escaped = |escape: &dyn Fn(char) -> String| -> String {
        let letters = TOKEN.chars();
        let escaped = letters.map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter.to_string()
            } else {
                escape(letter)
            }
        });
        escaped.collect()
    };
    let named = |letter: char| match letter {
        '-' => "&hyphen;".to_owned(),
        '_' => "&lowbar;".to_owned(),
        '.' => "&period;".to_owned(),
        '=' => "&equals;".to_owned(),
        '/' => "&sol;".to_owned(),
        '+' => "&plus;".to_owned(),
        other => other.to_string(),
    };
    for echo in [
        escaped(&|letter| format!("\\x{:02X}", u32::from(letter))),
        escaped(&|letter| format!("\\\\x{:02x}", u32::from(letter))),
        escaped(&|letter| format!("\\{:03o}", u32::from(letter))),
        escaped(&|letter| format!("%u{:04X}", u32::from(letter))),
        escaped(&|letter| format!("={:02X}", u32::from(letter))),
        escaped(&|letter| format!("&#{}", u32::from(letter))),
        escaped(&|letter| format!("&#x{:x};", u32::from(letter))),
        escaped(&named),
    ] {
        let error = failed(TOKEN, Reply::new(400, &[], format!("bad: {echo} .")));
        assert_eq!(error.body(), Some("bad: [secret] ."), "{echo}");
    }
}

#[test]
fn a_page_of_broken_records_costs_no_more_for_a_long_token() {
    let token = PLAIN_TOKEN.repeat(40);
    let records: Vec<String> = (0..1000)
        .map(|id| format!(r#"{{"id": {id}, "name": "A record that is not one", "steps": "no"}}"#))
        .collect();
    let page = format!("[{}]", records.join(","));
    let server = Server::always(Reply::json(200, &page));
    let builder = Client::builder()
        .base_url(server.base_url())
        .retry(RetryPolicy::none());
    let client = builder.build(UserToken::new(token).unwrap()).unwrap();
    let start = Instant::now();
    let mut broken = client.list_activities().items().take(1000);
    assert!(broken.all(|record| record.is_err_and(|error| error.raw_record().is_some())));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn the_responses_to_earlier_attempts_take_nothing_of_what_the_last_one_may_cost() {
    let link = "<li><a class=\"item\" href=\"/x?a=1&amp;b=2\">Link &mdash; text</a></li>\n";
    let page = Reply::html(503, link.repeat(60_000 / link.len()));
    let mut script = vec![page; 11];
    script.push(Reply::json(422, r#"{"detail": "100 %25 of it."}"#));
    let server = Server::script(script);
    let policy = RetryPolicy::default().max_attempts(12);
    let policy = policy.base_delay(Duration::from_millis(1));
    let builder = Client::builder().base_url(server.base_url()).retry(policy);
    let client = builder.build(UserToken::new(PLAIN_TOKEN).unwrap()).unwrap();
    let error = client.get_activity(7).call().unwrap_err();
    assert_eq!(error.status(), Some(422));
    assert_eq!(error.detail(), Some("100 %25 of it."));
}

#[test]
fn a_word_at_the_end_of_a_whole_text_is_not_blanked_out() {
    let token = "token-1234-abcd";
    for (status, body) in [
        (401, r#"{"detail": "Invalid token"}"#),
        (401, "Invalid token"),
        (200, r#"{"id": "Invalid token"}"#),
    ] {
        let error = failed(token, Reply::json(status, body));
        let shown = everything_shown(&error);
        assert!(shown.contains("Invalid token"), "{shown}");
        assert!(!shown.contains("[secret]"), "{shown}");
    }
    let location = [("Location", "/login/token")];
    let error = failed(token, Reply::new(302, &location, ""));
    assert_eq!(error.location(), Some("/login/token"));
}

#[test]
fn the_beginning_of_a_token_is_blanked_out_where_a_text_was_cut() {
    let text = "No: mQ7xWz2pJ";
    let length = [("Content-Length", "1000")];
    let broken = Reply::head(401, &length).and(text).then_close();
    let broken = failed(PLAIN_TOKEN, broken);
    assert_eq!(broken.detail(), Some("No: [secret]"));
    let long = format!("{}{PLAIN_TOKEN}", " ".repeat(64 * 1024 - 9));
    let long = failed(PLAIN_TOKEN, Reply::new(401, &[], long));
    assert_eq!(long.detail(), Some("[secret]…"));
    let location = [("Location", "/mQ7xWz2pJ?kVd9rBt4sLfHb6nYc3gXw")];
    let error = failed(PLAIN_TOKEN, Reply::new(302, &location, ""));
    assert_eq!(error.location(), Some("/[secret]"));
}
