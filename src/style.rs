//! How a value of any shape is written into a URL, a header, a cookie or a form: OpenAPI's table
//! of styles, and RFC 6570 for what it leaves open.

use percent_encoding::{AsciiSet, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;
use zeroize::{Zeroize, Zeroizing};

use crate::request::{ESCAPED, Request};

/// What the name of a cookie may have besides: RFC 6265 has it that no one decodes it.
const COOKIE_NAME: AsciiSet = ESCAPED
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'*')
    .remove(b'+')
    .remove(b'^')
    .remove(b'`')
    .remove(b'|');

/// The part of a request that a value is sent in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "which of these there are is up to the document")]
pub(crate) enum Place {
    Path,
    Query,
    Header,
    Cookie,
    /// A field of an `application/x-www-form-urlencoded` body.
    Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "which of these there are is up to the document")]
pub(crate) enum Style {
    Simple,
    Label,
    Matrix,
    Form,
    Space,
    Pipe,
    Deep,
    Json,
}

#[allow(dead_code, reason = "which of these are called is up to the document")]
impl Request {
    /// Any value, as a style of OpenAPI has it; nothing for `None`.
    pub fn value(
        mut self,
        place: Place,
        name: &str,
        style: Style,
        explode: bool,
        value: Option<&impl Serialize>,
    ) -> Self {
        let value = match value.map(|value| Sent::new(name, value)).transpose() {
            Ok(value) => value.unwrap_or(Sent(Value::Null)),
            Err(problem) => return self.refuse(problem),
        };
        self.note(name, &value.0);
        match place {
            Place::Path => {
                let text = text(name, style, explode, &value.0, &escaped);
                self.fill(name, &text.unwrap_or_default())
            }
            Place::Header => match text(name, style, explode, &value.0, &str::to_owned) {
                Some(text) => self.set_header(name, text),
                None => self,
            },
            Place::Query => {
                for (name, value) in pairs(name, style, explode, &value.0) {
                    self.escaped_pair(&name.escape(&ESCAPED), &value);
                }
                self
            }
            Place::Cookie => {
                for (name, value) in pairs(name, style, explode, &value.0) {
                    self.set_cookie(&name.escape(&COOKIE_NAME), &value);
                }
                self
            }
            Place::Form => {
                for (name, value) in pairs(name, style, explode, &value.0) {
                    self.field(&name.escape(&ESCAPED), &value);
                }
                self
            }
        }
    }

    /// Sets the whole form from a value that is an object.
    pub fn form_body(mut self, body: Option<&impl Serialize>) -> Self {
        let Some(body) = body else {
            return self;
        };
        let value = match Sent::new("body", body) {
            Ok(value) => value,
            Err(problem) => return self.refuse(problem),
        };
        let Value::Object(members) = &value.0 else {
            return self.refuse("the body is no object, and only an object is sent as a form");
        };
        self = self.begin_form();
        for (name, member) in members {
            // An object inside of a form is JSON, says OpenAPI.
            let style = match member {
                Value::Object(_) => Style::Json,
                _ => Style::Form,
            };
            self = self.value(Place::Form, name, style, true, Some(member));
        }
        self
    }

    /// Remembers what no error may show.
    pub(crate) fn note(&mut self, name: &str, value: &Value) {
        let keys = self.operation().secrets;
        if !keys.is_empty() {
            collect(keys, keys.contains(&name), value, &mut |secret| {
                self.add_secret(secret);
            });
        }
    }
}

/// A value on its way. It may be a secret, so it is wiped.
pub(crate) struct Sent(pub Value);

impl Sent {
    pub fn new(name: &str, value: &impl Serialize) -> Result<Self, String> {
        // The reason can quote the value.
        serde_json::to_value(value)
            .map(Self)
            .map_err(|_| format!("the value of `{name}` cannot be written as JSON"))
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        _ => {}
    }
}

fn collect(keys: &[&str], secret: bool, value: &Value, take: &mut impl FnMut(String)) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Array(items) => items
            .iter()
            .for_each(|item| collect(keys, secret, item, take)),
        Value::Object(members) => members.iter().for_each(|(key, member)| {
            collect(keys, secret || keys.contains(&key.as_str()), member, take);
        }),
        scalar if secret => take(plain(scalar)),
        _ => {}
    }
}

/// A scalar as its text, and anything else as JSON.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, &ESCAPED).to_string()
}

/// A value with all that styles ask of it: what is deeper than one level is JSON.
enum Flat {
    One(String),
    Many(Vec<String>),
    Pairs(Vec<(String, String)>),
}

