//! Text of a document or of the system, kept on one line.

use std::fmt::{self, Display, Write};

/// Passes text on, with each control character escaped as Rust escapes it: `\n`, `\u{7}`.
///
/// A document has line breaks in its names and files have them in theirs. A line of their own
/// would be read as another message, or by cargo as an instruction.
pub struct OneLine<W>(pub W);

impl<W: Write> Write for OneLine<W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for part in text.split_inclusive(char::is_control) {
            let mut characters = part.chars();
            match characters.next_back() {
                Some(last) if last.is_control() => {
                    write!(self.0, "{}{}", characters.as_str(), last.escape_default())?;
                }
                _ => self.0.write_str(part)?,
            }
        }
        Ok(())
    }
}

/// A value as one line of text.
pub fn one_line(value: impl Display) -> String {
    let mut line = OneLine(String::new());
    // Writing into a `String` does not fail.
    let _ = write!(line, "{value}");
    line.0
}
