//! Removes the secrets of a request from texts that an error keeps.
//!
//! A server can repeat what it was sent: "the token … is not valid". Each letter of the secret may
//! then be escaped for JSON, HTML or a URL, the whole may be in base64, and its case may differ.

mod escapes;

use std::iter;
use std::mem;
use std::ops::Range;
use std::sync::OnceLock;

use serde_json::Value;
use zeroize::Zeroizing;

use self::escapes::Reader;
use crate::auth::token::{self, Credential};

/// How many bytes of a text are searched and kept.
pub(crate) const LONGEST: usize = 64 * 1024;

/// What stands in place of a secret.
const BLANK: &str = "[secret]";

/// What stands in place of a text that cannot be shown in part.
pub(crate) const WITHHELD: &str = "[withheld: it may show a secret]";

/// The fewest letters of a secret that is blanked out. Shorter ones are found in too many words
/// by chance: a text that has one is withheld.
///
/// As many letters of a secret, at the end of a text, are taken for the beginning of the secret.
pub(crate) const SHORTEST: usize = 4;

/// How many letters of a secret in a row make up a piece of it, and the shortest piece of base64
/// that is searched for.
const PIECE: usize = 6;

/// How many letters are read for each byte of a text, on average, before it is withheld. Texts
/// that are not made to be slow need one to ten.
const STEPS: usize = 16;

/// The same for a short text, which can be one secret and nothing else.
const STEPS_AT_LEAST: usize = 16 * 1024;

/// A secret in one form in which it can come back.
struct Pattern {
    /// See [`fold`].
    letters: Zeroizing<Vec<char>>,
    /// Whether the letter of base64 before these, and after these, has bits of the secret.
    partial: [bool; 2],
    is_base64: bool,
    /// Whether the secret has too few letters to be blanked out.
    is_short: bool,
}

/// What to look for in the answers to one request. It is worked out when an answer is searched
/// for the first time: most never are.
#[derive(Default)]
pub(crate) struct Patterns(OnceLock<Vec<Pattern>>);

/// Removes the secrets of one request from texts.
pub(crate) struct Redactor<'r> {
    credentials: &'r [Credential],
    /// Parameters and fields of forms that are secret.
    secrets: &'r [Zeroizing<String>],
    body: Option<&'r [u8]>,
    /// Keys of the body whose values are secret.
    keys: &'static [&'static str],
    patterns: &'r Patterns,
}

/// What is secret in a text.
enum Found {
    Ranges(Vec<Range<usize>>),
    /// The text has a short secret, or it would take too long to find all secrets.
    TooMuch,
}

impl<'r> Redactor<'r> {
    pub fn new(
        credentials: &'r [Credential],
        secrets: &'r [Zeroizing<String>],
        body: Option<&'r [u8]>,
        keys: &'static [&'static str],
        patterns: &'r Patterns,
    ) -> Self {
        Self {
            credentials,
            secrets,
            body,
            keys,
            patterns,
        }
    }

    /// Whether the first [`LONGEST`] bytes of a text show a secret.
    pub fn finds(&self, text: &str) -> bool {
        match self.search(beginning(text, LONGEST)) {
            Found::Ranges(ranges) => !ranges.is_empty(),
            Found::TooMuch => true,
        }
    }

    /// Whether a short text has some letters of a secret in a row. It costs the length of the
    /// text times that of the secrets.
    pub fn finds_piece(&self, text: &str) -> bool {
        let mut reader = Reader::new(text);
        let patterns = self.patterns();
        let found = text.char_indices().any(|(start, _)| {
            let mut firsts = Vec::new();
            reader.letters(start, |letter, _| firsts.push(fold(letter)));
            patterns.iter().any(|pattern| {
                let pieces = pattern.letters.windows(PIECE);
                let mut pieces = pieces.filter(|piece| firsts.contains(&piece[0]));
                pieces.any(|piece| longest(&mut reader, start, piece, false).is_some())
            })
        });
        #[cfg(test)]
        steps::add(reader.steps);
        found
    }

    /// The first [`LONGEST`] bytes of a text, without its secrets.
    pub fn redact(&self, text: &str) -> String {
        let looked_at = beginning(text, LONGEST);
        let ranges = match self.search(looked_at) {
            Found::Ranges(ranges) => ranges,
            Found::TooMuch => return WITHHELD.to_owned(),
        };
        let mut shown = String::with_capacity(looked_at.len());
        let mut next = 0;
        for range in ranges {
            shown.push_str(&looked_at[next..range.start]);
            shown.push_str(BLANK);
            next = range.end;
        }
        shown.push_str(&looked_at[next..]);
        if looked_at.len() < text.len() {
            shown.push('…');
        }
        shown
    }

    fn search(&self, text: &str) -> Found {
        let patterns = self.patterns();
        let mut reader = Reader::new(text);
        let most = (text.len() * STEPS).max(STEPS_AT_LEAST);
        let begins = first_bytes(patterns);
        let mut ranges: Vec<Range<usize>> = Vec::new();
        let mut firsts = Vec::new();
        let mut too_much = false;
        for (start, _) in text.char_indices() {
            if !begins[usize::from(text.as_bytes()[start])] {
                continue;
            }
            firsts.clear();
            reader.letters(start, |letter, _| firsts.push(fold(letter)));
            let begin_so = patterns.iter().filter(|it| firsts.contains(&it.letters[0]));
            for pattern in begin_so {
                let Some(range) = pattern.find(&mut reader, text, start) else {
                    continue;
                };
                too_much |= pattern.is_short;
                match ranges.last_mut() {
                    Some(last) if range.start < last.end => last.end = last.end.max(range.end),
                    _ => ranges.push(range),
                }
            }
            too_much |= reader.steps > most;
            if too_much {
                break;
            }
        }
        #[cfg(test)]
        steps::add(reader.steps);
        match too_much {
            true => Found::TooMuch,
            false => Found::Ranges(ranges),
        }
    }

    fn patterns(&self) -> &[Pattern] {
        self.patterns.0.get_or_init(|| {
            let mut patterns = Vec::new();
            for secret in self.credentials.iter().flat_map(Credential::secrets) {
                patterns.extend(forms(secret));
            }
            for secret in self.secrets {
                patterns.extend(forms(secret));
            }
            if let Some(body) = self.body.filter(|_| !self.keys.is_empty())
                && let Ok(body) = serde_json::from_slice::<Value>(body)
            {
                self.values(&body, &mut patterns);
            }
            patterns
        })
    }

    fn values(&self, value: &Value, patterns: &mut Vec<Pattern>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.values(item, patterns)),
            Value::Object(members) => {
                for (key, member) in members {
                    match member {
                        Value::String(secret) if self.keys.contains(&key.as_str()) => {
                            patterns.extend(forms(secret));
                        }
                        other => self.values(other, patterns),
                    }
                }
            }
            _ => {}
        }
    }
}

