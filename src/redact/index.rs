//! The places of all patterns, in the order of their letters, so that one step through a text
//! serves all of them.

use std::ops::Range;

use zeroize::Zeroizing;

use super::escapes::begins_escape;
use super::gaps::begins_gap;
use super::letters::fold;
use super::patterns::{PIECE, Pattern};
use crate::auth::auth_secret::SHORTEST;

/// How many bits tell which letters in a row a secret has.
const BITS: u32 = 16;

/// A place in a pattern.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Position {
    pub pattern: usize,
    pub at: usize,
}

/// The secrets of a request, ready to be searched for.
pub(crate) struct Index {
    pub patterns: Vec<Pattern>,
    /// Patterns with fewer than [`SHORTEST`] letters.
    pub tiny: Vec<usize>,
    /// Every place with at least [`SHORTEST`] letters, in the order of the next [`PIECE`] letters.
    order: Vec<Position>,
    /// Bytes of a text where a pattern can begin, or go on.
    begins: [bool; 256],
    /// Bytes of a text where a pattern of [`Index::tiny`] can begin.
    begins_tiny: [bool; 256],
    /// See [`plain`].
    plain: [Option<u8>; 256],
    /// A bit for the hash of each [`SHORTEST`] letters in a row.
    runs: Zeroizing<Vec<u64>>,
}

impl Index {
    pub fn new(patterns: Vec<Pattern>) -> Self {
        let mut tiny = Vec::new();
        let mut order = Vec::new();
        for (pattern, Pattern { letters, .. }) in patterns.iter().enumerate() {
            if letters.len() < SHORTEST {
                tiny.push(pattern);
            }
            let places = 0..(letters.len() + 1).saturating_sub(SHORTEST);
            order.extend(places.map(|at| Position { pattern, at }));
        }
        let piece = |it: &Position| {
            let letters = &patterns[it.pattern].letters;
            &letters[it.at..letters.len().min(it.at + PIECE)]
        };
        order.sort_unstable_by(|one, other| piece(one).cmp(piece(other)));
        let mut runs = Zeroizing::new(vec![0; 1 << (BITS - u64::BITS.ilog2())]);
        for letters in order.iter().map(piece) {
            if let Some(hash) = hash(letters[..SHORTEST].iter().map(|letter| ascii(*letter))) {
                runs[hash / 64] |= 1 << (hash % 64);
            }
        }
        let first = |places: &mut dyn Iterator<Item = char>| bytes_of(&places.collect::<Vec<_>>());
        Self {
            begins: first(&mut order.iter().map(|it| piece(it)[0])),
            begins_tiny: first(&mut tiny.iter().map(|tiny| patterns[*tiny].letters[0])),
            patterns,
            tiny,
            order,
            plain: std::array::from_fn(|byte| u8::try_from(byte).ok().and_then(plain)),
            runs,
        }
    }

    /// Returns the next place of a text where a pattern can begin or go on.
    pub fn next_start(&self, text: &str, from: usize) -> Option<usize> {
        let bytes = text.as_bytes();
        (from..bytes.len())
            .find(|start| text.is_char_boundary(*start) && self.fits(&bytes[*start..]))
    }

    /// Whether some letters of a pattern can stand at the beginning of these bytes.
    fn fits(&self, bytes: &[u8]) -> bool {
        let first = usize::from(bytes[0]);
        if self.begins_tiny[first] {
            return true;
        }
        if !self.begins[first] {
            return false;
        }
        let run = &bytes[..bytes.len().min(SHORTEST)];
        match hash(run.iter().map(|byte| self.plain[usize::from(*byte)])) {
            Some(hash) => run.len() == SHORTEST && self.runs[hash / 64] >> (hash % 64) & 1 == 1,
            None => true,
        }
    }

    /// Returns those places of a range that have the letter at this depth, where all places of the
    /// range have the same letters before. The depth is less than [`PIECE`].
    pub fn narrow(&self, range: &Range<usize>, depth: usize, letter: char) -> Range<usize> {
        let at_depth = |it: &Position| {
            self.patterns[it.pattern]
                .letters
                .get(it.at + depth)
                .copied()
        };
        let places = &self.order[range.clone()];
        let from = places.partition_point(|it| at_depth(it) < Some(letter));
        let count = places[from..].partition_point(|it| at_depth(it) == Some(letter));
        range.start + from..range.start + from + count
    }

    /// Narrows all places by as many of some letters as take no more than a byte each to tell.
    /// Returns how many these were.
    pub fn narrow_by_bytes(&self, bytes: &[u8], letters: usize) -> (Range<usize>, usize) {
        let mut range = 0..self.order.len();
        for depth in 0..letters {
            let Some(letter) = bytes
                .get(depth)
                .and_then(|byte| self.plain[usize::from(*byte)])
            else {
                return (range, depth);
            };
            range = self.narrow(&range, depth, char::from(letter));
        }
        (range, letters)
    }

    pub fn positions(&self, range: Range<usize>) -> &[Position] {
        &self.order[range]
    }
}

/// Returns a number for letters in a row; `None` if one of them is `None`.
fn hash(letters: impl Iterator<Item = Option<u8>>) -> Option<usize> {
    let mut run: u32 = 0;
    for letter in letters {
        run = run << 7 | u32::from(letter?);
    }
    usize::try_from(run.wrapping_mul(0x9e37_79b1) >> (u32::BITS - BITS)).ok()
}

fn ascii(letter: char) -> Option<u8> {
    u8::try_from(letter).ok().filter(u8::is_ascii)
}

/// Returns the letter that a byte of a text stands for, unless that takes more than the byte to
/// tell.
fn plain(byte: u8) -> Option<u8> {
    let letter = char::from(byte);
    if begins_escape(letter) || begins_gap(byte) {
        return None;
    }
    ascii(fold(letter)).filter(|_| byte.is_ascii())
}

/// Which bytes a text can have where one of these letters stands.
fn bytes_of(letters: &[char]) -> [bool; 256] {
    let mut bytes = [false; 256];
    for (byte, begins) in (0..=u8::MAX).zip(&mut bytes) {
        let letter = char::from(byte);
        // A letter outside of ASCII can be the other case of one in ASCII: the sign for kelvin.
        let possible = !byte.is_ascii() || begins_escape(letter);
        *begins = !letters.is_empty() && (possible || letters.contains(&fold(letter)));
    }
    bytes
}
