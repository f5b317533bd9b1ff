//! Takes out of a text from outside what was secret in the request.

use serde_json::Value;
use ureq::http::HeaderValue;

const BLANK: &str = "[secret]";

/// Knows what a request held that no error may show.
///
/// A server can send back what it was sent: "the token … is not valid".
pub(crate) struct Redactor<'r> {
    token: Option<&'r HeaderValue>,
    body: Option<&'r [u8]>,
    /// Keys of the body whose values are secret.
    keys: &'static [&'static str],
}

impl<'r> Redactor<'r> {
    pub fn new(
        token: Option<&'r HeaderValue>,
        body: Option<&'r [u8]>,
        keys: &'static [&'static str],
    ) -> Self {
        Self { token, body, keys }
    }

    pub fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        if let Some(Ok(token)) = self
            .token
            .map(|header| std::str::from_utf8(header.as_bytes()))
        {
            blank(&mut text, token.rsplit(' ').next().unwrap_or(token));
        }
        if let Some(body) = self.body.filter(|_| !self.keys.is_empty())
            && let Ok(body) = serde_json::from_slice::<Value>(body)
        {
            self.values(&body, &mut text);
        }
        text
    }

    fn values(&self, value: &Value, text: &mut String) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.values(item, text)),
            Value::Object(members) => {
                for (key, member) in members {
                    match member {
                        Value::String(secret) if self.keys.contains(&key.as_str()) => {
                            blank(text, secret);
                        }
                        other => self.values(other, text),
                    }
                }
            }
            _ => {}
        }
    }
}

/// Blanks a secret out, also where JSON has escaped it.
fn blank(text: &mut String, secret: &str) {
    if secret.is_empty() {
        return;
    }
    let escaped = Value::from(secret).to_string();
    let escaped = escaped.trim_matches('"');
    for form in [secret, escaped, &escaped.replace('/', "\\/")] {
        if text.contains(form) {
            *text = text.replace(form, BLANK);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_blanked_out_wherever_it_comes_back() {
        let token = HeaderValue::from_static("Bearer tok/1");
        let body = br#"{"client_id": "me", "client_secret": "hush"}"#;
        let redactor = Redactor::new(Some(&token), Some(body), &["client_secret"]);
        let text = redactor.redact(r"tok/1 (tok\/1) of me is not hush");
        assert_eq!(text, "[secret] ([secret]) of me is not [secret]");
    }

    #[test]
    fn an_empty_secret_blanks_nothing() {
        let body = br#"{"client_secret": ""}"#;
        let redactor = Redactor::new(None, Some(body), &["client_secret"]);
        assert_eq!(redactor.redact("as it was"), "as it was");
    }
}
