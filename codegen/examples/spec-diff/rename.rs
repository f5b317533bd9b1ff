//! Types that have another name, where that is certain.

use std::collections::BTreeMap;

use super::report::Report;
use super::spelling;
use super::surface::Surface;

/// Places that name types, each with what stands there.
type Uses = BTreeMap<String, Vec<String>>;

/// Finds the types of the old surface that have another name in the new one, tells of them, and
/// gives them their new names in the old surface, so that each is told once.
///
/// A type that is gone is called otherwise if each place that named it, and that is still there,
/// names one that is new and of the same kind. `pairs` are the operations that are in both.
pub fn types(old: &mut Surface, new: &mut Surface, pairs: &[(usize, usize)], report: &mut Report) {
    let name = |place: usize| {
        new.operations
            .get(place)
            .map(|operation| operation.name.clone())
    };
    let both: Vec<(usize, String)> = pairs
        .iter()
        .filter_map(|(own, other)| Some((*own, name(*other)?)))
        .collect();
    let all: Vec<(usize, String)> = new
        .operations
        .iter()
        .map(|one| one.name.clone())
        .enumerate()
        .collect();
    let after = uses(new, &all);
    loop {
        let before = uses(old, &both);
        let Some((from, to)) = find(old, new, &before, &after) else {
            return;
        };
        report.breaking(format!("{from} is called {to} now"));
        rename(old, &from, &to);
    }
}

/// A type of the old surface and its new name, if there is any left.
fn find(old: &Surface, new: &Surface, before: &Uses, after: &Uses) -> Option<(String, String)> {
    let gone = old
        .types
        .iter()
        .filter(|(name, _)| !new.types.contains_key(*name));
    for (from, was) in gone {
        let named = format!("types::{from}");
        let mut changes = before
            .iter()
            .filter_map(|(place, texts)| Some(texts.iter().zip(after.get(place)?)))
            .flatten()
            .filter(|(text, _)| names(text, &named))
            .peekable();
        if changes.peek().is_none() {
            continue;
        }
        let changes: Vec<_> = changes.collect();
        let fits = |to: &str| {
            let to = format!("types::{to}");
            changes
                .iter()
                .all(|(text, other)| spelling::replace(text, &named, &to) == **other)
        };
        let added = new
            .types
            .iter()
            .filter(|(name, _)| !old.types.contains_key(*name));
        let mut alike = added.filter(|(name, is)| is.word() == was.word() && fits(name));
        if let Some((to, _)) = alike.next() {
            return Some((from.clone(), to.clone()));
        }
    }
    None
}

/// What stands where: the signatures of the operations that have a label, and the types.
fn uses(surface: &mut Surface, labels: &[(usize, String)]) -> Uses {
    let mut uses = Uses::new();
    let mut add = |owner: &str, all: Vec<(String, &mut String)>| {
        for (place, rust) in all {
            uses.entry(format!("{owner} {place}"))
                .or_default()
                .push(rust.clone());
        }
    };
    for (place, label) in labels {
        if let Some(operation) = surface.operations.get_mut(*place) {
            add(&format!("{label}()"), operation.types());
        }
    }
    for (name, known) in &mut surface.types {
        add(name, known.types());
    }
    uses
}

fn rename(surface: &mut Surface, from: &str, to: &str) {
    let (named, other) = (format!("types::{from}"), format!("types::{to}"));
    if let Some(mut renamed) = surface.types.remove(from) {
        renamed.rename(from, to);
        surface.types.insert(to.to_owned(), renamed);
    }
    let types = surface.types.values_mut().flat_map(|known| known.types());
    let operations = surface
        .operations
        .iter_mut()
        .flat_map(|operation| operation.types());
    for (_, rust) in types.chain(operations) {
        *rust = spelling::replace(rust, &named, &other);
    }
    for operation in &mut surface.operations {
        operation.rename(&named, &other);
    }
}

fn names(text: &str, name: &str) -> bool {
    spelling::replace(text, name, "") != text
}
