//! A sorted index of all positions in all patterns, as in a suffix array: one pass over a text
//! searches for all of them.

use std::ops::Range;

use zeroize::Zeroizing;

use super::escapes::begins_escape;
use super::gaps::begins_gap;
use super::letters::fold;
use super::patterns::{PIECE, Pattern};
use crate::auth::auth_secret::SHORTEST;

/// A position in a pattern.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Position {
    pub pattern: usize,
    pub at: usize,
}

/// The index of the secrets of a request.
pub(crate) struct Index {
    pub patterns: Vec<Pattern>,
    /// Patterns with fewer than [`SHORTEST`] characters.
    pub tiny: Vec<usize>,
    /// Every position with at least [`SHORTEST`] characters after it, sorted by the next [`PIECE`].
    order: Vec<Position>,
    /// See [`plain`].
    plain: [Option<u8>; 256],
    /// The next [`SHORTEST`] characters of each position, if they are ASCII, sorted.
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
            let starts = 0..(letters.len() + 1).saturating_sub(SHORTEST);
            order.extend(starts.map(|at| Position { pattern, at }));
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

    /// Returns the next offset of a text at which a position can match.
    pub fn next_start(&self, text: &str, from: usize) -> Option<usize> {
        if self.patterns.is_empty() {
            return None;
        }
        let bytes = text.as_bytes();
        (from..bytes.len())
            .find(|start| text.is_char_boundary(*start) && self.fits(&bytes[*start..]))
    }

    /// Returns true if a position can match these bytes. May return true for one that does not.
    fn fits(&self, bytes: &[u8]) -> bool {
        let run = &bytes[..bytes.len().min(SHORTEST)];
        match pack(run.iter().map(|byte| self.plain[usize::from(*byte)])) {
            _ if !self.tiny.is_empty() => true,
            Some(packed) => run.len() == SHORTEST && self.runs.binary_search(&packed).is_ok(),
            None => true,
        }
    }

    /// Returns the positions that match the first [`SHORTEST`] bytes, and the number of characters
    /// matched. Returns all positions and 0 if one of the bytes is not [`plain`].
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

    /// Returns the positions of a range that have `letter` at `depth`. All positions of the range must
    /// have the same characters before it. `depth` is less than [`PIECE`].
    pub fn narrow(&self, range: &Range<usize>, depth: usize, letter: char) -> Range<usize> {
        let at_depth = |it: &Position| {
            self.patterns[it.pattern]
                .letters
                .get(it.at + depth)
                .copied()
        };
        let positions = &self.order[range.clone()];
        let from = positions.partition_point(|it| at_depth(it) < Some(letter));
        let count = positions[from..].partition_point(|it| at_depth(it) == Some(letter));
        range.start + from..range.start + from + count
    }

    pub fn positions(&self, range: Range<usize>) -> &[Position] {
        &self.order[range]
    }
}

/// Packs characters in a row into one number. Returns `None` if one of them is `None`.
fn pack(mut letters: impl Iterator<Item = Option<u8>>) -> Option<u32> {
    letters.try_fold(0, |run, letter| Some(run << 7 | u32::from(letter?)))
}

fn ascii(letter: char) -> Option<u8> {
    u8::try_from(letter).ok().filter(u8::is_ascii)
}

/// Returns the folded ASCII character of a byte, unless an escape, a gap or a non-ASCII character can
/// start with the byte.
fn plain(byte: u8) -> Option<u8> {
    let letter = char::from(byte);
    if begins_escape(letter) || begins_gap(byte) {
        return None;
    }
    ascii(fold(letter)).filter(|_| byte.is_ascii())
}
