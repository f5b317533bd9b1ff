//! Nothing ever prints a token or the secret: they are in the one place of a request where they
//! belong, and nowhere else.
#![allow(clippy::panic, clippy::unwrap_used)]

mod support;

use std::error::Error as StdError;
use std::fmt::{Debug, Write as _};
use std::sync::{Mutex, Once, OnceLock};
use std::time::Duration;

use fitrankings::authorization::{Authorization, OneTimeValue, UserAuthorization};
use fitrankings::{
    AnyToken, Client, ClientBuilder, Credentials, Error, MasterToken, NoToken, Period, RetryPolicy,
    Secret, Token, UserToken,
};
use log::{LevelFilter, Log, Metadata, Record};
use support::{Deserted, Reply, Server};

/// Their letters and digits are such that no other text has six of them in a row, and between
/// these stands what JSON, HTML or a URL escapes.
const MASTER: &str = "mQ7xWz2pJk/Vd9rBt4sLf+Hb6nYc3gXw=";
const USER: &str = "uN5tGq8hZe&Pm2vCx7kRj'Ys4wDf9bTa\"";
const SECRET: &str = "sR3jKy6mFp<Tw8zHn5cQv>Lx2dGb7sVe\\";
/// Not secret, but of no use in a log either.
const CLIENT_ID: &str = "iB9gLs4vXr";
const PASSWORD: &str = "pZ6fTk3wMy";

const CANARIES: [&str; 5] = [MASTER, USER, SECRET, CLIENT_ID, PASSWORD];

/// As long as no text that is checked has it by accident.
const PIECE: usize = 6;

/// Whether a text shows a secret or a recognizable piece of it, however the rest is escaped.
fn shows(text: &str, secret: &str) -> bool {
    let runs = secret.split(|letter: char| !letter.is_ascii_alphanumeric());
    runs.flat_map(|run| run.as_bytes().windows(PIECE))
        .any(|piece| text.contains(std::str::from_utf8(piece).unwrap()))
}

#[track_caller]
fn check(text: &str) {
    for canary in CANARIES {
        assert!(!shows(text, canary), "{canary} is shown in {text}");
    }
}

#[track_caller]
fn check_debug(value: &impl Debug) {
    check(&format!("{value:?} {value:#?}"));
}

/// Everything that an error can be asked for, and that of all its causes.
#[track_caller]
fn check_error(error: &Error) {
    let mut text = format!("{error} {error:?}");
    for part in [
        error.body(),
        error.detail(),
        error.location(),
        error.json_path(),
    ] {
        text += &format!(" {part:?} {}", part.unwrap_or_default());
    }
    let whole = error.body_as::<serde_json::Value>();
    write!(text, " {}", whole.unwrap_or_default()).unwrap();
    for (name, sentence) in error.field_errors() {
        write!(text, " {name} {sentence}").unwrap();
    }
    let mut source = StdError::source(error);
    while let Some(cause) = source {
        write!(text, " {cause} {cause:?}").unwrap();
        source = cause.source();
    }
    check(&text);
}

/// Takes the records of all targets: of level DEBUG at least, and where `ureq` does not show all
/// that it sends there, of level TRACE.
struct Recorder {
    /// The records of our own target, one a line.
    ours: Mutex<String>,
    /// Those of any target that show a secret.
    shown: Mutex<String>,
}

static RECORDER: Recorder = Recorder {
    ours: Mutex::new(String::new()),
    shown: Mutex::new(String::new()),
};

/// What is secret at the sandbox that one test starts.
static SANDBOX: OnceLock<Vec<String>> = OnceLock::new();

impl Log for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // A request is refused where more is taken: see tests/trace_logging.rs.
        metadata.level() <= log::Level::Debug || !metadata.target().starts_with("ureq")
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let (target, level, text) = (record.target(), record.level(), record.args());
        let line = format!("{level} {target} {text}\n");
        let mut others = SANDBOX.get().into_iter().flatten();
        if CANARIES.iter().any(|canary| shows(&line, canary)) || others.any(|it| line.contains(it))
        {
            self.shown.lock().unwrap().push_str(&line);
        }
        if target.starts_with("fitrankings") {
            self.ours.lock().unwrap().push_str(&line);
        }
    }

    fn flush(&self) {}
}

