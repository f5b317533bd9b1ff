use super::callback::LONGEST;
use super::parts::ONE_TIME_VALUE;
use super::{Authorization, CallbackError, OneTimeValue, UserAuthorization};

const VALUE: &str = "0123456789abcdef0123456789abcdef";

fn value() -> OneTimeValue {
    VALUE.parse().unwrap()
}

fn authorization() -> Authorization {
    Authorization::new("id")
}

fn unchecked(callback: &str) -> Result<(String, String), CallbackError> {
    let user = UserAuthorization::from_callback_unchecked(callback)?;
    Ok((user.token.expose().to_owned(), user.user_id))
}

fn read() -> Result<(String, String), CallbackError> {
    Ok(("T0K".to_owned(), "007".to_owned()))
}

fn refused(error: &str, description: Option<&str>) -> CallbackError {
    CallbackError::Refused {
        error: error.to_owned(),
        description: description.map(str::to_owned),
    }
}

#[test]
fn writes_the_url() {
    let page = "https://api.fitrankings.com/iq/oauth2/";
    let url = |request: Authorization| request.url().unwrap();
    assert_eq!(url(authorization()), format!("{page}?client_id=id"));
    let odd = Authorization::new("a&b=c+d%");
    assert_eq!(url(odd), format!("{page}?client_id=a%26b%3Dc%2Bd%25"));
    assert_eq!(
        url(authorization().callback_uri("http://127.0.0.1:8080/done?x=1&y=%20")),
        format!(
            "{page}?client_id=id\
             &callback_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fdone%3Fx%3D1%26y%3D%2520"
        )
    );
    assert_eq!(
        url(authorization().base_url("http://127.0.0.1:1234/iq/")),
        "http://127.0.0.1:1234/iq/oauth2/?client_id=id"
    );
    assert_eq!(
        url(authorization().page("https://example.com/login?lang=en")),
        "https://example.com/login?lang=en&client_id=id"
    );
}

#[test]
fn puts_the_one_time_value_in_the_callbacks_query() {
    let with_value = |uri: &str| {
        let request = authorization().callback_uri(uri).one_time_value(&value());
        let url = request.url().unwrap();
        let query = url.split_once('?').unwrap().1.to_owned();
        form_urlencoded::parse(query.as_bytes())
            .nth(1)
            .unwrap()
            .1
            .into_owned()
    };
    assert_eq!(
        with_value("myapp://done"),
        format!("myapp://done?one_time_value={VALUE}")
    );
    assert_eq!(
        with_value("myapp://done?"),
        format!("myapp://done?one_time_value={VALUE}")
    );
    assert_eq!(
        with_value("m://d?x=1"),
        format!("m://d?x=1&one_time_value={VALUE}")
    );
    assert!(authorization().one_time_value(&value()).url().is_err());
    let other_order = authorization()
        .one_time_value(&value())
        .callback_uri("m://d");
    assert!(other_order.url().is_ok());
}

#[test]
fn accepts_a_callback_uri() {
    for uri in [
        "http://127.0.0.1:8080/done",
        "http://[::1]:8080/",
        "https://example.com",
        "HTTPS://example.com?x=1",
        "myapp://done",
        "com.example.app:/done",
        "file:///done",
    ] {
        assert!(authorization().callback_uri(uri).url().is_ok(), "{uri}");
    }
}

#[track_caller]
fn refuses_the_callback_uri(uri: &str) {
    let result = authorization().callback_uri(uri).url();
    let error = result.unwrap_err().to_string();
    assert!(error.starts_with("the callback URI "), "{uri}: {error}");
}

