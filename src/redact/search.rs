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

/// How many letters are read for each byte of a text, on average, before it is withheld. Texts
/// that are not made to be slow need one to ten.
pub(super) const STEPS: usize = 16;

/// The same for a short text, which can be one secret and nothing else.
const STEPS_AT_LEAST: usize = 16 * 1024;

/// The fewest letters of a part that differ: a row of dashes tells nothing of a secret.
const DIFFERENT: usize = 4;

/// What is secret in a text.
pub(super) enum Found {
    Ranges(Vec<Range<usize>>),
    /// The text has a short secret, or it would take too long to find all secrets.
    TooMuch,
}

/// The search of one text.
pub(super) struct Search<'s> {
    index: &'s Index,
    text: &'s str,
    reader: Reader<'s>,
    /// The ends of gaps, by their beginning.
    gaps: HashMap<usize, Rc<[usize]>>,
    /// What was read on the way through a longer run: the rest of that run begins there.
    within: HashSet<(usize, Position)>,
    most: usize,
}

/// How far a text agrees with the letters of a pattern.
struct Run {
    /// Where each letter ends.
    ends: Vec<usize>,
    /// Whether the text breaks off inside of the letters.
    is_cut_off: bool,
}

impl<'s> Search<'s> {
    /// Prepares the search of a text, which takes about `most` steps at most.
    pub fn new(index: &'s Index, text: &'s str, most: usize) -> Self {
        Self {
            index,
            text,
            reader: Reader::new(text),
            gaps: HashMap::new(),
            within: HashSet::new(),
            most: (text.len() * STEPS).max(STEPS_AT_LEAST).min(most),
        }
    }

    /// Returns how many letters were read.
    pub fn steps(&self) -> usize {
        self.reader.steps
    }

    /// Finds all secrets, and what is left of them.
    pub fn secrets(&mut self) -> Found {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        let mut from = 0;
        while let Some(start) = self.index.next_start(self.text, from) {
            from = start + 1;
            for position in self.candidates(start) {
                if let Some((range, is_short)) = self.find(start, position) {
                    if is_short {
                        return Found::TooMuch;
                    }
                    add(&mut ranges, range);
                }
                if self.is_too_much() {
                    return Found::TooMuch;
                }
            }
            if self.is_too_much() {
                return Found::TooMuch;
            }
        }
        Found::Ranges(ranges)
    }

    /// Whether the text has [`PIECE`] letters of a secret in a row, or takes too long to search.
    pub fn has_piece(&mut self) -> bool {
        let mut from = 0;
        while let Some(start) = self.index.next_start(self.text, from) {
            from = start + 1;
            if !self.places_of(start, PIECE).is_empty() || self.is_too_much() {
                return true;
            }
        }
        false
    }

    fn is_too_much(&self) -> bool {
        self.reader.steps > self.most
    }

    /// Returns the places of patterns whose first letters stand at a place of the text.
    fn candidates(&mut self, start: usize) -> Vec<Position> {
        let index = self.index;
        let mut found = Vec::new();
        for range in self.places_of(start, SHORTEST) {
            let positions = index.positions(range).iter().copied();
            found.extend(positions.filter(|it| !self.within.contains(&(start, *it))));
        }
        let tiny = index.tiny.iter();
        found.extend(tiny.map(|&pattern| Position { pattern, at: 0 }));
        found
    }

    /// Returns the places of patterns that agree with so many letters of the text.
    fn places_of(&mut self, start: usize, letters: usize) -> Vec<Range<usize>> {
        let index = self.index;
        let (range, plain) = index.narrow_by_bytes(&self.text.as_bytes()[start..]);
        self.reader.steps += 1;
        let mut states = vec![(range, start + plain)];
        let mut next = Vec::new();
        for depth in plain..letters {
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

    /// Returns where the secret is, or a part of it, if it begins at this place with the letters
    /// of the position; and whether the secret is too short to be blanked out.
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

    /// Adds the letters of base64 that have some bits of the secret, and the padding.
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

    /// Reads as many of the letters as stand at this place.
    fn run(&mut self, start: usize, letters: &[char]) -> Run {
        // Most places do not have the first letter: for these, no room is made.
        let (mut places, mut next) = (vec![start], Vec::new());
        let mut ends = Vec::new();
        for letter in letters {
            for at in &places {
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
            mem::swap(&mut places, &mut next);
            next.clear();
        }
        let may_be_cut_off = (SHORTEST..letters.len()).contains(&ends.len());
        let is_cut_off = may_be_cut_off && places.iter().any(|end| self.reader.breaks_off(*end));
        Run { ends, is_cut_off }
    }

    /// Notes where the rest of a run begins, which need not be read again.
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

    /// Calls `take` with each letter that a place of the text can stand for; inside of a secret,
    /// with those after a gap as well.
    fn letters(&mut self, at: usize, is_inside: bool, mut take: impl FnMut(char, usize)) {
        self.reader.letters(at, &mut take);
        if is_inside {
            for end in self.gaps(at).iter() {
                self.reader.letters(*end, &mut take);
            }
        }
    }

    /// Returns the end of a letter, if one that fits is at this place or after a gap.
    fn farthest(&mut self, at: usize, fits: impl Fn(char) -> bool) -> Option<usize> {
        if let Some(end) = self.reader.farthest(at, &fits) {
            return Some(end);
        }
        let gaps = self.gaps(at);
        gaps.iter().find_map(|at| self.reader.farthest(*at, &fits))
    }

    /// Returns the places after the gaps at a place.
    fn gaps(&mut self, at: usize) -> Rc<[usize]> {
        let reader = &mut self.reader;
        if !reader.is_special(at, begins_gap) {
            return Rc::default();
        }
        let gaps = self.gaps.entry(at);
        Rc::clone(gaps.or_insert_with(|| ends_of_gaps(reader, at).into()))
    }
}

/// Adds a range that begins at the last one or after it.
fn add(ranges: &mut Vec<Range<usize>>, range: Range<usize>) {
    match ranges.last_mut() {
        Some(last) if range.start < last.end => last.end = last.end.max(range.end),
        _ => ranges.push(range),
    }
}

/// Whether some of the letters differ.
fn differ(letters: &[char]) -> bool {
    let mut different = Vec::with_capacity(DIFFERENT);
    letters.iter().any(|letter| {
        if !different.contains(letter) {
            different.push(*letter);
        }
        different.len() == DIFFERENT
    })
}
