//! Texts from outside, cut to a length that can be shown.

/// Returns the first characters of a text: at most so many.
pub(crate) fn first_characters(text: &str, count: usize) -> &str {
    let end = text.char_indices().nth(count).map(|(end, _)| end);
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}