#[test]
fn refuses_a_malformed_callback_uri() {
    for uri in [
        "",
        "/done",
        "done",
        "example.com/done",
        "http:",
        "http:/done",
        "http://",
        "http:///done",
        "http://:8080/",
        "http://user@/",
        "http://[]/",
        "http://[::1",
        "myapp:",
        "myapp://",
        "myapp:done",
        "1app://done",
        "://done",
        "https://example.com/#done",
        "https://example.com/#",
        " https://example.com/",
        "https://example.com/a b",
        "https://example.com/\r\nX: y",
        "https://example.com/\u{7f}",
        "https://exämple.com/",
        "https://evil.example\\@example.com/",
        "https://example.com/?token=1",
        "https://example.com/?x=1&%65rror=1",
        // The service may add its query with a second question mark.
        "https://example.com/done?x=1?token=abc",
        "myapp://done?x=1?user_id=1",
    ] {
        refuses_the_callback_uri(uri);
    }
}

#[test]
fn refuses_a_callback_uri_with_a_wrong_scheme_host_or_port() {
    for uri in [
        "ws://example.com/done",
        "WSS://example.com/done",
        "ftp://example.com/done",
        "javascript:/x",
        "data:/x",
        "blob:/x",
        "view-source:/x",
        "http://[localhost]/x",
        "http://[127.0.0.1]/x",
        "http://127.0.0.1:80:90/x",
        "http://localhost:/x",
        "http://localhost:0/x",
        "https://example.com:99999/x",
        "https://256.0.0.1/x",
        "https://@/x",
    ] {
        refuses_the_callback_uri(uri);
    }
}

#[test]
fn plain_http_to_loopback_is_accepted() {
    for uri in [
        "http://127.0.0.1:8080/done",
        "http://127.9.8.7/done",
        "http://[::1]:8080/done",
        "HTTP://LocalHost/done",
        "http://user@localhost:1/done",
    ] {
        assert!(authorization().callback_uri(uri).url().is_ok(), "{uri}");
        assert!(authorization().page(uri).url().is_ok(), "{uri}");
    }
}

#[test]
fn plain_http_to_another_host_needs_allow_http() {
    for uri in [
        "http://example.com/done",
        "HTTP://example.com",
        "http://localhost.example.com/",
        "http://127.0.0.1.example.com/",
        "http://127.0.0.1@example.com/",
        "http://localhost:80@example.com/",
        "http://example.com/@localhost/",
        "http://example.com?@localhost/",
        "http://0.0.0.0/",
        "http://[::2]/",
        "http://192.168.0.1/",
    ] {
        for error in [
            authorization().callback_uri(uri).url().unwrap_err(),
            authorization().page(uri).url().unwrap_err(),
            authorization()
                .page(uri)
                .allow_http(false)
                .url()
                .unwrap_err(),
        ] {
            let error = error.to_string();
            assert!(error.contains("is plain http"), "{uri}: {error}");
            assert!(error.contains("`allow_http` permits it"), "{error}");
        }
        let permitted = authorization().allow_http(true);
        assert!(permitted.clone().callback_uri(uri).url().is_ok(), "{uri}");
        assert!(permitted.page(uri).url().is_ok(), "{uri}");
    }
    let permitted = authorization().allow_http(true);
    assert!(permitted.base_url("http://example.com/iq").url().is_ok());
}

#[test]
fn allow_http_does_not_permit_a_wrong_host() {
    for uri in [
        "http://[::1].example.com/",
        "http://[::1]@/",
        "http://127.0.0.1%2eexample.com/",
    ] {
        let request = authorization().allow_http(true);
        assert!(request.clone().callback_uri(uri).url().is_err(), "{uri}");
        assert!(request.page(uri).url().is_err(), "{uri}");
    }
}