fn record() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::set_logger(&RECORDER).unwrap();
        log::set_max_level(LevelFilter::Trace);
    });
}

/// Checks what was logged so far, by this test and those beside it.
#[track_caller]
fn check_records(at_least: &str) {
    let ours = RECORDER.ours.lock().unwrap();
    assert!(ours.contains(at_least), "{at_least:?} is not in {ours}");
    assert_eq!(*RECORDER.shown.lock().unwrap(), "");
}

fn master() -> MasterToken {
    MasterToken::new(MASTER).unwrap()
}

fn user() -> UserToken {
    UserToken::new(USER).unwrap()
}

fn credentials() -> Credentials {
    Credentials::new(CLIENT_ID, SECRET)
}

/// Calls every operation, with every kind of token that may.
fn call_everything(builder: &ClientBuilder) -> Vec<Error> {
    let master = builder.clone().build(master()).unwrap();
    let user: Client<UserToken> = master.with_token(user());
    let without = master.with_token(NoToken);
    let period = || Period::week(2017, 32).unwrap();
    let group = master.get_group_stat_summary().period(period()).call();
    let logins = [
        master.request_master_token(credentials()).err(),
        user.request_master_token(credentials()).err(),
        without.request_master_token(credentials()).err(),
        master.create_master_token(credentials()).call().err(),
        builder.clone().login(credentials()).err(),
    ];
    [
        call_common(&master),
        call_common(&user),
        call_common(&master.with_token(AnyToken::from(master.token().clone()))),
        call_common(&user.with_token(AnyToken::from(user.token().clone()))),
        group.err().into_iter().collect(),
        logins.into_iter().flatten().collect(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// How many calls `call_everything` makes.
const CALLS: usize = 22;

/// Calls what both kinds of token may.
fn call_common<T: Token + fitrankings::access::MasterTokenOrUserToken>(
    client: &Client<T>,
) -> Vec<Error> {
    [
        client.list_activities().page(2).page_size(7).call().err(),
        client.get_activity(7).call().err(),
        client.list_users().call().err(),
        client.get_user_stat_summary().call().err(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The ways in which a text comes back from a server.
fn escaped(text: &str) -> Vec<String> {
    let json = serde_json::to_string(text).unwrap();
    let json = json[1..json.len() - 1].to_owned();
    let by = |escape: &dyn Fn(char) -> String| {
        text.chars()
            .map(|letter| {
                if letter.is_ascii_alphanumeric() {
                    letter.to_string()
                } else {
                    escape(letter)
                }
            })
            .collect::<String>()
    };
    vec![
        text.to_owned(),
        json.replace('/', "\\/"),
        json,
        by(&|letter| format!("\\u{:04x}", u32::from(letter))),
        by(&|letter| format!("\\u{:04X}", u32::from(letter))),
        by(&|letter| format!("%{:02X}", u32::from(letter))),
        by(&|letter| format!("%{:02x}", u32::from(letter))),
        by(&|letter| format!("&#{};", u32::from(letter))),
        by(&|letter| format!("&#x{:x};", u32::from(letter))),
        by(&|letter| format!("&#X{:04X};", u32::from(letter))),
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
            .replace('\'', "&apos;"),
    ]
}

/// Checks the errors of a client for this response.
#[track_caller]
fn check_reply(reply: Reply) -> Vec<Error> {
    let server = Server::always(reply);
    let errors = call_everything(&server.builder());
    errors.iter().for_each(check_error);
    check_received(&server);
    errors
}

/// Checks that a request holds its secrets once, and only where they belong.
#[track_caller]
fn check_received(server: &Server) {
    for request in server.received() {
        check(request.line());
        let text = String::from_utf8(request.bytes.clone()).unwrap();
        let count = |secret: &str| text.matches(secret).count();
        if request.line() == "POST /iq/tokens/master-token/" {
            let body: serde_json::Value = serde_json::from_str(request.body()).unwrap();
            assert_eq!(
                body,
                serde_json::json!({"client_id": CLIENT_ID, "client_secret": SECRET})
            );
            assert_eq!(request.header("Authorization"), None);
            assert!(!shows(&text, MASTER) && !shows(&text, USER), "{text}");
            assert_eq!((count("sR3jKy6mFp"), count(CLIENT_ID)), (1, 1));
        } else {
            let authorization = request.header("Authorization").unwrap();
            let token = authorization.strip_prefix("Bearer ").unwrap();
            assert!([MASTER, USER].contains(&token), "{token}");
            assert_eq!(count(MASTER) + count(USER), 1, "{text}");
            assert!(!shows(&text, SECRET) && !shows(&text, CLIENT_ID), "{text}");
        }
    }
}

/// A response to each request that holds every secret of it, made by `reply` from their text.
#[track_caller]
fn check_echo(reply: impl Fn(&str) -> Reply + Send + Sync + Clone + 'static) {
    record();
    for way in 0..escaped("").len() {
        let reply = reply.clone();
        let server = Server::start(move |request| {
            let secret = match request.header("Authorization") {
                Some(header) => header.strip_prefix("Bearer ").unwrap(),
                None => SECRET,
            };
            reply(&escaped(secret)[way])
        });
        let errors = call_everything(&server.builder());
        assert_eq!(errors.len(), CALLS);
        errors.iter().for_each(check_error);
        check_received(&server);
    }
    check_records("DEBUG fitrankings");
}

#[test]
fn the_check_sees_a_secret_in_every_disguise_and_in_pieces() {
    for canary in [MASTER, USER, SECRET] {
        for disguise in escaped(canary) {
            assert!(shows(&disguise, canary), "{disguise}");
        }
        assert!(shows(&canary[3..9], canary));
        assert!(shows(&format!("{canary:?}"), canary));
        assert!(!shows("Everything else (400 Bad Request) is fine.", canary));
    }
}

/// Settings for a server that is to be asked once.
fn settings(base_url: impl Into<String>) -> ClientBuilder {
    Client::builder()
        .base_url(base_url)
        .retry(RetryPolicy::none())
}

#[test]
fn debug_shows_no_secret() {
    let builder = Client::builder();
    let client = builder.clone().build(master()).unwrap();
    let any = AnyToken::from(user());
    check_debug(&master());
    check_debug(&user());
    check_debug(&any);
    check_debug(&Secret::from(SECRET));
    check_debug(&builder);
    check_debug(&client);
    check_debug(&client.with_token(user()));
    check_debug(&client.with_token(any));
    check_debug(&client.token());
    check_debug(&client.list_activities().page(2));
    check_debug(&client.get_activity(7));
    check_debug(&client.list_users());
    check_debug(&client.get_user_stat_summary());
    check_debug(&client.get_group_stat_summary());

    // The id is no secret, and helps to see which application it is.
    let request = client.create_master_token(credentials());
    for text in [format!("{request:?}"), format!("{:?}", credentials())] {
        check(&text.replace(CLIENT_ID, ""));
    }
}

#[test]
fn what_brings_a_token_does_not_show_it() {
    let grant = Server::always(Reply::json(
        200,
        serde_json::json!({"token": MASTER}).to_string(),
    ));
    let client = grant.client();
    let grant = client.create_master_token(credentials()).call().unwrap();
    assert_eq!(grant.token.expose(), MASTER);
    check_debug(&grant);
    check_debug(&client.request_master_token(credentials()).unwrap());

    let value = OneTimeValue::new().unwrap();
    let request = Authorization::new("an-id")
        .callback_uri("https://example.com/done")
        .one_time_value(&value);
    let shown = format!("{value:?} {request:?}");
    assert!(!shown.contains(value.as_str()), "{shown}");

    let token: String = form_urlencoded::byte_serialize(USER.as_bytes()).collect();
    let callback = format!("/done/{}?token={token}&user_id=000042", value.as_str());
    let authorization = UserAuthorization::from_callback(&callback, &value).unwrap();
    assert_eq!(authorization.token.expose(), USER);
    check_debug(&authorization);
    for callback in [
        format!("/done?token={token}&user_id=000042"),
        format!("/done/{}?token={token}", value.as_str()),
        format!("/done/{}?token={token}&token={token}", value.as_str()),
        format!("/done/{}?token={token}&user_id={token}", value.as_str()),
        format!("/done/{}?token={token}&error=access_denied", value.as_str()),
        format!("/done/{}?token={token}&error={token}", value.as_str()),
        format!(
            "/done/{0}?token={token}&error=bad&error_description={token}",
            value.as_str()
        ),
        format!("/done/{}?token=%0A{token}&user_id=1", value.as_str()),
    ] {
        let error = UserAuthorization::from_callback(&callback, &value).unwrap_err();
        check(&format!("{error} {error:?}"));
    }
}

#[test]
fn what_is_refused_is_not_shown() {
    for text in ["", " ", "\n", "ä", "\u{7f}"] {
        for token in [
            format!("{text}{MASTER}{text}{text}"),
            format!("Bearer {MASTER}"),
        ] {
            MasterToken::new(token.clone())
                .err()
                .iter()
                .for_each(check_error);
            UserToken::new(token).err().iter().for_each(check_error);
        }
    }
    for url in [
        format!("https://me:{PASSWORD}@example.com/iq"),
        format!("http://{PASSWORD}.example.com/iq"),
        format!("https://example.com/iq?key={PASSWORD}"),
        format!("https://example.com/iq#{PASSWORD}"),
        format!("{PASSWORD}://example.com/iq"),
        format!("https://exa mple.com/{PASSWORD}"),
        format!("/{PASSWORD}"),
        PASSWORD.to_owned(),
    ] {
        let builder = Client::builder().base_url(&url);
        check_debug(&builder);
        check_error(&builder.build(master()).unwrap_err());
    }
    let builder = Client::builder().user_agent(format!("{PASSWORD}\n"));
    check_error(&builder.build(master()).unwrap_err());
    let invalid = Client::new(master()).list_users().page(0).call();
    check_error(&invalid.unwrap_err());
    let client = Client::new(AnyToken::from(user()));
    check_error(&client.into_master().unwrap_err());
    let client = Client::new(AnyToken::from(master()));
    check_error(&client.into_user().unwrap_err());
}

#[test]
fn a_success_puts_nothing_in_the_log() {
    record();
    let server = Server::start(|request| {
        let example = match request.line().split(['?', ' ']).nth(1).unwrap() {
            "/iq/activities/" => include_str!("data/activities.json"),
            "/iq/activities/7/" => include_str!("data/activity.json"),
            "/iq/users/" => include_str!("data/users.json"),
            "/iq/users/stat-summary/" => include_str!("data/user-stat-summary.json"),
            "/iq/groups/stat-summary/" => include_str!("data/group-stat-summary.json"),
            "/iq/tokens/master-token/" => {
                return Reply::json(200, serde_json::json!({"token": MASTER}).to_string());
            }
            other => panic!("{other} is not documented"),
        };
        Reply::json(200, example)
    });
    assert!(call_everything(&server.builder()).is_empty());
    assert_eq!(server.received().len(), CALLS);
    check_received(&server);
    check_records("DEBUG fitrankings POST /tokens/master-token/: 200 in ");
}

#[test]
fn every_status_is_told_without_a_secret() {
    record();
    for status in [
        201, 204, 206, 301, 302, 304, 307, 400, 401, 403, 404, 405, 409, 415, 418, 429, 500, 502,
        503, 504, 599,
    ] {
        let reply = Reply::new(status, &[("Retry-After", "1")], "");
        assert_eq!(check_reply(reply).len(), CALLS, "{status}");
    }
    check_records("DEBUG fitrankings GET /activities/: 401 in ");
}

#[test]
fn every_broken_response_is_told_without_a_secret() {
    record();
    let length = [("Content-Length", "1000")];
    let chunked = [("Transfer-Encoding", "chunked")];
    let gzip = [("Content-Encoding", "gzip")];
    for reply in [
        Reply::raw("").then_close(),
        Reply::raw("HTTP/1.1 200 OK\r\nContent-").then_close(),
        Reply::raw("SSH-2.0-OpenSSH_9.2\r\n\r\n").then_close(),
        Reply::raw(b"\x15\x03\x03\x00\x02\x02\x46").then_close(),
        Reply::head(200, &length).and("{").then_close(),
        Reply::head(200, &chunked).and("no number\r\n").then_close(),
        Reply::new(200, &gzip, "no gzip"),
        Reply::new(200, &[], b"\xff\xfe"),
        Reply::html(200, "<h1>Please log in</h1>"),
        Reply::json(200, "3"),
    ] {
        assert_eq!(check_reply(reply).len(), CALLS);
    }
    let silent = Server::always(Reply::raw("").then_hang());
    let builder = silent.builder().timeout_response(Duration::from_millis(50));
    let errors = call_everything(&builder);
    assert!(errors.iter().all(Error::is_timeout));
    errors.iter().for_each(check_error);

    let large = Server::always(Reply::new(200, &[], "x".repeat(100)));
    let errors = call_everything(&large.builder().max_body_size(10));
    assert!(errors.iter().all(Error::is_too_large));
    errors.iter().for_each(check_error);

    let deserted = Deserted::new();
    let errors = call_everything(&settings(deserted.base_url()));
    assert!(errors.iter().all(Error::is_connect));
    errors.iter().for_each(check_error);

    let plain = Server::always(Reply::new(400, &[], "").then_close());
    let url = plain.base_url().replace("http:", "https:");
    let errors = call_everything(&settings(url));
    assert!(errors.iter().all(Error::is_connect));
    errors.iter().for_each(check_error);
    for request in plain.received() {
        check(&String::from_utf8_lossy(&request.bytes));
    }
    check_records("DEBUG fitrankings GET /activities/: Timeout after ");
}

#[test]
fn a_refusal_that_repeats_the_token_shows_it_nowhere() {
    // These are of an application whose author escapes, or not.
    check_echo(|secret| Reply::json(401, format!(r#"{{"detail": "Not valid: {secret}."}}"#)));
    check_echo(|secret| {
        let fields = format!(r#"{{"field": ["No {secret}."], "{secret}": ["Yes {secret}."]}}"#);
        Reply::json(400, fields)
    });
    check_echo(|secret| Reply::json(400, format!(r#"{{"a": {{"b": "{secret}"}}}}"#)));
    check_echo(|secret| Reply::json(403, format!(r#"["{secret}"]"#)));
    check_echo(|secret| Reply::html(401, format!("<h1>Key</h1><p>{secret} is wrong.</p>")));
    check_echo(|secret| {
        let link = format!("<p><a href='/?token={secret}'>{secret}</a>{secret}<br>{secret}</p>");
        Reply::html(500, link)
    });
    check_echo(|secret| Reply::new(500, &[], format!("{}{secret}", "x ".repeat(2040))));
    check_echo(|secret| Reply::new(500, &[], format!("{}{secret}", "x".repeat(290))));
}

#[test]
fn a_refusal_that_breaks_off_inside_the_token_shows_no_piece_of_it() {
    check_echo(|secret| {
        let piece = &secret[..9];
        Reply::head(401, &[("Content-Length", "1000")])
            .and(format!("wrong token: {piece}"))
            .then_close()
    });
    check_echo(|secret| {
        let piece = &secret[..secret.len() - 1];
        Reply::new(401, &[], format!("wrong token: {piece}"))
    });
    // Where the client is the one who stops.
    let server = Server::always(Reply::new(401, &[], MASTER));
    let builder = server.builder().max_body_size(9);
    check_error(
        &builder
            .build(master())
            .unwrap()
            .list_users()
            .call()
            .unwrap_err(),
    );
}

#[test]
fn a_redirect_that_carries_the_token_shows_it_nowhere() {
    let to = |location: String| Reply::new(302, &[("Location", &location)], "");
    check_echo(move |secret| to(format!("/login/?token={secret}")));
    check_echo(move |secret| to(format!("/login/#token={secret}")));
    check_echo(move |secret| to(format!("/login/{secret}/")));
    check_echo(move |secret| to(format!("https://me:{secret}@example.com/")));
    check_echo(move |secret| to(secret.to_owned()));
}

/// The documented list, in which a user's address is no text. The rest is for the caller to change.
fn neither_activities_nor_users(secret: &str) -> String {
    let list = include_str!("data/activities.json").trim();
    let odd = list.replacen("\"id\"", &format!(r#""email": ["{secret}"], "id""#), 1);
    assert_ne!(odd, list);
    odd
}

#[test]
fn a_success_that_holds_the_token_and_does_not_decode_shows_it_nowhere() {
    check_echo(|secret| Reply::json(200, format!("\"{secret}\"")));
    check_echo(|secret| Reply::json(200, format!(r#"{{"{secret}": "{secret}"}}"#)));
    check_echo(|secret| Reply::json(200, format!(r#"[{{"id": "{secret}"}}]"#)));
    check_echo(|secret| Reply::json(200, format!(r#"{{"id": "{secret}", "token": 3}}"#)));
    check_echo(|secret| Reply::json(200, format!(r#"{{"user_id": "{secret}"#)));
    check_echo(|secret| Reply::html(200, format!("<p>{secret}</p>")));
    check_echo(|secret| Reply::new(200, &[], secret));
    check_echo(|secret| Reply::new(200, &[], [secret.as_bytes(), b"\xff"].concat()));
    // Whoever reads a quantity or a time quotes a part of what it is not.
    check_echo(|secret| {
        let odd = neither_activities_nor_users(secret);
        Reply::json(
            200,
            odd.replace("23.0000", &format!("quite a long way to {secret}")),
        )
    });
    check_echo(|secret| {
        let odd = neither_activities_nor_users(secret);
        Reply::json(
            200,
            odd.replace("2017-06-13T12:00:00Z", &format!("2017-06-13T{secret}")),
        )
    });
}

#[test]
fn an_exchange_of_another_shape_shows_nothing_of_the_token_it_brought() {
    record();
    for body in [
        format!(r#"{{"access_token": "{MASTER}"}}"#),
        format!(r#"{{"token": {{"{MASTER}": "{MASTER}"}}}}"#),
        format!(r#"{{"token": ["{MASTER}"]}}"#),
        format!(r#"{{"token": "{MASTER}", "token": "{MASTER}"}}"#),
        format!(r#"{{"token": "{MASTER}\n"}}"#),
        format!(r#"{{"token": " {MASTER}"}}"#),
        format!(r#"{{"token": "{MASTER}"#),
        format!(r#""{MASTER}""#),
        format!(r#"[["{MASTER}"]]"#),
        format!("<p>{MASTER}</p>"),
        format!("{MASTER}\n"),
        format!("token={MASTER}"),
    ] {
        for status in [200, 201] {
            let server = Server::always(Reply::json(status, &body));
            let client = server.builder().build(NoToken).unwrap();
            let error = client.request_master_token(credentials()).unwrap_err();
            check_error(&error);
            assert!(error.is_decode(), "{error}");
        }
    }
    let latin = [MASTER.as_bytes(), b"\xe4"].concat();
    let server = Server::always(Reply::new(200, &[], latin));
    check_error(
        &server
            .client()
            .request_master_token(credentials())
            .unwrap_err(),
    );
    check_records("DEBUG fitrankings POST /tokens/master-token/: 201 in ");
}

#[test]
fn a_refusal_of_the_exchange_shows_no_token_that_is_in_it() {
    let location = [("Location", &*format!("/callback/{MASTER}"))];
    let token = serde_json::to_string(MASTER).unwrap();
    let refused = |reply: Reply| {
        let server = Server::always(reply);
        let client = server.builder().retry(RetryPolicy::none());
        let client = client.build(NoToken).unwrap();
        let error = client.request_master_token(credentials()).unwrap_err();
        check_error(&error);
        assert_eq!((error.body(), error.location()), (None, None), "{error}");
        error
    };
    for status in [302, 400, 401, 409, 500, 503] {
        for body in [
            format!(r#"{{"token": {token}, "detail": "No: {MASTER}."}}"#),
            format!(r#"{{"token": {token}"#),
            format!(r#"{{"data": {{"token": [{token}]}}, "{MASTER}": [{token}]}}"#),
            format!("[{token}]"),
            format!("<p>{MASTER}</p>"),
            MASTER.to_owned(),
        ] {
            refused(Reply::new(status, &location, &body));
            refused(Reply::json(status, &body));
            refused(Reply::html(status, &body));
        }
    }
    let body = format!(r#"{{"token": {token}, "detail": "There is {MASTER}.", "x": ["No."]}}"#);
    let error = refused(Reply::json(409, body));
    assert_eq!(error.detail(), Some("There is [secret]."));
    assert_eq!(error.field_errors().collect::<Vec<_>>(), [("x", "No.")]);
}

#[cfg(feature = "sandbox")]
mod sandbox {
    use fitrankings::sandbox::{Fault, Sandbox};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    /// Starts a sandbox. Also returns the token of its first user.
    fn start() -> (Sandbox, String) {
        let sandbox = Sandbox::builder().users(3).activities(30).start().unwrap();
        let users_token = sandbox.user_token(sandbox.user_ids()[0]).unwrap();
        (sandbox, users_token)
    }

    fn client(sandbox: &Sandbox, timeout: Duration) -> Client<MasterToken> {
        let token = MasterToken::new(sandbox.master_token()).unwrap();
        let builder = settings(sandbox.base_url());
        builder.timeout_response(timeout).build(token).unwrap()
    }

    fn login(sandbox: &Sandbox, client: &Client<MasterToken>) -> Result<MasterToken, Error> {
        let credentials = Credentials::new(sandbox.client_id(), sandbox.client_secret());
        client.request_master_token(credentials)
    }

    fn faults(sandbox: &Sandbox) -> [Fault; 13] {
        [
            Fault::Status(400),
            Fault::Status(401),
            Fault::Status(404),
            Fault::Status(503),
            Fault::RetryAfter(9),
            Fault::Html,
            Fault::Empty,
            Fault::Garbage,
            Fault::OddRecord,
            Fault::InvalidUtf8,
            Fault::Truncated,
            Fault::Close,
            Fault::Redirect(format!("/?token={}", sandbox.master_token())),
        ]
    }

    /// Makes the next request meet a fault.
    fn meet(sandbox: &Sandbox, client: &Client<MasterToken>, fault: &Fault) {
        // A pooled connection that is closed does not count: the request is sent again on a new
        // one, which has to be closed as well.
        if matches!(fault, Fault::Close) {
            client.list_users().call().unwrap();
            sandbox.fault(Fault::Close);
        }
        sandbox.fault(fault.clone());
    }

    #[test]
    fn every_fault_of_the_sandbox_is_told_without_a_secret() {
        record();
        let (sandbox, users_token) = start();
        let secrets = SANDBOX.get_or_init(|| {
            let all = [
                sandbox.master_token(),
                sandbox.client_secret(),
                &users_token,
            ];
            all.map(str::to_owned).to_vec()
        });
        let master = client(&sandbox, PATIENCE);
        let user = master.with_token(UserToken::new(users_token.clone()).unwrap());
        let mut shown = String::new();
        for fault in faults(&sandbox) {
            meet(&sandbox, &master, &fault);
            let error = master.list_activities().call().unwrap_err();
            write!(shown, "{error} {error:?} {:?}", error.location()).unwrap();
            meet(&sandbox, &master, &fault);
            let error = user.list_activities().call().unwrap_err();
            write!(shown, "{error} {error:?}").unwrap();
            if !matches!(fault, Fault::OddRecord) {
                sandbox.fault(fault);
                let error = login(&sandbox, &master).unwrap_err();
                write!(shown, "{error} {error:?}").unwrap();
            }
        }
        sandbox.fault(Fault::Stall(PATIENCE));
        let impatient = client(&sandbox, Duration::from_millis(50));
        let error = impatient.list_activities().call().unwrap_err();
        assert!(error.is_timeout(), "{error}");
        write!(shown, "{error} {error:?}").unwrap();

        let token = login(&sandbox, &master).unwrap();
        assert_eq!(token.expose(), sandbox.master_token());
        write!(shown, "{token:?} {:?} {:?}", sandbox, sandbox.requests()).unwrap();
        for secret in secrets {
            assert!(!shown.contains(secret), "{secret} is shown in {shown}");
        }
        check_records("DEBUG fitrankings GET /activities/: 503 in ");
    }
}
