//! What a change of an operation does to whoever calls it.

use std::collections::BTreeSet;

use super::pairs::Pairs;
use super::parameters::Inputs;
use super::report::Report;
use super::rust::{arrow, both, list, spelled};
use super::security;
use crate::model::{Answer, Api, Content, Operation, Paging, Success};
use crate::types::Types;
use crate::write::{raw_may_be_empty, send};

/// Tells what is different about the operations of two documents.
pub fn compare([old, new]: [&Api; 2], types: [&Types; 2], pairs: &Pairs, report: &mut Report) {
    let line = |one: &Operation| format!("{} {}", one.method, one.path);
    for (at, operation) in old.operations.iter().enumerate() {
        let pair = pairs.both.iter().find(|(own, _)| *own == at);
        match pair.and_then(|(_, other)| new.operations.get(*other)) {
            Some(other) => Call {
                old: operation,
                new: other,
                subject: &other.name,
                apis: [old, new],
                types,
            }
            .compare(report),
            None => report.breaking(format!("{} is gone, {}", operation.name, line(operation))),
        }
    }
    for operation in pairs.gained.iter().filter_map(|at| new.operations.get(*at)) {
        report.added(format!("{} is new, {}", operation.name, line(operation)));
    }
    if !pairs.in_order() {
        report.docs("the operations stand in another order");
    }
}