impl Flat {
    /// `None` for what is not sent: null, and what is empty of members or items.
    fn new(value: &Value, escape: &dyn Fn(&str) -> String) -> Option<Self> {
        let text = |value: &Value| escape(&Zeroizing::new(plain(value)));
        match value {
            Value::Null => None,
            Value::Array(items) => {
                let items = items.iter().filter(|item| !item.is_null());
                let items: Vec<_> = items.map(text).collect();
                (!items.is_empty()).then_some(Self::Many(items))
            }
            Value::Object(members) => {
                let members = members.iter().filter(|(_, member)| !member.is_null());
                let pairs: Vec<_> = members
                    .map(|(key, member)| (escape(key), text(member)))
                    .collect();
                (!pairs.is_empty()).then_some(Self::Pairs(pairs))
            }
            scalar => Some(Self::One(text(scalar))),
        }
    }

    /// All of it, one after the other; `equal` stands between a key and its value.
    fn join(&self, sign: &str, equal: &str) -> String {
        match self {
            Self::One(text) => text.clone(),
            Self::Many(items) => items.join(sign),
            Self::Pairs(pairs) => {
                let pairs = pairs
                    .iter()
                    .map(|(key, value)| format!("{key}{equal}{value}"));
                pairs.collect::<Vec<_>>().join(sign)
            }
        }
    }
}

/// A value as one text, for a path or a header; `None` where there is nothing to send.
fn text(
    name: &str,
    style: Style,
    explode: bool,
    value: &Value,
    escape: &dyn Fn(&str) -> String,
) -> Option<String> {
    if style == Style::Json {
        return (!value.is_null()).then(|| escape(&value.to_string()));
    }
    let flat = Flat::new(value, escape)?;
    let equal = if explode { "=" } else { "," };
    Some(match style {
        // RFC 6570 has the comma, and 3.0.4 mends the table of 3.0.3, which has a dot.
        Style::Label if explode => format!(".{}", flat.join(".", equal)),
        Style::Label => format!(".{}", flat.join(",", equal)),
        Style::Matrix => matrix(&escape(name), explode, &flat),
        // The others are for queries.
        _ => flat.join(",", equal),
    })
}

fn matrix(name: &str, explode: bool, flat: &Flat) -> String {
    match flat {
        Flat::One(text) if text.is_empty() => format!(";{name}"),
        Flat::Many(items) if explode => {
            items.iter().map(|item| format!(";{name}={item}")).collect()
        }
        Flat::Pairs(_) if explode => format!(";{}", flat.join(";", "=")),
        _ => format!(";{name}={}", flat.join(",", ",")),
    }
}

/// The name of a pair: that of the parameter, or one of the value's own, with its brackets.
struct Name(String);

impl Name {
    fn escape(&self, set: &'static AsciiSet) -> String {
        utf8_percent_encode(&self.0, set).to_string()
    }
}

/// A value as pairs, for a query, a cookie or a form. The values are escaped.
fn pairs(name: &str, style: Style, explode: bool, value: &Value) -> Vec<(Name, String)> {
    let own = |value| vec![(Name(name.to_owned()), value)];
    match style {
        Style::Json if value.is_null() => return Vec::new(),
        Style::Json => return own(escaped(&value.to_string())),
        Style::Deep => {
            let mut pairs = Vec::new();
            deep(name.to_owned(), value, &mut pairs);
            return pairs;
        }
        _ => {}
    }
    // Pipes and blanks can be in no URL as they are.
    let sign = match style {
        Style::Space => "%20",
        Style::Pipe => "%7C",
        _ => ",",
    };
    match value {
        Value::Array(items) if explode => {
            let items = items.iter().filter(|item| !item.is_null());
            items
                .map(|item| (Name(name.to_owned()), escaped(&plain(item))))
                .collect()
        }
        Value::Object(members) if explode => {
            let members = members.iter().filter(|(_, member)| !member.is_null());
            members
                .map(|(key, member)| (Name(key.clone()), escaped(&plain(member))))
                .collect()
        }
        value => {
            Flat::new(value, &escaped).map_or_else(Vec::new, |flat| own(flat.join(sign, sign)))
        }
    }
}

fn deep(name: String, value: &Value, pairs: &mut Vec<(Name, String)>) {
    match value {
        Value::Null => {}
        Value::Array(items) => {
            let items = items.iter().filter(|item| !item.is_null());
            for (index, item) in items.enumerate() {
                deep(format!("{name}[{index}]"), item, pairs);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                deep(format!("{name}[{key}]"), member, pairs);
            }
        }
        scalar => pairs.push((Name(name), escaped(&plain(scalar)))),
    }
}
