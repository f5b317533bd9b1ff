//! Connections: the errors if one cannot be made, how one ends, and what does not pass from one call
//! to the next. It is run with all of `ureq`'s features as well: see `.ci/run`.
#![allow(clippy::panic, clippy::unwrap_used)]

mod support;

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use fitrankings::{Client, Credentials, Error, MasterToken, NoToken, RetryPolicy, UserToken};
use socket2::SockRef;
use support::{Deserted, Reply, Server};

const USERS: &str = include_str!("data/users.json");

fn user(token: &str) -> UserToken {
    UserToken::new(token).unwrap()
}

fn client(base_url: impl Into<String>) -> Client<MasterToken> {
    let builder = Client::builder()
        .base_url(base_url)
        .retry(RetryPolicy::none());
    builder
        .build(MasterToken::new(support::TOKEN).unwrap())
        .unwrap()
}

mod cookies {
    use super::*;

    /// A session of whoever asks first, for a name that does not come again.
    fn session(name: usize, size: usize) -> Reply {
        let cookie = format!("session{name}={}; Path=/", "s".repeat(size));
        Reply::new(200, &[("Set-Cookie", &cookie)], USERS)
    }

    #[test]
    fn no_cookie_of_a_response_is_sent_with_another_request() {
        let server = Server::script((0..4).map(|count| session(count, 10)));
        let alice = server.builder().build(user("alice")).unwrap();
        let bob = alice.with_token(user("bob"));
        for _ in 0..2 {
            alice.list_users().call().unwrap();
            bob.list_users().call().unwrap();
        }
        for request in server.received() {
            assert_eq!(request.header("cookie"), None, "{request:?}");
        }
    }

    #[test]
    fn cookies_that_come_while_another_call_runs_are_not_sent_with_it() {
        let server = Server::start(move |_| session(0, 10));
        let client = server.builder().build(user("alice")).unwrap();
        thread::scope(|scope| {
            for _ in 0..8 {
                let client = client.with_token(user("bob"));
                scope
                    .spawn(move || (0..20).for_each(|_| drop(client.list_users().call().unwrap())));
            }
        });
        let received = server.received();
        assert_eq!(received.len(), 160);
        assert!(
            received
                .iter()
                .all(|request| request.header("cookie").is_none())
        );
    }

    #[test]
    fn cookies_are_not_gathered_until_a_request_is_too_large() {
        let server = Server::script((0..8).map(|count| session(count, 4000)));
        let client = server.client();
        for _ in 0..8 {
            client.list_users().call().unwrap();
        }
    }
}

mod bodies {
    use super::*;

