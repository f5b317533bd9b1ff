//! Which part of the old document is which part of the new one.

use std::collections::HashSet;

use crate::model::Operation;

/// The parts of two lists.
pub struct Pairs<'a, T> {
    /// The parts of the old list, each with the part of the new one that it is, and where that is.
    pub old: Vec<(&'a T, Option<(usize, &'a T)>)>,
    /// The parts that only the new list has.
    pub gained: Vec<&'a T>,
}

impl<'a, T> Pairs<'a, T> {
    /// Pairs what has the same key, whatever it is called, and then what has the same name.
    pub fn new<K: PartialEq>(
        old: &'a [T],
        new: &'a [T],
        key: impl Fn(&'a T) -> Option<K>,
        name: impl Fn(&'a T) -> &'a str,
    ) -> Self {
        let mut pairs: Vec<(&T, Option<(usize, &T)>)> =
            old.iter().map(|part| (part, None)).collect();
        let mut taken = HashSet::new();
        let mut find = |is_same: &dyn Fn(&'a T, &'a T) -> bool| {
            for (part, found) in pairs.iter_mut().filter(|(_, found)| found.is_none()) {
                let mut free = new.iter().enumerate().filter(|(at, _)| !taken.contains(at));
                *found = free.find(|(_, other)| is_same(part, other));
                taken.extend(found.map(|(at, _)| at));
            }
        };
        find(&|part, other| key(part).is_some_and(|own| key(other) == Some(own)));
        find(&|part, other| name(part) == name(other));
        let gained = new.iter().enumerate().filter(|(at, _)| !taken.contains(at));
        let gained = gained.map(|(_, part)| part).collect();
        Self { old: pairs, gained }
    }

    /// What stands in both lists, in the order of the old one.
    pub fn both(&self) -> impl Iterator<Item = (&'a T, &'a T)> {
        let found = |(old, new): &(&'a T, Option<(usize, &'a T)>)| Some((*old, (*new)?.1));
        self.old.iter().filter_map(found)
    }

    /// What stands in both lists and is `wanted`, in the order of each.
    pub fn orders(&self, wanted: impl Fn(&T) -> bool) -> [Vec<&'a T>; 2] {
        let both = self
            .old
            .iter()
            .filter_map(|(old, new)| Some((*old, (*new)?)));
        let mut both: Vec<_> = both
            .filter(|(old, (_, new))| wanted(old) && wanted(new))
            .collect();
        let old = both.iter().map(|(_, (_, new))| *new).collect();
        both.sort_by_key(|(_, (at, _))| *at);
        [old, both.iter().map(|(_, (_, new))| *new).collect()]
    }

    /// Whether what stands in both lists, and is `wanted`, has the same order in them.
    pub fn is_in_order(&self, wanted: impl Fn(&T) -> bool) -> bool {
        let [old, new] = self.orders(wanted);
        old.into_iter()
            .zip(new)
            .all(|(old, new)| std::ptr::eq(old, new))
    }
}

/// The operations of two documents: by their names, or else by method and path.
pub fn operations<'a>(old: &'a [Operation], new: &'a [Operation]) -> Pairs<'a, Operation> {
    // A name that both documents have stays with its operation, wherever that is sent.
    let mut pairs = Pairs::new(old, new, |one| Some(&one.name), |one| &one.name);
    let line = |one: &Operation| (one.method, blank(&one.path));
    let lost = pairs.old.iter_mut().filter(|(_, found)| found.is_none());
    for (from, found) in lost {
        if let Some(at) = pairs.gained.iter().position(|to| line(to) == line(from)) {
            let to = pairs.gained.remove(at);
            let at = new.iter().position(|other| std::ptr::eq(other, to));
            *found = at.map(|at| (at, to));
        }
    }
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
