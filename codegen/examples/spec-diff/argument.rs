//! What a function takes, in order.

use std::collections::BTreeMap;

use syn::{FnArg, Pat, Signature};

use super::report::Report;
use super::spelling;
use super::surface::Names;

/// One argument of a function.
#[derive(Clone, Debug)]
pub struct Argument {
    pub name: String,
    pub rust: String,
}

impl Argument {
    /// The arguments of a function but for `self`.
    pub fn all(signature: &Signature, names: &Names) -> Vec<Self> {
        let typed = signature.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(input) => Some(input),
            FnArg::Receiver(_) => None,
        });
        typed
            .map(|input| Self {
                name: match &*input.pat {
                    Pat::Ident(pattern) => pattern.ident.to_string(),
                    other => spelling::text(other),
                },
                rust: names.rust(&input.ty),
            })
            .collect()
    }

    fn shown(&self) -> String {
        format!("{}: {}", self.name, spelling::short(&self.rust))
    }
}

/// Arguments as they are declared.
pub fn list(arguments: &[Argument]) -> String {
    let shown: Vec<String> = arguments.iter().map(Argument::shown).collect();
    shown.join(", ")
}

/// Tells how a function's arguments differ, but for those that are `told` elsewhere.
///
/// `aliases` holds what an argument of the old function is in the new one.
pub fn compare(
    subject: &str,
    [old, new]: [&[Argument]; 2],
    aliases: &BTreeMap<String, String>,
    told: &dyn Fn(&str) -> bool,
    report: &mut Report,
) {
    let find = |list: &[Argument], name: &str| list.iter().position(|one| one.name == name);
    let mut pairs = Vec::new();
    let mut lost = Vec::new();
    for (place, one) in old.iter().enumerate() {
        let alias = aliases.get(&one.name).unwrap_or(&one.name);
        match find(new, alias) {
            Some(other) => pairs.push((place, other)),
            None => lost.push(place),
        }
    }
    let mut gained: Vec<usize> = (0..new.len()).collect();
    gained.retain(|place| pairs.iter().all(|(_, other)| other != place));
    for place in lost {
        let Some(one) = old.get(place) else { continue };
        let replaced = gained.contains(&place);
        match new
            .get(place)
            .filter(|other| replaced && other.rust == one.rust)
        {
            Some(other) => {
                gained.retain(|gained| *gained != place);
                report.breaking(format!(
                    "{subject} takes {} in place of {}, which the compiler does not notice",
                    other.shown(),
                    one.name
                ));
            }
            None if told(&one.name) => {}
            None => report.breaking(format!("{subject} no longer takes {}", one.shown())),
        }
    }
    for other in gained.into_iter().filter_map(|place| new.get(place)) {
        if !told(&other.name) {
            report.breaking(format!("{subject} takes {} as well", other.shown()));
        }
    }
    for (one, other) in &pairs {
        if let (Some(one), Some(other)) = (old.get(*one), new.get(*other)) {
            compare_one(subject, one, other, report);
        }
    }
    order(subject, [old, new], &pairs, report);
}

/// Tells how the type that a function takes differs.
pub fn retyped(subject: &str, old: &str, new: &str, report: &mut Report) {
    if old == new {
        return;
    }
    let line = format!("{subject}: {}", spelling::arrow(old, new));
    // What was a value of the type still becomes one.
    match new == format!("impl Into<{old}>") {
        true => report.added(line),
        false => report.breaking(line),
    }
}

fn compare_one(subject: &str, old: &Argument, new: &Argument, report: &mut Report) {
    if old.name != new.name {
        report.docs(format!(
            "{subject} calls its argument {} {} now",
            old.name, new.name
        ));
    }
    retyped(
        &format!("{subject}, argument {}", new.name),
        &old.rust,
        &new.rust,
        report,
    );
}

fn order(
    subject: &str,
    [old, new]: [&[Argument]; 2],
    pairs: &[(usize, usize)],
    report: &mut Report,
) {
    if pairs.is_sorted_by_key(|(_, other)| other) {
        return;
    }
    let names = |list: &[Argument]| {
        let names: Vec<&str> = list.iter().map(|one| one.name.as_str()).collect();
        names.join(", ")
    };
    let types = |list: &[Argument]| list.iter().map(|one| one.rust.clone()).collect::<Vec<_>>();
    let unseen = match types(old) == types(new) {
        true => ", which the compiler does not notice",
        false => "",
    };
    report.breaking(format!(
        "{subject} takes ({}) in place of ({}){unseen}",
        names(new),
        names(old)
    ));
}
