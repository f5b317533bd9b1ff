//! Extracts the server's message from an error response: JSON, text or HTML.

use std::borrow::Cow;

use serde_json::Value;
use ureq::http::StatusCode;
use zeroize::Zeroizing;

use super::excerpt::{SENTENCE, cut, sentence};
use crate::redact::{Patterns, Redactor, secret_values};

/// The most validation errors that an error keeps.
const FIELDS: usize = 20;

/// Returns the `detail` and the validation errors of a JSON body, in the format of Django REST
/// framework: each member is a message, or a list of messages. Members whose key is in `keys` are
/// secret: they are left out, and their values are redacted in the others. A list under such a key
/// holds messages about a field of the request, as that framework always writes them.
pub(super) fn sentences(
    members: serde_json::Map<String, Value>,
    keys: &[&str],
    redactor: &Redactor<'_>,
) -> (Option<String>, Vec<(String, String)>) {
    let is_secret = |name: &str, value: &Value| keys.contains(&name) && !value.is_array();
    let mut secrets = Vec::new();
    for (name, value) in &members {
        secret_values(value, keys, is_secret(name, value), &mut |secret| {
            secrets.push(Zeroizing::new(secret.to_owned()));
        });
    }
    let patterns = Patterns::default();
    let of_response = Redactor::new(&[], &secrets, None, &[], &patterns);
    let sentence = |text: &str| sentence(&of_response.redact(text), redactor);
    let mut detail = None;
    let mut fields = Vec::new();
    let members = members.into_iter();
    for (name, value) in members.filter(|(name, value)| !is_secret(name, value)) {
        let texts = match &value {
            Value::String(text) => vec![text.as_str()],
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
            _ => continue,
        };
        if name == "detail" {
            detail = texts.first().map(|text| sentence(text));
        } else if fields.len() < FIELDS {
            let name = sentence(&name);
            let texts = texts.into_iter().take(FIELDS - fields.len());
            fields.extend(texts.map(|text| (name.clone(), sentence(text))));
        }
    }
    (detail, fields)
}

/// Returns the text of a plain or HTML body, as proxies send it.
pub(super) fn page(text: &str, is_html: bool, status: StatusCode) -> Option<String> {
    let text = if is_html {
        Cow::Owned(without_tags(text))
    } else {
        Cow::Borrowed(text)
    };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = if is_html {
        without_status(&text, status)
    } else {
        &text
    };
    (!text.is_empty()).then(|| cut(text, SENTENCE))
}

/// Returns the text without a heading that repeats the status, which the error shows anyway.
fn without_status(text: &str, status: StatusCode) -> &str {
    let rest = text.strip_prefix(status.as_str()).unwrap_or(text);
    let reason = status.canonical_reason().unwrap_or_default();
    let rest = rest.trim_start().strip_prefix(reason);
    let rest = rest.filter(|rest| rest.starts_with(' ') && !reason.is_empty());
    rest.map_or(text, str::trim_start)
}

/// Returns the text between the tags of an HTML page, without the title, scripts and styles.
fn without_tags(page: &str) -> String {
    const HIDDEN: [&str; 3] = ["<style", "<script", "<title"];
    let mut text = String::new();
    let mut rest = page;
    while let Some((before, tag)) = rest.find('<').map(|start| rest.split_at(start)) {
        text.push_str(before);
        text.push(' ');
        // A hidden element ends with the next closing tag.
        let end = if HIDDEN.iter().any(|name| tag.starts_with(name)) {
            tag.find("</").and_then(|start| tag.get(start..))
        } else {
            Some(tag)
        };
        match end.and_then(|tag| tag.split_once('>')) {
            Some((_, after)) => rest = after,
            None => return text,
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_without_its_tags() {
        let page = "<html><style>p {}</style><h1>Bad\n Gateway</h1><p>nginx</p></html>";
        let text = without_tags(page);
        let words: Vec<&str> = text.split_whitespace().collect();
        assert_eq!(words, ["Bad", "Gateway", "nginx"]);
        assert_eq!(without_tags("<").trim(), "");
        assert_eq!(without_tags("<script").trim(), "");
    }

    #[test]
    fn a_page_costs_its_length() {
        for unit in ["<style>", "<script><", "<title", "<", "<style></", "<>"] {
            // The square of this is more than a test has time for.
            without_tags(&unit.repeat(4_000_000 / unit.len()));
        }
    }

    #[test]
    fn a_page_does_not_repeat_the_status() {
        let shown = |page_text: &str| page(page_text, true, StatusCode::NOT_FOUND).unwrap();
        let page = "<title>Not Found</title><h1>Not Found</h1><p>Nothing is here.";
        assert_eq!(shown(page), "Nothing is here.");
        assert_eq!(shown("<h1>404 Not Found</h1>nginx"), "nginx");
        assert_eq!(shown("<h1>Not Found</h1>"), "Not Found");
        assert_eq!(shown("<h1>Not Foundling</h1>"), "Not Foundling");
    }
}
