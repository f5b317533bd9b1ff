//! The bytes of requests, and the connections that they are sent over.
#![allow(clippy::panic, clippy::unwrap_used)]

mod support;

use std::sync::{Arc, Barrier};
use std::thread;

use fitrankings::{
    AnyToken, Client, Credentials, Error, MasterToken, NoToken, Period, Token, UserToken,
};
use jiff::civil::date;
use support::{Received, Reply, Server, TOKEN};

const GROUP_SUMMARY: &str = include_str!("data/group-stat-summary.json");
const USERS: &str = include_str!("data/users.json");
const USER_SUMMARY: &str = include_str!("data/user-stat-summary.json");

fn token() -> MasterToken {
    MasterToken::new(TOKEN).unwrap()
}

/// An agent that leaves to the client what it has to.
fn agent() -> ureq::config::ConfigBuilder<ureq::typestate::AgentScope> {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
}

mod requests {
    use super::*;

    #[test]
    fn a_get_is_this_line_and_these_headers() {
        let server = Server::always(Reply::json(200, "[]"));
        server.client().list_activities().call().unwrap();
        let request = server.only_request();
        assert_eq!(request.line(), "GET /iq/activities/");
        assert_eq!(request.body(), "");
        let bearer = format!("Bearer {TOKEN}");
        let agent = concat!("fitrankings/", env!("CARGO_PKG_VERSION"));
        let host = server.address().to_string();
        assert_eq!(request.header("Authorization"), Some(&*bearer));
        assert_eq!(request.header("Accept"), Some("application/json"));
        assert_eq!(request.header("User-Agent"), Some(agent));
        assert_eq!(request.header("Host"), Some(&*host));
        let mut names = vec!["accept", "authorization", "host", "user-agent"];
        if cfg!(feature = "gzip") {
            names.insert(1, "accept-encoding");
        }
        assert_eq!(request.header_names(), names);
    }