/// One operation in both documents.
struct Call<'a> {
    old: &'a Operation,
    new: &'a Operation,
    /// What it is called in the report: as it is called now.
    subject: &'a str,
    apis: [&'a Api; 2],
    types: [&'a Types; 2],
}

impl Call<'_> {
    fn compare(&self, report: &mut Report) {
        let Operation {
            name,
            type_name,
            method,
            path,
            server,
            doc,
            deprecated,
            access,
            // These are the inputs.
            parameters: _,
            period: _,
            body: _,
            paging: _,
            multipart,
            answer: _,
            accept: _,
            refusals,
            secrets,
        } = self.old;
        let (new, subject) = (self.new, self.subject);
        let inputs = Inputs::new([self.old, new], self.types);
        if *name != new.name {
            report.breaking(format!("{name} is called {subject} now"));
        } else if *type_name != new.type_name {
            let to = &new.type_name;
            report.breaking(format!("requests::{type_name} is called {to} now"));
        }
        if *method != new.method {
            report.behaviour(format!(
                "{subject} is sent by {} instead of {method}",
                new.method
            ));
        }
        if !inputs.is_same_path() {
            report.behaviour(format!(
                "{subject} is sent to {} instead of {path}",
                new.path
            ));
        }
        security::compare_callers(subject, [access, &new.access], report);
        report.deprecated(subject, [*deprecated, new.deprecated]);
        inputs.compare(report);
        if inputs.are_setters_moved() {
            let request = &new.type_name;
            report.docs(format!(
                "requests::{request} has its methods in another order"
            ));
        }
        self.compare_answer(report);
        self.compare_multipart(*multipart, report);
        self.compare_paging(report);
        self.compare_secrets(secrets, report);
        self.compare_server(server.as_deref(), report);
        self.compare_raw(report);
        if *doc != new.doc || inputs.are_arguments_reworded() {
            report.reworded(subject);
        }
        if *refusals != new.refusals {
            report.docs(format!("{subject} documents its errors in other words"));
        }
    }

    fn compare_multipart(&self, multipart: bool, report: &mut Report) {
        match (multipart, self.new.multipart) {
            (false, true) => report.behaviour(format!("{} sends a multipart form", self.subject)),
            (true, false) => {
                report.behaviour(format!("{} no longer sends a multipart form", self.subject));
            }
            _ => {}
        }
    }

    fn compare_answer(&self, report: &mut Report) {
        let (old, new, subject) = (&self.old.answer, &self.new.answer, self.subject);
        let rust = |operation, types| spelled(&send(operation, types).0);
        let from = rust(self.old, self.types[0]);
        let to = rust(self.new, self.types[1]);
        if from != to {
            let [from, to] = both(&from, &to);
            report.breaking(format!("{subject} answers {to} instead of {from}"));
        } else if reading(old) != reading(new) {
            let (old, new) = (reading(old), reading(new));
            report.behaviour(format!(
                "{subject} reads its answer as {new} instead of {old}"
            ));
        }
        let accept = |operation: &Operation| operation.accept.clone().unwrap_or("JSON".to_owned());
        let (from, to) = (accept(self.old), accept(self.new));
        if from != to {
            report.behaviour(format!("{subject} asks for {to} instead of {from}"));
        }
        if let (Answer::ByStatus(_, old), Answer::ByStatus(_, new)) = (old, new) {
            self.compare_statuses(old, new, report);
        }
    }

    /// Tells what an answer becomes by its status.
    fn compare_statuses(&self, old: &[Success], new: &[Success], report: &mut Report) {
        let of = |successes: &[Success], status: &str| {
            let found = successes.iter().find(|success| success.status == status);
            found.map_or("an error".to_owned(), |success| success.name.clone())
        };
        let statuses: BTreeSet<&str> = old
            .iter()
            .chain(new)
            .map(|one| one.status.as_str())
            .collect();
        for status in statuses {
            let (old, new) = (of(old, status), of(new, status));
            if old != new {
                let status = match status {
                    "2XX" | "default" => "any other success",
                    status => status,
                };
                let subject = self.subject;
                report.behaviour(format!(
                    "{subject} reads {status} as {new} instead of {old}"
                ));
            }
        }
    }

    fn compare_paging(&self, report: &mut Report) {
        let subject = self.subject;
        match (&self.old.paging, &self.new.paging) {
            (None, None) => {}
            (Some(old), Some(new)) => self.compare_lists(old, new, report),
            (None, Some(_)) => report.added(format!(
                "{subject} gains .items() and .pages(), for the whole list"
            )),
            (Some(_), None) => report.breaking(format!("{subject} loses .items() and .pages()")),
        }
    }

    /// Tells how a list is walked over otherwise.
    fn compare_lists(&self, old: &Paging, new: &Paging, report: &mut Report) {
        let Paging {
            page,
            first,
            // The answer says the type of the records.
            record: _,
            key,
            end,
            pointer: _,
        } = old;
        let subject = self.subject;
        if *first != new.first {
            report.behaviour(format!(
                "{subject} counts pages from {} instead of {first}",
                new.first
            ));
        }
        let types = [self.key_type(0, old), self.key_type(1, new)];
        if *key != new.key {
            report.behaviour(format!(
                "{subject} tells records apart by {:?} instead of {key:?}",
                new.key
            ));
        } else if types[0] != types[1] {
            let types = arrow(&types[0], &types[1]);
            report.behaviour(format!(
                "{subject} tells records apart by another type: {types}"
            ));
        }
        if *page != new.page {
            let to = &new.page;
            report.behaviour(format!(
                "{subject} asks for a page by .{to}() instead of .{page}()"
            ));
        }
        if *end != new.end {
            let said = |end: &Option<String>| match end {
                Some(end) => format!("says {end:?}"),
                None => "says what is usual".to_owned(),
            };
            let (old, new) = (said(end), said(&new.end));
            report.behaviour(format!(
                "{subject} takes a 404 for the end of its list that {new} instead of one that {old}"
            ));
        }
    }

    /// The type of the field that tells records apart.
    fn key_type(&self, side: usize, paging: &Paging) -> String {
        let (Some(api), Some(types)) = (self.apis.get(side), self.types.get(side)) else {
            return String::new();
        };
        let record = api.records.get(&paging.record);
        let field = record.and_then(|record| paging.field(record));
        field.map_or(String::new(), |field| {
            spelled(&types.field(&paging.record, &field.name))
        })
    }

    fn compare_secrets(&self, secrets: &[String], report: &mut Report) {
        let only = |here: &[String], there: &[String]| -> Vec<String> {
            let keys = here.iter().filter(|key| !there.contains(key));
            keys.map(|key| format!("`{key}`")).collect()
        };
        let subject = self.subject;
        let (gained, lost) = (
            only(&self.new.secrets, secrets),
            only(secrets, &self.new.secrets),
        );
        if !gained.is_empty() {
            let keys = list(&gained, "and");
            report.behaviour(format!("{subject} keeps {keys} out of its errors"));
        }
        if !lost.is_empty() {
            let keys = list(&lost, "and");
            report.behaviour(format!(
                "{subject} no longer keeps {keys} out of its errors"
            ));
        }
    }

    fn compare_server(&self, server: Option<&str>, report: &mut Report) {
        let shown = |server: Option<&str>| server.unwrap_or("the client's server").to_owned();
        let (old, new) = (shown(server), shown(self.new.server.as_deref()));
        if old != new {
            report.behaviour(format!(
                "{} is sent to {new} instead of {old}",
                self.subject
            ));
        }
    }

    /// Tells whether the JSON of an answer can be had as it came.
    fn compare_raw(&self, report: &mut Report) {
        let subject = self.subject;
        match (raw_may_be_empty(self.old), raw_may_be_empty(self.new)) {
            (None, Some(_)) => report.added(format!("{subject}: `.call_raw()` is new")),
            (Some(_), None) => report.breaking(format!("{subject}: `.call_raw()` is gone")),
            (Some(false), Some(true)) => {
                report.breaking(format!("{subject}: `.call_raw()` answers an `Option` now"));
            }
            (Some(true), Some(false)) => {
                report.breaking(format!(
                    "{subject}: `.call_raw()` no longer answers an `Option`"
                ));
            }
            _ => {}
        }
    }
}

/// What an answer is read as.
fn reading(answer: &Answer) -> &'static str {
    match answer {
        Answer::Always(Content::Json(_)) => "JSON",
        Answer::Always(Content::Text) => "text",
        Answer::Always(Content::Bytes) => "bytes",
        Answer::Always(Content::Empty) => "nothing",
        Answer::Maybe(_) => "JSON or nothing",
        Answer::ByStatus(..) => "what its status says",
    }
}
