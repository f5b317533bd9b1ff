//! Finds the secrets of a request in one text.

use std::collections::{HashMap, HashSet};
use std::mem;
use std::ops::Range;
use std::rc::Rc;

use super::escapes::Reader;
use super::gaps::{begins_gap, ends_of_gaps};
use super::index::{Index, Position};
use super::letters::{fold, is_of_base64};
use super::patterns::PIECE;
use crate::auth::auth_secret::SHORTEST;

/// The most characters read for each byte of a text, on average; the text is withheld after that.
/// Ordinary texts need one to ten.
pub(super) const STEPS: usize = 16;

/// The same for a short text, all of which can be one secret.
const MIN_STEPS: usize = 16 * 1024;

/// The fewest different characters in a part of a secret: a row of dashes reveals nothing.
const MIN_DIFFERENT: usize = 4;

/// The search of one text.
pub(super) struct Search<'s> {
    index: &'s Index,
    text: &'s str,
    /// Whether the text is the beginning of a longer one.
    is_cut_off: bool,
    reader: Reader<'s>,
    /// The ends of gaps, by their start.
    gaps: HashMap<usize, Rc<[usize]>>,
    /// Text offsets at which the rest of a longer run starts. They need no search of their own.
    within: HashSet<(usize, Position)>,
    max_steps: usize,
}

/// A run of characters of a pattern in a text.
struct Run {
    /// The text offset after each character.
    ends: Vec<usize>,
    /// Whether the text was cut before the pattern ends.
    is_cut_off: bool,
}

impl<'s> Search<'s> {
    /// Prepares the search of a text. It ends after about `max_steps` steps.
    pub fn new(index: &'s Index, text: &'s str, is_cut_off: bool, max_steps: usize) -> Self {
        Self {
            index,
            text,
            is_cut_off,
            reader: Reader::new(text),
            gaps: HashMap::new(),
            within: HashSet::new(),
            max_steps: (text.len() * STEPS).max(MIN_STEPS).min(max_steps),
        }
    }

    /// Returns the number of characters read.
    pub fn steps(&self) -> usize {
        self.reader.steps
    }

    /// Returns the ranges of all secrets and parts of secrets. Returns `None` if the text has a short
    /// secret, or takes too long to search.
    pub fn secrets(&mut self) -> Option<Vec<Range<usize>>> {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        let mut from = 0;
        while let Some(start) = self.index.next_start(self.text, from) {
            from = start + 1;
            for position in self.candidates(start) {
                if let Some((range, is_short)) = self.find(start, position) {
                    if is_short {
                        return None;
                    }
                    add(&mut ranges, range);
                }
                self.check_steps()?;
            }
            self.check_steps()?;
        }
        Some(ranges)
    }

    /// Returns true if the text has [`PIECE`] characters of a secret in a row. Returns `None` if it
    /// takes too long to search.
    pub fn has_piece(&mut self) -> Option<bool> {
        let mut from = 0;
        while let Some(start) = self.index.next_start(self.text, from) {
            from = start + 1;
            if !self.positions_at(start, PIECE).is_empty() {
                return Some(true);
            }
            self.check_steps()?;
        }
        Some(false)
    }

    fn check_steps(&self) -> Option<()> {
        (self.reader.steps <= self.max_steps).then_some(())
    }

    /// Returns the pattern positions that may match the text from `start` on.
    fn candidates(&mut self, start: usize) -> Vec<Position> {
        let index = self.index;
        let mut found = Vec::new();
        for range in self.positions_at(start, SHORTEST) {
            let positions = index.positions(range).iter().copied();
            found.extend(positions.filter(|it| !self.within.contains(&(start, *it))));
        }
        let tiny = index.tiny.iter();
        found.extend(tiny.map(|&pattern| Position { pattern, at: 0 }));
        found
    }

    /// Returns the pattern positions whose first `length` characters match the text from `start` on.
    fn positions_at(&mut self, start: usize, length: usize) -> Vec<Range<usize>> {
        let index = self.index;
        let (range, plain) = index.narrow_by_bytes(&self.text.as_bytes()[start..]);
        self.reader.steps += 1;
        let mut states = vec![(range, start + plain)];
        let mut next = Vec::new();
        for depth in plain..length {
            for (range, at) in states.drain(..) {
                self.letters(at, depth > 0, |letter, end| {
                    let narrowed = index.narrow(&range, depth, fold(letter));
                    let state = (narrowed, end);
                    if !state.0.is_empty() && !next.contains(&state) {
                        next.push(state);
                    }
                });
            }
            mem::swap(&mut states, &mut next);
        }
        let mut ranges: Vec<Range<usize>> = states.into_iter().map(|(range, _)| range).collect();
        ranges.retain(|range| !range.is_empty());
        ranges.dedup();
        ranges
    }

