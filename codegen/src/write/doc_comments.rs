//! Doc comments of generated code.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{ErrorResponse, Operation, Parameter, Schema, Security};
use crate::text::markdown;
use crate::text::names::last;

pub fn operation_doc(operation: &Operation) -> String {
    let caller = match &operation.security {
        Security::Open => "without a token".to_owned(),
        Security::AnyOf {
            alternatives,
            optional,
        } => {
            let links: Vec<String> = alternatives
                .iter()
                .map(|tokens| {
                    let links = tokens.iter().map(|token| token_link(token));
                    links.collect::<Vec<_>>().join(" and a ")
                })
                .collect();
            let none = if *optional { ", or without one" } else { "" };
            format!("with a {}{none}", links.join(" or a "))
        }
    };
    let line = markdown::span_of(&format!("{} {}", operation.method, operation.path));
    markdown::paragraphs([
        operation.doc.clone(),
        format!("{line}, {caller}."),
        server_doc(operation),
        arguments_doc(operation),
        errors_doc(operation),
    ])
}

/// The descriptions of required parameters, which are arguments.
fn arguments_doc(operation: &Operation) -> String {
    let parameters = operation.parameters.iter();
    let parameters = parameters
        .filter(|parameter| parameter.required)
        .map(|parameter| (parameter.name.as_str(), parameter_doc(parameter)));
    let body = operation.body.iter().filter(|body| body.required);
    let body = body.map(|body| ("body", body.doc.clone()));
    let items = parameters.chain(body).filter(|(_, doc)| !doc.is_empty());
    let items: Vec<String> = items
        .map(|(name, doc)| format!("- `{name}`: {}", doc.replace('\n', "\n  ")))
        .collect();
    section("# Arguments", &items)
}

/// Returns the description of a parameter.
pub fn parameter_doc(parameter: &Parameter) -> String {
    markdown::paragraphs([parameter.doc.clone(), parameter.facts.clone()])
}

fn token_link(token: &str) -> String {
    let name = last(token);
    let module = if token.starts_with("crate::") {
        "crate"
    } else {
        "crate::access"
    };
    format!("[`{name}`]({module}::{name})")
}

fn server_doc(operation: &Operation) -> String {
    match &operation.server {
        Some(url) => format!(
            "This operation has its own server, <{url}>: set it as the [base URL](crate::ClientBuilder::base_url) of a client."
        ),
        None => String::new(),
    }
}

fn errors_doc(operation: &Operation) -> String {
    let errors: Vec<String> = operation
        .error_responses
        .iter()
        .map(error_response_doc)
        .collect();
    markdown::paragraphs([
        section("# Errors\n\nDocumented error statuses:", &errors),
        bodies_doc(&operation.error_responses),
    ])
}

/// The types of error bodies, each with its statuses.
fn bodies_doc(error_responses: &[ErrorResponse]) -> String {
    let mut types: Vec<(&str, Vec<&str>)> = Vec::new();
    for error_response in error_responses {
        let Some(Schema::Named(name)) = &error_response.schema else {
            continue;
        };
        let status = status_words(&error_response.status);
        match types.iter_mut().find(|(known, _)| known == name) {
            Some((_, statuses)) => statuses.push(status),
            None => types.push((name, vec![status])),
        }
    }
    let bodies: Vec<String> = types
        .iter()
        .map(|(name, statuses)| format!("[`{name}`](types::{name}) for {}", statuses.join(", ")))
        .collect();
    match bodies.as_slice() {
        [] => String::new(),
        bodies => format!(
            "[`Error::body_as`](crate::Error::body_as) decodes the body: {}.",
            bodies.join("; ")
        ),
    }
}

fn status_words(status: &str) -> &str {
    match status {
        "default" => "any other",
        status => status,
    }
}

fn error_response_doc(error_response: &ErrorResponse) -> String {
    let ErrorResponse { status, doc, .. } = error_response;
    let text = markdown::line(doc.strip_prefix(&format!("{status}:")).unwrap_or(doc));
    let text = or(&text, "not described.");
    format!("- {}: {text}", status_words(status))
}

fn section(head: &str, items: &[String]) -> String {
    match items {
        [] => String::new(),
        items => format!("{head}\n\n{}", items.join("\n")),
    }
}

pub fn notes_doc(head: &str, about: &str, notes: &[String]) -> String {
    let items: Vec<String> = notes
        .iter()
        .map(|note| format!("- {}", markdown::span_of(note)))
        .collect();
    section(&format!("{head}\n\n{about}"), &items)
}

/// Returns the docs of a type or a field.
pub fn about(doc: &str, name: &str, deprecated: bool) -> String {
    let nothing = format!(
        "{}: not described in the document.",
        markdown::span_of(name)
    );
    let mark = if deprecated { "**Deprecated.**" } else { "" };
    markdown::paragraphs([or(doc, &nothing), mark.to_owned()])
}

pub fn or(doc: &str, otherwise: &str) -> String {
    if doc.is_empty() {
        otherwise.to_owned()
    } else {
        doc.to_owned()
    }
}

/// Returns a text as doc comments.
pub fn docs(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| {
        if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        }
    });
    quote!(#(#[doc = #lines])*)
}