    /// Responds to one request with these bytes, and ends the connection: by a reset, or as usual.
    fn once(bytes: &'static str, reset: bool) -> (String, thread::JoinHandle<()>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            while lines.next().unwrap().unwrap() != "" {}
            stream.write_all(bytes.as_bytes()).unwrap();
            if reset {
                // What the client's system has by then can still be read.
                SockRef::from(&stream)
                    .set_linger(Some(Duration::ZERO))
                    .unwrap();
            }
        });
        (url, server)
    }

    #[test]
    fn a_body_without_a_length_ends_with_the_connection_unless_that_is_reset() {
        let whole = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[]";
        for reset in [false, true] {
            let (url, server) = once(whole, reset);
            let got = client(url).list_users().call();
            server.join().unwrap();
            if !reset {
                assert_eq!(got.unwrap().len(), 0);
                continue;
            }
            let error = got.unwrap_err();
            assert!(error.is_retryable() && !error.is_connect(), "{error}");
            assert_eq!(error.status(), Some(200), "{error}");
        }
    }

    #[test]
    fn what_a_server_sends_beyond_a_response_is_no_response_to_the_next_user() {
        let alices = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{USERS}",
            USERS.len()
        );
        for size in [0, 1, 5_000, 40_000] {
            let first = Reply::json(200, format!("[]{}", " ".repeat(size))).and(&alices);
            let server = Server::script([first, Reply::json(200, "[]")]);
            let alice = server.builder().build(user("alice")).unwrap();
            let bob = alice.with_token(user("bob"));
            assert_eq!(alice.list_users().call().unwrap().len(), 0);
            assert_eq!(bob.list_users().call().unwrap().len(), 0);
            assert_eq!(server.connections(), 2);
        }
    }

    /// A field that every record has, as another than ASCII writes it.
    #[test]
    fn an_interim_response_may_come_in_one_piece_with_a_long_response() {
        for interim in ["100 Continue\r\n", "103 Early Hints\r\nLink: </x>\r\n"] {
            for size in [1_000, 20_000, 40_000, 200_000] {
                let list = format!("[{}]", " ".repeat(size));
                let length = list.len();
                let response = format!(
                    "HTTP/1.1 {interim}\r\nHTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{list}"
                );
                let server = Server::always(Reply::raw(response));
                let client = client(server.base_url());
                for _ in 0..2 {
                    assert_eq!(client.list_users().call().unwrap(), [], "{interim}, {size}");
                }
                assert_eq!(server.connections(), 1);
            }
        }
    }

    #[test]
    fn a_part_of_the_representation_is_no_response_to_a_request_for_all_of_it() {
        let range = [("Content-Range", "bytes 0-1/100")];
        let server = Server::always(Reply::new(206, &range, "[]"));
        let error = client(server.base_url()).list_users().call().unwrap_err();
        assert!(error.is_decode() && error.status() == Some(206), "{error}");
        assert!(!error.is_retryable(), "{error}");
        // A 205 has no content.
        let server = Server::always(Reply::new(205, &[], "[]"));
        let error = client(server.base_url()).list_users().call().unwrap_err();
        assert!(error.is_decode() && error.status() == Some(205), "{error}");
    }

    #[test]
    fn a_list_does_not_end_by_a_part_of_a_page() {
        for status in [205, 206] {
            let server = Server::start(move |request| match request.query() {
                Some("page=1") | None => Reply::json(200, r#"[{"id": 1}]"#),
                _ => Reply::json(status, "[]"),
            });
            let client = client(server.base_url());
            let mut items = client.list_users().items();
            let items: Vec<_> = items.by_ref().collect();
            let [Ok(_), Err(error)] = &items[..] else {
                panic!("{items:?}")
            };
            assert_eq!((error.status(), error.page()), (Some(status), Some(2)));
        }
    }

    #[test]
    fn json_is_read_the_same_whatever_media_type_it_comes_with() {
        let body = USERS.replace("\"handle\": null", "\"handle\": \"ä\"");
        for media_type in ["application/json", "text/json; charset=utf-8", "text/plain"] {
            let reply = Reply::new(200, &[("Content-Type", media_type)], &body);
            assert_eq!(
                Server::always(reply)
                    .client()
                    .list_users()
                    .call()
                    .unwrap()
                    .len(),
                1
            );
        }
    }

    #[test]
    fn only_the_encodings_of_this_crate_are_asked_for() {
        let server = Server::always(Reply::json(200, "[]"));
        server.client().list_users().call().unwrap();
        let gzip = cfg!(feature = "gzip").then_some("gzip");
        assert_eq!(server.only_request().header("accept-encoding"), gzip);
    }
}

mod sizes {
    use super::*;

    #[track_caller]
    fn check(error: &Error, what: &str, size: usize) {
        assert!(error.is_invalid_input() && !error.is_connect(), "{error}");
        let expected = format!("{what} has {size} bytes");
        assert!(error.to_string().contains(&expected), "{error}");
    }

    #[test]
    fn a_header_or_a_url_that_is_too_long_is_the_callers_mistake_and_named() {
        let server = Server::always(Reply::json(200, "[]"));
        let long = "x".repeat(20_000);
        let token = MasterToken::new(long.as_str()).unwrap();
        let with_token = server.builder().build(token).unwrap();
        let error = with_token.list_users().call().unwrap_err();
        check(&error, "the header `authorization`", 20_007);
        assert!(!format!("{error}{error:?}").contains("xxxx"), "{error}");

        let url = format!("{}/{long}", server.base_url());
        let error = client(url).list_users().call().unwrap_err();
        check(
            &error,
            "the URL with its parameters",
            "/iq//users/".len() + 20_000,
        );

        let agent = server.builder().user_agent(long);
        let error = agent.build(NoToken).unwrap_err();
        assert!(error.to_string().contains("the user agent"), "{error}");
        assert_eq!(server.connections(), 0);
    }