#[test]
fn checks_the_page_and_the_client_id() {
    for url in [
        "https://example.com/iq",
        "http://localhost:1/iq",
        "http://[::1]/iq/",
    ] {
        assert!(authorization().base_url(url).url().is_ok(), "{url}");
    }
    for url in [
        "",
        "example.com",
        "ftp://example.com",
        "javascript://x",
        "https://",
        "http://example.com/iq",
        "http://127.0.0.1@example.com/iq",
        "http://127.0.0.1.example.com/iq",
        "http://localhost.example.com/iq",
        "https://example.com/iq?x=1",
        "https://example.com/iq#x",
        "https://example.com/i q",
    ] {
        assert!(authorization().base_url(url).url().is_err(), "{url}");
    }
    for url in [
        "javascript://x",
        "https://example.com:99999/x",
        "https://example.com:1:2/x",
        "https://[localhost]/x",
    ] {
        assert!(authorization().page(url).url().is_err(), "{url}");
    }
    for id in ["", " id", "i\nd", "ïd"] {
        assert!(Authorization::new(id).url().is_err(), "{id}");
    }
}

#[test]
fn a_one_time_value_is_new_each_time_and_never_shown() {
    let (one, two) = (OneTimeValue::new().unwrap(), OneTimeValue::new().unwrap());
    assert!(!one.matches(two.as_str()));
    assert!(
        one.as_str()
            .parse::<OneTimeValue>()
            .unwrap()
            .matches(one.as_str())
    );
    assert_eq!(format!("{:?}", value()), "OneTimeValue(…)");
    for text in [
        "",
        "0",
        &VALUE.to_uppercase(),
        &format!("{VALUE}0"),
        &"é".repeat(16),
    ] {
        let error = text.parse::<OneTimeValue>().unwrap_err();
        assert!(text.len() < 2 || !error.to_string().contains(text));
    }
    let uri = format!("myapp://done/{VALUE}");
    let request = authorization().callback_uri(uri).one_time_value(&value());
    assert!(!format!("{request:?}").contains(VALUE));
}

#[test]
fn reads_a_callback_in_every_form() {
    for callback in [
        "https://example.com/done?token=T0K&user_id=007",
        "http://127.0.0.1:8080/?user_id=007&token=T0K",
        "myapp://done?token=T0K&user_id=007",
        "127.0.0.1:8080/done?token=T0K&user_id=007",
        "/done?token=T0K&user_id=007",
        "/?token=T0K&user_id=007",
        "?token=T0K&user_id=007",
        "token=T0K&user_id=007",
        "  token=T0K&user_id=007\r\n",
        "token=T0K&user_id=007#token=other",
        "/done?x=1&token=T0K&user_id=007&&y",
        "/done?x=http://a/b?c&token=T0K&user_id=007",
        "x=http://a/b?c&token=T0K&user_id=007",
        "/done?x=1?token=T0K&user_id=007",
        "/done?%74oken=T%30K&user_id=%3007",
        "/done?token=T0K&user_id=007&error=&error_description=",
    ] {
        assert_eq!(unchecked(callback), read(), "{callback}");
    }
    assert_eq!(unchecked("token=a%2Bc&user_id=1").unwrap().0, "a+c");
}

#[test]
fn says_what_is_wrong_with_a_callback() {
    use CallbackError::{Duplicated, Malformed, Missing};
    let digits = Malformed("its user_id has characters other than digits");
    let token = Malformed("its token has characters that a token cannot have");
    for (callback, error) in [
        ("", Malformed("it is empty")),
        (" \r\n", Malformed("it is empty")),
        ("/token=T0K&user_id=007", Missing("token")),
        ("/done", Missing("token")),
        ("https://example.com/done", Missing("token")),
        ("/done#token=T0K&user_id=007", Missing("token")),
        ("user_id=007", Missing("token")),
        ("token=&user_id=007", Missing("token")),
        ("Token=T0K&user_id=007", Missing("token")),
        ("token=T0K", Missing("user_id")),
        ("token=T0K&user_id=", Missing("user_id")),
        ("token=T0K&token=T0K&user_id=007", Duplicated("token")),
        ("token=&%74oken=T0K&user_id=007", Duplicated("token")),
        ("token=T0K&user_id=007&user_id=8", Duplicated("user_id")),
        ("error=a&error=b", Duplicated("error")),
        ("token=T0K&user_id=-7", digits.clone()),
        ("token=T0K&user_id=+7", digits.clone()),
        ("token=T0K&user_id=7%00", digits.clone()),
        ("token=T0K&user_id=٣", digits),
        ("token=T%0D%0A&user_id=7", token.clone()),
        ("token=T%FF&user_id=7", token),
        ("error=access_denied", refused("access_denied", None)),
        ("error=a&error_description=b+c", refused("a", Some("b c"))),
        ("error=a&token=T0K&user_id=007", refused("a", None)),
    ] {
        assert_eq!(unchecked(callback), Err(error), "{callback}");
    }
    let long = format!("token=T0K&user_id=007&x={}", "x".repeat(LONGEST));
    assert_eq!(unchecked(&long), Err(Malformed("it is longer than 16 KiB")));
}