impl Pattern {
    /// Where the secret is, if it begins at this place.
    fn find(&self, reader: &mut Reader<'_>, text: &str, start: usize) -> Option<Range<usize>> {
        let mut end = longest(reader, start, &self.letters, true)?;
        let [before, after] = self.partial;
        let before = text[..start].chars().next_back().filter(|_| before);
        let before = before.filter(|letter| is_of_base64(*letter));
        if after {
            end = farthest(reader, end, is_of_base64).unwrap_or(end);
        }
        if self.is_base64 {
            while let Some(next) = farthest(reader, end, |letter| letter == '=') {
                end = next;
            }
        }
        Some(start - before.map_or(0, char::len_utf8)..end)
    }
}

/// The end of the letters, if they begin at this place; the end of the text, if it breaks off
/// inside of them and `cut_off` permits that.
fn longest(
    reader: &mut Reader<'_>,
    start: usize,
    letters: &[char],
    cut_off: bool,
) -> Option<usize> {
    // Most places do not have the first letter: for these, no room is made.
    let (mut ends, mut next) = (Vec::new(), Vec::new());
    for (count, letter) in letters.iter().enumerate() {
        let places: &[usize] = if count == 0 { &[start] } else { &ends };
        for at in places {
            reader.letters(*at, |found, end| {
                if fold(found) == *letter && !next.contains(&end) {
                    next.push(end);
                }
            });
        }
        if next.is_empty() {
            let broken = cut_off && count >= SHORTEST;
            let broken = broken && ends.iter().any(|end| reader.breaks_off(*end));
            return broken.then(|| reader.end());
        }
        mem::swap(&mut ends, &mut next);
        next.clear();
    }
    ends.into_iter().max()
}

/// The end of the longest spelling of a letter, if one that fits is at this place.
fn farthest(reader: &mut Reader<'_>, at: usize, fits: impl Fn(char) -> bool) -> Option<usize> {
    let mut farthest = None;
    reader.letters(at, |letter, end| {
        if fits(letter) {
            farthest = farthest.max(Some(end));
        }
    });
    farthest
}

/// Which bytes a text can have where a secret begins.
fn first_bytes(patterns: &[Pattern]) -> [bool; 256] {
    let mut begins = [false; 256];
    for (byte, begins) in (0..=u8::MAX).zip(&mut begins) {
        let letter = char::from(byte);
        let is_first = |pattern: &Pattern| pattern.letters.first() == Some(&fold(letter));
        // A letter outside of ASCII can be the other case of one in ASCII: the sign for kelvin.
        let possible = !byte.is_ascii() || escapes::begins_escape(letter);
        *begins = possible || patterns.iter().any(is_first);
    }
    begins
}

/// The forms in which a secret can come back.
fn forms(secret: &str) -> impl Iterator<Item = Pattern> {
    let letters: Zeroizing<Vec<char>> = Zeroizing::new(secret.chars().map(fold).collect());
    let is_short = letters.len() < SHORTEST;
    let plain = Pattern {
        letters,
        partial: [false; 2],
        is_base64: false,
        is_short,
    };
    // In base64, three bytes are four letters: what stands before it shifts the secret.
    let encoded = (0..3).filter_map(move |shift| base64_form(secret, shift, is_short));
    let some = !secret.is_empty();
    iter::once(plain).chain(encoded).filter(move |_| some)
}

