//! The places of all patterns, in the order of their letters, so that one step through a text
//! serves all of them.

use std::ops::Range;

use zeroize::Zeroizing;

use super::escapes::begins_escape;
use super::gaps::begins_gap;
use super::letters::fold;
use super::patterns::{PIECE, Pattern};
use crate::auth::auth_secret::SHORTEST;

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
    /// See [`plain`].
    plain: [Option<u8>; 256],
    /// Each [`SHORTEST`] letters of ASCII in a row, sorted.
    runs: Zeroizing<Vec<u32>>,
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
        let first = |it| piece(it)[..SHORTEST].iter().map(|letter| ascii(*letter));
        let mut runs = Zeroizing::new(Vec::with_capacity(order.len()));
        runs.extend(order.iter().filter_map(|it| pack(first(it))));
        runs.sort_unstable();
        Self {
            patterns,
            tiny,
            order,
            plain: std::array::from_fn(|byte| u8::try_from(byte).ok().and_then(plain)),
            runs,
        }
    }

    /// Returns the next place of a text where a pattern can begin or go on.
    pub fn next_start(&self, text: &str, from: usize) -> Option<usize> {
        if self.patterns.is_empty() {
            return None;
        }
        let bytes = text.as_bytes();
        (from..bytes.len())
            .find(|start| text.is_char_boundary(*start) && self.fits(&bytes[*start..]))
    }

    /// Whether some letters of a pattern can stand at the beginning of these bytes.
    fn fits(&self, bytes: &[u8]) -> bool {
        let run = &bytes[..bytes.len().min(SHORTEST)];
        match pack(run.iter().map(|byte| self.plain[usize::from(*byte)])) {
            _ if !self.tiny.is_empty() => true,
            Some(packed) => run.len() == SHORTEST && self.runs.binary_search(&packed).is_ok(),
            None => true,
        }
    }

    /// Returns the places that begin with the first [`SHORTEST`] bytes; all places and 0 if one of
    /// these bytes does not tell its letter alone. The second number counts the letters.
    pub fn narrow_by_bytes(&self, bytes: &[u8]) -> (Range<usize>, usize) {
        let all = 0..self.order.len();
        let mut range = all.clone();
        for depth in 0..SHORTEST {
            let byte = bytes.get(depth).map(|byte| usize::from(*byte));
            let Some(letter) = byte.and_then(|byte| self.plain[byte]) else {
                return (all, 0);
            };
            range = self.narrow(&range, depth, char::from(letter));
        }
        (range, SHORTEST)
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

    pub fn positions(&self, range: Range<usize>) -> &[Position] {
        &self.order[range]
    }
}

/// Returns letters in a row as one number; `None` if one of them is `None`.
fn pack(letters: impl Iterator<Item = Option<u8>>) -> Option<u32> {
    letters.fold(Some(0), |run, letter| Some(run? << 7 | u32::from(letter?)))
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
