//! What a change of an operation does to whoever calls it.

use std::collections::{BTreeMap, BTreeSet};

use super::access::Access;
use super::argument::{self, Argument};
use super::notes;
use super::operation::{Operation, Setter};
use super::parameter::{self, Parameter};
use super::piece;
use super::report::Report;
use super::spelling;
use super::step::Step;
use super::words::Words;

/// One operation in both documents.
pub struct Call<'a> {
    old: &'a Operation,
    new: &'a Operation,
    /// What it is called in the report: as it is called now.
    subject: &'a str,
    /// The parameters of both, in the order in which they are sent.
    sent: [Vec<(String, Parameter)>; 2],
    /// What an argument or a setter of the old request is called in the new one.
    aliases: BTreeMap<String, String>,
}

impl<'a> Call<'a> {
    pub fn new(old: &'a Operation, new: &'a Operation) -> Self {
        let sent = [parameter::all(&old.steps), parameter::all(&new.steps)];
        let aliases = aliases([old, new], &sent);
        Self {
            old,
            new,
            subject: &new.name,
            sent,
            aliases,
        }
    }

    /// Tells all that is different.
    pub fn compare(&self, access: [&Access; 2], report: &mut Report) {
        let (old, new, subject) = (self.old, self.new, self.subject);
        if old.name != new.name {
            report.breaking(format!("{} is called {} now", old.name, new.name));
        } else if old.request != new.request {
            report.breaking(format!(
                "requests::{} is called {} now",
                old.request, new.request
            ));
        }
        self.compare_destination(report);
        let bounds = [&old.bound, &new.bound];
        let callers =
            report.says(|report| Access::compare_callers(access, bounds, subject, report));
        old.notes.compare_marks(&new.notes, subject, report);
        let taken = report.says(|report| {
            self.compare_taken(report);
            self.compare_order(report);
        });
        self.compare_sent(report);
        let answered = self.compare_answer(report);
        self.compare_other_steps(answered, report);
        let paged = self.compare_paging(answered, report);
        self.compare_constant(callers, report);
        if !taken && old.name == new.name {
            piece::compare(&old.derived, &new.derived, subject, report);
        }
        if !paged {
            piece::compare(&old.walks, &new.walks, subject, report);
        }
        piece::compare(&old.pieces, &new.pieces, subject, report);
        self.compare_words(paged, report);
    }

    fn compare_destination(&self, report: &mut Report) {
        let (old, new, subject) = (self.old, self.new, self.subject);
        if old.fact("method") != new.fact("method") {
            report.behaviour(format!(
                "{subject} is sent by {} instead of {}",
                new.fact("method"),
                old.fact("method")
            ));
        }
        if !self.is_same_path() {
            report.behaviour(format!(
                "{subject} is sent to {} instead of {}",
                new.fact("path"),
                old.fact("path")
            ));
        }
    }

    /// Whether the same values stand in the same parts of the path, whatever they are called.
    fn is_same_path(&self) -> bool {
        let (old, new) = (self.old.fact("path"), self.new.fact("path"));
        let mut parts = self.sent[0].iter().filter(|(_, one)| one.place == "path");
        parameter::blank(old) == parameter::blank(new)
            && parts.all(|(name, one)| {
                let alias = self.alias(name);
                let other = self.sent[1].iter().find(|(other, _)| other == alias);
                other.is_none_or(|(_, other)| one.identity(old) == other.identity(new))
            })
    }

    /// Arguments and setters, and what was one and is the other now.
    fn compare_taken(&self, report: &mut Report) {
        let (old, new, subject) = (self.old, self.new, self.subject);
        let mut moved = Vec::new();
        for argument in &old.arguments {
            let name = self.alias(&argument.name);
            if let Some(setter) = find(&new.setters, name) {
                moved.extend([argument.name.as_str(), name]);
                report.breaking(format!(
                    "{subject} takes {} by .{name}({}), and no longer as an argument",
                    argument.name,
                    short(&setter.takes)
                ));
            }
        }
        for setter in &old.setters {
            let name = self.alias(&setter.name);
            if let Some(argument) = new.arguments.iter().find(|argument| argument.name == name) {
                moved.extend([setter.name.as_str(), name]);
                report.breaking(format!(
                    "{subject} takes {name}: {} as an argument, and no longer by .{}()",
                    spelling::short(&argument.rust),
                    setter.name
                ));
            }
        }
        let lists = [old.arguments.as_slice(), new.arguments.as_slice()];
        let told = |name: &str| moved.contains(&name);
        argument::compare(subject, lists, &self.aliases, &told, report);
        self.compare_setters(&told, report);
    }

