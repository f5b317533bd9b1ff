//! Reads the characters of a text in every encoding in which a server may have escaped them.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::rc::Rc;

/// The most nested encodings, such as percent-encoding inside JSON inside HTML.
const DEPTH: usize = 3;

/// The most characters in the name of an HTML entity, such as `&lowbar;`.
const LONGEST_ENTITY: usize = 8;

/// The most digits in the number of an HTML entity. With more, a `u32` could overflow.
const MAX_DIGITS: usize = 8;

/// The most bytes of an escape that is cut off at the end of a text.
const LONGEST_ESCAPE: usize = 24;

/// A character, and the offset after it.
type Reading = (char, usize);

/// Reads characters that may be escaped for JSON, JavaScript, Rust's `Debug`, HTML, a URL or mail
/// (quoted-printable). Encodings can be mixed and nested.
pub(super) struct Reader<'t> {
    text: &'t str,
    /// See [`possible_escapes`].
    possible: Vec<bool>,
    /// The readings at the offsets of escapes, by offset and number of encodings. Without this, a
    /// nested escape would be decoded again for each of the outer ones.
    known: HashMap<(usize, usize), Rc<[Reading]>>,
    /// The number of characters read, a measure of the cost.
    pub steps: usize,
}

impl<'t> Reader<'t> {
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            possible: possible_escapes(text.as_bytes()),
            known: HashMap::new(),
            steps: 0,
        }
    }

    /// Calls `take` with each character that can be read at an offset.
    pub fn letters(&mut self, at: usize, mut take: impl FnMut(char, usize)) {
        for (letter, end) in self.readings(at, DEPTH).iter() {
            self.steps += 1;
            take(*letter, *end);
        }
    }

    /// Returns the end of the longest spelling of a character that fits, at this offset.
    pub fn farthest(&mut self, at: usize, fits: impl Fn(char) -> bool) -> Option<usize> {
        let mut farthest = None;
        self.letters(at, |letter, end| {
            if fits(letter) {
                farthest = farthest.max(Some(end));
            }
        });
        farthest
    }

    /// Returns true if an escape can start with the byte at this offset, or the byte fits.
    pub fn is_special(&self, at: usize, is_one_of: impl Fn(u8) -> bool) -> bool {
        let byte = self.text.as_bytes().get(at);
        byte.is_some_and(|byte| begins_escape(char::from(*byte)) || is_one_of(*byte))
    }

    /// Returns true if the text ends at this offset, or within an escape that starts there.
    pub fn breaks_off(&self, at: usize) -> bool {
        let rest = self.text.get(at..).unwrap_or_default();
        let rest = rest.trim_end_matches(char::REPLACEMENT_CHARACTER);
        let is_of_escape = |letter: char| {
            begins_escape(letter) || letter.is_ascii_alphanumeric() || "#{".contains(letter)
        };
        let is_escape = rest.starts_with(begins_escape) && rest.chars().all(is_of_escape);
        rest.is_empty() || is_escape && rest.len() < LONGEST_ESCAPE
    }

    /// Returns the characters that can be read at an offset, with up to `depth` encodings undone.
    fn readings(&mut self, at: usize, depth: usize) -> Rc<[Reading]> {
        let letter = self.text.get(at..).and_then(|rest| rest.chars().next());
        let plain = letter.map(|letter| (letter, at + letter.len_utf8()));
        if !self.possible.get(at).is_some_and(|possible| *possible) {
            return plain.into_iter().collect();
        }
        if let Some(found) = self.known.get(&(at, depth)) {
            return Rc::clone(found);
        }
        let found: Rc<[Reading]> = self.decode(plain, depth).into();
        self.known.insert((at, depth), Rc::clone(&found));
        found
    }

    fn decode(&mut self, plain: Option<Reading>, depth: usize) -> Vec<Reading> {
        let mut found: Vec<Reading> = plain.into_iter().collect();
        for depth in 0..depth {
            for index in 0..found.len() {
                let (letter, end) = found[index];
                self.steps += 1;
                let decoded = match letter {
                    '\\' => self.after_backslash(end, depth),
                    '%' | '=' => self.after_percent(letter, end, depth),
                    '&' => self.after_ampersand(end, depth).into_iter().collect(),
                    _ => continue,
                };
                for reading in decoded {
                    if !found.contains(&reading) {
                        found.push(reading);
                    }
                }
            }
        }
        found
    }

    fn after_backslash(&mut self, at: usize, depth: usize) -> Vec<Reading> {
        let mut found = Vec::new();
        for &(letter, end) in self.readings(at, depth).iter() {
            self.steps += 1;
            found.extend(match letter {
                'u' => self.unicode(end, depth),
                'x' => self.code(16, 2..=2, end, depth),
                '0'..='3' => self.code(8, 3..=3, at, depth),
                'b' => Some(('\u{8}', end)),
                'f' => Some(('\u{c}', end)),
                'n' => Some(('\n', end)),
                'r' => Some(('\r', end)),
                't' => Some(('\t', end)),
                _ => Some((letter, end)).filter(|_| letter.is_ascii_punctuation()),
            });
        }
        found
    }

    /// Reads what follows `\u`: four digits, a surrogate pair, or Rust's `{…}`.
    fn unicode(&mut self, at: usize, depth: usize) -> Option<Reading> {
        if let Some(at) = self.expect('{', at, depth) {
            let (letter, end) = self.code(16, 1..=6, at, depth)?;
            return Some((letter, self.expect('}', end, depth)?));
        }
        let (first, end) = self.number(16, 4..=4, at, depth)?;
        if let Some(letter) = char::from_u32(first) {
            return Some((letter, end));
        }
        self.after('\\', end, depth, |this, at| {
            let at = this.expect('u', at, depth)?;
            let (second, end) = this.number(16, 4..=4, at, depth)?;
            let pair = [u16::try_from(first).ok()?, u16::try_from(second).ok()?];
            Some((char::decode_utf16(pair).next()?.ok()?, end))
        })
    }

    /// Reads what follows `%` in a URL or `=` in mail: a byte of Latin-1 or the bytes of UTF-8; or, for
    /// `escape()` of JavaScript, `u` and four digits.
    fn after_percent(&mut self, sign: char, at: usize, depth: usize) -> Vec<Reading> {
        let Some((first, mut end)) = self.code(16, 2..=2, at, depth) else {
            let at = self.expect('u', at, depth).filter(|_| sign == '%');
            let letter = at.and_then(|at| self.code(16, 4..=4, at, depth));
            return letter.into_iter().collect();
        };
        let mut found = vec![(first, end)];
        let mut bytes: Vec<u8> = u8::try_from(first).into_iter().collect();
        while !first.is_ascii() && bytes.len() < 4 {
            let next = self.after(sign, end, depth, |this, at| {
                let (letter, end) = this.code(16, 2..=2, at, depth)?;
                let byte = u8::try_from(letter).ok()?;
                (0x80..0xc0).contains(&byte).then_some((byte, end))
            });
            let Some((byte, next)) = next else {
                break;
            };
            bytes.push(byte);
            end = next;
            if let Ok(letter) = std::str::from_utf8(&bytes) {
                found.extend(letter.chars().map(|letter| (letter, end)));
                break;
            }
        }
        found
    }

    /// Reads what follows `&`: the name or the number of a character. Browsers accept a number without
    /// the semicolon.
    fn after_ampersand(&mut self, at: usize, depth: usize) -> Option<Reading> {
        if let Some(at) = self.expect('#', at, depth) {
            let hexadecimal = self.pick(at, depth, |letter| matches!(letter, 'x' | 'X'));
            let (base, at) = hexadecimal.map_or((10, at), |(_, at)| (16, at));
            let (letter, end) = self.code(base, 1..=MAX_DIGITS, at, depth)?;
            return Some((letter, self.expect(';', end, depth).unwrap_or(end)));
        }
        let (mut name, mut end) = (String::new(), at);
        while name.len() <= LONGEST_ENTITY {
            let fits = |letter: char| letter == ';' || letter.is_ascii_alphabetic();
            let (letter, next) = self.pick(end, depth, fits)?;
            if letter == ';' {
                return Some((entity(&name)?, next));
            }
            name.push(letter);
            end = next;
        }
        None
    }

    /// Reads the number of a character.
    fn code(
        &mut self,
        base: u32,
        digits: RangeInclusive<usize>,
        at: usize,
        depth: usize,
    ) -> Option<Reading> {
        let (number, end) = self.number(base, digits, at, depth)?;
        Some((char::from_u32(number)?, end))
    }

    /// Reads a number with so many digits.
    fn number(
        &mut self,
        base: u32,
        digits: RangeInclusive<usize>,
        at: usize,
        depth: usize,
    ) -> Option<(u32, usize)> {
        let (mut number, mut end) = (0, at);
        for count in 0..*digits.end() {
            let digit = self.pick(end, depth, |letter| letter.is_digit(base));
            match digit {
                Some((digit, next)) => {
                    number = number * base + digit.to_digit(base)?;
                    end = next;
                }
                None if digits.contains(&count) => break,
                None => return None,
            }
        }
        Some((number, end))
    }

    /// Reads `letter` and what follows it. `letter` can have several spellings; the first one after
    /// which `then` succeeds counts.
    fn after<T>(
        &mut self,
        letter: char,
        at: usize,
        depth: usize,
        mut then: impl FnMut(&mut Self, usize) -> Option<T>,
    ) -> Option<T> {
        for &(found, end) in self.readings(at, depth).iter() {
            if found == letter
                && let Some(result) = then(self, end)
            {
                return Some(result);
            }
        }
        None
    }

    fn expect(&mut self, letter: char, at: usize, depth: usize) -> Option<usize> {
        let (_, end) = self.pick(at, depth, |found| found == letter)?;
        Some(end)
    }

    fn pick(&mut self, at: usize, depth: usize, fits: impl Fn(char) -> bool) -> Option<Reading> {
        self.steps += 1;
        let found = self.readings(at, depth);
        found.iter().copied().find(|(letter, _)| fits(*letter))
    }
}

