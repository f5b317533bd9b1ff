//! Why a text did not decode.

use std::ops::ControlFlow;

use serde_json::Value;
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::elements::for_each_element;
use super::excerpt::sentence;
use crate::redact::{self, Redactor};

/// A sentence on a text that did not decode.
pub(super) struct Reason {
    pub message: String,
    pub json_path: Option<String>,
}

impl Reason {
    fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            json_path: None,
        }
    }
}

/// Explains why a text did not decode. A value is quoted unless the text `may_quote` no value.
///
/// `path` finds where the value stands; it is called only now, since it costs time.
pub(super) fn explain(
    text: &str,
    error: &serde_json::Error,
    redactor: &Redactor<'_>,
    may_quote: bool,
    path: impl FnOnce(&str) -> Option<String>,
) -> Reason {
    if text.trim().is_empty() {
        return Reason::new("the answer is empty, where JSON was expected");
    }
    if text.trim_start().starts_with('<') {
        return Reason::new("the answer is a page of HTML or XML, where JSON was expected");
    }
    let path = path(text);
    let what = match error.classify() {
        Category::Data => "is not as documented",
        Category::Eof => "is not whole JSON",
        Category::Syntax | Category::Io => "is not JSON",
    };
    let (line, column) = (error.line(), error.column());
    let position = format!(" at line {line} column {column}");
    let reason = error.to_string();
    // The path says better where it is, and there is no column 0.
    let reason = if path.is_some() || column == 0 {
        reason.trim_end_matches(&position)
    } else {
        &reason
    };
    let reason = sentence(reason, redactor);
    let message = if may_quote && !redactor.finds_piece(&reason) {
        format!("the answer {what}: {reason}")
    } else if column == 0 {
        format!("the answer {what}")
    } else {
        format!("the answer {what}{position}")
    };
    Reason {
        message,
        json_path: path.map(|path| sentence(&path, redactor)),
    }
}

/// Returns the record that a JSON path leads into, with its index: an element of a list, or the whole
/// of the text.
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

/// Returns an element of a list, without keeping the others: there can be millions.
fn nth(text: &str, index: usize) -> Option<&RawValue> {
    let (mut at, mut found) = (0, None);
    // It ends with an error where the element was found.
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

/// Returns the value that identifies a record, as a text.
pub(super) fn record_id(raw: &str, key: &str) -> Option<String> {
    let record: Value = serde_json::from_str(raw).ok()?;
    match record.get(key).or_else(|| record.get("id"))? {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

/// The part of a text that an error is about, as far as one can tell from its place.
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
