//! Compares operations.

use std::collections::BTreeSet;

use super::pairs;
use super::parameters::{Input, Inputs};
use super::report::Report;
use super::rust::{arrow, both, list, spelled};
use super::security;
use crate::model::{Api, Content, Operation, Paging, Response, Success};
use crate::write::rust_types::Types;
use crate::write::{raw_may_be_empty, send};

/// Compares the operations of two documents.
pub fn compare(apis: [&Api; 2], types: [&Types; 2], report: &mut Report) {
    let line = |one: &Operation| format!("{} {}", one.method, one.path);
    let pairs = pairs::operations(&apis[0].operations, &apis[1].operations);
    for (old, found) in &pairs.old {
        match found {
            Some((_, new)) => {
                let subject = &new.name;
                Call {
                    old,
                    new,
                    subject,
                    apis,
                    types,
                }
                .compare(report);
            }
            None => report.breaking(format!("{} is gone, {}", old.name, line(old))),
        }
    }
    for new in &pairs.gained {
        report.added(format!("{} is new, {}", new.name, line(new)));
    }
    if !pairs.is_in_order(|_| true) {
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
            // How it is called, and what callers hand over.
            name: _,
            type_name: _,
            security,
            deprecated,
            parameters: _,
            period: _,
            body: _,
            // Where it is sent, and how.
            method,
            path,
            server,
            multipart,
            secrets,
            // What comes back.
            response: _,
            accept: _,
            paging: _,
            // What the document says of it.
            doc: _,
            error_responses: _,
        } = self.old;
        let (new, subject) = (self.new, self.subject);
        let sides = [(self.old, self.types[0]), (new, self.types[1])];
        let [before, after] = sides.map(|(operation, types)| Input::all(operation, types));
        let inputs = Inputs::new(subject, [&before, &after], [path, &new.path]);
        self.compare_names(report);
        report.instead(subject, "is sent by", *method, new.method);
        if !inputs.is_same_path() {
            report.instead(subject, "is sent to", path, &new.path);
        }
        security::compare_callers(subject, [security, &new.security], report);
        report.deprecated(subject, [*deprecated, new.deprecated]);
        inputs.compare(report);
        self.compare_response(report);
        self.compare_multipart(*multipart, report);
        self.compare_paging(report);
        self.compare_secrets(secrets, report);
        let servers = [server, &new.server].map(Option::as_deref);
        let [from, to] = servers.map(|url| url.unwrap_or("the client's server"));
        report.instead(subject, "is sent to", from, to);
        self.compare_raw(report);
        self.compare_docs(&inputs, report);
    }

    fn compare_docs(&self, inputs: &Inputs<'_>, report: &mut Report) {
        let (old, new, subject) = (self.old, self.new, self.subject);
        if old.doc != new.doc || inputs.are_arguments_reworded() {
            report.reworded(subject);
        }
        if old.error_responses != new.error_responses {
            report.docs(format!("{subject} documents its errors in other words"));
        }
        if inputs.are_setters_moved() {
            let request = &new.type_name;
            report.docs(format!(
                "requests::{request} has its methods in another order"
            ));
        }
    }

    fn compare_names(&self, report: &mut Report) {
        let (old, new) = (self.old, self.new);
        if old.name != new.name {
            report.breaking(format!("{} is called {} now", old.name, new.name));
        } else if old.type_name != new.type_name {
            let (from, to) = (&old.type_name, &new.type_name);
            report.breaking(format!("requests::{from} is called {to} now"));
        }
    }

    fn compare_multipart(&self, multipart: bool, report: &mut Report) {
        let subject = self.subject;
        if multipart && !self.new.multipart {
            report.behaviour(format!("{subject} no longer sends a multipart form"));
        } else if !multipart && self.new.multipart {
            report.behaviour(format!("{subject} sends a multipart form"));
        }
    }

    fn compare_response(&self, report: &mut Report) {
        let (old, new, subject) = (&self.old.response, &self.new.response, self.subject);
        let rust = |operation, types| spelled(&send(operation, types).0);
        let from = rust(self.old, self.types[0]);
        let to = rust(self.new, self.types[1]);
        if from == to {
            report.instead(subject, "reads its response as", reading(old), reading(new));
        } else {
            let [from, to] = both(&from, &to);
            report.breaking(format!("{subject} returns {to} instead of {from}"));
        }
        let accept = |operation: &Operation| operation.accept.clone().unwrap_or("JSON".to_owned());
        report.instead(subject, "asks for", accept(self.old), accept(self.new));
        if let (Response::ByStatus(_, old), Response::ByStatus(_, new)) = (old, new) {
            self.compare_statuses(old, new, report);
        }
    }

    /// Compares the variants of statuses.
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
            let shown = match status {
                "2XX" | "default" => "any other success",
                status => status,
            };
            let does = format!("reads {shown} as");
            report.instead(self.subject, &does, of(old, status), of(new, status));
        }
    }

    fn compare_paging(&self, report: &mut Report) {
        let (old, new) = (&self.old.paging, &self.new.paging);
        let lists = ".items() and .pages()";
        let gone = format!("{} loses {lists}", self.subject);
        let added = format!("{} gains {lists}, for the whole list", self.subject);
        report.presence([old.is_some(), new.is_some()], gone, added);
        if let (Some(old), Some(new)) = (old, new) {
            self.compare_lists(old, new, report);
        }
    }

    /// Compares how a list is paged.
    fn compare_lists(&self, old: &Paging, new: &Paging, report: &mut Report) {
        let Paging {
            page,
            first,
            // The response says the type of the records.
            record: _,
            key,
            end,
            pointer: _,
        } = old;
        let subject = self.subject;
        report.instead(subject, "counts pages from", *first, new.first);
        let types = [self.key_type(0, old), self.key_type(1, new)];
        let apart = "tells records apart by";
        report.instead(subject, apart, format!("{key:?}"), format!("{:?}", new.key));
        if *key == new.key && types[0] != types[1] {
            let types = arrow(&types[0], &types[1]);
            report.behaviour(format!("{subject} {apart} another type: {types}"));
        }
        let [from, to] = [page, &new.page].map(|page| format!(".{page}()"));
        report.instead(subject, "asks for a page by", from, to);
        let [from, to] = [end, &new.end].map(|end| match end {
            Some(end) => format!("a 404 that says {end:?}"),
            None => "the usual 404".to_owned(),
        });
        report.instead(subject, "takes for the end of its list", from, to);
    }

    /// The type of the field that identifies a record.
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

    /// Compares `call_raw`.
    fn compare_raw(&self, report: &mut Report) {
        let raw = format!("{}: `.call_raw()`", self.subject);
        let (old, new) = (raw_may_be_empty(self.old), raw_may_be_empty(self.new));
        let present = [old.is_some(), new.is_some()];
        report.presence(present, format!("{raw} is gone"), format!("{raw} is new"));
        if present == [true, true] && old != new {
            let answers = if new == Some(true) {
                "returns an `Option` now"
            } else {
                "no longer returns an `Option`"
            };
            report.breaking(format!("{raw} {answers}"));
        }
    }
}

/// What a response is read as.
fn reading(response: &Response) -> &'static str {
    match response {
        Response::Always(Content::Json(_)) => "JSON",
        Response::Always(Content::Text) => "text",
        Response::Always(Content::Bytes) => "bytes",
        Response::Always(Content::Empty) => "nothing",
        Response::Maybe(_) => "JSON or nothing",
        Response::ByStatus(..) => "what its status says",
    }
}
