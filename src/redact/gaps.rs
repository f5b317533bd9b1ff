//! Gaps that a server can have put between two characters of a secret: line breaks, tags and invisible
//! characters.

use super::escapes::Reader;

/// The most line breaks, indents, tags and invisible characters in a row.
const MOST_GAPS: usize = 32;

/// The most characters of a tag.
const LONGEST_TAG: usize = 80;

/// Returns true if a gap can start with this byte. Escaped gaps start with other bytes.
pub(super) fn begins_gap(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | 0 | b'<') || !byte.is_ascii()
}

/// Returns the offsets after each gap in a row. A character of the secret can look like a gap, so the
/// secret can continue after any of them.
pub(super) fn ends_of_gaps(reader: &mut Reader<'_>, at: usize) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut at = at;
    let mut begins_line = false;
    while ends.len() < MOST_GAPS {
        let blank = reader.farthest(at, |letter| begins_line && matches!(letter, ' ' | '\t'));
        let end = match blank.or_else(|| line_break(reader, at)) {
            Some(end) => {
                begins_line = true;
                end
            }
            None => match tag_or_unseen(reader, at) {
                Some(end) => {
                    begins_line = false;
                    end
                }
                None => break,
            },
        };
        ends.push(end);
        at = end;
    }
    ends
}

/// Returns the offset after a line break. In quoted-printable, it follows a `=`.
fn line_break(reader: &mut Reader<'_>, at: usize) -> Option<usize> {
    let is_break = |letter: char| matches!(letter, '\n' | '\r');
    if let Some(end) = reader.farthest(at, is_break) {
        return Some(end);
    }
    let end = reader.farthest(at, |letter| letter == '=')?;
    reader.farthest(end, is_break)
}

fn tag_or_unseen(reader: &mut Reader<'_>, at: usize) -> Option<usize> {
    if let Some(end) = reader.farthest(at, is_unseen) {
        return Some(end);
    }
    let end = reader.farthest(at, |letter| letter == '<')?;
    tag(reader, end)
}

/// Returns the offset after a tag whose `<` was read.
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

/// Returns true for an invisible character. UTF-16 that is read as bytes has a zero beside each ASCII
/// character.
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
