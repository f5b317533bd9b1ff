//! Excerpts of a response for an error, without secrets.

use crate::redact::{self, Redactor};

/// The most bytes of a body that `Error::body_as` reads.
pub(super) const WHOLE: usize = redact::LONGEST;
/// The most bytes of a body that `Error::body` returns.
pub(super) const BEGINNING: usize = 4 * 1024;
/// The most bytes of a server's message in an error.
pub(super) const SENTENCE: usize = 300;
/// The most bytes of a media type in an error.
const MEDIA_TYPE: usize = 80;

/// A text without the secrets of the request.
pub(super) struct Excerpt {
    pub text: String,
    /// Whether a secret was replaced, or the text was withheld.
    pub had_secret: bool,
    /// Whether the text is complete.
    pub is_whole: bool,
}

impl Excerpt {
    /// Returns the first [`WHOLE`] bytes. `is_complete` is false for the beginning of a body that
    /// broke off.
    pub fn new(bytes: &[u8], is_complete: bool, redactor: &Redactor<'_>) -> Self {
        let is_whole = bytes.len() <= WHOLE;
        let bytes = bytes.get(..WHOLE).unwrap_or(bytes);
        let source = String::from_utf8_lossy(bytes);
        let mut text = if is_whole && is_complete {
            redactor.redact(&source)
        } else {
            redactor.redact_beginning(&source)
        };
        let had_secret = text != source;
        if !is_whole && !text.ends_with('…') {
            text.push('…');
        }
        Self {
            text,
            had_secret,
            is_whole,
        }
    }
}

/// Returns the first [`SENTENCE`] bytes of a server's message, without secrets.
pub(super) fn sentence(text: &str, redactor: &Redactor<'_>) -> String {
    // Redacting can shorten the text, so more is read than is kept.
    let looked_at = redact::beginning(text, 4 * SENTENCE);
    let shown = if looked_at.len() < text.len() {
        redactor.redact_beginning(looked_at)
    } else {
        redactor.redact(looked_at)
    };
    cut(&shown, SENTENCE)
}

/// Returns the first bytes of a text, with `…` if it is longer.
pub(super) fn cut(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    format!("{}…", redact::beginning(text, limit))
}

/// Returns the size and the media type of a body.
pub(super) fn shape(size: usize, media_type: Option<&str>, redactor: &Redactor<'_>) -> String {
    let bytes = if size == 1 { "byte" } else { "bytes" };
    let media_type = media_type.map(|it| redactor.redact(it));
    let media_type = media_type.as_deref().and_then(|it| it.split(';').next());
    match media_type.map(str::trim).filter(|it| !it.is_empty()) {
        Some(media_type) => format!("{size} {bytes} of {}", cut(media_type, MEDIA_TYPE)),
        None => format!("{size} {bytes}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_falls_between_letters() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("äää", 3), "ä…");
    }
}
