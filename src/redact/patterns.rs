//! The forms of a secret that are searched for: as it is, and in base64.

use std::iter;

use zeroize::Zeroizing;

use super::letters::fold;
use crate::auth::auth_secret::SHORTEST;
use crate::auth::base64;

/// The number of characters in a piece of a secret, and the fewest of base64 that are searched for.
pub(super) const PIECE: usize = 6;

/// The fewest and the most characters of a part. A part is a third of the characters of a secret, from
/// anywhere in it; it is replaced even if the rest of the secret is missing.
const PART: (usize, usize) = (8, 32);

/// A secret in one form.
pub(super) struct Pattern {
    /// The characters, after [`fold`].
    pub letters: Zeroizing<Vec<char>>,
    /// Whether the base64 characters before and after these hold bits of the secret.
    pub partial: [bool; 2],
    pub is_base64: bool,
    /// Whether the secret is too short to be replaced: its text is withheld.
    pub is_short: bool,
}

impl Pattern {
    /// Returns the number of characters in a part of the secret.
    pub fn part(&self) -> usize {
        let (least, most) = PART;
        (self.letters.len() / 3).clamp(least, most)
    }
}

/// Returns the forms of a secret.
pub(super) fn forms(secret: &str) -> impl Iterator<Item = Pattern> {
    let letters: Zeroizing<Vec<char>> = Zeroizing::new(secret.chars().map(fold).collect());
    let is_short = letters.len() < SHORTEST;
    let plain = Pattern {
        letters,
        partial: [false; 2],
        is_base64: false,
        is_short,
    };
    // Base64 encodes three bytes as four characters, so the bytes before the secret shift it.
    let encoded = (0..3).filter_map(move |shift| base64_form(secret, shift, is_short));
    let some = !secret.is_empty();
    iter::once(plain).chain(encoded).filter(move |_| some)
}

/// Returns the base64 characters that depend on the secret only, with `shift` bytes before it.
fn base64_form(secret: &str, shift: usize, is_short: bool) -> Option<Pattern> {
    const BITS: usize = 6;
    let mut bytes = Zeroizing::new(Vec::with_capacity(shift + secret.len()));
    bytes.resize(shift, 0);
    bytes.extend_from_slice(secret.as_bytes());
    let encoded = base64::encode(&bytes);
    let (from, to) = (shift * 8, bytes.len() * 8);
    let mut whole = from.div_ceil(BITS)..to / BITS;
    let mut partial = [from % BITS != 0, to % BITS != 0];
    if whole.len() < PIECE {
        // So few characters occur by chance. Only the base64 of the secret alone is searched for.
        whole.end = to.div_ceil(BITS);
        partial = [false; 2];
        if shift > 0 {
            return None;
        }
    }
    let letters = encoded.get(whole)?.iter().copied();
    let letters = letters.map(char::from).map(fold).collect();
    Some(Pattern {
        letters: Zeroizing::new(letters),
        partial,
        is_base64: true,
        is_short,
    })
}