    fn compare_setters(&self, told: &dyn Fn(&str) -> bool, report: &mut Report) {
        let subject = self.subject;
        for old in &self.old.setters {
            let name = self.alias(&old.name);
            match find(&self.new.setters, name) {
                Some(new) => self.compare_setter(old, new, report),
                None if told(&old.name) => {}
                None if find(&self.new.setters, &old.name).is_some() => {
                    report.breaking(format!("{subject} loses what was .{}()", old.name));
                }
                None => report.breaking(format!("{subject} loses .{}()", old.name)),
            }
        }
        for new in &self.new.setters {
            let known = self
                .old
                .setters
                .iter()
                .any(|old| self.alias(&old.name) == new.name);
            if !known && !told(&new.name) {
                report.added(format!("{subject} gains .{}()", new.name));
            }
        }
    }

    fn compare_setter(&self, old: &Setter, new: &Setter, report: &mut Report) {
        let subject = format!("{}.{}()", self.subject, new.name);
        let said = report.says(|report| {
            if old.name != new.name {
                let before = format!("{}.{}()", self.subject, old.name);
                report.breaking(format!("{before} is called .{}() now", new.name));
            }
            match (old.takes.as_slice(), new.takes.as_slice()) {
                ([old], [new]) => argument::retyped(&subject, &old.rust, &new.rust, report),
                (old, new) => {
                    let lists = [argument::list(old), argument::list(new)];
                    if lists[0] != lists[1] {
                        report.breaking(format!(
                            "{subject} takes ({}) instead of ({})",
                            lists[1], lists[0]
                        ));
                    }
                }
            }
        });
        if !said {
            piece::compare(&old.pieces, &new.pieces, self.subject, report);
        }
        old.notes.compare_marks(&new.notes, &subject, report);
        let bounds = |side: usize, name: &str| {
            let sent = self.sent[side].iter().find(|(other, _)| other == name);
            sent.and_then(|(_, parameter)| parameter.bounds.clone())
        };
        // The bounds are compared by themselves.
        let facts = bounds(0, &old.name) != bounds(1, &new.name);
        let story = |docs: &[String]| -> Vec<String> {
            let is_told = |line: &str| is_name(line) || facts && is_facts(line);
            docs.iter().filter(|line| !is_told(line)).cloned().collect()
        };
        if story(&old.notes.docs) != story(&new.notes.docs) {
            report.docs(notes::reworded(&subject));
        }
    }

    fn compare_sent(&self, report: &mut Report) {
        for (name, old) in &self.sent[0] {
            let alias = self.alias(name);
            let Some((_, new)) = self.sent[1].iter().find(|(other, _)| other == alias) else {
                continue;
            };
            let setter = find(&self.new.setters, alias).is_some();
            let subject = match setter {
                true => format!("{}.{alias}()", self.subject),
                false => format!("{}, argument {alias},", self.subject),
            };
            let rust = [rust(self.old, name), rust(self.new, alias)];
            let alike = setter == find(&self.old.setters, name).is_some();
            old.compare(new, &subject, [&rust[0], &rust[1]], alike, report);
        }
    }

    /// Tells whether what both requests send is sent in another order.
    fn compare_order(&self, report: &mut Report) {
        let is_query = |one: &Parameter| one.place == "query";
        let both = self.sent[0].iter().filter(|(_, old)| is_query(old));
        let places = both.filter_map(|(name, _)| {
            let alias = self.alias(name);
            let mut new = self.sent[1].iter();
            new.position(|(other, new)| other == alias && is_query(new))
        });
        let query: Vec<usize> = places.collect();
        if !query.is_sorted() {
            let names = |places: &[usize]| {
                let names = places.iter().filter_map(|place| self.sent[1].get(*place));
                let names: Vec<&str> = names.map(|(name, _)| name.as_str()).collect();
                names.join(", ")
            };
            let mut sorted = query.clone();
            sorted.sort_unstable();
            report.behaviour(format!(
                "{} sends its query in the order {} instead of {}",
                self.subject,
                names(&sorted),
                names(&query)
            ));
        }
        let setters = self.old.setters.iter().filter_map(|old| {
            let alias = self.alias(&old.name);
            self.new.setters.iter().position(|new| new.name == alias)
        });
        if query.is_sorted() && !setters.is_sorted() {
            let request = &self.new.request;
            report.docs(format!(
                "requests::{request} has its methods in another order"
            ));
        }
    }