    #[test]
    fn what_just_fits_is_sent() {
        let server = Server::always(Reply::json(200, "[]"));
        let send = |size: usize| {
            let token = MasterToken::new("x".repeat(size)).unwrap();
            server.builder().build(token).unwrap().list_users().call()
        };
        // Name, colon, blank, `Bearer `, and two ends of a line.
        let most = 16 * 1024 - "authorization: Bearer \r\n\r\n".len();
        assert!(send(most + 1).unwrap_err().is_invalid_input());
        send(most).unwrap();

        let path = |size: usize| format!("{}/{}", server.base_url(), "x".repeat(size));
        let most = 16 * 1024 - "GET /iq//users/ HTTP/1.1\r\n".len() - 1;
        let too_long = client(path(most + 1)).list_users().call();
        assert!(too_long.unwrap_err().is_invalid_input());
        client(path(most)).list_users().call().unwrap();
    }
}

mod places {
    use super::*;

    #[test]
    fn a_port_that_is_none_is_refused_and_nothing_is_sent() {
        for port in ["99999", "abc", "65536", "-1", "0", ""] {
            let url = format!("http://127.0.0.1:{port}/iq");
            let error = Client::builder()
                .base_url(url)
                .build(user("a"))
                .unwrap_err();
            assert!(error.is_invalid_input(), "{error}");
            assert!(error.to_string().contains("a port that is not"), "{error}");
        }
    }

    #[test]
    fn an_error_of_a_connection_names_host_and_port() {
        let deserted = Deserted::new();
        let address = deserted.base_url();
        let address = address
            .trim_start_matches("http://")
            .trim_end_matches("/iq");
        let own: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .build()
            .into();
        for agent in [None, Some(own)] {
            for scheme in ["http", "https"] {
                let mut builder = Client::builder()
                    .base_url(format!("{scheme}://{address}"))
                    .retry(RetryPolicy::none());
                if let Some(agent) = &agent {
                    builder = builder.agent(agent.clone());
                }
                let error = builder.build(user("a")).unwrap().list_users().call();
                let error = error.unwrap_err();
                assert!(error.is_connect(), "{error}");
                let expected = format!("no connection to {address}: the connection was refused");
                assert!(error.to_string().contains(&expected), "{error}");
            }
        }
    }

    #[test]
    fn a_failure_of_tls_names_host_and_port() {
        let server = Server::always(Reply::raw("HTTP/1.1 400 Bad Request\r\n\r\n").then_close());
        let address = server.address();
        let error = client(format!("https://{address}")).list_users().call();
        let error = error.unwrap_err();
        assert!(error.is_connect(), "{error}");
        let expected = format!("no connection to {address}: TLS failed");
        assert!(error.to_string().contains(&expected), "{error}");
    }

    #[test]
    fn a_host_that_hangs_up_during_the_handshake_is_no_connection_and_is_named() {
        let server = Server::always(Reply::raw("").then_close());
        let address = server.address();
        let client = client(format!("https://{address}"));
        for error in [
            client.list_users().call().unwrap_err(),
            client
                .request_master_token(Credentials::new("id", "secret"))
                .unwrap_err(),
        ] {
            assert!(error.is_connect() && error.is_retryable(), "{error}");
            let expected = format!("no connection to {address}: ");
            assert!(error.to_string().contains(&expected), "{error}");
        }
    }
}

mod credentials {
    use super::*;

    const ADVICE: &str = "; check the client id and the client secret";

