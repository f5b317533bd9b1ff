//! Reads the letters of a text in every way in which a server may have escaped them.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::rc::Rc;

/// How many encodings are undone one after the other: percent-encoding inside JSON inside HTML.
const DEPTH: usize = 3;

/// The most characters between `&` and `;`.
const LONGEST_ENTITY: usize = 8;

/// The most bytes that a text which breaks off inside an escaped letter may hold of it.
const LONGEST_ESCAPE: usize = 24;

/// A letter, and where in the text the next letter begins.
type Reading = (char, usize);

/// Reads letters that may be escaped for JSON, Rust's `Debug`, HTML or a URL.
///
/// The encodings can be mixed, and one can lie inside another.
pub(crate) struct Reader<'t> {
    text: &'t str,
    /// What places stand for where an escape may begin, by place and number of encodings. An
    /// escape inside of others would be read again for each of them.
    known: HashMap<(usize, usize), Rc<[Reading]>>,
    /// How many letters were read, which is what reading costs.
    pub steps: usize,
}

impl<'t> Reader<'t> {
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            known: HashMap::new(),
            steps: 0,
        }
    }

    /// Calls `take` with each letter that a place of the text can stand for.
    pub fn letters(&mut self, at: usize, mut take: impl FnMut(char, usize)) {
        match self.plain(at) {
            Some((letter, _)) if begins_escape(letter) => {
                for (letter, end) in self.at_depth(at, DEPTH).iter() {
                    self.steps += 1;
                    take(*letter, *end);
                }
            }
            Some((letter, end)) => {
                self.steps += 1;
                take(letter, end);
            }
            None => {}
        }
    }

    /// Where the text ends.
    pub fn end(&self) -> usize {
        self.text.len()
    }

    /// Whether the text ends at this place, or inside of a letter that is escaped.
    pub fn breaks_off(&self, at: usize) -> bool {
        let rest = self.text.get(at..).unwrap_or_default();
        let of_escape = |letter: char| {
            begins_escape(letter) || letter.is_ascii_alphanumeric() || "#{".contains(letter)
        };
        match rest.chars().next() {
            None | Some(char::REPLACEMENT_CHARACTER) => rest.chars().count() <= 1,
            Some(first) => {
                begins_escape(first)
                    && rest.len() < LONGEST_ESCAPE
                    && rest
                        .trim_end_matches(char::REPLACEMENT_CHARACTER)
                        .chars()
                        .all(of_escape)
            }
        }
    }

    fn plain(&self, at: usize) -> Option<Reading> {
        let letter = self.text.get(at..)?.chars().next()?;
        Some((letter, at + letter.len_utf8()))
    }

    /// The letters that a place can stand for, where up to `depth` encodings are undone.
    fn at_depth(&mut self, at: usize, depth: usize) -> Rc<[Reading]> {
        let plain = self.plain(at);
        if plain.is_none_or(|(letter, _)| !begins_escape(letter)) {
            self.steps += 1;
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
                    '%' => self.after_percent(end, depth),
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
        for (letter, end) in self.at_depth(at, depth).iter().copied() {
            self.steps += 1;
            let letter = match letter {
                'u' => {
                    found.extend(self.unicode(end, depth));
                    continue;
                }
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                _ if letter.is_ascii_punctuation() => letter,
                _ => continue,
            };
            found.push((letter, end));
        }
        found
    }

    /// What follows `\u`: four digits, twice that for a surrogate pair, or Rust's `{…}`.
    fn unicode(&mut self, at: usize, depth: usize) -> Option<Reading> {
        if let Some(at) = self.expect('{', at, depth) {
            let (number, end) = self.number(16, 1..=6, at, depth)?;
            return Some((char::from_u32(number)?, self.expect('}', end, depth)?));
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

    /// What follows `%`: a letter of Latin-1, or the bytes of one in UTF-8.
    fn after_percent(&mut self, at: usize, depth: usize) -> Vec<Reading> {
        let Some((first, mut end)) = self.byte(at, depth) else {
            return Vec::new();
        };
        let mut found = vec![(char::from(first), end)];
        let mut bytes = vec![first];
        while !first.is_ascii() && bytes.len() < 4 {
            let next = self.after('%', end, depth, |this, at| {
                let continues = |(byte, _): &(u8, usize)| (0x80..0xc0).contains(byte);
                this.byte(at, depth).filter(continues)
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

    /// What follows `&`: the name or the number of a letter, and a semicolon.
    fn after_ampersand(&mut self, at: usize, depth: usize) -> Option<Reading> {
        let mut name = String::new();
        let mut end = at;
        loop {
            let of_name = |letter: char| letter.is_ascii_alphanumeric() || "#;".contains(letter);
            let (letter, next) = self.pick(end, depth, of_name)?;
            end = next;
            if letter == ';' {
                break;
            }
            if name.len() == LONGEST_ENTITY {
                return None;
            }
            name.push(letter);
        }
        let letter = match &*name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let digits = name.strip_prefix('#')?;
                let number = match digits.strip_prefix(['x', 'X']) {
                    Some(digits) => u32::from_str_radix(digits, 16),
                    None => digits.parse(),
                };
                char::from_u32(number.ok()?)?
            }
        };
        Some((letter, end))
    }

    fn byte(&mut self, at: usize, depth: usize) -> Option<(u8, usize)> {
        let (number, end) = self.number(16, 2..=2, at, depth)?;
        Some((u8::try_from(number).ok()?, end))
    }

    /// A number of so many digits.
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

    /// What follows a letter that begins an escape. The letter may be escaped itself, and what
    /// follows tells whether it is.
    fn after<T>(
        &mut self,
        letter: char,
        at: usize,
        depth: usize,
        mut then: impl FnMut(&mut Self, usize) -> Option<T>,
    ) -> Option<T> {
        let found = self.at_depth(at, depth);
        let mut ends = found.iter().filter(|(found, _)| *found == letter);
        ends.find_map(|(_, end)| then(self, *end))
    }

    fn expect(&mut self, letter: char, at: usize, depth: usize) -> Option<usize> {
        let (_, end) = self.pick(at, depth, |found| found == letter)?;
        Some(end)
    }

    fn pick(&mut self, at: usize, depth: usize, fits: impl Fn(char) -> bool) -> Option<Reading> {
        self.steps += 1;
        match self.plain(at)? {
            (letter, _) if begins_escape(letter) => {
                let found = self.at_depth(at, depth);
                found.iter().copied().find(|(letter, _)| fits(*letter))
            }
            reading => Some(reading).filter(|(letter, _)| fits(*letter)),
        }
    }
}

/// Whether an escaped letter can begin with this one.
pub(crate) fn begins_escape(letter: char) -> bool {
    matches!(letter, '\\' | '%' | '&')
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
            ("&amp;", '&'),
            ("&#39;", '\''),
            ("&#x1F600;", '😀'),
        ] {
            assert!(reads(text).contains(&letter), "{text}");
        }
        for text in [
            r"\q",
            r"\u00",
            r"\ud83d",
            r"\ud83dx",
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