#[test]
fn checks_the_one_time_value() {
    let other = VALUE.replace('0', "1");
    let from = |callback: &str| {
        UserAuthorization::from_callback(callback, &value())
            .map(|user| (user.token.expose().to_owned(), user.user_id))
    };
    let user = "token=T0K&user_id=007";
    for callback in [
        format!("/done?one_time_value={VALUE}&{user}"),
        format!("one_time_value={VALUE}&{user}"),
        format!("/done?one_time_value={VALUE}?{user}"),
        format!("/done/{VALUE}?{user}"),
        format!("https://example.com/{VALUE}/?{user}"),
        format!("myapp://{VALUE}?{user}"),
    ] {
        assert_eq!(from(&callback), read(), "{callback}");
    }
    for callback in [
        format!("/done?{user}"),
        format!("/done?{user}#one_time_value={VALUE}"),
        format!("/done?{user}&one_time_value="),
        format!("/done?{user}&one_time_value={other}"),
        format!("/done?{user}&one_time_value={VALUE}0"),
        format!("/done?{user}&one_time_value={}", VALUE.to_uppercase()),
        format!("/done/{VALUE}?{user}&one_time_value={other}"),
        format!("/done/{VALUE}0?{user}"),
        format!("/done/?{user}&x=/{VALUE}/"),
        format!("{VALUE}?{user}"),
        "error=access_denied".to_owned(),
    ] {
        assert_eq!(
            from(&callback),
            Err(CallbackError::WrongOneTimeValue),
            "{callback}"
        );
    }
    let twice = format!("/done?{user}&one_time_value={VALUE}&one_time_value={VALUE}");
    assert_eq!(from(&twice), Err(CallbackError::Duplicated(ONE_TIME_VALUE)));
    assert_eq!(
        from(&format!("/{VALUE}?error=no")),
        Err(refused("no", None))
    );
}

#[test]
fn texts_of_a_callback_are_shortened_and_escaped() {
    let error = unchecked("error=%1B[31m%0A&error_description=it's+%22%E2%80%AE%22").unwrap_err();
    assert_eq!(error, refused("\\u{1b}[31m\\n", Some("it's \"\\u{202e}\"")));
    let CallbackError::Refused { error, .. } =
        unchecked(&format!("error={}", "é".repeat(5000))).unwrap_err()
    else {
        panic!("refused");
    };
    assert_eq!(error.chars().count(), 200);
}

#[test]
fn an_id_too_large_for_a_number_is_kept_as_text() {
    let from = |id: &str| {
        let callback = format!("token=T0K&user_id={id}");
        UserAuthorization::from_callback_unchecked(&callback).unwrap()
    };
    assert_eq!(from("000000").user_id_number(), Some(0));
    assert_eq!(from("9223372036854775808").user_id_number(), None);
    assert_eq!(from("9223372036854775808").user_id, "9223372036854775808");
    assert!(!format!("{:?}", from("1")).contains("T0K"));
}

