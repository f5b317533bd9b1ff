//! Calls of the client to the sandbox.
#![cfg(feature = "sandbox")]
#![allow(clippy::panic, clippy::unwrap_used)]

use std::collections::HashSet;
use std::thread;
use std::time::Duration;

use fitrankings::access::MasterTokenOrUserToken;
use fitrankings::authorization::{Authorization, CallbackError, OneTimeValue, UserAuthorization};
use fitrankings::sandbox::{Fault, PastTheEnd, Sandbox};
use fitrankings::{
    AnyToken, Client, Credentials, Decimal, Error, MasterToken, NoToken, Period, RetryPolicy,
    Token, UserToken,
};
use jiff::civil::date;

fn sandbox() -> Sandbox {
    Sandbox::builder().users(4).activities(250).start().unwrap()
}

fn client<T: Token>(sandbox: &Sandbox, token: T) -> Client<T> {
    let builder = Client::builder()
        .base_url(sandbox.base_url())
        .retry(RetryPolicy::none());
    builder.build(token).unwrap()
}

fn master(sandbox: &Sandbox) -> Client<MasterToken> {
    client(sandbox, MasterToken::new(sandbox.master_token()).unwrap())
}

fn users_token(sandbox: &Sandbox, user: i64) -> UserToken {
    UserToken::new(sandbox.user_token(user).unwrap()).unwrap()
}

fn first_user(sandbox: &Sandbox) -> i64 {
    sandbox.user_ids()[0]
}

/// The ids of all activities, page by page.
fn activity_ids<T: Token + MasterTokenOrUserToken>(client: &Client<T>) -> Vec<i64> {
    let mut ids = Vec::new();
    for page in 1.. {
        match client.list_activities().page(page).page_size(100).call() {
            Ok(activities) => ids.extend(activities.iter().map(|activity| activity.id)),
            Err(error) if error.is_not_found() => break,
            Err(error) => panic!("{error}"),
        }
    }
    ids
}

mod operations {
    use super::*;

    #[test]
    fn the_master_token_opens_what_all_users_have() {
        let sandbox = sandbox();
        let client = master(&sandbox);
        let users = client.list_users().page_size(100).call().unwrap();
        let ids: Vec<_> = users.iter().map(|user| user.id).collect();
        assert_eq!(ids, sandbox.user_ids());
        assert_eq!(activity_ids(&client), sandbox.activity_ids());

        let last = *sandbox.activity_ids().last().unwrap();
        assert_eq!(client.get_activity(last).call().unwrap().id, last);

        let summary = client.get_group_stat_summary().call().unwrap();
        let counted = (summary.user_count, summary.activities);
        assert_eq!(counted, (Some(4), Some(250)));
    }

    #[test]
    fn a_users_token_opens_what_that_user_has() {
        let sandbox = sandbox();
        for user in sandbox.user_ids() {
            let client = client(&sandbox, users_token(&sandbox, user));
            let users = client.list_users().call().unwrap();
            assert_eq!(users.iter().map(|it| it.id).collect::<Vec<_>>(), [user]);
            assert_eq!(activity_ids(&client), sandbox.activity_ids_of(user));
            let summary = client.get_user_stat_summary().call().unwrap();
            assert_eq!(summary.user_id, user);
        }
        let [one, other] = [sandbox.user_ids()[0], sandbox.user_ids()[1]];
        let client = client(&sandbox, users_token(&sandbox, one));
        let own = sandbox.activity_ids_of(one)[0];
        let activity = client.get_activity(own).call().unwrap();
        assert_eq!(activity.user.unwrap().id, one);
        let others = sandbox.activity_ids_of(other)[0];
        let error = client.get_activity(others).call().unwrap_err();
        assert!(error.is_not_found(), "{error}");
    }

