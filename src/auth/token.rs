//! The trait of the tokens that a client can hold.

use std::fmt;

use super::auth_secret::AuthSecret;

/// A token that a [`Client`](crate::Client) can hold.
///
/// The token types of this crate implement it, and so do tuples of two to four of them. A client
/// with a tuple sends all of its tokens. The traits of [`access`](crate::access) say which tokens
/// may call an operation.
///
/// This trait is sealed.
pub trait Token: sealed::AuthSecrets + Clone + fmt::Debug + Send + Sync + 'static {}

mod sealed {
    use super::AuthSecret;

    pub trait AuthSecrets {
        /// Calls a function with each secret of the token.
        fn for_each_secret(&self, take: &mut dyn FnMut(&AuthSecret));
    }
}

pub(crate) use sealed::AuthSecrets;

/// Implements [`Token`] for a struct around an [`AuthSecret`]. `Debug` shows only the struct's
/// name.
macro_rules! token {
    ($name:ident) => {
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl $crate::Token for $name {}

        impl $crate::runtime::AuthSecrets for $name {
            fn for_each_secret(&self, take: &mut dyn FnMut(&$crate::runtime::AuthSecret)) {
                take(&self.0);
            }
        }
    };
}

pub(crate) use token;

/// The absence of a token, for operations that need none.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoToken;

impl Token for NoToken {}

impl AuthSecrets for NoToken {
    fn for_each_secret(&self, _: &mut dyn FnMut(&AuthSecret)) {}
}

macro_rules! tuple {
    ($($token:ident)+) => {
        impl<$($token: Token),+> Token for ($($token,)+) {}

        impl<$($token: Token),+> AuthSecrets for ($($token,)+) {
            #[allow(non_snake_case, reason = "named like their types")]
            fn for_each_secret(&self, take: &mut dyn FnMut(&AuthSecret)) {
                let ($($token,)+) = self;
                $($token.for_each_secret(take);)+
            }
        }
    };
}