/// Removes, repeats, inserts and replaces bytes of good callbacks. Nothing may panic, no error may
/// show the token, and no token may be returned without the one-time value.
#[test]
fn survives_mutated_callbacks() {
    let seeds = [
        format!("https://example.com/done?one_time_value={VALUE}&token=T0K&user_id=007#f"),
        format!("/done/{VALUE}?token=T0K&user_id=007"),
        "?error=denied&error_description=%C3%A9+no&token=T0K".to_owned(),
    ];
    let spice = b"?&=#%+/:@[]\0\n \xff\xc3token_user_id7";
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize % below
    };
    for round in 0..50_000 {
        let mut bytes = seeds[round % seeds.len()].clone().into_bytes();
        for _ in 0..=random(6) {
            let (at, to) = (random(bytes.len() + 1), random(bytes.len() + 1));
            let range = at.min(to)..at.max(to);
            match random(4) {
                0 => drop(bytes.drain(range)),
                1 => bytes.extend_from_within(range),
                2 => bytes.insert(at, spice[random(spice.len())]),
                _ => bytes
                    .iter_mut()
                    .skip(at)
                    .take(1)
                    .for_each(|b| *b = spice[random(spice.len())]),
            }
        }
        let callback = String::from_utf8_lossy(&bytes);
        let _ = authorization().callback_uri(callback.as_ref()).url();
        let _ = authorization().base_url(&*callback).url();
        let _ = authorization().page(callback.as_ref()).url();
        let results = [
            UserAuthorization::from_callback(&callback, &value()),
            UserAuthorization::from_callback_unchecked(&callback),
        ];
        assert!(
            results[0].is_err() || callback.contains(VALUE),
            "{callback}"
        );
        for error in results.into_iter().filter_map(Result::err) {
            if !matches!(error, CallbackError::Refused { .. }) {
                assert!(!format!("{error} {error:?}").contains("T0K"), "{callback}");
            }
        }
    }
}

#[test]
fn a_refusal_shows_no_secret_of_its_callback() {
    let said = |callback: &str| {
        let error = unchecked(callback).unwrap_err();
        assert!(matches!(error, CallbackError::Refused { .. }), "{error}");
        format!("{error} {error:?}")
    };
    for callback in [
        "?error=bad&error_description=T0KEN-SECRET&token=T0KEN-SECRET&user_id=1",
        "?error=T0KEN-SECRET&token=T0KEN-SECRET",
        "?error=bad&error_description=no+T0KEN%2DSECRET!&token=T0KEN-SECRET",
        "?error=bad&error_description=t0ken%252Dsecret&token=T0KEN-SECRET",
    ] {
        let said = said(callback);
        assert!(said.contains("[secret]"), "{callback}: {said}");
        assert!(!said.to_lowercase().contains("t0ken"), "{callback}: {said}");
    }
    let said = said(&format!("?error={VALUE}&one_time_value={VALUE}"));
    assert!(!said.contains(VALUE), "{said}");
}

#[test]
fn debug_prints_the_sentence_of_display() {
    let error = unchecked("user_id=1").unwrap_err();
    assert_eq!(format!("{error:?}"), error.to_string());
    let converted = crate::Error::from(error.clone());
    assert!(converted.is_invalid_input());
    assert_eq!(converted.to_string(), error.to_string());
}

#[test]
fn a_text_that_is_not_a_callback_is_not_reported_as_forged() {
    let from = |callback: &str| UserAuthorization::from_callback(callback, &value()).unwrap_err();
    assert_eq!(from(""), CallbackError::Malformed("it is empty"));
    assert_eq!(from("\n"), CallbackError::Malformed("it is empty"));
    for foreign in ["hello", "/done", "https://example.com/?q=1", "/favicon.ico"] {
        assert_eq!(from(foreign), CallbackError::Missing("token"), "{foreign}");
    }
    assert_eq!(from("user_id=1"), CallbackError::WrongOneTimeValue);
}