/// The letters of base64 that a secret alone decides on, with `shift` bytes before it.
fn base64_form(secret: &str, shift: usize, is_short: bool) -> Option<Pattern> {
    const BITS: usize = 6;
    let mut bytes = Zeroizing::new(Vec::with_capacity(shift + secret.len()));
    bytes.resize(shift, 0);
    bytes.extend_from_slice(secret.as_bytes());
    let encoded = token::base64(&bytes);
    let (from, to) = (shift * 8, bytes.len() * 8);
    let mut whole = from.div_ceil(BITS)..to / BITS;
    let mut partial = [from % BITS != 0, to % BITS != 0];
    if whole.len() < PIECE {
        // So few letters are found by chance: then it is the secret alone, or not at all.
        whole.end = to.div_ceil(BITS);
        partial = [false; 2];
        if shift > 0 {
            return None;
        }
    }
    let letters = encoded.get(whole)?.iter().copied();
    let letters = letters.map(char::from).map(fold).collect();
    Some(Pattern {
        letters: Zeroizing::new(letters),
        partial,
        is_base64: true,
        is_short,
    })
}

/// One letter for all that count as the same: both cases, a blank and the `+` that a form has for
/// it, and the letters in which the two alphabets of base64 differ.
fn fold(letter: char) -> char {
    match letter {
        ' ' | '-' => '+',
        '_' => '/',
        _ if letter.is_ascii() => letter.to_ascii_lowercase(),
        _ => {
            let upper = single(letter.to_uppercase()).unwrap_or(letter);
            single(upper.to_lowercase()).unwrap_or(upper)
        }
    }
}

fn single(mut letters: impl Iterator<Item = char>) -> Option<char> {
    let first = letters.next();
    first.filter(|_| letters.next().is_none())
}

fn is_of_base64(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '+' | '/' | '-' | '_')
}

/// As much of a text as fits into some bytes.
pub(crate) fn beginning(text: &str, bytes: usize) -> &str {
    let fits = |end: &usize| text.is_char_boundary(*end);
    let end = (0..=bytes.min(text.len())).rev().find(fits);
    &text[..end.unwrap_or_default()]
}

/// What searching cost, for the tests.
#[cfg(test)]
pub(crate) mod steps {
    use std::cell::Cell;

    thread_local! {
        static STEPS: Cell<usize> = const { Cell::new(0) };
    }

    pub(crate) fn add(steps: usize) {
        STEPS.set(STEPS.get() + steps);
    }

    /// How many letters `f` had to read.
    pub(crate) fn of<R>(f: impl FnOnce() -> R) -> (R, usize) {
        STEPS.set(0);
        let result = f();
        (result, STEPS.take())
    }
}

#[cfg(test)]
mod tests {
    use std::slice;

    use proptest::prelude::*;

    use super::*;

    /// What remains of a text where these were sent.
    fn redact_all(credentials: &[Credential], body: Option<&[u8]>, text: &str) -> String {
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
        let token = Credential::bearer("tok/1").unwrap();
        let body = br#"{"client_id": "me", "client_secret": "hush"}"#;
        let text = redact_all(
            slice::from_ref(&token),
            Some(body),
            r"tok/1 (tok\/1) of me is not hush",
        );
        assert_eq!(text, "[secret] ([secret]) of me is not [secret]");
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
        let encode =
            |text: &str| String::from_utf8(token::base64(text.as_bytes()).to_vec()).unwrap();
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
        let basic = Credential::basic("api-key-1", "hunter2").unwrap();
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
            let basic = Credential::basic(user, password).unwrap();
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
            assert_eq!(redact("abcd/efgh", &format!("no {text}")), "no [secret]");
            let goes_on = format!("no {text} and so on");
            assert_eq!(redact("abcd/efgh", &goes_on), goes_on);
        }
        for text in ["abc", "a & b % c \\ &; &#; &#x; %zz \\u"] {
            assert_eq!(redact("abcd/efgh", text), text);
        }
    }

    #[test]
    fn the_patterns_of_a_request_are_made_once() {
        let (body, patterns) = (br#"{"client_secret": "hush"}"#, Patterns::default());
        let made = || {
            let redactor = Redactor::new(&[], &[], Some(body), &["client_secret"], &patterns);
            redactor.patterns().as_ptr()
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
                redactor.patterns();
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
    }

    const SPELLINGS: [Spelling; 13] = [
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
            let encoded = String::from_utf8(token::base64(secret.as_bytes()).to_vec()).unwrap();
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
        fn a_text_without_a_secret_is_as_it_was((secret, _) in written(), text in text()) {
            prop_assert_eq!(redact(&secret, &text), text);
        }
    }
}
