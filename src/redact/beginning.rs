//! The part of a text that is searched and kept.

/// How many bytes of a text are searched and kept.
pub(crate) const LONGEST: usize = 64 * 1024;

/// Returns as much of a text as fits into some bytes.
pub(crate) fn beginning(text: &str, bytes: usize) -> &str {
    let fits = |end: &usize| text.is_char_boundary(*end);
    let end = (0..=bytes.min(text.len())).rev().find(fits);
    &text[..end.unwrap_or_default()]
}
