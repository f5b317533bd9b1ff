//! Parts of a response that an error keeps.

use crate::redact::{self, Redactor};

/// How many bytes of a body an error can give as a value.
pub(super) const WHOLE: usize = redact::LONGEST;
/// How many bytes of a body an error gives as a text.
pub(super) const BEGINNING: usize = 4 * 1024;
/// How many bytes of a sentence of the server's stand in a message.
pub(super) const SENTENCE: usize = 300;
/// How many bytes of a media type stand in a message.
const MEDIA_TYPE: usize = 80;

/// A text without the secrets of the request.
pub(super) struct Excerpt {
    pub text: String,
    /// Whether a secret was taken out, or the whole was withheld.
    pub had_secret: bool,
    /// Whether it is all of the text.
    pub is_whole: bool,
}

impl Excerpt {
    /// Takes the beginning of a text.
    pub fn new(bytes: &[u8], redactor: &Redactor<'_>) -> Self {
        let is_whole = bytes.len() <= WHOLE;
        let bytes = bytes.get(..WHOLE).unwrap_or(bytes);
        let source = String::from_utf8_lossy(bytes);
        let mut text = redactor.redact(&source);
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

/// Returns the beginning of a text of the server's, as a message can have it.
pub(super) fn sentence(text: &str, redactor: &Redactor<'_>) -> String {
    // A secret is longer where it is escaped, and is found as well where the text breaks off.
    let looked_at = redact::beginning(text, 4 * SENTENCE);
    cut(&redactor.redact(looked_at), SENTENCE)
}

/// Returns the beginning of a text, with a mark where the rest was.
pub(super) fn cut(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    format!("{}…", redact::beginning(text, limit))
}

/// Describes a body without showing any of it.
pub(super) fn shape(size: usize, media_type: Option<&str>, redactor: &Redactor<'_>) -> String {
    let bytes = if size == 1 { "byte" } else { "bytes" };
    let media_type = media_type.and_then(|it| it.split(';').next());
    match media_type.map(str::trim).filter(|it| !it.is_empty()) {
        Some(media_type) => {
            let media_type = cut(&redactor.redact(media_type), MEDIA_TYPE);
            format!("{size} {bytes} of {media_type}")
        }
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