    #[test]
    fn a_client_of_any_token_opens_what_its_token_does() {
        let sandbox = sandbox();
        let user = first_user(&sandbox);
        let any = client(&sandbox, AnyToken::from(users_token(&sandbox, user)));
        assert_eq!(activity_ids(&any), sandbox.activity_ids_of(user));
        let master = AnyToken::from(MasterToken::new(sandbox.master_token()).unwrap());
        let any = any.with_token(master);
        assert_eq!(activity_ids(&any), sandbox.activity_ids());
        let master = any.into_master().unwrap();
        assert!(master.get_group_stat_summary().call().is_ok());
    }

    #[test]
    fn the_summaries_are_sums_over_the_activities() {
        let sandbox = sandbox();
        let user = first_user(&sandbox);
        let client = client(&sandbox, users_token(&sandbox, user));
        let period = Period::year(2016).unwrap();
        let summary = client.get_user_stat_summary().period(period).call();
        let summary = summary.unwrap();
        let (mut distance, mut steps) = (Decimal::ZERO, 0);
        for id in activity_ids(&client) {
            let activity = client.get_activity(id).call().unwrap();
            let date = activity.action_date.unwrap().to_string();
            if date.starts_with("2016-") {
                distance += activity.distance.unwrap().0;
                steps += activity.steps.unwrap();
            }
        }
        assert!(steps > 0);
        assert_eq!(summary.steps, Some(steps));
        let difference = summary.distance.unwrap().0 - distance.to_string().parse::<f64>().unwrap();
        assert!(difference.abs() < 1e-6, "{difference}");
    }

    #[test]
    fn every_period_is_understood_by_both_summaries() {
        let sandbox = sandbox();
        let client = master(&sandbox);
        let (start, end) = (date(2016, 8, 1), date(2016, 8, 31));
        for period in [
            Period::all_time(),
            Period::year(2016).unwrap(),
            Period::month(2016, 8).unwrap(),
            Period::week(2016, 32).unwrap(),
            Period::week(2016, 2).unwrap(),
            Period::day(start).unwrap(),
            Period::range(start.at(0, 0, 0, 0), end.at(23, 59, 59, 0)).unwrap(),
            Period::raw(0, None),
        ] {
            let user = client.get_user_stat_summary().period(period.clone());
            let group = client.get_group_stat_summary().period(period.clone());
            assert!(user.call().is_ok(), "{period}");
            assert!(group.call().is_ok(), "{period}");
        }
        let month = client
            .get_group_stat_summary()
            .period(Period::month(2016, 8).unwrap());
        let range = Period::range(start.at(0, 0, 0, 0), end.at(23, 59, 59, 0)).unwrap();
        let range = client.get_group_stat_summary().period(range);
        assert_eq!(month.call().unwrap(), range.call().unwrap());
    }

    #[test]
    fn a_period_that_the_service_does_not_know_names_its_parameter() {
        let sandbox = sandbox();
        let client = master(&sandbox);
        // The notation of the other summary.
        let error = client
            .get_user_stat_summary()
            .period(Period::raw(4, "2017-W32"));
        let error = error.call().unwrap_err();
        assert!(error.is_bad_request(), "{error}");
        let fields: Vec<_> = error.field_errors().map(|(name, _)| name).collect();
        assert_eq!(fields, ["time_value"], "{error}");
        let message = error.to_string();
        assert!(message.starts_with("get_user_stat_summary (GET /users/stat-summary/): 400 "));
    }

    #[test]
    fn a_page_is_as_large_as_asked_for_and_capped_in_silence() {
        let sandbox = Sandbox::builder().activities(60).max_page_size(25);
        let sandbox = sandbox.past_the_end(PastTheEnd::EmptyPage).start().unwrap();
        let client = master(&sandbox);
        let size = |page, size| {
            let list = client.list_activities().page(page).page_size(size).call();
            list.unwrap().len()
        };
        assert_eq!(size(1, 7), 7);
        assert_eq!(size(1, 1000), 25);
        assert_eq!(size(3, 1000), 10);
        assert_eq!(size(4, 1000), 0);
        assert_eq!(client.list_activities().call().unwrap().len(), 20);
    }

