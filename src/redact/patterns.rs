//! The forms in which a secret can come back.

use std::iter;

use zeroize::Zeroizing;

use super::letters::fold;
use crate::auth::auth_secret::SHORTEST;
use crate::auth::base64;

/// How many letters of a secret in a row make up a piece of it, and the shortest piece of base64
/// that is searched for.
pub(super) const PIECE: usize = 6;

/// The fewest and the most letters of a part: a part is a run of letters from anywhere in a
/// secret that is blanked out where the rest of the secret is missing. Between the two, a part
/// has a third of the letters of the secret.
const PART: (usize, usize) = (8, 32);

/// A secret in one form in which it can come back.
pub(super) struct Pattern {
    /// See [`fold`].
    pub letters: Zeroizing<Vec<char>>,
    /// Whether the letter of base64 before these, and after these, has bits of the secret.
    pub partial: [bool; 2],
    pub is_base64: bool,
    /// Whether the secret has too few letters to be blanked out.
    pub is_short: bool,
}

impl Pattern {
    /// Returns how many letters in a row are a part of the secret.
    pub fn part(&self) -> usize {
        let (least, most) = PART;
        (self.letters.len() / 3).clamp(least, most)
    }
}

/// Returns the forms in which a secret can come back.
pub(super) fn forms(secret: &str) -> impl Iterator<Item = Pattern> {
    let letters: Zeroizing<Vec<char>> = Zeroizing::new(secret.chars().map(fold).collect());
    let is_short = letters.len() < SHORTEST;
    let plain = Pattern {
        letters,
        partial: [false; 2],
        is_base64: false,
        is_short,
    };
    // In base64, three bytes are four letters: what stands before it shifts the secret.
    let encoded = (0..3).filter_map(move |shift| base64_form(secret, shift, is_short));
    let some = !secret.is_empty();
    iter::once(plain).chain(encoded).filter(move |_| some)
}

/// Returns the letters of base64 that a secret alone decides on, with `shift` bytes before it.
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
        // So few letters are found by chance: then it is the secret alone, or not at all.
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
