//! The start of a text.

/// The most bytes of a text that are searched and kept.
pub(crate) const LONGEST: usize = 64 * 1024;

/// Returns as many characters of a text as fit into `bytes`.
pub(crate) fn beginning(text: &str, bytes: usize) -> &str {
    let fits = |end: &usize| text.is_char_boundary(*end);
    let end = (0..=bytes.min(text.len())).rev().find(fits);
    &text[..end.unwrap_or_default()]
}