    /// What is sent beside the parameters, such as the media type that is asked for, and how the
    /// answer is read.
    fn compare_other_steps(&self, answered: bool, report: &mut Report) {
        let others = |operation: &'a Operation| -> Vec<&'a Step> {
            let steps = operation.steps.iter().chain(&operation.reading);
            steps.filter(|step| step.field.is_none()).collect()
        };
        let (old, new) = (others(self.old), others(self.new));
        let asked = |steps: &[&Step]| {
            let accept = steps.iter().find(|step| step.call == "accept");
            accept
                .and_then(|step| step.wire.clone())
                .unwrap_or("JSON".to_owned())
        };
        if asked(&old) != asked(&new) {
            let (old, new) = (asked(&old), asked(&new));
            report.behaviour(format!("{} asks for {new} instead of {old}", self.subject));
        }
        let is_multipart = |steps: &[&Step]| steps.iter().any(|step| step.call == "multipart");
        match [is_multipart(&old), is_multipart(&new)] {
            [false, true] => report.behaviour(format!("{} sends a multipart form", self.subject)),
            [true, false] => {
                report.behaviour(format!("{} no longer sends a multipart form", self.subject));
            }
            _ => {}
        }
        let by_status = self.compare_statuses([&old, &new], report);
        // An answer of another type is read otherwise.
        if answered || by_status {
            return;
        }
        let text = |steps: &[&Step]| -> String {
            let told = ["accept", "multipart", "request"];
            let steps = steps
                .iter()
                .filter(|step| !told.contains(&step.call.as_str()));
            let texts = steps.map(|step| match step.call.as_str() {
                // That it is a page of a list is told with `items()`.
                "page" => ".json()".to_owned(),
                _ => step.text.clone(),
            });
            texts.collect()
        };
        let (old, new) = (text(&old), text(&new));
        if old != new {
            let text = spelling::difference(&old, &new);
            report.behaviour(format!(
                "{} is sent or read otherwise, {text}",
                self.subject
            ));
        }
    }

    /// What an answer becomes by its status.
    fn compare_statuses(&self, [old, new]: [&[&Step]; 2], report: &mut Report) -> bool {
        let arms = |steps: &[&Step]| {
            let found = steps.iter().find(|step| step.call == "by_status");
            found.map(|step| step.names.clone())
        };
        let (Some(old), Some(new)) = (arms(old), arms(new)) else {
            return false;
        };
        let statuses: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        report.says(|report| {
            for status in statuses {
                let shown = |arms: &BTreeMap<String, String>| match arms.get(status) {
                    Some(variant) if !variant.contains('(') => variant.clone(),
                    _ => "an error".to_owned(),
                };
                let status = if status == "_" {
                    "any other status"
                } else {
                    status
                };
                let (old, new) = (shown(&old), shown(&new));
                if old != new {
                    report.behaviour(format!(
                        "{} reads {status} as {new} instead of {old}",
                        self.subject
                    ));
                }
            }
        })
    }

    fn compare_answer(&self, report: &mut Report) -> bool {
        report.says(|report| {
            let known = !self.old.answer.is_empty() && !self.new.answer.is_empty();
            if known && self.old.answer != self.new.answer {
                let (old, new) = spelling::both(&self.old.answer, &self.new.answer);
                report.breaking(format!("{} answers {new} instead of {old}", self.subject));
            }
        })
    }

    fn compare_paging(&self, retyped: bool, report: &mut Report) -> bool {
        let subject = self.subject;
        match (&self.old.paging, &self.new.paging) {
            (Some(old), Some(new)) => {
                old.compare(new, subject, retyped, report);
                return false;
            }
            (None, None) => return false,
            (None, Some(_)) => {
                report.added(format!(
                    "{subject} gains .items() and .pages(), for the whole list"
                ));
            }
            (Some(_), None) => report.breaking(format!("{subject} loses .items() and .pages()")),
        }
        true
    }

    /// The rest of what `OPERATION` says.
    fn compare_constant(&self, callers: bool, report: &mut Report) {
        let (old, new, subject) = (self.old, self.new, self.subject);
        let keys: BTreeSet<&String> = old.constant.keys().chain(new.constant.keys()).collect();
        for key in keys {
            let (from, to) = (old.fact(key), new.fact(key));
            if from == to {
                continue;
            }
            match key.as_str() {
                "method" | "path" => {}
                // The name of the method, which was told.
                "name" if old.name != new.name => {}
                "name" => report.behaviour(format!(
                    "{subject} is called {to} in errors and in the log, and was {from}"
                )),
                "token" if callers => {}
                "token" if to == "true" => {
                    report.behaviour(format!("{subject} sends the client's token"))
                }
                "token" => report.behaviour(format!("{subject} sends no token any more")),
                "secrets" => self.compare_secrets([from, to], report),
                "server" => report.behaviour(format!(
                    "{subject} is sent to {} instead of {}",
                    server(to),
                    server(from)
                )),
                key => report.behaviour(format!(
                    "{subject} has `{}` instead of `{}` for `{key}`",
                    none(to),
                    none(from)
                )),
            }
        }
    }