    #[test]
    fn a_page_past_the_end_is_not_found() {
        let sandbox = sandbox();
        let error = master(&sandbox).list_users().page(2).call().unwrap_err();
        assert!(error.is_not_found(), "{error}");
        assert_eq!(error.detail(), Some("Invalid page."));
    }
}

mod tokens {
    use super::*;

    #[test]
    fn credentials_are_exchanged_for_the_master_token() {
        let sandbox = sandbox();
        let credentials = || Credentials::new(sandbox.client_id(), sandbox.client_secret());
        let client = client(&sandbox, NoToken);
        let token = client.request_master_token(credentials()).unwrap();
        assert_eq!(token.expose(), sandbox.master_token());

        let builder = Client::builder()
            .base_url(sandbox.base_url())
            .retry(RetryPolicy::none());
        let master = builder.login(credentials()).unwrap();
        assert_eq!(master.list_users().call().unwrap().len(), 4);

        let grant = master.create_master_token(credentials()).call().unwrap();
        assert_eq!(grant.token.expose(), sandbox.master_token());
        // The client does not send its own token.
        let exchanges = sandbox.requests();
        let mut exchanges = exchanges.iter().filter(|request| request.method == "POST");
        assert!(exchanges.all(|request| !request.authorized));
    }

    #[test]
    fn a_wrong_secret_is_unauthorized_and_an_empty_one_a_bad_request() {
        let sandbox = sandbox();
        let client = client(&sandbox, NoToken);
        let login = |id: &str, secret: &str| -> Error {
            client
                .request_master_token(Credentials::new(id, secret))
                .unwrap_err()
        };
        for error in [
            login(sandbox.client_id(), "wrong"),
            login("wrong", sandbox.client_secret()),
        ] {
            assert!(error.is_unauthorized(), "{error}");
            let advice = "check the client id and the client secret";
            assert!(error.to_string().ends_with(advice), "{error}");
        }
        let error = login("", "");
        assert!(error.is_bad_request(), "{error}");
        let mut fields: Vec<_> = error.field_errors().map(|(name, _)| name).collect();
        fields.sort();
        assert_eq!(fields, ["client_id", "client_secret"]);
    }

    #[test]
    fn a_wrong_token_is_unauthorized() {
        let sandbox = sandbox();
        let wrong = client(&sandbox, UserToken::new("wrong").unwrap());
        let error = wrong.list_users().call().unwrap_err();
        assert!(error.is_unauthorized(), "{error}");
        assert_eq!(error.detail(), Some("Invalid token."));
    }

    #[test]
    fn a_user_token_in_a_master_token_is_forbidden_the_group() {
        let sandbox = sandbox();
        let token = sandbox.user_token(first_user(&sandbox)).unwrap();
        let client = client(&sandbox, MasterToken::new(token).unwrap());
        let error = client.get_group_stat_summary().call().unwrap_err();
        assert!(error.is_forbidden(), "{error}");
    }

    #[test]
    fn a_user_authorizes_and_the_callback_brings_a_token_that_works() {
        let sandbox = sandbox();
        let user = first_user(&sandbox);
        let value = OneTimeValue::new().unwrap();
        let request = Authorization::new(sandbox.client_id())
            .base_url(sandbox.base_url())
            .callback_uri("http://127.0.0.1:9/done?a=b")
            .one_time_value(&value);
        let url = request.url().unwrap();
        let callback = sandbox.grant(&url, user).unwrap();
        let authorization = UserAuthorization::from_callback(&callback, &value).unwrap();
        assert_eq!(authorization.user_id_number(), Some(user));
        let client = client(&sandbox, authorization.token);
        assert_eq!(activity_ids(&client), sandbox.activity_ids_of(user));

        let denied = sandbox.deny(&url).unwrap();
        let error = UserAuthorization::from_callback(&denied, &value).unwrap_err();
        assert!(matches!(error, CallbackError::Refused { .. }), "{error}");
    }
}