    #[test]
    fn wrong_credentials_are_told_as_such_whichever_status_says_so() {
        for (status, body) in [
            (400, r#"{"non_field_errors": ["Unable to log in."]}"#),
            (
                400,
                r#"{"client_secret": ["This field may not be blank."]}"#,
            ),
            (401, r#"{"detail": "Invalid client."}"#),
        ] {
            let server = Server::always(Reply::json(status, body));
            let client = server.client();
            let credentials = || Credentials::new("id", "secret");
            for error in [
                client.request_master_token(credentials()).unwrap_err(),
                client
                    .create_master_token(credentials())
                    .call()
                    .unwrap_err(),
            ] {
                assert!(error.is_unauthorized(), "{error}");
                assert_eq!(error.is_bad_request(), status == 400, "{error}");
                assert!(error.to_string().ends_with(ADVICE), "{error}");
            }
        }
    }

    #[test]
    fn a_400_of_an_operation_with_a_token_is_not_about_credentials() {
        let server = Server::always(Reply::json(400, r#"{"page": ["No."]}"#));
        let error = server.client().list_users().call().unwrap_err();
        assert!(
            !error.is_unauthorized() && error.is_bad_request(),
            "{error}"
        );
        assert!(!error.to_string().contains(ADVICE), "{error}");
    }
}

/// The variables are the process's, so each case is a process of its own.
mod proxies {
    use super::*;

    const URL: &str = "FITRANKINGS_TEST_URL";
    /// Set where the client retries, and has a short time to connect.
    const PATIENCE: &str = "FITRANKINGS_TEST_PATIENCE";

    /// What a call says in a process with these variables. The host is one that is not resolved:
    /// names below `invalid` never are.
    fn say(url: &str, variables: &[(&str, &str)]) -> String {
        say_all(url, variables).pop().unwrap_or_default()
    }

    /// All lines of it: one for each retry, and the last for the error.
    fn say_all(url: &str, variables: &[(&str, &str)]) -> Vec<String> {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "proxies::child", "--ignored", "--nocapture"]);
        for name in ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"] {
            command.env_remove(name).env_remove(name.to_lowercase());
        }
        let output = command
            .env(URL, url)
            .envs(variables.iter().copied())
            .output();
        let output = String::from_utf8(output.unwrap().stdout).unwrap();
        let lines = output.lines().filter_map(|line| line.split_once("SAID: "));
        let lines: Vec<_> = lines.map(|(_, line)| line.to_owned()).collect();
        assert!(!lines.is_empty(), "{output}");
        lines
    }

    #[test]
    #[ignore = "a part of the others"]
    fn child() {
        let mut builder = Client::builder().base_url(env::var(URL).unwrap());
        builder = match env::var(PATIENCE) {
            Ok(_) => builder
                .timeout_connect(Duration::from_millis(500))
                .timeout_call(Duration::from_secs(20))
                .retry(
                    RetryPolicy::default()
                        .base_delay(Duration::ZERO)
                        .on_retry(|_| println!("SAID: retry")),
                ),
            Err(_) => builder.retry(RetryPolicy::none()),
        };
        let client = builder.build(user("a")).unwrap();
        let error = client.list_users().call().unwrap_err();
        if env::var(PATIENCE).is_err() {
            assert_eq!(
                client.list_users().call().unwrap_err().to_string(),
                error.to_string()
            );
        }
        println!(
            "SAID: connect {}, input {}, {error}",
            error.is_connect(),
            error.is_invalid_input()
        );
    }

    const HOST: &str = "https://api.invalid";

    #[test]
    fn a_proxy_that_cannot_be_used_is_told_unless_it_would_not_be() {
        for (value, told) in [
            (":::", "`HTTPS_PROXY` is not the URL of a proxy"),
            (
                "http://me:hush@proxy:99999",
                "`HTTPS_PROXY` is not the URL of a proxy",
            ),
            (
                "socks5://me:hush@proxy",
                "`HTTPS_PROXY` names a SOCKS proxy",
            ),
        ] {
            let said = say(HOST, &[("HTTPS_PROXY", value)]);
            assert!(said.starts_with("connect false, input true"), "{said}");
            assert!(said.contains(told) && !said.contains("hush"), "{said}");
            for hosts in ["api.invalid", "localhost, .invalid"] {
                let said = say(HOST, &[("HTTPS_PROXY", value), ("NO_PROXY", hosts)]);
                assert!(said.starts_with("connect true, input false"), "{said}");
                assert!(
                    said.contains("no connection to api.invalid:443: "),
                    "{said}"
                );
            }
        }
    }

    #[test]
    fn a_proxy_that_refuses_or_is_not_there_is_named_without_its_password() {
        let refuses = Server::always(Reply::raw("HTTP/1.1 407 No\r\n\r\n").then_close());
        let speaks_no_http = Server::always(Reply::raw("SSH-2.0-OpenSSH_9.2\r\n\r\n").then_close());
        let deserted = Deserted::new();
        let deserted = deserted.base_url();
        let deserted = deserted
            .trim_start_matches("http://")
            .trim_end_matches("/iq");
        for (address, connect, told) in [
            (
                refuses.address().to_string(),
                true,
                "the proxy refused the connection",
            ),
            (
                speaks_no_http.address().to_string(),
                true,
                "does not speak HTTP",
            ),
            (deserted.to_owned(), true, "the connection was refused"),
        ] {
            let said = say(
                HOST,
                &[("HTTPS_PROXY", &format!("http://me:hush@{address}"))],
            );
            let place =
                format!("no connection to api.invalid:443 by the proxy {address} (HTTPS_PROXY): ");
            assert!(
                said.starts_with(&format!("connect {connect}, input false")),
                "{said}"
            );
            assert!(said.contains(&place) && said.contains(told), "{said}");
            assert!(!said.contains("hush"), "{said}");
        }
    }

    #[test]
    fn a_proxy_that_trickles_its_response_is_given_up_in_the_time_for_connecting() {
        for start in ["HTTP/1.1 200 OK\r\na: ", "HTTP/1.1 200 "] {
            let trickles = Server::always(Reply::raw(start).then_trickle(b'b'));
            let address = trickles.address().to_string();
            let proxy = format!("http://{address}");
            let start = Instant::now();
            let said = say_all(HOST, &[("HTTPS_PROXY", &proxy), (PATIENCE, "")]);
            assert!(start.elapsed() < Duration::from_secs(10), "{said:?}");
            // Connecting takes long by itself, and is tried again once.
            let [retry, said] = &said[..] else {
                panic!("{said:?}")
            };
            assert_eq!(retry, "retry");
            let place = format!("no connection to api.invalid:443 by the proxy {address}");
            assert!(said.starts_with("connect true, input false"), "{said}");
            assert!(said.contains(&place), "{said}");
        }
    }

    #[test]
    fn a_name_that_is_not_found_is_that_of_the_proxy_or_of_the_host() {
        let said = say(HOST, &[("HTTPS_PROXY", "http://proxy.invalid:80")]);
        let place =
            "no connection to api.invalid:443 by the proxy proxy.invalid:80 (HTTPS_PROXY): ";
        assert!(said.contains(place), "{said}");
        assert!(said.contains("the name `proxy.invalid` "), "{said}");
        let said = say(HOST, &[]);
        assert!(
            said.contains("no connection to api.invalid:443: the name `api.invalid` "),
            "{said}"
        );
    }

    #[test]
    fn a_proxy_that_refuses_for_good_is_not_asked_again() {
        for status in [403, 407] {
            let refuses =
                Server::always(Reply::raw(format!("HTTP/1.1 {status} No\r\n\r\n")).then_close());
            let proxy = format!("http://me:hush@{}", refuses.address());
            let said = say_all(HOST, &[("HTTPS_PROXY", &proxy), (PATIENCE, "")]);
            assert_eq!(said.len(), 1, "{said:?}");
            assert!(said[0].starts_with("connect true"), "{said:?}");
            assert!(said[0].contains(&status.to_string()), "{said:?}");
        }
    }

    #[test]
    fn a_host_behind_a_proxy_is_named_where_the_proxy_has_done_its_part() {
        // Behind it is something other than TLS.
        let reply = Reply::raw("HTTP/1.1 200 OK\r\n\r\n").and("HTTP/1.1 400 No\r\n\r\n");
        let tunnel = Server::always(reply.then_close());
        let proxy = format!("http://{}", tunnel.address());
        let said = say(HOST, &[("HTTPS_PROXY", &proxy)]);
        assert!(said.starts_with("connect true"), "{said}");
        assert!(
            said.contains("no connection to api.invalid:443: TLS failed"),
            "{said}"
        );
    }
}