    fn compare_secrets(&self, [old, new]: [&str; 2], report: &mut Report) {
        let (old, new) = (secrets(old), secrets(new));
        let only = |here: &[String], there: &[String]| -> Vec<String> {
            here.iter()
                .filter(|key| !there.contains(key))
                .cloned()
                .collect()
        };
        let (gained, lost) = (only(&new, &old), only(&old, &new));
        if !gained.is_empty() {
            let keys = spelling::list(&gained, "and");
            report.behaviour(format!("{} keeps {keys} out of its errors", self.subject));
        }
        if !lost.is_empty() {
            let keys = spelling::list(&lost, "and");
            report.behaviour(format!(
                "{} no longer keeps {keys} out of its errors",
                self.subject
            ));
        }
    }

    fn compare_words(&self, paged: bool, report: &mut Report) {
        let (old, new) = (
            Words::of(&self.old.notes.docs),
            Words::of(&self.new.notes.docs),
        );
        old.compare(&new, self.subject, &self.aliases, report);
        let request = format!("requests::{}", self.new.request);
        self.old
            .declared
            .compare(&self.new.declared, &request, report);
        let call = format!("{}.call()", self.subject);
        self.old
            .called
            .compare_marks(&self.new.called, &call, report);
        // The docs of `call` point to the whole list, where there is one.
        if !paged && self.old.called.docs != self.new.called.docs {
            report.docs(notes::reworded(&call));
        }
    }

    fn alias<'n>(&'n self, name: &'n str) -> &'n str {
        self.aliases.get(name).map_or(name, |name| name)
    }
}

/// Finds what has another name in Rust, and the same place and name on the wire. What has the same
/// name as something else of the old request is that one no longer, and has no other name.
fn aliases(
    [old, new]: [&Operation; 2],
    sent: &[Vec<(String, Parameter)>; 2],
) -> BTreeMap<String, String> {
    let (from, to) = (old.fact("path"), new.fact("path"));
    let same_path = parameter::blank(from) == parameter::blank(to);
    let identity = |parameter: &Parameter, path| match parameter.place.as_str() {
        "path" if !same_path => None,
        _ => parameter.identity(path),
    };
    let mut aliases = BTreeMap::new();
    let mut unknown = Vec::new();
    for (name, parameter) in &sent[0] {
        let identity_ = identity(parameter, from);
        let same = sent[1]
            .iter()
            .find(|(_, other)| identity_.is_some() && identity(other, to) == identity_);
        match same {
            Some((other, _)) => {
                aliases.insert(name.clone(), other.clone());
            }
            None => unknown.push(name),
        }
    }
    for name in unknown {
        if aliases.values().any(|taken| taken == name) {
            aliases.insert(name.clone(), String::new());
        }
    }
    aliases
}

fn find<'s>(setters: &'s [Setter], name: &str) -> Option<&'s Setter> {
    setters.iter().find(|setter| setter.name == name)
}

fn short(takes: &[Argument]) -> String {
    let types: Vec<String> = takes.iter().map(|one| spelling::short(&one.rust)).collect();
    types.join(", ")
}

/// The type that an argument or a setter takes.
fn rust(operation: &Operation, name: &str) -> String {
    let argument = operation
        .arguments
        .iter()
        .find(|argument| argument.name == name);
    let setter = || find(&operation.setters, name).and_then(|setter| setter.takes.first());
    argument
        .or_else(setter)
        .map_or(String::new(), |one| one.rust.clone())
}

fn none(text: &str) -> &str {
    if text.is_empty() { "nothing" } else { text }
}

/// Whether this is the line that tells the name on the wire, where the document says nothing.
fn is_name(line: &str) -> bool {
    line.trim().starts_with("Sends `") && line.ends_with("`.")
}

/// Whether this is the line that tells bounds, or an empty one.
fn is_facts(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with("At least ") || line.starts_with("At most ")
}

/// The keys of `&["a", "b"]`, as they are shown.
fn secrets(text: &str) -> Vec<String> {
    let keys = text.trim_start_matches("&[").trim_end_matches(']');
    let keys = keys.split(", ").filter(|key| !key.is_empty());
    keys.map(|key| format!("`{}`", key.trim_matches('"')))
        .collect()
}

fn server(text: &str) -> &str {
    match text {
        "None" | "" => "the client's server",
        text => text.trim_start_matches("Some(\"").trim_end_matches("\")"),
    }
}