mod faults {
    use super::*;

    #[test]
    fn a_fault_affects_one_call_only() {
        let sandbox = sandbox();
        let client = master(&sandbox);
        for (fault, holds) in [
            (
                Fault::Status(400),
                Error::is_bad_request as fn(&Error) -> bool,
            ),
            (Fault::Status(401), Error::is_unauthorized),
            (Fault::Status(403), Error::is_forbidden),
            (Fault::Status(404), Error::is_not_found),
            (Fault::Status(405), Error::is_method_not_allowed),
            (Fault::RetryAfter(3), Error::is_rate_limited),
            (Fault::Status(500), Error::is_internal_server_error),
            (Fault::Status(503), Error::is_unavailable),
            (Fault::Html, Error::is_decode),
            (Fault::Empty, Error::is_decode),
            (Fault::Garbage, Error::is_decode),
            (Fault::OddRecord, Error::is_decode),
            (Fault::InvalidUtf8, Error::is_decode),
            (Fault::Truncated, Error::is_retryable),
            (Fault::Close, Error::is_retryable),
            (Fault::Redirect("/".into()), Error::is_redirect),
        ] {
            if matches!(fault, Fault::Close) {
                // The first fault only closes the pooled connection.
                sandbox.fault(fault.clone());
            }
            sandbox.fault(fault.clone());
            let error = client.list_activities().call().unwrap_err();
            assert!(holds(&error), "{fault:?}: {error}");
            assert_eq!(
                client.list_activities().call().unwrap().len(),
                20,
                "{fault:?}"
            );
        }
    }

    #[test]
    fn calls_fail_once_the_sandbox_is_dropped() {
        let sandbox = sandbox();
        let client = master(&sandbox);
        client.list_users().call().unwrap();
        drop(sandbox);
        // Over the pooled connection, then over a new one.
        for _ in 0..2 {
            let error = client.list_users().call().unwrap_err();
            assert!(error.is_retryable(), "{error}");
            assert_eq!(error.status(), None);
        }
    }
}

mod threads {
    use super::*;

    #[test]
    fn one_client_serves_many_threads() {
        let sandbox = Sandbox::builder().users(4).activities(250);
        let sandbox = sandbox.latency(Duration::from_millis(1)).start().unwrap();
        let client = master(&sandbox);
        let ids = sandbox.activity_ids();
        let found: HashSet<i64> = thread::scope(|scope| {
            let threads: Vec<_> = ids
                .chunks(50)
                .map(|ids| {
                    let client = client.clone();
                    scope.spawn(move || {
                        let get = |id: &i64| client.get_activity(*id).call().unwrap().id;
                        ids.iter().map(get).collect::<Vec<_>>()
                    })
                })
                .collect();
            let all = threads.into_iter();
            all.flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(found, ids.into_iter().collect());
    }
}

/// Environment variables belong to a process. So each test runs this file in another process, with
/// the test `child` only.
mod environment {
    use std::process::Command;

    use super::*;

    const MASTER: &str = "FITRANKINGS_MASTER_TOKEN";
    const USER: &str = "FITRANKINGS_USER_TOKEN";
    const ID: &str = "FITRANKINGS_CLIENT_ID";
    const SECRET: &str = "FITRANKINGS_CLIENT_SECRET";
    const URL: &str = "FITRANKINGS_BASE_URL";

    /// Precedes the output of the child, since the test harness prints lines, too.
    const MARK: &str = "child: ";

    #[test]
    #[ignore = "the other tests run it"]
    fn child() {
        let said = match Client::from_env() {
            Ok(client) => {
                let kind = match client.token() {
                    AnyToken::Master(_) => "master",
                    AnyToken::User(_) => "user",
                    _ => "other",
                };
                let users = if client.base_url().starts_with("http:") {
                    client.list_users().call().map(|users| users.len())
                } else {
                    Ok(0)
                };
                format!("{kind}, {users:?} users, {}", client.base_url())
            }
            Err(error) => format!("{error} {error:?}"),
        };
        println!("{MARK}{said}");
    }

    /// Returns the result of `from_env` with these variables, as text.
    fn from_env(variables: &[(&str, &str)]) -> String {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "environment::child", "--ignored", "--nocapture"]);
        for name in [MASTER, USER, ID, SECRET, URL] {
            command.env_remove(name);
        }
        let output = command.envs(variables.iter().copied()).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let start = said.find(MARK).unwrap_or_else(|| panic!("{said}"));
        let said = &said[start + MARK.len()..];
        said.lines().next().unwrap().to_owned()
    }

