//! Takes out of a text from outside what was secret in the request.

use serde_json::Value;
use zeroize::Zeroizing;

use crate::token::Credential;

const BLANK: &str = "[secret]";

/// How many letters of a secret, at the end of a text, are taken for its beginning.
const RECOGNIZABLE: usize = 4;

/// How long an escaped letter may be.
const ESCAPED: usize = 10;

/// Knows what a request held that no error may show.
///
/// A server can send back what it was sent: "the token … is not valid".
pub(crate) struct Redactor<'r> {
    credentials: &'r [Credential],
    /// Parameters and fields of forms that are secret.
    secrets: &'r [Zeroizing<String>],
    body: Option<&'r [u8]>,
    /// Keys of the body whose values are secret.
    keys: &'static [&'static str],
}

impl<'r> Redactor<'r> {
    pub fn new(
        credentials: &'r [Credential],
        secrets: &'r [Zeroizing<String>],
        body: Option<&'r [u8]>,
        keys: &'static [&'static str],
    ) -> Self {
        Self {
            credentials,
            secrets,
            body,
            keys,
        }
    }

    /// Whether a text has something in it to blank out.
    pub fn finds(&self, text: &str) -> bool {
        self.redact(text) != text
    }

    pub fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        let credentials = self.credentials.iter().flat_map(Credential::secrets);
        for secret in credentials.chain(self.secrets.iter().map(|secret| secret.as_str())) {
            blank(&mut text, secret);
        }
        if let Some(body) = self.body.filter(|_| !self.keys.is_empty())
            && let Ok(body) = serde_json::from_slice::<Value>(body)
        {
            self.values(&body, &mut text);
        }
        text
    }

    fn values(&self, value: &Value, text: &mut String) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.values(item, text)),
            Value::Object(members) => {
                for (key, member) in members {
                    match member {
                        Value::String(secret) if self.keys.contains(&key.as_str()) => {
                            blank(text, secret);
                        }
                        other => self.values(other, text),
                    }
                }
            }
            _ => {}
        }
    }
}

/// Blanks a secret out, also where it is escaped, and where the text breaks off inside it.
fn blank(text: &mut String, secret: &str) {
    let mut blanked = String::new();
    let (mut kept, mut next) = (0, 0);
    while let Some(letter) = text[next..].chars().next() {
        match length(&text[next..], secret) {
            Some(length) => {
                blanked.push_str(&text[kept..next]);
                blanked.push_str(BLANK);
                next += length;
                kept = next;
            }
            None => next += letter.len_utf8(),
        }
    }
    if kept > 0 {
        blanked.push_str(&text[kept..]);
        *text = blanked;
    }
}

/// How much of the beginning of a text is the secret.
fn length(text: &str, secret: &str) -> Option<usize> {
    if secret.is_empty() {
        return None;
    }
    if text.starts_with(secret) {
        return Some(secret.len());
    }
    let mut rest = text;
    for (count, letter) in secret.chars().enumerate() {
        match after(rest, letter) {
            Some(after) => rest = after,
            None if count >= RECOGNIZABLE && is_broken_off(rest) => return Some(text.len()),
            None => return None,
        }
    }
    Some(text.len() - rest.len())
}

/// What follows a letter at the beginning of a text.
fn after(text: &str, letter: char) -> Option<&str> {
    match unescape(text) {
        Some((found, length)) if found == letter => text.get(length..),
        _ => text.strip_prefix(letter),
    }
}

/// Whether a text ends here, if not in the middle of an escaped letter.
fn is_broken_off(rest: &str) -> bool {
    let escape = rest.starts_with(['\\', '&', '%', char::REPLACEMENT_CHARACTER]);
    rest.is_empty() || escape && rest.len() < ESCAPED
}

/// The letter that a text begins with, and how long it is, as JSON, HTML or a URL escapes it.
fn unescape(text: &str) -> Option<(char, usize)> {
    let number = |digits, base| char::from_u32(u32::from_str_radix(digits, base).ok()?);
    match *text.as_bytes() {
        [b'\\', b'u', ..] => Some((number(text.get(2..6)?, 16)?, 6)),
        [b'\\', letter, ..] if letter.is_ascii_punctuation() => Some((letter.into(), 2)),
        [b'%', ..] => Some((number(text.get(1..3)?, 16)?, 3)),
        [b'&', ..] => {
            let end = text.bytes().take(ESCAPED).position(|byte| byte == b';')?;
            let letter = match &text[1..end] {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                other => match other.strip_prefix('#')? {
                    digits if digits.starts_with(['x', 'X']) => number(&digits[1..], 16)?,
                    digits => number(digits, 10)?,
                },
            };
            Some((letter, end + 1))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::slice;

    use super::*;

    #[test]
    fn what_was_sent_is_blanked_out_wherever_it_comes_back() {
        let token = Credential::bearer("tok/1").unwrap();
        let body = br#"{"client_id": "me", "client_secret": "hush"}"#;
        let redactor = Redactor::new(slice::from_ref(&token), &[], Some(body), &["client_secret"]);
        let text = redactor.redact(r"tok/1 (tok\/1) of me is not hush");
        assert_eq!(text, "[secret] ([secret]) of me is not [secret]");
    }

    #[test]
    fn a_secret_is_found_however_it_is_escaped() {
        let token = Credential::bearer("a/b%c&d'e\\f+g").unwrap();
        let redactor = Redactor::new(slice::from_ref(&token), &[], None, &[]);
        for text in [
            r"a/b%c&d'e\f+g",
            r"a\/b%c&d\'e\\f+g",
            r"a\u002fb\u0025c\u0026d\u0027e\u005Cf\u002Bg",
            "a%2Fb%25c%26d%27e%5cf%2bg",
            "a/b%c&amp;d&apos;e\\f+g",
            "a&#x2F;b&#37;c&#38;d&#x27;e&#92;f&#043;g",
        ] {
            let shown = redactor.redact(&format!("ä{text}, {text}."));
            assert_eq!(shown, "ä[secret], [secret].", "{text}");
        }
    }

    #[test]
    fn a_secret_is_found_where_the_text_breaks_off() {
        let token = Credential::bearer("abcd/efgh").unwrap();
        let redactor = Redactor::new(slice::from_ref(&token), &[], None, &[]);
        for text in [
            "abcd",
            "abcd/ef",
            r"abcd\",
            r"abcd\u00",
            "abcd%2",
            "abcd&#x2",
            "abcd/\u{fffd}",
        ] {
            assert_eq!(redactor.redact(&format!("no {text}")), "no [secret]");
            let goes_on = format!("no {text} and so on");
            assert_eq!(redactor.redact(&goes_on), goes_on);
        }
        assert_eq!(redactor.redact("abc"), "abc");
        assert_eq!(
            redactor.redact("a & b % c \\ &; &#; &#x; %zz \\u"),
            "a & b % c \\ &; &#; &#x; %zz \\u"
        );
    }

    #[test]
    fn an_empty_secret_blanks_nothing() {
        let body = br#"{"client_secret": ""}"#;
        let redactor = Redactor::new(&[], &[], Some(body), &["client_secret"]);
        assert_eq!(redactor.redact("as it was"), "as it was");
    }
}