tuple!(A B);
tuple!(A B C);
tuple!(A B C D);

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use ureq::http::Method;

    use super::*;
    use crate::auth::auth_secret::KeyLocation;
    use crate::auth::base64;
    use crate::request::Request;
    use crate::testing::{EMPTY, Received, exchange, operation, reply};
    use crate::{AnyToken, Client, Error, MasterToken, RetryPolicy, UserToken};

    #[test]
    fn an_invalid_token_is_refused_without_showing_it() {
        for bad in [
            "",
            "canary\n",
            "can ary",
            "Bearer canary",
            "canary\u{7f}",
            "canäry",
        ] {
            let error = MasterToken::new(bad).unwrap_err();
            assert!(
                !format!("{error} {error:?}").contains("can"),
                "{bad:?}: {error}"
            );
        }
    }

    #[test]
    fn a_token_comes_back_as_it_was() {
        assert_eq!(
            UserToken::new("abc.DEF-1~=").unwrap().expose(),
            "abc.DEF-1~="
        );
    }

    #[test]
    fn debug_shows_no_token() {
        let token = AnyToken::from(UserToken::new("canary").unwrap());
        assert_eq!(format!("{token:?}"), "User(UserToken(…))");
        token.for_each_secret(&mut |it| assert!(!format!("{:?}", it.header()).contains("canary")));
    }

    const CANARY: &str = "cA4n/aR+y7=qZ";
    const PASSWORD: &str = "pA5s:wO\"r&d ä";

    /// Defines token types like those that the generator writes.
    macro_rules! tokens {
        ($($name:ident = $make:path, $($argument:ident),+;)+) => {$(
            #[derive(Clone)]
            struct $name(AuthSecret);

            impl $name {
                fn new($($argument: &str),+) -> Result<Self, Error> {
                    $make($($argument),+).map(Self)
                }
            }

            crate::token!($name);
        )+};
    }

    tokens! {
        Bearer = AuthSecret::bearer, token;
        Basic = AuthSecret::basic, user_name, password;
        HeaderKey = header_key, key;
        QueryKey = query_key, key;
        CookieKey = cookie_key, key;
    }

    fn header_key(key: &str) -> Result<AuthSecret, Error> {
        AuthSecret::key(KeyLocation::Header, "X-API-Key", key)
    }

    fn query_key(key: &str) -> Result<AuthSecret, Error> {
        AuthSecret::key(KeyLocation::Query, "api key", key)
    }

    fn cookie_key(key: &str) -> Result<AuthSecret, Error> {
        AuthSecret::key(KeyLocation::Cookie, "sid", key)
    }

    fn basic() -> Basic {
        Basic::new("me", PASSWORD).unwrap()
    }

    fn keys() -> (HeaderKey, QueryKey, CookieKey) {
        (
            HeaderKey::new(CANARY).unwrap(),
            QueryKey::new(CANARY).unwrap(),
            CookieKey::new(CANARY).unwrap(),
        )
    }

    fn get<T: Token>(token: T) -> Received {
        let (received, result) = exchange(token, operation(Method::GET, "/x"), EMPTY, |request| {
            request.query("a", &[1]).cookie("b", &[2]).empty()
        });
        result.unwrap();
        received
    }

    #[test]
    fn each_secret_is_sent_where_its_scheme_says_and_nowhere_else() {
        let received = get(Bearer::new(CANARY).unwrap());
        let bearer = format!("Bearer {CANARY}");
        assert_eq!(received.header("Authorization"), Some(bearer));

        let received = get(Basic::new("Aladdin", "open sesame").unwrap());
        let basic = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";
        assert_eq!(received.header("Authorization").as_deref(), Some(basic));

        let (header, query, cookie) = keys();
        let received = get(header);
        assert_eq!(received.header("X-API-Key").as_deref(), Some(CANARY));
        assert_eq!(received.header("Authorization"), None);
        let received = get(query);
        let line = "GET /x?a=1&api%20key=cA4n%2FaR%2By7%3DqZ HTTP/1.1";
        assert_eq!(received.line, line);
        let received = get(cookie);
        let cookies = format!("b=2; sid={CANARY}");
        assert_eq!(received.header("Cookie"), Some(cookies));
        assert_eq!(received.line, "GET /x?a=1 HTTP/1.1");
    }

    #[test]
    fn all_of_several_tokens_are_sent() {
        let (header, query, cookie) = keys();
        let received = get((basic(), header, query, cookie));
        assert!(
            received
                .header("Authorization")
                .unwrap()
                .starts_with("Basic ")
        );
        assert!(received.header("X-API-Key").is_some());
        assert!(received.header("Cookie").unwrap().contains("; sid="));
        assert!(received.line.contains("&api%20key="));
        let received = get((NoToken, UserToken::new("a").unwrap(), NoToken));
        assert_eq!(
            received.header("Authorization").as_deref(),
            Some("Bearer a")
        );
    }

    #[test]
    fn an_operation_without_a_token_gets_none() {
        let (header, query, cookie) = keys();
        let mut operation = operation(Method::GET, "/x");
        operation.token = false;
        let all = (basic(), header, query, cookie);
        let (received, _) = exchange(all, operation, EMPTY, |request| request.empty());
        assert_eq!(received.line, "GET /x HTTP/1.1");
        for name in ["Authorization", "X-API-Key", "Cookie"] {
            assert_eq!(received.header(name), None);
        }
    }

    #[test]
    fn two_tokens_in_one_place_are_refused() {
        let client = Client::new((UserToken::new("a").unwrap(), basic()));
        let operation = Box::leak(Box::new(operation(Method::GET, "/x")));
        let error = Request::new(&client.session, operation)
            .empty()
            .unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
        assert!(error.to_string().contains("same location"), "{error}");
    }

    #[test]
    fn secrets_that_a_server_repeats_are_redacted() {
        let encoded = base64::encode(format!("me:{PASSWORD}").as_bytes());
        let encoded = std::str::from_utf8(&encoded).unwrap();
        let echo = format!(
            "{{\"detail\": \"{CANARY} cA4n%2FaR%2By7%3DqZ {encoded}\", \"b\": {}}}",
            serde_json::to_string(PASSWORD).unwrap()
        );
        let (header, query, cookie) = keys();
        let all = (basic(), header, query, cookie);
        let told = reply(401, "Location: /?k=cA4n%2FaR%2By7%3DqZ\r\n", &echo);
        let (_, result) = exchange(all, operation(Method::GET, "/x"), told, |it| it.empty());
        let error = result.unwrap_err();
        let value = error.body_as::<serde_json::Value>().unwrap();
        let text = format!("{error} {error:?} {:?} {value}", error.body());
        for shown in ["cA4n", "pA5s", &encoded[..8]] {
            assert!(!text.contains(shown), "{text}");
        }
        assert_eq!(error.detail(), Some("[secret] [secret] [secret]"));
        assert_eq!(value["b"], "[secret]");

        let key = HeaderKey::new("Token cAnary").unwrap();
        let told = reply(401, "", "the key 'cAnary' is wrong");
        let (_, result) = exchange(key, operation(Method::GET, "/x"), told, |it| it.empty());
        assert_eq!(
            result.unwrap_err().body(),
            Some("the key '[secret]' is wrong")
        );
    }

    #[test]
    fn debug_and_errors_on_the_way_show_no_secret() {
        let (header, query, cookie) = keys();
        let all = (basic(), header, query, cookie);
        let client = Client::builder().base_url("http://127.0.0.1:1");
        let client = client.retry(RetryPolicy::none()).build(all).unwrap();
        let operation = Box::leak(Box::new(operation(Method::GET, "/x")));
        let error = Request::new(&client.session, operation)
            .empty()
            .unwrap_err();
        assert!(error.is_connect());
        let text = format!("{error:?} {client:?} {:?}", client.token());
        assert!(!text.contains("cA4n") && !text.contains("pA5s"), "{text}");
        assert!(
            text.contains("(Basic(…), HeaderKey(…), QueryKey(…), CookieKey(…))"),
            "{text}"
        );
    }

    #[test]
    fn no_record_of_a_log_shows_a_secret() {
        record();
        let (header, query, cookie) = keys();
        get((basic(), header, query, cookie));
        let records = RECORDS.lock().unwrap();
        assert!(records.contains("GET /x: 200"), "{records}");
        assert!(
            !records.contains("cA4n") && !records.contains("pA5s"),
            "{records}"
        );
        assert!(!records.contains("bWU6cEE1"), "{records}");
    }

    static RECORDS: Mutex<String> = Mutex::new(String::new());

    fn record() {
        struct Recorder;

        impl log::Log for Recorder {
            fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
                metadata.level() <= log::Level::Debug
            }

            fn log(&self, record: &log::Record<'_>) {
                if self.enabled(record.metadata()) {
                    *RECORDS.lock().unwrap() += &format!("{}\n", record.args());
                }
            }

            fn flush(&self) {}
        }

        log::set_logger(&Recorder).unwrap();
        log::set_max_level(log::LevelFilter::Debug);
    }

    #[test]
    fn a_secret_comes_back_as_it_was() {
        let (header, query, cookie) = keys();
        assert_eq!(
            [header.0.expose(), query.0.expose(), cookie.0.expose()],
            [CANARY; 3]
        );
        assert_eq!(
            (basic().0.user_name(), basic().0.password()),
            ("me", PASSWORD)
        );
        assert_eq!(Bearer::new("abc").unwrap().0.expose(), "abc");
        let stripe = Basic::new("a-key", "").unwrap();
        assert_eq!((stripe.0.user_name(), stripe.0.password()), ("a-key", ""));
    }

    #[test]
    fn a_secret_that_cannot_be_sent_in_its_location_is_refused() {
        for bad in ["", "can\n", "cän", "\tcan", "can ", " can", "can\r\nX: y"] {
            let error = HeaderKey::new(bad).unwrap_err().to_string();
            assert!(
                !error.contains("can\n") && !error.contains("cän"),
                "{error}"
            );
            assert!(QueryKey::new(bad).is_err() && CookieKey::new(bad).is_err());
        }
        assert!(HeaderKey::new("Token abc").is_ok());
        assert!(QueryKey::new("a b").is_err());
        assert!(QueryKey::new("a;b,&c=%\"#").is_ok());
        assert!(CookieKey::new("a;b").is_err());
        for (user, password) in [
            ("", ""),
            ("a:b", "c"),
            ("a\n", "b"),
            ("a", "b\n"),
            ("a", "\0"),
        ] {
            assert!(Basic::new(user, password).is_err(), "{user:?} {password:?}");
        }
    }
}