    #[test]
    fn the_first_token_that_is_set_is_used() {
        let sandbox = sandbox();
        let user = sandbox.user_token(first_user(&sandbox)).unwrap();
        let url = (URL, sandbox.base_url());
        let token = (MASTER, sandbox.master_token());
        let credentials = [(ID, sandbox.client_id()), (SECRET, sandbox.client_secret())];
        let [id, secret] = credentials;
        let master = format!("master, Ok(4) users, {}", sandbox.base_url());
        let one = format!("user, Ok(1) users, {}", sandbox.base_url());
        assert_eq!(from_env(&[url, token]), master);
        assert_eq!(from_env(&[url, (USER, &user)]), one);
        assert_eq!(from_env(&[url, token, (USER, &user), id, secret]), master);
        assert_eq!(from_env(&[url, (USER, &user), id, secret]), one);
        let logins = || {
            let requests = sandbox.requests();
            requests.iter().filter(|it| it.method == "POST").count()
        };
        assert_eq!(logins(), 0);
        assert_eq!(from_env(&[url, id, secret]), master);
        assert_eq!(logins(), 1);
        // An empty variable counts as not set.
        assert_eq!(from_env(&[url, (MASTER, ""), (USER, &user)]), one);
    }

    #[test]
    fn the_public_service_is_the_default() {
        let said = from_env(&[(USER, "a-user-token"), (URL, "")]);
        assert_eq!(said, "user, Ok(0) users, https://api.fitrankings.com/iq");
    }

    #[test]
    fn an_error_names_the_missing_variables() {
        let said = from_env(&[]);
        for name in [MASTER, USER, ID, SECRET] {
            assert!(said.contains(name), "{said}");
        }
        let said = from_env(&[(ID, "an-id")]);
        assert!(
            said.starts_with("FITRANKINGS_CLIENT_ID is set, and FITRANKINGS_CLIENT_SECRET is not")
        );
        let said = from_env(&[(SECRET, "a-secret")]);
        assert!(
            said.starts_with("FITRANKINGS_CLIENT_SECRET is set, and FITRANKINGS_CLIENT_ID is not")
        );
    }

    #[test]
    fn an_error_names_an_invalid_variable_and_hides_its_value() {
        let sandbox = sandbox();
        let url = (URL, sandbox.base_url());
        for (variables, told) in [
            (
                &[(MASTER, "can ary")][..],
                "FITRANKINGS_MASTER_TOKEN: the token has a space",
            ),
            (
                &[(USER, "canary\n")],
                "FITRANKINGS_USER_TOKEN: the token ends in a line break",
            ),
            (
                &[(USER, "a"), (URL, "https://me:canary@example.com")],
                "FITRANKINGS_BASE_URL: the base URL has a user name",
            ),
            (
                &[url, (ID, "an-id"), (SECRET, "canary")],
                "401 Unauthorized",
            ),
        ] {
            let said = from_env(variables);
            assert!(said.contains(told), "{said}");
            assert!(!said.contains("canary"), "{said}");
        }
    }
}
