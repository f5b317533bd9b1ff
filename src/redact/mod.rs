//! Removes the secrets of a request from texts that an error keeps.
//!
//! A server can repeat what it was sent: "the token … is not valid". Each letter of the secret may
//! then be escaped for JSON, HTML or a URL, the whole may be in base64, and its case may differ.

mod beginning;
mod escapes;
mod letters;
mod patterns;
#[cfg(test)]
pub(crate) mod steps;
#[cfg(test)]
mod tests;

use std::mem;
use std::ops::Range;
use std::sync::OnceLock;

use serde_json::Value;
use zeroize::Zeroizing;

use self::escapes::Reader;
use self::letters::{fold, is_of_base64};
use self::patterns::{PIECE, Pattern, forms};
use crate::auth::token::Credential;

pub(crate) use self::beginning::{LONGEST, beginning};
pub(crate) use self::patterns::SHORTEST;

/// What stands in place of a secret.
const BLANK: &str = "[secret]";

/// What stands in place of a text that cannot be shown in part.
const WITHHELD: &str = "[withheld: it may show a secret]";

/// How many letters are read for each byte of a text, on average, before it is withheld. Texts
/// that are not made to be slow need one to ten.
const STEPS: usize = 16;

/// The same for a short text, which can be one secret and nothing else.
const STEPS_AT_LEAST: usize = 16 * 1024;

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
