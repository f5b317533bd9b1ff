//! What a server can have put between two letters of a secret: a line break, a tag, a letter that
//! is not seen.

use super::escapes::Reader;

/// The most bytes between two letters.
const LONGEST_GAP: usize = 256;

/// The most letters of a tag.
const LONGEST_TAG: usize = 80;

/// Whether a gap can begin with this byte, as far as no escape begins with it.
pub(super) fn begins_gap(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | 0 | b'<') || !byte.is_ascii()
}

/// Returns the place after a gap, if one is at this place.
pub(super) fn end_of_gap(reader: &mut Reader<'_>, at: usize) -> Option<usize> {
    let mut end = at;
    while end - at < LONGEST_GAP && reader.is_special(end, begins_gap) {
        let Some(next) = one_gap(reader, end) else {
            break;
        };
        end = next;
    }
    (end > at).then_some(end)
}

fn one_gap(reader: &mut Reader<'_>, at: usize) -> Option<usize> {
    if let Some(end) = reader.farthest(at, is_unseen) {
        return Some(end);
    }
    if let Some(end) = line_break(reader, at) {
        return Some(end);
    }
    if let Some(end) = reader.farthest(at, |letter| letter == '<') {
        return tag(reader, end);
    }
    // Quoted-printable breaks a line after a `=`.
    let end = reader.farthest(at, |letter| letter == '=')?;
    line_break(reader, end)
}

/// Returns the place after a line break, and after the blanks that begin the next line.
fn line_break(reader: &mut Reader<'_>, at: usize) -> Option<usize> {
    let mut end = reader.farthest(at, |letter| matches!(letter, '\n' | '\r'))?;
    while end - at < LONGEST_GAP {
        match reader.farthest(end, |letter| matches!(letter, ' ' | '\t' | '\n' | '\r')) {
            Some(next) => end = next,
            None => break,
        }
    }
    Some(end)
}

/// Returns the place after a tag, whose `<` is read.
fn tag(reader: &mut Reader<'_>, at: usize) -> Option<usize> {
    let is_name = |letter: char| letter.is_ascii_alphabetic() || matches!(letter, '/' | '!');
    let mut end = reader.farthest(at, is_name)?;
    for _ in 0..LONGEST_TAG {
        if let Some(after) = reader.farthest(end, |letter| letter == '>') {
            return Some(after);
        }
        end = reader.farthest(end, |letter| letter != '<')?;
    }
    None
}

/// Whether a letter takes no room where a text is shown. A text of 16 bits a letter that is read
/// as one of 8 bits has a zero beside each letter.
fn is_unseen(letter: char) -> bool {
    matches!(
        letter,
        '\0' | '\u{ad}'
            | '\u{34f}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
    )
}
