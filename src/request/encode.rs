//! Percent-encodes values for a URL.

use std::fmt::{self, Display, Write};
use std::ops::Range;

use percent_encoding::utf8_percent_encode;

use crate::escape::ESCAPED;

/// A writer that percent-encodes.
pub(super) struct Escaped<'u>(pub &'u mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend(utf8_percent_encode(text, &ESCAPED));
        Ok(())
    }
}

/// Percent-encodes values and joins them by a sign, which is not encoded.
pub(super) fn join(values: impl IntoIterator<Item: Display>, sign: &str) -> String {
    let mut text = String::new();
    for (index, value) in values.into_iter().enumerate() {
        if index > 0 {
            text.push_str(sign);
        }
        // Writing to a string does not fail.
        let _ = write!(Escaped(&mut text), "{value}");
    }
    text
}

/// Returns the range of `{name}` in a path.
pub(super) fn placeholder(path: &str, name: &str) -> Option<Range<usize>> {
    let mut marks = path.match_indices('{');
    marks.find_map(|(start, _)| {
        let after = path[start + 1..].strip_prefix(name)?.strip_prefix('}')?;
        Some(start..path.len() - after.len())
    })
}

/// Percent-encodes a text.
pub(super) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, &ESCAPED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_value_keeps_its_place_among_the_others() {
        assert_eq!(join(["", "a,", ""], ","), ",a%2C,");
        assert_eq!(join(["a"], ","), "a");
    }
}
