//! Reports how a change of the document affects callers.
//!
//! Two models are compared, and no code: each struct of the model is taken apart field by field, so
//! that a field that is added to the model has to be dealt with here before this compiles.
//!
//! | the change | for callers | raises |
//! |---|---|---|
//! | gone, called otherwise, or of another type; an argument more | breaking | major |
//! | taken before and refused now: narrower bounds, fewer tokens, a key that has to be there | breaking | major |
//! | new, or refused before and taken now | compatible | minor |
//! | deprecated | compatible | minor |
//! | the same call does something else: where it is sent, under which name, how it is read | compatible | patch |
//! | deprecated no longer | compatible | patch |
//! | documentation | docs | patch |
//!
//! A wider choice of tokens is compatible for whoever has a client of one kind. Code that is generic
//! over a trait of `access` may have to name another.

mod operations;
mod pairs;
mod parameters;
mod renames;
mod report;
mod rust;
mod security;
mod types;

use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

pub use self::report::{Report, Verdict};
use crate::document::{Source, bundle};
use crate::generate::{Mode, fault, read_model, with_stack};
use crate::model::Api;
use crate::text::Diagnostics;
use crate::write::rust_types::Types;
use crate::write::{self, sends_files};

/// Compares the documents at two paths, the old one first.
///
/// Each change is a line in terms of the generated Rust. [`Report::verdict`] is the part of the version
/// that the changes raise. In [`Mode::Lenient`], an operation that is left out of a
/// document counts as one that the document does not have.
///
/// # Errors
///
/// Fails with everything that is wrong with either document, as [`generate`](crate::generate) does.
pub fn compare(old: &Path, new: &Path, mode: Mode) -> Result<Report, Diagnostics> {
    let read = || [old, new].map(bundle::read);
    with_stack(new, || compare_sources(read(), mode))
}

/// Compares two texts, the old one first, as if each stood at its path.
///
/// # Errors
///
/// The same as those of [`compare`].
pub fn compare_from(texts: [(&Path, &str); 2], mode: Mode) -> Result<Report, Diagnostics> {
    let [_, (new, _)] = texts;
    let read = || texts.map(|(path, text)| bundle::parse(path, text));
    with_stack(new, || compare_sources(read(), mode))
}

fn compare_sources(
    sources: [Result<Source, Diagnostics>; 2],
    mode: Mode,
) -> Result<Report, Diagnostics> {
    let documents = sources.map(|source| {
        let source = source?;
        let model = read_model(&source, mode)?;
        Ok((source, model))
    });
    match documents {
        [Ok((source, old)), Ok((_, new))] => {
            models(old, new).map_err(|message| fault(&source, "types", message))
        }
        // What is wrong with both documents is reported at once.
        documents => {
            let mut all = Diagnostics::default();
            for diagnostics in documents.into_iter().filter_map(Result::err) {
                all.extend(diagnostics);
            }
            Err(all)
        }
    }
}

/// Compares two models. The message of an error is one of `typify`, which the types come from.
fn models(mut old: Api, mut new: Api) -> Result<Report, String> {
    let mut report = Report::default();
    renames::apply(&mut old, &mut new, &mut report);
    let types = [Types::new(&old)?, Types::new(&new)?];
    let (apis, types) = ([&old, &new], [&types[0], &types[1]]);
    operations::compare(apis, types, &mut report);
    types::compare(apis, types, &mut report);
    security::compare(&old, &new, &mut report);
    compare_document(&old, &new, &mut report);
    let code = || {
        [(&old, types[0]), (&new, types[1])].map(|(api, types)| {
            let mut code = write::server(api);
            code.extend(write::file(api, types));
            code
        })
    };
    compare_rest(code, &mut report);
    Ok(report)
}

/// Compares the parts of the document outside of operations and types.
fn compare_document(old: &Api, new: &Api, report: &mut Report) {
    let Api {
        title,
        version,
        doc,
        base_url,
        operations: _,
        schemes: _,
        token_traits: _,
        records: _,
        enums: _,
        unions: _,
        // These name lines of a file, and nothing that callers use.
        notes: _,
        // What is left out of one document and not of the other comes or goes.
        left_out: _,
    } = old;
    match (base_url, &new.base_url) {
        // Without a base URL, a client cannot send.
        (Some(old), None) => report.breaking(format!(
            "BASE_URL is empty, and was {old}: each client has to be given one"
        )),
        (None, Some(new)) => report.behaviour(format!("BASE_URL is {new}, and was empty")),
        (Some(old), Some(new)) if old != new => {
            report.behaviour(format!("BASE_URL is {new} instead of {old}"));
        }
        _ => {}
    }
    let file = |what: &str| format!("`pub use File;` is {what}");
    report.presence([old, new].map(sends_files), file("gone"), file("new"));
    if (title, version, doc) != (&new.title, &new.version, &new.doc) {
        report.reworded("the API as a whole");
    }
}

/// Reports a difference of the generated code that no other line reports.
fn compare_rest(code: impl FnOnce() -> [TokenStream; 2], report: &mut Report) {
    if report.is_empty() {
        let [old, new] = code().map(|code| undocumented(code).to_string());
        if old != new {
            report.behaviour("something is changed that no other line shows");
        }
    }
}

/// Code without its doc comments.
fn undocumented(code: TokenStream) -> TokenStream {
    let mut tokens = code.into_iter().peekable();
    let mut kept = TokenStream::new();
    while let Some(token) = tokens.next() {
        let begins = matches!(&token, TokenTree::Punct(sign) if sign.as_char() == '#');
        if begins && tokens.next_if(is_doc).is_some() {
            continue;
        }
        kept.extend([match token {
            TokenTree::Group(group) => {
                let inside = undocumented(group.stream());
                proc_macro2::Group::new(group.delimiter(), inside).into()
            }
            other => other,
        }]);
    }
    kept
}

/// Whether this is `[doc = …]`.
fn is_doc(token: &TokenTree) -> bool {
    let TokenTree::Group(group) = token else {
        return false;
    };
    let first = group.stream().into_iter().next();
    group.delimiter() == Delimiter::Bracket
        && matches!(first, Some(TokenTree::Ident(name)) if name == "doc")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "that is how a test fails")]

    use super::{Report, compare_rest};

    /// What the comparison has to say of two pieces of code, of which it was told nothing else.
    fn said(old: &str, new: &str) -> String {
        let mut report = Report::default();
        compare_rest(|| [old, new].map(|code| code.parse().unwrap()), &mut report);
        report.to_string()
    }

    #[test]
    fn code_that_differs_is_never_passed_over() {
        let old = "/// Docs.\n#[derive(Clone)] pub struct A { /// Words.\n a: u8 }";
        let reworded = old.replace("Words", "Others").replace("Docs", "Text");
        assert_eq!(said(old, &reworded), "nothing changes for callers\npatch\n");
        for (from, to) in [("u8", "u16"), ("Clone", "Debug"), ("pub", "")] {
            assert_eq!(
                said(old, &old.replace(from, to)),
                "something is changed that no other line shows: compatible\npatch\n"
            );
        }
    }

    #[test]
    fn a_line_that_says_it_is_enough() {
        let mut report = Report::default();
        report.behaviour("A.a is another");
        compare_rest(|| ["a", "b"].map(|code| code.parse().unwrap()), &mut report);
        assert_eq!(report.to_string(), "A.a is another: compatible\npatch\n");
    }
}
