//! Characters that count as equal in a search.

/// Returns one character for all that count as equal: both cases, a space and its `+` in a form, and
/// the characters in which the two alphabets of base64 differ.
pub(super) fn fold(letter: char) -> char {
    match letter {
        ' ' | '-' => '+',
        '_' => '/',
        _ if letter.is_ascii() => letter.to_ascii_lowercase(),
        _ => {
            let upper = single(letter.to_uppercase()).unwrap_or(letter);
            single(upper.to_lowercase()).unwrap_or(upper)
        }
    }
}

/// Returns the only character, or `None` if there are several.
pub(super) fn single(mut letters: impl Iterator<Item = char>) -> Option<char> {
    let first = letters.next();
    first.filter(|_| letters.next().is_none())
}

pub(super) fn is_of_base64(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '+' | '/' | '-' | '_')
}
