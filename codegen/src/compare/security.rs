//! Compares token types, and the traits of the tokens that operations accept.

use std::collections::{BTreeMap, BTreeSet};

use super::report::Report;
use super::rust::{list, short, spelled};
use crate::model::{Api, ParameterLocation, Scheme, SchemeKind, Security};
use crate::write::holders;

/// The token types that may call an operation.
fn tokens(security: &Security) -> BTreeSet<String> {
    holders(security)
        .iter()
        .map(|token| short(&spelled(token)))
        .collect()
}

/// Reports tokens that an operation accepts now, or no longer.
pub fn compare_callers(subject: &str, [old, new]: [&Security; 2], report: &mut Report) {
    let (from, to) = (tokens(old), tokens(new));
    let shown =
        |tokens: Vec<&String>, word| list(&tokens.into_iter().cloned().collect::<Vec<_>>(), word);
    match (old, new) {
        (Security::Open, Security::Open) => {}
        (Security::Open, Security::AnyOf { .. }) => {
            let wanted = shown(to.iter().collect(), "or");
            report.breaking(format!(
                "{subject} wants {wanted}, and took any client before"
            ));
        }
        (Security::AnyOf { .. }, Security::Open) => {
            report.added(format!(
                "{subject} takes any client, one without a token too"
            ));
        }
        (Security::AnyOf { .. }, Security::AnyOf { .. }) => {
            let lost: Vec<&String> = from.difference(&to).collect();
            let gained: Vec<&String> = to.difference(&from).collect();
            if !lost.is_empty() {
                report.breaking(format!("{subject} no longer takes {}", shown(lost, "or")));
            }
            if !gained.is_empty() {
                report.added(format!("{subject} takes {} as well", shown(gained, "and")));
            }
        }
    }
}

/// Compares the module `access`.
pub fn compare(old: &Api, new: &Api, report: &mut Report) {
    compare_traits([&old.token_traits, &new.token_traits].map(traits), report);
    for (name, scheme) in &old.schemes {
        match new.schemes.get(name) {
            Some(other) => compare_scheme(&format!("access::{name}"), scheme, other, report),
            None => report.breaking(format!("access::{name} is gone")),
        }
    }
    for name in new
        .schemes
        .keys()
        .filter(|name| !old.schemes.contains_key(*name))
    {
        report.added(format!("access::{name} is a new token type"));
    }
}

/// The traits, each with the tokens that have it.
fn traits(token_traits: &BTreeMap<Security, String>) -> BTreeMap<&str, BTreeSet<String>> {
    let traits = token_traits.iter();
    traits
        .map(|(security, name)| (name.as_str(), tokens(security)))
        .collect()
}

fn compare_traits([old, new]: [BTreeMap<&str, BTreeSet<String>>; 2], report: &mut Report) {
    let mut gained: Vec<_> = new
        .iter()
        .filter(|(name, _)| !old.contains_key(*name))
        .collect();
    for (name, tokens) in &old {
        let subject = format!("access::{name}");
        if let Some(other) = new.get(name) {
            for lost in tokens.difference(other) {
                report.breaking(format!("{subject} loses {lost}"));
            }
            for gained in other.difference(tokens) {
                report.added(format!("{subject} gains {gained}"));
            }
            continue;
        }
        match gained.iter().position(|(_, other)| *other == tokens) {
            Some(at) => {
                let (name, _) = gained.remove(at);
                report.breaking(format!("{subject} is called {name} now"));
            }
            None => report.breaking(format!("{subject} is gone, which a bound may name")),
        }
    }
    for (name, _) in gained {
        report.added(format!("access::{name} is new, which a bound may name"));
    }
}

fn compare_scheme(subject: &str, old: &Scheme, new: &Scheme, report: &mut Report) {
    let Scheme { wire, doc, kind } = old;
    report.about(
        subject,
        &format!("{wire} {doc}"),
        &format!("{} {}", new.wire, new.doc),
    );
    match (kind, &new.kind) {
        (SchemeKind::Key(location, key), SchemeKind::Key(to, name)) => {
            report.instead(subject, "is sent", sent(*location, key), sent(*to, name));
        }
        (old, new) if old != new => {
            let (old, new) = (in_words(old), in_words(new));
            report.breaking(format!("{subject} is {new} instead of {old}"));
        }
        _ => {}
    }
}

fn in_words(kind: &SchemeKind) -> &'static str {
    match kind {
        SchemeKind::Bearer => "a bearer token",
        SchemeKind::Basic => "a name and a password",
        SchemeKind::Key(..) => "a key",
    }
}

fn sent(location: ParameterLocation, key: &str) -> String {
    let location = format!("{location:?}").to_lowercase();
    format!("in the {location} as `{key}`")
}