    #[test]
    fn the_exchange_posts_the_credentials_as_json_and_no_token() {
        let server = Server::always(Reply::json(200, r#"{"token": "new"}"#));
        let credentials = Credentials::new("an id", "a \"secret\"");
        let token = server.client().request_master_token(credentials).unwrap();
        assert_eq!(token.expose(), "new");
        let request = server.only_request();
        assert_eq!(request.line(), "POST /iq/tokens/master-token/");
        let json = "application/json; charset=utf-8";
        assert_eq!(request.header("Content-Type"), Some(json));
        assert_eq!(request.header("Accept"), Some("application/json"));
        assert_eq!(request.header("Authorization"), None);
        assert_eq!(
            request.body(),
            r#"{"client_id":"an id","client_secret":"a \"secret\""}"#
        );
    }

    #[test]
    fn every_operation_has_its_line() {
        let lines = |call: &dyn Fn(&Client<MasterToken>)| {
            let server = Server::always(Reply::json(200, "[]"));
            call(&server.client());
            server.only_request().line().to_owned()
        };
        // Reading the response is tested in tests/decoding.rs.
        let line = lines(&|client| drop(client.list_activities().page(2).page_size(50).call()));
        assert_eq!(line, "GET /iq/activities/?page=2&page_size=50");
        let line = lines(&|client| drop(client.list_activities().page_size(50).call()));
        assert_eq!(line, "GET /iq/activities/?page_size=50");
        let line = lines(&|client| drop(client.get_activity(685_775).call()));
        assert_eq!(line, "GET /iq/activities/685775/");
        let line = lines(&|client| drop(client.get_activity(i64::MIN).call()));
        assert_eq!(line, "GET /iq/activities/-9223372036854775808/");
        let line = lines(&|client| drop(client.list_users().page(u64::MAX).call()));
        assert_eq!(line, "GET /iq/users/?page=18446744073709551615");
        let line = lines(&|client| drop(client.get_user_stat_summary().call()));
        assert_eq!(line, "GET /iq/users/stat-summary/");
        let line = lines(&|client| drop(client.get_group_stat_summary().call()));
        assert_eq!(line, "GET /iq/groups/stat-summary/");
    }

    #[test]
    fn a_request_is_sent_again_as_often_as_it_is_called() {
        let server = Server::always(Reply::json(200, "[]"));
        let client = server.client();
        let request = client.list_users().page(3);
        assert_eq!(server.connections(), 0);
        request.call().unwrap();
        request.clone().page(4).call().unwrap();
        request.call().unwrap();
        let received = server.received();
        let lines: Vec<_> = received.iter().map(Received::line).collect();
        assert_eq!(
            lines,
            [
                "GET /iq/users/?page=3",
                "GET /iq/users/?page=4",
                "GET /iq/users/?page=3",
            ]
        );
    }

    #[test]
    fn each_kind_of_token_is_the_bearer() {
        let server = Server::always(Reply::json(200, USER_SUMMARY));
        let client = server.client();
        let user = UserToken::new("a.user-token~1+/=").unwrap();
        client.get_user_stat_summary().call().unwrap();
        let other = client.with_token(user.clone());
        other.get_user_stat_summary().call().unwrap();
        let any = client.with_token(AnyToken::from(user));
        any.get_user_stat_summary().call().unwrap();
        any.into_user()
            .unwrap()
            .get_user_stat_summary()
            .call()
            .unwrap();
        let received = server.received();
        let sent: Vec<_> = received
            .iter()
            .map(|request| request.header("Authorization").unwrap())
            .collect();
        let user = "Bearer a.user-token~1+/=";
        assert_eq!(sent, [&*format!("Bearer {TOKEN}"), user, user, user]);
    }

    #[test]
    fn the_user_agent_can_be_another() {
        let server = Server::always(Reply::json(200, "[]"));
        let builder = server.builder().user_agent("my-app/1.0 (me@example.com)");
        builder.build(token()).unwrap().list_users().call().unwrap();
        let sent = server.only_request();
        assert_eq!(
            sent.header("User-Agent"),
            Some("my-app/1.0 (me@example.com)")
        );

        for odd in ["a\nb", "a\rb", "a\0b"] {
            let error = server.builder().user_agent(odd).build(token()).unwrap_err();
            assert!(error.is_invalid_input());
            assert!(error.to_string().contains("user agent"), "{error}");
        }
    }

    #[test]
    fn the_base_url_may_end_in_a_slash_and_have_any_path() {
        for (base, line) in [
            ("/iq", "GET /iq/users/"),
            ("/iq/", "GET /iq/users/"),
            ("/iq//", "GET /iq/users/"),
            ("", "GET /users/"),
            ("/", "GET /users/"),
            ("/a/b%20c/{id}", "GET /a/b%20c/{id}/users/"),
        ] {
            let server = Server::always(Reply::json(200, "[]"));
            let url = format!("http://{}{base}", server.address());
            let client = Client::builder().base_url(url).build(token()).unwrap();
            client.list_users().call().unwrap();
            assert_eq!(server.only_request().line(), line, "{base}");
        }
    }

    #[test]
    fn a_name_in_the_base_url_is_not_taken_for_a_parameter() {
        let server = Server::always(Reply::json(200, "[]"));
        let url = format!("http://{}/{{id}}", server.address());
        let client = Client::builder().base_url(url).build(token()).unwrap();
        assert!(client.get_activity(7).call().is_err());
        assert_eq!(server.only_request().line(), "GET /{id}/activities/7/");
    }

    #[test]
    fn loopback_may_have_a_name() {
        let server = Server::always(Reply::json(200, "[]"));
        let url = format!("http://LOCALHOST:{}/iq", server.address().port());
        let client = Client::builder().base_url(url).build(token()).unwrap();
        client.list_users().call().unwrap();
        server.only_request();
    }
}

mod base_urls {
    use super::*;

    fn refused(url: &str) -> Error {
        Client::builder().base_url(url).build(token()).unwrap_err()
    }

    #[test]
    fn what_would_show_the_token_or_lead_nowhere_is_refused() {
        for (url, problem) in [
            ("", "has no scheme"),
            ("https://", "is not a URL"),
            ("example.com/iq", "has no scheme"),
            ("example.com", "has no scheme"),
            ("/iq", "is relative"),
            ("ftp://example.com", "has a scheme other than https"),
            ("https://example.com/iq?a=b", "has a query or a fragment"),
            ("https://example.com/iq#a", "has a query or a fragment"),
            ("https://me@example.com", "has a user name or a password"),
            ("https://exa mple.com", "is not a URL"),
            ("http://example.com/iq", "is plain http"),
            ("http://127.0.0.1.example.com", "is plain http"),
            ("http://localhost.example.com", "is plain http"),
            ("http://128.0.0.1", "is plain http"),
            ("http://0.0.0.0", "is plain http"),
            ("http://[::2]", "is plain http"),
        ] {
            let error = refused(url);
            assert!(error.is_invalid_input(), "{url}: {error}");
            assert_eq!((error.operation(), error.status()), (None, None));
            let message = error.to_string();
            assert!(
                message.starts_with(&format!("the base URL {problem}")),
                "{url}: {message}"
            );
            let remedy = match problem {
                "is plain http" => "permit it with `allow_http(true)`",
                _ => "; write it like `https://api.example.com/v1`",
            };
            assert!(message.ends_with(remedy), "{message}");
        }
        assert!(
            refused("http://example.com")
                .to_string()
                .contains("`allow_http(true)`")
        );
    }

    #[test]
    fn what_is_safe_or_permitted_is_accepted() {
        for url in [
            "https://example.com",
            "HTTPS://EXAMPLE.COM/iq",
            "https://example.com:8443/a/b",
            "http://127.0.0.1",
            "http://127.255.0.1:80/iq",
            "http://[::1]:8080/iq",
            "http://localhost:8080",
        ] {
            assert!(
                Client::builder().base_url(url).build(NoToken).is_ok(),
                "{url}"
            );
        }
        let plain = Client::builder()
            .base_url("http://example.com")
            .allow_http(true);
        let client = plain.build(token()).unwrap();
        assert_eq!(client.base_url(), "http://example.com");
    }

    #[test]
    fn the_default_is_the_public_service() {
        let client = Client::new(token());
        assert_eq!(client.base_url(), "https://api.fitrankings.com/iq");
        assert_eq!(fitrankings::BASE_URL, client.base_url());
        let built = Client::builder().build(token()).unwrap();
        assert_eq!(built.base_url(), client.base_url());
    }
}

mod periods {
    use super::*;

    /// The query for a user, and that for a group.
    fn queries(period: &Period) -> (Option<String>, Option<String>) {
        let server = Server::script([
            Reply::json(200, USER_SUMMARY),
            Reply::json(200, GROUP_SUMMARY),
        ]);
        let client = server.client();
        client
            .get_user_stat_summary()
            .period(period.clone())
            .call()
            .unwrap();
        client
            .get_group_stat_summary()
            .period(period.clone())
            .call()
            .unwrap();
        let received = server.received();
        let query = |index: usize| received[index].query().map(str::to_owned);
        (query(0), query(1))
    }

    #[track_caller]
    fn check(period: Period, user: &str, group: &str) {
        assert_eq!(queries(&period), (Some(user.into()), Some(group.into())));
    }

    #[test]
    fn all_time_is_no_parameter_at_all() {
        assert_eq!(queries(&Period::all_time()), (None, None));
    }

    #[test]
    fn a_year_a_month_and_a_day_are_as_documented() {
        let same = |period, query| check(period, query, query);
        same(Period::year(2017).unwrap(), "time_mode=1&time_value=2017");
        same(
            Period::month(2017, 8).unwrap(),
            "time_mode=3&time_value=2017-08",
        );
        same(
            Period::day(date(2017, 8, 7)).unwrap(),
            "time_mode=5&time_value=2017-08-07",
        );
    }

    #[test]
    fn a_week_is_spelled_in_two_ways() {
        check(
            Period::week(2017, 32).unwrap(),
            "time_mode=4&time_value=2017-32",
            "time_mode=4&time_value=2017-W32",
        );
        check(
            Period::week(2017, 2).unwrap(),
            "time_mode=4&time_value=2017-02",
            "time_mode=4&time_value=2017-W02",
        );
        // A day that belongs to a week of another year.
        check(
            Period::week_of(date(2016, 1, 1)).unwrap(),
            "time_mode=4&time_value=2015-53",
            "time_mode=4&time_value=2015-W53",
        );
    }

    #[test]
    fn a_range_has_whole_seconds_no_zone_and_no_mode() {
        let start = date(2017, 8, 1).at(0, 0, 0, 999);
        let end = date(2017, 8, 7).at(23, 59, 9, 0);
        let query = "start=2017-08-01%2000%3A00%3A00&end=2017-08-07%2023%3A59%3A09";
        check(Period::range(start, end).unwrap(), query, query);
    }

    #[test]
    fn a_raw_period_is_sent_as_it_is_and_escaped() {
        let same = |period, query| check(period, query, query);
        same(Period::raw(2, None), "time_mode=2");
        same(
            Period::raw(4, "2017-W32"),
            "time_mode=4&time_value=2017-W32",
        );
        same(Period::raw(4, ""), "time_mode=4&time_value=");
        same(
            Period::raw(-1, "a&b=c d/é+%"),
            "time_mode=-1&time_value=a%26b%3Dc%20d%2F%C3%A9%2B%25",
        );
        same(
            Period::raw_range("2017-08-12T00:00:00Z", "#"),
            "start=2017-08-12T00%3A00%3A00Z&end=%23",
        );
    }

    #[test]
    fn the_last_period_counts() {
        let server = Server::always(Reply::json(200, USER_SUMMARY));
        let client = server.client();
        let request = client.get_user_stat_summary();
        let request = request.period(Period::year(2016).unwrap());
        request.period(Period::year(2017).unwrap()).call().unwrap();
        let sent = server.only_request();
        assert_eq!(sent.query(), Some("time_mode=1&time_value=2017"));
    }
}

mod connections {
    use super::*;

    #[test]
    fn a_client_goes_to_other_threads() {
        fn check<T: Send + Sync + Clone + 'static>() {}
        check::<Client<MasterToken>>();
        check::<Client<UserToken>>();
        check::<Client<AnyToken>>();
        check::<Client<NoToken>>();
        check::<fitrankings::ClientBuilder>();
        check::<fitrankings::requests::ListUsers<MasterToken>>();
    }

    #[test]
    fn a_connection_serves_again_after_every_complete_response() {
        let chunked = [("Transfer-Encoding", "chunked")];
        let replies = [
            Reply::json(200, USERS),
            Reply::json(200, "{}"),
            Reply::json(401, r#"{"detail": "Invalid token."}"#),
            Reply::html(404, "<h1>Not Found</h1>"),
            Reply::html(500, ""),
            Reply::new(500, &[], "x".repeat(60_000)),
            Reply::new(301, &[("Location", "/")], "moved"),
            Reply::head(204, &[]),
            Reply::head(200, &chunked).and("2\r\n[]\r\n0\r\n\r\n"),
            Reply::json(200, USERS),
        ];
        let count = replies.len();
        let server = Server::script(replies);
        let client = server.client();
        for _ in 0..count {
            let _ = client.list_users().call();
        }
        assert_eq!((server.received().len(), server.connections()), (count, 1));
    }

    #[test]
    fn a_connection_serves_no_more_after_a_broken_response() {
        let server = Server::script([
            Reply::head(200, &[("Content-Length", "9")])
                .and("[")
                .then_close(),
            Reply::head(200, &[("Connection", "close")])
                .and("[]")
                .then_close(),
            Reply::json(200, "x".repeat(10_000)),
            Reply::json(200, "[]"),
        ]);
        let client = server.builder().max_body_size(1000).build(token()).unwrap();
        assert!(client.list_users().call().is_err());
        assert!(client.list_users().call().is_ok());
        assert!(client.list_users().call().unwrap_err().is_too_large());
        assert!(client.list_users().call().is_ok());
        assert_eq!(server.connections(), 4);
    }

    #[test]
    fn a_connection_that_the_server_closed_meanwhile_is_replaced() {
        // It announces nothing, and closes all the same.
        let server = Server::always(Reply::json(200, "[]").then_close());
        let client = server.client();
        client.list_users().call().unwrap();
        server.wait_until_closed(1);
        client.list_users().call().unwrap();
        assert_eq!(server.connections(), 2);
    }

    #[test]
    fn clones_and_clients_of_other_tokens_share_their_connections() {
        let server = Server::always(Reply::json(200, "[]"));
        let client = server.client();
        client.list_users().call().unwrap();
        client.clone().list_users().call().unwrap();
        let user = client.with_token(UserToken::new("a-user-token").unwrap());
        user.list_users().call().unwrap();
        user.with_token(token()).list_users().call().unwrap();
        drop(client);
        user.list_users().call().unwrap();
        assert_eq!((server.received().len(), server.connections()), (5, 1));

        server.client().list_users().call().unwrap();
        assert_eq!(server.connections(), 2);
    }

    #[test]
    fn as_many_threads_as_there_are_calls_each_have_a_connection_that_stays() {
        const THREADS: usize = 8;
        // No response is sent before all requests are there.
        let all = Arc::new(Barrier::new(THREADS));
        let server = Server::start(move |_| {
            all.wait();
            Reply::json(200, "[]")
        });
        let client = server.client();
        for _ in 0..2 {
            thread::scope(|scope| {
                for _ in 0..THREADS {
                    scope.spawn(|| client.list_users().call().unwrap());
                }
            });
            assert_eq!(server.connections(), THREADS);
        }
    }
}

mod agents {
    use super::*;

    #[test]
    fn an_agent_of_ones_own_is_used_with_its_own_settings() {
        let server = Server::always(Reply::json(404, r#"{"detail": "Not found."}"#));
        let agent = agent().user_agent("its own").build().new_agent();
        let builder = server.builder().user_agent("not this").agent(agent);
        let error = builder.build(token()).unwrap().list_users().call();
        assert_eq!(error.unwrap_err().detail(), Some("Not found."));
        let request = server.only_request();
        assert_eq!(request.header("User-Agent"), Some("its own"));
        let bearer = format!("Bearer {TOKEN}");
        assert_eq!(request.header("Authorization"), Some(&*bearer));
    }

    #[test]
    fn an_agent_that_would_lose_a_response_is_refused() {
        for (config, setting) in [
            (
                agent().http_status_as_error(true),
                "http_status_as_error(false)",
            ),
            (agent().max_redirects(1), "max_redirects(0)"),
        ] {
            let builder = Client::builder().agent(config.build().new_agent());
            let error = builder.build(token()).unwrap_err();
            assert!(error.is_invalid_input(), "{error}");
            assert!(error.to_string().contains(setting), "{error}");
        }
    }

    #[test]
    fn an_agent_that_wants_https_is_asked_for_nothing_else() {
        let server = Server::always(Reply::json(200, "[]"));
        let agent = agent().https_only(true).build().new_agent();
        let client = server.builder().agent(agent).build(token()).unwrap();
        let error = client.list_users().call().unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
        assert!(!error.to_string().contains("127.0.0.1"), "{error}");
        assert_eq!(server.connections(), 0);
    }
}

mod tokens {
    use super::*;

    fn message(token: &str) -> String {
        let master = MasterToken::new(token).unwrap_err();
        let user = UserToken::new(token).unwrap_err();
        assert!(master.is_invalid_input() && user.is_invalid_input());
        assert_eq!(master.to_string(), user.to_string());
        master.to_string()
    }

    #[test]
    fn what_is_no_token_is_refused_with_the_reason() {
        assert_eq!(message(""), "the token is empty");
        for token in ["abc\n", "abc\r\n"] {
            assert!(message(token).contains("ends in a line break: trim it"));
        }
        assert!(message("Bearer abc").contains("give the token alone"));
        for token in ["a b", "a\nb", "a\tb", "a\0b", "ä", " abc", "\u{feff}abc"] {
            assert!(message(token).contains("a space, a control character or a character outside"));
        }
    }

    #[test]
    fn a_client_of_any_token_becomes_one_of_its_kind_and_no_other() {
        fn any(token: impl Into<AnyToken>) -> Client<AnyToken> {
            Client::new(token.into())
        }
        let user = || UserToken::new("a-user-token").unwrap();
        let master = any(token()).into_master().unwrap();
        assert_eq!(master.token().expose(), TOKEN);
        assert_eq!(
            any(user()).into_user().unwrap().token().expose(),
            "a-user-token"
        );
        let error = any(user()).into_master().unwrap_err();
        assert!(error.is_invalid_input());
        assert!(
            error.to_string().contains("a master token is needed"),
            "{error}"
        );
        let error = any(token()).into_user().unwrap_err();
        assert!(
            error.to_string().contains("a user token is needed"),
            "{error}"
        );
    }

    #[test]
    fn no_token_is_enough_for_the_exchange() {
        fn kind<T: Token>(_: &Client<T>) -> &'static str {
            std::any::type_name::<T>()
        }
        let server = Server::always(Reply::json(200, r#"{"token": "new"}"#));
        let client = server.builder().build(NoToken).unwrap();
        let token = client
            .request_master_token(Credentials::new("id", "secret"))
            .unwrap();
        assert_eq!(token.expose(), "new");
        let client = server.builder().login(Credentials::new("id", "secret"));
        assert!(kind(&client.unwrap()).ends_with("MasterToken"));
    }
}