/// Returns true if an escape can start with this character.
pub(super) fn begins_escape(letter: char) -> bool {
    matches!(letter, '\\' | '%' | '&' | '=')
}

/// Returns for each byte whether an escape can start there: the next byte must continue the escape or
/// start a nested one. A text of nothing but `%` is therefore read quickly.
fn possible_escapes(text: &[u8]) -> Vec<bool> {
    let mut possible = vec![false; text.len()];
    let mut next = (0_u8, false);
    for (at, byte) in text.iter().copied().enumerate().rev() {
        let (following, can_escape) = next;
        let is_escape = match byte {
            b'\\' => following.is_ascii_punctuation() || b"bfnrtux0123".contains(&following),
            b'%' => following.is_ascii_hexdigit() || following == b'u' || can_escape,
            b'=' => following.is_ascii_hexdigit() || can_escape,
            b'&' => following.is_ascii_alphabetic() || following == b'#' || can_escape,
            _ => false,
        };
        possible[at] = is_escape;
        next = (byte, is_escape);
    }
    possible
}

/// Returns the character of a named HTML entity: those of ASCII, and some invisible ones.
fn entity(name: &str) -> Option<char> {
    let letter = match name {
        "Tab" => '\t',
        "NewLine" => '\n',
        "nbsp" => ' ',
        "shy" => '\u{ad}',
        "zwj" => '\u{200d}',
        "zwnj" => '\u{200c}',
        "excl" => '!',
        "quot" | "QUOT" => '"',
        "num" => '#',
        "dollar" => '$',
        "percnt" => '%',
        "amp" | "AMP" => '&',
        "apos" => '\'',
        "lpar" => '(',
        "rpar" => ')',
        "ast" | "midast" => '*',
        "plus" => '+',
        "comma" => ',',
        "hyphen" | "dash" | "minus" => '-',
        "period" => '.',
        "sol" => '/',
        "colon" => ':',
        "semi" => ';',
        "lt" | "LT" => '<',
        "equals" => '=',
        "gt" | "GT" => '>',
        "quest" => '?',
        "commat" => '@',
        "lsqb" | "lbrack" => '[',
        "bsol" => '\\',
        "rsqb" | "rbrack" => ']',
        "Hat" => '^',
        "lowbar" | "UnderBar" => '_',
        "grave" => '`',
        "lcub" | "lbrace" => '{',
        "verbar" | "vert" => '|',
        "rcub" | "rbrace" => '}',
        "tilde" => '~',
        _ => return None,
    };
    Some(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(text: &str) -> Vec<char> {
        let mut whole = Vec::new();
        Reader::new(text).letters(0, |letter, end| {
            if end == text.len() {
                whole.push(letter);
            }
        });
        whole
    }

    #[test]
    fn a_letter_is_read_in_every_encoding() {
        for (text, letter) in [
            ("a", 'a'),
            ("ä", 'ä'),
            (r"\/", '/'),
            (r"\n", '\n'),
            (r"\u002f", '/'),
            (r"\u002F", '/'),
            (r"\u{2f}", '/'),
            (r"\ud83d\ude00", '😀'),
            ("%2f", '/'),
            ("%2F", '/'),
            ("%E4", 'ä'),
            ("%C3%A4", 'ä'),
            ("%e2%82%ac", '€'),
            ("%F0%9F%98%80", '😀'),
            (r"\\ud83d\\ude00", '😀'),
            ("%25%43%33%25%41%34", 'ä'),
            (r"\x2f", '/'),
            (r"\057", '/'),
            (r"\\x2F", '/'),
            ("%u002F", '/'),
            ("=2F", '/'),
            ("=C3=A4", 'ä'),
            ("&amp;", '&'),
            ("&sol;", '/'),
            ("&#39;", '\''),
            ("&#39", '\''),
            ("&#x2f", '/'),
            ("&#x1F600;", '😀'),
        ] {
            assert!(reads(text).contains(&letter), "{text}");
        }
    }

    #[test]
    fn what_is_no_escape_is_not_read_as_one() {
        for text in [
            r"\q",
            r"\u00",
            r"\ud83d",
            r"\ud83dx",
            r"\x2",
            r"\x2g",
            r"\05",
            r"\777",
            "=",
            "=2",
            "=u002f",
            "%u00",
            "%",
            "%2",
            "%zz",
            "&",
            "&amp",
            "&;",
            "&#;",
            "&#x;",
            "&nothing;",
        ] {
            assert!(reads(text).is_empty() || text.len() == 1, "{text}");
        }
    }

    #[test]
    fn one_encoding_is_read_inside_another() {
        for text in [
            r"\\u002f",
            r"\\\/",
            r"\u005cu002f",
            r"\u00252F",
            "%252F",
            "%25252F",
            "%5C%2F",
            "&#37;2F",
            "&amp;#47;",
            "%26%2347%3B",
            r"\u0026#47;",
        ] {
            assert!(reads(text).contains(&'/'), "{text}");
        }
    }

    #[test]
    fn a_text_breaks_off_at_its_end_or_inside_an_escape() {
        for rest in [
            "",
            "\u{fffd}",
            "\\",
            r"\u00",
            r"\ud83d\u",
            "%",
            "%2",
            "%C3%",
            "&",
            "&lt",
            "&#x2",
            r"\\u0",
        ] {
            assert!(Reader::new(rest).breaks_off(0), "{rest}");
        }
        for rest in ["a", r"\ a", "% of it", "& so on", "\u{fffd}a"] {
            assert!(!Reader::new(rest).breaks_off(0), "{rest}");
        }
    }
}