    /// Returns the range of a secret, or of a part of one, that matches from `start` and `position`
    /// on; and whether the secret is too short to be replaced.
    fn find(&mut self, start: usize, position: Position) -> Option<(Range<usize>, bool)> {
        let index = self.index;
        let pattern = &index.patterns[position.pattern];
        let letters = &pattern.letters[position.at..];
        let run = self.run(start, letters);
        self.remember(position, &run);
        let end = *run.ends.last()?;
        let count = run.ends.len();
        if position.at == 0 && count == pattern.letters.len() {
            let range = self.with_partial_letters(position.pattern, start..end);
            return Some((range, pattern.is_short));
        }
        if position.at == 0 && run.is_cut_off {
            return Some((start..self.text.len(), pattern.is_short));
        }
        let is_part = count >= pattern.part() && differ(&letters[..count]);
        is_part.then_some((start..end, false))
    }

    /// Extends a range by the base64 characters that hold some bits of the secret, and the padding.
    fn with_partial_letters(&mut self, pattern: usize, range: Range<usize>) -> Range<usize> {
        let pattern = &self.index.patterns[pattern];
        let Range { start, mut end } = range;
        let [before, after] = pattern.partial;
        let before = self.text[..start].chars().next_back().filter(|_| before);
        let before = before.filter(|letter| is_of_base64(*letter));
        if after {
            end = self.farthest(end, is_of_base64).unwrap_or(end);
        }
        if pattern.is_base64 {
            while let Some(next) = self.farthest(end, |letter| letter == '=') {
                end = next;
            }
        }
        start - before.map_or(0, char::len_utf8)..end
    }

    /// Reads as many of the pattern's characters as the text has from `start` on.
    fn run(&mut self, start: usize, letters: &[char]) -> Run {
        // Without capacity: most offsets do not have the first character.
        let (mut offsets, mut next) = (vec![start], Vec::new());
        let mut ends = Vec::new();
        for letter in letters {
            for at in &offsets {
                self.letters(*at, !ends.is_empty(), |found, end| {
                    if fold(found) == *letter && !next.contains(&end) {
                        next.push(end);
                    }
                });
            }
            let Some(end) = next.iter().max() else {
                break;
            };
            ends.push(*end);
            mem::swap(&mut offsets, &mut next);
            next.clear();
        }
        let may_be_cut_off = self.is_cut_off && (SHORTEST..letters.len()).contains(&ends.len());
        let is_cut_off = may_be_cut_off && offsets.iter().any(|end| self.reader.breaks_off(*end));
        Run { ends, is_cut_off }
    }

    /// Remembers the rests of a run, which need no search of their own.
    fn remember(&mut self, position: Position, run: &Run) {
        if run.ends.len() <= SHORTEST {
            return;
        }
        for (at, end) in (position.at + 1..).zip(&run.ends) {
            let rest = Position { at, ..position };
            self.within.insert((*end, rest));
            for end in self.gaps(*end).iter() {
                self.within.insert((*end, rest));
            }
        }
    }

    /// Calls `take` with each character that can be read at an offset; inside of a secret, also with
    /// those after a gap.
    fn letters(&mut self, at: usize, is_inside: bool, mut take: impl FnMut(char, usize)) {
        self.reader.letters(at, &mut take);
        if is_inside {
            for end in self.gaps(at).iter() {
                self.reader.letters(*end, &mut take);
            }
        }
    }

    /// Returns the end of a character that fits, at this offset or after a gap.
    fn farthest(&mut self, at: usize, fits: impl Fn(char) -> bool) -> Option<usize> {
        if let Some(end) = self.reader.farthest(at, &fits) {
            return Some(end);
        }
        let gaps = self.gaps(at);
        gaps.iter().find_map(|at| self.reader.farthest(*at, &fits))
    }

    /// Returns the offsets after the gaps at an offset.
    fn gaps(&mut self, at: usize) -> Rc<[usize]> {
        let reader = &mut self.reader;
        if !reader.is_special(at, begins_gap) {
            return Rc::default();
        }
        let gaps = self.gaps.entry(at);
        Rc::clone(gaps.or_insert_with(|| ends_of_gaps(reader, at).into()))
    }
}

/// Adds a range, or extends the last one if they overlap. Ranges are added in the order of `start`.
fn add(ranges: &mut Vec<Range<usize>>, range: Range<usize>) {
    match ranges.last_mut() {
        Some(last) if range.start < last.end => last.end = last.end.max(range.end),
        _ => ranges.push(range),
    }
}

/// Returns true if at least [`MIN_DIFFERENT`] characters differ.
fn differ(letters: &[char]) -> bool {
    let mut different = Vec::with_capacity(MIN_DIFFERENT);
    letters.iter().any(|letter| {
        if !different.contains(letter) {
            different.push(*letter);
        }
        different.len() == MIN_DIFFERENT
    })
}
