use std::slice;

use proptest::prelude::*;

use zeroize::Zeroizing;

use super::letters::single;
use super::redactor::{BLANK, WITHHELD};
use super::search::STEPS;
use super::{LONGEST, Patterns, Redactor, steps};
use crate::auth::auth_secret::AuthSecret;
use crate::auth::auth_secret::SHORTEST;
use crate::auth::base64;

/// What remains of a text where these were sent.
fn redact_all(credentials: &[AuthSecret], body: Option<&[u8]>, text: &str) -> String {
    let patterns = Patterns::default();
    Redactor::new(credentials, &[], body, &["client_secret"], &patterns).redact(text)
}

/// The same where one secret was sent.
fn redact(secret: &str, text: &str) -> String {
    with_secret(secret, |redactor| redactor.redact(text))
}

fn with_secret<R>(secret: &str, f: impl FnOnce(&Redactor<'_>) -> R) -> R {
    let secrets = [Zeroizing::new(secret.to_owned())];
    let patterns = Patterns::default();
    f(&Redactor::new(&[], &secrets, None, &[], &patterns))
}

#[test]
fn what_was_sent_is_blanked_out_wherever_it_comes_back() {
    let token = AuthSecret::bearer("tok/1").unwrap();
    let body = br#"{"client_id": "me", "client_secret": "hush"}"#;
    let text = redact_all(
        slice::from_ref(&token),
        Some(body),
        r"tok/1 (tok\/1) of me is not hush",
    );
    assert_eq!(text, "[secret] ([secret]) of me is not [secret]");
}

#[test]
fn everything_below_a_secret_key_of_a_body_is_secret() {
    let body = br#"{"a": [{"client_secret": ["hush", {"b": 4711}, null, true]}], "c": 4712}"#;
    let text = redact_all(&[], Some(body), "hush, 4711, 4712, null, true");
    assert_eq!(text, "[secret], [secret], 4712, null, true");
}

#[test]
fn a_secret_is_found_however_it_is_escaped() {
    for text in [
        r"a/b%c&d'e\f+g",
        r"a\/b%c&d\'e\\f+g",
        r"a\u002fb\u0025c\u0026d\u0027e\u005Cf\u002Bg",
        "a%2Fb%25c%26d%27e%5cf%2bg",
        "a/b%c&amp;d&apos;e\\f+g",
        "a&#x2F;b&#37;c&#38;d&#x27;e&#92;f&#043;g",
        r"a\\u002fb\\u0025c\\u0026d\\u0027e\\u005Cf\\u002Bg",
        r"a\u00252Fb%25c%26d%27e%5cf%2bg",
        r"A/B%C&D'E\F+G",
        r"a/b%c&d'e\f g",
    ] {
        let shown = redact(r"a/b%c&d'e\f+g", &format!("ä{text}, {text}."));
        assert_eq!(shown, "ä[secret], [secret].", "{text}");
    }
}

#[test]
fn a_secret_outside_of_ascii_is_found() {
    for text in [
        "pä ß😀wort",
        "PÄ ß😀WORT",
        "p%C3%A4%20%C3%9F%F0%9F%98%80wort",
        "p%c3%a4+%c3%9f%f0%9f%98%80wort",
        "p%E4+%DF%F0%9F%98%80wort",
        r"p\u00e4 \u00df\ud83d\ude00wort",
        r"p\\u00E4 \\u00DF\\uD83D\\uDE00wort",
        "p&#228;&#32;&#xdf;&#x1f600;wort",
        "p%25C3%25A4%2520%25C3%259F%25F0%259F%2598%2580wort",
    ] {
        let shown = redact("pä ß😀wort", &format!("no {text}, {text}!"));
        assert_eq!(shown, "no [secret], [secret]!", "{text}");
    }
}

#[test]
fn a_secret_is_found_in_base64() {
    // The bytes give `+`, `/` and padding.
    let secret = "pass>>>???w";
    let encode = |text: &str| String::from_utf8(base64::encode(text.as_bytes()).to_vec()).unwrap();
    let encoded = encode(secret);
    assert_eq!(encoded, "cGFzcz4+Pj8/P3c=");
    for text in [
        encoded.clone(),
        encoded.replace('=', ""),
        encoded.replace('+', "-").replace('/', "_"),
        encoded
            .replace('+', "%2B")
            .replace('/', "%2f")
            .replace('=', "%3D"),
        encoded.replace('/', r"\/"),
        encoded.to_lowercase(),
    ] {
        let shown = redact(secret, &format!("no {text}, {text}!"));
        assert_eq!(shown, "no [secret], [secret]!", "{text}");
    }
    // Whatever stands before it, and whatever after it.
    for before in ["a", "ab", "abc", "Bearer "] {
        for after in ["", "x", "xy", "xyz"] {
            let shown = redact(secret, &encode(&format!("{before}{secret}{after}")));
            assert!(shown.contains(BLANK), "{shown}");
            let rest = shown.replace(BLANK, "");
            assert!(!encoded.contains(&rest) || rest.len() < 3, "{shown}");
        }
    }
}

#[test]
fn a_user_name_with_its_password_is_found_in_every_part() {
    let basic = AuthSecret::basic("api-key-1", "hunter2").unwrap();
    let shown = |text: &str| redact_all(slice::from_ref(&basic), None, text);
    for text in [
        "api-key-1",
        "API-KEY-1",
        "hunter2",
        "api-key-1:hunter2",
        "YXBpLWtleS0xOmh1bnRlcjI=",
        "YXBpLWtleS0xOmh1bnRlcjI",
        "YXBpLWtleS0x",
        "aHVudGVyMg==",
    ] {
        assert_eq!(shown(&format!("no {text}.")), "no [secret].", "{text}");
    }
}

#[test]
fn a_user_name_is_secret_unless_it_is_short_and_has_a_password() {
    let shown = |user: &str, password: &str, text: &str| {
        let basic = AuthSecret::basic(user, password).unwrap();
        redact_all(slice::from_ref(&basic), None, text)
    };
    assert_eq!(shown("key-4711", "", "no key-4711"), "no [secret]");
    assert_eq!(shown("key-4711", "x-x-x", "no key-4711"), "no [secret]");
    assert_eq!(shown("me", "hunter2", "message for me"), "message for me");
    assert_eq!(shown("me", "", "message for me"), WITHHELD);
}

#[test]
fn a_secret_of_a_few_letters_withholds_a_text_that_has_it() {
    for text in ["a", "xax", "A", "%61", r"\u0061", "&#97;"] {
        assert_eq!(redact("a", text), WITHHELD, "{text}");
    }
    assert_eq!(redact("a", "no, it is not"), "no, it is not");
    assert_eq!(redact("abc", "the xabcx"), WITHHELD);
    assert_eq!(redact("abc", "the ab c YWJj"), WITHHELD);
    assert_eq!(redact("ää", "%C3%A4%C3%A4"), WITHHELD);
    assert_eq!(
        redact("4711", "the 4711 and NDcxMQ=="),
        "the [secret] and [secret]"
    );
}

#[test]
fn secrets_that_overlap_are_blanked_out_as_one() {
    let secrets = ["abcdef", "defghi"].map(|secret| Zeroizing::new(secret.to_owned()));
    let patterns = Patterns::default();
    let redactor = Redactor::new(&[], &secrets, None, &[], &patterns);
    assert_eq!(redactor.redact("no abcdefghi."), "no [secret].");
    assert_eq!(redact("ababab", "xababababx"), "x[secret]x");
}

#[test]
fn a_secret_is_found_where_the_text_breaks_off() {
    for text in [
        "abcd",
        "abcd/ef",
        r"abcd\",
        r"abcd\u00",
        "abcd%2",
        "abcd&#x2",
        "abcd/\u{fffd}",
    ] {
        let shown =
            |text: &str| with_secret("abcd/efgh", |redactor| redactor.redact_beginning(text));
        assert_eq!(shown(&format!("no {text}")), "no [secret]");
        let goes_on = format!("no {text} and so on");
        assert_eq!(shown(&goes_on), goes_on);
        // A whole text does not break off.
        assert_eq!(redact("abcd/efgh", text), text);
    }
    for text in ["abc", "a & b % c \\ &; &#; &#x; %zz \\u"] {
        with_secret("abcd/efgh", |redactor| {
            assert_eq!(redactor.redact_beginning(text), text);
        });
    }
}

#[test]
fn the_patterns_of_a_request_are_made_once() {
    let (body, patterns) = (br#"{"client_secret": "hush"}"#, Patterns::default());
    let made = || {
        let redactor = Redactor::new(&[], &[], Some(body), &["client_secret"], &patterns);
        std::ptr::from_ref(redactor.index()) as usize
    };
    assert!(patterns.0.get().is_none());
    assert_eq!(made(), made());
}

#[test]
fn an_empty_secret_blanks_nothing() {
    let body = br#"{"client_secret": ""}"#;
    assert_eq!(redact_all(&[], Some(body), "as it was"), "as it was");
}

#[test]
fn a_piece_of_a_secret_is_found_in_a_short_text() {
    with_secret("mQ7xWz2pJk/Vd9rBt4sLf", |redactor| {
        for text in ["mQ7xWz", "no XWZ2PJ", "Jk%2FVd9", "bVE3eFd6"] {
            assert!(redactor.finds_piece(text), "{text}");
        }
        for text in ["", "mQ7xW", "invalid type: string, expected i64"] {
            assert!(!redactor.finds_piece(text), "{text}");
        }
    });
}

#[test]
fn the_cost_is_bounded_by_the_text_whatever_the_secret_and_the_text() {
    let cost = |secret: &str, text: &str| {
        with_secret(secret, |redactor| {
            redactor.index();
            steps::of(|| redactor.redact(text)).1
        })
    };
    let text = "No user is called so; ask the office. ".repeat(1000);
    let token = "mQ7xWz2pJk/Vd9rBt4sLf+Hb6nYc3gXw=";
    assert!(cost(token, &text) < text.len());
    // What costs length times length where each place is looked at alone.
    for length in [100, 10_000] {
        let secret = "a".repeat(length) + "b";
        for text in ["a", "\\", "%25", r"\u005c"] {
            let text = text.repeat(6_000 / text.len());
            for secret in [secret.as_str(), &format!("\\%{secret}")] {
                let most = STEPS * text.len() + length * 32;
                assert!(cost(secret, &text) <= most, "{secret:.9} {text:.9}");
            }
        }
    }
    // No more of a text is looked at than is kept.
    let long = text.repeat(100);
    assert!(cost(token, &long) < LONGEST);
}

#[test]
fn a_text_that_takes_too_long_is_withheld() {
    let secret = "a".repeat(1000) + "b";
    assert_eq!(redact(&secret, &"a".repeat(LONGEST)), WITHHELD);
    let dense = r"\u0430\u0431".repeat(LONGEST / 12);
    assert_eq!(redact("a\\b%c&d", &dense), dense);
}

#[test]
fn a_part_of_a_secret_is_blanked_out_wherever_it_stands() {
    const SECRET: &str = "mQ7xWz2pJkVd9rBt4sLfHb6nYc3gXw";
    let encoded = String::from_utf8(base64::encode(SECRET.as_bytes()).to_vec()).unwrap();
    for part in [
        &SECRET[..10],
        &SECRET[3..17],
        &SECRET[20..],
        "mQ7xWz2p%4a%6B",
        &encoded[..13],
        &encoded[9..],
    ] {
        let text = format!("no {part}…, {part} and so on");
        let shown = redact(SECRET, &text);
        assert_eq!(shown, "no [secret]…, [secret] and so on", "{part}");
    }
    // Fewer letters than a third, and no letter too many.
    for text in ["mQ7xWz2pJ and so on", "d9rBt4sLf, Hb6nYc3g"] {
        assert_eq!(redact(SECRET, text), text);
    }
    let long = SECRET.repeat(10);
    assert_eq!(redact(&long, &format!("({})", &long[7..39])), "([secret])");
    let text = format!("({})", &long[7..38]);
    assert_eq!(redact(&long, &text), text);
}

#[test]
fn a_row_of_the_same_letters_is_no_part_of_a_secret() {
    let secret = "-----------BEGIN-----------KEY--";
    for text in ["a            c", "------------.", "<br>\n            <br>"] {
        assert_eq!(redact(secret, text), text);
    }
    assert_eq!(redact(secret, &format!("a {secret} b")), "a [secret] b");
}

#[test]
fn a_gap_inside_of_a_secret_is_bridged_and_none_around_it() {
    for gap in [
        "\n",
        "\r\n\t  ",
        r"\r\n  ",
        "<wbr>",
        "</b><b>",
        "</span><span class=\"x\">",
        "&lt;br&gt;",
        "%3Cbr%3E%0A",
        "=\r\n",
        "\u{200b}\u{feff}",
        "&#8203;",
        "&shy;",
        "&zwj;",
        "\0",
    ] {
        let text = format!("no{gap}abcd/{gap}efgh{gap}, or");
        let expected = format!("no{gap}[secret]{gap}, or");
        assert_eq!(redact("abcd/efgh", &text), expected, "{gap:?}");
    }
    for text in ["abcd/ efgh", "abcd/ < efgh", "abcd/,efgh", "abcd/\nx efgh"] {
        assert_eq!(redact("abcd/efgh", text), text);
    }
}

#[test]
fn all_texts_of_a_response_draw_on_one_budget() {
    with_secret("mQ7xWz2pJkVd9rBt4sLfHb6nYc3gXw", |redactor| {
        let costly = r"\u005c".repeat(LONGEST / 6);
        let (_, steps) = steps::of(|| {
            for _ in 0..100 {
                redactor.redact(&costly);
            }
        });
        assert!(steps < 4 * LONGEST * STEPS, "{steps}");
        let text = "100 %25 of it";
        assert_eq!(redactor.redact(text), WITHHELD);
        assert!(redactor.finds(text) && redactor.finds_piece(text));
    });
    with_secret("mQ7xWz2pJkVd9rBt4sLfHb6nYc3gXw", |redactor| {
        let page = "A record that is not one: it is what it is. ".repeat(LONGEST / 44);
        for _ in 0..100 {
            assert_eq!(redactor.redact(&page), page);
        }
    });
}

#[test]
fn a_piece_costs_the_length_of_the_text_whatever_the_secret() {
    let text = "invalid type: string \"mQ7xW\", expected i64 ".repeat(100);
    for secret in ["mQ7xWz2pJkVd9rBt4sLfHb6nYc3gXw", &"mQ7xWz2pJk".repeat(120)] {
        let text = text.replace("mQ7xW", "abcdefgh");
        with_secret(secret, |redactor| {
            redactor.index();
            let (found, steps) = steps::of(|| redactor.finds_piece(&text));
            assert!(!found && steps < text.len() / 2, "{steps}");
        });
    }
}

#[test]
fn what_only_looks_like_an_escape_is_read_as_fast_as_any_letter() {
    for text in ["%", "&", "=", "%&", "%%zz", "& so on "] {
        let text = text.repeat(LONGEST / text.len());
        let (shown, steps) = steps::of(|| redact("mQ7xWz2pJkVd9rBt4sLf", &text));
        assert_eq!(shown, text);
        assert!(steps <= 4 * text.len(), "{text:.8} {steps}");
    }
}

/// How one letter can be written.
#[derive(Clone, Copy, Debug)]
enum Spelling {
    Plain,
    OtherCase,
    Json,
    JsonShort,
    Percent,
    PercentLower,
    Decimal,
    Hexadecimal,
    Form,
    JsonTwice,
    PercentTwice,
    PercentInJson,
    EntityInPercent,
    Script,
    Mail,
}

const SPELLINGS: [Spelling; 15] = [
    Spelling::Plain,
    Spelling::OtherCase,
    Spelling::Json,
    Spelling::JsonShort,
    Spelling::Percent,
    Spelling::PercentLower,
    Spelling::Decimal,
    Spelling::Hexadecimal,
    Spelling::Form,
    Spelling::JsonTwice,
    Spelling::PercentTwice,
    Spelling::PercentInJson,
    Spelling::EntityInPercent,
    Spelling::Script,
    Spelling::Mail,
];

fn spell(letter: char, spelling: Spelling) -> String {
    let json = |text: &str| {
        let units = text.encode_utf16();
        units
            .map(|unit| format!("\\u{unit:04x}"))
            .collect::<String>()
    };
    let percent = |text: &str| {
        let bytes = text.bytes();
        bytes.map(|byte| format!("%{byte:02X}")).collect::<String>()
    };
    let text = letter.to_string();
    match spelling {
        Spelling::Plain => text,
        Spelling::OtherCase if letter.is_lowercase() => {
            single(letter.to_uppercase()).unwrap_or(letter).to_string()
        }
        Spelling::OtherCase => single(letter.to_lowercase()).unwrap_or(letter).to_string(),
        Spelling::Json => json(&text),
        Spelling::JsonShort if letter.is_ascii_punctuation() => format!("\\{letter}"),
        Spelling::JsonShort => text,
        Spelling::Percent => percent(&text),
        Spelling::PercentLower => percent(&text).to_lowercase(),
        Spelling::Decimal => format!("&#{};", u32::from(letter)),
        Spelling::Hexadecimal => format!("&#x{:X};", u32::from(letter)),
        Spelling::Form if letter == ' ' => "+".to_owned(),
        Spelling::Form => text,
        Spelling::JsonTwice => json(&text).replace('\\', "\\\\"),
        Spelling::PercentTwice => percent(&percent(&text)),
        Spelling::PercentInJson => json(&percent(&text)),
        Spelling::EntityInPercent => percent(&format!("&#{};", u32::from(letter))),
        Spelling::Script if u32::from(letter) < 0x100 => format!("\\x{:02x}", u32::from(letter)),
        Spelling::Script => text,
        Spelling::Mail => percent(&text).replace('%', "="),
    }
}

/// A secret, and one way in which it is written.
fn written() -> impl Strategy<Value = (String, String)> {
    let letter = prop_oneof![
        6 => proptest::char::range('!', '~'),
        1 => Just(' '),
        1 => prop::sample::select(vec!['\\', '%', '&', '+', '/', ';', 'u', '#']),
        1 => prop::sample::select(vec!['ä', 'É', 'ñ', 'ж', '€', '漢', '😀']),
    ];
    let spelling = prop::sample::select(SPELLINGS.to_vec());
    let letters = prop::collection::vec((letter, spelling), SHORTEST..60);
    let as_base64 = 0..5_u8;
    (letters, as_base64).prop_map(|(letters, as_base64)| {
        let secret: String = letters.iter().map(|(letter, _)| letter).collect();
        let encoded = String::from_utf8(base64::encode(secret.as_bytes()).to_vec()).unwrap();
        let url_safe = encoded.replace('+', "-").replace('/', "_");
        let written = match as_base64 {
            0 => encoded,
            1 => url_safe,
            2 => url_safe.trim_end_matches('=').to_owned(),
            _ => letters
                .iter()
                .map(|(letter, how)| spell(*letter, *how))
                .collect(),
        };
        (secret, written)
    })
}

/// A text that has no four letters of any secret above: the letters are Greek.
fn text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "α", "βγ", "ΔΕΖ", "%CE%B1", r"\u03b1", "&#945;", "\\", "%", "&", " ", "\n", "(", "[]",
        "%C3", "\u{fffd}", "😶",
    ]);
    prop::collection::vec(word, 0..40).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn nothing_remains_of_a_secret_and_all_of_the_rest(
        (secret, written) in written(),
        before in text(),
        after in text(),
    ) {
        let whole = format!("{before}«{written}»{after}");
        let shown = redact(&secret, &whole);
        prop_assert_eq!(shown, format!("{before}«[secret]»{after}"));
    }

    #[test]
    fn nothing_remains_of_a_secret_in_any_text(
        (secret, written) in written(),
        before in ".{0,40}",
        after in ".{0,40}",
    ) {
        let shown = redact(&secret, &format!("{before}{written}{after}"));
        prop_assert!(!shown.contains(&secret) && !shown.contains(&written), "{}", shown);
        prop_assert!(with_secret(&secret, |redactor| !redactor.finds(&shown)), "{}", shown);
    }

    #[test]
    fn a_part_is_blanked_out_and_all_of_the_rest_remains(
        secret in "[!-~]{24,60}",
        start in 0..1000_usize,
        more in 0..1000_usize,
        before in text(),
        after in text(),
    ) {
        let part = secret.len() / 3;
        let start = start % (secret.len() - part);
        let end = start + part + more % (secret.len() - part - start + 1);
        let different: std::collections::HashSet<char> =
            secret[start..end].to_lowercase().chars().collect();
        prop_assume!(different.len() > 5);
        let shown = redact(&secret, &format!("{before}«{}»{after}", &secret[start..end]));
        prop_assert_eq!(shown, format!("{before}«[secret]»{after}"));
    }

    #[test]
    fn gaps_in_a_secret_are_bridged(
        secret in "[!-~]{8,60}",
        as_base64: bool,
        gap in prop::sample::select(vec!["\n", "\r\n  ", "<wbr>", "&#8203;", "\u{ad}", "=\n"]),
        before in text(),
        after in text(),
    ) {
        let encoded = base64::encode(secret.as_bytes());
        let letters = if as_base64 { &encoded } else { secret.as_bytes() };
        let letters: Vec<String> = letters.iter().map(|byte| char::from(*byte).into()).collect();
        let whole = format!("{before}«{}»{after}", letters.join(gap));
        prop_assert_eq!(redact(&secret, &whole), format!("{before}«[secret]»{after}"));
    }

    #[test]
    fn a_text_without_a_secret_is_as_it_was((secret, _) in written(), text in text()) {
        prop_assert_eq!(redact(&secret, &text), text);
    }
}
