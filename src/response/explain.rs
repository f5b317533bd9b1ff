//! Explains why JSON did not decode.

use std::ops::ControlFlow;

use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::elements::for_each_element;
use super::excerpt::sentence;
use super::member::only_member;
use crate::error::{Error, Kind};
use crate::redact::{self, Redactor};

/// Returns the error for a text that did not decode. The message quotes a value only if `may_quote`
/// is true.
///
/// `path` returns the JSON path of the value. It decodes the text again.
pub(super) fn explain(
    text: &str,
    error: &serde_json::Error,
    redactor: &Redactor<'_>,
    may_quote: bool,
    path: impl FnOnce(&str) -> Option<String>,
) -> Error {
    if text.trim().is_empty() {
        let message = "the response is empty, but JSON was expected";
        return Error::new(Kind::Decode, message);
    }
    if text.trim_start().starts_with('<') {
        let message = "the response is HTML or XML, but JSON was expected";
        return Error::new(Kind::Decode, message);
    }
    let path = path(text);
    let what = match error.classify() {
        Category::Data => "does not match the OpenAPI document",
        Category::Eof => "is incomplete JSON",
        // A number out of range, a lone surrogate, or too many levels.
        Category::Syntax if serde_json::from_str::<IgnoredAny>(text).is_ok() => {
            "has a value that cannot be read"
        }
        Category::Syntax | Category::Io => "is not JSON",
    };
    let (line, column) = (error.line(), error.column());
    let position = format!(" at line {line} column {column}");
    let reason = error.to_string();
    // The path is more precise. Column 0 is not a position: columns start at 1.
    let reason = if path.is_some() || column == 0 {
        reason.trim_end_matches(&position)
    } else {
        &reason
    };
    let reason = sentence(reason, redactor);
    let message = if may_quote && !redactor.finds_piece(&reason) {
        format!("the response {what}: {reason}")
    } else if column == 0 {
        format!("the response {what}")
    } else {
        format!("the response {what}{position}")
    };
    let path = path.map(|path| sentence(&path, redactor));
    Error::new(Kind::Decode, message).with_json_path(path)
}

/// Returns the record that contains a JSON path, with its index: an element of a list, or the whole
/// text.
pub(super) fn record<'t>(text: &'t str, path: Option<&str>) -> Option<(Option<usize>, &'t str)> {
    let index = path.and_then(|path| {
        let (index, _) = path.strip_prefix('[')?.split_once(']')?;
        index.parse::<usize>().ok()
    });
    let raw = match index {
        Some(index) => nth(text, index)?,
        None => serde_json::from_str::<&RawValue>(text).ok()?,
    };
    let raw = raw.get();
    raw.starts_with('{').then_some((index, raw))
}

/// Returns an element of a list. The others are not kept, since there can be millions.
fn nth(text: &str, index: usize) -> Option<&RawValue> {
    let (mut at, mut found) = (0, None);
    // `Break` returns an error, which means that the element was found.
    let _ = for_each_element(text, |raw| {
        if at == index {
            found = Some(raw);
            return ControlFlow::Break(());
        }
        at += 1;
        ControlFlow::Continue(())
    });
    found
}

/// Returns the value that identifies a record, as a text; `None` if there are two.
pub(super) fn record_id(raw: &str, key: &str) -> Option<String> {
    let value = only_member(raw, key).or_else(|| only_member(raw, "id"))?;
    match serde_json::from_str(value.get()).ok()? {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// Returns the part of a text around the position of an error.
pub(super) fn near<'t>(text: &'t str, error: &serde_json::Error) -> &'t str {
    let lines = text.split_inclusive('\n').map(str::len);
    let before: usize = lines.take(error.line().saturating_sub(1)).sum();
    let end = (before + error.column()).saturating_add(redact::LONGEST / 2);
    let text = redact::beginning(text, end);
    let start = text.len().saturating_sub(redact::LONGEST);
    let start = (start..).find(|start| text.is_char_boundary(*start));
    start
        .and_then(|start| text.get(start..))
        .unwrap_or_default()
}
