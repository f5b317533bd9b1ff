//! Which part of the old document is which part of the new one.

use std::collections::HashSet;

use crate::model::Operation;

/// The parts of two lists, by their indexes.
pub struct Pairs {
    /// What stands in both lists, in the order of the old one.
    pub both: Vec<(usize, usize)>,
    pub lost: Vec<usize>,
    pub gained: Vec<usize>,
}

impl Pairs {
    /// Pairs what has the same key, whatever it is called, and then what has the same name.
    pub fn new<T, K: PartialEq>(
        old: &[T],
        new: &[T],
        key: impl Fn(&T) -> Option<K>,
        name: impl Fn(&T) -> &str,
    ) -> Self {
        let mut found: Vec<Option<usize>> = vec![None; old.len()];
        let mut taken = HashSet::new();
        let mut find = |is_same: &dyn Fn(&T, &T) -> bool| {
            for (part, found) in old.iter().zip(&mut found) {
                if found.is_none() {
                    let mut free = new.iter().enumerate().filter(|(at, _)| !taken.contains(at));
                    *found = free
                        .find(|(_, other)| is_same(part, other))
                        .map(|(at, _)| at);
                    taken.extend(*found);
                }
            }
        };
        find(&|part, other| key(part).is_some_and(|own| key(other) == Some(own)));
        find(&|part, other| name(part) == name(other));
        let indexes = found.iter().enumerate();
        let both = indexes
            .clone()
            .filter_map(|(at, other)| Some((at, (*other)?)));
        let lost = indexes.filter(|(_, other)| other.is_none());
        Self {
            both: both.collect(),
            lost: lost.map(|(at, _)| at).collect(),
            gained: (0..new.len())
                .filter(|at| !found.contains(&Some(*at)))
                .collect(),
        }
    }

    /// Whether what stands in both lists has the same order in them.
    pub fn in_order(&self) -> bool {
        self.both.is_sorted_by_key(|(_, other)| other)
    }
}

/// The operations of two documents: by their names, or else by method and path.
pub fn operations(old: &[Operation], new: &[Operation]) -> Pairs {
    // A name that both documents have stays with its operation, wherever that is sent.
    let mut pairs = Pairs::new(old, new, |_| None::<()>, |one| &one.name);
    for from in std::mem::take(&mut pairs.lost) {
        let is_same = |to: &usize| {
            let line = |one: &Operation| (one.method, blank(&one.path));
            new.get(*to).map(line) == old.get(from).map(line)
        };
        match pairs.gained.iter().position(is_same) {
            Some(at) => pairs.both.push((from, pairs.gained.remove(at))),
            None => pairs.lost.push(from),
        }
    }
    pairs.both.sort_unstable();
    pairs
}

/// A path without the names of its parameters, which are not sent.
pub fn blank(path: &str) -> String {
    let parts = path.split('{').enumerate();
    let parts = parts.map(|(index, part)| match part.split_once('}') {
        Some((_, after)) if index > 0 => format!("{{}}{after}"),
        _ => part.to_owned(),
    });
    parts.collect()
}
